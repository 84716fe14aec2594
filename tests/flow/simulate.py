#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A body over six years, made by bench/simulate.py: register, lists and
deadlines are what simulate_check.py computes from the plan alone; one line of
the plan changed, and they are not; the history verifies, and an index made
anew from it says the same."""
import collections
import datetime
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile

from lib import BIN, SOURCE, check, finish

# lib took this script's folder out of the path.
sys.path += [os.path.join(SOURCE, "bench"),
             os.path.join(SOURCE, "tests", "flow")]
# pylint: disable=wrong-import-position
import simulate_check


def module(name, path):
    """bench/simulate.py, which has this script's name."""
    spec = importlib.util.spec_from_file_location(name, path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


bench = module("bench_simulate", os.path.join(SOURCE, "bench",
                                              "simulate.py"))

STATES = {"valid", "continued", "expired", "lapsed", "terminated", "revoked"}
REASONS = {"Privilege Withdrawn", "Affiliation Changed",
           "Cessation Of Operation", "Superseded"}


def covered(body):
    """A run that shows little proves little."""
    all_of = list(body.certifications.values())
    states = {s for c in all_of for _, _, s in c.lines}
    check(states == STATES, "every state was reached", states ^ STATES)
    guards = collections.Counter(g for _, _, g in body.expected if g)
    check(guards["window_ok"] >= 2 and guards["renewal_pending"] >= 1 and
          guards["art8_bar"] >= 1, "refused by window, pending, bar", guards)
    reasons = {r for c in all_of for r, _, _ in c.listed.values()}
    check(reasons == REASONS, "every reason on a list", reasons ^ REASONS)
    check([c for c in all_of for _, _, since in c.listed.values() if since],
          "some invalid since before")
    check([c for c in all_of if len(c.terms) == 3] and
          [c for c in all_of if c.state == "valid" and c.pending],
          "third terms, pending renewals")
    check(all(len(r) >= 1 for r in body.rules.values()) and
          len(body.rules["iaas-paas-iot"]) == 2, "amendments of the rules")


def certified(line):
    return line["what"] == "decided" and line["kind"] == "certify"


def next_day(line):
    at = simulate_check.when(line["at"]) + datetime.timedelta(days=1)
    return {**line, "at": at.isoformat()}


def other_event(line):
    day = simulate_check.date(line["event_day"]) - simulate_check.ONE
    return {**line, "event_day": day.isoformat()}


# (name, which line, what becomes of it; None: it is gone)
CHANGES = (
    ("certified a day later", certified, next_day),
    ("no revocation", lambda l: l.get("kind") == "revoke", lambda l: None),
    ("lapsed a day earlier", lambda l: l.get("kind") == "lapse",
     other_event),
    ("its operator unchanged", lambda l: l.get("operator_changed"),
     lambda l: {**l, "operator_changed": False}),
    ("days counted otherwise", lambda l: l["what"] == "announced",
     lambda l: {**l, "first_day_counts": not l["first_day_counts"]}),
    ("no continuation", lambda l: l.get("kind") == "continuation",
     lambda l: None),
    ("certified, not declined", lambda l: l.get("kind") == "decline",
     lambda l: {**l, "kind": "certify"}),
    ("not reissued", lambda l: l.get("kind") == "reissue", lambda l: None),
    ("one day more of service", lambda l: l.get("kind") == "termination",
     lambda l: {**l, "last_day": (simulate_check.date(l["last_day"]) +
                                  simulate_check.ONE).isoformat()}),
    ("nothing paid", lambda l: l["what"] == "paid", lambda l: None),
)


def changed(out, lines):
    """Each of these changes alone must be seen.  Some lines say nothing that
    is left at the end: then the next like it."""
    for name, which, change in CHANGES:
        seen = False
        for i in reversed([i for i, l in enumerate(lines) if which(l)]):
            line = change(lines[i])
            plan = lines[:i] + ([line] if line else [{
                "at": lines[i]["at"], "what": "tick"}]) + lines[i + 1:]
            plan.sort(key=lambda l: simulate_check.when(l["at"]))
            with open(os.path.join(out, "changed.jsonl"), "w",
                      encoding="utf-8") as f:
                f.writelines(json.dumps(l) + "\n" for l in plan)
            try:
                seen = simulate_check.compare(out, "changed.jsonl")[0] != []
            except (KeyError, IndexError):
                seen = True  # what follows makes no sense any more
            if seen or name != "nothing paid":
                break
        check(seen, "one line changed is seen: " + name)


def rebuilt(w, doc):
    r = subprocess.run([os.path.join(BIN, "nintei"), "-C", w.o.home, "index",
                        "rebuild"], stdout=subprocess.PIPE, check=False,
                       stderr=subprocess.STDOUT)
    check(r.returncode == 0, "index rebuild", r.stdout)
    w.o.open()
    w.o.clock(w.end)
    check(bench.said(w) == doc, "an index made anew says the same")
    w.o.close()


def main():
    # Nothing here is about a disk.
    where = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="nintei-", dir=where)
    out = os.path.join(folder, "run")
    args = bench.arguments(["--services", "40", "--lists", "300", "--seed",
                            "7", "--days", "8", "--out", out])
    try:
        w, doc, _ = bench.simulate(args)
        differ, compared, body = simulate_check.compare(out)
        check(not differ and compared > 1000,
              "%d values are as computed" % compared, differ[:5])
        covered(body)
        changed(out, simulate_check.load_lines(out, "plan.jsonl"))
        w.o.audit(where=w.o.git, name="the history verifies")
        rebuilt(w, doc)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    finish()


main()
