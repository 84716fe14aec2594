# SPDX-License-Identifier: Apache-2.0
"""Versions of the rules for a simulated body (Art. 22)."""
import hashlib
import os
import re
import shutil


def replace(path, pattern, text):
    with open(path, encoding="utf-8") as f:
        was = f.read()
    now, n = re.subn(pattern, text, was, count=1, flags=re.M)
    if n != 1:
        raise ValueError("%s has no %s" % (path, pattern))
    with open(path, "w", encoding="utf-8") as f:
        f.write(now)


def version(home, scheme, name, counts):
    """policies/<scheme>/versions/<name>/: the newest with its days counted
    otherwise and another word in its text."""
    source = os.path.join(home, "policies", scheme)
    versions = os.path.join(source, "versions")
    made = sorted(os.listdir(versions)) if os.path.isdir(versions) else []
    if made:
        source = os.path.join(versions, made[-1])
    folder = os.path.join(versions, name)
    os.makedirs(folder)
    for file in os.listdir(source):
        if os.path.isfile(os.path.join(source, file)):
            shutil.copy(os.path.join(source, file), folder)
    rule = os.path.join(folder, "rule.txt")
    with open(rule, "a", encoding="utf-8") as f:
        f.write("この規程は、%sから施行する。\n" % name)
    with open(rule, "rb") as f:
        digest = hashlib.sha256(f.read()).hexdigest()
    yaml = os.path.join(folder, "scheme.yaml")
    replace(yaml, r"^    sha256: [0-9a-f]+$", "    sha256: " + digest)
    replace(yaml, r'- rule_version: "[0-9-]+"\n    policy: "\d+"',
            '- rule_version: "%s"\n    policy: "1"' % name)
    replace(os.path.join(folder, "params.yaml"),
            r"^first_day_counts: (yes|no)$",
            "first_day_counts: " + ("yes" if counts else "no"))
