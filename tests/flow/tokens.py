#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tokens are made and ended beside the running server, and a command that is
repeated with its Idempotency-Key gets the first answer."""
import json
import os

from lib import Office, check, finish, run

o = Office()
o.start()

# --- tokens ---

made = os.path.join(o.home, "new.token")
run("nintei", "token", "make", "applicant-2", "applicant", "-C", o.home,
        "--days", "1", "-o", made)
check(os.stat(made).st_mode & 0o777 == 0o600, "a token is its owner's alone")
o.tokens["applicant-2"] = open(made, encoding="ascii").read().strip()
check(o.api("applicant-2", "GET", "/v1/cases").status == 200,
      "a token made beside the server holds at once")
run("nintei", "token", "make", "applicant-2", "applicant", "-C", o.home,
        "-o", made, status=5)
check(True, "an existing file is not overwritten")
for wrong in (["x", "king"], ["UP", "applicant"],
              ["x", "applicant", "--days", "91"],
              ["x", "applicant", "--days", "0"]):
    run("nintei", "token", "make", *wrong, "-C", o.home, status=2)
check(True, "unknown roles, ids and days are refused")
run("nintei", "token", "revoke", o.tokens["applicant-2"][8:24], "-C",
        o.home)
check(o.api("applicant-2", "GET", "/v1/cases").status == 401,
      "a token that was ended is refused at once")
run("nintei", "token", "revoke", "0" * 16, "-C", o.home, status=4)

# --- commands repeated ---

case = o.new_case("iaas-paas-iot")


def pay(amount, key, target=case, head=None):
    body = {"command": "fee.pay_part", "if_head": head or o.head(target),
            "data": {"amount": amount, "paid_on": "2026-08-01"}}
    return o.api("secretary-1", "POST", "/v1/cases/%s/commands" % target,
                 json.dumps(body), Content_Type="application/json",
                 Idempotency_Key=key), body["if_head"]


first, head = pay(1, "pay-1")
again, _ = pay(1, "pay-1", head=head)
check(first.status == again.status == 200 and first.body == again.body,
      "a repeated command gets the first answer", again)
check(sum(e["event"] == "pay_part" for e in o.api(
    "secretary-1", "GET", "/v1/cases/%s/events" % case)["items"]) == 1,
      "and is carried out once")
other, _ = pay(2, "pay-1", head=head)
check(other.status == 422 and other["code"] == "E_IDEMPOTENCY",
      "another body under the same key is refused", other)
second = o.new_case("iaas-paas-iot", service="別のサービス")
elsewhere, _ = pay(1, "pay-1", target=second, head=head)
check(elsewhere.status == 422 and elsewhere["code"] == "E_IDEMPOTENCY",
      "another case is another body", elsewhere)
restarted, _ = (o.restart(), pay(1, "pay-1", head=head))[1]
check(restarted.body == first.body, "the first answer outlives a restart")

finish()
