#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Archives that honest programs make are admitted, with the right members.

Seeded; SEED and ROUNDS repeat or widen a run.  Writers that are not installed
are passed over, but Python's zipfile and tarfile are always there.
"""
import hashlib
import io
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile

SEED = int(os.environ.get("SEED", "20260715"))
ROUNDS = int(os.environ.get("ROUNDS", "12"))
DRIVER = pathlib.Path(os.environ["BUILD_DIR"], "tests", "bundle_driver")
WORDS = ["申請書A", "申請書B", "登記事項証明書", "表", "能力十分", "ガイド", "form-a",
         "request", "ｶﾞｲﾄﾞ", "書類", "認定証", "Ünïcode", "a b", "x_1"]
SUFFIXES = [".pdf", ".json", ".csv", ".txt", ".csr"]


def tree(rng, folder):
    """A folder of random files; returns {path: bytes}."""
    files = {}
    keys = set()
    for _ in range(rng.randint(1, 9)):
        parts = [rng.choice(WORDS) for _ in range(rng.choice([0, 0, 1, 2]))]
        name = rng.choice(WORDS) + str(len(files)) + rng.choice(SUFFIXES)
        path = "/".join(parts + [name])
        key = unicodedata.normalize("NFKC", path).casefold()
        if key in keys:
            continue
        keys.add(key)
        size = rng.choice([0, 1, 511, 512, 513, 4000, 65536, 70001, 300000])
        data = bytes(rng.choices(b"abcdefgh \n", k=size))
        files[path] = data
        full = folder / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(data)
    return files


def python_zip(out, folder, files, mode, unseekable=False, force=False):
    class Pipe(io.RawIOBase):
        def __init__(self, f): self.f = f
        def writable(self): return True
        def write(self, b): return self.f.write(bytes(b))
    with open(out, "wb") as f:
        target = Pipe(f) if unseekable else f
        with zipfile.ZipFile(target, "w", mode) as z:
            for path, data in files.items():
                info = zipfile.ZipInfo(path)
                info.compress_type = mode
                info.external_attr = 0o100644 << 16
                with z.open(info, "w", force_zip64=force) as m:
                    m.write(data)


def python_tar(out, folder, files, form, mode):
    with tarfile.open(out, mode, format=form) as t:
        for path in files:
            t.add(folder / path, path, recursive=False)


def tool(*argv, stdin=None, stdout=None):
    def make(out, folder, files):
        args = [str(out) if a == "OUT" else a for a in argv]
        with open(out, "wb") if stdout else open(os.devnull, "wb") as f:
            subprocess.run(args + sorted(os.listdir(folder)), cwd=folder,
                           check=True, stdout=f,
                           env={**os.environ, "LC_ALL": "C.UTF-8"})
    make.program = argv[0]
    return make


WRITERS = {
    "python stored.zip": lambda *a: python_zip(*a, zipfile.ZIP_STORED),
    "python deflate.zip": lambda *a: python_zip(*a, zipfile.ZIP_DEFLATED),
    "python pipe.zip": lambda *a: python_zip(*a, zipfile.ZIP_DEFLATED, True),
    "python zip64.zip":
        lambda *a: python_zip(*a, zipfile.ZIP_DEFLATED, False, True),
    "python pipe zip64.zip":
        lambda *a: python_zip(*a, zipfile.ZIP_STORED, True, True),
    "python ustar.tar":
        lambda *a: python_tar(*a, tarfile.USTAR_FORMAT, "w"),
    "python gnu.tar": lambda *a: python_tar(*a, tarfile.GNU_FORMAT, "w"),
    "python pax.tar": lambda *a: python_tar(*a, tarfile.PAX_FORMAT, "w"),
    "python pax.tar.gz":
        lambda *a: python_tar(*a, tarfile.PAX_FORMAT, "w:gz"),
    "info-zip.zip": tool("zip", "-q", "-r", "OUT"),
    "info-zip -X.zip": tool("zip", "-q", "-r", "-X", "OUT"),
    "info-zip -D.zip": tool("zip", "-q", "-r", "-D", "OUT"),
    "info-zip pipe.zip": tool("zip", "-q", "-r", "-", stdout=True),
    "bsdtar.zip": tool("bsdtar", "--format=zip", "-cf", "OUT"),
    "bsdtar.tar": tool("bsdtar", "-cf", "OUT"),
    "bsdtar.tar.gz": tool("bsdtar", "-czf", "OUT"),
    "bsdtar pax.tar": tool("bsdtar", "--format=pax", "-cf", "OUT"),
    "gnu.tar": tool("tar", "-cf", "OUT"),
    "gnu.tar.gz": tool("tar", "-czf", "OUT"),
    "gnu posix.tar.gz": tool("tar", "--format=posix", "-czf", "OUT"),
    "gnu v7.tar": tool("tar", "--format=ustar", "-cf", "OUT"),
    "jar.zip": tool("jar", "--create", "--no-manifest", "--file", "OUT"),
    "7z.zip": tool("7z", "a", "-tzip", "-bso0", "OUT"),
}


def expected(files):
    """What the server should say: NFC, one top folder taken off."""
    tops = {p.split("/")[0] if "/" in p else None for p in files}
    cut = 0
    if len(tops) == 1 and None not in tops:
        cut = len(tops.pop()) + 1
    return {unicodedata.normalize("NFC", p[cut:]):
            (len(d), hashlib.sha256(d).hexdigest()) for p, d in files.items()}


def admitted(archive):
    run = subprocess.run([DRIVER, archive], stdout=subprocess.PIPE, check=True)
    found, complaints = {}, []
    for line in run.stdout.decode().splitlines():
        kind, *rest = line.split("\t")
        if kind == "member":
            found[rest[0]] = (int(rest[1]), rest[2])
        elif kind != "archive":
            complaints.append(line)
    return found, complaints


def main():
    rng = random.Random(SEED)
    failures = made = 0
    for n in range(ROUNDS):
        with tempfile.TemporaryDirectory() as temp:
            folder = pathlib.Path(temp, "in")
            folder.mkdir()
            files = tree(rng, folder)
            for name, make in WRITERS.items():
                program = getattr(make, "program", None)
                if program is not None and shutil.which(program) is None:
                    continue
                if program == "jar" and n > 1:  # half a second each time
                    continue
                out = pathlib.Path(temp, name)
                make(out, folder, files)
                made += 1
                found, complaints = admitted(out)
                if complaints or found != expected(files):
                    failures += 1
                    print(f"seed {SEED} round {n} {name}: {complaints}",
                          sorted(found), sorted(expected(files)))
    print(f"{made} honest archives, {failures} refused or misread")
    return failures != 0


sys.exit(main())
