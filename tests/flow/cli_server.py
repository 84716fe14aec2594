#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""nintei against a real server: from `init` to a certificate that verifies,
and to its revocation; each refusal with its exit status."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SOURCE = os.environ["SOURCE_DIR"]
BIN = os.path.join(os.environ["BUILD_DIR"], "bin")
SCHEME = "genai-saas"


def free_ports():
    with socket.socket() as a, socket.socket() as b:
        a.bind(("127.0.0.1", 0))
        b.bind(("127.0.0.1", 0))
        return a.getsockname()[1], b.getsockname()[1]


class Office:
    def __init__(self, work):
        self.work = work
        self.home = os.path.join(work, "home")
        self.people = os.path.join(self.home, "keys", "development")
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(("NINTEI_", "LC_", "LANG", "SSH_"))}
        self.env["LANG"] = "C.UTF-8"
        self.env["NINTEI_POLICIES"] = os.path.join(SOURCE, "policies")
        self.server = None

    def run(self, status, *args, who=None, env=None):
        """stdout of nintei, which must end with this status."""
        command = [os.path.join(BIN, "nintei"), "-C", self.home, *args]
        if who:
            command += ["--token-file",
                        os.path.join(self.people, who + ".token")]
        r = subprocess.run(command, capture_output=True, timeout=120,
                           env={**self.env, **(env or {})})
        if r.returncode != status:
            self.fail("%s: want %d, have %d\n%s%s" % (
                " ".join(args), status, r.returncode, r.stdout.decode(),
                r.stderr.decode()))
        self.messages = r.stderr.decode()
        return r.stdout.decode()

    def json(self, *args, who=None, status=0):
        return json.loads(self.run(status, *args, "--json", who=who))

    def fail(self, why):
        print("FAILED:", why)
        if self.server:
            with open(os.path.join(self.work, "log")) as f:
                print("".join(f.readlines()[-30:]))
            self.server.kill()
        sys.exit(1)

    def check(self, ok, what):
        if not ok:
            self.fail("%s\n%s" % (what, self.messages))

    def start(self):
        https, http = free_ports()
        path = os.path.join(self.home, "nintei.yaml")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        text = re.sub(r"127\.0\.0\.1:8443", "127.0.0.1:%d" % https, text)
        text = re.sub(r"127\.0\.0\.1:8080", "127.0.0.1:%d" % http, text)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        self.url = "https://127.0.0.1:%d" % https
        log = open(os.path.join(self.work, "log"), "wb")
        self.server = subprocess.Popen([os.path.join(BIN, "ninteid"), "-C",
                                        self.home], stderr=log)
        for _ in range(600):
            with open(os.path.join(self.work, "log")) as f:
                if '"event":"ready"' in f.read():
                    return
            if self.server.poll() is not None:
                break
            time.sleep(0.1)
        self.fail("the server does not come up")


def begin(o):
    o.run(0, "init", "--development", "--name", "試験機関")
    o.run(5, "init", "--development")
    o.start()
    o.check(o.run(0, "case", "list", who="secretary-1") == "", "no case yet")
    o.run(1, "case", "list")
    other = os.path.join(o.work, "other.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x",
                    "-keyout", other + ".key", "-out", other], check=True,
                   capture_output=True)
    o.run(6, "case", "list", "--cacert", other, who="secretary-1")
    o.check("certificate" in o.messages, "another root is not accepted")
    o.run(4, "case", "show", "nowhere", who="secretary-1")


def submit(o):
    papers = os.path.join(SOURCE, "tests", "fixtures", "dossier", SCHEME)
    bundle = os.path.join(o.work, "dossier.zip")
    receipt = os.path.join(o.work, "receipt.json")
    o.run(0, "bundle", "make", papers, "-o", bundle, "--scheme", SCHEME)
    case = o.run(0, "dossier", "submit", bundle, "--receipt", receipt,
                 who="applicant-1").strip()
    o.check("development" in o.messages, "development is said")
    with open(receipt) as f:
        document = json.load(f)
    o.check(document["schema"] == "nintei.receipt/1" and
            document["case"] == case, "the receipt is saved")
    again = o.run(0, "dossier", "submit", bundle, who="applicant-1").strip()
    o.check(again == case, "the same file twice is one case")
    bad = os.path.join(o.work, "bad.zip")
    with open(bad, "wb") as f:
        f.write(b"PK\x03\x04 no archive")
    problem = o.json("dossier", "submit", bad, who="applicant-1", status=6)
    o.check(problem["code"] == "E_BUNDLE_REFUSED" and problem["findings"],
            "a refused dossier lists its findings")
    o.run(6, "dossier", "submit", bad, who="applicant-1")
    o.check("the dossier as a whole\n  [refused] BUNDLE-" in o.messages and
            "findings: 1 refused, 0 to correct, 0 to look at" in o.messages,
            "and prints them by file, with their count")
    return case


def review(o, case):
    with open(os.path.join(SOURCE, "tests", "snapshot", "policies",
                           SCHEME + ".json"), encoding="utf-8") as f:
        scheme = json.load(f)
    fee = next(f["amount"] for f in scheme["fees"]
               if f["kind"] == "new" and not f["member"])
    problem = o.json("case", "do", case, "accept", who="secretary-1",
                     status=3)
    o.check(problem["guard"] == "fee_paid" and problem["article"],
            "a refusal names guard and article")
    o.run(3, "case", "do", case, "accept", who="secretary-1")
    o.check("guard: fee_paid" in o.messages and "article:" in o.messages,
            "and prints them")
    o.run(0, "case", "do", case, "fee.pay", "--data", json.dumps(
        {"amount": fee, "paid_on": "2026-07-15"}), who="secretary-1")
    head = o.json("case", "show", case, who="secretary-1")["head"]
    o.run(0, "case", "do", case, "accept", "--data",
          '{"reviewers": ["secretary-1"]}', who="secretary-1")
    o.run(5, "case", "do", case, "propose_certify", "--if-head", head,
          who="secretary-1")
    o.run(2, "case", "do", case, "accept", "--data", "[1]",
          who="secretary-1")
    o.run(3, "case", "do", case, "accept", who="applicant-1")
    sheet = os.path.join(o.work, "review.json")
    with open(sheet, "w") as f:
        json.dump({"review": {c["id"]: {"met": True}
                              for c in scheme["criteria"]}}, f)
    o.run(0, "case", "do", case, "propose_certify", "--data", "@" + sheet,
          who="secretary-1")
    document = o.json("case", "show", case, who="secretary-1")
    return document["decisions"][0]["decision_id"]


def sign(o, decision, agent):
    one = os.path.join(o.people, "officer-1.key")
    two = os.path.join(o.people, "officer-2.key")
    text = o.run(0, "decision", "show", decision, who="secretary-1")
    code = re.search(r"comparison code: ([A-Z2-9-]{19})", text).group(1)
    raw = o.run(0, "decision", "show", decision, "--raw", who="officer-1")
    o.check(json.loads(raw)["decision_id"] == decision, "the bytes")
    state = o.json("decision", "sign", decision, "--key", one,
                   who="officer-1")
    o.check(state["state"] == "open" and len(state["signatures"]) == 1 and
            state["comparison_code"] == code, "one of two")
    o.run(3, "decision", "sign", decision, "--key", one, who="officer-1")
    text = o.run(0, "decision", "sign", decision, "--key",
                 two + ".pub" if agent else two, who="officer-2",
                 env=agent)
    o.check(code in o.messages, "what is signed is shown")
    o.check("executed" in text, "two of two")


def start_agent(o):
    """An ssh-agent with the second officer's key, or None."""
    if shutil.which("ssh-agent") is None:
        return None
    r = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True)
    agent = dict(re.findall(r"(SSH_\w+)=([^;]+);", r.stdout))
    subprocess.run(["ssh-add", os.path.join(o.people, "officer-2.key")],
                   env={**os.environ, **agent}, check=True,
                   capture_output=True)
    return agent


def verify(o, case):
    document = o.json("case", "show", case, who="secretary-1")
    number = document["number"]
    pem = os.path.join(o.work, "cert.pem")
    subprocess.run(["curl", "-sS", "--fail", "--cacert", os.path.join(
        o.home, "keys", "root", "root.pem"), "-o", pem, "%s/v1/register/%s/"
        "certificate.pem" % (o.url, number)], check=True)
    shown = o.json("cert", "show", pem)
    o.check(shown["number"] == number and
            shown["not_after"].startswith(
                document["certification"]["valid_through"]), "cert show")
    result = o.json("cert", "verify", pem)
    o.check(result["ok"] and all(c["verdict"] == "ok"
                                 for c in result["checks"]),
            "every check is ok: %s" % result["checks"])
    trust = os.path.join(o.work, "trust")
    os.mkdir(trust)
    shutil.copy(os.path.join(o.home, "keys", "root", "root.pem"), trust)
    o.run(0, "cert", "verify", pem, "--trust", trust)
    o.run(6, "cert", "verify", pem, "--at", "2031-01-01T00:00:00+09:00")
    with open(pem) as f:
        text = f.read()
    flipped = os.path.join(o.work, "flipped.pem")
    at = len(text) * 2 // 3
    with open(flipped, "w") as f:
        f.write(text[:at] + ("A" if text[at] != "A" else "B") +
                text[at + 1:])
    r = subprocess.run([os.path.join(BIN, "nintei"), "-C", o.home, "cert",
                        "verify", flipped], capture_output=True, env=o.env)
    o.check(r.returncode in (2, 6), "a flipped character does not verify")
    key = o.json("case", "key", case, who="secretary-1")
    o.check(re.fullmatch("[0-9a-f]{64}", key["key"]), "case key")
    decrypt(o, case, key)
    o.run(4, "case", "key", case, who="applicant-1")
    return pem, number


def decrypt(o, case, key):
    """A document in the history opens with stock openssl and that key."""
    git = ["git", "-c", "safe.directory=*", "-c", "core.quotePath=false",
           "-C", os.path.join(o.home, "store", "audit.git")]
    # The journal becomes packs within seconds.
    for _ in range(200):
        names = subprocess.run([*git, "ls-tree", "-r", "--name-only", "main"],
                               check=True,
                               capture_output=True).stdout.decode()
        name = next((n for n in names.splitlines()
                     if "/%s/docs/01-" % case in n), None)
        if name:
            break
        time.sleep(0.1)
    o.check(name, "the document is in the history")
    cms = subprocess.run([*git, "show", "main:" + name], check=True,
                         capture_output=True).stdout
    r = subprocess.run(["openssl", "cms", "-decrypt", "-inform", "DER",
                        "-secretkey", key["key"], "-secretkeyid",
                        key["key_id"]], input=cms, capture_output=True)
    with open(os.path.join(SOURCE, "tests", "fixtures", "dossier", SCHEME,
                           "form-a.json"), "rb") as f:
        o.check(r.stdout == f.read(), "openssl cms -decrypt: %s" % r.stderr)


def revoke(o, case, pem, agent):
    o.run(0, "case", "do", case, "propose_revocation", "--data", json.dumps(
        {"grounds": "1", "reasons": "審査基準に適合しない。",
         "evidence": [{"ground": 1, "event": 1}]}), who="secretary-1")
    document = o.json("case", "show", case, who="secretary-1")
    decision = document["decisions"][-1]["decision_id"]
    for n in (1, 2):
        o.run(0, "decision", "sign", decision, "--key", os.path.join(
            o.people, "officer-%d.key" % n), who="officer-%d" % n)
    r = o.run(6, "cert", "verify", pem)
    o.check(re.search(r"revocation +failed", r) and
            re.search(r"register +failed", r), "revoked: %s" % r)
    ja = o.run(6, "cert", "verify", pem, "--lang", "ja")
    o.check("有効ではありません" in ja, "in Japanese")
    crl = os.path.join(o.work, "issuer.crl")
    with open(os.path.join(o.home, "nintei.yaml"), encoding="utf-8") as f:
        http = re.search(r'http: "(http://[^"]+)"', f.read()).group(1)
    subprocess.run(["curl", "-sS", "--fail", "-o", crl, "%s/pki/%s.crl" % (
        http, SCHEME)], check=True)
    shown = o.json("crl", "show", crl)
    o.check([e["reason"] for e in shown["entries"]] ==
            ["privilegeWithdrawn"], "crl show")


def end(o):
    log = o.run(0, "case", "log", o.case, who="secretary-1")
    o.check("decide_certify" in log and "revoke" in log, "the history")
    o.run(7, "index", "rebuild")
    o.server.send_signal(signal.SIGTERM)
    o.check(o.server.wait(30) == 0, "SIGTERM drains")
    o.run(0, "index", "rebuild")
    o.run(7, "case", "list", who="secretary-1")


def main():
    with tempfile.TemporaryDirectory() as work:
        o = Office(work)
        begin(o)
        o.case = submit(o)
        decision = review(o, o.case)
        agent = start_agent(o)
        try:
            sign(o, decision, agent)
            pem, _ = verify(o, o.case)
            revoke(o, o.case, pem, agent)
        finally:
            if agent:
                os.kill(int(agent["SSH_AGENT_PID"]), signal.SIGTERM)
        end(o)
    print("ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
