#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Spoiled archives go through the real worker: it never crashes, never asks
for a forbidden system call, and what it still admits Python reads the same.

Seeded; SEED and ROUNDS repeat or widen a run.
"""
import hashlib
import io
import os
import pathlib
import random
import subprocess
import sys
import tarfile
import tempfile
import zipfile

SEED = int(os.environ.get("SEED", "20260715"))
ROUNDS = int(os.environ.get("ROUNDS", "400"))
DRIVER = pathlib.Path(os.environ["BUILD_DIR"], "tests", "bundle_driver")
FILES = {"a.pdf": b"%PDF-1.4 some words, some words, some words",
         "form-a.json": b"{}" * 300, "empty": b"", "d/x.csv": b"1,2\n" * 50}


def make_zip(method, zip64=False):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in FILES.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            with z.open(info, "w", force_zip64=zip64) as m:
                m.write(data)
    return out.getvalue()


def make_tar(form, mode):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=form) as t:
        for name, data in FILES.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def mutate(rng, data):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 1, 2, 3, 8])):
        at = rng.randrange(len(data))
        kind = rng.randrange(6)
        if kind == 0:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at] = rng.choice([0, 1, 0x7f, 0x80, 0xff])
        elif kind == 2:
            del data[at:at + rng.choice([1, 4, 22, 512])]
        elif kind == 3:
            data[at:at] = data[at:at + rng.choice([1, 4, 46, 512])]
        elif kind == 4:
            data[at:at + 4] = rng.randbytes(4)
        else:
            other = rng.randrange(len(data))
            data[at:at + 16] = data[other:other + 16]
        if not data:
            return b"x"
    return bytes(data)


def read_zip(path):
    with zipfile.ZipFile(path) as z:
        return {i.filename: z.read(i) for i in z.infolist()
                if not i.is_dir()}


def main():
    rng = random.Random(SEED)
    seeds = [make_zip(zipfile.ZIP_STORED), make_zip(zipfile.ZIP_DEFLATED),
             make_zip(zipfile.ZIP_DEFLATED, True),
             make_tar(tarfile.PAX_FORMAT, "w"),
             make_tar(tarfile.GNU_FORMAT, "w"),
             make_tar(tarfile.USTAR_FORMAT, "w:gz")]
    bad = admitted = 0
    with tempfile.TemporaryDirectory() as temp:
        paths = []
        for n in range(ROUNDS):
            paths.append(pathlib.Path(temp, f"{n:05}"))
            paths[-1].write_bytes(mutate(rng, rng.choice(seeds)))
        run = subprocess.run([DRIVER, *paths], stdout=subprocess.PIPE,
                             check=True)
        # Names in findings are escaped, so each line is one record.
        for record in run.stdout.decode().split("archive\t")[1:]:
            lines = record.splitlines()
            path = lines[0].split("\t")[0]
            kinds = {line.split("\t")[0] for line in lines[1:]}
            if "error" in kinds or not kinds:
                bad += 1
                print(f"seed {SEED} {path}:", lines[1:])
            if kinds == {"member"}:
                admitted += 1
                if pathlib.Path(path).read_bytes()[:2] == b"PK":
                    bad += not agrees(path, lines[1:])
    print(f"{ROUNDS} spoiled archives, {admitted} admitted, {bad} wrong")
    return bad != 0


def agrees(path, lines):
    """Same members and contents as Python's zipfile."""
    ours = sorted(line.split("\t")[3] for line in lines)
    try:
        theirs = sorted(hashlib.sha256(d).hexdigest()
                        for d in read_zip(path).values())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as why:
        print(f"seed {SEED} {path}: admitted, Python says {why}")
        return False
    if ours != theirs:
        print(f"seed {SEED} {path}: two readings")
    return ours == theirs


sys.exit(main())
