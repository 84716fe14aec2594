# SPDX-License-Identifier: Apache-2.0
"""What stands in the history, held against the schemas that the server
publishes (GET /v1/schemas)."""
import json
import re

from lib import check, run
# After lib, which takes the tests' own numbers.py out of Python's way.
import jsonschema  # pylint: disable=wrong-import-order


def fetch(o):
    """Name to schema, all that are published."""
    names = [i["name"] for i in o.api(None, "GET", "/v1/schemas")["items"]]
    out = {}
    for name in names:
        a = o.api(None, "GET", "/v1/schemas/" + name)
        out[name] = a.json
        jsonschema.Draft202012Validator.check_schema(a.json)
    return out


def case_conforms(o, schemas, case):
    faults = [e.message for e in jsonschema.Draft202012Validator(
        schemas["case"]).iter_errors(o.case(case))]
    check(not faults, "the document of %s is as published" % case, faults)


def history(o):
    """Every event of every case, from the repository."""
    paths = [p for p in o.git_run("ls-tree", "-r", "-z", "--name-only",
                                  "HEAD").split("\0")
             if re.fullmatch(r"cases/.*/[0-9]{4,}-[a-z0-9_.]+\.json", p)]
    ask = "".join("HEAD:%s\n" % p for p in paths).encode()
    out = run("git", "-C", o.git, "cat-file", "--batch", input=ask)
    at = 0
    while at < len(out):
        end = out.index(b"\n", at)
        size = int(out[at:end].split()[-1])
        yield json.loads(out[end + 1:end + 1 + size])
        at = end + 2 + size


def events_conform(o, schemas, name):
    """Each event's data by the schema of its act; of each act one event by
    the whole schema, whose branches are many."""
    whole = jsonschema.Draft202012Validator(schemas["event"])
    frame = dict(schemas["event"])
    for member in ("allOf", "$defs"):
        del frame[member]
    frame = jsonschema.Draft202012Validator(frame)
    seen, faults, n = set(), [], 0
    for event in history(o):
        act = "%s.%s" % (event["machine"], event["event"])
        data = jsonschema.Draft202012Validator(schemas["event." + act])
        found = list(frame.iter_errors(event)) + list(
            data.iter_errors(event["data"]))
        if act not in seen:
            found += list(whole.iter_errors(event))
        seen.add(act)
        faults += ["%s: %s" % (act, e.message) for e in found]
        n += 1
    check(n > 0 and not faults, "%s: %d events of %d acts are as published" %
          (name, n, len(seen)), faults[:3])


def example(schema):
    """A value that the schema takes."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {k: example(v) for k, v in schema.get("properties", {}).items()
                if k in schema.get("required", [])}
    if kind == "array":
        return []
    if kind == "integer":
        return 1
    if kind == "boolean":
        return True
    pattern = schema.get("pattern", "")
    for part, value in (("T[0-9]", "2026-08-01T00:00:00+09:00"),
                        ("[0-9]{4}-", "2026-08-01"),
                        ("{64}", "0" * 64), ("a-z0-9_", "x")):
        if part in pattern:
            return value
    return "x1"
