#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The applicant's receipt: complete, the same whenever it is asked for,
accepted by stock openssl, and refused when anything in it was changed."""
import base64
import copy
import datetime
import json
import os
import shutil
import subprocess

from lib import BIN, Office, archive, check, finish, papers, run

SCHEME = "iaas-paas-iot"
LONG_AGO = "2020-01-01T00:00:00+09:00"


def canonical(receipt):
    body = {k: v for k, v in receipt.items() if k not in ("cms", "tst")}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"),
                      sort_keys=True).encode()


def verify(office, receipt, *args, trust=None):
    """What `nintei receipt verify` says: status, and verdicts by check."""
    path = office.store("receipt.json", json.dumps(receipt).encode())
    r = subprocess.run(
        [os.path.join(BIN, "nintei"), "receipt", "verify", path, *args,
         "--trust", trust or os.path.join(office.home, "keys"), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
        check=False)
    try:
        report = json.loads(r.stdout)
    except ValueError:
        check(False, "nintei receipt verify", r.stderr.decode())
    return r.returncode, {c["check"]: c["verdict"] for c in report["checks"]}


def stock(office, receipt):
    """openssl alone: the seal over the canonical facts, the stamp over it."""
    keys = os.path.join(office.home, "keys")
    root = os.path.join(keys, "root", "root.pem")
    body = office.store("body", canonical(receipt))
    cms = office.store("cms.der", base64.b64decode(receipt["cms"]))
    tst = office.store("tst.der", base64.b64decode(receipt["tst"]))
    now = str(int(office.now().timestamp()))
    run("openssl", "cms", "-verify", "-inform", "DER", "-in", cms, "-content",
        body, "-binary", "-CAfile", root, "-attime", now, "-out", os.devnull)
    check(True, "openssl cms -verify accepts the seal")
    run("openssl", "ts", "-verify", "-token_in", "-in", tst, "-data", cms,
        "-CAfile", root, "-attime", now)
    check(True, "openssl ts -verify accepts the time stamp")


def changed(receipt, change):
    other = copy.deepcopy(receipt)
    change(other)
    return other


def flip(text):
    """Another last digit."""
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def swap_line(receipt, at):
    line = bytearray(base64.b64decode(receipt["proof"][at]))
    line[0] ^= 1
    receipt["proof"][at] = base64.b64encode(bytes(line)).decode()


def set_to(key, value):
    return lambda r: r.__setitem__(key, value)


def forged_seal(office, receipt, certificate, key):
    """The same facts, sealed by a key that is no seal's."""
    body = office.store("forged", canonical(receipt))
    out = os.path.join(office.work, "forged.der")
    run("openssl", "cms", "-sign", "-binary", "-cades", "-in", body,
        "-signer", certificate, "-inkey", key, "-outform", "DER", "-out", out)
    with open(out, "rb") as f:
        return base64.b64encode(f.read()).decode()


def tampering(office, first, second):
    """Each change, and the checks of which one at least must fail."""
    keys = os.path.join(office.home, "keys")
    tls = os.path.join(keys, "tls", "chain.pem")
    rows = [
        ("received_at earlier",
         set_to("received_at", "2020-01-01T00:00:00+09:00"), "seal"),
        ("another case", set_to("case", second["case"]), "seal"),
        ("another event", set_to("event", second["event"]), "seal"),
        ("another archive",
         lambda r: r["bundle"].update(sha256="0" * 64), "seal"),
        ("another size", lambda r: r["bundle"].update(size=1), "seal"),
        ("a member dropped", lambda r: r["members"].pop(), "seal"),
        ("a member's digest",
         lambda r: r["members"][0].update(
             sha256=flip(r["members"][0]["sha256"])), "seal"),
        ("a member's name",
         lambda r: r["members"][0].update(path="x"), "seal"),
        ("the clock", lambda r: r.update(
            clock="development" if r["clock"] == "system" else "system"),
         "seal"),
        ("a hash of the proof", lambda r: swap_line(r, 1), "log"),
        ("the proof of another",
         lambda r: r.update(proof=second["proof"],
                            checkpoint=second["checkpoint"]), "log"),
        ("the checkpoint of another",
         set_to("checkpoint", second["checkpoint"]), "log"),
        ("the seal of another", set_to("cms", second["cms"]), "seal"),
        ("the stamp of another", set_to("tst", second["tst"]), "stamp"),
        ("seal and stamp of another",
         lambda r: r.update(cms=second["cms"], tst=second["tst"]), "seal"),
        ("no seal", lambda r: r.pop("cms"), "form"),
        ("no stamp", lambda r: r.pop("tst"), "form"),
        ("the stamp as the seal", set_to("cms", first["tst"]), "seal"),
        ("the seal as the stamp", set_to("tst", first["cms"]), "stamp"),
        ("bytes after the seal",
         set_to("cms", base64.b64encode(
             base64.b64decode(first["cms"]) + b"\0").decode()), "seal"),
        ("a member more", set_to("note", "x"), "form"),
        ("another schema", set_to("schema", "nintei.receipt/2"), "form"),
        ("sealed by the server's TLS key", lambda r: r.update(
            cms=forged_seal(office, r, tls,
                            os.path.join(keys, "tls", "key.pem"))),
         ("seal", "sealer")),
        ("sealed by an issuing CA", lambda r: r.update(
            cms=forged_seal(
                office, r, os.path.join(keys, "ca", SCHEME, "ca.pem"),
                os.path.join(keys, "ca", SCHEME, "key.pem"))),
         ("seal", "sealer")),
    ]
    for name, change, checks in rows:
        status, verdicts = verify(office, changed(first, change))
        wanted = [checks] if isinstance(checks, str) else checks
        check(status == 6 and
              any(verdicts[c] == "failed" for c in wanted),
              "found: " + name, "%d %s" % (status, verdicts))


TSA = """[tsa]
default_tsa = one
[one]
dir = .
serial = {work}/tsa-serial
crypto_device = builtin
signer_cert = {keys}/tsa/cert.pem
certs = {keys}/root/root.pem
signer_key = {keys}/tsa/key.pem
signer_digest = sha256
default_policy = 2.999.1.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def forged(office, receipt):
    """By whoever has stolen the keys of seal and time stamp: the real ones,
    over other facts, at the time of this machine."""
    keys = os.path.join(office.home, "keys")
    seal = os.path.join(keys, "seal")
    cms = forged_seal(office, receipt, os.path.join(seal, "cert.pem"),
                      os.path.join(seal, "key.pem"))
    config = office.store("tsa.cnf", TSA.format(
        work=office.work, keys=keys).encode())
    office.store("tsa-serial", b"01\n")
    sealed = office.store("forged.cms", base64.b64decode(cms))
    query, token = (os.path.join(office.work, name)
                    for name in ("forged.tsq", "forged.tst"))
    run("openssl", "ts", "-query", "-data", sealed, "-sha256", "-cert",
        "-out", query)
    run("openssl", "ts", "-reply", "-config", config, "-queryfile", query,
        "-token_out", "-out", token)
    with open(token, "rb") as f:
        return {**receipt, "cms": cms,
                "tst": base64.b64encode(f.read()).decode()}


def with_keys(office, receipt):
    """What only stolen keys can make, the other checks still find."""
    receipt = {**receipt, "received_at": LONG_AGO}
    status, verdicts = verify(office, forged(office, receipt))
    check(status == 0 and verdicts["seal"] == verdicts["stamp"] == "ok",
          "a forgery by stolen keys is sealed well", verdicts)
    late = {**receipt, "received_at": "2090-01-01T00:00:00+09:00"}
    status, verdicts = verify(office, forged(office, late))
    check(status == 6 and verdicts["seal"] == verdicts["stamp"] == "ok" and
          verdicts["time"] == "failed",
          "it cannot be received after it was stamped", verdicts)
    other = {**receipt, "event": "0" * 64}
    status, verdicts = verify(office, forged(office, other))
    check(status == 6 and verdicts["seal"] == "ok" and
          verdicts["log"] == "failed",
          "an event that the log does not have", verdicts)


def witnessed(office, receipt):
    """A line in the name of a witness one knows must be the witness's."""
    folder = os.path.join(office.work, "witnessed")
    shutil.copytree(os.path.join(office.home, "keys"), folder)
    out = os.path.join(office.work, "witness-key")
    vkey = run(os.path.join(BIN, "nintei"), "witness", "key", "--name",
               "w.example", "-o", out).decode().split()[-1]
    office.store(os.path.join("witnessed", "w.vkey"), vkey.encode() + b"\n")
    line = base64.b64encode(bytes.fromhex(vkey.split("+")[1]) + bytes(72))
    note = receipt["checkpoint"] + "\u2014 w.example " + line.decode() + "\n"
    bad = forged(office, {**receipt, "checkpoint": note,
                          "received_at": LONG_AGO})
    status, verdicts = verify(office, bad)
    check(status == 0 and verdicts["witness"] == "skipped",
          "a witness nobody knows says nothing", verdicts)
    status, verdicts = verify(office, bad, trust=folder)
    check(status == 6 and verdicts["witness"] == "failed",
          "a line that the known witness never signed", verdicts)


def root_list(office, folder, serial, revoked_at):
    """A list of the root with one certificate on it, into the folder."""
    keys = os.path.join(office.home, "keys", "root")
    office.store("index.txt", ("R\t401231000000Z\t%s\t%s\tunknown\t/CN=x\n"
                               % (revoked_at, serial)).encode())
    office.store("crlnumber", b"77\n")
    config = office.store("ca.cnf", (
        "[ca]\ndefault_ca=d\n[d]\ndatabase=%s/index.txt\n"
        "crlnumber=%s/crlnumber\ndefault_md=sha256\ndefault_crl_days=3650\n"
        % (office.work, office.work)).encode())
    run("openssl", "ca", "-gencrl", "-config", config, "-keyfile",
        os.path.join(keys, "root.key"), "-cert",
        os.path.join(keys, "root.pem"), "-out",
        os.path.join(folder, "newer.crl"))


def revocation(office, receipt):
    folder = os.path.join(office.work, "revoked")
    shutil.copytree(os.path.join(office.home, "keys"), folder)
    serials = {}
    for name in ("seal", "tsa"):
        text = run("openssl", "x509", "-noout", "-serial", "-in", os.path.join(
            office.home, "keys", name, "cert.pem")).decode()
        serials[name] = text.strip().split("=")[1]
    for name, days, want in (("seal", -1, "failed"), ("seal", 1, "ok"),
                             ("tsa", 1, "failed")):
        at = office.now() + datetime.timedelta(days=days)
        root_list(office, folder, serials[name], at.astimezone(
            datetime.timezone.utc).strftime("%y%m%d%H%M%SZ"))
        status, verdicts = verify(office, receipt, trust=folder)
        check(verdicts["revocation"] == want and
              status == (0 if want == "ok" else 6),
              "%s revoked %+d days from the receipt: %s" % (name, days, want),
              verdicts)


def trusts(office, receipt, body):
    """What is not at hand is said, and never passes for checked."""
    status, verdicts = verify(office, receipt, body)
    check(status == 0 and verdicts["log"] == "ok" and
          verdicts["revocation"] == "ok" and verdicts["bundle"] == "ok" and
          verdicts["witness"] == "skipped", "all of it verifies", verdicts)
    clone = office.clone("receipt-clone")
    tree = os.path.join(office.work, "tree")
    os.mkdir(tree)
    tar = run("git", "-C", clone, "archive", "main", "pki")
    run("tar", "-x", "-C", tree, input=tar)
    status, verdicts = verify(office, receipt,
                              trust=os.path.join(tree, "pki"))
    check(status == 0 and verdicts["log"] == "ok" and
          verdicts["revocation"] == "skipped" and
          verdicts["bundle"] == "skipped",
          "the clone's pki/ is enough", (status, verdicts))
    folder = os.path.join(office.work, "root-only")
    os.mkdir(folder)
    shutil.copy(os.path.join(office.home, "keys", "root", "root.pem"), folder)
    status, verdicts = verify(office, receipt, trust=folder)
    check(status == 0 and verdicts["log"] == "skipped",
          "without the log's key the log is not checked", verdicts)
    other = os.path.join(office.work, "other")
    run(os.path.join(BIN, "nintei"), "init", "--development", "-C", other,
        env=dict(os.environ, NINTEI_POLICIES=os.path.join(
            os.environ["SOURCE_DIR"], "policies")))
    status, verdicts = verify(
        office, receipt, trust=os.path.join(other, "keys"))
    check(status == 6 and verdicts["sealer"] == "failed",
          "another body's root is not trusted", verdicts)
    wrong = office.store("other.zip", b"PK no such archive")
    status, verdicts = verify(office, receipt, wrong)
    check(status == 6 and verdicts["bundle"] == "failed",
          "another archive is not the one received", verdicts)


def words(office, receipt):
    path = office.store("receipt.json", json.dumps(receipt).encode())
    for lang, word in (("ja", "追記専用のログ"), ("en", "append-only log")):
        out = run(os.path.join(BIN, "nintei"), "receipt", "verify", path,
                  "--trust", os.path.join(office.home, "keys"), "--lang",
                  lang).decode()
        check(word in out and receipt["case"] in out,
              "it says in words what it proves: " + lang, out)


def main():
    office = Office()
    office.start()
    zip_bytes = archive(papers(SCHEME))
    a = office.submit(zip_bytes, SCHEME)
    check(a.status == 201, "a dossier is taken in", a)
    first = a["receipt"]
    check(all(k in first for k in ("checkpoint", "proof", "cms", "tst")),
          "the receipt is complete", sorted(first))
    check(office.case(first["case"], who="applicant-1")["receipt"] == first,
          "asked again, it is the same receipt")
    second = office.submit(archive(papers(SCHEME, "別のサービス")),
                           SCHEME)["receipt"]
    stock(office, first)
    body = office.store("mine.zip", zip_bytes)
    trusts(office, first, body)
    words(office, first)
    tampering(office, first, second)
    with_keys(office, first)
    witnessed(office, first)
    revocation(office, first)
    office.restart()
    check(office.case(first["case"], who="applicant-1")["receipt"] == first,
          "after a restart too")
    office.crash()
    office.start()
    check(office.case(second["case"], who="applicant-1")["receipt"] == second,
          "and after a crash")
    finish()


if __name__ == "__main__":
    main()
