#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ninteid starts, wires, restarts and drains its processes.

The programs are tests/sandbox/fake_proc.c under seven names, in their real
sandboxes (gitd in that of a zygote); the copy of ninteid beside them is the real one.
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

NAMES = ["signer", "unpack", "examine", "gitd", "courier", "core", "front"]
CONFIG = """authority:
  name: 試験認定機構
  name_en: Test Authority
listen:
  https: 127.0.0.1:%d
  http: 127.0.0.1:%d
urls:
  https: https://localhost:8443
  http: http://localhost:8080
schemes:
  - iaas-paas-iot
"""


def free_ports():
    with socket.socket() as a, socket.socket() as b:
        a.bind(("127.0.0.1", 0))
        b.bind(("127.0.0.1", 0))
        return a.getsockname()[1], b.getsockname()[1]


class Server:
    """One ninteid and the records it and its children log."""

    def __init__(self, bin_dir, home, env=None):
        self.records = []
        self.changed = threading.Condition()
        self.process = subprocess.Popen(
            [os.path.join(bin_dir, "ninteid"), "-C", home],
            stderr=subprocess.PIPE, env={**os.environ, **(env or {})})
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stderr:
            try:
                record = json.loads(line)
            except ValueError:
                record = {"event": "text", "text": line.decode()}
            with self.changed:
                self.records.append(record)
                self.changed.notify_all()

    def wait(self, what, since=0, seconds=30, **want):
        """The index after the first such record from since on."""
        end = time.time() + seconds
        i = since
        with self.changed:
            while True:
                while i < len(self.records):
                    r = self.records[i]
                    i += 1
                    if r.get("event") == what and all(
                            r.get(k) == v for k, v in want.items()):
                        return i
                if not self.changed.wait(max(0.01, end - time.time())) \
                        and time.time() > end:
                    self.fail(f"no {what} {want}")

    def fail(self, why):
        for r in self.records[-40:]:
            print(json.dumps(r, ensure_ascii=False))
        self.process.kill()
        sys.exit(f"FAIL: {why}")

    def pid_of(self, name):
        pids = [r["pid"] for r in self.records
                if r.get("process") == name and "pid" in r]
        return pids[-1]


def check(server, ok, why):
    if not ok:
        server.fail(why)


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(p) for p in f.read().split()]


def test_killed(server, name):
    """kill -9 of one: the others go on, and pings succeed again."""
    old = server.pid_of(name)
    others = {n: server.pid_of(n) for n in NAMES if n != name}
    at = len(server.records)
    os.kill(old, signal.SIGKILL)
    at = server.wait("process.died", at, child=name)
    started = server.wait("process.confined", at, process=name)
    server.wait("ping.ok", started)
    check(server, server.pid_of(name) != old, f"{name} was not restarted")
    stay = ["front", "signer", "courier"] if name == "core" else others
    for other in stay:
        if other != name:
            check(server, others.get(other) == server.pid_of(other),
                  f"{other} did not survive {name}")
    print(f"ok kill -9 {name}")


def test_nonsense(server):
    """IPC-7: the signer closes on a core that asks nonsense, and ninteid
    ends that core; the signer goes on."""
    at = len(server.records)
    old = server.pid_of("core"), server.pid_of("signer")
    server.process.send_signal(signal.SIGHUP)
    at = server.wait("violation", at, process="signer")
    at = server.wait("process.suspect", at, child="core")
    at = server.wait("process.confined", at, process="core")
    server.wait("ping.ok", at)
    check(server, server.pid_of("core") != old[0], "core was not restarted")
    check(server, server.pid_of("signer") == old[1], "signer was restarted")
    print("ok nonsense ends core")


def test_layers(server):
    for name in NAMES:
        layers = [r["layers"] for r in server.records
                  if r.get("event") == "process.confined"
                  and r["process"] == name]
        check(server, layers, f"{name} reports no layers")
        sanitized = "sanitizer build" in layers[0]
        want = "seccomp=" + ("zygote" if name in ("unpack", "examine", "gitd")
                             else name)
        check(server, sanitized or want in layers[0],
              f"{name}: no {want} in {layers[0]}")
        print(f"ok {name}: {layers[0]}")


def test_notify(bin_dir, home):
    path = os.path.join(home, "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(path)
        s.settimeout(30)
        server = Server(bin_dir, home, {"NOTIFY_SOCKET": path,
                                        "WATCHDOG_USEC": "400000"})
        check(server, s.recv(100) == b"WATCHDOG=1", "no watchdog")
        words = {s.recv(100) for _ in range(4)}
        check(server, b"READY=1" in words, f"no READY=1 in {words}")
        server.process.send_signal(signal.SIGTERM)
        while s.recv(100) != b"STOPPING=1":
            pass
        check(server, server.process.wait(30) == 0, "no clean end")
    print("ok sd_notify")


def test_failed_start(bin_dir, home):
    """What cannot start the first time ends all, with its status."""
    program = os.path.join(bin_dir, "nintei-core")
    os.rename(program, program + ".away")
    server = Server(bin_dir, home)
    check(server, server.process.wait(30) == 127, "status of the failed one")
    os.rename(program + ".away", program)
    print("ok failed start")


def main():
    build = os.environ["BUILD_DIR"]
    work = tempfile.mkdtemp(prefix="nintei-")
    bin_dir = os.path.join(work, "bin")
    home = os.path.join(work, "home")
    try:
        os.makedirs(bin_dir)
        os.makedirs(home)
        os.chmod(work, 0o755)
        shutil.copy(os.path.join(build, "bin", "ninteid"), bin_dir)
        for name in NAMES:
            shutil.copy(os.path.join(build, "tests", "fake_proc"),
                        os.path.join(bin_dir, f"nintei-{name}"))
        with open(os.path.join(home, "nintei.yaml"), "w",
                  encoding="utf-8") as f:
            f.write(CONFIG % free_ports())
        server = Server(bin_dir, home)
        at = server.wait("ready")
        server.wait("ping.ok", at)
        test_layers(server)

        second = subprocess.run(
            [os.path.join(bin_dir, "ninteid"), "-C", home],
            stderr=subprocess.PIPE, check=False)
        check(server, second.returncode == 7, "two in one home")
        print("ok lock")

        for name in ["signer", "unpack", "examine", "gitd", "courier", "core",
                     "front", "core"]:
            test_killed(server, name)

        at = len(server.records)
        server.process.send_signal(signal.SIGHUP)
        for name in ["core", "front", "signer", "courier"]:
            server.wait("reloaded", at, process=name)
        print("ok SIGHUP")
        test_nonsense(server)

        at = len(server.records)
        server.process.send_signal(signal.SIGTERM)
        check(server, server.process.wait(30) == 0, "SIGTERM: status 0")
        at = server.wait("ending", at, process="front")
        at = server.wait("ending", at, process="core")
        server.wait("ending", at, process="signer")
        server.wait("ending", at, process="courier")
        print("ok SIGTERM drains in order")

        server = Server(bin_dir, home)
        server.wait("ready")
        pids = children(server.process.pid)
        check(server, len(pids) == len(NAMES), "one child each")
        server.process.kill()
        server.process.wait()
        deadline = time.time() + 10
        while any(os.path.exists(f"/proc/{p}") for p in pids):
            check(server, time.time() < deadline, "orphans stay")
            time.sleep(0.05)
        print("ok kill -9 ninteid ends all")

        test_notify(bin_dir, home)
        test_failed_start(bin_dir, home)
    finally:
        shutil.rmtree(work, ignore_errors=True)


main()
