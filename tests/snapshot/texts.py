#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""texts.py DIR: the sentence of every rule says in both languages what was
found and what to do, and fits with its detail into a finding."""
import os
import re
import sys

LITERAL = r'"((?:[^"\\]|\\.)*)"'
FILES = ["bag", "bundle", "examine", "asic", "intake"]
# What is wanted of the sender, or that nothing is.
JA = re.compile("ください|提出者がすることはありません|担当者が|早く済みます|方として扱")
EN = re.compile(r"\b([Pp]lease|[Mm]ake|[Ss]end|[Ss]ave|[Pp]ut|[Ww]rite|[Tt]ake"
                r"|[Mm]end|[Dd]ivide|[Aa]dd|[Gg]et|[Ll]eave|[Cc]heck|[Ss]ign"
                r"|[Ff]ill|[Uu]se|[Dd]elete|[Cc]opy|[Ll]ook|[Bb]egin|[Bb]reak"
                r"|[Oo]pen|[Tt]ype|[Kk]eep|[Rr]aise|[Cc]hoose|[Cc]all|[Ll]ist"
                r"|[Ss]horten|[Rr]emove|[Pp]rint|[Aa]pply|encode"
                r"|[Cc]onvert|[Gg]ive|[Nn]ame|must|nothing is asked|a person looks"
                r"|[Aa] person|handled sooner)\b")


def main():
    bad = 0
    seen = 0
    for module in FILES:
        path = os.path.join(sys.argv[1], "src", module, "rules.inc")
        with open(path, encoding="utf-8") as f:
            text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
        text = re.sub(r"\\\n", "\n", text)
        for m in re.finditer(LITERAL + r",\s*" + LITERAL + r"\s*\)", text):
            ja, en = (s.replace('\\"', '"') for s in m.groups())
            seen += 1
            for ok, why in (
                    (JA.search(ja), "says not what to do"),
                    (EN.search(en), "says not what to do in English"),
                    (ja.count("%s") == en.count("%s") <= 1, "details differ"),
                    (len(ja.encode()) < 448 and len(en) < 448, "too long"),
                    (re.search("[。）：]$|%s$", ja), "ends within a sentence")):
                if not ok:
                    bad += 1
                    print("%s: %s: %s / %s" % (module, why, ja, en))
    if seen < 180:
        bad += 1
        print("only %d sentences were found" % seen)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
