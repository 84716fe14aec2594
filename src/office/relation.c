/* SPDX-License-Identifier: Apache-2.0 */
/* The other case of a renewal: its base, or what is pending over a base. */
#include "office_int.h"

#include <stdio.h>
#include <string.h>

void
relation_done(struct relation *r)
{
	dossier_freep(&r->base);
}

static int
pending_find(struct office *o, const char *base, struct relation *r,
    struct flow_facts *out, struct err *e)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(MIB(2));
	struct index_dossier row;
	struct err none = ERR_INIT;

	if (index_renewal_pending(o->index, base, &hold, &row, &none) < 0) {
		if (none.code == E_NOT_FOUND)
			return 0;
		*e = none;
		return -1;
	}
	snprintf(r->pending, sizeof(r->pending), "%s", row.id);
	out->pending_renewal = r->pending;
	return 0;
}

int
office_relation(struct office *o, const struct dossier *d, struct relation *r,
    struct flow_facts *out, struct err *e)
{
	if (d->base[0] != '\0') {
		if (office_load_now(o, d->base, &r->base, e) < 0)
			return -1;
		out->base = r->base;
	}
	/* A renewal after a gap may bear a certification of its own (as_new).
	 */
	if (d->certification.number[0] != '\0')
		return pending_find(o, d->id, r, out, e);
	return d->base[0] == '\0' ? 0 : pending_find(o, d->base, r, out, e);
}
