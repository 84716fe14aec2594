#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Commands: what the list offers, what is refused and how, what data and
papers may be, and that history and published schemas agree."""
import datetime

from lib import JST, Office, check, fail, finish, papers
from conform import case_conforms, events_conform, example, fetch
from steps import guard_of, paper, refused, steps_of

SCHEME = "iaas-paas-iot"
SEC, APP, OFF = "secretary-1", "applicant-1", "officer-1"
START = datetime.datetime(2026, 8, 3, 10, 0, tzinfo=JST)


def new_case(o, service):
    a = o.submit(papers(SCHEME, service=service), SCHEME)
    check(a.status == 201, "submitted", a)
    return a["case"]


def options(o, who, case):
    a = o.api(who, "GET", "/v1/cases/%s/commands" % case)
    check(a.status == 200, "commands for %s" % who, a)
    return {(i["command"], i.get("instance")): i for i in a["items"]}


# --- what is possible ---

def offered(o, case):
    """Before anything: the fee, correction, withdrawal; why not accept."""
    mine = options(o, SEC, case)
    pay = mine[("fee.pay", "1")]
    check(pay["mine"] and pay["roles"] == ["secretariat"] and
          pay["article"] == "5" and
          pay["schema"] == "/v1/schemas/command.fee.pay", "the fee is asked",
          pay)
    accept = mine[("application.accept", "1")]
    check(not accept["open"] and "fee_paid" in accept["missing"],
          "accept lacks the fee", accept)
    refuse = mine[("application.refuse_art8", "1")]
    check(refuse["decision"]["kind"] == "refuse_art8" and
          refuse["decision"]["propose"] == "freeze" and not refuse["mine"],
          "what needs a decision says which", refuse)
    own = options(o, APP, case)
    check(("application.withdraw", "1") in own and
          all(i["mine"] and "applicant" in i["roles"]
              for i in own.values()), "an applicant sees the own acts", own)
    a = o.api("auditor-1", "GET", "/v1/cases/%s/commands" % case)
    check(not any(i["mine"] for i in a["items"]), "an auditor has none", a)
    a = o.api(APP, "GET", "/v1/cases/c0/commands")
    check(a.status == 404, "of no case there are none", a)


def agrees(o, case, schemas):
    """What is open and mine is done or hangs on the act; the rest is refused
    with a code, and changes nothing."""
    head = o.head(case)
    words = [n[len("command."):] for n in schemas if
             n.startswith("command.")]
    codes = {}
    for who in (SEC, APP, OFF, "member-1"):
        possible = {} if who == "member-1" else options(o, who, case)
        for word in words:
            if any(c == word and i["open"] and i["mine"]
                   for (c, _), i in possible.items()):
                continue
            data = example(schemas["command." + word])
            a = o.command(who, case, word, data, head=head)
            if a.status == 200:
                fail("%s by %s was not offered: %s" % (word, who, data))
            codes[a["code"]] = codes.get(a["code"], 0) + 1
            good = a.status in (400, 403, 404, 409, 422)
            if a["code"].startswith("E_FLOW"):
                good = good and a.get("machine") == word.split(".")[0] and \
                    a.get("event") == word.split(".")[1] and "state" in a.json
            if a["code"] == "E_FLOW_GUARD":
                good = good and guard_of(a) in a["guards"]
            if not good:
                check(False, "%s by %s is refused by a code" % (word, who), a)
    check(o.head(case) == head, "%d refusals change nothing: %s" % (
        sum(codes.values()), codes))
    check(codes.get("E_FLOW_STEP", 0) > 50 and codes.get("E_FLOW_ROLE", 0) > 5
          and codes.get("E_FLOW_GUARD", 0) > 0, "each code occurs", codes)


# --- data ---

def hostile_data(o, case):
    tries = [
        ("fee.pay", {"amount": "1"}, "data.amount"),
        ("fee.pay", {"amount": 1, "refund": 1}, "data.refund"),
        ("fee.pay", {"amount": 1, "excess": 5}, "data.excess"),
        ("fee.pay", {"amount": 1, "paid_on": "2026-13-01"}, "data.paid_on"),
        ("fee.pay", {}, "data.amount"),
        ("freeze", {"kind": "amnesty"}, "data.kind"),
        ("request_correction", {"signature": 1}, "data.signature"),
        ("request_correction", {"decision": {}}, "data.decision"),
        ("request_correction", {"__proto__": {}}, "data.__proto__"),
        ("request_correction", {"due": "2026-08-01"}, "data.due"),
    ]
    for command, data, member in tries:
        a = o.command(SEC, case, command, data)
        check(a.status == 400 and member in a["detail"],
              "%s with %s names the member" % (command, data), a)
    for command in ("fee.refund", "refund", "nothing.pay", "", "a" * 70):
        a = o.command(SEC, case, command, {})
        check(a.status == 400, "there is no %.20s" % command, a)


# --- papers ---

def hostile_papers(o, case):
    good = paper("note")
    tries = [
        ("nine", [good] * 9, 413),
        ("4 MiB and one byte", [paper("note", "x" * ((4 << 20) + 1))], 413),
        ("together too many", [paper("note", "x" * 1430000)] * 3, 413),
        ("no base64", [{**good, "content": "***"}], 400),
        ("empty", [{**good, "content": ""}], 400),
        ("a role with a space", [{**good, "role": "a b"}], 400),
        ("public", [{**good, "tag": "public"}], 400),
        ("a member more", [{**good, "n": 1}], 400),
        ("a tag unknown", [{**good, "tag": "top_secret"}], 400),
        ("no list of objects", ["x"], 400),
    ]
    for name, documents, status in tries:
        refused(o, SEC, case, "request_correction", status,
                "papers: %s" % name, documents=documents)
    refused(o, APP, case, "withdraw", 400, "papers: an applicant's internal",
            documents=[paper("note", tag="internal")])


def kept(o, case):
    """Papers beyond what a frame carries are kept and read again."""
    text = "架空の説明" * 60000
    c = o.do(SEC, case, "request_correction", {"items": ["form_b"]},
             documents=[paper("request", text), paper("note", "手控え")])
    listed = {d["role"]: d for d in c["documents"] if "path" not in d}
    check(listed["request"]["tag"] == "secret" and
          listed["note"]["tag"] == "internal" and
          listed["request"]["size"] == len(text.encode()),
          "papers have the tag of their role", listed)
    a = o.api(SEC, "GET", "/v1/cases/%s/documents/%d" % (
        case, listed["request"]["n"]), strict=False)
    check(a.body == text.encode(), "and are read as they came")
    event = o.last(case, "request_correction")
    check([d["role"] for d in event["data"]["documents"]] ==
          ["request", "note"] and len(event["docs"]) == 2 and
          "架空" not in str(event), "the event has commitments, no content",
          event)
    own = o.api(APP, "GET", "/v1/cases/" + case)
    roles = [d["role"] for d in own["documents"] if "path" not in d]
    check(roles == ["request"], "an applicant sees no internal note", roles)
    check(any("path" in d for d in own["documents"]),
          "what was submitted is still there", own)


# --- flow 50 ---

def too_late(o):
    """Approved, but not executed in its time."""
    case = new_case(o, "架空期限超過サービス")
    o.accept(case)
    on = (o.now() + datetime.timedelta(days=1)).date().isoformat()
    decision = o.propose(case, certified_on=on)
    check(o.decide(decision) == "approved", "flow 50: approved for tomorrow")
    check(o.case(case)["state"] == "deciding", "flow 50: and not executed")
    o.move(START + datetime.timedelta(hours=169))
    a = o.api(OFF, "GET", "/v1/decisions/" + decision)
    check(o.case(case)["decisions"][-1]["state"] == "expired",
          "flow 50: expired after its 168 hours", a)
    a = o.command(OFF, case, "decide_certify", {})
    check(a.status == 422 and "approved" in a["guards"],
          "flow 50: nothing executes", a)
    refused(o, OFF, case, "decision.execute", 409, "flow 50: nor itself",
            instance=decision)
    o.do(OFF, case, "send_back", {})
    check(o.decide(o.propose(case)) == "executed", "flow 50: frozen again")
    return case


def published(o):
    """The case of the OpenAPI document, its references resolved."""
    doc = o.api(None, "GET", "/openapi.json").json["components"]["schemas"]

    def whole(x):
        if isinstance(x, list):
            return [whole(v) for v in x]
        if not isinstance(x, dict):
            return x
        if "$ref" in x:
            return whole(doc[x["$ref"].rsplit("/", 1)[1]])
        return {k: whole(v) for k, v in x.items()}
    return whole(doc["Case"])


def main():
    o = steps_of(Office())
    o.grant("member-1", "member-1", "member")
    o.start(START)
    schemas = fetch(o)
    check(len(schemas) > 150 and "event.body.read" in schemas,
          "%d schemas are published" % len(schemas))
    check(o.api(None, "GET", "/v1/schemas/event.fee.refund").status == 404,
          "there is none of a refund")
    check(published(o) == {k: v for k, v in schemas["case"].items()
                           if k[0] != "$" and k != "title"},
          "the case is described alike in both places")
    case = new_case(o, "架空コマンドサービス")
    case_conforms(o, schemas, case)
    offered(o, case)
    agrees(o, case, schemas)
    hostile_data(o, case)
    hostile_papers(o, case)
    kept(o, case)
    done = too_late(o)
    agrees(o, done, schemas)
    case_conforms(o, schemas, done)
    events_conform(o, schemas, "commands")
    finish()


main()
