/* SPDX-License-Identifier: Apache-2.0 */
/* Tiles as they leave: each verified up to the root that was published. */
#include <fcntl.h>
#include <unistd.h>

#include "tiles_int.h"

/* Hashes of one level that stand side by side. */
struct row {
	unsigned level;
	uint64_t index; /* of the first */
	unsigned n;
	uint8_t hash[TILE_WIDTH][TLOG_HASH];
};

/* Two and two become one, until one is left: n is a power of two. */
static void
row_fold(struct row *r)
{
	for (; r->n > 1; r->n /= 2) {
		for (unsigned i = 0; i < r->n / 2; i++)
			tlog_pair(
			    r->hash[2 * i], r->hash[2 * i + 1], r->hash[i]);
		r->level++;
		r->index /= 2;
	}
}

/* Rule TLOG-34: a complete subtree of the row leads to the root. */
static int
part_check(const struct tiles *t, const struct row *row, unsigned from,
    unsigned n, const struct tlog_head *head, struct err *e)
{
	struct row part = {
		.level = row->level, .index = row->index + from, .n = n
	};
	struct tlog_node node;
	struct tlog_proof p;

	for (unsigned i = 0; i < n; i++)
		tlog_copy(row->hash[from + i], part.hash[i]);
	row_fold(&part);
	node.level = part.level;
	node.index = part.index;
	tlog_copy(part.hash[0], node.hash);
	if (tiles_path(t, node.level, node.index, head->size, &p, e) < 0)
		return -1;
	return tlog_node_verify(&node, &p, head, e);
}

/* As its width in binary says, from the widest subtree down. */
static int
row_check(const struct tiles *t, const struct row *row,
    const struct tlog_head *head, struct err *e)
{
	unsigned from = 0;

	for (unsigned n = TILE_WIDTH; n > 0; n /= 2) {
		if ((row->n & n) == 0)
			continue;
		if (part_check(t, row, from, n, head, e) < 0)
			return -1;
		from += n;
	}
	return 0;
}

static void
tile_put(const struct tile *tile, const struct row *row, struct buf *out)
{
	for (unsigned i = 0; i < row->n; i++) {
		if (tile->entries) {
			buf_putc(out, 0);
			buf_putc(out, TLOG_HASH);
		}
		buf_put(out, row->hash[i], TLOG_HASH);
	}
}

int
tiles_tile(const struct tiles *t, const struct tile *tile,
    const struct tlog_head *head, struct buf *out, struct err *e)
{
	struct row row = { .level = tile->level * 8,
		.index = tile->index * TILE_WIDTH,
		.n = tile->width };
	struct row leaves;

	if (head->size > tiles_size(t) || !tile_is_in(tile, head->size))
		return err_set(e, E_INPUT, "no such tile of the log");
	if (file_read(t, tile->entries ? ENTRIES : (int)row.level, row.index,
		row.hash, row.n, e) < 0)
		return -1;
	leaves = row;
	for (unsigned i = 0; tile->entries && i < row.n; i++)
		tlog_leaf(row.hash[i], leaves.hash[i]);
	if (row_check(t, &leaves, head, e) < 0)
		return -1;
	tile_put(tile, &row, out);
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "no room for a tile");
	return 0;
}
