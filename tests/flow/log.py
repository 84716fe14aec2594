#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The log as a stranger reads it: checkpoints signed, tiles that give their
root, a proof for each event, consistency, nothing beyond the checkpoint.
Computed here once more from the formats' words, with openssl for signatures."""
import base64
import concurrent.futures
import hashlib
import os
import re
import shutil
import subprocess
import time

from lib import SCHEMES, Office, check, fail, finish, run

SPKI_ED25519 = bytes.fromhex("302a300506032b6570032100")


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def leaf(event):
    return sha(b"\0", event)


def root_of(hashes):
    """RFC 6962 2.1 over leaf hashes, as it is written."""
    if not hashes:
        return sha(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha(b"\1", root_of(hashes[:k]), root_of(hashes[k:]))


def root_by_proof(event, index, size, proof):
    """RFC 9162 2.1.3.2."""
    fn, sn, r = index, size - 1, leaf(event)
    for p in proof:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            r = sha(b"\1", p, r)
            while fn and not fn & 1:
                fn >>= 1
                sn >>= 1
        else:
            r = sha(b"\1", r, p)
        fn >>= 1
        sn >>= 1
    return r if sn == 0 else None


class Key:
    """A key of a signed note, and openssl to ask about signatures."""

    def __init__(self, vkey, work):
        self.name, ident, text = vkey.strip().split("+", 2)
        raw = base64.b64decode(text, validate=True)
        check(raw[0] == 1 and len(raw) == 33, "the log's key is Ed25519")
        want = sha(self.name.encode(), b"\n", raw)[:4]
        check(want.hex() == ident, "its id follows from name and key")
        self.ident, self.work = want, work
        self.path = os.path.join(work, "log-key.der")
        with open(self.path, "wb") as f:
            f.write(SPKI_ED25519 + raw[1:])

    def verifies(self, text, signature):
        files = {"text": text, "signature": signature}
        for name, data in files.items():
            with open(os.path.join(self.work, name), "wb") as f:
                f.write(data)
        return subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform",
             "DER", "-inkey", self.path, "-in",
             os.path.join(self.work, "text"), "-sigfile",
             os.path.join(self.work, "signature")], check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL).returncode == 0


def open_note(key, note):
    """Size and root of a checkpoint that the key has signed."""
    text, lines = note.decode().rsplit("\n\n", 1)
    text += "\n"
    good = 0
    for line in lines.splitlines():
        dash, name, data = line.split(" ")
        data = base64.b64decode(data, validate=True)
        if dash == "—" and name == key.name and data[:4] == key.ident:
            check(key.verifies(text.encode(), data[4:]),
                  "openssl verifies the log's signature")
            check(not key.verifies(text.encode() + b"x", data[4:]),
                  "and of this text alone")
            good += 1
    check(good == 1, "the log has signed the note once", note)
    origin, size, root, *more = text.splitlines()
    check(origin == key.name and not more, "origin, size, root", text)
    return int(size), base64.b64decode(root, validate=True)


def checkpoint(o, key):
    a = o.api(None, "GET", "/log/checkpoint")
    check(a.status == 200 and
          a.headers["Content-Type"] == "text/plain; charset=utf-8" and
          int(re.search(r"max-age=(\d+)", a.headers["Cache-Control"])[1]) < 9,
          "a checkpoint, not to be kept for long", a)
    return open_note(key, a.body)


def tile_name(n):
    text = "%03d" % (n % 1000)
    while n >= 1000:
        n //= 1000
        text = "x%03d/%s" % (n % 1000, text)
    return text


def tile(o, level, n, width):
    path = "/log/tile/%s/%s" % (level, tile_name(n))
    if width < 256:
        path += ".p/%d" % width
    a = o.api(None, "GET", path)
    check(a.status == 200 and "immutable" in a.headers["Cache-Control"] and
          a.headers["Content-Type"] == "application/octet-stream",
          "tile %s" % path, a)
    return a.body


def widths(count):
    return [256] * (count // 256) + ([count % 256] if count % 256 else [])


def entries_of(o, size):
    found = []
    for n, width in enumerate(widths(size)):
        data = tile(o, "entries", n, width)
        while data:
            length = int.from_bytes(data[:2], "big")
            found.append(data[2:2 + length])
            data = data[2 + length:]
    check(len(found) == size and all(len(e) == 32 for e in found),
          "the bundles hold %d entries of 32 bytes" % size)
    return found


def all_tiles(o, size, entries):
    """Every tile there must be; each hash follows from the level below."""
    level, below = 0, [leaf(e) for e in entries]
    while below:
        got = b"".join(tile(o, level, n, width)
                       for n, width in enumerate(widths(len(below))))
        check(got == b"".join(below), "level %d of %d" % (level, size))
        below = [root_of(below[i:i + 256])
                 for i in range(0, len(below) - 255, 256)]
        level += 1


def beyond(o, size):
    """TLOG-33: no tile shows more than the checkpoint."""
    n, width = divmod(size, 256)
    paths = ["0/%s.p/%d" % (tile_name(n), width + 1), "0/" + tile_name(n),
             "0/%s.p/1" % tile_name(n + 1),
             "entries/%s.p/%d" % (tile_name(n), width + 1),
             "entries/" + tile_name(n), "7/000.p/1", "8/000.p/1", "64/000",
             "0/x000/000", "0/0", "0/000.p/0", "0/000.p/256", "0/000.p/01",
             "entries", "x/000", "-1/000", "0/x001/000"]
    for path in paths:
        a = o.api(None, "GET", "/log/tile/" + path)
        check(a.status == 404, "no tile " + path, a)


def proof_file(key, a, event):
    """Index and checkpoint of a proof file that proves the event."""
    head, rest = a.body.split(b"\n\n", 1)
    magic, index, *proof = head.decode().split("\n")
    check(magic == "c2sp.org/tlog-proof@v1" and index.startswith("index "),
          "the file's head", a.body)
    index = int(index[6:])
    size, root = open_note(key, rest)
    proof = [base64.b64decode(p, validate=True) for p in proof]
    check(root_by_proof(event, index, size, proof) == root,
          "the event is number %d of %d" % (index, size))
    bad = bytes([event[0] ^ 1]) + event[1:]
    check(root_by_proof(bad, index, size, proof) != root,
          "and no other event is")
    return index, size


def proofs(o, key, entries):
    """A proof for each event, by its hash."""
    places = set()
    for event in entries:
        a = o.api(None, "GET", "/log/proof/" + event.hex())
        check(a.status == 200 and
              a.headers["Content-Type"] == "text/plain; charset=utf-8",
              "a proof for each event", a)
        index, _ = proof_file(key, a, event)
        check(entries[index] == event, "at its place")
        places.add(index)
    check(len(places) == len(entries), "each place once")


def by_case(o, case):
    """<case>/<seq>: for who may see the case; the proof's file."""
    a = o.api("applicant-1", "GET", "/log/proof/%s/1" % case)
    check(a.status == 200, "the applicant has a proof of the first event", a)
    for who, path in ((None, case + "/1"), ("applicant-1", case + "/999"),
                      ("applicant-1", case + "/01"),
                      ("applicant-1", case + "/x"),
                      ("applicant-1", case + "/1/1"),
                      ("applicant-1", "authority/1"),
                      ("applicant-1", "c-nobody/1"), (None, "0" * 64),
                      (None, "0" * 63)):
        b = o.api(who, "GET", "/log/proof/" + path)
        check(b.status == 404, "no proof by %s for %s" % (who, path), b)
    return a


def event_in_git(o, case):
    names = run("git", "-C", o.git, "ls-tree", "-r", "--name-only",
                "main").decode().splitlines()
    name = [n for n in names if "/%s/0001-" % case in n]
    check(len(name) == 1, "the event stands in the repository")
    return sha(run("git", "-C", o.git, "show", "main:" + name[0]))


def git_agrees(o, entries):
    """The trailer of the commit that each entry came with."""
    log = run("git", "-C", o.git, "log", "--format=%B", "main").decode()
    trailers = re.findall(r"^Nintei-Log: (\d+) ([0-9a-f]{64})$", log, re.M)
    known = {int(size): root for size, root in trailers}
    hashes = [leaf(e) for e in entries]
    for size in range(1, len(entries) + 1):
        check(known.get(size) == root_of(hashes[:size]).hex(),
              "the commit of event %d says the same root" % size)


def wait_size(o, key, size):
    """The checkpoint moves by itself, at most once in a second."""
    for _ in range(50):
        have = checkpoint(o, key)
        if have[0] >= size:
            return have
        time.sleep(0.1)
    return fail("the checkpoint stays at %d" % have[0])


def zero(path, at, whence=0):
    with open(path, "r+b") as f:
        f.seek(at, whence)
        f.write(bytes(32))


def damaged(o, key, entries):
    """Bytes that went bad where no opening looks are seen on use, never given
    out, and made again from the history."""
    folder = os.path.join(o.home, "store", "log")
    for name, path in (("entries", "/log/tile/entries/%s"),
                       ("level-00", "/log/tile/0/%s"),
                       ("entries", "/log/proof/%s")):
        if o.stop() != 0:
            fail("the server does not end well")
        zero(os.path.join(folder, name), 0)
        o.start()
        size, _ = wait_size(o, key, len(entries))
        check(size == len(entries), "nothing happened meanwhile")
        path %= (entries[0].hex() if "proof" in path
                 else "%s.p/%d" % (tile_name(size // 256), size % 256))
        before = o.parts()["core"]
        a = o.api(None, "GET", path)
        check(a.status == 500, "a wrong %s gives no %s" % (name, path), a)
        end = time.time() + 30
        while o.parts().get("core", before) == before:
            if time.time() > end:
                fail("core does not begin anew")
            time.sleep(0.05)
        o.wait_ready()
        wait_size(o, key, size)
        check(o.api(None, "GET", path).status == 200, "mended: " + path)
        check(entries_of(o, size) == entries, "the log is as it was")


def spoiled(o, key, entries):
    """A lost or wrong cache is made again; a reader sees no difference.
    The server stands still before and after."""
    folder = os.path.join(o.home, "store", "log")
    ways = {
        "lost": lambda: shutil.rmtree(folder),
        "without its end": lambda: os.truncate(
            os.path.join(folder, "entries"), 32 * (len(entries) // 2)),
        "with a wrong hash": lambda: zero(
            os.path.join(folder, "level-00"), -32, 2),
        "without its mark": lambda: os.unlink(os.path.join(folder, "mark")),
    }
    for name, way in ways.items():
        way()
        o.start()
        size, root = wait_size(o, key, len(entries))
        have = entries_of(o, size)
        check(have[:len(entries)] == entries and
              root_of([leaf(e) for e in have]) == root,
              "a cache %s is mended" % name)
        proof_file(key, o.api(None, "GET", "/log/proof/" + have[-1].hex()),
                   have[-1])
        if o.stop() != 0:
            fail("the server does not end well")


def main():
    o = Office().start()
    with open(os.path.join(o.home, "keys", "log", "log.vkey"),
              encoding="ascii") as f:
        vkey = f.read()
    key = Key(vkey, o.work)
    seen = [checkpoint(o, key)]
    case = o.new_case(SCHEMES[0])
    seen.append(wait_size(o, key, seen[0][0] + 1))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for _ in pool.map(lambda _: o.new_case(SCHEMES[1]), range(8)):
            pass
    seen.append(wait_size(o, key, seen[1][0] + 8))
    o.crash()
    o.start()
    o.new_case(SCHEMES[0])
    seen.append(wait_size(o, key, seen[2][0] + 1))
    size = seen[-1][0]
    entries = entries_of(o, size)
    hashes = [leaf(e) for e in entries]
    for old, root in seen:
        check(root_of(hashes[:old]) == root,
              "the checkpoint at %d is a beginning of the log" % old)
    all_tiles(o, size, entries)
    beyond(o, size)
    proofs(o, key, entries)
    proof = by_case(o, case)
    if o.stop() != 0:
        fail("the server does not end well")
    check(run("git", "-C", o.git, "show", "main:pki/log.vkey").decode().strip()
          == vkey.strip(), "the key stands in genesis")
    proof_file(key, proof, event_in_git(o, case))
    git_agrees(o, entries)
    spoiled(o, key, entries)
    o.start()
    damaged(o, key, entries)
    finish()


main()
