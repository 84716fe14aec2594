#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Art. 22: a version is drafted, deliberated on, adopted, announced and comes
into force by the clock; open cases follow it; policies change by decision; an
amendment is taken back; a third scheme needs no C."""
import hashlib
import json
import os
import shutil

from lib import NO_HEAD, Office, check, finish, papers, when
from lifecycle import officers
from people import enroll, hire, signed
from steps import guard_of, last, paper, propose_kind, refused, steps_of

SCHEME = "iaas-paas-iot"
CASE = "rules-" + SCHEME
POLICY = "policy-" + SCHEME
SEC = "secretary-1"
MEMBERS = ["member-1", "member-2", "member-3"]
OLD, NEW, LATER = "2022-04-01", "2027-04-01", "2027-09-01"


def at(text):
    return when(text + "+09:00")


def version(o, name, edits, base=""):
    """A complete folder under versions/, made from another by edits."""
    home = os.path.join(o.home, "policies", SCHEME)
    folder = os.path.join(home, "versions", name)
    source = os.path.join(home, base) if base else home
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for file in os.listdir(source):
        if os.path.isfile(os.path.join(source, file)):
            shutil.copy(os.path.join(source, file), folder)
    for file, old, new in edits:
        path = os.path.join(folder, file)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        check(old in text, "%s has %s" % (file, old[:40]))
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new, 1))
    path = os.path.join(folder, "rule.txt")
    with open(path, "rb") as f:
        digest = hashlib.sha256(f.read()).hexdigest()
    path = os.path.join(folder, "scheme.yaml")
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")
    lines = ["    sha256: " + digest if line.startswith("    sha256:")
             else line for line in lines]
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines))
    return folder


def amended(day, number="1"):
    return [
        ("scheme.yaml", "- rule_version: \"%s\"" % OLD,
         "- rule_version: \"%s\"" % day),
        ("scheme.yaml", "policy: \"1\"", "policy: \"%s\"" % number),
        ("rule.txt", "遅滞なく認定機関のホームページ等を通じて公表する",
         "速やかに認定機関のホームページ等を通じて公表する"),
        ("params.yaml", "first_day_counts: no", "first_day_counts: yes"),
        ("criteria.yaml", "value: \"100\"", "value: \"1\""),
    ]


def state(o, instance, case=CASE):
    found = [m["state"] for m in o.case(case)["machines"]
             if m["machine"] == "rules" and m["instance"] == instance]
    return found[-1] if found else None


def in_force(o, day=None):
    a = o.api(None, "GET", "/v1/rules/%s/9(1)%s" % (
        SCHEME, "?as_of=" + day if day else ""))
    return a["policy_version"] if a.status == 200 else a.status


def deliberate(o, who, members, instance, minutes=True, named=True):
    """named: the signature says which version, and is another for each."""
    act = "rules.deliberated" + ("/" + instance if named else "")
    data = signed(o, who, CASE, act, {"members": members})
    return o.command(who, CASE, "deliberated", data, instance=instance,
                     documents=[paper("minutes", "議事録")] if minutes else [])


def freeze(o, outcome, instance=None, case=CASE, kind="rules", **data):
    if instance:
        data["instance"] = instance
    if outcome:
        data["outcome"] = outcome
    return o.command(SEC, case, "freeze", {
        "kind": kind, "reasons": "改正のため", **data},
        head=o.head(case))


def adopt(o, instance):
    a = freeze(o, "adopt", instance)
    if not check(a.status == 200, "adoption of %s is proposed" % instance, a):
        return None
    return o.decide(a["decisions"][-1]["decision_id"])


def installed(o):
    """Genesis imported it; officers confirm, once."""
    a = freeze(o, "import")
    check(a.status == 200, "what is installed is imported", a)
    check(o.decide(a["decisions"][-1]["decision_id"]) == "executed",
          "by both officers")
    check(state(o, OLD) == "in_force", "it is in force", o.case(CASE))
    a = freeze(o, "import")
    check(a.status == 409, "and not imported again", a)
    check(in_force(o) == OLD + ".1", "the text says so", in_force(o))


def drafts(o):
    a = o.command(SEC, CASE, "draft", {"policy_version": NEW + ".1",
                                       "effective_from": NEW})
    check(a.status == 400, "no folder, no draft", a)
    version(o, NEW, amended(NEW))
    a = o.command(SEC, CASE, "draft", {"policy_version": NEW + ".1",
                                       "effective_from": "2027-05-01"})
    check(a.status == 400, "the day of effect is the version's name", a)
    refused(o, "officer-1", CASE, "draft", 403, "an officer drafts nothing",
            data={"policy_version": NEW + ".1", "effective_from": NEW})
    o.do(SEC, CASE, "draft", {"policy_version": NEW + ".1",
                              "effective_from": NEW})
    diff = last(o, CASE, "rules.draft")["data"]["diff"]
    check([a["article"] for a in diff["articles"]] == ["11(3)"] and
          [p["key"] for p in diff["params"]] == ["first_day_counts"] and
          "rule.txt" in diff["files"] and "form-a.yaml" not in diff["files"],
          "the draft says by meaning what changes", diff)
    a = freeze(o, "adopt", NEW)
    check(a.status == 409 and a["code"] == "E_FLOW_STEP",
          "flow 20: undeliberated, nothing is adopted", a)
    refused(o, SEC, CASE, "adopt", 409, "flow 20: nor by the word",
            instance=NEW)


def deliberations(o):
    a = deliberate(o, "chair-1", MEMBERS[:2], NEW)
    check(a.status == 422 and guard_of(a) == "committee_quorum",
          "two members are no committee", a)
    a = deliberate(o, "chair-1", ["member-1"] * 3, NEW)
    check(a.status == 400, "nobody is present twice", a)
    a = deliberate(o, "chair-1", MEMBERS[:2] + ["officer-1"], NEW)
    check(a.status == 400, "an officer is no member", a)
    a = deliberate(o, "chair-1", MEMBERS, NEW, minutes=False)
    check(a.status == 400, "no deliberation without minutes", a)
    refused(o, "member-1", CASE, "deliberated", 403, "a member is no chair",
            data={"members": MEMBERS}, instance=NEW)
    a = deliberate(o, "chair-1", MEMBERS, NEW, named=False)
    check(a.status == 200 and state(o, NEW) == "deliberated",
          "three members deliberate", a)
    o.do(SEC, CASE, "revise", {}, instance=NEW)
    a = freeze(o, "adopt", NEW)
    check(a.status == 409, "what was revised is deliberated on again", a)
    a = deliberate(o, "chair-1", MEMBERS, NEW, named=False)
    check(a.status == 422 and a["guard"] == "signature_valid",
          "a signature is shown once", a)
    a = deliberate(o, "chair-1", MEMBERS, NEW)
    check(a.status == 200, "again", a)


def too_soon(o):
    """Flow 20: for 03-20 the notice is too short."""
    version(o, "2027-03-20", amended("2027-03-20"))
    o.do(SEC, CASE, "draft", {"policy_version": "2027-03-20.1",
                              "effective_from": "2027-03-20"})
    deliberate(o, "chair-1", MEMBERS, "2027-03-20")
    a = freeze(o, "adopt", "2027-03-20")
    check(a.status == 422 and guard_of(a) == "notice_enough" and
          a["article"] == "22", "flow 20: for 03-20 the notice is too short",
          a)
    o.do(SEC, CASE, "abandon", instance="2027-03-20")
    check(state(o, "2027-03-20") == "abandoned", "it is abandoned")


def announced(o):
    version(o, NEW, amended(NEW) + [
        ("criteria.yaml", "requirement: mandatory", "requirement: optional")])
    a = freeze(o, "adopt", NEW)
    check(a.status == 400, "what lies there is not what was deliberated on", a)
    version(o, NEW, amended(NEW))
    check(adopt(o, NEW) == "executed" and state(o, NEW) == "announced",
          "flow 20: adopted for 04-01", o.case(CASE))
    tree = o.git_run("ls-tree", "-r", "--name-only", "HEAD", "--",
                     "schemes/%s/%s.1/" % (SCHEME, NEW)).split()
    check(len(tree) == 8, "its files are in the tree", tree)
    data = last(o, CASE, "rules.adopt")["data"]
    check(data["effective_from"] == NEW and
          "article 11(3) changed" in data["publication"]["diff"],
          "text, difference and day are published", data)
    notices = o.api("applicant-1", "GET", "/v1/cases/%s/notices" % CASE)
    check([n["kind"] for n in notices["items"]] == ["amendment"],
          "operators are told", notices)
    check(in_force(o) == OLD + ".1" and in_force(o, NEW) == NEW + ".1" and
          in_force(o, "2027-03-31") == OLD + ".1",
          "what is in force hangs on the day alone")


def effect(o, case, before):
    """04-01 00:00: in force by the clock; later acts cite it."""
    o.move(at("2027-03-31T23:59:59"))
    check(in_force(o) == OLD + ".1" and state(o, NEW) == "announced",
          "flow 20: a second before it is not in force")
    o.move(at("2027-04-02T10:00:00"))
    check(state(o, NEW) == "in_force" and state(o, OLD) == "superseded",
          "flow 20: 04-01 00:00 in force", o.case(CASE))
    e = last(o, CASE, "rules.effective")
    check(e["effective_at"] == NEW + "T00:00:00+09:00" and
          e["recorded_at"] > e["effective_at"],
          "a late tick changes only recorded_at", e)
    check(in_force(o) == NEW + ".1", "core began anew and knows it")
    o.do(SEC, case, "request_correction", {"items": ["form_b"]})
    files = papers(SCHEME, service="改正サービス")
    a = o.submit(files, SCHEME, query="&case=" + case)
    check(a.status == 201 and not [f for f in a.get("findings", [])
                                   if f["severity"] == "correct"],
          "flow 20: corrected by the criteria of 03-10", a)
    a = o.preflight(files, SCHEME)
    check([f for f in a["findings"] if f["severity"] != "warn"],
          "which are no longer those of today", a)
    o.accept(case)
    check(last(o, case, "application.accept")["rule_version"] == NEW and
          last(o, case, "application.submit")["rule_version"] == OLD,
          "flow 20: later acts cite it")
    check(o.decide(o.propose(case)) == "executed", "certified under it")
    entry = o.case(case)["certification"]
    check(entry["valid_through"] == "2029-04-01",
          "flow 44: by the new rule the first day counts", entry)
    old = o.case(before)["certification"]
    check(old["valid_through"] == "2029-02-10",
          "flow 20: an old D is unchanged", old)
    text = o.api(None, "GET", "/v1/rules/%s/11(3)" % SCHEME)
    check("速やかに" in text["text"] and text["rule_version"] == NEW,
          "the new text is shown", text)
    text = o.api(None, "GET", "/v1/rules/%s/11(3)?as_of=2027-03-31" % SCHEME)
    check("遅滞なく" in text["text"], "and the old one for its day", text)


def policy(o):
    """A key changes by a decision of kind policy, from a later day."""
    folder = "versions/%s" % NEW
    version(o, NEW, amended(NEW))
    version(o, NEW + ".2", [
        ("scheme.yaml", "policy: \"1\"", "policy: \"2\""),
        ("params.yaml", "first_day_counts: yes", "first_day_counts: no"),
        ("params.yaml", "merger_survivor_lapses: yes",
         "merger_survivor_lapses: no"),
        ("criteria.yaml", "value: \"1\"", "value: \"100\"")],
        folder)
    detail = {"policy_version": NEW + ".2", "effective_from": "2027-05-01"}
    a = freeze(o, None, case=POLICY, kind="policy",
               detail={**detail, "effective_from": "2027-04-02"})
    check(a.status == 400, "a policy begins on a later day", a)
    a = freeze(o, None, case=POLICY, kind="policy", detail=detail)
    check(a.status == 200 and
          o.decide(a["decisions"][-1]["decision_id"]) == "executed",
          "a policy is decided", a)
    check(in_force(o) == NEW + ".1" and in_force(o, "2027-05-01") == NEW +
          ".2", "in force from its day")
    version(o, NEW + ".3", [
        ("scheme.yaml", "policy: \"1\"", "policy: \"3\""),
        ("scheme.yaml", "bar_years: \"1\"", "bar_years: \"2\"")], folder)
    a = freeze(o, None, case=POLICY, kind="policy", detail={
        "policy_version": NEW + ".3", "effective_from": "2027-06-01"})
    check(a.status == 422 and "bar_years" in a["detail"],
          "what the articles say is no policy", a)
    o.move(at("2027-05-02T10:00:00"))
    case, _ = o.certify(SCHEME, service="方針サービス")
    check(o.case(case)["certification"]["valid_through"] == "2029-05-02" and
          last(o, case, "application.submit")["policy_version"] == NEW + ".2",
          "flow 44: acts follow the policy in force")
    survivor(o, case)


def survivor(o, case):
    """Of a merger, where the policy lets the survivor's certification be."""
    o.do(SEC, case, "succession.report", {
        "kind": "merger", "survivor": True, "event_day": "2027-05-02",
        "source": "registry"}, documents=[paper("evidence")])
    lapse = officers(o, case, "lapse", reasons="合併のため")
    check(lapse != "executed" and
          o.case(case)["certification"]["state"] == "valid",
          "flow 44: the survivor's does not lapse", lapse)
    o.do(SEC, case, "decision.withdraw",
         instance=o.case(case)["decisions"][-1]["decision_id"])
    check(officers(o, case, "lapse_dismiss", reasons="存続会社のため") ==
          "executed", "flow 44: it is dismissed")
    before = last(o, case, "succession.dismiss")
    check(before["policy_version"] == NEW + ".2",
          "flow 44: each act keeps its version of the policy", before)


def rescinded(o):
    version(o, LATER, [("scheme.yaml", "- rule_version: \"%s\"" % NEW,
                        "- rule_version: \"%s\"" % LATER)],
            "versions/" + NEW)
    o.do(SEC, CASE, "draft", {"policy_version": LATER + ".1",
                              "effective_from": LATER})
    deliberate(o, "chair-1", MEMBERS, LATER)
    check(adopt(o, LATER) == "executed" and in_force(o, LATER) == LATER +
          ".1", "another amendment is announced")
    a = freeze(o, "rescind", LATER)
    check(a.status == 200 and
          o.decide(a["decisions"][-1]["decision_id"]) == "executed" and
          state(o, LATER) == "withdrawn", "and taken back", a)
    o.move(at("2027-09-02T10:00:00"))
    check(in_force(o) == NEW + ".2" and state(o, LATER) == "withdrawn",
          "it never comes into force")


def main():
    o = steps_of(Office())
    hire(o, *[(m, "member") for m in MEMBERS], ("chair-1", "chair"))
    o.start(at("2027-02-10T09:00:00"))
    for m in MEMBERS:
        enroll(o, m, "member")
    enroll(o, "chair-1", "chair")
    before, _ = o.certify(SCHEME)
    a = o.command(SEC, "rules-nobody", "draft", {}, head=NO_HEAD)
    check(a.status == 404, "rules of no scheme", a)
    installed(o)
    drafts(o)
    deliberations(o)
    o.move(at("2027-03-01T10:00:00"))
    too_soon(o)
    announced(o)
    o.move(at("2027-03-10T10:00:00"))
    case = o.new_case(SCHEME, service="改正サービス")
    effect(o, case, before)
    policy(o)
    rescinded(o)
    finish()


main()
