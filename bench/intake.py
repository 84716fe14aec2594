# SPDX-License-Identifier: Apache-2.0
"""What it costs to take something in: against those who unpack on the same
machine, in the same run, in turn."""
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

import figures
from figures import MIB, figure, ratio, timed
from office import SOURCE, Client, Failure, Office, dossier, status_of

OFFICE_FORMS = os.path.join(SOURCE, "tests", "fixtures", "office")
SAMPLE = os.path.join(SOURCE, "tests", "fixtures", "dossier", "iaas-paas-iot")
ZIPFILE = ("import sys, zipfile; "
           "zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])")
# What unpacks a format: {0} the archive, {1} the folder.
PEERS = {
    "zip": {"bsdtar": ["bsdtar", "-xf", "{0}", "-C", "{1}"],
            "unzip": ["unzip", "-q", "{0}", "-d", "{1}"],
            "7z": ["7z", "x", "-bd", "-bso0", "-o{1}", "{0}"],
            "python zipfile": [sys.executable, "-c", ZIPFILE, "{0}", "{1}"]},
    "tar.gz": {"bsdtar": ["bsdtar", "-xf", "{0}", "-C", "{1}"],
               "tar": ["tar", "-xf", "{0}", "-C", "{1}"]}}
PEERS["tar.xz"] = PEERS["tar.zst"] = PEERS["tar.gz"]


# --- archives ---

def paper(size, seed):
    """Three quarters words, the rest does not compress: PDFs and forms."""
    r = random.Random(seed)
    words = ["%s%d" % (w, r.randrange(10000)) for w in (
        "申請", "service", "certificate", "登録") for _ in range(1000)]
    text = " ".join(r.choices(words, k=size // 6)).encode()[:size * 3 // 4]
    return text + r.randbytes(size - len(text))


def archives(folder, name, files, size):
    """The same files as zip and as tar in three compressions."""
    source = os.path.join(folder, name)
    os.mkdir(source)
    for i in range(files):
        with open(os.path.join(source, "paper-%02d.bin" % i), "wb") as f:
            f.write(paper(size, i))
    names = sorted(os.listdir(source))
    base = os.path.join(folder, name)
    subprocess.run(["zip", "-q", base + ".zip", *names], cwd=source,
                   check=True)
    subprocess.run(["tar", "-cf", base + ".tar", *names], cwd=source,
                   check=True)
    for command in ("gzip", "xz -1", "zstd -q"):
        subprocess.run([*command.split(), "-k", base + ".tar"], check=True)
    shutil.rmtree(source)
    return base


def measure(build, what, n, path, here=False):
    """One run of bench_intake: see the head of intake.c."""
    p = figures.program(build, "bench_intake_here" if here else
                        "bench_intake", what, str(n), path)
    out, _ = p.communicate(timeout=600)
    if p.returncode != 0:
        raise Failure("bench_intake %s %s" % (what, path))
    v = [float(x) for x in out.split()]
    return {"ms": v[1], "own": v[2], "worker": v[3], "kib": v[4],
            "n": int(v[5]), "findings": int(v[6])}


def extract(command, path, folder):
    """Milliseconds, and those of processors, of a peer."""
    os.mkdir(folder)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    took, _ = timed(lambda: subprocess.run(
        [part.format(path, folder) for part in command], check=True,
        stdout=subprocess.DEVNULL))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    shutil.rmtree(folder)
    return 1e3 * took, 1e3 * (after.ru_utime + after.ru_stime -
                              before.ru_utime - before.ru_stime)


def archive_figures(build, path, form, label, rounds, size, shm):
    """Ours in turn with each peer; what they write lies in memory, too."""
    ours, cpu, theirs, their_cpu = [], [], {}, []
    for _ in range(rounds):
        m = measure(build, "admit", 1 if size > MIB * 10 else 5, path)
        if m["findings"]:
            raise Failure("%s was not admitted" % path)
        ours.append(m["ms"])
        cpu.append(m["own"] + m["worker"])
        for name, command in PEERS[form].items():
            took, used = extract(command, path, os.path.join(shm, "x"))
            theirs.setdefault(name, []).append(took)
            if name == "bsdtar":
                their_cpu.append(used)
    yield figure(label + ": unpack, hash, admit", "MB/s",
                 [size / 1e3 / t for t in ours],
                 cpu_ms=round(statistics.median(cpu), 1))
    for name, times in theirs.items():
        more = {"goal": ">= 0.9"} if name == "bsdtar" else {}
        yield ratio("; speed to that of %s, which hashes nothing" % name,
                    times, ours, **more)
    yield ratio("; processor time to that of bsdtar", cpu, their_cpu)


def unpack_figures(build, folder, shm, rounds, quick):
    big = archives(folder, "big", 64, 1000000 // (10 if quick else 1))
    small = archives(folder, "small", 12, 200000)
    size = 64000000 // (10 if quick else 1)
    for form in PEERS:
        yield from archive_figures(
            build, big + "." + form, form, "64 MB of 64 files, " + form,
            rounds, size, shm)
    yield from archive_figures(build, small + ".zip", "zip",
                               "2.4 MB of 12 files, zip", rounds, 2400000,
                               shm)


# --- processes ---

def process_figures(build, folder, rounds):
    """The same with the workers' processes, and with none."""
    five = os.path.join(folder, "five.zip")
    source = os.path.join(folder, "five")
    os.mkdir(source)
    for i in range(5):
        with open(os.path.join(source, "paper%d.txt" % i), "w",
                  encoding="utf-8") as f:
            f.write("本書は申請者の事業の概要を示すものである。" * 8)
    sample = os.path.join(folder, "sample.zip")
    for path, where in ((five, source), (sample, SAMPLE)):
        subprocess.run(["zip", "-q", path, *sorted(os.listdir(where))],
                       cwd=where, check=True)
    for what, path, label, goal in (
            ("admit", five, "archive of five documents", {"goal": "<= 1.5"}),
            ("check", sample, "sample dossier, all checks", {})):
        pairs = [(measure(build, what, 50, path)["ms"],
                  measure(build, what, 50, path, here=True)["ms"])
                 for _ in range(rounds)]
        yield figure(label + ", by workers", "ms", [a for a, _ in pairs])
        yield figure("; more than in one process", "ms",
                     [a - b for a, b in pairs], **goal)


# --- hostile archives ---

def hostile_figures(build, folder, quick):
    cases = os.path.join(folder, "cases")
    os.mkdir(cases)
    subprocess.run([os.path.join(build, "tests", "archive_cases"), cases],
                   check=True)
    rows = []
    for name in sorted(os.listdir(cases))[::10 if quick else 1]:
        line, case, kind = name.split("-")
        if kind == "bad":
            m = measure(build, "admit7" if case[0] == "S" else "admit", 1,
                        os.path.join(cases, name))
            rows.append(("%s of line %s" % (case, line),
                         m["own"] + m["worker"], m["kib"] / 1024))
    shutil.rmtree(cases)
    for at, label, unit, goal in ((1, "processor time", "ms", "<= 200"),
                                  (2, "memory of the worker", "MiB",
                                   "<= 64")):
        rows.sort(key=lambda r, at=at: -r[at])
        worst = ", ".join("%s: %.1f" % (r[0], r[at]) for r in rows[:3])
        yield figure("worst of %d hostile archives, %s" % (len(rows), label),
                     unit, [rows[0][at]], goal=goal, worst=worst)


# --- documents ---

def document_figures(build, rounds):
    """The child's processor time, with its fork and its end."""
    cells, cost = [], []
    for name in ("form-a-full.xlsx", "form-b-full.xlsx"):
        path = os.path.join(OFFICE_FORMS, name)
        sheet = subprocess.run(
            ["unzip", "-p", path, "xl/worksheets/sheet1.xml"], check=True,
            stdout=subprocess.PIPE).stdout
        cells.append(sheet.count(b"<c "))
        cost.append([measure(build, "xlsx", 100, path)["worker"]
                     for _ in range(rounds)])
        yield figure("%s, %d cells: its child" % (name, cells[-1]),
                     "ms of processor", cost[-1])
    share = (300 - cells[0]) / (cells[1] - cells[0])
    yield figure("; of 300 cells, in proportion", "ms of processor",
                 [a + (b - a) * share for a, b in zip(*cost)],
                 goal="<= 5")
    if os.path.exists(os.path.join(build, "bin", "nintei-pdftext")):
        path = os.path.join(SAMPLE, "登記事項証明書.pdf")
        rows = [measure(build, "pdf", 30, path) for _ in range(rounds)]
        yield figure("a PDF of one page, its text", "ms",
                     [r["ms"] for r in rows], cpu_ms=round(
                         statistics.median(r["worker"] for r in rows), 2))


# --- the service ---

def zygotes(office):
    """What stays: the server's processes without the children of zygotes."""
    pid = office.process.pid
    with open("/proc/%d/task/%d/children" % (pid, pid),
              encoding="ascii") as f:
        return [pid] + [int(p) for p in f.read().split()]


def service_figures(build, rounds):
    with Office(build) as office:
        office.start()
        client = Client(office)
        peaks = {}
        for mib in (1, 10, 50, 100):
            half = mib * MIB // 2
            body = dossier([1000, half - 12000, half - 12000])
            for i in range(rounds + 1):
                for p in zygotes(office):
                    with open("/proc/%d/clear_refs" % p, "w",
                              encoding="ascii") as f:
                        f.write("5")
                client.must(200, None, "POST", "/v1/preflight?scheme="
                            "iaas-paas-iot&kind=new", body,
                            Content_Type="application/zip")
                if i > 0:  # caches and threads come with the first
                    peaks.setdefault(mib, []).append(sum(
                        status_of(p)["VmHWM"] for p in zygotes(office)) /
                        1024)
        for mib, values in peaks.items():
            yield figure("peak of all processes but the workers' children, "
                         "bundle of %d MiB" % mib, "MiB", values)
        yield figure("; 100 MiB more than 1 MiB", "MiB",
                     [b - a for a, b in zip(peaks[1], peaks[100])],
                     goal="<= 4")


def intake(build, quick):
    """Archives through the confined worker, members hashed and sealed, in
    turn with programs that only unpack, into memory too; hostile archives;
    documents; the service. Load of the machine counts for both sides, but
    ours is two processes."""
    rounds = 2 if quick else max(5, figures.ROUNDS)
    folder = tempfile.mkdtemp(prefix="nintei-bench-")
    shm = tempfile.mkdtemp(prefix="nintei-bench-", dir="/dev/shm" if
                           os.access("/dev/shm", os.W_OK) else folder)
    try:
        yield from unpack_figures(build, folder, shm, rounds, quick)
        yield from process_figures(build, folder, rounds)
        yield from hostile_figures(build, folder, quick)
        yield from document_figures(build, rounds)
        yield from service_figures(build, rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(shm, ignore_errors=True)


def last_json(args, **kw):
    out = subprocess.run(args, check=True, stdout=subprocess.PIPE, text=True,
                         **kw).stdout
    return json.loads([s for s in out.split("\n") if s[:1] == "{"][-1])


def soak(build, quick):
    """Hostile bundles in a row through preflight and upload; processes,
    descriptors, files and events afterwards are those of before."""
    r = last_json([os.path.join(SOURCE, "tests", "crash", "soak.py"),
                   "100" if quick else "1000"],
                  env=dict(os.environ, BUILD_DIR=build, SOURCE_DIR=SOURCE))
    yield figure("hostile bundles answered", "bundles/s",
                 [r["bundles"] / r["seconds"]], bundles=r["bundles"],
                 kinds=r["kinds"])
    yield figure("; memory of one process grown by", "MiB",
                 [r["grown_kib_most"] / 1024], goal="<= 4",
                 all_mib=round(r["grown_kib_all"] / 1024, 2))


def numbers(build, quick):
    """A national full file of made-up rows into an empty register."""
    r = last_json([os.path.join(SOURCE, "bench", "register.py"), build,
                   "50000" if quick else "5500000"])
    yield figure("import of %d rows" % r["rows"], "s", [r["seconds"]],
                 **({} if quick else {"goal": "<= 60"}),
                 cpu_seconds=r["cpu_seconds"])
    yield figure("; memory", "MiB", [r["rss_mib"]], goal="<= 64")


ALL = {f.__name__: f for f in (intake, soak)}
LONG = {f.__name__: f for f in (numbers,)}
