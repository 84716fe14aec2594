#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Article 8: for a year after a revocation the same service is refused, and
nothing else is."""
import datetime
import json
import os

from lib import BIN, SCHEMES, Office, check, finish, midnight, run

DAY = datetime.timedelta(days=1)
SERVICE = "架空ＡＩ要約サービス Ver.2"
VARIANT = "架空AI要約サービス VER.2"


def apply(o, scheme, service):
    """A paid application; the answer to its acceptance."""
    case = o.new_case(scheme, service=service)
    o.pay(case)
    return case, o.command("secretary-1", case, "accept",
                           {"reviewers": ["secretary-1"]})


def barred(name, a):
    check(a.status == 422 and a["guard"] == "art8_bar" and
          a["article"] == "6(1)", name + ": barred", a)


def refuse(o, case):
    """refuse_art8 by decision: its state after as many officers as needed."""
    c = o.do("secretary-1", case, "freeze", {
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


def main():
    o = Office()
    scheme, other = SCHEMES[1], SCHEMES[0]
    start = midnight(o.now().date().isoformat(), 1) + DAY / 2
    o.start(start)
    case, _ = o.certify(scheme, service=SERVICE)
    before, _ = apply(o, scheme, SERVICE)
    waiting = o.propose(before)
    o.revoke(case)

    again, a = apply(o, scheme, SERVICE)
    barred("the same service", a)
    variant, a = apply(o, scheme, VARIANT)
    barred("its name in other letters", a)
    neighbour, a = apply(o, scheme, "架空翻訳サービス")
    check(a.status == 200, "another service passes", a)
    _, a = apply(o, other, SERVICE)
    check(a.status == 200, "under the other regulation it passes", a)

    # Received on the day of the revocation: within the year as well.
    a = o.sign("officer-1", waiting)
    a = o.sign("officer-2", waiting)
    check(a["state"] == "approved" and "number" not in o.case(before) and
          o.case(before)["state"] == "deciding",
          "what was being decided is not certified", a)
    a = o.command("officer-1", before, "decide_certify")
    check(a.status == 422 and "art8_bar" in a["guards"],
          "nor by an officer's word", a)

    check(refuse(o, again) == "executed" and
          o.case(again)["state"] == "refused",
          "refused under article 8 by decision", o.case(again))
    check(("fee", "paid") in {(m["machine"], m["state"])
                              for m in o.case(again)["machines"]},
          "the fee is not paid back")
    check(refuse(o, neighbour) != "executed" and
          o.case(neighbour)["state"] == "in_review",
          "no other service is refused so")
    a = o.command("officer-1", variant, "refuse_art8")
    check(a.status == 422 and a["guards"] == ["approved"],
          "nor without a decision", a)

    revoked = start.date().isoformat()
    free = first_free(o, revoked)
    o.restart(free - DAY + DAY / 2)
    last, a = apply(o, scheme, SERVICE)
    barred("received on the last day", a)
    o.restart(free)
    _, a = apply(o, scheme, SERVICE)
    check(a.status == 200, "received on the day after: accepted", a)
    a = o.command("secretary-1", last, "accept",
                  {"reviewers": ["secretary-1"]})
    barred("the day of receipt counts, not that of acceptance", a)
    finish()


main()
