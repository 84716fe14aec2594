/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side: every frame of a child checked, the tree rebuilt. */
#include "examine_int.h"
#include <stdlib.h>
#include <string.h>
#include "nintei/der.h"
#include "nintei/wire.h"

/* What is being rebuilt. */
struct build {
	enum examine_kind kind;
	const char *member;
	struct examined *out;
	struct findings *found; /* of this document only, until DONE */
	struct json *open[LIMIT_JSON_DEPTH + 1]; /* borrowed, by depth */
	unsigned depth; /* containers open */
	uint32_t seq;
	uint32_t facts;
	bool done;
};

struct frame {
	unsigned type, code;
	uint64_t a;
	struct slice body;
};

static int
broken(struct err *e, const struct build *b, const char *what)
{
	err_set(e, E_INTERNAL, "a document worker broke the protocol");
	return err_wrap(e, "frame %u: %s", b->seq, what);
}

static int
frame_read(struct rd *r, struct build *b, struct frame *out, struct err *e)
{
	uint32_t magic = rd_u32(r);
	uint32_t seq, len;

	out->type = rd_u16(r);
	out->code = rd_u16(r);
	seq = rd_u32(r);
	len = rd_u32(r);
	out->a = rd_u64(r);
	if (r->bad || magic != XD_MAGIC)
		return broken(e, b, "no frame");
	if (seq != b->seq)
		return broken(e, b, "out of sequence");
	if (len > XD_BODY_BYTES || len > r->n)
		return broken(e, b, "length");
	out->body = slice_of(r->p, len);
	r->p += len;
	r->n -= len;
	return 0;
}

/* The value of a fact; NULL: not of this form. */
static struct json *
value_read(struct rd *r, unsigned kind)
{
	switch ((enum json_kind)kind) {
	case JSON_KIND_NULL:
		return jsonx_null();
	case JSON_KIND_BOOL:
		return jsonx_bool(rd_bool(r));
	case JSON_KIND_INT:
		return jsonx_int(rd_i64(r));
	case JSON_KIND_STRING:
		return jsonx_string_n(rd_text(r, XD_TEXT_BYTES));
	case JSON_KIND_ARRAY:
		return jsonx_array();
	case JSON_KIND_OBJECT:
		return jsonx_object();
	case JSON_KIND_NONE:
		break;
	}
	return NULL;
}

/* Hang the value where the fact says; takes it over. */
static const char *
attach(struct build *b, uint64_t depth, const char *key, struct json *take)
{
	CLEANUP(jsonx_freep) struct json *v = take;
	struct json *into, *raw = v;
	enum json_kind k = jsonx_kind(v);

	if (depth > b->depth || depth > LIMIT_JSON_DEPTH)
		return "depth";
	if (depth == 0) {
		if (b->facts != 0 || key[0] != '\0')
			return "two roots";
		b->out->json = TAKE(v);
	} else {
		into = b->open[depth - 1];
		if (jsonx_kind(into) == JSON_KIND_ARRAY) {
			if (key[0] != '\0')
				return "key in an array";
			jsonx_add(into, TAKE(v));
		} else {
			if (jsonx_get(into, key) != NULL)
				return "key twice";
			if (jsonx_len(into) >= XD_MEMBERS)
				return "members";
			jsonx_set(into, key, TAKE(v));
		}
	}
	b->depth = (unsigned)depth;
	if (k == JSON_KIND_OBJECT || k == JSON_KIND_ARRAY) {
		if (depth >= LIMIT_JSON_DEPTH)
			return "depth";
		b->open[b->depth++] = raw;
	}
	return NULL;
}

#define SAFE_INTEGER 9007199254740991

static int
on_fact(struct build *b, const struct frame *f, struct err *e)
{
	struct rd r = rd_init(f->body);
	char key[XD_KEY_BYTES + 1];
	struct json *v;
	const char *fault;
	struct err why = ERR_INIT;

	if (b->found->n > 0 || b->out->spki_len > 0 || b->facts >= XD_FACTS)
		return broken(e, b, "fact out of place");
	rd_str(&r, key, sizeof(key));
	v = value_read(&r, f->code);
	if (v == NULL || rd_end(&r, &why) < 0 ||
	    jsonx_int_value(v, 0) > SAFE_INTEGER ||
	    jsonx_int_value(v, 0) < -SAFE_INTEGER) {
		jsonx_free(v);
		return broken(e, b, "value");
	}
	if ((fault = attach(b, f->a, key, v)) != NULL)
		return broken(e, b, fault);
	b->facts++;
	return 0;
}

/* One DER SEQUENCE of two parts and nothing after it. */
static bool
is_spki(struct slice s)
{
	struct der d = der_init(s), in = der_enter(&d, DER_SEQUENCE);

	der_get(&in, DER_SEQUENCE);
	der_get(&in, DER_BIT_STRING);
	return der_done(&in) && der_done(&d) && s.n <= LIMIT_SPKI_BYTES;
}

static int
on_spki(struct build *b, const struct frame *f, struct err *e)
{
	if (b->kind != EXAMINE_CSR || b->facts == 0 || f->code != 0 ||
	    f->a != 0 || b->out->spki_len != 0 || !is_spki(f->body))
		return broken(e, b, "key");
	memcpy(b->out->spki, f->body.p, f->body.n);
	b->out->spki_len = f->body.n;
	return 0;
}

static int
on_finding(struct build *b, const struct frame *f, struct err *e)
{
	const struct finding_rule *rule = exf_rule(f->code, b->kind);
	char detail[XD_DETAIL_BYTES + 1];

	if (rule == NULL || b->facts > 0 || f->a != 0 || b->found->n >= 16 ||
	    f->body.n >= sizeof(detail) || !utf8_valid(f->body))
		return broken(e, b, "finding");
	text_show(detail, sizeof(detail), (const char *)f->body.p, f->body.n);
	findings_add(b->found, rule, b->member, NULL, detail);
	return 0;
}

static int
on_done(struct build *b, const struct frame *f, struct err *e)
{
	bool said = b->found->n > 0 || b->facts > 0;
	bool key =
	    b->kind != EXAMINE_CSR || b->found->n > 0 || b->out->spki_len > 0;

	if (f->a != b->seq || f->code != 0 || f->body.n != 0 || !said || !key)
		return broken(e, b, "end");
	b->done = true;
	return 0;
}

static int (*const handlers[XD_MAX])(
    struct build *, const struct frame *, struct err *) = {
	[XD_FACT] = on_fact,
	[XD_SPKI] = on_spki,
	[XD_FINDING] = on_finding,
	[XD_DONE] = on_done,
};

static int
decode(struct build *b, struct slice stream, struct err *e)
{
	struct rd r = rd_init(stream);
	struct frame f;

	if (stream.n > XD_STREAM_BYTES)
		return broken(e, b, "too much");
	while (!b->done) {
		if (frame_read(&r, b, &f, e) < 0)
			return -1;
		if (f.type == XD_NONE || f.type >= XD_MAX)
			return broken(e, b, "type");
		if (handlers[f.type](b, &f, e) < 0)
			return -1;
		b->seq++;
	}
	return r.n == 0 ? 0 : broken(e, b, "bytes after the end");
}

int
examine_decode(enum examine_kind kind, const char *member, struct slice stream,
    struct examined **out, struct findings *f, struct err *e)
{
	CLEANUP(examined_freep) struct examined *x = xcalloc(1, sizeof(*x));
	CLEANUP(findings_free) struct findings found = { 0 };
	struct build b = {
		.kind = kind, .member = member, .out = x, .found = &found
	};

	x->kind = kind;
	if (decode(&b, stream, e) < 0)
		return -1;
	for (size_t i = 0; i < found.n; i++)
		findings_push(f, &found.items[i]);
	*out = TAKE(x);
	return 0;
}

void
examined_free(struct examined *x)
{
	if (x == NULL)
		return;
	jsonx_free(x->json);
	free(x);
}
