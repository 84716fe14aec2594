# SPDX-License-Identifier: Apache-2.0
"""People beyond the five of a development authority: their keys, tokens and
entries of the roster, and what they sign beside decisions."""
import json
import os

from lib import fail, run
from steps import paper

FROM = "2026-07-01T00:00:00+09:00"


def hire(o, *people):
    """Key and token of each (person, roles of the token); before the start."""
    for person, roles in people:
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", person, "-f",
            os.path.join(o.people, person + ".key"))
        o.grant(person, person, roles)


def entry(o, person, roles, **more):
    with open(os.path.join(o.people, person + ".key.pub"),
              encoding="ascii") as f:
        public = " ".join(f.read().split()[:2])
    return {"schema": "nintei.roster/1", "person": person,
            "roles": sorted(roles.split()), "valid_from": FROM,
            "keys": [{"id": "key-1", "type": "ssh", "public": public,
                      "valid_from": FROM}], **more}


def enroll(o, person, roles, **more):
    """Into the roster, by a decision of both officers."""
    document = o.do("secretary-1", "roster", "freeze", {
        "kind": "roster", "reasons": "名簿への登載",
        "entry": entry(o, person, roles, **more)})
    decision = document["decisions"][-1]["decision_id"]
    if o.decide(decision) != "executed":
        fail("%s is not in the roster" % person)


def canonical(data):
    return json.dumps(data, sort_keys=True, separators=(",", ":"),
                      ensure_ascii=False).encode()


def signed(o, who, case, act, data=None, namespace="declaration@nintei",
           key=None):
    """data with the person's own signature over the rest of it."""
    data = {"signs": "%s/%s" % (case, act), **(data or {})}
    armour = o.armour(canonical(data), key or who, namespace)
    return {**data, "signature": armour.decode()}


def declare(o, who, case, clear=True, **more):
    word = "declare_clear" if clear else "declare_conflict"
    return o.command(who, case, word, signed(
        o, who, case, "seat." + word,
        {"statement": "no_interest" if clear else "interest"}), **more)


def opine(o, who, case, favourable=True, text="意見書", **more):
    return o.command(who, case, "opine", signed(
        o, who, case, "seat.opine", {"favourable": favourable},
        "opinion@nintei"), documents=[paper("opinion", text)], **more)


def close_opinions(o, who, case, once="", **more):
    return o.command(who, case, "close_opinions", signed(
        o, who, case, "application.close_opinions" + once),
        documents=[paper("minutes", "議事録")], **more)
