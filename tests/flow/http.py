#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""src/http by raw bytes: framing, limits, deadlines, suspension (HTTP-*)."""
import os
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "support"))
from web_client import (  # noqa: E402
    BUILD, Server, check, connect, finish, make_key, raw, status, temp)

POST = b"POST /count HTTP/1.1\r\n"
END = b"Connection: close\r\n\r\n"

# name, request, status
FRAMES = [
    ("plain", POST + b"Host: a\r\nContent-Length: 2\r\n" + END + b"xx", 200),
    ("chunked", POST + b"Host: a\r\nTransfer-Encoding: chunked\r\n" + END +
     b"2\r\nxx\r\n0\r\n\r\n", 200),
    ("no space after colon", b"GET /count HTTP/1.1\r\nHost:a\r\n" + END, 200),
    ("HTTP/1.0", b"GET /count HTTP/1.0\r\nHost: a\r\n\r\n", 200),
    ("TE beside CL", POST + b"Host: a\r\nTransfer-Encoding: chunked\r\n"
     b"Content-Length: 3\r\n\r\n0\r\n\r\n", 400),
    ("CL beside TE", POST + b"Host: a\r\nContent-Length: 5\r\n"
     b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("two Hosts", POST + b"Host: a\r\nHost: a\r\n" + END, 400),
    ("two Content-Lengths", POST + b"Host: a\r\nContent-Length: 1\r\n"
     b"Content-Length: 1\r\n\r\nx", 400),
    ("two tokens", POST + b"Host: a\r\nAuthorization: a\r\n"
     b"authorization: b\r\n" + END, 400),
    ("signed length", POST + b"Host: a\r\nContent-Length: +1\r\n\r\nx", 400),
    ("length list", POST + b"Host: a\r\nContent-Length: 1, 1\r\n\r\nx", 400),
    ("hex length", POST + b"Host: a\r\nContent-Length: 0x1\r\n\r\nx", 400),
    ("gzip coding", POST + b"Host: a\r\nTransfer-Encoding: gzip, chunked\r\n"
     b"\r\n0\r\n\r\n", 400),
    ("identity coding", POST + b"Host: a\r\nTransfer-Encoding: identity\r\n"
     b"\r\n0\r\n\r\n", 400),
    ("no Host", POST + b"Content-Length: 0\r\n\r\n", 400),
    ("NUL in a value", POST + b"Host: a\r\nX: a\0b\r\n" + END, 400),
    ("NUL in a name", POST + b"Host: a\r\nX\0: ab\r\n" + END, 400),
    ("NUL in the target", b"GET /co\0unt HTTP/1.1\r\nHost: a\r\n" + END, 400),
    ("bare CR", POST + b"Host: a\r\nX: a\rY: b\r\n" + END, 400),
    ("bare LF", POST + b"Host: a\nX: a\n" + END, 400),
    ("folded line", POST + b"Host: a\r\nX: a\r\n b\r\n" + END, 400),
    ("space before colon", POST + b"Host: a\r\nContent-Length : 0\r\n\r\n",
     400),
    ("control character", POST + b"Host: a\r\nX: \x01\r\n" + END, 400),
    ("101 fields", POST + b"Host: a\r\n" + b"X: a\r\n" * 100 + END, 431),
    ("17 KiB of head", POST + b"Host: a\r\nX: " + b"a" * 17000 + b"\r\n" + END,
     431),
    ("70 KiB of head", POST + b"Host: a\r\nX: " + b"a" * 70000 + b"\r\n" + END,
     431),
    ("9 KiB of target", b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n" +
     END, 414),
    ("HTTP/0.9", b"GET /count\r\n\r\n", 400),
    ("HTTP/3.7", b"GET /count HTTP/3.7\r\nHost: a\r\n\r\n", 505),
    ("bad chunk", POST + b"Host: a\r\nTransfer-Encoding: chunked\r\n\r\n"
     b"zz\r\n\r\n", 400),
    ("signed chunk", POST + b"Host: a\r\nTransfer-Encoding: chunked\r\n\r\n"
     b"+1\r\na\r\n0\r\n\r\n", 400),
    ("huge chunk", POST + b"Host: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
     b"f" * 18 + b"\r\n", 413),
]


def frames(port):
    for name, request, want in FRAMES:
        out, _ = raw(port, request)
        check("HTTP: " + name, status(out) == want, out[:120])
        if want >= 400 and want != 505:
            check("HTTP: %s ends the connection" % name,
                  b"connection: close" in out.lower(), out[:200])


def deadlines(port):
    head = POST + b"Host: a\r\n"
    slow = [
        ("silent peer", [b""], 0, 1.5, 5),
        ("half a line", [b"GET /co"], 0, 1.5, 5),
        ("slow head", [head] + [b"X: a\r\n"] * 30, 0.2, 1.5, 7),
        ("stopped body", [head + b"Content-Length: 10\r\n\r\nxx"], 0, 1.5, 5),
        ("slow body", [head + b"Content-Length: 999\r\n\r\n"] + [b"x"] * 30,
         0.2, 1.5, 8),
        ("idle after an answer", [b"GET /count HTTP/1.1\r\nHost: a\r\n\r\n"],
         0, 2, 6),
    ]
    results = {}

    def one(name, parts, delay):
        results[name] = raw(port, parts, delay=delay)

    threads = [threading.Thread(target=one, args=(n, p, d))
               for n, p, d, _, _ in slow]
    for t in threads:
        t.start()
    # Meanwhile others are served.
    start = time.time()
    out, _ = raw(port, b"GET /count HTTP/1.1\r\nHost: a\r\n" + END)
    check("HTTP-TIME: others are served meanwhile",
          status(out) == 200 and time.time() - start < 1)
    for t in threads:
        t.join()
    for name, _, _, least, most in slow:
        out, seconds = results[name]
        check("HTTP-TIME: %s (%.1f s)" % (name, seconds),
              least <= seconds <= most, out[:80])


def suspended(port):
    start = time.time()
    outs = []

    def one():
        outs.append(raw(port, b"GET /wait HTTP/1.1\r\nHost: a\r\n" + END)[0])

    threads = [threading.Thread(target=one) for _ in range(60)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check("60 suspended requests wait together",
          all(status(o) == 200 for o in outs) and time.time() - start < 3,
          time.time() - start)


def making(port):
    out, _ = raw(port, b"GET /making HTTP/1.1\r\nHost: a\r\n" + END)
    return int(out.split(b"\r\n\r\n")[1].split()[0])


def streams(port):
    """Bodies that are made while they are sent."""
    def get(path):
        return raw(port, b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n" + END)
    s = connect(port)
    start = time.time()
    s.sendall(b"GET /drip HTTP/1.1\r\nHost: a\r\n" + END)
    first = s.recv(65536)
    while b"line" not in first:
        first += s.recv(65536)
    early = time.time() - start
    rest = b""
    while True:
        part = s.recv(65536)
        if not part:
            break
        rest += part
    s.close()
    check("HTTP-STREAM: the first line comes at once, the last at the end",
          early < 0.6 and (first + rest).count(b"line") == 5 and
          rest.endswith(b"0\r\n\r\n"), (early, first + rest))
    out, _ = get(b"/tell")
    check("HTTP-STREAM: an answer that waits for the first bytes",
          status(out) == 200 and out.count(b"line") == 5 and
          out.endswith(b"0\r\n\r\n"), out)
    out, _ = get(b"/torn")
    check("HTTP-STREAM: one that is not whole has no end",
          b"half" in out and not out.endswith(b"0\r\n\r\n"), out)
    out, _ = get(b"/pour")
    check("HTTP-STREAM: 64 MiB", len(out) > 64 << 20 and
          out.endswith(b"0\r\n\r\n"), len(out))
    gone = []
    for path in b"/mute", b"/mute", b"/pour":
        s = connect(port)
        s.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n")
        s.recv(100)
        gone.append(s)
    time.sleep(0.2)
    check("HTTP-STREAM: they are being made", making(port) == 3,
          making(port))
    for s in gone:
        s.close()
    end = time.time() + 3
    while making(port) > 0 and time.time() < end:
        time.sleep(0.02)
    check("HTTP-STREAM: who goes away ends the making", making(port) == 0,
          making(port))
    s = connect(port)
    start = time.time()
    s.sendall(b"GET /pour HTTP/1.1\r\nHost: a\r\n\r\n")
    while making(port) > 0 and time.time() < start + 9:
        time.sleep(0.1)
    check("HTTP-STREAM: who takes nothing is cut off",
          1.5 <= time.time() - start <= 8, time.time() - start)
    s.close()


def kept(port):
    s = connect(port)
    for i in range(20):
        s.sendall(b"GET /count HTTP/1.1\r\nHost: a\r\n\r\n")
        out = s.recv(65536)
        if status(out) != 200:
            check("kept connection", False, (i, out))
            return
    s.sendall(b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n" * 2)
    out = b""
    while out.count(b"HTTP/1.1 200") < 2:
        part = s.recv(65536)
        if not part:
            break
        out += part
    check("kept and pipelined requests", out.count(b"HTTP/1.1 200") == 2, out)
    s.close()


def bodies(server, chain, folder):
    url = "https://127.0.0.1:%d" % server.ports["port"]
    big = os.path.join(folder, "big")
    with open(big, "wb") as f:
        f.write(os.urandom(5000000))

    def curl(path, *more):
        p = subprocess.run(
            ["curl", "-sS", "-m", "30", "--cacert", chain, "-o", "-", "-w",
             "%{http_code}", url + path] + list(more),
            stdout=subprocess.PIPE, check=False)
        return p.stdout.decode()

    post = ["-X", "POST", "-T", big]
    check("body", "5000000 bytes" in curl("/count", *post))
    check("body with back-pressure", "5000000 bytes" in curl("/slow", *post))
    check("chunked body with back-pressure", "5000000 bytes" in curl(
        "/slow", *post, "-H", "Transfer-Encoding: chunked"))
    check("suspended at the head, then the body", "5000000 bytes" in curl(
        "/early", *post))
    check("refused at the head", curl("/refuse", *post) == "too large\n413")
    check("refused at the head, body already on its way",
          curl("/refuse", "-H", "Expect:", *post) == "too large\n413")
    check("refused at the first bytes", curl("/late", *post) == "late\n422")
    check("HEAD has no body", "8388608" in curl("/big", "-I"))
    out = subprocess.run(
        ["curl", "-sS", "--cacert", chain, "-o", "/dev/null", "-w",
         "%{size_download}", url + "/big"], stdout=subprocess.PIPE,
        check=False).stdout
    check("8 MiB from a descriptor", out == b"8388608", out)


def tls(server, folder):
    ask = b"GET /count HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    where = "127.0.0.1:%d" % server.ports["port"]

    def s_client(*more):
        return subprocess.run(
            ["openssl", "s_client", "-ign_eof", "-connect", where] +
            list(more), input=ask, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False).stdout

    for version in ("-tls1_2", "-tls1_3"):
        ticket = os.path.join(folder, "ticket" + version)
        out = s_client(version, "-sess_out", ticket)
        check("TLS %s" % version, b"HTTP/1.1 200" in out, out[:200])
        out = s_client(version, "-sess_in", ticket)
        check("TLS %s by ticket" % version, b"Reused" in out, out[:200])
    out = s_client("-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
    check("TLS 1.1 is refused", b"HTTP/1.1" not in out)
    out = s_client("-tls1_2", "-cipher", "AES128-SHA:ECDHE-ECDSA-AES128-SHA")
    check("CBC is refused", b"HTTP/1.1" not in out)


def drain(server):
    port = server.ports["port"]
    outs = []
    t = threading.Thread(target=lambda: outs.append(
        raw(port, b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n")[0]))
    t.start()
    time.sleep(0.1)
    code = server.stop()
    t.join()
    check("drain: what was begun is answered and closed",
          code == 0 and status(outs[0]) == 200 and
          b"connection: close" in outs[0].lower(), (code, outs))


def main():
    folder = temp()
    key, chain = make_key(folder)
    program = os.path.join(BUILD, "tests", "http_echo")
    port_file = os.path.join(folder, "port")
    server = Server([program, port_file], folder, ["port"])
    frames(server.ports["port"])
    deadlines(server.ports["port"])
    suspended(server.ports["port"])
    kept(server.ports["port"])
    streams(server.ports["port"])
    drain(server)
    server = Server([program, port_file, key, chain], folder, ["port"])
    bodies(server, chain, folder)
    tls(server, folder)
    mute = connect(server.ports["port"], chain)
    mute.sendall(b"GET /mute HTTP/1.1\r\nHost: a\r\n\r\n")
    time.sleep(0.2)
    check("ends cleanly, a stream cut off", server.stop() == 0)
    mute.close()
    shutil.rmtree(folder)
    finish()


if __name__ == "__main__":
    main()
