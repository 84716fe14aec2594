# SPDX-License-Identifier: Apache-2.0
"""One forgery: the steps of a history in a thief's hands, and what a thief
does to them again and again."""
import copy
import datetime
import hashlib
import json

import thief

DAY = 86400


class Forgery:
    """The steps of one forger."""

    def __init__(self, history, names):
        self.history = history
        self.names = names
        self.steps = history.copy()
        self.options = {}  # of History.write
        self.flags = []  # of audit verify
        self.damage = None  # of the files, when all is written
        self.trust = "all"

    def place(self, text):
        """"last/4": the case that the story calls so."""
        case, _, seq = text.partition("/")
        return self.names.get(case, case) + "/" + seq

    def at(self, text):
        found = [s for s in self.steps if s.place() == self.place(text)]
        assert len(found) == 1, text
        return found[0]

    def index(self, text):
        return self.steps.index(self.at(text))

    def drop(self, text):
        self.steps.remove(self.at(text))

    def insert(self, before, step):
        """before: a place, or None: at the end."""
        at = len(self.steps) if before is None else self.index(before)
        self.steps.insert(at, step)

    def again(self, text, seq=None, files=None):
        """A new event like an old one, without its files."""
        step = copy.deepcopy(self.at(text))
        step.original = step.signed = None
        step.files = files or {}
        if seq is not None:
            self.renumber(step, seq)
        return step

    def renumber(self, step, seq):
        step.seq = seq
        step.edit(seq=seq, event_id="%s/%d" % (step.case, seq))

    def close(self, text):
        """The places of a case after one that went."""
        case, seq = self.place(text).rsplit("/", 1)
        for step in self.steps:
            if step.case == case and step.seq > int(seq):
                self.renumber(step, step.seq - 1)

    def until(self, text):
        """The history ends here."""
        del self.steps[self.index(text) + 1:]

    def when(self, step, seconds, members=("recorded_at", "effective_at")):
        """An event and its commit at another time."""
        step.authored += seconds
        step.committed += seconds
        for name in members:
            step.event[name] = moved(step.event[name], seconds)

    def tbs(self, text):
        """The signed elements of a certificate of the true history."""
        step = self.true(text)
        der = step.files[step.file(".cer")]
        return thief.parts(thief.parts(thief.parts(der)[0][1])[0][1])

    def true(self, text):
        return [s for s in self.history.steps
                if s.place() == self.place(text)][0]

    def published(self, text):
        """Size and root of the log as it was with this event."""
        n = self.history.steps.index(self.true(text)) + 1
        return n, thief.root_of([thief.leaf_of(s.original)
                                 for s in self.history.steps[:n]])

    # --- decisions ---

    def basis(self, case, review):
        """As PROTOCOL.events has it, over what the forger has by now."""
        words = {"bundle.examine_done", "bundle.register_paper",
                 "close_survey", "opine", "conflict_found", "close_opinions"}
        last, out = "0" * 64, b""
        for step in self.steps:
            if step.case != case:
                continue
            step.event["prev"] = last
            digest = hashlib.sha256(thief.canonical(step.event))
            last = digest.hexdigest()
            held = [step.event, *step.event["effects"]]
            if any(e["event"] in words or e["machine"] + "." + e["event"] in
                   words for e in held):
                out += digest.digest()
            if "decision" in step.event["data"]:
                break
        out += hashlib.sha256(thief.canonical(review)).digest()
        return hashlib.sha256(out).hexdigest()

    def remake(self, text, based=True, **members):
        """The decision frozen there, otherwise, with everybody's
        signature."""
        step = self.at(text)
        path = step.file("/decision.json")
        document = json.loads(step.files[path])
        document.update(members)
        if based and "case_basis" not in members:
            document["case_basis"] = self.basis(
                step.case, step.event["data"]["review"])
        step.files[path] = thief.canonical(document)
        facts = step.event["data"]["decision"]
        for name in facts:
            if name in document:
                facts[name] = document[name]
        facts["sha256"] = thief.sha256(step.files[path])
        for other in self.steps:
            if other.event.get("decision_id") == document["decision_id"] and \
                    other.act == "decision.sign":
                self.approve(other, step.files[path])

    def approve(self, step, document, who=None, key=None,
                namespace="decision@nintei"):
        """The signature of this event, anew; by somebody else."""
        who = who or step.event["actor"]
        for path in [p for p in step.files if p.endswith(".sig")]:
            del step.files[path]
        sig = thief.armour(key or self.history.people[who], namespace,
                           document).encode()
        step.edit(actor=who, data={"signature": thief.sha256(sig)})
        step.files[step.path("decisions/%s/%s.sig" % (
            step.event["decision_id"], who))] = sig

    def document(self, text):
        step = self.at(text)
        return step.files[step.file("/decision.json")]

    # --- certificates and lists ---

    def certificate(self, text, change, key=None):
        """The certificate issued there, edited, signed, and named by the
        publication."""
        step = self.at(text)
        path = step.file(".cer")
        der = thief.resigned(step.files.pop(path), key or self.history.ca(
            step.event["scheme"]), change)
        serial = thief.parts(thief.parts(thief.parts(der)[0][1])[0][1])[1][1]
        step.event["data"]["serial"] = serial.hex()
        step.event["data"]["publication"]["hashes"]["certificate"] = \
            thief.sha256(der)
        step.files[step.path("issued/%s.cer" % serial.hex())] = der

    def crl(self, text, change, key=None, **data):
        step = self.at(text)
        path = step.file(".crl")
        der = thief.resigned(step.files.pop(path), key or self.history.ca(
            step.event["scheme"]), change)
        step.event["data"].update(sha256=thief.sha256(der), **data)
        step.files[step.path("issued/%d.crl" % step.event["data"][
            "crl_number"])] = der


def moved(text, seconds):
    t = datetime.datetime.fromisoformat(text)
    return (t + datetime.timedelta(seconds=seconds)).isoformat()


def stranger(_):
    return thief.Key(b"\5" * 32)


def edit(text, **members):
    def forged(x):
        x.at(text).edit(**members)
    return forged


def data(text, **members):
    def forged(x):
        x.at(text).event["data"].update(members)
    return forged
