/* SPDX-License-Identifier: Apache-2.0 */
/* The tag files of a bag as typed facts: RFC 8493 2, read by a child. */
#include "bag_int.h"

#include <string.h>

#include "nintei/enc.h"
#include "nintei/limits.h"
#include "nintei/text.h"
#include "nintei/wire.h"

#define DIGEST_DIGITS 128 /* of SHA-512 */
#define OXUM_MAX ((uint64_t)1 << 52)

/* Lines end in LF, CR or CRLF; the last one may lack its end. */
static bool
line_next(struct slice *rest, struct slice *out)
{
	size_t n = 0, end;

	if (rest->n == 0)
		return false;
	while (n < rest->n && rest->p[n] != '\n' && rest->p[n] != '\r')
		n++;
	*out = slice_of(rest->p, n);
	end = n < rest->n ? n + 1 : n;
	if (n + 1 < rest->n && rest->p[n] == '\r' && rest->p[n + 1] == '\n')
		end++;
	*rest = slice_of(rest->p + end, rest->n - end);
	return true;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct slice
trimmed(struct slice s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = slice_of(s.p + 1, s.n - 1);
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* The value of "Label: value" when the line is of this label. */
static bool
labelled(struct slice line, const char *label, struct slice *out)
{
	size_t n = strlen(label);

	if (line.n < n || memcmp(line.p, label, n) != 0)
		return false;
	*out = trimmed(slice_of(line.p + n, line.n - n));
	return true;
}

/* RFC 8493 2.1.1: exactly two lines. */
static const char *
declaration_read(struct slice text)
{
	struct slice first = { 0 }, second = { 0 }, version, encoding;
	bool whole = line_next(&text, &first) && line_next(&text, &second);

	if (!whole || text.n > 0 ||
	    !labelled(first, "BagIt-Version:", &version) ||
	    !labelled(second, "Tag-File-Character-Encoding:", &encoding))
		return "bagit.txt";
	if (!slice_eq_str(version, "1.0") && !slice_eq_str(version, "0.97"))
		return "BagIt-Version: 1.0, 0.97";
	return slice_eq_str(encoding, "UTF-8")
	    ? NULL
	    : "Tag-File-Character-Encoding: UTF-8";
}

static bool
number_read(struct slice s, uint64_t *out)
{
	char text[24];
	struct err e = ERR_INIT;

	if (s.n == 0 || s.n >= sizeof(text))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	return dec_parse(text, OXUM_MAX, out, &e) == 0;
}

static const char *
oxum_read(struct slice value, struct json *facts)
{
	const uint8_t *dot =
	    value.n == 0 ? NULL : memchr(value.p, '.', value.n);
	uint64_t octets, files;
	struct json *oxum;
	size_t n;

	if (dot == NULL || jsonx_get(facts, "oxum") != NULL)
		return "Payload-Oxum";
	n = (size_t)(dot - value.p);
	if (!number_read(slice_of(value.p, n), &octets) ||
	    !number_read(slice_of(dot + 1, value.n - n - 1), &files))
		return "Payload-Oxum";
	oxum = jsonx_object();
	jsonx_set_int(oxum, "octets", (int64_t)octets);
	jsonx_set_int(oxum, "files", (int64_t)files);
	jsonx_set(facts, "oxum", oxum);
	return NULL;
}

/* Of all that people write there, only what can be checked. */
static const char *
info_read(struct slice text, struct json *facts)
{
	struct slice line, value;
	const char *fault = NULL;

	while (fault == NULL && line_next(&text, &line))
		if (labelled(line, "Payload-Oxum:", &value))
			fault = oxum_read(value, facts);
	return fault;
}

static int
hex_lower(uint8_t c)
{
	if (c >= 'A' && c <= 'F')
		return c + ('a' - 'A');
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ? c : -1;
}

/* "*data/x" of sha256sum on Windows, "./data/x" of find. */
static struct slice
path_bare(struct slice path)
{
	if (path.n > 1 && path.p[0] == '*')
		path = slice_of(path.p + 1, path.n - 1);
	if (path.n > 2 && path.p[0] == '.' && path.p[1] == '/')
		path = slice_of(path.p + 2, path.n - 2);
	return path;
}

/* The digest at the beginning of a line; the rest is the path. */
static bool
digest_take(struct slice *line, char out[DIGEST_DIGITS + 1])
{
	size_t n = 0;
	int c;

	while (n < line->n && n < DIGEST_DIGITS &&
	    (c = hex_lower(line->p[n])) >= 0)
		out[n++] = (char)c;
	out[n] = '\0';
	if (n == 0 || n >= line->n || !is_blank(line->p[n]))
		return false;
	while (n < line->n && is_blank(line->p[n]))
		n++;
	*line = path_bare(slice_of(line->p + n, line->n - n));
	return line->n > 0;
}

/* RFC 8493 2.1.3: CR, LF and the sign itself, nothing else. */
static bool
path_decode(struct slice in, struct buf *out)
{
	static const struct {
		const char *code;
		int c;
	} codes[] = { { "0A", '\n' }, { "0D", '\r' }, { "25", '%' },
		{ "0a", '\n' }, { "0d", '\r' } };

	for (size_t i = 0; i < in.n; i++) {
		int c = in.p[i];

		for (size_t k = 0; c == '%' && k < NELEM(codes); k++)
			if (in.n - i > 2 &&
			    memcmp(in.p + i + 1, codes[k].code, 2) == 0) {
				buf_putc(out, codes[k].c);
				i += 2;
				c = -1;
			}
		if (c >= 0)
			buf_putc(out, c);
	}
	return buf_ok(out);
}

static const char *
entry_read(struct slice line, struct json *entries)
{
	CLEANUP(buf_free) struct buf raw = BUF_INIT(KIB(4));
	CLEANUP(buf_free) struct buf nfc = BUF_INIT(KIB(8));
	char digest[DIGEST_DIGITS + 1];
	struct json *one;
	struct err e = ERR_INIT;

	if (jsonx_len(entries) >= LIMIT_ENTRIES)
		return "too many files in a manifest";
	if (!digest_take(&line, digest))
		return "a line of a manifest";
	if (!path_decode(line, &raw) || text_nfc(buf_slice(&raw), &nfc, &e) < 0)
		return "a path in a manifest";
	one = jsonx_object();
	jsonx_set(one, "path", jsonx_string_n(buf_slice(&nfc)));
	jsonx_set_str(one, "digest", digest);
	jsonx_add(entries, one);
	return NULL;
}

static const char *
list_read(struct slice path, struct slice text, struct json *manifests)
{
	struct json *one = jsonx_object(), *entries = jsonx_array();
	const char *fault = NULL;
	struct slice line;

	jsonx_add(manifests, one);
	jsonx_set(one, "path", jsonx_string_n(path));
	jsonx_set(one, "entries", entries);
	while (fault == NULL && line_next(&text, &line))
		if (line.n > 0)
			fault = entry_read(line, entries);
	return fault;
}

static const char *
file_read(struct slice path, struct slice text, struct json *facts,
    struct json *manifests)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_NAME_BYTES);
	enum bag_part part;

	buf_put(&b, path.p, path.n);
	part = buf_ok(&b) ? bag_part_of(buf_str(&b)) : BAG_OTHER;
	if (!utf8_valid(text))
		return "UTF-8";
	if (part == BAG_DECLARED)
		return declaration_read(text);
	if (part == BAG_INFO)
		return info_read(text, facts);
	if (jsonx_len(manifests) >= BAG_MANIFESTS)
		return "too many manifests";
	return list_read(path, text, manifests);
}

int
bag_facts(struct slice packed, struct json **out, const char **out_fault)
{
	CLEANUP(jsonx_freep) struct json *facts = jsonx_object();
	struct json *manifests = jsonx_array();
	struct rd r = rd_init(packed);
	const char *fault = NULL;

	jsonx_set(facts, "manifests", manifests);
	while (fault == NULL && r.n > 0 && !r.bad) {
		struct slice path = rd_text(&r, LIMIT_NAME_BYTES);
		struct slice text = rd_bytes(&r, BAG_TAG_BYTES);

		if (!r.bad)
			fault = file_read(path, text, facts, manifests);
	}
	if (fault != NULL || r.bad) {
		*out_fault = r.bad ? "frame" : fault;
		return -1;
	}
	*out = TAKE(facts);
	return 0;
}
