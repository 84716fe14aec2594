#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A core that takes longer to open its store than any greeting waits (30 s):
front goes on, also when it is killed meanwhile, and both find each other; at
the first start and after a death."""
import os
import signal
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "flow"))
from lib import LIMITS, Office, check, finish

SLOW = 33  # seconds
done = []


def stopped_core(o, before):
    """The next core, held while it opens the store."""
    end = time.time() + 30
    while time.time() < end:
        pid = o.parts().get("core", before)
        if pid != before and [r for r in o.records() if
                              r["process"] == "core" and r["pid"] == pid and
                              r["event"] == "process.confined"]:
            os.kill(pid, signal.SIGSTOP)
            return pid
        time.sleep(0.001)
    return None


def hold(o, before, name, kill_front=False):
    pid = stopped_core(o, before)
    opened = [r for r in o.records() if r.get("pid") == pid and
              r["event"] == "store.opened"]
    check(pid is not None and not opened, name + ": core is held")
    time.sleep(SLOW / 2)
    if kill_front:
        o.kill("front")
    time.sleep(SLOW / 2)
    os.kill(pid, signal.SIGCONT)
    began = time.time()
    o.wait_ready()
    check(time.time() - began < 5 and o.parts()["core"] == pid,
          name + ": the same core is ready after %.1f s" % (
              time.time() - began))
    done.append(name)


def first_start():
    o = Office(LIMITS)
    waiting, o.wait_ready = o.wait_ready, lambda: None
    o.start()
    o.wait_ready = waiting
    hold(o, None, "first start")


def after_death(name, kill_front):
    o = Office(LIMITS).start()
    before = o.parts()["core"]
    o.kill("core")
    hold(o, before, name, kill_front)


def main():
    threads = [threading.Thread(target=f, args=a) for f, a in (
        (first_start, ()), (after_death, ("after a death", False)),
        (after_death, ("front dies too", True)))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(len(done) == len(threads), "all came to their end")
    finish()


main()
