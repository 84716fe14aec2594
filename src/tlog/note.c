/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes: their form, and the keys and signatures on them. */
#include "nintei/note.h"

#include <inttypes.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/wire.h"
#include "tlog_int.h"

#define ID_BYTES 4
#define TIME_BYTES 8
#define DASH "\xe2\x80\x94 " /* U+2014 and a space */

/* White_Space beyond ASCII, in UTF-8. */
static const char *const spaces[] = {
	"\xc2\x85",
	"\xc2\xa0",
	"\xe1\x9a\x80",
	"\xe2\x80\x80",
	"\xe2\x80\x81",
	"\xe2\x80\x82",
	"\xe2\x80\x83",
	"\xe2\x80\x84",
	"\xe2\x80\x85",
	"\xe2\x80\x86",
	"\xe2\x80\x87",
	"\xe2\x80\x88",
	"\xe2\x80\x89",
	"\xe2\x80\x8a",
	"\xe2\x80\xa8",
	"\xe2\x80\xa9",
	"\xe2\x80\xaf",
	"\xe2\x81\x9f",
	"\xe3\x80\x80",
};

static bool
has_wide_space(struct slice s)
{
	for (size_t i = 0; i < NELEM(spaces); i++)
		if (s.n > 0 &&
		    memmem(s.p, s.n, spaces[i], strlen(spaces[i])) != NULL)
			return true;
	return false;
}

/* Rule TLOG-2. */
bool
note_name_is_valid(struct slice name)
{
	if (name.n == 0 || name.n >= NOTE_NAME || !utf8_valid(name))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] == '+')
			return false;
	return !has_wide_space(name);
}

static uint32_t
key_id(struct slice name, enum note_type type, struct slice raw)
{
	static const uint8_t newline = '\n';
	uint8_t byte = (uint8_t)type, hash[SHA256_BYTES] = { 0 };
	struct slice parts[] = { name, { &newline, 1 }, { &byte, 1 }, raw };
	struct rd r = rd_init(slice_of(hash, ID_BYTES));

	sha256_parts(parts, NELEM(parts), hash);
	return rd_u32(&r);
}

int
note_key_make(struct slice name, enum note_type type, struct slice raw,
    struct note_key *out, struct err *e)
{
	struct note_key k = { .type = type };

	if (!note_name_is_valid(name))
		return err_set(e, E_INPUT, "not a key's name");
	if (type != NOTE_ED25519 && type != NOTE_COSIGNATURE)
		return err_set(e, E_INPUT, "a key of an unknown type");
	if (ed25519_check(raw, e) < 0)
		return -1;
	for (size_t i = 0; i < name.n; i++)
		k.name[i] = (char)name.p[i];
	for (size_t i = 0; i < raw.n; i++)
		k.raw[i] = raw.p[i];
	k.id = key_id(name, type, raw);
	*out = k;
	return 0;
}

/* name + 8 hex digits + base64: cut at the last two signs. */
static bool
vkey_split(struct slice vkey, struct slice part[3])
{
	size_t at[2], n = 0;

	for (size_t i = 0; i < vkey.n && n < 2; i++)
		if (vkey.p[i] == '+')
			at[n++] = i;
	if (n != 2)
		return false;
	part[0] = slice_of(vkey.p, at[0]);
	part[1] = slice_of(vkey.p + at[0] + 1, at[1] - at[0] - 1);
	part[2] = slice_of(vkey.p + at[1] + 1, vkey.n - at[1] - 1);
	return part[1].n == (size_t)2 * ID_BYTES;
}

/* Rule TLOG-3. */
int
note_key_parse(struct slice vkey, struct note_key *out, struct err *e)
{
	CLEANUP(buf_free)
	struct buf raw = BUF_INIT(KIB(1));
	struct slice part[3];
	struct note_key k;

	if (!vkey_split(vkey, part) ||
	    base64_decode(part[2], false, &raw, e) < 0 ||
	    raw.n != 1 + ED25519_PUBLIC_BYTES)
		return err_set(e, E_INPUT, "not a key of a note");
	if (note_key_make(part[0], (enum note_type)raw.p[0],
		slice_of(raw.p + 1, raw.n - 1), &k, e) < 0)
		return -1;
	buf_reset(&raw);
	buf_putf(&raw, "%08" PRIx32, k.id);
	if (!slice_eq(part[1], buf_slice(&raw)))
		return err_set(e, E_INPUT, "want key id %s", buf_str(&raw));
	*out = k;
	return 0;
}

void
note_key_format(const struct note_key *k, struct buf *out)
{
	uint8_t raw[1 + ED25519_PUBLIC_BYTES] = { (uint8_t)k->type };

	for (size_t i = 0; i < ED25519_PUBLIC_BYTES; i++)
		raw[1 + i] = k->raw[i];
	buf_putf(out, "%s+%08" PRIx32 "+", k->name, k->id);
	base64_encode(slice_of(raw, sizeof(raw)), 0, out);
}

/* Rule TLOG-1: UTF-8, no control character but newline. */
static bool
is_clean(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' && s.p[i] != '\n')
			return false;
	return utf8_valid(s);
}

/* Rule TLOG-4: dash, space, name, space, base64 of at least five bytes. */
static int
line_parse(struct slice line, struct note_line *out, struct err *e)
{
	CLEANUP(buf_free) struct buf raw = BUF_INIT(NOTE_BYTES);
	struct note_line l = { .line = slice_of(line.p, line.n + 1) };
	const uint8_t *space;
	struct rd r;

	if (!slice_skip(&line, DASH) || line.n == 0 ||
	    (space = memchr(line.p, ' ', line.n)) == NULL)
		return err_set(e, E_INPUT, "not a signature line");
	l.name = slice_of(line.p, (size_t)(space - line.p));
	l.base64 = slice_of(space + 1, line.n - l.name.n - 1);
	if (!note_name_is_valid(l.name))
		return err_set(e, E_INPUT, "a signature by no name");
	if (base64_decode(l.base64, false, &raw, e) < 0)
		return -1;
	if (raw.n <= ID_BYTES)
		return err_set(e, E_INPUT, "a signature without bytes");
	r = rd_init(buf_slice(&raw));
	l.id = rd_u32(&r);
	*out = l;
	return 0;
}

static int
lines_parse(struct slice rest, struct note *n, struct err *e)
{
	struct slice line;

	for (n->n = 0; rest.n > 0; n->n++) {
		if (!line_next(&rest, &line))
			return err_set(e, E_INPUT, "the last line is cut off");
		if (n->n == NOTE_SIGNATURES)
			return err_set(e, E_LIMIT, "want at most %d signatures",
			    NOTE_SIGNATURES);
		if (line_parse(line, &n->sig[n->n], e) < 0)
			return -1;
	}
	if (n->n == 0)
		return err_set(e, E_INPUT, "want at least one signature");
	return 0;
}

static int
bytes_check(struct slice bytes, struct err *e)
{
	if (bytes.n > NOTE_BYTES)
		return err_set(e, E_LIMIT, "a note too long");
	if (!is_clean(bytes))
		return err_set(e, E_INPUT, "want UTF-8 without controls");
	return 0;
}

/* The blank line that separates: the last one. */
static bool
text_end(struct slice bytes, size_t *out)
{
	for (size_t i = bytes.n; i-- > 1;)
		if (bytes.p[i] == '\n' && bytes.p[i - 1] == '\n') {
			*out = i;
			return true;
		}
	return false;
}

int
note_parse(struct slice bytes, struct note *out, struct err *e)
{
	struct note n = { .n = 0 };
	size_t end;

	if (bytes_check(bytes, e) < 0)
		return -1;
	if (!text_end(bytes, &end))
		return err_set(e, E_INPUT, "no blank line before signatures");
	n.text = slice_of(bytes.p, end);
	if (lines_parse(slice_of(bytes.p + end + 1, bytes.n - end - 1), &n, e) <
	    0)
		return -1;
	*out = n;
	return 0;
}

int
note_lines_parse(struct slice bytes, struct note *out, struct err *e)
{
	struct note n = { .n = 0 };

	if (bytes_check(bytes, e) < 0 || lines_parse(bytes, &n, e) < 0)
		return -1;
	*out = n;
	return 0;
}

void
note_cosigned_text(struct slice text, uint64_t time, struct buf *out)
{
	buf_putf(out, "cosignature/v1\ntime %" PRIu64 "\n", time);
	buf_put(out, text.p, text.n);
}

static bool
is_of(const struct note_line *l, const struct note_key *k)
{
	return l->id == k->id && slice_eq_str(l->name, k->name);
}

bool
note_has_line(const struct note *n, const struct note_key *k)
{
	for (unsigned i = 0; i < n->n; i++)
		if (is_of(&n->sig[i], k))
			return true;
	return false;
}

/* Rules TLOG-5 and TLOG-6: is this line the key's signature of the text? */
static bool
line_verify(const struct note_line *l, const struct note_key *k,
    struct slice text, uint64_t *out_time)
{
	CLEANUP(buf_free) struct buf raw = BUF_INIT(NOTE_BYTES);
	CLEANUP(buf_free) struct buf message = BUF_INIT(2 * NOTE_BYTES);
	struct slice public = slice_of(k->raw, sizeof(k->raw));
	struct err none = ERR_INIT;
	uint64_t time = 0;
	struct rd r;

	if (base64_decode(l->base64, false, &raw, &none) < 0)
		return false;
	r = rd_init(buf_slice(&raw));
	(void)rd_u32(&r);
	if (k->type == NOTE_COSIGNATURE) {
		time = rd_u64(&r);
		note_cosigned_text(text, time, &message);
	} else {
		buf_put(&message, text.p, text.n);
	}
	if (r.bad || r.n != ED25519_SIGNATURE_BYTES || time > SIZE_MOST ||
	    !buf_ok(&message) ||
	    !ed25519_verify(public, buf_slice(&message), slice_of(r.p, r.n)))
		return false;
	*out_time = time;
	return true;
}

int
note_verify(const struct note *n, const struct note_key *k, uint64_t *out_time,
    struct err *e)
{
	uint64_t time, latest = 0;
	bool any = false;

	for (unsigned i = 0; i < n->n; i++) {
		if (!is_of(&n->sig[i], k))
			continue;
		if (!line_verify(&n->sig[i], k, n->text, &time))
			return err_set(e, E_INVALID,
			    "the signature of %s does not verify", k->name);
		latest = time > latest ? time : latest;
		any = true;
	}
	if (!any)
		return err_set(e, E_INVALID, "no signature of %s", k->name);
	if (out_time != NULL)
		*out_time = latest;
	return 0;
}

/* Rule TLOG-7: a key counts once, whatever its names. */
static bool
counted_before(const struct note_key *keys, size_t i)
{
	struct slice raw = slice_of(keys[i].raw, sizeof(keys[i].raw));

	for (size_t k = 0; k < i; k++)
		if (slice_eq(raw, slice_of(keys[k].raw, sizeof(keys[k].raw))))
			return true;
	return false;
}

int
note_count_cosigned(const struct note *n, const struct note_key *keys,
    size_t nkeys, unsigned *out, struct err *e)
{
	unsigned count = 0;

	for (size_t i = 0; i < nkeys; i++) {
		if (keys[i].type != NOTE_COSIGNATURE ||
		    counted_before(keys, i) || !note_has_line(n, &keys[i]))
			continue;
		if (note_verify(n, &keys[i], NULL, e) < 0)
			return -1;
		count++;
	}
	*out = count;
	return 0;
}

static int
sign_check(const struct note_key *k, const struct pkey *private,
    struct slice text, uint64_t time, struct err *e)
{
	if (pkey_kind(private) != KEY_ED25519 ||
	    !slice_eq(pkey_raw(private), slice_of(k->raw, sizeof(k->raw))))
		return err_set(e, E_INPUT, "another key than the note's");
	if (text.n == 0 || text.n > NOTE_BYTES || !is_clean(text) ||
	    text.p[text.n - 1] != '\n')
		return err_set(e, E_INPUT, "not the text of a note");
	if (time > SIZE_MOST || (k->type == NOTE_ED25519 && time != 0))
		return err_set(e, E_INPUT, "a time that cannot be signed");
	return 0;
}

int
note_sign(const struct note_key *k, const struct pkey *private,
    struct slice text, uint64_t time, struct buf *out, struct err *e)
{
	CLEANUP(buf_free) struct buf message = BUF_INIT(2 * NOTE_BYTES);
	CLEANUP(buf_free) struct buf raw = BUF_INIT(KIB(1));

	if (sign_check(k, private, text, time, e) < 0)
		return -1;
	wr_u32(&raw, k->id);
	if (k->type == NOTE_COSIGNATURE) {
		wr_u64(&raw, time);
		note_cosigned_text(text, time, &message);
	} else {
		buf_put(&message, text.p, text.n);
	}
	if (pkey_sign(private, buf_slice(&message), &raw, e) < 0)
		return -1;
	buf_putf(out, DASH "%s ", k->name);
	base64_encode(buf_slice(&raw), 0, out);
	buf_putc(out, '\n');
	return 0;
}
