#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""nintei against a server that lies: another decision, another comparison
code, terminal escapes, no JSON, endless answers, redirects."""
import json
import os
import subprocess
import sys
import tempfile
import threading

sys.path.pop(0)  # there is an http.py beside this file
import http.server

SOURCE = os.environ["SOURCE_DIR"]
NINTEI = os.path.join(os.environ["BUILD_DIR"], "bin", "nintei")
with open(os.path.join(SOURCE, "tests", "fixtures", "decision",
                       "certify.json"), "rb") as f:
    DECISION = f.read().rstrip(b"\n")
ID = json.loads(DECISION)["decision_id"]
STATE = {"decision_id": ID, "case": "c", "kind": "certify", "outcome": "x",
         "state": "open", "needed": 2, "signatures": [],
         "comparison_code": "", "expires_at": "", "head": "0" * 64}
answers = {}
posted = []
failures = 0


class Liar(http.server.BaseHTTPRequestHandler):
    def answer(self):
        status, media, body, extra = answers.get(
            self.path, (404, "text/plain", b"no", {}))
        self.send_response(status)
        self.send_header("Content-Type", media)
        for key, value in extra.items():
            self.send_header(key, value)
        self.end_headers()
        try:
            if body is None:
                while True:
                    self.wfile.write(b" " * 65536)
            self.wfile.write(body)
        except OSError:
            pass

    def do_GET(self):
        self.answer()

    def do_POST(self):
        n = int(self.headers["Content-Length"])
        posted.append(self.rfile.read(n))
        self.answer()

    def log_message(self, *args):
        pass


def say(path, body, status=200, media="application/json", **extra):
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
    answers[path] = (status, media, body, extra)


def check(ok, what):
    global failures
    if not ok:
        failures += 1
        print("FAILED:", what)


def nintei(url, status, *args):
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("NINTEI_", "LC_", "LANG"))}
    r = subprocess.run([NINTEI, "--server", url, *args], cwd="/",
                       capture_output=True, timeout=120,
                       env={**env, "LANG": "C.UTF-8"})
    check(r.returncode == status, "%s: want %d, have %d: %s" % (
        " ".join(args), status, r.returncode, r.stderr.decode()[:300]))
    for stream in (r.stdout, r.stderr):
        check(b"\x1b" not in stream and b"\x07" not in stream,
              "%s: an escape reached the terminal" % " ".join(args))
    return r


def decisions(url, work):
    key = os.path.join(work, "key")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key],
                   check=True)
    path = "/v1/decisions/" + ID
    say(path, STATE)
    say(path + "/document", DECISION)
    say(path + "/signatures", STATE)
    code = nintei(url, 0, "decision", "sign", ID, "--key", key).stderr
    check(posted and posted[0].startswith(b"-----BEGIN SSH SIGNATURE"),
          "a signature was posted")
    check(b"comparison code" in code, "the code is shown")
    posted.clear()
    say(path, {**STATE, "comparison_code": "AAAA-AAAA-AAAA-AAAA"})
    nintei(url, 6, "decision", "show", ID)
    bad = {
        "another id": DECISION.replace(ID.encode(), ID[:-1].encode() + b"0"),
        "not canonical": DECISION.replace(b'","', b'", "', 1),
        "a byte more": DECISION + b" ",
        "an unknown kind": DECISION.replace(b'"certify"', b'"certifx"'),
        "nothing": b"",
        "another affirmation": DECISION.replace(b"I sign", b"I sing"),
    }
    for what, document in bad.items():
        say(path + "/document", document)
        r = subprocess.run([NINTEI, "--server", url, "decision", "sign", ID,
                            "--key", key], capture_output=True, cwd="/")
        check(r.returncode in (2, 6) and not posted,
              "%s is not signed" % what)


def texts(url):
    evil = "\x1b[2Jcleared\x07\u202egpj"
    say("/v1/cases/x", {"case": evil, "state": evil, "applicant":
                        {"name": evil}, "documents": [{"n": 1, "path": evil}],
                        "findings": [{"rule": evil, "severity": evil,
                                      "member": evil, "text_en": evil,
                                      "article": evil, "field": evil},
                                     {"rule": 1, "member": [], "field": {}},
                                     {"rule": "R", "article": ""}]})
    nintei(url, 0, "case", "show", "x")
    say("/v1/cases", {"items": [{"case": evil, "state": evil}]})
    nintei(url, 0, "case", "list")
    say("/v1/cases/y", {"type": "/problems/x", "title": evil,
                        "detail": evil, "code": "E_FLOW_GUARD",
                        "guard": evil, "article": evil}, status=422,
        media="application/problem+json")
    nintei(url, 3, "case", "show", "y")
    say("/v1/cases/z", {"code": evil, "detail": evil}, status=418,
        media="application/problem+json")
    nintei(url, 1, "case", "show", "z")
    desk(url, evil)


def desk(url, evil):
    """What staff lists: every member a stranger's."""
    for name, more in (("of_a_machine", {"machine": "fee"}),
                       ("of_nothing", {"machine": evil})):
        say("/v1/cases/%s/commands" % name, {"items": [
            {"command": evil, "instance": evil, "article": evil,
             "roles": [evil, 1], "open": True, "mine": True,
             "missing": [evil, 1], "asked": ["!" + evil, evil], **more},
            {"command": "fee.pay", "mine": False, "open": True, **more,
             "decision": {"kind": evil, "propose": evil, "state": evil,
                          "decision_id": evil}}, {}, 1]})
        nintei(url, 0, "case", "commands", name)
    say("/v1/cases/x/events", {"items": [
        {"machine": evil, "event": evil, "to": evil, "recorded_at": evil,
         "event_id": evil, "actor": evil, "role": evil, "article": evil,
         "decision_id": evil, "effects": [{"machine": evil}, 1]}, {}, 1]})
    nintei(url, 0, "case", "log", "x")
    rows = {"items": [{"date": evil, "case": evil, "what": evil,
                       "notice": evil, "kind": evil, "amount": evil}, 1]}
    for path in ("/v1/deadlines", "/v1/notices", "/v1/fees"):
        say(path, rows)
    nintei(url, 0, "case", "deadlines")
    nintei(url, 0, "notice", "list")
    nintei(url, 0, "fee", "list")
    say("/v1/cases/x/notices/n", {"state": evil, "deadline": evil,
                                  "reasons": evil, "en": {
                                      "subject": evil, "text": evil}})
    nintei(url, 0, "notice", "show", "x", "n")
    say("/v1/rules/s/1", {"scheme": evil, "article": evil, "text": evil,
                          "params": [{"key": evil, "value": evil}],
                          "slips": [{"text": evil}],
                          "acts": [{"machine": evil, "event": evil}, 1]})
    nintei(url, 0, "rule", "show", "1", "--scheme", "s")
    say("/v1/cases/sheet", {"scheme": evil})
    nintei(url, 4, "case", "sheet", "sheet")


def shapes(url):
    say("/v1/cases/a", b"not json")
    nintei(url, 2, "case", "show", "a")
    say("/v1/cases/b", b"[" * 100000)
    nintei(url, 2, "case", "show", "b")
    say("/v1/cases/c", None)
    nintei(url, 1, "case", "show", "c")
    say("/v1/cases/d", b"", status=302, Location=url + "/v1/cases/x")
    nintei(url, 1, "case", "show", "d")
    say("/v1/cases/e", b"<html>", status=503, media="text/html")
    nintei(url, 7, "case", "show", "e")
    say("/v1/cases/f", {"items": []})
    nintei(url, 0, "case", "show", "f")
    say("/v1/cases/g/events", {"items": [1, "x", {"event": 7}]})
    nintei(url, 0, "case", "log", "g")
    nintei(url, 4, "case", "show", "../../etc/passwd")


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = "http://127.0.0.1:%d" % server.server_address[1]
    with tempfile.TemporaryDirectory() as work:
        decisions(url, work)
        texts(url)
        shapes(url)
    server.shutdown()
    print("%d failures" % failures)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
