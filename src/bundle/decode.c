/* SPDX-License-Identifier: Apache-2.0 */
/* Names from bytes to text: one choice per archive (BUNDLES 1.4). */
#include <string.h>

#include "nintei/text.h"
#include "nintei/wire.h"

#include "bundle_int.h"

/* What the bytes of an undeclared name can be. */
enum reading {
	READ_NONE = 0, /* neither */
	READ_EITHER, /* both, and nothing in the name decides */
	READ_UTF8,
	READ_CP932,
	READ_PLAIN /* ASCII, or the archive says what it is */
};

static bool
is_tar(enum bundle_format f)
{
	return f >= BUNDLE_TAR && f <= BUNDLE_TAR_ZST;
}

static bool
has_nul(struct slice s)
{
	return s.n > 0 && memchr(s.p, '\0', s.n) != NULL;
}

/* A sequence of three bytes or more: no CP932 name has one by chance. */
static bool
has_long_sequence(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0xe0)
			return true;
	return false;
}

static enum reading
read_as(const struct entry *ent)
{
	bool utf8 = utf8_valid(ent->raw), cp932;

	if (ent->utf8 || ent->unicode.p != NULL || text_is_ascii(ent->raw))
		return READ_PLAIN;
	cp932 = text_is_cp932(ent->raw);
	if (utf8 && cp932 && !has_long_sequence(ent->raw))
		return READ_EITHER;
	if (utf8)
		return READ_UTF8;
	return cp932 ? READ_CP932 : READ_NONE;
}

/* What the names that decide say: one reading, or READ_NONE if they differ. */
static enum reading
choose(const struct table *t)
{
	bool seen[READ_PLAIN + 1] = { false };

	for (size_t i = 0; i < t->n; i++)
		seen[read_as(&t->items[i])] = true;
	if (seen[READ_UTF8] && seen[READ_CP932])
		return READ_NONE;
	if (!seen[READ_UTF8] && !seen[READ_CP932])
		return READ_EITHER;
	return seen[READ_UTF8] ? READ_UTF8 : READ_CP932;
}

/* NULL, or why the name has no text. */
static const char *
decode_text(const struct entry *ent, enum reading chosen, struct buf *out)
{
	enum reading own = read_as(ent);
	struct err e = ERR_INIT;

	if (own == READ_NONE)
		return "neither UTF-8 nor CP932";
	if (own != READ_PLAIN && chosen == READ_NONE)
		return "UTF-8 and CP932 mixed";
	if (own == READ_EITHER && chosen == READ_EITHER)
		return "UTF-8 or CP932";
	if (own != READ_PLAIN && chosen == READ_CP932)
		return text_from_cp932(ent->raw, out, &e) < 0 ? "CP932" : NULL;
	if (ent->utf8 && ent->unicode.p != NULL &&
	    !slice_eq(ent->raw, ent->unicode))
		return "two names";
	if (ent->unicode.p != NULL)
		buf_put(out, ent->unicode.p, ent->unicode.n);
	else
		buf_put(out, ent->raw.p, ent->raw.n);
	return utf8_valid(buf_slice(out)) ? NULL : "not UTF-8";
}

/*
 * Directories lose their final slash: the policy is about the rest.  In a tar
 * the first "./" goes too, which "tar ... ." puts before each name.
 */
static struct slice
strip(const struct table *t, const struct entry *ent, struct slice text)
{
	if (ent->is_dir && text.n > 1 && text.p[text.n - 1] == '/')
		text.n--;
	if (is_tar(t->format) && text.n > 2 && text.p[0] == '.' &&
	    text.p[1] == '/')
		text = slice_of(text.p + 2, text.n - 2);
	return text;
}

/* The folder itself, as "tar ... ." begins: it has no name to judge. */
static bool
is_here(const struct table *t, const struct entry *ent)
{
	return is_tar(t->format) && ent->is_dir &&
	    (slice_eq_str(ent->raw, ".") || slice_eq_str(ent->raw, "./"));
}

static void
decode_one(const struct table *t, struct entry *ent, enum reading chosen,
    struct verdicts *v)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(256));
	CLEANUP(buf_free) struct buf nfc = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;
	const char *why;

	ent->bad = true;
	if (has_nul(ent->raw) || has_nul(ent->unicode)) {
		verdict_add(v, CODE_NAME_NUL, ent->raw, "");
		return;
	}
	why = decode_text(ent, chosen, &text);
	if (why != NULL ||
	    text_nfc(strip(t, ent, buf_slice(&text)), &nfc, &e) < 0) {
		verdict_add(v, CODE_NAME_ENCODING, ent->raw,
		    why == NULL ? "not UTF-8" : why);
		return;
	}
	ent->name = xstrdup(buf_str(&nfc));
	ent->bad = is_here(t, ent);
}

void
names_decode(struct table *t, struct verdicts *v)
{
	enum reading chosen = choose(t);

	for (size_t i = 0; i < t->n; i++)
		decode_one(t, &t->items[i], chosen, v);
}
