#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of front, core, signer, unpack, examine in turn: the service is
there again, preflight (both zygotes) and a case (signer, store) included."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile

NAMES = ["core", "courier", "examine", "front", "gitd", "signer", "unpack"]
# Not built without poppler.
if os.path.exists(os.path.join(os.environ["BUILD_DIR"], "bin",
                               "nintei-pdftext")):
    NAMES.append("pdftext")


def free_ports():
    with socket.socket() as a, socket.socket() as b:
        a.bind(("127.0.0.1", 0))
        b.bind(("127.0.0.1", 0))
        return a.getsockname()[1], b.getsockname()[1]


class Server:
    def __init__(self, home):
        self.home = home
        self.log = open(os.path.join(home, "log"), "wb")
        self.process = subprocess.Popen(["ninteid", "-C", home],
                                        stderr=self.log)

    def records(self):
        with open(os.path.join(self.home, "log"), encoding="utf-8") as f:
            for line in f:
                try:
                    yield json.loads(line)
                except ValueError:
                    pass

    def fail(self, why):
        self.process.kill()
        with open(os.path.join(self.home, "log"), encoding="utf-8") as f:
            sys.stdout.write("".join(f.readlines()[-40:]))
        sys.exit(f"FAIL: {why}")

    def wait(self, what, test, seconds=30):
        end = time.time() + seconds
        while not test():
            if time.time() > end:
                self.fail(what)
            time.sleep(0.05)

    def children(self):
        """Name to pid of what runs now."""
        pid = self.process.pid
        found = {}
        with open(f"/proc/{pid}/task/{pid}/children",
                  encoding="ascii") as f:
            for child in f.read().split():
                try:
                    with open(f"/proc/{child}/cmdline", "rb") as c:
                        word = c.read().split(b"\0")[0].decode()
                except OSError:
                    continue
                name = word.rsplit("nintei-", 1)
                if len(name) == 2:
                    found[name[1]] = int(child)
        return found


def curl(url, home, *args):
    """HTTP status and body; 0 when there was none."""
    r = subprocess.run(
        ["curl", "-s", "-m", "20", "--cacert",
         os.path.join(home, "keys/root/root.pem"), "-w", "\n%{http_code}",
         *args, url],
        stdout=subprocess.PIPE, check=False)
    body, _, status = r.stdout.rpartition(b"\n")
    return int(status or 0), body


def sample(path):
    """A dossier that is refused for what it lacks, after it was read."""
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("form-a.json", "{}")
        z.writestr("readme.txt", "x")


def preflight(url, home, path):
    status, body = curl(f"{url}/v1/preflight?scheme=iaas-paas-iot&kind=new",
                        home, "-X", "POST", "-H",
                        "Content-Type: application/zip", "--data-binary",
                        "@" + path)
    if status == 429:
        time.sleep(2)
    return status == 200 and b'"findings"' in body


def test_check(home):
    """ninteid --check: good as made, and each thing broken by itself."""
    def run():
        return subprocess.run(["ninteid", "--check", "-C", home],
                              stderr=subprocess.PIPE, check=False)

    def broken(path, act):
        name = os.path.join(home, path)
        shutil.copy2(name, name + ".kept")
        act(name)
        r = run()
        os.replace(name + ".kept", name)
        if r.returncode != 2 or not r.stderr:
            sys.exit(f"FAIL: --check of a broken {path}: {r}")

    def append(text):
        def act(name):
            with open(name, "a", encoding="utf-8") as f:
                f.write(text)
        return act

    if run().returncode != 0:
        sys.exit(f"FAIL: --check of a fresh home: {run()}")
    broken("nintei.yaml", append("unknown: 1\n"))
    broken("policies/genai-saas/scheme.yaml", append("unknown: 1\n"))
    broken("policies/genai-saas/criteria.yaml", os.unlink)
    broken("keys/master.key", lambda n: os.chmod(n, 0o644))
    broken("keys/tls/key.pem", os.unlink)
    broken("keys/ca/genai-saas/key.pem", lambda n: shutil.copy2(
        os.path.join(home, "keys/ca/iaas-paas-iot/key.pem"), n))
    if run().returncode != 0:
        sys.exit("FAIL: --check changed something")
    print("ok --check")


def main():
    home = tempfile.mkdtemp(prefix="nintei-")
    env = dict(os.environ)
    env.setdefault("NINTEI_POLICIES",
                   os.path.join(os.environ["SOURCE_DIR"], "policies"))
    try:
        os.rmdir(home)
        subprocess.run(["nintei", "init", "--development", "-C", home],
                       check=True, env=env, stdout=subprocess.DEVNULL)
        conf = os.path.join(home, "nintei.yaml")
        https, http = free_ports()
        with open(conf, encoding="utf-8") as f:
            text = f.read()
        text = text.replace("127.0.0.1:8443", f"127.0.0.1:{https}")
        text = text.replace("127.0.0.1:8080", f"127.0.0.1:{http}")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(text)
        url = f"https://127.0.0.1:{https}"
        archive = os.path.join(home, "sample.zip")
        sample(archive)

        test_check(home)
        server = Server(home)
        server.wait("ready", lambda: any(
            r.get("event") == "ready" for r in server.records()))
        server.wait("readyz", lambda: curl(url + "/readyz", home)[0] == 200)
        server.wait("preflight", lambda: preflight(url, home, archive))
        if sorted(server.children()) != sorted(NAMES):
            server.fail(f"children {server.children()}")
        print("ok serving")

        for name in [n for n in NAMES if n != "core"] + ["core"]:
            before = server.children()
            os.kill(before[name], signal.SIGKILL)
            server.wait(f"{name} starts again", lambda: server.children().get(
                name, before[name]) != before[name])
            server.wait("readyz",
                        lambda: curl(url + "/readyz", home)[0] == 200)
            server.wait("preflight", lambda: preflight(url, home, archive))
            after = server.children()
            stay = {"front", "signer"} if name == "core" else set(NAMES)
            for other in stay - {name}:
                if after.get(other) != before[other]:
                    server.fail(f"{other} did not survive {name}")
            print(f"ok kill -9 {name}")

        # While core is away front answers, and says when to come again.
        os.kill(server.children()["core"], signal.SIGSTOP)
        status, _ = curl(url + "/healthz", home)
        if status != 200:
            server.fail(f"healthz without core: {status}")
        os.kill(server.children()["core"], signal.SIGCONT)
        print("ok front answers while core stands still")

        server.process.send_signal(signal.SIGTERM)
        if server.process.wait(60) != 0:
            server.fail("status after SIGTERM")
        fsck = subprocess.run(
            ["git", "-C", os.path.join(home, "store/audit.git"), "fsck",
             "--strict"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            check=False)
        if fsck.returncode != 0:
            server.fail(fsck.stdout.decode())
        print("ok SIGTERM, git fsck")
    finally:
        shutil.rmtree(home, ignore_errors=True)


main()
