# SPDX-License-Identifier: Apache-2.0
"""What the black-box tests of http and web share: servers, raw requests."""
import atexit
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

BUILD = os.environ["BUILD_DIR"]
SOURCE = os.environ["SOURCE_DIR"]
failures = []


def check(name, good, detail=""):
    print("%s %s%s" % ("ok  " if good else "FAIL", name,
                       "" if good else (": %s" % (detail,))[:400]),
          flush=True)
    if not good:
        failures.append(name)


def finish():
    print("%d failed" % len(failures))
    sys.exit(1 if failures else 0)


def make_key(folder):
    key, chain = os.path.join(folder, "k.pem"), os.path.join(folder, "c.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", chain,
         "-subj", "/CN=localhost", "-days", "2", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, stderr=subprocess.DEVNULL)
    return key, chain


class Server:
    """A program of ours that writes its ports into files."""

    def __init__(self, argv, folder, port_files, env=None):
        self.folder = folder
        for name in port_files:
            try:
                os.unlink(os.path.join(folder, name))
            except FileNotFoundError:
                pass
        self.process = subprocess.Popen(
            argv, env=dict(os.environ, **(env or {})))
        atexit.register(self.process.kill)
        self.ports = {n: self.wait_port(os.path.join(folder, n))
                      for n in port_files}

    def wait_port(self, path):
        for _ in range(500):
            if os.path.exists(path):
                with open(path, encoding="ascii") as f:
                    return int(f.read())
            if self.process.poll() is not None:
                raise SystemExit("the server ended at once")
            time.sleep(0.02)
        raise SystemExit("no port")

    def rss_kib(self):
        with open("/proc/%d/status" % self.process.pid,
                  encoding="ascii") as f:
            for line in f:
                if line.startswith("VmHWM"):
                    return int(line.split()[1])
        return 0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def connect(port, tls=None):
    s = socket.create_connection(("127.0.0.1", port))
    s.settimeout(15)
    if tls:
        context = ssl.create_default_context(cafile=tls)
        s = context.wrap_socket(s, server_hostname="localhost")
    return s


def read_all(s):
    out = b""
    try:
        while True:
            part = s.recv(65536)
            if not part:
                return out
            out += part
    except OSError as error:
        return out + b"<%s>" % str(error).encode()


def raw(port, data, tls=None, delay=0.0):
    """Send bytes (or a list of them, slowly); (all bytes back, seconds)."""
    start = time.time()
    s = connect(port, tls)
    try:
        for part in data if isinstance(data, list) else [data]:
            s.sendall(part)
            time.sleep(delay)
    except OSError:
        pass
    out = read_all(s)
    s.close()
    return out, time.time() - start


def status(answer):
    parts = answer.split(b" ", 2)
    return int(parts[1]) if len(parts) > 2 and parts[1].isdigit() else 0


def is_sanitized():
    """A sanitizer keeps what was freed: memory cannot be measured."""
    with open(os.path.join(BUILD, "CMakeCache.txt"), encoding="utf-8") as f:
        return any(line.startswith("NINTEI_SANITIZE:") and
                   line.strip()[-1] != "=" for line in f)


def temp():
    return tempfile.mkdtemp(prefix="nintei-")
