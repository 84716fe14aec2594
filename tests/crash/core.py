#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of every process at random moments while dossiers, commands and
signatures come in: what was acknowledged is there, once, no certificate is
without its event, and the history is whole.
usage: core.py [kills [seed [offices]]]"""
import os
import random
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "flow"))
from lib import LIMITS, Office, check, fail, finish, offices
import load

BACKOFFS = 3  # deaths in a row before ninteid waits too long for a test
# How often who; ninteid takes all with it.  Who does not run is passed over.
TARGETS = ("core",) * 8 + ("signer",) * 5 + ("front",) * 3 + (
    "unpack", "examine", "gitd", "courier", "ninteid")


class Attack:
    """So many deaths, each some time after the office was ready."""

    def __init__(self, office, seed):
        self.o = office
        self.random = random.Random(seed)
        self.deaths = {}
        self.count = {}
        self.seconds = []  # from a death to ready

    def run(self, kills):
        while kills > 0:
            time.sleep(self.random.random() * 0.6)
            who = self.random.choice(TARGETS)
            if self.deaths.get(who, 0) >= BACKOFFS:
                who = "ninteid"
            kills -= self.kill(who)

    def kill(self, who):
        if who == "ninteid":
            began = time.time()
            self.o.crash()
            self.o.start()
            self.deaths = {}
        else:
            pid = self.o.parts().get(who)
            if pid is None:
                return 0
            began = time.time()
            os.kill(pid, signal.SIGKILL)
            self.wait(who, pid)
            self.deaths[who] = self.deaths.get(who, 0) + 1
        self.count[who] = self.count.get(who, 0) + 1
        self.seconds.append(time.time() - began)
        return 1

    def wait(self, who, before):
        end = time.time() + 30
        while self.o.parts().get(who, before) == before:
            if time.time() > end:
                fail("%s is not started again" % who)
            time.sleep(0.005)
        self.o.wait_ready()

    def words(self):
        s = sorted(self.seconds)
        return "%d kills (%s); ready again after %.2f s, %.2f s at most" % (
            len(s), ", ".join("%s %d" % x for x in sorted(
                self.count.items())), s[len(s) // 2], s[-1])


def attack(seed, kills, out):
    try:
        o = Office(LIMITS).start()
        a = Attack(o, seed)
        clients = load.Load(o, seed)
        a.run(kills)
        clients.stop()
        out.append((o, clients, a))
    except BaseException as why:  # a thread's end must be the test's
        print("FAIL %r" % (why,), flush=True)
        for o in offices:
            o.print_log()
        os._exit(1)


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    n = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    print("seed %d" % seed)
    out = []
    threads = [threading.Thread(target=attack, args=(
        seed + i, kills // n, out)) for i in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(len(out) == n, "flow 49: all ran to their end")
    for o, clients, a in out:
        print("     " + a.words())
        o.restart()
        load.verify(o, clients)
    finish()


main()
