/* SPDX-License-Identifier: Apache-2.0 */
/* What the guards of an intake ask. */
#include "submit_int.h"

#include <string.h>

/* Applications of this person that are not decided. */
struct open_count {
	uint64_t n;
};

static int
count_open(const struct index_dossier *row, void *arg, struct err *e)
{
	struct open_count *c = arg;
	enum state s = state_parse(M_APPLICATION, row->state);

	(void)e;
	if (!state_is_final(s))
		c->n++;
	return 0;
}

static bool
is_asked(const struct intake *in, const char *id)
{
	for (size_t i = 0; i < in->n_fields; i++)
		if (in->fields[i].withhold_reason != NULL &&
		    strcmp(in->fields[i].id, id) == 0)
			return true;
	return false;
}

/* Of a change: an item of the certified service that nobody held back. */
static bool
stays_partial(const struct intake *in, const struct dossier *d)
{
	for (size_t i = 0; i < in->scheme->n_criteria; i++) {
		const char *id = in->scheme->criteria[i].id;
		enum state s = dossier_state(d, M_WITHHOLDING, id);

		if (s != S_WITHHOLDING_REQUESTED &&
		    s != S_WITHHOLDING_WITHHELD && !is_asked(in, id))
			return true;
	}
	return false;
}

/* Art. 11(2): something of what is published stays. */
static bool
is_partial(const struct intake *in)
{
	size_t said = 0, asked = 0;

	for (size_t i = 0; i < in->scheme->n_criteria; i++) {
		const char *value =
		    jsonx_get_str(in->form_b, in->scheme->criteria[i].id);

		said += value != NULL && value[0] != '\0';
	}
	for (size_t i = 0; i < in->n_fields; i++)
		asked += in->fields[i].withhold_reason != NULL;
	return asked < said;
}

static int
quota_check(struct arrival *a, bool *out, struct err *e)
{
	struct index_dossier_query q = {
		.applicant = a->v->account.person,
		.page = { .limit = 10000 },
	};
	uint64_t max = a->o->config->limits.open_cases;
	struct open_count open = { 0 };

	*out = true;
	if (max == 0 || a->correction || a->notice)
		return 0;
	if (index_dossier_list(a->o->index, &q, count_open, &open, e) < 0)
		return -1;
	*out = open.n < max;
	return 0;
}

/* A certification of the same service that is in force (Art. 8, 9). */
struct in_force {
	const char *service;
	bool found;
};

static int
in_force_fn(const struct index_certification *row, void *arg, struct err *e)
{
	struct in_force *f = arg;
	enum state s = state_parse(M_CERTIFICATION, row->state);

	(void)e;
	if ((s == S_CERT_ISSUING || s == S_CERT_VALID ||
		s == S_CERT_CONTINUED) &&
	    strcmp(row->service, f->service) == 0)
		f->found = true;
	return 0;
}

/* REGULATION 8: a rule is in force, and new_while_certified allows it. */
static int
may_apply(struct arrival *a, bool *out, struct err *e)
{
	struct index_register_query q = {
		.scheme = a->in->scheme->id,
		.page = { .limit = 1000000 },
	};
	struct in_force f = { .service = a->in->service };

	*out = scheme_rule_at(a->in->scheme, a->v->now) != NULL;
	if (a->in->scheme->params.new_while_certified != POLICY_REFUSE ||
	    a->in->kind != DOSSIER_NEW || a->correction)
		return 0;
	if (index_register_list(a->o->index, &q, in_force_fn, &f, e) < 0)
		return -1;
	*out = *out && !f.found;
	return 0;
}

int
arrival_facts(struct arrival *a, const struct dossier *d, struct flow_facts *f,
    struct err *e)
{
	f->scheme = a->in->scheme;
	f->hash_matches = true;
	f->two_person_check = paper_is_proved(a);
	f->archive_safe = !a->refused;
	f->complete = a->in->complete;
	f->partial = a->notice ? stays_partial(a->in, d) : is_partial(a->in);
	if (quota_check(a, &f->quota_ok, e) < 0 ||
	    may_apply(a, &f->may_apply, e) < 0)
		return -1;
	if (a->notice || (d->base[0] == '\0' && a->base[0] == '\0'))
		return 0;
	return renewal_facts(a, f, e);
}
