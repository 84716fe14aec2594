#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Power loss, simulated: writers are recorded call by call, and from random
instants of the record images are made of what a disk may hold then
(docs/CRASH.md).  The store must survive each; ways of writing that are known
to be unsafe must not, or this test sees nothing.
usage: power.py [--images N] [--seed N] [--only NAME]"""
import argparse
import hashlib
import multiprocessing.pool
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

TESTS = os.path.join(os.environ["BUILD_DIR"], "tests")
GIT_ENV = dict(os.environ, GIT_CONFIG_NOSYSTEM="1", HOME="/nonexistent",
               GIT_CONFIG_GLOBAL="/dev/null", GIT_AUTHOR_NAME="a",
               GIT_AUTHOR_EMAIL="a@b", GIT_COMMITTER_NAME="a",
               GIT_COMMITTER_EMAIL="a@b")
WRITERS = 8
EVENTS = 400  # of one record
IMAGES_EACH = 25  # of one record


def tool(name):
    return os.path.join(TESTS, name)


def run(*args, env=None, **kw):
    return subprocess.run(args, stdout=subprocess.PIPE, env=env or GIT_ENV,
                          stderr=subprocess.STDOUT, timeout=300, check=False,
                          **kw)


def must(*args, **kw):
    r = run(*args, **kw)
    if r.returncode != 0:
        raise RuntimeError("%s: %d\n%s" % (
            " ".join(args), r.returncode, r.stdout.decode("utf-8", "replace")))
    return r.stdout.decode("utf-8", "replace")


def recording(folder, trace, **more):
    return dict(GIT_ENV, RECORD_TRACE=trace, RECORD_ROOT=folder,
                RECORD_ACK="1", RECORD_NAP="300", LD_PRELOAD=tool("librecord_shim.so"), **more)


def begin(folder, trace):
    must(tool("crash_image"), "base", folder, trace)


def same_tree(a, b):
    return run("diff", "-r", a, b).returncode == 0


def digest(folder):
    """Names and bytes of all that is below a folder."""
    h = hashlib.sha256()
    for path, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            full = os.path.join(path, name)
            h.update(os.path.relpath(full, folder).encode() + b"\0")
            with open(full, "rb") as f:
                h.update(hashlib.sha256(f.read()).digest())
    return h.hexdigest()


class Verdict:
    """What one image came to."""

    def __init__(self):
        self.acks = 0
        self.lost = 0
        self.fsck = ""
        self.other = ""

    def good(self):
        return not (self.lost or self.fsck or self.other)

    def words(self):
        return "%d of %d lost%s%s" % (self.lost, self.acks,
                                      self.fsck and "; fsck: " + self.fsck,
                                      self.other and "; " + self.other)


def fsck(git, verdict):
    r = run("git", "-C", git, "fsck", "--full", "--strict", "--no-dangling")
    text = r.stdout.decode("utf-8", "replace")
    said = [x for x in text.splitlines() if not x.startswith("notice: ")]
    if r.returncode != 0 or said:
        verdict.fsck = " ".join(said)[:400] or "exit %d" % r.returncode


class Journal:
    """The store itself: group commit, blob segments, sealing each 30 ms."""
    driver = "power_driver"
    mutation = {}

    def record(self, work, seed):
        home, trace = os.path.join(work, "home"), os.path.join(work, "trace")
        os.mkdir(home)
        must(tool(self.driver), "init", home)
        begin(home, trace)
        must(tool(self.driver), "write", home, str(seed), str(WRITERS),
             str(EVENTS), env=recording(home, trace, **self.mutation))
        return home, trace

    def whole(self, home, full):
        """Did the record see everything?"""
        return same_tree(home, full)

    def crash_again(self, image, rng, depth):
        """Power fails again while the image is being recovered."""
        trace, again = image + ".trace", image + ".again"
        begin(image, trace)
        run(tool(self.driver), "recover", image,
            env=recording(image, trace, **self.mutation))
        made = run(tool("crash_image"), "make", trace, again,
                   str(rng.getrandbits(60)))
        os.unlink(trace)
        if b"nothing was recorded" in made.stdout:
            return
        if made.returncode != 0:
            raise RuntimeError(made.stdout.decode())
        os.unlink(again + ".acks")
        shutil.rmtree(image)
        os.rename(again, image)
        if depth > 1:
            self.crash_again(image, rng, depth - 1)

    def check(self, image, acks, rng):
        """rng: power fails again in between; None: it does not."""
        v = Verdict()
        git = os.path.join(image, "store", "audit.git")
        depth = rng.choice((0, 0, 1, 1, 2)) if rng is not None else 0
        if depth > 0:
            self.crash_again(image, rng, depth)
        r = run(tool(self.driver), "check", image, acks)
        text = r.stdout.decode("utf-8", "replace")
        with open(acks, encoding="ascii") as f:
            v.acks = len(f.readlines())
        if " acknowledged, " in text:
            v.lost = int(text.split(" acknowledged, ")[1].split()[0])
        if r.returncode != 0:
            v.other = text[-400:].replace("\n", " ")
            v.lost = max(v.lost, int("acknowledged" not in text))
        fsck(git, v)
        if not v.other:
            self.check_rest(image, git, v)
        return v

    def check_rest(self, image, git, v):
        r = run("git", "-C", git, "show", "main:allowed_signers")
        allowed = image + ".signers"
        with open(allowed, "wb") as f:
            f.write(r.stdout)
        r = run("git", "-C", git, "-c", "gpg.ssh.allowedSignersFile=" +
                allowed, "verify-commit", "main")
        os.unlink(allowed)
        if r.returncode != 0:
            v.other = "signature: " + r.stdout.decode()[:200]
        before = digest(git)
        r = run(tool(self.driver), "recover", image)
        if r.returncode != 0 or digest(git) != before:
            v.other = "a second recovery changed something: %d %s" % (
                r.returncode, r.stdout.decode()[:200])


class Plain(Journal):
    """The store on libgit2 with its fsync switched on."""
    driver = "power_plain"


def mutant(name, **how):
    """The store, if it did not do one of its syncs, or sealed by rename."""
    return type(name, (Journal,), {"mutation": how})


class Commits:
    """git as it comes: acknowledged are ids of commits."""

    def check(self, image, acks, rng):
        v = Verdict()
        git = self.repository(image)
        with open(acks, encoding="ascii") as f:
            want = f.read().split()
        have = run("git", "-C", git, "rev-list", "main")
        found = set(have.stdout.decode("ascii", "replace").split())
        v.acks = len(want)
        v.lost = len([w for w in want if w not in found])
        fsck(git, v)
        return v


class Libgit2(Commits):
    def repository(self, image):
        return image

    def whole(self, home, full):
        return same_tree(home, full)

    def record(self, work, seed):
        home, trace = os.path.join(work, "home"), os.path.join(work, "trace")
        must("git", "init", "-q", "--bare", "-b", "main", home)
        begin(home, trace)
        must(tool("git2_writer"), home, "60", env=recording(home, trace))
        return home, trace


class Git(Commits):
    settings = ()

    def repository(self, image):
        return os.path.join(image, ".git")

    def whole(self, home, full):
        """All but what git writes by stdio, which is for people."""
        return all(same_tree(os.path.join(home, ".git", d),
                             os.path.join(full, ".git", d))
                   for d in ("objects", "refs"))

    def record(self, work, seed):
        home, trace = os.path.join(work, "home"), os.path.join(work, "trace")
        must("git", "init", "-q", "-b", "main", home)
        for name in self.settings:
            must("git", "-C", home, "config", *name)
        begin(home, trace)
        must("sh", "-c", "cd \"$1\" && for i in 1 2 3 4 5 6 7 8 9; do "
             "seq $i 99 >$i && git add $i && git commit -q -m $i && "
             "echo $(git rev-parse HEAD); done", "sh", home,
             env=recording(home, trace))
        return home, trace


class GitFsync(Git):
    settings = (("core.fsync", "all"), ("core.fsyncMethod", "fsync"))


# Name, how, share of the images, and what must come of it.
GOOD, BAD, ANY = "none may fail", "some must fail", "measured"
INTAKE = "/store/intake"
PATHS = [
    ("journal", Journal, 1, GOOD),
    ("  its journal not synced",
     mutant("NoSync", RECORD_LIE=INTAKE + "/ev-*"), 0, BAD),
    ("  its documents not synced",
     mutant("NoBlob", RECORD_LIE=INTAKE + "/doc-*"), 0, BAD),
    ("  its intake folder not synced",
     mutant("NoFolder", RECORD_LIE=INTAKE), 0, BAD),
    ("  its pack folder not synced",
     mutant("NoPack", RECORD_LIE="*/objects/pack"), 0, BAD),
    ("  sealing by rename", mutant("Rename", RECORD_RENAME="1"), 0, BAD),
    ("libgit2, with fsync", Plain, 0.25, ANY),
    ("libgit2, as it comes", Libgit2, 0, BAD),
    ("git, as it comes", Git, 0, BAD),
    ("git, core.fsync=all", GitFsync, 0.1, ANY),
]
BAD_FIRST = 6  # images of what must fail, before it is looked at
BAD_MOST = 60


class Row:
    def __init__(self, name, must_be):
        self.name = name.strip()
        self.title = name
        self.must_be = must_be
        self.images = self.acks = self.lossy = self.lost = 0
        self.fsck = self.other = 0
        self.worst = ""

    def add(self, v, where):
        self.images += 1
        self.acks += v.acks
        self.lossy += v.lost > 0
        self.lost += v.lost
        self.fsck += bool(v.fsck)
        self.other += bool(v.other) and not v.lost
        if not v.good() and not self.worst:
            self.worst = "%s: %s" % (where, v.words())

    def failed(self):
        return self.lossy + self.fsck + self.other > 0

    def holds(self):
        if self.must_be == GOOD:
            return not self.failed() and self.images > 0 and self.acks > 0
        return self.must_be == ANY or self.failed()


class Bench:
    def __init__(self, seed, folder):
        self.seed = seed
        self.folder = folder
        self.count = 0
        self.lock = threading.Lock()
        self.pool = multiprocessing.pool.ThreadPool(2)

    def records(self, how, name):
        """A fresh record each time it is asked."""
        while True:
            with self.lock:
                self.count += 1
                work = os.path.join(self.folder, "r%d" % self.count)
            os.mkdir(work)
            home, trace = how.record(work, self.seed + self.count)
            full = os.path.join(work, "full")
            must(tool("crash_image"), "full", trace, full)
            if not how.whole(home, full):
                raise RuntimeError("%s: the record misses calls" % name)
            shutil.rmtree(full)
            shutil.rmtree(home)
            yield work, trace

    def image(self, how, work, trace, number):
        seed = self.seed * 1000003 + number
        image = os.path.join(work, "i%d" % number)
        words = must(tool("crash_image"), "make", trace, image, str(seed))
        v = how.check(image, image + ".acks", random.Random(seed))
        shutil.rmtree(image, ignore_errors=True)
        os.unlink(image + ".acks")
        return v, "seed %d, %s" % (seed, words.strip())

    def path(self, name, how, images, must_be):
        row = Row(name, must_be)
        number = 0
        for work, trace in self.records(how, name):
            n = min(IMAGES_EACH, images - number)
            for v, where in self.pool.map(
                    lambda k, w=work, t=trace: self.image(how, w, t, k),
                    range(number, number + n)):
                row.add(v, where)
            number += n
            if not row.holds():
                self.keep(row, trace)
            shutil.rmtree(work)
            if must_be == BAD and not row.failed() and number < BAD_MOST:
                images = min(number + IMAGES_EACH, BAD_MOST)
            if number >= images or (must_be == GOOD and row.failed()):
                return row
        return row

    def keep(self, row, trace):
        if row.must_be == GOOD:
            kept = os.path.join(os.environ["BUILD_DIR"], "crash-%s.trace" %
                                row.name.split()[0])
            shutil.copy(trace, kept)
            row.worst += "\n     crash_image make %s OUT SEED" % kept


def roomy():
    """In memory, if there is room."""
    try:
        s = os.statvfs("/dev/shm")
        if s.f_bavail * s.f_frsize > 2 << 30 and os.access("/dev/shm", 2):
            return "/dev/shm"
    except OSError:
        pass
    return None


HEAD = "%-32s %6s %6s %10s %6s %6s  %s" % (
    "write path", "images", "acks", "lost acks", "fsck", "other", "")


def show(row):
    print("%-32s %6d %6d %10s %6d %6d  %s" % (
        row.title, row.images, row.acks, "%d in %d" % (row.lost, row.lossy),
        row.fsck, row.other, "ok, " + row.must_be if row.holds()
        else "FAIL: " + row.must_be), flush=True)
    if row.worst and not (row.holds() and row.must_be == BAD):
        print("     " + row.worst, flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--images", type=int, default=50)
    p.add_argument("--seed", type=int, default=int(time.time()))
    p.add_argument("--only", default="")
    o = p.parse_args()
    print("seed %d\n%s" % (o.seed, HEAD), flush=True)
    bad = 0
    with tempfile.TemporaryDirectory(prefix="nintei-power-",
                                     dir=roomy()) as folder:
        bench = Bench(o.seed, folder)
        for name, how, share, must_be in PATHS:
            images = int(o.images * share)
            if must_be == BAD:
                images = BAD_FIRST
            if not o.only in name or images == 0:
                continue
            if must_be == ANY and o.images <= 50 and not o.only:
                continue  # takes long and decides nothing
            row = bench.path(name, how(), images, must_be)
            show(row)
            bad += not row.holds()
    print("%d failed" % bad)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
