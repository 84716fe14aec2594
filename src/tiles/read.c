/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of the log: edges, roots, proofs, tiles. */
#include "tiles_int.h"

static int
size_check(const struct tiles *t, uint64_t size, struct err *e)
{
	if (size > tiles_size(t))
		return err_set(e, E_INPUT, "no such size of the log");
	return 0;
}

int
tiles_event_hash(const struct tiles *t, uint64_t index, uint8_t out[TLOG_HASH],
    struct err *e)
{
	if (index >= tiles_size(t))
		return err_set(e, E_INPUT, "no such entry in the log");
	return file_read(t, ENTRIES, index, out, 1, e);
}

int
tiles_frontier(
    const struct tiles *t, uint64_t size, struct tlog *out, struct err *e)
{
	struct tlog log = { .size = size };

	if (size_check(t, size, e) < 0)
		return -1;
	for (int k = 0; k < TLOG_LEVELS; k++)
		if ((size >> k & 1) != 0 &&
		    file_read(t, k, (size >> k) - 1, log.node[k], 1, e) < 0)
			return -1;
	*out = log;
	return 0;
}

int
tiles_root(
    const struct tiles *t, uint64_t size, uint8_t out[TLOG_HASH], struct err *e)
{
	struct tlog log;

	if (tiles_frontier(t, size, &log, e) < 0)
		return -1;
	tlog_root(&log, out);
	return 0;
}

/* From the lowest complete subtree of the edge to the root of all. */
static void
edge_fill(struct edge *edge, const struct tlog *log)
{
	uint8_t hash[TLOG_HASH] = { 0 };
	bool any = false;

	for (unsigned k = 0; k < TLOG_LEVELS; k++) {
		if ((log->size >> k & 1) != 0) {
			if (any)
				tlog_pair(log->node[k], hash, hash);
			else
				tlog_copy(log->node[k], hash);
			any = true;
		}
		tlog_copy(hash, edge->below[k + 1]);
	}
	edge->size = log->size;
}

/*
 * The root of the incomplete subtree at the right, below level k; read once
 * for all who ask for the same size.
 */
static int
edge_root(const struct tiles *t, uint64_t size, int k, uint8_t out[TLOG_HASH],
    struct err *e)
{
	struct edge *edge = t->edge;
	struct tlog log;
	int rv = 0;

	pthread_mutex_lock(&edge->lock);
	if (edge->size != size && (rv = tiles_frontier(t, size, &log, e)) == 0)
		edge_fill(edge, &log);
	if (rv == 0)
		tlog_copy(edge->below[k], out);
	pthread_mutex_unlock(&edge->lock);
	return rv;
}

static int
node_get(const struct tiles *t, int k, uint64_t n, uint8_t out[TLOG_HASH],
    struct err *e)
{
	return top_get(t->top, k, n, out) ? 0 : file_read(t, k, n, out, 1, e);
}

/*
 * The siblings from node `index` of level k up to the root of a log of this
 * size, lowest first: RFC 6962 2.1.1 from there on.
 */
static int
climb(const struct tiles *t, int k, uint64_t index, uint64_t size,
    struct tlog_proof *p, struct err *e)
{
	for (; (size - 1) >> k != 0; k++, index >>= 1) {
		uint64_t sibling = index ^ 1;
		int rv = 0;

		if (sibling < size >> k)
			rv = node_get(t, k, sibling, p->hash[p->n++], e);
		else if (sibling << k < size)
			rv = edge_root(t, size, k, p->hash[p->n++], e);
		if (rv < 0)
			return -1;
	}
	return 0;
}

static void
proof_give(const struct tlog_proof *p, struct tlog_proof *out)
{
	for (unsigned i = 0; i < p->n; i++)
		tlog_copy(p->hash[i], out->hash[i]);
	out->n = p->n;
}

int
tiles_path(const struct tiles *t, unsigned level, uint64_t index, uint64_t size,
    struct tlog_proof *out, struct err *e)
{
	struct tlog_proof p;

	p.n = 0;
	if (size_check(t, size, e) < 0)
		return -1;
	if (level >= TLOG_LEVELS || index >= size >> level)
		return err_set(e, E_INPUT, "no such entry in the log");
	if (climb(t, (int)level, index, size, &p, e) < 0)
		return -1;
	proof_give(&p, out);
	return 0;
}

int
tiles_inclusion(const struct tiles *t, uint64_t index, uint64_t size,
    struct tlog_proof *out, struct err *e)
{
	return tiles_path(t, 0, index, size, out, e);
}

/* RFC 6962 2.1.2: from the last complete subtree of the old log upward. */
int
tiles_consistency(const struct tiles *t, uint64_t old, uint64_t now,
    struct tlog_proof *out, struct err *e)
{
	struct tlog_proof p;
	int k = 0;

	p.n = 0;
	if (size_check(t, now, e) < 0)
		return -1;
	if (old == 0 || old > now)
		return err_set(e, E_INPUT, "no such size of the log");
	while ((old >> k & 1) == 0)
		k++;
	if (old != now) {
		if (old >> k != 1 &&
		    node_get(t, k, (old >> k) - 1, p.hash[p.n++], e) < 0)
			return -1;
		if (climb(t, k, (old >> k) - 1, now, &p, e) < 0)
			return -1;
	}
	proof_give(&p, out);
	return 0;
}
