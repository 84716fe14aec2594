# SPDX-License-Identifier: Apache-2.0
"""Canaries: unique strings, and each form in which one could leave the
house.  A plain search for all of them in whatever came out."""
import base64
import hashlib
import html
import quopri
import urllib.parse

KANA = "鶯谺"  # in CP932, EUC-JP and ISO-2022-JP, and in no sample


def make(word):
    """One canary; word: capital letters and digits."""
    return KANA[0] + "KN" + word + KANA[1]


def base64_at(data, offset):
    """What base64 shows of data that begins at this place of three."""
    text = base64.b64encode(b"\0" * offset + data)
    first = (8 * offset + 5) // 6
    last = (8 * (offset + len(data))) // 6
    return text[first:last]


def forms(text):
    """The 19 forms by name."""
    utf8 = text.encode()
    utf16 = text.encode("utf-16-be")
    out = {
        "utf-8": utf8,
        "utf-16le": text.encode("utf-16-le"),
        "utf-16be": utf16,
        "cp932": text.encode("cp932"),
        "euc-jp": text.encode("euc-jp"),
        "iso-2022-jp": text.encode("iso-2022-jp"),
        "hex": utf8.hex().encode(),
        "HEX": utf8.hex().upper().encode(),
        "percent": urllib.parse.quote(text).encode(),
        "json": "".join(c if c < "\x7f" else "\\u%04x" % ord(c)
                        for c in text).encode(),
        "html decimal": text.encode("ascii", "xmlcharrefreplace"),
        "html hex": "".join(c if c < "\x7f" else "&#x%x;" % ord(c)
                            for c in text).encode(),
        "quoted-printable": quopri.encodestring(utf8).replace(b"=\n", b""),
        "sha-256": hashlib.sha256(utf8).hexdigest().encode(),
        "pdf hex": b"FEFF" + utf16.hex().upper().encode(),
        "reversed": text[::-1].encode(),
    }
    for offset in range(3):
        out["base64 at %d" % offset] = base64_at(utf8, offset)
    assert len(out) == 19 and all(len(v) > 8 for v in out.values())
    assert html.unescape(out["html hex"].decode()) == text
    return out


class Flock:
    """All canaries of one test, by the place where each sits."""

    def __init__(self):
        self.patterns = {}
        self.text = {}

    def add(self, place, word):
        text = make(word)
        self.text[place] = text
        self.patterns[place] = list(forms(text).values())
        # The raw digest too, and what letters alone would show.
        self.patterns[place] += [
            hashlib.sha256(text.encode()).digest(),
            ("KN" + word).encode()]
        return text

    def found(self, data):
        """The places whose canary shows in data, in whatever form."""
        low = data.lower()
        return {place for place, forms_of in self.patterns.items()
                if any(f in data for f in forms_of) or
                forms_of[6] in low or forms_of[13] in low}

    def prove(self):
        """The search finds each form of each, and nothing in nothing."""
        return self.found(b"nothing at all") == set() and all(
            place in self.found(b"x" + form + b"y")
            for place, text in self.text.items()
            for form in forms(text).values())
