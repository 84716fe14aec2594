#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The whole way of a dossier under each scheme, seen by stock tools: from the
zip to the certificate, its revocation, and the history of both."""
import base64
import glob
import hashlib
import json
import os
import re
import subprocess

from lib import JST, SCHEMES, Office, check, finish, midnight, papers, run, when


def submit(o, scheme, files):
    a = o.submit(files, scheme)
    check(a.status == 201, scheme + ": the dossier is taken in", a)
    case = a["case"]
    check(a.headers["Location"] == "/v1/cases/" + case and
          a["state"] == "submitted" and a["kind"] == "new" and
          a["scheme"] == scheme, scheme + ": the case document", a)
    check(a.tag.startswith('"%s' % a["head"]), scheme + ": its entity tag")
    machines = {(m["machine"], m["state"]) for m in a["machines"]}
    check(machines == {("application", "submitted"), ("bundle", "stored"),
                       ("fee", "due"), ("notice", "queued")},
          scheme + ": its machines", machines)
    listed = {d["path"]: d for d in a["documents"] if "path" in d}
    for name, data in files.items():
        d = listed.get(name, {})
        check(d.get("sha256") == hashlib.sha256(data).hexdigest() and
              d.get("size") == len(data), "%s: %s is listed" % (scheme, name),
              d)
    receipt = a["receipt"]
    check(receipt["schema"] == "nintei.receipt/1" and
          receipt["case"] == case and
          {m["path"] for m in receipt["members"]} == set(files),
          scheme + ": the receipt", receipt)
    return case


def decide(o, scheme, case):
    before = o.case(case)
    check(before["state"] == "deciding", scheme + ": proposed")
    decision = before["decisions"][-1]["decision_id"]
    document = o.document(decision)
    fields = json.loads(document)
    check(fields["outcome"] == "decide_certify" and
          fields["case_id"] == case and fields["proposer"] == "secretary-1" and
          json.dumps(fields, ensure_ascii=False, sort_keys=True,
                     separators=(",", ":")).encode() == document,
          scheme + ": the decision is canonical", fields)
    state = o.api("officer-1", "GET", "/v1/decisions/" + decision)
    check(state["needed"] == 2 and state["state"] == "open" and
          state["signatures"] == [], scheme + ": two are needed", state)
    one = o.sign("officer-1", decision)
    check(one.status == 200 and one["state"] == "open" and
          o.case(case)["state"] == "deciding" and
          "number" not in o.case(case), scheme + ": one is not enough", one)
    two = o.sign("officer-2", decision)
    check(two.status == 200 and two["state"] == "executed" and
          [s["person"] for s in two["signatures"]] == ["officer-1",
                                                       "officer-2"],
          scheme + ": two are", two)
    return decision


def certificate(o, scheme, case, files):
    c = o.case(case)
    number = c["number"]
    check(c["state"] == "certified" and
          c["certification"]["state"] == "valid",
          "flow 1: %s: certified" % scheme, c)
    machines = {m["machine"]: m["state"] for m in c["machines"]}
    e = [e for e in o.api("auditor-1", "GET", "/v1/cases/%s/events" %
                          case)["items"] if e["event"] == "sign" and
         e["machine"] == "artefact"][0]
    check(machines["mark"] == "allowed" and e["data"]["handed_over"] == {
        "files": ["/mark/%s.svg" % number], "conditions": e["rule_version"]},
          "flow 1: %s: the mark is handed over, under its conditions" %
          scheme, e["data"])
    pem = o.fetch("/v1/register/%s/certificate.pem" % number)
    path = o.store("cert.pem", pem)
    text = run("openssl", "x509", "-in", path, "-noout", "-text", "-dates",
               "-dateopt", "iso_8601", "-nameopt",
               "utf8,sep_comma_plus").decode()
    ends = midnight(c["certification"]["valid_through"], 1)
    after = when(re.search(r"notAfter=(.*)Z", text).group(1) + "+00:00")
    check((ends - after).total_seconds() == 1, "flow 1: %s: the term's last "
          "second is the certificate's" % scheme, (ends, after))
    check("serialNumber=" + number in text.replace(" ", ""),
          scheme + ": the number stands in the subject")
    good, words = o.verify(scheme, number)
    check(good, scheme + ": openssl verify -x509_strict -crl_check", words)
    if "request.csr" in files:
        want = run("openssl", "req", "-noout", "-pubkey",
                   input=files["request.csr"])
        check(run("openssl", "x509", "-in", path, "-noout", "-pubkey") ==
              want, scheme + ": the subject's own key")
    return number, run("openssl", "x509", "-in", path, "-outform", "DER")


def register(o, scheme, number, der):
    entry = o.api(None, "GET", "/v1/register/" + number)
    check(entry.status == 200 and entry["state"] == "valid" and
          entry["scheme"] == scheme and entry["items"],
          "flow 1: %s: the register's entry" % scheme, entry)
    record = o.fetch("/v1/register/%s/certificate.json" % number)
    check(entry["hashes"]["record"] == hashlib.sha256(record).hexdigest(),
          scheme + ": it names the record by hash")
    check(entry["hashes"]["certificate"] == hashlib.sha256(der).hexdigest(),
          scheme + ": and the certificate")
    check(hashlib.sha256(record).digest() in der,
          scheme + ": the certificate holds the record's hash")
    fields = json.loads(record)
    check(fields["number"] == number and fields["valid_through"] ==
          entry["valid_through"] and all(isinstance(v, str)
                                         for v in fields.values()),
          scheme + ": the record", fields)
    found = o.api(None, "GET", "/v1/register?q=%s&scheme=%s&state=valid" % (
        number, scheme))
    check([e["number"] for e in found["items"]] == [number],
          scheme + ": found by its number", found)
    other = [s for s in SCHEMES if s != scheme][0]
    found = o.api(None, "GET", "/v1/register?q=%s&scheme=%s" % (number,
                                                              other))
    check(found["items"] == [], scheme + ": not under the other scheme")


def signatures(o, scheme, case, decision):
    """ssh-keygen -Y verify of what is stored, against the tree's list."""
    document = o.tree_file(case, "decisions/%s/decision.json" % decision)
    allowed = o.store("allowed", o.git_run(
        "show", "HEAD:allowed_signers").encode())
    for person in ("officer-1", "officer-2"):
        sig = o.store("sig", o.tree_file(
            case, "decisions/%s/%s.sig" % (decision, person)))

        def verify(data, who, namespace):
            return subprocess.run(
                ["ssh-keygen", "-Y", "verify", "-n", namespace, "-f",
                 allowed, "-I", who, "-s", sig], input=data, check=False,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE).returncode == 0
        check(verify(document, person, "decision@nintei"),
              "%s: ssh-keygen -Y verify, %s" % (scheme, person))
        check(not verify(document + b" ", person, "decision@nintei") and
              not verify(document, person, "git") and
              not verify(document, "store@nintei", "decision@nintei"),
              scheme + ": and nothing else")


def documents(o, scheme, case, files):
    """Each stored document, decrypted by stock openssl and by the server."""
    key = o.api("secretary-1", "GET", "/v1/cases/%s/key" % case)
    check(key.status == 200, scheme + ": the case key", key)
    tree = o.git_run("ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0")
    for d in o.case(case)["documents"]:
        if "path" not in d:
            continue
        want = files[d["path"]]
        name = [p for p in tree if re.search(
            "/%s/.*/?%02d-[0-9a-f]{64}[.]cms$" % (case, d["n"]), p)]
        check(len(name) == 1, "%s: document %d is in the tree" % (
            scheme, d["n"]), name)
        cms = o.store("document.cms", run(
            "git", "-C", o.git, "cat-file", "blob", "HEAD:" + name[0]))
        out = os.path.join(o.work, "plain")
        run("openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in",
            cms, "-secretkey", key["key"], "-secretkeyid", key["key_id"], "-out",
            out)
        with open(out, "rb") as f:
            check(f.read() == want, "%s: openssl cms -decrypt of %s" % (
                scheme, d["path"]))
        wrong = ("0" if key["key"][0] != "0" else "1") + key["key"][1:]
        check(subprocess.run(
            ["openssl", "cms", "-decrypt", "-inform", "DER", "-in", cms,
             "-secretkey", wrong, "-secretkeyid", key["key_id"], "-out",
             os.devnull], stderr=subprocess.DEVNULL,
            check=False).returncode != 0, scheme + ": with that key alone")
        a = o.api("officer-1", "GET", "/v1/cases/%s/documents/%d" % (
            case, d["n"]))
        check(a.status == 200 and a.body == want,
              "%s: the server gives %s" % (scheme, d["path"]), a.status)
    check(o.api("applicant-1", "GET", "/v1/cases/%s/documents/1" %
                case).status == 404, scheme + ": not to the applicant")
    reads = [e for e in o.api("auditor-1", "GET", "/v1/cases/access-%s/events"
                              % o.now().astimezone(JST).strftime("%Y-%m"))
             ["items"] if e["data"]["case"] == case]
    check(len(reads) >= 1 + len(files) and {e["event"] for e in reads} ==
          {"read"} and {e["actor"] for e in reads} == {"secretary-1",
                                                       "officer-1"},
          scheme + ": each reading is an event", len(reads))


def revoke(o, scheme, case, number, der):
    serials = o.revoked(scheme)
    o.revoke(case)
    c = o.case(case)
    check(c["certification"]["state"] == "revoked", scheme + ": revoked", c)
    good, words = o.verify(scheme, number)
    check(not good and "certificate revoked" in words,
          scheme + ": openssl verify refuses", words)
    text = o.crl_text(scheme)
    check("Privilege Withdrawn" in text, scheme + ": the reason", text)
    check(len(o.revoked(scheme)) == len(serials) + 1,
          scheme + ": one more on the list")
    path = o.store("leaf.der", der)
    serial = run("openssl", "x509", "-inform", "DER", "-in", path, "-noout",
                 "-serial").decode().strip().split("=")[1]
    check(serial in o.revoked(scheme), scheme + ": this one", serial)
    entry = o.api(None, "GET", "/v1/register/" + number)
    check(entry["state"] == "revoked" and
          [h["state"] for h in entry["history"]][-1] == "revoked",
          scheme + ": the register says so", entry)
    check(o.case(case)["decisions"][-1]["state"] == "executed",
          scheme + ": executed")


def history(o):
    clone = os.path.join(o.work, "clone")
    run("git", "clone", "-q", o.git, clone)
    run("git", "-C", clone, "fsck", "--strict")
    check(True, "git clone, git fsck --strict")
    commits = run("git", "-C", clone, "rev-list", "HEAD").decode().split()
    bad = []
    for commit in commits:
        r = subprocess.run(
            ["git", "-c", "gpg.ssh.allowedSignersFile=allowed_signers",
             "verify-commit", commit], cwd=clone, check=False,
            stderr=subprocess.PIPE)
        if r.returncode != 0 or b"store@nintei" not in r.stderr:
            bad.append(commit)
    check(not bad, "git verify-commit of %d commits" % len(commits), bad)
    sizes = [int(n) for n in run(
        "git", "-C", clone, "log", "--format=%(trailers:key=Nintei-Log,"
        "valueonly)").decode().replace("size=", "").split()
        if n.isdigit()]
    check(sizes == list(range(len(commits), 0, -1)),
          "Nintei-Log counts every event", sizes[:5])
    people = set(run("git", "-C", clone, "log",
                     "--format=%an <%ae>").decode().split("\n")) - {""}
    check(people <= {"%s <%s@nintei>" % (r, r) for r in (
        "applicant", "secretariat", "officer", "system")},
        "authors are roles", people)
    subjects = run("git", "-C", clone, "log", "--format=%s").decode()
    existence(o, clone)
    check("application.submit" in subjects and
          "application.decide_certify" in subjects and
          "compliance.revoke" in subjects, "subjects are words of the "
          "regulation", subjects)


def existence(o, clone):
    """The grade that officers sign is the one that the intake recorded."""
    seen = 0
    for path in glob.glob(os.path.join(clone, "cases", "**", "detail.json"),
                          recursive=True):
        with open(path, encoding="utf-8") as f:
            detail = json.load(f)
        if detail["schema"] != "nintei.certify/1":
            continue
        case = os.path.relpath(path, os.path.join(clone, "cases")).split(
            os.sep + "decisions")[0].split(os.sep)[-1]
        said = [e["data"]["existence"] for e in o.api(
            "auditor-1", "GET", "/v1/cases/%s/events" % case)["items"]
            if e["event"] == "submit"]
        check(len(said) == 1 and set(said[0]) <= {"grade", "form", "human"} and
              said[0]["grade"] == detail["existence"] == "weak" and
              said[0]["form"] == "paper" and said[0]["human"] is True,
              case + ": grade of existence", (said, detail.get("existence")))
        seen += 1
    check(seen >= len(SCHEMES), "grades of existence in decisions", seen)


def events(o, scheme, case):
    """Each event names the hash of the one before: the case's own chain."""
    items = o.api("auditor-1", "GET", "/v1/cases/%s/events" % case)["items"]
    before = "0" * 64
    good = True
    for i, e in enumerate(items, 1):
        good &= e["prev"] == before and e["seq"] == i and \
            e["event_id"] == "%s/%d" % (case, i)
        before = hashlib.sha256(json.dumps(
            e, ensure_ascii=False, sort_keys=True,
            separators=(",", ":")).encode()).hexdigest()
    check(good and before == o.case(case)["head"], scheme + ": the chain of "
          "the case's events")
    check({"article", "guards", "rule_version", "policy_version"} <=
          set(items[1]), scheme + ": rule and guards are pinned", items[1])


def main():
    o = Office().start()
    root = o.fetch("/pki/root.cer", plain=True)
    with open(o.root, encoding="ascii") as f:
        check(base64.b64encode(root).decode() ==
              "".join(f.read().split("-----")[2].split()),
              "the root is that of keys/root")
    for scheme in SCHEMES:
        files = papers(scheme)
        case = submit(o, scheme, files)
        o.accept(case)
        o.propose(case)
        decision = decide(o, scheme, case)
        number, der = certificate(o, scheme, case, files)
        register(o, scheme, number, der)
        signatures(o, scheme, case, decision)
        documents(o, scheme, case, files)
        revoke(o, scheme, case, number, der)
        events(o, scheme, case)
    history(o)
    # Without a request the certificate has a key all the same.
    case, number = o.certify("genai-saas", service="架空要約サービス")
    good, words = o.verify("genai-saas", number)
    check(good, "without a request of the applicant's", words)
    finish()


main()
