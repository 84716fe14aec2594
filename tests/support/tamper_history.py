# SPDX-License-Identifier: Apache-2.0
"""Forgeries of commits, events, files and objects, and of histories whole.
Each kind: its name, who forges it, the rules that must be named for the event
(the first one first of all), and that event."""
import base64
import copy
import datetime
import hashlib
import json
import os
import shutil
import subprocess
import time

import thief
from forgery import DAY, edit, moved, stranger
from lib import run


def nothing(_):
    """What is true verifies."""


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


def other_case(x):
    x.at("last/2").edit(event_id=x.names["later"] + "/2")


def late_record(x):
    """Recorded a day before its commit, which is later than its parent: no
    clock that was set back explains it."""
    step = x.at("iaas/2")
    for later in x.steps[x.index("iaas/2"):]:
        later.committed += 1
    step.edit(recorded_at=moved(step.event["recorded_at"], -DAY),
              effective_at=moved(step.event["effective_at"], -DAY))
    step.authored -= DAY


def other_zone(x):
    """The same instant, written as nobody of the body writes it."""
    step = x.at("last/2")
    at = datetime.datetime.fromisoformat(step.event["recorded_at"])
    step.edit(recorded_at=at.astimezone(datetime.timezone.utc).strftime(
        "%Y-%m-%dT%H:%M:%SZ"))


def back_dated(x):
    step = x.at("last/7")
    step.edit(effective_at=moved(step.event["effective_at"], -DAY))


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


# --- what was pinned ---

def genesis_pinned(x):
    """Nothing but the name: the whole chain is new."""
    first = x.steps[0]
    record = json.loads(first.files["genesis.json"])
    record["authority"] = first.event["data"]["authority"] = "ほかの機関"
    first.files["genesis.json"] = thief.canonical(record)


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


KINDS = (
    ("nothing at all", nothing, (), ""),
    # commits
    ("a commit dropped", dropped, ("AUDIT-23",), "last/3"),
    ("a commit dropped, the case closed up", dropped_and_closed,
     ("AUDIT-40",), "last/2"),
    ("a commit dropped, the log left", dropped_unlogged, ("AUDIT-80",),
     "expired/6"),
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
    ("recorded in another zone", other_zone, ("AUDIT-24",), "last/2"),
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
