#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each article, paragraph and item of each regulation has a line in
docs/CONFORMANCE.md that says what implements it and which test proves it, or
why it asks nothing of software.  The tests named there exist, and say what
they are said to say."""
import ast
import glob
import json
import os
import re
import subprocess
import sys

SOURCE = os.environ["SOURCE_DIR"]
BUILD = os.environ["BUILD_DIR"]
SCHEMES = ("iaas-paas-iot", "genai-saas")
ARTICLE = re.compile(r"^(?:[-#\s]*)第\s*(\d+)\s*条")
PARAGRAPH = re.compile(r"^\s*-?\s*(\d{1,2})\s+[^年月日]")
ITEM = re.compile(r"^\s*-?\s*\((\d)\)")
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]*) \| ([^|]+) \| ([^|]+) \|$")
TEST = re.compile(r"`([a-z]+/[a-z0-9_-]+)`(?: \(([^)]*)\))?")
NOTHING = "—"

failures = []


def check(good, what):
    if not good:
        failures.append(what)
        print("FAIL " + what)


def provisions(text):
    """'4(1)(2)': paragraphs are counted from 1, also where only one is."""
    found, article, paragraph = [], 0, 0
    for line in text.splitlines():
        m = ARTICLE.match(line)
        if m:
            article, paragraph = int(m.group(1)), 1
            found.append("%d(1)" % article)
            continue
        if re.match(r"^[-#\s]*附則", line):
            article = 0
            found.append("附則")
        m = PARAGRAPH.match(line) if article else None
        if m and int(m.group(1)) == paragraph + 1:
            paragraph += 1
            found.append("%d(%d)" % (article, paragraph))
            continue
        m = ITEM.match(line) if article else None
        if m:
            found.append("%d(%d)(%s)" % (article, paragraph, m.group(1)))
    return found


def tests_known():
    """Name of each test that is registered, and the files it is made of."""
    out = subprocess.run(["ctest", "--show-only=json-v1"], cwd=BUILD,
                         check=True, stdout=subprocess.PIPE).stdout
    known = {}
    for test in json.loads(out)["tests"]:
        folder, name = test["name"].split("/", 1)
        command = test.get("command", [""])[0]
        if command.startswith(SOURCE + "/tests/"):
            known[test["name"]] = [command]
        elif name == "model":
            known[test["name"]] = glob.glob(SOURCE + "/tests/model/*.c")
        else:
            known[test["name"]] = glob.glob(
                "%s/tests/%s/test_%s.c" % (SOURCE, folder, name))
    return known


def python_texts(source):
    """String literals but not the docstrings, which prove nothing."""
    tree = ast.parse(source)
    doc = {id(n.body[0].value) for n in ast.walk(tree)
           if isinstance(n, (ast.Module, ast.FunctionDef, ast.ClassDef)) and
           n.body and isinstance(n.body[0], ast.Expr)}
    return [n.value for n in ast.walk(tree)
            if isinstance(n, ast.Constant) and isinstance(n.value, str) and
            id(n) not in doc]


def c_texts(source):
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.S)
    return (re.findall(r"START_TEST\((\w+)\)", source) +
            re.findall(r'"((?:[^"\\\n]|\\.)*)"', source))


def texts_of(files):
    """What a test says: names of its cases, words of its checks."""
    texts = []
    for path in files:
        with open(path, encoding="utf-8") as f:
            source = f.read()
        if path.endswith(".py"):
            texts += python_texts(source)
        elif path.endswith(".c"):
            texts += c_texts(source)
        else:
            texts += [line for line in source.splitlines()
                      if not line.lstrip().startswith("#")]
    return texts


def says_so(texts, word):
    pattern = re.compile(r"(?<!\w)" + re.escape(word) + r"(?!\w)")
    return any(pattern.search(t) for t in texts)


def rows_of(path):
    rows = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            m = ROW.match(line.rstrip("\n"))
            if not m:
                continue
            schemes = m.group(2).strip() or " ".join(SCHEMES)
            for scheme in schemes.split():
                key = (scheme, m.group(1))
                check(key not in rows, "%s %s has two lines" % key)
                rows[key] = (m.group(3).strip(), m.group(4).strip())
    return rows


def row_check(key, row, known):
    what, proof = row
    place = "%s %s" % key
    check(len(what) > 10, place + ": say what implements it")
    if proof.startswith(NOTHING):
        check(len(proof) > 20, place + ": say why no test is needed")
        return
    named = TEST.findall(proof)
    check(named, place + ": names no test")
    for test, says in named:
        if test not in known:
            check(False, "%s: there is no test %s" % (place, test))
            continue
        words = [w.strip() for w in says.split(",") if w.strip()]
        check(words, "%s: say which check of %s" % (place, test))
        texts = texts_of(known[test])
        for word in words:
            check(says_so(texts, word),
                  "%s: %s does not say \"%s\"" % (place, test, word))


def main():
    known = tests_known()
    rows = rows_of(os.path.join(SOURCE, "docs", "CONFORMANCE.md"))
    asked = set()
    for scheme in SCHEMES:
        with open(os.path.join(SOURCE, "policies", scheme, "rule.txt"),
                  encoding="utf-8") as f:
            want = provisions(f.read())
        # 22 articles and the supplementary provision, or the text is misread.
        check(len({w.split("(")[0] for w in want}) == 23,
              "%s: articles are misread: %s" % (scheme, want))
        for w in want:
            asked.add((scheme, w))
            check((scheme, w) in rows, "%s %s has no line" % (scheme, w))
    for key in rows:
        check(key in asked, "%s %s is no provision of the text" % key)
        row_check(key, rows[key], known)
    print("%d provisions, %d failed" % (len(asked), len(failures)))
    sys.exit(1 if failures else 0)


main()
