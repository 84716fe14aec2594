#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A year in the life of a body, with nintei alone: the roster, a committee
with conflicts, a revocation and its consequences, a renewal, a lapse, an end.
What each refusal and `case commands` name is what is typed next."""
import datetime
import json
import os
import re
import subprocess

from lib import BIN, JST, SOURCE, Office, check, fail, finish, midnight, papers

F = "iaas-paas-iot"
SEC, APP, AUD = "secretary-1", "applicant-1", "auditor-1"
START = datetime.datetime(2026, 8, 3, 15, tzinfo=JST)
TERM = "2028-08-03"
OPENS = midnight("2028-06-04")


class Desk:
    """Who types, with the home of an office and its people's files."""

    def __init__(self, o):
        self.o = o
        self.said = ""
        self.made = []
        self.day = START.date().isoformat()
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(("NINTEI_", "LC_", "LANG", "SSH_"))}
        self.env["LANG"] = "C.UTF-8"
        self.env["NINTEI_HOME"] = o.home
        self.env["NINTEI_POLICIES"] = os.path.join(SOURCE, "policies")

    def move(self, at):
        self.o.move(at)
        self.day = at.date().isoformat()

    def file(self, name, text="架空の書類"):
        return self.o.store(name, text.encode())

    def run(self, who, *args, status=0):
        """What is printed; the messages are in `said`."""
        token = [] if who is None else [
            "--token-file", os.path.join(self.o.people, who + ".token")]
        r = subprocess.run([os.path.join(BIN, "nintei"), *args, *token],
                           capture_output=True, env=self.env, timeout=60,
                           check=False)
        self.said = r.stderr.decode()
        if r.returncode != status:
            fail("%s: %s: want %d, have %d\n%s%s" % (
                who, " ".join(args), status, r.returncode, r.stdout.decode(),
                self.said))
        return r.stdout.decode()

    def json(self, who, *args, status=0):
        return json.loads(self.run(who, *args, "--json", status=status))

    def do(self, who, case, command, data=None, *more, status=0):
        args = ["case", "do", case, command]
        if data is not None:
            args += ["--data", data if isinstance(data, str)
                     else json.dumps(data, ensure_ascii=False)]
        return self.run(who, *args, *more, status=status)

    def key(self, who):
        return ("--key", os.path.join(self.o.people, who + ".key"))

    def paper(self, role):
        return ("--document", "%s=%s" % (role, self.file(role + ".txt")))

    def show(self, case, who=SEC):
        return self.json(who, "case", "show", case)

    def machine(self, case, name):
        found = [m for m in self.show(case)["machines"]
                 if m["machine"] == name]
        return found[-1]["state"] if found else None

    def next(self, who, case, command, name, *texts):
        """`case commands` offers it, with the line that does it."""
        text = self.run(who, "case", "commands", case)
        good = re.search(r"^\* (\w+\.)?%s " % re.escape(command), text, re.M)
        check(good and all(t in text for t in texts), name, text)

    def refused(self, name, guard, *texts):
        check("guard: " + guard in self.said and "Art. " in self.said and
              all(t in self.said for t in texts), name, self.said)

    def decide(self, case, name, officers=(1, 2)):
        """The newest decision of the case, seen and signed."""
        d = self.show(case)["decisions"][-1]["decision_id"]
        seen = self.run("officer-1", "decision", "show", d)
        check("comparison code: " in seen, name + ": the decision is shown",
              seen)
        for n in officers:
            who = "officer-%d" % n
            text = self.run(who, "decision", "sign", d, *self.key(who))
        check("state: executed" in text, name, text)
        return d


# --- people ---

def people(d):
    """Who signs is on the roster, by two officers."""
    for who, roles in [("member-%d" % n, "member") for n in range(1, 6)] + [
            ("chair-1", "chair"), ("secretary-2", "secretariat")]:
        file = os.path.join(d.o.people, who + ".key")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C",
                        who, "-f", file], check=True)
        d.run(None, "token", "make", who, roles, "-o", os.path.join(
            d.o.people, who + ".token"))
        d.run(SEC, "roster", "enroll", who, roles, file + ".pub")
        d.decide("roster", "%s is on the roster" % who)
    d.run(SEC, "roster", "enroll", "x", "member", file, status=2)
    check("want a public key" in d.said, "a private key is not sent", d.said)
    d.run(SEC, "roster", "enroll", "x", "king", file + ".pub", status=2)


def helped(d):
    """What a person finds without any document."""
    text = d.run(None, "help")
    ja = d.run(None, "help", "--lang", "ja")
    for heading in ("Applicants and operators:", "Officers:", "Auditors:",
                    "Everybody:", "Who runs the server:"):
        check(heading in text, "help says who uses what: " + heading, text)
    check("申請者・事業者" in ja and "監査人" in ja, "and in Japanese", ja)
    check("nintei help case do COMMAND" in d.run(None, "help", "case", "do"),
          "help case do says where data is explained")
    text = d.run(None, "help", "case", "do", "opine")
    check("favourable" in text and "paper: opinion" in text and
          "opinion@nintei" in text and "--key FILE" in text,
          "help of an act: data, paper, signature, example", text)
    text = d.run(None, "help", "case", "do", "fee.pay", "--lang", "ja")
    check("入金日" in text and '"paid_on"' in text, "and in Japanese", text)
    text = d.run(None, "help", "case", "do", "freeze")
    check('{"kind": "survey15"' in text, "each kind has an example", text)
    d.run(None, "help", "case", "do", "confirm", status=2)
    check("succession.confirm, termination.confirm" in d.said or
          "termination.confirm" in d.said, "one of several", d.said)
    d.run(None, "help", "case", "do", "nonsense", status=2)
    text = d.run(None, "rule", "show", "12(1)", "--scheme", F)
    check("60日前" in text and "window_opens" in text, "rule show", text)
    text = d.run(None, "rule", "show", "12(1)", "--scheme", F, "--lang",
                 "ja")
    check("制度: " in text, "rule show in Japanese", text)
    d.run(None, "rule", "show", "99", "--scheme", F, status=4)


# --- one certification ---

def dossier(d, name, kind="new", number=None):
    """A folder of papers as an applicant has them, and its zip."""
    fields = {}
    if kind != "new":
        fields = {"kind": {"renewal": "更新", "termination": "終了"}[kind],
                  "cert_number": number}
    if kind == "renewal":
        fields["mark_declaration"] = "遵守しています。"
    if kind == "termination":
        fields["service_end"] = "2026-09-30"
        fields["paper_return"] = "未返納"
    folder = os.path.join(d.o.work, "papers-%d" % len(d.made))
    d.made.append(folder)
    os.makedirs(folder)
    for file, data in papers(F, service=name + "サービス", **fields).items():
        if kind == "termination" and file != "form-a.json":
            continue
        with open(os.path.join(folder, file), "wb") as f:
            f.write(data)
    more = [] if number is None else ["--number", number]
    d.run(None, "bundle", "make", folder, "-o", folder + ".zip", "--scheme",
          F, "--kind", kind, *more)
    return folder + ".zip", ["--scheme", F, "--kind", kind, *more]


def submit(d, name, kind="new", number=None, status=0):
    file, options = dossier(d, name, kind, number)
    return d.run(APP, "dossier", "submit", file, *options,
                 status=status).strip()


def accepted(d, case, first=False, reviewers=(SEC,)):
    if first:
        d.next(SEC, case, "fee.pay", "first the fee", '"paid_on"')
        d.do(SEC, case, "accept", {"reviewers": [SEC]}, status=3)
        d.refused("no fee, no review", "fee_paid", "Art. 6(1)",
                  "nintei case commands " + case)
        d.do(SEC, case, "fee.pay", {"amount": 165000}, status=2)
        check("data.paid_on" in d.said and "nintei help case do fee.pay"
              in d.said, "what is missing, and where it is explained",
              d.said)
    amount = 165000 if d.show(case)["kind"] == "new" else 132000
    d.do(SEC, case, "fee.pay", {"amount": amount, "paid_on": d.day})
    if first:
        d.next(SEC, case, "accept", "then the review", '"reviewers"')
    d.do(SEC, case, "accept", {"reviewers": list(reviewers)})


def sheet(d, case):
    file = os.path.join(d.o.work, "review.json")
    text = d.run(SEC, "case", "sheet", case, "-o", file)
    check("事業者名" in text, "the criteria are listed", text)
    with open(file, encoding="utf-8") as f:
        undecided = f.read()
    if "null" not in undecided:
        fail("the sheet: " + undecided)
    return file, undecided


def certified(d, case, first=False):
    file, undecided = sheet(d, case)
    if first:
        d.do(SEC, case, "propose_certify", "@" + file, status=3)
        d.refused("a sheet that nobody filled in", "report_signed",
                  "data.review")
    with open(file, "w", encoding="utf-8") as f:
        f.write(undecided.replace("null", "true"))
    d.do(SEC, case, "propose_certify", "@" + file)
    if first:
        text = d.run("officer-1", "case", "commands", case)
        check("nintei decision sign " + d.show(case)["decisions"][-1][
            "decision_id"] in text, "then the officers", text)
    d.decide(case, "certified")
    return d.show(case).get("number")


def service(d, name, first=False):
    case = submit(d, name)
    accepted(d, case, first)
    return case, certified(d, case, first)


# --- the committee ---

def declares(d, who, case, clear=True):
    word = "declare_clear" if clear else "declare_conflict"
    d.do(who, case, word, {"statement": "no_interest" if clear else
                           "interest"}, *d.key(who))


def reads(d, who, case, role, status=0):
    """A document of the case, by the number that `case show` prints."""
    n = [x["n"] for x in d.show(case)["documents"] if x["role"] == role][0]
    file = os.path.join(d.o.work, "read")
    d.run(who, "case", "read", case, str(n), status=2)
    d.run(who, "case", "read", case, str(n), "-o", file, status=status)
    if status == 0:
        with open(file, "rb") as f:
            check(f.read().startswith(b"{"), "%s reads %s" % (who, role))


def reviewer(d, case):
    """Who was named to review states to have no interest, once."""
    args = ("case", "read", case, "3", "-o", os.path.join(d.o.work, "read"))
    d.run("secretary-2", *args, status=3)
    check("repeat it with no_interest" in d.said,
          "a reviewer states to have no interest", d.said)
    d.run("secretary-2", "case", "read", case, "3", "no_interest", "-o",
          args[-1])


def opines(d, who, case):
    d.do(who, case, "opine", {"favourable": True}, *d.paper("opinion"),
         *d.key(who))


def committee(d):
    """Flow 2: four members, a conflict, one found late, a replacement."""
    case = submit(d, "架空委員会")
    accepted(d, case, reviewers=("secretary-2",))
    reviewer(d, case)
    d.next(SEC, case, "convene_committee", "flow 2: the committee",
           '"members"')
    d.do(SEC, case, "convene_committee",
         {"members": ["member-%d" % n for n in range(1, 5)]})
    d.next("member-1", case, "seat.declare_clear", "flow 2: a member's own",
           "--key FILE")
    d.do("member-1", case, "declare_clear", {"statement": "no_interest"},
         status=3)
    d.refused("flow 2: unsigned", "signature_valid")
    d.do("member-1", case, "declare_clear", {"statement": "no_interest"},
         *d.key("member-2"), status=3)
    d.refused("flow 2: signed by somebody else", "signature_valid")
    for n in (1, 2, 4):
        declares(d, "member-%d" % n, case)
    check("no_interest" in d.said and "declaration@nintei" in d.said,
          "what is signed is shown", d.said)
    declares(d, "member-3", case, False)
    reads(d, "member-1", case, "form_a")
    reads(d, "member-3", case, "form_a", 4)
    for n in (1, 2, 4):
        opines(d, "member-%d" % n, case)
    d.do(SEC, case, "conflict_found", None, "--instance", "member-4")
    minutes = (*d.paper("minutes"), *d.key("chair-1"))
    d.do("chair-1", case, "close_opinions", None, *minutes, status=3)
    d.refused("flow 2: two opinions are too few", "committee_quorum",
              "opinions")
    d.do(SEC, case, "seat.invite", {"person": "member-5"})
    declares(d, "member-5", case)
    opines(d, "member-5", case)
    d.next("chair-1", case, "close_opinions", "flow 2: the chair",
           "--document minutes=FILE")
    d.do("chair-1", case, "close_opinions", None, *minutes)
    certified(d, case)
    text = d.run(SEC, "case", "log", case)
    check("member-4" in text and "chair-1 (chair of the committee)" in text and
          "Art. 6(2)" in text, "flow 2: the file of the case", text)
    return case


# --- revocation, lapse, end ---

def revocation(d, case, number):
    """Flows 18 and 21: from an inquiry to what follows."""
    d.next(SEC, case, "compliance.inquire", "flow 18: an inquiry",
           "--document demand=FILE")
    d.do(SEC, case, "compliance.inquire", {"about": "service"}, status=2)
    check('role "demand"' in d.said, "flow 18: a demand is a paper", d.said)
    d.do(SEC, case, "compliance.inquire", {"about": "service"},
         *d.paper("demand"))
    text = d.run(APP, "notice", "list", case)
    check("inquiry" in text, "flow 18: the operator is told", text)
    d.do(APP, case, "compliance.answer", None, *d.paper("answer"))
    d.do(SEC, case, "judge_insufficient", None, *d.paper("finding"))
    d.next(SEC, case, "decision.freeze", "flow 18: a survey is proposed",
           '"kind": "survey15"')
    d.do(SEC, case, "freeze", {
        "kind": "survey15", "reasons": "説明が不十分であるため",
        "survey_on": "2026-08-10", "cost_charged": False})
    d.decide(case, "flow 18: the survey", (1,))
    d.do(SEC, case, "survey_refused", {"refused_on": d.day},
         *d.paper("report"))
    seq = len(d.json(SEC, "case", "log", case)["items"])
    data = {"grounds": "6", "no_just_reason": True,
            "reasons": "調査の拒否",
            "evidence": [{"ground": 6, "event": seq}]}
    d.do(SEC, case, "propose_revocation", {**data, "evidence": []},
         status=3)
    d.refused("flow 18: no evidence", "ground_shown", "data.evidence")
    d.do(SEC, case, "propose_revocation", data)
    d.decide(case, "flow 18: revoked")
    check(d.show(case)["certification"]["state"] == "revoked",
          "flow 18: the case says so")
    crl = d.o.store("issuer.crl", d.o.fetch("/pki/%s.crl" % F, plain=True))
    check("privilegeWithdrawn" in d.run(None, "crl", "show", crl),
          "flow 18: and the revocation list")
    pem = d.o.store("cert.pem", d.o.fetch(
        "/v1/register/%s/certificate.pem" % number))
    d.run(None, "cert", "verify", pem, status=6)
    text = d.run(APP, "notice", "list", case)
    name = re.search(r"revocation_pdf-\d+", text)
    if check(name, "flow 18: told in writing", text):
        d.run(APP, "notice", "show", case, name.group(0))
        text = d.run(APP, "notice", "list", case)
        check(re.search(name.group(0) + r".* done", text),
              "opened in the portal: it has arrived", text)
    d.next(SEC, case, "paper.returned", "flow 18: the paper comes back")
    d.do(SEC, case, "paper.returned", {"received_on": d.day},
         *d.paper("image"))
    check(d.machine(case, "paper") == "returned", "flow 18: returned")


def barred(d, name):
    """Flow 23: the same service again, inside the year of Art. 8."""
    case = submit(d, name)
    d.do(SEC, case, "fee.pay", {"amount": 165000, "paid_on": d.day})
    d.do(SEC, case, "accept", {"reviewers": [SEC]}, status=3)
    d.refused("flow 23: article 8", "art8_bar")
    d.next(SEC, case, "decision.freeze", "flow 23: refused, what next",
           '"kind": "refuse_art8"')
    d.do(SEC, case, "freeze", {"kind": "refuse_art8",
                               "reasons": "第8条の期間内のため"})
    d.decide(case, "flow 23: refused under article 8", (1,))
    ja = d.run(SEC, "case", "show", case, "--lang", "ja")
    check("状態: 認定の拒否 (refused)" in ja or "(refused" in ja,
          "flow 23: said in Japanese", ja)


def lapse(d, case):
    d.do(SEC, case, "succession.report", {
        "kind": "merger", "event_day": d.day, "survivor": False})
    d.do(SEC, case, "succession.evidence", {"evidence": ["登記事項証明書"]},
         *d.paper("evidence"))
    d.do(SEC, case, "freeze", {"kind": "lapse", "outcome": "confirm",
                               "reasons": "合併により消滅したため"})
    d.decide(case, "a lapse", (1,))
    check(d.show(case)["certification"]["state"] == "lapsed", "lapsed")


def termination(d, case, number):
    """Flow 14: the operator ends the service; the paper is lost."""
    done = submit(d, "架空終了", "termination", number)
    check(done == case, "flow 14: a notice of the end is in its case", done)
    d.do(APP, case, "termination.attach", {"paper": "returned"}, status=3)
    d.refused("flow 14: nothing came back", "paper_attached")
    text = d.run(APP, "case", "commands", case)
    check("termination.attach" in text and "declare it lost" in text,
          "flow 14: what is missing is said", text)
    d.do(APP, case, "termination.attach", {"paper": "loss_statement"},
         *d.paper("statement"), *d.key(APP))
    text = d.run(SEC, "case", "commands", case)
    check('"kind": "termination"' in text, "flow 14: then its decision",
          text)
    d.do(SEC, case, "freeze", {"kind": "termination",
                               "reasons": "事業者の届出による"})
    d.decide(case, "flow 14: the end is confirmed", (1,))
    text = d.run(SEC, "case", "deadlines", case)
    check("2026-09-30" in text, "flow 14: its day is awaited", text)


# --- renewal ---

def before_window(d, case, number):
    """Flow 7: the day on which it opens is said, and in the calendar."""
    file, options = dossier(d, "架空更新", "renewal", number)
    d.run(APP, "dossier", "submit", file, *options, status=3)
    d.refused("flow 7: before the window", "window_ok",
              "since: 2028-06-04T00:00:00+09:00",
              "until: 2028-07-05T00:00:00+09:00")
    ics = d.run(SEC, "case", "deadlines", case, "--ics")
    check(ics.startswith("BEGIN:VCALENDAR") and "20280604" in ics and
          "20260930" not in ics, "the window as iCalendar, alone", ics)
    check("20260930" in d.run(SEC, "case", "deadlines", "--ics"),
          "of all cases the other's")
    d.run(SEC, "case", "deadlines", "nowhere", status=4)
    d.run("member-1", "case", "deadlines", case, status=4)
    return file, options


def renewed(d, case, file, options):
    """Flow 11: in the window, certified before the end."""
    new = d.run(APP, "dossier", "submit", file, *options).strip()
    accepted(d, new)
    certified(d, new)
    c = d.show(case)
    check([m["flags"] for m in c["machines"] if m["machine"] ==
           "certification"] == [["next_term"]], "flow 11: the next term",
          c["certification"])


def pending(d, case, number):
    """Flow 9: not decided before the end: its effect goes on."""
    new = submit(d, "架空継続", "renewal", number)
    accepted(d, new)
    text = d.run(SEC, "case", "commands", case)
    check('"kind": "continuation"' in text, "flow 9: how it continues", text)
    d.do(SEC, case, "freeze", {"kind": "continuation",
                               "reasons": "審査が続いているため"})
    d.decide(case, "flow 9: it is to continue", (1,))
    return new


def after_end(d, two, three, new):
    check(d.show(two)["certification"]["term"] == 2, "flow 11: term 2")
    check(d.show(three)["certification"]["state"] == "continued",
          "flow 9: continued")
    certified(d, new)
    c = d.show(three)["certification"]
    check(c["state"] == "valid" and c["term"] == 2, "flow 9a: certified", c)


def lists(d, case):
    """What staff looks at; every --json is one document."""
    text = d.run(SEC, "fee", "list")
    check(re.search(r"paid +165000", text) and "invoiced" in text,
          "the ledger of fees", text)
    check(d.run(SEC, "fee", "list", "--csv").startswith("date,case,"),
          "and as CSV")
    check("queued" in d.run(SEC, "notice", "list", "--state", "queued"),
          "the outbox")
    for args in (("case", "list"), ("case", "commands", case),
                 ("case", "deadlines"), ("case", "log", case),
                 ("fee", "list"), ("notice", "list"),
                 ("notice", "list", case), ("rule", "show", "17"),
                 ("case", "sheet", case)):
        d.json(SEC, *args)
    log = d.run(SEC, "case", "log", case, "--lang", "ja")
    check(re.search(r"^\d{4}-\d\d-\d\dT.*secretary-1 \(事務局\)  第15条第1項"
                    r"$", log, re.M) and "認定の取消し" in log and
          "      + " in log and re.search("決裁 d[0-9a-f]{24}", log),
          "the file of the case, in Japanese", log)
    d.run(AUD, "case", "log", case)
    d.run("member-1", "case", "log", case, status=4)


def main():
    d = Desk(Office().start(START))
    helped(d)
    people(d)
    one, number = service(d, "架空取消", True)
    two, second = service(d, "架空更新")
    three, third = service(d, "架空継続")
    four, _ = service(d, "架空合併")
    five, fifth = service(d, "架空終了")
    committee(d)
    revocation(d, one, number)
    barred(d, "架空取消")
    lapse(d, four)
    termination(d, five, fifth)
    lists(d, one)
    file, options = before_window(d, two, second)
    d.move(OPENS)
    check(d.show(five)["certification"]["state"] == "terminated",
          "flow 14: ended on its day")
    renewed(d, two, file, options)
    new = pending(d, three, third)
    d.move(midnight(TERM, 3))
    after_end(d, two, three, new)
    finish()


if __name__ == "__main__":
    main()
