#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Archives that honest programs make are admitted, with the right members.

Seeded; SEED and ROUNDS repeat or widen a run.  Writers that are not installed
are passed over; those that are too large for a test have made the archives of
tests/fixtures/archives.
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
ROUNDS = int(os.environ.get("ROUNDS", "3"))
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


def python_zip(out, folder, files, mode, unseekable=False, force=False,
               **more):
    class Pipe(io.RawIOBase):
        def __init__(self, f): self.f = f
        def writable(self): return True
        def write(self, b): return self.f.write(bytes(b))
    with open(out, "wb") as f:
        target = Pipe(f) if unseekable else f
        with zipfile.ZipFile(target, "w", mode, **more) as z:
            z.comment = b"" if unseekable else b"made by python"
            for path, data in files.items():
                info = zipfile.ZipInfo(path)
                info.compress_type = mode
                info.external_attr = 0o100644 << 16
                with z.open(info, "w", force_zip64=force) as m:
                    m.write(data)


def python_files(out, folder, files):
    """From the files, folders and all, as "python -m zipfile" does."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for path in sorted(folder.rglob("*")):
            z.write(path, path.relative_to(folder))


def python_tar(out, folder, files, form, mode):
    with tarfile.open(str(out), mode, format=form) as t:
        for path in files:
            t.add(folder / path, path, recursive=False)


def shutil_archive(form):
    def make(out, folder, files):
        name = shutil.make_archive(str(out) + ".made", form, folder)
        os.rename(name, out)
    return make


UTF8 = {**os.environ, "LC_ALL": "C.UTF-8"}


def tool(*argv, stdout=False):
    """A program that takes the names in the folder; OUT is the archive."""
    def make(out, folder, files):
        args = [str(out) if a == "OUT" else a for a in argv]
        with open(out if stdout else os.devnull, "wb") as f:
            subprocess.run(args + sorted(os.listdir(folder)), cwd=folder,
                           check=True, stdout=f, env=UTF8)
    make.programs = argv[:1]
    return make


def dot(program, option):
    """The whole folder by its name ".": each member begins "./"."""
    def make(out, folder, files):
        subprocess.run([program, option, str(out), "."], cwd=folder,
                       check=True, env=UTF8)
    make.programs = (program,)
    return make


def pipe(writer, *packer):
    """A tar to standard output, compressed by another program."""
    def make(out, folder, files):
        with open(out, "wb") as f:
            one = subprocess.Popen(writer + sorted(os.listdir(folder)),
                                   cwd=folder, stdout=subprocess.PIPE,
                                   env=UTF8)
            subprocess.run(packer, check=True, stdin=one.stdout, stdout=f)
            one.stdout.close()
            if one.wait() != 0:
                raise RuntimeError(writer)
    make.programs = (writer[0], packer[0])
    return make


def git(form):
    def make(out, folder, files):
        def run(*argv):
            subprocess.run(["git", "-c", "user.name=a", "-c",
                            "user.email=a@example.jp", "-c",
                            "core.autocrlf=false", *argv], cwd=folder,
                           check=True, stdout=subprocess.DEVNULL, env=UTF8)
        where = "--git-dir=" + str(out) + ".git"
        run(where, "--work-tree=.", "init", "-q")
        run(where, "--work-tree=.", "add", "-f", ".")
        run(where, "--work-tree=.", "commit", "-q", "-m", "papers")
        run(where, "archive", "--format=" + form, "-o", str(out), "HEAD")
        shutil.rmtree(str(out) + ".git")
    make.programs = ("git",)
    return make


TAR = ["tar", "-cf", "-"]
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
WRITERS = {
    "python stored.zip": lambda *a: python_zip(*a, STORED),
    "python deflate.zip": lambda *a: python_zip(*a, DEFLATED),
    "python level 9.zip": lambda *a: python_zip(*a, DEFLATED,
                                                compresslevel=9),
    "python pipe.zip": lambda *a: python_zip(*a, DEFLATED, True),
    "python stored pipe.zip": lambda *a: python_zip(*a, STORED, True),
    "python zip64.zip": lambda *a: python_zip(*a, DEFLATED, False, True),
    "python stored zip64.zip": lambda *a: python_zip(*a, STORED, False, True),
    "python pipe zip64.zip": lambda *a: python_zip(*a, STORED, True, True),
    "python deflate pipe zip64.zip":
        lambda *a: python_zip(*a, DEFLATED, True, True),
    "python files.zip": python_files,
    "shutil.zip": shutil_archive("zip"),
    "shutil.tar": shutil_archive("tar"),
    "shutil xz.tar": shutil_archive("xztar"),
    "gnu dot.tar.gz": dot("tar", "-czf"),
    "bsdtar dot.tar": dot("bsdtar", "-cf"),
    **{f"python {name} {mode}.tar":
       lambda *a, form=form, mode=mode: python_tar(*a, form, mode)
       for name, form in (("ustar", tarfile.USTAR_FORMAT),
                          ("gnu", tarfile.GNU_FORMAT),
                          ("pax", tarfile.PAX_FORMAT))
       for mode in ("w", "w:gz", "w:xz", "w|gz")},
    **{f"info-zip {' '.join(o)}.zip": tool("zip", "-q", "-r", *o, "OUT")
       for o in ([], ["-X"], ["-D"], ["-0"], ["-9"], ["-fd"], ["-fz"],
                 ["-UN=UTF8"], ["-fz-"])},
    "info-zip pipe.zip": tool("zip", "-q", "-r", "-", stdout=True),
    "info-zip stored pipe.zip":
        tool("zip", "-q", "-r", "-0", "-", stdout=True),
    "bsdtar.zip": tool("bsdtar", "--format=zip", "-cf", "OUT"),
    "bsdtar stored.zip": tool("bsdtar", "--format=zip", "--options",
                              "zip:compression=store", "-cf", "OUT"),
    "bsdtar zip64.zip": tool("bsdtar", "--format=zip", "--options",
                             "zip:zip64", "-cf", "OUT"),
    **{f"bsdtar {form}.tar": tool("bsdtar", f"--format={form}", "-cf", "OUT")
       for form in ("ustar", "pax", "gnutar", "v7tar")},
    **{f"bsdtar {o}.tar": tool("bsdtar", o, "-cf", "OUT")
       for o in ("--gzip", "--xz", "--zstd")},
    **{f"gnu {form}.tar": tool("tar", f"--format={form}", "-cf", "OUT")
       for form in ("gnu", "posix", "ustar", "oldgnu", "v7")},
    **{f"gnu {o}.tar": tool("tar", o, "-cf", "OUT")
       for o in ("--gzip", "--xz", "--zstd", "--blocking-factor=1",
                 "--blocking-factor=500", "--numeric-owner",
                 "--sort=name")},
    "gnu posix.tar.gz": tool("tar", "--format=posix", "-czf", "OUT"),
    **{f"{' '.join(p)}.tar": pipe(TAR, *p)
       for p in (["gzip", "-1"], ["gzip", "-9n"], ["xz", "-0"],
                 ["xz", "-9e"], ["xz", "-T2"], ["xz", "--check=sha256"],
                 ["xz", "--check=none"], ["xz", "--x86", "--lzma2"],
                 ["zstd", "-1"], ["zstd", "-19"],
                 ["zstd", "--ultra", "-22"], ["zstd", "-T2"],
                 ["zstd", "--no-check"], ["zstd", "--long=27"])},
    "git.zip": git("zip"), "git.tar": git("tar"), "git.tar.gz": git("tar.gz"),
    "jar.zip": tool("jar", "--create", "--no-manifest", "--file", "OUT"),
    **{f"7z {' '.join(o)}": tool("7z", "a", "-bso0", *o, "OUT")
       for o in (["-tzip"], ["-tzip", "-mx=0"], ["-tzip", "-mx=9"],
                 ["-tzip", "-mcu=on"], ["-ttar"])},
}


def expected(files):
    """What the server should say: NFC, one top folder taken off."""
    tops = {p.split("/")[0] if "/" in p else None for p in files}
    cut = 0
    if len(tops) == 1 and None not in tops:
        cut = len(tops.pop()) + 1
    return {unicodedata.normalize("NFC", p[cut:]):
            (len(d), hashlib.sha256(d).hexdigest()) for p, d in files.items()}


def admitted(archives):
    """What the driver says of each archive: its members, its complaints."""
    run = subprocess.run([DRIVER, *archives], stdout=subprocess.PIPE,
                         check=True)
    answers = {}
    for record in run.stdout.decode().split("archive\t")[1:]:
        head, *lines = record.splitlines()
        found, complaints = answers.setdefault(head.split("\t")[0], ({}, []))
        for line in lines:
            kind, *rest = line.split("\t")
            if kind == "member":
                found[rest[0]] = (int(rest[1]), rest[2])
            else:
                complaints.append(line)
    return answers


def usable(n):
    """The writers of round n that are installed."""
    for name, make in WRITERS.items():
        programs = getattr(make, "programs", ())
        if "jar" in programs and n > 0:  # half a second each time
            continue
        if all(shutil.which(p) for p in programs):
            yield name, make


def main():
    rng = random.Random(SEED)
    failures = made = 0
    for n in range(ROUNDS):
        with tempfile.TemporaryDirectory() as temp:
            folder = pathlib.Path(temp, "in")
            folder.mkdir()
            files = tree(rng, folder)
            names = {}
            for i, (name, make) in enumerate(usable(n)):
                # zip adds ".zip" to a name without a dot.
                out = pathlib.Path(temp, f"{i}.zip" if "zip" in name
                                   else f"{i}.tar")
                make(out, folder, files)
                names[str(out)] = name
            made += len(names)
            answers = admitted(names)
            for out, name in names.items():
                found, complaints = answers[out]
                if complaints or found != expected(files):
                    failures += 1
                    print(f"seed {SEED} round {n} {name}: {complaints}",
                          sorted(found), sorted(expected(files)))
    print(f"{made} honest archives by {len(list(usable(0)))} writers, "
          f"{failures} refused or misread")
    return failures != 0 or made < 60


sys.exit(main())
