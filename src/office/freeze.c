/* SPDX-License-Identifier: Apache-2.0 */
/* Freezing: the canonical document that officers sign. */
#include "freeze_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/derive.h"
#include "nintei/derive_versions.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/term.h"

void
draft_put(struct draft *f, const char *key, const char *value)
{
	if (value != NULL && value[0] != '\0')
		jsonx_set_str(f->fields, key, value);
}

static void
draft_put_instant(struct draft *f, const char *key, int64_t t)
{
	char text[INSTANT_TEXT];

	draft_put(f, key, instant_format(t, text));
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
	draft_put(f, "decision_id", f->id);
	draft_put(f, "kind", f->kind);
	draft_put(f, "case_id", f->d->id);
	draft_put(f, "proposer", f->v->account.person);
	draft_put_instant(f, "frozen_at", f->v->now);
	draft_put_instant(f, "expires_at", f->v->now + life);
	draft_put(f, "nonce", hex_encode(nonce, sizeof(nonce), hex));
	draft_put(f, "reasons", jsonx_get_str(f->data, "reasons"));
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
	draft_put(f, "case_basis", basis);
}

/* Members that tie a decision to a case under a scheme. */
int
draft_put_subject(struct draft *f, const char *article, struct err *e)
{
	const struct scheme_version *v =
	    f->scheme == NULL ? NULL : scheme_rule_at(f->scheme, f->v->now);

	if (v == NULL)
		return err_set(
		    e, E_FLOW_STEP, "no version of the regulation is in force");
	draft_put(f, "article", article);
	draft_put(f, "scheme", f->d->scheme);
	draft_put(f, "rule_version", v->rule_version);
	draft_put(f, "policy_version", v->policy_version);
	put_basis(f);
	return 0;
}

void
draft_put_party(struct draft *f)
{
	const struct dossier_certification *c = &f->d->certification;

	if (c->number[0] != '\0') {
		draft_put(f, "cert_number", c->number);
		draft_put(f, "service", c->service);
		draft_put(f, "operator", c->operator_name);
		return;
	}
	draft_put(f, "service",
	    jsonx_get_str(jsonx_get(f->record, "service"), "name"));
	draft_put(f, "operator",
	    jsonx_get_str(jsonx_get(f->record, "applicant"), "name"));
}

void
draft_file(struct draft *f, const char *name, struct slice bytes)
{
	CLEANUP(freep)
	char *path = xasprintf("decisions/%s/%s", f->id, name);

	act_write_file(f->w, path, false, bytes);
}

int
draft_put_detail(struct draft *f, const struct json *detail, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_DECISION_BYTES);
	char hex[65];

	jsonx_canonical(detail, &b);
	if (!buf_ok(&b))
		return err_set(e, E_LIMIT, "the decision is too large");
	decision_detail_hex(buf_slice(&b), hex);
	draft_put(f, "detail", hex);
	draft_file(f, "detail.json", buf_slice(&b));
	return 0;
}

int
draft_open(
    const struct draft *f, enum machine m, const char *instance, struct err *e)
{
	if (flow_row_find(m, dossier_state(f->d, m, instance), f->outcome) !=
	    NULL)
		return 0;
	return err_set(e, E_FLOW_STEP, "%s.%s is not open for \"%.40s\"",
	    machine_name(m), f->outcome, instance);
}

static const struct {
	const char *kind;
	const char *where; /* freeze_int.h */
	int (*fill)(struct draft *f, struct err *e);
} fills[] = {
/* clang-format off */
#define FREEZE(kind, where, fill) { kind, where, fill },
#include "freezes.inc"
#include "freezes_body.inc"
#include "freezes_lifecycle.inc"
#include "freezes_themes.inc"
#undef FREEZE
	/* clang-format on */
};

/* Is the case one of which decisions of this line are? */
static bool
fits(const struct dossier *d, const char *where)
{
	size_t n = where == NULL ? 0 : strlen(where);

	if (where == NULL)
		return dossier_state(d, M_APPLICATION, "1") != S_NONE;
	if (where[n - 1] == '-')
		return strncmp(d->id, where, n) == 0;
	return strcmp(d->id, where) == 0;
}

/* data.outcome where the kind has several words; else its only one. */
static int
outcome_find(struct draft *f, struct err *e)
{
	const char *asked = jsonx_get_str(f->data, "outcome");
	const struct flow_kind *k = flow_kind_find(f->kind);

	/* A reissue orders, an allowed dossier executes: other words of it. */
	if (asked == NULL && k != NULL &&
	    (k->event == NULL || decision_permits(f->kind, k->event)))
		asked = k->event;
	else if (asked == NULL)
		asked = decision_outcome(f->kind);
	if (asked == NULL)
		return err_set(e, E_INPUT,
		    "data.outcome: a decision of kind \"%s\" permits several "
		    "words",
		    f->kind);
	if (!decision_permits(f->kind, asked))
		return err_set(e, E_INPUT,
		    "data.outcome: a decision of kind \"%s\" does not permit "
		    "\"%.40s\"",
		    f->kind, asked);
	f->outcome = asked;
	draft_put(f, "outcome", asked);
	return 0;
}

static int
fill(struct draft *f, struct err *e)
{
	for (size_t i = 0; i < NELEM(fills); i++)
		if (strcmp(fills[i].kind, f->kind) == 0 &&
		    fits(f->d, fills[i].where))
			return fills[i].fill(f, e);
	return err_set(e, E_INPUT,
	    "data.kind: no decision of kind \"%.40s\" here", f->kind);
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
		.scheme = derive_scheme(v->o->schemes, d, v->now),
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
	f.secret = record;
	f.record = sec_doc_inside(record);
	f.instance = jsonx_get_str(w->data, "instance");
	if (outcome_find(&f, e) < 0 || put_common(&f, e) < 0 ||
	    fill(&f, e) < 0 || decision_build(fields, &dec, e) < 0)
		return -1;
	draft_file(&f, "decision.json", decision_bytes(dec));
	f.fact = jsonx_object();
	fact_fill(&f, dec);
	jsonx_set(w->data, "decision", f.fact);
	w->decision_id = decision_id;
	return 0;
}
