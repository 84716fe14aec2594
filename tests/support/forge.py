# SPDX-License-Identifier: Apache-2.0
"""A history taken apart and written anew, with a key at hand: what somebody
who holds the store's key, or none, could make of it.  Everything that is not
meant to be wrong is right: ids, chains, log, signatures."""
import base64
import copy
import hashlib
import json
import os
import struct
import subprocess

ZERO = "0" * 64


def run(*args, data=None, env=None):
    r = subprocess.run(args, input=data, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, check=False, timeout=120,
                       env=None if env is None else dict(os.environ, **env))
    if r.returncode != 0:
        raise RuntimeError("%s: %s" % (" ".join(args), r.stderr.decode()))
    return r.stdout


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True,
                      separators=(",", ":")).encode()


def sha256(data):
    return hashlib.sha256(data).digest()


def folder_of(case):
    h = hashlib.sha256(case.encode()).hexdigest()
    return "cases/%s/%s/%s/%s/%s" % (h[0], h[1], h[2], h[3], case)


class Log:
    """RFC 6962 over event hashes: the right edge alone."""

    def __init__(self):
        self.size = 0
        self.edge = []

    def append(self, event_hash):
        node = sha256(b"\0" + event_hash)
        n = self.size
        while n & 1:
            node = sha256(b"\1" + self.edge.pop() + node)
            n >>= 1
        self.edge.append(node)
        self.size += 1

    def root(self):
        root = self.edge[-1]
        for node in reversed(self.edge[:-1]):
            root = sha256(b"\1" + node + root)
        return root


class Key:
    """An Ed25519 key in PEM that signs as git wants it."""

    def __init__(self, path):
        self.path = path
        spki = run("openssl", "pkey", "-in", path, "-pubout", "-outform",
                   "DER")
        self.blob = self.string(b"ssh-ed25519") + self.string(spki[-32:])
        self.line = "ssh-ed25519 " + base64.b64encode(self.blob).decode()

    @classmethod
    def new(cls, path):
        run("openssl", "genpkey", "-algorithm", "ed25519", "-out", path)
        return cls(path)

    @staticmethod
    def string(data):
        return struct.pack(">I", len(data)) + data

    def sign(self, text, namespace=b"git"):
        """The lines of an armour, without the last newline."""
        head = self.string(namespace) + self.string(b"") + \
            self.string(b"sha512")
        message = self.path + ".message"
        with open(message, "wb") as f:
            f.write(b"SSHSIG" + head +
                    self.string(hashlib.sha512(text).digest()))
        sig = run("openssl", "pkeyutl", "-sign", "-rawin", "-inkey",
                  self.path, "-in", message)
        blob = b"SSHSIG" + struct.pack(">I", 1) + self.string(self.blob) + \
            head + self.string(self.string(b"ssh-ed25519") +
                               self.string(sig))
        text = base64.b64encode(blob).decode()
        lines = [text[i:i + 70] for i in range(0, len(text), 70)]
        return "\n".join(["-----BEGIN SSH SIGNATURE-----"] + lines +
                         ["-----END SSH SIGNATURE-----"])


class Step:
    """One commit: who, when, which event, what it puts into the tree."""

    def __init__(self):
        self.role = self.case = self.act = ""
        self.time = self.seq = 0
        self.authored = None  # None: as the committer's
        self.puts = {}  # path: bytes, or None to remove it
        self.event = None  # the event's JSON
        self.raw = None  # the event's bytes, where they are not canonical
        self.key = None  # None: the history's
        self.trailer = None  # (size, root in hex), None: the right one
        self.parents = None  # None: the one before
        self.modes = {}  # path: mode, where it is not 100644

    @property
    def name(self):
        return "%s %d %s" % (self.case, self.seq, self.act)

    @property
    def path(self):
        return "%s/%04d-%s.json" % (folder_of(self.case), self.seq, self.act)

    @property
    def text(self):
        return canonical(self.event) if self.raw is None else self.raw

    def file(self, tail):
        """The path that it puts and that ends so."""
        found = [p for p in self.puts if p.endswith(tail)]
        if len(found) != 1:
            raise KeyError("%s of %s: %s" % (tail, self.name, found))
        return found[0]


class History:
    def __init__(self, git, key):
        self.key = key
        self.steps = []
        self.git = git
        before = None
        for commit in run("git", "-C", git, "rev-list", "--reverse",
                          "HEAD").decode().split():
            self.steps.append(self.read(commit, before))
            before = commit

    def read(self, commit, before):
        s = Step()
        raw = run("git", "-C", self.git, "cat-file", "commit",
                  commit).decode()
        head, message = raw.split("\n\n", 1)
        for line in head.split("\n"):
            words = line.split(" ")
            if words[0] == "author":
                s.role = words[1]
                s.authored = int(words[-2])
            elif words[0] == "committer":
                s.time = int(words[-2])
        s.case, seq, s.act = message.split("\n")[0].split(" ")
        s.seq = int(seq)
        args = ["git", "-C", self.git, "diff-tree", "-r", "-z",
                "--no-commit-id"]
        args += ["--root", commit] if before is None else [before, commit]
        fields = run(*args).decode().split("\0")
        for info, path in zip(fields[0::2], fields[1::2]):
            blob = run("git", "-C", self.git, "cat-file", "blob",
                       info.split(" ")[3])
            if path == s.path:
                s.event = json.loads(blob)
            else:
                s.puts[path] = blob
        return s

    def copy(self):
        other = copy.copy(self)
        other.steps = copy.deepcopy(
            self.steps, {id(s.key): s.key for s in self.steps})
        return other

    def find(self, act, case=None, n=0):
        """The n-th step of an act, or of an act of a case."""
        found = [s for s in self.steps
                 if s.act == act and case in (None, s.case)]
        return found[n]

    def index(self, step):
        return self.steps.index(step)

    def rechain(self):
        """prev, seq and event_id of every event follow from the order."""
        heads = {}
        for s in self.steps:
            seq, prev = heads.get(s.case, (0, ZERO))
            s.seq = seq + 1
            s.event["seq"] = s.seq
            s.event["event_id"] = "%s/%d" % (s.case, s.seq)
            s.event["prev"] = prev
            heads[s.case] = (s.seq, sha256(s.text).hex())
        return self

    def write(self, where):
        """A bare repository; commits are signed with the history's key."""
        run("git", "init", "-q", "--bare", "-b", "main", where)
        index = os.path.join(where, "forge-index")
        log = Log()
        parent = None
        ids = []
        for s in self.steps:
            self.index_put(where, index, s)
            tree = run("git", "-C", where, "write-tree",
                       env={"GIT_INDEX_FILE": index}).decode().strip()
            log.append(sha256(s.text))
            parent = self.commit(where, s, tree, parent, log)
            ids.append(parent)
        run("git", "-C", where, "update-ref", "refs/heads/main", parent)
        if os.path.exists(index):
            os.unlink(index)
        return ids

    @staticmethod
    def index_put(where, index, s):
        lines = []
        puts = dict(s.puts)
        puts[s.path] = s.text
        for path, data in puts.items():
            if data is None:
                lines.append("0 %s\t%s" % ("0" * 40, path))
                continue
            blob = run("git", "-C", where, "hash-object", "-w", "--stdin",
                       data=data).decode().strip()
            lines.append("%s %s 0\t%s" % (s.modes.get(path, "100644"), blob,
                                          path))
        run("git", "-C", where, "update-index", "-z", "--index-info",
            data="\0".join(lines).encode() + b"\0",
            env={"GIT_INDEX_FILE": index})

    def commit(self, where, s, tree, parent, log):
        size, root = s.trailer or (log.size, log.root().hex())
        parents = s.parents
        if parents is None:
            parents = [] if parent is None else [parent]
        authored = s.time if s.authored is None else s.authored
        head = "tree %s\n" % tree
        head += "".join("parent %s\n" % p for p in parents)
        head += "author %s <%s@nintei> %d +0900\n" % (s.role, s.role,
                                                      authored)
        head += "committer store <store@nintei> %d +0900\n" % s.time
        message = "\n%s\n\nNintei-Log: %d %s\n" % (s.name, size, root)
        armour = (s.key or self.key).sign((head + message).encode())
        text = head + "gpgsig " + armour.replace("\n", "\n ") + "\n" + \
            message
        return run("git", "-C", where, "hash-object", "-t", "commit", "-w",
                   "--literally", "--stdin",
                   data=text.encode()).decode().strip()
