#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Doors tried by those they are not for: decisions, lists and invitations of
others, readings that leave an event, questions without end, absence signed on
somebody's order, a signature shown twice."""
import hashlib
import json
import os
import sqlite3
import urllib.parse

from lib import LIMITS, NO_HEAD, Office, archive, check, finish, papers, when
from people import declare, enroll, hire
from steps import own, paper, refused, steps_of

SCHEME = "iaas-paas-iot"
SEC, APP = "secretary-1", "applicant-1"
NAME = "架空扉"
MANY = 60  # more than a page of names that are near


def post(o, who, path, body):
    return o.api(who, "POST", path, json.dumps(body),
                 Content_Type="application/json")


def ask(path, **query):
    return path + "?" + urllib.parse.urlencode(query)


# --- who sees what: flow 43 ---

def strangers(o, case, decision):
    """A decision is read where its case is, and nowhere else."""
    for who, want in (("officer-1", 200), (SEC, 200), ("auditor-1", 200),
                      ("member-1", 404), ("chair-1", 404),
                      ("delegate-1", 404), (APP, 404), ("both-1", 404)):
        for path in ("", "/document"):
            a = o.api(who, "GET", "/v1/decisions/%s%s" % (decision, path))
            check(a.status == want, "flow 43: decision%s for %s: %d" % (
                path, who, want), a)
    a = o.api("both-1", "GET", "/v1/cases")
    check(a.status == 200 and a["items"] == [],
          "flow 43: applicant and member, without cases: none is listed", a)
    a = o.api(APP, "GET", "/v1/cases")
    check(case in [c["case"] for c in a["items"]],
          "flow 43: an applicant lists the own", a)


def alike(o, case):
    """What one may not see looks like what is not there."""
    gone = "c" + "0" * (len(case) - 1)
    for path in ("", "/events", "/findings", "/documents/1", "/commands",
                 "/notices", "/notices/received-1", "/key"):
        for who in ("applicant-2", "member-1", "both-1"):
            a, b = (o.api(who, "GET", "/v1/cases/%s%s" % (c, path))
                    for c in (case, gone))
            check(a.status == b.status == 404 and
                  a["detail"] == b["detail"],
                  "flow 43: %s%s: hidden as absent" % (who, path), (a, b))
    a, b = (post(o, "applicant-2", "/v1/cases/%s/commands" % c, {
        "command": "withdraw", "if_head": NO_HEAD}) for c in (case, gone))
    check(a.status == b.status == 404 and a["detail"] == b["detail"],
          "flow 43: nor does a command tell", (a, b))


def invited(o, case):
    """Flow 2: an invitation is opened by whom it calls."""
    o.do(SEC, case, "convene_committee", {"members": ["member-1"]})
    first = "invitation-%d" % len(o.events(case))
    o.do(SEC, case, "seat.invite", {"person": "member-2"})
    path = "/v1/cases/%s/notices/" % case
    second = [n["notice"] for n in o.api(SEC, "GET", path[:-1])["items"]
              if n["kind"] == "invitation" and n["notice"] != first][0]
    for who, notice, want in (("member-1", second, 404),
                              ("member-2", first, 404),
                              ("member-2", second, 200)):
        a = o.api(who, "GET", path + notice)
        check(a.status == want, "flow 2: %s opens %s: %d" % (
            who, notice, want), a)
    state = {n["notice"]: n["state"] for n in
             o.api(SEC, "GET", path[:-1])["items"]}
    check(state[first] == "queued" and state[second] == "done",
          "flow 2: and nobody opens it for another", state)
    a = o.api("member-1", "GET", path[:-1])
    check([n["notice"] for n in a["items"]] == [first],
          "flow 2: the other one is not listed", a)
    a = o.api("member-1", "GET", "/v1/deadlines?to=2030-01-01")
    check(a["items"] == [], "flow 2: invited, no deadline of the case", a)
    check(declare(o, "member-1", case, clear=False).status == 200 and
          o.api("member-1", "GET", path + first).status == 404,
          "flow 43: recused, the own invitation is closed")


def readings(o, case):
    """Art. 20: one event for each answer with bytes, before they leave."""
    month = "access-" + o.now().date().isoformat()[:7]
    doc = "/v1/cases/%s/documents/1" % case

    def count():
        return len(o.events(month)) if o.head(month) != NO_HEAD else 0
    for name, method, path, headers in (
            ("plain", "GET", doc, {}), ("head", "HEAD", doc, {}),
            ("a range", "GET", doc, {"Range": "bytes=0-3"}),
            ("a condition", "GET", doc, {"If_None_Match": "*"}),
            ("the key", "GET", "/v1/cases/%s/key" % case,
             {"If_None_Match": "*"})):
        had = count()
        a = o.api(SEC, method, path, strict=False, **headers)
        check(a.status == 200 and count() == had + 1,
              "Art. 20: %s is one event" % name, a)
    had = count()
    for who, path in ((SEC, doc + "x"), (SEC, doc[:-1] + "4000"),
                      (APP, doc), ("auditor-1", doc), (SEC, doc + "?x=1&x=2"),
                      (SEC, doc + "?disclosure=x1")):
        a = o.api(who, "GET", path, strict=False)
        check(a.status >= 400, "not read: " + path, a)
    check(count() == had, "Art. 20: what is refused is no reading")


def inside(o, case):
    """A note of the staff is not listed in what an intake answers."""
    files = papers(SCHEME, service=NAME)
    a = o.command(SEC, case, "request_correction", {"items": ["form_a"]},
                  documents=[paper("note", "内部の覚え")])
    check(a.status == 200, "a correction with a note", a)
    a = o.submit(files, query="case=%s&scheme=%s&kind=new" % (case, SCHEME))
    check(a.status == 201 and a["documents"] and
          not [d for d in a["documents"] if d["tag"] == "internal"],
          "flow 43: the answer of an intake lists no note", a)


def as_staff(o, case):
    """An applicant's paper does not stand among those of the body."""
    for role in ("opinion", "minutes", "finding", "note"):
        a = o.command(APP, case, "application.withdraw",
                      documents=[paper(role)])
        check(a.status == 400 and "role" in a["detail"],
              "an applicant brings no " + role, a)
    for tag in ("public", "internal", "committee_only", "x"):
        a = o.command(APP, case, "application.withdraw",
                      documents=[paper("letter", tag=tag)])
        check(a.status == 400, "nor tags it " + tag, a)


def delegate(o, case):
    """Who does the work by contract approves nothing, whatever the roster
    says later."""
    detail = {"delegate": "delegate-1", "name": "架空受託株式会社",
              "work": "確認", "scope": [SCHEME], "secrecy": True}
    for key in ("contract", "knowledge"):
        detail[key] = hashlib.sha256(key.encode()).hexdigest()
    a = o.command(SEC, "delegation-1", "freeze", {
        "kind": "delegation", "reasons": "委託", "detail": detail},
        documents=[paper("contract", "contract"),
                   paper("knowledge", "knowledge")], head=NO_HEAD)
    check(a.status == 200 and o.decide(
        a["decisions"][-1]["decision_id"]) == "executed", "concluded", a)
    o.do(SEC, "delegation-1", "publish")
    enroll(o, "delegate-1", "delegate officer")
    decision = o.propose(case)
    a = o.sign("delegate-officer", decision, key="delegate-1")
    check(a.status in (403, 404), "Art. 19: a delegate approves nothing", a)
    return decision


# --- public doors ---

def tickets(o):
    """So many wait, and no more; each answer makes room."""
    made = [post(o, None, "/v1/tickets", {"question": "=cmd|' /C calc'!A0"})
            for _ in range(3)]
    check([a.status for a in made] == [201] * 3, "three questions", made)
    a = post(o, None, "/v1/tickets", {"question": "もう一つ"})
    check(a.status == 429 and a["code"] == "E_RATE" and
          a.headers["Retry-After"], "a fourth waits", a)
    o.do(SEC, made[0]["ticket"], "answer", documents=[paper("answer", "はい")])
    a = post(o, None, "/v1/tickets", {"question": "もう一つ"})
    check(a.status == 201, "an answer makes room", a)
    for text in ("\x00", "\x1b[2J", "x" * 8001, ""):
        a = post(o, None, "/v1/tickets", {"question": text})
        check(a.status == 400, "refused as text: %r" % text[:8], a)
    a = post(o, None, "/v1/tickets", {"question": "?", "contact": "y" * 401})
    check(a.status == 400, "a contact has its length", a)


def absence(o, name):
    """The body signs that nothing is there only where nothing is, and only
    what was asked, not a text of the asker's."""
    base = {"scheme": SCHEME, "on": o.now().date().isoformat()}
    for query in ({"number": "cheap watches"}, {"number": "../1"},
                  {"service": "a\nsigned by us"}, {"service": "x" * 401},
                  {"service": ""}, {"service": "\x7f"}):
        a = o.api(None, "GET", ask("/v1/register/absence", **base, **query))
        check(a.status == 400, "not signed: %s" % (query,), a)
    a = o.api(None, "GET", ask("/v1/register/absence", service=name, **base))
    check(a["absent"] is False and a["certified"][0]["service"] == name and
          len(a["near"]) == 50,
          "flow 28: behind sixty names that are near", a)


def exports(o):
    """Exports of other days drive out none of today's."""
    a = o.api(None, "GET", "/v1/register/export")
    of = hashlib.sha256(a.body).hexdigest()
    for day in range(1, 7):
        b = o.api(None, "GET", "/v1/register/export?as_of=2027-02-0%d" % day)
        check(b.status == 200, "an export of another day", b.status)
    for kind in ("p7s", "tsr"):
        a = o.api(None, "GET", "/v1/register/export.%s?of=%s" % (kind, of),
                  strict=False)
        check(a.status == 200, "today's is still there: " + kind, a.status)


def crowd(o, name):
    """Rows of the read model that come first and are not meant."""
    db = sqlite3.connect(os.path.join(o.home, "store", "index.sqlite"))
    with db:
        cols = [r[1] for r in db.execute("PRAGMA table_info(certifications)")]
        row = dict(zip(cols, db.execute(
            "SELECT * FROM certifications WHERE service = ?",
            (name,)).fetchone()))
        for i in range(MANY):
            other = {**row, "number": "0-%04d" % i, "service": "別" + name}
            view = json.loads(row["view"])
            view.update(number=other["number"], service=other["service"])
            other["view"] = json.dumps(view, ensure_ascii=False)
            db.execute("INSERT INTO certifications VALUES (%s)" % ",".join(
                "?" * len(cols)), [other[c] for c in cols])
    db.close()


def crowd_of_cases(o, case):
    """Rows of cases and notices, all hidden from a member."""
    db = sqlite3.connect(os.path.join(o.home, "store", "index.sqlite"))
    with db:
        cols = [r[1] for r in db.execute("PRAGMA table_info(dossiers)")]
        row = dict(zip(cols, db.execute("SELECT * FROM dossiers WHERE id = ?",
                                        (case,)).fetchone()))
        for i in range(MANY):
            other = {**row, "id": "0-%04d" % i, "next_clock": 2 ** 62}
            db.execute("INSERT INTO dossiers VALUES (%s)" % ",".join(
                "?" * len(cols)), [other[c] for c in cols])
            db.execute("INSERT INTO machines VALUES (?, 'notice', ?, "
                       "'queued', '[]')", (case, "hidden-%04d" % i))
    db.close()


def no_cursor(o, case):
    """A cursor names no case that is hidden."""
    for who in ("both-1", "chair-1"):
        for path in ("/v1/cases", "/v1/notices", "/v1/notices?state=queued"):
            a = o.api(who, "GET", path)
            check(a.status == 200 and "next" not in a.json and
                  b"0-00" not in a.body and case.encode() not in a.body and
                  b"hidden" not in a.body and "Link" not in a.headers,
                  "flow 43: %s for %s names no hidden case" % (path, who), a)
    a = o.api(SEC, "GET", "/v1/cases")
    check(len(a["items"]) == 50 and a["next"] == "0-0049",
          "the staff has its pages", a["next"])
    # All of them, none twice, over the pages.
    seen, more = [], ""
    while True:
        a = o.api(SEC, "GET", "/v1/notices?" + more)
        seen += [(n["case"], n["notice"]) for n in a["items"]]
        if "next" not in a.json:
            break
        more = "cursor=" + a["next"]
    check(len(seen) == len(set(seen)) >= 5, "the outbox in pages", len(seen))


def thin(o):
    db = sqlite3.connect(os.path.join(o.home, "store", "index.sqlite"))
    with db:
        db.execute("DELETE FROM certifications WHERE number LIKE '0-%'")
        db.execute("DELETE FROM dossiers WHERE id LIKE '0-%'")
        db.execute("DELETE FROM machines WHERE instance LIKE 'hidden-%'")
    db.close()


def words(o, case):
    """What is cut is cut between characters; a path names nothing."""
    long = "あ" * 30
    for a in (o.api(None, "GET", "/v1/rules/%s/%s" % (
                  SCHEME, urllib.parse.quote(long))),
              o.command(SEC, case, long), o.command(SEC, case, "a" + long),
              o.command(SEC, case, long + ".accept"),
              o.command(SEC, case, "seat.invite", {"person": "member-1"},
                        instance=long),
              o.command(SEC, case, "decision.freeze", {
                  "kind": "shred"}, documents=[{
                      "role": "x", "content": "QQ==", "tag": "a" + long}])):
        check(400 <= a.status < 500 and a["detail"] and
              "\ufffd" not in a["detail"], "a long word is refused whole", a)
    for path in ("/v1/rules/..%2f..%2fkeys/1", "/v1/rules/%s/..%%2f1" %
                 SCHEME, "/v1/schemas/..%2fcase", "/v1/schemas/command.%00",
                 "/v1/tickets/..%2fcases", "/v1/schemes/..%2f" + SCHEME):
        a = o.api(None, "GET", path, strict=False)
        check(a.status in (400, 401, 404), "nothing is there: " + path, a)
    for query in ("from=0001-01-01&to=9999-12-31", "from=9999-12-31",
                  "to=0001-01-01", "from=9999-12-31&to=9999-12-31&format=ics",
                  "what=%0d%0aBEGIN:VALARM&format=ics"):
        a = o.api(SEC, "GET", "/v1/deadlines?" + query)
        check(a.status in (200, 400), "deadlines: " + query, a)
        check(b"VALARM" not in a.body, "nothing is put into a calendar", a)
    for query in ("as_of=9999-12-31", "as_of=0001-01-01", "as_of=2027-02-30",
                  "known=2027-01-01", "as_of=2027-01-01&known=9999-12-31",
                  "q=" + "%25" * 400, "cursor=%27--", "state=%27",
                  "as_of=2027-01-01&known=0001-01-01"):
        for path in ("/v1/register", "/v1/register/export"):
            a = o.api(None, "GET", path + "?" + query, strict=False)
            check(a.status in (200, 400), path + "?" + query, a)
    for query in ("cursor=-1", "cursor=99999999999999999999", "kind=x",
                  "cursor=9223372036854775807"):
        a = o.api(None, "GET", "/v1/publications?" + query)
        check(a.status in (200, 400), "publications: " + query, a)


# --- what is signed or told ---

def mail(o, case):
    """The words of a mail server have an address in them."""
    notice = [n["notice"] for n in o.api(SEC, "GET", "/v1/cases/%s/notices" %
                                         case)["items"]][0]
    path = "/v1/cases/%s/notices/%s/mail" % (case, notice)
    for code in ("550 5.1.1 <hanako@example.jp>", "5.1.x", "hanako", "5..1",
                 "550 hanako", "1234 5.1.1", ""):
        a = post(o, SEC, path, {"result": "bounced", "code": code})
        check(a.status == 400, "no code: %r" % code, a)
    for who in (APP, "officer-1", "auditor-1", "member-1", None):
        a = post(o, who, path, {"result": "accepted"})
        check(a.status in (401, 404), "a mailer's word by %s" % who, a)


def consent_again(o, case):
    """A consent that was withdrawn is not shown a second time."""
    act = "disclosure.consent"

    def request():
        c = o.do(SEC, case, "disclosure.request", {
            "basis": "consent", "to": "架空監査法人", "objects": [1]},
            documents=[paper("request")])
        return c["disclosures"][-1]["instance"], \
            c["disclosures"][-1]["recipient"]
    first, to = request()
    said = own(o, APP, case, act, {"objects": [1], "recipient": to})
    o.do(APP, case, act, said, instance=first)
    o.do(APP, case, act + "_withdrawn", own(o, APP, case,
                                            act + "_withdrawn"),
         instance=first)
    second, _ = request()
    refused(o, APP, case, act, 422, "flow 22: an old consent, shown again",
            "signature_valid", data=said, instance=second)
    plain = {k: v for k, v in said.items() if k not in ("signature", "signs")}
    refused(o, APP, case, act, 422, "flow 22: for another request",
            "signature_valid", data=own(o, APP, case, "%s/%s" % (act, first),
                                        plain), instance=second)
    a = o.command(APP, case, act, own(o, APP, case, "%s/%s" % (act, second),
                                      plain), instance=second)
    check(a.status == 200, "flow 22: a new one names the request", a)


def letter(o):
    """Nobody of the body applies on paper."""
    said = json.dumps({
        "applicant": "officer-1", "arrived_on": "2027-02-09",
        "carrier": "post", "kind": "new", "papers": ["form_a"],
        "schema": "nintei.transcription/1", "scheme": SCHEME}, sort_keys=True)
    body = archive(papers(SCHEME, service="紙の扉"))
    for who in ("officer-1", SEC, "member-1", "Applicant", "-a", ""):
        text = json.dumps({**json.loads(said), "applicant": who, "sha256":
                           hashlib.sha256(body).hexdigest()}, sort_keys=True,
                          separators=(",", ":"), ensure_ascii=False)
        a = o.submit(body, who=SEC, query=urllib.parse.urlencode(
            {"paper": text}))
        check(a.status == 400 and "applicant" in a["detail"],
              "flow 5: a letter of %r" % who, a)


def main():
    o = steps_of(Office(LIMITS + "  open_tickets: \"3\"\n"))
    hire(o, ("member-1", "member"), ("member-2", "member"),
         ("chair-1", "chair"), ("delegate-1", "delegate"))
    o.grant("both-1", "both-1", "applicant member")
    o.grant("applicant-2", "applicant-2", "applicant")
    o.grant("delegate-officer", "delegate-1", "delegate officer")
    o.start(when("2027-02-10T09:00:00+09:00"))
    for person, role in (("member-1", "member"), ("member-2", "member"),
                         ("chair-1", "chair"), ("delegate-1", "delegate")):
        enroll(o, person, role)
    case = o.new_case(SCHEME, service=NAME)
    called = o.new_case(SCHEME, service=NAME + "委員会")
    alike(o, case)
    inside(o, case)
    o.accept(case)
    o.accept(called)
    invited(o, called)
    decision = o.propose(case)
    strangers(o, case, decision)
    mail(o, case)
    check(o.decide(decision) == "executed", "certified")
    readings(o, case)
    consent_again(o, case)
    other = o.new_case(SCHEME, service=NAME + "受託")
    o.accept(other)
    as_staff(o, other)
    delegate(o, other)
    tickets(o)
    letter(o)
    exports(o)
    words(o, case)
    o.stop()
    crowd(o, NAME)
    crowd_of_cases(o, case)
    o.start()
    absence(o, NAME)
    no_cursor(o, case)
    o.stop()
    thin(o)
    finish()


main()
