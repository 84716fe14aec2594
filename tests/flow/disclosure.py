#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Secrets to third parties (Art. 20): compelled, with consent, by an
exception, and no object more than was permitted."""
import hashlib
import json

from lib import Office, check, finish
from steps import (guard_of, machine, own, paper, propose_kind, refused,
                   steps_of)

SEC, APP = "secretary-1", "applicant-1"
COURT = "架空地方裁判所"


def requested(o, case, objects, basis, to=COURT, documents=(), **data):
    """A request; its instance and the hash of the recipient."""
    c = o.do(SEC, case, "disclosure.request", {
        "basis": basis, "to": to, "objects": objects, **data},
        documents=list(documents) + [paper("request")])
    return c["disclosures"][-1]["instance"], \
        c["disclosures"][-1]["recipient"]


def readable(o, case, n, instance):
    return o.api(SEC, "GET", "/v1/cases/%s/documents/%d?disclosure=%s" % (
        case, n, instance))


def disclose(o, case, instance, objects, recipient):
    return o.command(SEC, case, "disclose", {
        "objects": objects, "recipient": recipient, "operator_told": True},
        instance=instance)


def compelled(o, case):
    """Flow 22: an order for two objects."""
    bare, _ = requested(o, case, [1, 2], "order")
    a = o.command(SEC, case, "freeze", {
        "kind": "disclosure", "outcome": "compelled", "instance": bare,
        "reasons": "裁判所の命令"})
    check(a.status == 422 and guard_of(a) == "order_executed",
          "flow 22: no order", a)
    order = paper("order", "命令書の写し")
    sha = hashlib.sha256("命令書の写し".encode()).hexdigest()
    a = o.command(SEC, case, "disclosure.request", {
        "basis": "order", "to": COURT, "objects": [1, 2], "order": sha},
        documents=[paper("order", "別の紙")])
    check(a.status == 400, "flow 22: another paper than the order", a)
    a = o.command(SEC, case, "disclosure.request", {
        "basis": "order", "to": COURT, "objects": [1, 4000], "order": sha},
        documents=[order])
    check(a.status == 400, "flow 22: a document that is not there", a)
    instance, to = requested(o, case, [1, 2], "order", order=sha,
                             documents=[order])
    refused(o, SEC, case, "disclose", 409, "flow 22: not permitted yet",
            data={"objects": [1], "recipient": to, "operator_told": True},
            instance=instance)
    decision = propose_kind(o, case, "disclosure", outcome="compelled",
                            instance=instance, reasons="裁判所の命令")
    check(o.decide(decision) == "executed", "flow 22: two officers")
    detail = json.loads(o.tree_file(case, decision + "/detail.json"))
    check(detail["objects"] == [1, 2] and detail["order"] == sha,
          "flow 22: the scope is the order's, signed", detail)
    check(readable(o, case, 1, instance).status == 422,
          "flow 22: nothing leaves before it is disclosed")
    for objects, who, name in (
            ([1, 2, 3], to, "a third object"),
            ([3], to, "another object"),
            ([1, 2], "0" * 64, "another recipient")):
        a = disclose(o, case, instance, objects, who)
        check(a.status == 422 and guard_of(a) == "within_scope",
              "flow 22: %s" % name, a)
    a = disclose(o, case, instance, [1, 2], to)
    check(a.status == 200, "flow 22: both are disclosed", a)
    event = o.last(case, "disclose")
    docs = {d["n"]: d["commitment"] for e in o.events(case)
            for d in e.get("docs", [])}
    check(event["data"]["commitments"] == [docs[1], docs[2]] and
          event["data"]["recipient"] == to and
          "disclosed_at" in event["data"],
          "flow 22: objects, recipient and time are recorded", event)
    check(COURT.encode() not in json.dumps(
        o.events(case), ensure_ascii=False).encode(),
        "flow 22: the recipient's name is no event's")
    a = readable(o, case, 1, instance)
    check(a.status == 200 and a.body, "flow 22: its bytes", a)
    a = readable(o, case, 3, instance)
    check(a.status == 422 and guard_of(a) == "within_scope",
          "flow 22: the bytes of a third object", a)
    month = "access-" + o.now().date().isoformat()[:7]
    read = o.events(month)[-1]
    check(read["data"].get("disclosure") == instance and
          read["data"]["n"] == 1, "flow 22: the reading is an event", read)


def consented(o, case):
    instance, to = requested(o, case, [2, 3], "consent", to="架空監査法人")
    refused(o, SEC, case, "consent", 403, "consent is the operator's",
            data={"objects": [2], "recipient": to}, instance=instance)
    refused(o, APP, case, "consent_withdrawn", 409, "nothing to withdraw",
            instance=instance)
    consent = {"objects": [2], "recipient": to}
    act = "disclosure.consent"
    for name, data in (
            ("unsigned", consent),
            ("signed by another", own(o, SEC, case, act, consent)),
            ("signed for another act", own(o, APP, case, "paper.loss_declared",
                                           consent)),
            ("changed afterwards", {**own(o, APP, case, act, consent),
                                    "objects": [2, 3]})):
        refused(o, APP, case, "disclosure.consent", 422, "consent " + name,
                "signature_valid", data=data, instance=instance)
    o.do(APP, case, "disclosure.consent", own(o, APP, case, act, consent),
         instance=instance)
    a = disclose(o, case, instance, [2, 3], to)
    check(a.status == 422 and guard_of(a) == "within_scope",
          "beyond what was consented to", a)
    refused(o, APP, case, "consent_withdrawn", 422,
            "a withdrawal is signed", "signature_valid", instance=instance)
    act = "disclosure.consent_withdrawn"
    c = o.do(APP, case, act, own(o, APP, case, act), instance=instance)
    check(machine(c, "disclosure", instance) == "refused", "withdrawn")
    refused(o, SEC, case, "disclose", 409, "after the withdrawal",
            data={"objects": [2], "recipient": to, "operator_told": True},
            instance=instance)


def excepted(o, case):
    """Known to the public since: Art. 20(2)(3)."""
    a = o.command(SEC, case, "disclosure.request", {
        "basis": "exception", "to": COURT, "objects": [1], "exception": 7})
    check(a.status == 400, "no such exception", a)
    bare, _ = requested(o, case, [1], "exception", exception=3)
    a = o.command(SEC, case, "freeze", {
        "kind": "disclosure", "outcome": "not_secret", "instance": bare,
        "reasons": "公知"})
    check(a.status == 422 and guard_of(a) == "exception_shown",
          "an exception without evidence", a)
    instance, to = requested(o, case, [1], "exception", exception=3,
                             evidence=["新聞の記事"])
    decision = propose_kind(o, case, "disclosure", outcome="not_secret",
                            instance=instance, reasons="公知となったため")
    check(o.decide(decision) == "executed", "known to the public")
    act = "disclosure.consent_withdrawn"
    refused(o, APP, case, act, 422, "it does not rest on consent",
            "by_consent", data=own(o, APP, case, act), instance=instance)
    check(disclose(o, case, instance, [1], to).status == 200,
          "disclosed as no secret")
    refusal, _ = requested(o, case, [1], "consent")
    c = o.do(SEC, case, "disclosure.refuse", instance=refusal)
    check(machine(c, "disclosure", refusal) == "refused", "refused")


def main():
    o = steps_of(Office())
    o.start()
    case = o.service("genai-saas", "架空開示")
    compelled(o, case)
    consented(o, case)
    excepted(o, case)
    finish()


main()
