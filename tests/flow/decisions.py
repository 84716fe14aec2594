#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nothing is decided without its officers: every way to have too few, the
wrong ones, or the right ones over something else."""
import base64
import hashlib
import json
import os
import urllib.parse

from lib import Office, check, finish, papers, run

SCHEME = "genai-saas"


def refused(name, answer, guard):
    check(answer.status == 422 and answer["code"] == "E_FLOW_GUARD" and
          guard in answer["guards"], "%s: %s" % (name, guard), answer)


def key_of(o, name, *kind):
    path = os.path.join(o.work, name)
    run("ssh-keygen", "-q", "-t", *kind, "-N", "", "-C", name, "-f", path)
    with open(path + ".pub", encoding="ascii") as f:
        return path, " ".join(f.read().split()[:2])


def code_of(document):
    """The first 80 bits of its SHA-256, base32, 4x4 (REGULATION 3), without
    letters that look alike."""
    text = base64.b32encode(hashlib.sha256(document).digest()[:10]).decode()
    text = text.translate(str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
                                        "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"))
    return "-".join(text[i:i + 4] for i in range(0, 16, 4))


def in_review(o, service):
    case = o.new_case(SCHEME, service=service)
    o.accept(case)
    return case


def signatures(o, decision):
    return o.api("officer-1", "GET", "/v1/decisions/" + decision)


def wrong_signatures(o):
    case = in_review(o, "架空サービスその一")
    decision = o.propose(case)
    document = o.document(decision)
    stranger, _ = key_of(o, "stranger", "ed25519")
    rsa, _ = key_of(o, "rsa", "rsa", "-b", "2048")
    before = o.commits()
    changed = json.loads(document)
    changed["valid_through"] = "2099-12-31"
    other = json.dumps(changed, ensure_ascii=False, sort_keys=True,
                       separators=(",", ":")).encode()
    for name, a in (
            ("another officer's key", o.sign("officer-1", decision,
                                             "officer-2")),
            ("a stranger's key", o.sign("officer-1", decision, stranger)),
            ("an RSA key", o.sign("officer-1", decision, rsa)),
            ("namespace git", o.sign("officer-1", decision,
                                     namespace="git")),
            ("namespace opinion", o.sign("officer-1", decision,
                                         namespace="opinion@nintei")),
            ("flow 24: a changed document", o.sign("officer-1", decision,
                                          data=other)),
            ("one byte more", o.sign("officer-1", decision,
                                     data=document + b"\n")),
            ("no signature at all", o.send("officer-1", decision, b"x"))):
        refused(name, a, "signature_valid")
    refused("a secretary with an officer's token",
            o.sign("pretender", decision, "secretary-1"), "role_ok")
    for who in ("secretary-1", "auditor-1", "applicant-1"):
        a = o.sign(who, decision, "officer-1", data=document)
        check(a.status == 404, "%s has no place to sign" % who, a)
    check(o.send(None, decision, b"x").status == 401, "nor has nobody")
    check(o.send("officer-1", "d0", b"x").status == 404,
          "nor is there another decision")
    state = signatures(o, decision)
    check(state["state"] == "open" and state["signatures"] == [] and
          o.commits() == before, "none of that left a trace", state)
    check(state["comparison_code"] == code_of(document) != code_of(other),
          "flow 24: what was shown instead has another comparison code",
          state)

    check(o.sign("officer-1", decision).status == 200, "one signs")
    refused("the same officer again", o.sign("officer-1", decision),
            "distinct")
    state = signatures(o, decision)
    check(state["state"] == "open" and len(state["signatures"]) == 1,
          "still one", state)
    for who in ("officer-1", "officer-2", "secretary-1"):
        a = o.command(who, case, "decide_certify")
        check(a.status in (403, 422), "%s cannot carry it out by command" %
              who, a)
    check(o.case(case)["state"] == "deciding" and
          o.api(None, "GET", "/v1/register")["items"] == [],
          "nothing is certified")
    a = o.sign("officer-2", decision)
    check(a["state"] == "executed", "the second officer decides", a)
    a = o.sign("officer-2", decision)
    check(a.status == 409 and a["code"] == "E_FLOW_STEP",
          "an executed decision takes no more", a)
    check(o.command("officer-1", case, "decide_certify").status in (409, 422),
          "nor is it executed twice")
    return case


def proposer(o):
    case = in_review(o, "架空サービスその二")
    a = o.command("both", case, "propose_certify",
                  {"review": o.review(SCHEME)})
    check(a.status == 403 and a["code"] == "E_FLOW_ROLE",
          "a token alone makes nobody a secretary", a)
    both = json.loads(o.git_run("show", "HEAD:roster/officer-1.json"))
    both["roles"] = ["officer", "secretariat"]
    check(o.decide(change_roster(o, both)) == "executed",
          "the roster may give one person two roles")
    decision = o.propose(case, who="both")
    refused("the proposer", o.sign("both", decision, "officer-1"),
            "not_proposer")
    a = o.sign("officer-2", decision)
    check(a["state"] == "open", "another officer alone is not enough", a)
    refused("the proposer as the second", o.sign("officer-1", decision),
            "not_proposer")
    a = o.sign("officer-1", decision, namespace="objection@nintei")
    check(a.status == 200 and a["state"] == "rejected" and
          a["signatures"][-1]["answer"] == "objection",
          "though the proposer may object", a)


def objection(o):
    case = in_review(o, "架空サービスその三")
    decision = o.propose(case)
    check(o.sign("officer-1", decision).status == 200, "one approves")
    a = o.sign("officer-2", decision, namespace="objection@nintei")
    check(a["state"] == "rejected", "an objection rejects", a)
    a = o.sign("officer-2", decision)
    check(a.status == 409, "for good", a)
    check(o.case(case)["state"] == "deciding" and
          "number" not in o.case(case), "the case is not certified")
    a = o.command("officer-1", case, "decide_certify")
    check(a.status == 422, "nor by command", a)
    o.do("officer-1", case, "send_back")
    decision = o.propose(case)
    o.do("applicant-1", case, "withdraw")
    a = o.sign("officer-1", decision)
    check(a.status == 409 and signatures(o, decision)["state"] == "withdrawn"
          and o.case(case)["state"] == "withdrawn",
          "a withdrawn case takes no signature", a)


def stale(o):
    """The case moves on between freezing and signing."""
    case = o.new_case(SCHEME, service="架空サービスその四")
    c = o.do("secretary-1", case, "freeze", {
        "kind": "refuse_art8", "outcome": "refuse_art8",
        "reasons": "取消しから一年を経過していないため"})
    decision = c["decisions"][-1]["decision_id"]
    o.do("secretary-1", case, "request_correction", {"items": []})
    a = o.submit(papers(SCHEME, service="架空サービスその四"), SCHEME,
                 query="case=" + case)
    check(a.status == 201, "a new bundle arrives", a)
    refused("the basis has moved", o.sign("officer-1", decision),
            "basis_current")
    check(o.case(case)["state"] == "submitted", "nothing was decided")

    case = in_review(o, "架空サービスその五")
    decision = o.propose(case)
    check(o.sign("officer-1", decision).status == 200, "one signs")
    o.do("officer-1", case, "send_back")
    a = o.sign("officer-2", decision)
    check(a.status == 409 and signatures(o, decision)["state"] ==
          "withdrawn", "what was sent back is not signed", a)
    a = o.decide(o.propose(case))
    check(a == "executed", "a new decision is", a)


def declined(o):
    case = in_review(o, "架空サービスその六")
    review = o.review(SCHEME)
    unmet = sorted(review)[0]
    less = {k: v for k, v in review.items() if k != unmet}
    no = o.review(SCHEME, [unmet])
    bare = {**review, unmet: {"met": False}}
    for name, word, data, guard in (
            ("flow 3: a review with a gap", "propose_certify", {"review": less},
             "report_signed"),
            ("no review", "propose_certify", {}, "report_signed"),
            ("flow 3: a criterion unmet", "propose_certify", {"review": no},
             "criteria_met"),
            ("flow 3: all met", "propose_decline",
             {"review": review, "reasons": "x"}, "criteria_met"),
            ("flow 3: no reasons", "propose_decline", {"review": no},
             "reasons_given"),
            ("flow 3: no reason for the criterion", "propose_decline",
             {"review": bare, "reasons": "x"}, "reasons_given")):
        refused(name, o.command("secretary-1", case, word, data), guard)
    c = o.do("secretary-1", case, "propose_decline", {
        "review": no, "reasons": "審査基準を満たさないため"})
    check(o.decide(c["decisions"][-1]["decision_id"]) == "executed",
          "declining needs two as well")
    c = o.case(case)
    check(c["state"] == "declined" and "number" not in c and
          ("fee", "paid") in {(m["machine"], m["state"])
                              for m in c["machines"]} and
          o.api(None, "GET", "/v1/register?q=" + urllib.parse.quote(
              c["service"]["name"]))["items"] == [], "flow 3: declined, the fee stays, nothing is "
          "public", c)


def revocation(o, case):
    """Of a certified case: grounds, evidence, two officers."""
    good = {"grounds": "1", "evidence": [{"ground": 1, "event": 1}],
            "reasons": "理由"}
    for name, data in (
            ("no grounds", {**good, "grounds": None}),
            ("a tenth ground", {**good, "grounds": "10"}),
            ("grounds out of order", {**good, "grounds": "2,1"}),
            ("no evidence", {**good, "evidence": []}),
            ("ground 4 with a just reason perhaps", {**good,
                                                     "grounds": "4"})):
        data = {k: v for k, v in data.items() if v is not None}
        refused(name, o.command("secretary-1", case, "propose_revocation",
                                data), "ground_shown")
    a = o.command("officer-1", case, "propose_revocation", good)
    check(a.status == 403 and a["code"] == "E_FLOW_ROLE",
          "an officer does not propose", a)
    decision = o.propose_revocation(case)
    check(o.sign("officer-1", decision).status == 200, "one signs")
    refused("twice", o.sign("officer-1", decision), "distinct")
    for word in ("compliance.revoke", "certification.revoke",
                 "decision.sign", "decision.object"):
        a = o.command("officer-1", case, word, instance=decision
                      if word.startswith("decision") else "1")
        check(a.status == 422, "%s is no command of one officer" % word, a)
    check(o.case(case)["certification"]["state"] == "valid" and
          o.revoked(SCHEME) == [], "nothing is revoked")
    c = o.do("secretary-1", case, "freeze", {
        "kind": "revocation_drop", "outcome": "drop", "reasons": "是正された"})
    drop = c["decisions"][-1]["decision_id"]
    check(o.decide(drop) == "executed", "the proposal is dropped by two")
    check(signatures(o, decision)["state"] == "withdrawn" and
          o.case(case)["certification"]["state"] == "valid",
          "then it cannot be signed any more", o.case(case))


def forged_data(o):
    """Members of data that only the server writes are not taken over."""
    case = o.new_case(SCHEME, service="架空サービスその七")
    forged = {"decision": {"kind": "certify"}, "complete": True,
              "certification": {"number": "GAI9999-9901"}, "serial": "01",
              "publication": {}, "fee": {"amount": 1}, "findings": {},
              "received_at": "2000-01-01T00:00:00+09:00", "record": 99}
    for name, value in forged.items():
        a = o.command("secretary-1", case, "fee.pay", {
            "amount": o.fee(SCHEME), "paid_on": "2026-07-15", name: value})
        check(a.status == 400 and a["code"] == "E_INPUT" and
              name in a["detail"], "data.%s is not the sender's" % name, a)
    c = o.case(case)
    check("number" not in c and c["state"] == "submitted" and
          not c["received_at"].startswith("2000"), "the case is as it was",
          c)


def roles(o):
    case = o.new_case(SCHEME, service="架空サービスその八")
    for who, word, status in (
            ("applicant-1", "accept", 403), ("officer-1", "accept", 403),
            ("auditor-1", "accept", 403), ("applicant-1", "fee.pay", 403),
            ("secretary-1", "withdraw", 403),
            ("secretary-1", "bundle_refused", 403),
            ("secretary-1", "certification.create", 403),
            ("secretary-1", "term_ends", 409),
            ("secretary-1", "propose_certify", 409),
            ("secretary-1", "nonsense", 400),
            ("secretary-1", "bundle.accept", 400)):
        a = o.command(who, case, word, {
            "accept": {"reviewers": ["secretary-1"]},
            "fee.pay": {"amount": 1, "paid_on": "2026-07-15"}}.get(word, {}))
        check(a.status == status, "%s: %s is %d" % (who, word, status), a)
    a = o.command("secretary-1", case, "accept",
                  {"reviewers": ["secretary-1"]})
    check(a.status == 422 and a["guards"] == ["fee_paid"] and
          a["article"] == "6(1)" and a["machine"] == "application" and
          a["state"] == "submitted" and a["event"] == "accept",
          "a refusal says what it rests on", a)
    a = o.command("secretary-1", case, "fee.pay", {
        "amount": 1, "paid_on": "2026-07-15"})
    refused("one yen", a, "amount_ok")
    c = o.do("secretary-1", case, "fee.pay_part", {
        "amount": o.fee(SCHEME) - 1, "paid_on": "2026-07-15"})
    check(("fee", "due") in {(m["machine"], m["state"])
                             for m in c["machines"]}, "part is not all")
    o.pay(case, 1)
    a = o.command("officer-1", case, "close_incomplete")
    check(a.status == 422 and {"overdue", "approved"} <= set(a["guards"]),
          "closing needs a decision and a date gone by", a)


def entry(person, public, **more):
    return {"schema": "nintei.roster/1", "person": person,
            "roles": ["officer"], "valid_from": "2026-07-01T00:00:00+09:00",
            "keys": [{"id": "k1", "type": "ssh", "public": public,
                      "valid_from": "2026-07-01T00:00:00+09:00"}], **more}


def change_roster(o, new):
    c = o.do("secretary-1", "roster", "freeze", {
        "kind": "roster", "outcome": "roster", "reasons": "名簿の変更",
        "entry": new})
    return c["decisions"][-1]["decision_id"]


def roster(o):
    """A new officer with a P-256 key; another one goes."""
    path, public = key_of(o, "third", "ecdsa", "-b", "256")
    case = in_review(o, "架空サービスその九")
    waiting = o.propose(case)
    refused("not in the roster yet", o.sign("officer-3", waiting, path),
            "role_ok")
    adding = change_roster(o, entry("officer-3", public))
    refused("signing one's own entry", o.sign("officer-3", adding, path),
            "role_ok")
    check(o.sign("officer-1", adding)["state"] == "open", "one is too few")
    refused("still not in it", o.sign("officer-3", waiting, path), "role_ok")
    check(o.sign("officer-2", adding)["state"] == "executed", "two are not")
    a = o.sign("officer-3", waiting, path)
    check(a.status == 200, "then the new officer signs", a)
    tree = json.loads(o.git_run("show", "HEAD:roster/officer-3.json"))
    check(tree == entry("officer-3", public) and public.split()[1] in
          o.git_run("show", "HEAD:allowed_signers"),
          "the tree knows the officer", tree)

    old = json.loads(o.git_run("show", "HEAD:roster/officer-2.json"))
    old["valid_until"] = "2026-07-01T00:00:01+09:00"
    check(o.decide(change_roster(o, old)) == "executed", "the other goes")
    refused("a removed officer", o.sign("officer-2", waiting), "role_ok")
    a = o.sign("officer-1", waiting)
    check(a["state"] == "executed", "the signer knows the new officer", a)
    good, words = o.verify(SCHEME, o.case(case)["number"])
    check(good, "and certifies", words)
    other = in_review(o, "架空サービスその十")
    decision = o.propose(other)
    check(o.sign("officer-1", decision).status == 200, "one")
    refused("removed for good", o.sign("officer-2", decision), "role_ok")
    o.restart()
    refused("after a restart as well", o.sign("officer-2", decision),
            "role_ok")
    check(o.sign("officer-3", decision, path)["state"] == "executed",
          "and the new one holds")


def numbers(o):
    seen = [c["number"] for c in o.api("auditor-1", "GET", "/v1/register")
            ["items"]]
    check(len(seen) == len(set(seen)) and len(seen) >= 4,
          "each certification has a number of its own", seen)


def main():
    o = Office()
    o.grant("both", "officer-1", "officer secretariat")
    o.grant("pretender", "secretary-1", "officer")
    o.grant("officer-3", "officer-3", "officer")
    o.start()
    case = wrong_signatures(o)
    proposer(o)
    objection(o)
    stale(o)
    declined(o)
    revocation(o, case)
    forged_data(o)
    roles(o)
    roster(o)
    numbers(o)
    check(o.fsck()[0], "git fsck --strict", o.fsck()[1])
    finish()


main()
