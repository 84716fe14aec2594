/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The upper levels in memory, for proofs: eight bytes per event, at most
 * 64 MiB (the first eight million events; for the rest the files are read).
 * In the order in which a log completes its nodes they only grow, so they lie
 * in one sequence of chunks that never move.
 */
#include <stdlib.h>

#include "tiles_int.h"

#define TOP_CHUNK 4096 /* hashes: 128 KiB */
#define TOP_CHUNKS 512

struct top {
	_Atomic(uint8_t *) chunk[TOP_CHUNKS];
};

struct top *
top_new(void)
{
	return xcalloc(1, sizeof(struct top));
}

void
top_free(struct top *top)
{
	if (top == NULL)
		return;
	for (size_t i = 0; i < TOP_CHUNKS; i++)
		free(atomic_load(&top->chunk[i]));
	free(top);
}

/*
 * How many nodes were completed before node n of a level (0: TOP_LEVEL): its
 * last leaf has the number n2; each leaf x before it completed as many nodes
 * as x + 1 has zeros at its end, and one.
 */
static uint64_t
place_of(int level, uint64_t n)
{
	uint64_t at = 0, n2 = ((n + 1) << level) - 1;

	for (; n2 > 0; n2 >>= 1)
		at += n2;
	return at + (uint64_t)level;
}

void
top_put(struct top *top, int level, uint64_t n, const uint8_t hash[TLOG_HASH])
{
	uint64_t at = place_of(level - TOP_LEVEL, n);
	uint8_t *chunk;

	if (at / TOP_CHUNK >= TOP_CHUNKS)
		return;
	chunk = atomic_load(&top->chunk[at / TOP_CHUNK]);
	if (chunk == NULL) {
		chunk = xcalloc(TOP_CHUNK, TLOG_HASH);
		atomic_store(&top->chunk[at / TOP_CHUNK], chunk);
	}
	tlog_copy(hash, chunk + at % TOP_CHUNK * TLOG_HASH);
}

bool
top_get(const struct top *top, int level, uint64_t n, uint8_t out[TLOG_HASH])
{
	uint64_t at;
	const uint8_t *chunk;

	if (level < TOP_LEVEL)
		return false;
	at = place_of(level - TOP_LEVEL, n);
	if (at / TOP_CHUNK >= TOP_CHUNKS)
		return false;
	chunk = atomic_load(&top->chunk[at / TOP_CHUNK]);
	if (chunk == NULL)
		return false;
	tlog_copy(chunk + at % TOP_CHUNK * TLOG_HASH, out);
	return true;
}

int
top_load(struct tiles *t, uint64_t size, struct err *e)
{
	CLEANUP(freep) uint8_t *chunk = xcalloc(CHUNK, TLOG_HASH);

	for (int k = TOP_LEVEL; k < TLOG_LEVELS && size >> k != 0; k++)
		for (uint64_t i = 0; i < size >> k; i += CHUNK) {
			uint64_t left = (size >> k) - i;
			size_t n = left < CHUNK ? (size_t)left : CHUNK;

			if (file_read(t, k, i, chunk, n, e) < 0)
				return -1;
			for (size_t j = 0; j < n; j++)
				top_put(
				    t->top, k, i + j, chunk + j * TLOG_HASH);
		}
	return 0;
}
