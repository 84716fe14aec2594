# SPDX-License-Identifier: Apache-2.0
"""docs/PERFORMANCE.md, made from the figures of a run."""
import os

HEAD = """# Performance

Made by `bench/run --write`; how each figure is taken stands in
[bench/README.md](../bench/README.md). The peers run on the same machine, in
the same run, in turn with ours: **ratios count**, rates wander with the
machine. A line that begins with `;` compares the figure above it. Every
answer that is counted was durable, and what the store wrote was signed.

"""
TAIL = """
Not measured here: XFS, disks with power-loss protection, more cores, replicas.
"""


def met(row):
    """Does the median keep its goal?  None: it has none."""
    goal = row.get("goal")
    if "limit" in row:
        goal = "<= %s" % row["limit"]
    if goal is None:
        return None
    sign, value = goal.split()
    good = {">=": row["median"] >= float(value),
            "<=": row["median"] <= float(value)}
    return good[sign]


def number(value):
    if value >= 1000:
        return format(round(value), ",")
    return "%.3g" % value


def more(row):
    known = ("figure", "unit", "median", "min", "max", "n", "goal", "limit")
    return ", ".join("%s %s" % (k.replace("_", " "), v)
                     for k, v in row.items() if k not in known)


def line(row):
    goal = row.get("goal") or ("<= %d" % row["limit"] if "limit" in row
                               else "")
    verdict = {None: "", True: "met", False: "**not met**"}[met(row)]
    return "| %s | %s | %s | %s | %s | %d | %s | %s | %s |\n" % (
        row["figure"], row["unit"], number(row["median"]),
        number(row["min"]), number(row["max"]), row["n"], goal, verdict,
        more(row))


def page(facts, groups):
    """facts of the machine; groups: (name, what it is, rows)."""
    out = [HEAD, "Machine: ", ", ".join(
        "%s %s" % (k.replace("_", " "), v) for k, v in facts.items()
        if v not in ("", None)), ".\n"]
    for name, what, rows in groups:
        out.append("\n## %s\n\n%s\n\n" % (name, " ".join(what.split())))
        out.append("| figure | unit | median | least | greatest | n | goal |"
                   " | more |\n|---|---|---|---|---|---|---|---|---|\n")
        out.extend(map(line, rows))
    return "".join(out) + TAIL


def write(source, facts, groups):
    path = os.path.join(source, "docs", "PERFORMANCE.md")
    with open(path, "w", encoding="utf-8") as f:
        f.write(page(facts, groups))
    return path
