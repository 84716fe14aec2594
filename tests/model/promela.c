/* SPDX-License-Identifier: Apache-2.0 */
/* The same model in Promela, for a checker that shares no code with this. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/cc.h"

#define DEPTH 8 /* of effects of effects */

static void
put_literal(
    const struct model *m, const struct model_literal *l, int own, FILE *out)
{
	const char * or = "";

	fprintf(out, "%s(", l->negated ? "!" : "");
	for (size_t i = 0; i < m->n_parts; i++) {
		const char *name = m->parts[i].name;

		if (!model_literal_of(l, &m->parts[i], own))
			continue;
		fprintf(out, "%s(", or);
		for (size_t k = 0; k < NELEM(l->in) && l->in[k] != S_NONE; k++)
			fprintf(out, "%ss_%s == %d", k > 0 ? " || " : "(", name,
			    (int)l->in[k]);
		fprintf(out, "%s", l->in[0] != S_NONE ? ")" : "true");
		if (l->flag != 0)
			fprintf(out, " && (f_%s & %u) != 0", name, l->flag);
		fputs(")", out);
		or = " || ";
	}
	fputs(")", out);
}

/* Guards that the state answers; the others may be either. */
static void
put_guards(
    const struct model *m, size_t part, const struct flow_row *row, FILE *out)
{
	for (size_t i = 0; i < FLOW_GUARDS && row->guards[i] != 0; i++) {
		int g = row->guards[i];
		const struct model_literal *l;
		enum model_truth t =
		    model_guard(m, part, (enum guard)abs(g), &l);

		if (l == NULL && t == MODEL_EITHER)
			continue;
		fprintf(out, " && %s", g < 0 ? "!" : "");
		if (l != NULL)
			put_literal(m, l, m->parts[part].at, out);
		else
			fprintf(
			    out, "(%s)", t == MODEL_TRUE ? "true" : "false");
	}
}

static void put_effects(const struct model *m, size_t part,
    const struct flow_row *cause, int depth, FILE *out);

/* The row itself: an illegal move is an assertion that fails. */
static void
put_move(const struct model *m, size_t part, const struct flow_row *row,
    int depth, FILE *out)
{
	const char *name = m->parts[part].name;
	const struct model_way *w;

	for (size_t i = 0; (w = model_way_at(i)) != NULL; i++)
		if (w->machine == row->machine && w->from == row->from &&
		    row->to != row->from &&
		    !model_way_allows(w, row->to, row->event))
			fprintf(out, "\t\tassert(false); /* %s */\n", w->name);
	fprintf(
	    out, "\t\ts_%s = %d; /* %s */\n", name, (int)row->to, row->event);
	if (row->clears != 0)
		fprintf(out, "\t\tf_%s = f_%s & %u;\n", name, name,
		    0xffu & ~row->clears);
	if (row->sets != 0)
		fprintf(out, "\t\tf_%s = f_%s | %u;\n", name, name, row->sets);
	put_effects(m, part, row, depth, out);
}

/* One coupled part: each row of the word is a choice. */
static void
put_follow(
    const struct model *m, size_t part, const char *event, int depth, FILE *out)
{
	fputs("\t\tif\n", out);
	for (size_t i = 0; i < m->n_rows; i++) {
		const struct flow_row *row = &m->rows[i];

		if (!model_row_fits(&m->parts[part], row) ||
		    strcmp(row->event, event) != 0)
			continue;
		fprintf(out, "\t\t:: s_%s == %d", m->parts[part].name,
		    (int)row->from);
		put_guards(m, part, row, out);
		fputs(" ->\n", out);
		put_move(m, part, row, depth, out);
	}
	fputs("\t\t:: else -> skip\n\t\tfi;\n", out);
}

/* What is made anew is made once: the first that is not there yet. */
static void
put_create(const struct model *m, enum machine machine, int at,
    const char *event, int depth, FILE *out)
{
	const struct flow_row *row;

	fputs("\t\tif\n", out);
	for (size_t i = 0; i < m->n_parts; i++) {
		const struct model_part *p = &m->parts[i];

		if (p->machine != machine || p->at != at ||
		    (row = model_row(m, i, S_NONE, event)) == NULL)
			continue;
		fprintf(out, "\t\t:: s_%s == 0", p->name);
		for (size_t k = 0; k < i; k++)
			if (m->parts[k].machine == machine &&
			    m->parts[k].at == at)
				fprintf(out, " && s_%s != 0", m->parts[k].name);
		put_guards(m, i, row, out);
		fputs(" ->\n", out);
		put_move(m, i, row, depth, out);
	}
	fputs("\t\t:: else -> skip\n\t\tfi;\n", out);
}

static bool
has_machine(const struct model *m, enum machine machine)
{
	for (size_t i = 0; i < m->n_parts; i++)
		if (m->parts[i].machine == machine)
			return true;
	return false;
}

static void
put_couple(const struct model *m, size_t part, const struct flow_row *cause,
    const struct flow_coupling *c, int depth, FILE *out)
{
	int at = m->parts[part].at;
	const struct model_literal *l;

	if (!has_machine(m, c->then) || !model_couples(m, part, cause, c, &l))
		return;
	if (l != NULL) {
		fputs("\t\tif\n\t\t:: ", out);
		put_literal(m, l, MODEL_BASE, out);
		fputs(" ->\n", out);
	}
	if (flow_row_find(c->then, S_NONE, c->then_event) != NULL)
		put_create(m, c->then, at, c->then_event, depth, out);
	else
		for (size_t i = 0; i < m->n_parts; i++)
			if (m->parts[i].machine == c->then &&
			    m->parts[i].at == at &&
			    model_meant(m, part, cause, c, i))
				put_follow(m, i, c->then_event, depth, out);
	if (l != NULL)
		fputs("\t\tskip\n\t\t:: else -> skip\n\t\tfi;\n", out);
}

static void
put_effects(const struct model *m, size_t part, const struct flow_row *cause,
    int depth, FILE *out)
{
	const struct model_part *p = &m->parts[part];

	if (depth == 0)
		return;
	for (size_t i = 0; i < m->n_couplings; i++)
		if (m->couplings[i].machine == p->machine &&
		    strcmp(m->couplings[i].event, cause->event) == 0)
			put_couple(
			    m, part, cause, &m->couplings[i], depth - 1, out);
	for (size_t i = 0; i < m->n_crosses; i++) {
		const struct model_cross *x = &m->crosses[i];

		if (x->machine != p->machine ||
		    x->to_base != (p->at != MODEL_BASE) ||
		    strcmp(x->event, cause->event) != 0)
			continue;
		for (size_t k = 0; k < m->n_parts; k++)
			if (m->parts[k].machine == x->then &&
			    (m->parts[k].at == MODEL_BASE) == x->to_base)
				put_follow(m, k, x->then_event, depth - 1, out);
	}
}

/* --- assertions --- */

static void
put_invariant(const struct model *m, const struct model_invariant *v, FILE *out)
{
	fputs("\t\tassert(", out);
	for (size_t i = 0; i < NELEM(v->given) && v->given[i].machine != M_NONE;
	     i++) {
		fputs("!", out);
		put_literal(m, &v->given[i], MODEL_BASE, out);
		fputs(" || ", out);
	}
	for (size_t i = 0; i < NELEM(v->then) && v->then[i].machine != M_NONE;
	     i++) {
		fputs(i > 0 ? " || " : "", out);
		put_literal(m, &v->then[i], MODEL_BASE, out);
	}
	fprintf(out, "); /* %s */\n", v->name);
}

/* REGULATION 4: at the end of a term exactly one thing happens. */
static void
put_clock(const struct model *m, size_t part, enum state from, FILE *out)
{
	static const char *const words[] = { "term_ends", "term_ends_continued",
		"next_term_begins" };
	const char *plus = "";

	fprintf(
	    out, "\t\tassert(s_%s != %d || (", m->parts[part].name, (int)from);
	for (size_t k = 0; k < NELEM(words); k++) {
		const struct flow_row *row = model_row(m, part, from, words[k]);

		if (row == NULL)
			continue;
		fprintf(out, "%s(true", plus);
		put_guards(m, part, row, out);
		fputs(" -> 1 : 0)", out);
		plus = " + ";
	}
	fprintf(out, "%s) == 1); /* one end of a term */\n",
	    plus[0] == '\0' ? "0" : "");
}

static void
put_assertions(const struct model *m, FILE *out)
{
	const struct model_invariant *v;

	fputs("inline check() {\n\td_step {\n", out);
	for (size_t i = 0; (v = model_invariant_at(i)) != NULL; i++)
		if (model_has_all(m, v))
			put_invariant(m, v, out);
	for (size_t i = 0; i < m->n_parts; i++)
		if (m->parts[i].machine == M_CERTIFICATION) {
			put_clock(m, i, S_CERT_ISSUING, out);
			put_clock(m, i, S_CERT_VALID, out);
		}
	fputs("\t\tskip\n\t}\n}\n\n", out);
}

static void
put_take_effect(const struct model *m, const struct flow_row *row, FILE *out)
{
	for (size_t i = 0; i < m->n_parts; i++)
		if (row->machine == M_TERMINATION &&
		    strcmp(row->event, "take_effect") == 0 &&
		    m->parts[i].machine == M_COMPLIANCE)
			fprintf(out, "\t\tassert(s_%s != %d);\n",
			    m->parts[i].name, (int)S_COMP_PROPOSED);
}

static void
put_option(
    const struct model *m, size_t part, const struct flow_row *row, FILE *out)
{
	fprintf(out, "\t:: atomic { s_%s == %d", m->parts[part].name,
	    (int)row->from);
	for (size_t i = 0; i < m->n_parts; i++)
		if (i != part && m->parts[i].machine == M_APPLICATION)
			fprintf(out, " && s_%s != %d", m->parts[i].name,
			    (int)S_APP_DRAFT);
	put_guards(m, part, row, out);
	fputs(" ->\n", out);
	put_take_effect(m, row, out);
	put_move(m, part, row, DEPTH, out);
	fputs("\t\tcheck() }\n", out);
}

void
model_promela(const struct model *m, FILE *out)
{
	fprintf(out, "/* %s: made from the tables. */\n", m->name);
	for (size_t i = 0; i < m->n_parts; i++)
		fprintf(out, "byte s_%s; byte f_%s;\n", m->parts[i].name,
		    m->parts[i].name);
	put_assertions(m, out);
	fputs("active proctype body() {\n\tdo\n", out);
	for (size_t i = 0; i < m->n_parts; i++)
		for (size_t r = 0; r < m->n_rows; r++)
			if (model_row_fits(&m->parts[i], &m->rows[r]) &&
			    model_is_spontaneous(&m->rows[r]))
				put_option(m, i, &m->rows[r], out);
	fputs("\t:: true -> break\n\tod\n}\n", out);
}
