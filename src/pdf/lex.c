/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a PDF: ISO 32000-1, 7.2 and 7.3. */
#include "pdf_int.h"
#include <string.h>
#include "nintei/enc.h"

bool
lex_is_blank(int c)
{
	return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' ||
	    c == ' ';
}

static bool
is_delimiter(int c)
{
	return c == '(' || c == ')' || c == '<' || c == '>' || c == '[' ||
	    c == ']' || c == '{' || c == '}' || c == '/' || c == '%';
}

static bool
is_regular(int c)
{
	return !lex_is_blank(c) && !is_delimiter(c);
}

static void
take(struct slice *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

static void
pass_blanks(struct slice *s)
{
	for (;;) {
		while (s->n > 0 && lex_is_blank(s->p[0]))
			take(s, 1);
		if (s->n == 0 || s->p[0] != '%')
			return;
		while (s->n > 0 && s->p[0] != '\n' && s->p[0] != '\r')
			take(s, 1);
	}
}

/* After the slash. */
static void
lex_name(struct slice *s, struct token *t)
{
	size_t n = 0;

	t->kind = LEX_NAME;
	while (s->n > 0 && is_regular(s->p[0])) {
		int c = s->p[0], step = 1;

		if (c == '#' && s->n >= 3 && hex_value(s->p[1]) >= 0 &&
		    hex_value(s->p[2]) >= 0) {
			c = hex_value(s->p[1]) * 16 + hex_value(s->p[2]);
			step = 3;
		}
		if (n + 1 < sizeof(t->name))
			t->name[n++] = (char)c;
		take(s, (size_t)step);
	}
	t->name[n] = '\0';
}

/* After the parenthesis. */
static void
lex_string(struct slice *s, struct token *t)
{
	const uint8_t *begin = s->p;
	unsigned depth = 1;

	while (s->n > 0) {
		int c = s->p[0];

		if (c == '\\' && s->n > 1) {
			take(s, 2);
			continue;
		}
		if (c == '(')
			depth++;
		if (c == ')' && --depth == 0) {
			t->kind = LEX_STRING;
			t->raw = slice_of(begin, (size_t)(s->p - begin));
			take(s, 1);
			return;
		}
		take(s, 1);
	}
	t->kind = LEX_BAD;
}

/* After the angle. */
static void
lex_hex(struct slice *s, struct token *t)
{
	const uint8_t *end = memchr(s->p, '>', s->n);

	if (end == NULL) {
		t->kind = LEX_BAD;
		s->n = 0;
		return;
	}
	t->kind = LEX_HEX;
	t->raw = slice_of(s->p, (size_t)(end - s->p));
	take(s, t->raw.n + 1);
}

static void
lex_bracket(struct slice *s, struct token *t, int c)
{
	bool twice = s->n > 1 && s->p[1] == c;

	t->kind = c == '[' || c == '<' || c == '{' ? LEX_OPEN : LEX_CLOSE;
	t->is_dict = (c == '<' || c == '>') && twice;
	take(s, t->is_dict ? 2 : 1);
}

/* A plain number: sign, digits, point; everything else is a word. */
static bool
is_number(struct slice w, double *out, bool *out_real)
{
	double v = 0, scale = 1;
	bool negative = false, point = false;
	size_t i = 0, digits = 0;

	if (w.n > 0 && (w.p[0] == '-' || w.p[0] == '+')) {
		negative = w.p[0] == '-';
		i++;
	}
	for (; i < w.n; i++) {
		if (w.p[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (w.p[i] < '0' || w.p[i] > '9' || ++digits > 40)
			return false;
		v = v * 10 + (w.p[i] - '0');
		scale = point ? scale * 10 : scale;
	}
	*out = (negative ? -v : v) / scale;
	*out_real = point;
	return digits > 0;
}

static void
lex_regular(struct slice *s, struct token *t)
{
	const uint8_t *begin = s->p;
	bool is_real = false;

	while (s->n > 0 && is_regular(s->p[0]))
		take(s, 1);
	t->raw = slice_of(begin, (size_t)(s->p - begin));
	if (is_number(t->raw, &t->number, &is_real))
		t->kind = is_real ? LEX_REAL : LEX_INT;
	else
		t->kind = LEX_WORD;
}

void
lex_next(struct slice *s, struct token *t)
{
	int c;

	t->kind = LEX_END;
	t->is_dict = false;
	t->number = 0;
	t->raw = (struct slice){ 0 };
	t->name[0] = '\0';
	pass_blanks(s);
	if (s->n == 0)
		return;
	c = s->p[0];
	if (c == '/') {
		take(s, 1);
		lex_name(s, t);
	} else if (c == '(') {
		take(s, 1);
		lex_string(s, t);
	} else if (c == '<' && !(s->n > 1 && s->p[1] == '<')) {
		take(s, 1);
		lex_hex(s, t);
	} else if (is_delimiter(c))
		lex_bracket(s, t, c);
	else
		lex_regular(s, t);
}

bool
lex_is_word(const struct token *t, const char *word)
{
	return t->kind == LEX_WORD && slice_eq_str(t->raw, word);
}

bool
lex_is_name(const struct token *t, const char *name)
{
	return t->kind == LEX_NAME && strcmp(t->name, name) == 0;
}

/* "5 0 R" counts as one value. */
static void
pass_reference(struct slice *s)
{
	struct slice at = *s;
	struct token t;

	lex_next(&at, &t);
	if (t.kind != LEX_INT)
		return;
	lex_next(&at, &t);
	if (lex_is_word(&t, "R"))
		*s = at;
}

bool
lex_skip(struct slice *s)
{
	unsigned depth = 0;
	struct token t;

	do {
		lex_next(s, &t);
		if (t.kind == LEX_END || t.kind == LEX_BAD)
			return false;
		if (t.kind == LEX_OPEN && ++depth > PDF_DEPTH_MAX)
			return false;
		if (t.kind == LEX_CLOSE && depth-- == 0)
			return false;
		if (t.kind == LEX_INT && depth == 0)
			pass_reference(s);
	} while (depth > 0);
	return true;
}
