# SPDX-License-Identifier: Apache-2.0
"""Clients of an office that go on whatever happens to it, and what must hold
of it afterwards.  For the crash tests; lib.py is imported first."""
import base64
import hashlib
import json
import os
import random
import subprocess
import threading
import time

from lib import BIN, SCHEMES, archive, check, papers, run

SCHEME = SCHEMES[1]
SUBMITTERS = 5
ADVANCERS = 3  # the secretary and the officers, at once


class Load:
    """Eight clients that remember every yes."""

    def __init__(self, office, seed):
        self.o = office
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.acknowledged = []  # (case, head)
        self.keys = {}  # Idempotency-Key to (case, body)
        self.cases = []  # not yet revoked
        self.faults = []
        self.review = office.review(SCHEME)
        self.fee = office.fee(SCHEME)
        self.ending = False
        self.going = threading.Event()  # clear: they pause
        self.going.set()
        self.threads = [threading.Thread(target=f, daemon=True) for f in
                        [self.submit_all] * SUBMITTERS +
                        [self.advance_all] * ADVANCERS]
        for t in self.threads:
            t.start()

    def stop(self):
        self.ending = True
        self.going.set()
        for t in self.threads:
            t.join()

    def ask(self, *args, **kw):
        """An answer, or None where nobody may know what became of it."""
        try:
            a = self.o.api(*args, timeout=20, strict=False, **kw)
        except OSError:
            time.sleep(0.02)
            return None
        if a.status >= 500:
            if a.status != 503:
                self.faults.append(a)
            time.sleep(0.02)
            return None
        if a.status == 429:
            time.sleep(0.2)
            return None
        return a

    def note(self, case, head):
        with self.lock:
            self.acknowledged.append((case, head))

    def submit_all(self):
        while not self.ending:
            self.going.wait()
            with self.lock:
                key = "key-%d" % self.random.getrandbits(60)
                name = "架空負荷サービス%d" % self.random.getrandbits(40)
            body = archive(papers(SCHEME, service=name))
            # The same key again until somebody says yes.
            for _ in range(200):
                a = self.ask("applicant-1", "POST", "/v1/dossiers?scheme=%s"
                             "&kind=new" % SCHEME, body,
                             Content_Type="application/zip",
                             Idempotency_Key=key)
                if a is not None and a.status == 201:
                    self.note(a["case"], a["head"])
                    with self.lock:
                        self.keys[key] = (a["case"], body)
                        self.cases.append(a["case"])
                    break
                if a is not None and a.status != 409:
                    self.faults.append(a)
                    break
                if self.ending:
                    return
            time.sleep(0.01)

    def advance_all(self):
        while not self.ending:
            self.going.wait()
            with self.lock:
                case = self.random.choice(self.cases[:6] or [None])
            if case is None:
                time.sleep(0.01)
            else:
                self.advance(case)

    def command(self, who, c, word, data):
        body = {"command": word, "if_head": c["head"], "data": data}
        a = self.ask(who, "POST", "/v1/cases/%s/commands" % c["case"],
                     json.dumps(body), Content_Type="application/json")
        if a is not None and a.status == 200:
            self.note(c["case"], a["head"])
        elif a is not None and a.status != 409:
            self.faults.append(a)

    def sign(self, c):
        decision = [d for d in c["decisions"] if d["state"] == "open"]
        if not decision:
            return
        ident = decision[-1]["decision_id"]
        state = self.ask("officer-1", "GET", "/v1/decisions/" + ident)
        if state is None or state.status != 200:
            return
        who = ("officer-1", "officer-2")[len(state["signatures"]) % 2]
        document = self.ask(who, "GET", "/v1/decisions/%s/document" % ident)
        if document is None or document.status != 200:
            return
        a = self.ask(who, "POST", "/v1/decisions/%s/signatures" % ident,
                     self.o.armour(document.body, who),
                     Content_Type="text/plain")
        if a is not None and a.status == 200:
            self.note(c["case"], a["head"])
        elif a is not None and a.status not in (409, 422):
            self.faults.append(a)

    def advance(self, case):
        """The next step of a case, whatever the last one came to."""
        a = self.ask("secretary-1", "GET", "/v1/cases/" + case)
        if a is None:
            return
        if a.status != 200:
            self.faults.append(a)
            return
        c = a.json
        machines = {m["machine"]: m["state"] for m in c["machines"]}
        if machines.get("certification") == "revoked":
            with self.lock:
                if case in self.cases:
                    self.cases.remove(case)
        elif machines["fee"] == "due":
            self.command("secretary-1", c, "fee.pay", {
                "amount": self.fee, "paid_on": "2026-07-15"})
        elif c["state"] == "submitted":
            self.command("secretary-1", c, "accept",
                         {"reviewers": ["secretary-1"]})
        elif c["state"] == "in_review":
            self.command("secretary-1", c, "propose_certify",
                         {"review": self.review})
        elif machines.get("certification") == "valid" and \
                machines["compliance"] == "none":
            self.command("secretary-1", c, "propose_revocation", {
                "grounds": "1", "evidence": [{"ground": 1, "event": 1}],
                "reasons": "理由"})
        else:
            self.sign(c)


# --- afterwards ---

def verify(o, load):
    """All that must hold of an office that runs again."""
    check(not load.faults, "no other answer", load.faults[:3])
    verify_acknowledged(o, load)
    verify_events(o)
    verify_register(o)
    check(o.stop() == 0, "SIGTERM drains and ends with 0")
    verify_certificates(o)
    verify_history(o)


def verify_acknowledged(o, load):
    missing = []
    for case in sorted({c for c, _ in load.acknowledged}):
        items = o.api("auditor-1", "GET", "/v1/cases/%s/events" %
                      case)["items"]
        heads = {e["prev"] for e in items} | {o.case(case)["head"]}
        missing += [(case, h) for c, h in load.acknowledged
                    if c == case and h not in heads]
    check(not missing and load.acknowledged,
          "%d acknowledged answers are there" % len(load.acknowledged),
          missing)
    wrong = []
    for key, (case, body) in list(load.keys.items())[:100]:
        a = o.api("applicant-1", "POST", "/v1/dossiers?scheme=%s&kind=new" %
                  SCHEME, body, Content_Type="application/zip",
                  Idempotency_Key=key)
        if a.status != 201 or a["case"] != case:
            wrong.append((key, case, a))
    check(not wrong, "a repeated request names the same case", wrong)


def verify_history(o):
    """What stock git and the auditor's tool say."""
    good, words = o.fsck()
    check(good, "git fsck --strict", words)
    allowed = o.store("allowed", o.git_run(
        "show", "HEAD:allowed_signers").encode())
    lines = run("git", "-C", o.git, "-c", "gpg.ssh.allowedSignersFile=" +
                allowed, "log", "-n", "300", "--format=%G? %GS").decode()
    check(set(lines.split("\n")[:-1]) == {"G store@nintei"},
          "%d commits, and the last are signed" % o.commits(), lines[:200])
    r = subprocess.run([os.path.join(BIN, "nintei"), "audit", "verify",
                        o.git], stdout=subprocess.PIPE, check=False,
                       stderr=subprocess.STDOUT, timeout=300)
    check(r.returncode == 0, "nintei audit verify", r.stdout[-900:])


def verify_events(o):
    """Every case in the tree is one chain, and the server's view of it."""
    bad = []
    for row in all_cases(o):
        items = o.api("auditor-1", "GET", "/v1/cases/%s/events" %
                      row["case"])["items"]
        before = "0" * 64
        for e in items:
            if e["prev"] != before:
                bad.append(row["case"])
            before = hashlib.sha256(json.dumps(
                e, ensure_ascii=False, sort_keys=True,
                separators=(",", ":")).encode()).hexdigest()
        if before != row["head"]:
            bad.append(row["case"])
    check(not bad, "each case is one chain", bad)


def all_cases(o):
    rows, path = [], "/v1/cases"
    while path:
        page = o.api("auditor-1", "GET", path)
        rows += page["items"]
        path = "/v1/cases?cursor=" + page["next"] if page.get("next") else ""
    return rows


def verify_register(o):
    entries = o.api("auditor-1", "GET", "/v1/register")["items"]
    numbers = [e["number"] for e in entries]
    check(len(numbers) == len(set(numbers)), "no number twice", numbers)
    revoked = [e for e in entries if e["state"] == "revoked"]
    check(len(o.revoked(SCHEME)) >= len(revoked),
          "%d certifications, %d revoked: all on the list" % (
              len(entries), len(revoked)))
    for state in ("valid", "revoked"):
        one = [e["number"] for e in entries if e["state"] == state][:3]
        for number in one:
            good, words = o.verify(SCHEME, number)
            check(good == (state == "valid"), "openssl of %s, %s" % (
                number, state), words)
    held = [c["case"] for c in all_cases(o) if c["state"] == "deciding"]
    stuck = [c for c in held if any(
        d["state"] == "approved" for d in o.case(c)["decisions"])]
    check(not stuck, "nothing approved is left undone", stuck)


def issued_by_signer(o):
    """(number, term) and SHA-256 of each certificate that was signed."""
    out = []
    with open(os.path.join(o.home, "keys", "signer.journal"),
              encoding="utf-8") as f:
        for line in f:
            r = json.loads(line)
            if r["op"] == "issue":
                out.append(((r["number"], r["term"]), r["serial"],
                            hashlib.sha256(base64.b64decode(
                                r["cert"])).hexdigest()))
    return out


def verify_certificates(o):
    """The signer's journal, issued/ and the events tell the same."""
    signed = issued_by_signer(o)
    check(len({s[0] for s in signed}) == len(signed) and
          len({s[1] for s in signed}) == len(signed),
          "%d certificates signed, none twice" % len(signed), signed[-3:])
    listed = o.git_run("ls-tree", "-r", "--name-only", "HEAD", "cases")
    files = [p for p in listed.split("\n") if "/issued/" in p and
             p.endswith(".cer")]
    stored = {hashlib.sha256(run("git", "-C", o.git, "cat-file", "blob",
                                 "HEAD:" + p)).hexdigest(): p for p in files}
    without = [s for s in signed if s[2] not in stored]
    check(not without, "every signed certificate is in the history", without)
    strange = [p for h, p in stored.items() if h not in
               {s[2] for s in signed}]
    check(not strange, "every stored certificate was signed", strange)
    said = {json.loads(run("git", "-C", o.git, "cat-file", "blob",
                           "HEAD:" + p))["data"]["serial"]
            for p in listed.split("\n") if "-artefact.sign." in p}
    naked = [p for p in files if
             os.path.basename(p)[:-len(".cer")] not in said]
    check(not naked, "no certificate without its event", naked)
