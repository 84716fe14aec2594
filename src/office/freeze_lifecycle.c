/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of decision about terms: later ones, their end, their papers. */
#include "freeze_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/ca.h"
#include "nintei/derive.h"
#include "nintei/detail.h"

static int
next_number(const struct draft *f, struct jday day, char out[24], struct err *e)
{
	int64_t last;

	if (index_serial_last(
		f->v->o->index, f->scheme->number_prefix, &last, e) < 0)
		return -1;
	return scheme_number(f->scheme, (unsigned)(last + 1), day, out, e);
}

/* Art. 12(2): the effect goes on, so the next term leaves no gap. */
static bool
is_continued(const struct dossier *base)
{
	const struct dossier_machine *m = dossier_last(base, M_CERTIFICATION);

	return m != NULL &&
	    (m->state == S_CERT_CONTINUED ||
		(m->flags & FLAG_CONTINUATION) != 0);
}

/* The term after the last one of this number (Art. 12(3) with 9(1)). */
static int
term_after(const struct draft *f, const struct dossier *base, struct jday day,
    struct draft_term *out, struct err *e)
{
	const struct dossier_term *last =
	    base->n_terms == 0 ? NULL : &base->terms[base->n_terms - 1];
	struct term_rule rule = scheme_term_rule(f->scheme);
	struct term before = { 0 };

	if (last == NULL)
		return err_set(e, E_STORE_CORRUPT, "the base has no term");
	if (jday_parse(last->certified_on, &before.certified_on, e) < 0 ||
	    jday_parse(last->valid_through, &before.valid_through, e) < 0)
		return -1;
	snprintf(
	    out->number, sizeof(out->number), "%s", base->certification.number);
	out->n = last->term + 1;
	if (f->scheme->params.renewal_term == POLICY_CHAINED &&
	    (jday_cmp(day, before.valid_through) <= 0 || is_continued(base)))
		term_next(&before, &rule, &out->t);
	else
		term_first(day, &rule, &out->t);
	return 0;
}

/* A gap that the policy treats as a new certification: new number. */
static bool
begins_anew(const struct draft *f, const struct dossier *base)
{
	return f->scheme->params.gap_renewal == POLICY_AS_NEW &&
	    dossier_state(base, M_CERTIFICATION, "1") == S_CERT_EXPIRED;
}

int
draft_term(const struct draft *f, struct jday day, struct draft_term *out,
    struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *base = NULL;
	struct term_rule rule = scheme_term_rule(f->scheme);

	if (f->d->base[0] != '\0' &&
	    office_load(f->v->o, f->d->base, &base, e) < 0)
		return -1;
	if (base != NULL && !begins_anew(f, base))
		return term_after(f, base, day, out, e);
	out->n = 1;
	term_first(day, &rule, &out->t);
	return next_number(f, day, out->number, e);
}

int
fill_continuation(struct draft *f, struct err *e)
{
	draft_put_party(f);
	if (draft_open(f, M_CERTIFICATION, "1", e) < 0)
		return -1;
	return draft_put_subject(f, "12(2)", e);
}

/* The outage of the intake that kept a renewal from coming in time. */
int
fill_late_allowed(struct draft *f, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *detail = jsonx_object();
	const char *incident = jsonx_get_str(f->data, "incident");

	if (f->scheme->params.late_renewal == POLICY_NEVER)
		return err_set(e, E_FLOW_STEP,
		    "the policy late_renewal allows no late renewal");
	if (f->d->certification.number[0] == '\0')
		return err_set(e, E_FLOW_STEP, "the case has no certification");
	if (incident == NULL || incident[0] == '\0')
		return err_set(e, E_INPUT,
		    "data.incident: name the incident of the intake");
	jsonx_set_str(detail, "schema", "nintei.late/1");
	jsonx_set_str(detail, "incident", incident);
	draft_put_party(f);
	if (draft_put_subject(f, "12(1)", e) < 0)
		return -1;
	return draft_put_detail(f, detail, e);
}

/* Bytes that are canonical already. */
static void
put_detail_bytes(struct draft *f, struct slice bytes)
{
	char hex[65];

	decision_detail_hex(bytes, hex);
	draft_put(f, "detail", hex);
	draft_file(f, "detail.json", bytes);
}

static const char *
last_instance(const struct draft *f, enum machine m)
{
	const struct dossier_machine *last = dossier_last(f->d, m);

	if (f->instance != NULL)
		return f->instance;
	return last == NULL ? "1" : last->instance;
}

/* Article 9(2) says business and company; incorporating is a transfer. */
static const char *
lapse_word(const char *kind)
{
	static const struct {
		const char *kind, *word;
	} map[] = {
		{ "transfer", "business_transfer" },
		{ "incorporation", "business_transfer" },
		{ "split", "company_split" },
	};

	for (size_t i = 0; i < NELEM(map); i++)
		if (strcmp(map[i].kind, kind) == 0)
			return map[i].word;
	return kind;
}

int
fill_lapse(struct draft *f, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_DECISION_BYTES);
	const struct dossier_succession *s;
	const char *successor =
	    jsonx_get_str(jsonx_get(f->data, "detail"), "successor");
	struct detail_lapse detail = { 0 };

	f->instance = last_instance(f, M_SUCCESSION);
	if (draft_open(f, M_SUCCESSION, f->instance, e) < 0)
		return -1;
	if ((s = dossier_succession_find(f->d, f->instance)) == NULL)
		return err_set(e, E_FLOW_STEP, "no succession was reported");
	if (successor != NULL && strlen(successor) >= sizeof(detail.successor))
		return err_set(e, E_INPUT,
		    "data.detail.successor: want a corporate number");
	snprintf(
	    detail.event, sizeof(detail.event), "%.23s", lapse_word(s->kind));
	snprintf(detail.successor, sizeof(detail.successor), "%s",
	    successor == NULL ? "" : successor);
	detail.operator_changed = s->operator_changed;
	if (jday_parse(s->event_day, &detail.day, e) < 0 ||
	    detail_lapse_build(&detail, &b, e) < 0)
		return -1;
	put_detail_bytes(f, buf_slice(&b));
	draft_put_party(f);
	return draft_put_subject(f, "9(2)", e);
}

int
fill_lapse_dismiss(struct draft *f, struct err *e)
{
	f->instance = last_instance(f, M_SUCCESSION);
	if (draft_open(f, M_SUCCESSION, f->instance, e) < 0)
		return -1;
	draft_put_party(f);
	return draft_put_subject(f, "9(2)", e);
}

int
fill_termination(struct draft *f, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_DECISION_BYTES);
	struct detail_termination detail;
	const struct dossier_termination *t;

	f->instance = last_instance(f, M_TERMINATION);
	if (draft_open(f, M_TERMINATION, f->instance, e) < 0)
		return -1;
	if ((t = dossier_termination_find(f->d, f->instance)) == NULL)
		return err_set(e, E_FLOW_STEP, "no termination was filed");
	if (jday_parse(t->last_day, &detail.last_day, e) < 0)
		return -1;
	detail_termination_build(&detail, &b);
	put_detail_bytes(f, buf_slice(&b));
	draft_put_party(f);
	return draft_put_subject(f, "13(2)", e);
}

/* The record of the present term, as it was last issued. */
static int
record_load(const struct draft *f, struct json **out, struct err *e)
{
	CLEANUP(freep)
	char *path = office_record_path(f->d, f->d->certification.serial);
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(8));

	if (store_file_get(f->v->o->store, f->d->id, path, &b, e) < 0)
		return err_wrap(e, "the record of the term");
	return jsonx_parse_canonical(buf_slice(&b), KIB(8), out, e);
}

/* What is printed and may change (Art. 13(1)): as the notice was recorded. */
static const char *
printed_now(const struct draft *f, const char *member)
{
	const struct dossier_certification *c = &f->d->certification;
	const char *asked = jsonx_get_str(jsonx_get(f->data, "fields"), member);

	if (asked != NULL && asked[0] != '\0')
		return asked;
	if (strcmp(member, "service") == 0)
		return c->service;
	return strcmp(member, "operator") == 0 ? c->operator_name
					       : c->corporate_number;
}

/* At least one of them differs from what was issued. */
static int
record_rename(const struct draft *f, struct json *record, struct err *e)
{
	static const char *const printed[] = { "service", "operator",
		"corporate_number" };
	bool changed = false;

	for (size_t i = 0; i < NELEM(printed); i++) {
		const char *before = jsonx_get_str(record, printed[i]);
		const char *now = printed_now(f, printed[i]);

		if (now[0] == '\0' ||
		    (before != NULL && strcmp(before, now) == 0))
			continue;
		jsonx_set_str(record, printed[i], now);
		changed = true;
	}
	if (!changed)
		return err_set(e, E_FLOW_STEP,
		    "nothing that is printed has changed: record a notice of "
		    "change first, or name data.fields");
	jsonx_set_str(record, "decision_id", f->id);
	return 0;
}

/* Members of the record that the decision says too. */
static void
put_record(struct draft *f, const struct json *record)
{
	static const struct {
		const char *ours, *record;
	} same[] = {
		{ "cert_number", "number" },
		{ "service", "service" },
		{ "operator", "operator" },
		{ "certified_on", "certified_on" },
		{ "valid_through", "valid_through" },
	};

	for (size_t i = 0; i < NELEM(same); i++)
		draft_put(
		    f, same[i].ours, jsonx_get_str(record, same[i].record));
}

/* The key stays that of the term: the record of its intake has it. */
static int
term_spki(const struct draft *f, struct buf *out, struct err *e)
{
	const struct dossier_term *t =
	    dossier_term_find(f->d, f->d->certification.term);
	CLEANUP(dossier_freep) struct dossier *from = NULL;

	if (t == NULL)
		return err_set(e, E_FLOW_STEP, "the case has no term");
	if (office_load(f->v->o, t->dossier, &from, e) < 0)
		return -1;
	return office_spki(f->v->o, from, out, e);
}

int
fill_reissue(struct draft *f, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *record = NULL;
	CLEANUP(buf_free) struct buf detail = BUF_INIT(LIMIT_DECISION_BYTES);
	CLEANUP(buf_free) struct buf spki = BUF_INIT(LIMIT_SPKI_BYTES);
	CLEANUP(freep) char *url = NULL;

	if (office_may_reissue(f->d, f->v->now, e) < 0)
		return -1;
	if (record_load(f, &record, e) < 0 || record_rename(f, record, e) < 0 ||
	    term_spki(f, &spki, e) < 0)
		return -1;
	put_record(f, record);
	url = office_designated_url(
	    f->v->o, f->scheme, f->d->certification.number);
	if (draft_put_subject(f, "13(1)", e) < 0 ||
	    decision_reissue_detail(record, buf_slice(&spki), url, &detail, e) <
		0)
		return -1;
	put_detail_bytes(f, buf_slice(&detail));
	return 0;
}
