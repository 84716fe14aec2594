#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A certified service under Arts. 10 and 14 to 17: inquiries, surveys, the
mark, emergencies, improvement and revocation, on one server whose clock is
moved between the acts of all cases."""
import datetime
import json
import os

from lib import BIN, JST, Office, check, finish, rfc3339, run
from lifecycle import send
from steps import (flags, ground, guard_of, machine, paper, propose_kind,
                   refused, steps_of)

DAY = datetime.timedelta(days=1)
F, G = "iaas-paas-iot", "genai-saas"
SEC, APP = "secretary-1", "applicant-1"


def inquiry(o, case):
    return o.do(SEC, case, "compliance.inquire", {"about": "service"},
                documents=[paper("demand")])


def to_found(o, case):
    inquiry(o, case)
    o.do(APP, case, "compliance.answer", documents=[paper("answer")])
    return o.do(SEC, case, "judge_sufficient", documents=[paper("finding")])


def decided(o, case, kind, who=("officer-1", "officer-2"), **data):
    """A proposal of this kind, signed until it is carried out."""
    decision = propose_kind(o, case, kind, **data)
    for person in who:
        a = o.sign(person, decision)
        if a.status != 200:
            check(False, "%s signs %s" % (person, kind), a)
    state = o.api(SEC, "GET", "/v1/decisions/" + decision)["state"]
    check(state == "executed", "%s is carried out" % kind, state)
    return decision


# --- inquiry, survey, improvement: flows 18 and 38 ---

def survey(o, case):
    """From nothing to a survey's report; what is asked on the way."""
    refused(o, APP, case, "compliance.answer", 409, "flow 18: no inquiry",
            documents=[paper("answer")])
    a = o.command(SEC, case, "compliance.inquire", {"about": "service"})
    check(a.status == 400, "flow 18: a demand is a paper", a)
    refused(o, SEC, case, "freeze", 409,
            "flow 18: a revocation is proposed with its evidence", data={
                "kind": "revoke", "reasons": "x"})
    refused(o, APP, case, "compliance.inquire", 403,
            "flow 18: the operator inquires nothing",
            documents=[paper("demand")])
    inquiry(o, case)
    a = o.command(SEC, case, "freeze", {
        "kind": "improvement", "outcome": "request_improvement",
        "reasons": "改善を求める"})
    check(a.status == 409, "flow 38: improvement from an inquiry", a)
    o.do(APP, case, "compliance.answer", documents=[paper("answer")])
    a = o.command(SEC, case, "judge_insufficient")
    check(a.status == 400, "flow 18: a finding is a paper", a)
    o.do(SEC, case, "judge_insufficient", documents=[paper("finding")])
    check(flags(o.case(case), "compliance") == ["insufficient"],
          "flow 18: insufficient")
    decision = decided(o, case, "survey15", ("officer-1",),
                       reasons="説明が不十分であるため",
                       survey_on=day_of(o, 7), cost_charged=True)
    detail = json.loads(o.tree_file(case, decision + "/detail.json"))
    check(detail["cost_charged"] is True,
          "flow 38: the cost line stands in the 15(2) notice", detail)
    notices = [m["instance"] for m in o.case(case)["machines"]
               if m["machine"] == "notice"]
    check(any(n.startswith("survey") for n in notices),
          "flow 18: the survey is notified", notices)
    return case


def day_of(o, plus):
    return (o.now() + plus * DAY).date().isoformat()


def improvement(o, case):
    o.do(SEC, case, "survey_done", {"surveyed_on": day_of(o, 0)},
         documents=[paper("report")])
    decided(o, case, "improvement", outcome="request_improvement",
            reasons="開示情報を改めること", due_on=day_of(o, 10))
    check(machine(o.case(case), "compliance") == "improving",
          "flow 18: improvement is requested")
    name = o.case(case)["applicant"]["name"]
    form = json.loads(o.files[case]["form-a.json"])["fields"]
    secret = [v for k, v in form.items() if isinstance(v, str)
              and len(v.encode()) >= 12 and v != name
              and v != form["service_name"]][0]
    a = o.command(SEC, case, "freeze", {
        "kind": "publish_improvement",
        "text": "改善の要請。担当は%sです。" % secret})
    check(a.status == 400 and "form A" in a["detail"],
          "flow 18: secrets are removed before publication", a)
    a = o.command(SEC, case, "freeze", {"kind": "publish_improvement"})
    check(a.status == 400, "flow 18: want the text that is published", a)
    text = "第16条に基づき、開示情報の改善を要請しました。"
    decided(o, case, "publish_improvement", text=text)
    decided(o, case, "improvement", outcome="extend",
            reasons="期限を延ばす", due_on=day_of(o, 12))
    event = o.last(case, "publish_improvement")
    check(event["data"]["publication"]["text"] == text,
          "flow 18: what is published is what was signed", event["data"])


def published(o, case):
    number = o.case(case)["number"]
    return o.api(None, "GET", "/v1/publications?number=" +
                 number).json["items"]


def improved(o, case):
    """Art. 16 to its end: what was published has a published outcome."""
    to_found(o, case)
    decided(o, case, "improvement", outcome="request_improvement",
            reasons="開示情報を改めること")
    check(published(o, case) == [], "flow 18: nothing is public by itself")
    decided(o, case, "publish_improvement", text="改善を要請しました。")
    rows = published(o, case)
    check(len(rows) == 1 and "改善を要請しました。" in json.dumps(
        rows, ensure_ascii=False), "flow 18: the request is public", rows)
    a = o.command(SEC, case, "freeze", {"kind": "improvement_closed"})
    check(a.status == 400, "flow 18: then its outcome is, too", a)
    decided(o, case, "improvement_closed", ("officer-1",),
            text="改善されたことを確認しました。")
    rows = published(o, case)
    check("改善されたことを確認しました。" in json.dumps(
        rows, ensure_ascii=False) and
        machine(o.case(case), "compliance") == "none",
        "flow 18: improved, and published", rows)


def ignored(o, case):
    """Past the due date: ground (7), with the finding of no just reason."""
    check(ground(o, case) == [7], "flow 18: ground (7) is noted")
    seq = o.case(case)["head"] and len(o.events(case))
    data = {"grounds": "7", "reasons": "改善の要請に従わなかったため",
            "evidence": [{"ground": 7, "event": seq}]}
    refused(o, SEC, case, "propose_revocation", 422,
            "flow 18: (7) needs the finding", "ground_shown", data=data)
    refused(o, SEC, case, "propose_revocation", 422,
            "flow 18: another ground was not noted", "ground_shown",
            data={**data, "grounds": "5", "no_just_reason": True,
                  "evidence": [{"ground": 5, "event": seq}]})
    refused(o, SEC, case, "propose_revocation", 422,
            "flow 18: evidence that does not exist", "ground_shown",
            data={**data, "no_just_reason": True,
                  "evidence": [{"ground": 7, "event": seq + 1000}]})
    document = o.do(SEC, case, "propose_revocation",
                    {**data, "no_just_reason": True})
    o.do(APP, case, "operator_answer", documents=[paper("answer")])
    return document["decisions"][-1]["decision_id"]


def revoked(o, case, scheme, decision):
    number = o.case(case)["number"]
    check(o.verify(scheme, number)[0], "flow 18: valid until then")
    for who in ("officer-1", "officer-2"):
        o.sign(who, decision)
    c = o.case(case)
    entry = o.api(None, "GET", "/v1/register/" + number).json
    check(c["certification"]["state"] == "revoked" and
          entry["state"] == "revoked", "flow 18: revoked, published", entry)
    check(not o.verify(scheme, number)[0], "flow 18: on the list")
    check("Privilege Withdrawn" in o.crl_text(scheme), "flow 18: CRL 9")
    check(machine(c, "compliance") == "closed" and
          machine(c, "mark") == "stopping",
          "flow 18: compliance closed, the mark stops", c["machines"])
    notices = [m["instance"] for m in c["machines"]
               if m["machine"] == "notice"]
    check(any(n.startswith("revocation") for n in notices),
          "flow 18: told in writing", notices)
    refused(o, SEC, case, "compliance.inquire", 409,
            "flow 38: nothing is asked after the end",
            documents=[paper("demand")])


def sufficient(o, case):
    """Flow 38: a sufficient answer leads to no survey."""
    to_found(o, case)
    a = o.command(SEC, case, "freeze", {
        "kind": "survey15", "reasons": "x",
        "survey_on": day_of(o, 3)})
    check(a.status == 409, "flow 38: survey after a sufficient answer", a)
    o.do(SEC, case, "compliance.clear")
    check(machine(o.case(case), "compliance") == "none",
          "flow 38: cleared")


def silence(o, case):
    """The answer never came: insufficient by the clock, ground (6)."""
    check(flags(o.case(case), "compliance") == ["insufficient"] and
          ground(o, case) == [6], "flow 18: silence is insufficient")
    decided(o, case, "survey15", ("officer-1",), reasons="回答がないため",
            survey_on=day_of(o, 2))
    o.do(SEC, case, "survey_refused", {"refused_on": day_of(o, 0)},
         documents=[paper("report")])
    check(ground(o, case) == [6, 6], "a survey that is refused is noted")
    seq = len(o.events(case))
    document = o.do(SEC, case, "propose_revocation", {
        "grounds": "6", "no_just_reason": True, "reasons": "調査の拒否",
        "evidence": [{"ground": 6, "event": seq}]})
    check(machine(document, "compliance") == "proposed", "ground (6) shown")
    decided(o, case, "revocation_drop", reasons="正当な理由が判明したため")
    check(machine(o.case(case), "compliance") == "none" and
          o.case(case)["certification"]["state"] == "valid",
          "a revocation that is dropped")


# --- the mark: flows 19 and 40 ---

def misuse(o, case, **data):
    return o.command(SEC, case, "misuse_found", {
        "medium": "website", "seen_on": day_of(o, 0), **data},
        documents=[paper("evidence")])


def recoloured(o, case):
    a = misuse(o, case)
    check(a.status == 422 and guard_of(a) == "confirmed",
          "flow 19: nothing was found", a)
    a = misuse(o, case, findings=["recoloured"], breaches=["10(2)"])
    check(a.status == 400, "flow 19: what is broken is nobody's to type", a)
    a = misuse(o, case, findings=["recoloured"])
    check(a.status == 200 and machine(a.json, "mark") == "misuse" and
          machine(a.json, "compliance") == "inquiry",
          "flow 19: misuse and inquiry", a)
    check(o.last(case, "misuse_found")["data"]["breaches"] == ["10(5)"],
          "flow 19: a breach of 10(5)")
    refused(o, SEC, case, "fixed_after_end", 422, "flow 19: not ended",
            "ended", documents=[paper("evidence")])
    o.do(SEC, case, "mark.fixed", documents=[paper("evidence")])
    o.do(APP, case, "compliance.answer", documents=[paper("answer")])
    o.do(SEC, case, "judge_sufficient", documents=[paper("finding")])
    c = o.do(SEC, case, "compliance.clear")
    check(machine(c, "mark") == "allowed" and
          machine(c, "compliance") == "none", "flow 19: allowed, cleared")


def breach(o, case, want, shown, what, **data):
    """Flow 40: what is broken, and whether it is a ground."""
    a = misuse(o, case, **data)
    have = o.last(case, "misuse_found")["data"]["breaches"]
    check(a.status == 200 and have == want, "flow 40: %s" % what, a)
    seq = len(o.events(case))
    proposal = {"grounds": "3", "reasons": "マークの違反",
                "evidence": [{"ground": 3, "event": seq}]}
    if not shown:
        refused(o, SEC, case, "propose_revocation", 422,
                "flow 40: %s is no ground (3)" % what, "ground_shown",
                data=proposal)
        return
    c = o.do(SEC, case, "propose_revocation", proposal)
    check(machine(c, "compliance") == "proposed",
          "flow 40: %s is ground (3)" % what)


# --- emergencies: flows 17 and 45 ---

def emergency(o, case):
    at = rfc3339(o.now() - datetime.timedelta(hours=3))
    call = {"occurred_at": at, "channel": "phone", "called_at": at}
    a = o.command(SEC, case, "emergency.notify", call,
                  documents=[paper("report")])
    check(a.status == 400 and "caller" in a["detail"],
          "flow 17: the entry names the caller", a)
    a = o.command(APP, case, "emergency.notify", {
        "occurred_at": rfc3339(o.now() + DAY)}, documents=[paper("report")])
    check(a.status == 400, "flow 17: not before it happened", a)
    c = o.do(SEC, case, "emergency.notify", call, documents=[
        paper("report"), paper("caller", "架空太郎", "personal")])
    check(machine(c, "emergency") == "open", "flow 17: open by phone")
    event = o.last(case, "emergency.notify")
    check([d["role"] for d in event["data"]["documents"]] ==
          ["report", "caller"] and event["data"]["notified_at"] == at,
          "flow 17: the caller is a paper", event["data"])
    refused(o, SEC, case, "emergency.close", 422,
            "flow 17: cause and measures are wanting", "measures_done")
    o.do(APP, case, "progress", {"cause": True},
         documents=[paper("report")])
    refused(o, SEC, case, "emergency.close", 422,
            "flow 17: measures are wanting", "measures_done")


def missed(o, case):
    check(ground(o, case) == [5], "flow 17: a missed report is noted")
    o.do(APP, case, "progress", {"measures": True},
         documents=[paper("report")])
    c = o.do(SEC, case, "emergency.close")
    check(machine(c, "emergency") == "closed", "flow 17: closed")
    number = c["number"]
    entry = o.api(None, "GET", "/v1/register/" + number).body
    check(b"emergency" not in entry, "flow 17: nothing is public")
    instance = [m["instance"] for m in c["machines"]
                if m["machine"] == "emergency"][-1]
    asks_about(o, case, instance)


def asks_about(o, case, emergency):
    """Art. 15(1) after Art. 14: the inquiry names the emergency."""
    demand = [paper("demand")]
    for other in ("99", "e0"):
        a = o.command(SEC, case, "compliance.inquire", {"source": other},
                      documents=demand)
        check(a.status == 400 and "data.source" in a["detail"],
              "flow 17: no emergency %s" % other, a)
    o.do(SEC, case, "compliance.inquire", {"source": emergency},
         documents=demand)
    e = o.last(case, "compliance.inquire")
    check(e["data"]["source"] == emergency,
          "flow 17: an inquiry that names it", e["data"])
    log = run(os.path.join(BIN, "nintei"), "-C", o.home, "--lang", "en",
              "--token-file", os.path.join(o.people, SEC + ".token"),
              "case", "log", case).decode()
    check("led to by emergency " + emergency in log,
          "flow 17: the file of the case says so", log[-600:])
    o.do(APP, case, "compliance.answer", documents=[paper("answer")])
    o.do(SEC, case, "judge_sufficient", documents=[paper("finding")])
    c = o.do(SEC, case, "compliance.clear")
    check(machine(c, "compliance") == "none", "flow 17: cleared")


def from_the_press(o, case):
    c = o.do(SEC, case, "discovered_by_body", {"source": "press"},
             documents=[paper("report")])
    check(machine(c, "emergency") == "unreported" and ground(o, case) == [5],
          "flow 45: unreported, ground (5) is noted")
    instance = [m["instance"] for m in c["machines"]
                if m["machine"] == "emergency"][-1]
    c = o.do(APP, case, "emergency.notify", {
        "discovered_at": rfc3339(o.now())}, instance=instance,
        documents=[paper("report")])
    check(machine(c, "emergency") == "open", "flow 45: a late notice")
    seq = len(o.events(case))
    c = o.do(SEC, case, "propose_revocation", {
        "grounds": "5", "no_just_reason": True, "reasons": "報告の懈怠",
        "evidence": [{"ground": 5, "event": seq}]})
    check(machine(c, "compliance") == "proposed",
          "flow 45: ground (5) is shown by what was noted")


# --- flow 35: a termination while a revocation is proposed ---

def terminating(o, case, name):
    number = o.case(case)["number"]
    scheme = o.case(case)["scheme"]
    a = send(o, scheme, "termination", number, name,
             service_end=day_of(o, 3), paper_return="未返納")
    check(a.status == 201, "flow 35: a termination is filed", a)
    o.do(SEC, case, "paper.returned", {"received_on": day_of(o, 0)},
         documents=[paper("image")])
    o.do(APP, case, "termination.attach", {"paper": "returned"})
    decided(o, case, "termination", ("officer-1",))
    check(machine(o.case(case), "termination") == "scheduled" and
          machine(o.case(case), "compliance") == "proposed",
          "flow 35: scheduled, while the revocation is proposed")


def held_back(o, revoked_one, dropped):
    """The last day is over, and nothing takes effect until it is judged."""
    for case in (revoked_one, dropped):
        c = o.case(case)
        check(c["certification"]["state"] == "valid" and
              machine(c, "termination") == "scheduled",
              "flow 35: take_effect waits for the revocation", c)
    old = [d for d in o.case(revoked_one)["decisions"]
           if d["kind"] == "revoke"][-1]
    if old["state"] == "open":
        a = o.sign("officer-1", old["decision_id"])
        check(a.status == 422 and guard_of(a) == "basis_current",
              "flow 35: the papers of the termination are new", a)
        refused(o, SEC, revoked_one, "freeze", 409,
                "flow 35: not while another is open", data={
                    "kind": "revoke", "reasons": "x"})
        o.do(SEC, revoked_one, "decision.withdraw",
             instance=old["decision_id"])
    decision = propose_kind(o, revoked_one, "revoke",
                            reasons="マークの違反")
    details = [json.loads(o.tree_file(revoked_one, "%s/detail.json" % x))
               for x in (old["decision_id"], decision)]
    check(details[0] == details[1],
          "flow 35: frozen once more, as it was proposed", details)
    check(o.decide(decision) == "executed" and
          o.case(revoked_one)["certification"]["state"] == "revoked",
          "flow 35: revoked, so Art. 8 bars")
    decided(o, dropped, "revocation_drop", reasons="是正を確認したため")
    o.move(o.now() + datetime.timedelta(minutes=1))
    c = o.case(dropped)
    check(c["certification"]["state"] == "terminated" and
          machine(c, "termination") == "effective",
          "flow 35: or dropped, and terminated", c)


def main():
    o = steps_of(Office())
    start = (datetime.datetime.now(JST) + DAY).replace(
        hour=10, minute=0, second=0, microsecond=0)
    o.start(start)
    a, b, c, d, e, g = [o.service(s, n) for s, n in (
        (F, "架空甲"), (G, "架空乙"), (F, "架空丙"), (F, "架空丁"),
        (G, "架空戊"), (G, "架空己"))]
    survey(o, a)
    sufficient(o, b)
    inquiry(o, c)
    recoloured(o, d)
    improved(o, d)
    emergency(o, b)
    from_the_press(o, e)
    breach(o, c, ["10(1)"], False, "another class", findings=[
        "other_service"], other_class="saas")
    breach(o, g, ["10(2)"], True, "any other service", findings=[
        "other_service"], other_class="saas")
    terminating(o, e, "架空戊")
    terminating(o, g, "架空己")
    o.move(start + 5 * DAY)
    held_back(o, g, e)
    o.move(start + 7 * DAY)
    improvement(o, a)
    o.move(start + 20 * DAY)
    silence(o, c)
    missed(o, b)
    breach(o, b, ["10(1)"], False, "a spot on television", medium="video")
    decision = ignored(o, a)
    revoked(o, a, F, decision)
    finish()


main()
