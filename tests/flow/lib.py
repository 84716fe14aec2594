# SPDX-License-Identifier: Apache-2.0
"""What the black-box tests share: an authority in a temporary home, its
server on free ports, requests whose answers are held against the OpenAPI
document, and the steps of a case."""
import os
import sys

# In place of the script's own folder, whose http.py would hide Python's.
sys.path[0] = os.path.join(os.environ["SOURCE_DIR"], "tests", "support")
# pylint: disable=wrong-import-position
import atexit
import datetime
import glob
import hashlib
import http.client
import io
import json
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import time
import zipfile
import zlib

import openapi_check

SOURCE = os.environ["SOURCE_DIR"]
BIN = os.path.join(os.environ["BUILD_DIR"], "bin")

JST = datetime.timezone(datetime.timedelta(hours=9))
SCHEMES = ("iaas-paas-iot", "genai-saas")
PARTS = ("front", "unpack", "examine", "gitd", "courier", "core", "signer")
if os.path.exists(os.path.join(BIN, "nintei-pdftext")):  # needs poppler
    PARTS += ("pdftext",)
ZIP = "application/zip"
NO_HEAD = "0" * 64
# The regulations are in force from 2026-07-01: no test runs before.
EARLIEST = datetime.datetime(2026, 8, 1, tzinfo=JST)
LIMITS = """limits:
  reads_per_second: "10000"
  preflights_per_minute: "60000"
"""

failures = []
offices = []


def check(good, name, detail=""):
    """One named check; a failed one does not stop the others."""
    text = "" if good else ": %s" % (detail,)
    print("%s %s%s" % ("ok  " if good else "FAIL", name, text[:900]),
          flush=True)
    if not good:
        failures.append(name)
    return good


def fail(why):
    """Nothing after this would make sense."""
    for office in offices:
        office.print_log()
    print("FAIL %s" % (why,), flush=True)
    sys.exit(1)


def fallen(kind, value, trace):
    sys.__excepthook__(kind, value, trace)
    fail(value)


sys.excepthook = fallen


def finish(audit=True):
    """The end of every test: stop what runs, verify the whole history as an
    auditor would, count what failed."""
    for office in offices:
        if office.process is not None:
            check(office.stop() == 0, "SIGTERM drains and ends with 0")
        if audit:
            office.audit()
        check(not office.crashed(), "no process fell", office.crashed())
    print("%d failed" % len(failures))
    if failures:
        for office in offices:
            office.print_log()
    sys.exit(1 if failures else 0)


def run(*args, status=0, **kw):
    """stdout of a command that ends with this status."""
    r = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       timeout=120, check=False, **kw)
    if status is not None and r.returncode != status:
        fail("%s: want %s, have %d\n%s%s" % (
            " ".join(args), status, r.returncode, r.stdout.decode(),
            r.stderr.decode()))
    return r.stdout


def rfc3339(t):
    return t.isoformat(timespec="seconds")


def when(text):
    return datetime.datetime.fromisoformat(text)


def midnight(day, plus=0):
    """00:00 JST of a civil day, so many days on."""
    d = datetime.date.fromisoformat(day) + datetime.timedelta(days=plus)
    return datetime.datetime(d.year, d.month, d.day, tzinfo=JST)


# --- dossiers ---

def papers(scheme, service=None, **fields):
    """The files of a sample dossier.  For another service: its name in both
    forms, and no request, because a key belongs to one service."""
    out = {}
    folder = os.path.join(SOURCE, "tests", "fixtures", "dossier", scheme)
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as f:
            out[name] = f.read()
    form = json.loads(out["form-a.json"])
    if service is not None:
        text = out["form-b.json"].decode()
        out["form-b.json"] = text.replace(form["fields"]["service_name"],
                                          service).encode()
        form["fields"]["service_name"] = service
        del out["request.csr"]
    form["fields"].update(fields)
    out["form-a.json"] = json.dumps(form, ensure_ascii=False).encode()
    return out


def archive(files):
    """name to bytes, as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(zipfile.ZipInfo(name, (2026, 7, 10, 9, 0, 0)), data)
    return out.getvalue()


# --- the server ---

def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def __getitem__(self, key):
        return self.json[key]

    def get(self, key, default=None):
        return self.json.get(key, default)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def tag(self):
        return self.headers.get("ETag", "")

    def __repr__(self):
        return "%d %s" % (self.status, self.body[:600].decode("utf-8",
                                                             "replace"))


class Office:
    """One authority; its home is gone when the test ends."""

    def __init__(self, config=LIMITS):
        self.work = tempfile.mkdtemp(prefix="nintei-")
        atexit.register(self.remove)
        offices.append(self)
        self.home = os.path.join(self.work, "home")
        self.people = os.path.join(self.home, "keys", "development")
        self.log = os.path.join(self.work, "log")
        self.root = os.path.join(self.home, "keys", "root", "root.pem")
        self.process = None
        self.doc = openapi_check.load()
        run(os.path.join(BIN, "nintei"), "init", "--development", "-C",
            self.home, env=dict(os.environ, NINTEI_POLICIES=os.path.join(
                SOURCE, "policies")))
        self.https, self.http = free_ports(2)
        path = os.path.join(self.home, "nintei.yaml")
        with open(path, encoding="utf-8") as f:
            self.config = f.read().replace(
                "127.0.0.1:8443", "127.0.0.1:%d" % self.https).replace(
                "127.0.0.1:8080", "127.0.0.1:%d" % self.http) + config
        if "\nlog:" not in self.config:
            # The log keeps the name that it was begun with.
            self.config += "log:\n  origin: \"127.0.0.1:8443\"\n"
        self.tokens = {}
        for name in glob.glob(os.path.join(self.people, "*.token")):
            with open(name, encoding="ascii") as f:
                self.tokens[os.path.basename(name)[:-6]] = f.read().strip()
        self.tls = ssl.create_default_context(cafile=self.root)
        self.at = None
        self.set_clock(None)

    @property
    def git(self):
        """audit.git, with every event that was acknowledged before."""
        until = time.monotonic() + 20
        while self.process is not None and self.unsealed() and \
                time.monotonic() < until:
            time.sleep(0.1)
        return os.path.join(self.home, "store", "audit.git")

    def unsealed(self):
        """Events that only store/intake has: a byte where one begins."""
        for name in glob.glob(os.path.join(self.home, "store", "intake",
                                           "ev-*")):
            try:
                with open(name, "rb") as f:
                    f.seek(12)
                    if f.read(1) not in (b"", b"\0"):
                        return True
            except FileNotFoundError:
                pass  # sealed meanwhile
        return False

    def remove(self):
        if self.process is not None:
            self.process.kill()
            for pid in self.parts().values():
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.work, ignore_errors=True)

    def set_clock(self, at):
        """A clock that stands still from the next start on; None: runs."""
        now = datetime.datetime.now(JST)
        text = ""
        if at is not None:
            text = "clock:\n  fixed: \"%s\"\n" % rfc3339(at)
        elif now < EARLIEST:
            text = "clock:\n  offset: \"%d\"\n" % (
                (EARLIEST - now).total_seconds())
        self.at = at
        with open(os.path.join(self.home, "nintei.yaml"), "w",
                  encoding="utf-8") as f:
            f.write(self.config + text)

    def now(self):
        if self.at is not None:
            return self.at
        return max(datetime.datetime.now(JST), EARLIEST)

    def start(self, at=None):
        if at is not None:
            self.set_clock(at)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [os.path.join(BIN, "ninteid"), "-C", self.home], stderr=log)
        self.wait_ready()
        return self

    def wait_ready(self, seconds=60):
        end = time.time() + seconds
        while time.time() < end:
            if self.process.poll() is not None:
                break
            try:
                if self.api(None, "GET", "/readyz", strict=False,
                            timeout=10).status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.03)
        self.print_stacks()
        fail("the server does not come up: %s" % self.process.poll())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(60)
        self.process = None
        return status

    def crash(self):
        """kill -9 of ninteid; its processes must follow by themselves."""
        orphans = self.parts()
        self.process.kill()
        self.process.wait()
        self.process = None
        end = time.time() + 20
        while any(os.path.exists("/proc/%d" % p) for p in orphans.values()):
            if time.time() > end:
                fail("processes outlive ninteid: %s" % orphans)
            time.sleep(0.01)

    def restart(self, at=None):
        if self.stop() != 0:
            fail("SIGTERM did not end well")
        return self.start(at)

    def move(self, at):
        """The clock by SIGHUP: core begins anew, front goes on."""
        before = self.parts()
        self.set_clock(at)
        self.process.send_signal(signal.SIGHUP)
        end = time.time() + 30
        while self.parts().get("core", before["core"]) == before["core"]:
            if time.time() > end:
                fail("SIGHUP moves no clock")
            time.sleep(0.02)
        self.wait_ready()
        if self.parts()["front"] != before["front"]:
            fail("SIGHUP ended front")

    def parts(self):
        """Name to pid of what runs now."""
        pid = self.process.pid
        found = {}
        try:
            with open("/proc/%d/task/%d/children" % (pid, pid),
                      encoding="ascii") as f:
                children = f.read().split()
        except OSError:
            return found
        for child in children:
            try:
                with open("/proc/%s/cmdline" % child, "rb") as f:
                    name = f.read().split(b"\0")[0].decode()
            except OSError:
                continue
            if "/nintei-" in name:
                found[name.rsplit("nintei-", 1)[1]] = int(child)
        return found

    def kill(self, part):
        os.kill(self.parts()[part], signal.SIGKILL)

    def records(self):
        with open(self.log, encoding="utf-8") as f:
            for line in f:
                if line.startswith("{"):
                    yield json.loads(line)

    def crashed(self):
        """Sanitizers' words and deaths that no test caused."""
        with open(self.log, encoding="utf-8") as f:
            text = f.read()
        found = re.findall(r".*(?:Sanitizer|runtime error|Assertion).*", text)
        found += [str(r) for r in self.records()
                  if r["event"] == "process.died" and
                  r.get("signal", "9") != "9"]
        return found

    def print_log(self):
        if os.path.exists(self.log):
            with open(self.log, encoding="utf-8") as f:
                sys.stdout.write("".join([line for line in f if not re.search(
                "request.failed|confined|started|drained", line)][-25:]))
        print("--", flush=True)

    def print_stacks(self):
        """Where each process stands, if a debugger is at hand."""
        for name, pid in self.parts().items():
            print("-- %s %d" % (name, pid), flush=True)
            if shutil.which("gdb"):
                subprocess.run(["gdb", "-p", str(pid), "-batch", "-ex",
                                "thread apply all bt 12"], check=False,
                               stderr=subprocess.DEVNULL, timeout=60)

    # --- people ---

    def grant(self, token, person, roles, expires_at=4102444800):
        """A token of our making; the server must not run."""
        ident, secret = secrets.token_hex(8), secrets.token_hex(32)
        db = sqlite3.connect(os.path.join(self.home, "store",
                                          "accounts.sqlite"))
        with db:
            db.execute("INSERT INTO tokens (id, hash, person, roles, "
                       "created_at, expires_at) VALUES (?, ?, ?, ?, 0, ?)",
                       (ident, hashlib.sha256(secret.encode()).digest(),
                        person, roles, expires_at))
        db.close()
        self.tokens[token] = "nin_pat_%s_%s" % (ident, secret)

    # --- requests ---

    def api(self, who, method, path, body=None, strict=True, plain=False,
            timeout=60, **headers):
        """One request; header names with _ for -.  strict: the answer is
        held against the OpenAPI document."""
        if plain:
            c = http.client.HTTPConnection("127.0.0.1", self.http,
                                           timeout=timeout)
        else:
            c = http.client.HTTPSConnection("127.0.0.1", self.https,
                                            timeout=timeout,
                                            context=self.tls)
        send = {k.replace("_", "-"): v for k, v in headers.items()}
        if who is not None:
            send["Authorization"] = "Bearer " + self.tokens.get(who, who)
        try:
            c.request(method, path, body, send)
            r = c.getresponse()
            answer = Answer(r.status, r.headers, r.read())
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            c.close()
        if strict:
            self.hold(method, path, answer)
        return answer

    def hold(self, method, path, answer):
        faults = openapi_check.faults_of(
            self.doc, method, path, str(answer.status),
            answer.headers.get("Content-Type", ""), answer.body)
        if answer.status >= 400 and method != "HEAD":
            for member in ("type", "title", "status", "detail", "instance",
                           "code"):
                if member not in answer.json:
                    faults.append("a problem without %s" % member)
        if faults:
            check(False, "%s %s is as documented" % (method, path),
                  "%s %r" % (faults, answer))

    # --- the steps of a case ---

    def submit(self, files, scheme=None, who="applicant-1", key=None,
               query="", path="/v1/dossiers", type=ZIP, **headers):
        body = files if isinstance(files, bytes) else archive(files)
        if scheme is not None:
            query += "&scheme=%s&kind=new" % scheme
        if path == "/v1/dossiers":
            headers["Idempotency_Key"] = key or secrets.token_hex(8)
        return self.api(who, "POST", path + "?" + query.lstrip("&"), body,
                        Content_Type=type, **headers)

    def preflight(self, files, scheme=None, query=""):
        return self.submit(files, scheme, who=None, query=query,
                           path="/v1/preflight")

    def new_case(self, scheme, **fields):
        a = self.submit(papers(scheme, **fields), scheme)
        if a.status != 201:
            fail("submit: %r" % a)
        return a["case"]

    def case(self, case, who="secretary-1"):
        a = self.api(who, "GET", "/v1/cases/" + case)
        if a.status != 200:
            fail("case %s: %r" % (case, a))
        return a.json

    def head(self, case):
        a = self.api("secretary-1", "GET", "/v1/cases/" + case)
        return a["head"] if a.status == 200 else NO_HEAD

    def command(self, who, case, command, data=None, head=None, **more):
        body = {"command": command, "if_head": head or self.head(case),
                "data": data or {}, **more}
        return self.api(who, "POST", "/v1/cases/%s/commands" % case,
                        json.dumps(body), Content_Type="application/json")

    def do(self, who, case, command, data=None, **more):
        a = self.command(who, case, command, data, **more)
        if a.status != 200:
            fail("%s by %s: %r" % (command, who, a))
        return a.json

    def scheme(self, scheme):
        return self.api(None, "GET", "/v1/schemes/" + scheme).json

    def fee(self, scheme):
        return max(f["amount"] for f in self.scheme(scheme)["fees"]
                   if f["kind"] == "new")

    def review(self, scheme, unmet=()):
        return {c["id"]: {"met": False, "reason": "満たさない"}
                if c["id"] in unmet else {"met": True}
                for c in self.scheme(scheme)["criteria"]}

    def pay(self, case, amount=None):
        return self.do("secretary-1", case, "fee.pay", {
            "amount": amount or self.fee(self.case(case)["scheme"]),
            "paid_on": self.now().date().isoformat()})

    def accept(self, case):
        """From submitted to in_review."""
        self.pay(case)
        return self.do("secretary-1", case, "accept",
                       {"reviewers": ["secretary-1"]})

    def propose(self, case, who="secretary-1", **data):
        """From in_review to an open decision: its id."""
        review = self.review(self.case(case)["scheme"])
        document = self.do(who, case, "propose_certify",
                           {"review": review, **data})
        return document["decisions"][-1]["decision_id"]

    def document(self, decision, who="officer-1"):
        a = self.api(who, "GET", "/v1/decisions/%s/document" % decision)
        if a.status != 200:
            fail("decision %s: %r" % (decision, a))
        return a.body

    def armour(self, data, key, namespace="decision@nintei"):
        """ssh-keygen's signature; key: a person or a file."""
        if not os.path.exists(key):
            key = os.path.join(self.people, key + ".key")
        name = self.store("sign-" + secrets.token_hex(8), data)
        run("ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", key,
            name)
        with open(name + ".sig", "rb") as f:
            return f.read()

    def send(self, who, decision, armour):
        return self.api(who, "POST", "/v1/decisions/%s/signatures" % decision,
                        armour, Content_Type="text/plain")

    def sign(self, who, decision, key=None, namespace="decision@nintei",
             data=None):
        data = self.document(decision) if data is None else data
        return self.send(who, decision, self.armour(data, key or who,
                                                    namespace))

    def decide(self, decision):
        """Both officers sign; the state of the decision afterwards."""
        for who in ("officer-1", "officer-2"):
            a = self.sign(who, decision)
            if a.status != 200:
                fail("%s signs %s: %r" % (who, decision, a))
        return a["state"]

    def certify(self, scheme, **fields):
        """The whole way: case and number of a new certification."""
        case = self.new_case(scheme, **fields)
        self.accept(case)
        if self.decide(self.propose(case)) != "executed":
            fail("the decision was not executed")
        return case, self.case(case)["number"]

    def propose_revocation(self, case):
        document = self.do("secretary-1", case, "propose_revocation", {
            "grounds": "1", "evidence": [{"ground": 1, "event": 1}],
            "reasons": "審査基準に適合しなくなったため"})
        return document["decisions"][-1]["decision_id"]

    def revoke(self, case):
        if self.decide(self.propose_revocation(case)) != "executed":
            fail("the revocation was not executed")

    # --- stock tools ---

    def fetch(self, path, **kw):
        a = self.api(None, "GET", path, strict=False, **kw)
        if a.status != 200:
            fail("GET %s: %r" % (path, a))
        return a.body

    def store(self, name, data):
        path = os.path.join(self.work, name)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def pem(self, kind, name, der):
        path = self.store(name, der)
        run("openssl", kind, "-inform", "DER", "-in", path, "-out",
            path + ".pem")
        return path + ".pem"

    def verify(self, scheme, number, at=None):
        """(verified, words) of stock openssl about a certificate."""
        chain = self.pem("x509", "ca", self.fetch("/pki/%s.cer" % scheme,
                                                  plain=True))
        crl = self.pem("crl", "crl", self.fetch("/pki/%s.crl" % scheme,
                                                plain=True))
        leaf = self.store("leaf.pem", self.fetch(
            "/v1/register/%s/certificate.pem" % number))
        r = subprocess.run(
            ["openssl", "verify", "-x509_strict", "-attime",
             str(int((at or self.now()).timestamp())), "-CAfile", self.root,
             "-untrusted", chain, "-crl_check", "-CRLfile", crl, leaf],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return r.returncode == 0, r.stdout.decode()

    def crl_text(self, scheme):
        crl = self.pem("crl", "crl", self.fetch("/pki/%s.crl" % scheme,
                                                plain=True))
        return run("openssl", "crl", "-in", crl, "-noout", "-text").decode()

    def revoked(self, scheme):
        """Serials on the list."""
        return re.findall(r"Serial Number: ([0-9A-F]+)",
                          self.crl_text(scheme))

    def git_run(self, *args, **kw):
        return run("git", "-C", self.git, *args, **kw).decode()

    def commits(self):
        return int(self.git_run("rev-list", "--count", "HEAD"))

    def fsck(self):
        r = subprocess.run(["git", "-C", self.git, "fsck", "--strict"],
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           check=False)
        return r.returncode == 0, r.stdout.decode()

    def clone(self, name="audit-clone", *options):
        """A bare clone as an auditor has it."""
        path = os.path.join(self.work, name)
        shutil.rmtree(path, ignore_errors=True)
        run("git", "clone", "-q", "--bare", *options, "file://" + self.git,
            path)
        return path

    def trust(self):
        """A folder with what an auditor has from elsewhere."""
        path = os.path.join(self.work, "trust")
        os.makedirs(path, exist_ok=True)
        shutil.copy(self.root, os.path.join(path, "root.pem"))
        first = self.git_run("rev-list", "--max-parents=0", "HEAD")
        self.store(os.path.join("trust", "genesis"), first.encode())
        return path

    def audit(self, name="audit verify of a clone", where=None, options=()):
        """Everything that this office wrote verifies; the report."""
        where = where or self.clone()
        r = subprocess.run(
            [os.path.join(BIN, "nintei"), "audit", "verify", where, "--json",
             "--trust", self.trust(), *options], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=300, check=False)
        try:
            report = json.loads(r.stdout)
        except ValueError:
            report = {"findings": [r.stderr.decode()]}
        check(r.returncode == 0 and report.get("ok"), name,
              "%d %s" % (r.returncode, report["findings"][:3]))
        return report

    def tree_file(self, case, name):
        """A file of a case, found in the tree whatever its shard."""
        for path in self.git_run("ls-tree", "-r", "-z", "--name-only",
                                 "HEAD").split("\0"):
            if "/%s/" % case in path and path.endswith("/" + name):
                return run("git", "-C", self.git, "cat-file", "blob",
                           "HEAD:" + path)
        return fail("%s is not in the tree of %s" % (name, case))

    def objects(self):
        """(id, kind, bytes) of every object of the store."""
        listed = run("git", "-C", self.git, "cat-file",
                     "--batch-all-objects", "--batch-check")
        ids = b"".join(line.split()[0] + b"\n"
                       for line in listed.splitlines())
        out = run("git", "-C", self.git, "cat-file", "--batch", input=ids)
        at = 0
        while at < len(out):
            end = out.index(b"\n", at)
            ident, kind, size = out[at:end].split()
            yield ident.decode(), kind.decode(), out[end + 1:end + 1 +
                                                     int(size)]
            at = end + 2 + int(size)


def inflate_all(data):
    """Every zlib stream in some bytes, inflated (for packs)."""
    for m in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
        try:
            yield zlib.decompressobj().decompress(data[m.start():], 1 << 24)
        except zlib.error:
            pass
