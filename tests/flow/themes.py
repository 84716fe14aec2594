#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What else happens to a certified service: items withheld (Art. 11), the
operator's succession (Art. 9), and the paper certificate (Arts. 10, 13)."""
import datetime
import hashlib
import json

from lib import JST, Office, check, finish, papers
from lifecycle import officers, send
from steps import machine, own, paper, propose_kind, refused, steps_of

DAY = datetime.timedelta(days=1)
F, G = "iaas-paas-iot", "genai-saas"
SEC, APP = "secretary-1", "applicant-1"


def day_of(o, plus):
    return (o.now() + plus * DAY).date().isoformat()


# --- flow 15: withholding ---

ROLES = {"form-a.json": "form_a", "form-b.json": "form_b",
         "登記事項証明書.pdf": "registry_certificate"}


def asking(scheme, items):
    """A dossier whose manifest asks to hold items of form B back."""
    files = papers(scheme, service="架空留保サービス")
    a = json.loads(files["form-a.json"])["fields"]
    members = []
    for name, data in files.items():
        m = {"path": name, "role": ROLES.get(name, "attachment"),
             "sha256": hashlib.sha256(data).hexdigest(), "size": len(data),
             "tag": "secret"}
        if name == "form-b.json":
            m["fields"] = [{"id": i, "withhold": {"reason": "営業秘密"}}
                           for i in items]
        members.append(m)
    files["manifest.json"] = json.dumps({
        "schema": "nintei.bundle/1", "scheme": scheme, "kind": "new",
        "applicant": {"name": a["applicant_name"],
                      "corporate_number": a["corporate_number"]},
        "service": {"name": a["service_name"], "url": a["service_url"]},
        "guideline_version": "2018-10", "tag": "secret", "created":
        "2026-07-15T09:00:00+09:00", "members": members},
        ensure_ascii=False).encode()
    return files


def shown(o, case):
    """Item to its published value; None where it is withheld."""
    number = o.case(case)["number"]
    entry = o.api(None, "GET", "/v1/register/" + number).json
    return {i["id"]: i.get("value") for i in entry["items"]}


def decided(o, case, item, outcome, **data):
    decision = propose_kind(o, case, "withholding", outcome=outcome,
                            item=item, reasons="正当な理由による", **data)
    a = o.sign("officer-1", decision)
    check(a.status == 200 and a["state"] == "executed",
          "flow 15: %s of item %s" % (outcome, item), a)


def withholding(o):
    """Three fields asked, two granted, one of them lifted."""
    items = ["31", "33.2", "36.1"]
    a = o.submit(asking(F, items))
    if a.status != 201:
        check(False, "flow 15: submitted", a)
        return
    case = a["case"]
    o.accept(case)
    check(o.decide(o.propose(case)) == "executed", "flow 15: certified")
    have = shown(o, case)
    check([have.get(i) for i in items] == [None] * 3,
          "flow 15: none is shown while they are requested", have)
    freeze = {"kind": "withholding", "item": "31", "reasons": "x"}
    a = o.command(SEC, case, "freeze", {**freeze, "outcome": "grant",
                                        "review_on": day_of(o, 0)})
    check(a.status == 400, "flow 15: a review lies ahead", a)
    decided(o, case, "31", "grant", review_on=day_of(o, 180))
    check(o.last(case, "grant")["data"]["review_on"] == day_of(o, 180),
          "flow 15: the day of review is kept")
    decided(o, case, "33.2", "grant")
    decided(o, case, "36.1", "deny")
    have = shown(o, case)
    check(have.get("36.1") is not None and have.get("33.2") is None and
          have.get("31") is None, "flow 15: the third is published", have)
    for told in ({}, {"told_on": day_of(o, 1)}):
        a = o.command(SEC, case, "freeze", {**freeze, "outcome": "lift",
                                            **told})
        check(a.status == 400, "flow 15: told before it is lifted", a)
    decided(o, case, "31", "lift", told_on=day_of(o, 0))
    have = shown(o, case)
    check(have.get("31") is not None and have.get("33.2") is None,
          "flow 15: one is lifted", have)
    still_withheld(o, case, "33.2")


def still_withheld(o, case, item):
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
