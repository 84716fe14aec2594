/* SPDX-License-Identifier: Apache-2.0 */
/* Values of a PDF where they stand: dictionaries, arrays, references. */
#include "pdf_int.h"
#include <stdio.h>
#include <string.h>

#define SAFE 9007199254740992.0 /* whole numbers beyond it are none */

bool
pdf_value_number(struct slice value, double *out)
{
	struct token t;

	lex_next(&value, &t);
	if (t.kind != LEX_INT && t.kind != LEX_REAL)
		return false;
	*out = t.number;
	return true;
}

bool
value_int(struct slice value, int64_t *out)
{
	struct token t;

	lex_next(&value, &t);
	if (t.kind != LEX_INT || t.number > SAFE || t.number < -SAFE)
		return false;
	*out = (int64_t)t.number;
	return true;
}

static bool
begins(struct slice value, bool is_dict, struct slice *out)
{
	struct token t;

	lex_next(&value, &t);
	if (t.kind != LEX_OPEN || t.is_dict != is_dict)
		return false;
	*out = value;
	return true;
}

bool
array_begin(struct slice value, struct slice *out)
{
	return begins(value, false, out);
}

bool
dict_begin(struct slice value, struct slice *out)
{
	return begins(value, true, out);
}

bool
value_is_dict(struct slice value)
{
	return begins(value, true, &value);
}

bool
value_is_array(struct slice value)
{
	return begins(value, false, &value);
}

bool
value_is_name(struct slice value, const char *name)
{
	struct token t;

	lex_next(&value, &t);
	return lex_is_name(&t, name);
}

bool
array_next(struct slice *rest, struct slice *out_value)
{
	*out_value = *rest;
	return lex_skip(rest);
}

bool
dict_next(struct slice *rest, char key[LEX_NAME_BYTES], struct slice *out_value)
{
	struct token t;

	lex_next(rest, &t);
	if (t.kind != LEX_NAME)
		return false;
	snprintf(key, LEX_NAME_BYTES, "%s", t.name);
	*out_value = *rest;
	return lex_skip(rest);
}

/* The last of several with one key counts for no one: the first does. */
struct slice
dict_get(struct slice dict, const char *key)
{
	char name[LEX_NAME_BYTES];
	struct slice rest, value;

	if (!dict_begin(dict, &rest))
		return (struct slice){ 0 };
	while (dict_next(&rest, name, &value))
		if (strcmp(name, key) == 0)
			return value;
	return (struct slice){ 0 };
}

/* The number of "5 0 R". */
static bool
is_reference(struct slice value, uint32_t *out)
{
	struct token t;
	double number;

	lex_next(&value, &t);
	number = t.number;
	if (t.kind != LEX_INT || number < 0 || number > UINT32_MAX)
		return false;
	lex_next(&value, &t);
	if (t.kind != LEX_INT)
		return false;
	lex_next(&value, &t);
	*out = (uint32_t)number;
	return lex_is_word(&t, "R");
}

const struct object *
file_object(const struct pdf_file *f, struct slice value)
{
	uint32_t number;

	return is_reference(value, &number) ? file_find(f, number) : NULL;
}

#define HOPS 8 /* references to references */

struct slice
file_resolve(const struct pdf_file *f, struct slice value)
{
	uint32_t number;

	for (int i = 0; i < HOPS && is_reference(value, &number); i++) {
		const struct object *o = file_find(f, number);

		if (o == NULL)
			return (struct slice){ 0 };
		value = o->value;
	}
	return value;
}

struct slice
file_get(const struct pdf_file *f, struct slice dict, const char *key)
{
	return file_resolve(f, dict_get(file_resolve(f, dict), key));
}
