#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Witnesses that are none: what answers too much, never, elsewhere, without a
certificate or not at all keeps nothing else waiting, and is named in the
log."""
import os
import socket
import subprocess
import threading
import time

from lib import BIN, SCHEMES, Office, archive, check, fail, finish, papers, run

NINTEI = os.path.join(BIN, "nintei")
WAIT = 60


def key_new(name):
    """The folder of a new key, and its verifier key."""
    folder = os.path.join(office.work, name)
    return folder, run(NINTEI, "witness", "key", "-o", folder, "--name",
                       name + ".example").decode().strip()


def answer_of(status, headers, body):
    head = "HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n" % (
        status, len(body), "".join(h + "\r\n" for h in headers))
    return head.encode() + body


class Server:
    """Gives every connection the same bytes; None: nothing, for ever."""

    def __init__(self, data):
        self.data, self.seen, self.kept = data, [], []
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(16)
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            c, _ = self.socket.accept()
            self.kept.append(c)
            threading.Thread(target=self.serve, args=(c,),
                             daemon=True).start()

    def serve(self, c):
        try:
            self.seen.append(c.recv(65536))
            if self.data is not None:
                c.sendall(self.data)
                c.close()
        except OSError:
            pass


def refused_port():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
    s.close()
    return port


office = Office()
BASE = office.config.split("log:\n")[0]
LOG = run("git", "-C", office.git, "show", "main:pki/log.vkey").decode().strip()
key, good_vkey = key_new("good")
# pylint: disable=consider-using-with
good = subprocess.Popen(
    [NINTEI, "witness", "--key", key + "/witness.key", "--state",
     key + "/state", "--listen", "127.0.0.1:0", "--log", LOG],
    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
good_url = good.stdout.readline().decode().strip()
tls = subprocess.Popen(
    [NINTEI, "witness", "--key", key + "/witness.key", "--state",
     key + "/other", "--listen", "127.0.0.1:0", "--log", LOG, "--tls-key",
     os.path.join(office.home, "keys/tls/key.pem"), "--tls-cert",
     os.path.join(office.home, "keys/tls/chain.pem")],
    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
tls_url = tls.stdout.readline().decode().strip()
target = Server(answer_of("200 OK", (), b"x"))
bad = {
    "large": Server(answer_of("200 OK", (), b"x" * 300000)),
    "silent": Server(None),
    "moved": Server(answer_of("302 Found", (
        "Location: %s/add-checkpoint" % target.url,), b"")),
    "wild": Server(b"\0\xff this is no HTTP\r\n\r\n"),
    "header": Server(answer_of("409 Conflict", (
        "Content-Type: text/x.tlog.size" + "x" * 3000,), b"99999\n")),
    "number": Server(answer_of("409 Conflict", (
        "Content-Type: text/x.tlog.size",), b"-1\n")),
}
urls = {name: server.url for name, server in bad.items()}
urls["gone"] = "http://127.0.0.1:%d" % refused_port()
urls["tls"] = tls_url  # its root is not the system's
office.config = BASE + (
    "log:\n  origin: \"127.0.0.1:8443\"\n  witnesses:\n" +
    "    - \"%s %s\"\n" % (good_vkey, good_url) +
    "".join("    - \"%s %s\"\n" % (key_new(name)[1], url)
            for name, url in urls.items()) + "  quorum: \"1\"\n")
office.set_clock(None)
run(os.path.join(BIN, "ninteid"), "-C", office.home, "--check")
office.start()


def published():
    a = office.api(None, "GET", "/log/checkpoint", strict=False)
    return a.body.decode() if a.status == 200 else ""


def wait_published(more_than):
    end = time.time() + WAIT
    while time.time() < end:
        text = published()
        if text and int(text.split("\n")[1]) > more_than:
            return text
        time.sleep(0.1)
    fail("nothing is published")


def why(name):
    """What the log says of a witness, waiting for it."""
    end = time.time() + WAIT
    while time.time() < end:
        for r in office.records():
            if r["event"].startswith("witness.") and \
                    r.get("witness") == name + ".example":
                return r["why"]
        time.sleep(0.1)
    return ""


begun = time.time()
first = wait_published(0)
check("good.example" in first and "large.example" not in first,
      "one good witness among bad ones is enough")
office.submit(archive(papers(SCHEMES[0])), SCHEMES[0])
more = wait_published(int(first.split("\n")[1]))
check(time.time() - begun < 14, "and nobody waits for the silent one",
      time.time() - begun)
for name, words in (("large", "too large"), ("silent", "no answer"),
                    ("moved", "status 302"), ("wild", "no answer"),
                    ("header", "409"), ("number", "409"),
                    ("gone", "no answer"), ("tls", "certificate")):
    said = why(name)
    check(words in said or (name in ("header", "number") and said != ""),
          "%s: %s" % (name, said))
check(not target.seen, "no redirect is followed")
check(all(b"POST /add-checkpoint HTTP/1.1\r\n" in data and
          b"Authorization" not in data for server in bad.values()
          for data in server.seen), "nothing but the post is sent")
check("courier" in office.parts() and not [
    r for r in office.records() if r["event"] == "process.died"],
      "nothing of it ends a process")
office.submit(archive(papers(SCHEMES[0], "Another")), SCHEMES[0])
wait_published(int(more.split("\n")[1]))
begun = time.time()
check(office.stop() == 0, "SIGTERM ends all with 0")
check(time.time() - begun < 10, "and waits for no witness",
      time.time() - begun)

# --- what does not start ---

config = office.config
for text, words in (("nonsense+00000000+AAAA %s" % good_url, "witness's key"),
                    (LOG + " " + good_url, "witness's key"),
                    ("%s %s no-such-file" % (good_vkey, tls_url), "")):
    office.config = BASE + "log:\n  witnesses:\n    - \"%s\"\n" % text
    office.set_clock(None)
    r = subprocess.run([os.path.join(BIN, "ninteid"), "-C", office.home,
                        "--check"], stderr=subprocess.PIPE, check=False)
    check(r.returncode == 2 and words in r.stderr.decode(),
          "--check refuses " + text.split("+", maxsplit=1)[0], r.stderr)
office.config = config
office.set_clock(None)
for process in (good, tls):
    process.terminate()
    check(process.wait(30) == 0, "a witness ends")
    process.stdout.close()
finish()
