/* SPDX-License-Identifier: Apache-2.0 */
/* Proof files, and what a log sends to a witness. */
#include "nintei/tlog_text.h"

#include <inttypes.h>

#include "nintei/enc.h"

#include "tlog_int.h"

#define MAGIC "c2sp.org/tlog-proof@v1"

static int
checkpoint_form(struct slice bytes, struct err *e)
{
	struct checkpoint c;
	struct note n;

	return note_parse(bytes, &n, e) < 0 ? -1
					    : checkpoint_parse(n.text, &c, e);
}

/* Rule TLOG-11: the extra line, if there is one, and the line after it. */
static int
extra_parse(
    struct slice *rest, struct slice *extra, struct slice *line, struct err *e)
{
	CLEANUP(buf_free) struct buf raw = BUF_INIT(PROOF_FILE_BYTES);

	if (!line_next(rest, line))
		return err_set(e, E_INPUT, "a proof file without index");
	if (!slice_skip(line, "extra "))
		return 0;
	if (line->n == 0 || base64_decode(*line, false, &raw, e) < 0)
		return err_set(e, E_INPUT, "want base64 after extra");
	*extra = *line;
	if (!line_next(rest, line))
		return err_set(e, E_INPUT, "a proof file without index");
	return 0;
}

int
proof_file_parse(struct slice bytes, struct proof_file *out, struct err *e)
{
	struct proof_file f = { .index = 0 };
	struct slice rest = bytes, line;

	if (bytes.n > PROOF_FILE_BYTES)
		return err_set(e, E_LIMIT, "a proof file too long");
	if (!line_next(&rest, &line) || !slice_eq_str(line, MAGIC))
		return err_set(e, E_INPUT, "not a " MAGIC);
	if (extra_parse(&rest, &f.extra, &line, e) < 0)
		return -1;
	if (!slice_skip(&line, "index "))
		return err_set(e, E_INPUT, "a proof file without index");
	if (slice_dec(line, SIZE_MOST - 1, &f.index, e) < 0 ||
	    hashes_parse(&rest, PROOF_HASHES, &f.proof, e) < 0 ||
	    checkpoint_form(rest, e) < 0)
		return -1;
	f.checkpoint = rest;
	*out = f;
	return 0;
}

void
proof_file_format(const struct proof_file *f, struct buf *out)
{
	buf_puts(out, MAGIC "\n");
	if (f->extra.n > 0) {
		buf_puts(out, "extra ");
		buf_put(out, f->extra.p, f->extra.n);
		buf_putc(out, '\n');
	}
	buf_putf(out, "index %" PRIu64 "\n", f->index);
	hashes_format(&f->proof, out);
	buf_put(out, f->checkpoint.p, f->checkpoint.n);
}

/* Rules TLOG-12 to TLOG-14. */
int
proof_file_verify(const struct proof_file *f, const struct proof_policy *policy,
    const uint8_t event_hash[TLOG_HASH], struct checkpoint *out, struct err *e)
{
	struct checkpoint c;
	struct note n;
	unsigned have = 0;

	if (checkpoint_open(f->checkpoint, policy->log, &n, &c, e) < 0)
		return -1;
	if (policy->quorum > 0 &&
	    note_count_cosigned(
		&n, policy->witness, policy->nwitness, &have, e) < 0)
		return -1;
	if (have < policy->quorum)
		return err_set(e, E_INVALID, "want %u witnesses, have %u",
		    policy->quorum, have);
	if (tlog_inclusion_verify(event_hash, f->index, &f->proof, c.head.size,
		c.head.root, e) < 0)
		return -1;
	if (out != NULL)
		*out = c;
	return 0;
}

/* Rule TLOG-16. */
int
witness_request_parse(
    struct slice bytes, struct witness_request *out, struct err *e)
{
	struct witness_request q = { .old_size = 0 };
	struct slice rest = bytes, line;

	if (bytes.n > WITNESS_REQUEST_BYTES)
		return err_set(e, E_LIMIT, "a request too long");
	if (!line_next(&rest, &line) || !slice_skip(&line, "old "))
		return err_set(e, E_INPUT, "a request without old size");
	if (slice_dec(line, SIZE_MOST, &q.old_size, e) < 0 ||
	    hashes_parse(&rest, PROOF_HASHES, &q.proof, e) < 0 ||
	    checkpoint_form(rest, e) < 0)
		return -1;
	q.checkpoint = rest;
	*out = q;
	return 0;
}

void
witness_request_format(const struct witness_request *q, struct buf *out)
{
	buf_putf(out, "old %" PRIu64 "\n", q->old_size);
	hashes_format(&q->proof, out);
	buf_put(out, q->checkpoint.p, q->checkpoint.n);
}

int
witness_size_parse(struct slice bytes, uint64_t *out, struct err *e)
{
	struct slice rest = bytes, line;

	if (!line_next(&rest, &line) || rest.n != 0)
		return err_set(e, E_INPUT, "want one line with a size");
	return slice_dec(line, SIZE_MOST, out, e);
}
