#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each key of the policy (REGULATION 7) is read by code outside its own
parser, or is refused where it is not at its default: a key that changes
nothing is a promise that nobody keeps.
usage: params_read.py SOURCE"""
import glob
import os
import re
import sys

# Read while a scheme is loaded, by what the others then look at.
BY_SCHEME = {"never_withheld": "use.c", "registry_paper_max_age": "form.c"}
# Says for how long, and nothing destroys by itself: officers decide.
BY_PEOPLE = {"dossier_keep_days"}


def read(path):
    with open(path, encoding="utf-8") as f:
        return re.sub(r'/\*.*?\*/|"[^"\n]*"', " ", f.read(), flags=re.S)


def main():
    root = os.path.join(sys.argv[1], "src")
    with open(os.path.join(root, "scheme", "params.inc"),
              encoding="utf-8") as f:
        keys = re.findall(r"^[A-Z]+\((\w+)", f.read(), flags=re.M)
    own = os.path.join(root, "scheme")
    text = "".join(read(p) for p in glob.glob(
        os.path.join(root, "**", "*.[ch]"), recursive=True)
        if not p.startswith(own + os.sep))
    parser = read(os.path.join(own, "params.c"))
    refused = parser[parser.index("served_check"):parser.index("params_of(")]
    faults = []
    for key in keys:
        used = re.search(r"(\.|->)%s\b" % key, text)
        if key in BY_SCHEME:
            used = re.search(r"(\.|->)%s\b" % key,
                             read(os.path.join(own, BY_SCHEME[key])))
        if not used and key not in BY_PEOPLE and \
                not re.search(r"p->%s\b" % key, refused):
            faults.append("%s is read by nobody" % key)
        if used and key in BY_PEOPLE:
            faults.append("%s is read: say so here" % key)
    if len(keys) < 45:
        faults.append("only %d keys" % len(keys))
    print("\n".join(faults) or "%d keys" % len(keys))
    sys.exit(1 if faults else 0)


main()
