/* SPDX-License-Identifier: Apache-2.0 */
/* The child's side of the frames: facts out of a tree, by write alone. */
#include "examine_int.h"
#include "nintei/fs.h"
#include "nintei/wire.h"

#define PIECE KIB(32)

static void
flush(struct xd_writer *w)
{
	struct err e = ERR_INIT;

	if (!buf_ok(&w->pending) ||
	    (!w->bad && fd_write(w->fd, w->pending.p, w->pending.n, &e) < 0))
		w->bad = true;
	buf_reset(&w->pending);
}

void
xd_put(struct xd_writer *w, enum xd_type type, unsigned code, uint64_t a,
    struct slice body)
{
	wr_u32(&w->pending, XD_MAGIC);
	wr_u16(&w->pending, (uint16_t)type);
	wr_u16(&w->pending, (uint16_t)code);
	wr_u32(&w->pending, w->seq++);
	wr_u32(&w->pending, (uint32_t)body.n);
	wr_u64(&w->pending, a);
	buf_put(&w->pending, body.p, body.n);
	if (w->pending.n >= PIECE)
		flush(w);
}

void
xd_finding(struct xd_writer *w, enum exf code, const char *detail)
{
	char shown[XD_DETAIL_BYTES];
	struct slice s = slice_str(detail);

	text_show(shown, sizeof(shown), (const char *)s.p, s.n);
	xd_put(w, XD_FINDING, code, 0, slice_str(shown));
}

int
xd_finish(struct xd_writer *w)
{
	xd_put(w, XD_DONE, 0, w->seq, (struct slice){ 0 });
	flush(w);
	buf_free(&w->pending);
	return w->bad ? 1 : 0;
}

/* Does the tree keep the limits?  Counts its values into *n. */
static bool
fits(const struct json *j, size_t *n)
{
	const struct json *child;
	const char *key;

	if (++*n > XD_FACTS)
		return false;
	if (jsonx_kind(j) == JSON_KIND_STRING)
		return slice_str(jsonx_str(j)).n <= XD_TEXT_BYTES;
	if (jsonx_kind(j) == JSON_KIND_OBJECT && jsonx_len(j) > XD_MEMBERS)
		return false;
	for (size_t i = 0; jsonx_member(j, i, &key, &child); i++)
		if (slice_str(key).n > XD_KEY_BYTES || !fits(child, n))
			return false;
	if (jsonx_kind(j) == JSON_KIND_ARRAY)
		for (size_t i = 0; i < jsonx_len(j); i++)
			if (!fits(jsonx_at(j, i), n))
				return false;
	return true;
}

static bool
is_true(const struct json *j)
{
	CLEANUP(jsonx_freep) struct json *yes = jsonx_bool(true);

	return jsonx_equal(j, yes);
}

static void
put_fact(
    struct xd_writer *w, const char *key, const struct json *j, unsigned depth)
{
	CLEANUP(buf_free) struct buf body = BUF_INIT(XD_BODY_BYTES);

	wr_text(&body, key);
	switch (jsonx_kind(j)) {
	case JSON_KIND_BOOL:
		wr_bool(&body, is_true(j));
		break;
	case JSON_KIND_INT:
		wr_i64(&body, jsonx_int_value(j, 0));
		break;
	case JSON_KIND_STRING:
		wr_text(&body, jsonx_str(j));
		break;
	case JSON_KIND_NONE:
	case JSON_KIND_NULL:
	case JSON_KIND_ARRAY:
	case JSON_KIND_OBJECT:
		break;
	}
	if (!buf_ok(&body))
		w->bad = true;
	xd_put(w, XD_FACT, jsonx_kind(j), depth, buf_slice(&body));
}

/* At most LIMIT_JSON_DEPTH deep: the parser saw to it. */
static void
put_tree(
    struct xd_writer *w, const char *key, const struct json *j, unsigned depth)
{
	const struct json *child;
	const char *name;

	put_fact(w, key, j, depth);
	for (size_t i = 0; jsonx_member(j, i, &name, &child); i++)
		put_tree(w, name, child, depth + 1);
	if (jsonx_kind(j) == JSON_KIND_ARRAY)
		for (size_t i = 0; i < jsonx_len(j); i++)
			put_tree(w, "", jsonx_at(j, i), depth + 1);
}

void
xd_tree(struct xd_writer *w, const struct json *root)
{
	size_t n = 0;

	if (fits(root, &n))
		put_tree(w, "", root, 0);
	else
		xd_finding(w, EXF_OUTPUT, "");
}
