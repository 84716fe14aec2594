#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Article 8: for a year after a revocation the same service is refused, and
nothing else is."""
import datetime
import json
import os

from lib import BIN, SCHEMES, Office, check, finish, midnight, run
from lifecycle import officers
from steps import paper, steps_of

DAY = datetime.timedelta(days=1)
SERVICE = "架空ＡＩ要約サービス Ver.2"
VARIANT = "架空AI要約サービス VER.2"
SEC = "secretary-1"


def apply(o, scheme, service, lineage=None):
    """A paid application; the answer to its acceptance."""
    case = o.new_case(scheme, service=service)
    if lineage is None:
        o.pay(case)
    else:
        o.do(SEC, case, "fee.pay", {
            "amount": o.fee(scheme), "lineage": lineage,
            "paid_on": o.now().date().isoformat()})
    return case, o.command(SEC, case, "accept", {"reviewers": [SEC]})


def barred(name, a):
    check(a.status == 422 and a["guard"] == "art8_bar" and
          a["article"] == "6(1)", name + ": barred", a)


def refuse(o, case):
    """refuse_art8 by decision: its state after as many officers as needed."""
    c = o.do(SEC, case, "freeze", {
        "kind": "refuse_art8", "outcome": "refuse_art8",
        "reasons": "取消しの日から一年を経過していないため"})
    decision = c["decisions"][-1]["decision_id"]
    for who in ("officer-1", "officer-2"):
        a = o.sign(who, decision)
        if a["state"] != "open":
            break
    return a["state"]


def bar_columns(o, day):
    return json.loads(run(os.path.join(BIN, "nintei"), "-C", o.home, "date",
                          "bar", day, "--json"))


def first_free(o, revoked):
    """The first day of receipt that the revocation does not bar."""
    day = midnight(revoked, 364)
    while bar_columns(o, day.date().isoformat())["earliest_barred"] <= \
            revoked:
        day += DAY
    return day


def other_ends(o, scheme):
    """Flow 34: who lapsed, or ended the service, may apply again at once."""
    lapsed = o.service(scheme, "架空承継")
    o.do(SEC, lapsed, "succession.report", {
        "kind": "transfer", "event_day": o.now().date().isoformat(),
        "source": "registry", "operator_changed": True},
        documents=[paper("evidence")])
    check(officers(o, lapsed, "lapse", reasons="事業の譲渡") == "executed" and
          o.case(lapsed)["certification"]["state"] == "lapsed",
          "flow 34: it lapsed")
    _, a = apply(o, scheme, "架空承継サービス")
    check(a.status == 200, "flow 34: lapsed: none", a)


def main():
    o = steps_of(Office())
    scheme, other = SCHEMES[1], SCHEMES[0]
    start = midnight(o.now().date().isoformat(), 1) + DAY / 2
    o.start(start)
    case, number = o.certify(scheme, service=SERVICE)
    other_ends(o, scheme)
    before, _ = apply(o, scheme, SERVICE)
    waiting = o.propose(before)
    # Certified before, and linked to what is revoked afterwards.
    linked, a = apply(o, scheme, "架空後継サービス", [number])
    check(a.status == 200 and o.decide(o.propose(linked)) == "executed",
          "a service that is linked to one in force", a)
    successor = o.case(linked)["number"]
    o.revoke(case)
    _, a = apply(o, scheme, "架空後々継サービス", [successor])
    barred("linked to what is linked to it", a)

    again, a = apply(o, scheme, SERVICE)
    barred("flow 4: the same service", a)
    variant, a = apply(o, scheme, VARIANT)
    barred("its name in other letters", a)
    neighbour, a = apply(o, scheme, "架空翻訳サービス")
    check(a.status == 200, "another service passes", a)
    _, a = apply(o, other, SERVICE)
    check(a.status == 200, "flow 34: under the other regulation it passes", a)
    renamed, a = apply(o, scheme, "架空改称サービス", [number])
    barred("flow 34: a renamed service, linked by a person", a)
    check(refuse(o, renamed) == "executed", "flow 34: and refused")

    # Received on the day of the revocation: within the year as well.
    a = o.sign("officer-1", waiting)
    a = o.sign("officer-2", waiting)
    check(a["state"] == "approved" and "number" not in o.case(before) and
          o.case(before)["state"] == "deciding",
          "flow 34: revoked later on the day of receipt: not certified", a)
    a = o.command("officer-1", before, "decide_certify")
    check(a.status == 422 and "art8_bar" in a["guards"],
          "nor by an officer's word", a)
    check(refuse(o, before) == "executed" and
          o.case(before)["state"] == "refused",
          "flow 34: seen in deciding: refused", o.case(before))

    check(refuse(o, again) == "executed" and
          o.case(again)["state"] == "refused",
          "flow 4: refused under article 8 by decision", o.case(again))
    check(("fee", "paid") in {(m["machine"], m["state"])
                              for m in o.case(again)["machines"]},
          "flow 4: the fee is not paid back")
    check(refuse(o, neighbour) != "executed" and
          o.case(neighbour)["state"] == "in_review",
          "no other service is refused so")
    a = o.command("officer-1", variant, "refuse_art8")
    check(a.status == 422 and a["guards"] == ["approved"],
          "nor without a decision", a)

    later(o, scheme)
    revoked = start.date().isoformat()
    free = first_free(o, revoked)
    o.restart(free - DAY + DAY / 2)
    last, a = apply(o, scheme, SERVICE)
    barred("flow 4: received on the last day", a)
    o.restart(free)
    _, a = apply(o, scheme, SERVICE)
    check(a.status == 200, "flow 4: received on the day after: accepted", a)
    a = o.command(SEC, last, "accept", {"reviewers": [SEC]})
    barred("the day of receipt counts, not that of acceptance", a)
    finish()


def later(o, scheme):
    """Flow 34: received on the day before the revocation."""
    case = o.service(scheme, "架空翌日")
    early, a = apply(o, scheme, "架空翌日サービス")
    check(a.status == 200, "a new application while it is in force", a)
    o.move(o.now() + DAY)
    o.revoke(case)
    check(o.decide(o.propose(early)) == "executed" and
          o.case(early)["certification"]["state"] == "valid",
          "flow 34: revoked on the day after its receipt: none")


main()
