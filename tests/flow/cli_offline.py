#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""nintei without a server: calendar, numbers, bundles, usage, exit codes."""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

SOURCE = os.environ["SOURCE_DIR"]
NINTEI = os.path.join(os.environ["BUILD_DIR"], "bin", "nintei")
FIXTURES = os.path.join(SOURCE, "tests", "fixtures")
ENV = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8",
       "NINTEI_POLICIES": os.path.join(SOURCE, "policies")}
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE"):
    if name in os.environ:
        ENV[name] = os.environ[name]
failures = 0


def nintei(*args, env=None, cwd="/"):
    return subprocess.run([NINTEI, *args], capture_output=True, timeout=120,
                          env={**ENV, **(env or {})}, cwd=cwd)


def check(ok, what):
    global failures
    if not ok:
        failures += 1
        print("FAILED:", what)


def expect(status, *args, **kwargs):
    r = nintei(*args, **kwargs)
    check(r.returncode == status, "%s: want %d, have %d: %s" % (
        " ".join(args), status, r.returncode,
        r.stderr.decode(errors="replace")[:300]))
    return r


def rows(name):
    with open(os.path.join(FIXTURES, name), encoding="utf-8") as f:
        lines = [l for l in f if not l.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def as_text(document):
    return {k: str(v).lower() if isinstance(v, bool) else v
            for k, v in document.items()}


def calendar():
    """Every 9th row; test_term has them all.  The members are the columns."""
    for row in rows("terms.tsv")[::9]:
        args = ["--first-day-counts"] if row["first_day_counts"] == "true" \
            else []
        r = expect(0, "date", "term", row["certified_on"], "--json", *args)
        have = as_text(json.loads(r.stdout))
        want = {k: v for k, v in row.items() if k != "note"}
        check(have == want, "flow 26: date term %s: %s" % (
            row["certified_on"], have))
    for row in rows("art8.tsv")[::9]:
        with_it = row["bar_includes_anniversary"] == "true"
        args = ["--include-anniversary"] if with_it else []
        r = expect(0, "date", "bar", row["application_date"], "--json", *args)
        have = as_text(json.loads(r.stdout))
        want = {k: v for k, v in row.items() if k != "note"}
        check(have == want, "date bar %s: %s" % (row["application_date"],
                                                 have))
    r = expect(0, "date", "term", "2026-02-28", "--explain")
    check(b"2028-02-29" in r.stdout and b"Civil Code 143" in r.stdout,
          "flow 26: the reasoning is given")
    r = expect(0, "date", "term", "令和8年2月28日", "--explain", "--lang", "ja")
    check("民法143条".encode() in r.stdout, "the reasoning in Japanese")
    r = expect(0, "date", "window", "2028-07-01", "--json")
    check(json.loads(r.stdout) == {
        "valid_through": "2028-07-01", "window_opens": "2028-05-02",
        "window_closes": "2028-06-01"}, "date window")
    r = expect(0, "date", "term", "2026-07-01", "--json", "--explain",
               "--scheme", "genai-saas")
    document = json.loads(r.stdout)
    check(len(document["explanation"]["ja"]) ==
          len(document["explanation"]["en"]) > 5, "explained in both")
    expect(2, "date", "term", "8.07.03")
    expect(2, "date", "term", "2026-02-29")
    expect(4, "date", "term", "2026-07-01", "--scheme", "nobody")


def numbers():
    r = expect(0, "number", "check", "7000012050002", "--json")
    check(json.loads(r.stdout)["ok"] is True, "a corporate number")
    r = expect(0, "number", "check", "Ｔ７０００-０１２０-５０００２", "--json")
    check(json.loads(r.stdout)["number"] == "7000012050002", "folded")
    r = expect(6, "number", "check", "7000012050003", "--json")
    check(json.loads(r.stdout)["fault"] == "check_digit", "a wrong digit")
    expect(6, "number", "check", "")


def bundles(work):
    for scheme in ("iaas-paas-iot", "genai-saas"):
        papers = os.path.join(work, scheme)
        shutil.copytree(os.path.join(FIXTURES, "dossier", scheme), papers)
        one = os.path.join(work, scheme + ".zip")
        two = os.path.join(work, scheme + "-again.zip")
        expect(0, "bundle", "make", papers, "-o", one, "--scheme", scheme)
        time.sleep(1.1)
        expect(0, "bundle", "make", papers, "-o", two, "--scheme", scheme)
        with open(one, "rb") as a, open(two, "rb") as b:
            check(a.read() == b.read(), "bundle make is deterministic")
        r = expect(0, "bundle", "check", one, "--json")
        document = json.loads(r.stdout)
        check(document["ok"] and document["scheme"] == scheme and
              all(f["severity"] == "warn" for f in document["findings"]),
              "what bundle make makes passes")
        expect(0, "bundle", "check", papers, "--scheme", scheme,
               "--kind", "new")
        os.remove(os.path.join(papers, "登記事項証明書.pdf"))
        r = expect(6, "bundle", "check", papers, "--scheme", scheme,
                   "--kind", "new", "--json")
        found = json.loads(r.stdout)["findings"]
        check(any(f["article"] == "4(1)(2)" for f in found),
              "a missing paper is found")
    bad = os.path.join(work, "bad.zip")
    with open(bad, "wb") as f:
        f.write(b"PK\x03\x04 this is no archive")
    r = expect(6, "bundle", "check", bad, "--json")
    document = json.loads(r.stdout)
    check(not document["ok"] and document["findings"][0]["rule"].startswith(
        "BUNDLE-"), "a broken archive is refused")
    finding = document["findings"][0]
    check(set(finding) <= {"rule", "code", "severity", "article", "member",
                           "field", "text_ja", "text_en"}, "members")
    r = expect(6, "bundle", "check", bad, "--lang", "ja")
    check(finding["text_ja"].encode() in r.stdout, "said in Japanese")
    expect(4, "bundle", "check", os.path.join(work, "none.zip"))
    expect(2, "bundle", "make", work)
    os.symlink("/etc/passwd", os.path.join(work, "genai-saas", "link"))
    expect(2, "bundle", "make", os.path.join(work, "genai-saas"), "-o", bad)


def usage():
    r = expect(0, "--version")
    check(re.fullmatch(rb"nintei \d+\.\d+\.\d+\n", r.stdout), "--version")
    r = expect(0, "help")
    ja = expect(0, "help", "--lang", "ja")
    check("使い方".encode() in ja.stdout, "help in Japanese")
    check("使い方".encode() in expect(
        0, "help", env={"LANG": "ja_JP.UTF-8"}).stdout, "by LANG")
    check("使い方".encode() not in expect(
        0, "help", env={"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}).stdout,
        "by LC_ALL")
    verbs = re.findall(rb"^  ([a-z]+)( [a-z]+)?", r.stdout, re.M)
    check(len(verbs) >= 19, "every verb is listed")
    for noun, verb in verbs:
        noun, verb = noun.decode(), verb.decode().strip()
        page = os.path.join(SOURCE, "docs", "man", "nintei-%s.1" % noun)
        with open(page, encoding="utf-8") as f:
            text = f.read()
        check(".Nm nintei %s" % noun in text and verb in text,
              "%s %s has a man page" % (noun, verb))
        one = expect(0, "help", noun, *([verb] if verb else []))
        for option in re.findall(rb"^  (--?[a-z-]+)", one.stdout, re.M):
            if option in (b"-C", b"--json", b"--lang", b"--help",
                          b"--version", b"--server", b"--token-file",
                          b"--cacert", b"--output"):
                continue
            check("Fl " + option.decode().lstrip("-") in text.replace(
                "Fl Fl ", "Fl "), "%s %s: %s stands in the man page" % (
                    noun, verb, option.decode()))
    for args in ([], ["foo"], ["date"], ["date", "term"], ["--what"],
                 ["date", "term", "a", "b"], ["case", "show", "x", "--raw"],
                 ["date", "term", "2026-07-01", "--scheme"],
                 ["help", "--lang", "de"], ["help", "nothing"]):
        expect(2, *args)
    r = expect(2, "date", "term", "x", "--json")
    check(json.loads(r.stdout)["code"] == "E_USAGE", "errors as JSON too")


def no_server(work):
    expect(2, "case", "list", cwd=work)
    expect(7, "case", "list", "--server", "https://127.0.0.1:1")
    token = os.path.join(work, "token")
    with open(token, "w") as f:
        f.write("nin_pat_x\n")
    expect(2, "case", "list", "--server", "http://127.0.0.1:1",
           "--token-file", token)
    expect(2, "case", "list", "--server", "ftp://127.0.0.1:1")
    expect(4, "cert", "show", os.path.join(work, "none.pem"))
    expect(2, "cert", "show", token)
    expect(2, "crl", "show", token)
    expect(2, "cert", "verify", token, cwd=work)
    expect(4, "index", "rebuild", "-C", os.path.join(work, "nohome"))


def pages():
    man = os.path.join(SOURCE, "docs", "man")
    if shutil.which("mandoc") is None:
        check(False, "mandoc is not installed")
        return
    for name in sorted(os.listdir(man)):
        r = subprocess.run(["mandoc", "-T", "lint", "-W", "warning",
                            os.path.join(man, name)], capture_output=True)
        check(r.returncode == 0, "%s: %s" % (name, r.stdout.decode()))


def main():
    with tempfile.TemporaryDirectory() as work:
        calendar()
        numbers()
        bundles(work)
        usage()
        no_server(work)
        pages()
    print("%d failures" % failures)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
