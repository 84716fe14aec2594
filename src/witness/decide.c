/* SPDX-License-Identifier: Apache-2.0 */
/* The pure step of a witness: what one request deserves. */
#include "nintei/witness.h"

#include <string.h>

static const struct {
	unsigned status;
	const char *word;
	bool alarm;
} verdicts[WITNESS_MAX] = {
	[WITNESS_NONE] = { 500, "none", false },
	[WITNESS_COSIGN] = { 200, "cosign", false },
	[WITNESS_MALFORMED] = { 400, "malformed", false },
	[WITNESS_UNSIGNED] = { 403, "unsigned", false },
	[WITNESS_UNKNOWN] = { 404, "unknown", false },
	[WITNESS_STALE] = { 409, "stale", false },
	[WITNESS_SPLIT] = { 409, "split", true },
	[WITNESS_UNPROVED] = { 422, "unproved", true },
	[WITNESS_BUSY] = { 429, "busy", false },
};

unsigned
witness_status(enum witness_verdict v)
{
	return verdicts[v].status;
}

const char *
witness_word(enum witness_verdict v)
{
	return verdicts[v].word;
}

bool
witness_is_alarm(enum witness_verdict v)
{
	return verdicts[v].alarm;
}

/* RFC 6962 2.1.2; nothing is proved of the empty log, whose root is known. */
static bool
is_proved(const struct tlog_head *seen, const struct tlog_head *now,
    const struct tlog_proof *proof)
{
	static const struct tlog empty;
	struct err e = ERR_INIT;
	uint8_t root[TLOG_HASH];

	if (seen->size != 0)
		return tlog_consistency_verify(seen, now, proof, &e) == 0;
	tlog_root(&empty, root);
	return proof->n == 0 &&
	    (now->size != 0 || memcmp(now->root, root, TLOG_HASH) == 0);
}

/* The order is that of c2sp.org/tlog-witness. */
enum witness_verdict
witness_decide(const struct witness_request *q, const struct note_key *log,
    const struct tlog_head *seen, struct tlog_head *out)
{
	struct note n;
	struct checkpoint c;
	struct err e = ERR_INIT;

	if (note_parse(q->checkpoint, &n, &e) < 0 ||
	    checkpoint_parse(n.text, &c, &e) < 0)
		return WITNESS_MALFORMED; /* WIT-10 */
	if (log == NULL || !slice_eq_str(c.origin, log->name))
		return WITNESS_UNKNOWN; /* WIT-11 */
	if (note_verify(&n, log, NULL, &e) < 0)
		return WITNESS_UNSIGNED; /* WIT-12 */
	if (q->old_size > c.head.size)
		return WITNESS_MALFORMED; /* WIT-13 */
	/* Whatever old size was named: two histories of one size. */
	if (seen->size != 0 && c.head.size == seen->size &&
	    memcmp(c.head.root, seen->root, TLOG_HASH) != 0)
		return WITNESS_SPLIT; /* WIT-15 */
	if (q->old_size != seen->size)
		return WITNESS_STALE; /* WIT-14 */
	if (!is_proved(seen, &c.head, &q->proof))
		return WITNESS_UNPROVED; /* WIT-16 */
	*out = c.head;
	return WITNESS_COSIGN;
}
