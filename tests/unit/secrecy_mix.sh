#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Code that mixes public and secret text must not compile, and the same code
# without the fault must: else the refusal would prove nothing.
set -uo pipefail
flags=(-std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Werror
  -I"$SOURCE_DIR/include" -fsyntax-only -x c -)
failed=0

# try NAME yes|no BODY: does a function with this body compile?
try() {
  local have=no
  if "${CC:-cc}" "${flags[@]}" >/dev/null 2>&1 <<CODE
#include "nintei/ca.h"
#include "nintei/derive.h"
#include "nintei/secrecy.h"
int body(struct pub_doc *d, const struct sec_doc *r, const struct sec_str *s,
    const struct pub_str *p, struct ca_certification *f,
    const struct declassification *by, const char *text, struct err *e);
int
body(struct pub_doc *d, const struct sec_doc *r, const struct sec_str *s,
    const struct pub_str *p, struct ca_certification *f,
    const struct declassification *by, const char *text, struct err *e)
{
	const struct pub_str *out = p;
	(void)d, (void)r, (void)s, (void)p, (void)f, (void)by;
	(void)text, (void)e, (void)out;
	$3
	return 0;
}
CODE
  then have=yes; fi
  if [ "$have" = "$2" ]; then
    echo "ok   $1"
  else
    echo "FAIL $1: want $2, have $have"
    failed=$((failed + 1))
  fi
}

try "public text into the register" yes 'pub_set(d, "k", p);'
try "secret text into the register" no 'pub_set(d, "k", s);'
try "a secret field into the register" no 'pub_set(d, "k", sec_get(r, "a", "b"));'
try "plain text into the register" no 'pub_set(d, "k", text);'
try "public text into a certificate" yes 'f->service = p;'
try "secret text into a certificate" no 'f->service = s;'
try "plain text into a certificate" no 'f->operator_name = text;'
try "a released text is public" yes 'return declassify(by, s, &out, e);'
try "the door gives no secret text" no 'return declassify(by, s, &s, e);'
try "the door takes no public text" no 'return declassify(by, p, &out, e);'
try "no door without its record" no 'return declassify(text, s, &out, e);'
try "secret text is not read as public" no 'text = pub_text(s);'
try "nobody looks inside secret text" no 'text = s->text;'
try "nobody makes public text" no 'struct pub_str made = { { 0 } }; out = &made;'
try "a literal is public" yes 'out = pub_literal("valid");'
try "a literal is no variable" no 'out = pub_literal(text);'
try "a secret document is no public one" no 'text = pub_json(r) == 0 ? text : text;'

echo "$failed failed"
[ "$failed" = 0 ]
