/* SPDX-License-Identifier: Apache-2.0 */
/* The data of a stream: plain, or inflated once or several times. */
#include "pdf_int.h"
#include <stdlib.h>
#include "nintei/archx.h"

#define FILTERS 4 /* one after the other */

/* What came before a fault of the data counts, as every reader has it. */
static bool
inflate(struct slice in, struct buf *out, bool *out_limit)
{
	CLEANUP(inflater_freep) struct inflater *z = NULL;
	uint8_t block[16384];
	enum inflate_state state;
	struct err e = ERR_INIT;
	size_t n;

	if (inflater_new(INFLATE_ZLIB, &z, &e) < 0)
		return false;
	do {
		state = inflater_run(z, &in, block, sizeof(block), &n);
		buf_put(out, block, n);
		if (!buf_ok(out)) {
			*out_limit = true;
			return false;
		}
	} while (state == INFLATE_MORE && (n > 0 || in.n > 0));
	return state != INFLATE_BAD || out->n > 0;
}

static bool
keep(struct pdf_file *f, struct buf *b, struct slice *out)
{
	struct buf *kept;

	if (f->n_kept == PDF_BUFFERS) {
		buf_free(b);
		return false;
	}
	kept = xcalloc(1, sizeof(*kept));
	*kept = *b;
	f->kept[f->n_kept++] = kept;
	f->inflated += kept->n;
	*out = buf_slice(kept);
	return true;
}

void
stream_release(struct pdf_file *f, size_t mark)
{
	while (f->n_kept > mark) {
		buf_free(f->kept[--f->n_kept]);
		free(f->kept[f->n_kept]);
	}
}

/* One more turn of inflation over data. */
static bool
turn(struct pdf_file *f, struct slice *data, bool *out_limit)
{
	size_t left = PDF_INFLATE_MAX - f->inflated;
	struct buf b = BUF_INIT(left < PDF_STREAM_MAX ? left : PDF_STREAM_MAX);

	if (left == 0 || f->n_kept == PDF_BUFFERS) {
		*out_limit = true;
		return false;
	}
	if (!inflate(*data, &b, out_limit)) {
		buf_free(&b);
		return false;
	}
	return keep(f, &b, data);
}

/* The number of inflations; -1: another filter, or a predictor. */
static int
filters_of(const struct pdf_file *f, const struct object *o)
{
	struct slice filter = file_get(f, o->value, "Filter"), one;
	struct slice parms = file_get(f, o->value, "DecodeParms");
	struct slice head = filter;
	int64_t predictor = 1;
	struct token t;
	int n = 0;

	lex_next(&head, &t);
	if (t.kind == LEX_END || lex_is_word(&t, "null"))
		return 0;
	if (value_is_dict(parms))
		(void)value_int(file_get(f, parms, "Predictor"), &predictor);
	if (predictor != 1)
		return -1;
	if (!array_begin(filter, &filter))
		return value_is_name(filter, "FlateDecode") ||
			value_is_name(filter, "Fl")
		    ? 1
		    : -1;
	while (array_next(&filter, &one)) {
		one = file_resolve(f, one);
		if (++n > FILTERS ||
		    (!value_is_name(one, "FlateDecode") &&
			!value_is_name(one, "Fl")))
			return -1;
	}
	return n;
}

bool
stream_data(struct pdf_file *f, const struct object *o, struct slice *out,
    bool *out_limit)
{
	struct slice data = o->stream;
	int n = filters_of(f, o);

	*out_limit = false;
	if (data.p == NULL || n < 0)
		return false;
	for (int i = 0; i < n; i++)
		if (!turn(f, &data, out_limit))
			return false;
	*out = data;
	return true;
}
