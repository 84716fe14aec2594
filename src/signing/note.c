/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decisions whose effect comes later: proved and written down when they are
 * executed, for the day on which they are past their life.
 */
#include "signing_int.h"

#include <string.h>

/* The term that a decision about a number is about; NULL: refused. */
static const struct issued *
term_of(const struct signer *s, const struct proven *p, struct err *e)
{
	const char *number = decision_get(p->d, "cert_number");
	const struct issued *last =
	    number == NULL ? NULL : ledger_term(&s->ledger, number, 0);

	if (last == NULL || p->scheme == NULL ||
	    strcmp(last->scheme, p->scheme->id) != 0) {
		refuse(e, 0, "no certificate of this number");
		return NULL;
	}
	if (ledger_ended(&s->ledger, number) != NULL) {
		refuse(e, 0, "the certification has ended");
		return NULL;
	}
	return last;
}

/* SIGN-36: decided before the end of a term that has begun. */
static int
continuation_check(struct signer *s, const struct proven *p,
    const struct sign_note *m, struct err *e)
{
	const struct issued *last = term_of(s, p, e);
	struct jday today = jday_of_instant(signer_now(s));

	(void)m;
	if (last == NULL)
		return -1;
	if (jday_cmp(today, last->valid_through) > 0)
		return refuse(e, 0, "the term is over");
	if (jday_cmp(today, last->valid_from) < 0)
		return refuse(e, 0, "the next term is there already");
	if (ledger_continued(&s->ledger, last->number) != NULL)
		return refuse(e, 0, "it is continued already");
	return 0;
}

/* SIGN-35: the officers signed the day; it comes to nothing before it. */
static int
termination_check(struct signer *s, const struct proven *p,
    const struct sign_note *m, struct err *e)
{
	const struct issued *last = term_of(s, p, e);
	struct err why = ERR_INIT;
	struct derive_end end;

	if (last == NULL)
		return -1;
	if (derive_end(
		p->d, m->detail, p->scheme, last->certified_on, &end, &why) < 0)
		return refuse(e, 0, "%s", why.detail);
	return 0;
}

static const struct {
	const char *kind;
	int (*check)(struct signer *s, const struct proven *p,
	    const struct sign_note *m, struct err *e);
	bool rules;
} noteds[] = {
	{ "continuation", continuation_check, false },
	{ "termination", termination_check, false },
	{ "rules", rules_check, true },
	{ "policy", rules_check, true },
};
static const char *const kinds[] = { "continuation", "termination", "rules",
	"policy" };

static int
note_record(struct signer *s, const struct proven *p, const struct sign_note *m,
    bool rules, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *r = proof_record(p, "note");
	CLEANUP(freep) char *detail = NULL;
	struct journal_place at;

	jsonx_set_str(r, "case", decision_get(p->d, "case_id"));
	jsonx_set_str(r, "number", decision_get(p->d, "cert_number"));
	jsonx_set_str(r, "scheme", decision_get(p->d, "scheme"));
	if (!rules)
		return signer_record(s, r, &at, e);
	if ((detail = slice_dup(m->detail)) == NULL)
		return refuse(e, 0, "the detail holds a NUL");
	jsonx_set_str(r, "rules", detail);
	jsonx_set_bool(
	    r, "adopts", strcmp(decision_get(p->d, "outcome"), "rescind") != 0);
	if (signer_record(s, r, &at, e) < 0)
		return -1;
	return rules_enact(s, &s->ledger.noted[s->ledger.n_noted - 1], e);
}

static int
note(struct signer *s, const struct proven *p, const struct sign_note *m,
    struct err *e)
{
	for (size_t i = 0; i < NELEM(noteds); i++) {
		if (strcmp(noteds[i].kind, decision_get(p->d, "kind")) != 0)
			continue;
		if (noteds[i].check(s, p, m, e) < 0)
			return -1;
		return note_record(s, p, m, noteds[i].rules, e);
	}
	return refuse(e, 0, "nothing of this kind comes later");
}

int
op_note_decision(void *ctx, struct request *rq, struct err *e)
{
	CLEANUP(proven_done) struct proven p = { 0 };
	CLEANUP(freep) struct sign_note *m = xcalloc(1, sizeof(*m));
	struct signer *s = ctx;

	if (sign_note_decode(&rq->in, m, e) < 0 ||
	    proof_check(s, &m->proof, kinds, NELEM(kinds), &p, e) < 0)
		return -1;
	return p.done || p.noted ? 0 : note(s, &p, m, e);
}
