#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Renewals of certified services (Art. 12), side by side on one server whose
clock is moved: the window, continuation, a gap, later terms."""
import datetime
import hashlib
import json

from lib import JST, Office, check, finish, midnight
from lifecycle import (Slow, about, accepted, certificate, certified,
                       declared, declined, ended, entries, officers, send,
                       serials, status, taken, term)
from steps import machine, propose_kind, refused, steps_of
from lib import archive

SECOND = datetime.timedelta(seconds=1)
F, G = "iaas-paas-iot", "genai-saas"
SEC, APP = "secretary-1", "applicant-1"
START = datetime.datetime(2026, 8, 3, 15, tzinfo=JST)
D = "2028-08-03"
OPENS, CLOSES = midnight("2028-06-04"), midnight("2028-07-05")
TERM2 = "2030-08-03"


class Service:
    def __init__(self, o, scheme, name):
        self.o, self.scheme, self.name = o, scheme, name
        self.case = o.service(scheme, name)
        self.number = o.case(self.case)["number"]
        self.renewal = None

    def send(self, **fields):
        return send(self.o, self.scheme, "renewal", self.number, self.name,
                    **fields)

    def renew(self):
        self.renewal = taken(self.o, self.scheme, "renewal", self.number,
                             self.name)
        return self.renewal

    def slow(self):
        return Slow(self.o, self.scheme, "renewal", self.number, self.name)

    def state(self):
        return term(self.o, self.case)


def window(o, s, early):
    """Flow 7, and what a renewal is refused for besides."""
    o.move(OPENS - SECOND)
    slow = early.slow()
    a = s.send()
    check(a.status == 422 and a["guard"] == "window_ok" and
          a["since"] == "2028-06-04T00:00:00+09:00" and
          a["until"] == "2028-07-05T00:00:00+09:00",
          "flow 7: a second before it opens", a)
    o.move(OPENS)
    a = slow.end()
    check(a.status == 201, "flow 7: begun before it opens, sealed in it", a)
    early.renewal = a["case"]
    check(o.case(a["case"])["received_at"] == "2028-06-04T00:00:00+09:00",
          "flow 7: received with its last byte", a)
    a = send(o, s.scheme, "renewal", "IPT9999-2608", s.name)
    check(a.status == 422 and a["code"] == "E_BUNDLE_REFUSED" and
          any(f["rule"] == "RULE-NUMBER_UNKNOWN" for f in a["findings"]) and
          "case" not in a.json, "an unknown number opens no case", a)
    a = s.send(mark_declaration=None)
    check(a.status == 422 and a["guard"] == "complete",
          "flow 30: without its self-declaration", a)
    renewal = s.renew()
    c = o.case(renewal)
    check(c["kind"] == "renewal" and c["base"] == s.case and
          c["received_at"] == "2028-06-04T00:00:00+09:00",
          "flow 7: in the first second", c)
    a = s.send()
    check(a.status == 422 and a["guard"] == "renewal_pending",
          "flow 46: a second renewal", a)


def not_kept(o, s):
    a = s.send(mark_declaration="遵守していない。")
    check(a.status == 201, "flow 30: any answer is complete", a)
    s.renewal = a["case"]
    e = o.last(s.case, "compliance.inquire")
    text = json.dumps(o.events(s.renewal)[0], ensure_ascii=False,
                      sort_keys=True, separators=(",", ":")).encode()
    check(machine(o.case(s.case), "compliance") == "inquiry" and
          e["cause"] == hashlib.sha256(text).hexdigest(),
          "flow 30: not kept leads to an inquiry", e)


def again(o, s):
    """Flow 46: declined inside the window, and accepted again."""
    first = s.renew()
    accepted(o, first)
    check(officers(o, s.case, "continuation", reasons="x") == "executed",
          "flow 46: its effect is to continue")
    check(declined(o, first), "flow 46: declined")
    e = o.last(s.case, "renewal_ended")
    check(e["data"]["renewal"] == first and
          not [m for m in o.case(s.case)["machines"] if
               m["machine"] == "certification"][0]["flags"],
          "flow 46: the continuation is cleared", e)
    check(s.renew() != first, "flow 46: another inside the window")


def shown(o, s):
    entry = o.api(None, "GET", "/v1/register/" + s.number).json
    return {i["id"]: i.get("value") for i in entry["items"]}


ITEMS = ["31", "33.2", "36.1"]


def withheld(o, s):
    """Flow 15 of a renewal: its own requests, about what stands published."""
    check(None not in [shown(o, s).get(i) for i in ITEMS],
          "flow 15: published in term 1")
    files = about(s.scheme, "renewal", s.number, s.name)
    a = o.submit(archive(declared(files, s.scheme, ITEMS, kind="renewal",
                                  number=s.number)))
    check(a.status == 201, "flow 15: a renewal that asks to withhold", a)
    s.renewal = a["case"]


def opened(o, s):
    """What the renewal's case decides reaches the entry of the base."""
    def decided(item, outcome, **data):
        state = officers(o, s.renewal, "withholding", outcome=outcome,
                         item=item, reasons="正当な理由による", **data)
        check(state == "executed", "flow 15: %s of %s" % (outcome, item))

    accepted(o, s.renewal)
    check(certified(o, s.renewal), "flow 15: renewed")
    check([shown(o, s).get(i) for i in ITEMS] == [None] * 3,
          "flow 15: none is shown while they are requested", shown(o, s))
    for item in ITEMS[:2]:
        decided(item, "grant")
    check([shown(o, s).get(i) for i in ITEMS] == [None] * 3,
          "flow 15: nor those granted", shown(o, s))
    decided(ITEMS[2], "deny")
    have = shown(o, s)
    check(have.get(ITEMS[2]) is not None and have.get(ITEMS[0]) is None,
          "flow 15: the one denied is published in the base", have)
    decided(ITEMS[0], "lift", told_on=o.now().date().isoformat())
    have = shown(o, s)
    check(have.get(ITEMS[0]) is not None and have.get(ITEMS[1]) is None,
          "flow 15: and the one lifted", have)
    e = o.last(s.case, "certification.change_recorded")
    check("cause" in e and e["data"]["release"]["ground"] == "11-2" and
          [i["id"] for i in e["data"]["publication"]["items"]] ==
          ITEMS[:1], "flow 15: the base's own event says by what right", e)


def correcting(o, s):
    """Flow 8: received on the last day, put right afterwards."""
    case = s.renew()
    o.do(SEC, case, "request_correction", {"items": ["form_b"]})
    return case


def corrected(o, s):
    files = archive(about(s.scheme, "renewal", s.number, s.name))
    a = o.submit(files, query="case=%s&scheme=%s&kind=renewal&number=%s" % (
        s.renewal, s.scheme, s.number))
    c = o.case(s.renewal)
    check(a.status == 201 and c["state"] == "submitted" and
          c["received_at"] == "2028-07-04T23:59:59+09:00",
          "flow 8: received when it first came", a)


def late(o, s):
    """Flow 47: the intake was down on the last evening."""
    a = s.send()
    check(a.status == 422 and a["guard"] == "window_ok" and
          a["until"] == "2028-07-05T00:00:00+09:00",
          "flow 7: in the second after it closed", a)
    propose = {"kind": "late_allowed", "reasons": "受付の障害のため"}
    a = o.command(SEC, s.case, "freeze", propose)
    check(a.status == 400, "flow 47: which incident", a)
    state = officers(o, s.case, "late_allowed", reasons="受付の障害のため",
                     incident="2028-07-04 22:00-24:00")
    check(state == "approved", "flow 47: allowed, and waits", state)
    s.renew()
    e = o.last(s.case, "decision.execute")
    check(o.case(s.renewal)["state"] == "submitted" and
          e["data"] == {} and "cause" in e,
          "flow 47: with the decision it is taken in", e)


def before_end(o, s11, s12, continued):
    """2028-07-20: one certified in time, one revoked, three continued."""
    accepted(o, s11.renewal)
    check(certified(o, s11.renewal), "flow 11: certified before the end")
    c = o.case(s11.case)
    check(s11.state() == ("valid", 1, D) and
          [m["flags"] for m in c["machines"] if m["machine"] ==
           "certification"] == [["next_term"]],
          "flow 11: the next term waits", c["certification"])
    new = certificate(o, s11.case, serials(o, s11.case)["x509-2"])
    check(new["notBefore"] == "2028-08-03 15:00:00Z" and
          new["notAfter"] == "2030-08-03 14:59:59Z",
          "flow 11: the new certificate begins with its term", new)
    a = s11.send()
    check(a.status == 422 and "next_term" in a["guards"],
          "flow 11: no renewal of what is renewed", a)
    o.revoke(s12.case)
    c = o.case(s12.renewal)
    check(c["state"] == "moot" and machine(c, "fee") == "void",
          "flow 12: the renewal is moot", c)
    e = o.last(s12.renewal, "base_void")
    check(e["data"] == {"evidence": [
        o.last(s12.case, "propose_revocation")["event_id"]]},
          "flow 12: the evidence against the service joins it", e["data"])
    check(machine(o.case(s12.case), "paper") == "due",
          "flow 12: the paper is to come back")
    for s in continued:
        check(officers(o, s.case, "continuation") == "executed",
              "flow 9: %s is to continue" % s.name)


def at_end(o, s11, s10, continued):
    """Flow 25: the clock's job was down over the end of the term."""
    at = "2028-08-04T00:00:00+09:00"
    check(s10.state()[0] == "expired", "flow 10: expired", s10.state())
    ended(o, s10.case, "term_ends", at,
          "flow 25: at the legal instant, whenever it is recorded")
    check(o.case(s10.renewal)["state"] != "moot",
          "flow 10: its renewal is not moot")
    check(s11.state() == ("valid", 2, TERM2), "flow 11: term 2", s11.state())
    for s in continued:
        have = serials(o, s.case)
        check(s.state()[0] == "continued" and "x509-1-c1" in have,
              "flow 9: continued, with a certificate of it", have)
    entry = o.api(None, "GET", "/v1/register/" + continued[0].number).json
    check(entry["state"] == "continued", "flow 9: and published", entry)
    good, words = o.verify(continued[0].scheme, continued[0].number)
    check(good, "flow 9: it verifies with stock tools", words)
    statements(o, s11, s10, continued[0])


def statements(o, s11, s10, s):
    """REGULATION 6.3: how it stands, signed, and each day anew."""
    said = status(o, s.number)
    check(said and said["schema"] == "nintei.status/1" and
          said["state"] == "continued" and said["number"] == s.number and
          said["service"] == s.name + "サービス" and
          said["valid_through"] == D and said["at"][:10] == "2028-08-06" and
          said["not_after"][:10] == "2028-08-07",
          "flow 9: the signed statement of the day", said)
    check(not status(o, s.number, spoilt=True),
          "flow 9: openssl sees one changed byte")
    check(status(o, s.number) == said, "flow 9: the same one all day")
    for other, want in ((s11, "valid"), (s10, "expired")):
        check(status(o, other.number)["state"] == want,
              "a signed statement that it is " + want)
    path = "/v1/register/%s/status."
    for of in ("0" * 64, hashlib.sha256(b"").hexdigest()):
        for end in ("p7s", "tsr"):
            a = o.api(None, "GET", path % s.number + end + "?of=" + of)
            check(a.status == 404, "no seal of what was never said", a)
    a = o.api(None, "GET", path % s.number + "p7s")
    check(a.status == 400, "a seal of what", a)
    for number in ("IPT9999-2608", "x", "9" * 60):
        a = o.api(None, "GET", path % number + "json")
        check(a.status == 404, "nothing is said of %.12s" % number, a)
    o.move(midnight("2028-08-07"))
    check(status(o, s.number)["at"][:10] == "2028-08-07",
          "flow 9: another statement on the next day")


def decide_9(o, a, b, c):
    """Flow 9 (a) certified, (b) declined, (c) withdrawn."""
    at = o.now().isoformat(timespec="seconds")
    first = {s: certificate(o, s.case, serials(o, s.case)["x509-1"])
             for s in (a, b, c)}
    accepted(o, a.renewal)
    check(certified(o, a.renewal) and a.state() == ("valid", 2, TERM2),
          "flow 9a: term 2 follows on term 1", a.state())
    accepted(o, b.renewal)
    check(declined(o, b.renewal), "flow 9b: declined")
    o.do(APP, c.renewal, "withdraw")
    for s, what in ((b, "flow 9b"), (c, "flow 9c")):
        check(s.state()[0] == "expired", what + ": expired", s.state())
        ended(o, s.case, "renewal_ended", at, what + ": at that instant")
        have = serials(o, s.case)
        listed = entries(o, s.scheme)
        check(listed.get(have["x509-1-c1"], ("",))[0] ==
              "Cessation Of Operation" and have["x509-1"] not in listed,
              what + ": its interim certificate is on the list", listed)
    for s, was in first.items():
        now = certificate(o, s.case, serials(o, s.case)["x509-1"])
        check(now == was and now["notAfter"] == "2028-08-03 14:59:59Z",
              "flow 9: the first certificate says what it said", now)


def gap(o, s):
    """Flow 10: certified after the end."""
    accepted(o, s.renewal)
    check(certified(o, s.renewal), "flow 10: certified after the end")
    c = o.case(s.case)
    day = o.now().date().isoformat()
    check(s.state()[0:2] == ("valid", 2) and c["number"] == s.number and
          machine(c, "mark") == "allowed" and
          machine(c, "compliance") == "none",
          "flow 10: valid again, mark and compliance with it", c)
    entry = o.api(None, "GET", "/v1/register/" + s.number).json
    check(entry["valid_through"] == "2030-08-22" and
          day == "2028-08-22", "flow 10: a term from that day", entry)
    good, words = o.verify(s.scheme, s.number)
    check(good, "flow 10: a certificate of the new term", words)


def main():
    o = steps_of(Office())
    o.start(START)
    names = ["七", "七b", "三十", "四六", "八", "四七", "十", "十一", "十二",
             "九a", "九b", "九c", "十五"]
    s = {n: Service(o, G if n in ("十一", "九b", "八") else F,
                    "架空更新" + n) for n in names}
    window(o, s["七"], s["九c"])
    not_kept(o, s["三十"])
    again(o, s["四六"])
    for n in ("十", "十一", "十二", "九a", "九b"):
        s[n].renew()
    withheld(o, s["十五"])
    o.move(CLOSES - SECOND)
    correcting(o, s["八"])
    slow = s["七b"].slow()
    o.move(CLOSES)
    a = slow.end()
    check(a.status == 422 and a["guard"] == "window_ok" and
          a["until"] == "2028-07-05T00:00:00+09:00",
          "flow 7: begun on the last day, sealed after it", a)
    late(o, s["四七"])
    o.move(midnight("2028-07-12"))
    corrected(o, s["八"])
    o.move(midnight("2028-07-20") + 43200 * SECOND)
    continued = [s["九a"], s["九b"], s["九c"]]
    before_end(o, s["十一"], s["十二"], continued)
    opened(o, s["十五"])
    o.move(midnight("2028-08-06"))
    at_end(o, s["十一"], s["十"], continued)
    o.move(midnight("2028-08-22") + 36000 * SECOND)
    decide_9(o, *continued)
    gap(o, s["十"])
    finish()


main()
