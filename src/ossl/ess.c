/* SPDX-License-Identifier: Apache-2.0 */
/* ESSSecurityLabel: RFC 2634 3.2, a SET of four kinds of part. */
#include "nintei/ess.h"

#include <string.h>

#include "nintei/der.h"
#include "nintei/findings.h"
#include "nintei/limits.h"
#include "nintei/wire.h"

#define CLASS_MAX 256 /* ub-integer-options */
#define CATEGORIES_MAX 64

/* DER sorts the parts of a SET by their tags. */
int
ess_label_encode(const struct ess_label *label, struct buf *out, struct err *e)
{
	size_t mark;

	if (label->classification < ESS_CLASS_NONE ||
	    label->classification > CLASS_MAX ||
	    !utf8_valid(slice_str(label->mark)))
		return err_set(e, E_INPUT, "not a security label");
	mark = der_begin(out, DER_SET);
	if (label->classification != ESS_CLASS_NONE)
		der_uint(out, (uint64_t)label->classification);
	der_oid(out, label->policy);
	if (label->mark[0] != '\0')
		der_str(out, DER_UTF8, label->mark);
	der_end(out, mark);
	return buf_ok(out) ? 0 : err_set(e, E_INPUT, "not a security label");
}

/* SET SIZE (1..64) OF SEQUENCE { type [0] OBJECT IDENTIFIER, value [1] }. */
static bool
categories_read(struct der *d)
{
	struct der set = der_enter(d, DER_SET);
	size_t n = 0;

	while (!set.bad && der_has(&set, DER_SEQUENCE)) {
		struct der one = der_enter(&set, DER_SEQUENCE);

		der_get(&one, DER_CONTEXT(0));
		der_skip(&one);
		if (!der_done(&one) || ++n > CATEGORIES_MAX)
			return false;
	}
	return der_done(&set) && n > 0;
}

static bool
mark_read(struct der *d, int tag, char out[ESS_MARK_BYTES + 1])
{
	struct slice s = der_get(d, tag);

	if (s.n == 0 || s.n > ESS_MARK_BYTES || !utf8_valid(s))
		return false;
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	return true;
}

/* Which part has which tag. */
enum part {
	PART_POLICY = 1,
	PART_CLASS = 2,
	PART_MARK = 4,
	PART_CATEGORIES = 8
};
static const struct {
	int tag;
	enum part part;
} parts[] = {
	{ DER_OID, PART_POLICY },
	{ DER_INTEGER, PART_CLASS },
	{ DER_UTF8, PART_MARK },
	{ DER_PRINTABLE, PART_MARK },
	{ DER_SET, PART_CATEGORIES },
};

static unsigned
part_of(int tag)
{
	for (size_t i = 0; i < NELEM(parts); i++)
		if (parts[i].tag == tag)
			return parts[i].part;
	return 0;
}

static bool
part_read(struct der *d, int tag, struct ess_label *l)
{
	switch (tag) {
	case DER_OID:
		return der_get_oid(d, l->policy, sizeof(l->policy))[0] != '\0';
	case DER_INTEGER:
		l->classification = (int64_t)der_get_uint(d);
		return !d->bad;
	case DER_SET:
		l->has_categories = true;
		return categories_read(d);
	default:
		return mark_read(d, tag, l->mark);
	}
}

int
ess_label_decode(struct slice der, struct ess_label *out, struct err *e)
{
	struct der d = der_init(der), in = der_enter(&d, DER_SET);
	struct ess_label l = { .classification = ESS_CLASS_NONE };
	unsigned seen = 0;

	while (!in.bad && in.n > 0) {
		int tag = der_peek(&in);
		unsigned part = part_of(tag);

		if (part == 0 || (seen & part) != 0 || !part_read(&in, tag, &l))
			return err_set(e, E_INPUT, "not a security label");
		seen |= part;
	}
	if (!der_done(&in) || !der_done(&d) || (seen & PART_POLICY) == 0)
		return err_set(e, E_INPUT, "not a security label");
	*out = l;
	return 0;
}
