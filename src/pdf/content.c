/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a page shows text, and whether a person sees it there: as much of the
 * operators of ISO 32000-1, 8 and 9 as that takes.  The width of text is not
 * known here, nor what is painted over it later.
 */
#include "pdf_int.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "content_int.h"

const char *
show_kind_name(enum show_kind k)
{
	static const char *const names[SHOW_MAX] = {
		[SHOW_VISIBLE] = "visible",
		[SHOW_INVISIBLE] = "invisible",
		[SHOW_OFF_PAGE] = "off_page",
		[SHOW_TINY] = "tiny",
		[SHOW_WHITE] = "white",
		[SHOW_UNKNOWN] = "unknown",
	};

	return names[k];
}

/* --- text --- */

static void
text_move(struct machine *m, double x, double y)
{
	m->line = matrix_mul(&(struct matrix){ 1, 0, 0, 1, x, y }, &m->line);
	m->text = m->line;
}

static enum show_kind
kind_at(const struct machine *m, const struct matrix *at, double size)
{
	const struct state *s = &m->state[m->depth];
	double scale = sqrt(fabs(at->a * at->d - at->b * at->c)) * size;

	if (s->render == 3 || s->render == 7)
		return SHOW_INVISIBLE;
	if (!(scale >= TINY_POINTS))
		return SHOW_TINY;
	/* A line of text may begin a little outside. */
	if (!(at->e > -scale && at->f > -scale && at->e < m->out->width &&
		at->f < m->out->height + scale))
		return SHOW_OFF_PAGE;
	return SHOW_VISIBLE;
}

static void
show_add(struct machine *m, const struct show *s)
{
	struct content *c = m->out;

	c->by_kind[s->kind]++;
	if (c->n >= SHOWS_MAX)
		return;
	if (c->n == c->cap) {
		c->cap = c->cap == 0 ? 64 : c->cap * 2;
		c->shows = xrealloc(c->shows, c->cap, sizeof(*c->shows));
	}
	c->shows[c->n++] = *s;
}

/* Blank text hides nothing. */
static bool
is_blank_text(struct slice raw, enum lex_kind kind)
{
	for (size_t i = 0; i < raw.n; i++) {
		int c = raw.p[i];

		if (kind == LEX_STRING && c != ' ' && c != 0)
			return false;
		if (kind == LEX_HEX && c != '0' && c != '2' && !lex_is_blank(c))
			return false;
	}
	return true;
}

static void
show_text(struct machine *m)
{
	const struct state *s = &m->state[m->depth];
	struct matrix rise = { 1, 0, 0, 1, 0, s->rise };
	struct matrix at = matrix_mul(&rise, &m->text);
	struct show show;

	if (m->blank)
		return;
	at = matrix_mul(&at, &s->ctm);
	show = (struct show){ at.e, at.f, kind_at(m, &at, fabs(s->size)) };
	show_add(m, &show);
}

/* --- operators --- */

static double
arg(const struct machine *m, size_t from_end)
{
	return from_end >= m->n_args ? 0 : m->args[m->n_args - 1 - from_end];
}

static struct matrix
arg_matrix(const struct machine *m)
{
	return (struct matrix){ arg(m, 5), arg(m, 4), arg(m, 3), arg(m, 2),
		arg(m, 1), arg(m, 0) };
}

static void
op_q(struct machine *m)
{
	if (m->depth + 1 < STATES) {
		m->state[m->depth + 1] = m->state[m->depth];
		m->depth++;
	} else
		m->lost++;
}

static void
op_Q(struct machine *m)
{
	if (m->lost > 0)
		m->lost--;
	else if (m->depth > m->floor)
		m->depth--;
}

static void
op_cm(struct machine *m)
{
	struct state *s = &m->state[m->depth];
	struct matrix by = arg_matrix(m);

	s->ctm = matrix_mul(&by, &s->ctm);
}

static void
op_BT(struct machine *m)
{
	m->line = m->text = (struct matrix){ 1, 0, 0, 1, 0, 0 };
}

static void
op_Tf(struct machine *m)
{
	m->state[m->depth].size = arg(m, 0);
}

static void
op_TL(struct machine *m)
{
	m->state[m->depth].leading = arg(m, 0);
}

static void
op_Tr(struct machine *m)
{
	m->state[m->depth].render = (int)arg(m, 0) & 7;
}

static void
op_Ts(struct machine *m)
{
	m->state[m->depth].rise = arg(m, 0);
}

static void
op_Td(struct machine *m)
{
	text_move(m, arg(m, 1), arg(m, 0));
}

static void
op_TD(struct machine *m)
{
	m->state[m->depth].leading = -arg(m, 0);
	op_Td(m);
}

static void
op_Tm(struct machine *m)
{
	m->line = m->text = arg_matrix(m);
}

static void
op_Tstar(struct machine *m)
{
	text_move(m, 0, -m->state[m->depth].leading);
}

static void
op_quote(struct machine *m)
{
	op_Tstar(m);
	show_text(m);
}

static void
op_g(struct machine *m)
{
	m->state[m->depth].white = arg(m, 0) >= NEARLY_ONE;
}

static void
op_rg(struct machine *m)
{
	m->state[m->depth].white = m->n_args >= 3 && arg(m, 0) >= NEARLY_ONE &&
	    arg(m, 1) >= NEARLY_ONE && arg(m, 2) >= NEARLY_ONE;
}

static void
op_k(struct machine *m)
{
	double sum = arg(m, 0) + arg(m, 1) + arg(m, 2) + arg(m, 3);

	m->state[m->depth].white = m->n_args >= 4 && sum <= 1 - NEARLY_ONE;
}

static void
op_sc(struct machine *m)
{
	if (m->n_args >= 4)
		op_k(m);
	else if (m->n_args == 3)
		op_rg(m);
	else
		m->state[m->depth].white =
		    m->n_args == 1 && arg(m, 0) >= NEARLY_ONE;
}

static void
op_cs(struct machine *m)
{
	m->state[m->depth].white = false;
}

/* --- form objects: pages within pages --- */

static void
op_Do(struct machine *m)
{
	struct slice all = file_get(m->f, m->resources, "XObject");
	struct slice value = dict_get(all, m->name), form;
	const struct object *o = file_object(m->f, value);

	if (o == NULL ||
	    !value_is_name(file_get(m->f, o->value, "Subtype"), "Form"))
		return;
	form = o->value;
	content_form(m, o, form);
}

static const struct {
	const char *word;
	void (*run)(struct machine *);
} operators[] = {
	{ "Tj", show_text },
	{ "TJ", show_text },
	{ "Td", op_Td },
	{ "Tm", op_Tm },
	{ "T*", op_Tstar },
	{ "TD", op_TD },
	{ "Tf", op_Tf },
	{ "'", op_quote },
	{ "\"", op_quote },
	{ "BT", op_BT },
	{ "Tr", op_Tr },
	{ "Ts", op_Ts },
	{ "TL", op_TL },
	{ "q", op_q },
	{ "Q", op_Q },
	{ "cm", op_cm },
	{ "g", op_g },
	{ "rg", op_rg },
	{ "k", op_k },
	{ "sc", op_sc },
	{ "scn", op_sc },
	{ "cs", op_cs },
	{ "Do", op_Do },
	{ "re", ground_re },
	{ "m", ground_point },
	{ "l", ground_point },
	{ "f", ground_fill },
	{ "F", ground_fill },
	{ "f*", ground_fill },
	{ "B", ground_fill },
	{ "B*", ground_fill },
	{ "b", ground_fill },
	{ "b*", ground_fill },
	{ "n", ground_drop },
	{ "S", ground_drop },
	{ "s", ground_drop },
};

static void
operate(struct machine *m, const struct token *t)
{
	for (size_t i = 0; i < NELEM(operators); i++)
		if (slice_eq_str(t->raw, operators[i].word)) {
			operators[i].run(m);
			break;
		}
	m->n_args = 0;
	m->blank = true;
}

/* The data of an inline picture is passed over: up to "EI" between blanks. */
static void
pass_picture(struct slice *s)
{
	for (size_t i = 0; i + 3 < s->n; i++)
		if (lex_is_blank(s->p[i]) && s->p[i + 1] == 'E' &&
		    s->p[i + 2] == 'I' && lex_is_blank(s->p[i + 3])) {
			*s = slice_of(s->p + i + 3, s->n - i - 3);
			return;
		}
	s->n = 0;
}

static void
token_take(struct machine *m, const struct token *t)
{
	switch (t->kind) {
	case LEX_INT:
	case LEX_REAL:
		if (m->n_args == ARGS) {
			memmove(m->args, m->args + 1,
			    (ARGS - 1) * sizeof(m->args[0]));
			m->n_args--;
		}
		m->args[m->n_args++] = t->number;
		break;
	case LEX_NAME:
		memmove(m->name, t->name, sizeof(m->name));
		break;
	case LEX_STRING:
	case LEX_HEX:
		m->blank = m->blank && is_blank_text(t->raw, t->kind);
		break;
	case LEX_WORD:
		operate(m, t);
		break;
	case LEX_OPEN:
	case LEX_CLOSE:
	case LEX_END:
	case LEX_BAD:
		break;
	}
}

void
content_run(struct machine *m, struct slice data)
{
	struct token t;

	do {
		lex_next(&data, &t);
		if (lex_is_word(&t, "ID"))
			pass_picture(&data);
		else
			token_take(m, &t);
	} while (t.kind != LEX_END && t.kind != LEX_BAD);
}
