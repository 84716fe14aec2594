/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guard asks beyond its case, found out anew from the clone: nothing
 * that a clone shows is taken from the record.
 */
#include "audit_int.h"

#include <string.h>

#include "nintei/derive.h"
#include "nintei/derive_lineage.h"
#include "nintei/jsonx.h"
#include "nintei/text.h"

/* --- Art. 8, for acts that name the service in clear --- */

struct bar {
	const struct scheme *scheme;
	const struct dossier *d;
	struct buf service;
	struct jday received;
	struct derive_lineage lineage;
	bool found;
};

/* What is said in a case, and in those that it renews. */
static void
lineage_case(
    const struct audit *a, struct derive_lineage *l, const struct dossier *d)
{
	while (d != NULL) {
		const struct trail *base =
		    d->base[0] == '\0' ? NULL : keymap_get(&a->cases, d->base);

		derive_lineage_add(l, d);
		d = base == NULL ? NULL : base->d;
	}
}

/* Each number that is found leads to the case in which it was given. */
static void
lineage_fill(
    const struct audit *a, struct derive_lineage *l, const struct dossier *d)
{
	lineage_case(a, l, d);
	for (size_t i = 0; i < l->n; i++) {
		const struct issued *one =
		    keymap_get(&a->numbers, l->number[i]);
		const struct trail *of =
		    one == NULL ? NULL : keymap_get(&a->cases, one->dossier);

		if (of != NULL)
			lineage_case(a, l, of->d);
	}
}

static void
bar_look(struct bar *b, const struct issued *one, const struct trail *t)
{
	CLEANUP(buf_free) struct buf service = BUF_INIT(KIB(8));
	struct err why = ERR_INIT;
	struct jday day;
	bool same;

	if (t == NULL || t->entry == NULL || t->d == b->d ||
	    (!b->scheme->params.bar_across_schemes &&
		strcmp(t->d->scheme, b->scheme->id) != 0) ||
	    text_casefold_key(
		slice_str(t->d->certification.service), &service, &why) < 0)
		return;
	same = slice_eq(buf_slice(&service), buf_slice(&b->service)) ||
	    derive_lineage_has(&b->lineage, one->number);
	if (same && derive_revoked_day(pub_json(t->entry), &day) &&
	    bar_applies(b->received, day, b->scheme->bar_years,
		b->scheme->params.bar_includes_anniversary))
		b->found = true;
}

static bool
bar_stands(struct audit *a, const struct trail *t, const struct scheme *s,
    const char *service)
{
	struct bar b = { .scheme = s,
		.d = t->d,
		.service = BUF_INIT(KIB(8)),
		.received = jday_of_instant(t->d->received_at) };
	struct err why = ERR_INIT;

	if (text_casefold_key(slice_str(service), &b.service, &why) < 0)
		return false;
	lineage_fill(a, &b.lineage, t->d);
	for (size_t i = 0; i < a->n_lists; i++)
		for (size_t k = 0; k < a->lists[i]->n_revoked; k++) {
			const struct issued *one = a->lists[i]->revoked[k];

			bar_look(&b, one, keymap_get(&a->cases, one->dossier));
		}
	buf_free(&b.service);
	return b.found;
}

/* --- the facts --- */

/* A guard of the record: "!art8_bar" says that it is false. */
static bool
recorded(const struct json *event, const char *guard)
{
	const struct json *guards = jsonx_get(event, "guards");

	for (size_t i = 0; i < jsonx_len(guards); i++) {
		const char *one = jsonx_str(jsonx_at(guards, i));

		if (one != NULL && strcmp(one, guard) == 0)
			return true;
	}
	return false;
}

/*
 * Nothing that refuses was found.  Of a scan a missing paper alone does not
 * refuse; which findings there were, the secret record says.
 */
bool
intake_is_safe(const struct json *event)
{
	const struct json *data = jsonx_get(event, "data");
	int64_t n = jsonx_get_int(jsonx_get(data, "findings"), "refuse", 0);

	if (n > 0 && jsonx_get(data, "transcription") != NULL)
		return event_step(event, "application", "bundle_refused") ==
		    NULL;
	return n == 0;
}

void
facts_fill(struct audit *a, const struct trail *t, struct flow_facts *f)
{
	const struct json *j = a->it->event;
	const struct json *data = jsonx_get(j, "data");
	const char *id = jsonx_get_str(j, "decision_id");
	const struct paper *p = trail_paper(t, id);
	const char *service =
	    p == NULL ? NULL : decision_get(p->doc, "service");
	const char *event = jsonx_get_str(j, "event");

	f->scheme = policy_of(a, t);
	f->criteria =
	    scheme_criteria_for(a->schemes, jsonx_get_str(j, "scheme"),
		t->d->received_at, event_instant(a->it, "recorded_at"));
	relation_fill(a, t, f);
	f->quota_ok = f->hash_matches = true;
	f->archive_safe = intake_is_safe(j);
	f->two_person_check = transcription_judge(a);
	f->may_apply = f->scheme != NULL;
	f->declaration_valid = statement_judge(a);
	/* Without a key in the roster the act is the operator's signature. */
	f->consented = f->declaration_valid ||
	    strcmp(jsonx_get_str(j, "actor"), t->d->applicant) == 0;
	f->conflict_known = conflict_known(t->d, jsonx_get_str(j, "actor"));
	f->delegate_in_scope =
	    delegate_in_scope(a, jsonx_get_str(j, "actor"), t->d);
	f->complete = jsonx_get_bool(data, "complete", false);
	f->partial = true; /* by values that are secret */
	f->art8_bar = recorded(j, "art8_bar");
	if (f->scheme != NULL && service != NULL)
		f->art8_bar = bar_stands(a, t, f->scheme, service);
	/* Signatures are judged by decide.c, which says more of them. */
	f->approvals_verified = strcmp(event, "refuse") != 0;
	f->approvals_checked = f->basis_current = true;
	f->quorum_reached = event_step(j, "decision", "quorum") != NULL;
	f->decision = id != NULL && event_step(j, "decision", "execute") != NULL
	    ? id
	    : NULL;
	/* What a decision brings into being it names itself (Art. 19, 附則). */
	f->new_instance =
	    f->decision != NULL ? jsonx_get_str(j, "instance") : id;
}
