#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A third scheme is a folder and no C: other id, text, terms, fees and number;
one service goes through to its certificate, and the audit agrees."""
import hashlib
import os
import shutil
import tempfile

import lib
from lib import SOURCE, Office, check, finish, papers, when

THIRD = "data-centre"
EDITS = [
    ("scheme.yaml", "id: genai-saas", "id: " + THIRD),
    ("scheme.yaml", "number_prefix: GAI", "number_prefix: DC"),
    ("scheme.yaml", "term_years: \"2\"", "term_years: \"3\""),
    ("scheme.yaml", "renewal_opens_days: \"60\"", "renewal_opens_days: \"90\""),
    ("scheme.yaml", "kind: new, member: no, amount: \"165000\"",
     "kind: new, member: no, amount: \"33000\""),
    ("scheme.yaml", "\"2026-07-01\"\n    policy", "\"2026-06-01\"\n    policy"),
    ("scheme.yaml", "classes: [ai_saas]", "classes: [ai_saas, colocation]"),
    ("profiles.yaml", "\"1.2\"", "\"1.3\""),
    ("params.yaml", "first_day_counts: no", "first_day_counts: yes"),
    ("rule.txt", "実施した日から2年", "実施した日から3年"),
]


def folder(root):
    """policies/ with a third scheme, made from another by edits alone."""
    shutil.copytree(os.path.join(SOURCE, "policies"), root)
    shutil.copytree(os.path.join(root, "genai-saas"),
                    os.path.join(root, THIRD))
    for name, old, new in EDITS:
        path = os.path.join(root, THIRD, name)
        with open(path, encoding="utf-8") as f:
            text = f.read()
        check(old in text, "%s has %s" % (name, old.split("\n", 1)[0]))
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace(old, new, 1))
    with open(os.path.join(root, THIRD, "rule.txt"), "rb") as f:
        digest = hashlib.sha256(f.read()).hexdigest()
    path = os.path.join(root, THIRD, "scheme.yaml")
    with open(path, encoding="utf-8") as f:
        lines = ["    sha256: " + digest if line.startswith("    sha256:")
                 else line for line in f.read().split("\n")]
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines))


def dossier():
    """The sample of the generative-AI scheme under the third one."""
    return papers("genai-saas", service="架空データセンター")


def main():
    with tempfile.TemporaryDirectory() as work:
        folder(os.path.join(work, "policies"))
        shutil.copytree(os.path.join(SOURCE, "tests"),
                        os.path.join(work, "tests"), symlinks=True,
                        ignore=shutil.ignore_patterns("corpus", "fuzz"))
        lib.SOURCE = work
        o = Office()
        lib.SOURCE = SOURCE
    o.start(when("2027-02-10T09:00:00+09:00"))
    listed = o.api(None, "GET", "/v1/schemes")
    check([s["id"] for s in listed["items"]] == [
        THIRD, "genai-saas", "iaas-paas-iot"], "three schemes", listed)
    files = dossier()
    a = o.submit(files, query="scheme=%s&kind=new" % THIRD)
    check(a.status == 201, "a dossier of it is taken", a)
    case = a["case"]
    check(last_fee(o, case) == 33000, "its own fee is asked")
    o.do("secretary-1", case, "fee.pay", {"amount": 33000,
                                          "paid_on": "2027-02-10"})
    o.do("secretary-1", case, "accept", {"reviewers": ["secretary-1"]})
    check(o.decide(o.propose(case)) == "executed", "it is certified")
    c = o.case(case)
    check(c["number"] == "DC0001-2702" and c["certification"][
        "valid_through"] == "2030-02-09", "its number and term", c)
    good, words = o.verify(THIRD, "DC0001-2702")
    check(good, "stock openssl verifies its certificate", words)
    a = o.api(None, "GET", "/v1/rules/%s/9(1)" % THIRD)
    check("3年" in a["text"] and a["policy_version"] == "2026-06-01.1",
          "its own text", a)
    due = o.api("applicant-1", "GET", "/v1/deadlines?to=2030-03-01")
    check(any(d["date"] == "2029-11-11" for d in due["items"]),
          "its own window of 90 days", due)
    o.revoke(case)
    good, _ = o.verify(THIRD, "DC0001-2702")
    check(not good, "revoked, it does not verify any more")
    finish()


def last_fee(o, case):
    a = o.api("secretary-1", "GET", "/v1/fees?scheme=" + THIRD)
    return [f["amount"] for f in a["items"] if f["case"] == case][-1]


main()
