#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""HTTP as the contract has it: who may see what, versions of a case, entity
tags, methods, problems; and that secrets stay where they belong."""
import datetime
import glob
import json
import os
import re
import time

from lib import (SCHEMES, Office, check, finish, http, inflate_all,
                 papers)

SCHEME = SCHEMES[0]
SECRETS = ("架空秘密サービス", "架空クラウド株式会社", "8700110005901",
           "見本花子", "contact@cloud.example", "架空太郎",
           "https://service.cloud.example/")


def versions(o, case):
    """The head that a sender saw, once, by either name."""
    path = "/v1/cases/%s/commands" % case
    head = o.head(case)

    def post(body, **headers):
        return o.api("secretary-1", "POST", path, json.dumps(body),
                     Content_Type="application/json", **headers)
    word = {"command": "fee.pay", "data": {"amount": 1,
                                           "paid_on": "2026-07-15"}}
    a = post(word)
    check(a.status == 428 and a["code"] == "E_STORE_CONFLICT",
          "no head: 428", a)
    a = post({**word, "if_head": "0" * 64})
    check(a.status == 409 and a["code"] == "E_STORE_CONFLICT",
          "another head: 409", a)
    a = post(word, If_Match='"%s"' % ("0" * 64))
    check(a.status == 412 and a["code"] == "E_STORE_CONFLICT",
          "another If-Match: 412", a)
    a = post({**word, "if_head": head}, If_Match='"%s"' % head)
    check(a.status == 400, "both: 400", a)
    a = post(word, If_Match=head)
    check(a.status == 400, "If-Match without quotes: 400", a)
    check(o.head(case) == head, "nothing of that moved the case")
    tag = o.api("secretary-1", "GET", "/v1/cases/" + case).tag
    a = post({"command": "fee.pay_part", "data": word["data"]}, If_Match=tag)
    check(a.status == 200 and a["head"] != head and
          a["head"] == o.head(case), "the entity tag does as If-Match", a)
    a = post({"command": "fee.pay_part", "if_head": head,
              "data": word["data"]})
    check(a.status == 409, "the head before is stale now", a)
    for body in (b"", b"{", b"[]", b'{"command": 1}', b'{"if_head": "x"}',
                 b'{"command": "accept", "more": 1}',
                 b'{"command": "accept", "command": "withdraw"}',
                 json.dumps({"command": "x" * 100, "if_head": head}).encode(),
                 b"[" * 100000):
        a = o.api("secretary-1", "POST", path, body,
                  Content_Type="application/json")
        check(a.status in (400, 413), "a body of no sense: %r" % body[:30],
              a)
    a = o.api("secretary-1", "POST", path, b"{", Content_Length=str(7 << 20),
              Content_Type="application/json")
    check(a.status == 413, "a command too long", a)
    a = o.api("secretary-1", "POST", path, "x", Content_Type="text/plain")
    check(a.status == 415, "a command of another type", a)


def tags(o, case):
    number_paths = ["/v1/schemes", "/v1/schemes/" + SCHEME, "/openapi.json",
                    "/pki/root.cer", "/pki/%s.crl" % SCHEME]
    for who, path in [("secretary-1", "/v1/cases/" + case),
                      ("secretary-1", "/v1/cases/%s/events" % case)] + [
                          (None, p) for p in number_paths]:
        a = o.api(who, "GET", path)
        check(a.status == 200 and re.fullmatch('"[^"]+"', a.tag),
              path + ": an entity tag", a.tag)
        b = o.api(who, "GET", path, If_None_Match=a.tag)
        check(b.status == 304 and b.body == b"" and b.tag == a.tag,
              path + ": 304", b)
        b = o.api(who, "GET", path, If_None_Match='"other"')
        check(b.status == 200 and b.body == a.body, path + ": changed")
        h = o.api(who, "HEAD", path)
        check(h.status == 200 and h.body == b"" and h.tag == a.tag and
              h.headers["Content-Type"] == a.headers["Content-Type"] and
              h.headers["Content-Length"] == str(len(a.body)),
              path + ": HEAD", dict(h.headers))
    a = o.api("secretary-1", "GET", "/v1/cases/" + case)
    check("no-store" in a.headers["Cache-Control"] or
          "private" in a.headers["Cache-Control"], "a case is not cached by "
          "others", dict(a.headers))


def people(o, case):
    """Who sees what; what one may not see is not there."""
    here = "/v1/cases/" + case
    for path in (here, here + "/events", here + "/findings"):
        for who, status in (("applicant-1", 200), ("applicant-2", 404),
                            ("secretary-1", 200), ("officer-1", 200),
                            ("auditor-1", 404 if "findings" in path else 200),
                            (None, 401)):
            a = o.api(who, "GET", path)
            check(a.status == status, "%s %s: %d" % (who, path, status), a)
    for path in (here + "/documents/1", here + "/key"):
        for who, status in (("applicant-1", 404), ("applicant-2", 404),
                            ("secretary-1", 200), (None, 401)):
            a = o.api(who, "GET", path)
            check(a.status == status, "%s %s: %d" % (who, path, status), a)
    mine = o.api("applicant-2", "GET", "/v1/cases")
    check(mine["items"] == [], "another applicant's list is empty", mine)
    mine = o.api("applicant-1", "GET", "/v1/cases")
    check([c["case"] for c in mine["items"]] == [case], "one's own is not",
          mine)
    a = o.command("applicant-2", case, "withdraw")
    check(a.status == 404, "nor does another withdraw it", a)
    for who in ("auditor-1", "applicant-1", "officer-1"):
        a = o.command(who, case, "fee.pay", {"amount": 10**9,
                                             "paid_on": "2026-07-15"})
        check(a.status == 403 and a["code"] == "E_FLOW_ROLE",
              "%s pays nothing in" % who, a)
    a = o.submit(papers(SCHEME), SCHEME, who="secretary-1")
    check(a.status == 404, "a secretary does not apply", a)
    e = o.api("applicant-1", "GET", here + "/events")["items"]
    check(all(x["data"] == {} for x in e if x["role"] != "applicant"),
          "the body's own papers are not the applicant's", e)


def tokens(o):
    good = o.tokens["secretary-1"]
    path = "/v1/cases"
    a = o.api(None, "GET", path)
    check(a.status == 401 and a["code"] == "E_AUTH" and
          "Bearer" in a.headers["WWW-Authenticate"], "no token: 401", a)
    for name, token in (
            ("a letter changed", good[:-1] + ("0" if good[-1] != "0"
                                              else "1")),
            ("cut off", good[:-1]), ("empty", ""), ("another's id", good.
             replace(good[8:24], o.tokens["officer-1"][8:24])),
            ("expired", o.tokens["old"])):
        a = o.api(token, "GET", path)
        check(a.status == 401 and a["code"] == "E_AUTH", "token %s: 401" %
              name, a)
    a = o.api(None, "GET", path, Authorization="Basic eDp5")
    check(a.status == 401, "Basic: 401", a)
    at = o.now()
    a = o.api("soon", "GET", path)
    if a.status == 200 or at.timestamp() >= o.soon:
        time.sleep(max(0, o.soon - datetime.datetime.now().timestamp() + 1))
        check(o.api("soon", "GET", path).status == 401,
              "a token ends at its second")


def methods(o, case):
    for method, path, allowed in (
            ("DELETE", "/v1/cases/" + case, {"GET", "HEAD"}),
            ("PUT", "/v1/dossiers", {"POST"}),
            ("GET", "/v1/dossiers", {"POST"}),
            ("POST", "/v1/register", {"GET", "HEAD"}),
            ("PUT", "/v1/cases/%s/commands" % case, {"GET", "POST"})):
        a = o.api("secretary-1", method, path)
        found = set(re.split(", *", a.headers.get("Allow", "")))
        check(a.status == 405 and allowed <= found and method not in found,
              "%s %s: 405 and Allow" % (method, path), dict(a.headers))
    for path in ("/", "/v1", "/v1/cases/", "/v1/nothing", "/v1/cases/../x",
                 "/v1/cases/A%00B", "/v1/cases/" + "x" * 60,
                 "/v1/register/GAI9999-9912", "/pki/none.crl",
                 "/v1/schemes/none", "/v1/cases/genesis/key",
                 "/v1/cases/%s/documents/99" % case,
                 "/v1/cases/%s/documents/x" % case):
        a = o.api("secretary-1", "GET", path)
        check(a.status in (400, 404) and a["code"] in ("E_INPUT",
                                                       "E_NOT_FOUND"),
              "nothing at " + path[:40], a)
    a = o.api("secretary-1", "GET", "/v1/nothing")
    check(a["instance"] != o.api("secretary-1", "GET", "/v1/nothing")
          ["instance"] and a["type"].startswith("/problems/"),
          "each problem is an instance of its own")
    b = o.api(None, "GET", a["type"])
    check(b.status == 200 and b["code"] == a["code"],
          "its type can be read", b)
    for path, status in (("/healthz", 200), ("/pki/root.cer", 200),
                         ("/v1/schemes", 308), ("/v1/cases", 308)):
        a = o.api(None, "GET", path, plain=True, strict=False)
        check(a.status == status or (status == 308 and a.status in (
            301, 302, 307)), "without TLS %s: %d" % (path, status), a)
        if status == 308:
            check(a.headers["Location"].startswith("https://"),
                  "to TLS", a.headers["Location"])


def secrets_at_rest(o, case):
    """An undecided case: nothing of its forms outside its documents."""
    found = []
    store = os.path.join(o.home, "store")
    names = [s.encode() for s in SECRETS]

    def look(where, data):
        found.extend((where, n.decode()) for n in names if n in data)
        text = json.dumps(data.decode("utf-8", "ignore")).encode()
        found.extend((where, n.decode()) for n in names
                     if n.decode().encode("unicode_escape") in text)
    for ident, kind, data in o.objects():
        look("%s %s" % (kind, ident), data)
    check(len(list(o.objects())) > 10 and not found,
          "git: nothing of the forms in any object", found)
    for folder, _, files in os.walk(store):
        for name in files:
            if name.startswith("accounts.sqlite"):
                continue  # answers of 72 hours, for repeated requests
            with open(os.path.join(folder, name), "rb") as f:
                data = f.read()
            look(name, data)
            if ".git" not in folder:
                for part in inflate_all(data):
                    look(name, part)
    check(not found, "store: nor in any file", found)
    with open(o.log, "rb") as f:
        look("log", f.read())
    check(not found, "log: nor in any line", found)
    tokens_found = []
    for folder, _, files in os.walk(store):
        for name in files:
            with open(os.path.join(folder, name), "rb") as f:
                data = f.read()
            tokens_found += [(name, who) for who, t in o.tokens.items()
                             if t[-64:].encode() in data]
    with open(o.log, "rb") as f:
        data = f.read()
    tokens_found += [("log", who) for who, t in o.tokens.items()
                     if t[-64:].encode() in data]
    check(not tokens_found, "no token lies anywhere", tokens_found)
    key = o.api("secretary-1", "GET", "/v1/cases/%s/key" % case)["key"]
    raw = bytes.fromhex(key)
    kept = []
    for folder, _, files in os.walk(o.home):
        for name in files:
            with open(os.path.join(folder, name), "rb") as f:
                data = f.read()
            if raw in data or key.encode() in data:
                kept.append(name)
    check(not kept, "the case key lies nowhere unwrapped", kept)


def readiness(o):
    """Whoever asks /readyz without end does not use up the signer's
    patience: nobody else is told that it is not ready."""
    c = http.client.HTTPSConnection("127.0.0.1", o.https, timeout=30,
                                    context=o.tls)
    seen = set()
    for _ in range(800):
        c.request("GET", "/readyz")
        r = c.getresponse()
        r.read()
        seen.add(r.status)
    c.close()
    check(seen == {200}, "asked 800 times, ready 800 times", seen)


def missing(o, case):
    """A document that the disk has lost is a fault, not an erased case."""
    packs = os.path.join(o.git, "objects", "pack")
    name = [n for n in o.git_run("ls-tree", "-r", "HEAD").splitlines()
            if "/%s/docs/01-" % case in n][0].split()[2]
    o.stop()
    for idx in glob.glob(os.path.join(packs, "*.idx")):
        if name in o.git_run("verify-pack", "-v", idx):
            break
    pack = idx[:-4] + ".pack"
    os.rename(pack, pack + ".lost")
    o.start()
    a = o.api("secretary-1", "GET", "/v1/cases/%s/documents/1" % case)
    check(a.status == 500, "a lost document is a fault of ours", a)
    o.api("secretary-1", "GET", "/v1/cases/" + case, strict=False)
    check(any(r["event"] == "case.record" and case in r["trail"]
              for r in o.records()), "and the log names its case")
    o.stop()
    os.rename(pack + ".lost", pack)
    o.start()


def main():
    o = Office()
    o.grant("applicant-2", "applicant-2", "applicant")
    o.grant("old", "secretary-1", "secretariat",
            int(o.now().timestamp()) - 1)
    o.soon = int(o.now().timestamp()) + 6
    o.grant("soon", "secretary-1", "secretariat", o.soon)
    o.start()
    case = o.new_case(SCHEME, service="架空秘密サービス")
    people(o, case)
    a = o.submit({**papers(SCHEME, service="架空秘密サービス"),
                  "資料.pdf": b"text"}, SCHEME)
    check(a.status == 422 and "case" in a.json, "a refused dossier is kept "
          "as a record", a)
    secrets_at_rest(o, case)
    versions(o, case)
    tags(o, case)
    tokens(o)
    methods(o, case)
    readiness(o)
    missing(o, case)
    finish()


main()
