#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A registrar for tests: certificates in the profile of the commercial
registration (old and new), its CRL and OCSP responses, and signatures, every
byte chosen here.  Only the RSA arithmetic is openssl's.

    registrar.py fixtures DIR      write all that the tests read
    registrar.py containers DIR BUNDLE
                                   sign what "nintei bundle make" made
    registrar.py seeds DIR         write seeds for fuzzing
    registrar.py sign DIR CERT FILE OUT [TIME]
                                   sign FILE detached with a certificate of
                                   the authority in DIR, made if it is new
"""
import base64
import hashlib
import io
import os
import re
import subprocess
import sys
import time
import urllib.parse
import zipfile

SHA256 = "2.16.840.1.101.3.4.2.1"
SHA1 = "1.3.14.3.2.26"
RSA = "1.2.840.113549.1.1.1"
RSA_SHA256 = "1.2.840.113549.1.1.11"
RSA_SHA1 = "1.2.840.113549.1.1.5"
DATA = "1.2.840.113549.1.7.1"
SIGNED = "1.2.840.113549.1.7.2"
MOJ = "1.2.392.100300"
LABEL = "1.2.840.113549.1.9.16.2.2"

# --- DER ---


def tlv(tag, *parts):
    body = b"".join(parts)
    n = len(body)
    if n < 128:
        head = bytes([tag, n])
    else:
        size = (n.bit_length() + 7) // 8
        head = bytes([tag, 0x80 | size]) + n.to_bytes(size, "big")
    return head + body


def seq(*parts):
    return tlv(0x30, *parts)


def explicit(n, *parts):
    return tlv(0xA0 | n, *parts)


def oid(dotted):
    arcs = [int(a) for a in dotted.split(".")]
    out = b""
    for i, a in enumerate([arcs[0] * 40 + arcs[1]] + arcs[2:]):
        part = bytes([a & 127])
        a >>= 7
        while a:
            part = bytes([a & 127 | 128]) + part
            a >>= 7
        out += part
    return tlv(6, out)


def integer(v):
    return tlv(2, v.to_bytes(v.bit_length() // 8 + 1, "big"))


def utf8(s):
    return tlv(12, s if isinstance(s, bytes) else s.encode())


def printable(s):
    return tlv(19, s.encode())


def octets(b):
    return tlv(4, b)


def bits(b, unused=0):
    return tlv(3, bytes([unused]) + b)


def utc(t):
    return tlv(23, time.strftime("%y%m%d%H%M%SZ", time.gmtime(t)).encode())


def general(t):
    return tlv(24, time.strftime("%Y%m%d%H%M%SZ", time.gmtime(t)).encode())


def at(text):
    """2026-07-15T09:00, Japanese time, as seconds."""
    import calendar
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M")) - 9 * 3600


def algorithm(dotted, null=True):
    return seq(oid(dotted), tlv(5) if null else b"")


def attribute(dotted, *values):
    return seq(oid(dotted), tlv(0x31, *values))


# --- names, keys ---


def name(*pairs):
    return seq(*[tlv(0x31, seq(oid(o), v)) for o, v in pairs])


def registrar_name(cn):
    return name(("2.5.4.6", printable("JP")),
                ("2.5.4.10", utf8("Japanese Government")),
                ("2.5.4.11", utf8("Ministry of Justice")),
                ("2.5.4.3", utf8(cn)))


class Key:
    def __init__(self, path):
        self.path = path
        if not os.path.exists(path):
            subprocess.run(["openssl", "genpkey", "-quiet", "-algorithm", "RSA",
                            "-pkeyopt", "rsa_keygen_bits:2048", "-out", path],
                           check=True)
        self.spki = subprocess.run(
            ["openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"],
            check=True, stdout=subprocess.PIPE).stdout

    def sign(self, data, digest="sha256"):
        return subprocess.run(["openssl", "dgst", "-" + digest, "-sign",
                               self.path], input=data, check=True,
                              stdout=subprocess.PIPE).stdout

    def key_id(self):
        # the BIT STRING's content, without its octet of unused bits
        return hashlib.sha1(self.spki[24:]).digest()


def extension(dotted, value, critical=False):
    return seq(oid(dotted), tlv(1, b"\xff") if critical else b"",
               octets(value))


class Cert:
    def __init__(self, der, subject, issuer, serial, key):
        self.der, self.subject, self.issuer = der, subject, issuer
        self.serial, self.key = serial, key


def certify(subject, key, serial, extensions, ca=None, start=0, end=0,
            signature=RSA_SHA256):
    """ca None: self-signed."""
    issuer = subject if ca is None else ca.subject
    by = key if ca is None else ca.key
    alg = algorithm(signature)
    tbs = seq(explicit(0, integer(2)), integer(serial), alg, issuer,
              seq(utc(start), utc(end)), subject, key.spki,
              explicit(3, seq(*extensions)) if extensions else b"")
    digest = "sha1" if signature == RSA_SHA1 else "sha256"
    der = seq(tbs, alg, bits(by.sign(tbs, digest)))
    return Cert(der, subject, issuer, serial, key)


# --- the registrar's profile (FACTS 10) ---

START, END = at("2026-01-05T00:00"), at("2028-04-04T23:59")
NOW = at("2026-07-15T09:00")
COMPANY = {
    "name": "架空クラウド株式会社",
    "number": "700110005901",
    "address": "東京都渋谷区架空一丁目２番３号",
    "representative": "架空太郎",
    "title": "代表取締役",
    "office": "東京法務局架空出張所",
}


def corporation(company, encoding="utf-8"):
    keys = ["name", "number", "address", "representative", "title", None,
            "office"]
    parts = []
    for i, key in enumerate(keys):
        if key is None or key not in company:
            continue
        text = company[key]
        parts.append(explicit(i, printable(text) if key == "number" else
                              utf8(text.encode(encoding))))
    return seq(*parts)


def own_extensions(company, encoding="utf-8"):
    policies = seq(seq(oid(MOJ + ".1.3.4"), seq(seq(
        oid("1.3.6.1.5.5.7.2.2"), seq(utf8("法務省"))))))
    return [
        extension(MOJ + ".1.1.1", policies, True),
        extension(MOJ + ".1.1.2", utf8("東京法務局登記官"), True),
        extension(MOJ + ".1.1.3", corporation(company, encoding), True),
    ]


def key_ids(ca, key):
    return [extension("2.5.29.35", seq(tlv(0x80, ca.key.key_id()))),
            extension("2.5.29.14", octets(key.key_id()))]


def new_extensions(ca, key, company, encoding="utf-8"):
    """Since March 2026: with keyUsage and CRL distribution point."""
    return key_ids(ca, key) + [
        extension("2.5.29.15", bits(b"\xc0", 6), True),
        extension("2.5.29.16", seq(
            tlv(0x80, time.strftime("%Y%m%d%H%M%SZ",
                                    time.gmtime(START)).encode()),
            tlv(0x81, time.strftime("%Y%m%d%H%M%SZ",
                                    time.gmtime(END)).encode()))),
        extension("2.5.29.32", seq(seq(oid(MOJ + ".1.3.4")))),
        extension("2.5.29.19", seq()),
        extension("1.3.6.1.5.5.7.1.1", seq(seq(
            oid("1.3.6.1.5.5.7.48.1"),
            tlv(0x86, b"http://ocsp.registrar.example/")))),
        extension("2.5.29.31", seq(seq(explicit(0, explicit(0, tlv(
            0x86, b"http://crl.registrar.example/r.crl")))))),
    ] + own_extensions(company, encoding)


def old_extensions(company, encoding="utf-8"):
    return own_extensions(company, encoding)


def root(key, cn="Registrar of Tokyo Legal Affairs Bureau", serial=1):
    return certify(registrar_name(cn), key, serial, [
        extension("2.5.29.19", seq(tlv(1, b"\xff")), True),
        extension("2.5.29.15", bits(b"\x06", 1), True),
        extension("2.5.29.14", octets(key.key_id())),
    ], start=at("2025-04-01T00:00"), end=at("2031-03-31T23:59"))


def subject(cn="KAKUU CLOUD K.K."):
    return name(("2.5.4.6", printable("JP")), ("2.5.4.10", utf8(cn)),
                ("2.5.4.3", utf8("MIHON TARO")))


def crl(ca, revoked, this=NOW - 3600, following=NOW + 86400 * 2, number=7):
    entries = [seq(integer(s), utc(t)) for s, t in revoked]
    tbs = seq(integer(1), algorithm(RSA_SHA256), ca.subject, utc(this),
              utc(following), seq(*entries) if entries else b"",
              explicit(0, seq(
                  extension("2.5.29.35", seq(tlv(0x80, ca.key.key_id()))),
                  extension("2.5.29.20", integer(number)))))
    return seq(tbs, algorithm(RSA_SHA256), bits(ca.key.sign(tbs)))


def ocsp(ca, cert, revoked=None, this=NOW - 60, following=NOW + 3600,
         by=None, certs=()):
    """revoked: the time.  by: the responder's certificate, or the CA's."""
    by = by or ca
    spki = ca.key.spki[24:]
    cert_id = seq(algorithm(SHA1), octets(hashlib.sha1(ca.subject).digest()),
                  octets(hashlib.sha1(spki).digest()), integer(cert.serial))
    status = tlv(0x80) if revoked is None else tlv(0xA1, general(revoked))
    data = seq(explicit(1, by.subject), general(this),
               seq(seq(cert_id, status, general(this),
                       explicit(0, general(following)))))
    basic = seq(data, algorithm(RSA_SHA256), bits(by.key.sign(data)),
                explicit(0, seq(*[c.der for c in certs])) if certs else b"")
    return seq(tlv(10, b"\x00"), explicit(0, seq(
        oid("1.3.6.1.5.5.7.48.1.1"), octets(basic))))


# --- CMS ---


def signed_attributes(content, cert, when=NOW - 7200, **say):
    """say: digest, content_type, ess (another certificate), more, twice."""
    digest = say.get("digest", hashlib.sha256(content).digest())
    parts = [
        attribute("1.2.840.113549.1.9.3", oid(say.get("content_type", DATA))),
        attribute("1.2.840.113549.1.9.4", octets(digest)),
        attribute("1.2.840.113549.1.9.16.2.47", seq(seq(seq(octets(
            hashlib.sha256(say.get("ess", cert).der).digest()))))),
    ]
    if when is not None:
        parts.append(attribute("1.2.840.113549.1.9.5", utc(when)))
    if say.get("twice"):
        parts.append(attribute("1.2.840.113549.1.9.4", octets(digest)))
    if say.get("bare"):
        parts = parts[:1]
    return sorted(parts + list(say.get("more", [])))


def signer_info(content, cert, **say):
    attributes = signed_attributes(content, cert, **say)
    body = tlv(0x31, *attributes)
    value = cert.key.sign(body, say.get("sign_digest", "sha256"))
    if say.get("broken"):
        value = value[:-1] + bytes([value[-1] ^ 1])
    if say.get("no_attributes"):
        body, value = b"", cert.key.sign(content)
    digest = algorithm(say.get("digest_algorithm", SHA256))
    return seq(integer(1), seq(cert.issuer, integer(cert.serial)), digest,
               b"\xa0" + body[1:] if body else b"",
               algorithm(say.get("algorithm", RSA)), octets(value),
               tlv(0xA1, *say["unsigned"]) if "unsigned" in say else b"")


def cms(content, cert, attached=False, certs=None, infos=None, **say):
    certs = [cert] if certs is None else certs
    infos = [signer_info(content, cert, **say)] if infos is None else infos
    return seq(oid(SIGNED), explicit(0, seq(
        integer(1), tlv(0x31, algorithm(SHA256)),
        seq(oid(DATA), explicit(0, octets(content)) if attached else b""),
        tlv(0xA0, *sorted(c.der for c in certs)) if certs else b"",
        tlv(0x31, *sorted(infos)))))


def ber(der):
    """The same SignedData with indefinite lengths outside and for content."""
    def inner(b):
        first = b[1]
        head = 2 + (first & 127 if first & 128 else 0)
        return b[head:]
    outer = inner(der)                      # oid, [0]
    n = 2 + outer[1]
    return (b"\x30\x80" + outer[:n] + b"\xa0\x80" + inner(outer[n:]) +
            b"\0\0\0\0")


def label(policy="2.999.1.3.1", classification=3):
    parts = [oid(policy)]
    if classification is not None:
        parts.append(integer(classification))
    return attribute(LABEL, tlv(0x31, *parts))


# --- what the tests read ---


def write(folder, files):
    os.makedirs(folder, exist_ok=True)
    for path, data in files.items():
        with open(os.path.join(folder, path), "wb") as f:
            f.write(data)


def authority(folder):
    """Keys and certificates of the tests, made once per folder."""
    os.makedirs(folder, exist_ok=True)
    key = {n: Key(os.path.join(folder, n + ".key"))
           for n in ("root", "other-root", "subject", "responder")}
    ca = root(key["root"])
    c = {"root": ca, "other-root": root(key["other-root"],
                                        "Registrar of Elsewhere", 2)}
    k = key["subject"]

    def issue(n, serial, extensions, by=ca, **more):
        c[n] = certify(subject(), k, serial, extensions, by,
                       **{"start": START, "end": END, **more})

    issue("new", 0x1001, new_extensions(ca, k, COMPANY))
    issue("old", 0x1002, old_extensions(COMPANY))
    issue("cp932", 0x1003, old_extensions(COMPANY, "cp932"))
    issue("revoked", 0x1004, new_extensions(ca, k, COMPANY))
    issue("expired", 0x1005, new_extensions(ca, k, COMPANY),
          end=NOW - 86400)
    issue("future", 0x1006, new_extensions(ca, k, COMPANY),
          start=NOW + 86400)
    issue("elsewhere", 0x1007,
          new_extensions(c["other-root"], k, COMPANY), c["other-root"])
    issue("other-company", 0x1008, new_extensions(ca, k, dict(
        COMPANY, name="別の架空株式会社", number="010401099999")))
    issue("unknown-critical", 0x1009, new_extensions(ca, k, COMPANY) + [
        extension("1.2.392.100300.1.1.9", octets(b"x"), True)])
    issue("no-corporation", 0x100A, new_extensions(ca, k, COMPANY)[:-1])
    issue("bad-corporation", 0x100B, old_extensions(
        dict(COMPANY, number="8700110005901")))
    issue("no-registrar", 0x100C, [
        e for e in old_extensions(COMPANY) if oid(MOJ + ".1.1.2") not in e])
    issue("crl-key-usage", 0x100D, [
        extension("2.5.29.15", bits(b"\x20", 5), True)] +
        old_extensions(COMPANY))
    issue("sha1", 0x100E, old_extensions(COMPANY), signature=RSA_SHA1)
    issue("plain", 0x100F, key_ids(ca, k))
    issue("not-critical", 0x1010, [e.replace(b"\x01\x01\xff", b"") and
                                   extension(MOJ + ".1.1.3",
                                             corporation(COMPANY))
                                   for e in own_extensions(COMPANY)[-1:]] +
          own_extensions(COMPANY)[:2])
    c["responder"] = certify(
        name(("2.5.4.3", utf8("Responder"))), key["responder"], 0x2001, [
            extension("2.5.29.37", seq(oid("1.3.6.1.5.5.7.3.9")))] +
        key_ids(ca, key["responder"]), ca, START, END)
    c["impostor"] = certify(
        name(("2.5.4.3", utf8("Responder"))), key["responder"], 0x2002,
        key_ids(ca, key["responder"]), ca, START, END)
    return c


CONTENT = "架空クラウドの申請書\n".encode()


def signed_pdf(cert, room=8192, **say):
    """One page, one signature over all of the file but its own value."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 3>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[4 0 R]>>",
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/Rect[0 0 0 0]/P 3 0 R"
        b"/V 5 0 R>>",
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached"
        b"/ByteRange[0 %10d %10d %10d]/Contents<" + b"0" * room + b">>>",
    ]
    out, places = b"%PDF-1.7\n", []
    for i, part in enumerate(parts):
        places.append(len(out))
        out += b"%d 0 obj\n" % (i + 1) + part + b"\nendobj\n"
    at_xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % p for p in places)
    out += (b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" %
            (len(parts) + 1, at_xref))
    shift = 3 * (10 - len(b"%10d"))         # the numbers take their place
    grown = out.index(b"/Contents<") + len("/Contents") + shift
    head = grown + room + 2
    length = len(out) + shift
    out = out.replace(b"%10d %10d %10d", b"%10d %10d %10d" % (
        grown, head, length - head))
    out = out.replace(b"\n%d\n%%%%EOF" % at_xref,
                      b"\n%d\n%%%%EOF" % (at_xref + shift))
    a = out.index(b"/Contents<") + len("/Contents")
    value = cms(out[:a] + out[a + room + 2:], cert, when=None, **say).hex()
    return out[:a + 1] + value.encode().ljust(room, b"0") + out[
        a + 1 + room:]


def fixtures(folder):
    c = authority(folder)
    new = c["new"]
    out = {"content.txt": CONTENT}
    for n in ("root", "other-root"):
        out[n + ".der"] = c[n].der
    for n in c:
        if n not in ("root", "other-root", "responder", "impostor"):
            out[n + ".p7s"] = cms(CONTENT, c[n])
    out["attached.p7m"] = cms(CONTENT, new, attached=True)
    out["attached-ber.p7m"] = ber(cms(CONTENT, new, attached=True))
    out["both.p7s"] = cms(CONTENT, new, infos=[
        signer_info(CONTENT, new), signer_info(CONTENT, c["elsewhere"])],
        certs=[new, c["elsewhere"]])
    sha256_rsa = RSA_SHA256
    bad = {
        "sha256-rsa": {"algorithm": sha256_rsa},
        "broken": {"broken": True},
        "digest": {"digest": bytes(32)},
        "twice": {"twice": True},
        "bare": {"bare": True},
        "content-type": {"content_type": SIGNED},
        "ess": {"ess": c["old"]},
        "no-attributes": {"no_attributes": True},
        "sha1-signature": {"digest_algorithm": SHA1, "sign_digest": "sha1",
                           "digest": hashlib.sha1(CONTENT).digest()},
        "no-time": {"when": None},
        "late": {"when": NOW + 86400 * 30},
        "label": {"more": [label()]},
        "label-unsigned": {"unsigned": [label()]},
        "label-two": {"more": [attribute(
            LABEL, *[tlv(0x31, oid("2.999.1.3.1"), integer(i))
                     for i in (2, 3)])]},
        "label-policy": {"more": [label("1.2.3.4", 300)]},
    }
    for n, say in bad.items():
        out["sig-" + n + ".p7s"] = cms(CONTENT, new, **say)
    out["sig-no-certificate.p7s"] = cms(CONTENT, new, certs=[])
    out["good.crl"] = crl(c["root"], [(c["revoked"].serial, NOW - 86400 * 9)])
    out["stale.crl"] = crl(c["root"], [], NOW - 86400 * 9, NOW - 86400 * 7)
    out["stale-revoked.crl"] = crl(
        c["root"], [(c["new"].serial, NOW - 86400 * 9)], NOW - 86400 * 8,
        NOW - 86400 * 7)
    forged = Cert(c["root"].der, c["root"].subject, c["root"].subject, 1,
                  c["other-root"].key)
    out["forged.crl"] = crl(forged, [(c["new"].serial, NOW - 86400)])
    out["elsewhere.crl"] = crl(c["other-root"], [])
    r = c["responder"]
    out["good.ocsp"] = ocsp(c["root"], new, by=r, certs=[r])
    out["by-root.ocsp"] = ocsp(c["root"], c["old"])
    out["revoked.ocsp"] = ocsp(c["root"], c["revoked"], NOW - 86400 * 9,
                               by=r, certs=[r])
    out["stale.ocsp"] = ocsp(c["root"], new, None, NOW - 86400 * 3,
                             NOW - 86400 * 2, by=r, certs=[r])
    out["impostor.ocsp"] = ocsp(c["root"], new, by=c["impostor"],
                                certs=[c["impostor"]])
    here = os.path.join(os.path.dirname(__file__), "..", "fixtures")
    with open(os.path.join(here, "dossier", "genai-saas", "form-a.json"),
              "rb") as f:
        form = f.read()
    for n in ("new", "revoked", "other-company", "elsewhere"):
        out["form-a-" + n + ".p7s"] = cms(form, c[n])
    out["new.pdf"] = signed_pdf(new)
    out["plain.pdf"] = signed_pdf(c["plain"])
    out["revoked.pdf"] = signed_pdf(c["revoked"])
    write(folder, out)
    for n in os.listdir(folder):
        if n.endswith(".key"):
            os.unlink(os.path.join(folder, n))


def asic_manifest(files):
    objects = "".join(
        '<asic:DataObjectReference URI="%s"><ds:DigestMethod Algorithm='
        '"http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>%s'
        '</ds:DigestValue></asic:DataObjectReference>' % (
            urllib.parse.quote(p),
            base64.b64encode(hashlib.sha256(data).digest()).decode())
        for p, data in files)
    return ('<?xml version="1.0"?><asic:ASiCManifest xmlns:asic='
            '"http://uri.etsi.org/02918/v1.2.1#" xmlns:ds='
            '"http://www.w3.org/2000/09/xmldsig#"><asic:SigReference '
            'URI="META-INF/signature001.p7s"/>%s</asic:ASiCManifest>' %
            objects).encode()


def asice(files, cert, **say):
    manifest = asic_manifest(files)
    files = files + [
        ("META-INF/ASiCManifest001.xml", manifest),
        ("META-INF/signature001.p7s", cms(manifest, cert, **say))]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(zipfile.ZipInfo("mimetype"),
                   b"application/vnd.etsi.asic-e+zip", zipfile.ZIP_STORED)
        for path, data in files:
            info = zipfile.ZipInfo(path)
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, data)
    return out.getvalue()


def containers(folder, bundle):
    """A dossier that nintei bundle made, signed by registrars' certificates
    of a root of its own; and by one whose root has the same name only."""
    c = authority(folder)
    twin = c["other-root"].key
    with zipfile.ZipFile(bundle) as z:
        files = [(i.filename, re.sub(
            rb'("created": ")[^"]*', rb"\g<1>2026-07-14T09:00:00+09:00",
            z.read(i))) for i in z.infolist()]
    impostor = certify(
        subject(), c["new"].key, 0x3001,
        new_extensions(root(twin), c["new"].key, COMPANY),
        root(twin), START, END)
    out = {"root.der": c["root"].der,
           "good.crl": crl(c["root"], [(c["revoked"].serial,
                                        NOW - 86400 * 9)])}
    for n, cert in (("new", c["new"]), ("revoked", c["revoked"]),
                    ("other-company", c["other-company"]),
                    ("same-name", impostor)):
        out[n + ".asice"] = asice(files, cert, more=[label()])
    signed = asic_manifest(files)
    out["two.asice"] = asice(files, c["new"], infos=[
        signer_info(signed, i, more=[label()]) for i in (impostor, c["new"])],
        certs=[impostor, c["new"]])
    write(folder, out)
    for n in os.listdir(folder):
        if n.endswith(".key"):
            os.unlink(os.path.join(folder, n))


def package(value, content, anchors, crls=(), ocsps=(), padded=False):
    """A job as src/examine/signature_int.h has it: a seed for fuzzing."""
    def u32(v):
        return v.to_bytes(4, "big")

    def listed(parts):
        return u32(len(parts)) + b"".join(u32(len(p)) + p for p in parts)
    sums = [hashlib.new(h, content or b"").digest()
            for h in ("sha256", "sha384", "sha512")]
    if content is None:
        sums = [bytes(len(s)) for s in sums]
    return (b"NXS1\x01" + bytes([padded, content is not None]) +
            NOW.to_bytes(8, "big") + b"".join(sums) + listed(anchors) +
            listed(crls) + listed(ocsps) + u32(len(value)) + value)


def seeds(folder):
    c = authority(folder)
    ca, new = c["root"], c["new"]
    lists = [crl(ca, [(c["revoked"].serial, NOW - 86400)])]
    answers = [ocsp(ca, new, by=c["responder"], certs=[c["responder"]])]
    out = {}
    for n in ("new", "old", "cp932", "revoked", "plain", "no-corporation"):
        out[n] = package(cms(CONTENT, c[n]), CONTENT, [ca.der], lists)
    out["ocsp"] = package(cms(CONTENT, new), CONTENT, [ca.der], [], answers)
    inside = cms(CONTENT, new, attached=True)
    out["attached"] = package(inside, None, [ca.der])
    out["ber"] = package(ber(inside), None, [ca.der])
    out["padded"] = package(cms(CONTENT, new) + bytes(9), CONTENT, [ca.der],
                            padded=True)
    out["labels"] = package(cms(CONTENT, new, more=[label()], unsigned=[
        label("1.2.3.4", 300)]), CONTENT, [ca.der])
    out["corporation"] = corporation(COMPANY)
    out["corporation-cp932"] = corporation(COMPANY, "cp932")
    write(folder, out)
    for n in os.listdir(folder):
        if n.endswith(".key"):
            os.unlink(os.path.join(folder, n))


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "fixtures":
        fixtures(sys.argv[2])
    elif len(sys.argv) == 4 and sys.argv[1] == "containers":
        containers(sys.argv[2], sys.argv[3])
    elif len(sys.argv) == 3 and sys.argv[1] == "seeds":
        seeds(sys.argv[2])
    elif len(sys.argv) >= 6 and sys.argv[1] == "sign":
        folder, cert, path, to = sys.argv[2:6]
        when = int(sys.argv[6]) if len(sys.argv) > 6 else NOW - 7200
        with open(path, "rb") as f:
            content = f.read()
        with open(to, "wb") as f:
            f.write(cms(content, authority(folder)[cert], when=when))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
