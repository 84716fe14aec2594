# SPDX-License-Identifier: Apache-2.0
"""Forgeries of certificates and revocation lists; see tamper_history."""
import copy
import datetime

import thief
from forgery import DAY, edit, moved
from story import GENAI, IAAS

LIST = "crl-genai-saas/4"


# --- certificates ---

def swap(place, change):
    """An edit of one element of the signed part."""
    def edited(items):
        out = list(items)
        out[place] = (out[place][0], change(out[place][1]))
        return out
    return edited


def shifted(stamp, seconds):
    """A UTCTime, so many seconds on."""
    form = "%y%m%d%H%M%SZ"
    t = datetime.datetime.strptime(stamp.decode(), form)
    return (t + datetime.timedelta(seconds=seconds)).strftime(form).encode()


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
        return thief.join([begin, (end[0], shifted(end[1], 365 * DAY))])
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
                  x.history.ca(IAAS))


def cert_unannounced(x):
    """A second certificate beside the one decided."""
    step = x.at("last/8")
    der = thief.resigned(step.files[step.file(".cer")], x.history.ca(
        GENAI), lambda items: items[:1] + [(2, b"\1" * 16)] +
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


def release_other(x):
    """Published by the word of somebody who did not sign."""
    x.at("last/8").event["data"]["release"]["officers"][0] = "secretary-1"
    x.close("last/8")


def release_none(x):
    del x.at("last/8").event["data"]["release"]
    x.close("last/8")


def withheld_unasked(x):
    """A hash where the value must stand."""
    items = x.at("last/8").event["data"]["publication"]["items"]
    items[0] = {"id": items[0]["id"], "withheld": "0" * 64}
    x.close("last/8")


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
        items[1] = (items[1][0], shifted(items[1][1], -DAY))
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
    x.crl(LIST, swap(3, lambda stamp: shifted(stamp, -8 * DAY)),
          this_update=moved(x.at(LIST).event["data"]["this_update"],
                            -8 * DAY))


def crl_long(x):
    x.crl(LIST, swap(4, lambda stamp: shifted(stamp, 365 * DAY)),
          next_update=moved(x.at(LIST).event["data"]["next_update"],
                            365 * DAY))


def crl_of_other_ca(x):
    x.crl(LIST, lambda items: items, x.history.ca(IAAS))


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


KINDS = (
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
    ("published by who did not sign", release_other, ("AUDIT-67",),
     "last/8"),
    ("published without a record of release", release_none, ("AUDIT-67",),
     "last/8"),
    ("an item withheld that nobody asked for", withheld_unasked,
     ("AUDIT-67",), "last/8"),
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
     "expired/6"),
    ("a cause that is none", edit(LIST, cause="1" * 64), ("AUDIT-39",),
     LIST),
    ("a revocation that nobody decided", revocation_unordered,
     ("AUDIT-30", "AUDIT-58"), "last/9"),
)
