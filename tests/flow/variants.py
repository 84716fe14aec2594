#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Open points of the regulation read otherwise: a third scheme with other
policy keys goes the way of a renewal beside its neighbour."""
import datetime
import os
import shutil
import tempfile

import lib
from lib import JST, SOURCE, Office, check, finish, midnight
from lifecycle import (about, accepted, certified, officers, serials, status,
                       term)
from steps import machine, steps_of
from lib import archive, papers

THIRD = "data-centre"
SEC, APP = "secretary-1", "applicant-1"
START = datetime.datetime(2026, 8, 3, 15, tzinfo=JST)
SCHEME = [("id: genai-saas", "id: " + THIRD),
          ("number_prefix: GAI", "number_prefix: DC")]
PARAMS = [("renewal_term: chained", "renewal_term: decision"),
          ("late_renewal: incident_only", "late_renewal: never"),
          ("bar_includes_anniversary: no", "bar_includes_anniversary: yes"),
          ("mark_during_continuation: allow",
           "mark_during_continuation: stop"),
          ('continuation_certificate_days: "30"',
           'continuation_certificate_days: "0"'),
          ("new_while_certified: allow", "new_while_certified: refuse")]


FOURTH = "edge-cloud"
SCHEME4 = [("id: genai-saas", "id: " + FOURTH),
           ("number_prefix: GAI", "number_prefix: EC")]
PARAMS4 = [("gap_renewal: renew", "gap_renewal: as_new"),
           ("first_day_counts: no", "first_day_counts: yes")]
VARIANTS = [(THIRD, SCHEME, PARAMS, '"1.3"'),
            (FOURTH, SCHEME4, PARAMS4, '"1.4"')]


def edit(path, edits):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for old, new in edits:
        check(old in text, "%s has %s" % (os.path.basename(path), old))
        text = text.replace(old, new, 1)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def office():
    with tempfile.TemporaryDirectory() as work:
        root = os.path.join(work, "policies")
        shutil.copytree(os.path.join(SOURCE, "policies"), root)
        for name, scheme, params, oid in VARIANTS:
            to = os.path.join(root, name)
            shutil.copytree(os.path.join(root, "genai-saas"), to)
            edit(os.path.join(to, "scheme.yaml"), scheme)
            edit(os.path.join(to, "params.yaml"), params)
            edit(os.path.join(to, "profiles.yaml"), [('"1.2"', oid)])
        shutil.copytree(os.path.join(SOURCE, "tests"),
                        os.path.join(work, "tests"), symlinks=True,
                        ignore=shutil.ignore_patterns("corpus", "fuzz"))
        lib.SOURCE = work
        o = steps_of(Office())
        lib.SOURCE = SOURCE
    return o


def applied(o, name, scheme=THIRD):
    files = papers("genai-saas", service=name + "サービス")
    return o.submit(files, query="scheme=%s&kind=new" % scheme)


def service(o, name, scheme=THIRD):
    case = applied(o, name, scheme)["case"]
    o.accept(case)
    check(o.decide(o.propose(case)) == "executed", name + ": certified")
    return case, o.case(case)["number"]


def renew(o, number, name, scheme=THIRD):
    files = about("genai-saas", "renewal", number, name)
    return o.submit(archive(files), query="scheme=%s&kind=renewal&number=%s"
                    % (scheme, number))


def as_new(o, case, number, renewal):
    """Certified after a gap: a number of its own, linked by its base."""
    check(term(o, case)[0] == "expired", "flow 10: expired", term(o, case))
    accepted(o, renewal)
    check(certified(o, renewal), "flow 10: gap_renewal: as_new: certified")
    c = o.case(renewal)
    check(c["number"] != number and c["base"] == case and
          term(o, renewal) == ("valid", 1, "2030-08-21") and
          term(o, case)[0] == "expired",
          "flow 10: a new number, linked; the old one stays expired", c)
    good, words = o.verify(FOURTH, c["number"])
    check(good, "its certificate verifies", words)


def main():
    o = office()
    o.start(START)
    one, n1 = service(o, "架空変種一")
    two, n2 = service(o, "架空変種二")
    gone, _ = service(o, "架空変種三")
    a = applied(o, "架空変種一")
    check(a.status == 422 and a["guard"] == "may_apply",
          "new_while_certified: refuse: no second beside it", a)
    o.revoke(gone)
    old, n4 = service(o, "架空変種四", FOURTH)
    check(term(o, old) == ("valid", 1, "2028-08-02"),
          "flow 44: first_day_counts: true", term(o, old))

    # Flow 4: received a year after, to the day.
    o.move(midnight("2027-08-03"))
    case = applied(o, "架空変種三")["case"]
    o.pay(case)
    a = o.command(SEC, case, "accept", {"reviewers": [SEC]})
    check(a.status == 422 and a["guard"] == "art8_bar",
          "flow 4: with the key the anniversary is barred", a)
    o.move(midnight("2027-08-04"))
    case = applied(o, "架空変種三")["case"]
    o.pay(case)
    a = o.command(SEC, case, "accept", {"reviewers": [SEC]})
    check(a.status == 200, "flow 4: and the day after is free", a)

    o.move(midnight("2028-06-10"))
    first = renew(o, n1, "架空変種一")["case"]
    second = renew(o, n2, "架空変種二")["case"]
    late = renew(o, n4, "架空変種四", FOURTH)["case"]
    o.move(midnight("2028-07-05"))
    a = o.command(SEC, one, "freeze", {
        "kind": "late_allowed", "reasons": "受付の障害",
        "incident": "2028-07-04 22:00-24:00"})
    check(a.status in (409, 422), "flow 47: late_renewal: never", a)

    # In time, by decision: it replaces the rest of the first term.
    o.move(midnight("2028-07-20") + datetime.timedelta(hours=12))
    accepted(o, second)
    check(certified(o, second) and
          term(o, two) == ("valid", 2, "2030-07-20"),
          "flow 9: renewal_term: decision, in time", term(o, two))
    check(officers(o, one, "continuation", reasons="x") == "executed",
          "flow 9: the other is to continue")

    o.move(midnight("2028-08-06"))
    check(term(o, one)[0] == "continued" and
          list(serials(o, one)) == ["x509-1"],
          "continuation_certificate_days: 0: no interim certificate",
          serials(o, one))
    said = status(o, n1)
    check(said and said["state"] == "continued",
          "and the signed statement is all there is", said)
    check(machine(o.case(one), "mark") == "stopping",
          "mark_during_continuation: stop")

    o.move(midnight("2028-08-22") + datetime.timedelta(hours=10))
    accepted(o, first)
    check(certified(o, first) and
          term(o, one) == ("valid", 2, "2030-08-22"),
          "flow 9a: renewal_term: decision", term(o, one))
    check(machine(o.case(one), "mark") == "allowed",
          "renewed, the mark is revived")
    as_new(o, old, n4, late)
    good, words = o.verify(THIRD, n1)
    check(good, "its certificate verifies", words)
    finish()


main()
