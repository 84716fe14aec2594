/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that the facts of a document say about its confidentiality. */
#include "label_int.h"

#include <string.h>

#define SOURCES 64 /* of one document */

/* Fixed words of facts: anything else comes from no reader of ours. */
static const char *const places[] = { "first", "last", "page", "header",
	"footer", "stamp" };
static const char *const metadata[] = { "msip", "labelinfo", "xmp", "rights",
	"keywords" };

static const char *
known(const char *word, const char *const *list, size_t n)
{
	for (size_t i = 0; word != NULL && i < n; i++)
		if (strcmp(word, list[i]) == 0)
			return list[i];
	return NULL;
}

/* What one place of a document said. */
struct said {
	const char *source, *where; /* fixed words */
	const struct label_match *match; /* NULL: a label by its id */
	const struct label *label;
	bool unknown;
};

static struct json *
source_json(const struct said *s)
{
	CLEANUP(buf_free) struct buf words = BUF_INIT(1024);
	struct json *j = jsonx_object();

	jsonx_set_str(j, "source", s->source);
	if (s->where != NULL)
		jsonx_set_str(j, "where", s->where);
	for (size_t i = 0; s->match != NULL && i < s->match->n_words; i++) {
		buf_puts(&words, i > 0 ? " " : "");
		buf_puts(&words, s->match->words[i]);
	}
	if (words.n > 0 && buf_ok(&words))
		jsonx_set_str(j, "mark", buf_str(&words));
	jsonx_set_str(j, "level", label_level_name(s->label->level));
	if (s->label->handling[0] != '\0')
		jsonx_set_str(j, "handling", s->label->handling);
	if (s->unknown)
		jsonx_set_bool(j, "unknown", true);
	return j;
}

static bool
has_json(const struct json *array, const struct json *one)
{
	for (size_t i = 0; i < jsonx_len(array); i++)
		if (jsonx_equal(jsonx_at(array, i), one))
			return true;
	return false;
}

static void
take(struct label_finding *f, const struct said *s)
{
	CLEANUP(jsonx_freep) struct json *j = source_json(s);
	enum tag t = label_level_tag(s->label->level);

	label_join(&f->label, s->label);
	f->has_unknown |= s->unknown;
	f->has_ask |= s->label->level == LABEL_ASK;
	f->has_stop |= label_has_handling(s->label, "stop");
	if (t != TAG_NONE)
		f->tag = f->tag == TAG_NONE ? t : tag_join(f->tag, t);
	if (label_has_handling(s->label, "personal"))
		f->tag = TAG_PERSONAL;
	if (jsonx_len(f->sources) < SOURCES && !has_json(f->sources, j))
		jsonx_add(f->sources, TAKE(j));
}

/*
 * In the middle of a page "personal information" is the head of a column or
 * of a paragraph more often than a mark: such words count at the edges only,
 * and what must not be taken in is there a question to a person.
 */
static bool
is_weak(struct label_match *m, const char *where)
{
	if (strcmp(where, "page") != 0)
		return false;
	if (label_has_handling(&m->label, "stop")) {
		m->label = (struct label){ .level = LABEL_ASK };
		return false;
	}
	return label_has_handling(&m->label, "personal");
}

static void
take_match(struct label_finding *f, const char *source, const char *where,
    struct label_match *m)
{
	struct said s = { source, where, m, &m->label, false };

	if (m->label.level != LABEL_NONE &&
	    (where == NULL || !is_weak(m, where)))
		take(f, &s);
}

/* A mark may stand on two lines. */
static bool
take_pair(struct label_finding *f, const struct label_table *t,
    const char *where, const char *first, const struct json *next)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(2 * LABEL_MARK_BYTES + 2);
	struct label_match m;
	const char *below = jsonx_get_str(next, "text");
	const char *there = jsonx_get_str(next, "where");

	if (below == NULL || there == NULL || strcmp(where, there) != 0)
		return false;
	buf_puts(&b, first);
	buf_putc(&b, '\n');
	buf_puts(&b, below);
	if (!buf_ok(&b) || !label_match(t, buf_slice(&b), &m) || m.n_words != 1)
		return false;
	take_match(f, "mark", where, &m);
	return true;
}

/* true: the next line belonged to it. */
static bool
take_line(struct label_finding *f, const struct label_table *t,
    const char *where, const char *text, const struct json *next)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(FOLDED_BYTES);
	struct label_match m;

	if (!label_fold(slice_str(text), &b) || b.n == 0)
		return false;
	if (label_is_head(t, buf_slice(&b)) &&
	    take_pair(f, t, where, text, next))
		return true;
	if (label_match_folded(t, buf_slice(&b), &m))
		take_match(f, "mark", where, &m);
	return false;
}

static void
read_marks(struct label_finding *f, const struct label_table *t,
    const struct json *marks)
{
	for (size_t i = 0; i < jsonx_len(marks) && i < LABEL_MARKS; i++) {
		const struct json *one = jsonx_at(marks, i);
		const char *text = jsonx_get_str(one, "text");
		const char *where =
		    known(jsonx_get_str(one, "where"), places, NELEM(places));

		if (text == NULL || where == NULL)
			continue;
		if (take_line(f, t, where, text, jsonx_at(marks, i + 1)))
			i++;
	}
}

static void
take_id(struct label_finding *f, const struct label_table *t,
    const char *source, const struct json *one)
{
	struct label l;
	bool unknown = label_of_id(
	    t, jsonx_get_str(one, "id"), jsonx_get_str(one, "name"), &l);
	struct said s = { source, NULL, NULL, &l, unknown };

	take(f, &s);
}

/* Keywords and statements of rights: a mark among other words. */
static void
take_words(struct label_finding *f, const struct label_table *t,
    const char *source, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, ",;\r\n");
		CLEANUP(buf_free) struct buf b = BUF_INIT(FOLDED_BYTES);
		struct label_match m;

		if (label_fold(slice_of(text, n), &b) && b.n > 0 &&
		    label_match_folded(t, buf_slice(&b), &m))
			take_match(f, source, NULL, &m);
		text += n + (text[n] != '\0');
	}
}

static bool
has_source(const struct json *labels, const char *source)
{
	for (size_t i = 0; i < jsonx_len(labels); i++) {
		const char *s = jsonx_get_str(jsonx_at(labels, i), "source");

		if (s != NULL && strcmp(s, source) == 0)
			return true;
	}
	return false;
}

/* LabelInfo.xml stands in the place of the older properties. */
static void
read_labels(struct label_finding *f, const struct label_table *t,
    const struct json *labels)
{
	bool newer = has_source(labels, "labelinfo");

	for (size_t i = 0; i < jsonx_len(labels) && i < LABEL_MARKS; i++) {
		const struct json *one = jsonx_at(labels, i);
		const char *id = jsonx_get_str(one, "id");
		const char *name = jsonx_get_str(one, "name");
		const char *source = known(
		    jsonx_get_str(one, "source"), metadata, NELEM(metadata));

		if (source == NULL || !jsonx_get_bool(one, "enabled", true) ||
		    (newer && strcmp(source, "msip") == 0))
			continue;
		if (id != NULL || strcmp(source, "msip") == 0 ||
		    strcmp(source, "labelinfo") == 0)
			take_id(f, t, source, one);
		else if (name != NULL)
			take_words(f, t, source, name);
	}
}

void
label_read(const struct label_table *t, const struct json *facts,
    struct label_finding *out)
{
	*out = (struct label_finding){ .sources = jsonx_array() };
	read_labels(out, t, jsonx_get(facts, "labels"));
	read_marks(out, t, jsonx_get(facts, "marks"));
}

void
label_finding_done(struct label_finding *f)
{
	jsonx_free(f->sources);
	*f = (struct label_finding){ 0 };
}
