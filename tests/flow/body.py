#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The body's own affairs: notices in portal, mail and post (Arts. 6(4), 17(2)),
the ledger of fees (Art. 5), deadlines and their calendar, delegation (Art. 19)
and the help desk (Art. 18)."""
import csv
import hashlib
import io
import json
import subprocess
import sys

sys.path.append("/usr/lib/python3/dist-packages")  # Debian's, beside others
import icalendar  # noqa: E402

from lib import BIN, NO_HEAD, Office, check, finish, when
from people import enroll, hire
from steps import guard_of, last, machine, paper, refused, steps_of

SCHEME = "iaas-paas-iot"
SEC, APP = "secretary-1", "applicant-1"
FEE = 165000


def at(text):
    return when(text + "+09:00")


def notices(o, case, who=SEC):
    a = o.api(who, "GET", "/v1/cases/%s/notices" % case)
    return {n["kind"]: n for n in a["items"]} if a.status == 200 else a.status


def post(o, who, path, body):
    return o.api(who, "POST", path, json.dumps(body),
                 Content_Type="application/json")


def mail(o, case, notice, result, **more):
    return post(o, SEC, "/v1/cases/%s/notices/%s/mail" % (case, notice),
                {"result": result, **more})


# --- fees ---

def ledger(o, query="", who=SEC):
    return o.api(who, "GET", "/v1/fees" + query)


def lines(o, case):
    return [(f["what"], f["amount"]) for f in ledger(o)["items"]
            if f["case"] == case]


def fees(o):
    """Flow 29: short, exact, over; unpaid past due; never given back."""
    short = o.new_case(SCHEME, service="料金一")
    refused(o, SEC, short, "fee.pay", 422, "flow 29: a short payment is not "
            "the fee", "amount_ok", {"amount": 1000, "paid_on": "2027-02-10"})
    refused(o, SEC, short, "accept", 422, "flow 29: not accepted unpaid",
            "fee_paid", {"reviewers": [SEC]})
    o.do(SEC, short, "fee.pay_part", {"amount": 65000,
                                      "paid_on": "2027-02-10"})
    o.do(SEC, short, "fee.pay", {"amount": 100500, "paid_on": "2027-02-10"})
    check(lines(o, short) == [("invoiced", FEE), ("part", 65000),
                              ("paid", 100000), ("excess", 500)],
          "flow 29: part, rest, and the excess apart", lines(o, short))
    exact = o.new_case(SCHEME, service="料金二")
    o.pay(exact, FEE)
    check(lines(o, exact) == [("invoiced", FEE), ("paid", FEE)],
          "flow 29: exact", lines(o, exact))
    for word in ("fee.refund", "refund"):
        a = o.command(SEC, exact, word, {"amount": FEE})
        check(a.status in (400, 409), "flow 29: no refund: " + word, a)
    unpaid = o.new_case(SCHEME, service="料金三")
    received = o.case(unpaid)["received_at"]
    check(ledger(o, who=APP).status == 404, "the ledger is the body's")
    return short, exact, unpaid, received


def overdue(o, unpaid, received):
    check(machine(o.case(unpaid), "fee") == "overdue",
          "flow 29: unpaid past due")
    a = o.command(SEC, unpaid, "freeze", {
        "kind": "close_incomplete", "reasons": "手数料の納付がないため"})
    check(a.status == 200 and o.sign(
        "officer-1", a["decisions"][-1]["decision_id"])["state"] ==
        "executed" and o.case(unpaid)["state"] == "closed" and
        o.case(unpaid)["received_at"] == received,
        "flow 29: closed with reasons, received_at kept", a)
    check(lines(o, unpaid) == [("invoiced", FEE), ("overdue", 0),
                               ("void", FEE)], "flow 29: void",
          lines(o, unpaid))
    n = notices(o, unpaid, APP)["closing"]
    a = o.api(APP, "GET", "/v1/cases/%s/notices/%s" % (unpaid, n["notice"]))
    check(a["reasons"] == "手数料の納付がないため" and a["legal"],
          "the closing says why", a)


def ledger_again(o):
    """Re-derived from the history alone, byte for byte."""
    before = ledger(o, "?format=csv")
    rows = list(csv.DictReader(io.StringIO(before.body.decode())))
    sums = ledger(o)["sums"]
    check(sum(int(r["amount"]) for r in rows if r["what"] == "invoiced") ==
          sums["invoiced"] and sums["excess"] == 500 and
          sums["void"] == FEE, "CSV and JSON agree", sums)
    check(ledger(o, "?from=2030-01-01")["items"] == [] and
          ledger(o, "?from=today").status == 400, "by days")
    o.stop()
    subprocess.run([BIN + "/nintei", "-C", o.home, "index", "rebuild"],
                   check=True, stdout=subprocess.DEVNULL)
    o.start()
    check(ledger(o, "?format=csv").body == before.body,
          "flow 29: a rebuild from git gives the same ledger")


# --- notices ---

def opened(o, case):
    """A legal notice is done by opening it, by its addressee alone."""
    n = notices(o, case)["result_certify"]
    path = "/v1/cases/%s/notices/%s" % (case, n["notice"])
    check(n["state"] == "queued" and n["legal"] and n["article"] == "6(4)",
          "a result is told", n)
    a = o.api(SEC, "GET", path)
    check(a.status == 200 and a["state"] == "queued" and
          "認定を実施しました" in a["ja"]["text"] and "6(4)" in
          a["ja"]["text"] and "certified" in a["en"]["text"],
          "staff read it, which opens nothing", a)
    check(o.api("auditor-1", "GET", path).status == 404,
          "it is nobody else's")
    box = o.api(SEC, "GET", "/v1/notices?state=queued")
    line = [b for b in box["items"] if b["notice"] == n["notice"] and
            b["case"] == case]
    check(len(line) == 1 and "reasons" not in line[0] and
          "documents" not in line[0], "the outbox has it, for mail", box)
    a = mail(o, case, n["notice"], "accepted")
    check(a.status == 200 and a["state"] == "sent",
          "taken by a mail server, a legal notice is not done", a)
    check(o.api(APP, "HEAD", path, strict=False).status == 200 and
          notices(o, case)["result_certify"]["state"] == "sent",
          "HEAD opens nothing")
    a = o.api(APP, "GET", path)
    check(a["state"] == "done", "opened in the portal it is done", a)
    e = last(o, case, "notice.confirmed")
    check(e["data"]["channel"] == "portal" and e["role"] == "system",
          "the opening is an event", e)
    n = notices(o, case)["received"]
    a = mail(o, case, n["notice"], "accepted")
    check(a["state"] == "done", "other notices are done by mail", a)
    check(mail(o, case, n["notice"], "bounced").status == 409,
          "and do not come back")


def revoked(o, case):
    """Flow 39: effect and publication stand whatever the mail does."""
    o.revoke(case)
    number = o.case(case)["number"]
    told = notices(o, case)
    pdf, letter = told["revocation_pdf"], told["revocation_paper"]
    a = mail(o, case, pdf["notice"], "bounced", code="550 5.1.1")
    check(a["state"] == "failed" and last(o, case, "notice.bounced")["data"][
        "code"] == "550 5.1.1", "flow 39: the mail bounces", a)
    check(o.api(None, "GET", "/v1/register/" + number)["state"] == "revoked",
          "flow 39: effect and publication stand")
    path = "/v1/cases/%s/notices/" % case
    a = o.api(APP, "GET", path + pdf["notice"])
    check(a["reasons"] == "審査基準に適合しなくなったため" and
          a["state"] == "failed", "what failed is read, and not done", a)
    a = o.api(APP, "GET", path + letter["notice"])
    check(a["state"] == "queued", "a letter is not opened in a portal", a)
    for n in (pdf, letter):
        o.do(SEC, case, "dispatch_paper", {
            "sent_on": o.now().date().isoformat(), "carrier": "架空郵便",
            "tracking": "1234-5678"}, instance=n["notice"])
    a = o.api(APP, "GET", path + pdf["notice"])
    check(a["state"] == "dispatched", "flow 39: dispatched", a)
    a = o.command(SEC, case, "posted_proof", {
        "delivered_on": o.now().date().isoformat()}, instance=pdf["notice"])
    check(a.status == 400, "no proof without the record of the post", a)
    refused(o, APP, case, "posted_proof", 403, "an applicant proves nothing",
            data={"delivered_on": "2027-03-01"}, instance=pdf["notice"])
    for n in (pdf, letter):
        o.do(SEC, case, "posted_proof", {
            "delivered_on": o.now().date().isoformat()},
            instance=n["notice"], documents=[paper("post_record")])
    told = notices(o, case)
    check(told["revocation_pdf"]["state"] == "done" and
          told["revocation_paper"]["state"] == "done",
          "flow 39: done by post proof only", told)


def unread(o, case):
    """A legal notice that nobody opens fails, and changes nothing else."""
    n = notices(o, case)["result_certify"]
    mail(o, case, n["notice"], "accepted")
    o.move(o.at.replace(day=o.at.day + 9))
    check(notices(o, case)["result_certify"]["state"] == "failed" and
          o.case(case)["certification"]["state"] == "valid",
          "unread after its days it fails; the certification stands",
          notices(o, case))


# --- deadlines ---

def deadlines(o, case, other):
    a = o.api(SEC, "GET", "/v1/deadlines?to=2029-03-01")
    mine = [d for d in a["items"] if d["case"] == case]
    check(any(d["date"] == "2028-12-12" for d in mine) and
          [d["date"] for d in a["items"]] ==
          sorted(d["date"] for d in a["items"]),
          "window and reminders of a term, by date", mine)
    own = o.api("applicant-2", "GET", "/v1/deadlines?to=2029-03-01")
    check(own["items"] == [], "others see their own alone", own)
    text = o.api(APP, "GET", "/v1/deadlines?to=2029-03-01&format=ics")
    check(text.headers["Content-Type"].startswith("text/calendar"),
          "as iCalendar", text)
    found = icalendar.Calendar.from_ical(text.body)
    events = list(found.walk("VEVENT"))
    uids = {str(e["UID"]) for e in events}
    own = o.api(APP, "GET", "/v1/deadlines?to=2029-03-01")["items"]
    check(len(events) == len(own) == len(uids) and {
        (e.decoded("DTSTART").isoformat()) for e in events} == {
            d["date"] for d in own} and all(
                (e.decoded("DTEND") - e.decoded("DTSTART")).days == 1
                for e in events), "an independent reader finds the same days",
        (len(events), len(own), len(uids)))
    check(all(len(line) <= 75 for line in text.body.split(b"\r\n")) and
          b"\n" not in text.body.replace(b"\r\n", b""), "lines are folded")
    again = icalendar.Calendar.from_ical(o.api(
        APP, "GET", "/v1/deadlines?to=2029-03-01&format=ics").body)
    check({str(e["UID"]) for e in again.walk("VEVENT")} == uids,
          "the same deadline has the same UID")
    check(o.api(SEC, "GET", "/v1/deadlines?format=xls").status == 400,
          "nothing else is written")


# --- delegation ---

def contract(o, **more):
    papers = [paper("contract", "委託契約書"), paper("knowledge", "知見の資料")]
    detail = {"delegate": "delegate-1", "name": "架空受託株式会社",
              "work": "申請書類の確認", "scope": [SCHEME], "secrecy": True,
              "contract": hashlib.sha256("委託契約書".encode()).hexdigest(),
              "knowledge": hashlib.sha256("知見の資料".encode()).hexdigest(),
              **more}
    return o.command(SEC, "delegation-1", "freeze", {
        "kind": "delegation", "reasons": "事務の委託", "detail": detail},
        documents=papers, head=o.head("delegation-1"))


def delegation(o, case):
    """Flow 21: nothing opens before it is published, all closes at the end."""
    for name, more in (("without secrecy", {"secrecy": False}),
                       ("by no delegate", {"delegate": "officer-1"}),
                       ("without scope", {"scope": []}),
                       ("of an unknown case", {"scope": ["c-nobody"]}),
                       ("without its knowledge", {"knowledge": "0" * 64})):
        a = contract(o, **more)
        check(a.status == 400, "no delegation " + name, a)
    a = contract(o)
    check(a.status == 200 and
          o.decide(a["decisions"][-1]["decision_id"]) == "executed" and
          machine(o.case("delegation-1"), "delegation") == "concluded",
          "a contract is concluded by two officers", a)
    see = lambda: o.api("delegate-1", "GET", "/v1/cases/" + case).status
    check(see() == 404, "flow 21: no access before publication")
    a = o.command("delegate-1", case, "request_survey", {"date":
                                                         "2027-03-20"})
    check(a.status in (403, 404), "flow 21: nor an act", a)
    o.do(SEC, "delegation-1", "publish")
    a = o.api(None, "GET", "/v1/publications?kind=delegation")
    check("架空受託株式会社" in json.dumps(a.json, ensure_ascii=False),
          "fact and name are published", a)
    check(see() == 200, "flow 21: active, the case is open")
    o.do("delegate-1", case, "request_survey", {"date": "2027-03-20"})
    check(last(o, case, "application.request_survey")["role"] == "delegate",
          "a delegate acts as one")
    o.do(SEC, case, "close_survey", {"outcome": "done"})
    decision = o.propose(case)
    a = o.sign("delegate-1", decision, data=o.document(decision))
    check(a.status in (403, 404, 422) and (
        a.status != 422 or guard_of(a) == "role_ok"),
        "flow 21: a delegate approves nothing", a)
    refused(o, SEC, "delegation-1", "end", 403, "an officer ends it")
    o.do("officer-1", "delegation-1", "end")
    check(see() == 404, "flow 21: ended, access is closed")
    a = o.api(None, "GET", "/v1/publications?kind=delegation")
    check(a["items"][-1]["state"] == "ended", "flow 21: and published", a)
    o.decide(decision)


# --- help desk ---

def tickets(o):
    for name, body in (("nothing", {}), ("empty", {"question": ""}),
                       ("too long", {"question": "x" * 9000}),
                       ("a number that is none",
                        {"question": "?", "about": "../1"}),
                       ("more than it takes", {"question": "?", "to": "x"})):
        check(post(o, None, "/v1/tickets", body).status == 400,
              "a question of %s is refused" % name)
    words = "マークの使い方を教えてください 架空花子"
    a = post(o, None, "/v1/tickets", {
        "question": words, "contact": "hanako@example.jp", "from": "user"})
    ticket, key = a["ticket"], a["capability"]
    path = "/v1/tickets/" + ticket
    check(a.status == 201 and a.headers["Location"] == path,
          "anybody may ask", a)
    check(o.api(None, "GET", path).status == 401 and
          o.api(APP, "GET", path).status == 404 and
          o.api(key, "GET", path)["items"][0]["text"] == words,
          "who has the capability reads it")
    check(o.api(key, "GET", "/v1/cases").status == 404 and
          o.api(key, "GET", "/v1/notices").status == 404,
          "it opens nothing else")
    other = post(o, None, "/v1/tickets", {"question": "別の質問"})
    check(o.api(other["capability"], "GET", path).status == 404,
          "nor another's question")
    a = o.command(SEC, ticket, "answer", {})
    check(a.status == 400, "an answer says something", a)
    check(post(o, key, path + "/questions", {"question": "まだ?"}).status ==
          409, "before an answer nobody asks again")
    o.do(SEC, ticket, "answer", documents=[paper("answer", "第10条のとおり")])
    a = o.api(key, "GET", path)
    check(a["state"] == "answered" and [i["text"] for i in a["items"]] ==
          [words, "第10条のとおり"], "the answer is read", a)
    a = post(o, key, path + "/questions", {"question": "印刷物は?"})
    check(a["state"] == "open", "asked again", a)
    o.do(SEC, ticket, "answer", documents=[paper("answer", "同じです")])
    git = b"".join(data for _, _, data in o.objects())
    check("架空花子".encode() not in git and b"hanako@" not in git,
          "no personal data in the public store")
    return ticket, key


def main():
    o = steps_of(Office())
    hire(o, ("delegate-1", "delegate"))
    o.grant("applicant-2", "applicant-2", "applicant")
    o.start(at("2027-02-10T09:00:00"))
    enroll(o, "delegate-1", "delegate")
    case, _ = o.certify(SCHEME, service="通知サービス")
    other, _ = o.certify(SCHEME, service="未読サービス")
    opened(o, case)
    short, _, unpaid, received = fees(o)
    deadlines(o, case, other)
    o.do(SEC, short, "accept", {"reviewers": [SEC]})
    delegation(o, short)
    ticket, key = tickets(o)
    unread(o, other)
    revoked(o, case)
    o.move(at("2027-03-10T09:00:00"))
    overdue(o, unpaid, received)
    check(o.api(key, "GET", "/v1/tickets/" + ticket)["state"] == "closed",
          "an answered question closes by the clock")
    check(o.command(SEC, "ticket-0", "answer", {}, head=NO_HEAD).status ==
          404, "no ticket begins by a command")
    ledger_again(o)
    finish()


main()
