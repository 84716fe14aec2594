/* SPDX-License-Identifier: Apache-2.0 */
/* Reading values: the wrong kind is "absent". */
#include "nintei/jsonx.h"

#include <string.h>

#include "jsonx_int.h"

enum json_kind
jsonx_kind(const struct json *j)
{
	if (j == NULL)
		return JSON_KIND_NONE;
	switch (json_typeof(inner(j))) {
	case JSON_OBJECT:
		return JSON_KIND_OBJECT;
	case JSON_ARRAY:
		return JSON_KIND_ARRAY;
	case JSON_STRING:
		return JSON_KIND_STRING;
	case JSON_INTEGER:
		return JSON_KIND_INT;
	case JSON_TRUE:
	case JSON_FALSE:
		return JSON_KIND_BOOL;
	case JSON_NULL:
		return JSON_KIND_NULL;
	case JSON_REAL:
		break;
	}
	return JSON_KIND_NONE;
}

const struct json *
jsonx_get(const struct json *object, const char *key)
{
	return object == NULL ? NULL
			      : outer(json_object_get(inner(object), key));
}

const char *
jsonx_get_str(const struct json *object, const char *key)
{
	return jsonx_str(jsonx_get(object, key));
}

int64_t
jsonx_get_int(const struct json *object, const char *key, int64_t none)
{
	return jsonx_int_value(jsonx_get(object, key), none);
}

bool
jsonx_get_bool(const struct json *object, const char *key, bool none)
{
	const struct json *v = jsonx_get(object, key);

	return jsonx_kind(v) == JSON_KIND_BOOL ? json_is_true(inner(v)) : none;
}

const char *
jsonx_str(const struct json *j)
{
	return j == NULL ? NULL : json_string_value(inner(j));
}

int64_t
jsonx_int_value(const struct json *j, int64_t none)
{
	return jsonx_kind(j) == JSON_KIND_INT ? json_integer_value(inner(j))
					      : none;
}

size_t
jsonx_len(const struct json *j)
{
	if (jsonx_kind(j) == JSON_KIND_ARRAY)
		return json_array_size(inner(j));
	return jsonx_kind(j) == JSON_KIND_OBJECT ? json_object_size(inner(j))
						 : 0;
}

const struct json *
jsonx_at(const struct json *array, size_t i)
{
	return array == NULL ? NULL : outer(json_array_get(inner(array), i));
}

bool
jsonx_member(const struct json *object, size_t i, const char **out_key,
    const struct json **out_value)
{
	void *it;

	if (jsonx_kind(object) != JSON_KIND_OBJECT)
		return false;
	it = json_object_iter(inner(object));
	while (it != NULL && i-- > 0)
		it = json_object_iter_next(inner(object), it);
	if (it == NULL)
		return false;
	*out_key = json_object_iter_key(it);
	*out_value = outer(json_object_iter_value(it));
	return true;
}

bool
jsonx_equal(const struct json *a, const struct json *b)
{
	return json_equal(inner(a), inner(b)) == 1;
}

static const struct json_field *
field_of(const char *key, const struct json_field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(fields[i].key, key) == 0)
			return &fields[i];
	return NULL;
}

int
jsonx_shape(const struct json *j, const struct json_field *fields, size_t n,
    struct err *e)
{
	const struct json *value;
	const char *key;

	if (jsonx_kind(j) != JSON_KIND_OBJECT)
		return err_set(e, E_INPUT, "want a JSON object");
	for (size_t i = 0; jsonx_member(j, i, &key, &value); i++) {
		const struct json_field *f = field_of(key, fields, n);

		if (f == NULL)
			return err_set(
			    e, E_INPUT, "unknown member \"%.60s\"", key);
		if (jsonx_kind(value) != f->kind)
			return err_set(
			    e, E_INPUT, "wrong type of \"%s\"", f->key);
	}
	for (size_t i = 0; i < n; i++)
		if (fields[i].required && jsonx_get(j, fields[i].key) == NULL)
			return err_set(e, E_INPUT, "member \"%s\" is missing",
			    fields[i].key);
	return 0;
}
