#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""packaging/nginx.conf with Debian's nginx before src/web."""
import os
import re
import shutil
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE_DIR"], "tests", "support"))
from web_client import (  # noqa: E402
    BUILD, SOURCE, Server, check, finish, make_key, raw, status, temp)

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


def free_port():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
    s.close()
    return port


def configure(folder, key, chain, front, tls_port, plain_port):
    """The production file, with this test's places in it."""
    with open(os.path.join(SOURCE, "packaging", "nginx.conf"),
              encoding="utf-8") as f:
        text = f.read()
    text = re.sub(r"\tlisten \[::\]:.*\n", "", text)
    for old, new in [
            ("listen 443 ", "listen 127.0.0.1:%d " % tls_port),
            ("listen 80;", "listen 127.0.0.1:%d;" % plain_port),
            ("server 127.0.0.1:8443;",
             "server 127.0.0.1:%d;" % front.ports["https.port"]),
            ("server 127.0.0.1:8080;",
             "server 127.0.0.1:%d;" % front.ports["plain.port"]),
            ("/etc/nintei/tls/chain.pem", chain),
            ("/etc/nintei/tls/key.pem", key),
            ("/etc/nintei/tls/upstream.pem", chain),
            ("/run/nintei-nginx.pid", os.path.join(folder, "nginx.pid"))]:
        if old not in text:
            raise SystemExit("packaging/nginx.conf has no %s" % old)
        text = text.replace(old, new)
    paths = "".join("\t%s_temp_path %s;\n" % (n, os.path.join(folder, n))
                    for n in ("client_body", "proxy", "fastcgi", "uwsgi",
                              "scgi"))
    text = text.replace("http {\n", "http {\n" + paths, 1)
    # An ordinary user cannot raise its limit of descriptors.
    text = text.replace("worker_rlimit_nofile 16384;\n", "")
    if os.getuid() == 0:
        text = "user root;\n" + text
    path = os.path.join(folder, "nginx.conf")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


class Nginx:
    def __init__(self, config, port):
        self.process = subprocess.Popen(
            [NGINX, "-e", "stderr", "-c", config, "-g", "daemon off;"])
        for _ in range(250):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except OSError:
                time.sleep(0.02)
        raise SystemExit("nginx did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def curl(chain, url, *more):
    p = subprocess.run(
        ["curl", "-sS", "-m", "60", "--cacert", chain, "-w",
         "\n%{http_version} %{http_code} %{size_upload}", url] + list(more),
        stdout=subprocess.PIPE, check=False)
    body, _, last = p.stdout.decode().rpartition("\n")
    return body, last.split(" ")


def main():
    if not os.path.exists(NGINX):
        raise SystemExit("nginx is not installed")
    folder = temp()
    key, chain = make_key(folder)
    front = Server([os.path.join(BUILD, "tests", "web_stub"), folder, key,
                    chain], folder, ["https.port", "plain.port"],
                   {"WEB_STUB": "proxied"})
    tls_port, plain_port = free_port(), free_port()
    nginx = Nginx(configure(folder, key, chain, front, tls_port, plain_port),
                  tls_port)
    url = "https://127.0.0.1:%d" % tls_port
    try:
        body, (version, code, _) = curl(chain, url + "/v1/schemes?a=%41")
        check("HTTP/2 to nginx", version == "2" and code == "200", body)
        check("query and peer come through", "value: A" in body and
              "peer: 127.0.0.1" in body, body)
        body, _ = curl(chain, url + "/v1/schemes", "-H",
                       "X-Forwarded-For: 192.0.2.77")
        check("nobody names his own address", "192.0.2.77" not in body, body)
        body, last = curl(chain, url + "/metrics")
        check("metrics stay inside", last[1] == "404", last)
        direct, _ = curl(chain, "https://127.0.0.1:%d/metrics" %
                         front.ports["https.port"], "-H",
                         "X-Forwarded-For: 127.0.0.1")
        check("also for who speaks to front himself",
              "E_NOT_FOUND" in direct, direct)
        path = os.path.join(folder, "up")
        with open(path, "wb") as f:
            f.write(b"n" * (100 << 20))
        more = ["-H", "Authorization: Bearer nin_pat_1_a", "-H",
                "Content-Type: application/zip", "-H", "Idempotency-Key: a",
                "-X", "POST", "-T", path]
        body, last = curl(chain, url + "/v1/dossiers", *more)
        check("100 MiB through nginx", "body: 104857600 sealed" in body, last)
        with open(path, "ab") as f:
            f.write(b"n")
        body, last = curl(chain, url + "/v1/dossiers", *more)
        check("one byte more: 413", last[1] == "413", last)
        out, _ = raw(tls_port, b"POST /v1/preflight HTTP/1.1\r\nHost: a\r\n"
                     b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"
                     b"Connection: close\r\n\r\n0\r\n\r\n", chain)
        check("two framings are refused", status(out) == 400, out[:100])
        body, last = curl(chain, url + "/audit.git/info/refs?service="
                          "git-upload-pack", "-u", "any:nin_pat_1_a",
                          "-H", "Git-Protocol: version=2")
        check("a clone through nginx", "route: AUDIT_REFS" in body and
              last[1] == "200", (body, last))
        body, last = curl(chain, "http://127.0.0.1:%d/pki/root.crl" %
                          plain_port)
        check("signed objects without TLS", "route: PKI_CRL" in body, last)
        body, last = curl(chain, "http://127.0.0.1:%d/v1/cases" % plain_port)
        check("the rest is redirected", last[1] == "308", last)
    finally:
        nginx.stop()
        front.stop()
        shutil.rmtree(folder)
    finish()


if __name__ == "__main__":
    main()
