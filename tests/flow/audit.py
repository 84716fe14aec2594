#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""nintei audit verify: a full run of both schemes verifies from any clone,
and some manipulations of each kind are named with their event.  The bulk of
these stands in tamper.py."""
import base64
import json
import os
import re
import shutil
import subprocess
import zlib

from lib import (BIN, NO_HEAD, SCHEMES, Office, check, fail, finish, papers,
                 run)
import forge


def fill(o):
    """Certified, revoked, declined, withdrawn, expired, a new officer."""
    numbers = []
    for scheme in SCHEMES:
        case, number = o.certify(scheme)
        numbers.append((case, number))
    o.revoke(numbers[0][0])
    case = o.new_case(SCHEMES[0], service="架空サービスその二")
    o.accept(case)
    criterion = o.scheme(SCHEMES[0])["criteria"][0]["id"]
    c = o.do("secretary-1", case, "propose_decline", {
        "review": o.review(SCHEMES[0], unmet=(criterion,)),
        "reasons": "審査基準を満たさないため"})
    o.decide(c["decisions"][-1]["decision_id"])
    files = papers(SCHEMES[1], service="架空サービスその三")
    paper = [n for n in files if n.endswith(".pdf")][0]
    files[paper] += b"%" + b"large " * 40000 + b"\n"
    case = o.submit(files, SCHEMES[1])["case"]
    o.do("applicant-1", case, "withdraw")
    entry = json.loads(o.git_run("show", "HEAD:roster/officer-2.json"))
    entry["roles"] = ["officer", "secretariat"]
    c = o.do("secretary-1", "roster", "freeze", {
        "kind": "roster", "outcome": "roster", "reasons": "名簿の変更",
        "entry": entry})
    o.decide(c["decisions"][-1]["decision_id"])
    o.api("secretary-1", "GET", "/v1/cases/%s/documents/1" % case)
    return numbers


def verify(where, *options, lang="en"):
    r = subprocess.run([os.path.join(BIN, "nintei"), "--lang", lang, "audit",
                        "verify", where, *options], stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, check=False, timeout=300)
    return r.returncode, r.stdout.decode(), r.stderr.decode()


def report(where, *options):
    status, out, err = verify(where, "--json", *options)
    try:
        return status, json.loads(out)
    except ValueError:
        fail("audit of %s: %d %s %s" % (where, status, out, err))


def good(o):
    bare = o.clone()
    status, one = report(bare, "--jobs", "1")
    check(status == 0 and one["ok"] and one["findings"] == [],
          "a bare clone verifies", one["findings"][:2])
    commits = int(run("git", "-C", bare, "rev-list", "--count", "HEAD"))
    c = one["checked"]
    check(one["commits"] == one["events"] == c["commit_signatures"] ==
          one["log"]["size"] == commits, "every commit, once", one)
    check(c["certificates"] == 2 and c["crls"] >= 3 and c["decisions"] == 5
          and c["approvals"] == 10 and c["roster_changes"] == 1 and
          c["documents"] > 0, "everything in it", c)
    check(one["head"] == run("git", "-C", bare, "rev-parse",
                             "HEAD").decode().strip(), "its head")
    same = ("log", "head", "register_digest", "state_digest", "checked")
    for jobs in ("2", "7"):
        status, many = report(bare, "--jobs", jobs)
        check(status == 0 and all(one[k] == many[k] for k in same),
              jobs + " threads find the same", many)
    work = os.path.join(o.work, "worktree")
    run("git", "clone", "-q", "file://" + o.git, work)
    status, other = report(work)
    check(status == 0 and all(one[k] == other[k] for k in same),
          "a clone with a work tree too", other)
    run("git", "-C", bare, "repack", "-q", "-a", "-d", "-f", "--depth=50",
        "--window=50")
    status, other = report(bare)
    check(status == 0 and all(one[k] == other[k] for k in same),
          "and one full of deltas", other)
    return one


def partial(o, whole):
    run("git", "-C", o.git, "config", "uploadpack.allowFilter", "true")
    clone = o.clone("partial", "--filter=blob:limit=64k")
    status, r = report(clone)
    missing = {n["what"]: n["n"] for n in r["not_checked"]}
    check(status == 0 and r["ok"], "a partial clone verifies",
          r["findings"][:2])
    check(missing.get("documents") == 1 and r["checked"]["documents"] + 1 ==
          whole["checked"]["documents"], "a document that it lacks is "
          "counted as not checked", r)
    check(r["register_digest"] == whole["register_digest"],
          "with the same register")
    shallow = o.clone("shallow", "--depth=3")
    status, out, err = verify(shallow)
    check(status == 2 and out == "" and "shallow" in err and
          "--unshallow" in err, "a shallow one is refused", (status, out, err))
    os.unlink(os.path.join(shallow, "shallow"))
    status, r = report(shallow)
    check(status == 6 and "shallow" in json.dumps(r["findings"]),
          "one that hides it does not verify", r["findings"][:2])


def not_begun(o):
    """What cannot be audited, said in words."""
    empty = os.path.join(o.work, "empty.git")
    run("git", "init", "-q", "--bare", empty)
    status, _, err = verify(empty)
    check(status == 4 and "no branch main" in err, "an empty repository is "
          "named as such", (status, err))


def words(o):
    """What people read, in both languages; what was pinned."""
    bare = o.clone()
    status, out, _ = verify(bare)
    first = o.git_run("rev-list", "--max-parents=0", "HEAD").strip()
    check(status == 0 and "nothing was pinned" in out and first in out and
          "The history is good." in out and
          re.search(r"[0-9]+ events/s", out), "it says what it rests on", out)
    status, out, _ = verify(bare, "--trust", o.trust())
    check(status == 0 and "pinned" not in out, "and when it was pinned", out)
    status, out, _ = verify(bare, lang="ja")
    check(status == 0 and "履歴は正しい。" in out, "in Japanese", out)
    status, out, err = verify(bare, "--progress")
    check(status == 0 and "] " in err and "\r" in err, "a bar on demand", err)
    status, out, err = verify(os.path.join(o.work, "nowhere"))
    check(status == 4, "no repository: 4", (status, err))
    status, out, err = verify(bare, "--jobs", "x")
    check(status == 2, "no number: 2", (status, err))


def since(o, whole):
    bare = o.clone()
    ids = run("git", "-C", bare, "rev-list", "--reverse",
              "HEAD").decode().split()
    middle = ids[len(ids) // 2]
    status, r = report(bare, "--since", middle)
    check(status == 0 and r["checked"]["commit_signatures"] ==
          len(ids) - len(ids) // 2 - 1 and
          r["register_digest"] == whole["register_digest"] and
          r["not_checked"][-1]["n"] == len(ids) // 2 + 1,
          "--since: signatures after it, the same end", r)
    status, r = report(bare, "--since", "0123456789" * 4)
    check(status == 6 and r["findings"][0]["id"] == "AUDIT-83",
          "a commit that is gone: a fork", r["findings"])
    status, _, err = verify(bare, "--since", "HEAD")
    check(status != 0 and status != 6, "not the id of a commit", err)


def checkpoint(o, note):
    bare = o.clone()
    status, r = report(bare, "--checkpoint", note)
    check(status == 0 and r["trust"]["checkpoint"], "a checkpoint fits", r)
    with open(note, "rb") as f:
        lines = f.read().split(b"\n")
    lines[2] = base64.b64encode(bytes(32))
    other = o.store("other", b"\n".join(lines))
    status, r = report(bare, "--checkpoint", other)
    check(status == 6 and r["findings"][0]["id"] == "AUDIT-82",
          "one that the log did not sign does not", r["findings"])


class Tamper:
    """A manipulated copy must be found out, at the right event."""

    def __init__(self, o):
        self.o = o
        self.key = forge.Key(os.path.join(o.home, "keys", "commit",
                                          "key.pem"))
        self.history = forge.History(o.clone(), self.key)
        self.n = 0

    def where(self):
        self.n += 1
        return os.path.join(self.o.work, "forged-%d" % self.n)

    def expect(self, name, history, ids, step, *options):
        """ids: those that may be named first; step: whose event it is."""
        where = self.where()
        history.write(where)
        self.expect_at(name, where, ids, step, *options)
        shutil.rmtree(where)

    def expect_at(self, name, where, ids, step, *options):
        status, r = report(where, *options)
        first = r["findings"][0] if r["findings"] else {}
        want = None if step is None else "%s/%d" % (step.case, step.seq)
        check(status == 6 and not r["ok"] and first.get("id") in ids and
              first.get("event") == want, "%s: %s at %s" % (
                  name, "/".join(ids), want), (status, r["findings"][:3]))


def tamper(o):
    t = Tamper(o)
    where = t.where()
    t.history.copy().rechain().write(where)
    status, r = report(where)
    check(status == 0, "written anew without change it verifies",
          r["findings"][:3])

    h = t.history.copy()
    s = h.find("fee.pay")
    s.event["data"]["amount"] = 1
    t.expect("a payment made small", h.rechain(), ("AUDIT-40",), s)

    h = t.history.copy()
    s = h.find("fee.pay")
    s.event["data"]["amount"] += 1
    t.expect("an event edited, its chain not", h, ("AUDIT-23",),
             h.find("application.accept", s.case))

    h = t.history.copy()
    s = h.steps.pop(h.index(h.find("application.accept")))
    t.expect("a commit dropped", h, ("AUDIT-23",),
             [x for x in h.steps if x.case == s.case and x.seq > s.seq][0])

    h = t.history.copy()
    h.steps[5].key = forge.Key.new(os.path.join(o.work, "stranger.pem"))
    t.expect("a commit by another key", h, ("AUDIT-12",), h.steps[5])

    h = t.history.copy()
    h.steps[7].trailer = (8, NO_HEAD)
    t.expect("a wrong root", h, ("AUDIT-81",), h.steps[7])

    h = t.history.copy()
    one, two = [x for x in h.steps if x.act == "decision.sign"][:2]
    sig = one.puts[one.file("officer-1.sig")]
    two.puts[two.file("officer-2.sig")] = sig
    two.event["data"]["signature"] = forge.sha256(sig).hex()
    t.expect("a signature given twice", h.rechain(), ("AUDIT-52",), two)

    h = t.history.copy()
    s = h.find("artefact.sign")
    other = h.find("artefact.sign", n=1)
    s.puts[s.file(".cer")] = other.puts[other.file(".cer")]
    t.expect("another service's certificate", h, ("AUDIT-60", "AUDIT-61"), s)

    h = t.history.copy()
    lists = [x for x in h.steps if x.act == "body.crl" and
             x.case == "crl-" + SCHEMES[0]]
    s = lists[-1]
    s.puts[s.file(".crl")] = lists[0].puts[lists[0].file(".crl")]
    t.expect("a list without its entry", h, ("AUDIT-70",), s)

    h = t.history.copy()
    s = h.find("application.withdraw")
    s.event["recorded_at"] = s.event["effective_at"] = \
        "2026-07-01T09:00:00+09:00"
    s.authored = 1782864000
    for later in h.steps[h.steps.index(s):]:
        later.time += 1  # no clock set back: the commits move on
    t.expect("dated back", h.rechain(), ("AUDIT-24",), s)

    h = t.history.copy()
    s = h.find("application.withdraw")
    entry = h.steps[0].puts["roster/officer-1.json"].replace(
        b'"officer"]', b'"officer","secretariat"]')
    s.puts["roster/officer-1.json"] = entry
    t.expect("a role without decision", h, ("AUDIT-59",), s)

    h = t.history.copy()
    s = h.find("application.withdraw")
    s.puts[h.find("application.submit").path] = None
    t.expect("an event removed later", h, ("AUDIT-3",), s)

    h = t.history.copy()
    path = [p for p in h.steps[0].puts if p.endswith("/params.yaml")][0]
    h.steps[0].puts[path] += b"# \n"
    t.expect("other policies, the first commit pinned", h, ("AUDIT-91",),
             h.steps[0], "--trust", o.trust())


def corrupt(o):
    """Bytes changed on the disk: nothing is signed anew."""
    t = Tamper(o)
    bare = o.clone("corrupt")
    step = t.history.find("fee.pay")
    blob = run("git", "-C", bare, "rev-parse",
               "HEAD:" + step.path).decode().strip()
    packs = os.path.join(bare, "objects", "pack")
    for name in [n for n in os.listdir(packs) if n.endswith(".pack")]:
        moved = os.path.join(o.work, name)
        shutil.move(os.path.join(packs, name), moved)
        os.unlink(os.path.join(packs, name[:-5] + ".idx"))
        with open(moved, "rb") as f:
            run("git", "-C", bare, "unpack-objects", "-q", stdin=f)
    for extra in os.listdir(packs):
        os.unlink(os.path.join(packs, extra))
    loose = os.path.join(bare, "objects", blob[:2], blob[2:])
    with open(loose, "rb") as f:
        data = zlib.decompress(f.read())
    os.chmod(loose, 0o644)
    with open(loose, "wb") as f:
        f.write(zlib.compress(data.replace(b"secretary-1", b"secretary-2")))
    t.expect_at("bytes that are not those of their id", bare, ("AUDIT-1",),
                step)
    os.unlink(loose)
    t.expect_at("an event's bytes missing", bare, ("AUDIT-1",), step)


def main():
    o = Office().start()
    fill(o)
    note = o.store("checkpoint", o.fetch("/log/checkpoint"))
    check(o.stop() == 0, "the server ends")
    checkpoint(o, note)
    whole = good(o)
    partial(o, whole)
    not_begun(o)
    words(o)
    since(o, whole)
    tamper(o)
    corrupt(o)
    finish()


main()
