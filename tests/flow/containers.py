#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signed containers (ASiC-E with CAdES) and bags: made by nintei and by a
second writer, opened with stock tools, and every way to get them wrong."""
import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import zipfile

SOURCE = os.environ["SOURCE_DIR"]
sys.path.insert(0, os.path.join(SOURCE, "tests", "support"))
import registrar as r  # noqa: E402

NINTEI = os.path.join(os.environ["BUILD_DIR"], "bin", "nintei")
DOSSIER = os.path.join(SOURCE, "tests", "fixtures", "dossier", "genai-saas")
ENV = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8",
       "NINTEI_POLICIES": os.path.join(SOURCE, "policies")}
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE"):
    if name in os.environ:
        ENV[name] = os.environ[name]
NOW = int(time.time())
failures = 0


def check(ok, what):
    global failures
    if not ok:
        failures += 1
        print("FAILED:", what)


def run(*args, ok=True, cwd="/", stdin=None):
    p = subprocess.run(args, capture_output=True, timeout=120, env=ENV,
                       cwd=cwd, stdin=stdin)
    check((p.returncode == 0) == ok, "%s: %d %s" % (
        " ".join(args), p.returncode, p.stderr.decode(errors="replace")[:300]))
    return p


# --- our own writer ---


def key_make(work, name, *options, subject="/C=JP/O=架空/CN=" + "架空太郎"):
    key, cert = (os.path.join(work, name + e) for e in (".key", ".pem"))
    run("openssl", "genpkey", "-quiet", *options, "-out", key)
    run("openssl", "req", "-x509", "-utf8", "-key", key, "-subj", subject,
        "-days", "30", "-out", cert)
    return key, cert


P256 = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")


def make(folder, out, *args, ok=True):
    return run(NINTEI, "bundle", "make", folder, "--scheme", "genai-saas",
               "-o", out, *args, ok=ok, stdin=subprocess.DEVNULL)


def report(path):
    p = subprocess.run([NINTEI, "bundle", "check", path, "--json", "--scheme",
                        "genai-saas"], capture_output=True, timeout=120,
                       env=ENV, cwd="/")
    return json.loads(p.stdout) if p.stdout else {"findings": [], "ok": None,
                                                 "error": p.stderr.decode()}


def codes(path):
    return {f["rule"] for f in report(path)["findings"]}


def cms_verify(work, container, cert):
    """By openssl alone, as INTERFACE 6 asks of all that is signed."""
    there = os.path.join(work, "unpacked")
    shutil.rmtree(there, ignore_errors=True)
    with zipfile.ZipFile(container) as z:
        z.extractall(there)
    return run("openssl", "cms", "-verify", "-binary", "-inform", "DER",
               "-content", "META-INF/ASiCManifest001.xml", "-in",
               "META-INF/signature001.p7s", "-CAfile", cert, "-purpose",
               "any", "-cades", "-out", os.path.join(work, "signed"),
               cwd=there)


def own_writer(work):
    folder = os.path.join(work, "dossier")
    shutil.copytree(DOSSIER, folder)
    with open(os.path.join(folder, "資料 100%.txt"), "w") as f:
        f.write("架空の添付資料です。日本語で書かれています。\n" * 3)
    out = os.path.join(work, "own.asice")
    for name, options in (("p256", P256),
                          ("rsa", ("-algorithm", "RSA", "-pkeyopt",
                                   "rsa_keygen_bits:2048"))):
        key, cert = key_make(work, name, *options)
        make(folder, out, "--sign", key, "--cert", cert)
        cms_verify(work, out, cert)
        rep = report(out)
        rules = {f["rule"] for f in rep["findings"]}
        check(rep["level"] == 2 and [(s["signature"], s["chain"])
                                     for s in rep["signers"]] == [
            ("good", "untrusted")], "who signed: %s" % rep.get("signers"))
        check(rules & {"BUNDLE-SIG_UNKNOWN"}, "signer is not known")
        check(not [x for x in rep["findings"] if x["severity"] == "refuse"],
              "own container of %s: %s" % (name, rep))
        check({"mimetype", "META-INF/signature001.p7s"} <= {
            m["path"] for m in rep["members"] if m["role"] == "container"},
            "roles of the container")
    with zipfile.ZipFile(out) as z:
        first = z.infolist()[0]
        check(first.filename == "mimetype" and first.compress_type == 0 and
              first.header_offset == 0 and not first.extra, "mimetype")
        xml = z.read("META-INF/ASiCManifest001.xml")
    check(b"%E8%B3%87%E6%96%99%20100%25.txt" in xml, "names are encoded")
    # The same bytes again, but for the signature.
    again = os.path.join(work, "again.asice")
    make(folder, again, "--sign", key, "--cert", cert)
    with zipfile.ZipFile(again) as z:
        check(z.read("META-INF/ASiCManifest001.xml") == xml, "deterministic")
    return folder, key, cert, out


def own_refusals(work, folder, key, cert):
    out = os.path.join(work, "none.asice")
    ed, ed_cert = key_make(work, "ed", "-algorithm", "ED25519")
    p = make(folder, out, "--sign", ed, "--cert", ed_cert, ok=False)
    check(b"Ed25519" in p.stderr, "why not Ed25519")
    other, other_cert = key_make(work, "other", *P256)
    p = make(folder, out, "--sign", key, "--cert", other_cert, ok=False)
    check(b"not that of the key" in p.stderr, "another certificate")
    p = make(folder, out, "--sign", key, ok=False)
    check(b"certificate" in p.stderr, "no certificate")
    make(folder, out, "--cert", cert, ok=False)
    make(folder, out, "--sign", key, "--cert", cert, "--label", "x", ok=False)
    check(not os.path.exists(out), "nothing was written")
    both = os.path.join(work, "both.pem")
    with open(both, "wb") as f:
        f.write(b"Bag Attributes\n" + open(other, "rb").read() +
                open(other_cert, "rb").read())
    make(folder, out, "--sign", both)
    locked, word = (os.path.join(work, n) for n in ("locked.key", "word"))
    run("openssl", "pkey", "-in", other, "-aes256", "-passout", "pass:himitsu",
        "-out", locked)
    with open(word, "w") as f:
        f.write("himitsu\n")
    make(folder, out, "--sign", locked, "--cert", other_cert,
         "--passphrase-file", word)
    with open(word, "w") as f:
        f.write("wrong\n")
    p = make(folder, out, "--sign", locked, "--cert", other_cert,
             "--passphrase-file", word, ok=False)
    check(b"passphrase" in p.stderr, "wrong passphrase")
    # Above the manifest: kept, and shown to a person.
    make(folder, out, "--sign", key, "--cert", cert, "--label", "personal")
    check("TAG-LABEL_CONFLICT" in codes(out), "label above the manifest")
    check({m["tag"] for m in report(out)["members"]} == {"personal"},
          "stored at the higher level")
    # A body with an arc of its own has another policy.
    make(folder, out, "--sign", key, "--cert", cert, "--oid-base", "1.2.392.9")
    check("TAG-LABEL_POLICY" in codes(out), "policy of another body")


# --- the second writer: every part can be wrong ---

URIS = {"sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
        "sha384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
        "sha1": "http://www.w3.org/2000/09/xmldsig#sha1"}


def asic_manifest(files, signature="META-INF/signature001.p7s", hash="sha256",
                  extra="", root="asic:ASiCManifest", encode=None):
    encode = encode or (lambda p: urllib.parse.quote(p))
    objects = "".join(
        '<asic:DataObjectReference URI="%s"><ds:DigestMethod Algorithm="%s"/>'
        '<ds:DigestValue>\n %s\n</ds:DigestValue></asic:DataObjectReference>'
        % (encode(p), URIS[hash], base64.b64encode(
            hashlib.new(hash, data).digest()).decode())
        for p, data in files)
    return ('<?xml version="1.0"?><%s xmlns:asic="http://uri.etsi.org/02918/'
            'v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'
            '<asic:SigReference URI="%s"/>%s%s</%s>' % (
                root, signature, objects, extra, root)).encode()


class Signer:
    def __init__(self, work, name="second"):
        self.key = r.Key(os.path.join(work, name + ".rsa"))
        self.ca = r.certify(
            r.registrar_name(name + " CA"),
            r.Key(os.path.join(work, name + "-ca.rsa")), 1, [
                r.extension("2.5.29.19", r.seq(r.tlv(1, b"\xff")), True)],
            start=NOW - 86400 * 30, end=NOW + 86400 * 30)
        self.cert = self.certify(-86400, 86400)

    def certify(self, start, end):
        return r.certify(r.subject(), self.key, 2,
                         r.key_ids(self.ca, self.key), self.ca, NOW + start,
                         NOW + end)

    def sign(self, content, cert=None, **say):
        say.setdefault("more", [r.label()])
        return r.cms(content, cert or self.cert, when=NOW - 60, **say)


def zip_bytes(files, first=None, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        if first is not None:
            z.writestr(zipfile.ZipInfo("mimetype"), first,
                       zipfile.ZIP_STORED)
        for path, data in files:
            z.writestr(path, data)
    return out.getvalue()


TYPE = b"application/vnd.etsi.asic-e+zip"
MANIFEST = "META-INF/ASiCManifest001.xml"
SIGNATURE = "META-INF/signature001.p7s"


class Cases:
    def __init__(self, work, own):
        self.work, self.signer = work, Signer(work)
        with zipfile.ZipFile(own) as z:
            self.data = [(n, z.read(n)) for n in z.namelist()
                         if n != "mimetype" and not n.startswith("META-INF/")]

    def container(self, manifests=None, meta=None, data=None, raw=None,
                  say=None, cert=None, **zipped):
        """manifests: {path: (xml, signature path)}; meta: more files."""
        data = self.data if data is None else data
        if manifests is None:
            manifests = {MANIFEST: (asic_manifest(self.data), SIGNATURE)}
        files = list(data)
        for path, (xml, signature) in manifests.items():
            files.append((path, xml))
            if signature is not None:
                files.append((signature, self.signer.sign(
                    xml, cert, **(say or {}))))
        files += list((meta or {}).items())
        zipped.setdefault("first", TYPE)
        return raw(files) if raw else zip_bytes(files, **zipped)

    def expect(self, what, rules, data):
        path = os.path.join(self.work, "case.asice")
        with open(path, "wb") as f:
            f.write(data)
        rep = report(path)
        have = {f["rule"] for f in rep["findings"]
                if f["rule"].split("-")[0] in ("BUNDLE", "TAG") or
                "MANIFEST" in f["rule"]}
        check(have == set(rules), "%s: want %s, have %s %s" % (
            what, sorted(rules), sorted(have), rep.get("error", "")))
        return rep


GOOD = {"BUNDLE-SIG_UNKNOWN"}


def second_writer(c):
    rep = c.expect("second writer", GOOD, c.container())
    check(all(f["severity"] == "warn" for f in rep["findings"]),
          "second writer is taken in: %s" % rep["findings"])
    for h in ("sha384", "sha512"):
        c.expect(h, GOOD, c.container(
            {MANIFEST: (asic_manifest(c.data, hash=h), SIGNATURE)}))
    half = len(c.data) // 2
    two = {MANIFEST: (asic_manifest(c.data[:half]), SIGNATURE),
           "META-INF/ASiCManifest002.xml": (asic_manifest(
               c.data[half:], "META-INF/s2.p7s"), "META-INF/s2.p7s")}
    c.expect("two manifests", GOOD, c.container(two))
    c.expect("mimetype among the objects", GOOD, c.container({
        MANIFEST: (asic_manifest(c.data + [("mimetype", TYPE)]), SIGNATURE)}))
    c.expect("names as they are", GOOD, c.container({MANIFEST: (asic_manifest(
        c.data, encode=lambda p: p.replace("%", "%25")), SIGNATURE)}))
    c.expect("an extension that may be passed over", GOOD, c.container({
        MANIFEST: (asic_manifest(c.data, extra="<asic:ASiCManifestExtensions>"
                                 '<asic:Extension Critical="false"><x>y</x>'
                                 "</asic:Extension>"
                                 "</asic:ASiCManifestExtensions>"),
                   SIGNATURE)}))


def second_form(c):
    form = {"BUNDLE-ASIC_FORM"}
    c.expect("mimetype not first", GOOD | form, c.container(
        raw=lambda f: zip_bytes(f[:1] + [("mimetype", TYPE)] + f[1:],
                                method=zipfile.ZIP_STORED)))
    c.expect("mimetype compressed", GOOD | form, c.container(
        raw=lambda f: zip_bytes([("mimetype", TYPE)] + f)))

    def with_extra(files):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            info = zipfile.ZipInfo("mimetype")
            info.extra = b"\x55\x54\x05\x00\x01\0\0\0\0"
            z.writestr(info, TYPE)
            for path, data in files:
                z.writestr(path, data)
        return out.getvalue()
    c.expect("mimetype with extra field", GOOD | form,
             c.container(raw=with_extra))
    for wrong in (b"application/vnd.etsi.asic-s+zip", TYPE + b"\n", b""):
        c.expect("mimetype %r" % wrong, GOOD | form, c.container(first=wrong))
    c.expect("no mimetype", form, c.container(first=None))
    c.expect("META-INF alone", form,
             zip_bytes(c.data + [("META-INF/x.txt", b"x")]))
    c.expect("no manifest", form, c.container({}))
    c.expect("no signature", form, c.container(
        {MANIFEST: (asic_manifest(c.data), None)}))
    c.expect("signature elsewhere", form, c.container(
        {MANIFEST: (asic_manifest(c.data, "signature001.p7s"), None)}))
    stray = {"META-INF/stray.p7s": c.signer.sign(b"x")}
    c.expect("a signature of nothing", GOOD | form, c.container(meta=stray))
    for path in ("META-INF/signatures.xml", "META-INF/x.tst",
                 "META-INF/ASiCArchiveManifest.xml", "META-INF/manifest.xml"):
        c.expect(path, GOOD | form, c.container(meta={path: b"<x/>"}))
    c.expect("XAdES alone", form, c.container(
        {}, meta={"META-INF/signatures.xml": b"<x/>"}))
    many = {"META-INF/ASiCManifest%03d.xml" % i: (
        asic_manifest(c.data, "META-INF/%d.p7s" % i), "META-INF/%d.p7s" % i)
        for i in range(17)}
    c.expect("seventeen manifests", form, c.container(many))
    rest = [f for f in c.data if f[0] != "manifest.json"]
    rep = c.expect("no manifest.json", GOOD | form, c.container(
        {MANIFEST: (asic_manifest(rest), SIGNATURE)}, data=rest))
    check("FORM-SHAPE" not in {f["rule"] for f in rep["findings"]}, "forms")


def second_xml(c):
    form = {"BUNDLE-ASIC_FORM"}
    good = asic_manifest(c.data)

    def one(what, xml):
        c.expect(what, form, c.container({MANIFEST: (xml, SIGNATURE)}))
    one("no XML", b"x")
    one("empty", b"")
    one("DOCTYPE", good.replace(b"<asic:ASiCManifest",
                                b"<!DOCTYPE x []><asic:ASiCManifest", 1))
    one("another root", asic_manifest(c.data, root="asic:Manifest"))
    one("another namespace", good.replace(b"v1.2.1#", b"v1.3.1#"))
    one("no object", asic_manifest([]))
    one("two SigReference", asic_manifest(
        c.data, extra='<asic:SigReference URI="x"/>'))
    one("unknown element", asic_manifest(c.data, extra="<asic:X/>"))
    one("text", asic_manifest(c.data, extra="x"))
    one("critical extension", asic_manifest(
        c.data, extra="<asic:ASiCManifestExtensions><asic:Extension "
        'Critical="true"/></asic:ASiCManifestExtensions>'))
    one("no digest", asic_manifest(
        c.data, extra='<asic:DataObjectReference URI="y"/>'))
    one("no base64", good.replace(b"<ds:DigestValue>", b"<ds:DigestValue>!"))
    one("no URI", good.replace(b"<asic:SigReference URI=",
                               b"<asic:SigReference X="))


def second_objects(c):
    cover, conflict = {"BUNDLE-ASIC_COVERAGE"}, {"BUNDLE-ASIC_CONFLICT"}

    def one(what, rules, xml, **more):
        c.expect(what, GOOD | rules, c.container(
            {MANIFEST: (xml, SIGNATURE)}, **more))
    one("an object in no manifest", cover, asic_manifest(c.data[1:]))
    one("an object twice", cover, asic_manifest(c.data + c.data[:1]))
    one("an object that is not there", cover,
        asic_manifest(c.data + [("y.pdf", b"y")]))
    one("an object of META-INF", cover,
        asic_manifest(c.data + [(SIGNATURE, b"y")]))
    one("two digests", conflict,
        asic_manifest(c.data + [(c.data[0][0], b"another")]))
    one("wrong digest", {"BUNDLE-ASIC_DIGEST"},
        asic_manifest([(c.data[0][0], b"another")] + c.data[1:]))
    one("SHA-1", {"BUNDLE-ASIC_FORM"}, asic_manifest(c.data, hash="sha1"))
    one("decoded once only", cover, asic_manifest(
        c.data, encode=lambda p: urllib.parse.quote(urllib.parse.quote(
            p if p[0] > "\x7f" else p))))
    one("up and away", {"BUNDLE-NAME_DOTDOT"}, asic_manifest(
        c.data + [("../x", b"")], encode=lambda p: p.replace(".", "%2e")
        .replace("%", "%" if "2e" in p.replace(".", "%2e") else "%25")
        if p == "../x" else urllib.parse.quote(p)))
    one("not encoded", {"BUNDLE-ASIC_FORM"}, asic_manifest(
        c.data + [("%zz", b"")],
        encode=lambda p: p if p == "%zz" else urllib.parse.quote(p)))
    both = {MANIFEST: (asic_manifest(c.data), SIGNATURE),
            "META-INF/ASiCManifest2.xml": (asic_manifest(
                [(c.data[0][0], b"other")], "META-INF/2.p7s"),
                "META-INF/2.p7s")}
    c.expect("manifests that disagree", GOOD | conflict, c.container(both))
    same = {MANIFEST: (asic_manifest(c.data[:1]), SIGNATURE),
            "META-INF/ASiCManifest2.xml": (asic_manifest(c.data[1:]), None)}
    c.expect("one signature for two", GOOD | conflict, c.container(same))


def second_signatures(c):
    bad = {"BUNDLE-SIG_INVALID"}
    c.expect("broken signature", bad, c.container(say={"broken": True}))
    c.expect("another content", bad, c.container(say={"digest": bytes(32)}))
    c.expect("no certificate", bad, c.container(say={"certs": []}))
    c.expect("attached", bad, c.container(say={"attached": True}))
    c.expect("no CMS", bad, c.container(
        {MANIFEST: (asic_manifest(c.data), None)},
        meta={SIGNATURE: b"not a signature"}))
    c.expect("empty", bad, c.container(
        {MANIFEST: (asic_manifest(c.data), None)}, meta={SIGNATURE: b""}))
    label = r.label
    missing, dup, policy = {"TAG-LABEL_MISSING"}, {"TAG-LABEL_DUP"}, {
        "TAG-LABEL_POLICY"}
    c.expect("no label", GOOD | missing, c.container(say={"more": []}))
    c.expect("label unsigned", GOOD | missing, c.container(
        say={"more": [], "unsigned": [label()]}))
    c.expect("two labels", GOOD | dup, c.container(
        say={"more": [label(), label("2.999.1.3.1", 2)]}))
    c.expect("two values", GOOD | dup, c.container(say={"more": [r.attribute(
        r.LABEL, *[r.tlv(0x31, r.integer(i), r.oid("2.999.1.3.1"))
                   for i in (2, 3)])]}))
    c.expect("foreign policy", GOOD | policy, c.container(
        say={"more": [label("1.2.3.4", 3)]}))
    for number in (300, 0, 5, None):
        c.expect("classification %s" % number, GOOD | policy, c.container(
            say={"more": [label("2.999.1.3.1", number)]}))
    c.expect("no label at all", GOOD | policy, c.container(
        say={"more": [r.attribute(r.LABEL, r.utf8("secret"))]}))
    c.expect("label below the tags", GOOD, c.container(
        say={"more": [label("2.999.1.3.1", 1)]}))
    c.expect("label above the tags", GOOD | {"TAG-LABEL_CONFLICT"},
             c.container(say={"more": [label("2.999.1.3.1", 4)]}))
    # It counts only after the signature verified.
    c.expect("label of a broken signature", bad, c.container(
        say={"broken": True, "more": [label("2.999.1.3.1", 4)]}))
    j = json.loads(dict(c.data)["manifest.json"])
    j["members"].append({"path": SIGNATURE, "role": "attachment", "size": 1,
                         "sha256": "0" * 64})
    text = json.dumps(j).encode()
    data = [(p, text if p == "manifest.json" else d) for p, d in c.data]
    c.expect("the signature as a member", GOOD | {"MANIFEST-MANIFEST_PATH"},
             c.container({MANIFEST: (asic_manifest(data), SIGNATURE)},
                         data=data))


def trusted(c):
    """A root that policy names: the signer is known, to no one else."""
    policies = os.path.join(c.work, "policies")
    shutil.copytree(os.path.join(SOURCE, "policies"), policies)
    folder = os.path.join(policies, "genai-saas")
    with open(os.path.join(folder, "root.der"), "wb") as f:
        f.write(c.signer.ca.der)
    path = os.path.join(folder, "registry.yaml")
    with open(path) as f:
        text = f.read()
    with open(path, "w") as f:
        f.write(text.replace("anchors: []", (
            "anchors:\n  - {name: root, file: root.der, sha256: %s}" %
            hashlib.sha256(c.signer.ca.der).hexdigest())))
    saved, ENV["NINTEI_POLICIES"] = ENV["NINTEI_POLICIES"], policies
    rep = c.expect("a known signer", set(), c.container())
    check([s["chain"] for s in rep.get("signers", [])] == ["trusted"],
          "chain: %s" % rep)
    stranger = Signer(c.work, "stranger")
    c.signer, own = stranger, c.signer
    c.expect("a stranger", GOOD, c.container())
    c.signer = own
    c.expect("a certificate that is over", {"BUNDLE-SIG_INVALID"},
             c.container(cert=c.signer.certify(-86400 * 9, -86400)))
    ENV["NINTEI_POLICIES"] = saved


# --- bags ---


def bag(payload, hash="sha256", declaration=None, oxum=True, tags=True,
        **wrong):
    """wrong: entries (of the manifest), files (more of them), without."""
    files = {"data/" + p: d for p, d in payload}
    files["bagit.txt"] = declaration if declaration is not None else (
        b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    entries = {"data/" + p: hashlib.new(hash, d).hexdigest()
               for p, d in payload}
    entries.update(wrong.get("entries", {}))
    files["manifest-%s.txt" % hash] = "".join(
        "%s  %s\n" % (d, p.replace("%", "%25"))
        for p, d in entries.items() if d is not None).encode() + \
        wrong.get("line", b"")
    if oxum:
        files["bag-info.txt"] = ("Source-Organization: 架空\n  クラウド\n"
                                 "Payload-Oxum: %s\n" % wrong.get(
                                     "oxum_is", "%d.%d" % (
                                         sum(len(d) for _, d in payload),
                                         len(payload)))).encode()
    if tags:
        files["tagmanifest-sha512.txt"] = "".join(
            "%s %s\n" % (hashlib.sha512(d).hexdigest().upper(), p)
            for p, d in files.items() if not p.startswith("data/")).encode()
    files.update(wrong.get("files", {}))
    for p in wrong.get("without", []):
        del files[p]
    return zip_bytes(sorted(("bag/" + p, d) for p, d in files.items()))


def bags(c):
    plain = [f for f in c.data if f[0] != "manifest.json"]
    first = plain[0][0]
    rep = c.expect("a bag", set(), bag(plain))
    check(rep["level"] == 0, "a bag is read as files")
    check({m["path"] for m in rep["members"]} == {p for p, _ in plain},
          "the payload is the dossier: %s" % rep["members"])
    c.expect("a bag of level 1", set(), bag(c.data))
    c.expect("SHA-512", set(), bag(plain, hash="sha512"))
    c.expect("CRLF, 0.97", set(), bag(plain, tags=False, declaration=(
        b"BagIt-Version: 0.97\r\nTag-File-Character-Encoding: UTF-8\r\n")))
    c.expect("no oxum, no tagmanifest", set(),
             bag(plain, oxum=False, tags=False))
    weak = {"manifest-md5.txt": "".join(
        "%s data/%s\n" % (hashlib.md5(d).hexdigest(), p.replace("%", "%25"))
        for p, d in plain).encode()}
    c.expect("MD5 beside SHA-256", set(), bag(plain, files=weak))

    def one(what, code, *args, **wrong):
        c.expect(what, {code}, bag(plain, *args, **wrong))
    one("fetch.txt", "BUNDLE-BAG_FETCH", files={
        "fetch.txt": b"http://127.0.0.1:1/x 1 data/x\n"})
    one("SHA-1 alone", "BUNDLE-BAG_ALGORITHM", hash="sha1")
    one("MD5 alone", "BUNDLE-BAG_ALGORITHM", hash="md5")
    one("not listed", "BUNDLE-BAG_EXTRA", entries={"data/" + first: None})
    one("not there", "BUNDLE-BAG_MISSING", entries={"data/y.pdf": "0" * 64})
    one("changed", "BUNDLE-BAG_DIGEST", entries={"data/" + first: "0" * 64})
    one("wrong oxum", "BUNDLE-BAG_OXUM", oxum_is="1.1")
    one("no oxum", "BUNDLE-BAG_FORM", oxum_is="many")
    one("tag file changed", "BUNDLE-BAG_DIGEST", files={"bag-info.txt": b""})
    one("no manifest", "BUNDLE-BAG_FORM", tags=False,
        without=["manifest-sha256.txt"])
    one("twice", "BUNDLE-BAG_FORM", tags=False, line=("%s  data/%s\n" % (
        hashlib.sha256(plain[0][1]).hexdigest(), first)).encode())
    one("outside data/", "BUNDLE-BAG_FORM", entries={
        "bagit.txt": hashlib.sha256(b"").hexdigest()})
    one("no digest", "BUNDLE-BAG_FORM", tags=False, line=b"x data/y\n")
    one("no path", "BUNDLE-BAG_FORM", tags=False, line=b"00\n")
    one("a declaration of one line", "BUNDLE-BAG_FORM",
        declaration=b"BagIt-Version: 1.0\n")
    one("a later version", "BUNDLE-BAG_FORM", declaration=(
        b"BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n"))
    one("another encoding", "BUNDLE-BAG_FORM", declaration=(
        b"BagIt-Version: 1.0\nTag-File-Character-Encoding: EUC-JP\n"))
    one("not UTF-8", "BUNDLE-BAG_FORM", tags=False, line=b"00 data/\xff\n")
    c.expect("empty", {"BUNDLE-BAG_EMPTY"}, bag([], oxum=False, tags=False))
    c.expect("a container's folder in a bag", {"BUNDLE-ASIC_FORM"},
             bag(plain + [("META-INF/x", b"x")]))


def main():
    with tempfile.TemporaryDirectory() as work:
        folder, key, cert, own = own_writer(work)
        own_refusals(work, folder, key, cert)
        c = Cases(work, own)
        for part in (second_writer, second_form, second_xml, second_objects,
                     second_signatures, trusted, bags):
            part(c)
    sys.exit(1 if failures else 0)


main()
