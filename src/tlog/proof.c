/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs of inclusion and consistency, made and verified. */
#include "nintei/tlog.h"

#include <string.h>

#include "tlog_int.h"

/* Event hashes [begin, end) of a log. */
struct range {
	const uint8_t *hash;
	uint64_t begin, end;
};

/* The largest power of two below n, for n > 1. */
static uint64_t
split(uint64_t n)
{
	uint64_t k = 1;

	while (k << 1 < n)
		k <<= 1;
	return k;
}

static void
range_root(struct range r, uint8_t out[TLOG_HASH])
{
	struct tlog log = { 0 };

	for (uint64_t i = r.begin; i < r.end; i++)
		tlog_append(&log, r.hash + i * TLOG_HASH);
	tlog_root(&log, out);
}

static void
proof_put(struct tlog_proof *p, struct range r)
{
	range_root(r, p->hash[p->n++]);
}

static void
proof_reverse(struct tlog_proof *p)
{
	struct tlog_proof q = { .n = p->n };

	for (unsigned i = 0; i < p->n; i++)
		tlog_copy(p->hash[i], q.hash[p->n - 1 - i]);
	*p = q;
}

/* Halve r around i: the half without i goes to out. */
static struct range
halve(struct range r, uint64_t i, struct range *out)
{
	uint64_t middle = r.begin + split(r.end - r.begin);
	struct range left = { r.hash, r.begin, middle };
	struct range right = { r.hash, middle, r.end };

	*out = i < middle ? right : left;
	return i < middle ? left : right;
}

int
tlog_inclusion(struct slice event_hashes, uint64_t index,
    struct tlog_proof *out, struct err *e)
{
	uint64_t n = event_hashes.n / TLOG_HASH;
	struct range r = { event_hashes.p, 0, n }, other;
	struct tlog_proof p = { .n = 0 };

	if (index >= n)
		return err_set(e, E_INPUT, "no such entry in the log");
	while (r.end - r.begin > 1) {
		r = halve(r, index, &other);
		proof_put(&p, other);
	}
	proof_reverse(&p);
	*out = p;
	return 0;
}

/* RFC 6962 2.1.2: SUBPROOF(m, D[n], b) from the top down. */
int
tlog_consistency(struct slice event_hashes, uint64_t old_n,
    struct tlog_proof *out, struct err *e)
{
	uint64_t n = event_hashes.n / TLOG_HASH;
	struct range r = { event_hashes.p, 0, n }, other;
	struct tlog_proof p = { .n = 0 };

	if (old_n == 0 || old_n > n)
		return err_set(e, E_INPUT, "no such size of the log");
	while (r.end != old_n) {
		r = halve(r, old_n - 1, &other);
		proof_put(&p, other);
	}
	if (r.begin != 0)
		proof_put(&p, r);
	proof_reverse(&p);
	*out = p;
	return 0;
}

/* RFC 9162 2.1.3.2, from any complete subtree upward. */
int
tlog_node_verify(const struct tlog_node *node, const struct tlog_proof *proof,
    const struct tlog_head *head, struct err *e)
{
	uint64_t fn = node->index, sn;
	uint8_t hash[TLOG_HASH];

	if (node->level >= TLOG_LEVELS || fn >= head->size >> node->level)
		return err_set(e, E_INVALID, "entry outside the log");
	sn = (head->size - 1) >> node->level;
	tlog_copy(node->hash, hash);
	for (unsigned i = 0; i < proof->n; i++) {
		if (sn == 0)
			return err_set(e, E_INVALID, "proof too long");
		if ((fn & 1) != 0 || fn == sn) {
			tlog_pair(proof->hash[i], hash, hash);
			for (; fn != 0 && (fn & 1) == 0; sn >>= 1)
				fn >>= 1;
		} else {
			tlog_pair(hash, proof->hash[i], hash);
		}
		fn >>= 1;
		sn >>= 1;
	}
	if (sn != 0 || memcmp(hash, head->root, TLOG_HASH) != 0)
		return err_set(e, E_INVALID, "the proof gives another root");
	return 0;
}

int
tlog_inclusion_verify(const uint8_t event_hash[TLOG_HASH], uint64_t index,
    const struct tlog_proof *proof, uint64_t size,
    const uint8_t root[TLOG_HASH], struct err *e)
{
	struct tlog_node leaf = { .level = 0, .index = index };
	struct tlog_head head = { .size = size };

	tlog_leaf(event_hash, leaf.hash);
	tlog_copy(root, head.root);
	return tlog_node_verify(&leaf, proof, &head, e);
}

/* What a consistency proof computes: the old root and the new one. */
struct climb {
	uint8_t old[TLOG_HASH], now[TLOG_HASH];
	uint64_t fn, sn;
};

static bool
climb_step(struct climb *c, const uint8_t hash[TLOG_HASH])
{
	if (c->sn == 0)
		return false;
	if ((c->fn & 1) != 0 || c->fn == c->sn) {
		tlog_pair(hash, c->old, c->old);
		tlog_pair(hash, c->now, c->now);
		for (; c->fn != 0 && (c->fn & 1) == 0; c->sn >>= 1)
			c->fn >>= 1;
	} else {
		tlog_pair(c->now, hash, c->now);
	}
	c->fn >>= 1;
	c->sn >>= 1;
	return true;
}

/* RFC 9162 2.1.4.2: the first hash, which a power of two leaves out. */
static unsigned
climb_start(struct climb *c, const struct tlog_head *old,
    const struct tlog_head *now, const struct tlog_proof *proof)
{
	bool power = (old->size & (old->size - 1)) == 0;
	const uint8_t *first = power ? old->root : proof->hash[0];

	c->fn = old->size - 1;
	c->sn = now->size - 1;
	for (; (c->fn & 1) != 0; c->sn >>= 1)
		c->fn >>= 1;
	tlog_copy(first, c->old);
	tlog_copy(first, c->now);
	return power ? 0 : 1;
}

int
tlog_consistency_verify(const struct tlog_head *old,
    const struct tlog_head *now, const struct tlog_proof *proof, struct err *e)
{
	struct climb c;

	if (old->size == 0 || old->size > now->size)
		return err_set(e, E_INVALID, "sizes that cannot be proved");
	if (old->size == now->size)
		return proof->n == 0 &&
			memcmp(old->root, now->root, TLOG_HASH) == 0
		    ? 0
		    : err_set(e, E_INVALID, "one size, two roots");
	if (proof->n == 0)
		return err_set(e, E_INVALID, "an empty proof");
	for (unsigned i = climb_start(&c, old, now, proof); i < proof->n; i++)
		if (!climb_step(&c, proof->hash[i]))
			return err_set(e, E_INVALID, "proof too long");
	if (c.sn != 0 || memcmp(c.old, old->root, TLOG_HASH) != 0 ||
	    memcmp(c.now, now->root, TLOG_HASH) != 0)
		return err_set(e, E_INVALID, "the proof gives other roots");
	return 0;
}
