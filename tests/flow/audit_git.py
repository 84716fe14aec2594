#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""audit.git over HTTPS for stock git: clone, fetch, shallow, filters; who may
not; requests that are none; what breaks off; maintenance under load."""
import gzip
import json
import os
import random
import socket
import ssl
import subprocess
import threading
import time

from lib import BIN, Office, check, fail, finish, run

BULK = 48 << 20
SCHEME = "genai-saas"


def git_env(o, **more):
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env.update(GIT_SSL_CAINFO=o.root, GIT_TERMINAL_PROMPT="0",
               GIT_CONFIG_NOSYSTEM="1", HOME=o.work, **more)
    return env


class Auditor:
    """Stock git with a token in a header."""

    def __init__(self, o, who="auditor-1"):
        self.o = o
        self.url = "https://127.0.0.1:%d/audit.git" % o.https
        self.header = [] if who is None else [
            "-c", "http.extraHeader=Authorization: Bearer " + o.tokens[who]]

    def git(self, *args, **env):
        return subprocess.run(
            ["git", *self.header, *args], env=git_env(self.o, **env),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
            check=False)

    def clone(self, name, *args, **env):
        path = os.path.join(self.o.work, name)
        r = self.git("clone", "-q", *args, self.url, path, **env)
        if r.returncode != 0:
            fail("clone %s: %s" % (name, r.stdout.decode()))
        return path


def local(path, *args):
    return run("git", "-C", path, *args).decode().strip()


def is_sound(path, *args):
    r = subprocess.run(["git", "-C", path, "fsck", "--strict", *args],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       check=False)
    return r.returncode == 0, r.stdout.decode()


# --- what an auditor gets ---

def full_clone(o, a):
    path = a.clone("full", "-c", "transfer.fsckObjects=true")
    sound, words = is_sound(path)
    check(sound, "a full clone is sound", words)
    check(local(path, "rev-parse", "HEAD") == o.git_run(
        "rev-parse", "main").strip(), "and ends where the store does")
    signers = os.path.join(path, "allowed_signers")
    commits = local(path, "rev-list", "HEAD").split()
    bad = [c for c in commits if subprocess.run(
        ["git", "-C", path, "-c", "gpg.ssh.allowedSignersFile=" + signers,
         "verify-commit", c], stderr=subprocess.DEVNULL,
        check=False).returncode != 0]
    check(len(commits) > 3 and not bad,
          "each of %d commits is signed by the store" % len(commits), bad)
    return path


def fetch_new(o, a, path):
    """A fetch brings what is new, and nothing else."""
    before = local(path, "rev-parse", "origin/main")
    o.new_case(SCHEME, service="架空の新着サービス")
    r = a.git("-C", path, "fetch", "-q")
    after = local(path, "rev-parse", "origin/main")
    check(r.returncode == 0 and after == o.git_run(
        "rev-parse", "main").strip(), "a fetch sees what was just answered",
        r.stdout)
    subjects = local(path, "log", "--format=%s", "%s..%s" % (before, after))
    check(len(subjects.splitlines()) == 1 and
          "application.submit" in subjects, "exactly the new event", subjects)
    r = a.git("-C", path, "fetch", "-v")
    check(r.returncode == 0 and b"up to date" in r.stdout,
          "then nothing more", r.stdout)


def partial(o, a):
    path = a.clone("shallow", "--depth=1")
    check(local(path, "rev-list", "--count", "HEAD") == "1", "--depth=1")
    r = a.git("-C", path, "fetch", "-q", "--unshallow")
    check(r.returncode == 0 and is_sound(path)[0] and
          local(path, "rev-list", "--count", "HEAD") == str(o.commits()),
          "and deeper again", r.stdout)
    path = a.clone("filtered", "--filter=blob:limit=2k", "--bare")
    missing = [line for line in local(
        path, "rev-list", "--objects", "--all", "--missing=print").splitlines()
        if line.startswith("?")]
    check(len(missing) > 0, "--filter leaves the large documents out")
    r = a.git("-C", path, "cat-file", "-s", missing[0][1:])
    check(r.returncode == 0 and int(r.stdout.split()[-1]) >= 2048,
          "and brings one when it is looked at", r.stdout)


def protocols(a):
    heads = set()
    for version in "0", "1", "2":
        path = a.clone("v" + version, "-c", "protocol.version=" + version)
        heads.add(local(path, "rev-parse", "HEAD"))
        check(is_sound(path)[0], "protocol version %s" % version)
    check(len(heads) == 1, "all see the same", heads)
    for extra in "version=9", "version=2:evil=$(id)", "x" * 2000:
        r = a.o.api("auditor-1", "GET",
                    "/audit.git/info/refs?service=git-upload-pack",
                    Git_Protocol=extra)
        check(r.status == 200, "Git-Protocol: %.20s" % extra, r)


def helper(o, a):
    """git asks for a password when it is told to."""
    script = os.path.join(o.work, "helper")
    with open(script, "w", encoding="ascii") as f:
        f.write("#!/bin/sh\nprintf 'username=audit\\npassword=%s\\n'\n" %
                o.tokens["auditor-1"])
    os.chmod(script, 0o700)
    nobody = Auditor(o, None)
    path = nobody.clone("helped", "-c", "credential.helper=" + script)
    check(is_sound(path)[0], "a credential helper's password is the token")
    r = nobody.git("ls-remote", a.url)
    check(r.returncode != 0 and b"Username" in r.stdout,
          "without one git asks", r.stdout)
    r = o.api(None, "GET", "/audit.git/info/refs?service=git-upload-pack")
    asked = r.headers.get_all("WWW-Authenticate")
    check(r.status == 401 and asked[0].startswith("Basic ") and
          asked[1].startswith("Bearer "), "401 says how", asked)
    for name in "%", "YQ==", "YTo=", "YTphIGI=":
        r = o.api("Basic", "GET", "/audit.git/info/refs?service="
                  "git-upload-pack", Authorization="Basic " + name)
        check(r.status == 401, "Basic %s" % name, r)
    r = o.api("Basic", "GET", "/v1/cases", Authorization="Basic YTpi")
    check(r.status == 401, "elsewhere Basic is nothing", r)


def refused(o, a):
    for who in "officer-1", "secretary-1", "applicant-1":
        r = Auditor(o, who).git("ls-remote", a.url)
        check(r.returncode != 0 and b"not found" in r.stdout,
              "not for %s" % who, r.stdout)
    path = os.path.join(o.work, "full")
    r = a.git("-C", path, "push", a.url, "HEAD:refs/heads/evil")
    check(r.returncode != 0 and "evil" not in o.git_run("for-each-ref"),
          "nothing can be pushed", r.stdout)
    for path, status in (
            ("/audit.git/info/refs", 403),
            ("/audit.git/info/refs?service=git-receive-pack", 403),
            ("/audit.git/info/refs?service=git-upload-archive", 403),
            ("/audit.git/HEAD", 404),
            ("/audit.git/config", 404),
            ("/audit.git/objects/info/packs", 404),
            ("/audit.git/objects/00/" + "0" * 38, 404),
            ("/audit.git/git-receive-pack", 404),
            ("/audit.git/../index.sqlite", 400),
            ("/audit.git/%2e%2e/index.sqlite", 400),
            ("/audit.git/info/refs/../../HEAD", 400),
            ("/audit.git/git-upload-pack", 405),
            ("/audit.git/bundle", 404)):
        r = o.api("auditor-1", "GET", path, strict=False)
        check(r.status == status, "GET %s is %d" % (path, status), r)


# --- requests made by hand ---

def pkt(text):
    return b"%04x%s" % (len(text) + 4, text)


def v2_fetch(*wants, more=()):
    return (pkt(b"command=fetch") + b"0001" +
            b"".join(pkt(b"want " + w.encode() + b"\n") for w in wants) +
            b"".join(pkt(m) for m in more) + pkt(b"done\n") + b"0000")


LS_REFS = pkt(b"command=ls-refs\n") + b"0001" + pkt(b"symrefs\n") + b"0000"


def post(o, body, **headers):
    headers.setdefault("Git_Protocol", "version=2")
    headers.setdefault("Content_Type",
                       "application/x-git-upload-pack-request")
    return o.api("auditor-1", "POST", "/audit.git/git-upload-pack", body,
                 **headers)


def bodies(o, a):
    head = o.git_run("rev-parse", "main").strip().encode()
    r = post(o, LS_REFS)
    check(r.status == 200 and head in r.body, "ls-refs by hand", r)
    check(r.headers["Content-Type"] == "application/x-git-upload-pack-result"
          and "no-cache" in r.headers["Cache-Control"], "its headers",
          r.headers)
    for name in "gzip", "x-gzip":
        r = post(o, gzip.compress(LS_REFS), Content_Encoding=name)
        check(r.status == 200 and head in r.body, "Content-Encoding: " + name,
              r)
    packed = gzip.compress(LS_REFS)
    broken = bytes([packed[-9] ^ 1])
    for name, body, coding, status in (
            ("a gzip that is cut", packed[:-4], "gzip", 400),
            ("a gzip with a wrong sum", packed[:-8] + broken + packed[-7:],
             "gzip", 400),
            ("bytes behind a gzip", packed + b"x", "gzip", 400),
            ("no gzip", LS_REFS, "gzip", 400),
            ("a gzip bomb", gzip.compress(bytes(64 << 20)), "gzip", 400),
            ("another coding", packed, "br", 415),
            ("no pkt-line", b"hello, git\n", "identity", 400),
            ("a cut pkt-line", b"00ffcommand", "identity", None),
            ("a length of 1", b"0001" * 3, "identity", None),
            ("random bytes", random.Random(1).randbytes(9000), "identity",
             400),
            ("an unknown command", pkt(b"command=gc") + b"0000", "identity",
             400),
            ("a flush alone", b"0000", "identity", 200),
            ("nothing", b"", "identity", 400)):
        r = post(o, body, Content_Encoding=coding)
        check(status in (None, r.status), name, r)
    s = Slow(o, b"0000", (4 << 20) + 1)
    check(s.read(12) == b"HTTP/1.1 413", "too much is refused at the head")
    s.close()
    r = post(o, LS_REFS, Content_Type="text/plain")
    check(r.status == 415, "another type", r)
    wants = [random.Random(n).randbytes(20).hex() for n in range(60000)]
    r = post(o, v2_fetch(*wants))
    check(r.status in (200, 400) and b"not our ref" in r.body or
          r.status == 400, "60,000 wants that are not there", r)
    r = post(o, b"".join(pkt(b"want %s\n" % w.encode()) for w in wants) +
             b"0000" + pkt(b"done\n"), Git_Protocol="version=0")
    check(r.status in (200, 400), "the same in version 0", r)
    quiet(o, "no child is left")
    path = os.path.join(o.work, "full")
    for n in range(60):
        local(path, "-c", "user.name=a", "-c", "user.email=a@b", "commit",
              "-q", "--allow-empty", "-m", "local %d" % n)
    o.new_case(SCHEME, service="架空の往復サービス")
    r = a.git("-C", path, "fetch", GIT_TRACE_CURL="1",
              GIT_TRACE_CURL_NO_DATA="1")
    check(r.returncode == 0 and b"Content-Encoding: gzip" in r.stdout,
          "stock git's own gzip", r.stdout[-400:])


# --- what breaks off ---

def children(o):
    pid = o.parts()["gitd"]
    with open("/proc/%d/task/%d/children" % (pid, pid),
              encoding="ascii") as f:
        return f.read().split()


def upload_packs(o):
    """Every process of git below this server, grandchildren too."""
    found = []
    for pid in os.listdir("/proc"):
        try:
            with open("/proc/%s/environ" % pid, "rb") as f:
                if o.git.encode() in f.read():
                    found.append(pid)
        except (OSError, ValueError):
            pass
    return found


def quiet(o, name, seconds=10):
    end = time.time() + seconds
    while (children(o) or upload_packs(o)) and time.time() < end:
        time.sleep(0.02)
    check(not children(o) and not upload_packs(o), name,
          (children(o), upload_packs(o)))


def front_kib(o):
    with open("/proc/%d/status" % o.parts()["front"], encoding="ascii") as f:
        return int([x for x in f if x.startswith("VmRSS")][0].split()[1])


class Slow:
    """A client that asks and then reads as it is told."""

    def __init__(self, o, body, length=None):
        raw = socket.create_connection(("127.0.0.1", o.https))
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.s = o.tls.wrap_socket(raw, server_hostname="127.0.0.1")
        self.s.settimeout(30)
        self.s.sendall((
            "POST /audit.git/git-upload-pack HTTP/1.1\r\nHost: a\r\n"
            "Authorization: Bearer %s\r\nGit-Protocol: version=2\r\n"
            "Content-Type: application/x-git-upload-pack-request\r\n"
            "Content-Length: %d\r\n\r\n" % (
                o.tokens["auditor-1"], length or len(body))).encode() + body)

    def read(self, n):
        got = b""
        while len(got) < n:
            piece = self.s.recv(n - len(got))
            if not piece:
                break
            got += piece
        return got

    def close(self):
        self.s.close()


def bulk_make(o):
    """Something larger than all buffers on the way, beside the history."""
    data = random.Random(7).randbytes(BULK)
    oid = run("git", "-C", o.git, "hash-object", "-w", "--stdin",
              input=data).decode().strip()
    o.git_run("update-ref", "refs/hidden/bulk", oid)
    return oid


def breaks(o, bulk):
    before = front_kib(o)
    slow = [Slow(o, v2_fetch(bulk)) for _ in range(2)]
    for s in slow:
        check(s.read(64).startswith(b"HTTP/1.1 200"), "a slow client begins")
    time.sleep(1.5)
    check(len(children(o)) == 2, "its child waits", children(o))
    slow[0].close()
    end = time.time() + 10
    while len(children(o)) > 1 and time.time() < end:
        time.sleep(0.02)
    check(len(children(o)) == 1, "who goes away takes the child along")
    got = 0
    while got < BULK:
        n = len(slow[1].read(1 << 20))
        if n == 0:
            break
        got += n
    check(got >= BULK, "who is slow gets it all", got)
    check(front_kib(o) < before + 16384, "front holds none of it",
          (before, front_kib(o)))
    slow[1].close()


def queue(o, bulk):
    """Two full clones at a time, eight wait, the next is told to come back;
    small fetches go on meanwhile."""
    quiet(o, "all gone before")
    full = [Slow(o, v2_fetch(bulk)) for _ in range(10)]
    end = time.time() + 10
    while len(children(o)) < 10 and time.time() < end:
        time.sleep(0.02)
    time.sleep(0.5)
    begun = len([p for p in upload_packs(o) if b"upload-pack" in open(
        "/proc/%s/cmdline" % p, "rb").read()])
    check(begun == 2, "two full clones at a time", begun)
    r = post(o, v2_fetch(bulk))
    check(r.status == 503 and int(r.headers["Retry-After"]) > 0,
          "the eleventh is told to come back", r)
    began = time.time()
    r = post(o, LS_REFS)
    check(r.status == 200 and time.time() - began < 5,
          "small requests do not wait", time.time() - began)
    for s in full:
        s.close()
    quiet(o, "and all are gone after")


def parallel(a):
    done = []

    def one(n):
        done.append(is_sound(a.clone("p%d" % n))[0])
    threads = [threading.Thread(target=one, args=(n,)) for n in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(done == [True] * 3, "three clones at a time", done)


def gitd_dies(o, a):
    before = o.parts()
    o.kill("gitd")
    end = time.time() + 20
    while o.parts().get("gitd", before["gitd"]) == before["gitd"] and \
            time.time() < end:
        time.sleep(0.02)
    r = None
    while time.time() < end:
        r = a.git("ls-remote", a.url)
        if r.returncode == 0:
            break
        time.sleep(0.1)
    check(r.returncode == 0, "kill -9 gitd: the next one serves", r.stdout)
    check(o.parts()["core"] == before["core"], "and core has not noticed")


# --- maintenance ---

def maintain(o, *args, status=0):
    r = subprocess.run([os.path.join(BIN, "nintei"), "-C", o.home, "store",
                        "maintain", *args], stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=120, check=False)
    if status is not None:
        check(r.returncode == status, "store maintain %s" % " ".join(args),
              r.stdout + r.stderr)
    return r


def maintenance(o, a):
    ending = []
    given = []

    def load(n):
        while not ending:
            given.append(o.new_case(SCHEME, service="架空%d%d" % (
                n, len(given))))
    threads = [threading.Thread(target=load, args=(n,)) for n in range(2)]
    for t in threads:
        t.start()
    for n in range(4):
        maintain(o, "--fsck", "--json")
        a.clone("m%d" % n)
    ending.append(True)
    for t in threads:
        t.join()
    check(len(given) > 4, "%d dossiers came in meanwhile" % len(given))
    o.git_run("update-ref", "-d", "refs/hidden/bulk")
    sound, words = o.fsck()
    check(sound, "the store is sound after it", words)
    path = a.clone("after", "-c", "transfer.fsckObjects=true")
    sound, words = is_sound(path)
    check(sound, "so is a clone", words)
    held = local(path, "log", "--format=%s")
    check(all(case in held for case in given), "no case is missing")
    names = os.listdir(os.path.join(o.git, "objects", "pack"))
    check("multi-pack-index" in names and
          any(n.startswith("multi-pack-index-") and n.endswith(".bitmap")
              for n in names), "midx and bitmap are there", names)
    check(os.path.isdir(os.path.join(o.git, "objects", "info",
                                     "commit-graphs")), "and a commit-graph")


def two_at_once(o):
    with open(os.path.join(o.home, "store", "maintain.lock"), "rb") as f:
        import fcntl
        fcntl.flock(f, fcntl.LOCK_EX)
        r = maintain(o, status=None)
        check(r.returncode == 7, "never two at once", r.stderr)


def bundle(o, a):
    report = json.loads(maintain(o, "--bundle", "--json").stdout)
    check(report["bundle_bytes"] > 1000 and report["schema"] ==
          "nintei.maintain/1", "a clone bundle", report)
    r = o.api("auditor-1", "GET", "/audit.git/bundle")
    check(r.status == 200 and len(r.body) == report["bundle_bytes"],
          "which is served", r.status)
    file = o.store("got.bundle", r.body)
    path = os.path.join(o.work, "full")
    check(b"is okay" in run("git", "-C", path, "bundle", "verify", file,
                            status=None) or
          subprocess.run(["git", "-C", path, "bundle", "verify", "-q", file],
                         check=False).returncode == 0, "and is one")
    check(o.api("auditor-1", "GET", "/audit.git/bundle",
                If_None_Match=r.tag).status == 304, "304 by its tag")
    check(o.api("officer-1", "GET", "/audit.git/bundle").status == 404,
          "not for others")
    o.new_case(SCHEME, service="架空の後発サービス")
    path = a.clone("bundled", "--bundle-uri=" + a.url + "/bundle")
    check(is_sound(path)[0] and local(path, "rev-parse", "HEAD") ==
          o.git_run("rev-parse", "main").strip(),
          "git clone --bundle-uri, and what came after it")


def by_clock(o):
    """The server maintains by itself when it is due."""
    lock = os.path.join(o.home, "store", "maintain.lock")
    os.unlink(os.path.join(o.home, "store", "bundle", "audit.bundle"))
    check(o.stop() == 0, "stopped")
    os.utime(lock, (0, 0))
    o.start()
    end = time.time() + 60
    while os.stat(lock).st_mtime == 0 and time.time() < end:
        time.sleep(0.1)
    check(os.stat(lock).st_mtime > 0 and os.path.exists(os.path.join(
        o.home, "store", "bundle", "audit.bundle")),
        "maintenance by the clock, with a bundle")


def main():
    o = Office()
    bulk = bulk_make(o)
    o.start()
    a = Auditor(o)
    o.accept(o.new_case(SCHEME))
    path = full_clone(o, a)
    fetch_new(o, a, path)
    partial(o, a)
    protocols(a)
    helper(o, a)
    refused(o, a)
    bodies(o, a)
    breaks(o, bulk)
    queue(o, bulk)
    parallel(a)
    gitd_dies(o, a)
    maintenance(o, a)
    two_at_once(o)
    bundle(o, a)
    by_clock(o)
    quiet(o, "at the end no git is left")
    finish()


main()
