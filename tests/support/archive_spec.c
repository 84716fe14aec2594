/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of tests/fixtures/archives.txt and their stages. */
#include "support/archive_spec_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/fs.h"
#include "nintei/limits.h"

static int
int_option(struct slice words, const char *key, int otherwise)
{
	struct slice word;

	while (spec_word(&words, &word)) {
		struct slice value = word;

		if (is(until(&value, '='), key))
			return (int)number(value);
	}
	return otherwise;
}

static void
make_raw(struct stage *s UNUSED, struct slice words, struct buf *out)
{
	struct slice word, bytes;

	while (spec_word(&words, &word)) {
		bytes = spec_bytes(word);
		buf_put(out, bytes.p, bytes.n);
	}
}

static void
make_file(struct stage *s UNUSED, struct slice words, struct buf *out)
{
	struct err e = ERR_INIT;
	struct slice word;
	char path[512];

	(void)spec_word(&words, &word);
	snprintf(path, sizeof(path), "%s/tests/fixtures/archives/%.*s",
	    TEST_SOURCE_DIR, (int)word.n, (const char *)word.p);
	if (fs_read(-1, path, MIB(8), out, &e) < 0)
		wrong("file", word);
}

static void
do_gzip(struct stage *s, struct slice words UNUSED, struct buf *out)
{
	gzip_put(out, s->from);
}

static void
do_xz(struct stage *s, struct slice words, struct buf *out)
{
	xz_put(out, s->from, int_option(words, "dict", 22),
	    int_option(words, "check", 1));
}

static void
do_zstd(struct stage *s, struct slice words, struct buf *out)
{
	zstd_put(out, s->from, int_option(words, "window", 0x50));
}

static void
do_append(struct stage *s, struct slice words, struct buf *out)
{
	buf_put(out, s->from.p, s->from.n);
	make_raw(s, words, out);
}

static void
do_prepend(struct stage *s, struct slice words, struct buf *out)
{
	make_raw(s, words, out);
	buf_put(out, s->from.p, s->from.n);
}

static void
do_cut(struct stage *s, struct slice words, struct buf *out)
{
	struct slice word;

	(void)spec_word(&words, &word);
	buf_put(out, s->from.p, s->from.n - number(word));
}

static void
do_head(struct stage *s, struct slice words, struct buf *out)
{
	struct slice word;

	(void)spec_word(&words, &word);
	buf_put(out, s->from.p, number(word));
}

static void
do_poke(struct stage *s, struct slice words, struct buf *out)
{
	struct slice word;

	buf_put(out, s->from.p, s->from.n);
	while (spec_word(&words, &word))
		poke(out->p, out->n, word);
}

static void
do_twice(struct stage *s, struct slice words UNUSED, struct buf *out)
{
	buf_put(out, s->from.p, s->from.n);
	buf_put(out, s->from.p, s->from.n);
}

static const struct {
	const char *word;
	void (*make)(struct stage *, struct slice, struct buf *);
} stages[] = {
	{ "zip", make_zip },
	{ "tar", make_tar },
	{ "raw", make_raw },
	{ "file", make_file },
	{ "gzip", do_gzip },
	{ "xz", do_xz },
	{ "zstd", do_zstd },
	{ "append", do_append },
	{ "prepend", do_prepend },
	{ "cut", do_cut },
	{ "head", do_head },
	{ "poke", do_poke },
	{ "twice", do_twice },
};

static void
run_stage(struct slice text, struct slice from, struct buf *out)
{
	struct stage *s = xcalloc(1, sizeof(*s));
	struct slice word;

	s->from = from;
	s->tar.max = ARCHIVE_MAX;
	if (!spec_word(&text, &word))
		wrong("stage", text);
	for (size_t i = 0; i < NELEM(stages); i++)
		if (is(word, stages[i].word)) {
			stages[i].make(s, text, out);
			buf_free(&s->tar);
			free(s);
			return;
		}
	wrong("stage", word);
}

/* The text before a word that is sep alone; all of it without one. */
static struct slice
before_word(struct slice *text, const char *sep)
{
	struct slice head = *text, left = *text, word;

	while (spec_word(&left, &word))
		if (is(word, sep)) {
			head.n = (size_t)(word.p - head.p);
			*text = left;
			return head;
		}
	*text = slice_of(NULL, 0);
	return head;
}

void
spec_build(struct slice build, struct buf *out)
{
	struct slice from = { 0 };

	while (build.n > 0) {
		struct slice stage = before_word(&build, "|");
		struct buf made = BUF_INIT(ARCHIVE_MAX);

		run_stage(stage, from, &made);
		if (made.n == 0)
			buf_puts(&made, "");
		from = keep(&made);
	}
	buf_put(out, from.p, from.n);
}

bool
spec_parse(struct slice line, unsigned number_of_line, struct spec_case *out)
{
	struct slice id, codes;

	spec_line = number_of_line;
	if (line.n == 0 || line.p[0] == '#' || !spec_word(&line, &id))
		return false;
	if (!spec_word(&line, &codes))
		wrong("no codes", id);
	snprintf(
	    out->id, sizeof(out->id), "%.*s", (int)id.n, (const char *)id.p);
	snprintf(out->codes, sizeof(out->codes), "%.*s", (int)codes.n,
	    (const char *)codes.p);
	out->line = number_of_line;
	out->build = before_word(&line, "=>");
	out->members = line;
	return true;
}
