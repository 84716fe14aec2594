/* SPDX-License-Identifier: Apache-2.0 */
/* Every state that can be reached, breadth first, and what is wrong there. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/cc.h"

/* States found so far; each knows from which one and by which row. */
struct node {
	struct model_state at;
	uint32_t from;
	uint32_t row; /* of the model */
	uint8_t part;
};
struct search {
	const struct model *m;
	struct node *nodes;
	size_t n, room;
	uint32_t *table; /* of nodes + 1; 0: free */
	size_t mask;
	struct model_report *out;
};

static uint64_t
hash_of(const struct model_state *s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < MODEL_PARTS; i++)
		h = (h ^ ((uint64_t)s->state[i] << 8 | s->flags[i])) *
		    0x100000001b3u;
	return h ^ (h >> 29);
}

static void
table_grow(struct search *q)
{
	size_t size = q->mask == 0 ? 1024 : (q->mask + 1) * 2;

	free(q->table);
	q->table = xcalloc(size, sizeof(*q->table));
	q->mask = size - 1;
	for (size_t i = 0; i < q->n; i++) {
		size_t k = hash_of(&q->nodes[i].at) & q->mask;

		while (q->table[k] != 0)
			k = (k + 1) & q->mask;
		q->table[k] = (uint32_t)i + 1;
	}
}

/* A new state enters the queue; one that is known does not. */
static void
add(struct search *q, const struct node *node)
{
	size_t k;

	if (q->mask == 0 || q->n * 2 > q->mask)
		table_grow(q);
	k = hash_of(&node->at) & q->mask;
	while (q->table[k] != 0) {
		if (memcmp(&q->nodes[q->table[k] - 1].at, &node->at,
			sizeof(node->at)) == 0)
			return;
		k = (k + 1) & q->mask;
	}
	if (q->n == q->room) {
		q->room = q->room == 0 ? 1024 : q->room * 2;
		q->nodes = xrealloc(q->nodes, q->room, sizeof(*q->nodes));
	}
	q->nodes[q->n] = *node;
	q->table[k] = (uint32_t)++q->n;
}

/* --- steps --- */

/* One act on its way: the state so far, and by which word each part moved. */
struct act {
	const struct model *m;
	struct model_state s;
	const char *word[MODEL_PARTS];
};

static void cascade(struct act *a, size_t part, const struct flow_row *cause);

static void
set(struct act *a, size_t part, const struct flow_row *row)
{
	struct model_state *s = &a->s;

	s->state[part] = (uint8_t)row->to;
	s->flags[part] = (uint8_t)((s->flags[part] & ~row->clears) | row->sets);
	a->word[part] = row->event;
	cascade(a, part, row);
}

/* One coupled machine takes the step, if it has such a row now. */
static bool
follow(struct act *a, size_t part, const char *event)
{
	const struct flow_row *row =
	    model_row(a->m, part, (enum state)a->s.state[part], event);

	if (row == NULL || !model_may(a->m, &a->s, part, row))
		return false;
	set(a, part, row);
	return true;
}

/* What is made anew is made once; what is there already all goes on. */
static void
couple(struct act *a, size_t part, const struct flow_row *cause,
    const struct flow_coupling *c)
{
	const struct model *m = a->m;
	bool makes = flow_row_find(c->then, S_NONE, c->then_event) != NULL;
	const struct model_literal *l;

	if (!model_couples(m, part, cause, c, &l) ||
	    (l != NULL && !model_literal_holds(m, &a->s, l, MODEL_BASE)))
		return;
	for (size_t i = 0; i < m->n_parts; i++)
		if (m->parts[i].machine == c->then &&
		    m->parts[i].at == m->parts[part].at &&
		    (makes || model_meant(m, part, cause, c, i)) &&
		    follow(a, i, c->then_event) && makes)
			return;
}

static void
cross(struct act *a, const struct model_cross *x)
{
	for (size_t i = 0; i < a->m->n_parts; i++)
		if (a->m->parts[i].machine == x->then &&
		    (a->m->parts[i].at == MODEL_BASE) == x->to_base)
			follow(a, i, x->then_event);
}

static void
cascade(struct act *a, size_t part, const struct flow_row *cause)
{
	const struct model *m = a->m;
	const struct model_part *p = &m->parts[part];
	bool in_base = p->at == MODEL_BASE;

	for (size_t i = 0; i < m->n_couplings; i++)
		if (m->couplings[i].machine == p->machine &&
		    strcmp(m->couplings[i].event, cause->event) == 0)
			couple(a, part, cause, &m->couplings[i]);
	for (size_t i = 0; i < m->n_crosses; i++)
		if (m->crosses[i].machine == p->machine &&
		    m->crosses[i].to_base != in_base &&
		    strcmp(m->crosses[i].event, cause->event) == 0)
			cross(a, &m->crosses[i]);
}

/* --- what is wrong --- */

static bool
holds(const struct model *m, const struct model_state *s,
    const struct model_invariant *v)
{
	bool any = false;

	for (size_t i = 0; i < NELEM(v->given) && v->given[i].machine != M_NONE;
	     i++)
		if (!model_literal_holds(m, s, &v->given[i], MODEL_BASE))
			return true;
	for (size_t i = 0; i < NELEM(v->then) && v->then[i].machine != M_NONE;
	     i++)
		any |= model_literal_holds(m, s, &v->then[i], MODEL_BASE);
	return any;
}

static const char *
broken_state(const struct model *m, const struct model_state *s)
{
	const struct model_invariant *v;

	for (size_t i = 0; (v = model_invariant_at(i)) != NULL; i++)
		if (model_has_all(m, v) && !holds(m, s, v))
			return v->name;
	return NULL;
}

static const char *
broken_way(const struct act *a, const struct model_state *before)
{
	const struct model *m = a->m;
	const struct model_way *w;

	for (size_t i = 0; (w = model_way_at(i)) != NULL; i++)
		for (size_t k = 0; k < m->n_parts; k++)
			if (m->parts[k].machine == w->machine &&
			    before->state[k] == w->from &&
			    a->s.state[k] != w->from &&
			    !model_way_allows(
				w, (enum state)a->s.state[k], a->word[k]))
				return w->name;
	return NULL;
}

/* REGULATION 4: at the end of a term exactly one thing happens. */
static const char *
broken_clock(const struct model *m, const struct model_state *s)
{
	static const char *const words[] = { "term_ends", "term_ends_continued",
		"next_term_begins" };

	for (size_t i = 0; i < m->n_parts; i++) {
		unsigned n = 0;

		if (m->parts[i].machine != M_CERTIFICATION ||
		    (s->state[i] != S_CERT_ISSUING &&
			s->state[i] != S_CERT_VALID))
			continue;
		for (size_t k = 0; k < NELEM(words); k++) {
			const struct flow_row *row =
			    model_row(m, i, (enum state)s->state[i], words[k]);

			n += row != NULL && model_may(m, s, i, row);
		}
		if (n != 1)
			return n == 0 ? "a term outlives its last day"
				      : "a term ends in two ways";
	}
	return NULL;
}

static const char *
broken_take_effect(const struct model *m, const struct model_state *from,
    const struct flow_row *row)
{
	for (size_t i = 0; i < m->n_parts; i++)
		if (row->machine == M_TERMINATION &&
		    strcmp(row->event, "take_effect") == 0 &&
		    m->parts[i].machine == M_COMPLIANCE &&
		    from->state[i] == S_COMP_PROPOSED)
			return "no end takes effect while a revocation is "
			       "proposed";
	return NULL;
}

static void
trace(const struct search *q, size_t last, const char *why)
{
	size_t path[64], n = 0, used = 0;
	char *out = q->out->trace;

	for (size_t i = last; i != 0 && n < NELEM(path); i = q->nodes[i].from)
		path[n++] = i;
	while (n-- > 0) {
		const struct node *node = &q->nodes[path[n]];
		const struct flow_row *row = &q->m->rows[node->row];
		int k = snprintf(out + used, sizeof(q->out->trace) - used,
		    "  %s.%s to %s\n", q->m->parts[node->part].name, row->event,
		    state_name(row->to));

		if (k < 0 || (size_t)k >= sizeof(q->out->trace) - used)
			break;
		used += (size_t)k;
	}
	q->out->broken = why;
}

static const char *
broken(const struct act *a, const struct model_state *before,
    const struct flow_row *row)
{
	const char *why = broken_take_effect(a->m, before, row);

	if (why == NULL)
		why = broken_way(a, before);
	if (why == NULL)
		why = broken_state(a->m, &a->s);
	return why != NULL ? why : broken_clock(a->m, &a->s);
}

/* One row of one part, if it may happen.  False: it leads to what is wrong. */
static bool
step(struct search *q, size_t at, size_t r, size_t part)
{
	const struct model *m = q->m;
	const struct flow_row *row = &m->rows[r];
	struct model_state before = q->nodes[at].at;
	struct node next = {
		.from = (uint32_t)at, .row = (uint32_t)r, .part = (uint8_t)part
	};
	struct act a = { .m = m, .s = before };
	const char *why;

	if ((enum state)before.state[part] != row->from ||
	    !model_row_fits(&m->parts[part], row) ||
	    !model_is_spontaneous(row) || model_waits(m, &before, part) ||
	    !model_may(m, &before, part, row))
		return true;
	set(&a, part, row);
	q->out->steps++;
	next.at = a.s;
	add(q, &next);
	why = broken(&a, &before, row);
	if (why != NULL)
		trace(q, q->n - 1, why);
	return why == NULL;
}

static bool
expand(struct search *q, size_t at)
{
	for (size_t r = 0; r < q->m->n_rows; r++)
		for (size_t p = 0; p < q->m->n_parts; p++)
			if (!step(q, at, r, p))
				return false;
	return true;
}

void
model_explore(const struct model *m, struct model_report *out)
{
	struct search q = { .m = m, .out = out };
	struct node start = { 0 };

	*out = (struct model_report){ 0 };
	add(&q, &start);
	for (size_t i = 0; i < q.n; i++)
		if (!expand(&q, i))
			break;
	out->states = q.n;
	free(q.nodes);
	free(q.table);
}
