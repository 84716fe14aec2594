#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What else happens to a certified service: items withheld (Art. 11), the
operator's succession (Art. 9), and the paper certificate (Arts. 10, 13)."""
import datetime
import json

from lib import JST, Office, archive, check, finish, papers
from lifecycle import about, declared, officers, send
from steps import machine, own, paper, propose_kind, refused, steps_of

DAY = datetime.timedelta(days=1)
F, G = "iaas-paas-iot", "genai-saas"
SEC, APP = "secretary-1", "applicant-1"


def day_of(o, plus):
    return (o.now() + plus * DAY).date().isoformat()


# --- flow 15: withholding ---

def asking(scheme, items):
    """A dossier whose manifest asks to hold items of form B back."""
    return declared(papers(scheme, service="架空留保サービス"), scheme, items,
                    kind="new")


def shown(o, case):
    """Item to its published value; None where it is withheld."""
    number = o.case(case)["number"]
    entry = o.api(None, "GET", "/v1/register/" + number).json
    return {i["id"]: i.get("value") for i in entry["items"]}


def hashes(o, case):
    number = o.case(case)["number"]
    entry = o.api(None, "GET", "/v1/register/" + number).json
    return {i["id"]: i.get("withheld") for i in entry["items"]}


def decided(o, case, item, outcome, **data):
    decision = propose_kind(o, case, "withholding", outcome=outcome,
                            item=item, reasons="正当な理由による", **data)
    a = o.sign("officer-1", decision)
    check(a.status == 200 and a["state"] == "executed",
          "flow 15: %s of item %s" % (outcome, item), a)


def withholding(o):
    """Four fields asked, three granted, one of them lifted."""
    items = ["31", "33.2", "36.1", "34.2"]
    a = o.submit(asking(F, items))
    if a.status != 201:
        check(False, "flow 15: submitted", a)
        return
    case = a["case"]
    o.accept(case)
    check(o.decide(o.propose(case)) == "executed", "flow 15: certified")
    have = shown(o, case)
    check([have.get(i) for i in items] == [None] * 4,
          "flow 15: none is shown while they are requested", have)
    freeze = {"kind": "withholding", "item": "31", "reasons": "x"}
    a = o.command(SEC, case, "freeze", {**freeze, "outcome": "grant",
                                        "review_on": day_of(o, 0)})
    check(a.status == 400, "flow 15: a review lies ahead", a)
    decided(o, case, "31", "grant", review_on=day_of(o, 180))
    check(o.last(case, "grant")["data"]["review_on"] == day_of(o, 180),
          "flow 15: the day of review is kept")
    decided(o, case, "33.2", "grant")
    decided(o, case, "34.2", "grant")
    decided(o, case, "36.1", "deny")
    have = shown(o, case)
    check(have.get("36.1") is not None and have.get("33.2") is None and
          have.get("31") is None, "flow 15: the one denied is published", have)
    for told in ({}, {"told_on": day_of(o, 1)}):
        a = o.command(SEC, case, "freeze", {**freeze, "outcome": "lift",
                                            **told})
        check(a.status == 400, "flow 15: told before it is lifted", a)
    decided(o, case, "31", "lift", told_on=day_of(o, 0))
    have = shown(o, case)
    check(have.get("31") is not None and have.get("33.2") is None,
          "flow 15: one is lifted", have)
    o.move(o.now() + DAY)
    changed(o, case)
    still_withheld(o, case, "34.2", "別の規程に定めています。")


def changing(o, case, items, fields):
    """A dossier that changes items of form B; some are to be held back."""
    number = o.case(case)["number"]
    files = about(F, "change", number, "架空留保", change_date=day_of(o, 0),
                  change_summary="開示事項を変更した。")
    files["form-b.json"] = json.dumps({
        "schema": "nintei.form-b/1", "fields": fields},
        ensure_ascii=False).encode()
    a = o.submit(archive(declared(files, F, items, kind="change",
                                  number=number)))
    if a.status != 201:
        check(False, "a change of items is told", a)
    return [m["instance"] for m in o.case(case)["machines"]
            if m["machine"] == "change_notice"][-1]


def changed(o, case):
    """Art. 13(1): what is published changes with the notice; what is withheld
    stays withheld, with the hash of its new value."""
    number = o.case(case)["number"]
    before = shown(o, case)
    old = hashes(o, case)
    notice = changing(o, case, ["37.1"], {
        "31": "毎年見直しています。", "33.2": "新しい規程によります。",
        "37.1": "委託先にも求めています。", "5": ""})
    check(shown(o, case) == before, "told is not yet recorded")
    o.do(SEC, case, "change_notice.record", instance=notice)
    e = o.last(case, "change_notice.record")
    check([i["id"] for i in e["data"]["publication"]["items"]] ==
          ["31", "33.2", "37.1"] and e["data"]["release"]["ground"] ==
          "13-1", "the items that it says, and no others", e["data"])
    have, now = shown(o, case), hashes(o, case)
    check(have == {**before, "31": "毎年見直しています。", "37.1": None},
          "the new value is published, what is held back is not", have)
    check(now["33.2"] not in (None, old["33.2"]) and now["37.1"] is not None,
          "and has the hash of its new value", now)
    versions = o.api(None, "GET", "/v1/register/%s/versions" % number).json
    check(versions["items"][-1]["changes"] == {
        "changed": ["31", "33.2"], "withheld": ["37.1"]} or
        "31" in json.dumps(versions["items"][-1]),
        "a version of its own says what changed", versions["items"][-1])
    decided(o, case, "37.1", "deny")
    check(shown(o, case)["37.1"] == "委託先にも求めています。",
          "denied: published as the notice has it")
    again = changing(o, case, [], {"31": "半年ごとに見直しています。",
                                   "34.2": "別の規程に定めています。"})
    o.do(SEC, case, "change_notice.record", instance=again)
    decided(o, case, "33.2", "lift", told_on=day_of(o, 0))
    have = shown(o, case)
    check(have["31"] == "半年ごとに見直しています。" and
          have["33.2"] == "新しい規程によります。",
          "lifted: as it was said last", have)
    check(officers(o, case, "reissue", reasons="記載の変更", fields={
        "service": "架空留保改サービス"}) == "executed" and
        shown(o, case) == have, "a reissue keeps what was changed",
        shown(o, case))


def still_withheld(o, case, item, changed_to):
    """Art. 16(2) publishes nothing that 11(2) holds back."""
    value = json.loads(papers(F)["form-b.json"])["fields"][item]
    o.do(SEC, case, "compliance.inquire", documents=[paper("demand")])
    o.do(APP, case, "compliance.answer", documents=[paper("answer")])
    o.do(SEC, case, "judge_sufficient", documents=[paper("finding")])
    check(officers(o, case, "improvement", ("officer-1", "officer-2"),
                   outcome="request_improvement", reasons="改善") ==
          "executed", "an improvement is asked")
    a = o.command(SEC, case, "freeze", {
        "kind": "publish_improvement", "text": "現状：%s。" % value})
    check(len(value.encode()) >= 12 and a.status == 400 and
          "withheld" in a["detail"],
          "flow 15: a withheld item enters no publication", (value, a))
    a = o.command(SEC, case, "freeze", {
        "kind": "publish_improvement", "text": "現状：%s" % changed_to})
    check(a.status == 400 and "withheld" in a["detail"],
          "nor does what it was changed to", a)


# --- flow 37: what is no succession ---

def reported(o, case, kind, **data):
    c = o.do(SEC, case, "succession.report", {
        "kind": kind, "event_day": day_of(o, 0), "source": "registry",
        **data}, documents=[paper("evidence")])
    return [m["instance"] for m in c["machines"]
            if m["machine"] == "succession"][-1]


def no_succession(o, case, kind, **data):
    instance = reported(o, case, kind, **data)
    decision = propose_kind(
        o, case, "lapse_dismiss", instance=instance,
        reasons="第9条第2項の事由に当たらないため")
    a = o.sign("officer-1", decision)
    c = o.case(case)
    check(a.status == 200 and
          machine(c, "succession", instance) == "dismissed" and
          c["certification"]["state"] == "valid",
          "flow 37: %s is no lapse" % kind, a)


def lapse_refused(o, case, instance, what):
    """Approved or not: the guard asks what happened."""
    a = o.command(SEC, case, "freeze", {
        "kind": "lapse", "instance": instance, "reasons": "x"})
    if a.status == 200:
        decision = a["decisions"][-1]["decision_id"]
        a = o.sign("officer-1", decision)
        a = o.command("officer-1", case, "succession.confirm",
                      instance=instance)
    check(a.status in (400, 409, 422) and
          o.case(case)["certification"]["state"] == "valid",
          "flow 37: %s cannot lapse it" % what, a)


def successions(o, case):
    a = o.command(SEC, case, "succession.report", {
        "kind": "merger", "event_day": day_of(o, 1)})
    check(a.status == 400, "flow 37: nothing that is to come", a)
    a = o.command(SEC, case, "succession.report", {
        "kind": "gift", "event_day": day_of(o, 0)})
    check(a.status == 400, "flow 37: a word that is none", a)
    no_succession(o, case, "rename")
    no_succession(o, case, "share_sale")
    no_succession(o, case, "dissolution")
    refused(o, SEC, case, "propose_revocation", 422,
            "flow 37: (9) needs a reorganisation", "ground_shown", data={
                "grounds": "9", "reasons": "x", "setup_changed": True,
                "doubt": True, "evidence": [{"ground": 9, "event": 1}]})
    split = reported(o, case, "split", handed_over=False)
    lapse_refused(o, case, split, "a split that leaves the service")
    c = o.do(SEC, case, "propose_revocation", {
        "grounds": "9", "reasons": "運営体制に疑義があるため",
        "setup_changed": True, "doubt": True,
        "evidence": [{"ground": 9, "event": len(o.events(case))}]})
    check(machine(c, "compliance") == "proposed",
          "flow 37: split and doubt are ground (9)")


# --- change notices: never refused ---

def notice(o, case, name):
    number = o.case(case)["number"]
    a = send(o, F, "change", number, name, change_date=day_of(o, 0),
             change_summary="運用の体制を変更した。")
    if a.status != 201:
        check(False, "a change is told", a)
    return [m["instance"] for m in o.case(case)["machines"]
            if m["machine"] == "change_notice"][-1]


def changes(o, case, name):
    first = notice(o, case, name)
    for word in ("refuse", "dismiss", "reject"):
        a = o.command(SEC, case, "change_notice." + word, instance=first)
        check(a.status in (400, 409), "a change cannot be refused: " + word,
              a)
    a = o.command(SEC, case, "change_notice.ask", instance=first)
    check(a.status == 400, "what is asked is a paper", a)
    o.do(SEC, case, "change_notice.ask", instance=first,
         documents=[paper("demand")])
    refused(o, SEC, case, "change_notice.record", 409,
            "not while an answer is awaited", instance=first)
    o.do(APP, case, "change_notice.supplement", instance=first,
         documents=[paper("answer")])
    c = o.do(SEC, case, "change_notice.record", {"doubt": True},
             instance=first)
    check(machine(c, "change_notice", first) == "recorded" and
          machine(c, "compliance") == "inquiry",
          "recorded; doubt opens an inquiry", c["machines"])
    check("inquiry_due_at" in o.last(case, "change_notice.record")["data"],
          "with its due date")
    second = notice(o, case, name)
    c = o.do(SEC, case, "reclassify", {"kind": "split"}, instance=second)
    check(machine(c, "change_notice", second) == "reclassified" and
          machine(c, "succession") == "suspected",
          "what it really was is looked at", c["machines"])


# --- paper ---

def paper_back(o, case):
    c = o.case(case)
    if machine(c, "paper") is None:
        check(False, "a paper was issued", c["machines"])
        return
    a = o.command(SEC, case, "paper.returned", {"received_on": day_of(o, 0)})
    check(a.status == 400, "a paper that comes back has a picture", a)
    a = o.command(SEC, case, "paper.returned", {
        "received_on": day_of(o, 1)}, documents=[paper("image")])
    check(a.status == 400, "not before it came", a)
    refused(o, SEC, case, "loss_declared", 403, "a loss is the operator's",
            documents=[paper("statement")])
    act = "paper.loss_declared"
    a = o.command(APP, case, act, own(o, APP, case, act))
    check(a.status == 400, "a loss is stated on a paper", a)
    refused(o, APP, case, act, 422, "a loss is signed", "signature_valid",
            documents=[paper("statement")])
    c = o.do(APP, case, act, own(o, APP, case, act, {
        "lost_on": day_of(o, 0)}), documents=[paper("statement")])
    check(machine(c, "paper") == "lost", "lost")


def main():
    o = steps_of(Office())
    start = (datetime.datetime.now(JST) + DAY).replace(
        hour=10, minute=0, second=0, microsecond=0)
    o.start(start)
    a, b, c = [o.service(s, n) for s, n in (
        (F, "架空甲"), (G, "架空乙"), (F, "架空丙"))]
    withholding(o)
    successions(o, a)
    paper_back(o, b)
    changes(o, c, "架空丙")
    finish()


main()
