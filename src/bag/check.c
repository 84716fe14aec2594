/* SPDX-License-Identifier: Apache-2.0 */
/* Is the bag complete and valid?  RFC 8493 3. */
#include "bag_int.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/wire.h"

struct state {
	const struct bag *b;
	struct findings *f;
	const char *list; /* the manifest being read */
	bool *listed; /* in it, by file */
};

/* What macOS and Windows leave behind is listed by bags, too. */
static size_t
file_find(const struct bag *b, const char *path)
{
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->files[i].path, path) == 0)
			return i;
	return SIZE_MAX;
}

bool
bag_is(const struct bag *b)
{
	size_t i = file_find(b, BAG_DECLARATION);

	return i != SIZE_MAX && !b->files[i].ignored;
}

static bool
is_read(enum bag_part part)
{
	return part == BAG_DECLARED || part == BAG_INFO || part == BAG_LIST ||
	    part == BAG_TAG_LIST;
}

int
bag_pack(const struct bag *b, struct buf *out, struct err *e)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct bag_file *file = &b->files[i];
		CLEANUP(blob_unmap) struct blob blob = { 0 };

		if (file->ignored || !is_read(bag_part_of(file->path)))
			continue;
		if (file->size > BAG_TAG_BYTES)
			return err_set(e, E_LIMIT, "a tag file is too large");
		if (file->fd >= 0 &&
		    blob_map(file->fd, BAG_TAG_BYTES, &blob, e) < 0)
			return -1;
		wr_text(out, file->path);
		wr_bytes(out, slice_of(blob.p, blob.n));
	}
	return buf_ok(out) ? 0
			   : err_set(e, E_LIMIT, "the tag files are too large");
}

static const struct {
	size_t bytes;
	void (*of)(struct slice, uint8_t *);
} digests[BAG_ALGORITHM_MAX] = {
	[BAG_SHA256] = { SHA256_BYTES, sha256_of },
	[BAG_SHA384] = { SHA384_BYTES, sha384_of },
	[BAG_SHA512] = { SHA512_BYTES, sha512_of },
};

static int
digest_check(struct state *s, const struct bag_file *file, const char *want,
    struct err *e)
{
	CLEANUP(blob_unmap) struct blob b = { 0 };
	enum bag_algorithm a = bag_algorithm_of(s->list);
	uint8_t have[SHA512_BYTES];
	char hex[2 * SHA512_BYTES + 1];

	if (file->ignored || a == BAG_WEAK)
		return 0;
	if (file->fd >= 0 && blob_map(file->fd, LIMIT_ENTRY_BYTES, &b, e) < 0)
		return err_wrap(e, "digest of a bag's file");
	digests[a].of(slice_of(b.p, b.n), have);
	if (strcmp(hex_encode(have, digests[a].bytes, hex), want) != 0)
		bag_rule_add(s->f, BR_DIGEST, file->path, s->list);
	return 0;
}

/* Payload in manifests; in tagmanifests what is neither that nor their own. */
static bool
has_place(enum bag_part list, enum bag_part part)
{
	return list == BAG_LIST ? part == BAG_FILE
				: part != BAG_FILE && part != BAG_TAG_LIST;
}

static int
entry_check(struct state *s, const struct json *entry, struct err *e)
{
	const char *path = jsonx_get_str(entry, "path");
	size_t i;

	if (!has_place(bag_part_of(s->list), bag_part_of(path))) {
		bag_rule_add(s->f, BR_PLACE, path, s->list);
		return 0;
	}
	if ((i = file_find(s->b, path)) == SIZE_MAX) {
		bag_rule_add(s->f, BR_MISSING, path, s->list);
		return 0;
	}
	if (s->listed[i]) {
		bag_rule_add(s->f, BR_TWICE, path, s->list);
		return 0;
	}
	s->listed[i] = true;
	return digest_check(
	    s, &s->b->files[i], jsonx_get_str(entry, "digest"), e);
}

static int
list_check(struct state *s, const struct json *manifest, struct err *e)
{
	const struct json *entries = jsonx_get(manifest, "entries");
	CLEANUP(freep)
	bool *listed = xcalloc(s->b->n + 1, sizeof(*listed));

	s->list = jsonx_get_str(manifest, "path");
	s->listed = listed;
	for (size_t i = 0; i < jsonx_len(entries); i++)
		if (entry_check(s, jsonx_at(entries, i), e) < 0)
			return -1;
	for (size_t i = 0; i < s->b->n; i++) {
		const struct bag_file *file = &s->b->files[i];

		if (bag_part_of(s->list) == BAG_LIST && !file->ignored &&
		    !listed[i] && bag_part_of(file->path) == BAG_FILE)
			bag_rule_add(s->f, BR_EXTRA, file->path, s->list);
	}
	return 0;
}

static void
oxum_check(struct state *s, const struct json *oxum)
{
	uint64_t octets = 0, files = 0;
	CLEANUP(freep) char *have = NULL;

	for (size_t i = 0; i < s->b->n; i++)
		if (bag_part_of(s->b->files[i].path) == BAG_FILE) {
			octets += s->b->files[i].size;
			files++;
		}
	have = xasprintf("%" PRIu64 ".%" PRIu64, octets, files);
	if (jsonx_get_int(oxum, "octets", -1) != (int64_t)octets ||
	    jsonx_get_int(oxum, "files", -1) != (int64_t)files)
		bag_rule_add(s->f, BR_OXUM, NULL, have);
}

/* What there is, whatever the tag files say. */
static bool
parts_check(struct state *s)
{
	size_t files = 0, lists = 0, strong = 0, fetch = 0;

	for (size_t i = 0; i < s->b->n; i++) {
		const char *path = s->b->files[i].path;
		enum bag_part part = bag_part_of(path);

		if (s->b->files[i].ignored)
			continue;
		files += part == BAG_FILE;
		lists += part == BAG_LIST;
		strong +=
		    part == BAG_LIST && bag_algorithm_of(path) != BAG_WEAK;
		fetch += part == BAG_FETCH;
	}
	if (fetch > 0)
		bag_rule_add(s->f, BR_FETCH, "fetch.txt", NULL);
	if (files == 0)
		bag_rule_add(s->f, BR_EMPTY, NULL, NULL);
	if (lists == 0)
		bag_rule_add(s->f, BR_FORM, NULL, "manifest-sha256.txt");
	else if (strong == 0)
		bag_rule_add(s->f, BR_ALGORITHM, NULL, NULL);
	return strong > 0;
}

static bool
entries_are_whole(const struct json *entries)
{
	static const struct json_field entry[] = {
		{ "path", JSON_KIND_STRING, true },
		{ "digest", JSON_KIND_STRING, true },
	};
	struct err e = ERR_INIT;

	for (size_t i = 0; i < jsonx_len(entries); i++)
		if (jsonx_shape(jsonx_at(entries, i), entry, NELEM(entry), &e) <
		    0)
			return false;
	return true;
}

/* Has the child told of each manifest once, and of no other? */
static bool
lists_are_whole(const struct bag *b, const struct json *manifests)
{
	static const struct json_field list[] = {
		{ "path", JSON_KIND_STRING, true },
		{ "entries", JSON_KIND_ARRAY, true },
	};
	struct err e = ERR_INIT;
	size_t at = 0;

	for (size_t i = 0; i < b->n; i++) {
		enum bag_part part = bag_part_of(b->files[i].path);
		const struct json *one = jsonx_at(manifests, at);

		if (b->files[i].ignored ||
		    (part != BAG_LIST && part != BAG_TAG_LIST))
			continue;
		if (jsonx_shape(one, list, NELEM(list), &e) < 0 ||
		    strcmp(jsonx_get_str(one, "path"), b->files[i].path) != 0 ||
		    !entries_are_whole(jsonx_get(one, "entries")))
			return false;
		at++;
	}
	return at == jsonx_len(manifests);
}

int
bag_check(const struct bag *b, const struct json *facts, struct findings *f,
    struct err *e)
{
	struct state s = { .b = b, .f = f };
	const struct json *manifests = jsonx_get(facts, "manifests");
	const struct json *oxum = jsonx_get(facts, "oxum");

	if (!parts_check(&s) || facts == NULL)
		return 0;
	if (!lists_are_whole(b, manifests)) {
		err_set(e, E_INTERNAL, "a document worker broke the protocol");
		return err_wrap(e, "facts of a bag");
	}
	for (size_t i = 0; i < jsonx_len(manifests); i++)
		if (list_check(&s, jsonx_at(manifests, i), e) < 0)
			return -1;
	if (oxum != NULL)
		oxum_check(&s, oxum);
	return 0;
}
