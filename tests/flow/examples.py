#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The sample dossiers: each gives the findings that examples/ says it does,
and a dossier with many faults lists all of them in every form of output.
UPDATE=1 rewrites tests/fixtures/report/."""
import csv
import filecmp
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse

SOURCE = os.environ["SOURCE_DIR"]
NINTEI = os.path.join(os.environ["BUILD_DIR"], "bin", "nintei")
EXAMPLES = os.path.join(SOURCE, "examples")
REPORTS = os.path.join(SOURCE, "tests", "fixtures", "report")
PDFTEXT = os.path.exists(os.path.join(os.path.dirname(NINTEI),
                                      "nintei-pdftext"))
ENV = {**os.environ, "NINTEI": NINTEI, "NINTEI_HOME": "/nonexistent",
       "NINTEI_POLICIES": os.path.join(SOURCE, "policies")}
# What only the text of a PDF tells.
BY_TEXT = {"REGISTRY-STALE", "REGISTRY-FIELD_MISMATCH", "REGISTRY-LOOK_ALIKE",
           "LANG-UNDECIDED"}
failures = 0


def check(ok, what):
    global failures
    if not ok:
        failures += 1
        print("FAILED:", what)


def bundle_check(path, *args):
    return subprocess.run([NINTEI, "bundle", "check", path, *args],
                          capture_output=True, timeout=60, env=ENV)


def make(out, date=()):
    subprocess.run([os.path.join(EXAMPLES, "make"), "-o", out, *date],
                   check=True, env=ENV, stdout=subprocess.DEVNULL)


def findings(work):
    with open(os.path.join(EXAMPLES, "expected.tsv"), encoding="utf-8") as f:
        rows = list(csv.DictReader(f, delimiter="\t"))
    with open(os.path.join(EXAMPLES, "README.md"), encoding="utf-8") as f:
        readme = f.read()
    check(sorted(r["name"] for r in rows) == sorted(os.listdir(work)),
          "expected.tsv names every sample")
    for row in rows:
        r = bundle_check(os.path.join(work, row["name"], row["file"] or ""),
                         "--scheme", row["scheme"], "--json")
        have = {f["rule"] for f in json.loads(r.stdout)["findings"]}
        want = set(row["rules"].split())
        if PDFTEXT:
            check(r.returncode == int(row["exit"]), "%s: exit %d" % (
                row["name"], r.returncode))
        else:
            want -= BY_TEXT
        check(have == want, "%s: want %s, have %s" % (
            row["name"], sorted(want), sorted(have)))
        line = re.search(r"^\| `%s` .*$" % row["name"], readme, re.M)
        check(line is not None and
              all(rule in line[0] for rule in row["rules"].split()
                  if rule != "LANG-NEEDS_HUMAN"),
              "%s stands in examples/README.md with its rules" % row["name"])


def stable(text):
    """Without what depends on the day."""
    text = re.sub(r"20\d\d-\d\d-\d\d", "DATE", text)
    return re.sub(r"\d+( bytes|バイト)", r"N\1", text)


def snapshot(name, text):
    path = os.path.join(REPORTS, name)
    if os.environ.get("UPDATE"):
        os.makedirs(REPORTS, exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    with open(path, encoding="utf-8") as f:
        check(f.read() == text, "%s is as reviewed:\n%s" % (name, text))


def reports(many):
    args = ("--scheme", "iaas-paas-iot")
    found = json.loads(bundle_check(many, "--json", *args).stdout)["findings"]
    check(len(found) >= 12, "many faults: %d" % len(found))
    for lang in ("ja", "en"):
        say = ("--lang", lang)
        plain = bundle_check(many, *args, *say)
        check(plain.returncode == 6, "the same verdict for people")
        text = plain.stdout.decode()
        for f in found:
            check(f["text_" + lang] in text and f["rule"] in text,
                  "%s is listed in %s" % (f["rule"], lang))
        snapshot("many.%s.txt" % lang, stable(text))
        table = bundle_check(many, "--table", *args, *say).stdout.decode()
        rows = [l.split("\t") for l in table.splitlines()]
        check(len(rows) == len(found) + 1 and all(len(r) == 5 for r in rows),
              "five columns and a row for each finding")
        snapshot("many.%s.tsv" % lang, stable(table))
        sarif(bundle_check(many, "--sarif", *args, *say), found, lang)
    check(bundle_check(many, "--sarif", "--table", *args).returncode == 2 and
          bundle_check(many, "--json", "--table", *args).returncode == 2,
          "one form of output at a time")


def sarif(r, found, lang):
    document = json.loads(r.stdout)
    run = document["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    levels = {"refuse": "error", "correct": "warning", "warn": "note"}
    check(r.returncode == 6 and document["version"] == "2.1.0", "SARIF 2.1.0")
    check(len({rule["id"] for rule in rules}) == len(rules) and
          all(rule["help"]["text"] for rule in rules), "rules with help")
    check(len(run["results"]) == len(found), "a result for each finding")
    for one, f in zip(run["results"], found):
        place = one["locations"][0]
        check(one["ruleId"] == f["rule"] == rules[one["ruleIndex"]]["id"] and
              one["level"] == levels[f["severity"]] and
              one["message"]["text"] == f["text_" + lang],
              "%s as a result" % f["rule"])
        uri = place.get("physicalLocation", {}).get(
            "artifactLocation", {}).get("uri", "")
        check(uri.isascii() and urllib.parse.unquote(uri) ==
              f.get("member", ""), "%s: %s" % (f["rule"], uri))
        logical = [l["fullyQualifiedName"] for l in place["logicalLocations"]]
        want = ["%s#%s" % (f.get("member", ""), f["field"])] \
            if f.get("field") else []
        check(logical == want, "%s: %s" % (f["rule"], logical))


def guides(missing):
    """What the guides show is what the program says."""
    for lang in ("ja", "en"):
        guide = os.path.join(SOURCE, "docs", "BUNDLE-GUIDE.%s.md" % lang)
        with open(guide, encoding="utf-8") as f:
            shown = stable(f.read())
        text = stable(bundle_check(missing, "--lang", lang, "--scheme",
                                   "iaas-paas-iot").stdout.decode())
        check(text in shown, "%s shows\n%s" % (guide, text))


def formulas(work):
    """A name that a spreadsheet would run as a formula does not begin one."""
    os.mkdir(os.path.join(work, "evil"))
    with open(os.path.join(work, "evil", "=1+1.zip"), "wb") as f:
        f.write(b"PK\x05\x06" + bytes(18))
    table = bundle_check(os.path.join(work, "evil"), "--table", "--scheme",
                         "iaas-paas-iot").stdout.decode()
    check("\t'=1+1.zip\t" in table and "\t=1" not in table, table)


def main():
    with tempfile.TemporaryDirectory() as work:
        one, two = os.path.join(work, "one"), os.path.join(work, "two")
        make(one)
        findings(one)
        if PDFTEXT:
            reports(os.path.join(one, "bad-many"))
            guides(os.path.join(one, "bad-missing-item"))
        formulas(work)
        date = re.search(rb'"application_date": "([\d-]+)"', open(os.path.join(
            one, "good-iaas-json", "form-a.json"), "rb").read())[1].decode()
        make(two, ("--date", date))
        for folder, _, names in os.walk(one):
            for name in names:
                path = os.path.join(folder, name)
                again = os.path.join(two, os.path.relpath(path, one))
                check(filecmp.cmp(path, again, shallow=False),
                      "%s: the same bytes again" % name)
    print("%d failures" % failures)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
