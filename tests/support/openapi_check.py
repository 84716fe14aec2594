#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Validate one response against web/openapi.json.

usage: openapi_check.py METHOD PATH STATUS CONTENT-TYPE BODYFILE
The path may carry a query.  Exit 0, or 1 with one line for each fault.
"""
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DOCUMENT = os.path.join(HERE, "..", "..", "web", "openapi.json")
KNOWN = {"$ref", "type", "properties", "required", "additionalProperties",
         "items", "enum", "const", "pattern", "oneOf", "format", "minimum",
         "maximum", "minLength", "maxLength", "description"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool,
         "null": type(None)}
FORMATS = {"date": r"\d{4}-\d\d-\d\d$",
           "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}


class Checker:
    def __init__(self, doc):
        self.doc = doc
        self.faults = []

    def resolve(self, node):
        while "$ref" in node:
            target = self.doc
            for part in node["$ref"].lstrip("#/").split("/"):
                target = target[part]
            node = target
        return node

    def fault(self, at, text):
        self.faults.append("%s: %s" % (at or "/", text))

    def is_type(self, value, name):
        if name == "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        return isinstance(value, TYPES[name])

    def check(self, schema, value, at=""):
        schema = self.resolve(schema)
        unknown = set(schema) - KNOWN
        if unknown:
            raise SystemExit("the checker does not know %s" % unknown)
        types = schema.get("type")
        if types is not None:
            types = [types] if isinstance(types, str) else types
            if not any(self.is_type(value, t) for t in types):
                return self.fault(at, "want %s" % " or ".join(types))
        if "const" in schema and value != schema["const"]:
            self.fault(at, "want %r, have %r" % (schema["const"], value))
        if "enum" in schema and value not in schema["enum"]:
            self.fault(at, "%r is not listed" % value)
        if "oneOf" in schema:
            self.one_of(schema["oneOf"], value, at)
        if isinstance(value, dict):
            self.members(schema, value, at)
        elif isinstance(value, list):
            for i, item in enumerate(value):
                self.check(schema.get("items", {}), item, "%s/%d" % (at, i))
        elif isinstance(value, str):
            self.text(schema, value, at)
        elif isinstance(value, int):
            if value < schema.get("minimum", value):
                self.fault(at, "%d is too small" % value)
            if value > schema.get("maximum", value):
                self.fault(at, "%d is too large" % value)
        return None

    def one_of(self, choices, value, at):
        fits = 0
        for choice in choices:
            inner = Checker(self.doc)
            inner.check(choice, value, at)
            fits += not inner.faults
        if fits != 1:
            self.fault(at, "fits %d of %d shapes" % (fits, len(choices)))

    def members(self, schema, value, at):
        known = schema.get("properties", {})
        for key in schema.get("required", []):
            if key not in value:
                self.fault(at, "no member %s" % key)
        for key, item in value.items():
            rule = known.get(key, schema.get("additionalProperties", True))
            if rule is False:
                self.fault(at, "unknown member %s" % key)
            elif rule is not True:
                self.check(rule, item, "%s/%s" % (at, key))

    def text(self, schema, value, at):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            self.fault(at, "%r does not match %s" % (value,
                                                     schema["pattern"]))
        shape = FORMATS.get(schema.get("format"))
        if shape and not re.match(shape, value):
            self.fault(at, "%r is no %s" % (value, schema["format"]))
        if not schema.get("minLength", 0) <= len(value) <= schema.get(
                "maxLength", len(value)):
            self.fault(at, "length %d" % len(value))


def no_duplicates(pairs):
    if len({k for k, _ in pairs}) != len(pairs):
        raise ValueError("a member twice")
    return dict(pairs)


def find_operation(doc, method, path):
    path = path.split("?")[0]
    best = None
    for template, item in doc["paths"].items():
        pattern = "".join(
            part if not part.startswith("{") else
            (".+" if part in ("{slug}", "{tile}", "{event}") else "[^/]+")
            for part in re.split(r"(\{[a-z]+\})", template.replace(".", "\\.")))
        if re.fullmatch(pattern, path):
            if best is None or template.count("{") < best[0].count("{"):
                best = (template, item)
    if best is None:
        return None
    method = method.lower()
    return best[1].get("get" if method == "head" else method)


def response_of(doc, operation, path, status):
    if operation is None:  # 400, 404 and 405 have no operation
        problem = doc["components"]["responses"]["Problem"]
        return problem if status in ("400", "404", "405", "429", "431",
                                     "414") else None
    found = operation["responses"].get(status)
    if found is None and status == "405":
        found = doc["components"]["responses"]["Problem"]
    return found


def load():
    with open(DOCUMENT, encoding="utf-8") as f:
        return json.load(f)


def faults_of(doc, method, path, status, kind, body):
    checker = Checker(doc)
    operation = find_operation(doc, method, path)
    response = response_of(doc, operation, path, status)
    if response is None:
        return ["status %s is not documented" % status]
    content = checker.resolve(response).get("content", {})
    if method.upper() == "HEAD" or not content:
        return ["a body where none may be"] if body else []
    kind = kind.split(";")[0].strip().lower()
    media = content.get(kind, content.get("*/*"))
    if media is None:
        return ["type %s is not documented for %s" % (kind, status)]
    if kind.endswith("json") and "*/*" not in content:
        try:
            value = json.loads(body.decode("utf-8"),
                               object_pairs_hook=no_duplicates)
        except ValueError as error:
            return ["not JSON: %s" % error]
        checker.check(media["schema"], value)
        if "problem" in kind and value.get("status") != int(status):
            checker.fault("/status", "differs from %s" % status)
    return checker.faults


def main(method, path, status, kind, body_file):
    with open(body_file, "rb") as f:
        return faults_of(load(), method, path, status, kind, f.read())


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    faults = main(*sys.argv[1:])
    for line in faults:
        print("%s %s: %s" % (sys.argv[1], sys.argv[2], line))
    sys.exit(1 if faults else 0)
