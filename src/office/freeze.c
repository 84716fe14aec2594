/* SPDX-License-Identifier: Apache-2.0 */
/* Freezing: the canonical document that officers sign. */
#include "office_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/ca.h"
#include "nintei/derive.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/term.h"

/* What one decision is made of. */
struct draft {
	struct visit *v;
	struct dossier *d;
	const struct scheme *scheme; /* NULL for body cases */
	const struct json *data; /* of the command */
	const struct json *record; /* of the intake, or NULL */
	const char *kind;
	const char *id;
	const char *instance; /* that it is about, or NULL */
	struct json *fields; /* of the decision */
	struct json *fact; /* data.decision of the event */
	struct act_write *w;
};

static void
put(struct draft *f, const char *key, const char *value)
{
	if (value != NULL && value[0] != '\0')
		jsonx_set_str(f->fields, key, value);
}

static void
put_instant(struct draft *f, const char *key, int64_t t)
{
	char text[INSTANT_TEXT];

	put(f, key, instant_format(t, text));
}

/* Members of every decision: identity, time, nonce. */
static int
put_common(struct draft *f, struct err *e)
{
	const struct scheme *s = f->scheme;
	int64_t life = derive_life(f->v->o->schemes, s);
	uint8_t nonce[16];
	char hex[33];

	if (random_fill(&f->v->o->random, nonce, sizeof(nonce), e) < 0)
		return -1;
	put(f, "decision_id", f->id);
	put(f, "kind", f->kind);
	put(f, "case_id", f->d->id);
	put(f, "proposer", f->v->account.person);
	put_instant(f, "frozen_at", f->v->now);
	put_instant(f, "expires_at", f->v->now + life);
	put(f, "nonce", hex_encode(nonce, sizeof(nonce), hex));
	put(f, "reasons", jsonx_get_str(f->data, "reasons"));
	return 0;
}

static void
put_basis(struct draft *f)
{
	const struct json *review = jsonx_get(f->data, "review");
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_EVENT_BYTES);
	uint8_t sum[32];
	char basis[DOSSIER_HASH];

	if (review != NULL) {
		jsonx_canonical(review, &b);
		sha256_of(buf_slice(&b), sum);
	}
	dossier_basis(f->d, review == NULL ? NULL : sum, basis);
	put(f, "case_basis", basis);
}

/* Members that tie a decision to a case under a scheme. */
static int
put_subject(struct draft *f, const char *article, struct err *e)
{
	const struct scheme_version *v =
	    f->scheme == NULL ? NULL : scheme_rule_at(f->scheme, f->v->now);

	if (v == NULL)
		return err_set(
		    e, E_FLOW_STEP, "no version of the regulation is in force");
	put(f, "article", article);
	put(f, "scheme", f->d->scheme);
	put(f, "rule_version", v->rule_version);
	put(f, "policy_version", v->policy_version);
	put_basis(f);
	return 0;
}

static void
put_party(struct draft *f)
{
	const struct dossier_certification *c = &f->d->certification;

	if (c->number[0] != '\0') {
		put(f, "cert_number", c->number);
		put(f, "service", c->service);
		put(f, "operator", c->operator_name);
		return;
	}
	put(f, "service",
	    jsonx_get_str(jsonx_get(f->record, "service"), "name"));
	put(f, "operator",
	    jsonx_get_str(jsonx_get(f->record, "applicant"), "name"));
}

/* certified_on: the day of freezing, unless the proposer names a later one. */
static int
certified_day(const struct draft *f, struct jday *out, struct err *e)
{
	const char *text = jsonx_get_str(f->data, "certified_on");
	struct jday today = jday_of_instant(f->v->now);

	*out = today;
	if (text == NULL)
		return 0;
	if (jday_parse(text, out, e) < 0)
		return -1;
	if (jday_cmp(*out, today) < 0)
		return err_set(e, E_INPUT, "certified_on lies in the past");
	return 0;
}

static int
next_number(const struct draft *f, struct jday day, char out[24], struct err *e)
{
	int64_t last;

	if (index_serial_last(
		f->v->o->index, f->scheme->number_prefix, &last, e) < 0)
		return -1;
	return scheme_number(f->scheme, (unsigned)(last + 1), day, out, e);
}

/* certification.json: the record that every form is derived from. */
static struct json *
certification_record(const struct draft *f, const struct term *t)
{
	struct json *r = jsonx_object();
	char day[JDAY_TEXT];

	jsonx_set_str(r, "schema", "nintei.certification/1");
	jsonx_set(r, "number", jsonx_dup(jsonx_get(f->fields, "cert_number")));
	jsonx_set_str(r, "scheme", f->d->scheme);
	jsonx_set(r, "service", jsonx_dup(jsonx_get(f->fields, "service")));
	jsonx_set(r, "operator", jsonx_dup(jsonx_get(f->fields, "operator")));
	jsonx_set_str(r, "corporate_number",
	    jsonx_get_str(
		jsonx_get(f->record, "applicant"), "corporate_number"));
	jsonx_set(
	    r, "rule_version", jsonx_dup(jsonx_get(f->fields, "rule_version")));
	jsonx_set_str(r, "guideline", f->scheme->profile.guideline);
	jsonx_set_str(r, "certified_on", jday_format(t->certified_on, day));
	jsonx_set_str(r, "valid_from", jday_format(t->starts, day));
	jsonx_set_str(r, "valid_through", jday_format(t->valid_through, day));
	jsonx_set_str(r, "term", "1");
	jsonx_set_str(r, "decision_id", f->id);
	return r;
}

static void
draft_file(struct draft *f, const char *name, struct slice bytes)
{
	CLEANUP(freep)
	char *path = xasprintf("decisions/%s/%s", f->id, name);

	act_write_file(f->w, path, false, bytes);
}

/* The designated URL of a number: the scheme's template. */
char *
office_designated_url(
    struct office *o, const struct scheme *s, const char *number)
{
	const char *form = s->profile.designated_path;
	const char *at = strstr(form, "{number}");
	const char *base = o->config->urls.https;

	if (at == NULL)
		return xasprintf("%s%s/%s", base, form, number);
	return xasprintf("%s%.*s%s%s", base, (int)(at - form), form, number,
	    at + strlen("{number}"));
}

static int
record_spki(const struct draft *f, struct buf *out, struct err *e)
{
	const char *text = jsonx_get_str(f->record, "spki");

	return text == NULL ? 0 : base64_decode(slice_str(text), false, out, e);
}

static int
fill_certify(struct draft *f, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *record = NULL;
	CLEANUP(buf_free) struct buf detail = BUF_INIT(LIMIT_DECISION_BYTES);
	CLEANUP(buf_free) struct buf spki = BUF_INIT(LIMIT_SPKI_BYTES);
	CLEANUP(freep) char *url = NULL;
	struct term_rule rule = scheme_term_rule(f->scheme);
	struct jday day;
	struct term t;
	char number[24], hex[65], text[JDAY_TEXT];

	if (certified_day(f, &day, e) < 0 || next_number(f, day, number, e) < 0)
		return -1;
	term_first(day, &rule, &t);
	put_party(f);
	put(f, "cert_number", number);
	put(f, "certified_on", jday_format(day, text));
	put(f, "valid_through", jday_format(t.valid_through, text));
	if (put_subject(f, "6(1)", e) < 0)
		return -1;
	record = certification_record(f, &t);
	url = office_designated_url(f->v->o, f->scheme, number);
	if (record_spki(f, &spki, e) < 0 ||
	    decision_certify_detail(
		record, buf_slice(&spki), url, f->d->existence, &detail, e) < 0)
		return -1;
	decision_detail_hex(buf_slice(&detail), hex);
	put(f, "detail", hex);
	draft_file(f, "detail.json", buf_slice(&detail));
	return 0;
}

static int
fill_decline(struct draft *f, struct err *e)
{
	put_party(f);
	return put_subject(f, "6(4)", e);
}

static int
fill_revoke(struct draft *f, struct err *e)
{
	put_party(f);
	put(f, "grounds", jsonx_get_str(f->data, "grounds"));
	return put_subject(f, "17(1)", e);
}

static int
fill_refuse_art8(struct draft *f, struct err *e)
{
	put_party(f);
	return put_subject(f, "8", e);
}

/* The end of what a case says: its key is destroyed. */
static int
fill_shred(struct draft *f, struct err *e)
{
	if (!office_may_shred(f->d))
		return err_set(e, E_FLOW_STEP,
		    "only a case that has ended, and of which nothing is in "
		    "force, is shredded, once");
	return put_subject(f, "20(1)", e);
}

/* A change of the roster: the new entry, whose hash is the detail. */
static int
fill_roster(struct draft *f, struct err *e)
{
	const struct json *entry = jsonx_get(f->data, "entry");
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_DECISION_BYTES);
	struct roster_entry read;
	char hex[65];

	if (entry == NULL)
		return err_set(
		    e, E_INPUT, "data.entry: want the new roster entry");
	jsonx_canonical(entry, &b);
	if (!buf_ok(&b))
		return err_set(e, E_LIMIT, "data.entry is too large");
	if (roster_entry_decode(buf_slice(&b), &read, e) < 0)
		return -1;
	decision_detail_hex(buf_slice(&b), hex);
	put(f, "detail", hex);
	draft_file(f, "detail.json", buf_slice(&b));
	return 0;
}

/* One item of form B: what of it is decided stands in the detail. */
static int
fill_withholding(struct draft *f, struct err *e)
{
	const char *item = jsonx_get_str(f->data, "item");
	const char *outcome = jsonx_get_str(f->fields, "outcome");
	CLEANUP(jsonx_freep) struct json *detail = jsonx_object();
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_DECISION_BYTES);
	char hex[65];

	if (item == NULL)
		return err_set(
		    e, E_INPUT, "data.item: want the id of an item of form B");
	if (flow_row_find(M_WITHHOLDING,
		dossier_state(f->d, M_WITHHOLDING, item), outcome) == NULL)
		return err_set(e, E_FLOW_STEP,
		    "withholding.%s is not open for this item", outcome);
	jsonx_set_str(detail, "item", item);
	jsonx_canonical(detail, &b);
	decision_detail_hex(buf_slice(&b), hex);
	put(f, "detail", hex);
	draft_file(f, "detail.json", buf_slice(&b));
	f->instance = item;
	return put_subject(f, "11(2)", e);
}

static const struct {
	const char *kind;
	const char *dossier; /* only in this case; NULL: in an application */
	int (*fill)(struct draft *f, struct err *e);
} fills[] = {
	{ "certify", NULL, fill_certify },
	{ "decline", NULL, fill_decline },
	{ "revoke", NULL, fill_revoke },
	{ "revocation_drop", NULL, fill_revoke },
	{ "refuse_art8", NULL, fill_refuse_art8 },
	{ "close_incomplete", NULL, fill_decline },
	{ "withholding", NULL, fill_withholding },
	{ "shred", NULL, fill_shred },
	{ "roster", "roster", fill_roster },
};

/* data.outcome where the kind has several words; else its only one. */
static const char *
outcome_of(const struct draft *f)
{
	const char *asked = jsonx_get_str(f->data, "outcome");

	if (strcmp(f->kind, "withholding") == 0 &&
	    decision_permits(f->kind, asked))
		return asked;
	return decision_outcome(f->kind);
}

static int
fill(struct draft *f, struct err *e)
{
	for (size_t i = 0; i < NELEM(fills); i++) {
		/* NOLINTNEXTLINE(clang-analyzer-*): every case has an id */
		bool body = strcmp(f->d->id, "roster") == 0;

		if (strcmp(fills[i].kind, f->kind) != 0)
			continue;
		if (body != (fills[i].dossier != NULL))
			break;
		if (!body && dossier_state(f->d, M_APPLICATION, "1") == S_NONE)
			break;
		return fills[i].fill(f, e);
	}
	return err_set(
	    e, E_INPUT, "no decision of kind \"%.40s\" here", f->kind);
}

/* What the event says of the decision; apply reads it. */
static void
fact_fill(struct draft *f, const struct decision *dec)
{
	static const char *const copied[] = { "kind", "outcome", "case_basis",
		"grounds", "certified_on", "cert_number", "expires_at" };
	char hex[65];

	for (size_t i = 0; i < NELEM(copied); i++)
		jsonx_set_str(f->fact, copied[i], decision_get(dec, copied[i]));
	jsonx_set_str(
	    f->fact, "sha256", hex_encode(decision_hash(dec), 32, hex));
	jsonx_set_str(f->fact, "instance", f->instance);
	jsonx_set_int(f->fact, "needed",
	    derive_needed(f->v->o->schemes, f->scheme, f->kind));
}

int
office_freeze(struct visit *v, struct dossier *d, const char *kind,
    const char *decision_id, struct act_write *w, struct err *e)
{
	CLEANUP(sec_doc_freep) struct sec_doc *record = NULL;
	CLEANUP(jsonx_freep) struct json *fields = jsonx_object();
	CLEANUP(decision_freep) struct decision *dec = NULL;
	struct draft f = {
		.v = v,
		.d = d,
		.scheme = scheme_find(v->o->schemes, d->scheme),
		.data = w->data,
		.kind = kind,
		.id = decision_id,
		.fields = fields,
		.w = w,
	};

	if (decision_quorum(kind) == 0)
		return err_set(
		    e, E_INPUT, "no decision of kind \"%.40s\"", kind);
	if (office_shred_check(d, e) < 0 ||
	    office_record(v->o, d, &record, e) < 0)
		return -1;
	f.record = sec_doc_inside(record);
	put(&f, "outcome", outcome_of(&f));
	if (put_common(&f, e) < 0 || fill(&f, e) < 0 ||
	    decision_build(fields, &dec, e) < 0)
		return -1;
	draft_file(&f, "decision.json", decision_bytes(dec));
	f.fact = jsonx_object();
	fact_fill(&f, dec);
	jsonx_set(w->data, "decision", f.fact);
	w->decision_id = decision_id;
	return 0;
}
