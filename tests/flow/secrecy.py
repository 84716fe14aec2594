#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nothing secret leaves: a canary in each member, field and hiding place of a
dossier, its whole life, then every output searched in 19 forms.  What is found
equals what is allowed.  On the way: withholding, and the key destroyed."""
import glob
import hashlib
import io
import json
import os
import re
import secrets
import sqlite3
import tarfile
import zipfile

from lib import JST, Office, check, fail, finish, papers, run
import canary
from steps import paper

SCHEME = "iaas-paas-iot"
ASKED = {"granted": "31", "denied": "33.2", "given up": "36.1",
         "open": "37.1"}
NAMES = {"form_a.applicant_name", "form_a.service_name"}
# One's own papers by name and digest.
OWN = NAMES | {"file name", "whole document"}
FREE = ("contact_name", "contact_department", "service_summary",
        "applicant_name", "service_name",
        "representative_title")


# --- the hiding places ---

def workbook(flock):
    """docProps, a comment, a hidden sheet, a defined name, a cell."""
    def c(place):
        return flock.add("xlsx " + place, secrets.token_hex(4).upper())
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    pkg = "http://schemas.openxmlformats.org/package/2006/"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml."

    def sheet(text):
        return (head + '<worksheet %s><sheetData><row r="1"><c r="A1" '
                't="inlineStr"><is><t>%s</t></is></c></row></sheetData>'
                '</worksheet>' % (ns, text))
    files = {
        "[Content_Types].xml": head + '<Types xmlns="%scontent-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats'
        '-package.relationships+xml"/><Default Extension="xml" '
        'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        'ContentType="%ssheet.main+xml"/><Override PartName="/xl/worksheets/'
        'sheet1.xml" ContentType="%sworksheet+xml"/><Override PartName="/xl/'
        'worksheets/sheet2.xml" ContentType="%sworksheet+xml"/></Types>' % (
            pkg, types, types, types),
        "_rels/.rels": head + '<Relationships xmlns="%srelationships">'
        '<Relationship Id="r1" Type="%s/officeDocument" Target='
        '"xl/workbook.xml"/><Relationship Id="r2" Type="%srelationships/'
        'metadata/core-properties" Target="docProps/core.xml"/>'
        '</Relationships>' % (pkg, rel, pkg),
        "docProps/core.xml": head + '<cp:coreProperties xmlns:cp="%smetadata/'
        'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<dc:creator>%s</dc:creator><dc:title>%s</dc:title>'
        '</cp:coreProperties>' % (pkg, c("creator"), c("title")),
        "xl/workbook.xml": head + '<workbook %s xmlns:r="%s"><sheets>'
        '<sheet name="表" sheetId="1" r:id="r1"/><sheet name="隠" sheetId="2" '
        'state="hidden" r:id="r2"/></sheets><definedNames><definedName '
        'name="memo">"%s"</definedName></definedNames></workbook>' % (
            ns, rel, c("defined name")),
        "xl/_rels/workbook.xml.rels": head + '<Relationships xmlns="%s'
        'relationships"><Relationship Id="r1" Type="%s/worksheet" Target='
        '"worksheets/sheet1.xml"/><Relationship Id="r2" Type="%s/worksheet" '
        'Target="worksheets/sheet2.xml"/></Relationships>' % (pkg, rel, rel),
        "xl/worksheets/sheet1.xml": sheet(c("cell")),
        "xl/worksheets/sheet2.xml": sheet(c("hidden sheet")),
        "xl/worksheets/_rels/sheet1.xml.rels": head + '<Relationships '
        'xmlns="%srelationships"><Relationship Id="r1" Type="%s/comments" '
        'Target="../comments1.xml"/></Relationships>' % (pkg, rel),
        "xl/comments1.xml": head + '<comments %s><authors><author>a</author>'
        '</authors><commentList><comment ref="A1" authorId="0"><text><t>%s'
        '</t></text></comment></commentList></comments>' % (ns, c("comment")),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in files.items():
            z.writestr(zipfile.ZipInfo(name, (2026, 7, 10, 9, 0, 0)), text)
    return out.getvalue()


def page(flock):
    """A PDF with XMP and an information dictionary."""
    def c(place):
        return flock.add("pdf " + place, secrets.token_hex(4).upper())
    xmp = ('<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta '
           'xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/'
           '1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl'
           '.org/dc/elements/1.1/"><dc:description>%s</dc:description>'
           '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>' % (
               c("xmp"))).encode()
    title = "FEFF" + c("title").encode("utf-16-be").hex().upper()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Metadata 4 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        b"<</Type/Metadata/Subtype/XML/Length %d>>stream\n%s\nendstream" % (
            len(xmp), xmp),
        b"<</Title<%s>>>" % title.encode()]
    out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    at = []
    for i, body in enumerate(objects):
        at.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (i + 1, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % n for n in at)
    return out + (b"trailer<</Size %d/Root 1 0 R/Info 5 0 R>>\nstartxref\n%d"
                  b"\n%%%%EOF\n" % (len(objects) + 1, xref))


def packed(files, pax):
    """As tar, each header with a pax comment."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as t:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mtime = 1783641600
            info.pax_headers = {"comment": pax}
            t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def dossier(o, flock):
    """Files with a canary wherever one can be, and their manifest."""
    def word():
        return secrets.token_hex(4).upper()
    files = papers(SCHEME, service="別の架空基盤" + flock.add(
        "form_a.service_name", word()))
    a = json.loads(files["form-a.json"])
    for key in FREE:
        if key != "service_name":
            a["fields"][key] = a["fields"][key] + flock.add(
                "form_a." + key, word())
    b = json.loads(files["form-b.json"])
    checks = {c["id"]: c.get("check") for c in o.scheme(SCHEME)["criteria"]}
    b["fields"]["2"] = a["fields"]["applicant_name"]
    for key, value in b["fields"].items():
        if isinstance(value, str) and checks.get(key) == "not_empty":
            b["fields"][key] = value + flock.add("form_b." + key, word())
    files["form-a.json"] = json.dumps(a, ensure_ascii=False).encode()
    files["form-b.json"] = json.dumps(b, ensure_ascii=False).encode()
    files["表.xlsx"] = workbook(flock)
    files["資料.pdf"] = page(flock)
    files["説明%s.txt" % flock.add("file name", word())] = \
        ("説明の文書です。ここに秘密があります。" +
         flock.add("text", word())).encode()
    files["canary.txt"] = flock.add("whole document", word()).encode()
    files["manifest.json"] = manifest(files, a["fields"], flock)
    return files


def manifest(files, a, flock, asked=tuple(ASKED.values())):
    roles = {"form-a.json": "form_a", "form-b.json": "form_b",
             "登記事項証明書.pdf": "registry_certificate"}
    members = []
    for name, data in files.items():
        m = {"path": name, "role": roles.get(name, "attachment"),
             "sha256": hashlib.sha256(data).hexdigest(), "size": len(data),
             "tag": "secret"}
        if name == "form-b.json":
            m["fields"] = [{"id": i, "withhold": {"reason": "営業秘密" +
                            flock.add("reason " + i,
                                      secrets.token_hex(4).upper())}}
                           for i in asked]
        members.append(m)
    return json.dumps({
        "schema": "nintei.bundle/1", "scheme": SCHEME, "kind": "new",
        "applicant": {"name": a["applicant_name"],
                      "corporate_number": a["corporate_number"]},
        "service": {"name": a["service_name"], "url": a["service_url"]},
        "guideline_version": "2018-10", "created":
        "2026-07-15T09:00:00+09:00", "tag": "secret",
        "members": members}, ensure_ascii=False).encode()


# --- the outputs ---

def allowed_fields(flock, without):
    return {p for p in flock.text if p.startswith("form_b.") and
            p[len("form_b."):] not in without}


def equal(flock, name, data, want):
    have = flock.found(data)
    check(have == want, "%s: what is found is what is allowed" % name,
          {"too many": sorted(have - want), "missing": sorted(want - have)})


def today(o):
    return o.now().astimezone(JST).strftime("%Y-%m-%d")


def register(o, flock, number, hidden):
    """The entry: all items but these, and those as a hash."""
    a = o.api(None, "GET", "/v1/register/" + number)
    want = NAMES | allowed_fields(flock, hidden)
    equal(flock, "register without %s" % sorted(hidden), a.body, want)
    listed = o.api(None, "GET", "/v1/register?scheme=" + SCHEME)
    equal(flock, "register's list", listed.body, want)
    for path in ("/v1/register/%s?as_of=%s" % (number, today(o)),
                 "/v1/register/%s/versions" % number,
                 "/v1/register?as_of=" + today(o), "/v1/register/export",
                 "/v1/register/export?as_of=" + today(o)):
        equal(flock, path, o.fetch(path), want)
    equal(flock, "absence of a number", o.fetch(
        "/v1/register/absence?scheme=%s&number=%s&on=2026-01-01" % (
            SCHEME, number)), NAMES)
    equal(flock, "publications", o.fetch("/v1/publications"), set())
    items = {i["id"]: i for i in a["items"]}
    check({i for i in items if "withheld" in items[i]} == set(hidden),
          "withheld: a hash in place of the value", sorted(hidden))
    return items


def certificates(o, flock, number):
    pem = o.fetch("/v1/register/%s/certificate.pem" % number)
    text = run("openssl", "x509", "-noout", "-text", "-nameopt", "utf8",
               input=pem)
    der = run("openssl", "x509", "-outform", "DER", input=pem)
    equal(flock, "certificate", der + text, NAMES)
    record = o.fetch("/v1/register/%s/certificate.json" % number)
    equal(flock, "certificate.json", record, NAMES)


def nobody(o, flock, case, decision):
    """What anybody gets who asks, errors too: nothing."""
    out = []
    for path in ("/v1/cases", "/v1/cases/" + case, "/v1/cases/%s/events" %
                 case, "/v1/cases/%s/findings" % case,
                 "/v1/cases/%s/documents/1" % case, "/v1/cases/%s/key" % case,
                 "/v1/decisions/" + decision, "/v1/decisions/%s/document" %
                 decision, "/v1/schemes", "/v1/schemes/" + SCHEME, "/healthz",
                 "/readyz", "/log/checkpoint", "/v1/register/none",
                 "/v1/register?q=%00", "/nothing", "/audit.git/info/refs"):
        for who in (None, "nin_pat_0000000000000000_" + "0" * 64):
            a = o.api(who, "GET", path, strict=False)
            out.append(a.body + str(a.headers).encode())
    for method, path in (("POST", "/v1/dossiers"), ("POST", "/v1/preflight"),
                         ("POST", "/v1/cases/%s/commands" % case),
                         ("POST", "/v1/decisions/%s/signatures" % decision),
                         ("DELETE", "/v1/cases/" + case)):
        a = o.api(None, method, path, b"{}", strict=False,
                  Content_Type="application/json")
        out.append(a.body + str(a.headers).encode())
    for path in ("/pki/%s.crl" % SCHEME, "/pki/%s.cer" % SCHEME,
                 "/pki/root.cer", "/healthz"):
        out.append(o.fetch(path, plain=True))
    equal(flock, "errors, lists and logs for nobody", b"\n".join(out), set())


def log_outputs(o, flock):
    checkpoint = o.fetch("/log/checkpoint")
    size = int(checkpoint.split(b"\n")[1])
    out = [checkpoint]
    for path in ("/log/tile/0/000.p/%d" % (size % 256),
                 "/log/tile/entries/000.p/%d" % (size % 256)):
        a = o.api(None, "GET", path, strict=False)
        out.append(a.body)
    equal(flock, "checkpoint and tiles", b"\n".join(out), set())


def server_log(o, flock):
    with open(o.log, "rb") as f:
        equal(flock, "the server's log", f.read(), set())


def people(o, flock, case):
    """The applicant sees names, files and findings of his own; the staff may
    read documents; neither sees the other's."""
    own = o.api("applicant-1", "GET", "/v1/cases/" + case)
    equal(flock, "the applicant's case", own.body, OWN)
    events = o.api("applicant-1", "GET", "/v1/cases/%s/events" % case)
    equal(flock, "the applicant's events", events.body,
          {"form_b." + ASKED["given up"]})
    check("withholding" not in own.json, "whoever asked gets no reasons back")
    why = {"reason " + i for i in ASKED.values()}
    for who, want in (("secretary-1", OWN | why), ("officer-1", OWN | why),
                      ("auditor-1", set())):
        staff = o.api(who, "GET", "/v1/cases/" + case)
        equal(flock, "the case for " + who, staff.body, want)
    other = o.api("auditor-1", "GET", "/v1/cases/%s/documents/1" % case)
    check(other.status == 404, "an auditor reads no document", other)
    n = {d["path"]: d["n"] for d in own["documents"] if "path" in d}
    for who, want in (("secretary-1", 200), ("applicant-1", 404)):
        a = o.api(who, "GET", "/v1/cases/%s/documents/%d" % (
            case, n["canary.txt"]), strict=False)
        check(a.status == want, "%s reads a document: %d" % (who, want), a)
        equal(flock, "what %s gets" % who, a.body,
              {"whole document"} if want == 200 else set())
    return n


def inflated(o):
    """Every object of a clone, and what lies beside the repository."""
    out = run("git", "-C", o.clone(), "cat-file", "--batch",
              "--batch-all-objects")
    for name in glob.glob(o.home + "/store/**", recursive=True):
        if os.path.isfile(name):
            with open(name, "rb") as f:
                out += b"\n" + name.encode() + b"\n" + f.read()
    return out


# --- what is said in acts, at the help desk, to third parties ---

def said(flock, place):
    return paper(place.split()[-1], "架空の文" + flock.add(
        place, secrets.token_hex(4).upper()))


def spoken(o, flock, case):
    """A canary in each paper of an act, and in each name that is given."""
    def ask(body, who=None, path="/v1/tickets"):
        return o.api(who, "POST", path, json.dumps(body),
                     Content_Type="application/json")

    def word(place):
        return flock.add(place, secrets.token_hex(4).upper())
    o.do("secretary-1", case, "compliance.inquire",
         documents=[said(flock, "demand"), said(flock, "staff note")])
    o.do("applicant-1", case, "compliance.answer",
         documents=[said(flock, "answer"), said(flock, "contact")])
    o.do("secretary-1", case, "compliance.judge_sufficient",
         documents=[said(flock, "finding")])
    o.do("secretary-1", case, "disclosure.request", {
        "basis": "consent", "to": "架空" + word("recipient"),
        "objects": [1]}, documents=[said(flock, "request")])
    question = {"question": "=HYPERLINK(1)" + word("ticket question"),
                "contact": word("ticket contact"), "from": "user"}
    a = ask(question)
    check(a.status == 201, "a question", a)
    equal(flock, "the asker's answer", a.body, {"ticket question"})
    ticket = a["ticket"]
    o.do("secretary-1", ticket, "answer",
         documents=[said(flock, "ticket answer")])
    mine = o.api(a["capability"], "GET", "/v1/tickets/" + ticket)
    equal(flock, "the asker's question", mine.body,
          {"ticket question", "ticket answer"})
    return ticket


def swept(o, flock, case, ticket):
    """Every list and view of every role: no word of a paper in any."""
    notices = o.api("secretary-1", "GET", "/v1/cases/%s/notices" % case)
    paths = ["/v1/cases/%s%s" % (c, more) for c in (case, ticket)
             for more in ("/events", "/commands", "/notices")]
    paths += ["/v1/cases/%s/notices/%s" % (case, n["notice"])
              for n in notices["items"]]
    paths += ["/v1/cases", "/v1/cases/" + ticket, "/v1/notices", "/v1/fees",
              "/v1/fees?format=csv", "/v1/deadlines?to=2100-01-01",
              "/v1/deadlines?to=2100-01-01&format=ics", "/v1/publications",
              "/v1/schemas", "/v1/tickets/" + ticket]
    for who in ("secretary-1", "officer-1", "auditor-1", "applicant-1",
                "member-1", None):
        out = b"".join(a.body + str(a.headers).encode() for a in (
            o.api(who, "GET", path, strict=False) for path in paths))
        # A value that was given up or denied stands in the event for ever.
        have = flock.found(out) - {"form_b." + ASKED["given up"], "form_b." +
                                   ASKED["denied"]} - NAMES
        have = {p for p in have if not p.startswith("form_b.") or
                who in (None, "member-1")}
        check(have == set(), "flow 43: lists and views of %s" % who, have)


# --- the life of a case ---

def withholding(o, case, outcome, item):
    """Frozen, signed by one officer, carried out."""
    document = o.do("secretary-1", case, "decision.freeze", {
        "kind": "withholding", "outcome": outcome, "item": item,
        "reasons": "理由"})
    decision = document["decisions"][-1]["decision_id"]
    a = o.sign("officer-1", decision)
    check(a.status == 200 and a["state"] == "executed",
          "%s %s: decided" % (outcome, item), a)
    return decision


def state(o, case, item):
    return {m["instance"]: m["state"] for m in o.case(case)["machines"]
            if m["machine"] == "withholding"}.get(item)


def salted(o, case, item, withheld):
    """The value that came later is the one whose hash stood there."""
    value = salt = None
    for event in o.api("secretary-1", "GET", "/v1/cases/%s/events" %
                       case)["items"]:
        for i in event["data"].get("publication", {}).get("items", []):
            if i["id"] == item and "salt" in i:
                value, salt = i["value"], i["salt"]
                release = event["data"]["release"]
    check(value is not None and hashlib.sha256(
        bytes.fromhex(salt) + value.encode()).hexdigest() == withheld,
          "%s: its value fits the hash" % item)
    check(release["ground"] in ("11-1", "11-2") and release["officers"] and
          release["act"].startswith("d"), "%s: the record that released it" %
          item, release)


def all_of_it(o):
    """Art. 11(2) speaks of a part: who asks for all is refused."""
    files = papers(SCHEME)
    a = json.loads(files["form-a.json"])["fields"]
    items = json.loads(files["form-b.json"])["fields"]
    files["manifest.json"] = manifest(files, a, canary.Flock(), list(items))
    r = o.submit(files)
    check(r.status == 422 and r["code"] == "E_FLOW_GUARD" and
          r["guard"] == "partial" and r["article"] == "11(2)",
          "all items cannot be withheld", r)
    files["manifest.json"] = manifest(files, a, canary.Flock(), ["2"])
    r = o.submit(files)
    check(r.status == 422 and r["code"] == "E_FLOW_GUARD" and
          r["guard"] == "may_withhold", "nor the operator's name", r)


def life(o, flock):
    files = dossier(o, flock)
    pax = flock.add("pax header", secrets.token_hex(4).upper())
    a = o.submit(packed(files, pax), type="application/x-tar")
    if a.status != 201:
        fail("submit: %r\n%s" % (a, a.body.decode()))
    equal(flock, "the answer to the applicant", a.body, OWN)
    mend = [f for f in a["findings"] if f["severity"] == "correct"]
    check(mend == [], "nothing of it must be corrected", mend)
    check(flock.prove(), "the search finds what it is to find")
    case = a["case"]
    check({state(o, case, i) for i in ASKED.values()} == {"requested"},
          "each item asked for waits for a decision")
    bad = o.command("officer-1", case, "withholding.grant",
                    instance=ASKED["granted"])
    check(bad.status == 422 and bad["guard"] == "approved",
          "nothing is granted without a decision", bad)
    withholding(o, case, "grant", ASKED["granted"])
    again = o.command("secretary-1", case, "decision.freeze", {
        "kind": "withholding", "outcome": "grant", "item": ASKED["granted"],
        "reasons": "理由"})
    check(again.status == 409, "and not twice", again)
    o.accept(case)
    decision = o.propose(case)
    check(o.decide(decision) == "executed", "certified")
    number = o.case(case)["number"]
    first = register(o, flock, number, set(ASKED.values()))
    certificates(o, flock, number)
    equal(flock, "clone and store before any denial", inflated(o),
          NAMES | allowed_fields(flock, ASKED.values()))
    withholding(o, case, "deny", ASKED["denied"])
    o.do("applicant-1", case, "withholding.give_up",
         instance=ASKED["given up"])
    left = {ASKED["granted"], ASKED["open"]}
    register(o, flock, number, left)
    for item in (ASKED["denied"], ASKED["given up"]):
        salted(o, case, item, first[item]["withheld"])
    ticket = spoken(o, flock, case)
    people(o, flock, case)
    swept(o, flock, case, ticket)
    shred_refused(o, case)
    o.revoke(case)
    register(o, flock, number, left)
    certificates(o, flock, number)
    nobody(o, flock, case, decision)
    log_outputs(o, flock)
    server_log(o, flock)
    allowed = NAMES | allowed_fields(flock, left)
    equal(flock, "clone and store", inflated(o), allowed)
    return case, number, allowed


def shred_refused(o, case):
    a = o.command("secretary-1", case, "propose_shred", {"reasons": "終了"})
    check(a.status == 409, "nothing in force is shredded", a)


def relabel(o):
    """Somebody changes the tags in the read model."""
    db = sqlite3.connect(os.path.join(o.home, "store", "index.sqlite"))
    with db:
        n = db.execute("UPDATE documents SET tag = 'public'").rowcount
    db.close()
    check(n > 0, "the rows are there to be changed", n)


def shred(o, flock, case, allowed):
    key = o.api("secretary-1", "GET", "/v1/cases/%s/key" % case)
    clone = o.clone("before")
    files = glob.glob(o.home + "/store/casekeys/%s.json" % case)
    with open(files[0], "rb") as f:
        backup = f.read()
    document = o.do("secretary-1", case, "propose_shred", {"reasons": "終了"})
    decision = document["decisions"][-1]["decision_id"]
    one = o.sign("officer-1", decision)
    check(one["state"] == "open" and os.path.exists(files[0]),
          "one officer destroys nothing", one)
    two = o.sign("officer-2", decision)
    check(two["state"] == "executed" and not os.path.exists(files[0]),
          "flow 48: two do: the key's file is gone", two)
    c = o.api("secretary-1", "GET", "/v1/cases/" + case)
    check({d["destroyed"] for d in c["documents"]} == {decision} and
          not any("path" in d for d in c["documents"]) and
          c["receipt"] is None,
          "flow 48: the case names the decision that destroyed it", c)
    equal(flock, "the case afterwards", c.body, set())
    for path in ("documents/1", "key", "findings"):
        a = o.api("secretary-1", "GET", "/v1/cases/%s/%s" % (case, path))
        check(a.status == 404 and decision in a["detail"],
              path + ": 404, and why", a)
    with open(files[0], "wb") as f:
        f.write(backup)
    o.stop()
    relabel(o)
    o.start()
    tags = {d["tag"] for d in o.case(case)["documents"]}
    check(tags == {"secret", "personal", "internal"}, "BINDING-2: a tag comes from the signed event, "
          "not from the index", tags)
    a = o.api("secretary-1", "GET", "/v1/cases/%s/documents/1" % case)
    check(a.status == 404, "a key from a backup opens nothing", a)
    again = o.command("secretary-1", case, "propose_shred",
                      {"reasons": "終了"})
    check(again.status == 404 and decision in again["detail"],
          "it is destroyed once", again)
    equal(flock, "clone and store afterwards", inflated(o), allowed)
    check(key.status == 200 and clone, "a key given out stays given out")
    report = o.audit("flow 48: audit verify after the shredding")
    said = [u for u in report["not_checked"]
            if u["what"] == "destroyed documents"]
    check([u["n"] for u in said] == [len(c["documents"])],
          "and it says so", report["not_checked"])
    os.unlink(files[0])


def main():
    o = Office()
    o.grant("member-1", "member-1", "member")
    o.start()
    flock = canary.Flock()
    all_of_it(o)
    case, _, allowed = life(o, flock)
    shred(o, flock, case, allowed)
    check(not re.search(r"security\.", open(o.log, encoding="utf-8").read()),
          "no alarm was raised on the way")
    finish()


main()
