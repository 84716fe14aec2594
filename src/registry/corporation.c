/* SPDX-License-Identifier: Apache-2.0 */
/* registeredCorporationInfo, strictly as FACTS 10 has it. */
#include "nintei/corporation.h"
#include <stddef.h>
#include <string.h>
#include "nintei/der.h"
#include "nintei/text.h"
#include "nintei/wire.h"

#define TAGS 7 /* [0] to [6] */
#define TAG_NUMBER 1

/* Where the string of each tag goes; [5] was never seen and is not used. */
static const struct {
	size_t offset;
	bool required, used;
} places[TAGS] = {
	[0] = { offsetof(struct corporation, name), true, true },
	[2] = { offsetof(struct corporation, address), true, true },
	[3] = { offsetof(struct corporation, representative), false, true },
	[4] = { offsetof(struct corporation, title), false, true },
	[6] = { offsetof(struct corporation, office), false, true },
};

struct values {
	struct slice text[TAGS];
	bool has[TAGS];
	bool number_is_utf8;
};

static bool
is_printable(struct slice s)
{
	uint32_t c;

	while (text_next(&s, &c))
		if (text_is_control(c) || text_is_bidi(c))
			return false;
	return s.n == 0;
}

/* [n] EXPLICIT string, n ascending, none twice. */
static bool
values_read(struct slice der, struct values *v)
{
	struct der d = der_init(der), all = der_enter(&d, DER_SEQUENCE);
	int last = -1;

	while (!all.bad && all.n > 0) {
		int tag = der_peek(&all) - DER_CONTEXT_SET(0), kind;
		struct der one;

		if (tag <= last || tag >= TAGS)
			return false;
		last = tag;
		one = der_enter(&all, DER_CONTEXT_SET(tag));
		kind = der_peek(&one);
		if (kind != DER_UTF8 &&
		    (tag != TAG_NUMBER || kind != DER_PRINTABLE))
			return false;
		v->number_is_utf8 = v->number_is_utf8 ||
		    (tag == TAG_NUMBER && kind == DER_UTF8);
		v->text[tag] = der_get(&one, kind);
		v->has[tag] = true;
		if (!der_done(&one) || v->text[tag].n == 0)
			return false;
	}
	return der_done(&all) && der_done(&d);
}

static bool
number_take(struct slice s, char out[13])
{
	if (s.n != 12)
		return false;
	for (size_t i = 0; i < 12; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		out[i] = (char)s.p[i];
	}
	out[12] = '\0';
	return true;
}

/* One string as UTF-8; false: not in this encoding, or not to be shown. */
static bool
text_take(struct slice s, bool cp932, char out[CORPORATION_TEXT])
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(CORPORATION_TEXT - 1);
	struct err e = ERR_INIT;

	if (!cp932) {
		if (!utf8_valid(s))
			return false;
		buf_put(&b, s.p, s.n);
	} else if (text_from_cp932(s, &b, &e) < 0)
		return false;
	if (!buf_ok(&b) || !is_printable(buf_slice(&b)))
		return false;
	memset(out, 0, CORPORATION_TEXT);
	for (size_t i = 0; i < b.n; i++)
		out[i] = (char)b.p[i];
	return true;
}

/* All strings in one encoding: half of each would be neither. */
static bool
texts_take(const struct values *v, bool cp932, struct corporation *out)
{
	for (int i = 0; i < TAGS; i++)
		if (places[i].used && v->has[i] &&
		    !text_take(
			v->text[i], cp932, (char *)out + places[i].offset))
			return false;
	out->is_cp932 = cp932;
	return true;
}

int
corporation_decode(struct slice der, struct corporation *out, struct err *e)
{
	struct values v = { 0 };
	struct corporation c = { 0 };

	if (!values_read(der, &v))
		return err_set(
		    e, E_INPUT, "malformed registeredCorporationInfo");
	for (int i = 0; i < TAGS; i++)
		if (places[i].required && !v.has[i])
			return err_set(e, E_INPUT,
			    "registeredCorporationInfo: no [%d]", i);
	if (!number_take(v.text[TAG_NUMBER], c.number))
		return err_set(e, E_INPUT,
		    "registeredCorporationInfo: want a number of 12 digits");
	if (!texts_take(&v, false, &c) && !texts_take(&v, true, &c))
		return err_set(e, E_INPUT,
		    "registeredCorporationInfo: a text is neither UTF-8 nor "
		    "CP932");
	c.no_office = !v.has[6];
	c.number_is_utf8 = v.number_is_utf8;
	*out = c;
	return 0;
}

int
registrar_decode(struct slice der, char out[CORPORATION_TEXT], struct err *e)
{
	struct der d = der_init(der);
	struct slice s = der_get(&d, DER_UTF8);

	if (!der_done(&d) || s.n == 0 ||
	    (!text_take(s, false, out) && !text_take(s, true, out)))
		return err_set(e, E_INPUT, "the registrar's name is malformed");
	return 0;
}
