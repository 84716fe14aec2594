# SPDX-License-Identifier: Apache-2.0
"""A history with something of everything, made by the real processes in three
days: what a forger and a witness of tampering need."""
import datetime
import json
import os

from lib import SCHEMES, Office, fail, midnight, papers, run

GENAI, IAAS = SCHEMES[1], SCHEMES[0]
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)


def new_officer(o, until):
    """officer-3, secretary as well, with a key of their own, until an
    instant."""
    path = os.path.join(o.people, "officer-3.key")
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path, "-C", "")
    with open(path + ".pub", encoding="ascii") as f:
        public = " ".join(f.read().split()[:2])
    begins = (o.now() - HOUR).isoformat(timespec="seconds")
    return {"schema": "nintei.roster/1", "person": "officer-3",
            "roles": ["officer", "secretariat"], "valid_from": begins,
            "valid_until": until.isoformat(timespec="seconds"),
            "keys": [{"id": "k1", "type": "ssh", "public": public,
                      "valid_from": begins}]}


def change_roster(o, entry):
    c = o.do("secretary-1", "roster", "freeze", {
        "kind": "roster", "outcome": "roster", "reasons": "名簿の変更",
        "entry": entry})
    return c["decisions"][-1]["decision_id"]


def settle(o, decision, want, signers=("officer-1", "officer-2")):
    for who in signers:
        a = o.sign(who, decision)
        if a.status != 200:
            fail("%s signs %s: %r" % (who, decision, a))
    if a["state"] != want:
        fail("%s is %s, not %s" % (decision, a["state"], want))


def in_review(o, service, scheme=GENAI):
    case = o.new_case(scheme, service=service)
    o.accept(case)
    return case


def first_day(o, names):
    names["revoked"], _ = o.certify(GENAI, service="架空サービス一")
    names["later"], _ = o.certify(GENAI, service="架空サービス二")
    names["declined"] = case = in_review(o, "架空サービス三")
    no = o.review(GENAI, [sorted(o.review(GENAI))[0]])
    c = o.do("secretary-1", case, "propose_decline",
             {"review": no, "reasons": "審査基準を満たさないため"})
    settle(o, c["decisions"][-1]["decision_id"], "executed")
    names["corrected"] = case = o.new_case(GENAI, service="架空サービス四")
    o.do("secretary-1", case, "request_correction", {"items": []})
    a = o.submit(papers(GENAI, service="架空サービス四"), GENAI,
                 query="case=" + case)
    if a.status != 201:
        fail("the corrected bundle: %r" % a)
    names["rejected"] = case = in_review(o, "架空サービス五")
    decision = o.propose(case)
    o.sign("officer-1", decision)
    o.sign("officer-2", decision, namespace="objection@nintei")
    names["expired"] = case = in_review(o, "架空サービス六")
    names["expiring"] = o.propose(case)
    o.sign("officer-1", names["expiring"])
    settle(o, change_roster(o, new_officer(o, o.now() + DAY)), "executed")
    return names


def second_day(o, names):
    """The new officer proposes; one certification is revoked."""
    names["iaas"] = case = in_review(o, "架空基盤サービス", IAAS)
    settle(o, o.propose(case, "officer-3"), "executed")
    o.revoke(names["revoked"])
    a = o.api("secretary-1", "GET", "/v1/cases/%s/key" % names["iaas"])
    if a.status != 200:
        fail("the key: %r" % a)


def third_day(o, names):
    """What nobody finished has run out; one certificate over the applicant's
    own key, one more revocation."""
    names["last"], _ = o.certify(GENAI)
    o.revoke(names["later"])
    a = o.api("officer-1", "GET", "/v1/cases/%s/key" % names["last"])
    if a.status != 200:
        fail("the key: %r" % a)
    names["new"] = o.new_case(IAAS, service="架空基盤サービス二")


def tell():
    """The office, stopped, and the cases by what became of them."""
    o = Office()
    names = {}
    o.grant("officer-3", "officer-3", "officer secretariat")
    day = midnight(o.now().date().isoformat(), 1) + DAY / 2
    o.start(day)
    first_day(o, names)
    o.restart(day + HOUR)
    second_day(o, names)
    end = max(day + 2 * DAY, datetime.datetime.fromisoformat(json.loads(
        o.document(names["expiring"]))["expires_at"]))
    o.restart(end)
    third_day(o, names)
    if o.stop() != 0:
        fail("the server did not end well")
    return o, names
