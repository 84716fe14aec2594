#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A disk that fills up under a running office: what needs the disk answers
503, reading goes on, and when there is room again nothing is lost, without a
new start.  A disk that is broken: core starts anew.  The home is on a small tmpfs; without the right to mount one it says "skipped"."""
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "flow"))
import lib
from lib import SCHEMES, Office, archive, check, fail, finish, papers
import load

MEGABYTES = 96
INODES = 4000
SCHEME = SCHEMES[1]
TRIES = 400


def room(folder):
    s = os.statvfs(folder)
    return s.f_bavail * s.f_frsize


class Ballast:
    """Takes all the room there is, again and again: bytes, or (files) names,
    without which nothing can be sealed."""

    def __init__(self, folder):
        self.folder = folder
        self.path = os.path.join(folder, "ballast")
        self.names = os.path.join(folder, "names")
        self.made = 0
        self.going = threading.Event()

    def fill_names(self):
        os.makedirs(self.names, exist_ok=True)
        try:
            while True:
                with open(os.path.join(self.names, str(self.made)), "x"):
                    self.made += 1
        except OSError:
            pass

    def hold(self):
        """Until let_go there is neither."""
        self.going.set()

        def run():
            while self.going.is_set():
                self.fill()
                self.fill_names()
                time.sleep(0.02)

        self.fill()
        self.fill_names()
        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def let_go(self):
        self.going.clear()
        self.thread.join()
        self.drop()
        shutil.rmtree(self.names)

    def fill(self):
        with open(self.path, "ab", buffering=0) as f:
            try:
                while room(self.folder) > 0:
                    f.write(bytes(min(1 << 20, room(self.folder) or 4096)))
            except OSError:
                pass

    def drop(self):
        os.unlink(self.path)


class Heard:
    def __init__(self):
        self.acknowledged = []
        self.keys = {}
        self.faults = []


def submit(o, heard, n):
    """One more dossier; its status.  0: nobody answered."""
    key, body = "full-%d" % n, archive(papers(
        SCHEME, service="架空満杯サービス%d" % n))
    try:
        a = o.api("applicant-1", "POST", "/v1/dossiers?scheme=%s&kind=new" %
                  SCHEME, body, strict=False, timeout=30,
                  Content_Type="application/zip", Idempotency_Key=key)
    except OSError:
        return 0
    if a.status == 201:
        heard.acknowledged.append((a["case"], a["head"]))
        heard.keys[key] = (a["case"], body)
    elif a.status != 503:
        heard.faults.append(a)
    return a.status


def read(o, case):
    """Reading as people do, over all that a page needs."""
    return {path: o.api(who, "GET", path, strict=False).status
            for who, path in (("secretary-1", "/v1/cases/" + case),
                              ("secretary-1", "/v1/cases"),
                              ("auditor-1", "/v1/cases/%s/events" % case),
                              (None, "/v1/register"))}


def attack(o, ballast):
    heard, statuses = Heard(), []
    for n in range(3):
        check(submit(o, heard, n) == 201, "a dossier while there is room")
    case = heard.acknowledged[0][0]
    for n in range(3, TRIES):
        ballast.fill()
        statuses.append(submit(o, heard, n))
        if statuses.count(503) >= 5:
            break
    check(503 in statuses, "a full disk is answered with 503",
          statuses[-10:])
    check(not heard.faults, "and with nothing else", heard.faults[:1])
    seen = read(o, case)
    check(set(seen.values()) == {200}, "reading goes on", seen)
    check(submit(o, heard, TRIES) == 503, "and writing does not")
    ballast.drop()
    end = time.time() + 90
    while submit(o, heard, TRIES + 1) != 201:
        if time.time() > end:
            check(False, "with room again dossiers are taken again")
            break
        time.sleep(0.5)
    seal_without_room(o, ballast, heard)
    start_without_room(o, ballast, heard)
    start_anew(o, heard)
    o.crash()
    o.start()
    load.verify(o, heard)


def logged(o, event):
    with open(o.log, encoding="utf-8", errors="replace") as f:
        return sum('"%s"' % event in line for line in f)


def wait(what, fn, seconds=30):
    end = time.time() + seconds
    while not fn():
        if time.time() > end:
            check(False, what)
            return
        time.sleep(0.2)
    check(True, what)


def reads_only(o, heard, n, what):
    seen = read(o, heard.acknowledged[0][0])
    check(set(seen.values()) == {200}, "reading goes on " + what, seen)
    check(submit(o, heard, n) == 503, "writing does not " + what)
    check(o.api(None, "GET", "/readyz", strict=False).status == 200,
          "readyz " + what)


def seal_without_room(o, ballast, heard):
    wait("a dossier before", lambda: submit(o, heard, TRIES + 2) == 201)
    full, opened = logged(o, "store.full"), logged(o, "store.opened")
    room_again = logged(o, "store.has_room")
    ballast.hold()
    wait("a seal finds no room", lambda: logged(o, "store.full") > full)
    reads_only(o, heard, TRIES + 3, "while a seal waits")
    ballast.let_go()
    wait("with room dossiers are taken",
         lambda: submit(o, heard, TRIES + 4) == 201, 10)
    wait("and what waited is sealed",
         lambda: logged(o, "store.has_room") > room_again, 10)
    check(logged(o, "store.opened") == opened, "without a new start")


def start_without_room(o, ballast, heard):
    wait("a dossier before", lambda: submit(o, heard, TRIES + 5) == 201)
    ballast.hold()
    o.crash()
    o.start()
    opened = logged(o, "store.opened")
    reads_only(o, heard, TRIES + 6, "after a start on a full disk")
    ballast.let_go()
    wait("dossiers are taken then",
         lambda: submit(o, heard, TRIES + 7) == 201, 10)
    check(logged(o, "store.opened") == opened, "without another start")


def start_anew(o, heard):
    """A disk that is broken: core ends, and is started until it is mended."""
    packs = os.path.join(o.home, "store/audit.git/objects/pack")
    failed, opened = logged(o, "store.failed"), logged(o, "store.opened")
    check(submit(o, heard, TRIES + 8) == 201, "a dossier before")
    os.rename(packs, packs + ".away")
    wait("what cannot be sealed is told",
         lambda: logged(o, "store.failed") > failed)
    statuses = set()
    for _ in range(10):
        statuses.add(o.api(None, "GET", "/readyz", strict=False).status)
        statuses.add(submit(o, heard, TRIES + 9))
        time.sleep(0.1)
    check(statuses == {503}, "neither ready nor taking dossiers", statuses)
    if os.path.isdir(packs):
        os.rmdir(packs)
    os.rename(packs + ".away", packs)
    o.wait_ready()
    check(logged(o, "store.failed") == failed + 1, "once")
    check(logged(o, "store.opened") == opened + 1, "and core started anew")
    check(submit(o, heard, TRIES + 10) == 201, "and takes dossiers")


def main():
    where = tempfile.mkdtemp(prefix="nintei-full-")
    r = subprocess.run(["mount", "-t", "tmpfs", "-o",
                        "size=%dm,nr_inodes=%d" % (MEGABYTES, INODES),
                        "tmpfs", where], stderr=subprocess.PIPE, check=False)
    if r.returncode != 0:
        os.rmdir(where)
        print("skipped: no tmpfs can be mounted: %s" % r.stderr.decode())
        sys.exit(77)
    try:
        tempfile.tempdir = where
        o = Office(lib.LIMITS)
        tempfile.tempdir = None
        o.log = os.path.join(tempfile.mkdtemp(prefix="nintei-log-"), "log")
        o.start()
        attack(o, Ballast(where))
        finish()
    except RuntimeError as why:
        fail(why)
    finally:
        for o in lib.offices:
            o.remove()
            shutil.rmtree(os.path.dirname(o.log), ignore_errors=True)
        subprocess.run(["umount", "-l", where], check=False)
        os.rmdir(where)


main()
