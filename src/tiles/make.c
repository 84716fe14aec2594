/* SPDX-License-Identifier: Apache-2.0 */
/* From event hashes to the hashes of every subtree that they complete. */
#include <stdlib.h>
#include <string.h>

#include "tiles_int.h"

/* New hashes of all levels; level k has room for (CHUNK >> k) + 1. */
struct batch {
	uint8_t hash[2 * CHUNK + TLOG_LEVELS][TLOG_HASH];
	size_t at[TLOG_LEVELS]; /* where a level begins */
	size_t n[TLOG_LEVELS];
};

static void
batch_init(struct batch *b)
{
	size_t at = 0;

	for (unsigned k = 0; k < TLOG_LEVELS; k++) {
		b->at[k] = at;
		b->n[k] = 0;
		at += k < 32 ? ((size_t)CHUNK >> k) + 1 : 1;
	}
}

/* As tlog_append does, but every node is kept. */
static void
batch_add(
    struct batch *b, struct tlog *log, const uint8_t event_hash[TLOG_HASH])
{
	uint8_t *hash = b->hash[b->at[0] + b->n[0]++], *left;
	unsigned k = 0;

	tlog_leaf(event_hash, hash);
	for (; (log->size >> k & 1) != 0; k++) {
		left = hash;
		hash = b->hash[b->at[k + 1] + b->n[k + 1]++];
		tlog_pair(log->node[k], left, hash);
	}
	tlog_copy(hash, log->node[k]);
	log->size++;
}

int
levels_make(struct tiles *t, struct tlog *log, const uint8_t *event_hashes,
    size_t n, const struct sink *sink, struct err *e)
{
	CLEANUP(freep) struct batch *b = xcalloc(1, sizeof(*b));
	uint64_t from = log->size;

	batch_init(b);
	for (size_t i = 0; i < n; i++)
		batch_add(b, log, event_hashes + i * TLOG_HASH);
	for (unsigned k = 0; k < TLOG_LEVELS; k++)
		if (b->n[k] > 0 &&
		    sink->put(t, k, from >> k, b->hash[b->at[k]], b->n[k], e) <
			0)
			return -1;
	return 0;
}

int
levels_from_entries(struct tiles *t, struct tlog *log, uint64_t size,
    const struct sink *sink, struct err *e)
{
	CLEANUP(freep) uint8_t *chunk = xcalloc(CHUNK, TLOG_HASH);

	while (log->size < size) {
		uint64_t left = size - log->size;
		size_t n = left < CHUNK ? (size_t)left : CHUNK;

		if (file_read(t, ENTRIES, log->size, chunk, n, e) < 0 ||
		    levels_make(t, log, chunk, n, sink, e) < 0)
			return -1;
	}
	return 0;
}

static int
put_write(const struct tiles *t, unsigned level, uint64_t index,
    const uint8_t *hashes, size_t n, struct err *e)
{
	for (size_t i = 0; level >= TOP_LEVEL && i < n; i++)
		top_put(t->top, (int)level, index + i, hashes + i * TLOG_HASH);
	return file_write(t, (int)level, index, hashes, n, e);
}

static int
put_compare(const struct tiles *t, unsigned level, uint64_t index,
    const uint8_t *hashes, size_t n, struct err *e)
{
	uint8_t have[CHUNK][TLOG_HASH];

	if (file_read(t, (int)level, index, have, n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (memcmp(have[i], hashes + i * TLOG_HASH, TLOG_HASH) != 0)
			return err_set(e, E_INVALID,
			    "the log's cache is wrong at level %u, hash %llu",
			    level, (unsigned long long)(index + i));
	return 0;
}

const struct sink sink_write = { put_write };
const struct sink sink_compare = { put_compare };
