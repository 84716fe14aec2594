#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The processes from outside: no private key but in the signer, requests in
flight are answered on SIGTERM, deaths lose nothing, the read model is made
again as it was."""
import base64
import os
import re
import signal
import sqlite3
import threading
import time

from lib import (BIN, PARTS, SCHEMES, ZIP, Office, archive, check, finish,
                 papers, run)

SCHEME = SCHEMES[0]
MIB = 1 << 20
# Larger is only an address sanitizer's map, which holds no program's bytes.
SHADOW = 1 << 36


def memory(pid):
    """(range, bytes) of all that a process has mapped."""
    with open("/proc/%d/maps" % pid, encoding="utf-8") as f:
        lines = f.read().split("\n")
    with open("/proc/%d/mem" % pid, "rb", 0) as f:
        for line in lines:
            m = re.match("([0-9a-f]+)-([0-9a-f]+) (...)", line)
            if not m or m.group(3)[0] != "r" or "[v" in line:
                continue
            at, end = int(m.group(1), 16), int(m.group(2), 16)
            if end - at > SHADOW:
                continue
            while at < end:
                n = min(4 * MIB, end - at)
                try:
                    f.seek(at)
                    data = f.read(n)
                except (OSError, ValueError, OverflowError):
                    break
                if data:
                    yield line, data
                at += n


def der_value(der, tag, length):
    """The bytes of a DER value of this tag and length."""
    at = der.find(bytes([tag, length]))
    while at >= 0:
        if at + 2 + length <= len(der):
            return der[at + 2:at + 2 + length]
        at = der.find(bytes([tag, length]), at + 1)
    return None


def private_keys(o):
    """Raw private numbers by file."""
    keys = {}
    for folder, _, files in os.walk(os.path.join(o.home, "keys")):
        for name in files:
            path = os.path.join(folder, name)
            if "development" in path or "/tls" in path:
                continue  # people's; and that of TLS is front's own
            with open(path, "rb") as f:
                data = f.read()
            where = os.path.relpath(path, o.home)
            if b"PRIVATE KEY" in data:
                der = base64.b64decode(b"".join(
                    data.split(b"-----")[2].split()))
                raw = (der_value(der, 4, 32) or der_value(der, 4, 48))
                if b"OPENSSH" in data:  # seed before the public half
                    mark = der.rfind(b"\0\0\0\x40")
                    raw = der[mark + 4:mark + 36]
                keys[where] = raw
            elif name == "master.key":
                keys[where] = data
    return keys


def scan(pid, keys):
    found = set()
    for _, data in memory(pid):
        for where, raw in keys.items():
            if raw in data:
                found.add(where)
    return found


def keys_in_memory(o):
    keys = private_keys(o)
    check(all(len(raw or b"") >= 32 for raw in keys.values()) and
          {"keys/master.key"} < set(keys) and
          any("commit" in k for k in keys) and
          sum("keys/ca/" in k for k in keys) == len(SCHEMES),
          "there are keys to look for", sorted(keys))
    if os.geteuid() != 0:
        return
    parts = o.parts()
    own = {k for k in keys if not k.startswith("keys/root/")}
    check(len(scan(parts["signer"], keys)) > 0,
          "they are found in the signer", scan(parts["signer"], keys))
    check("keys/root/root.key" not in scan(parts["signer"], keys),
          "but not that of the root")
    for name in sorted(set(PARTS) - {"signer"}):
        found = scan(parts[name], keys)
        check(not found and own, "%s holds none" % name, found)
    check(not scan(o.process.pid, keys), "nor does ninteid")
    with open("/proc/%d/status" % parts["signer"], encoding="ascii") as f:
        status = f.read()
    check("Seccomp:\t2" in status, "the signer is filtered")


def rows(o):
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(
        o.home, "store", "index.sqlite"), uri=True)
    text = "\n".join(db.iterdump())
    db.close()
    return text


def rebuild(o):
    """What the store says is all that the read model holds."""
    before_cases = o.api("auditor-1", "GET", "/v1/cases").body
    before_register = o.api(None, "GET", "/v1/register").body
    check(o.stop() == 0, "stopped")
    before = rows(o)
    run(os.path.join(BIN, "nintei"), "-C", o.home, "index", "rebuild")
    after = rows(o)
    check(before == after and before.count("INSERT") > 30,
          "nintei index rebuild: identical rows", [
              (a, b) for a, b in zip(before.split("\n"), after.split("\n"))
              if a != b][:3])
    for name in os.listdir(os.path.join(o.home, "store")):
        if name.startswith("index.sqlite"):
            os.unlink(os.path.join(o.home, "store", name))
    o.start()
    check(o.api("auditor-1", "GET", "/v1/cases").body == before_cases and
          o.api(None, "GET", "/v1/register").body == before_register,
          "without a read model the server makes it again")
    o.stop()
    check(rows(o) == before, "with the same rows")
    o.start()


def drain(o):
    """SIGTERM while dossiers come in: each gets its answer."""
    bodies = [archive({**papers(SCHEME, service="架空終了サービス%d" % i),
                       "大.bin": os.urandom(12 * MIB)})
              for i in range(3)]
    answers = []

    def send(body):
        try:
            answers.append(o.submit(body, SCHEME))
        except OSError as error:
            answers.append(error)
    threads = [threading.Thread(target=send, args=(b,)) for b in bodies]
    for t in threads:
        t.start()
    end = time.time() + 10
    while "nintei_front_requests_in_flight 4" not in o.fetch(
            "/metrics").decode() and time.time() < end:
        time.sleep(0.005)
    status = o.stop()
    for t in threads:
        t.join()
    check(status == 0, "SIGTERM: status 0", status)
    check([getattr(a, "status", a) for a in answers] == [201] * 3,
          "SIGTERM: what was under way is answered", answers)
    o.start()
    listed = {c["case"] for c in o.api("auditor-1", "GET",
                                       "/v1/cases")["items"]}
    check(all(a["case"] in listed for a in answers), "and kept")


def deaths(o):
    """kill -9 of each part under load: no answer is lost, none is wrong."""
    ending = []
    given = []

    def send(n):
        i = 0
        while not ending:
            i += 1
            key = "death-%d-%d" % (n, i)
            body = archive(papers(SCHEME, service="架空%s" % key))
            for _ in range(400):
                try:
                    a = o.api("applicant-1", "POST",
                              "/v1/dossiers?scheme=%s&kind=new" % SCHEME,
                              body, strict=False, timeout=30,
                              Content_Type=ZIP, Idempotency_Key=key)
                except OSError:
                    time.sleep(0.05)
                    continue
                if a.status == 503:
                    time.sleep(0.05)
                    continue
                given.append(a)
                break
    threads = [threading.Thread(target=send, args=(n,)) for n in range(2)]
    for t in threads:
        t.start()
    for part in ("unpack", "examine", "gitd", "signer", "front", "core"):
        time.sleep(0.4)
        before = o.parts()
        os.kill(before[part], signal.SIGKILL)
        end = time.time() + 30
        while o.parts().get(part, before[part]) == before[part] and \
                time.time() < end:
            time.sleep(0.01)
        o.wait_ready()
        n = len(given)
        end = time.time() + 30
        while len(given) < n + 2 and time.time() < end:
            time.sleep(0.01)
        check(len(given) >= n + 2, "kill -9 %s: dossiers come in again" %
              part)
    ending.append(True)
    for t in threads:
        t.join()
    bad = [a for a in given if a.status != 201]
    check(not bad, "%d dossiers, no wrong answer" % len(given), bad[:3])
    cases = {a["case"] for a in given if a.status == 201}
    check(len(cases) == len(given), "each is a case of its own")
    for case in cases:
        if o.api("auditor-1", "GET", "/v1/cases/" + case).status != 200:
            check(False, "a case is lost", case)


def main():
    o = Office().start()
    for scheme in SCHEMES:
        case, _ = o.certify(scheme)
        o.revoke(case)
    o.certify(SCHEME, service="架空継続サービス")
    keys_in_memory(o)
    drain(o)
    deaths(o)
    rebuild(o)
    good, words = o.fsck()
    check(good, "git fsck --strict", words)
    finish()


main()
