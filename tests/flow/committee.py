#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The committee of a case (Arts. 6(2), 7): called without the dossier, clear
or recused by a signed word, heard, closed by its chair; conflicts found late;
and what members, others and auditors may read (Art. 20)."""
from lib import NO_HEAD, SCHEMES, Office, check, finish
from conform import events_conform, fetch
from people import (close_opinions, declare, enroll, hire, opine, signed)
from steps import guard_of, machine, paper, steps_of

SCHEME = "iaas-paas-iot"
SEC, APP = "secretary-1", "applicant-1"
MEMBERS = ["member-%d" % i for i in range(1, 6)]


def refused(name, a, guard, status=422):
    check(a.status == status and (guard is None or guard_of(a) == guard),
          name, a)


def in_review(o, service):
    case = o.new_case(SCHEME, service=service)
    o.accept(case)
    return case


def seats(o, case):
    return {m["instance"]: m["state"] for m in o.case(case)["machines"]
            if m["machine"] == "seat"}


def convene(o, case, *members):
    return o.do(SEC, case, "convene_committee", {"members": list(members)})


def good(name, a):
    return check(a.status == 200, name, a)


def certified(o, case, name):
    check(o.decide(o.propose(case)) == "executed" and
          o.case(case)["state"] == "certified", name)


def invitation(o, case):
    """Who is invited reads whom it is about, and nothing else."""
    a = o.api("member-1", "GET", "/v1/cases/" + case)
    check(a.status == 200 and a["documents"] == [] and a["decisions"] == []
          and set(a["applicant"]) == {"name"} and
          set(a["service"]) == {"name"} and a["findings"] == [],
          "flow 2: an invitation names applicant and service only", a)
    check([m["machine"] for m in a["machines"]] == ["seat"],
          "flow 2: and the own seat", a)
    for path in ("/documents/1", "/findings"):
        b = o.api("member-1", "GET", "/v1/cases/%s%s" % (case, path))
        check(b.status == 404, "flow 2: invited, %s is not there" % path, b)
    b = o.api("member-1", "GET", "/v1/cases/%s/events" % case)
    check(b.status == 200 and all(
        e["machine"] == "seat" and e["instance"] == "member-1"
        for e in b["items"]), "flow 2: nor the acts of others", b)
    check(o.api("member-5", "GET", "/v1/cases/" + case).status == 404,
          "flow 2: for who was not called there is no case")
    b = o.api("member-1", "GET", "/v1/cases")
    check([c["case"] for c in b["items"]] == [case],
          "flow 2: a member lists the cases of the own seats", b)


def bad_declarations(o, case):
    """A word of somebody else, for another act, case or namespace."""
    word = {"statement": "no_interest"}
    act = "seat.declare_clear"
    tries = [
        ("unsigned", word),
        ("signed by another key", signed(o, "member-1", case, act, word,
                                         key="member-2")),
        ("in another namespace", signed(o, "member-1", case, act, word,
                                        "opinion@nintei")),
        ("for another case", signed(o, "member-1", "c0", act, word)),
        ("for another act", signed(o, "member-1", case, "seat.opine", word)),
    ]
    changed = signed(o, "member-1", case, act, word)
    changed["signs"] = "x" + changed["signs"]
    tries.append(("changed afterwards", changed))
    for name, data in tries:
        refused("flow 2: declared clear %s" % name,
                o.command("member-1", case, "declare_clear", data),
                "signature_valid")
    a = o.command("member-2", case, "declare_clear", signed(
        o, "member-2", case, act, word), instance="member-1")
    refused("flow 2: on the seat of another", a, None, 403)
    a = o.command(SEC, case, "declare_clear", signed(o, SEC, case, act, word))
    refused("flow 2: a secretary declares nothing", a, None, 403)


def documents_of(o, who, case):
    a = o.api(who, "GET", "/v1/cases/" + case)
    return {d["role"]: d for d in a["documents"]}


def reads(o, who, case, n):
    return o.api(who, "GET", "/v1/cases/%s/documents/%d" % (case, n),
                 strict=False).status


def papers_of_the_committee(o, case):
    """Opinions are for members, chair and officers (REGULATION 6.4)."""
    n = documents_of(o, "officer-1", case)["opinion"]["n"]
    form = documents_of(o, "officer-1", case)["form_a"]["n"]
    for who, want in (("officer-1", 200), ("member-1", 200),
                      ("chair-1", 200), (SEC, 404), (APP, 404),
                      ("auditor-1", 404), ("member-5", 404)):
        have = reads(o, who, case, n)
        check(have == want, "flow 43: an opinion for %s" % who, have)
    check("opinion" not in documents_of(o, SEC, case),
          "flow 43: whom it is not for does not see it listed")
    check(reads(o, "member-1", case, form) == 200,
          "flow 43: who is clear reads the dossier")
    check(reads(o, "member-3", case, form) == 404,
          "flow 43: who declared a conflict does not")
    for who, want in (("officer-1", 200), (SEC, 403), ("member-1", 404)):
        a = o.api(who, "GET", "/v1/cases/%s/key" % case)
        check(a.status == want,
              "flow 43: the key of a case with opinions for %s" % who, a)
    month = "access-" + o.now().date().isoformat()[:7]
    a = o.api("auditor-1", "GET", "/v1/cases/%s/events" % month)
    check({"case": case, "object": "document", "n": n} in
          [e["data"] for e in a["items"] if e["actor"] == "member-1"],
          "flow 43: each reading is an event", a)


def reviewers(o):
    """REGULATION 3: who reviews is of the staff, states to have no interest,
    and reads; nobody else of the secretariat does."""
    case = o.new_case(SCHEMES[1], service="架空審査担当サービス")
    o.pay(case)
    path = "/v1/cases/%s/documents/1" % case
    check(o.api("secretary-2", "GET", path).status == 200,
          "before it is accepted the secretariat looks at its papers")
    for name, who in (("nobody", []), ("an applicant", [APP]),
                      ("an officer", ["officer-1"]),
                      ("a member", [SEC, "member-1"]),
                      ("a stranger", ["secretary-9"]),
                      ("one of them twice", [SEC, SEC])):
        a = o.command(SEC, case, "accept", {"reviewers": who})
        check(a.status == 400 and "reviewers" in a["detail"],
              "reviewed by %s: refused" % name, a)
    o.do(SEC, case, "accept", {"reviewers": [SEC, "secretary-2"]})
    a = o.api(SEC, "GET", path)
    check(a.status == 200, "who accepted it as a reviewer reads", a)
    for what in ("documents/1", "key"):
        path = "/v1/cases/%s/%s" % (case, what)
        a = o.api("secretary-2", "GET", path)
        check(a.status == 403 and a["code"] == "E_FLOW_ROLE",
              "a reviewer who has stated nothing reads no %s" % what, a)
        a = o.api("secretary-2", "GET", path + "?statement=interest")
        check(a.status == 400, "that is no statement", a)
        a = o.api("secretary-2", "GET", path + "?statement=no_interest")
        check(a.status == 200, "with it they read: %s" % what, a)
        a = o.api("secretary-3", "GET", path + "?statement=no_interest")
        check(a.status == 403, "who is no reviewer does not: %s" % what, a)
    month = "access-" + o.now().date().isoformat()[:7]
    a = o.api("auditor-1", "GET", "/v1/cases/%s/events" % month)
    check({"case": case, "object": "key", "statement": "no_interest"} in
          [e["data"] for e in a["items"] if e["actor"] == "secretary-2"],
          "the statement stands beside the reading", a)
    o.do("secretary-3", case, "request_survey", {})
    check(o.api("secretary-3", "GET", path).status == 200,
          "who acts in the case reads what they act on")


def auditor(o, case):
    a = o.api("auditor-1", "GET", "/v1/cases/" + case)
    check(a.status == 200 and a["applicant"] == {} and a["service"] == {} and
          a["findings"] == [] and
          all("path" not in d for d in a["documents"]),
          "flow 43: an auditor sees no value that was secret", a)


def heard(o):
    """Flow 2: survey, four members, two of them recused, one replaced."""
    case = in_review(o, "架空委員会サービス")
    o.do(SEC, case, "request_survey", {})
    a = o.command(SEC, case, "propose_certify",
                  {"review": o.review(SCHEME)})
    refused("flow 2: proposed while the survey runs", a, "survey_open")
    o.do(SEC, case, "close_survey", {"outcome": "done"},
         documents=[paper("report", "調査の報告")])
    refused("flow 2: who is not in the roster is not called", o.command(
        SEC, case, "convene_committee", {"members": ["member-9"]}), None, 400)
    refused("flow 2: nobody twice", o.command(
        SEC, case, "convene_committee",
        {"members": ["member-1", "member-1"]}), None, 400)
    convene(o, case, *MEMBERS[:4])
    check(seats(o, case) == dict.fromkeys(MEMBERS[:4], "invited"),
          "flow 2: four are invited", seats(o, case))
    invitation(o, case)
    bad_declarations(o, case)
    refused("flow 2: an opinion before the declaration",
            opine(o, "member-1", case), None, 409)
    for who in ("member-1", "member-2", "member-4"):
        good("flow 2: %s is clear" % who, declare(o, who, case))
    good("flow 2: one has an interest", declare(o, "member-3", case, False))
    check(seats(o, case)["member-3"] == "recused", "flow 2: and is recused")
    a = o.command("member-1", case, "opine", signed(
        o, "member-1", case, "seat.opine", {"favourable": True},
        "opinion@nintei"))
    refused("flow 2: an opinion without its paper", a, None, 400)
    for who in ("member-1", "member-2", "member-4"):
        good("flow 2: %s opines" % who, opine(o, who, case))
    papers_of_the_committee(o, case)
    auditor(o, case)
    o.do(SEC, case, "conflict_found", {}, instance="member-4")
    check(o.api("member-4", "GET", "/v1/cases/" + case).status == 404,
          "flow 2: a conflict found late closes the case to the member")
    refused("flow 43: recused, no act is theirs",
            o.command("member-4", case, "release", {}), None, 403)
    a = close_opinions(o, "chair-1", case)
    refused("flow 2: two opinions are too few", a, "committee_quorum")
    refused("flow 2: the secretariat does not close",
            close_opinions(o, SEC, case), None, 403)
    a = o.command(SEC, case, "seat.invite", {"person": "member-3"})
    refused("flow 2: who has an interest is not called again", a,
            "no_conflict")
    a = o.command(SEC, case, "seat.invite", {"person": "member-1"})
    refused("flow 2: who has a seat has it", a, None, 409)
    o.do(SEC, case, "seat.invite", {"person": "member-5"})
    good("flow 2: a replacement is clear", declare(o, "member-5", case))
    good("flow 2: and opines", opine(o, "member-5", case, False))
    a = o.command("chair-1", case, "close_opinions", signed(
        o, "chair-1", case, "application.close_opinions"))
    refused("flow 2: no minutes", a, None, 400)
    good("flow 2: three opinions close", close_opinions(o, "chair-1", case))
    data = o.last(case, "close_opinions")["data"]
    check(data["opinions"] == 3 and data["favourable"] == 2,
          "flow 2: the minutes count", data)
    certified(o, case, "flow 2: certified")


def nobody_left(o):
    """Flow 31."""
    case = in_review(o, "架空全員利害サービス")
    convene(o, case, "member-1", "member-2")
    for who in ("member-1", "member-2"):
        good("flow 31: in conflict", declare(o, who, case, False))
    a = o.command(SEC, case, "propose_certify",
                  {"review": o.review(SCHEME)})
    refused("flow 31: proposed while opinions are asked", a, "opinion_open")
    o.do(SEC, case, "dissolve_committee", {})
    certified(o, case, "flow 31: certified without an opinion")


def late_conflict(o):
    """Flow 32: found while the decision is open."""
    case = in_review(o, "架空遅延発見サービス")
    convene(o, case, *MEMBERS[:3])
    for who in MEMBERS[:3]:
        good("flow 32: clear", declare(o, who, case))
        good("flow 32: heard", opine(o, who, case))
    good("flow 32: closed", close_opinions(o, "chair-1", case))
    decision = o.propose(case)
    check(o.sign("officer-1", decision)["state"] == "open", "flow 32: one")
    o.do(SEC, case, "conflict_found", {}, instance="member-2")
    a = o.api("officer-2", "GET", "/v1/decisions/" + decision)
    check(a["state"] == "stale", "flow 32: the decision is stale", a)
    a = o.sign("officer-2", decision)
    check(a.status in (409, 422), "flow 32: nobody signs it any more", a)
    o.do("officer-1", case, "send_back", {})
    convene_again(o, case)
    again = o.propose(case)
    check(again != decision and o.decide(again) == "executed",
          "flow 32: a new opinion, a new decision")


def convene_again(o, case):
    o.do(SEC, case, "convene_committee", {"members": ["member-4"]})
    good("flow 32: the replacement", declare(o, "member-4", case))
    good("flow 32: is heard", opine(o, "member-4", case))
    a = close_opinions(o, "chair-1", case)
    check(a.status == 422 and a["guard"] == "signature_valid",
          "a signature is shown once", a)
    good("flow 32: closed again", close_opinions(o, "chair-1", case,
                                                 once="#2"))


def refused_survey(o):
    """Flow 33: the refusal of a survey has no sanction."""
    case = in_review(o, "架空調査拒否サービス")
    o.do(SEC, case, "request_survey", {})
    o.do(SEC, case, "close_survey", {"outcome": "refused"},
         documents=[paper("report", "申請者が調査を断った")])
    check(o.last(case, "close_survey")["data"]["outcome"] == "refused",
          "flow 33: recorded")
    certified(o, case, "flow 33: decided on the papers")


def conflicted_officer(o):
    """Who was a member of the case is no approver of it."""
    case = in_review(o, "架空兼務サービス")
    convene(o, case, "both-1", *MEMBERS[:3])
    good("flow 23: in conflict", declare(o, "both-1", case, False))
    for who in MEMBERS[:3]:
        good("flow 23: clear", declare(o, who, case))
        good("flow 23: heard", opine(o, who, case))
    good("flow 23: closed", close_opinions(o, "chair-1", case))
    decision = o.propose(case)
    a = o.sign("both-1", decision, data=o.document(decision))
    check(a.status in (403, 422), "flow 23: an approver with an interest", a)
    check(o.decide(decision) == "executed", "flow 23: others decide")


def main():
    o = steps_of(Office())
    hire(o, *[(m, "member") for m in MEMBERS], ("chair-1", "chair"),
         ("both-1", "member officer"), ("secretary-2", "secretariat"),
         ("secretary-3", "secretariat"))
    o.start()
    for m in MEMBERS:
        enroll(o, m, "member")
    enroll(o, "chair-1", "chair")
    enroll(o, "both-1", "member officer")
    for who in ("secretary-2", "secretary-3"):
        enroll(o, who, "secretariat")
    check(o.api("member-1", "GET", "/v1/cases")["items"] == [],
          "a member without a seat has no case")
    a = o.command("member-1", "roster", "freeze", {"kind": "roster"},
                  head=NO_HEAD)
    check(a.status in (403, 404, 409), "nor a part in the roster", a)
    reviewers(o)
    heard(o)
    nobody_left(o)
    late_conflict(o)
    refused_survey(o)
    conflicted_officer(o)
    events_conform(o, fetch(o), "committee")
    check(machine(o.case("roster"), "decision") == "executed", "roster kept")
    finish()


main()
