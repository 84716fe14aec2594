#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The register of corporate numbers beside a running server: what it says of
a certified operator becomes a task of the case, without a new start, and is
no event of the history."""
import json
import os
import shutil
import subprocess
import time

from lib import BIN, SCHEMES, SOURCE, Office, check, finish, midnight

NUMBER = "8700110005901"
NAME = "架空クラウド株式会社"
NEW = "架空クラウドホールディングス株式会社"
PLACE = '"東京都","渋谷区","%s",,13,113,1500000'
OLD_STREET, NEW_STREET = "架空１丁目２番３号", "架空９丁目９番９号"


def row(n, process, day, name, street=OLD_STREET, closed="", latest="1"):
    """closed: "day,cause,successor,why" of columns 19 to 22."""
    return '%d,%s,%s,0,%s,%s,"%s",,301,%s,,,%s,2015-10-05,%s,,,,,,0\n' % (
        n, NUMBER, process, day, day, name, PLACE % street,
        closed or ",,,", latest)


def nintei(o, status, *args):
    r = subprocess.run(
        [os.path.join(BIN, "nintei"), "-C", o.home, "--json", *args],
        capture_output=True, timeout=60,
        env=dict(os.environ, LANG="C.UTF-8"))
    check(r.returncode == status, "nintei %s: %d" % (" ".join(
        os.path.basename(a) for a in args), status),
        r.stdout.decode() + r.stderr.decode())
    return json.loads(r.stdout) if r.stdout else {}


def put(o, name, text):
    path = os.path.join(o.work, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def tasks(o, case):
    return [(d["what"], d["article"], d["date"], d["register"])
            for d in o.case(case)["deadlines"] if "register" in d]


def touched(o):
    text = o.api("auditor-1", "GET", "/metrics", strict=False)
    if text.status != 200:
        text = o.api(None, "GET", "/metrics", strict=False)
    for line in text.body.decode().splitlines():
        if line.startswith("nintei_register_touched "):
            return int(line.split()[1])
    return None


def seen(o, as_of, seconds=25):
    """The clock of the office has noticed the register of this day."""
    end = time.time() + seconds
    while time.time() < end:
        if any(r.get("event") == "register.seen" and r.get("as_of") == as_of
               for r in o.records()):
            return True
        time.sleep(0.2)
    return False


def signed(o):
    """An import with the agency's key configured, made here."""
    sh = lambda text: subprocess.run(["sh", "-ec", text], cwd=o.work,
                                     check=True, capture_output=True)
    put(o, "diff_20260901.csv", row(1, "01", "2026-07-01", NAME))
    sh("mkdir -m 700 gpg; "
       "gpg --homedir gpg --batch --passphrase '' --quick-generate-key "
       "nta@example.jp ed25519 sign never; "
       "gpg --homedir gpg --batch --export -o nta.gpg nta@example.jp; "
       "gpg --homedir gpg --batch --armor --detach-sign "
       "-o diff_20260901.csv.asc diff_20260901.csv; "
       "gpgconf --homedir gpg --kill gpg-agent")
    home = os.path.join(o.work, "other")
    os.makedirs(os.path.join(home, "store"))
    with open(os.path.join(home, "nintei.yaml"), "w", encoding="utf-8") as f:
        f.write("authority: {name: 機関}\n"
                "numbers: {keyring: ../nta.gpg, required: yes}\n")
    at = lambda status: subprocess.run(
        [os.path.join(BIN, "nintei"), "-C", home, "--json", "number",
         "import", os.path.join(o.work, "diff_20260901.csv")],
        capture_output=True, timeout=60).returncode == status
    check(at(0), "a signed file is imported")
    with open(os.path.join(o.work, "diff_20260901.csv"), "a",
              encoding="utf-8") as f:
        f.write("\n")
    check(at(6), "a file changed after its signature is refused")
    shutil.rmtree(os.path.join(o.work, "gpg"))


def checks(o):
    """number check: present, absent, withdrawn, no register."""
    sample = os.path.join(SOURCE, "tests", "fixtures", "nta-sample.csv")
    a = nintei(o, 0, "number", "check", NUMBER)
    check(a["register"] == "no_register" and a["ok"], "no register", a)
    nintei(o, 4, "number", "watch")
    nintei(o, 2, "number", "import", sample)
    a = nintei(o, 0, "number", "import", "--diff", "--as-of", "2026-05-29",
               sample)
    check(a["rows"] == 64 and a["files"][0]["signature"] == "not_checked",
          "the sample", a)
    a = nintei(o, 4, "number", "check", NUMBER)
    check(a["register"] == "unknown" and
          a["source"]["credit"] == "出典：国税庁法人番号公表サイト" and
          a["source"]["as_of"] == "2026-05-29" and
          "保証" in a["source"]["disclaimer_ja"], "unknown, with credit", a)
    a = nintei(o, 0, "number", "check", "2010001999021")
    check(a["entry"]["closed"] and a["entry"]["successor"] ==
          "1010001999022", "a company that was merged", a)
    nintei(o, 6, "number", "check", "6010001999034")
    nintei(o, 6, "number", "check", "6010001999035")
    os.remove(os.path.join(o.home, "store", "numbers.sqlite"))


def main():
    o = Office()
    checks(o)
    signed(o)
    o.start(midnight(o.now().date().isoformat(), 1))
    certified = o.now().date()
    case, number = o.certify(SCHEMES[1])
    check(tasks(o, case) == [], "no register, no task")
    full = "00_zenkoku_all_%s.csv" % certified.strftime("%Y%m%d")
    nintei(o, 0, "number", "import",
           put(o, full, row(1, "01", "2026-07-01", NAME)))
    check(seen(o, certified.isoformat()), "a new register is noticed")
    check(tasks(o, case) == [] and touched(o) == 0, "nothing has changed")

    day = lambda n: midnight(certified.isoformat(), n).date()
    head = o.head(case)
    nintei(o, 0, "number", "import",
           put(o, "diff_%s.csv" % day(3).strftime("%Y%m%d"),
               row(1, "11", day(2).isoformat(), NEW, latest="0") +
               row(2, "12", day(3).isoformat(), NEW, NEW_STREET)))
    want = [("change_notice", "13(1)", day(2).isoformat(), "name"),
            ("change_notice", "13(1)", day(3).isoformat(), "address")]
    check(tasks(o, case) == want, "name and seat: notices are due",
          tasks(o, case))
    check(seen(o, day(3).isoformat()) and touched(o) == 1,
          "the clock counts it", touched(o))
    a = nintei(o, 0, "number", "watch")
    check([(c["event"], c["number"], c["article"]) for c in a["changes"]] ==
          [("name", number, "13(1)"), ("address", number, "13(1)")] and
          a["operators"] == 1, "watch asks the server whom it certified", a)

    merged = "%s,11,1010001999022,\"令和８年９月１日架空承継株式会社" \
        "（1010001999022）に合併し解散\"" % day(5).isoformat()
    nintei(o, 0, "number", "import",
           put(o, "diff_%s.csv" % day(6).strftime("%Y%m%d"),
               row(1, "21", day(6).isoformat(), NEW, NEW_STREET, merged)))
    want.append(("lapse", "9(2)", "2026-09-01", "absorbed"))
    check(tasks(o, case) == want, "a merger: by its legal day",
          tasks(o, case))
    o.restart()
    check(tasks(o, case) == want and o.head(case) == head,
          "the same after a new start, and no event")
    o.stop()
    a = nintei(o, 0, "number", "watch", "--since", day(6).isoformat())
    check([(c["event"], c["legal_day"], c["successors"])
           for c in a["changes"]] ==
          [("absorbed", "2026-09-01", ["1010001999022"])],
          "watch without a server", a)
    nintei(o, 2, "number", "watch", "--since", "yesterday")
    o.start()
    finish()


main()
