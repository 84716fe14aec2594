/* SPDX-License-Identifier: Apache-2.0 */
/* What the composed state says of guards, and which rows happen unasked. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/cc.h"

static size_t
rows_count(void)
{
	size_t n = 0;

	while (flow_row_at(n) != NULL)
		n++;
	return n;
}

static size_t
crosses_count(void)
{
	size_t n = 0;

	while (model_cross_at(n) != NULL)
		n++;
	return n;
}

static size_t
couplings_count(void)
{
	size_t n = 0;

	while (flow_coupling_at(n) != NULL)
		n++;
	return n;
}

void
model_init(struct model *m, const char *name, const struct model_part *parts)
{
	*m = (struct model){ .name = name };
	while (parts[m->n_parts].machine != M_NONE) {
		m->parts[m->n_parts] = parts[m->n_parts];
		m->n_parts++;
	}
	m->n_rows = rows_count();
	m->rows = xcalloc(m->n_rows, sizeof(*m->rows));
	for (size_t i = 0; i < m->n_rows; i++)
		m->rows[i] = *flow_row_at(i);
	m->n_couplings = couplings_count();
	m->couplings = xcalloc(m->n_couplings, sizeof(*m->couplings));
	for (size_t i = 0; i < m->n_couplings; i++)
		m->couplings[i] = *flow_coupling_at(i);
	m->n_crosses = crosses_count();
	m->crosses = xcalloc(m->n_crosses, sizeof(*m->crosses));
	for (size_t i = 0; i < m->n_crosses; i++)
		m->crosses[i] = *model_cross_at(i);
}

void
model_done(struct model *m)
{
	free(m->rows);
	free(m->couplings);
	free(m->crosses);
}

/* --- literals --- */

/* Does the literal speak of this part?  own: the case that asks. */
bool
model_literal_of(
    const struct model_literal *l, const struct model_part *p, int own)
{
	if (p->machine != l->machine)
		return false;
	if (l->at == MODEL_ANY)
		return true;
	if (l->at == MODEL_RENEWALS)
		return p->at != MODEL_BASE;
	return p->at == (l->at == MODEL_OWN ? own : l->at);
}

static bool
part_is(const struct model_state *s, size_t part, const struct model_literal *l)
{
	bool in = l->in[0] == S_NONE;

	for (size_t k = 0; k < NELEM(l->in) && l->in[k] != S_NONE; k++)
		in |= (enum state)s->state[part] == l->in[k];
	return in && (l->flag == 0 || (s->flags[part] & l->flag) != 0);
}

bool
model_literal_holds(const struct model *m, const struct model_state *s,
    const struct model_literal *l, int own)
{
	bool found = false;

	for (size_t i = 0; i < m->n_parts; i++)
		found |=
		    model_literal_of(l, &m->parts[i], own) && part_is(s, i, l);
	return found != l->negated;
}

bool
model_literal_known(
    const struct model *m, const struct model_literal *l, int own)
{
	for (size_t i = 0; i < m->n_parts; i++)
		if (model_literal_of(l, &m->parts[i], own))
			return true;
	return false;
}

/*
 * An application is opened and submitted in one act: nothing else happens
 * while another is a draft.
 */
bool
model_waits(const struct model *m, const struct model_state *s, size_t part)
{
	for (size_t i = 0; i < m->n_parts; i++)
		if (i != part && m->parts[i].machine == M_APPLICATION &&
		    s->state[i] == S_APP_DRAFT)
			return true;
	return false;
}

/* --- guards --- */

/* clang-format off */
static const struct {
	enum guard guard;
	struct model_literal is;
} guards[] = {
	{ G_SURVEY_OPEN,	 { M_APPLICATION, MODEL_OWN, { S_NONE }, FLAG_SURVEY_OPEN, false } },
	{ G_OPINION_OPEN,	 { M_APPLICATION, MODEL_OWN, { S_NONE }, FLAG_OPINION_OPEN, false } },
	{ G_NEXT_TERM,		 { M_CERTIFICATION, MODEL_ANY, { S_NONE }, FLAG_NEXT_TERM, false } },
	{ G_CONTINUATION,	 { M_CERTIFICATION, MODEL_ANY, { S_NONE }, FLAG_CONTINUATION, false } },
	{ G_INSUFFICIENT,	 { M_COMPLIANCE, MODEL_ANY, { S_NONE }, FLAG_INSUFFICIENT, false } },
	{ G_ENDED,		 { M_MARK, MODEL_ANY, { S_NONE }, FLAG_ENDED, false } },
	{ G_BASE_VALID,		 { M_CERTIFICATION, MODEL_ANY, { S_CERT_VALID }, 0, false } },
	{ G_IN_FORCE,		 { M_CERTIFICATION, MODEL_ANY, { S_CERT_ISSUING, S_CERT_VALID, S_CERT_CONTINUED }, 0, false } },
	{ G_REVOCATION_PROPOSED, { M_COMPLIANCE, MODEL_ANY, { S_COMP_PROPOSED }, 0, false } },
	{ G_RENEWAL_PENDING,	 { M_APPLICATION, MODEL_RENEWALS, { S_APP_SUBMITTED, S_APP_CORRECTING, S_APP_IN_REVIEW, S_APP_DECIDING }, 0, false } },
	{ G_ARTEFACTS_SIGNED,	 { M_ARTEFACT, MODEL_ANY, { S_ART_ORDERED }, 0, true } },
	{ G_FEE_PAID,		 { M_FEE, MODEL_OWN, { S_FEE_PAID }, 0, false } },
};
/* clang-format on */

enum model_truth
model_guard(const struct model *m, size_t part, enum guard g,
    const struct model_literal **out)
{
	int own = m->parts[part].at;

	*out = NULL;
	if (g == G_RENEWAL)
		return own != MODEL_BASE ? MODEL_TRUE : MODEL_FALSE;
	for (size_t i = 0; i < NELEM(guards); i++)
		if (guards[i].guard == g &&
		    model_literal_known(m, &guards[i].is, own))
			*out = &guards[i].is;
	return MODEL_EITHER;
}

bool
model_may(const struct model *m, const struct model_state *s, size_t part,
    const struct flow_row *row)
{
	for (size_t i = 0; i < FLOW_GUARDS && row->guards[i] != 0; i++) {
		int g = row->guards[i];
		const struct model_literal *l;
		enum model_truth t =
		    model_guard(m, part, (enum guard)abs(g), &l);

		if (l != NULL)
			t = model_literal_holds(m, s, l, m->parts[part].at)
			    ? MODEL_TRUE
			    : MODEL_FALSE;
		if (t != MODEL_EITHER && (t == MODEL_TRUE) != (g > 0))
			return false;
	}
	return true;
}

const struct flow_row *
model_row(
    const struct model *m, size_t part, enum state from, const char *event)
{
	for (size_t i = 0; i < m->n_rows; i++)
		if (m->rows[i].from == from &&
		    strcmp(m->rows[i].event, event) == 0 &&
		    model_row_fits(&m->parts[part], &m->rows[i]))
			return &m->rows[i];
	return NULL;
}

/* --- rows --- */

bool
model_is_spontaneous(const struct flow_row *row)
{
	const struct flow_coupling *c;
	const struct model_cross *x;
	bool people = (row->roles & ~(unsigned)ROLE_SYSTEM) != 0;

	/* REGULATION 5: the effect of another machine and of nothing else. */
	if (row->machine == M_CERTIFICATION &&
	    (row->to == S_CERT_LAPSED || row->to == S_CERT_REVOKED ||
		row->to == S_CERT_TERMINATED))
		return false;
	/* A paper is issued with its certificate. */
	if (people && !(row->machine == M_PAPER && row->from == S_NONE))
		return true;
	/* By the real tables: what a mutant lacks does not come by itself. */
	for (size_t i = 0; (c = flow_coupling_at(i)) != NULL; i++)
		if (c->then == row->machine &&
		    strcmp(c->then_event, row->event) == 0)
			return false;
	for (size_t i = 0; (x = model_cross_at(i)) != NULL; i++)
		if (x->then == row->machine &&
		    strcmp(x->then_event, row->event) == 0)
			return false;
	return true;
}

bool
model_row_fits(const struct model_part *p, const struct flow_row *row)
{
	if (row->machine != p->machine)
		return false;
	if (strcmp(row->event, "open_renewal") == 0)
		return p->at != MODEL_BASE;
	return strcmp(row->event, "open_new") != 0 || p->at == MODEL_BASE;
}

bool
model_has_all(const struct model *m, const struct model_invariant *v)
{
	for (size_t i = 0; i < NELEM(v->given); i++)
		if (v->given[i].machine != M_NONE &&
		    !model_literal_known(m, &v->given[i], MODEL_BASE))
			return false;
	for (size_t i = 0; i < NELEM(v->then); i++)
		if (v->then[i].machine != M_NONE &&
		    !model_literal_known(m, &v->then[i], MODEL_BASE))
			return false;
	return true;
}

bool
model_way_allows(const struct model_way *w, enum state to, const char *event)
{
	bool open = false;

	for (size_t i = 0; i < NELEM(w->to) && w->to[i] != S_NONE; i++)
		open |= w->to[i] == to;
	return open &&
	    (w->by == NULL || to != w->by_to || strcmp(w->by, event) == 0);
}

/* --- couplings --- */

/* src/workflow/couple.c's conditions, as far as the state shows them. */
static const struct {
	const char *name;
	bool usual, otherwise; /* by the default of the open points, or not */
} conditions[] = {
	{ "always", true, true },
	{ "of_a_term", true, true },
	{ "mark_stops", false, true },
	{ "termination_ends", true, false },
	{ "loss_stated", false, true },
};

bool
model_couples(const struct model *m, size_t part, const struct flow_row *cause,
    const struct flow_coupling *c, const struct model_literal **out)
{
	static const struct model_literal ended = { M_MARK, MODEL_ANY,
		{ S_NONE }, FLAG_ENDED, false };

	*out = NULL;
	if (strcmp(c->when, "certified_anew") == 0)
		return m->parts[part].at == MODEL_BASE;
	if (strcmp(c->when, "expired") == 0)
		return cause->to == S_CERT_EXPIRED;
	if (strcmp(c->when, "mark_ended") == 0) {
		*out = &ended;
		return true;
	}
	for (size_t i = 0; i < NELEM(conditions); i++)
		if (strcmp(conditions[i].name, c->when) == 0)
			return m->otherwise ? conditions[i].otherwise
					    : conditions[i].usual;
	return false;
}

bool
model_meant(const struct model *m, size_t part, const struct flow_row *cause,
    const struct flow_coupling *c, size_t then)
{
	bool next = strcmp(cause->event, "next_term_begins") == 0;

	if (strcmp(c->which, "all") == 0 ||
	    strcmp(c->which, "unless_survives") == 0)
		return true;
	if (strcmp(c->which, "itself") == 0)
		return then == part;
	/* What is of the present term, or of one before: X2 is the next. */
	if (strcmp(c->which, "of_the_term") == 0)
		return !next || strcmp(m->parts[then].name, "X1") == 0;
	return false;
}
