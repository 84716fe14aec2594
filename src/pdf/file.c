/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All objects of a file, by looking for them: the table of references is not
 * believed.  Of two with one number the later one counts.
 */
#include "pdf_int.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
fault(struct pdf_verdict *v, enum pdf_fault which, const char *detail)
{
	if (!v->has[which])
		snprintf(
		    v->detail[which], sizeof(v->detail[which]), "%s", detail);
	v->has[which] = true;
}

bool
faulty(const struct pdf_verdict *v)
{
	for (size_t i = 0; i < NELEM(v->has); i++)
		if (v->has[i])
			return true;
	return false;
}

#define PEEK_BYTES 4096 /* of blanks and comments before a word */
#define SLOTS ((size_t)1 << 19) /* more than twice the objects */

static size_t
slot_of(const struct pdf_file *f, uint32_t number)
{
	size_t i = (number * 2654435761u) % SLOTS;

	while (f->slots[i] != 0 && f->objects[f->slots[i] - 1].number != number)
		i = (i + 1) % SLOTS;
	return i;
}

const struct object *
file_find(const struct pdf_file *f, uint32_t number)
{
	uint32_t at = f->slots[slot_of(f, number)];

	return at == 0 ? NULL : &f->objects[at - 1];
}

static void
object_add(struct pdf_file *f, const struct object *o)
{
	if (f->n >= PDF_OBJECTS_MAX) {
		fault(f->verdict, PDF_FAULT_OUTPUT, "objects");
		return;
	}
	if (f->n == f->cap) {
		f->cap = f->cap == 0 ? 256 : f->cap * 2;
		f->objects = xrealloc(f->objects, f->cap, sizeof(*f->objects));
	}
	f->objects[f->n++] = *o;
	f->slots[slot_of(f, o->number)] = (uint32_t)f->n;
}

/* Backwards over blanks, then over digits; false: there are none. */
static bool
number_before(const uint8_t *begin, const uint8_t **at, uint32_t *out)
{
	const uint8_t *p = *at;
	uint64_t v = 0, scale = 1;
	size_t digits = 0;

	while (p > begin && lex_is_blank(p[-1]))
		p--;
	while (p > begin && p[-1] >= '0' && p[-1] <= '9' && digits < 10) {
		v += (uint64_t)(p[-1] - '0') * scale;
		scale *= 10;
		digits++;
		p--;
	}
	*at = p;
	*out = (uint32_t)v;
	return digits > 0 && v <= UINT32_MAX;
}

/* The number of the object whose word "obj" stands at at. */
static bool
object_number(struct slice all, const uint8_t *at, uint32_t *out)
{
	uint32_t generation;

	if (at == all.p || !lex_is_blank(at[-1]))
		return false;
	return number_before(all.p, &at, &generation) && at > all.p &&
	    lex_is_blank(at[-1]) && number_before(all.p, &at, out);
}

static const uint8_t *
find(const uint8_t *from, const uint8_t *end, const char *word)
{
	if (from >= end)
		return NULL;
	return memmem(from, (size_t)(end - from), word, strlen(word));
}

/* After the word "stream": its line end, then the data. */
static struct slice
stream_bytes(struct slice dict, struct slice after)
{
	const uint8_t *end = after.p + after.n, *stop;
	struct slice check;
	struct token t;
	int64_t length;

	if (after.n > 0 && after.p[0] == '\r')
		after = slice_of(after.p + 1, after.n - 1);
	if (after.n > 0 && after.p[0] == '\n')
		after = slice_of(after.p + 1, after.n - 1);
	if (value_int(dict_get(dict, "Length"), &length) && length >= 0 &&
	    (uint64_t)length <= after.n) {
		check = slice_of(
		    after.p + length, (size_t)(end - after.p) - (size_t)length);
		lex_next(&check, &t);
		if (lex_is_word(&t, "endstream"))
			return slice_of(after.p, (size_t)length);
	}
	stop = find(after.p, end, "endstream");
	return slice_of(
	    after.p, stop == NULL ? after.n : (size_t)(stop - after.p));
}

/*
 * "9 0 obj <<" inside of a stream: a table of references may lead there, and
 * then a reader takes what nobody looked at for an object.
 */
static void
stream_check(struct pdf_file *f, struct slice stream)
{
	const uint8_t *p = stream.p, *end = stream.p + stream.n, *at;

	while ((at = find(p, end, "obj")) != NULL) {
		struct slice first;
		struct token t;
		uint32_t number;

		p = at + 3;
		if (!object_number(stream, at, &number))
			continue;
		first = slice_of(p, (size_t)(end - p));
		if (first.n > PEEK_BYTES)
			first.n = PEEK_BYTES;
		lex_next(&first, &t);
		if (t.kind == LEX_OPEN || t.kind == LEX_END) {
			fault(f->verdict, PDF_FAULT_FORM, "object in a stream");
			return;
		}
	}
}

/* The object behind "obj"; returns where to look on. */
static const uint8_t *
object_read(struct pdf_file *f, uint32_t number, struct slice value)
{
	struct object o = { .number = number, .value = value };
	struct slice rest = value;
	struct token t;

	if (!lex_skip(&rest)) {
		struct slice empty = value;

		lex_next(&empty, &t);
		if (!lex_is_word(&t, "endobj"))
			fault(f->verdict, PDF_FAULT_FORM, "nesting");
		return value.p;
	}
	value = rest;
	lex_next(&rest, &t);
	if (lex_is_word(&t, "stream") && value_is_dict(o.value)) {
		o.stream = stream_bytes(o.value, rest);
		value.p = o.stream.p + o.stream.n;
		stream_check(f, o.stream);
	}
	object_add(f, &o);
	return value.p;
}

/* One "number offset" of the head and the object that it names. */
static bool
packed_object(struct slice *head, struct slice data, size_t first,
    size_t *io_read, struct object *out)
{
	struct slice whole;
	struct token number, offset;

	lex_next(head, &number);
	lex_next(head, &offset);
	if (number.kind != LEX_INT || number.number < 0 ||
	    number.number > UINT32_MAX || offset.kind != LEX_INT ||
	    offset.number < 0 || offset.number > (double)(data.n - first))
		return false;
	*out = (struct object){ .number = (uint32_t)number.number };
	out->value = slice_of(data.p + first + (size_t)offset.number,
	    data.n - first - (size_t)offset.number);
	whole = out->value;
	if (!lex_skip(&whole))
		return false;
	*io_read += out->value.n - whole.n;
	return *io_read <= 2 * data.n;
}

/*
 * Objects listed at the head of a stream of objects.  One that is cut off may
 * be whole for a reader that takes the stream to end elsewhere.  They do not
 * overlap, or one long object listed often would take hours.
 */
static void
packed_read(struct pdf_file *f, struct slice data, int64_t n, int64_t first)
{
	struct slice head = data;
	size_t done = 0;
	struct object o;

	for (int64_t i = 0; i < n && !faulty(f->verdict); i++) {
		if (packed_object(&head, data, (size_t)first, &done, &o))
			object_add(f, &o);
		else
			fault(f->verdict, PDF_FAULT_FORM, "object stream");
	}
}

static void
packed_open(struct pdf_file *f, size_t at)
{
	struct object o = f->objects[at]; /* the array may move */
	struct slice data;
	int64_t n, first;
	bool limit;

	if (o.stream.p == NULL || dict_get(o.value, "First").p == NULL ||
	    dict_get(o.value, "N").p == NULL)
		return;
	if (!stream_data(f, &o, &data, &limit)) {
		fault(f->verdict, limit ? PDF_FAULT_OUTPUT : PDF_FAULT_FORM,
		    "object stream");
		return;
	}
	if (!value_int(file_get(f, o.value, "N"), &n) ||
	    !value_int(file_get(f, o.value, "First"), &first) || first < 0 ||
	    (uint64_t)first > data.n)
		fault(f->verdict, PDF_FAULT_FORM, "object stream");
	else
		packed_read(f, data, n, first);
}

static void
objects_read(struct pdf_file *f)
{
	const uint8_t *p = f->bytes.p, *end = f->bytes.p + f->bytes.n, *at;
	size_t n;

	while (!faulty(f->verdict) && (at = find(p, end, "obj")) != NULL) {
		uint32_t number;

		p = at + 3;
		if (object_number(f->bytes, at, &number))
			p = object_read(
			    f, number, slice_of(p, (size_t)(end - p)));
	}
	n = f->n;
	for (size_t i = 0; i < n && !faulty(f->verdict); i++)
		packed_open(f, i);
}

static void
trailer_take(struct pdf_file *f, struct slice dict)
{
	if (dict_get(dict, "Root").p != NULL)
		f->trailer = dict;
	if (dict_get(dict, "Encrypt").p != NULL)
		fault(f->verdict, PDF_FAULT_ENCRYPTED, "");
}

/* Trailers by their word; streams of references are trailers as well. */
static void
trailers_read(struct pdf_file *f)
{
	static const char word[] = "trailer";
	const uint8_t *p = f->bytes.p, *end = f->bytes.p + f->bytes.n;

	for (size_t i = 0; i < f->n; i++)
		if (f->objects[i].stream.p != NULL &&
		    value_is_name(
			dict_get(f->objects[i].value, "Type"), "XRef"))
			trailer_take(f, f->objects[i].value);
	while ((p = find(p, end, word)) != NULL) {
		p += sizeof(word) - 1;
		trailer_take(f, slice_of(p, (size_t)(end - p)));
	}
}

void
pdf_file_open(struct slice pdf, struct pdf_verdict *v, struct pdf_file *out)
{
	*out = (struct pdf_file){ .bytes = pdf, .verdict = v };
	out->slots = xcalloc(SLOTS, sizeof(*out->slots));
	if (pdf.n < 5 || memcmp(pdf.p, "%PDF-", 5) != 0) {
		fault(v, PDF_FAULT_TYPE, "");
		return;
	}
	objects_read(out);
	trailers_read(out);
}

void
file_close(struct pdf_file *f)
{
	for (size_t i = 0; i < f->n_kept; i++) {
		buf_free(f->kept[i]);
		free(f->kept[i]);
	}
	free(f->objects);
	free(f->slots);
	*f = (struct pdf_file){ 0 };
}
