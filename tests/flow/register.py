#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the public sees: entries of both schemes, in two times, their
versions, the signed export and answers of absence, all on one server whose
clock is moved; the index made anew from the history."""
import datetime
import json
import os
import re
import shutil
import subprocess

from lib import BIN, JST, SCHEMES, Office, check, finish, run
from lifecycle import officers
from steps import paper

F, G = SCHEMES
START = datetime.datetime(2026, 8, 3, 15, tzinfo=JST)
KNOWN = datetime.datetime(2027, 4, 15, 10, tzinfo=JST)
LATER = datetime.datetime(2027, 3, 1, 9, tzinfo=JST)
SECRETS = ("applicant-1", "secretary-1", "intake", "commitment")


def nintei(o, *args, status=0):
    r = subprocess.run(
        [os.path.join(BIN, "nintei"), *args, "--lang", "en"],
        cwd=o.work, check=False, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    check(r.returncode == status, "nintei %s" % " ".join(args[:2]),
          (r.returncode, r.stdout[-400:], r.stderr[-400:]))
    return r


def server(o):
    return ("--server", "https://127.0.0.1:%d" % o.https, "--cacert", o.root)


def get(o, path, status=200):
    a = o.api(None, "GET", path)
    check(a.status == status, "GET %s" % path, a)
    return a.json


def entries(o, f, g):
    """Flow 28: the items of each scheme in its own order."""
    for scheme, number in ((F, f), (G, g)):
        e = get(o, "/v1/register/" + number)
        check(e["state"] == "valid" and e["state_ja"] == "認定中" and
              e["version"] == "1" and len(e["terms"]) == 1 and
              e["terms"][0]["valid_through"] == e["valid_through"] and
              [h["state"] for h in e["history"]] == ["valid"],
              scheme + ": the entry", e)
        first = e["items"][0]["id"]
        check((first == "guideline_version") == (scheme == G),
              "flow 28: %s begins with %s" % (scheme, first))
        text = json.dumps(e)
        check(not [s for s in SECRETS if s in text],
              scheme + ": nothing of the case stands in it")
    listed = get(o, "/v1/register")["items"]
    check({e["number"] for e in listed} == {f, g},
          "flow 28: two numbers in one list", listed)


def two_times(o, number):
    """Flow 13's questions, about a revocation and a day ahead."""
    def state(day, known=None, status=200):
        path = "/v1/register/%s?as_of=%s" % (number, day)
        if known is not None:
            path += "&known=" + known
        return get(o, path, status).get("state")

    check(state("2026-08-03") == "valid" and
          state("2027-03-01", "2027-02-01") == "valid" and
          state("2027-03-01") == "revoked" and
          state("2027-02-28") == "valid",
          "flow 13: by day, and by what was known then")
    state("2026-08-02", None, 404)
    state("2026-09-01", "2026-08-01", 404)
    state("2027-02-30", None, 400)
    state("2027-02-01", "2027-03-02", 400)
    state("2027-02-01", "soon", 400)
    get(o, "/v1/register/%s?known=2027-02-01" % number, 400)
    e = get(o, "/v1/register/%s?as_of=2029-01-01&known=2027-02-01" % number)
    check(e["state"] == "expired" and e["foreseen"] is True,
          "a day ahead is foreseen", e)
    for day, want in (("2026-08-02", 0), ("2026-08-03", 2),
                      ("2027-03-01", 2)):
        have = get(o, "/v1/register?as_of=" + day)["items"]
        check(len(have) == want, "the register as of " + day, have)
    have = get(o, "/v1/register?as_of=2027-03-01&state=revoked")["items"]
    check([e["number"] for e in have] == [number],
          "by the state of that day", have)


def lapsed(o, case, number):
    """Flow 13: absorbed on 01-10, told and decided on 04-15."""
    o.do("secretary-1", case, "succession.report", {
        "kind": "merger", "event_day": "2027-01-10", "source": "registry",
        "operator_changed": True}, documents=[paper("evidence")])
    o.do("secretary-1", case, "succession.evidence", {
        "evidence": ["contract"]}, documents=[paper("evidence")])
    check(officers(o, case, "lapse", reasons="事業が承継されたため") ==
          "executed", "flow 13: lapsed")
    path = "/v1/register/%s?as_of=2027-03-01&known=" % number
    then, now = get(o, path + "2027-03-02"), get(o, path + "2027-04-15")
    check(then["state"] == "valid" and "ended_at" not in then,
          "flow 13: register for 03-01 as known 03-02 valid", then)
    check(now["state"] == "lapsed" and
          now["ended_at"] == "2027-01-10T00:00:00+09:00" and
          now["ended_recorded_at"][:10] == "2027-04-15",
          "flow 13: as known after the decision lapsed", now)
    e = get(o, "/v1/register/" + number)
    check(e["state"] == "lapsed" and e["state_ja"] == "失効" and
          [h["state"] for h in e["history"]] == ["valid", "lapsed"],
          "flow 13: listed for ever, with its history", e)
    nintei(o, "register", "export", "-o", "then.json", "--as-of",
           "2027-01-09", *server(o))
    verify(o, "then.json")
    nintei(o, "register", "absence", number, "2027-01-10", "--scheme", G,
           "-o", "absent.json", *server(o))
    check(verify(o, "absent.json")["ok"],
          "from the day of the merger it was not certified")
    nintei(o, "register", "absence", number, "2027-01-09", "--scheme", G,
           *server(o), status=6)


def versions(o, number):
    v = get(o, "/v1/register/%s/versions" % number)
    check([i["version"] for i in v["items"]] == ["1"] and
          "changes" not in v["items"][0] and
          v["items"][0]["entry"]["items"][0]["id"] != "" and
          len(v["names"]) > 10, "one version so far", v["items"])
    get(o, "/v1/register/IPT9999-2608/versions", 404)


def openssl_cms(o, name):
    return subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in",
         name + ".p7s", "-content", name, "-CAfile", o.root, "-purpose",
         "any", "-attime", str(int(o.now().timestamp())), "-out",
         os.devnull], cwd=o.work, check=False, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)


def trust_folder(o):
    trust = os.path.join(o.work, "trusted")
    os.makedirs(trust, exist_ok=True)
    shutil.copy(o.root, os.path.join(trust, "root.pem"))
    return trust


def verify(o, name, *more, at=None, status=0):
    at = (at or o.now()).isoformat(timespec="seconds")
    r = nintei(o, "register", "verify", name, "--trust", trust_folder(o),
               "--at", at, "--json", *more, status=status)
    return json.loads(r.stdout) if r.stdout else {}


def failed(report):
    return [c["check"] for c in report["checks"] if c["verdict"] != "ok"]


def export(o, count):
    """Flow 27: the export, by stock openssl and by nintei."""
    nintei(o, "register", "export", "-o", "register.json", *server(o))
    r = openssl_cms(o, "register.json")
    check(r.returncode == 0, "flow 27: openssl cms -verify", r.stdout)
    good = verify(o, "register.json", "--seen", "seen.json")
    check(good["ok"] and good["entries"] == count,
          "flow 27: nintei register verify", good)
    path = os.path.join(o.work, "register.json")
    with open(path, "rb") as f:
        whole = f.read()
    spoilt = bytearray(whole)
    spoilt[len(spoilt) // 2] ^= 1
    o.store("register.json", bytes(spoilt))
    check(openssl_cms(o, "register.json").returncode != 0,
          "flow 27: openssl sees one flipped byte")
    r = subprocess.run(
        [os.path.join(BIN, "nintei"), "register", "verify", "register.json",
         "--trust", trust_folder(o), "--at",
         o.now().isoformat(timespec="seconds")], cwd=o.work, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(r.returncode == 6, "flow 27: nintei sees one flipped byte",
          (r.returncode, r.stdout, r.stderr))
    o.store("register.json", whole)
    late = verify(o, "register.json", at=o.now() + datetime.timedelta(hours=25),
                  status=6)
    check(failed(late) == ["age"], "a frozen register is too old", late)
    doc = json.loads(whole)
    check(doc["log"]["size"] > 0 and
          re.fullmatch("[0-9a-f]{64}", doc["log"]["root"]) and
          [e["number"] for e in doc["entries"]] ==
          sorted(e["number"] for e in doc["entries"]),
          "it names the log and stands in order")
    again = o.fetch("/v1/register/export")
    check(again == whole, "the same file until something changes")
    a = o.api(None, "GET", "/v1/register/export.p7s?of=" + "0" * 64)
    check(a.status == 404, "no seal of what was never made", a)
    return whole


def rollback(o, older):
    """An older register, though still fresh, is not taken for a newer."""
    nintei(o, "register", "export", "-o", "newer.json", *server(o))
    verify(o, "newer.json", "--seen", "seen.json")
    with open(os.path.join(o.work, "newer.json"), "rb") as f:
        check(f.read() != older, "the register has changed")
    bad = verify(o, "register.json", "--seen", "seen.json",
                 at=START + datetime.timedelta(hours=1), status=6)
    check(failed(bad) == ["rollback"], "an older register is found out", bad)


def as_of_export(o, number):
    nintei(o, "register", "export", "-o", "then.json", "--as-of",
           "2027-02-01", *server(o))
    with open(os.path.join(o.work, "then.json"), "rb") as f:
        doc = json.load(f)
    check(doc["as_of"]["day"] == "2027-02-01" and
          [e["state"] for e in doc["entries"] if e["number"] == number] ==
          ["valid"], "the register as of a day, signed", doc["as_of"])
    verify(o, "then.json")
    a = o.api(None, "GET", "/v1/register/export?as_of=2030-01-01")
    check(a.status == 400, "nobody signs the future", a)


def absence(o, name, number):
    nintei(o, "register", "absence", "無いクラウド", "2026-08-03",
           "--scheme", F, "-o", "absent.json", *server(o))
    check(verify(o, "absent.json")["ok"], "a signed answer that it was not")
    with open(os.path.join(o.work, "absent.json"), "rb") as f:
        answer = json.load(f)
    said = answer["statement"]
    check(answer["absent"] and said["service"] == "無いクラウド" and
          said["on"] == "2026-08-03" and said["log"]["size"] > 0,
          "it names day, name and log", said)
    said["on"] = "2026-08-02"
    o.store("forged.json", json.dumps(answer).encode())
    check("seal" in failed(verify(o, "forged.json", status=6)),
          "another day is not what was sealed")
    r = nintei(o, "register", "absence", name, "2026-08-03", "--scheme", F,
               "--json", *server(o), status=6)
    there = json.loads(r.stdout)
    check(not there["absent"] and "statement" not in there and
          [c["number"] for c in there["certified"]] == [number],
          "what was certified is not denied", there)
    r = nintei(o, "register", "absence", name, "2026-08-02", "--scheme", F,
               "--json", *server(o))
    before = json.loads(r.stdout)
    check(before["absent"] and not before["near"][0]["in_force"],
          "the day before it was not, and the number is named", before)
    nintei(o, "register", "absence", number, "2027-03-02", "--scheme", F,
           *server(o), status=2)
    for query in ("scheme=%s&on=2026-08-03" % F,
                  "scheme=none&service=x&on=2026-08-03",
                  "scheme=%s&service=x&number=y&on=2026-08-03" % F,
                  "scheme=%s&service=x&on=2100-01-01" % F):
        a = o.api(None, "GET", "/v1/register/absence?" + query)
        check(a.status == 400, "no answer to " + query, a)


def publications(o):
    check(get(o, "/v1/publications") == {
        "items": [], "development": True}, "nothing published beside yet")
    get(o, "/v1/publications?kind=secrets", 400)
    get(o, "/v1/publications?cursor=-1", 400)


def rebuilt(o):
    """Flow 42: the read model is made from the history alone."""
    paths = ["/v1/register", "/v1/register?as_of=2027-02-01",
             "/v1/publications"]
    paths += ["/v1/register/%s/versions" % e["number"]
              for e in get(o, "/v1/register")["items"]]
    before = {p: o.fetch(p) for p in paths}
    o.stop()
    run(os.path.join(BIN, "nintei"), "-C", o.home, "index", "rebuild")
    o.start()
    check({p: o.fetch(p) for p in paths} == before,
          "flow 42: equal bytes after index rebuild")


def main():
    o = Office()
    o.start(START)
    case, f = o.certify(F)
    other, g = o.certify(G)
    name = get(o, "/v1/register/" + f)["service"]
    entries(o, f, g)
    versions(o, f)
    publications(o)
    older = export(o, 2)
    o.move(LATER)
    o.revoke(case)
    two_times(o, f)
    rollback(o, older)
    as_of_export(o, f)
    absence(o, name, f)
    o.move(KNOWN)
    lapsed(o, other, g)
    rebuilt(o)


main()
finish()
