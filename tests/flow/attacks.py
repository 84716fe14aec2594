#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rules, roles and time attacked through the processes: each act of the tables
by each role at several stages of a case, days that lie outside of a
certification, two ends at once, what was decided before the term was over,
a certification after a gap and its own renewal, reloads in a row."""
import collections
import datetime
import json
import os
import re
import shutil
import tempfile
import time

import lib
from lib import JST, SOURCE, Office, check, finish, midnight
from conform import example, fetch
from lifecycle import accepted, certified, officers, send, taken, term
from steps import machine, paper, propose_kind, refused, steps_of
# After lib, which takes the tests' own http.py out of Python's way.
import http.client  # pylint: disable=wrong-import-order

F = "iaas-paas-iot"
SEC, APP, OFF = "secretary-1", "applicant-1", "officer-1"
START = datetime.datetime(2026, 8, 3, 15, tzinfo=JST)
HOUR = datetime.timedelta(hours=1)
AS_NEW = ("gap_renewal: renew", "gap_renewal: as_new")


def office():
    """Under the policy that a gap begins a new certification."""
    with tempfile.TemporaryDirectory() as work:
        folder = os.path.join(work, "policies")
        shutil.copytree(os.path.join(SOURCE, "policies"), folder)
        path = os.path.join(folder, F, "params.yaml")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        check(AS_NEW[0] in text, "the policy has its default")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(*AS_NEW))
        lib.SOURCE = work
        o = Office()
        lib.SOURCE = SOURCE
    return steps_of(o)


# --- every act by every role ---

def words():
    """(machine, event): by whom, as the published tables say."""
    out, name = collections.defaultdict(set), None
    path = os.path.join(SOURCE, "docs", "generated", "workflow.md")
    with open(path, encoding="utf-8") as f:
        for line in f:
            cells = [c.strip() for c in line.split("|")]
            if line.startswith("## "):
                name = line[3:].strip()
            elif len(cells) == 9 and cells[2].startswith("`"):
                out[(name, cells[2].strip("`"))] |= set(
                    re.split(r"[ ,/]+", cells[5]))
    return out


class Line:
    """One connection for many requests."""

    def __init__(self, o):
        self.o = o
        self.to = http.client.HTTPSConnection(
            "127.0.0.1", o.https, timeout=60, context=o.tls)

    def post(self, who, case, body):
        self.to.request("POST", "/v1/cases/%s/commands" % case,
                        json.dumps(body), {
            "Authorization": "Bearer " + self.o.tokens[who],
            "Content-Type": "application/json"})
        r = self.to.getresponse()
        return r.status, json.loads(r.read())


def sweep(o, case, schemas, table, name):
    """What is not offered is refused by a code, and nothing changes."""
    line, head, codes = Line(o), o.head(case), collections.Counter()
    for who, role in ((SEC, "secretariat"), (APP, "applicant"),
                      (OFF, "officer"), ("auditor-1", "auditor")):
        a = o.api(who, "GET", "/v1/cases/%s/commands" % case)
        mine = {i["command"] for i in a["items"] if i["open"] and i["mine"]}
        for (m, event), may in table.items():
            word = "%s.%s" % (m, event)
            if word in mine and role in may:
                continue
            schema = schemas.get("command." + word)
            data = example(schema) if schema else {}
            for instance in (None, "zz"):
                body = {"command": word, "if_head": head, "data": data}
                if instance:
                    body["instance"] = instance
                status, problem = line.post(who, case, body)
                codes[problem.get("code")] += 1
                if status not in (400, 403, 404, 409, 422):
                    check(False, "%s: %s by %s is refused" % (
                        name, word, role), (status, problem))
    check(o.head(case) == head and codes["E_FLOW_ROLE"] > 20 and
          codes["E_FLOW_STEP"] > 200, "%s: %d refusals change nothing" % (
              name, sum(codes.values())), codes)


def swept(o):
    schemas, table = fetch(o), words()
    check(len(table) > 150, "all words of the tables", len(table))
    case = o.new_case(F, service="架空総当りサービス")
    o.accept(case)
    sweep(o, case, schemas, table, "in review")
    check(o.decide(o.propose(case)) == "executed", "certified")
    o.do(SEC, case, "compliance.inquire", {"about": "service"},
         documents=[paper("demand")])
    sweep(o, case, schemas, table, "in force")


# --- days ---

def reported(o, case, day):
    """A transfer of that day: its instance."""
    o.do(SEC, case, "succession.report", {
        "kind": "transfer", "event_day": day, "source": "registry",
        "operator_changed": True}, documents=[paper("evidence")])
    name = [m["instance"] for m in o.case(case)["machines"]
            if m["machine"] == "succession"][-1]
    o.do(SEC, case, "succession.evidence", {"evidence": ["contract"]},
         documents=[paper("evidence")], instance=name)
    return name


def outside(o, s):
    """A service that ended before it was certified ends nothing; the case
    can be read afterwards."""
    a = send(o, F, "termination", s.number, s.name,
             service_end="2026-08-02", paper_return="未返納")
    check(a.status == 422 and a["guard"] == "form_ok",
          "flow 14: a last day before the certification", a)
    check(s.state()[0] == "valid", "flow 14: and the case stands", s.state())


def twice(o, s):
    """Two transfers, both confirmed after the term: the first ends it, the
    second is noted; neither brings a list without an end."""
    names = [reported(o, s.case, day) for day in ("2027-03-10", "2027-03-01")]
    o.move(midnight("2028-08-05") + HOUR)
    for name in names:
        check(officers(o, s.case, "lapse", reasons="x", instance=name) ==
              "executed", "flow 36: %s is confirmed" % name)
    entry = o.api(None, "GET", "/v1/register/" + s.number).json
    check(s.state()[0] == "lapsed" and entry["ended_at"] ==
          "2027-03-10T00:00:00+09:00", "flow 36: it lapsed once", entry)


# --- what was decided before the term was over ---

def reissue(o, s, frozen):
    """Over a term that is over nothing is printed again."""
    check(s.state()[0] == "continued", "flow 9: continued", s.state())
    refused(o, SEC, s.case, "freeze", 409,
            "flow 16: no reissue while the effect is continued", data={
                "kind": "reissue", "reasons": "x",
                "fields": {"service": "架空別名サービス"}})
    a = o.sign(OFF, frozen)
    have = [m["state"] for m in o.case(s.case)["machines"]
            if m["machine"] == "artefact"]
    check(a["state"] == "approved" and "refused" not in have,
          "flow 16: nor one that was proposed before", (a, have))


# --- a certification after a gap ---

def anew(o, s):
    """Under as_new the renewal's case bears the certification: its renewal
    is pending over that, and goes with it."""
    accepted(o, s.renewal)
    check(certified(o, s.renewal), "flow 10: certified after the end")
    old, s.case = s.case, s.renewal
    s.number = o.case(s.case)["number"]
    check(term(o, old)[0] == "expired" and s.state()[0] == "valid",
          "flow 10: a certification of its own", s.number)


def anew_renewed(o, kept, gone):
    for s in (kept, gone):
        s.renew()
        a = s.send()
        check(a.status == 422 and a["guard"] == "renewal_pending",
              "flow 46: a second renewal of it", a)
    check(officers(o, kept.case, "continuation", reasons="x") == "executed",
          "flow 9: it may be continued")
    o.revoke(gone.case)
    check(o.case(gone.renewal)["state"] == "moot" and
          o.case(kept.renewal)["state"] == "submitted",
          "flow 12: its renewal is moot, the other's is not")


class Service:
    def __init__(self, o, name):
        self.o, self.name = o, "架空攻め" + name
        self.case = o.service(F, self.name)
        self.number = o.case(self.case)["number"]
        self.renewal = None

    def send(self):
        return send(self.o, F, "renewal", self.number, self.name)

    def renew(self):
        self.renewal = taken(self.o, F, "renewal", self.number, self.name)

    def state(self):
        return term(self.o, self.case)


def reloads(o):
    """What ends by a reload has not failed: no longer and longer pauses."""
    began = time.monotonic()
    for _ in range(7):
        o.move(o.at)
    check(time.monotonic() - began < 20, "seven reloads in a row",
          time.monotonic() - began)


def main():
    o = office()
    o.start(START)
    swept(o)
    names = ("終了", "二度", "再発行", "新一", "新二")
    s = {n: Service(o, n) for n in names}
    outside(o, s["終了"])
    o.move(midnight("2028-07-01"))
    for n in names[2:]:
        s[n].renew()
    o.move(midnight("2028-08-03"))
    check(officers(o, s["再発行"].case, "continuation", reasons="x") ==
          "executed", "flow 9: its effect is to continue")
    frozen = propose_kind(o, s["再発行"].case, "reissue", reasons="x",
                          fields={"service": "架空別名サービス"})
    twice(o, s["二度"])
    reissue(o, s["再発行"], frozen)
    anew(o, s["新一"])
    anew(o, s["新二"])
    o.move(midnight("2030-07-01"))
    anew_renewed(o, s["新一"], s["新二"])
    reloads(o)
    check(machine(o.case(s["終了"].case), "certification") == "expired",
          "the clock went on")
    finish()


main()
