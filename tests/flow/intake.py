#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How dossiers come in: what is refused and how, what is kept of it, what a
correction and a repetition do."""
import base64
import hashlib
import io
import json
import os
import signal
import socket
import subprocess
import tarfile
import threading
import time
import zipfile

from lib import (BIN, LIMITS, PARTS, SCHEMES, SOURCE, ZIP, Office, archive,
                 check, finish, papers, run)

SCHEME = "genai-saas"
MIB = 1 << 20


def traces(o):
    """All that a refused dossier must leave as it was."""
    keys = sorted(os.listdir(os.path.join(o.home, "store", "casekeys")))
    count = len(o.api("secretary-1", "GET", "/v1/cases")["items"])
    return o.git_run("rev-parse", "HEAD"), keys, count


def hostile():
    """Name, archive, the codes that must be found."""
    good = papers(SCHEME)
    names = {**good, "../escape.pdf": b"%PDF-1.7\n", "/etc/passwd": b"x",
             "con.txt": b"x", "a\u202eb.pdf": b"%PDF-1.7\n"}
    yield "bad names, all at once", archive(names), {
        "BUNDLE-NAME_DOTDOT", "BUNDLE-NAME_ABSOLUTE",
        "BUNDLE-NAME_RESERVED", "BUNDLE-NAME_BIDI"}
    twice = archive({**good, "form-c.json": b"{}"})
    yield "a name twice", twice.replace(b"form-c.json", b"form-a.json"), {
        "BUNDLE-NAME_DUP"}
    yield "an archive inside", archive({**good, "more.zip": archive(
        {"x.txt": b"x"})}), {"BUNDLE-NESTED"}
    yield "signed container", archive({**good, "META-INF/x.xml": b"<x/>"}), {
        "BUNDLE-ASIC_FORM"}
    yield "cut off", archive(good)[:-400], {"BUNDLE-ZIP_LAYOUT"}
    yield "no archive", b"%PDF-1.7 and so on", {"BUNDLE-FORMAT"}
    yield "a bomb", archive({**good, "zeros.txt": bytes(65 * MIB)}), {
        "BUNDLE-LIM_ENTRY"}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in good.items():
            z.writestr(name, data)
        link = zipfile.ZipInfo("link.pdf")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        z.writestr(link, "form-a.json")
    yield "a link", out.getvalue(), {"BUNDLE-TYPE_LINK"}
    yield "locked", locked(archive(good)), {"BUNDLE-ENCRYPTED"}


def locked(data):
    """Set the flag "encrypted" of every entry."""
    data = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        i = data.find(mark)
        while i >= 0:
            data[i + at] |= 1
            i = data.find(mark, i + 4)
    return bytes(data)


def offline(o, data):
    path = o.store("check.zip", data)
    return json.loads(run(
        os.path.join(BIN, "nintei"), "-C", o.home, "bundle", "check", path,
        "--scheme", SCHEME, "--json", status=None))


def refusals(o):
    before = traces(o)
    for name, data, rules in hostile():
        a = o.submit(data, SCHEME)
        check(a.status == 422 and a["code"] == "E_BUNDLE_REFUSED",
              name + ": refused", a)
        found = {f["rule"] for f in a.get("findings", [])}
        check(rules <= found, "flow 6: %s: found" % name, (rules, found))
        check(all(f["text_ja"] and f["text_en"] and f["severity"]
                  for f in a["findings"]), name + ": in both languages")
        check("case" not in a.json or not rules & {
            "BUNDLE-ZIP_LAYOUT", "BUNDLE-FORMAT", "BUNDLE-ENCRYPTED"},
            name + ": nothing to correct", a)
        p = o.preflight(data, SCHEME)
        check(p.status == 200 and not p["ok"] and
              p["findings"] == a["findings"], name + ": preflight agrees",
              (p, a))
        check(offline(o, data) == p.json, name + ": bundle check agrees", p)
        if "case" not in a.json:
            check(traces(o) == before, name + ": leaves no trace")
        before = traces(o)
    check(len(o.parts()) == len(PARTS), "the server goes on", o.parts())


def preflight(o):
    """Nothing of it is kept, good or bad."""
    before = traces(o)
    for scheme in SCHEMES:
        p = o.preflight(papers(scheme), scheme)
        check(p.status == 200 and p["ok"] and p["scheme"] == scheme and
              {m["path"] for m in p["members"]} == set(papers(scheme)),
              scheme + ": preflight of a good dossier", p)
    p = o.preflight(papers(SCHEME, corporate_number="7000012050003"), SCHEME)
    check(p.status == 200 and not p["ok"], "preflight of a bad number", p)
    fields = {f.get("field") for f in p["findings"]}
    check("corporate_number" in fields, "the field is named", p)
    check(traces(o) == before, "preflight keeps nothing")


def corrections(o):
    """A refused dossier that could be read is put right under its case."""
    bad = papers(SCHEME, service="架空訂正サービス")
    bad["資料.pdf"] = b"plain text in a false name\n"
    a = o.submit(bad, SCHEME)
    check(a.status == 422 and "case" in a.json and "receipt" in a.json and
          "BUNDLE-TYPE_MISMATCH" in {f["rule"] for f in a["findings"]},
          "refused with a case and a receipt", a)
    case = a["case"]
    first = o.case(case)
    check(first["state"] == "correcting" and
          any(d["what"] == "correction_due" for d in first["deadlines"]) and
          ("bundle", "refused") in {(m["machine"], m["state"])
                                    for m in first["machines"]},
          "flow 6: it stands in correcting", first)
    check(o.api("applicant-1", "GET", "/v1/cases/%s/findings" %
                case)["items"] == a["findings"], "its findings are kept")
    time.sleep(1.1)
    good = papers(SCHEME, service="架空訂正サービス")
    query = "case=" + case
    b = o.submit(good, SCHEME, who="applicant-2", query=query)
    check(b.status == 404, "not by another applicant", b)
    b = o.submit(papers(SCHEMES[0]), SCHEMES[0], query=query)
    check(b.status == 400, "not under another scheme", b)
    b = o.submit(b"no archive", SCHEME, query=query)
    check(b.status == 422 and b.get("case") == case and
          o.case(case)["state"] == "correcting",
          "what cannot be read changes nothing", b)
    b = o.submit(bad, SCHEME, query=query)
    check(b.status == 422 and b["case"] == case and
          o.case(case)["state"] == "correcting", "still refused", b)
    b = o.submit(good, SCHEME, query=query)
    check(b.status == 201 and b["case"] == case and b["state"] == "submitted"
          and b["received_at"] == first["received_at"],
          "flow 6: put right, with its day of receipt", b)
    check(len([m for m in b["machines"] if m["machine"] == "fee"]) == 1,
          "one fee")
    b = o.submit(good, SCHEME, query=query)
    check(b.status == 409 and b["code"] == "E_FLOW_STEP",
          "no second correction is open", b)
    b = o.submit(good, SCHEME, query="case=c0")
    check(b.status == 404, "nor of a case that is not", b)
    o.accept(case)

    # What a person can put right: taken in, but not accepted as it is.
    a = o.submit(papers(SCHEME, service="架空訂正サービス二",
                        contact_email=""), SCHEME)
    check(a.status == 201 and any(f["severity"] == "correct"
                                  for f in a["findings"]),
          "a finding to correct is taken in", a)
    case = a["case"]
    o.pay(case)
    b = o.command("secretary-1", case, "accept",
                  {"reviewers": ["secretary-1"]})
    check(b.status == 422 and b["guard"] == "intake_ok",
          "but not accepted", b)
    o.do("secretary-1", case, "request_correction")
    b = o.submit(papers(SCHEME, service="架空訂正サービス二"), SCHEME,
                 query="case=" + case)
    check(b.status == 201, "corrected", b)
    c = o.do("secretary-1", case, "accept", {"reviewers": ["secretary-1"]})
    check(c["state"] == "in_review", "and accepted", c)


def on_review(o, files, query=""):
    """Paid, and whether the secretariat may accept it."""
    a = o.submit(archive(files), SCHEMES[0], query=query)
    if not check(a.status == 201, "flow 41: taken in", a):
        return a
    if not query:
        o.pay(a["case"])
    b = o.command("secretary-1", a["case"], "accept",
                  {"reviewers": ["secretary-1"]})
    b.case = a["case"]
    return b


def other_papers(o):
    """Flow 41: who proves the existence otherwise, in English, of another."""
    work = os.path.join(o.work, "samples")
    run(os.path.join(SOURCE, "examples", "make"), "-o", work,
        env={**os.environ, "NINTEI": os.path.join(BIN, "nintei"),
             "NINTEI_POLICIES": os.path.join(SOURCE, "policies")})

    def sample(name):
        folder = os.path.join(work, name)
        out = {}
        for path in sorted(os.listdir(folder)):
            with open(os.path.join(folder, path), "rb") as f:
                out[path] = f.read()
        return out
    good = sample("good-iaas-json")
    paper = [n for n in good if n.startswith("登記事項証明書")][0]
    proprietor = {n: d for n, d in good.items() if n != paper}
    proprietor["existence_proof.pdf"] = good[paper]
    b = on_review(o, proprietor)
    check(b.status == 200, "flow 41: another public paper is accepted", b)
    for name, what in (("bad-english-paper", "in English alone"),
                       ("bad-other-company", "of another company")):
        b = on_review(o, sample(name))
        check(b.status == 422 and b["guard"] == "intake_ok",
              "flow 41: %s: not accepted" % what, b)
        o.do("secretary-1", b.case, "request_correction")
        b = on_review(o, good, "case=" + b.case)
        check(b.status == 200, "flow 41: put right, it is", b)


def digest(data):
    return "sha-256=:%s:" % base64.b64encode(
        hashlib.sha256(data).digest()).decode()


def digests(o):
    data = archive(papers(SCHEME))
    before = traces(o)
    a = o.submit(data, SCHEME, Repr_Digest=digest(data + b"x"))
    check(a.status == 422 and a["code"] == "E_DIGEST", "another digest", a)
    a = o.submit(data, SCHEME, Repr_Digest="md5=:xxxx:")
    check(a.status == 400, "a digest of no use", a)
    check(traces(o) == before, "neither is kept")
    a = o.submit(data, SCHEME, Repr_Digest=digest(data))
    check(a.status == 201 and a["receipt"]["bundle"]["sha256"] ==
          hashlib.sha256(data).hexdigest(), "the right one", a)


def idempotency(o):
    one, two = archive(papers(SCHEME)), archive(papers(SCHEMES[0]))
    a = o.api("applicant-1", "POST", "/v1/dossiers?scheme=%s&kind=new" %
              SCHEME, one, Content_Type=ZIP)
    check(a.status == 400 and a["code"] == "E_INPUT", "a key is needed", a)
    a = o.submit(one, SCHEME, key="key-1")
    before = o.commits()
    b = o.submit(one, SCHEME, key="key-1")
    check(a.status == b.status == 201 and a.body == b.body and
          a.headers["Location"] == b.headers["Location"],
          "the same request has the same answer", b)
    c = o.submit(two, SCHEMES[0], key="key-1")
    check(c.status == 422 and c["code"] == "E_IDEMPOTENCY",
          "another body has none", c)
    check(o.commits() == before, "both are no event")
    d = o.submit(one, SCHEME, key="key-1", who="applicant-2")
    check(d.status == 201 and d["case"] != a["case"],
          "keys are each person's own", d)
    bad = archive({**papers(SCHEME), "資料.pdf": b"text"})
    e = o.submit(bad, SCHEME, key="key-2")
    before = o.commits()
    f = o.submit(bad, SCHEME, key="key-2")
    check(e.status == 422 and e.body == f.body and o.commits() == before,
          "a refusal is repeated too", (e, f))

    answers = []

    def send():
        answers.append(o.submit(one, SCHEME, key="key-3"))
    threads = [threading.Thread(target=send) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    cases = {x["case"] for x in answers if x.status == 201}
    check(len(cases) == 1 and {x.status for x in answers} <= {201, 409},
          "eight at once make one case", answers)
    o.restart()
    b = o.submit(one, SCHEME, key="key-1")
    check(a.body == b.body, "after a restart as well", b)


def media(o):
    data = archive(papers(SCHEME))
    for kind in ("application/json", "application/octet-stream", "text/zip",
                 ""):
        a = o.submit(data, SCHEME, type=kind)
        check(a.status == 415 and a["code"] == "E_MEDIA",
              "type \"%s\"" % kind, a)
    for mode, kind in (("w", "application/x-tar"),
                       ("w:gz", "application/gzip"),
                       ("w:xz", "application/x-xz"),
                       ("w", "application/zstd")):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode=mode,
                          format=tarfile.PAX_FORMAT) as t:
            for name, content in papers(SCHEME).items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                t.addfile(info, io.BytesIO(content))
        data = out.getvalue()
        if kind == "application/zstd":
            data = subprocess.run(["zstd", "-q", "-c"], input=data,
                                  stdout=subprocess.PIPE, check=True).stdout
        a = o.submit(data, SCHEME, type=kind)
        check(a.status == 201, kind, a)


def raw(o, head, body=None):
    """Status of an answer that may come before the body is sent."""
    with socket.create_connection(("127.0.0.1", o.https), 30) as plain:
        with o.tls.wrap_socket(plain, server_hostname="127.0.0.1") as s:
            s.sendall(head)
            try:
                for part in body or ():
                    s.sendall(part)
            except OSError:
                pass
            s.settimeout(30)
            return int(s.recv(4096).split(b" ")[1])


def sizes(o):
    head = ("POST /v1/dossiers?scheme=%s&kind=new HTTP/1.1\r\nHost: x\r\n"
            "Authorization: Bearer %s\r\nContent-Type: application/zip\r\n"
            "Idempotency-Key: size\r\n" % (SCHEME,
                                           o.tokens["applicant-1"])).encode()
    status = raw(o, head + b"Content-Length: %d\r\n\r\n" % (100 * MIB + 1))
    check(status == 413, "too long: refused before it is sent", status)
    chunk = b"100000\r\n" + bytes(MIB) + b"\r\n"
    status = raw(o, head + b"Transfer-Encoding: chunked\r\n\r\n",
                 [chunk] * 101 + [b"0\r\n\r\n"])
    check(status == 413, "too long, in chunks", status)
    bare = b"".join(line + b"\r\n" for line in head.split(b"\r\n")[:-1]
                    if not line.startswith(b"Authorization"))
    status = raw(o, bare + b"Content-Length: 50\r\n\r\n")
    check(status == 401, "no token: before it is sent", status)


def level_one(o):
    """What `nintei bundle make` writes passes; a changed member does not."""
    folder = os.path.join(o.work, "papers")
    os.mkdir(folder)
    for name, data in papers(SCHEME).items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)
    made = os.path.join(o.work, "made.zip")
    run(os.path.join(BIN, "nintei"), "-C", o.home, "bundle", "make", folder,
        "-o", made, "--scheme", SCHEME)
    with open(made, "rb") as f:
        data = f.read()
    a = o.submit(data)
    check(a.status == 201 and a["scheme"] == SCHEME,
          "a manifest needs no query", a)
    a = o.submit(data, SCHEMES[0])
    check(a.status == 422 and "MANIFEST-MANIFEST_HINT" in {
        f["rule"] for f in a["findings"]}, "and contradicts another", a)
    with zipfile.ZipFile(made) as z:
        files = {n: z.read(n) for n in z.namelist()}
    for name, change, rule in (
            ("changed", {"form-b.json": files["form-b.json"] + b" "},
             "MANIFEST-MANIFEST_DIGEST"),
            ("added", {"extra.txt": b"x"}, "MANIFEST-MANIFEST_EXTRA")):
        a = o.submit({**files, **change})
        check(a.status == 422 and rule in {f["rule"] for f in a["findings"]},
              "a member %s after the manifest" % name, a)
    del files["form-b.json"]
    a = o.submit(files)
    check(a.status == 422 and "MANIFEST-MANIFEST_MISSING" in {
        f["rule"] for f in a["findings"]}, "or taken away", a)


def slow(o):
    """A dossier whose intake takes seconds was received when it came, and
    its periods count from there: the audit at the end agrees."""
    examine = o.parts()["examine"]
    got = []
    sender = threading.Thread(target=lambda: got.append(
        o.submit(papers(SCHEME), SCHEME)))
    os.kill(examine, signal.SIGSTOP)
    sender.start()
    time.sleep(2.5)
    os.kill(examine, signal.SIGCONT)
    sender.join()
    if not check(got[0].status == 201, "a slow intake", got[0]):
        return
    event = json.loads(o.tree_file(got[0]["case"],
                                   "0001-application.submit.json"))
    check(event["effective_at"] == event["data"]["received_at"] <
          event["recorded_at"], "takes effect when it was received", event)


def quota(o):
    """limits.open_cases is for each account, not for corrections."""
    o.stop()
    o.config = o.config.replace("limits:\n",
                                "limits:\n  open_cases: \"2\"\n")
    o.grant("applicant-3", "applicant-3", "applicant")
    o.set_clock(None)
    o.start()
    cases = [o.submit(papers(SCHEME), SCHEME, who="applicant-3")
             for _ in range(3)]
    check([c.status for c in cases] == [201, 201, 422] and
          cases[2]["guard"] == "quota_ok", "two open cases, no third",
          cases[2])
    o.do("applicant-3", cases[0]["case"], "withdraw")
    a = o.submit(papers(SCHEME), SCHEME, who="applicant-3")
    check(a.status == 201, "until one is closed", a)


def signed(o):
    """A signed container comes in as level 2, under its own media type."""
    key, cert, made = (os.path.join(o.work, n) for n in (
        "signer.key", "signer.pem", "made.asice"))
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
        "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cert,
        "-subj", "/CN=signer", "-days", "3650")
    run(os.path.join(BIN, "nintei"), "-C", o.home, "bundle", "make",
        os.path.join(o.work, "papers"), "-o", made, "--scheme", SCHEME,
        "--sign", key, "--cert", cert)
    with open(made, "rb") as f:
        data = f.read()
    kind = "application/vnd.etsi.asic-e+zip"
    p = o.submit(data, path="/v1/preflight", who=None, type=kind)
    check(p.status == 200 and p["ok"] and p["level"] == 2 and
          [s["chain"] for s in p["signers"]] == ["untrusted"],
          "preflight of a container", p)
    a = o.submit(data, type=kind)
    check(a.status == 201 and "BUNDLE-SIG_UNKNOWN" in {
        f["rule"] for f in a["findings"]}, "a signed container", a)
    events = o.git_run("log", "-3", "-p", "--format=")
    check('"level":2' in events, "the event says level 2", events[-2000:])
    at = data.index(b"META-INF/signature001.p7s")
    a = o.submit(data[:at + 300] + b"!" + data[at + 301:], type=kind)
    check(a.status == 422, "a changed container", a)


def main():
    o = Office(LIMITS)
    o.grant("applicant-2", "applicant-2", "applicant")
    o.start()
    preflight(o)
    refusals(o)
    corrections(o)
    if os.path.exists(os.path.join(BIN, "nintei-pdftext")):
        other_papers(o)
    digests(o)
    media(o)
    sizes(o)
    level_one(o)
    signed(o)
    idempotency(o)
    slow(o)
    quota(o)
    good, words = o.fsck()
    check(good, "git fsck --strict", words)
    finish()


main()
