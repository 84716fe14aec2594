#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tampering: a history of real processes, cloned, then written anew by
somebody who has stolen every key of the house.  Stock git finds nothing;
audit verify names the event that is wrong, and why."""
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys

from lib import BIN, check, finish
# lib comes first: it says where the others are found.
# pylint: disable=wrong-import-order
import forgery
import story
import tamper_acts
import tamper_history
import tamper_issued
import thief

KINDS = tamper_history.KINDS + tamper_acts.KINDS + tamper_issued.KINDS


class Judge:
    """audit verify over one forgery after another."""

    def __init__(self, office):
        self.office = office
        self.trust = {"none": [], "all": ["--trust", office.trust()]}
        other = os.path.join(office.work, "other-root")
        os.mkdir(other)
        shutil.copy(os.path.join(office.home, "keys", "ca", story.GENAI,
                                 "ca.pem"), os.path.join(other, "root.pem"))
        self.trust["other"] = ["--trust", other]

    def look(self, one, path):
        if one.damage:
            one.damage(path)
            wrong = ""
        else:
            wrong = thief.fsck(path)
        r = subprocess.run(
            [os.path.join(BIN, "nintei"), "audit", "verify", path, "--json",
             *self.trust[one.trust], *one.flags],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300,
            check=False)
        shutil.rmtree(path)
        return r, wrong

    def say(self, kind, one, result):
        name, _, rules, event = kind
        r, wrong = result
        check(wrong == "", name + ": git fsck finds nothing", wrong)
        try:
            found = json.loads(r.stdout)["findings"]
        except ValueError:
            check(False, name, (r.returncode, r.stderr.decode()))
            return
        first = found[0] if found else {}
        where = one.place(event) if event else ""
        here = {f["id"] for f in found if f.get("event", "") == where}
        good = r.returncode == (6 if rules else 0) and set(rules) <= here and (
            not rules or (first["id"] == rules[0] and
                          first.get("event", "") == where and
                          first["expected"] and first["found"]))
        check(good, name, (r.returncode, where, [
            (f["id"], f.get("event", ""), f["expected"][:60],
             f["found"][:60]) for f in found[:4]]))


def main():
    office, names = story.tell()
    names["access"] = "access-" + json.loads(
        office.tree_file(names["revoked"], "0001-application.submit.json"))[
            "recorded_at"][:7]
    history = thief.History(office)
    judge = Judge(office)
    chosen = [k for k in KINDS if not sys.argv[1:] or k[0] in sys.argv[1:]]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        running = []
        for kind in chosen:
            one = forgery.Forgery(history, dict(names))
            kind[1](one)
            path = history.write(one.steps, **one.options)
            running.append((kind, one, pool.submit(judge.look, one, path)))
        for kind, one, result in running:
            judge.say(kind, one, result.result())
    print("%d kinds" % (len(chosen) - 1))
    finish()


main()
