/* SPDX-License-Identifier: Apache-2.0 */
/* What guards ask beyond the dossier itself. */
#include "office_int.h"

#include <string.h>

#include "nintei/derive.h"
#include "nintei/derive_lineage.h"
#include "nintei/derive_versions.h"
#include "nintei/enc.h"
#include "nintei/term.h"
#include "nintei/text.h"

#define KEY_BYTES KIB(8)

/* Looking for a revocation of the same service (Art. 8). */
struct bar {
	const struct scheme *scheme;
	const struct dossier *d;
	struct jday received;
	struct buf service; /* folded name of the service */
	struct derive_lineage lineage;
	bool found;
};

/* What is said in a case, and in those that it renews. */
static int
lineage_case(struct office *o, struct derive_lineage *l,
    const struct dossier *d, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *base = NULL;

	derive_lineage_add(l, d);
	for (const struct dossier *at = d; at->base[0] != '\0'; at = base) {
		struct dossier *next = NULL;

		if (office_load(o, at->base, &next, e) < 0)
			return -1;
		dossier_free(base);
		base = next;
		derive_lineage_add(l, base);
	}
	return 0;
}

/* Each number that is found leads to the case in which it was given. */
static int
lineage_fill(struct office *o, struct derive_lineage *l,
    const struct dossier *d, struct err *e)
{
	if (lineage_case(o, l, d, e) < 0)
		return -1;
	for (size_t i = 0; i < l->n; i++) {
		CLEANUP(dossier_freep) struct dossier *of = NULL;
		CLEANUP(buf_free) struct buf hold = BUF_INIT(MIB(2));
		struct index_certification row;
		struct err none = ERR_INIT;

		if (index_certification_get(
			o->index, l->number[i], &hold, &row, &none) < 0) {
			if (none.code == E_NOT_FOUND)
				continue;
			*e = none;
			return -1;
		}
		if (office_load(o, row.dossier, &of, e) < 0 ||
		    lineage_case(o, l, of, e) < 0)
			return -1;
	}
	return 0;
}

/* The day the revocation executed, from the entry as the index has it. */
static bool
revoked_day(const char *view, struct jday *out)
{
	CLEANUP(jsonx_freep) struct json *entry = NULL;
	struct err e = ERR_INIT;

	return jsonx_parse(slice_str(view), MIB(2), &entry, &e) == 0 &&
	    derive_revoked_day(entry, out);
}

static int
bar_fn(const struct index_certification *row, void *arg, struct err *e)
{
	struct bar *b = arg;
	CLEANUP(buf_free) struct buf service = BUF_INIT(KEY_BYTES);
	struct jday day;
	bool same;

	if (text_casefold_key(slice_str(row->service), &service, e) < 0)
		return -1;
	same = slice_eq(buf_slice(&service), buf_slice(&b->service)) ||
	    derive_lineage_has(&b->lineage, row->number);
	if (same && strcmp(row->dossier, b->d->id) != 0 &&
	    revoked_day(row->view, &day) &&
	    bar_applies(b->received, day, b->scheme->bar_years,
		b->scheme->params.bar_includes_anniversary))
		b->found = true;
	return 0;
}

/*
 * Art. 8 over the service's lineage: the same name under this scheme's
 * regulation, or numbers that persons linked anywhere in the chain.
 */
static int
bar_find(struct office *o, struct bar *b, const char *service, struct err *e)
{
	struct index_register_query q = {
		.scheme =
		    b->scheme->params.bar_across_schemes ? NULL : b->scheme->id,
		.state = "revoked",
		.page = { .limit = 1000000 },
	};

	if (text_casefold_key(slice_str(service), &b->service, e) < 0 ||
	    lineage_fill(o, &b->lineage, b->d, e) < 0)
		return -1;
	return index_register_list(o->index, &q, bar_fn, b, e);
}

static int
service_bar(struct office *o, const struct dossier *d, const char *service,
    bool *out, struct err *e)
{
	struct bar b = {
		.scheme = derive_scheme(o->schemes, d, clock_now(&o->clock)),
		.d = d,
		.received = jday_of_instant(d->received_at),
		.service = BUF_INIT(KEY_BYTES),
	};
	int rv;

	*out = false;
	if (b.scheme == NULL || service == NULL || d->received_at == 0)
		return 0;
	rv = bar_find(o, &b, service, e);
	buf_free(&b.service);
	*out = b.found;
	return rv;
}

int
office_facts(struct office *o, const struct dossier *d, struct flow_facts *out,
    struct err *e)
{
	CLEANUP(sec_doc_freep) struct sec_doc *record = NULL;
	enum state app = dossier_state(d, M_APPLICATION, "1");

	out->scheme = derive_scheme(o->schemes, d, clock_now(&o->clock));
	out->criteria = derive_criteria(o->schemes, d, clock_now(&o->clock));
	if (app == S_NONE || state_is_final(app))
		return 0;
	if (office_record(o, d, &record, e) < 0)
		return -1;
	return service_bar(o, d,
	    jsonx_get_str(jsonx_get(sec_doc_inside(record), "service"), "name"),
	    &out->art8_bar, e);
}
