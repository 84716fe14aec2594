/* SPDX-License-Identifier: Apache-2.0 */
/* Candidates for marks: short whole lines, fields and bracketed ends. */
#include "label_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/text.h"

#define MARK_CHARS 40 /* longer lines are sentences */
#define EDGE_LINES 5 /* head and foot of a page */
#define LINE_BYTES 1024 /* longer lines have no fields */
#define HEAD_MAX 120 /* of one page, then the newest TAIL_MAX */
#define TAIL_MAX 40
#define RUNNING_MAX 128 /* headers, footers, stamps: once each */

struct candidate {
	uint8_t where; /* enum label_where */
	bool bracket; /* out of a longer line */
	uint8_t n;
	uint64_t line; /* of the page, from 0 */
	char text[LABEL_MARK_BYTES];
};

struct page {
	uint64_t lines;
	size_t n_head, n_tail; /* n_tail: all that came, the ring's count */
	struct candidate head[HEAD_MAX], tail[TAIL_MAX];
};

struct label_scan {
	struct page first, last;
	bool has_last; /* a second page has lines */
	bool is_new; /* a page began: its first line empties last */
	struct candidate running[RUNNING_MAX];
	size_t n_running;
};

_Static_assert(2 * (HEAD_MAX + TAIL_MAX) + RUNNING_MAX <= LABEL_MARKS,
    "all candidates fit");

struct label_scan *
label_scan_new(void)
{
	return xcalloc(1, sizeof(struct label_scan));
}

void
label_scan_free(struct label_scan *s)
{
	free(s);
}

void
label_scan_page(struct label_scan *s)
{
	s->is_new = true;
}

static bool
is_blank(uint32_t cp)
{
	return text_is_space(cp) || text_is_control(cp);
}

static bool
is_short(struct slice s)
{
	return s.n > 0 && s.n <= LABEL_MARK_BYTES &&
	    text_length(s) <= MARK_CHARS;
}

static struct candidate *
page_slot(struct page *p)
{
	if (p->n_head < HEAD_MAX)
		return &p->head[p->n_head++];
	return &p->tail[p->n_tail++ % TAIL_MAX];
}

static bool
runs_already(const struct label_scan *s, enum label_where where, struct slice t)
{
	for (size_t i = 0; i < s->n_running; i++) {
		const struct candidate *c = &s->running[i];

		if (c->where == where && c->n == t.n &&
		    memcmp(c->text, t.p, t.n) == 0)
			return true;
	}
	return false;
}

static void
push(struct label_scan *s, enum label_where where, bool bracket, struct slice t)
{
	struct page *p = s->has_last ? &s->last : &s->first;
	struct candidate *c;

	if (!is_short(t))
		return;
	if (where == LABEL_WHERE_BODY)
		c = page_slot(p);
	else if (s->n_running < RUNNING_MAX && !runs_already(s, where, t))
		c = &s->running[s->n_running++];
	else
		return;
	c->where = (uint8_t)where;
	c->bracket = bracket;
	c->n = (uint8_t)t.n;
	c->line = p->lines;
	for (size_t i = 0; i < t.n; i++)
		c->text[i] = (char)t.p[i];
}

/* A gap between the fields of a line: tab, bar, two blanks or more. */
static size_t
gap_at(struct slice s)
{
	size_t n = 0;

	if (s.p[0] == '\t' || s.p[0] == '|')
		return 1;
	if (s.n >= 3 && memcmp(s.p, "\xef\xbd\x9c", 3) == 0)
		return 3; /* full-width bar */
	for (struct slice rest = s; rest.n > 0;) {
		uint32_t cp;

		if (!text_next(&rest, &cp) || !text_is_space(cp))
			break;
		n = (size_t)(rest.p - s.p);
	}
	return text_length(slice_of(s.p, n)) >= 2 ? n : 0;
}

static void
push_fields(struct label_scan *s, enum label_where where, struct slice line)
{
	size_t from = 0, at = 0, gap;

	while (at < line.n) {
		gap = gap_at(slice_of(line.p + at, line.n - at));
		if (gap == 0) {
			at++;
			continue;
		}
		push(s, where, false,
		    text_trim(slice_of(line.p + from, at - from), is_blank));
		at += gap;
		from = at;
	}
	if (from > 0)
		push(s, where, false,
		    text_trim(
			slice_of(line.p + from, line.n - from), is_blank));
}

static const struct {
	const char *open, *close;
} pairs[] = {
	{ "\xe3\x80\x90", "\xe3\x80\x91" }, /* black lenticular */
	{ "\xef\xbc\x88", "\xef\xbc\x89" }, /* full-width round */
	{ "\xef\xbc\xbb", "\xef\xbc\xbd" }, /* full-width square */
	{ "\xe3\x80\x94", "\xe3\x80\x95" }, /* tortoise shell */
	{ "(", ")" },
	{ "[", "]" },
};

static bool
starts(struct slice s, const char *word)
{
	struct slice w = slice_str(word);

	return s.n >= w.n && memcmp(s.p, w.p, w.n) == 0;
}

static bool
ends(struct slice s, const char *word)
{
	struct slice w = slice_str(word);

	return s.n >= w.n && memcmp(s.p + s.n - w.n, w.p, w.n) == 0;
}

/* What stands in brackets at the beginning of a line, and at its end. */
static void
push_brackets(struct label_scan *s, enum label_where where, struct slice line)
{
	for (size_t i = 0; i < NELEM(pairs); i++) {
		size_t open = slice_str(pairs[i].open).n;
		size_t close = slice_str(pairs[i].close).n;
		size_t k;

		for (k = open; starts(line, pairs[i].open) && k < line.n &&
		     k <= LABEL_MARK_BYTES;
		     k++)
			if (starts(slice_of(line.p + k, line.n - k),
				pairs[i].close))
				break;
		if (starts(line, pairs[i].open) && k + close < line.n)
			push(s, where, true,
			    text_trim(
				slice_of(line.p + open, k - open), is_blank));
		if (!ends(line, pairs[i].close))
			continue;
		for (k = line.n - close;
		     k > 0 && line.n - k <= LABEL_MARK_BYTES; k--)
			if (ends(slice_of(line.p, k), pairs[i].open))
				break;
		if (k > open && ends(slice_of(line.p, k), pairs[i].open))
			push(s, where, true,
			    text_trim(slice_of(line.p + k, line.n - close - k),
				is_blank));
	}
}

/* A page counts from its first line on: blank ones are none. */
static void
turn_page(struct label_scan *s)
{
	if (!s->is_new)
		return;
	s->is_new = false;
	if (s->first.lines == 0)
		return;
	s->has_last = true;
	s->last.lines = s->last.n_head = s->last.n_tail = 0;
}

void
label_scan_line(struct label_scan *s, enum label_where where, struct slice utf8)
{
	struct slice line = text_trim(utf8, is_blank);

	if (line.n == 0)
		return;
	if (where == LABEL_WHERE_BODY)
		turn_page(s);
	push(s, where, false, line);
	if (line.n <= LINE_BYTES)
		push_fields(s, where, line);
	push_brackets(s, where, line);
	if (where == LABEL_WHERE_BODY)
		(s->has_last ? &s->last : &s->first)->lines++;
}

static const char *
place_of(const struct candidate *c, const struct page *p, const char *edge)
{
	if (!c->bracket &&
	    (c->line < EDGE_LINES || c->line + EDGE_LINES >= p->lines))
		return edge;
	return "page";
}

static void
add(struct json *marks, const char *where, const struct candidate *c)
{
	struct json *one = jsonx_object();

	jsonx_set_str(one, "where", where);
	jsonx_set(one, "text", jsonx_string_n(slice_of(c->text, c->n)));
	jsonx_add(marks, one);
}

static void
add_page(struct json *marks, const struct page *p, const char *edge)
{
	size_t from = p->n_tail > TAIL_MAX ? p->n_tail - TAIL_MAX : 0;

	for (size_t i = 0; i < p->n_head; i++)
		add(marks, place_of(&p->head[i], p, edge), &p->head[i]);
	for (size_t i = from; i < p->n_tail; i++) {
		const struct candidate *c = &p->tail[i % TAIL_MAX];

		add(marks, place_of(c, p, edge), c);
	}
}

struct json *
label_scan_marks(const struct label_scan *s)
{
	static const char *const running[LABEL_WHERE_MAX] = {
		[LABEL_WHERE_NONE] = "stamp",
		[LABEL_WHERE_BODY] = "page",
		[LABEL_WHERE_HEADER] = "header",
		[LABEL_WHERE_FOOTER] = "footer",
		[LABEL_WHERE_STAMP] = "stamp",
	};
	struct json *marks = jsonx_array();

	for (size_t i = 0; i < s->n_running; i++)
		add(marks, running[s->running[i].where], &s->running[i]);
	add_page(marks, &s->first, "first");
	if (s->has_last)
		add_page(marks, &s->last, "last");
	return marks;
}
