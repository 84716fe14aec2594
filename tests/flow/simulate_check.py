#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a simulated body must say at the end, computed from the plan of what
was done alone (REGULATION 4 to 6), and held against what the office said.

    simulate_check.py DIR      differences, one a line; 1 if there are any

This shares no code with the office and none with the generator."""
import calendar
import datetime
import json
import os
import re
import subprocess
import sys

JST = datetime.timezone(datetime.timedelta(hours=9))
ONE = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)
PREFIX = {"iaas-paas-iot": "IPT", "genai-saas": "GAI"}
IN_FORCE = ("valid", "continued")
CONTINUATION_DAYS = 30
FEE_DUE_DAYS = 14
REMINDERS = ((-120, "renewal_reminder"), (-75, "renewal_reminder"),
             (-60, "renewal_reminder"), (-45, "renewal_reminder"),
             (-35, "renewal_reminder"), (-31, "renewal_reminder"),
             (-30, "renewal_reminder"), (-29, "renewal_window_closed"),
             (0, "last_day_of_term"), (1, "term_over"))
ALARM = (-14, "continuation_alarm")
# These hang on business days, or on proposals: the plan knows neither.
TARGETS = ("paper_return_target", "mark_stop_target", "notice_unread",
           "hearing_due", "decision_expires")


def when(text):
    return datetime.datetime.fromisoformat(text)


def text_of(at):
    return at.isoformat(timespec="seconds")


def midnight(day):
    return datetime.datetime(day.year, day.month, day.day, tzinfo=JST)


def date(text):
    return datetime.date.fromisoformat(text)


def years(day, n):
    """The corresponding day n years on, or None."""
    try:
        return day.replace(year=day.year + n)
    except ValueError:
        return None


def end_from(s):
    """L 143: the day before the corresponding day two years on."""
    same = years(s, 2)
    if same is not None:
        return same - ONE
    return datetime.date(s.year + 2, s.month,
                         calendar.monthrange(s.year + 2, s.month)[1])


def first_barred(day):
    """Art. 8: the first day of a revocation that bars receipt on day."""
    same = years(day, -1)
    if same is None:
        return datetime.date(day.year - 1, day.month + 1, 1)
    return same + ONE


class Certification:
    """One number."""

    def __init__(self, number, scheme, label, service):
        self.number, self.scheme, self.label = number, scheme, label
        self.service = service  # lineage
        self.name = None
        self.state, self.through, self.term = "valid", None, 0
        self.next_through = None
        self.terms, self.lines = [], []  # lines: (at, recorded, state)
        self.continuation = False
        self.pending = None  # label of a renewal
        self.last_day = None  # of a termination that is scheduled
        self.ended_at = None
        self.held = []  # certificates: [instance, notAfter, interim]
        self.listed = {}  # instance: (reason, revoked, invalid since)
        self.interims = 0

    def line(self, at, recorded, state):
        self.lines.append((at, recorded, state))
        self.state = state

    def add_term(self, certified, start, through, at):
        self.terms.append({"certified_on": certified.isoformat(),
                           "valid_from": start.isoformat(),
                           "valid_through": through.isoformat(),
                           "recorded_at": text_of(at)})
        self.held.append(["x509-%d" % len(self.terms),
                          midnight(through) + ONE - SECOND, False])

    def void(self, at):
        for t in self.terms:
            if date(t["valid_from"]) > at.date():
                t["void_at"] = text_of(at)

    def list_all(self, reason, recorded, since, only_interim=False):
        """What has not passed its end goes on the list."""
        for one in list(self.held):
            if one[2] < only_interim or one[1] < recorded:
                continue
            self.held.remove(one)
            self.listed[one[0]] = (
                reason, text_of(recorded),
                text_of(since) if since < recorded else None)

    def end(self, state, at, recorded, reason):
        self.line(at, recorded, state)
        self.ended_at = at
        self.void(recorded)
        self.next_through, self.continuation = None, False
        self.last_day = None
        if reason:
            self.list_all(reason, recorded, at)
        else:
            self.list_all("Cessation Of Operation", recorded, at, True)

    def interim(self, at):
        """X.509 of a continuation, for so many days from an instant."""
        self.interims += 1
        self.held.append(["x509-%d-c%d" % (self.term, self.interims),
                          at + CONTINUATION_DAYS * ONE - SECOND, True])


class Body:
    def __init__(self):
        self.certifications = {}  # by label of the first application
        self.serials = {s: 0 for s in PREFIX}
        self.rules = {s: [] for s in PREFIX}  # (day, first_day_counts)
        self.cases = {}  # label: dict
        self.expected = []  # (line of the plan, taken, guard)
        self.revoked = {}  # lineage, scheme: day
        self.now = None

    def counts(self, scheme, at):
        found = False
        for day, value in self.rules[scheme]:
            if midnight(day) <= at:
                found = value
        return found

    # --- the clock ---

    def advance(self, now):
        """Everything of the clock that is due, recorded now."""
        self.now = now
        for c in self.certifications.values():
            while self.step(c, now):
                pass

    def step(self, c, now):
        if c.state == "continued":
            self.renew_interim(c, now)
        if c.state != "valid" and c.state != "continued":
            return False
        over = midnight(c.through) + ONE
        if c.last_day is not None:
            end = midnight(c.last_day) + ONE
            if end <= now and (c.state == "continued" or end < over):
                self.base_void(c)
                c.end("terminated", end, now, "Cessation Of Operation")
                return True
        if c.state == "continued" or over > now:
            return False
        if c.next_through is not None:
            c.term, c.through = c.term + 1, c.next_through
            c.next_through = None
            c.interims = 0
        elif c.continuation:
            c.line(over, now, "continued")
            c.interim(over)
        else:
            c.end("expired", over, now, None)
        return True

    def renew_interim(self, c, now):
        while c.held[-1][1] < now:
            c.interim(c.held[-1][1] + SECOND)

    def base_void(self, c):
        if c.pending is not None:
            self.cases[c.pending]["state"] = "moot"
            c.pending = None

    # --- what was done ---

    def base(self, line):
        """The certification that a renewal or a notice is about."""
        own = [c for c in self.certifications.values()
               if c.service == line["service"]]
        return own[-1]

    def on_received(self, n, line):
        at, kind = when(line["at"]), line["kind"]
        if kind in ("change", "termination"):
            self.expected.append((n, True, None))
            return
        case = {"kind": kind, "scheme": line["scheme"], "at": at,
                "service": line["service"], "state": "pending",
                "fee": True}
        guard = None
        if kind == "renewal":
            c = self.base(line)
            case["base"] = c
            opens = midnight(c.through - 60 * ONE)
            closes = midnight(c.through - 29 * ONE)
            if c.state != "valid":
                guard = "base_valid"
            elif c.pending is not None:
                guard = "renewal_pending"
            elif c.next_through is not None:
                guard = "next_term"
            elif not opens <= at < closes:
                guard = "window_ok"
        self.expected.append((n, guard is None, guard))
        if guard is None:
            self.cases[line["case"]] = case
            if kind == "renewal":
                c.pending = line["case"]

    def on_reviewed(self, n, line):
        case = self.cases[line["case"]]
        day = case["at"].date()
        revoked = self.revoked.get((case["service"], case["scheme"]))
        barred = revoked is not None and \
            first_barred(day) <= revoked <= day
        self.expected.append((n, not barred, "art8_bar" if barred else None))

    def on_paid(self, _, line):
        self.cases[line["case"]]["fee"] = False

    def on_withdrawn(self, _, line):
        self.finish(line["case"], when(line["at"]))

    def on_retracted(self, _, line):
        self.certifications[line["case"]].last_day = None

    def on_announced(self, _, line):
        self.rules[line["scheme"]].append((date(line["effective_from"]),
                                           line["first_day_counts"]))

    def on_tick(self, _, line):
        pass

    on_end = on_tick

    def finish(self, label, at):
        """A case ended without certification."""
        case = self.cases[label]
        case["state"] = "ended"
        c = case.get("base")
        if c is None or c.pending != label:
            return
        c.pending, c.continuation = None, False
        if c.state == "continued":
            c.end("expired", at, at, None)

    def on_decided(self, n, line):
        getattr(self, "decided_" + line["kind"])(line, when(line["at"]))

    def decided_certify(self, line, at):
        case = self.cases[line["case"]]
        case["state"] = "ended"
        if case["kind"] == "new":
            self.create(line["case"], case, at)
        else:
            self.renewed(case["base"], at)

    def first_term(self, c, at):
        """9(1): the day of certification is not counted, or it is."""
        day = at.date()
        start = day if self.counts(c.scheme, at) else day + ONE
        c.through = end_from(start)
        c.term = len(c.terms) + 1
        c.add_term(day, day, c.through, at)
        c.line(at, at, "valid")

    def create(self, label, case, at):
        self.serials[case["scheme"]] += 1
        number = "%s%04d-%s" % (PREFIX[case["scheme"]],
                                self.serials[case["scheme"]],
                                at.strftime("%y%m"))
        c = Certification(number, case["scheme"], label, case["service"])
        self.certifications[label] = c
        self.first_term(c, at)

    def renewed(self, c, at):
        c.pending = None
        if c.state == "expired":
            c.ended_at, c.interims = None, 0
            self.first_term(c, at)
            return
        start = c.through + ONE
        through = end_from(start)
        c.add_term(at.date(), start, through, at)
        if c.state == "valid":
            c.next_through = through
            c.continuation = False
            return
        c.list_all("Cessation Of Operation", at, at, True)
        c.term, c.through, c.interims = c.term + 1, through, 0
        c.continuation = False
        c.line(at, at, "valid")

    def decided_decline(self, line, at):
        self.finish(line["case"], at)

    def decided_refuse_art8(self, line, at):
        self.finish(line["case"], at)

    def decided_close_incomplete(self, line, at):
        self.cases[line["case"]]["fee"] = False
        self.finish(line["case"], at)

    def decided_continuation(self, line, _):
        self.certifications[line["case"]].continuation = True

    def decided_termination(self, line, _):
        self.certifications[line["case"]].last_day = date(line["last_day"])

    def decided_reissue(self, line, at):
        c = self.certifications[line["case"]]
        c.name = line["name"]
        old = c.held[-1]
        c.held.remove(old)
        c.listed[old[0]] = ("Superseded", text_of(at), None)
        c.held.append([old[0] + "-2", old[1], False])

    def decided_revoke(self, line, at):
        c = self.certifications[line["case"]]
        self.base_void(c)
        c.end("revoked", at, at, "Privilege Withdrawn")
        self.revoked[c.service, c.scheme] = at.date()

    def decided_lapse(self, line, at):
        c = self.certifications[line["case"]]
        self.base_void(c)
        c.end("lapsed", midnight(date(line["event_day"])), at,
              "Affiliation Changed" if line["operator_changed"] else
              "Cessation Of Operation")

    def run(self, lines):
        for n, line in enumerate(lines, 1):
            self.advance(when(line["at"]))
            getattr(self, "on_" + line["what"])(n, line)

    # --- what follows ---

    def awaited(self):
        """(day, what, number or case)."""
        out = set()
        for label, case in self.cases.items():
            due = case["at"].date() + FEE_DUE_DAYS * ONE
            if case["state"] == "pending" and case["fee"] and \
                    midnight(due) + ONE > self.now:
                out.add((due, "fee_due", label))
        for c in self.certifications.values():
            if c.state in IN_FORCE:
                out.add((c.through, "valid_through", c.label))
            if c.last_day is not None:
                out.add((c.last_day, "last_day_of_service", c.label))
            if c.state == "continued":
                out.add((c.held[-1][1].date(), "continuation_certificate",
                         c.label))
            if c.state != "valid" or c.next_through is not None:
                continue
            days = [(-60, "renewal_opens"), (-30, "renewal_closes")]
            if c.pending is None:
                days += REMINDERS
            elif not c.continuation:
                days.append(ALARM)
            out |= {(c.through + n * ONE, what, c.label) for n, what in days}
        return out


def state_then(c, last, known):
    """As of an instant, as known at another: of what was recorded by then
    the last whose legal instant is reached."""
    found = None
    for at, recorded, state in c.lines:
        if recorded <= known and at <= last:
            found = state
    return found


class Differences:
    def __init__(self):
        self.lines, self.compared = [], 0

    def same(self, what, want, have):
        self.compared += 1
        if want != have:
            self.lines.append("%s: computed %s, the office says %s" % (
                what, want, have))


def load(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as f:
        return json.load(f)


def load_lines(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def compare_answers(body, answers, out):
    have = {a["line"]: (a["taken"], a["guard"]) for a in answers}
    for n, taken, guard in body.expected:
        out.same("line %d of the plan" % n, (taken, guard), have.pop(n, None))
    out.same("answers to no line", {}, have)


def terms_of(entry):
    return [{k: v for k, v in t.items() if k != "term"}
            for t in entry["terms"]]


def compare_register(body, entries, out):
    have = {e["number"]: e for e in entries}
    for c in body.certifications.values():
        e = have.pop(c.number, {})
        about = c.number + " (" + c.label + ")"
        out.same(about + ": state", c.state, e.get("state"))
        out.same(about + ": scheme", c.scheme, e.get("scheme"))
        out.same(about + ": valid_through", c.through.isoformat(),
                 e.get("valid_through"))
        out.same(about + ": terms", c.terms, terms_of(e) if e else None)
        out.same(about + ": ended_at", text_of(c.ended_at)
                 if c.ended_at else None, e.get("ended_at"))
        if c.name is not None:
            out.same(about + ": name", c.name, e.get("service"))
    out.same("entries that nobody was given", [], sorted(have))


def compare_then(body, asked, out):
    last = midnight(date(asked["day"])) + ONE - SECOND
    known = min(last, body.now) if asked["known"] else body.now
    last = min(last, body.now)
    have = {e["number"]: e["state"] for e in asked["items"]}
    want = {}
    for c in body.certifications.values():
        state = state_then(c, last, known)
        if state is not None:
            want[c.number] = state
    for number in sorted(set(want) | set(have)):
        out.same("%s as of %s, known %s" % (
            number, asked["day"], asked["known"] or "now"),
            want.get(number), have.get(number))


def compare_deadlines(body, items, cases, out):
    names = {case: label for label, case in cases.items()}
    have = {(date(i["date"]), i["what"], names.get(i["case"], i["case"]))
            for i in items if i["what"] not in TARGETS}
    want = body.awaited()
    for one in sorted(want | have, key=str):
        out.same("deadline %s %s of %s" % one, one in want, one in have)


def crl_entries(path):
    """Serial: (reason, revoked at, invalid since), by stock openssl."""
    text = subprocess.run(
        ["openssl", "crl", "-inform", "DER", "-in", path, "-noout", "-text"],
        check=True, stdout=subprocess.PIPE).stdout.decode()
    out = {}

    def at(words):
        t = datetime.datetime.strptime(words.strip(), "%b %d %H:%M:%S %Y %Z")
        return text_of(t.replace(tzinfo=datetime.timezone.utc)
                       .astimezone(JST))

    for part in text.split("Serial Number: ")[1:]:
        reason = re.search(r"CRL Reason Code:\s*\n?\s*(.+)", part)
        since = re.search(r"Invalidity Date:\s*\n?\s*(.+)", part)
        out[part.split()[0].lower()] = (
            reason and reason.group(1).strip(),
            at(re.search(r"Revocation Date: (.+)", part).group(1)),
            at(since.group(1)) if since else None)
    return out


def compare_lists(body, folder, certificates, out):
    for scheme in PREFIX:
        have = {}
        listed = crl_entries(os.path.join(folder, scheme + ".crl"))
        for serial, entry in listed.items():
            have[tuple(certificates.get(serial, [serial, ""]))] = entry
        want = {(c.label, instance): entry
                for c in body.certifications.values() if c.scheme == scheme
                for instance, entry in c.listed.items()}
        for one in sorted(set(want) | set(have)):
            out.same("list of %s: %s %s" % (scheme, *one),
                     want.get(one), have.get(one))


def compare_certificates(body, certificates, out):
    """Every certificate that must have been made, and no other."""
    want = {(c.label, i) for c in body.certifications.values()
            for i in list(c.listed) + [h[0] for h in c.held]}
    have = {tuple(v) for v in certificates.values()}
    for one in sorted(want | have):
        out.same("certificate %s %s" % one, one in want, one in have)


def compare(folder, plan="plan.jsonl"):
    """(differences, how much was compared, the computed body)."""
    body, out = Body(), Differences()
    body.run(load_lines(folder, plan))
    office = load(folder, "office.json")
    certificates = load(folder, "certificates.json")
    compare_answers(body, load_lines(folder, "answers.jsonl"), out)
    compare_register(body, office["register"], out)
    export = load(folder, "register.json")
    compare_register(body, export.get("items") or export["entries"], out)
    for asked in office["as_of"]:
        compare_then(body, asked, out)
    compare_deadlines(body, office["deadlines"], load(folder, "cases.json"),
                      out)
    compare_certificates(body, certificates, out)
    compare_lists(body, folder, certificates, out)
    return out.lines, out.compared, body


def main():
    lines, compared, body = compare(sys.argv[1])
    for line in lines[:200]:
        print(line)
    print("%d certifications, %d values compared, %d differ" % (
        len(body.certifications), compared, len(lines)))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
