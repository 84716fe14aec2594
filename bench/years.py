# SPDX-License-Identifier: Apache-2.0
"""bench/run simulate: a whole body over years, computed a second time."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from office import SOURCE, Failure

# bench/run sets these from its arguments.
WANTED = {"services": 2000, "years": 6, "seed": "1"}


def row(name, unit, value, **more):
    return {"figure": name, "unit": unit, "median": value, "min": value,
            "max": value, "n": 1, **more}


def called(what, *args, **kw):
    r = subprocess.run(args, stdout=subprocess.PIPE, check=False, **kw)
    if r.returncode != 0:
        raise Failure("%s: %s" % (what, r.stdout.decode()[-2000:]))
    return r.stdout.decode()


def bytes_below(folder):
    return sum(os.path.getsize(os.path.join(path, name))
               for path, _, names in os.walk(folder) for name in names)


def simulate(build, quick):
    """A body of certified services over simulated years, in one process under
    a clock of its own; register, lists and deadlines at the end equal a
    computation from the plan alone (tests/flow/simulate_check.py)."""
    work = tempfile.mkdtemp(prefix="nintei-")
    out = os.path.join(work, "run")
    services = 40 if quick else WANTED["services"]
    try:
        text = called("simulate", sys.executable, os.path.join(
            SOURCE, "bench", "simulate.py"), "--out", out, "--services",
            str(services), "--years", str(WANTED["years"]), "--seed",
            WANTED["seed"], env=dict(os.environ, BUILD_DIR=build))
        took = json.loads(text.splitlines()[-1])["seconds"]
        words = called("check", sys.executable, os.path.join(
            SOURCE, "tests", "flow", "simulate_check.py"), out).split()
        git = os.path.join(out, "home", "store", "audit.git")
        events = int(called("git", "git", "-C", git, "rev-list", "--count",
                            "main"))
        size = bytes_below(git)
        begun = time.perf_counter()
        called("audit", os.path.join(build, "bin", "nintei"), "audit",
               "verify", git, "--jobs", "2", stderr=subprocess.DEVNULL)
        audit = time.perf_counter() - begun
    finally:
        shutil.rmtree(work, ignore_errors=True)
    name = "%d services over %d years" % (services, WANTED["years"])
    yield row(name, "s", took, goal="<= 600", certifications=int(words[0]))
    yield row("; its events", "events", events)
    yield row("; events a second", "events/s", round(events / took, 1))
    yield row("; its repository", "MB", round(size / 1e6, 1))
    yield row("; audit verify of it, two jobs", "s", round(audit, 1))
    yield row("; values compared, all equal", "values", int(words[2]))


LONG = {"simulate": simulate}
