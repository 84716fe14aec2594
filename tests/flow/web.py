#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""src/web with a stand-in for core: rules on heads, bodies, limits, a core
that is late, silent, malformed or dead (HTTP-*)."""
import json
import os
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "support"))
from web_client import (  # noqa: E402
    BUILD, Server, check, finish, is_sanitized, make_key, raw, status, temp)
import openapi_check  # noqa: E402

TOKEN = "Authorization: Bearer nin_pat_1_abc"
ZIP = ["-H", "Content-Type: application/zip"]
JSON = ["-H", "Content-Type: application/json"]
KEY = ["-H", "Idempotency-Key: k-1"]


class Front(Server):
    def __init__(self, folder, key, chain, mode=""):
        super().__init__(
            [os.path.join(BUILD, "tests", "web_stub"), folder, key, chain],
            folder, ["https.port", "plain.port"], {"WEB_STUB": mode})
        self.chain = chain

    def curl(self, path, *more, port="https.port", head=None):
        """(status, headers, body); own answers are checked by OpenAPI."""
        scheme = "https" if port == "https.port" else "http"
        out_file = os.path.join(self.folder, "body-%d" %
                                threading.get_ident())
        p = subprocess.run(
            ["curl", "-sS", "-m", "60", "--cacert", self.chain,
             "--path-as-is", "-D", "-", "-o", out_file,
             "%s://127.0.0.1:%d%s" % (scheme, self.ports[port], path)] +
            list(more), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            check=False)
        blocks = p.stdout.decode().strip().split("\r\n\r\n")
        lines = blocks[-1].split("\r\n")
        fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            fields[name.lower()] = value
        body = b""
        if os.path.exists(out_file):
            with open(out_file, "rb") as f:
                body = f.read()
            if len(body) < 1000000:
                self.validate(path, lines, fields, out_file, more)
            os.unlink(out_file)
        code = int(lines[0].split()[1]) if lines[0] else 0
        return code, fields, body

    def data(self, size):
        path = os.path.join(self.folder, "data-%d" % size)
        with open(path, "wb") as f:
            f.write(b"x" * size)
        return "@" + path

    def validate(self, path, lines, fields, out_file, more):
        kind = fields.get("content-type", "")
        if kind == "text/plain" or "-I" in more or " 308 " in lines[0]:
            return  # what the stand-in echoes
        method = "GET"
        if "-X" in more:
            method = more[more.index("-X") + 1]
        elif "--data-binary" in more or "-T" in more:
            method = "POST"
        faults = openapi_check.main(method, path, lines[0].split()[1], kind,
                                    out_file)
        if faults:
            check("OpenAPI %s %s" % (method, path), False, faults)


def is_problem(answer, code, want):
    got, fields, body = answer
    if got != want:
        return False
    p = json.loads(body)
    return (fields.get("content-type") == "application/problem+json" and
            p["code"] == code and p["status"] == want and
            p["instance"].startswith("urn:nintei:req:"))


def own(front):
    got, fields, body = front.curl("/healthz")
    check("healthz", got == 200 and json.loads(body) == {"status": "ok"})
    for name, value in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=63072000"),
            ("cache-control", "no-store")]:
        check("header " + name, fields.get(name) == value, fields)
    check("header content-security-policy",
          "default-src 'none'" in fields.get("content-security-policy", ""))
    got, fields, body = front.curl("/openapi.json")
    with open(openapi_check.DOCUMENT, "rb") as f:
        check("openapi.json is the file", got == 200 and f.read() == body)
    check("public data may be read cross-origin",
          fields["cross-origin-resource-policy"] == "cross-origin" and
          fields["cache-control"].startswith("public"))
    got, _, body = front.curl("/openapi.json", "-H",
                              "If-None-Match: " + fields["etag"])
    check("304 by If-None-Match", got == 304 and body == b"")
    got, fields, _ = front.curl("/openapi.json", "-I")
    check("HEAD", got == 200 and int(fields["content-length"]) > 10000)
    got, fields, body = front.curl("/.well-known/api-catalog")
    check("api-catalog",
          fields["content-type"] == "application/linkset+json" and
          json.loads(body)["linkset"][0]["service-desc"][0]["href"] ==
          "https://nintei.example/openapi.json")
    got, _, body = front.curl("/problems/bundle/refused")
    check("problem page", json.loads(body)["code"] == "E_BUNDLE_REFUSED")
    check("unknown problem",
          is_problem(front.curl("/problems/none"), "E_NOT_FOUND", 404))


def heads(front):
    rows = [
        ("unknown path", "/nothing", [], "E_NOT_FOUND", 404),
        ("dots", "/v1/../healthz", [], "E_INPUT", 400),
        ("escaped slash", "/v1/cases/a%2fb", ["-H", TOKEN], "E_INPUT", 400),
        ("no token", "/v1/cases", [], "E_AUTH", 401),
        ("another scheme", "/v1/cases", ["-H", "Authorization: Basic YQ=="],
         "E_AUTH", 401),
        ("no token, body", "/v1/dossiers", ZIP + KEY +
         ["--data-binary", "x"], "E_AUTH", 401),
        ("no key", "/v1/dossiers", ZIP + ["-H", TOKEN, "--data-binary", "x"],
         "E_INPUT", 400),
        ("bad key", "/v1/dossiers", ZIP + ["-H", TOKEN, "--data-binary", "x",
         "-H", "Idempotency-Key: a b"], "E_INPUT", 400),
        ("wrong type", "/v1/preflight", JSON + ["--data-binary", "x"],
         "E_MEDIA", 415),
        ("no type", "/v1/preflight", ["-H", "Content-Type:",
                                      "--data-binary", "x"], "E_MEDIA", 415),
        ("empty body", "/v1/preflight", ZIP + ["-X", "POST"], "E_INPUT", 400),
        ("a body where none is", "/v1/schemes",
         ["-X", "GET", "--data-binary", "x"], "E_INPUT", 400),
        ("query twice", "/v1/register?q=1&q=2", [], "E_INPUT", 400),
        ("query with NUL", "/v1/register?q=%00", [], "E_INPUT", 400),
        ("query cut off", "/v1/register?q=%4", [], "E_INPUT", 400),
        ("query not UTF-8", "/v1/register?q=%ff", [], "E_INPUT", 400),
        ("17 query members", "/v1/register?" +
         "&".join("a%d=1" % i for i in range(17)), [], "E_INPUT", 400),
        ("metrics through a proxy", "/metrics",
         ["-H", "X-Forwarded-For: 192.0.2.1"], "E_NOT_FOUND", 404),
        ("long header", "/v1/schemes", ["-H", "Accept: " + "a" * 5000],
         "E_INPUT", 400),
    ]
    for name, path, more, code, want in rows:
        answer = front.curl(path, *more)
        check("head: " + name, is_problem(answer, code, want), answer)
    got, fields, _ = front.curl("/v1/cases", "-X", "DELETE")
    check("405 names what is offered",
          got == 405 and fields["allow"] == "GET, HEAD", fields)
    got, fields, _ = front.curl("/v1/cases")
    check("401 names the scheme", fields["www-authenticate"].startswith(
        "Bearer"), fields)
    out, _ = raw(front.ports["https.port"],
                 b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                 front.chain)
    check("a head against the rules gets a problem",
          status(out) == 400 and b"E_INPUT" in out and b"urn:nintei:" in out)


def echoes(front):
    got, fields, body = front.curl(
        "/v1/register/%E8%AA%8D%E5%AE%9A-1?q=a%20b+c&as_of=2026-07-01",
        "-H", "If-None-Match: \"x\"", "-H", "Accept-Language: ja")
    text = body.decode()
    check("route, parameter, query and headers reach core",
          got == 200 and "route: REGISTER_ENTRY" in text and
          "param: 認定-1" in text and "query: q\nvalue: a b c" in text and
          "if-none-match: \"x\"" in text and "accept-language: ja" in text and
          "peer: 127.0.0.1" in text and "tls: 1" in text, text)
    check("core's headers leave", fields["etag"] == "\"abc\"" and
          fields["cache-control"] == "no-store", fields)
    got, _, body = front.curl("/v1/cases", "-H", TOKEN)
    check("the token without its scheme",
          "authorization: nin_pat_1_abc" in body.decode())
    got, fields, body = front.curl("/v1/schemes?status=304")
    check("core's 304", got == 304 and body == b"")
    got, fields, body = front.curl("/v1/schemes", "-I")
    check("HEAD to core", got == 200 and body == b"" or "content-length" in
          fields)
    command = json.dumps({"command": "accept", "data": {"x": "y" * 1000}})
    got, _, body = front.curl("/v1/cases/c-1/commands", "-H", TOKEN, *JSON,
                              "--data-binary", command)
    check("small body inline", "body: %d inline" % len(command) in
          body.decode())
    got, _, body = front.curl("/v1/cases/c-1/commands", "-H", TOKEN, *JSON,
                              "--data-binary", front.data(200000))
    check("large body sealed", "body: 200000 sealed" in body.decode())
    got, _, _ = front.curl("/v1/cases/c-1/commands", "-H", TOKEN, *JSON,
                           "--data-binary", front.data(7 << 20))
    check("body over the limit of its route", got == 413)
    got, _, _ = front.curl("/v1/cases/c-1/commands", "-H", TOKEN, *JSON,
                           "-H", "Transfer-Encoding: chunked",
                           "--data-binary", front.data(7 << 20))
    check("the same without announcing it", got == 413)
    got, fields, body = front.curl("/v1/cases/c-1/documents/9000000", "-H",
                                   TOKEN)
    check("a document by descriptor", got == 200 and
          body == bytes(9000000) and
          fields["content-security-policy"].startswith("sandbox") and
          fields["content-disposition"].startswith("attachment"))


def metrics(front):
    got, _, body = front.curl("/metrics")
    check("metrics of front behind those of core",
          got == 200 and b"route: METRICS" in body and
          b"nintei_front_core_up 1" in body)


def plain(front):
    for path, want in [("/healthz", 200), ("/pki/root.cer", 200),
                       ("/pki/root.crl", 200)]:
        got, fields, body = front.curl(path, port="plain.port")
        check("plain %s" % path, got == want and
              "strict-transport-security" not in fields)
    for path in ["/v1/register?q=1", "/openapi.json", "/metrics", "/nothing"]:
        got, fields, _ = front.curl(path, port="plain.port")
        check("plain %s is redirected" % path, got == 308 and
              fields["location"] == "https://nintei.example" + path, fields)


def upload_file(folder, mib):
    path = os.path.join(folder, "up-%d" % mib)
    with open(path, "wb") as f:
        for _ in range(mib):
            f.write(b"n" * (1 << 20))
    return path


def uploads(front, folder):
    big = upload_file(folder, 100)
    results = []

    def one():
        results.append(front.curl("/v1/dossiers", "-H", TOKEN, *ZIP, *KEY,
                                  "-X", "POST", "-T", big))

    before = front.rss_kib()
    threads = [threading.Thread(target=one) for _ in range(6)]
    for t in threads:
        t.start()
    time.sleep(0.3)
    start = time.time()
    front.curl("/healthz")
    check("others are served during uploads", time.time() - start < 2,
          time.time() - start)
    for t in threads:
        t.join()
    check("six uploads of 100 MiB", all(
        r[0] == 200 and b"body: 104857600 sealed" in r[2] for r in results),
        [r[:2] for r in results])
    grown = front.rss_kib() - before
    check("memory during uploads: +%d KiB" % grown, grown < 20000 or
          is_sanitized(), grown)
    more = upload_file(folder, 101)
    got, _, _ = front.curl("/v1/dossiers", "-H", TOKEN, *ZIP, *KEY, "-X",
                           "POST", "-T", more)
    check("101 MiB are refused", got == 413)
    p = subprocess.run(
        ["curl", "-sS", "--cacert", front.chain, "-o", "/dev/null", "-w",
         "%{http_code} %{size_upload}", "-H", TOKEN, *ZIP, *KEY, "-X", "POST",
         "-T", more,
         "https://127.0.0.1:%d/v1/dossiers" % front.ports["https.port"]],
        stdout=subprocess.PIPE, check=False).stdout.decode()
    check("before they are read", p == "413 0", p)
    os.unlink(big)
    os.unlink(more)


def core_pid(front):
    with open(os.path.join(front.folder, "core.pid"), encoding="ascii") as f:
        return int(f.read())


def wait_core(front):
    for _ in range(200):
        if front.curl("/v1/schemes")[0] == 200:
            return True
        time.sleep(0.05)
    return False


def bad_core(front):
    start = time.time()
    results = []

    def one(path):
        results.append(front.curl(path)[0])

    threads = [threading.Thread(target=one, args=("/v1/schemes?delay=500",))
               for _ in range(40)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check("40 slow answers wait together", results == [200] * 40 and
          time.time() - start < 6, time.time() - start)
    start = time.time()
    answer = front.curl("/v1/schemes?mute=1")
    check("a silent core: 503", is_problem(answer, "E_UNAVAILABLE", 503) and
          1.5 < time.time() - start < 5 and "retry-after" in answer[1])
    check("late answers disturb nobody",
          front.curl("/v1/schemes?delay=3000")[0] == 503 and
          time.sleep(1.5) is None and front.curl("/v1/schemes")[0] == 200)
    results.clear()
    waiting = threading.Thread(target=one, args=("/v1/schemes?delay=1500",))
    waiting.start()
    time.sleep(0.3)
    answer = front.curl("/v1/schemes?die=1")
    check("a dying core: 503", is_problem(answer, "E_UNAVAILABLE", 503))
    waiting.join()
    check("for all that wait", results == [503], results)
    got, _, body = front.curl("/metrics")
    check("metrics without core", got in (200, 503))
    check("a new core serves", wait_core(front))
    answer = front.curl("/v1/schemes?junk=1")
    check("a malformed core loses its edge",
          is_problem(answer, "E_UNAVAILABLE", 503))
    check("and the next one serves", wait_core(front))
    os.kill(core_pid(front), 9)
    check("healthz without core", front.curl("/healthz")[0] == 200)
    check("after kill -9 too", wait_core(front))


def rates(folder, key, chain):
    front = Front(folder, key, chain, "rates")
    got = [front.curl("/v1/schemes") for _ in range(12)]
    limited = [g for g in got if g[0] == 429]
    check("reads are limited", got[0][0] == 200 and limited and
          is_problem(limited[0], "E_RATE", 429) and
          int(limited[0][1]["retry-after"]) >= 1, [g[0] for g in got])
    check("healthz is not", front.curl("/healthz")[0] == 200)
    time.sleep(1.2)
    check("and open again", front.curl("/v1/schemes")[0] == 200)
    time.sleep(1.2)
    got = [front.curl("/v1/schemes", "-H", TOKEN)[0] for _ in range(12)]
    check("a token buys no more of what is for all", 429 in got, got)
    time.sleep(1.2)
    got = [front.curl("/v1/preflight", *ZIP, "--data-binary", "x")[0]
           for _ in range(4)]
    check("preflight is limited", got == [200, 200, 200, 429], got)
    time.sleep(1.2)
    for path in ("/v1/register/absence", "/v1/register/export"):
        got = front.curl(path)[0]
        check("so are signatures: " + path, got == 429, got)
    bad = [front.curl("/v1/cases?status=401", "-H", TOKEN)[0]
           for _ in range(5)]
    check("failed log-ins are limited", bad == [401, 401, 401, 429, 429], bad)
    check("clean end", front.stop() == 0)


def room(folder, key, chain):
    front = Front(folder, key, chain, "room")
    path = upload_file(folder, 2)
    results = []

    def one(query):
        results.append(front.curl(
            "/v1/dossiers" + query, "-H", TOKEN, *ZIP, *KEY, "-X", "POST",
            "-T", path)[0])

    threads = [threading.Thread(target=one, args=("?delay=500",))
               for _ in range(3)]
    start = time.time()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check("uploads wait for room, one after the other",
          results == [200] * 3 and time.time() - start > 1.3,
          (results, time.time() - start))
    results.clear()
    threads = [threading.Thread(target=one, args=("?delay=1800",))
               for _ in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check("but not for ever, nor too many of one address",
          sorted(set(results)) == [200, 429, 503] and
          results.count(429) == 2, results)
    check("clean end", front.stop() == 0)


def proxied(folder, key, chain):
    front = Front(folder, key, chain, "proxied")
    more = ["-H", "X-Forwarded-For: 203.0.113.9, 198.51.100.7"]
    check("the address that our proxy names", b"peer: 198.51.100.7" in
          front.curl("/v1/schemes", *more)[2])
    check("is an address", front.curl(
        "/v1/schemes", "-H", "X-Forwarded-For: me")[0] == 400)
    check("and never local", front.curl("/metrics", *more)[0] == 404)
    check("clean end", front.stop() == 0)


def drain(front):
    results = []
    t = threading.Thread(target=lambda: results.append(
        front.curl("/v1/schemes?delay=1000")))
    t.start()
    time.sleep(0.3)
    start = time.time()
    code = front.stop()
    t.join()
    check("SIGTERM: what waits is answered, then the end",
          code == 0 and results[0][0] == 200 and time.time() - start < 4,
          (code, results[0][:2]))


def main():
    folder = temp()
    key, chain = make_key(folder)
    front = Front(folder, key, chain)
    own(front)
    heads(front)
    echoes(front)
    metrics(front)
    plain(front)
    uploads(front, folder)
    bad_core(front)
    drain(front)
    rates(folder, key, chain)
    room(folder, key, chain)
    proxied(folder, key, chain)
    shutil.rmtree(folder)
    finish()


if __name__ == "__main__":
    main()
