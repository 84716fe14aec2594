/* SPDX-License-Identifier: Apache-2.0 */
/* The right edge of the log: appending, its root, saving it. */
#include "nintei/tlog.h"

#include "nintei/digest.h"
#include "nintei/wire.h"
#include "tlog_int.h"

void
tlog_leaf(const uint8_t event_hash[TLOG_HASH], uint8_t out[TLOG_HASH])
{
	static const uint8_t prefix = 0;
	struct slice parts[] = { { &prefix, 1 }, { event_hash, TLOG_HASH } };

	sha256_parts(parts, NELEM(parts), out);
}

void
tlog_pair(const uint8_t left[TLOG_HASH], const uint8_t right[TLOG_HASH],
    uint8_t out[TLOG_HASH])
{
	static const uint8_t prefix = 1;
	struct slice parts[] = { { &prefix, 1 }, { left, TLOG_HASH },
		{ right, TLOG_HASH } };

	sha256_parts(parts, NELEM(parts), out);
}

/* As one object: two moves of the machine in place of thirty-two. */
struct whole {
	uint8_t b[TLOG_HASH];
};

void
tlog_copy(const uint8_t from[TLOG_HASH], uint8_t to[TLOG_HASH])
{
	*(struct whole *)to = *(const struct whole *)from;
}

/* As a binary counter carries: every full subtree of equal size merges. */
void
tlog_append(struct tlog *log, const uint8_t event_hash[TLOG_HASH])
{
	uint8_t hash[TLOG_HASH];
	unsigned level = 0;

	tlog_leaf(event_hash, hash);
	for (; (log->size >> level & 1) != 0; level++)
		tlog_pair(log->node[level], hash, hash);
	tlog_copy(hash, log->node[level]);
	log->size++;
}

void
tlog_root(const struct tlog *log, uint8_t out[TLOG_HASH])
{
	uint8_t hash[TLOG_HASH];
	bool any = false;

	sha256_of((struct slice){ NULL, 0 }, hash);
	for (unsigned level = 0; level < TLOG_LEVELS; level++) {
		if ((log->size >> level & 1) == 0)
			continue;
		if (any)
			tlog_pair(log->node[level], hash, hash);
		else
			tlog_copy(log->node[level], hash);
		any = true;
	}
	tlog_copy(hash, out);
}

void
tlog_save(const struct tlog *log, struct buf *out)
{
	wr_u64(out, log->size);
	for (unsigned level = TLOG_LEVELS; level-- > 0;)
		if ((log->size >> level & 1) != 0)
			buf_put(out, log->node[level], TLOG_HASH);
}

int
tlog_load(struct slice bytes, struct tlog *out, struct err *e)
{
	struct rd r = rd_init(bytes);
	struct tlog log = { 0 };

	log.size = rd_u64(&r);
	if (r.bad || log.size >> TLOG_LEVELS != 0)
		return err_set(e, E_INPUT, "not a saved log");
	for (unsigned level = TLOG_LEVELS; level-- > 0;)
		if ((log.size >> level & 1) != 0)
			rd_raw(&r, log.node[level], TLOG_HASH);
	if (r.bad || r.n != 0)
		return err_set(e, E_INPUT, "a saved log of another length");
	*out = log;
	return 0;
}
