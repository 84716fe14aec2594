/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of bytes becomes lines, lines become rows, rows are stored. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/limits.h"
#include "nintei/text.h"

#include "numbers_int.h"

#define BLOCK KIB(256)
#define PROGRESS_BYTES MIB(8)

enum encoding {
	ENC_UNKNOWN = 0, /* ASCII so far */
	ENC_UTF8,
	ENC_CP932
};

struct stream {
	struct numbers_loader *l;
	struct numbers_result *r;
	uint8_t *block;
	size_t n; /* bytes in block that are no whole line yet */
	uint64_t line;
	enum encoding enc;
	bool skipping; /* to the end of a line that is too long */
	uint64_t sequence; /* of the last good row; 0: none */
	struct buf converted, kept;
	char newest[NUMBERS_DAY];
	struct digest *sha;
	struct gpgv *gpgv; /* NULL: not asked */
	uint64_t shown_at; /* progress */
};

static void
stream_done(struct stream *s)
{
	free(s->block);
	buf_free(&s->converted);
	buf_free(&s->kept);
	digest_free(s->sha);
	gpgv_free(s->gpgv);
}

static int
bad(struct stream *s, const struct numbers_why *why, struct err *e)
{
	struct numbers_result *r = s->r;

	if (r->bad < NUMBERS_BAD_SHOWN)
		r->shown[r->bad] = (struct numbers_bad){ .line = s->line,
			.fault = why->fault,
			.column = why->column };
	if (++r->bad <= NUMBERS_BAD_MAX)
		return 0;
	return err_set(e, E_INVALID,
	    "more than %d rows are bad, the last in line %" PRIu64 " (%s %s)",
	    NUMBERS_BAD_MAX, s->line, numbers_fault_name(why->fault),
	    number_column_name(why->column));
}

static bool
is_utf8(struct slice s)
{
	uint32_t c;

	while (s.n > 0)
		if (!text_next(&s, &c))
			return false;
	return true;
}

/* The first line that is not ASCII says what the file is written in. */
static bool
decode(struct stream *s, struct slice *line, uint8_t **out)
{
	struct err why = ERR_INIT;

	if (s->enc == ENC_UNKNOWN && !text_is_ascii(*line)) {
		if (is_utf8(*line))
			s->enc = ENC_UTF8;
		else if (text_is_cp932(*line))
			s->enc = ENC_CP932;
		else
			return false;
		s->r->cp932 = s->enc == ENC_CP932;
	}
	if (s->enc != ENC_CP932)
		return true;
	buf_reset(&s->converted);
	if (text_from_cp932(*line, &s->converted, &why) < 0)
		return false;
	*out = s->converted.p;
	line->n = s->converted.n;
	return true;
}

/* FNV-1a of 64 bits: tells rows of one number apart, proves nothing. */
static int64_t
digest_of(struct slice s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ s.p[i]) * UINT64_C(0x100000001b3);
	return (int64_t)(h >> 1);
}

static uint64_t
value_of(struct slice digits)
{
	uint64_t v = 0;

	for (size_t i = 0; i < digits.n; i++)
		v = v * 10 + (uint64_t)(digits.p[i] - '0');
	return v;
}

static void
note(struct stream *s, const struct numbers_row *row)
{
	const struct slice *day = &row->field[NUMBER_UPDATE_DATE];
	uint64_t seq = value_of(row->field[NUMBER_SEQUENCE]);

	if (s->sequence != 0 && seq != s->sequence + 1)
		s->r->gaps++;
	s->sequence = seq;
	s->r->rows++;
	s->r->odd += row->odd;
	if (memcmp(day->p, s->newest, day->n) > 0)
		(void)snprintf(s->newest, sizeof(s->newest), "%.*s",
		    (int)day->n, (const char *)day->p);
}

static int
store(struct stream *s, const struct numbers_row *row, struct err *e)
{
	struct slice number = row->field[NUMBER_NUMBER];

	note(s, row);
	buf_reset(&s->kept);
	numbers_row_keep(row, &s->kept);
	if (!buf_ok(&s->kept))
		return err_set(e, E_LIMIT, "a row is too long");
	return sqlx_run(s->l->db,
	    s->l->fresh ? NST_ENTRY_PUT : NST_ENTRY_PUT_NEW,
	    SQLX_ARGS(sqlx_int((int64_t)value_of(number)),
		sqlx_int(digest_of(buf_slice(&s->kept))), sqlx_int(s->l->file),
		sqlx_int((int64_t)s->sequence),
		sqlx_blob(s->kept.p, s->kept.n)),
	    e);
}

static int
take_line(struct stream *s, uint8_t *p, size_t n, struct err *e)
{
	static const uint8_t bom[] = { 0xEF, 0xBB, 0xBF };
	struct numbers_why why = { NUMBERS_FAULT_ENCODING, NUMBER_COLUMNS };
	struct numbers_row row;
	struct slice line;

	if (++s->line == 1 && n >= sizeof(bom) &&
	    memcmp(p, bom, sizeof(bom)) == 0) {
		p += sizeof(bom);
		n -= sizeof(bom);
		s->enc = ENC_UTF8;
	}
	if (n > 0 && p[n - 1] == '\r')
		n--;
	if (n > NUMBERS_ROW_BYTES) {
		why.fault = NUMBERS_FAULT_LONG;
		return bad(s, &why, e);
	}
	line = slice_of(p, n);
	if (!decode(s, &line, &p) || !numbers_row_read(p, line.n, &row, &why))
		return bad(s, &why, e);
	return store(s, &row, e);
}

/* A line longer than the block: one bad row, passed over to its end. */
static int
too_long(struct stream *s, struct err *e)
{
	struct numbers_why why = { NUMBERS_FAULT_LONG, NUMBER_COLUMNS };

	s->n = 0;
	if (s->skipping)
		return 0;
	s->skipping = true;
	s->line++;
	return bad(s, &why, e);
}

/* Every whole line of the block; what is left moves to its start. */
static int
take_lines(struct stream *s, struct err *e)
{
	uint8_t *p = s->block, *end = s->block + s->n, *nl;

	while ((nl = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		if (s->skipping)
			s->skipping = false;
		else if (take_line(s, p, (size_t)(nl - p), e) < 0)
			return -1;
		p = nl + 1;
	}
	s->n = (size_t)(end - p);
	if (s->n == BLOCK)
		return too_long(s, e);
	memmove(s->block, p, s->n);
	return 0;
}

static void
progress(struct stream *s)
{
	const struct numbers_import *in = s->l->in;

	if (in->progress == NULL || s->l->done < s->shown_at)
		return;
	s->shown_at = s->l->done + PROGRESS_BYTES;
	in->progress(in->progress_arg, s->l->done, s->l->total);
}

static int
pump(struct stream *s, struct numbers_source *from, struct err *e)
{
	size_t n = 0;

	do {
		struct slice got;

		if (numbers_source_read(
			from, s->block + s->n, BLOCK - s->n, &n, e) < 0)
			return -1;
		got = slice_of(s->block + s->n, n);
		digest_update(s->sha, got);
		if (s->gpgv != NULL && gpgv_feed(s->gpgv, got, e) < 0)
			return -1;
		s->n += n;
		s->r->bytes += n;
		s->l->done += n;
		progress(s);
		if (take_lines(s, e) < 0)
			return -1;
	} while (n > 0);
	/* A last line without its end. */
	return s->n == 0 || s->skipping ? 0 : take_line(s, s->block, s->n, e);
}

static int
judge(struct stream *s, struct err *e)
{
	struct numbers_result *r = s->r;
	uint8_t sha[SHA256_BYTES];

	digest_final(s->sha, sha);
	hex_encode(sha, sizeof(sha), r->sha256);
	if (r->as_of[0] == '\0')
		(void)snprintf(r->as_of, sizeof(r->as_of), "%s", s->newest);
	if (s->gpgv != NULL) {
		if (gpgv_finish(s->gpgv, r->signer, e) < 0)
			return -1;
		r->signed_good = true;
	}
	if (r->rows == 0 || r->bad > r->rows)
		return err_set(e, E_INVALID,
		    "want rows of the agency, have %" PRIu64
		    " good and %" PRIu64 " bad",
		    r->rows, r->bad);
	return 0;
}

static int
signature_start(struct stream *s, struct slice signature, struct err *e)
{
	const struct numbers_import *in = s->l->in;

	if (in->keyring != NULL && signature.n > 0)
		return gpgv_start(in->keyring, signature, &s->gpgv, e);
	if (in->required)
		return err_set(e, E_INVALID,
		    in->keyring == NULL ? "no keyring is configured"
					: "the file has no signature");
	return 0;
}

int
numbers_load(struct numbers_loader *l, struct numbers_source *from,
    struct numbers_result *r, struct err *e)
{
	CLEANUP(stream_done)
	struct stream s = { .l = l,
		.r = r,
		.converted = BUF_INIT(2 * NUMBERS_ROW_BYTES + 1),
		.kept = BUF_INIT(2 * NUMBERS_ROW_BYTES + 1) };

	if (signature_start(&s, numbers_source_signature(from), e) < 0)
		return -1;
	s.block = xcalloc(1, BLOCK);
	s.sha = digest_sha256_new();
	if (pump(&s, from, e) < 0)
		return -1;
	return judge(&s, e);
}
