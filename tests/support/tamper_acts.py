# SPDX-License-Identifier: Apache-2.0
"""Forgeries of acts, decisions, roster and policies; see tamper_history."""
import json
import os

import thief
from forgery import DAY, data, edit, moved, stranger
from story import GENAI

LIST = "crl-genai-saas/4"


# --- acts ---

def effects_out(x):
    x.at("last/7").event["effects"].pop()


def effects_more(x):
    step = x.at("last/2")
    step.event["effects"].append({
        "machine": "application", "instance": "1", "from": "submitted",
        "event": "accept", "to": "in_review"})


def self_decided(x):
    """The applicant sits among those who decide."""
    submit = x.at("last/1")
    submit.edit(actor="officer-1")
    x.remake("last/4")


def by_applicant(x):
    step = x.at("last/3")
    step.role = "applicant"
    step.edit(actor="applicant-1", role="applicant")


def clock_early(x):
    """The clock's event while there was time left."""
    step = x.at("expired/6")
    x.steps.remove(step)
    before = x.at("iaas/1")
    x.when(step, before.committed - step.committed)
    x.insert("iaas/1", step)


def clock_left_out(x):
    """The officer signs all the same, the quorum is there."""
    i = x.index("expired/6")
    step = x.again("revoked/6", 6)
    step.case = x.names["expired"]
    step.edit(case_id=step.case, event_id=step.case + "/6",
              decision_id=x.names["expiring"])
    step.event["instance"] = x.names["expiring"]
    step.event["effects"][0]["instance"] = x.names["expiring"]
    x.when(step, x.steps[-1].committed + 3600 - step.committed)
    x.approve(step, x.document("expired/4"))
    del x.steps[i]
    x.steps.append(step)


def read_of_nothing(x):
    x.at("access/1").event["data"]["case"] = "c" + "0" * 24


# --- decisions ---

def decision_edited(x):
    step = x.at("last/4")
    path = step.file("/decision.json")
    step.files[path] = step.files[path].replace(b"2026-07-01", b"2026-07-02")


def decision_edited_fully(x):
    """With its hash in the event; the approvals stay as they were."""
    step = x.at("declined/4")
    path = step.file("/decision.json")
    document = json.loads(step.files[path])
    document["reasons"] = "ほかの理由"
    step.files[path] = thief.canonical(document)
    step.event["data"]["reasons"] = document["reasons"]
    step.event["data"]["decision"]["sha256"] = thief.sha256(step.files[path])


def decision_changed_later(x):
    path = x.at("last/4").file("/decision.json")
    x.at("last/5").files[path] = b"{}"


def detail_edited(x):
    step = x.at("last/4")
    path = step.file("/detail.json")
    step.files[path] = step.files[path].replace("架空".encode(),
                                                "仮想".encode())


def approval_copied(x):
    one, two = x.at("last/5"), x.at("last/6")
    two.files[two.file(".sig")] = one.files[one.file(".sig")]
    two.event["data"] = dict(one.event["data"])


def approval_unnamed(x):
    """A good signature, but not the one that the event names."""
    step = x.at("last/6")
    x.approve(step, x.document("last/4"))
    step.event["data"]["signature"] = "0" * 64


def approval_by(who, key=None):
    def forged(x):
        step = x.at("last/6")
        x.approve(step, x.document("last/4"), who, key and key(x))
    return forged


def approval_by_proposer(x):
    step = x.at("iaas/6")
    x.approve(step, x.document("iaas/4"), "officer-3")


def approval_twice(x):
    """One officer, twice."""
    step = x.at("last/6")
    x.approve(step, x.document("last/4"), "officer-1")


def approval_of_another(x):
    x.approve(x.at("last/6"), x.document("later/4"))


def approval_namespace(name):
    def forged(x):
        x.approve(x.at("last/6"), x.document("last/4"), namespace=name)
    return forged


def objection_dropped(x):
    """An objection made an approval by name alone."""
    step = x.at("rejected/6")
    step.rename("decision", "sign")
    step.edit(to="open", guards=x.at("last/6").event["guards"], effects=[{
        "machine": "decision", "instance": step.event["instance"],
        "from": "open", "event": "quorum", "to": "approved"}])


def quorum_short(x):
    """One approval makes the quorum."""
    x.at("last/5").event["effects"] = x.at("last/6").event["effects"]
    x.drop("last/6")
    x.close("last/6")


def quorum_skipped(x):
    x.drop("last/6")
    x.close("last/6")


def needed_one(x):
    x.at("last/4").event["data"]["decision"]["needed"] = 1


def executed_twice(x):
    x.steps.append(x.again("last/7", 9))


def roster_twice(x):
    x.steps.insert(x.index("roster/4") + 1, x.again(
        "roster/4", 5, dict(x.at("roster/4").files)))


def other_basis(x):
    x.remake("last/4", case_basis=x.at("later/4").event["data"]["decision"][
        "case_basis"])


def long_life(x):
    step = x.at("last/4")
    end = json.loads(step.files[step.file("/decision.json")])["expires_at"]
    x.remake("last/4", expires_at=moved(end, 30 * DAY))


def frozen_before(x):
    """Frozen a day before the event says so."""
    begun = json.loads(x.document("last/4"))["frozen_at"]
    end = json.loads(x.document("last/4"))["expires_at"]
    x.remake("last/4", frozen_at=moved(begun, -DAY),
             expires_at=moved(end, -DAY))


def other_outcome(x):
    x.remake("declined/4", outcome="decide_certify")


def other_service_decided(x):
    """Decision and record disagree."""
    x.remake("last/4", service="架空サービス二")


def review_edited(x):
    """A criterion not met, and certified all the same."""
    review = x.at("last/4").event["data"]["review"]
    review["G1"] = {"met": False, "reason": "満たさない"}
    x.remake("last/4")


def data_again(text, then, **members):
    """A leaf of the basis edited, the decision made anew."""
    def forged(x):
        x.at(text).event["data"].update(members)
        x.remake(then)
    return forged


def received_back(x):
    """Received a week before it was."""
    step = x.at("last/1")
    step.event["data"]["received_at"] = moved(step.event["data"][
        "received_at"], -7 * DAY)
    x.remake("last/4")


def fee_low(x):
    """One yen asked for, one yen paid."""
    x.at("last/1").event["data"]["fee"]["amount"] = 1
    x.at("last/2").event["data"]["amount"] = 1
    x.remake("last/4")


def fee_late(x):
    """A month more to pay."""
    fee = x.at("last/1").event["data"]["fee"]
    fee["due_at"] = moved(fee["due_at"], 30 * DAY)
    x.remake("last/4")


def correction_late(x):
    step = x.at("corrected/2")
    due = step.event["data"]["correction_due_at"]
    step.event["data"]["correction_due_at"] = moved(due, 30 * DAY)


def number_taken(x):
    """The number of another certification."""
    step = x.at("last/4")
    number = x.at("later/4").event["data"]["decision"]["cert_number"]
    path = step.file("/detail.json")
    detail = json.loads(step.files[path])
    detail["designated_url"] = detail["designated_url"].replace(
        detail["record"]["number"], number)
    detail["record"]["number"] = number
    step.files[path] = thief.canonical(detail)
    x.remake("last/4", cert_number=number,
             detail=thief.sha256(step.files[path]))


def grade_raised(x):
    """A better proof of existence than the intake recorded."""
    step = x.at("last/4")
    path = step.file("/detail.json")
    detail = json.loads(step.files[path])
    detail["existence"] = "strong"
    step.files[path] = thief.canonical(detail)
    x.remake("last/4", detail=thief.sha256(step.files[path]))


def grade_invented(x):
    x.at("last/1").event["data"]["existence"]["grade"] = "certain"


def own_roster(x):
    """An officer's key given to a second name, by decision."""
    step = x.at("roster/1")
    path = step.file("/detail.json")
    entry = json.loads(step.files[path])
    entry["keys"][0]["public"] = entry_of(x)["keys"][0]["public"]
    step.files[path] = thief.canonical(entry)
    if "entry" in step.event["data"]:
        step.event["data"]["entry"] = entry
    x.remake("roster/1", based=False, detail=thief.sha256(step.files[path]))
    x.at("roster/4").files["roster/officer-3.json"] = step.files[path]


# --- roster, policies, the beginning ---

def roster_quorum(x):
    step = x.at("roster/2")
    step.event["effects"] = x.at("roster/3").event["effects"]
    x.drop("roster/3")
    x.close("roster/3")


def entry_of(x):
    return json.loads(x.steps[0].files["roster/officer-1.json"])


def roster_aside(x):
    """An entry with a payment."""
    entry = entry_of(x)
    entry["roles"].append("secretariat")
    x.at("last/2").files["roster/officer-1.json"] = thief.canonical(entry)


def roster_other(x):
    """The decision over one entry, another in the tree."""
    step = x.at("roster/4")
    entry = json.loads(step.files["roster/officer-3.json"])
    del entry["valid_until"]
    step.files["roster/officer-3.json"] = thief.canonical(entry)


def roster_two(x):
    """One more entry than was decided."""
    entry = entry_of(x)
    entry["roles"].append("secretariat")
    x.at("roster/4").files["roster/officer-1.json"] = thief.canonical(entry)


def signers_aside(x):
    lines = x.at("roster/4").files["allowed_signers"]
    x.at("last/2").files["allowed_signers"] = lines + (
        "officer-1 namespaces=\"decision@nintei\" %s\n" %
        stranger(x).line()).encode()


def signers_other(x):
    step = x.at("roster/4")
    step.files["allowed_signers"] += (
        "officer-1 namespaces=\"decision@nintei\" %s\n" %
        stranger(x).line()).encode()


def signers_kept(x):
    """The entry changes, the list does not."""
    del x.at("roster/4").files["allowed_signers"]


def genesis_edited(x):
    first = x.steps[0]
    record = json.loads(first.files["genesis.json"])
    record["roster"]["officer-1"] = "0" * 64
    first.files["genesis.json"] = thief.canonical(record)
    x.trust = "none"


def genesis_later(x):
    record = json.loads(x.steps[0].files["genesis.json"])
    record["development"] = False
    x.at("last/2").files["genesis.json"] = thief.canonical(record)


def policy_later(x):
    path = [p for p in x.steps[0].files if p.endswith("/params.yaml")][0]
    x.at("last/2").files[path] = x.steps[0].files[path] + b"\n"


def policy_added(x):
    for path, text in x.steps[0].files.items():
        if path.startswith("schemes/genai-saas/"):
            x.at("last/2").files[path.replace("-01.1/", "-01.2/")] = text


def policy_begun(x):
    """One file of the first commit does not load."""
    path = [p for p in x.steps[0].files if p.endswith("saas/2026-07-01.1/"
                                                      "params.yaml")][0]
    x.steps[0].files[path] = b"quorum: []\n"
    x.trust = "none"


def ca_later(x):
    x.at("last/2").files["pki/genai-saas.cer"] = \
        x.steps[0].files["pki/iaas-paas-iot.cer"]


def ca_other(x):
    """The issuer of the first commit is of another root."""
    key = os.path.join(x.history.office.home, "keys", "ca", GENAI,
                       "key.pem")
    first = x.steps[0]
    first.files["pki/genai-saas.cer"] = thief.resigned(
        first.files["pki/genai-saas.cer"], key, lambda items: items)
    x.trust = "none"


KINDS = (
    # acts
    ("rule_version not in force", edit("last/2", rule_version="2022-04-01"),
     ("AUDIT-35",), "last/2"),
    ("policy_version of tomorrow", edit(
        "last/2", policy_version="2026-07-01.2"), ("AUDIT-35",), "last/2"),
    ("another state before", edit("last/3", **{"from": "correcting"}),
     ("AUDIT-31",), "last/3"),
    ("another state after", edit("last/3", to="deciding"), ("AUDIT-31",),
     "last/3"),
    ("another article", edit("last/3", article="6(4)"), ("AUDIT-31",),
     "last/3"),
    ("a guard left out", edit("last/3", guards=["fee_paid", "intake_ok"]),
     ("AUDIT-31",), "last/3"),
    ("an effect left out", effects_out, ("AUDIT-37",), "last/7"),
    ("an effect too many", effects_more, ("AUDIT-37",), "last/2"),
    ("too little paid", data("last/2", amount=1), ("AUDIT-40",), "last/2"),
    ("received before it was", received_back, ("AUDIT-42",), "last/1"),
    ("a lower fee asked for", fee_low, ("AUDIT-42",), "last/1"),
    ("more time to pay", fee_late, ("AUDIT-42",), "last/1"),
    ("more time to correct", correction_late, ("AUDIT-42",), "corrected/2"),
    ("findings that refuse", data_again(
        "last/1", "last/4", findings={"refuse": 1, "correct": 0, "warn": 0}),
     ("AUDIT-37", "AUDIT-42"), "last/1"),
    ("a criterion not met", review_edited, ("AUDIT-40",), "last/4"),
    ("another decision named", edit("last/6", decision_id="d0"),
     ("AUDIT-42",), "last/6"),
    ("another instance", edit("last/6", instance="d0"),
     ("AUDIT-5", "AUDIT-30"), "last/6"),
    ("a list by an officer", edit(LIST, role="officer", actor="officer-1"),
     ("AUDIT-15", "AUDIT-32"), LIST),
    ("an unknown machine", edit("last/2", machine="treasury"),
     ("AUDIT-15",), "last/2"),
    ("an actor without that role", edit("last/2", actor="auditor-1"),
     ("AUDIT-33",), "last/2"),
    ("an actor of nowhere", edit("last/2", actor="nobody"), ("AUDIT-33",),
     "last/2"),
    ("a role that may not", by_applicant, ("AUDIT-32",), "last/3"),
    ("the applicant decides", self_decided, ("AUDIT-34", "AUDIT-55"),
     "last/5"),
    ("the clock before its time", clock_early, ("AUDIT-38",), "expired/6"),
    ("the clock left out", clock_left_out, ("AUDIT-38", "AUDIT-57"),
     "expired/6"),
    ("a case read that is none", read_of_nothing, ("AUDIT-40",),
     "access/1"),
    ("a member of data that no act has", data("last/2", remark="more"),
     ("AUDIT-21",), "last/2"),
    ("a cause where nothing is owed", edit("last/2", cause="1" * 64),
     ("AUDIT-39",), "last/2"),
    ("the calendar's word by somebody else", edit("expired/6", actor="core"),
     ("AUDIT-38",), "expired/6"),
    ("another day of revocation", data("revoked/12",
                                       revoked_on="2026-01-01"),
     ("AUDIT-42",), "revoked/12"),
    ("the applicant reads as auditor", edit(
        "access/1", actor="applicant-1", role="auditor"),
     ("AUDIT-15", "AUDIT-33", "AUDIT-68"), "access/1"),
    # decisions
    ("a decision edited", decision_edited, ("AUDIT-50",), "last/4"),
    ("a decision and its hash edited", decision_edited_fully,
     ("AUDIT-52",), "declined/5"),
    ("a decision replaced later", decision_changed_later, ("AUDIT-3",),
     "last/5"),
    ("its detail edited", detail_edited, ("AUDIT-50",), "last/4"),
    ("one approval a copy of the other", approval_copied, ("AUDIT-52",),
     "last/6"),
    ("an approval that the event does not name", approval_unnamed,
     ("AUDIT-52",), "last/6"),
    ("an approval with another's key", approval_by("officer-2", stranger),
     ("AUDIT-52",), "last/6"),
    ("an approval over another decision", approval_of_another,
     ("AUDIT-52",), "last/6"),
    ("an approval by a stranger", approval_by("stranger-1", stranger),
     ("AUDIT-33", "AUDIT-53"), "last/6"),
    ("an approval by a retired officer", approval_by("officer-3"),
     ("AUDIT-33", "AUDIT-53"), "last/6"),
    ("an approval by a secretary", approval_by("secretary-1"),
     ("AUDIT-33", "AUDIT-53"), "last/6"),
    ("an approval by the proposer", approval_by_proposer,
     ("AUDIT-34", "AUDIT-54"), "iaas/6"),
    ("one officer twice", approval_twice, ("AUDIT-5",), "last/6"),
    ("an objection counted as approval", approval_namespace(
        "objection@nintei"), ("AUDIT-52",), "last/6"),
    ("an approval in namespace git", approval_namespace("git"),
     ("AUDIT-52",), "last/6"),
    ("an objection renamed", objection_dropped, ("AUDIT-52",),
     "rejected/6"),
    ("one approval short", quorum_short, ("AUDIT-56",), "last/5"),
    ("one approval short, carried out", quorum_skipped,
     ("AUDIT-40", "AUDIT-56"), "last/6"),
    ("a lower quorum", needed_one, ("AUDIT-56",), "last/4"),
    ("a decision carried out twice", executed_twice,
     ("AUDIT-30", "AUDIT-58"), "last/9"),
    ("a decision on the roster carried out twice", roster_twice,
     ("AUDIT-58",), "roster/5"),
    ("the basis of another case", other_basis, ("AUDIT-51",), "last/4"),
    ("a decision that stands too long", long_life, ("AUDIT-57",), "last/4"),
    ("a decision dated back", frozen_before, ("AUDIT-57",), "last/4"),
    ("an outcome of another kind", other_outcome, ("AUDIT-50",),
     "declined/4"),
    ("a decision for another service", other_service_decided,
     ("AUDIT-60",), "last/4"),
    ("the number of another certification", number_taken, ("AUDIT-64",),
     "last/4"),
    ("a better proof of existence", grade_raised, ("AUDIT-60",), "last/4"),
    ("a grade that does not exist", grade_invented, ("AUDIT-42",), "last/1"),
    ("one key for two people", own_roster, ("AUDIT-59",), "roster/4"),
    # roster, policies, the beginning
    ("the roster without quorum", roster_quorum, ("AUDIT-56",), "roster/2"),
    ("the roster by another event", roster_aside, ("AUDIT-59",), "last/2"),
    ("another entry than decided", roster_other, ("AUDIT-59",), "roster/4"),
    ("one entry more than decided", roster_two, ("AUDIT-59",), "roster/4"),
    ("allowed_signers by another event", signers_aside, ("AUDIT-59",),
     "last/2"),
    ("one signer more than the roster has", signers_other, ("AUDIT-59",),
     "roster/4"),
    ("allowed_signers left behind", signers_kept, ("AUDIT-59",),
     "roster/4"),
    ("genesis.json edited", genesis_edited, ("AUDIT-92",), "authority/1"),
    ("genesis.json edited later", genesis_later, ("AUDIT-3",), "last/2"),
    ("a policy edited later", policy_later, ("AUDIT-3",), "last/2"),
    ("a policy added without an act", policy_added, ("AUDIT-36",),
     "last/2"),
    ("a policy that does not load", policy_begun, ("AUDIT-36",),
     "authority/1"),
    ("the issuer's certificate replaced later", ca_later, ("AUDIT-3",),
     "last/2"),
    ("an issuer that the root did not sign", ca_other, ("AUDIT-93",),
     "authority/1"),
)
