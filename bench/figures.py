# SPDX-License-Identifier: Apache-2.0
"""What is measured: each function yields figures, smallest story first."""
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
    head = dossier([1000, first, 9])
    body = dossier([1000, first, 9 + 100 * MIB - len(head)])
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


# --- append: our store against the git command ---

GIT = ["git", "-c", "core.fsync=all", "-c", "user.name=bench",
       "-c", "user.email=bench@nintei", "-c", "commit.gpgSign=false",
       "-c", "gc.auto=0"]


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
        folder = "cases/%04x" % self.seq
        name = "%s/0001-application.submit.json" % folder
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path))
        with open(path, "w", encoding="ascii") as f:
            f.write('{"event_id":"c-%d/1","pad":"%s"}' % (self.seq,
                                                          "x" * 450))
        subprocess.run(GIT + ["add", name], cwd=self.dir, check=True)
        subprocess.run(GIT + self.extra + ["commit", "-q", "-m", name],
                       cwd=self.dir, check=True)

    def round(self, n):
        begun = time.perf_counter()
        for _ in range(n):
            self.append()
        return n / (time.perf_counter() - begun)


def raw_round(folder, n):
    """500 bytes appended and fdatasynced: what the disk gives."""
    fd = os.open(os.path.join(folder, "raw"),
                 os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    begun = time.perf_counter()
    for _ in range(n):
        os.write(fd, b"x" * 500)
        os.fdatasync(fd)
    os.close(fd)
    return n / (time.perf_counter() - begun)


def append(build, quick):
    """One writer, one event per commit, durable before the next; rounds of
    each taken in turn."""
    n = 10 if quick else 50
    folder = tempfile.mkdtemp(prefix="nintei-bench-")
    ours = program(build, "bench_append", stdin=subprocess.PIPE)
    try:
        peers = [GitPeer(folder, False), GitPeer(folder, True)]
        rates = [[], [], [], []]
        for _ in range(5):
            ours.stdin.write("%d\n" % n)
            ours.stdin.flush()
            rates[0].append(n / float(ours.stdout.readline()))
            rates[1].append(peers[0].round(n))
            rates[2].append(peers[1].round(n))
            rates[3].append(raw_round(folder, n))
    finally:
        ours.stdin.close()
        ours.wait(60)
        shutil.rmtree(folder, ignore_errors=True)
    yield figure("store append, signed (libgit2)", "events/s", rates[0])
    yield figure("git add + git commit, unsigned", "events/s", rates[1])
    yield figure("git add + git commit, signed by ssh-keygen", "events/s",
                 rates[2])
    yield figure("500 bytes + fdatasync", "events/s", rates[3])


ALL = {f.__name__: f for f in (submit, decide, issue, start, append, upload)}
