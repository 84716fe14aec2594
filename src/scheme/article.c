/* SPDX-License-Identifier: Apache-2.0 */
/* Articles, paragraphs and items of a regulation's text, by its numbering. */
#include <stdio.h>
#include <string.h>

#include "scheme_int.h"

#define SUPPLEMENT "附則"

/* What is open while the lines go by; the text from start, end still ahead. */
struct reader {
	const struct slice text;
	struct rule_parts *out;
	int article, branch, paragraph, item; /* 第5条の2: branch 2 */
	size_t open[3]; /* index + 1 of the open part of each level */
	size_t title; /* start + 1 of a title that waits for its article */
};

static bool
starts(struct slice s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && memcmp(s.p, word, n) == 0;
}

static struct slice
skip(struct slice s, size_t n)
{
	return slice_of(s.p + n, s.n - n);
}

static struct slice
skip_blanks(struct slice s)
{
	for (;;) {
		if (starts(s, " ") || starts(s, "\t"))
			s = skip(s, 1);
		else if (starts(s, "\xe3\x80\x80"))
			s = skip(s, 3);
		else
			return s;
	}
}

static struct slice
trim_end(struct slice s)
{
	while (s.n > 0 && strchr(" \t\r\n", s.p[s.n - 1]) != NULL)
		s.n--;
	return s;
}

/* One digit in any of the three ways of writing; bytes of it, 0: none. */
static size_t
digit(struct slice s, int *out)
{
	static const char *const kanji[] = { "〇", "一", "二", "三", "四", "五",
		"六", "七", "八", "九", "十" };

	if (s.n > 0 && s.p[0] >= '0' && s.p[0] <= '9') {
		*out = s.p[0] - '0';
		return 1;
	}
	if (s.n >= 3 && s.p[0] == 0xef && s.p[1] == 0xbc && s.p[2] >= 0x90 &&
	    s.p[2] <= 0x99) {
		*out = s.p[2] - 0x90;
		return 3;
	}
	for (size_t i = 0; i < NELEM(kanji); i++)
		if (starts(s, kanji[i])) {
			*out = (int)i;
			return 3;
		}
	return 0;
}

/* 12, １２ or 十二, at most three digits, blanks around; 0: no number. */
static int
number(struct slice *s)
{
	int value = 0, tens = 0, one, n;
	size_t bytes;

	*s = skip_blanks(*s);
	for (n = 0; n < 3 && (bytes = digit(*s, &one)) > 0; n++) {
		if (one == 10) {
			tens = value == 0 ? 10 : value * 10;
			value = 0;
		} else {
			value = value * 10 + one;
		}
		*s = skip(*s, bytes);
	}
	return value + tens;
}

static bool
take_word(struct slice *s, const char *word)
{
	if (!starts(*s, word))
		return false;
	*s = skip(*s, strlen(word));
	return true;
}

/* A number stands apart from what it numbers. */
static bool
take_gap(struct slice *s)
{
	struct slice after = skip_blanks(*s);
	bool gap = after.n < s->n || after.n == 0;

	*s = after;
	return gap;
}

static void
close_from(struct reader *r, size_t level, const uint8_t *end)
{
	for (; level < NELEM(r->open); level++) {
		struct rule_part *p;

		if (r->open[level] == 0)
			continue;
		p = &r->out->items[r->open[level] - 1];
		p->text =
		    trim_end(slice_of(p->text.p, (size_t)(end - p->text.p)));
		r->open[level] = 0;
	}
}

/* A part that begins at `at`; what is deeper or beside it ends at `line`. */
static struct rule_part *
begin(struct reader *r, size_t level, const uint8_t *line, const uint8_t *at)
{
	struct rule_part *p = &r->out->items[r->out->n];

	close_from(r, level, line);
	if (r->out->n == RULE_PARTS)
		return NULL;
	r->open[level] = ++r->out->n;
	p->level = (int)level;
	p->text = slice_of(at, 0);
	return p;
}

/*
 * "(", 2, ")" after what stands there; 0: no number.  Numbers have at most
 * four digits (number()); a name that would not fit is emptied, for nobody is
 * to find a part by half a name.
 */
static void
name_add(struct rule_part *p, const char *before, int n, const char *after)
{
	size_t used = strlen(p->name), room = sizeof(p->name) - used;
	int len = n > 0
	    ? snprintf(p->name + used, room, "%s%d%s", before, n, after)
	    : snprintf(p->name + used, room, "%s%s", before, after);

	if (len < 0 || (size_t)len >= room)
		p->name[0] = '\0';
}

static void
name_part(const struct reader *r, struct rule_part *p, int depth)
{
	if (p == NULL)
		return;
	p->name[0] = '\0';
	name_add(p, "", r->article, "");
	if (r->branch > 0)
		name_add(p, "-", r->branch, "");
	if (depth > 0)
		name_add(p, "(", r->paragraph, ")");
	if (depth > 1)
		name_add(p, "(", r->item, ")");
}

/* 第12条 or 第5条の2, in order, and a gap: else it is cited in a sentence. */
static bool
article_line(struct reader *r, struct slice line, struct slice rest)
{
	int article, branch = 0;
	const uint8_t *from = line.p;

	if (!take_word(&rest, "第") || (article = number(&rest)) == 0)
		return false;
	rest = skip_blanks(rest);
	if (!take_word(&rest, "条"))
		return false;
	if (take_word(&rest, "の"))
		branch = number(&rest);
	if (!take_gap(&rest) || article < r->article ||
	    (article == r->article && branch <= r->branch))
		return false;
	if (r->title != 0)
		from = r->text.p + r->title - 1;
	r->title = 0;
	r->article = article;
	r->branch = branch;
	r->paragraph = 1;
	r->item = 0;
	name_part(r, begin(r, 0, from, from), 0);
	name_part(r, begin(r, 1, from, rest.p), 1);
	return true;
}

static bool
paragraph_line(struct reader *r, struct slice line, struct slice rest)
{
	int n = number(&rest);

	if (r->open[0] == 0 || n == 0 || n != r->paragraph + 1 ||
	    !take_gap(&rest))
		return false;
	r->paragraph = n;
	r->item = 0;
	name_part(r, begin(r, 1, line.p, rest.p), 1);
	return true;
}

static bool
item_line(struct reader *r, struct slice line, struct slice rest)
{
	int n;

	if (r->open[1] == 0 ||
	    (!take_word(&rest, "(") && !take_word(&rest, "（")))
		return false;
	n = number(&rest);
	if (n != r->item + 1 ||
	    (!take_word(&rest, ")") && !take_word(&rest, "）")))
		return false;
	r->item = n;
	rest = skip_blanks(rest);
	name_part(r, begin(r, 2, line.p, rest.p), 2);
	return true;
}

/* （目的） alone on its line. */
static bool
is_title(struct slice s)
{
	int none;

	s = trim_end(s);
	if (!take_word(&s, "(") && !take_word(&s, "（"))
		return false;
	return digit(s, &none) == 0 && s.n >= 3 &&
	    (s.p[s.n - 1] == ')' || starts(skip(s, s.n - 3), "）"));
}

/* 第3章 */
static bool
is_chapter(struct slice s)
{
	if (!take_word(&s, "第") || number(&s) == 0)
		return false;
	s = skip_blanks(s);
	return take_word(&s, "章");
}

static void
supplement(struct reader *r, struct slice line, struct slice rest)
{
	struct rule_part *p = begin(r, 0, line.p, rest.p);

	r->article = 999; /* no article follows */
	if (p != NULL)
		name_add(p, SUPPLEMENT, 0, "");
}

/* The first reading that fits; a line that none fits goes on with its part. */
static void
part_take(struct reader *r, struct slice line, struct slice rest)
{
	static bool (*const readings[])(struct reader *, struct slice,
	    struct slice) = { article_line, paragraph_line, item_line };

	for (size_t i = 0; i < NELEM(readings); i++)
		if (readings[i](r, line, rest))
			return;
}

static void
line_take(struct reader *r, struct slice line)
{
	struct slice rest = skip_blanks(line);

	while (take_word(&rest, "- ") || take_word(&rest, "#"))
		rest = skip_blanks(rest);
	if (is_title(rest)) {
		close_from(r, 0, line.p);
		r->title = (size_t)(line.p - r->text.p) + 1;
	} else if (is_chapter(rest)) {
		close_from(r, 0, line.p);
		r->title = 0;
	} else if (slice_eq_str(trim_end(rest), SUPPLEMENT)) {
		supplement(r, line, rest);
	} else {
		part_take(r, line, rest);
	}
}

void
rule_parts(struct slice text, struct rule_parts *out)
{
	struct reader r = { .text = text, .out = out };
	size_t at = 0;

	out->n = 0;
	while (at < text.n) {
		const uint8_t *end = memchr(text.p + at, '\n', text.n - at);
		size_t n =
		    end == NULL ? text.n - at : (size_t)(end - text.p) - at;

		line_take(&r, slice_of(text.p + at, n));
		at += n + 1;
	}
	close_from(&r, 0, text.p + text.n);
}

bool
scheme_article(const struct scheme *s, const char *article, struct slice *out)
{
	/* The scheme is the first member of its box. */
	const struct scheme_box *b = (const void *)s;
	CLEANUP(freep) struct rule_parts *parts = xcalloc(1, sizeof(*parts));

	rule_parts(buf_slice(&b->rule), parts);
	for (size_t i = 0; i < parts->n; i++)
		if (strcmp(parts->items[i].name, article) == 0) {
			*out = parts->items[i].text;
			return true;
		}
	return false;
}
