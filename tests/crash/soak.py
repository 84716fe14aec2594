#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile bundles in a row: each is refused, and none leaves a process, a
descriptor, a file or memory behind.
usage: soak.py [bundles]"""
import collections
import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "flow"))
from lib import SCHEMES, Office, archive, check, finish, papers

SCHEME = SCHEMES[0]
SIZE_MAX = 1 << 20  # of one archive; larger ones are no more hostile
# Of one process, behind the first round; sanitizers keep what was freed.
GROWTH_KIB = 4096 if "ASAN_OPTIONS" not in os.environ else 1 << 18
WARM = 60


def documents():
    """Honest archives with a hostile paper: one for each worker."""
    good = papers(SCHEME)
    deep = b"[" * 5000 + b"]" * 5000
    bomb = (b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
            b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>')
    script = (b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction"
              b"<</S/JavaScript/JS(app.alert(1))>>>>endobj\n2 0 obj<</Type"
              b"/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF")
    parts = {"[Content_Types].xml": bomb, "_rels/.rels": bomb,
             "word/document.xml": bomb}
    yield "deep", archive({**good, "form-a.json": deep})
    yield "false", archive({**good, "資料.pdf": b"MZ" * 500})
    yield "script", archive({**good, "資料.pdf": script})
    yield "docx", archive({**good, "資料.docx": archive(parts)})
    yield "xlsx", archive({**good, "資料.xlsx": archive(parts)})
    yield "csr", archive({**good, "request.csr": b"\x30\x84\xff" * 99})


def archives(o):
    """Those of the table that are refused: (name, bytes)."""
    folder = os.path.join(o.work, "cases")
    os.mkdir(folder)
    subprocess.run([os.path.join(os.environ["BUILD_DIR"], "tests",
                                 "archive_cases"), folder], check=True)
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        size = os.path.getsize(path)
        if name.endswith("-bad") and 0 < size <= SIZE_MAX and \
                not name.split("-")[1].startswith("S"):  # S: 7z is taken
            with open(path, "rb") as f:
                yield name, f.read()


def family(pid):
    """A process and all below it."""
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        try:
            with open("/proc/%d/task/%d/children" % (found[-1], found[-1]),
                      encoding="ascii") as f:
                todo += [int(p) for p in f.read().split()]
        except OSError:
            found.pop()
    return found


def private_kib(pid):
    with open("/proc/%d/status" % pid, encoding="utf-8") as f:
        return sum(int(line.split()[1]) for line in f
                   if line.startswith(("RssAnon", "RssShmem")))


def state(o):
    """What there is of it: processes, descriptors, files, KiB."""
    pids = sorted(family(o.process.pid))
    return {
        "processes": pids,
        "descriptors": {p: len(os.listdir("/proc/%d/fd" % p))
                        for p in pids},
        "files": sorted(os.path.join(folder, name) for folder, _, names in
                        os.walk(o.home) for name in names),
        "kib": {p: private_kib(p) for p in pids}}


def settled(o):
    """Once connections and children have gone: twice the same counts."""
    last = None
    for _ in range(100):
        now = state(o)
        if last is not None and all(
                now[k] == last[k] for k in ("processes", "descriptors")):
            return now
        last = now
        time.sleep(0.2)
    return last


def refuse(o, name, data):
    """Preflight, and the upload itself where nothing of it can be read."""
    p = o.preflight(data, SCHEME)
    bad = p.status != 200 or p["ok"]
    if not bad and not p["members"]:
        a = o.submit(data, SCHEME)
        bad = a.status != 422 or "case" in a.json
    if bad:
        check(False, name + " is refused", p)
    return p.status


def compare(before, after, n):
    left = set(after["processes"]) ^ set(before["processes"])
    check(not left, "%d hostile bundles leave no process" % n, left)
    left = {p: (before["descriptors"].get(p), k)
            for p, k in after["descriptors"].items()
            if k > before["descriptors"].get(p, 0)}
    check(not left, "no descriptor", left)
    left = set(after["files"]) - set(before["files"])
    check(not left, "no file", left)
    grown = {p: after["kib"].get(p, 0) - kib
             for p, kib in before["kib"].items()}
    check(max(grown.values()) <= GROWTH_KIB,
          "and no memory above %d KiB" % GROWTH_KIB, grown)
    return max(grown.values()), sum(grown.values())


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    o = Office()
    hostile = list(documents()) + list(archives(o))
    o.start()
    # Caches, threads and arenas come with the first of each kind.
    step = max(1, len(hostile) // WARM)
    for name, data in hostile[:6] + hostile[::step]:
        refuse(o, name, data)
    head = o.git_run("rev-parse", "HEAD")  # waits for what start wrote
    before = settled(o)
    began = time.time()
    answers = collections.Counter(
        refuse(o, *hostile[i * 7 % len(hostile)]) for i in range(n))
    took = time.time() - began
    most, total = compare(before, settled(o), n)
    check(o.git_run("rev-parse", "HEAD") == head, "and no event")
    check(o.preflight(papers(SCHEME), SCHEME)["ok"],
          "an honest one is taken after them")
    print(json.dumps({"bundles": n, "kinds": len(hostile),
                      "answers": answers, "seconds": round(took, 1),
                      "grown_kib_most": most, "grown_kib_all": total}))
    finish()


main()
