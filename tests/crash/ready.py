#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long a home takes to be ready again: kill -9 of core, of the signer and
of all, five times each.  The server must not run; nintei.yaml comes back as
it was.
usage: ready.py HOME [seconds that it may take]"""
import os
import re
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "flow"))
import lib

TIMES = 5


class Existing(lib.Office):
    """A home that is there already, on ports of our own."""

    def __init__(self, home):
        self.work = tempfile.mkdtemp(prefix="nintei-ready-")
        lib.offices.append(self)
        self.home = home
        self.git = os.path.join(home, "store", "audit.git")
        self.log = os.path.join(self.work, "log")
        self.root = os.path.join(home, "keys", "root", "root.pem")
        self.process = None
        self.tokens = {}
        self.doc = lib.openapi_check.load()
        self.tls = lib.ssl.create_default_context(cafile=self.root)
        self.path = os.path.join(home, "nintei.yaml")
        with open(self.path, encoding="utf-8") as f:
            self.kept = f.read()
        self.https, self.http = lib.free_ports(2)
        ports = iter((self.https, self.http))
        text = re.sub(r"127\.0\.0\.1:\d+", lambda m: "127.0.0.1:%d" % next(
            ports, 0) or m.group(), self.kept, count=2)
        with open(self.path, "w", encoding="utf-8") as f:
            f.write(text)

    def restore(self):
        with open(self.path, "w", encoding="utf-8") as f:
            f.write(self.kept)


def again(office, who):
    """Seconds from the death to ready."""
    time.sleep(1)
    began = time.time()
    if who == "all":
        office.crash()
        began = time.time()
        office.start()
    else:
        before = office.parts()[who]
        office.kill(who)
        while office.parts().get(who, before) == before:
            time.sleep(0.005)
        office.wait_ready()
    return time.time() - began


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    limit = float(sys.argv[2]) if len(sys.argv) > 2 else 2.0
    office = Existing(os.path.abspath(sys.argv[1]))
    bad = 0
    try:
        office.start()
        print("%d commits" % office.commits())
        for who in ("core", "signer", "all"):
            took = []
            for _ in range(TIMES):
                took.append(again(office, who))
                if who != "all":  # no waiting for what was counted before
                    office.crash()
                    office.start()
            median = statistics.median(took)
            bad += median > limit
            print("kill -9 of %-7s ready after %.2f s (%.2f to %.2f)%s" % (
                who + ":", median, min(took), max(took),
                "" if median <= limit else " FAIL: over %.1f s" % limit),
                flush=True)
        office.stop()
    finally:
        if office.process is not None:
            office.process.kill()
        office.restore()
    sys.exit(1 if bad else 0)


main()
