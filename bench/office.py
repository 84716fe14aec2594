# SPDX-License-Identifier: Apache-2.0
"""An authority in a temporary home and its server, as the figures need
them: requests over kept connections, the steps of a case, and what the
kernel says about the memory of each process."""
import datetime
import glob
import http.client
import io
import json
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import zipfile

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SCHEME = "iaas-paas-iot"
JST = datetime.timezone(datetime.timedelta(hours=9))
# The regulations are in force from 2026-07-01: no run is before.
EARLIEST = datetime.datetime(2026, 8, 1, tzinfo=JST)
# One machine plays many clients; memory limits stay what they are.
LIMITS = """limits:
  reads_per_second: "10000"
  preflights_per_minute: "60000"
"""
OFFICERS = ("officer-1", "officer-2")


class Failure(Exception):
    """Nothing after this would make sense."""


def run(*args, **kw):
    r = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                       timeout=300, check=False, **kw)
    if r.returncode != 0:
        raise Failure("%s: %d\n%s" % (" ".join(args), r.returncode,
                                      r.stderr.decode()))
    return r.stdout


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


# --- dossiers ---

def forms(service=None):
    """The forms of the sample dossier, for another service if one is named."""
    folder = os.path.join(SOURCE, "tests", "fixtures", "dossier", SCHEME)
    out = {}
    for name in ("form-a.json", "form-b.json"):
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            out[name] = f.read()
    own = json.loads(out["form-a.json"])["fields"]["service_name"]
    return {name: text.replace(own, service or own).encode()
            for name, text in out.items()}


PAGE = (b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n")
NOISE = b"4 0 obj<</Length %10d>>stream\n"
PAGE_END = b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def pdf(size):
    """A PDF of one empty page and bytes that do not compress."""
    n = size - len(PAGE) - len(NOISE % 0) - len(PAGE_END)
    return PAGE + NOISE % n + os.urandom(n) + PAGE_END


def archive(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as z:
        for name, data in files.items():
            z.writestr(zipfile.ZipInfo(name, (2026, 7, 10, 9, 0, 0)), data)
    return out.getvalue()


def dossier(sizes, service=None):
    """A zip: both forms, and one document of each size."""
    files = forms(service)
    for i, size in enumerate(sizes):
        name = "登記事項証明書.pdf" if i == 0 else "資料%d.pdf" % i
        files[name] = pdf(size)
    return archive(files)


# --- the server ---

class Client:
    """One connection, kept; made again when the server has closed it."""

    def __init__(self, office):
        self.office = office
        self.c = None

    def connect(self):
        self.c = http.client.HTTPSConnection(
            "127.0.0.1", self.office.https, timeout=400,
            context=self.office.tls, blocksize=1 << 18)
        self.c.connect()
        self.c.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        if self.c is not None:
            self.c.close()
        self.c = None

    def ask(self, who, method, path, body=None, **headers):
        """(status, bytes)"""
        send = {k.replace("_", "-"): v for k, v in headers.items()}
        if who is not None:
            send["Authorization"] = "Bearer " + self.office.tokens[who]
        if self.c is None:
            self.connect()
        try:
            self.c.request(method, path, body, send)
            r = self.c.getresponse()
            data = r.read()
        except BaseException:
            self.close()
            raise
        if r.headers.get("Connection", "").lower() == "close":
            self.close()
        return r.status, data

    def must(self, want, *args, **headers):
        status, data = self.ask(*args, **headers)
        if status != want:
            raise Failure("%s %s: %d %s" % (
                args[1], args[2], status, data[:600].decode("utf-8",
                                                            "replace")))
        return data

    def submit(self, body):
        """The id of a new case."""
        data = self.must(
            201, "applicant-1", "POST",
            "/v1/dossiers?scheme=%s&kind=new" % SCHEME, body,
            Content_Type="application/zip",
            Idempotency_Key=secrets.token_hex(8))
        return json.loads(data)["case"]

    def case(self, case):
        return json.loads(self.must(200, "secretary-1", "GET",
                                    "/v1/cases/" + case))

    def do(self, case, command, data):
        body = json.dumps({"command": command, "data": data,
                           "if_head": self.case(case)["head"]})
        return json.loads(self.must(
            200, "secretary-1", "POST", "/v1/cases/%s/commands" % case, body,
            Content_Type="application/json"))

    def propose(self, case):
        """From submitted to an open decision: its id."""
        scheme = json.loads(self.must(200, None, "GET",
                                      "/v1/schemes/" + SCHEME))
        fee = max(f["amount"] for f in scheme["fees"] if f["kind"] == "new")
        self.do(case, "fee.pay", {
            "amount": fee, "paid_on": self.office.today().isoformat()})
        self.do(case, "accept", {"reviewers": ["secretary-1"]})
        document = self.do(case, "propose_certify", {
            "review": {c["id"]: {"met": True} for c in scheme["criteria"]}})
        return document["decisions"][-1]["decision_id"]

    def sign(self, who, decision, armour):
        return json.loads(self.must(
            200, who, "POST", "/v1/decisions/%s/signatures" % decision,
            armour, Content_Type="text/plain"))


class Office:
    def __init__(self, build, limits=LIMITS):
        self.bin = os.path.join(build, "bin")
        self.work = tempfile.mkdtemp(prefix="nintei-bench-")
        self.home = os.path.join(self.work, "home")
        self.log = os.path.join(self.work, "log")
        self.people = os.path.join(self.home, "keys", "development")
        self.process = None
        run(os.path.join(self.bin, "nintei"), "init", "--development", "-C",
            self.home, env=dict(os.environ, NINTEI_POLICIES=os.path.join(
                SOURCE, "policies")))
        self.https, self.http = free_ports(2)
        self.configure(limits)
        self.tokens = {}
        for name in glob.glob(os.path.join(self.people, "*.token")):
            with open(name, encoding="ascii") as f:
                self.tokens[os.path.basename(name)[:-6]] = f.read().strip()
        self.tls = ssl.create_default_context(cafile=os.path.join(
            self.home, "keys", "root", "root.pem"))

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.process is not None:
            self.stop()
        if exc[0] is not None and os.path.exists(self.log):
            with open(self.log, encoding="utf-8") as f:
                print("".join(f.readlines()[-20:]))
        shutil.rmtree(self.work, ignore_errors=True)

    def configure(self, limits):
        path = os.path.join(self.home, "nintei.yaml")
        with open(path, encoding="utf-8") as f:
            text = f.read().replace(
                "127.0.0.1:8443", "127.0.0.1:%d" % self.https).replace(
                "127.0.0.1:8080", "127.0.0.1:%d" % self.http) + limits
        now = datetime.datetime.now(JST)
        self.offset = datetime.timedelta(0)
        if now < EARLIEST:
            self.offset = EARLIEST - now
            text += "clock:\n  offset: \"%d\"\n" % (
                self.offset.total_seconds())
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def today(self):
        return (datetime.datetime.now(JST) + self.offset).date()

    def start(self):
        """Seconds from exec to the first 200 of /readyz."""
        begun = time.perf_counter()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [os.path.join(self.bin, "ninteid"), "-C", self.home],
                stderr=log)
        while time.perf_counter() - begun < 60:
            if self.process.poll() is not None:
                raise Failure("the server ended at once")
            client = Client(self)
            try:
                if client.ask(None, "GET", "/readyz")[0] == 200:
                    return time.perf_counter() - begun
            except OSError:
                pass
            finally:
                client.close()
            time.sleep(0.002)
        raise Failure("the server does not come up")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(90)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.process = None
        return status

    def armour(self, who, data):
        name = os.path.join(self.work, "to-sign-" + secrets.token_hex(4))
        with open(name, "wb") as f:
            f.write(data)
        run("ssh-keygen", "-q", "-Y", "sign", "-n", "decision@nintei", "-f",
            os.path.join(self.people, who + ".key"), name)
        with open(name + ".sig", "rb") as f:
            return f.read()

    def processes(self):
        """Pid to name: ninteid and its children, and theirs."""
        return tree(self.process.pid)

    def crashes(self):
        """What the server's log says about processes that fell."""
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="utf-8") as f:
            return [line.strip() for line in f if '"process.died"' in line]


# --- memory ---

FIELDS = ("RssAnon", "RssFile", "RssShmem", "VmHWM", "VmRSS")


def status_of(pid):
    """KiB by field, with Name; None when the process has gone."""
    out = {}
    try:
        with open("/proc/%d/status" % pid, encoding="ascii") as f:
            for line in f:
                key, _, value = line.partition(":")
                if key in FIELDS:
                    out[key] = int(value.split()[0])
                elif key == "Name":
                    out[key] = value.strip()
    except OSError:
        return None
    return out if "VmRSS" in out else None


def tree(root):
    found = {}
    todo = [root]
    while todo:
        pid = todo.pop()
        try:
            with open("/proc/%d/comm" % pid, encoding="utf-8") as f:
                found[pid] = f.read().strip()
            with open("/proc/%d/task/%d/children" % (pid, pid),
                      encoding="ascii") as f:
                todo += [int(p) for p in f.read().split()]
        except OSError:
            continue
    return found


def meminfo(field):
    with open("/proc/meminfo", encoding="ascii") as f:
        for line in f:
            if line.startswith(field + ":"):
                return int(line.split()[1])
    return 0


class Watch:
    """Peak memory of the processes of a server while a block runs.  The
    high-water marks are put back first where the kernel lets us."""

    def __init__(self, office):
        self.office = office
        self.hwm = {}  # name: KiB, the greatest of its processes
        self.parts = {}  # name: the sample with the greatest RSS
        self.together = 0  # front + core, at one moment
        self.shmem = 0  # what all sealed memory on the machine grew by
        self.reset = True
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.loop)

    def __enter__(self):
        for pid in self.office.processes():
            try:
                with open("/proc/%d/clear_refs" % pid, "w",
                          encoding="ascii") as f:
                    f.write("5")
            except OSError:
                self.reset = False
        self.base = meminfo("Shmem")
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.stop.set()
        self.thread.join()
        self.sample()

    def sample(self):
        rss = {}
        self.shmem = max(self.shmem, meminfo("Shmem") - self.base)
        for pid, name in self.office.processes().items():
            s = status_of(pid)
            if s is None:
                continue
            rss[name] = max(rss.get(name, 0), s["VmRSS"])
            self.hwm[name] = max(self.hwm.get(name, 0), s["VmHWM"])
            if s["VmRSS"] > self.parts.get(name, {"VmRSS": 0})["VmRSS"]:
                self.parts[name] = s
        self.together = max(self.together, rss.get("nintei-front", 0) +
                            rss.get("nintei-core", 0))

    def loop(self):
        while not self.stop.wait(0.02):
            self.sample()
