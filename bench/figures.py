# SPDX-License-Identifier: Apache-2.0
"""What is measured: each function yields figures, smallest story first."""
import hashlib
import os
import secrets
import shutil
import statistics
import subprocess
import tempfile
import threading
import time

import office as bench
from office import Client, Failure, Office, Watch, dossier

MIB = 1 << 20
ROUNDS = 5  # of the figures of the store; bench/run --rounds


def figure(name, unit, values, **more):
    """One line of the result.  values: one per round."""
    return {"figure": name, "unit": unit,
            "median": round(statistics.median(values), 3),
            "min": round(min(values), 3), "max": round(max(values), 3),
            "n": len(values), **more}


def percentile(values, p):
    s = sorted(values)
    return s[min(len(s) - 1, int(p * len(s)))]


def clients(n, work):
    """Run work(i) in n threads at once: seconds, and what it gave."""
    out = [None] * n
    faults = []
    gate = threading.Barrier(n + 1)

    def one(i):
        gate.wait()
        try:
            out[i] = work(i)
        except Exception as error:  # pylint: disable=broad-except
            faults.append(repr(error))

    threads = [threading.Thread(target=one, args=(i,)) for i in range(n)]
    for t in threads:
        t.start()
    gate.wait()
    begun = time.perf_counter()
    for t in threads:
        t.join()
    if faults:
        raise Failure("%d of %d clients failed: %s" % (len(faults), n,
                                                       faults[0]))
    return time.perf_counter() - begun, out


# --- submit: dossiers per second, end to end ---

def submit(build, quick):
    """5 documents of 100 KB and both forms, 8 clients on kept TLS
    connections; 201 means stored, signed and fsynced."""
    rounds, each = (5, 2) if quick else (7, 10)
    body = dossier([100_000] * 5)
    with Office(build) as office:
        office.start()
        connections = [Client(office) for _ in range(8)]
        times = []

        def client(i):
            for _ in range(each):
                begun = time.perf_counter()
                connections[i].submit(body)
                times.append(time.perf_counter() - begun)

        for c in connections:
            c.submit(body)
        rates = []
        for _ in range(rounds):
            seconds, _ = clients(8, client)
            rates.append(8 * each / seconds)
        alone = []
        for _ in range(20):
            begun = time.perf_counter()
            connections[0].submit(body)
            alone.append(time.perf_counter() - begun)
        yield figure("submit, 8 clients", "dossiers/s", rates)
        yield figure("submit, 8 clients, time of one", "ms",
                     [1e3 * t for t in times],
                     p99=round(1e3 * percentile(times, 0.99), 1))
        yield figure("submit, 1 client, time of one", "ms",
                     [1e3 * t for t in alone])


# --- decide: from the last signature to the certificate ---

def decide(build, quick):
    """The POST of the second officer's signature and the GET of the
    certificate that it leads to."""
    with Office(build) as office:
        office.start()
        c = Client(office)
        signed, served = [], []
        for i in range(5 if quick else 11):
            case = c.submit(dossier([1000], "計測%d" % i))
            decision = c.propose(case)
            document = c.must(200, "officer-1", "GET",
                              "/v1/decisions/%s/document" % decision)
            armours = [office.armour(who, document)
                       for who in bench.OFFICERS]
            c.sign("officer-1", decision, armours[0])
            begun = time.perf_counter()
            state = c.sign("officer-2", decision, armours[1])["state"]
            signed.append(time.perf_counter() - begun)
            if state != "executed":
                raise Failure("the decision is %s" % state)
            number = c.case(case)["number"]
            begun = time.perf_counter()
            c.must(200, None, "GET",
                   "/v1/register/%s/certificate.pem" % number)
            served.append(time.perf_counter() - begun)
        yield figure("last signature to certificate", "ms",
                     [1e3 * (a + b) for a, b in zip(signed, served)])
        yield figure("of this, reading the certificate", "ms",
                     [1e3 * t for t in served])


# --- issue: the signer's own code ---

def program(build, name, *args, **kw):
    path = os.path.join(build, "bench", name)
    if not os.path.exists(path):
        raise Failure("%s is not built" % path)
    return subprocess.Popen([path, *args], stdout=subprocess.PIPE,
                            text=True, **kw)


def issue(build, quick):
    """Two approvals proved, the certificate built, signed, linted, parsed
    again and journalled with fdatasync, by one thread."""
    each = 20 if quick else 100
    p = program(build, "bench_issue", "5" if quick else "7", str(each))
    out, _ = p.communicate(timeout=300)
    if p.returncode != 0:
        raise Failure("bench_issue")
    yield figure("issuance inside the signer", "certificates/s",
                 [each / float(line) for line in out.split()])


# --- upload: memory under fifty large bodies ---

def big_dossier(folder):
    """Exactly 100 MiB: both forms, a paper, two members of random bytes."""
    path = os.path.join(folder, "big.zip")
    first = 52 * MIB
    head = dossier([1000, first, 1000])
    body = dossier([1000, first, 1000 + 100 * MIB - len(head)])
    if len(body) != 100 * MIB:
        raise Failure("the archive has %d bytes" % len(body))
    with open(path, "wb") as f:
        f.write(body)
    return path


class Probe:
    """Somebody who reads the register while a block runs."""

    def __init__(self, office):
        self.client = Client(office)
        self.times = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.loop)

    def loop(self):
        while not self.stop.wait(0.05):
            begun = time.perf_counter()
            self.client.must(200, None, "GET", "/v1/register")
            self.times.append(1e3 * (time.perf_counter() - begun))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.stop.set()
        self.thread.join()
        self.client.close()


def upload_round(office, path, n, ask):
    def client(_):
        c = Client(office)
        with open(path, "rb") as f:
            status, data = ask(c, f)
        c.close()
        return status, data[:300]

    with Watch(office) as watch, Probe(office) as probe:
        seconds, answers = clients(n, client)
    watch.probe = probe.times
    return watch, seconds, answers


def preflight_ask(c, f):
    return c.ask(None, "POST", "/v1/preflight?scheme=%s&kind=new" %
                 bench.SCHEME, f, Content_Type="application/zip",
                 Content_Length=str(100 * MIB))


def dossier_ask(c, f):
    return c.ask("applicant-1", "POST", "/v1/dossiers?scheme=%s&kind=new" %
                 bench.SCHEME, f, Content_Type="application/zip",
                 Content_Length=str(100 * MIB),
                 Idempotency_Key=secrets.token_hex(8))


def upload_figures(what, good, office, path, n, ask, rounds):
    peaks, together, speeds, shmem, waits, hwm = [], [], [], [], [], {}
    for _ in range(rounds):
        watch, seconds, answers = upload_round(office, path, n, ask)
        bad = [a for a in answers if a[0] != good]
        if bad:
            raise Failure("%d of %d uploads: %r" % (len(bad), n, bad[0]))
        peaks.append((watch.hwm["nintei-front"] +
                      watch.hwm["nintei-core"]) / 1024)
        together.append(watch.together / 1024)
        speeds.append(n * 100 * 1.048576 / seconds)
        shmem.append(watch.shmem / 1024)
        waits += watch.probe
        for name, kib in watch.hwm.items():
            hwm.setdefault(name, []).append(kib / 1024)
    label = "%d x 100 MiB to %s: " % (n, what)
    yield figure(label + "front + core, sum of peaks", "MiB", peaks,
                 limit=128, reset=watch.reset)
    yield figure(label + "front + core, peak of the sum", "MiB", together)
    for name in sorted(hwm):
        part = watch.parts.get(name, {})
        yield figure(label + "peak of one " + name, "MiB", hwm[name],
                     **{k: round(part.get(k, 0) / 1024, 1)
                        for k in ("RssAnon", "RssFile", "RssShmem")})
    yield figure(label + "sealed memory, machine", "MiB", shmem)
    yield figure(label + "rate", "MB/s", speeds)
    yield figure(label + "GET /v1/register meanwhile", "ms", waits,
                 p99=round(percentile(waits, 0.99), 1))


def upload(build, quick):
    """Fifty clients at once on the limits as they ship.  Preflight keeps
    nothing; a dossier is encrypted and stored as well."""
    n = 10 if quick else 50
    with Office(build) as office:
        path = big_dossier(office.work)
        office.start()
        yield from upload_figures("preflight", 200, office, path, n,
                                  preflight_ask, 1 if quick else 5)
        yield from upload_figures("dossiers", 201, office, path, n,
                                  dossier_ask, 1)
        fell = office.crashes()
        if fell:
            raise Failure(fell[0])


# --- start: from exec to ready ---

def start(build, quick):
    """Processes wired, confined, keys and policies read, history checked."""
    with Office(build) as office:
        for cases in (0, 20 if quick else 200):
            if cases > 0:
                office.start()
                body = dossier([1000])
                clients(8, lambda i, n=cases // 8: [
                    c.submit(body) for c in [Client(office)]
                    for _ in range(n)])
                office.stop()
            times = []
            for _ in range(5 if quick else 9):
                times.append(1e3 * office.start())
                office.stop()
            yield figure("cold start, %d cases" % (cases // 8 * 8), "ms",
                         times)


# --- store: the journal against the disk, git and libgit2 ---

GIT = ["git", "-c", "core.fsync=all", "-c", "user.name=bench",
       "-c", "user.email=bench@nintei", "-c", "commit.gpgSign=false",
       "-c", "gc.auto=0"]
EVENT = '{"event_id":"c-%d/1","pad":"' + "x" * 540 + '"}'


def event_path(seq):
    digest = hashlib.sha256(b"c-%d" % seq).hexdigest()
    return "cases/%s/c-%d/0001-application.submit.json" % (
        "/".join(digest[:4]), seq)


class GitPeer:
    """`git add` and `git commit` of one event file, durable."""

    def __init__(self, folder, signed):
        self.dir = os.path.join(folder, "signed" if signed else "plain")
        self.seq = 0
        self.extra = []
        subprocess.run(["git", "init", "-q", self.dir], check=True)
        if signed:
            key = os.path.join(folder, "key")
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "",
                            "-f", key], check=True)
            self.extra = ["-c", "gpg.format=ssh", "-c",
                          "user.signingKey=" + key, "-c",
                          "commit.gpgSign=true"]

    def append(self):
        self.seq += 1
        name = event_path(self.seq)
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path))
        with open(path, "w", encoding="ascii") as f:
            f.write(EVENT % self.seq)
        subprocess.run(GIT + ["add", name], cwd=self.dir, check=True)
        subprocess.run(GIT + self.extra + ["commit", "-q", "-m", name],
                       cwd=self.dir, check=True)

    def round(self, n):
        begun = time.perf_counter()
        for _ in range(n):
            self.append()
        return n / (time.perf_counter() - begun)


class ImportPeer:
    """`git fast-import`, unsigned, one commit per event or dossier, a
    checkpoint after so many: durable 16 at a time, as 16 writers are."""

    def __init__(self, folder, name):
        self.dir = os.path.join(folder, name)
        self.seq = 0
        subprocess.run(["git", "init", "-q", "--bare", self.dir], check=True)

    def stream(self, n, docs):
        out = []
        noise = os.urandom(100_000)
        for i in range(n):
            self.seq += 1
            text = (EVENT % self.seq).encode()
            out.append(b"commit refs/heads/main\ncommitter store "
                       b"<store@nintei> %d +0900\ndata 3\nact\n" %
                       (1784073600 + self.seq))
            if self.seq > 1 and i == 0:
                out.append(b"from refs/heads/main^0\n")
            path = event_path(self.seq)
            out.append(b"M 100644 inline %s\ndata %d\n%s\n" % (
                path.encode(), len(text), text))
            for d in range(docs):
                body = b"%d.%d." % (self.seq, d) + noise[:99_980]
                out.append(b"M 100644 inline %s/docs/%02d\ndata %d\n%s\n" % (
                    os.path.dirname(path).encode(), d, len(body), body))
            if self.seq % 16 == 0:
                out.append(b"checkpoint\n")
        out.append(b"done\n")
        return b"".join(out)

    def round(self, n, docs=0):
        stream = self.stream(n, docs)
        begun = time.perf_counter()
        subprocess.run(["git", "-c", "core.fsync=all", "-c",
                        "core.compression=%d" % (0 if docs else 1),
                        "fast-import", "--quiet", "--done", "--depth=0"],
                       cwd=self.dir, input=stream, check=True)
        return n / (time.perf_counter() - begun)


class StoreProgram:
    """bench_store or bench_store_plain; see the head of store.c."""

    def __init__(self, build, name):
        self.p = program(build, name, stdin=subprocess.PIPE)

    def round(self, kind, threads, n):
        self.p.stdin.write("%s %d %d\n" % (kind, threads, n))
        self.p.stdin.flush()
        line = self.p.stdout.readline().split()
        if len(line) != 4:
            raise Failure("bench_store: %s" % kind)
        took, p50, p99, kib = map(float, line)
        return {"rate": n / took, "p50": p50, "p99": p99, "kib": kib}

    def close(self):
        self.p.stdin.close()
        self.p.wait(300)


def ratio(name, ours, theirs, **more):
    """Of each round, since the speed of the disk wanders."""
    return figure(name, "x", [a / b for a, b in zip(ours, theirs)], **more)


def rates(rows):
    return [r["rate"] for r in rows]


def store(build, quick):
    """All durable before the reply, ours signed as well; the peers' rounds
    are taken in turn with ours."""
    rounds = 2 if quick else ROUNDS
    folder = tempfile.mkdtemp(prefix="nintei-bench-")
    ours = StoreProgram(build, "bench_store")
    plain = StoreProgram(build, "bench_store_plain")
    scale = 10 if quick else 1
    try:
        yield from store_events(ours, plain, folder, rounds, scale)
        yield from store_dossiers(ours, plain, folder, rounds, scale)
        yield from store_document(ours, rounds, scale)
    finally:
        ours.close()
        plain.close()
        shutil.rmtree(folder, ignore_errors=True)


def store_events(ours, plain, folder, rounds, scale):
    s16, s1, raw16, raw1, slow, git, signed, imported = (
        [] for _ in range(8))
    peers = [GitPeer(folder, False), GitPeer(folder, True)]
    importer = ImportPeer(folder, "events")
    ours.round("events", 16, 1600)
    for _ in range(rounds):
        raw16.append(ours.round("raw-events", 16, 20000 // scale))
        s16.append(ours.round("events", 16, 20000 // scale))
        raw1.append(ours.round("raw-events", 1, 2000 // scale))
        s1.append(ours.round("events", 1, 2000 // scale))
        slow.append(plain.round("events", 16, 160))
        imported.append(importer.round(1600 // scale))
        git.append(peers[0].round(20))
        signed.append(peers[1].round(10))
    yield figure("16 writers of small events, signed", "events/s",
                 rates(s16),
                 p50_ms=round(statistics.median(r["p50"] for r in s16), 2),
                 p99_ms=round(statistics.median(r["p99"] for r in s16), 2))
    yield ratio("; to 16 x 4 KiB append + fdatasync", rates(s16),
                rates(raw16), goal=">= 0.65")
    yield ratio("; p50 to that of the raw append",
                [r["p50"] for r in s16], [r["p50"] for r in raw16],
                goal="<= 2")
    yield ratio("; to git fast-import, a checkpoint per 16", rates(s16),
                imported, goal=">= 4")
    yield ratio("; to the same store on libgit2", rates(s16), rates(slow),
                goal=">= 50")
    yield ratio("; to git add + git commit, unsigned", rates(s16), git,
                goal=">= 100")
    yield ratio("; to git add + git commit, signed", rates(s16), signed)
    yield figure("1 writer of small events, signed", "events/s", rates(s1))
    yield ratio("; to 1 x 4 KiB append + fdatasync", rates(s1), rates(raw1),
                goal=">= 0.8")
    yield figure("16 x 4 KiB append + fdatasync", "events/s", rates(raw16))


def store_dossiers(ours, plain, folder, rounds, scale):
    rows, raw, slow, imported = [], [], [], []
    importer = ImportPeer(folder, "dossiers")
    for _ in range(rounds):
        raw.append(ours.round("raw-dossiers", 16, 320 // scale))
        rows.append(ours.round("dossiers", 16, 320 // scale))
        slow.append(plain.round("dossiers", 16, 16))
        imported.append(importer.round(160 // scale, 20))
    yield figure("16 writers of dossiers of 20 x 100 KB", "MB/s",
                 [2 * r for r in rates(rows)])
    yield ratio("; to raw writing, which hashes nothing", rates(rows),
                rates(raw), goal=">= 0.35")
    yield ratio("; to the same store on libgit2", rates(rows), rates(slow),
                goal=">= 15")
    yield ratio("; to git fast-import, not compressed", rates(rows),
                imported, goal=">= 10")


def store_document(ours, rounds, scale):
    size = 100 * MIB // scale
    rows, raw = [], []
    for _ in range(rounds):
        raw.append(ours.round("raw-document", 1, size))
        rows.append(ours.round("document", 1, size))
    yield figure("one document of 100 MiB", "MB/s",
                 [r["rate"] / 1e6 for r in rows])
    yield ratio("; to raw writing", rates(rows), rates(raw), goal=">= 0.6")
    yield figure("; memory beside what was there", "MiB",
                 [r["kib"] / 1024 for r in rows], goal="<= 8")


# --- history: replay, audit, clone and start with many events ---

def nintei(build, *args, **kw):
    return subprocess.run([os.path.join(build, "bin", "nintei"), *args],
                          check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, **kw).stdout


def timed(call):
    """Seconds of the wall, and of the processors by what it started."""
    before = os.times()
    begun = time.perf_counter()
    call()
    took = time.perf_counter() - begun
    after = os.times()
    return took, (after.children_user + after.children_system -
                  before.children_user - before.children_system)


def verify_rate():
    """Ed25519 signatures that one core verifies in a second."""
    out = subprocess.run(["openssl", "speed", "-seconds", "1", "ed25519"],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         check=True, text=True).stdout
    return float(out.split()[-1])


def clone_cpu(git, folder, times):
    """Processor seconds of the server's side of one full clone."""
    wrapper = os.path.join(folder, "upload-pack")
    with open(wrapper, "w", encoding="ascii") as f:
        f.write("#!/bin/bash\ngit upload-pack \"$@\"\ntimes >%s\n" % times)
    os.chmod(wrapper, 0o755)
    target = os.path.join(folder, "clone.git")
    subprocess.run(["git", "clone", "-q", "--bare", "--no-local",
                    "--upload-pack", wrapper, git, target], check=True)
    shutil.rmtree(target)
    with open(times, encoding="ascii") as f:
        last = f.read().split("\n")[1]  # of the children: user, system
    return sum(60 * float(m) + float(s) for m, s in
               (part.rstrip("s").split("m") for part in last.split()))


def git_rate(git, signers, n):
    """Commits that `git log --show-signature` verifies in a second."""
    begun = time.perf_counter()
    subprocess.run(["git", "-C", git, "-c",
                    "gpg.ssh.allowedSignersFile=" + signers, "log",
                    "--show-signature", "-%d" % n, "--format=%G?"],
                   check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    return n / (time.perf_counter() - begun)


def history(build, quick):
    """A home with 100,000 events of 25,000 cases, four acts each."""
    cases = 1000 if quick else 25000
    with Office(build) as office:
        subprocess.run([os.path.join(build, "bench", "bench_history"),
                        office.home, str(cases)], check=True,
                       stdout=subprocess.DEVNULL)
        yield from history_figures(build, office, 4 * cases + 1,
                                   2 if quick else ROUNDS)


def history_figures(build, office, events, rounds):
    git = os.path.join(office.home, "store", "audit.git")
    signers = os.path.join(office.work, "allowed_signers")
    with open(signers, "wb") as f:
        f.write(subprocess.run(["git", "-C", git, "show",
                                "main:allowed_signers"], check=True,
                               stdout=subprocess.PIPE).stdout)
    replay, one, two, core, bare, stock = ([] for _ in range(6))
    for _ in range(rounds):
        took, _ = timed(lambda: nintei(build, "-C", office.home, "index",
                                       "rebuild"))
        replay.append(events / took)
        bare.append(verify_rate())
        took, cpu = timed(lambda: nintei(
            build, "audit", "verify", git, "--jobs", "1"))
        one.append(events / took)
        core.append(events / cpu)
        two.append(events / timed(lambda: nintei(
            build, "audit", "verify", git, "--jobs", "2"))[0])
        stock.append(git_rate(git, signers, 50))
    yield figure("replay into an empty index", "events/s", replay,
                 goal=">= 15000")
    yield figure("audit verify, one job", "events/s", one)
    yield figure("audit verify, two jobs", "events/s", two)
    yield ratio("; two jobs to one", two, one)
    yield ratio("; per second of a core, to bare Ed25519 verification", core,
                bare, goal=">= 0.6")
    yield ratio("; one job to git log --show-signature", one, stock,
                goal=">= 100")
    yield from clone_figures(build, office, git, rounds)
    yield from start_figures(office, events, rounds)


def clone_figures(build, office, git, rounds):
    """The same repository before and after `nintei store maintain`."""
    plain = os.path.join(office.work, "plain.git")
    times = os.path.join(office.work, "times")
    shutil.copytree(git, plain)
    nintei(build, "-C", office.home, "store", "maintain")
    before, after = [], []
    for _ in range(rounds):
        before.append(clone_cpu(plain, office.work, times))
        after.append(clone_cpu(git, office.work, times))
    shutil.rmtree(plain)
    yield figure("full clone, server's processor time", "s", after)
    yield ratio("; to the same, not maintained", after, before,
                goal="<= 0.2")


def start_figures(office, events, rounds):
    times = []
    for _ in range(rounds):
        times.append(1e3 * office.start())
        office.stop()
    yield figure("start to ready, %d events" % events, "ms", times,
                 goal="<= 2000")


# --- growth: the cost of a commit as cases become many ---

def growth(build, quick):
    """16 writers in rounds of 10,000 new cases, at a thousand cases and at a
    million.  Takes minutes and 5 GB."""
    goal = 20_000 if quick else 1_000_000
    ours = StoreProgram(build, "bench_store")
    try:
        ours.round("events", 16, 1000)
        few = [ours.round("events", 16, 5000)["rate"] for _ in range(3)]
        at = 16_000
        while at < goal:
            step = min(50_000, goal - at)
            ours.round("events", 16, step)
            at += step
        many = [ours.round("events", 16, 5000)["rate"] for _ in range(3)]
    finally:
        ours.close()
    yield figure("commits at a thousand cases", "events/s", few)
    yield figure("commits at %d cases" % at, "events/s", many)
    yield figure("; cost of one, to that at a thousand", "x",
                 [statistics.median(few) / m for m in many], goal="<= 1.8")


ALL = {f.__name__: f for f in (submit, decide, issue, start, store, history,
                               upload)}
LONG = {f.__name__: f for f in (growth,)}  # only when asked for by name
