#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server with a scanner: nintei-clam shows each file to clamd's socket."""
import os
import shutil
import socket
import struct
import tempfile
import threading

from lib import LIMITS, Office, check, finish, papers

SCHEME = "genai-saas"
MARK = b"nintei-local-signature"


class Scanner:
    """As much of clamd as INSTREAM needs."""

    def __init__(self):
        # The user of nintei-clam must reach it.
        self.dir = tempfile.mkdtemp(prefix="nintei-clamd-")
        os.chmod(self.dir, 0o755)
        self.path = os.path.join(self.dir, "socket")
        self.seen = []
        self.listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listening.bind(self.path)
        os.chmod(self.path, 0o666)
        self.listening.listen(16)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                one, _ = self.listening.accept()
            except OSError:
                return
            with one, one.makefile("rb") as f:
                if f.read(10) != b"zINSTREAM\0":
                    continue
                data = b""
                while n := struct.unpack(">I", f.read(4))[0]:
                    data += f.read(n)
                self.seen.append(data)
                one.sendall(b"stream: Nintei.Local FOUND\0"
                            if MARK in data else b"stream: OK\0")

    def close(self):
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        os.unlink(self.path)


def rules(answer):
    return {(f["rule"], f.get("severity")): f for f in
            answer.json["findings"]}


def main():
    scanner = Scanner()
    o = Office(LIMITS + "clamd: \"%s\"\n" % scanner.path).start()
    check("clam" in o.parts(), "nintei-clam runs where a socket is named")
    good = papers(SCHEME)
    found = rules(o.preflight(good, SCHEME))
    check(not [r for r, _ in found if "MALWARE" in r or "SCAN" in r],
          "clean files are clean", found)
    check(set(good.values()) <= set(scanner.seen), "each file was shown whole")
    bad = {**good, "more.txt": b"x " + MARK}
    found = rules(o.preflight(bad, SCHEME))
    one = found.get(("BUNDLE-MALWARE", "refuse"))
    check(one is not None and one["member"] == "more.txt",
          "malware is refused, its file named", found)
    check(o.submit(bad, SCHEME).status == 422, "and nothing is taken in")
    o.kill("clam")
    scanner.close()
    found = rules(o.preflight(good, SCHEME))
    check(("BUNDLE-SCANNER", "warn") in found,
          "without the scanner a person looks", found)
    check(o.submit(good, SCHEME).status == 201, "the policy takes it in")
    shutil.rmtree(scanner.dir)
    finish()


main()
