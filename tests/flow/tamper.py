#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tampering: a history of real processes, cloned, then written anew by
somebody who has stolen every key of the house.  Stock git finds nothing;
audit verify names the event that is wrong, and why."""
import base64
import concurrent.futures
import copy
import datetime
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

from lib import BIN, check, finish, run
# lib comes first: it says where the next two are found.
# pylint: disable=wrong-import-order
import story
import thief

DAY = 86400
LIST = "crl-genai-saas/4"


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


# --- commits ---

def dropped(x):
    x.drop("last/2")


def dropped_and_closed(x):
    """Nothing is missing but the fee."""
    x.drop("last/2")
    x.close("last/2")


def dropped_unlogged(x):
    x.drop("access/1")
    x.options["logged"] = False


def swapped_in_case(x):
    i = x.index("last/2")
    x.steps[i:i + 2] = [x.steps[i + 1], x.steps[i]]


def swapped_unlogged(x):
    i = x.index("crl-iaas-paas-iot/1")
    x.steps[i - 1:i + 1] = [x.steps[i], x.steps[i - 1]]
    x.options["logged"] = False


def duplicated(x):
    x.insert("last/3", copy.deepcopy(x.at("last/2")))
    x.options["chain"] = False


def paid_twice(x):
    step = x.again("last/2", 3)
    for later in x.steps:
        if later.case == step.case and later.seq >= 3:
            x.renumber(later, later.seq + 1)
    x.insert("last/4", step)


def signed_by(key):
    def forged(x):
        x.at("last/2").armour = lambda text: thief.armour(key(x), "git", text)
        x.at("last/2").signed = None
    return forged


def stranger(_):
    return thief.Key(b"\5" * 32)


def retired_key(x):
    """A second line of the store, that ended before."""
    old = thief.Key(b"\6" * 32)
    first = x.steps[0]
    end = x.at("iaas/1").committed
    until = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(end))
    since = time.strftime("%Y%m%d%H%M%SZ", time.gmtime(
        first.committed - DAY))
    line = ("store@nintei namespaces=\"git\",valid-after=\"%s\","
            "valid-before=\"%s\" %s\n" % (since, until, old.line())).encode()
    for step in (first, x.at("roster/4")):
        step.files["allowed_signers"] = line + step.files["allowed_signers"]
    x.trust = "none"
    for text in ("corrected/2", "last/2"):  # good then, and not any more
        x.at(text).armour = lambda t: thief.armour(old, "git", t)


def unsigned(x):
    x.at("last/2").armour = lambda text: ""


def signature_of_another(x):
    x.at("last/2").armour = lambda text: x.at("last/1").signed[1]


def namespace(x):
    x.at("last/2").armour = lambda text: thief.armour(x.history.key, "file",
                                                      text)


def short_hash(x):
    x.at("last/2").armour = lambda text: thief.armour(x.history.key, "git",
                                                      text, "sha256")


def unwrapped(x):
    """The same signature in one line."""
    def one_line(text):
        lines = thief.armour(x.history.key, "git", text).split("\n")
        return "\n".join([lines[0], "".join(lines[1:-2]), *lines[-2:]])
    x.at("last/2").armour = one_line


def edited_commit(x):
    """Another time in the text, the old signature."""
    step = x.at("last/2")
    sig = step.signed[1]
    step.armour = lambda text: sig
    step.authored -= 1


def merged(x):
    step = x.at("last/2")
    step.parents = lambda head: [head, x.history.ids[0]]


def beheaded(x):
    """The first day never was."""
    del x.steps[:1]
    x.trust = "none"


def time_back(x):
    """Before its parent, the event with it."""
    step = x.at("iaas/2")
    x.when(step, -7200)


def far_future(x):
    x.until("access/1")
    step = x.again("access/1", 1)
    step.case = "access-2101-01"
    step.edit(case_id=step.case, event_id=step.case + "/1")
    x.when(step, (2101 - 2026) * 366 * DAY)
    step.case = "access-" + step.event["recorded_at"][:7]
    step.edit(case_id=step.case, event_id=step.case + "/1")
    x.steps.append(step)
    x.names["future"] = step.case


def other_subject(x):
    step = x.at("last/2")
    step.subject = "%s %d application.accept" % (step.case, step.seq)


def other_act(x):
    """Subject and file of another act, the event as it was."""
    step = x.at("last/2")
    step.act = "fee.pay_part"


def other_author(x):
    x.at("last/2").role = "officer"


def author_time(x):
    x.at("last/2").authored -= 60


def no_trailer(x):
    x.at("last/2").trailer = "Reviewed-by: nobody"


def more_message(x):
    step = x.at("last/2")
    step.trailer = "Nintei-Log: %d %s\nSigned-off-by: x <x@example.com>" % (
        1, "0" * 64)


def log_size(x):
    x.at("last/2").log = lambda leaves, root: (len(leaves) + 1, root)


def log_root_before(x):
    """The root without this event."""
    x.at("last/2").log = lambda leaves, _: (len(leaves),
                                            thief.root_of(leaves[:-1]))


def log_root_other(x):
    x.at("last/2").log = lambda leaves, root: (
        len(leaves), hashlib.sha256(root).digest())


def log_leaf(x):
    """One leaf further back is another: every root from there on."""
    def other(leaves, _):
        leaves = list(leaves)
        leaves[3] = hashlib.sha256(leaves[3]).digest()
        return len(leaves), thief.root_of(leaves)
    for step in x.steps[x.index("last/2"):]:
        step.log = other


# --- events ---

def salt_unchained(x):
    x.at("last/2").edit(salt="0" * 32)
    x.options["chain"] = False


def salt_chained(x):
    """A leaf of the basis: everything after it follows, but what the
    officers signed."""
    x.at("last/1").edit(salt="0" * 32)


def edited_unlogged(x):
    x.at("last/2").edit(salt="0" * 32)
    x.options["logged"] = False


def renamed_file(x):
    step = x.at("last/2")
    step.name = step.path("0002-fee.paid.json")


def gap(x):
    for step in x.steps:
        if step.case == x.names["last"] and step.seq > 2:
            x.renumber(step, step.seq + 1)


def wrong_prev(x):
    x.at("last/3").prev = "1" * 64


def text_of(change):
    def forged(x):
        step = x.at("last/2")
        step.text = change(thief.canonical(step.event))
    return forged


def spaced(text):
    return text.replace(b'","', b'", "', 1)


def unsorted(text):
    event = json.loads(text)
    return json.dumps(dict(reversed(event.items())), ensure_ascii=False,
                      separators=(",", ":")).encode()


def twice(text):
    return text.replace(b'"seq":2', b'"seq":2,"seq":2')


def floating(text):
    return text.replace(b'"seq":2', b'"seq":2.0')


def newline(text):
    return text + b"\n"


def latin(text):
    return text.replace(b"secretary-1", b"secret\xe4ry")


def edit(text, **members):
    def forged(x):
        x.at(text).edit(**members)
    return forged


def data(text, **members):
    def forged(x):
        x.at(text).event["data"].update(members)
    return forged


def other_case(x):
    x.at("last/2").edit(event_id=x.names["later"] + "/2")


# --- documents and trees ---

def document_named_otherwise(x):
    step = x.at("last/1")
    path = sorted(p for p in step.files if "/docs/01-" in p)[0]
    content = step.files.pop(path)
    step.files[step.path("docs/01-%s.cms" % ("0" * 64))] = content


def document_swapped(x):
    """The ciphertext of another case under the right name."""
    step, other = x.at("last/1"), x.at("new/1")
    mine = [p for p in step.files if "/docs/01-" in p][0]
    step.files[mine] = other.files[[p for p in other.files
                                    if "/docs/01-" in p][0]]


def document_cut(x):
    step = x.at("last/1")
    mine = [p for p in step.files if "/docs/01-" in p][0]
    step.files[mine] = step.files[mine][:-1]


def documents_exchanged(x):
    """Two of one case change places."""
    step = x.at("last/1")
    one, two = [[p for p in step.files if "/docs/0%d-" % n in p][0]
                for n in (1, 2)]
    step.files[one], step.files[two] = step.files[two], step.files[one]


def document_left_out(x):
    step = x.at("last/1")
    del step.files[[p for p in step.files if "/docs/01-" in p][0]]


def document_removed(x):
    path = [p for p in x.at("last/1").files if "/docs/01-" in p][0]
    x.at("last/3").files[path] = None


def document_added(x):
    step = x.at("last/2")
    step.files[step.path("docs/09-%s.cms" % ("a" * 64))] = b"more"


def document_replaced(x):
    path = [p for p in x.at("last/1").files if "/docs/01-" in p][0]
    x.at("last/3").files[path] = b"another"


def event_replaced(x):
    """An old event, where nobody looks any more."""
    old = x.at("revoked/2")
    event = dict(old.event, salt="0" * 32)
    x.at("last/3").files[old.path("0002-fee.pay.json")] = \
        thief.canonical(event)


def mode(text, bits):
    def forged(x):
        step = x.at(text)
        path = sorted(step.files)[0]
        step.files[path] = (bits, step.files[path])
    return forged


def added(path, content=b"x"):
    def forged(x):
        x.at("last/2").files[path.replace("CASE/", x.at(
            "later/1").path())] = content
    return forged


# --- acts ---

def late_record(x):
    """Recorded a day before its commit."""
    step = x.at("iaas/2")
    step.edit(recorded_at=moved(step.event["recorded_at"], -DAY),
              effective_at=moved(step.event["effective_at"], -DAY))
    step.authored -= DAY


def back_dated(x):
    step = x.at("last/7")
    step.edit(effective_at=moved(step.event["effective_at"], -DAY))


def effects_out(x):
    x.at("last/7").event["effects"].pop()


def effects_more(x):
    step = x.at("last/2")
    step.event["effects"].append({
        "machine": "application", "instance": "1", "from": "submitted",
        "event": "accept", "to": "in_review"})


def self_decided(x):
    """The applicant sits among those who decide."""
    submit = x.at("last/1")
    submit.edit(actor="officer-1")
    x.remake("last/4")


def by_applicant(x):
    step = x.at("last/3")
    step.role = "applicant"
    step.edit(actor="applicant-1", role="applicant")


def clock_early(x):
    """The clock's event while there was time left."""
    step = x.at("expired/6")
    x.steps.remove(step)
    before = x.at("iaas/1")
    x.when(step, before.committed - step.committed)
    x.insert("iaas/1", step)


def clock_left_out(x):
    """The officer signs all the same, the quorum is there."""
    i = x.index("expired/6")
    step = x.again("revoked/6", 6)
    step.case = x.names["expired"]
    step.edit(case_id=step.case, event_id=step.case + "/6",
              decision_id=x.names["expiring"])
    step.event["instance"] = x.names["expiring"]
    step.event["effects"][0]["instance"] = x.names["expiring"]
    x.when(step, x.steps[-1].committed + 3600 - step.committed)
    x.approve(step, x.document("expired/4"))
    del x.steps[i]
    x.steps.append(step)


def read_of_nothing(x):
    x.at("access/1").event["data"]["case"] = "c" + "0" * 24


# --- decisions ---

def decision_edited(x):
    step = x.at("last/4")
    path = step.file("/decision.json")
    step.files[path] = step.files[path].replace(b"2026-07-01", b"2026-07-02")


def decision_edited_fully(x):
    """With its hash in the event; the approvals stay as they were."""
    step = x.at("declined/4")
    path = step.file("/decision.json")
    document = json.loads(step.files[path])
    document["reasons"] = "ほかの理由"
    step.files[path] = thief.canonical(document)
    step.event["data"]["reasons"] = document["reasons"]
    step.event["data"]["decision"]["sha256"] = thief.sha256(step.files[path])


def decision_changed_later(x):
    path = x.at("last/4").file("/decision.json")
    x.at("last/5").files[path] = b"{}"


def detail_edited(x):
    step = x.at("last/4")
    path = step.file("/detail.json")
    step.files[path] = step.files[path].replace("架空".encode(),
                                                "仮想".encode())


def approval_copied(x):
    one, two = x.at("last/5"), x.at("last/6")
    two.files[two.file(".sig")] = one.files[one.file(".sig")]
    two.event["data"] = dict(one.event["data"])


def approval_unnamed(x):
    """A good signature, but not the one that the event names."""
    step = x.at("last/6")
    x.approve(step, x.document("last/4"))
    step.event["data"]["signature"] = "0" * 64


def approval_by(who, key=None):
    def forged(x):
        step = x.at("last/6")
        x.approve(step, x.document("last/4"), who, key and key(x))
    return forged


def approval_by_proposer(x):
    step = x.at("iaas/6")
    x.approve(step, x.document("iaas/4"), "officer-3")


def approval_twice(x):
    """One officer, twice."""
    step = x.at("last/6")
    x.approve(step, x.document("last/4"), "officer-1")


def approval_of_another(x):
    x.approve(x.at("last/6"), x.document("later/4"))


def approval_namespace(name):
    def forged(x):
        x.approve(x.at("last/6"), x.document("last/4"), namespace=name)
    return forged


def objection_dropped(x):
    """An objection made an approval by name alone."""
    step = x.at("rejected/6")
    step.rename("decision", "sign")
    step.edit(to="open", guards=x.at("last/6").event["guards"], effects=[{
        "machine": "decision", "instance": step.event["instance"],
        "from": "open", "event": "quorum", "to": "approved"}])


def quorum_short(x):
    """One approval makes the quorum."""
    x.at("last/5").event["effects"] = x.at("last/6").event["effects"]
    x.drop("last/6")
    x.close("last/6")


def quorum_skipped(x):
    x.drop("last/6")
    x.close("last/6")


def needed_one(x):
    x.at("last/4").event["data"]["decision"]["needed"] = 1


def executed_twice(x):
    x.steps.append(x.again("last/7", 9))


def roster_twice(x):
    x.steps.insert(x.index("roster/4") + 1, x.again(
        "roster/4", 5, dict(x.at("roster/4").files)))


def other_basis(x):
    x.remake("last/4", case_basis=x.at("later/4").event["data"]["decision"][
        "case_basis"])


def long_life(x):
    step = x.at("last/4")
    end = json.loads(step.files[step.file("/decision.json")])["expires_at"]
    x.remake("last/4", expires_at=moved(end, 30 * DAY))


def frozen_before(x):
    """Frozen a day before the event says so."""
    begun = json.loads(x.document("last/4"))["frozen_at"]
    end = json.loads(x.document("last/4"))["expires_at"]
    x.remake("last/4", frozen_at=moved(begun, -DAY),
             expires_at=moved(end, -DAY))


def other_outcome(x):
    x.remake("declined/4", outcome="decide_certify")


def other_service_decided(x):
    """Decision and record disagree."""
    x.remake("last/4", service="架空サービス二")


def review_edited(x):
    """A criterion not met, and certified all the same."""
    review = x.at("last/4").event["data"]["review"]
    review["G1"] = {"met": False, "reason": "満たさない"}
    x.remake("last/4")


def data_again(text, then, **members):
    """A leaf of the basis edited, the decision made anew."""
    def forged(x):
        x.at(text).event["data"].update(members)
        x.remake(then)
    return forged


def received_back(x):
    """Received a week before it was."""
    step = x.at("last/1")
    step.event["data"]["received_at"] = moved(step.event["data"][
        "received_at"], -7 * DAY)
    x.remake("last/4")


def fee_low(x):
    """One yen asked for, one yen paid."""
    x.at("last/1").event["data"]["fee"]["amount"] = 1
    x.at("last/2").event["data"]["amount"] = 1
    x.remake("last/4")


def fee_late(x):
    """A month more to pay."""
    fee = x.at("last/1").event["data"]["fee"]
    fee["due_at"] = moved(fee["due_at"], 30 * DAY)
    x.remake("last/4")


def correction_late(x):
    step = x.at("corrected/2")
    due = step.event["data"]["correction_due_at"]
    step.event["data"]["correction_due_at"] = moved(due, 30 * DAY)


def number_taken(x):
    """The number of another certification."""
    step = x.at("last/4")
    number = x.at("later/4").event["data"]["decision"]["cert_number"]
    path = step.file("/detail.json")
    detail = json.loads(step.files[path])
    detail["designated_url"] = detail["designated_url"].replace(
        detail["record"]["number"], number)
    detail["record"]["number"] = number
    step.files[path] = thief.canonical(detail)
    x.remake("last/4", cert_number=number,
             detail=thief.sha256(step.files[path]))


def own_roster(x):
    """An officer's key given to a second name, by decision."""
    step = x.at("roster/1")
    path = step.file("/detail.json")
    entry = json.loads(step.files[path])
    entry["keys"][0]["public"] = entry_of(x)["keys"][0]["public"]
    step.files[path] = thief.canonical(entry)
    if "entry" in step.event["data"]:
        step.event["data"]["entry"] = entry
    x.remake("roster/1", based=False, detail=thief.sha256(step.files[path]))
    x.at("roster/4").files["roster/officer-3.json"] = step.files[path]


# --- certificates ---

def swap(place, change):
    """An edit of one element of the signed part."""
    def edited(items):
        out = list(items)
        out[place] = (out[place][0], change(out[place][1]))
        return out
    return edited


def replaced(old, new):
    def change(content):
        assert old in content and len(old) == len(new)
        return content.replace(old, new)
    return change


def cert_service(x):
    subject = x.tbs("later/8")[5]
    x.certificate("last/8", lambda items: items[:5] + [subject] + items[6:])


def cert_validity(x):
    def longer(content):
        begin, end = thief.parts(content)
        year = b"%02d" % (int(end[1][:2]) + 1)
        return thief.join([begin, (end[0], year + end[1][2:])])
    x.certificate("last/8", swap(4, longer))


def cert_number(x):
    number = x.at("last/7").event["data"]["certification"][
        "number"].encode()
    x.certificate("last/8", swap(5, replaced(number, b"GAI9" + number[4:])))


def cert_key(x):
    """The key of another service."""
    key = x.tbs("later/8")[6]
    x.certificate("last/8", lambda items: items[:6] + [key] + items[7:])


def cert_serial(x):
    serial = x.tbs("later/8")[1]
    x.certificate("last/8", lambda items: items[:1] + [serial] + items[2:])


def cert_usage(x):
    """keyCertSign beside digitalSignature."""
    old = bytes.fromhex("0603551d0f0101ff0404")
    def change(content):
        at = content.index(old) + len(old)
        usage = content[at:at + 4]
        return content.replace(old + usage, old + usage[:2] +
                               b"\2" + bytes([usage[3] | 4]))
    x.certificate("last/8", swap(7, change))


def extension(oid, value):
    return thief.tlv(0x30, thief.tlv(6, oid) + thief.tlv(4, value))


def cert_extension(x):
    def change(content):
        items = thief.parts(content)[0][1]
        return thief.tlv(0x30, items + extension(
            b"\x2b\x06\x01\x04\x01\x83\xbf\x2f\x01", b"\5\0"))
    x.certificate("last/8", swap(7, change))


def cert_of_other_ca(x):
    x.certificate("last/8", lambda items: items,
                  x.history.ca(story.IAAS))


def cert_unannounced(x):
    """A second certificate beside the one decided."""
    step = x.at("last/8")
    der = thief.resigned(step.files[step.file(".cer")], x.history.ca(
        story.GENAI), lambda items: items[:1] + [(2, b"\1" * 16)] +
        items[2:])
    step.files[step.path("issued/%s.cer" % ("01" * 16))] = der


def cert_elsewhere(x):
    step = x.at("last/8")
    x.at("new/1").files[step.path("issued/%s.cer" % ("01" * 16))] = \
        step.files[step.file(".cer")]


def record_edited(x):
    step = x.at("last/8")
    path = step.file("/certification-1.json")
    step.files[path] = step.files[path].replace("架空".encode(),
                                                "仮想".encode())
    step.event["data"]["publication"]["hashes"]["record"] = thief.sha256(
        step.files[path])


def undecided(x):
    """A certificate for a case that was declined."""
    step = copy.deepcopy(x.at("last/8"))
    step.original = step.signed = None
    here = x.at("declined/1")
    step.files = {here.path(p[len(step.path()):]): d
                  for p, d in step.files.items()}
    step.case = here.case
    x.renumber(step, 8)
    step.edit(case_id=here.case)
    x.steps.append(step)


def publication_other(x):
    x.at("last/8").event["data"]["publication"]["designated_url"] = \
        "https://elsewhere.example/"


# --- lists ---


def entries_of(change):
    """The list of revoked certificates is the sixth element."""
    return swap(5, lambda content: thief.join(change(thief.parts(content))))


def crl_removed(x):
    x.crl(LIST, entries_of(lambda e: e[1:]), entries=1)


def crl_added(x):
    serial = x.tbs("last/8")[1]
    def more(entries):
        items = thief.parts(entries[0][1])
        return entries + [(0x30, thief.join([serial] + items[1:]))]
    x.crl(LIST, entries_of(more), entries=3)


def crl_reason(x):
    """privilegeWithdrawn becomes superseded."""
    x.crl(LIST, swap(5, replaced(bytes.fromhex("0a0109"),
                                 bytes.fromhex("0a0104"))))


def crl_date(x):
    """One entry a day before."""
    def earlier(entries):
        items = thief.parts(entries[0][1])
        stamp = items[1][1]
        day = b"%02d" % (int(stamp[4:6]) - 1)
        items[1] = (items[1][0], stamp[:4] + day + stamp[6:])
        return [(0x30, thief.join(items))] + entries[1:]
    x.crl(LIST, entries_of(earlier))


def numbered(number):
    def forged(x):
        now = x.at(LIST).event["data"]["crl_number"]
        new = number or x.at("crl-genai-saas/3").event["data"]["crl_number"]
        x.crl(LIST, swap(6, replaced(b"\4\3\2\1" + bytes([now]),
                                     b"\4\3\2\1" + bytes([new]))),
              crl_number=new)
    return forged


def crl_time(x):
    def earlier(stamp):
        return stamp[:6] + b"000000Z"
    x.crl(LIST, swap(3, earlier), this_update=x.at(LIST).event["data"][
        "this_update"][:11] + "09:00:00+09:00")


def crl_long(x):
    def later(stamp):
        return b"%02d" % (int(stamp[:2]) + 1) + stamp[2:]
    until = x.at(LIST).event["data"]["next_update"]
    x.crl(LIST, swap(4, later), next_update="%d%s" % (
        int(until[:4]) + 1, until[4:]))


def crl_of_other_ca(x):
    x.crl(LIST, lambda items: items, x.history.ca(story.IAAS))


def crl_extension(x):
    def change(content):
        items = thief.parts(content)[0][1]
        return thief.tlv(0x30, items + extension(
            b"\x2b\x06\x01\x04\x01\x83\xbf\x2f\x01", b"\5\0"))
    x.crl(LIST, swap(6, change))


def crl_missing(x):
    """Revoked, on no list for hours, and people go on."""
    x.drop("crl-genai-saas/2")
    x.close("crl-genai-saas/2")
    x.when(x.at("access/1"), 7200)


def crl_forgotten(x):
    """On no list at all."""
    for n in (2, 3, 4):
        x.drop("crl-genai-saas/%d" % n)


def revocation_unordered(x):
    """A revocation that nobody decided."""
    step = x.again("revoked/12", 9)
    here = x.at("last/8")
    step.case = here.case
    x.renumber(step, 9)
    step.edit(case_id=here.case)
    x.when(step, x.steps[-1].committed - step.committed)
    x.steps.append(step)


# --- roster, policies, the beginning ---

def roster_quorum(x):
    step = x.at("roster/2")
    step.event["effects"] = x.at("roster/3").event["effects"]
    x.drop("roster/3")
    x.close("roster/3")


def entry_of(x):
    return json.loads(x.steps[0].files["roster/officer-1.json"])


def roster_aside(x):
    """An entry with a payment."""
    entry = entry_of(x)
    entry["roles"].append("secretariat")
    x.at("last/2").files["roster/officer-1.json"] = thief.canonical(entry)


def roster_other(x):
    """The decision over one entry, another in the tree."""
    step = x.at("roster/4")
    entry = json.loads(step.files["roster/officer-3.json"])
    del entry["valid_until"]
    step.files["roster/officer-3.json"] = thief.canonical(entry)


def roster_two(x):
    """One more entry than was decided."""
    entry = entry_of(x)
    entry["roles"].append("secretariat")
    x.at("roster/4").files["roster/officer-1.json"] = thief.canonical(entry)


def signers_aside(x):
    lines = x.at("roster/4").files["allowed_signers"]
    x.at("last/2").files["allowed_signers"] = lines + (
        "officer-1 namespaces=\"decision@nintei\" %s\n" %
        stranger(x).line()).encode()


def signers_other(x):
    step = x.at("roster/4")
    step.files["allowed_signers"] += (
        "officer-1 namespaces=\"decision@nintei\" %s\n" %
        stranger(x).line()).encode()


def signers_kept(x):
    """The entry changes, the list does not."""
    del x.at("roster/4").files["allowed_signers"]


def genesis_edited(x):
    first = x.steps[0]
    record = json.loads(first.files["genesis.json"])
    record["roster"]["officer-1"] = "0" * 64
    first.files["genesis.json"] = thief.canonical(record)
    x.trust = "none"


def genesis_pinned(x):
    """Nothing but the name: the whole chain is new."""
    first = x.steps[0]
    record = json.loads(first.files["genesis.json"])
    record["authority"] = first.event["data"]["authority"] = "ほかの機関"
    first.files["genesis.json"] = thief.canonical(record)


def genesis_later(x):
    record = json.loads(x.steps[0].files["genesis.json"])
    record["development"] = False
    x.at("last/2").files["genesis.json"] = thief.canonical(record)


def policy_later(x):
    path = [p for p in x.steps[0].files if p.endswith("/params.yaml")][0]
    x.at("last/2").files[path] = x.steps[0].files[path] + b"\n"


def policy_added(x):
    for path, text in x.steps[0].files.items():
        if path.startswith("schemes/genai-saas/"):
            x.at("last/2").files[path.replace("-01.1/", "-01.2/")] = text


def policy_begun(x):
    """One file of the first commit does not load."""
    path = [p for p in x.steps[0].files if p.endswith("saas/2026-07-01.1/"
                                                      "params.yaml")][0]
    x.steps[0].files[path] = b"quorum: []\n"
    x.trust = "none"


def ca_later(x):
    x.at("last/2").files["pki/genai-saas.cer"] = \
        x.steps[0].files["pki/iaas-paas-iot.cer"]


def ca_other(x):
    """The issuer of the first commit is of another root."""
    key = os.path.join(x.history.office.home, "keys", "ca", story.GENAI,
                       "key.pem")
    first = x.steps[0]
    first.files["pki/genai-saas.cer"] = thief.resigned(
        first.files["pki/genai-saas.cer"], key, lambda items: items)
    x.trust = "none"


# --- what was pinned ---

def checkpoint(x, n, root, key=None):
    """A note of the log, in a file."""
    with open(os.path.join(x.history.office.home, "keys", "log", "log.vkey"),
              encoding="ascii") as f:
        origin = f.read().split("+")[0]
    key = key or x.history.log_key
    text = "%s\n%d\n%s\n" % (origin, n, base64.b64encode(root).decode())
    name = hashlib.sha256(origin.encode() + b"\n\1" + key.public).digest()
    line = base64.b64encode(name[:4] + key.sign(text.encode())).decode()
    path = os.path.join(x.history.office.work, "checkpoint-%d-%s" % (
        n, name[:4].hex()))
    with open(path, "w", encoding="utf-8") as f:
        f.write("%s\n\u2014 %s %s\n" % (text, origin, line))
    return ["--checkpoint", path]


def forked(x):
    """Another payment, everything after it in order; but a checkpoint was
    seen by somebody."""
    x.at("last/2").edit(salt="0" * 32)
    x.flags = checkpoint(x, *x.published("last/2"))


def swapped_seen(x):
    """Two events of one second, of two cases, the other way round."""
    i = x.index("crl-iaas-paas-iot/1")
    x.steps[i - 1:i + 1] = [x.steps[i], x.steps[i - 1]]
    x.flags = checkpoint(x, *x.published("crl-genai-saas/1"))


def rolled_back(x):
    x.until("last/2")
    x.flags = checkpoint(x, *x.published("last/3"))


def ref_back(x):
    """Verified to there before; the branch is behind it now."""
    x.until("last/2")
    x.flags = ["--since", x.history.ids[x.history.steps.index(
        x.true("last/3"))]]


def strange_note(x):
    x.flags = checkpoint(x, *x.published("last/3"), stranger(x))


def other_root(x):
    x.trust = "other"


# --- objects ---

def opened(path, ident):
    """Every object in a file of its own; the path of one."""
    folder = os.path.join(path, "objects", "pack")
    packs = [os.path.join(folder, n) for n in os.listdir(folder)
             if n.endswith(".pack")]
    moved_to = path + ".packs"
    os.rename(folder, moved_to)
    os.mkdir(folder)
    for pack in packs:
        with open(os.path.join(moved_to, os.path.basename(pack)), "rb") as f:
            subprocess.run(["git", "-C", path, "unpack-objects", "-q"],
                           stdin=f, check=True)
    shutil.rmtree(moved_to)
    return os.path.join(path, "objects", ident[:2], ident[2:])


def lose(path, ident):
    os.unlink(opened(path, ident))


def exchange(path, ident, other):
    """Under one name the bytes of another, as git would store them."""
    here = opened(path, ident)
    there = os.path.join(path, "objects", other[:2], other[2:])
    os.unlink(here)
    shutil.copy(there, here)


def flip(path, ident):
    """One bit, where an object lies in its pack."""
    run("git", "-C", path, "repack", "-q", "-a", "-d", "-f", "--depth=0")
    for name in os.listdir(os.path.join(path, "objects", "pack")):
        if not name.endswith(".idx"):
            continue
        index = os.path.join(path, "objects", "pack", name)
        listed = run("git", "verify-pack", "-v", index).decode()
        line = [x.split() for x in listed.splitlines()
                if x.startswith(ident)]
        if line:
            pack = index[:-4] + ".pack"
            with open(pack, "rb") as f:
                data = bytearray(f.read())
            data[int(line[0][4]) + int(line[0][3]) // 2] ^= 4
            os.unlink(pack)
            with open(pack, "wb") as f:
                f.write(data)


def event_id(x, text):
    return thief.object_id("blob", x.true(text).original)


def bit_flipped(x):
    x.damage = lambda path: flip(path, event_id(x, "last/2"))


def event_missing(x):
    x.damage = lambda path: lose(path, event_id(x, "last/2"))


def event_exchanged(x):
    x.damage = lambda path: exchange(path, event_id(x, "last/2"),
                                     event_id(x, "later/2"))


def commit_missing(x):
    """The line of the history ends in the middle."""
    x.damage = lambda path: lose(path, x.history.ids[
        x.history.steps.index(x.true("last/2"))])


def nothing(_):
    """What is true verifies."""


# name, forge function, rules that must be named (the first one first),
# event that must be named first
KINDS = (
    ("nothing at all", nothing, (), ""),
    # commits
    ("a commit dropped", dropped, ("AUDIT-23",), "last/3"),
    ("a commit dropped, the case closed up", dropped_and_closed,
     ("AUDIT-40",), "last/2"),
    ("a commit dropped, the log left", dropped_unlogged, ("AUDIT-80",),
     "crl-genai-saas/3"),
    ("two commits of a case reordered", swapped_in_case, ("AUDIT-23",),
     "last/3"),
    ("two commits reordered, the log left", swapped_unlogged,
     ("AUDIT-80",), "crl-iaas-paas-iot/1"),
    ("a commit duplicated", duplicated, ("AUDIT-5",), "last/2"),
    ("an act repeated under a new number", paid_twice, ("AUDIT-30",),
     "last/3"),
    ("signed with an unknown key", signed_by(stranger), ("AUDIT-12",),
     "last/2"),
    ("signed with an officer's key", signed_by(
        lambda x: x.history.people["officer-1"]), ("AUDIT-12",), "last/2"),
    ("signed with a retired key", retired_key, ("AUDIT-12",), "last/2"),
    ("signature removed", unsigned, ("AUDIT-10",), "last/2"),
    ("signature of another commit", signature_of_another, ("AUDIT-11",),
     "last/2"),
    ("signature in another namespace", namespace, ("AUDIT-11",), "last/2"),
    ("signature over SHA-256", short_hash, ("AUDIT-11",), "last/2"),
    ("signature not wrapped", unwrapped, ("AUDIT-10",), "last/2"),
    ("a commit edited under its signature", edited_commit, ("AUDIT-11",),
     "last/2"),
    ("a second parent", merged, ("AUDIT-13",), "last/2"),
    ("the first commit left out", beheaded, ("AUDIT-5", "AUDIT-92"),
     "crl-genai-saas/1"),
    ("committer's time back", time_back, ("AUDIT-14",), "iaas/2"),
    ("committed after 2100", far_future, ("AUDIT-14",), "future/1"),
    ("subject of another act", other_subject, ("AUDIT-2", "AUDIT-5"),
     "last/2"),
    ("subject and file of another act", other_act, ("AUDIT-15",), "last/2"),
    ("author of another role", other_author, ("AUDIT-15",), "last/2"),
    ("author's time", author_time, ("AUDIT-15",), "last/2"),
    ("Nintei-Log missing", no_trailer, ("AUDIT-10",), "last/2"),
    ("more in the message", more_message, ("AUDIT-10",), "last/2"),
    ("size of the log off by one", log_size, ("AUDIT-80",), "last/2"),
    ("root of the log without the event", log_root_before, ("AUDIT-81",),
     "last/2"),
    ("root of another tree", log_root_other, ("AUDIT-81",), "last/2"),
    ("root off by one leaf, from there on", log_leaf, ("AUDIT-81",),
     "last/2"),
    # events
    ("an event edited, the case's chain left", salt_unchained,
     ("AUDIT-23",), "last/3"),
    ("an event edited, the whole chain anew", salt_chained, ("AUDIT-51",),
     "last/4"),
    ("an event edited, the log left", edited_unlogged, ("AUDIT-81",),
     "last/2"),
    ("the file of an event renamed", renamed_file, ("AUDIT-2", "AUDIT-5"),
     "last/2"),
    ("a gap in the sequence", gap, ("AUDIT-23",), "last/4"),
    ("prev of another event", wrong_prev, ("AUDIT-23",), "last/3"),
    ("a space in the JSON", text_of(spaced), ("AUDIT-20",), "last/2"),
    ("members out of order", text_of(unsorted), ("AUDIT-20",), "last/2"),
    ("a member twice", text_of(twice), ("AUDIT-20",), "last/2"),
    ("a number as a fraction", text_of(floating), ("AUDIT-20",), "last/2"),
    ("a newline at the end", text_of(newline), ("AUDIT-20",), "last/2"),
    ("bytes that are not UTF-8", text_of(latin), ("AUDIT-20",), "last/2"),
    ("a member too many", edit("last/2", extra="x"), ("AUDIT-21",),
     "last/2"),
    ("the salt removed", edit("last/2", salt=None), ("AUDIT-21",), "last/2"),
    ("a short salt", edit("last/2", salt="00"), ("AUDIT-21",), "last/2"),
    ("another schema", edit("last/2", schema="nintei.event/2"),
     ("AUDIT-21",), "last/2"),
    ("event_id of another case", other_case, ("AUDIT-22",), "last/2"),
    ("another seq in the event", edit("last/2", seq=3), ("AUDIT-22",),
     "last/2"),
    ("recorded a day back", late_record, ("AUDIT-24",), "iaas/2"),
    ("recorded in another zone", edit(
        "last/2", recorded_at="2026-11-30T03:00:00Z"), ("AUDIT-24",),
     "last/2"),
    ("in force a day back", back_dated, ("AUDIT-25",), "last/7"),
    # documents and trees
    ("a document under another commitment", document_named_otherwise,
     ("AUDIT-26",), "last/1"),
    ("a document swapped for that of another case", document_swapped,
     ("AUDIT-26",), "last/1"),
    ("two documents exchanged", documents_exchanged, ("AUDIT-26",),
     "last/1"),
    ("a document cut short", document_cut, ("AUDIT-26",), "last/1"),
    ("a document left out", document_left_out, ("AUDIT-26",), "last/1"),
    ("a document that no event names", document_added, ("AUDIT-26",),
     "last/2"),
    ("a document removed later", document_removed, ("AUDIT-3",), "last/3"),
    ("a document replaced later", document_replaced, ("AUDIT-3",),
     "last/3"),
    ("an old event replaced", event_replaced, ("AUDIT-3",), "last/3"),
    ("a file made executable", mode("last/1", "100755"), ("AUDIT-4",),
     "last/1"),
    ("a file made a symbolic link", mode("last/1", "120000"), ("AUDIT-4",),
     "last/1"),
    ("a file at the top", added("readme.txt"), ("AUDIT-2",), "last/2"),
    ("a file in another case", added("CASE/docs/99-x.cms"), ("AUDIT-2",),
     "last/2"),
    ("a name in capitals", added("README"), ("AUDIT-4",), "last/2"),
    # acts
    ("rule_version not in force", edit("last/2", rule_version="2022-04-01"),
     ("AUDIT-35",), "last/2"),
    ("policy_version of tomorrow", edit(
        "last/2", policy_version="2026-07-01.2"), ("AUDIT-35",), "last/2"),
    ("another state before", edit("last/3", **{"from": "correcting"}),
     ("AUDIT-31",), "last/3"),
    ("another state after", edit("last/3", to="deciding"), ("AUDIT-31",),
     "last/3"),
    ("another article", edit("last/3", article="6(4)"), ("AUDIT-31",),
     "last/3"),
    ("a guard left out", edit("last/3", guards=["fee_paid", "intake_ok"]),
     ("AUDIT-31",), "last/3"),
    ("an effect left out", effects_out, ("AUDIT-37",), "last/7"),
    ("an effect too many", effects_more, ("AUDIT-37",), "last/2"),
    ("too little paid", data("last/2", amount=1), ("AUDIT-40",), "last/2"),
    ("received before it was", received_back, ("AUDIT-42",), "last/1"),
    ("a lower fee asked for", fee_low, ("AUDIT-42",), "last/1"),
    ("more time to pay", fee_late, ("AUDIT-42",), "last/1"),
    ("more time to correct", correction_late, ("AUDIT-42",), "corrected/2"),
    ("findings that refuse", data_again(
        "last/1", "last/4", findings={"refuse": 1, "correct": 0, "warn": 0}),
     ("AUDIT-37", "AUDIT-42"), "last/1"),
    ("a criterion not met", review_edited, ("AUDIT-40",), "last/4"),
    ("another decision named", edit("last/6", decision_id="d0"),
     ("AUDIT-42",), "last/6"),
    ("another instance", edit("last/6", instance="d0"),
     ("AUDIT-5", "AUDIT-30"), "last/6"),
    ("a list by an officer", edit(LIST, role="officer", actor="officer-1"),
     ("AUDIT-15", "AUDIT-32"), LIST),
    ("an unknown machine", edit("last/2", machine="treasury"),
     ("AUDIT-15",), "last/2"),
    ("an actor without that role", edit("last/2", actor="auditor-1"),
     ("AUDIT-33",), "last/2"),
    ("an actor of nowhere", edit("last/2", actor="nobody"), ("AUDIT-33",),
     "last/2"),
    ("a role that may not", by_applicant, ("AUDIT-32",), "last/3"),
    ("the applicant decides", self_decided, ("AUDIT-34", "AUDIT-55"),
     "last/5"),
    ("the clock before its time", clock_early, ("AUDIT-38",), "expired/6"),
    ("the clock left out", clock_left_out, ("AUDIT-38", "AUDIT-57"),
     "expired/6"),
    ("a case read that is none", read_of_nothing, ("AUDIT-40",),
     "access/1"),
    # decisions
    ("a decision edited", decision_edited, ("AUDIT-50",), "last/4"),
    ("a decision and its hash edited", decision_edited_fully,
     ("AUDIT-52",), "declined/5"),
    ("a decision replaced later", decision_changed_later, ("AUDIT-3",),
     "last/5"),
    ("its detail edited", detail_edited, ("AUDIT-50",), "last/4"),
    ("one approval a copy of the other", approval_copied, ("AUDIT-52",),
     "last/6"),
    ("an approval that the event does not name", approval_unnamed,
     ("AUDIT-52",), "last/6"),
    ("an approval with another's key", approval_by("officer-2", stranger),
     ("AUDIT-52",), "last/6"),
    ("an approval over another decision", approval_of_another,
     ("AUDIT-52",), "last/6"),
    ("an approval by a stranger", approval_by("stranger-1", stranger),
     ("AUDIT-33", "AUDIT-53"), "last/6"),
    ("an approval by a retired officer", approval_by("officer-3"),
     ("AUDIT-33", "AUDIT-53"), "last/6"),
    ("an approval by a secretary", approval_by("secretary-1"),
     ("AUDIT-33", "AUDIT-53"), "last/6"),
    ("an approval by the proposer", approval_by_proposer,
     ("AUDIT-34", "AUDIT-54"), "iaas/6"),
    ("one officer twice", approval_twice, ("AUDIT-5",), "last/6"),
    ("an objection counted as approval", approval_namespace(
        "objection@nintei"), ("AUDIT-52",), "last/6"),
    ("an approval in namespace git", approval_namespace("git"),
     ("AUDIT-52",), "last/6"),
    ("an objection renamed", objection_dropped, ("AUDIT-52",),
     "rejected/6"),
    ("one approval short", quorum_short, ("AUDIT-56",), "last/5"),
    ("one approval short, carried out", quorum_skipped,
     ("AUDIT-40", "AUDIT-56"), "last/6"),
    ("a lower quorum", needed_one, ("AUDIT-56",), "last/4"),
    ("a decision carried out twice", executed_twice,
     ("AUDIT-30", "AUDIT-58"), "last/9"),
    ("a decision on the roster carried out twice", roster_twice,
     ("AUDIT-58",), "roster/5"),
    ("the basis of another case", other_basis, ("AUDIT-51",), "last/4"),
    ("a decision that stands too long", long_life, ("AUDIT-57",), "last/4"),
    ("a decision dated back", frozen_before, ("AUDIT-57",), "last/4"),
    ("an outcome of another kind", other_outcome, ("AUDIT-50",),
     "declined/4"),
    ("a decision for another service", other_service_decided,
     ("AUDIT-60",), "last/4"),
    ("the number of another certification", number_taken, ("AUDIT-64",),
     "last/4"),
    ("one key for two people", own_roster, ("AUDIT-59",), "roster/4"),
    # certificates
    ("a certificate for another service", cert_service, ("AUDIT-61",),
     "last/8"),
    ("a longer certificate", cert_validity, ("AUDIT-61",), "last/8"),
    ("another number", cert_number, ("AUDIT-61",), "last/8"),
    ("the key of another service", cert_key, ("AUDIT-61", "AUDIT-66"),
     "last/8"),
    ("a serial number used before", cert_serial, ("AUDIT-63",), "last/8"),
    ("another key usage", cert_usage, ("AUDIT-61",), "last/8"),
    ("one extension more", cert_extension, ("AUDIT-61",), "last/8"),
    ("signed by the other issuer", cert_of_other_ca, ("AUDIT-62",),
     "last/8"),
    ("a second certificate beside it", cert_unannounced, ("AUDIT-2",),
     "last/8"),
    ("a certificate in another case", cert_elsewhere, ("AUDIT-2",),
     "new/1"),
    ("the record edited", record_edited, ("AUDIT-60",), "last/8"),
    ("a certificate without a decision", undecided,
     ("AUDIT-30", "AUDIT-65"), "declined/8"),
    ("another page published", publication_other, ("AUDIT-60",), "last/8"),
    # lists
    ("an entry removed", crl_removed, ("AUDIT-70",), LIST),
    ("an entry that nobody revoked", crl_added, ("AUDIT-70",), LIST),
    ("another reason", crl_reason, ("AUDIT-70",), LIST),
    ("another date of revocation", crl_date, ("AUDIT-70",), LIST),
    ("the number of an old list", numbered(2), ("AUDIT-71",), LIST),
    ("the number of the last list", numbered(0), ("AUDIT-3",), LIST),
    ("this update back", crl_time, ("AUDIT-72",), LIST),
    ("next update in a year", crl_long, ("AUDIT-72",), LIST),
    ("a list by the other issuer", crl_of_other_ca, ("AUDIT-74",), LIST),
    ("one extension more in a list", crl_extension, ("AUDIT-73",), LIST),
    ("a revocation listed late", crl_missing, ("AUDIT-41",), "access/1"),
    ("a revocation on no list", crl_forgotten, ("AUDIT-41",),
     "crl-iaas-paas-iot/2"),
    ("a cause that is none", edit(LIST, cause="1" * 64), ("AUDIT-39",),
     LIST),
    ("a revocation that nobody decided", revocation_unordered,
     ("AUDIT-30", "AUDIT-58"), "last/9"),
    # roster, policies, the beginning
    ("the roster without quorum", roster_quorum, ("AUDIT-56",), "roster/2"),
    ("the roster by another event", roster_aside, ("AUDIT-59",), "last/2"),
    ("another entry than decided", roster_other, ("AUDIT-59",), "roster/4"),
    ("one entry more than decided", roster_two, ("AUDIT-59",), "roster/4"),
    ("allowed_signers by another event", signers_aside, ("AUDIT-59",),
     "last/2"),
    ("one signer more than the roster has", signers_other, ("AUDIT-59",),
     "roster/4"),
    ("allowed_signers left behind", signers_kept, ("AUDIT-59",),
     "roster/4"),
    ("genesis.json edited", genesis_edited, ("AUDIT-92",), "authority/1"),
    ("genesis.json edited later", genesis_later, ("AUDIT-3",), "last/2"),
    ("a policy edited later", policy_later, ("AUDIT-3",), "last/2"),
    ("a policy added without an act", policy_added, ("AUDIT-36",),
     "last/2"),
    ("a policy that does not load", policy_begun, ("AUDIT-36",),
     "authority/1"),
    ("the issuer's certificate replaced later", ca_later, ("AUDIT-3",),
     "last/2"),
    ("an issuer that the root did not sign", ca_other, ("AUDIT-93",),
     "authority/1"),
    # what was pinned
    ("another beginning than pinned", genesis_pinned, ("AUDIT-91",),
     "authority/1"),
    ("another root than pinned", other_root, ("AUDIT-90",), "authority/1"),
    ("a fork after a checkpoint", forked, ("AUDIT-83",), "last/2"),
    ("two cases reordered after a checkpoint", swapped_seen, ("AUDIT-83",),
     "crl-iaas-paas-iot/1"),
    ("older than the checkpoint", rolled_back, ("AUDIT-83",), ""),
    ("the branch moved back", ref_back, ("AUDIT-83",), ""),
    ("a checkpoint of another key", strange_note, ("AUDIT-82",), ""),
    # objects
    ("a bit flipped in a pack", bit_flipped, ("AUDIT-1",), "last/2"),
    ("an object missing", event_missing, ("AUDIT-1",), "last/2"),
    ("an object under another's name", event_exchanged, ("AUDIT-1",),
     "last/2"),
    ("a commit missing", commit_missing, ("AUDIT-1",), "last/3"),
)


class Judge:
    """audit verify over one forgery after another."""

    def __init__(self, office):
        self.office = office
        self.trust = {"none": [], "all": ["--trust", office.trust()]}
        other = os.path.join(office.work, "other-root")
        os.mkdir(other)
        shutil.copy(os.path.join(office.home, "keys", "ca", story.GENAI,
                                 "ca.pem"), os.path.join(other, "root.pem"))
        self.trust["other"] = ["--trust", other]

    def look(self, forgery, path):
        if forgery.damage:
            forgery.damage(path)
            wrong = ""
        else:
            wrong = thief.fsck(path)
        r = subprocess.run(
            [os.path.join(BIN, "nintei"), "audit", "verify", path, "--json",
             *self.trust[forgery.trust], *forgery.flags],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300,
            check=False)
        shutil.rmtree(path)
        return r, wrong

    def say(self, kind, forgery, result):
        name, _, rules, event = kind
        r, wrong = result
        check(wrong == "", name + ": git fsck finds nothing", wrong)
        try:
            found = json.loads(r.stdout)["findings"]
        except ValueError:
            check(False, name, (r.returncode, r.stderr.decode()))
            return
        first = found[0] if found else {}
        where = forgery.place(event) if event else ""
        here = {f["id"] for f in found if f.get("event", "") == where}
        good = r.returncode == (6 if rules else 0) and set(rules) <= here and (
            not rules or (first["id"] == rules[0] and
                          first.get("event", "") == where and
                          first["expected"] and first["found"]))
        check(good, name, (r.returncode, where, [
            (f["id"], f.get("event", ""), f["expected"][:60],
             f["found"][:60]) for f in found[:4]]))


def main():
    office, names = story.tell()
    names["access"] = "access-" + json.loads(
        office.tree_file(names["last"], "0001-application.submit.json"))[
            "recorded_at"][:7]
    history = thief.History(office)
    judge = Judge(office)
    chosen = [k for k in KINDS if not sys.argv[1:] or k[0] in sys.argv[1:]]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        running = []
        for kind in chosen:
            forgery = Forgery(history, dict(names))
            kind[1](forgery)
            path = history.write(forgery.steps, **forgery.options)
            running.append((kind, forgery,
                            pool.submit(judge.look, forgery, path)))
        for kind, forgery, result in running:
            judge.say(kind, forgery, result.result())
    print("%d kinds" % (len(chosen) - 1))
    finish()


main()
