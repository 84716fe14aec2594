# SPDX-License-Identifier: Apache-2.0
"""A forger with every key of the house: reads a history, and writes it anew
with stolen keys.  Shares no code with the product: objects, Ed25519, SSHSIG,
the Merkle log and DER are made here."""
import base64
import collections
import copy
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import tempfile
import zlib

from lib import run

TYPES = {"commit": 1, "tree": 2, "blob": 3}
STORE = "store <store@nintei>"
ZONE = " +0900"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True,
                      separators=(",", ":")).encode()


# --- Ed25519 (RFC 8032 5.1) ---

P = 2 ** 255 - 19
ORDER = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
BASE = (0x216936D3CD6E53FEC0A4E231FDD6DC5C692CC7609525A7B2C9562D608F25D51A,
        4 * pow(5, P - 2, P) % P)


def add(a, b):
    """Extended coordinates."""
    m = (a[1] - a[0]) * (b[1] - b[0]) % P
    n = (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return (e * f % P, g * h % P, f * g % P, e * h % P)


POWERS = [(BASE[0], BASE[1], 1, BASE[0] * BASE[1] % P)]
for _ in range(255):
    POWERS.append(add(POWERS[-1], POWERS[-1]))


def times_base(n):
    out = (0, 1, 1, 0)
    for power in POWERS:
        if n & 1:
            out = add(out, power)
        n >>= 1
    inverse = pow(out[2], P - 2, P)
    x, y = out[0] * inverse % P, out[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


class Key:
    """An Ed25519 key from its seed."""

    def __init__(self, seed):
        h = hashlib.sha512(seed).digest()
        self.scalar = int.from_bytes(h[:32], "little") & ((1 << 254) - 8)
        self.scalar |= 1 << 254
        self.prefix = h[32:]
        self.public = times_base(self.scalar)

    def sign(self, data):
        r = int.from_bytes(hashlib.sha512(self.prefix + data).digest(),
                           "little") % ORDER
        point = times_base(r)
        k = int.from_bytes(hashlib.sha512(point + self.public +
                                          data).digest(), "little")
        return point + ((r + k * self.scalar) % ORDER).to_bytes(32, "little")

    def blob(self):
        return string(b"ssh-ed25519") + string(self.public)

    def line(self):
        return "ssh-ed25519 " + base64.b64encode(self.blob()).decode()


def pem_key(path):
    """PKCS #8: the seed is what it ends with."""
    return Key(run("openssl", "pkey", "-in", path, "-outform", "DER")[-32:])


def ssh_key(path):
    """An OpenSSH private key without a passphrase."""
    with open(path, encoding="ascii") as f:
        raw = base64.b64decode("".join(f.read().split("\n")[1:-2]))
    at = raw.rindex(b"\0\0\0\x0bssh-ed25519") + 15 + 36
    return Key(raw[at + 4:at + 36])


# --- SSHSIG ---

def string(data):
    return struct.pack(">I", len(data)) + data


def armour(key, namespace, data, algorithm="sha512"):
    """As PROTOCOL.sshsig has it, in lines of 70 characters."""
    head = string(namespace.encode()) + string(b"") + string(
        algorithm.encode())
    digest = hashlib.new(algorithm, data).digest()
    sig = key.sign(b"SSHSIG" + head + string(digest))
    text = base64.b64encode(
        b"SSHSIG" + struct.pack(">I", 1) + string(key.blob()) + head +
        string(string(b"ssh-ed25519") + string(sig))).decode()
    lines = [text[i:i + 70] for i in range(0, len(text), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines,
                      "-----END SSH SIGNATURE-----", ""])


# --- DER ---

def tlv(tag, content):
    n = len(content)
    if n < 128:
        return bytes([tag, n]) + content
    size = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 + len(size)]) + size + content


def parts(content):
    """The elements of a constructed one: (tag, content) each."""
    out = []
    while content:
        n, at = content[1], 2
        if n > 127:
            at = 2 + n - 128
            n = int.from_bytes(content[2:at], "big")
        out.append((content[0], content[at:at + n]))
        content = content[at + n:]
    return out


def join(elements):
    return b"".join(tlv(t, c) for t, c in elements)


DIGESTS = {"2a8648ce3d040302": "-sha256", "2a8648ce3d040303": "-sha384"}


def resigned(der, key, change):
    """A certificate or list whose signed part change() has edited; change
    takes and gives the list of its elements."""
    signed, algorithm, _ = parts(parts(der)[0][1])
    body = tlv(0x30, join(change(parts(signed[1]))))
    digest = DIGESTS[parts(algorithm[1])[0][1].hex()]
    sig = run("openssl", "dgst", digest, "-sign", key, input=body)
    return tlv(0x30, body + tlv(*algorithm) + tlv(3, b"\0" + sig))


# --- git objects ---

def object_id(kind, data):
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(data)) +
                        data).hexdigest()


class Objects:
    """Those of a repository, and those that a forger adds."""

    def __init__(self, office):
        self.known = {i: (k, d) for i, k, d in office.objects()}
        self.new = {}

    def get(self, ident):
        return self.new.get(ident) or self.known[ident]

    def put(self, kind, data):
        ident = object_id(kind, data)
        if ident not in self.known:
            self.new[ident] = (kind, data)
        return ident

    def pack(self):
        out = [b"PACK" + struct.pack(">II", 2, len(self.new))]
        for kind, data in self.new.values():
            n, head = len(data), []
            byte, n = TYPES[kind] << 4 | n & 15, n >> 4
            while n:
                head.append(byte | 128)
                byte, n = n & 127, n >> 7
            out.append(bytes(head + [byte]) + zlib.compress(data, 1))
        body = b"".join(out)
        return body + hashlib.sha1(body).digest()


class Tree:
    """A folder that is read when it is needed; name to (mode, id or Tree)."""

    def __init__(self, objects, ident=None):
        self.objects = objects
        self.ident = ident
        self.items = None if ident else {}

    def load(self):
        if self.items is None:
            self.items = dict(entries(self.objects.get(self.ident)[1]))

    def put(self, path, value):
        """value: (mode, id), or None: gone."""
        self.load()
        self.ident = None
        name, _, rest = path.partition("/")
        if not rest:
            if value is None:
                self.items.pop(name, None)
            else:
                self.items[name] = value
            return
        mode, below = self.items.get(name, ("40000", None))
        if not isinstance(below, Tree):
            below = Tree(self.objects, below)
        below.put(rest, value)
        if below.items:
            self.items[name] = (mode, below)
        else:
            del self.items[name]

    def write(self):
        if self.ident is None:
            out = []
            for name, (mode, what) in self.items.items():
                ident = what.write() if isinstance(what, Tree) else what
                out.append((name + "/" * (mode == "40000"), mode, name,
                            ident))
            self.ident = self.objects.put("tree", b"".join(
                b"%s %s\0" % (mode.encode(), name.encode()) +
                bytes.fromhex(ident) for _, mode, name, ident in sorted(out)))
        return self.ident


def entries(data):
    at = 0
    while at < len(data):
        space, nul = data.index(b" ", at), data.index(b"\0", at)
        yield (data[space + 1:nul].decode(),
               (data[at:space].decode(), data[nul + 1:nul + 21].hex()))
        at = nul + 21


def changes(objects, ident, before, prefix=""):
    """Path to (mode, id) of what is in one tree and not in the other."""
    old = dict(entries(objects.get(before)[1])) if before else {}
    new = dict(entries(objects.get(ident)[1]))
    out = {prefix + name: None for name in old if name not in new}
    for name, (mode, one) in new.items():
        if old.get(name) == (mode, one):
            continue
        if mode == "40000":
            out.update(changes(objects, one, old.get(name, (0, None))[1],
                               prefix + name + "/"))
        else:
            out[prefix + name] = (mode, one)
    return out


# --- the history ---

class Step:
    """One commit, with what a forger may want otherwise.  files: path to
    bytes, (mode, bytes) or None, beside the event."""

    def __init__(self):
        self.event = self.original = self.hash = None
        self.files = {}
        self.role = self.case = self.act = ""
        self.seq = self.authored = self.committed = 0
        self.signed = None  # (text, armour) of the history itself
        self.text = None  # of the event, where it is not canonical
        self.name = None  # of the event's file
        self.prev = None
        self.subject = None
        self.trailer = None
        self.parents = None  # takes the parent's id, gives ids
        self.armour = None  # takes the text, gives the armour or ""
        self.log = None  # takes size and root, gives both

    def place(self):
        return "%s/%d" % (self.case, self.seq)

    def path(self, name=""):
        """Below the case's folder."""
        h = sha256(self.case.encode())
        return "cases/%s/%s/%s/%s/%s/%s" % (h[0], h[1], h[2], h[3],
                                            self.case, name)

    def edit(self, **members):
        """Members of the event; a None goes."""
        for name, value in members.items():
            if value is None:
                self.event.pop(name, None)
            else:
                self.event[name] = value

    def rename(self, machine, event):
        self.edit(machine=machine, event=event)
        self.act = machine + "." + event

    def file(self, end):
        """The path of the one file that ends so."""
        found = [p for p in self.files if p.endswith(end)]
        assert len(found) == 1, (end, list(self.files))
        return found[0]


HEAD = re.compile(
    r"author (\w+) <\S+> (\d+) \+0900\ncommitter \S+ \S+ (\d+) \+0900\n")
TITLE = re.compile(r"\n\n(\S+) (\d+) (\S+)\n\nNintei-Log: ")
SIGNED = re.compile(r"gpgsig ((?:.*\n )*.*\n)")


def read_step(objects, ident, before):
    raw = objects.get(ident)[1].decode()
    tree = re.match("tree (.*)\n", raw).group(1)
    sig = SIGNED.search(raw)
    step = Step()
    step.role, step.authored, step.committed = HEAD.search(raw).groups()
    step.authored, step.committed = int(step.authored), int(step.committed)
    step.case, step.seq, step.act = TITLE.search(raw).groups()
    step.seq = int(step.seq)
    step.signed = (raw[:sig.start()] + raw[sig.end():],
                   sig.group(1).replace("\n ", "\n"))
    for path, value in changes(objects, tree, before).items():
        step.files[path] = value and objects.get(value[1])[1]
    event = step.path("%04d-%s.json" % (step.seq, step.act))
    step.original = step.files.pop(event)
    step.event = json.loads(step.original)
    assert canonical(step.event) == step.original
    return step, tree


def leaf_of(text):
    return hashlib.sha256(b"\0" + hashlib.sha256(text).digest()).digest()


def root_of(leaves):
    """RFC 6962 2.1, over hashes of leaves."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + root_of(leaves[:k]) +
                          root_of(leaves[k:])).digest()


class History:
    """A repository as the forger holds it."""

    def __init__(self, office):
        self.office = office
        self.base = office.clone("forged-base")
        self.objects = Objects(office)
        self.steps = []
        self.ids = office.git_run("rev-list", "--reverse", "main").split()
        before = None
        for ident in self.ids:
            step, before = read_step(self.objects, ident, before)
            self.steps.append(step)
        keys = os.path.join(office.home, "keys")
        self.key = pem_key(os.path.join(keys, "commit", "key.pem"))
        self.log_key = pem_key(os.path.join(keys, "log", "key.pem"))
        self.people = {}
        for name in os.listdir(office.people):
            if name.endswith(".key"):
                self.people[name[:-4]] = ssh_key(
                    os.path.join(office.people, name))

    def ca(self, scheme):
        return os.path.join(self.office.home, "keys", "ca", scheme,
                            "key.pem")

    def copy(self):
        return copy.deepcopy(self.steps)

    def write(self, steps, chain=True, logged=True):
        """A repository with these steps.  chain: prev and cause follow what
        was edited; logged: so do size and root of the log."""
        path = tempfile.mkdtemp(prefix="forged-", dir=self.office.work)
        os.rmdir(path)
        shutil.copytree(self.base, path, copy_function=os.link)
        self.objects.new = {}
        writer = Writer(self, chain, logged)
        for step in steps:
            writer.add(step)
        if self.objects.new:
            run("git", "-C", path, "index-pack", "--stdin",
                input=self.objects.pack())
        run("git", "-C", path, "update-ref", "refs/heads/main", writer.head)
        return path


class Writer:
    """Commits one after another; what is as it was keeps its signature."""

    def __init__(self, history, chain, logged):
        self.history = history
        self.objects = history.objects
        self.chain = chain
        self.logged = logged
        self.tree = Tree(self.objects)
        self.leaves = []
        self.head = None
        self.last = collections.defaultdict(lambda: "0" * 64)
        self.moved = {}  # hashes of events that are others now

    def event(self, step):
        event = step.event
        if step.text is None and self.chain:
            event["prev"] = step.prev or self.last[step.case]
            if event.get("cause") in self.moved:
                event["cause"] = self.moved[event["cause"]]
        text = canonical(event) if step.text is None else step.text
        step.hash = sha256(text)
        self.last[step.case] = step.hash
        self.leaves.append(leaf_of(text))
        if step.original is not None:
            self.moved[sha256(step.original)] = step.hash
        return text

    def trees(self, step, text):
        name = step.name or step.path("%04d-%s.json" % (step.seq, step.act))
        for path, value in {name: text, **step.files}.items():
            if isinstance(value, bytes):
                value = ("100644", value)
            if value is not None:
                value = (value[0], self.objects.put("blob", value[1]))
            self.tree.put(path, value)
        return self.tree.write()

    def message(self, step):
        size, root = len(self.leaves), root_of(self.leaves)
        if step.log:
            size, root = step.log(self.leaves, root)
        trailer = "Nintei-Log: %d %s" % (size, root.hex())
        if not self.logged and step.signed:
            trailer = step.signed[0].rstrip("\n").rsplit("\n", 1)[1]
        subject = "%s %d %s" % (step.case, step.seq, step.act)
        return "%s\n\n%s\n" % (step.subject or subject,
                               step.trailer or trailer)

    def add(self, step):
        text = self.event(step)
        parents = [self.head] if self.head else []
        if step.parents:
            parents = step.parents(self.head)
        head = "".join(["tree %s\n" % self.trees(step, text)] +
                       ["parent %s\n" % p for p in parents] +
                       ["author %s <%s@nintei> %d%s\n" % (
                           step.role, step.role, step.authored, ZONE),
                        "committer %s %d%s\n" % (STORE, step.committed,
                                                 ZONE)])
        body = "\n" + self.message(step)
        whole = (head + body).encode()
        if step.armour is not None:
            sig = step.armour(whole)
        elif step.signed and step.signed[0].encode() == whole:
            sig = step.signed[1]
        else:
            sig = armour(self.history.key, "git", whole)
        if sig:
            head += "gpgsig " + sig.rstrip("\n").replace("\n", "\n ") + "\n"
        self.head = self.objects.put("commit", (head + body).encode())


def fsck(path):
    """What stock git finds wrong, or nothing."""
    r = subprocess.run(["git", "-C", path, "fsck", "--strict",
                        "--no-dangling"], stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, check=False)
    return r.stdout.decode() if r.returncode else ""
