#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How certifications end and change beside their calendar: succession
(Art. 9(2)), the end of the service, a notice of change (Art. 13), and
dossiers on paper (Art. 4(2)), on one server whose clock is moved."""
import datetime
import hashlib
import json
import os
import urllib.parse

from lib import JST, Office, archive, check, finish, midnight, papers, run
from lifecycle import (about, certificate, ended, entries, officers, send,
                       serials, taken, term)
from steps import machine, paper, propose_kind, refused, steps_of

F, G = "iaas-paas-iot", "genai-saas"
SEC, APP = "secretary-1", "applicant-1"
START = datetime.datetime(2026, 8, 3, 15, tzinfo=JST)


def number(o, case):
    return o.case(case)["number"]


# --- the end of the service: flow 14 ---

def terminations(o, with_paper, lost, back):
    """Filed with nothing, after a loss, and taken back."""
    for case, name in ((with_paper, "紙あり"), (lost, "紙紛失"),
                       (back, "撤回")):
        a = send(o, F, "termination", number(o, case), "架空終了" + name,
                 service_end="2027-03-31", paper_return="未返納")
        check(a.status == 201 and
              machine(o.case(case), "termination") == "incomplete" and
              machine(o.case(case), "paper") == "due",
              "flow 14: without the paper it is incomplete", a)
    a = send(o, F, "termination", number(o, lost), "架空終了紙紛失",
             service_end="2027-03-31", paper_return="未返納")
    check(a.status == 409, "flow 14: one at a time", a)
    refused(o, APP, with_paper, "termination.attach", 422,
            "flow 14: attached is what came back", "paper_attached")
    o.do(SEC, with_paper, "paper.returned", {
        "received_on": o.now().date().isoformat(), "carrier": "post"},
        documents=[paper("image")])
    o.do(APP, with_paper, "termination.attach", {"paper": "returned"})
    o.do(APP, lost, "termination.attach", {"paper": "loss_statement"},
         documents=[paper("statement")])
    o.do(APP, back, "termination.retract")
    check(machine(o.case(back), "paper") == "held",
          "flow 14: retracted, and the paper is theirs again")
    for case in (with_paper, lost):
        check(officers(o, case, "termination") == "executed" and
              machine(o.case(case), "termination") == "scheduled" and
              term(o, case)[0] == "valid",
              "flow 14: scheduled, and in force to the last day")


def terminated(o, cases):
    listed = entries(o, F)
    for case in cases:
        serial = serials(o, case)["x509-1"]
        check(term(o, case)[0] == "terminated" and
              listed.get(serial, ("",))[0] == "Cessation Of Operation",
              "flow 14: terminated after the last day", listed)
        ended(o, case, "take_effect", "2027-04-01T00:00:00+09:00",
              "flow 14: at the end of the last day")


# --- succession: flows 13 and 36 ---

def lapse(o, case, kind, day, **data):
    o.do(SEC, case, "succession.report", {
        "kind": kind, "event_day": day, "source": "registry", **data},
        documents=[paper("evidence")])
    o.do(SEC, case, "succession.evidence", {"evidence": ["contract"]},
         documents=[paper("evidence")])
    return officers(o, case, "lapse", reasons="事業が承継されたため")


def merged(o, gone, survivor):
    """Flow 13: told and decided months after the day of the merger."""
    check(lapse(o, gone, "merger", "2027-01-10",
                operator_changed=True) == "executed" and
          lapse(o, survivor, "merger", "2027-01-10", survivor=True) ==
          "executed", "flow 13: lapsed by the merger")
    listed = entries(o, F)
    at = listed[serials(o, gone)["x509-1"]]
    check(at[0] == "Affiliation Changed" and at[2] ==
          "Jan  9 15:00:00 2027 GMT" and "Apr 14 15:00" in at[1],
          "flow 13: the list says when it was told, and since when", at)
    check(listed[serials(o, survivor)["x509-1"]][0] ==
          "Cessation Of Operation", "flow 13: a survivor changes nobody")
    c = o.case(gone)
    check(c["certification"]["state"] == "lapsed" and
          machine(c, "paper") == "held", "flow 13: no paper is asked back", c)
    now = o.api(None, "GET", "/v1/register/%s?as_of=2027-03-01" %
                number(o, gone)).json
    check(now["state"] == "lapsed", "flow 13: as it is known now", now)


def found_late(o, case):
    """Flow 36: a transfer before the end, found after it."""
    check(term(o, case)[0] == "expired", "flow 36: expired first")
    check(lapse(o, case, "transfer", "2028-06-10", operator_changed=True) ==
          "executed" and term(o, case)[0] == "lapsed",
          "flow 36: expired, then lapsed")
    entry = o.api(None, "GET", "/v1/register/" + number(o, case)).json
    check("2028-06-10" in json.dumps(entry["history"]),
          "flow 36: it ended on the day of the transfer", entry["history"])


# --- a notice of change: flow 16 ---

def renamed(o, case):
    name = "架空改名後"
    a = send(o, G, "change", number(o, case), name,
             change_date=o.now().date().isoformat(),
             change_summary="サービスの名称を変更した。")
    check(a.status == 201 and
          machine(o.case(case), "change_notice") == "notified",
          "flow 16: told", a)
    o.do(SEC, case, "change_notice.record", {"printed": True})
    c = o.case(case)
    check(machine(c, "change_notice") == "recorded", "flow 16: recorded", c)
    state = officers(o, case, "reissue", reasons="名称の変更", fields={
        "service": name + "サービス"})
    have = serials(o, case)
    check(state == "executed" and len(have) == 2,
          "flow 16: issued again", have)
    was, now = [certificate(o, case, s) for s in have.values()]
    listed = entries(o, G)
    check(was["notAfter"] == now["notAfter"] and
          was["subject"] != now["subject"] and
          number(o, case) in now["subject"],
          "flow 16: the same number and the same end", now)
    check(listed.get(list(have.values())[0], ("",))[0] == "Superseded",
          "flow 16: the old one is superseded", listed)
    entry = o.api(None, "GET", "/v1/register/" + number(o, case)).json
    check(entry["service"] == name + "サービス",
          "flow 16: the entry has the new name", entry)
    good, words = o.verify(G, number(o, case))
    check(good, "flow 16: it verifies with stock tools", words)


# --- paper: flow 5 ---

def person(o, name):
    """Another of the secretariat, entered by a decision of the roster."""
    key = os.path.join(o.people, name + ".key")
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key)
    with open(key + ".pub", encoding="ascii") as f:
        public = " ".join(f.read().split()[:2])
    now = o.now().isoformat(timespec="seconds")
    entry = {"schema": "nintei.roster/1", "person": name,
             "roles": ["secretariat"], "valid_from": now, "keys": [{
                 "id": name + "-1", "type": "ssh", "public": public,
                 "valid_from": now}]}
    c = o.do(SEC, "roster", "freeze", {"kind": "roster", "entry": entry})
    return o.decide(c["decisions"][-1]["decision_id"])


def post(o, files, said, by=(SEC, "secretary-2"), who=SEC):
    """A scan with its transcription, signed by each of these."""
    body = archive(files)
    said = {"schema": "nintei.transcription/1", "scheme": F,
            "kind": "renewal", "applicant": APP, "carrier": "post",
            "papers": ["form_a", "form_b"],
            "sha256": hashlib.sha256(body).hexdigest(), **said}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False,
                      separators=(",", ":"))
    query = {"paper": text}
    for i, name in enumerate(by):
        more = "" if i == 0 else "2"
        query["by" + more] = name
        lines = o.armour(text.encode(), name, "declaration@nintei").decode()
        query["sig" + more] = "".join(lines.split("\n")[1:-2])
    return o.submit(body, query=urllib.parse.urlencode(query), who=who)


def on_paper(o, case, other):
    """Flow 5: D = 2028-08-03; the window closes with 2028-07-04."""
    n, m = number(o, case), number(o, other)
    files = about(F, "renewal", n, "架空紙")
    in_time = {"number": n, "arrived_on": "2028-07-04",
               "postmark": "2028-07-02"}
    a = post(o, files, {**in_time, "arrived_on": "2028-07-05"})
    check(a.status == 422 and a["guard"] == "window_ok",
          "flow 5: stamped a day late", a)
    a = post(o, files, in_time, by=(SEC,))
    check(a.status == 422 and "two_person_check" in a["guards"],
          "flow 5: one transcriber", a)
    a = post(o, files, in_time, by=(SEC, SEC))
    check(a.status == 422 and "two_person_check" in a["guards"],
          "flow 5: one of them twice", a)
    a = post(o, files, in_time, who=APP)
    check(a.status == 404, "flow 5: a scan comes from the secretariat", a)
    a = post(o, files, {**in_time, "sha256": "0" * 64})
    check(a.status == 422 and a["code"] == "E_DIGEST",
          "flow 5: a transcription of another scan", a)
    a = post(o, files, in_time)
    check(a.status == 201 and a["state"] == "submitted" and
          a["received_at"] == "2028-07-04T00:00:00+09:00",
          "flow 5: stamped on the last day", a)
    part = about(F, "renewal", m, "架空紙続")
    del part["登記事項証明書.pdf"]
    a = post(o, part, {**in_time, "number": m})
    check(a.status == 201 and a["state"] == "correcting" and
          a["received_at"] == "2028-07-04T00:00:00+09:00" and
          o.last(a["case"], "submit_paper_part")["data"]["missing"] ==
          ["registry_certificate"],
          "flow 5: a paper is missing, the day is kept", a)


def main():
    o = steps_of(Office())
    o.start(START)
    case = {n: o.service(G if n == "改名" else F, "架空終了" + n)
            for n in ("紙あり", "紙紛失", "撤回", "消滅", "存続", "譲渡",
                      "改名", "紙一", "紙二")}
    check(person(o, "secretary-2") == "executed", "a second of the staff")
    o.move(midnight("2027-03-01"))
    renamed(o, case["改名"])
    terminations(o, case["紙あり"], case["紙紛失"], case["撤回"])
    o.move(midnight("2027-04-15"))
    terminated(o, (case["紙あり"], case["紙紛失"]))
    merged(o, case["消滅"], case["存続"])
    o.move(midnight("2028-07-06"))
    on_paper(o, case["紙一"], case["紙二"])
    o.move(midnight("2028-09-01"))
    found_late(o, case["譲渡"])
    finish()


main()
