#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The life of a certification body: so many services over so many years, by
an office in one process under a clock of its own (simulate.c).  What was done
from outside is written down as a plan, what the office says at the end beside
it; tests/flow/simulate_check.py computes the one from the other."""
import argparse
import base64
import datetime
import glob
import heapq
import json
import os
import random
import secrets
import subprocess
import sys
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
os.environ.setdefault("SOURCE_DIR", SOURCE)
os.environ.setdefault("BUILD_DIR", os.path.join(SOURCE, "build", "release"))
sys.dont_write_bytecode = True
# lib puts the folder of what the tests share in the first place.
sys.path.insert(0, os.path.join(SOURCE, "tests", "flow"))
# pylint: disable=wrong-import-position
import lib
from lib import JST, SCHEMES, Answer, Office, papers
from lifecycle import KIND, KEPT, about, officers
from people import enroll, hire, signed
from steps import paper
from simulate_rules import replace, version

SEC, APP = "secretary-1", "applicant-1"
DAY = 86400
START = datetime.datetime(2026, 8, 3, tzinfo=JST)
MEMBERS = ("member-1", "member-2", "member-3")
SEAL_DAYS = 900  # its certificate lives three years
# An issuer lives eight years: nothing is certified beyond its end.
QUIET = 70 * DAY


class Stop(Exception):
    """The office did what makes no sense to go on from."""


def instant(at):
    return datetime.datetime.fromtimestamp(at, JST).isoformat()


def day_of(at):
    return datetime.datetime.fromtimestamp(at, JST).date()


def midnight(day):
    return int(datetime.datetime(day.year, day.month, day.day,
                                 tzinfo=JST).timestamp())


class SimOffice(Office):
    """The steps of lib.Office, over a pipe."""

    def __init__(self, home, start, program):  # pylint: disable=W0231
        self.work, self.home, self.program = home + ".tmp", home, program
        os.makedirs(self.work, exist_ok=True)
        self.people = os.path.join(home, "keys", "development")
        self.root = os.path.join(home, "keys", "root", "root.pem")
        self.seconds = start
        self.process = None
        self.requests = 0
        self.tokens, self.schemes, self.heads = {}, {}, {}

    @property
    def git(self):
        return os.path.join(self.home, "store", "audit.git")

    def make(self, policies, every):
        lib.run(self.program, "init", self.home, policies,
                str(self.seconds))
        replace(os.path.join(self.home, "nintei.yaml"),
                r'^  every_hours: "24"\n  valid_hours: "48"$',
                '  every_hours: "%d"\n  valid_hours: "%d"\n'
                'limits:\n  open_cases: "0"' % (every, every + 24))
        for name in glob.glob(os.path.join(self.people, "*.token")):
            person = os.path.basename(name)[:-6]
            # Theirs end before the last year does.
            self.grant(person, person, {
                "secretary-1": "secretariat", "applicant-1": "applicant",
                "auditor-1": "auditor"}.get(person, "officer"))

    def open(self):
        self.process = subprocess.Popen(
            [self.program, "serve", self.home, str(self.seconds)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def close(self):
        self.process.stdin.close()
        if self.process.wait(300) != 0:
            raise Stop("the office ends with %d" % self.process.returncode)
        self.process = None

    def pipe(self, line, body=b""):
        self.requests += 1
        self.process.stdin.write(line.encode() + b"\n" + body)
        self.process.stdin.flush()
        status, kind, size = self.process.stdout.readline().split()
        answer = Answer(int(status), {"Content-Type": kind.decode()},
                        self.process.stdout.read(int(size)))
        if answer.status == 599:
            raise Stop("%s: %r" % (line[:200], answer))
        return answer

    def api(self, who, method, path, body=None, **headers):
        body = body.encode() if isinstance(body, str) else body or b""
        token = self.tokens.get(who, "-") if who else "-"
        return self.pipe("ask %s %s %s %s %d" % (
            method, path, token, headers.get("Idempotency_Key", "-"),
            len(body)), body)

    def armour(self, data, key, namespace="decision@nintei"):
        return self.pipe("sign %s %s %d" % (
            os.path.join(self.people, key + ".key"), namespace, len(data)),
            data).body

    def scheme(self, scheme):
        """The criteria and fees of both do not change here."""
        if scheme not in self.schemes:
            self.schemes[scheme] = super().scheme(scheme)
        return self.schemes[scheme]

    def command(self, who, case, command, data=None, head=None, **more):
        """A head that is remembered saves a question; if it moved, the
        answer is a conflict, and it is asked for."""
        known = head or self.heads.pop(case, None)
        a = super().command(who, case, command, data, head=known, **more)
        if a.status == 409 and known is not None and head is None:
            a = super().command(who, case, command, data, **more)
        if a.status == 200:
            self.heads[case] = a["head"]
        return a

    def decide(self, decision):
        document = self.document(decision)
        self.heads.clear()
        for who in ("officer-1", "officer-2"):
            a = self.sign(who, decision, data=document)
            if a.status != 200:
                raise Stop("%s signs %s: %r" % (who, decision, a))
        return a["state"]

    def send(self, who, decision, armour):
        self.heads.clear()
        return super().send(who, decision, armour)

    def clock(self, at):
        self.seconds = at
        self.pipe("clock %d" % at)

    def now(self):
        return datetime.datetime.fromtimestamp(self.seconds, JST)

    def get(self, path, who=None):
        a = self.api(who, "GET", path)
        if a.status != 200:
            raise Stop("GET %s: %r" % (path, a))
        return a.body


class World:
    def __init__(self, office, out, args):
        self.o, self.out, self.args = office, out, args
        self.start = office.seconds
        last = START.replace(year=START.year + args.years)
        self.end = int(last.timestamp())
        self.queue, self.n = [], 0
        self.plan = open(os.path.join(out, "plan.jsonl"), "w",
                         encoding="utf-8")
        self.answers = open(os.path.join(out, "answers.jsonl"), "w",
                            encoding="utf-8")
        self.cases = {}  # label to case
        self.bases = {}  # label of a certified case to its case
        self.lines = 0

    def done(self, what, **data):
        """A line of the plan: what was done, and when."""
        self.lines += 1
        line = {"at": instant(self.o.seconds), "what": what, **data}
        self.plan.write(json.dumps(line, ensure_ascii=False) + "\n")

    def answered(self, **data):
        """What the office answered to the last line."""
        self.answers.write(json.dumps({"line": self.lines, **data},
                                      ensure_ascii=False) + "\n")

    def live(self, generator):
        at = next(generator, None)
        if at is not None and at < self.end:
            at = max(at, self.o.seconds + 1)
            self.n += 1
            heapq.heappush(self.queue, (at, self.n, generator))

    def run(self):
        shown = 0
        while self.queue:
            at, _, generator = heapq.heappop(self.queue)
            if at != self.o.seconds:
                self.o.clock(at)
            before = self.lines
            self.live(generator)
            if self.lines == before:
                self.done("tick")  # the clock was looked at
            month = (at - self.start) // (90 * DAY)
            if month != shown:
                shown = month
                print("%s: %d lines, %d requests" % (
                    day_of(at), self.lines, self.o.requests),
                    file=sys.stderr, flush=True)
        self.o.clock(self.end)
        self.done("end")
        self.plan.close()
        self.answers.close()

    # --- what is not of one service ---

    def days(self):
        """The clock's job: soon after midnight, but not to the second."""
        rng = random.Random("%s days" % self.args.seed)
        at = self.start
        while True:
            at += DAY
            yield at + rng.choice((0, 0, 2, 9, 1800))

    def seals(self):
        at = self.start
        while True:
            at += SEAL_DAYS * DAY + 7 * 3600
            yield at
            self.o.pipe("seal")

    def amendment(self, scheme, name, day, counts):
        """Art. 22: drafted, deliberated on, adopted, announced."""
        o, case = self.o, "rules-" + scheme
        at = midnight(day) - 45 * DAY + 36000
        yield at
        version(o.home, scheme, name, counts)
        o.do(SEC, case, "draft", {"policy_version": name + ".1",
                                  "effective_from": name})
        yield at + 3600
        data = signed(o, "chair-1", case, "rules.deliberated",
                      {"members": list(MEMBERS), "signs":
                       "%s/rules.deliberated/%s" % (case, name)})
        o.do("chair-1", case, "deliberated", data, instance=name,
             documents=[paper("minutes", "議事録")])
        yield at + 7200
        c = o.do(SEC, case, "freeze", {
            "kind": "rules", "reasons": "改正のため", "instance": name,
            "outcome": "adopt"})
        state = o.decide(c["decisions"][-1]["decision_id"])
        if state != "executed":
            raise Stop("amendment %s: %s" % (name, state))
        self.done("announced", scheme=scheme, rule_version=name,
                  effective_from=name, first_day_counts=counts)

    # --- steps that several lives take ---

    def receive(self, s, kind, label, **fields):
        """A dossier comes in; whether it was taken."""
        form = {"application_date": day_of(self.o.seconds).isoformat(),
                **fields}
        query = ""
        if kind != "new":
            query = "&number=" + s.number
            files = about(s.scheme, kind, s.number, s.name, **form)
        else:
            files = papers(s.scheme, service=s.name + "サービス", **form)
        a = self.o.submit(files, query="scheme=%s&kind=%s%s" % (
            s.scheme, kind, query), key="%s-%d" % (label, self.lines))
        self.done("received", service=s.id, scheme=s.scheme, kind=kind,
                  case=label)
        if a.status not in (201, 422):
            raise Stop("%s of %s: %r" % (kind, label, a))
        self.answered(taken=a.status == 201,
                      guard=a.get("guard") if a.status != 201 else None)
        if a.status == 201:
            self.cases[label] = a["case"]
        return a.status == 201

    def pay(self, s, label):
        fee = 165000 if label == s.label else 132000
        self.o.do(SEC, self.cases[label], "fee.pay", {
            "amount": fee, "paid_on": day_of(self.o.seconds).isoformat()})
        self.done("paid", case=label)

    def accept(self, s, label):
        """Taken into review; barred by Art. 8, it is refused."""
        case = self.cases[label]
        a = self.o.command(SEC, case, "accept", {"reviewers": [SEC]})
        self.done("reviewed", case=label)
        self.answered(taken=a.status == 200, guard=a.get("guard"))
        if a.status == 200:
            return True
        if a.get("guard") != "art8_bar":
            raise Stop("accept of %s: %r" % (label, a))
        state = officers(self.o, case, "refuse_art8", outcome="refuse_art8",
                         reasons="取消しの日から一年を経過していないため")
        self.executed(state, "refuse_art8", case=label)
        return False

    def executed(self, state, kind, **data):
        if state != "executed":
            raise Stop("%s of %r: %s" % (kind, data, state))
        self.done("decided", kind=kind, **data)

    def certify(self, label):
        state = self.o.decide(self.o.propose(self.cases[label]))
        self.executed(state, "certify", case=label)

    def decline(self, s, label):
        case = self.cases[label]
        first = self.o.scheme(s.scheme)["criteria"][0]["id"]
        c = self.o.do(SEC, case, "propose_decline", {
            "review": self.o.review(s.scheme, (first,)),
            "reasons": "満たさないため"})
        self.executed(self.o.decide(c["decisions"][-1]["decision_id"]),
                      "decline", case=label)


class Service:
    """One service, and its life."""

    def __init__(self, w, i):
        self.w, self.o = w, w.o
        self.rng = random.Random("%s service %d" % (w.args.seed, i))
        self.id = "s%d" % (i + 1)
        self.name = "架空%05d" % (i + 1)
        self.scheme = SCHEMES[self.rng.random() < 0.4]
        self.number = self.label = None
        self.tries = 0

    @property
    def case(self):
        return self.w.cases[self.label]

    def hours(self, day):
        """Some second of a working day."""
        return midnight(day) + self.rng.randrange(9 * 3600, 18 * 3600)

    def after(self, least, most):
        """So many days on, at another hour."""
        days = self.rng.randint(least, most)
        return self.hours(day_of(self.o.seconds) +
                          datetime.timedelta(days=days))

    def next_label(self):
        self.tries += 1
        return "%s.%d" % (self.id, self.tries)

    def certification(self):
        return self.o.case(self.case)["certification"]

    def last_day(self):
        return datetime.date.fromisoformat(
            self.certification()["valid_through"])

    # --- the whole ---

    def live(self):
        span = min(self.w.args.years * 150, 730)
        yield self.hours(day_of(self.w.start) + datetime.timedelta(
            days=self.rng.randint(1, span)))
        while True:
            again = yield from self.application()
            if again is None:
                return
            while self.number is not None:
                if not (yield from self.term()):
                    break
            if self.number is None or not again:
                return

    def application(self):
        """A new application until certified; None: never."""
        while True:
            label = self.next_label()
            self.label, self.number = label, None
            if not self.w.receive(self, "new", label):
                raise Stop("a new application is refused: " + label)
            fate = self.rng.random()
            if fate < 0.03:
                yield self.after(16, 40)
                self.closed(label)
                return None
            yield self.after(0, 12)
            self.w.pay(self, label)
            yield self.after(0, 6)
            if fate < 0.05:
                self.withdrawn(label)
                return None
            if not self.w.accept(self, label):
                if self.rng.random() < 0.5:
                    return None
                yield self.after(30, 420)
                continue
            yield self.after(1, 25)
            if fate < 0.09:
                self.w.decline(self, label)
                return None
            if self.o.seconds > self.w.end - QUIET:
                return None
            self.w.certify(label)
            self.number = self.o.case(self.case)["number"]
            self.w.bases[label] = self.case
            return True

    def closed(self, label):
        """The fee was not paid in time."""
        state = officers(self.o, self.w.cases[label], "close_incomplete",
                         outcome="close_incomplete", reasons="期限の経過")
        self.w.executed(state, "close_incomplete", case=label)

    def withdrawn(self, label):
        self.o.do(APP, self.w.cases[label], "withdraw")
        self.w.done("withdrawn", case=label)

    # --- one term; whether there is another ---

    def term(self):
        fate = self.rng.random()
        if self.rng.random() < 0.06:
            yield self.middle(0.05, 0.3)
            self.renamed()
        if fate < 0.07:
            yield self.middle(0.3, 0.9)
            yield from self.revoked()
            return (yield from self.again())
        if fate < 0.12:
            return (yield from self.lapsed())
        if fate < 0.17:
            return (yield from self.terminated())
        if fate < 0.25:
            return (yield from self.expired())
        if fate < 0.28:
            return (yield from self.too_late())
        return (yield from self.renewed())

    def middle(self, least, most):
        """Some hour between two parts of what is left of the term."""
        left = (self.last_day() - day_of(self.o.seconds)).days
        return self.after(max(1, int(left * least)),
                          max(1, int(left * most)))

    def renamed(self):
        """Art. 13(1): the printed name changes; issued again."""
        day = day_of(self.o.seconds).isoformat()
        self.name += "改"
        if not self.w.receive(self, "change", self.label, change_date=day,
                              change_summary="名称を変更した。"):
            raise Stop("a notice of change is refused")
        self.o.do(SEC, self.case, "change_notice.record", {"printed": True})
        state = officers(self.o, self.case, "reissue", reasons="名称の変更",
                         fields={"service": self.name + "サービス"})
        self.w.executed(state, "reissue", case=self.label,
                        name=self.name + "サービス")

    def revoked(self):
        ground = self.rng.choice("12")
        c = self.o.do(SEC, self.case, "propose_revocation", {
            "grounds": ground, "reasons": "取消しの事由があるため",
            "evidence": [{"ground": int(ground), "event": 1}]})
        yield self.after(1, 5)
        state = self.o.decide(c["decisions"][-1]["decision_id"])
        self.w.executed(state, "revoke", case=self.label, ground=ground)

    def again(self):
        """After a revocation some apply again, some of them too early."""
        if self.rng.random() < 0.4:
            return False
        yield self.after(100, 500)
        return (yield from self.application()) is not None

    def lapsed(self):
        """Art. 9(2): known weeks after the day, or after the end."""
        late = self.rng.random() < 0.3
        begun = day_of(self.o.seconds)
        yield self.after((self.last_day() - begun).days + 2,
                         (self.last_day() - begun).days + 40) \
            if late else self.middle(0.3, 0.9)
        back = self.rng.randint(45, 70) if late else self.rng.randint(0, 70)
        day = max(begun + datetime.timedelta(days=1), day_of(
            self.o.seconds) - datetime.timedelta(days=back))
        survivor = self.rng.random() < 0.3
        kind = "merger" if survivor else self.rng.choice(
            ("transfer", "merger", "inheritance"))
        more = {"survivor": True} if survivor else {"operator_changed": True}
        self.o.do(SEC, self.case, "succession.report", {
            "kind": kind, "event_day": day.isoformat(),
            "source": "registry", **more}, documents=[paper("evidence")])
        self.o.do(SEC, self.case, "succession.evidence",
                  {"evidence": ["contract"]}, documents=[paper("evidence")])
        state = officers(self.o, self.case, "lapse",
                         reasons="事業が承継されたため")
        self.w.executed(state, "lapse", case=self.label,
                        event_day=day.isoformat(),
                        operator_changed=not survivor)
        return False

    def terminated(self):
        """Art. 13(2): filed ahead of the last day; some think again."""
        yield self.middle(0.2, 0.7)
        last = day_of(self.o.seconds) + datetime.timedelta(
            days=self.rng.randint(20, 90))
        if last >= self.last_day():
            return (yield from self.expired())
        day = day_of(self.o.seconds).isoformat()
        if not self.w.receive(self, "termination", self.label,
                              service_end=last.isoformat(),
                              paper_return="未返納"):
            raise Stop("the end of a service is refused")
        self.o.do(SEC, self.case, "paper.returned", {
            "received_on": day, "carrier": "post"},
            documents=[paper("image")])
        self.o.do(APP, self.case, "termination.attach",
                  {"paper": "returned"})
        back = self.rng.random() < 0.2
        if back:
            yield self.after(1, 5)
            self.o.do(APP, self.case, "termination.retract")
            self.w.done("retracted", case=self.label)
            return (yield from self.renewed())
        yield self.after(1, 5)
        self.w.executed(officers(self.o, self.case, "termination"),
                        "termination", case=self.label,
                        last_day=last.isoformat())
        yield midnight(last + datetime.timedelta(days=2))
        return False

    def expired(self):
        yield midnight(self.last_day() + datetime.timedelta(days=3))
        return False

    def too_late(self):
        """A renewal comes outside the window: a second, or weeks."""
        last = self.last_day()
        opens = midnight(last - datetime.timedelta(days=60))
        closes = midnight(last - datetime.timedelta(days=29))
        early, late = self.rng.choice(((1, 0), (30 * DAY, 20 * DAY),
                                       (3600, 3600)))
        yield opens - early
        label = self.next_label()
        if self.w.receive(self, "renewal", label):
            raise Stop("taken before the window opens: " + label)
        yield closes + late
        if self.w.receive(self, "renewal", label):
            raise Stop("taken after the window closed: " + label)
        return (yield from self.expired())

    def renewed(self):
        last = self.last_day()
        opens = midnight(last - datetime.timedelta(days=60))
        closes = midnight(last - datetime.timedelta(days=29))
        yield self.rng.choice((
            opens, closes - 1, self.rng.randrange(opens, closes),
            self.rng.randrange(opens, closes),
            self.rng.randrange(opens, closes)))
        label = self.next_label()
        if not self.w.receive(self, "renewal", label,
                              mark_declaration=KEPT):
            raise Stop("refused inside the window: " + label)
        if self.rng.random() < 0.05:
            a = self.w.receive(self, "renewal", label + "x",
                               applicant_kana="カクウ")
            if a:
                raise Stop("two renewals of " + label)
        yield self.after(0, 10)
        self.w.pay(self, label)
        yield self.after(0, 5)
        if not self.w.accept(self, label):
            return False
        return (yield from self.outcome(label, last))

    def outcome(self, label, last):
        fate = self.rng.random()
        if fate < 0.05:
            yield self.after(1, 5)
            yield from self.revoked()
            return (yield from self.again())
        late = fate > 0.6
        if late and fate < 0.85:
            yield self.after(1, 4)
            self.w.executed(officers(self.o, self.case, "continuation"),
                            "continuation", case=self.label)
        days = datetime.timedelta(days=self.rng.randint(1, 80))
        if late:
            yield self.hours(last + days)
        elif fate < 0.5:
            yield self.after(1, 10)
        else:  # the last seconds of the last day
            yield midnight(last + datetime.timedelta(days=1)) - \
                self.rng.randint(1, 7200)
        if self.o.seconds > self.w.end - QUIET:
            return False
        end = self.rng.random()
        if end < 0.07:
            self.w.decline(self, label)
        elif end < 0.14:
            self.withdrawn(label)
        else:
            self.w.certify(label)
            return (yield from self.waiting(last))
        if self.o.seconds < midnight(last):
            return (yield from self.expired())
        return False

    def waiting(self, last):
        """Certified before the end: the next term follows, or nothing."""
        begins = midnight(last + datetime.timedelta(days=1))
        if self.o.seconds >= begins:
            return True
        if self.rng.random() < 0.06 and begins - self.o.seconds > 9 * DAY:
            yield self.after(1, 2)
            yield from self.revoked()
            return (yield from self.again())
        yield begins + self.rng.choice((0, 1, 40000, 5 * DAY))
        return True


# --- what the office says at the end ---

def save(out, name, data):
    with open(os.path.join(out, name), "wb") as f:
        f.write(data)


def register_days(w):
    """Days across the years, each as known then and as known now."""
    rng = random.Random("%s register" % w.args.seed)
    first, n = day_of(w.start), (w.end - w.start) // DAY
    return sorted(first + datetime.timedelta(days=rng.randint(60, n - 1))
                  for _ in range(w.args.days))


def listed(o, query=""):
    items, more = [], ""
    while True:
        a = json.loads(o.get("/v1/register?" + (query + more).lstrip("&")))
        items += [{k: v for k, v in e.items() if k not in
                   ("items", "publications")} for e in a["items"]]
        if "next" not in a:
            return items
        more = "&cursor=" + a["next"]


def deadlines(o, first, last):
    """By ever fewer days: an answer holds 2,000."""
    a = o.api(SEC, "GET", "/v1/deadlines?from=%s&to=%s" % (first, last))
    if a.status == 200:
        return a["items"]
    half = first + (last - first) / 2
    if half == last:
        raise Stop("deadlines: %r" % a)
    return deadlines(o, first, half) + deadlines(
        o, half + datetime.timedelta(days=1), last)


def said(w):
    """Everything that is compared, and that a rebuilt index must say too."""
    o = w.o
    now = day_of(w.end)
    year = datetime.timedelta(days=365)
    return {
        "register": listed(o),
        "as_of": [{"day": d.isoformat(), "known": k, "items": listed(
            o, "&as_of=%s%s" % (d, "&known=" + k if k else ""))}
            for d in register_days(w) for k in ("", d.isoformat())],
        "deadlines": deadlines(o, now - year, now + 3 * year),
    }


def certificates(w):
    """Serial to (number's case, instance) of all that was signed."""
    out = {}
    for label, case in w.bases.items():
        more = ""
        while True:
            a = json.loads(w.o.get("/v1/cases/%s/events%s" % (case, more),
                                   "auditor-1"))
            for e in a["items"]:
                for step in [e] + e.get("effects", []):
                    if (step["machine"], step["event"]) == ("artefact",
                                                            "sign"):
                        serial = e["data"].get("serial")
                        out[serial] = [label, step["instance"]]
            if a.get("next") is None:
                break
            more = "?cursor=" + a["next"]
    return out


def write_answers(w, out):
    doc = said(w)
    save(out, "office.json", json.dumps(doc, ensure_ascii=False,
                                        sort_keys=True).encode())
    save(out, "register.json", w.o.get("/v1/register/export"))
    for scheme in SCHEMES:
        save(out, scheme + ".crl", w.o.get("/pki/%s.crl" % scheme))
    save(out, "cases.json", json.dumps(w.cases).encode())
    save(out, "certificates.json", json.dumps(certificates(w)).encode())
    return doc


def simulate(args):
    """One run: the world, what it said, and its figures."""
    home = os.path.join(args.out, "home")
    os.makedirs(args.out)
    o = SimOffice(home, int(START.timestamp()), args.program)
    o.make(os.path.join(SOURCE, "policies"), args.lists)
    hire(o, *[(m, "member") for m in MEMBERS], ("chair-1", "chair"))
    begun = time.monotonic()
    o.open()
    w = World(o, args.out, args)
    o.clock(w.start + 3600)
    for m in MEMBERS:
        enroll(o, m, "member")
    enroll(o, "chair-1", "chair")
    w.live(w.days())
    w.live(w.seals())
    year = START.year
    for scheme, name, counts in (
            (SCHEMES[0], datetime.date(year + 1, 2, 1), True),
            (SCHEMES[1], datetime.date(year + 1, 4, 1), True),
            (SCHEMES[0], datetime.date(year + 2, 9, 1), False)):
        w.live(w.amendment(scheme, name.isoformat(), name, counts))
    for i in range(args.services):
        w.live(Service(w, i).live())
    w.run()
    took = time.monotonic() - begun
    doc = write_answers(w, args.out)
    o.close()
    return w, doc, took


def arguments(argv=None):
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--services", type=int, default=2000)
    p.add_argument("--years", type=int, default=6)
    p.add_argument("--days", type=int, default=12,
                   help="days of which the register is asked")
    p.add_argument("--lists", type=int, default=24,
                   help="hours after which the CRLs are made anew")
    p.add_argument("--seed", default="1")
    p.add_argument("--out", required=True, help="a folder to make")
    p.add_argument("--program", default=os.path.join(
        os.environ["BUILD_DIR"], "bench", "bench_simulate"))
    return p.parse_args(argv)


def main():
    args = arguments()
    w, _, took = simulate(args)
    print(json.dumps({"seconds": round(took, 1), "requests": w.o.requests,
                      "lines": w.lines}))


if __name__ == "__main__":
    main()
