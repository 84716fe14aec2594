/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of packs: entries, inflated, with the deltas on them. */
#include "nintei/packset.h"

#include <inttypes.h>
#include <stdlib.h>

#include <libdeflate.h>

#include "nintei/enc.h"
#include "loose_int.h"
#include "packset_int.h"

#define DEFAULT_CACHE MIB(16)

int
pack_reader_new(struct pack_set *s, const struct pack_opts *opts,
    struct pack_reader **out, struct err *e)
{
	CLEANUP(pack_reader_freep)
	struct pack_reader *r = xcalloc(1, sizeof(*r));
	size_t cache =
	    opts == NULL || opts->cache == 0 ? DEFAULT_CACHE : opts->cache;

	r->set = s;
	r->verify = opts == NULL || opts->verify;
	r->list = pack_set_list(s, &r->generation);
	r->sha1 = digest_sha1_new();
	r->cache = base_cache_new(cache);
	r->z = libdeflate_alloc_decompressor();
	if (r->z == NULL)
		return err_set(e, E_UNAVAILABLE, "no memory to inflate with");
	if (inflater_new(INFLATE_ZLIB, &r->inflater, e) < 0)
		return -1;
	*out = TAKE(r);
	return 0;
}

void
pack_reader_free(struct pack_reader *r)
{
	if (r == NULL)
		return;
	pack_list_unref(r->list);
	libdeflate_free_decompressor(r->z);
	inflater_free(r->inflater);
	digest_free(r->sha1);
	base_cache_free(r->cache);
	free(r->object[0].p);
	free(r->object[1].p);
	free(r->delta.p);
	free(r);
}

void
reader_follow(struct pack_reader *r)
{
	if (atomic_load(&r->set->generation) == r->generation)
		return;
	pack_list_unref(r->list);
	r->list = pack_set_list(r->set, &r->generation);
	r->hint = 0;
}

struct pack_file *
reader_find(struct pack_reader *r, const struct gitx_oid *id, uint64_t *out_at)
{
	const struct pack_list *l = r->list;

	if (r->hint < l->n && pack_file_find(l->files[r->hint], id, out_at))
		return l->files[r->hint];
	for (size_t i = 0; i < l->n; i++)
		if (i != r->hint && pack_file_find(l->files[i], id, out_at)) {
			r->hint = i;
			return l->files[i];
		}
	return NULL;
}

uint8_t *
scratch_get(struct scratch *s, size_t n, struct err *e)
{
	if (n < s->cap)
		return s->p;
	free(s->p);
	s->cap = n + n / 2 + 4096;
	if ((s->p = malloc(s->cap)) == NULL) {
		s->cap = 0;
		err_set(e, E_UNAVAILABLE, "no memory for an object");
	}
	return s->p;
}

static int
bad(struct err *e, const char *what)
{
	return err_set(e, E_STORE_CORRUPT, "a pack: %s", what);
}

/* How far back the base lies; each further byte counts one more. */
static bool
ofs_read(struct slice in, uint64_t *out, size_t *out_n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < in.n && i < 10; i++) {
		v |= in.p[i] & 0x7f;
		if ((in.p[i] & 0x80) == 0) {
			*out = v;
			*out_n = i + 1;
			return true;
		}
		if (++v > UINT64_MAX >> 7)
			return false;
		v <<= 7;
	}
	return false;
}

/* PACK-7: where the base of a delta lies, and how many bytes say so. */
static int
base_read(const struct pack_file *f, uint64_t at, struct slice in,
    struct entry *en, struct err *e)
{
	struct gitx_oid id;
	uint64_t back;
	size_t n = 0;

	if (en->type == PACK_OFS_DELTA) {
		if (!ofs_read(in, &back, &n) || back == 0 ||
		    back > at - PACK_HEADER)
			return bad(e, "the base of a delta");
		en->base = at - back;
	} else {
		if (in.n < GITX_OID)
			return bad(e, "an entry is cut off");
		for (; n < GITX_OID; n++)
			id.b[n] = in.p[n];
		if (!pack_file_find(f, &id, &en->base))
			return bad(e, "the base of a delta is missing");
	}
	en->data += n;
	return 0;
}

/* PACK-6 */
int
entry_at(
    const struct pack_file *f, uint64_t at, struct entry *out, struct err *e)
{
	struct entry en = { .type = 0 };
	struct slice in;
	int n;

	if (at < PACK_HEADER || at >= f->end)
		return bad(e, "an offset outside");
	in = slice_of(f->pack.p + at, (size_t)(f->end - at));
	n = entry_head_read(in, &en.type, &en.size);
	if (n <= 0)
		return bad(e, "the head of an entry");
	en.data = at + (uint64_t)n;
	if (en.type == PACK_OFS_DELTA || en.type == PACK_REF_DELTA) {
		in.p += n;
		in.n -= (size_t)n;
		if (base_read(f, at, in, &en, e) < 0)
			return -1;
	} else if (pack_type_name(en.type) == NULL) {
		return bad(e, "the type of an entry");
	}
	*out = en;
	return 0;
}

/* One stored block is read where it lies. */
static bool
stored_whole(struct slice in, uint64_t size, struct slice *out)
{
	const size_t head = ZLIB_HEAD + STORED_HEAD;
	uint32_t len;
	bool last;

	if (size > STORED_MAX || in.n < head + size + ZLIB_SUM ||
	    in.p[0] != 0x78 || in.p[1] != 0x01 ||
	    !stored_head_read(in.p + ZLIB_HEAD, &len, &last) || !last ||
	    len != size)
		return false;
	if (libdeflate_adler32(1, in.p + head, (size_t)size) !=
	    be32_get(in.p + head + size))
		return false;
	*out = slice_of(in.p + head, (size_t)size);
	return true;
}

static int
inflate_entry(struct pack_reader *r, const struct pack_file *f,
    const struct entry *en, struct scratch *to, struct slice *out,
    struct err *e)
{
	struct slice in =
	    slice_of(f->pack.p + en->data, (size_t)(f->end - en->data));
	size_t size = (size_t)en->size, used;
	uint8_t *p;

	if (stored_whole(in, en->size, out))
		return 0;
	/* PACK-9: memory only for what the pack can hold. */
	if (en->size / DEFLATE_RATIO > in.n)
		return bad(e, "a size beyond its bytes");
	if ((p = scratch_get(to, size, e)) == NULL)
		return -1;
	if (libdeflate_zlib_decompress_ex(
		r->z, in.p, in.n, p, size, &used, NULL) != LIBDEFLATE_SUCCESS)
		return bad(e, "an entry does not inflate");
	*out = slice_of(p, size);
	return 0;
}

static int
limit(uint64_t size, size_t max, struct err *e)
{
	if (size > max)
		return err_set(e, E_LIMIT,
		    "want at most %zu bytes, have %" PRIu64, max, size);
	return 0;
}

/* The chain of deltas down to something whole, which goes to *out. */
static int
chain_down(struct pack_reader *r, const struct pack_file *f, uint64_t at,
    size_t max, struct pack_object *out, unsigned *out_depth, struct err *e)
{
	unsigned depth = 0;
	struct entry en;

	for (;;) {
		out->type =
		    base_cache_get(r->cache, f->serial, at, &out->bytes);
		if (out->type != PACK_NONE)
			break;
		if (entry_at(f, at, &en, e) < 0)
			return -1;
		if (en.type < PACK_MAX) {
			out->type = (enum pack_type)en.type;
			if (limit(en.size, depth == 0 ? max : BASE_MAX, e) <
				0 ||
			    inflate_entry(
				r, f, &en, &r->object[0], &out->bytes, e) < 0)
				return -1;
			if (depth > 0)
				base_cache_put(r->cache, f->serial, at,
				    out->type, out->bytes);
			break;
		}
		if (depth == PACK_DEPTH_MAX)
			return bad(e, "too many deltas on one another");
		r->chain[depth] = en;
		r->chain_at[depth++] = at;
		at = en.base;
	}
	*out_depth = depth;
	return depth > 0 ? 0 : limit(out->bytes.n, max, e);
}

/* The bytes of one delta applied to *bytes. */
static int
chain_step(struct pack_reader *r, const struct pack_file *f,
    const struct entry *en, struct scratch *to, size_t max, struct slice *bytes,
    struct err *e)
{
	struct slice delta;
	uint64_t base, size;
	uint8_t *p;

	if (limit(en->size, BASE_MAX, e) < 0 ||
	    inflate_entry(r, f, en, &r->delta, &delta, e) < 0 ||
	    delta_sizes(&delta, &base, &size, e) < 0)
		return -1;
	if (base != bytes->n)
		return bad(e, "a delta of another base");
	if (limit(size, max, e) < 0 ||
	    (p = scratch_get(to, (size_t)size, e)) == NULL ||
	    delta_apply(*bytes, delta, p, (size_t)size, e) < 0)
		return -1;
	*bytes = slice_of(p, (size_t)size);
	return 0;
}

int
reader_entry(struct pack_reader *r, struct pack_file *f, uint64_t at,
    size_t max, struct pack_object *out, struct err *e)
{
	struct pack_object o = { .type = PACK_NONE };
	unsigned depth = 0, turn = 0;
	uint64_t work;

	if (chain_down(r, f, at, max, &o, &depth, e) < 0)
		return -1;
	work = o.bytes.n;
	while (depth-- > 0) {
		turn ^= 1;
		if (chain_step(r, f, &r->chain[depth], &r->object[turn],
			depth == 0 ? max : BASE_MAX, &o.bytes, e) < 0)
			return -1;
		work += o.bytes.n + r->chain[depth].size;
		if (work > WORK_MAX)
			return bad(e, "deltas that make too much");
		base_cache_put(
		    r->cache, f->serial, r->chain_at[depth], o.type, o.bytes);
	}
	o.size = o.bytes.n;
	*out = o;
	return 0;
}

/* The size of a delta's result stands in its first bytes. */
static int
result_size(struct pack_reader *r, const struct pack_file *f,
    const struct entry *en, uint64_t *out, struct err *e)
{
	struct slice in =
	    slice_of(f->pack.p + en->data, (size_t)(f->end - en->data));
	uint8_t first[32];
	struct slice delta;
	uint64_t base;
	size_t n;

	inflater_restart(r->inflater);
	if (inflater_run(r->inflater, &in, first, sizeof(first), &n) ==
	    INFLATE_BAD)
		return bad(e, "an entry does not inflate");
	delta = slice_of(first, n);
	return delta_sizes(&delta, &base, out, e);
}

int
reader_stat(struct pack_reader *r, const struct pack_file *f, uint64_t at,
    struct pack_object *out, struct err *e)
{
	struct pack_object o = { .size = 0 };
	struct entry en;

	if (entry_at(f, at, &en, e) < 0)
		return -1;
	o.size = en.size;
	if (en.type >= PACK_MAX && result_size(r, f, &en, &o.size, e) < 0)
		return -1;
	for (unsigned depth = 0; en.type >= PACK_MAX; depth++) {
		if (depth == PACK_DEPTH_MAX)
			return bad(e, "too many deltas on one another");
		if (entry_at(f, en.base, &en, e) < 0)
			return -1;
	}
	o.type = (enum pack_type)en.type;
	*out = o;
	return 0;
}

int
reader_verify(
    struct pack_reader *r, const struct pack_object *object, struct err *e)
{
	struct gitx_oid id;

	pack_id(r->sha1, object->type, object->bytes, &id);
	return gitx_oid_eq(&id, &object->id)
	    ? 0
	    : err_set(e, E_STORE_CORRUPT, "an object is not what it is named");
}

static int
named(const struct gitx_oid *id, struct err *e)
{
	char hex[GITX_OID_TEXT];

	return err_wrap(e, "object %s", hex_encode(id->b, GITX_OID, hex));
}

bool
pack_has(struct pack_reader *r, const struct gitx_oid *id)
{
	uint64_t at;

	reader_follow(r);
	return reader_find(r, id, &at) != NULL || loose_has(r->set, id);
}

static int
stat_any(struct pack_reader *r, const struct gitx_oid *id,
    struct pack_object *out, struct err *e)
{
	CLEANUP(loose_freep) struct loose *l = NULL;
	const struct pack_file *f;
	uint64_t at;
	int rv;

	if ((f = reader_find(r, id, &at)) != NULL)
		return reader_stat(r, f, at, out, e);
	if ((rv = loose_open(r->set, id, &l, e)) < 0)
		return -1;
	if (rv == 0)
		return err_set(e, E_NOT_FOUND, "no such object");
	*out = (struct pack_object){ .type = l->type, .size = l->size };
	return 0;
}

int
pack_stat(struct pack_reader *r, const struct gitx_oid *id,
    struct pack_object *out, struct err *e)
{
	reader_follow(r);
	if (stat_any(r, id, out, e) < 0)
		return named(id, e);
	out->id = *id;
	return 0;
}

static int
read_any(struct pack_reader *r, const struct gitx_oid *id, size_t max,
    struct pack_object *out, struct err *e)
{
	struct pack_file *f;
	uint64_t at;
	int rv;

	if ((f = reader_find(r, id, &at)) != NULL)
		return reader_entry(r, f, at, max, out, e);
	if ((rv = loose_object(r, id, max, out, e)) < 0)
		return -1;
	return rv > 0 ? 0 : err_set(e, E_NOT_FOUND, "no such object");
}

int
pack_read(struct pack_reader *r, const struct gitx_oid *id, size_t max,
    struct pack_object *out, struct err *e)
{
	struct pack_object o;

	reader_follow(r);
	if (read_any(r, id, max, &o, e) < 0)
		return named(id, e);
	o.id = *id;
	if (r->verify && reader_verify(r, &o, e) < 0)
		return named(id, e);
	*out = o;
	return 0;
}
