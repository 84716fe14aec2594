#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Witnesses of the log: two `nintei witness` beside a server.  What is
published carries the quorum, checked here with openssl alone; nothing newer
appears without it; a copy of the log that went another way is refused."""
import base64
import glob
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.parse

from lib import (BIN, SCHEMES, Office, archive, check, fail, finish, http,
                 papers, run)

SCHEME = SCHEMES[0]
NINTEI = os.path.join(BIN, "nintei")
WAIT = 60
# SubjectPublicKeyInfo of Ed25519, before the key (RFC 8410).
SPKI = bytes.fromhex("302a300506032b6570032100")


# --- notes, without any code of ours ---

def key_of(vkey):
    """(name, id, type, public) of a verifier key."""
    name, ident, data = vkey.strip().split("+", 2)
    raw = base64.b64decode(data, validate=True)
    want = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if want.hex() != ident:
        fail("the id of %s is not %s" % (vkey, want.hex()))
    return name, want, raw[0], raw[1:]


def openssl_verifies(public, message, signature):
    with tempfile.TemporaryDirectory() as work:
        paths = {}
        for name, data in (("key", SPKI + public), ("message", message),
                           ("signature", signature)):
            paths[name] = os.path.join(work, name)
            with open(paths[name], "wb") as f:
                f.write(data)
        r = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER",
             "-inkey", paths["key"], "-rawin", "-in", paths["message"],
             "-sigfile", paths["signature"]], check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return r.returncode == 0


class Note:
    def __init__(self, text):
        body, lines = text.split("\n\n", 1)
        self.text = body + "\n"
        self.origin, size, self.root = body.split("\n")[:3]
        self.size = int(size)
        self.lines = [line.split(" ") for line in lines.splitlines()]

    def signed_by(self, vkey):
        """The time of the signature (0 for a log's), or None."""
        name, ident, kind, public = key_of(vkey)
        for dash, who, data in self.lines:
            raw = base64.b64decode(data, validate=True)
            if dash != "\u2014" or who != name or raw[:4] != ident:
                continue
            at, message = 0, self.text.encode()
            sig = raw[4:]
            if kind == 4:
                at, sig = int.from_bytes(sig[:8], "big"), sig[8:]
                message = b"cosignature/v1\ntime %d\n" % at + message
            return at if openssl_verifies(public, message, sig) else None
        return None


# --- witnesses ---

class Witness:
    def __init__(self, work, name, log, extra=()):
        self.dir = os.path.join(work, name)
        self.state = os.path.join(self.dir, "state")
        self.errors = os.path.join(work, name + ".log")
        self.log, self.extra, self.process = log, extra, None
        self.port = "0"
        self.vkey = run(NINTEI, "witness", "key", "-o", self.dir, "--name",
                        "%s.example/w" % name).decode().strip()
        self.start()

    def start(self):
        with open(self.errors, "ab") as errors:
            # pylint: disable=consider-using-with
            self.process = subprocess.Popen(
                [NINTEI, "witness", "--key",
                 os.path.join(self.dir, "witness.key"), "--state", self.state,
                 "--listen", "127.0.0.1:" + self.port, "--log", self.log,
                 *self.extra], stdout=subprocess.PIPE, stderr=errors)
        self.url = self.process.stdout.readline().decode().strip()
        if not self.url:
            with open(self.errors, encoding="utf-8") as f:
                fail("no witness: " + f.read())
        self.port = self.url.rsplit(":", 1)[1]

    def stop(self, sig=signal.SIGTERM):
        self.process.send_signal(sig)
        status = self.process.wait(30)
        self.process.stdout.close()
        return status

    def alarms(self):
        return sorted(glob.glob(os.path.join(self.state, "alarms", "*")))

    def ask(self, method, path, body=b""):
        at = urllib.parse.urlsplit(self.url)
        c = http.client.HTTPConnection(at.hostname, at.port, timeout=20)
        try:
            c.request(method, path, body)
            r = c.getresponse()
            return r.status, r.headers.get("Content-Type", ""), r.read()
        finally:
            c.close()


# --- the server ---

def config_of(o, witnesses, quorum):
    lines = "".join("    - \"%s %s%s\"\n" % (w.vkey, w.url, ca)
                    for w, ca in witnesses)
    o.config = BASE + ("log:\n  origin: \"127.0.0.1:8443\"\n  witnesses:\n%s"
                       "  quorum: \"%d\"\n" % (lines, quorum))
    o.set_clock(None)


def published(o):
    a = o.api(None, "GET", "/log/checkpoint", strict=False)
    return Note(a.body.decode()) if a.status == 200 else None


def wait_size(o, more_than, seconds=WAIT):
    """The published checkpoint once it is larger; else None."""
    end = time.time() + seconds
    while time.time() < end:
        note = published(o)
        if note is not None and note.size > more_than:
            return note
        time.sleep(0.1)
    return None


def metric(o, name):
    text = o.api(None, "GET", "/metrics").body.decode()
    for line in text.splitlines():
        if line.startswith(name):
            return int(line.rsplit(" ", 1)[1])
    return None


def wait_all(o, seconds=WAIT):
    """The published checkpoint that covers every event."""
    return wait_size(o, metric(o, "nintei_events ") - 1, seconds)


def submit(o, service):
    a = o.submit(archive(papers(SCHEME, service)), SCHEME)
    if a.status != 201:
        fail("submit: %r" % a)


def cosigned(note, witnesses):
    return [w for w in witnesses if note.signed_by(w.vkey)]


office = Office()
BASE = office.config.split("log:\n")[0]
LOG = run("git", "-C", office.git, "show", "main:pki/log.vkey").decode().strip()
one = Witness(office.work, "one", LOG)
two = Witness(office.work, "two", LOG, (
    "--tls-key", os.path.join(office.home, "keys/tls/key.pem"),
    "--tls-cert", os.path.join(office.home, "keys/tls/chain.pem")))
BOTH = ((one, ""), (two, " keys/root/root.pem"))
check(two.url.startswith("https://"), "one of the witnesses speaks TLS")

for port in ("99999", "65536", "-1", "x", ""):
    run(NINTEI, "witness", "--key", os.path.join(one.dir, "witness.key"),
        "--state", os.path.join(office.work, "none"), "--listen",
        "127.0.0.1:" + port, "--log", LOG, status=2)

# --- 2 of 2 ---

config_of(office, BOTH, 2)
office.start()
note = wait_all(office)
check(note is not None, "a checkpoint is published with 2 of 2")
check(note.signed_by(LOG) is not None, "openssl verifies the log's signature")
for w in (one, two):
    at = note.signed_by(w.vkey)
    check(at is not None and abs(at - time.time()) < 120,
          "openssl verifies the cosignature of " + w.url, note.lines)
check(note.origin == "127.0.0.1:8443", "the origin is that of the log")
submit(office, "Witnessed 1")
note = wait_all(office)
check(note is not None and len(cosigned(note, (one, two))) == 2,
      "the next one carries both too")
ready = office.api(None, "GET", "/readyz")["log"]
check(ready["published"] == note.size and ready["waiting_seconds"] == 0 and
      [w["size"] for w in ready["witnesses"]] == [note.size] * 2,
      "/readyz tells what the witnesses have seen", ready)
check(0 <= metric(office, "nintei_witness_seconds{witness=\"two.example/w\"}")
      < 120, "/metrics tells the lag of a witness")

# --- a stranger at the witness's door ---

for method, path, body, want in (
        ("GET", "/add-checkpoint", b"", 405), ("GET", "/", b"", 404),
        ("POST", "/", b"x", 404), ("POST", "/add-checkpoint", b"", 400),
        ("POST", "/add-checkpoint", b"old 0\n\nhello\n", 400),
        ("POST", "/add-checkpoint", b"x" * 80000, 413)):
    have = one.ask(method, path, body)
    check(have[0] == want, "%s %s of %d bytes is %d" % (
        method, path, len(body), want), have)
again = "old 0\n\n" + note.text + "\n" + "".join(
    " ".join(line) + "\n" for line in note.lines)
have = one.ask("POST", "/add-checkpoint", again.encode())
check(have == (409, "text/x.tlog.size", b"%d\n" % note.size),
      "an old size that is not the last is 409 with the size", have)
other = again.replace("127.0.0.1:8443", "other.example")
check(one.ask("POST", "/add-checkpoint", other.encode())[0] == 404,
      "an unknown origin is 404")
bad = again.replace(note.root, base64.b64encode(b"\1" * 32).decode())
check(one.ask("POST", "/add-checkpoint", bad.encode())[0] == 403,
      "a checkpoint that the log did not sign is 403")
check(not one.alarms(), "none of it is an alarm")

# --- one down ---

check(two.stop() == 0, "SIGTERM ends a witness with 0")
submit(office, "Witnessed 2")
check(wait_size(office, note.size, 5) is None,
      "2 of 2 with one down: nothing newer is published")
check(published(office).size == note.size, "the last one is still served")
waits = office.api(None, "GET", "/readyz")["log"]
check(waits["waiting_seconds"] > 0 and waits["signed"] > note.size,
      "/readyz says that one waits", waits)
two.start()
note = wait_all(office)
check(note is not None and len(cosigned(note, (one, two))) == 2,
      "it is back: both cosign what had waited")
office.stop()
one.stop(signal.SIGKILL)
config_of(office, BOTH, 1)
office.start()
submit(office, "Witnessed 3")
more = wait_all(office)
check(more is not None and cosigned(more, (one, two)) == [two],
      "1 of 2 with one killed: published with the other's")
one.start()
submit(office, "Witnessed 4")
note = wait_all(office)
end = time.time() + WAIT
while len(cosigned(published(office), (one, two))) < 2 and time.time() < end:
    time.sleep(0.2)
check(len(cosigned(published(office), (one, two))) == 2,
      "the killed one goes on from its state")

# --- the courier dies ---

before = office.parts()["courier"]
office.kill("courier")
end = time.time() + WAIT
while office.parts().get("courier", before) == before and time.time() < end:
    time.sleep(0.05)
check(office.parts().get("courier", before) != before,
      "a killed courier is started again")
submit(office, "Witnessed 5")
note = wait_all(office)
check(note is not None and cosigned(note, (one, two)),
      "and the witnesses are asked by the new one")

# --- two histories ---

config_of(office, BOTH, 2)
office.restart()
note = wait_all(office)
check(note is not None, "all is published again")
office.stop()
fork = os.path.join(office.work, "fork")
shutil.copytree(office.home, fork, symlinks=True)
office.start()
submit(office, "Told to the witnesses")
truth = wait_all(office)
check(truth is not None, "the first history is cosigned")
office.stop()
os.rename(office.home, os.path.join(office.work, "honest"))
os.rename(fork, office.home)
office.start()
submit(office, "Told to somebody else")
submit(office, "And more of it")
end = time.time() + WAIT
while not (one.alarms() and two.alarms()) and time.time() < end:
    time.sleep(0.1)
for w in (one, two):
    check(len(w.alarms()) >= 1, "%s keeps an alarm" % w.url)
    with open(w.alarms()[0], encoding="utf-8") as f:
        text = f.read()
    check(truth.text in text and text.count(LOG.split("+", maxsplit=1)[0]) >= 3,
          "with the note cosigned before and the one presented", text)
lying = published(office)
check(lying is None or lying.size <= note.size,
      "the forked history is not published", lying and lying.size)
check(any(r["event"] == "witness.refuses" for r in office.records()),
      "and its own log says why")
refusing = office.api(None, "GET", "/readyz")["log"]["witnesses"]
check(all(w["refuses"] for w in refusing), "/readyz shows it", refusing)
office.stop()
shutil.rmtree(office.home)
os.rename(os.path.join(office.work, "honest"), office.home)
office.start()
submit(office, "The first history goes on")
note = wait_all(office)
check(note is not None and len(cosigned(note, (one, two))) == 2,
      "the honest history is cosigned as before")
for w in (one, two):
    check(w.stop() == 0, "SIGTERM ends %s with 0" % w.url)
finish()
