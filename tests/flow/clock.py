#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What time does to a case, each date to the second: a clock that stands
still is moved and the server started anew."""
import datetime
import json
import os
import shutil
import subprocess
import time

from lib import (BIN, SCHEMES, Office, check, finish, midnight, papers,
                 when)

SECOND = datetime.timedelta(seconds=1)
DAY = datetime.timedelta(days=1)
SCHEME = "genai-saas"


def machine(document, name):
    return [m["state"] for m in document["machines"]
            if m["machine"] == name][-1]


def deadline(document, what):
    return [d["date"] for d in document["deadlines"] if d["what"] == what][0]


def last_event(o, case, event):
    """The newest event that holds this word, itself or as an effect."""
    items = o.api("auditor-1", "GET", "/v1/cases/%s/events" % case)["items"]
    return [e for e in items if e["event"] == event or event in [
        x["event"] for x in e.get("effects", [])]][-1]


def approved(o, service, day):
    """A case approved today that is to be certified on another day."""
    case = o.new_case(SCHEME, service=service)
    o.accept(case)
    decision = o.propose(case, certified_on=day)
    check(o.decide(decision) == "approved" and
          o.case(case)["state"] == "deciding",
          "approved, to take effect on " + day)
    return case, decision


def execution(o, start):
    """certify executes on the day it names, not before and not after."""
    tomorrow = (start + DAY).date().isoformat()
    case, decision = approved(o, "架空翌日サービス", tomorrow)
    for who, status in (("officer-1", 422), ("secretary-1", 403),
                        ("applicant-1", 403)):
        a = o.command(who, case, "decide_certify")
        check(a.status == status, "%s today: %d" % (who, status), a)
    o.move(midnight(tomorrow) - SECOND)
    a = o.command("officer-1", case, "decide_certify")
    check(a.status == 422 and o.case(case)["state"] == "deciding",
          "a second before midnight", a)
    o.move(midnight(tomorrow))
    if o.case(case)["state"] != "certified":
        o.do("officer-1", case, "decide_certify")
    c = o.case(case)
    check(c["state"] == "certified" and
          c["certification"]["certified_on"] == tomorrow,
          "on the day itself", c)
    good, words = o.verify(SCHEME, c["number"])
    check(good, "with a certificate", words)
    late, _ = approved(o, "架空翌日サービス二", midnight(
        tomorrow, 1).date().isoformat())
    o.move(midnight(tomorrow, 2))
    a = o.command("officer-1", late, "decide_certify")
    check(a.status == 422 and o.case(late)["state"] == "deciding",
          "the day after it is too late", a)
    return decision


def expiry(o, case, decision):
    """An open decision lasts to its last second."""
    at = when(json.loads(o.document(decision))["expires_at"])
    o.restart(at - SECOND)
    state = o.api("officer-1", "GET", "/v1/decisions/" + decision)
    check(state["state"] == "open" and when(state["expires_at"]) == at,
          "a second before it expires", state)
    document = o.document(decision)
    o.restart(at)
    a = o.sign("officer-2", decision, data=document)
    check(a.status == 409 and a["state"] == "expired",
          "an expired decision is not signed", a)
    check(o.api("officer-1", "GET", "/v1/decisions/" + decision)["state"] ==
          "expired" and o.case(case)["state"] == "deciding",
          "and decides nothing")
    event = last_event(o, case, "ttl_passed")
    check(event["actor"] == "clk" and when(event["effective_at"]) == at,
          "it ended when it said", event)


def close(o, case, when_due):
    """close_incomplete is possible from an instant on, by decision."""
    c = o.do("secretary-1", case, "freeze", {
        "kind": "close_incomplete", "outcome": "close_incomplete",
        "reasons": "期限までに補正等がないため"})
    decision = c["decisions"][-1]["decision_id"]
    a = o.sign("officer-1", decision)
    if a["state"] == "open":
        a = o.sign("officer-2", decision)
    check((a["state"] == "executed") == when_due and
          (o.case(case)["state"] == "closed") == when_due,
          "closed for lateness: %s" % when_due, (a, o.case(case)["state"]))


def lateness(o, unpaid, paying, correcting, early):
    due = deadline(o.case(unpaid), "fee_due")
    amend = deadline(o.case(correcting), "correction_due")
    close(o, early, False)
    o.restart(midnight(due, 1) - SECOND)
    check(machine(o.case(unpaid), "fee") == "due",
          "the fee is due to the end of " + due)
    o.restart(midnight(due, 1))
    check(machine(o.case(unpaid), "fee") == "overdue", "then it is overdue")
    event = last_event(o, unpaid, "due_passed")
    check(event["actor"] == "clk" and event["article"] == "5(1)" and
          when(event["effective_at"]) == midnight(due, 1),
          "from that instant", event)
    o.pay(paying)
    check(machine(o.case(paying), "fee") == "paid", "a late fee is a fee")
    close(o, unpaid, True)
    check(machine(o.case(unpaid), "fee") == "void", "nothing is owed then")
    o.restart(max(midnight(amend, 1), o.now()))
    close(o, correcting, True)


def terms(o, certified):
    """The end of a term is midnight, and no entry of the list."""
    ends = {}
    for scheme, (case, number) in certified.items():
        c = o.case(case)
        ends[scheme] = c["certification"]["valid_through"]
        shown = o.api(None, "GET", "/v1/register/" + number)
        check(shown["valid_through"] == ends[scheme] and
              deadline(c, "valid_through") == ends[scheme],
              scheme + ": the register says when it ends")
    for day in sorted(set(ends.values())):
        end = midnight(day, 1)
        these = [s for s in ends if ends[s] == day]
        o.restart(end - 2 * SECOND)  # openssl takes notAfter for past
        listed = {scheme: o.revoked(scheme) for scheme in these}
        for scheme in these:
            case, number = certified[scheme]
            good, words = o.verify(scheme, number)
            check(good and o.case(case)["certification"]["state"] == "valid",
                  scheme + ": valid to its end", words)
        o.restart(end)
        for scheme in these:
            ended(o, scheme, *certified[scheme], end)
            check(o.revoked(scheme) == listed[scheme] and
                  len(listed[scheme]) == 1,
                  scheme + ": the list has not grown", listed)


def ended(o, scheme, case, number, end):
    entry = o.api(None, "GET", "/v1/register/" + number)
    check(entry["state"] == "expired" and
          entry["history"][-1]["state"] == "expired" and
          when(entry["history"][-1]["at"]) == end,
          scheme + ": expired at midnight", entry)
    c = o.case(case)
    check(c["certification"]["state"] == "expired" and
          machine(c, "artefact") == "ended" and
          machine(c, "compliance") == "closed",
          scheme + ": and all that hangs on it", c["machines"])
    good, words = o.verify(scheme, number)
    check(not good and "expired" in words, scheme + ": openssl agrees",
          words)
    a = o.command("secretary-1", case, "propose_revocation", {
        "grounds": "1", "evidence": [{"ground": 1, "event": 1}],
        "reasons": "x"})
    check(a.status in (409, 422), scheme + ": nothing is left to revoke", a)


def lists(o):
    """A list is renewed before it runs out, and says the same."""
    serials = o.revoked(SCHEME)
    numbers = []
    for _ in range(3):
        o.restart(o.now() + DAY)
        text = o.crl_text(SCHEME)
        numbers.append(int(text.split("X509v3 CRL Number:")[1].split()[0],
                           0))
        check(o.revoked(SCHEME) == serials, "the same entries")
    check(numbers == sorted(set(numbers)), "numbers rise", numbers)


def unready(o, at, words):
    """Start; whether /readyz says these words within a while."""
    o.set_clock(at)
    with open(o.log, "ab") as log:
        o.process = subprocess.Popen(
            [os.path.join(BIN, "ninteid"), "-C", o.home], stderr=log)
    end = time.time() + 30
    ready = None
    while time.time() < end and o.process.poll() is None:
        time.sleep(0.1)
        try:
            ready = o.api(None, "GET", "/readyz", strict=False)
        except OSError:
            continue
        if ready.status == 503 and words in ready["detail"]:
            return True
    return check(False, words, ready)


def behind(o):
    """The clock of a development authority may be set back: it writes, and
    the audit at the end knows why its commits stand still."""
    now = o.now()
    o.restart(now - DAY)
    a = o.submit(papers(SCHEME, service="架空昨日サービス"), SCHEME)
    check(a.status == 201 and when(a["received_at"]) < now,
          "a development clock goes where it is set", a)
    o.restart(now)


def restored(o):
    """An old store whose lists have run out meanwhile: nothing can be
    written, but it is served."""
    store = os.path.join(o.home, "store")
    o.stop()
    shutil.copytree(store, store + ".old")
    o.start(o.now())
    o.new_case(SCHEME, service="架空後日サービス")
    o.stop()
    os.rename(store, store + ".new")
    os.rename(store + ".old", store)
    check(unready(o, o.now() + 3 * DAY, "not the one that the signer knows"),
          "a store that went back is not ready")
    check(o.api("secretary-1", "GET", "/v1/cases").status == 200,
          "but is read")
    o.stop()
    shutil.rmtree(store)
    os.rename(store + ".new", store)
    o.start(o.now())


def main():
    o = Office()
    start = midnight(o.now().date().isoformat(), 1) + DAY / 2
    o.start(start)
    certified = {}
    for scheme in SCHEMES:
        certified[scheme] = o.certify(scheme)
        revoked, _ = o.certify(scheme, service="架空取消サービス")
        o.revoke(revoked)
    case = o.new_case(SCHEME, service="架空決定サービス")
    o.accept(case)
    decision = o.propose(case)
    check(o.sign("officer-1", decision).status == 200, "one signs in time")
    unpaid = o.new_case(SCHEME, service="架空未納サービス")
    paying = o.new_case(SCHEME, service="架空遅納サービス")
    early = o.new_case(SCHEME, service="架空早期サービス")
    correcting = o.new_case(SCHEME, service="架空補正サービス")
    o.pay(correcting)
    o.do("secretary-1", correcting, "request_correction")
    waiting = execution(o, start)
    expiry(o, case, decision)
    check(o.api("officer-1", "GET", "/v1/decisions/" + waiting)["state"] ==
          "executed", "what was executed does not expire")
    lateness(o, unpaid, paying, correcting, early)
    terms(o, certified)
    lists(o)
    behind(o)
    restored(o)
    good, words = o.fsck()
    check(good, "git fsck --strict", words)
    finish()


main()
