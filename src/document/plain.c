/* SPDX-License-Identifier: Apache-2.0 */
/* Plain text: which encoding, then line by line. */
#include "nintei/document.h"

#include "nintei/text.h"
#include "nintei/wire.h"

static const char *const bom = "\xef\xbb\xbf";

static bool
starts(struct slice in, const char *magic)
{
	struct slice m = slice_str(magic);

	return in.n >= m.n && slice_eq(slice_of(in.p, m.n), m);
}

/* One unit of UTF-16. */
static uint32_t
unit_at(struct slice in, size_t at, bool big)
{
	uint32_t a = in.p[at], b = in.p[at + 1];

	return big ? a << 8 | b : b << 8 | a;
}

/* Strict: no lone surrogate, no odd byte at the end. */
static bool
from_utf16(struct slice in, bool big, struct buf *out)
{
	if (in.n % 2 != 0)
		return false;
	for (size_t i = 0; i < in.n; i += 2) {
		uint32_t cp = unit_at(in, i, big), low;

		if (cp >= 0xdc00 && cp < 0xe000)
			return false;
		if (cp >= 0xd800 && cp < 0xdc00) {
			i += 2;
			low = i < in.n ? unit_at(in, i, big) : 0;
			if (low < 0xdc00 || low >= 0xe000)
				return false;
			cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
		}
		text_put(out, cp);
	}
	return buf_ok(out);
}

/* No text holds these: what does is something else. */
static bool
has_binary(struct slice utf8)
{
	for (size_t i = 0; i < utf8.n; i++)
		if (utf8.p[i] < 0x20 && utf8.p[i] != '\t' &&
		    utf8.p[i] != '\n' && utf8.p[i] != '\r' &&
		    utf8.p[i] != '\f' && utf8.p[i] != '\v')
			return true;
	return false;
}

/* The text as UTF-8 without BOM; out holds what had to be converted. */
static bool
decode(struct slice in, struct buf *out, struct slice *text)
{
	struct err e = ERR_INIT;

	if (starts(in, "\xff\xfe") || starts(in, "\xfe\xff")) {
		if (!from_utf16(
			slice_of(in.p + 2, in.n - 2), in.p[0] == 0xfe, out))
			return false;
		*text = buf_slice(out);
	} else if (utf8_valid(in)) {
		*text = starts(in, bom) ? slice_of(in.p + 3, in.n - 3) : in;
	} else {
		if (text_from_cp932(in, out, &e) < 0)
			return false;
		*text = buf_slice(out);
	}
	return !has_binary(*text);
}

void
document_plain_facts(
    struct slice in, struct json **out_facts, const char **out_fault)
{
	CLEANUP(buf_free) struct buf converted = BUF_INIT(DOCUMENT_TEXT_BYTES);
	CLEANUP(document_text_freep)
	struct document_text *t = document_text_new();
	struct slice text = in;

	*out_fault = NULL;
	if (in.n > DOCUMENT_TEXT_BYTES) {
		*out_fault = "LIM_OUTPUT";
		return;
	}
	if (!decode(in, &converted, &text)) {
		*out_fault = converted.bad ? "LIM_OUTPUT" : "TEXT_ENCODING";
		return;
	}
	document_text_line(t, LABEL_WHERE_BODY, text);
	*out_facts = jsonx_object();
	jsonx_set_str(*out_facts, "type", "plain");
	document_text_facts(t, *out_facts);
}
