/* SPDX-License-Identifier: Apache-2.0 */
/* tar: the tap reads everything first, then libarchive, in step with it. */
#include <stdlib.h>
#include <string.h>

#include "nintei/archx.h"
#include "nintei/text.h"

#include "bundle_int.h"

/* What is kept so that it need not be decompressed again.  Only what was sent
 * in large may become large here. */
#define SPOOL_LEAST MIB(40)
#define SPOOL_MOST MIB(96)
#define SPOOL_RATIO 4

static void
spool(struct table *t, struct slice block)
{
	if (!t->spooled)
		return;
	buf_put(&t->spool, block.p, block.n);
	t->spooled = buf_ok(&t->spool);
	if (!t->spooled)
		buf_free(&t->spool);
}

static size_t
spool_size(size_t archive)
{
	if (archive > SPOOL_MOST / SPOOL_RATIO)
		return SPOOL_MOST;
	return archive * SPOOL_RATIO > SPOOL_LEAST ? archive * SPOOL_RATIO
						   : SPOOL_LEAST;
}

static enum code
walk(struct stream *s, struct tap *tap, struct table *t)
{
	enum code c = CODE_NONE;
	struct slice block;
	int rv = 0;

	while (c == CODE_NONE && (rv = stream_next(s, &block)) == 1) {
		spool(t, block);
		c = tap_feed(tap, block);
	}
	if (c != CODE_NONE)
		return c;
	if (rv < 0)
		return table_fault(
		    t, s->fault, "%s", bundle_format_name(t->format));
	return tap_finish(tap);
}

enum code
tar_scan(struct slice all, struct table *t)
{
	CLEANUP(stream_free) struct stream s;
	CLEANUP(tap_free) struct tap tap;

	t->spool.max = spool_size(all.n);
	t->spooled = t->format != BUNDLE_TAR;
	stream_init(&s, all, t->format);
	tap_init(&tap, t);
	return walk(&s, &tap, t);
}

/* libarchive normalises pax names, so equal means equal in NFC. */
static bool
is_same_name(const struct entry *ent, const char *path)
{
	CLEANUP(buf_free) struct buf a = BUF_INIT(KIB(64));
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(64));
	struct slice theirs = slice_str(path), ours = ent->raw;
	struct err e = ERR_INIT;

	/* A name that is not decodable has its verdict already. */
	if (ent->name == NULL)
		return true;
	if (path == NULL)
		return false;
	while (theirs.n > 1 && theirs.p[theirs.n - 1] == '/')
		theirs.n--;
	while (ours.n > 1 && ours.p[ours.n - 1] == '/')
		ours.n--;
	if (slice_eq(ours, theirs))
		return true;
	return text_nfc(ours, &a, &e) == 0 && text_nfc(theirs, &b, &e) == 0 &&
	    slice_eq(buf_slice(&a), buf_slice(&b));
}

static bool
agrees(const struct entry *ent, const struct tar_entry *te)
{
	return te->at == ent->at && te->size == ent->size && !te->is_link &&
	    te->is_dir == ent->is_dir && te->is_file == !ent->is_dir &&
	    is_same_name(ent, te->path);
}

static enum code
disagree(struct table *t, const struct entry *ent)
{
	table_where(t, ent->raw);
	return table_fault(t, CODE_CORRUPT, "two readers disagree");
}

static enum code
content(
    struct tar_reader *tar, struct table *t, struct entry *ent, struct sink *s)
{
	struct slice block;
	uint64_t at, have = 0;
	enum tar_state st;

	if (ent->is_dir)
		return CODE_NONE;
	sink_begin(s, ent);
	while ((st = tar_reader_data(tar, &block, &at)) == TAR_OK) {
		if (at != have || block.n > ent->size - have)
			return disagree(t, ent);
		sink_data(s, block);
		have += block.n;
	}
	if (st == TAR_MEMORY)
		return CODE_LIM_MEMORY;
	if (st != TAR_END || have != ent->size)
		return disagree(t, ent);
	sink_end(s);
	return CODE_NONE;
}

enum code
entries_in_step(struct tar_reader *tar, struct table *t, struct sink *s)
{
	struct tar_entry te = { 0 };
	enum code c;

	for (size_t i = 0; i < t->n; i++) {
		enum tar_state st = tar_reader_next(tar, &te);

		/* libarchive warns about names that have no text. */
		if (st != TAR_OK && t->items[i].name != NULL)
			return disagree(t, &t->items[i]);
		if (st != TAR_OK)
			return CODE_NONE;
		if (!agrees(&t->items[i], &te))
			return disagree(t, &t->items[i]);
		if ((c = content(tar, t, &t->items[i], s)) != CODE_NONE)
			return c;
	}
	if (tar_reader_next(tar, &te) != TAR_END)
		return table_fault(t, CODE_CORRUPT, "two readers disagree");
	return CODE_NONE;
}

enum code
tar_extract(struct slice all, struct table *t, struct sink *s)
{
	CLEANUP(tar_reader_freep) struct tar_reader *tar = NULL;
	CLEANUP(stream_free) struct stream from;
	struct err e = ERR_INIT;

	if (t->spooled)
		stream_init(&from, buf_slice(&t->spool), BUNDLE_TAR);
	else
		stream_init(&from, all, t->format);
	if (tar_reader_new(stream_next, &from, &tar, &e) < 0)
		return table_fault(t, CODE_CORRUPT, "two readers disagree");
	return entries_in_step(tar, t, s);
}
