/* SPDX-License-Identifier: Apache-2.0 */
/* The policy's marks and labels, and one mark or label against them. */
#include "label_int.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nintei/text.h"

/* Stand between two marks of one line; after NFKC. */
static const char *const separators[] = { "\xe3\x83\xbb", "/", "|", ",",
	"\xe3\x80\x81", ";", "-", "\xe2\x80\x93", "\xe2\x80\x94", "*",
	"\xe2\x80\xbb", "\xe2\x96\xa0", "\xe2\x97\x86", "\xe2\x97\x8f",
	"\xe2\x98\x85", "\xe2\x98\x86", "\xe2\x97\x8e", "\xe3\x80\x82", "!" };

/* Announce a class: what follows is one, even where nobody knows it. */
static const char *const announcers[] = { "取扱区分:", "機密区分:", "秘密区分:",
	"文書区分:", "情報区分:", "機密性区分:", "CLASSIFICATION:",
	"SENSITIVITY:", "機密レベル:" };

/* Brackets round a mark or inside it, after NFKC. */
static const uint32_t brackets[] = { '(', ')', '[', ']', '{', '}', '<', '>',
	0x3008, 0x3009, 0x300a, 0x300b, 0x300c, 0x300d, 0x300e, 0x300f, 0x3010,
	0x3011, 0x3014, 0x3015, 0x3016, 0x3017, 0x2329, 0x232a, '"', '\'',
	0x2018, 0x2019, 0x201c, 0x201d, 0x226a, 0x226b };

struct row {
	char *folded;
	size_t n;
	const struct scheme_mark *mark;
};

struct label_table {
	const struct scheme *scheme; /* borrowed */
	struct row *rows; /* the longest first */
	size_t n;
};

static const char *const level_names[LABEL_LEVEL_MAX] = {
	[LABEL_NONE] = "none",
	[LABEL_PUBLIC] = "public",
	[LABEL_CONFIDENTIAL] = "confidential",
	[LABEL_SECRET] = "secret",
	[LABEL_TOP_SECRET] = "top_secret",
	[LABEL_ASK] = "ask",
};

const char *
label_level_name(enum label_level l)
{
	return l < LABEL_LEVEL_MAX ? level_names[l] : level_names[LABEL_ASK];
}

enum label_level
label_level_parse(const char *name)
{
	enum label_level l;

	for (l = LABEL_NONE; name != NULL && l < LABEL_LEVEL_MAX; l++)
		if (strcmp(level_names[l], name) == 0)
			return l;
	return LABEL_LEVEL_MAX;
}

enum tag
label_level_tag(enum label_level l)
{
	if (l == LABEL_NONE)
		return TAG_NONE;
	return l == LABEL_PUBLIC ? TAG_PUBLIC : TAG_SECRET;
}

static bool
is_bracket(uint32_t cp)
{
	for (size_t i = 0; i < NELEM(brackets); i++)
		if (brackets[i] == cp)
			return true;
	return false;
}

/* Sits on another character: a ring, a line, the choice of a glyph. */
static bool
is_on_another(uint32_t cp)
{
	return (cp >= 0x0300 && cp <= 0x036f) ||
	    (cp >= 0x20d0 && cp <= 0x20ff) || (cp >= 0xfe00 && cp <= 0xfe0f) ||
	    (cp >= 0xe0100 && cp <= 0xe01ef);
}

/* Old and new shape of one character that marks are written with. */
static uint32_t
plain_of(uint32_t cp)
{
	if (cp >= 'a' && cp <= 'z')
		return cp - 'a' + 'A';
	return cp == 0x7955 ? 0x79d8 : cp; /* 祕, 秘 */
}

bool
label_fold(struct slice text, struct buf *out)
{
	CLEANUP(buf_free) struct buf nfkc = BUF_INIT(FOLDED_BYTES);
	struct err e = ERR_INIT;
	struct slice rest;
	uint32_t cp;

	if (text_nfkc(text, &nfkc, &e) < 0)
		return false;
	rest = buf_slice(&nfkc);
	while (text_next(&rest, &cp))
		if (!is_bracket(cp) && !text_is_space(cp) &&
		    !text_is_control(cp) && !text_is_bidi(cp) &&
		    !is_on_another(cp))
			text_put(out, plain_of(cp));
	return buf_ok(out);
}

static int
longer_first(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return strcmp(x->folded, y->folded);
}

struct label_table *
label_table_new(const struct scheme *s)
{
	struct label_table *t = xcalloc(1, sizeof(*t));

	t->scheme = s;
	t->rows = xcalloc(s->n_marks + 1, sizeof(*t->rows));
	for (size_t i = 0; i < s->n_marks; i++) {
		CLEANUP(buf_free) struct buf b = BUF_INIT(FOLDED_BYTES);

		if (!label_fold(slice_str(s->marks[i].text), &b) || b.n == 0)
			continue; /* nothing but brackets: no mark */
		t->rows[t->n].mark = &s->marks[i];
		t->rows[t->n].folded = xstrdup(buf_str(&b));
		t->rows[t->n++].n = b.n;
	}
	qsort(t->rows, t->n, sizeof(*t->rows), longer_first);
	return t;
}

void
label_table_free(struct label_table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->rows[i].folded);
	free(t->rows);
	free(t);
}

/* Is the word among the words of a list with commas? */
static bool
is_among(const char *list, const char *word, size_t n)
{
	while (*list != '\0') {
		size_t k = strcspn(list, ",");

		if (k == n && memcmp(list, word, n) == 0)
			return true;
		list += k + (list[k] == ',');
	}
	return false;
}

bool
label_has_handling(const struct label *l, const char *word)
{
	return is_among(l->handling, word, slice_str(word).n);
}

/* All words of both lists, once each, as they came. */
static void
join_handling(char *into, const char *words)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LABEL_HANDLING_BYTES - 1);

	buf_puts(&b, into);
	while (*words != '\0') {
		size_t n = strcspn(words, ",");

		if (n > 0 && b.n + 1 + n < LABEL_HANDLING_BYTES - 1 &&
		    !is_among(into, words, n) &&
		    !is_among(buf_str(&b), words, n)) {
			if (b.n > 0)
				buf_putc(&b, ',');
			buf_put(&b, words, n);
		}
		words += n + (words[n] == ',');
	}
	for (size_t i = 0; i <= b.n && b.n > 0; i++)
		into[i] = buf_str(&b)[i];
}

void
label_join(struct label *into, const struct label *other)
{
	if (other->level > into->level)
		into->level = other->level;
	join_handling(into->handling, other->handling);
}

/* The longest mark that the text begins with. */
static const struct row *
row_at(const struct label_table *t, struct slice text)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->rows[i].n <= text.n &&
		    memcmp(t->rows[i].folded, text.p, t->rows[i].n) == 0)
			return &t->rows[i];
	return NULL;
}

static bool
skip_one(struct slice *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct slice w = slice_str(words[i]);

		if (text->n < w.n || memcmp(text->p, w.p, w.n) != 0)
			continue;
		text->p += w.n;
		text->n -= w.n;
		return true;
	}
	return false;
}

/* The whole text is marks, with separators before and between them. */
static bool
cover(const struct label_table *t, struct slice text, struct label_match *out)
{
	while (text.n > 0) {
		const struct row *r = row_at(t, text);
		struct label one = { 0 };

		if (r == NULL) {
			if (!skip_one(&text, separators, NELEM(separators)))
				return false;
			continue;
		}
		if (out->n_words == MATCH_WORDS)
			return false;
		one.level = label_level_parse(r->mark->level);
		join_handling(one.handling, r->mark->handling);
		label_join(&out->label, &one);
		out->words[out->n_words++] = r->mark->text;
		text.p += r->n;
		text.n -= r->n;
	}
	return out->n_words > 0;
}

bool
label_match_folded(
    const struct label_table *t, struct slice text, struct label_match *out)
{
	struct label_match whole = { 0 }, rest = { 0 };

	if (text.n > 0 && cover(t, text, &whole)) {
		*out = whole;
		return true;
	}
	if (text.n > 0 && !skip_one(&text, announcers, NELEM(announcers)))
		return false;
	if (text.n == 0 || !cover(t, text, &rest))
		rest = (struct label_match){ .label = { .level = LABEL_ASK } };
	*out = rest;
	return true;
}

bool
label_match(
    const struct label_table *t, struct slice mark, struct label_match *out)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(FOLDED_BYTES);

	return label_fold(mark, &b) &&
	    label_match_folded(t, buf_slice(&b), out);
}

bool
label_is_head(const struct label_table *t, struct slice text)
{
	for (size_t i = 0; i < t->n; i++)
		if (text.n > 0 && t->rows[i].n > text.n &&
		    strchr(t->rows[i].mark->text, '\n') != NULL &&
		    memcmp(t->rows[i].folded, text.p, text.n) == 0)
			return true;
	return false;
}

bool
label_of_mark(const struct label_table *t, struct slice mark, struct label *out)
{
	struct label_match m;

	if (!label_match(t, mark, &m))
		return false;
	*out = m.label;
	return true;
}

/* "{AB..}" and "ab.." are one id. */
static bool
is_same_id(const char *a, const char *b)
{
	size_t n;

	a += *a == '{';
	b += *b == '{';
	n = strcspn(a, "}");
	return n > 0 && n == strcspn(b, "}") && strncasecmp(a, b, n) == 0;
}

bool
label_of_id(const struct label_table *t, const char *id, const char *name,
    struct label *out)
{
	const struct scheme *s = t->scheme;
	struct label l = { .level = LABEL_SECRET }, named;

	for (size_t i = 0; id != NULL && i < s->n_labels; i++)
		if (is_same_id(s->labels[i].guid, id)) {
			*out = (struct label){ .level = label_level_parse(
						   s->labels[i].level) };
			return false;
		}
	if (name != NULL && *name != '\0' &&
	    label_of_mark(t, slice_str(name), &named))
		label_join(&l, &named);
	*out = l;
	return true;
}
