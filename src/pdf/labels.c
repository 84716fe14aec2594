/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Labels of confidentiality in a PDF's metadata: MIP in XMP and in the
 * document's information, STANAG 4774, rights and keywords.
 */
#include "pdf_int.h"
#include <stdlib.h>
#include <string.h>
#include "nintei/enc.h"
#include "nintei/text.h"
#include "nintei/wire.h"
#include "nintei/xmlx.h"

#define LABELS_MAX 64
#define VALUE_BYTES ((size_t)256)
#define XMP_BYTES ((size_t)4 << 20)
#define GUID_BYTES 36

static const char msip[] = "MSIP_Label_";

/* What is gathered, and where in the XML the reader is. */
struct gather {
	struct json *labels;
	struct buf text; /* of the element that is open */
	unsigned inside; /* depth of the rights or keywords that are open */
	const char *source; /* of those */
};

static void
label_add(struct gather *g, const char *source, const char *id,
    const char *name, bool enabled)
{
	struct json *o;

	if (jsonx_len(g->labels) >= LABELS_MAX)
		return;
	o = jsonx_object();
	jsonx_set_str(o, "source", source);
	if (id != NULL)
		jsonx_set_str(o, "id", id);
	if (name != NULL)
		jsonx_set_str(o, "name", name);
	jsonx_set_bool(o, "enabled", enabled);
	jsonx_add(g->labels, o);
}

static bool
is_id(const char *s)
{
	return strspn(s, "0123456789abcdefABCDEF-") >= GUID_BYTES;
}

/* "MSIP_Label_<id>_Enabled" = "true" is a label; the rest describes it. */
static void
property(struct gather *g, const char *key, const char *value)
{
	CLEANUP(freep) char *id = NULL;
	size_t n = strlen(msip);

	if (strncmp(key, msip, n) != 0 || !is_id(key + n) ||
	    strcmp(key + n + GUID_BYTES, "_Enabled") != 0)
		return;
	id = xstrndup(key + n, GUID_BYTES);
	label_add(g, "msip", id, NULL,
	    strcasecmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

/* Keywords are a list: each word of it is looked at by itself. */
static void
words(struct gather *g, const char *source, struct slice s)
{
	CLEANUP(buf_free) struct buf word = BUF_INIT(VALUE_BYTES);
	uint32_t cp;

	while (text_next(&s, &cp)) {
		if (cp == ',' || cp == ';' || cp == 0x3001 || cp == 0xff0c ||
		    cp == '\n') {
			if (word.n > 0 && buf_ok(&word))
				label_add(
				    g, source, NULL, buf_str(&word), true);
			buf_free(&word);
			word = (struct buf)BUF_INIT(VALUE_BYTES);
		} else if (word.n > 0 || !text_is_space(cp))
			text_put(&word, cp);
	}
	if (word.n > 0 && buf_ok(&word))
		label_add(g, source, NULL, buf_str(&word), true);
}

static const struct {
	const char *ns, *local, *source;
} elements[] = {
	{ "http://purl.org/dc/elements/1.1/", "rights", "rights" },
	{ "http://purl.org/dc/elements/1.1/", "subject", "keywords" },
	{ "http://ns.adobe.com/pdf/1.3/", "Keywords", "keywords" },
	{ "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0",
	    "Classification", "xmp" },
};

static void
attributes(struct gather *g, const struct xmlx_element *el)
{
	const char *local, *value;
	struct slice ns;

	for (size_t i = 0; xmlx_attr_at(el, i, &ns, &local, &value); i++) {
		property(g, local, value);
		for (size_t k = 0; k < NELEM(elements); k++)
			if (slice_eq_str(ns, elements[k].ns) &&
			    strcmp(local, elements[k].local) == 0)
				words(g, elements[k].source, slice_str(value));
	}
}

static bool
on_start(void *arg, const struct xmlx_element *el)
{
	struct gather *g = arg;

	buf_reset(&g->text);
	attributes(g, el);
	for (size_t k = 0; g->inside == 0 && k < NELEM(elements); k++)
		if (xmlx_is(el, elements[k].ns, elements[k].local)) {
			g->inside = el->depth;
			g->source = elements[k].source;
		}
	return true;
}

static bool
on_text(void *arg, struct slice utf8)
{
	struct gather *g = arg;

	buf_put(&g->text, utf8.p, utf8.n);
	return true;
}

static bool
on_end(void *arg, const struct xmlx_element *el)
{
	struct gather *g = arg;

	if (buf_ok(&g->text) && g->text.n > 0) {
		property(g, el->local, buf_str(&g->text));
		if (g->inside != 0)
			words(g, g->source, buf_slice(&g->text));
	}
	buf_free(&g->text);
	g->text = (struct buf)BUF_INIT(VALUE_BYTES * 8);
	if (el->depth == g->inside)
		g->inside = 0;
	return true;
}

static void
xmp_read(struct gather *g, struct slice xmp)
{
	static const struct xmlx_handlers handlers = { on_start, on_end,
		on_text };

	if (xmp.n > XMP_BYTES)
		return;
	g->inside = 0;
	/* Padding after the packet is allowed; what was read until a fault
	 * counts. */
	(void)xmlx_read(xmp, &handlers, g);
}

/* UTF-16 with its mark, UTF-8 with its mark, else one byte a character. */
static void
text_decode(struct slice raw, struct buf *out)
{
	if (raw.n >= 3 && memcmp(raw.p, "\xef\xbb\xbf", 3) == 0) {
		if (utf8_valid(slice_of(raw.p + 3, raw.n - 3)))
			buf_put(out, raw.p + 3, raw.n - 3);
	} else if (raw.n >= 2 && raw.p[0] == 0xfe && raw.p[1] == 0xff) {
		for (size_t i = 2; i + 1 < raw.n; i += 2) {
			uint32_t cp = (uint32_t)raw.p[i] << 8 | raw.p[i + 1];

			if (cp != 0 && (cp < 0xd800 || cp > 0xdfff))
				text_put(out, cp);
		}
	} else
		for (size_t i = 0; i < raw.n; i++)
			if (raw.p[i] != 0)
				text_put(out, raw.p[i]);
}

/* What a literal string says: escapes of ISO 32000-1, 7.3.4.2. */
static void
unescape(struct slice raw, struct buf *out)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";

	for (size_t i = 0; i < raw.n; i++) {
		int c = raw.p[i], v = 0;
		const char *at;

		if (c != '\\' || i + 1 == raw.n) {
			buf_putc(out, c);
			continue;
		}
		c = raw.p[++i];
		if (c >= '0' && c <= '7') {
			for (int k = 0; k < 3 && i < raw.n && raw.p[i] >= '0' &&
			     raw.p[i] <= '7';
			     k++)
				v = v * 8 + (raw.p[i++] - '0');
			i--;
			buf_putc(out, v & 0xff);
		} else if (c != '\n' && c != '\r') {
			at = c == 0 ? NULL : strchr(from, c);
			buf_putc(out, at == NULL ? c : to[at - from]);
		}
	}
}

static void
unhex(struct slice raw, struct buf *out)
{
	int high = -1;

	for (size_t i = 0; i < raw.n; i++) {
		int v = hex_value(raw.p[i]);

		if (v < 0)
			continue;
		if (high >= 0)
			buf_putc(out, high * 16 + v);
		high = high >= 0 ? -1 : v;
	}
}

static bool
value_text(struct slice value, struct buf *out)
{
	CLEANUP(buf_free) struct buf raw = BUF_INIT(VALUE_BYTES * 8);
	struct token t;

	lex_next(&value, &t);
	if (t.kind == LEX_STRING)
		unescape(t.raw, &raw);
	else if (t.kind == LEX_HEX)
		unhex(t.raw, &raw);
	else
		return false;
	if (!buf_ok(&raw))
		return false;
	text_decode(buf_slice(&raw), out);
	return buf_ok(out) && utf8_valid(buf_slice(out));
}

/* The document's information, before there was XMP. */
static void
info_read(struct pdf_file *f, struct gather *g)
{
	struct slice rest, value;
	char key[LEX_NAME_BYTES];

	if (!dict_begin(file_get(f, f->trailer, "Info"), &rest))
		return;
	while (dict_next(&rest, key, &value)) {
		CLEANUP(buf_free) struct buf text = BUF_INIT(VALUE_BYTES * 16);

		if (!value_text(file_resolve(f, value), &text))
			continue;
		property(g, key, buf_str(&text));
		if (strcmp(key, "Keywords") == 0)
			words(g, "keywords", buf_slice(&text));
	}
}

struct json *
labels_read(struct pdf_file *f)
{
	struct gather g = { .labels = jsonx_array(),
		.text = BUF_INIT(VALUE_BYTES * 8) };

	info_read(f, &g);
	for (size_t i = 0; i < f->n; i++) {
		const struct object *o = &f->objects[i];
		size_t mark = f->n_kept;
		struct slice xmp;
		bool limit;

		if (o->stream.p != NULL &&
		    value_is_name(dict_get(o->value, "Type"), "Metadata") &&
		    stream_data(f, o, &xmp, &limit))
			xmp_read(&g, xmp);
		stream_release(f, mark);
	}
	buf_free(&g.text);
	return g.labels;
}
