# SPDX-License-Identifier: Apache-2.0
"""Steps in the life of a certification: renewals, notices, decisions."""
import hashlib
import http.client
import json
import os
import re
import subprocess

from lib import ZIP, Answer, archive, check, fail, papers, run
from steps import propose_kind

KIND = {"renewal": "更新", "change": "変更", "termination": "終了"}
KEPT = "遵守しています。"


def about(scheme, kind, number, name, **fields):
    """A dossier about a certification."""
    form = {"kind": KIND[kind], "cert_number": number, **fields}
    if kind == "renewal":
        form = {"mark_declaration": KEPT, **form}
    form = {k: v for k, v in form.items() if v is not None}
    out = papers(scheme, service=name + "サービス", **form)
    if kind in ("change", "termination"):
        out = {"form-a.json": out["form-a.json"]}
    return out


def send(o, scheme, kind, number, name, query="", **fields):
    """Its answer."""
    more = "scheme=%s&kind=%s&number=%s" % (scheme, kind, number)
    return o.submit(archive(about(scheme, kind, number, name, **fields)),
                    query=more + query)


ROLES = {"form-a.json": "form_a", "form-b.json": "form_b",
         "登記事項証明書.pdf": "registry_certificate"}


def declared(files, scheme, items, **kind):
    """The same with its manifest."""
    a = json.loads(files["form-a.json"])["fields"]
    members = []
    for name, data in files.items():
        m = {"path": name, "role": ROLES.get(name, "attachment"),
             "sha256": hashlib.sha256(data).hexdigest(), "size": len(data),
             "tag": "secret"}
        if name == "form-b.json":
            m["fields"] = [{"id": i, "withhold": {"reason": "営業秘密"}}
                           for i in items]
        members.append(m)
    files["manifest.json"] = json.dumps({
        "schema": "nintei.bundle/1", "scheme": scheme, **kind,
        "applicant": {"name": a["applicant_name"],
                      "corporate_number": a["corporate_number"]},
        "service": {"name": a["service_name"], "url": a["service_url"]},
        "guideline_version": "2018-10", "tag": "secret", "created":
        "2026-07-15T09:00:00+09:00", "members": members},
        ensure_ascii=False).encode()
    return files


class Slow:
    """A dossier of which half has come: the rest comes with end()."""
    def __init__(self, o, scheme, kind, number, name):
        self.o = o
        self.body = archive(about(scheme, kind, number, name))
        self.path = "/v1/dossiers?scheme=%s&kind=%s&number=%s" % (
            scheme, kind, number)
        self.to = http.client.HTTPSConnection(
            "127.0.0.1", o.https, timeout=60, context=o.tls)
        self.to.putrequest("POST", self.path)
        for key, value in (
                ("Content-Type", ZIP), ("Content-Length", len(self.body)),
                ("Authorization", "Bearer " + o.tokens["applicant-1"]),
                ("Idempotency-Key", "slow-" + number)):
            self.to.putheader(key, str(value))
        self.to.endheaders()
        self.to.send(self.body[:len(self.body) // 2])

    def end(self):
        self.to.send(self.body[len(self.body) // 2:])
        r = self.to.getresponse()
        answer = Answer(r.status, r.headers, r.read())
        self.to.close()
        self.o.hold("POST", self.path, answer)
        return answer


def taken(o, *args, **fields):
    """The case of a dossier that is taken in."""
    a = send(o, *args, **fields)
    if a.status != 201:
        fail("taken: %r" % a)
    return a["case"]


def officers(o, case, kind, who=("officer-1",), **data):
    """A decision of a kind, signed: its state."""
    decision = propose_kind(o, case, kind, **data)
    for person in who:
        a = o.sign(person, decision)
        if a.status != 200:
            fail("%s signs %s: %r" % (person, kind, a))
    return a["state"]


def accepted(o, case):
    o.do("secretary-1", case, "fee.pay", {
        "amount": 132000, "paid_on": o.now().date().isoformat()})
    o.do("secretary-1", case, "accept", {"reviewers": ["secretary-1"]})


def certified(o, case):
    return o.decide(o.propose(case)) == "executed"


def declined(o, case):
    scheme = o.case(case)["scheme"]
    first = o.scheme(scheme)["criteria"][0]["id"]
    c = o.do("secretary-1", case, "propose_decline", {
        "review": o.review(scheme, (first,)), "reasons": "満たさないため"})
    return o.decide(c["decisions"][-1]["decision_id"]) == "executed"


def serials(o, case):
    """Instance to serial, of every certificate that was signed."""
    return {e["instance"]: e["data"]["serial"] for e in o.events(case)
            if e["machine"] == "artefact" and e["event"] == "sign"}


def certificate(o, case, serial):
    """What stock openssl reads in it."""
    der = o.tree_file(case, "issued/%s.cer" % serial)
    name = o.pem("x509", serial + ".cer", der)
    text = run("openssl", "x509", "-in", name, "-noout", "-dates",
               "-subject", "-dateopt", "iso_8601").decode()
    return dict(line.split("=", 1) for line in text.splitlines())


def status(o, number, spoilt=False):
    """The signed status of a certification, verified by stock openssl."""
    text = o.fetch("/v1/register/%s/status.json" % number)
    of = hashlib.sha256(text).hexdigest()
    o.store("status.json", text[:-2] + b" }" if spoilt else text)
    o.store("status.json.p7s", o.fetch(
        "/v1/register/%s/status.p7s?of=%s" % (number, of)))
    r = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in",
         "status.json.p7s", "-content", "status.json", "-CAfile", o.root,
         "-purpose", "any", "-attime", str(int(o.now().timestamp())),
         "-out", os.devnull], cwd=o.work, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return (r.returncode == 0) and json.loads(text)


def entries(o, scheme):
    """Serial to (reason, revocation date, invalidity date) on the list."""
    out = {}
    text = o.crl_text(scheme)
    for part in text.split("Serial Number: ")[1:]:
        serial = part.split()[0].lower()
        reason = re.search(r"CRL Reason Code:\s*\n?\s*(.+)", part)
        since = re.search(r"Invalidity Date:\s*\n?\s*(.+)", part)
        at = re.search(r"Revocation Date: (.+)", part)
        out[serial] = (reason and reason.group(1).strip(),
                       at.group(1).strip(),
                       since and since.group(1).strip())
    return out


def term(o, case):
    """(state, term, valid_through) as the case document has them."""
    c = o.case(case).get("certification", {})
    return c.get("state"), c.get("term"), c.get("valid_through")


def ended(o, case, event, at, name):
    """The event took effect at an instant, whenever it was recorded."""
    e = o.last(case, event)
    check(e["effective_at"] == at, name, e["effective_at"])


def steps(event):
    return [(s["machine"], s["event"]) for s in
            [event] + event.get("effects", [])]


def shown(answer):
    return json.dumps(answer.json, ensure_ascii=False)
