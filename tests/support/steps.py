# SPDX-License-Identifier: Apache-2.0
"""Steps of a certified service that several black-box tests take."""
import base64
import json
import types

from lib import check, fail, papers


def paper(role, text="架空の書類", tag=None):
    """A document of a command."""
    out = {"name": role + ".txt", "role": role,
           "content": base64.b64encode(text.encode()).decode()}
    if tag is not None:
        out["tag"] = tag
    return out


def own(o, who, case, act, data=None):
    """Data of an act, signed by the person in the own name."""
    data = {**(data or {}), "signs": "%s/%s" % (case, act)}
    text = json.dumps(data, sort_keys=True, ensure_ascii=False,
                      separators=(",", ":")).encode()
    return {**data, "signature": o.armour(
        text, who, "declaration@nintei").decode()}


def machine(document, name, instance=None):
    """State of the last instance of a machine, or None."""
    found = [m["state"] for m in document["machines"]
             if m["machine"] == name and instance in (None, m["instance"])]
    return found[-1] if found else None


def flags(document, name):
    return [m["flags"] for m in document["machines"]
            if m["machine"] == name][-1]


def guard_of(a):
    return a.json.get("guard")


def refused(o, who, case, command, status, name, guard=None, data=None,
            **more):
    """A command that is refused and changes nothing."""
    head = o.head(case)
    a = o.command(who, case, command, data, **more)
    check(a.status == status and (guard is None or guard_of(a) == guard) and
          o.head(case) == head, name, a)


def propose_kind(o, case, kind, **data):
    """A decision of a kind that `freeze` proposes: its id."""
    document = o.do("secretary-1", case, "freeze", {"kind": kind, **data})
    return document["decisions"][-1]["decision_id"]


def events(self, case):
    items, path = [], "/v1/cases/%s/events" % case
    more = ""
    while True:
        a = self.api("auditor-1", "GET", path + more)
        if a.status != 200:
            fail("events of %s: %r" % (case, a))
        items += a["items"]
        if a.get("next") is None:
            return items
        more = "?cursor=" + a["next"]


def last(self, case, word):
    """The newest event of a word ("mark.fixed" or "fixed")."""
    name, dot, event = word.rpartition(".")
    found = [e for e in self.events(case) if e["event"] == event and
             (not dot or e["machine"] == name)]
    if not found:
        fail("no event %s in %s" % (word, case))
    return found[-1]


def service(self, scheme, name):
    """A certified service of a name of its own: its case."""
    files = papers(scheme, service=name + "サービス")
    a = self.submit(files, scheme)
    if a.status != 201:
        fail("submit: %r" % a)
    case = a["case"]
    self.files[case] = files
    self.accept(case)
    if self.decide(self.propose(case)) != "executed":
        fail("the decision was not executed")
    return case


NOTED = {("compliance", "survey_refused"): 6,
         ("emergency", "discovered_by_body"): 5,
         ("emergency", "progress_due_passed"): 5}


def ground(o, case):
    """Grounds of Art. 17(1) that the events of a case noted."""
    out = []
    for e in o.events(case):
        for step in [e] + e.get("effects", []):
            word = (step["machine"], step["event"])
            if word == ("compliance", "due_passed"):
                out.append(6 if step["from"] == "inquiry" else 7)
            elif word in NOTED:
                out.append(NOTED[word])
    return out


def steps_of(office):
    """The same office, with these steps as its own."""
    office.files = {}
    for fn in (events, last, service):
        setattr(office, fn.__name__, types.MethodType(fn, office))
    return office
