#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of core at random moments while dossiers, commands and signatures
come in: what was acknowledged is there, once, and the history is whole.
usage: core.py [kills [seed]]"""
import hashlib
import json
import os
import random
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "flow"))
from lib import (SCHEMES, Office, archive, check, fail, finish,
                 papers, run)

OFFICES = 3
BACKOFFS = 3  # deaths in a row before ninteid waits too long for a test
SCHEME = SCHEMES[1]


class Load:
    """Clients that go on whatever happens, and remember every yes."""

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
        self.threads = [threading.Thread(target=f) for f in (
            self.submit_all, self.advance_all, self.advance_all)]
        for t in self.threads:
            t.start()

    def stop(self):
        self.ending = True
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
        return a

    def note(self, case, head):
        with self.lock:
            self.acknowledged.append((case, head))

    def submit_all(self):
        while not self.ending:
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
            with self.lock:
                case = self.random.choice(self.cases[:3] or [None])
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
        if state is None:
            return
        who = ("officer-1", "officer-2")[len(state["signatures"]) % 2]
        document = self.ask(who, "GET", "/v1/decisions/%s/document" % ident)
        if document is None:
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
                "grounds": "1", "evidence": ["e"], "reasons": "理由"})
        else:
            self.sign(c)


def crash(o, rng, kills):
    """So many deaths of core, each some time after it was ready."""
    deaths = 0
    for _ in range(kills):
        time.sleep(rng.random() * 0.7)
        pid = o.parts().get("core")
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        deaths += 1
        if deaths < BACKOFFS:
            wait_core(o, pid)
            continue
        deaths = 0
        o.crash()
        o.start()


def wait_core(o, before):
    end = time.time() + 30
    while o.parts().get("core", before) == before:
        if time.time() > end:
            fail("core is not started again")
        time.sleep(0.01)
    o.wait_ready()


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
    good, words = o.fsck()
    check(good, "git fsck --strict", words)
    allowed = o.store("allowed", o.git_run(
        "show", "HEAD:allowed_signers").encode())
    lines = run("git", "-C", o.git, "-c", "gpg.ssh.allowedSignersFile=" +
                allowed, "log", "--format=%G? %GS %(trailers:key=Nintei-Log,"
                "valueonly,separator=%x20)").decode().split("\n")[:-1]
    check({line[:14] for line in lines} == {"G store@nintei"},
          "%d commits are signed" % len(lines),
          {line[:14] for line in lines})
    sizes = [int(line.split()[2].replace("size=", "")) for line in lines]
    check(sizes == list(range(len(lines), 0, -1)),
          "the log counts every commit", sizes[:3])


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


def verify_certificates(o):
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


def attack(seed, kills, out):
    try:
        rng = random.Random(seed)
        o = Office().start()
        load = Load(o, seed)
        crash(o, rng, kills)
        load.stop()
        out.append((o, load))
    except SystemExit:
        os._exit(1)


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 204
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    print("seed %d" % seed)
    out = []
    threads = [threading.Thread(target=attack, args=(
        seed + i, kills // OFFICES, out)) for i in range(OFFICES)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(len(out) == OFFICES, "all ran to their end")
    for o, load in out:
        check(not load.faults, "no other answer", load.faults[:3])
        o.restart()
        verify_acknowledged(o, load)
        verify_events(o)
        verify_certificates(o)
        verify_history(o)
    finish()


main()
