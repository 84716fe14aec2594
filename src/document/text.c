/* SPDX-License-Identifier: Apache-2.0 */
/* The visible lines of a document, and the facts that they make. */
#include "nintei/document.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/lang.h"
#include "nintei/registry.h"
#include "nintei/text.h"
#include "nintei/wire.h"

struct document_text {
	struct lang_count count;
	struct label_scan *marks;
	struct buf lines; /* of the body, for papers of the register */
	size_t bytes; /* that came in */
	size_t page_lines; /* since the last page began */
	bool has_pages; /* the format has pages of its own */
	bool is_over;
};

struct document_text *
document_text_new(void)
{
	struct document_text *t = xcalloc(1, sizeof(*t));

	t->marks = label_scan_new();
	t->lines.max = PAPER_TEXT_BYTES;
	return t;
}

void
document_text_free(struct document_text *t)
{
	if (t == NULL)
		return;
	label_scan_free(t->marks);
	buf_free(&t->lines);
	free(t);
}

void
document_text_page(struct document_text *t)
{
	t->has_pages = true;
	label_scan_page(t->marks);
}

/* How much more may come in, at the end of a character. */
static struct slice
allow(struct document_text *t, struct slice s)
{
	size_t room = DOCUMENT_TEXT_BYTES - t->bytes;

	if (s.n > room) {
		t->is_over = true;
		s.n = room;
		while (s.n > 0 && (s.p[s.n] & 0xc0) == 0x80)
			s.n--;
	}
	t->bytes += s.n;
	return s;
}

static void
keep_line(struct document_text *t, struct slice line)
{
	if (line.n + 1 > t->lines.max - t->lines.n)
		return; /* a paper of the register is shorter */
	buf_put(&t->lines, line.p, line.n);
	buf_putc(&t->lines, '\n');
}

static void
add_line(struct document_text *t, enum label_where where, struct slice line)
{
	if (!utf8_valid(line))
		return;
	label_scan_line(t->marks, where, line);
	if (where != LABEL_WHERE_BODY)
		return;
	keep_line(t, line);
	if (!t->has_pages && ++t->page_lines % LABEL_PAGE_LINES == 0)
		label_scan_page(t->marks);
}

void
document_text_line(
    struct document_text *t, enum label_where where, struct slice utf8)
{
	struct slice rest = allow(t, utf8);

	lang_add(&t->count, rest);
	while (rest.n > 0) {
		size_t n = 0;

		while (n < rest.n && rest.p[n] != '\n' && rest.p[n] != '\r' &&
		    rest.p[n] != '\f' && rest.p[n] != '\v')
			n++;
		add_line(t, where, slice_of(rest.p, n));
		if (n < rest.n && rest.p[n] == '\f')
			document_text_page(t);
		n += n < rest.n;
		rest.p += n;
		rest.n -= n;
	}
}

void
document_text_hidden(struct document_text *t, struct slice utf8)
{
	lang_add_hidden(&t->count, allow(t, utf8));
}

bool
document_text_is_over(const struct document_text *t)
{
	return t->is_over;
}

void
document_text_facts(const struct document_text *t, struct json *facts)
{
	const struct lang_count *c = &t->count;
	const struct {
		const char *key;
		uint64_t n;
	} counts[] = { { "letters", c->letters }, { "kana", c->kana },
		{ "han", c->han }, { "outside", c->outside },
		{ "forms", c->forms }, { "hidden", c->hidden } };
	struct json *language = jsonx_object();

	for (size_t i = 0; i < NELEM(counts); i++)
		jsonx_set_int(language, counts[i].key, (int64_t)counts[i].n);
	jsonx_set(facts, "language", language);
	jsonx_set(facts, "marks", label_scan_marks(t->marks));
	jsonx_set(facts, "paper", registry_paper_read(buf_slice(&t->lines)));
}
