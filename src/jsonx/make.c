/* SPDX-License-Identifier: Apache-2.0 */
/* Making values. */
#include "nintei/jsonx.h"

#include <stdlib.h>

#include "jsonx_int.h"

#include "nintei/wire.h"

/* jansson refuses only text that is not UTF-8: a programming error here. */
static struct json *
made(json_t *v)
{
	if (v == NULL)
		abort();
	return outer(v);
}

void
jsonx_free(struct json *j)
{
	json_decref(inner(j));
}

void
jsonx_freep(struct json **j)
{
	jsonx_free(*j);
	*j = NULL;
}

struct json *
jsonx_object(void)
{
	return made(json_object());
}

struct json *
jsonx_array(void)
{
	return made(json_array());
}

struct json *
jsonx_string(const char *s)
{
	return s == NULL ? NULL : made(json_string(s));
}

struct json *
jsonx_string_n(struct slice s)
{
	return made(json_stringn(s.n == 0 ? "" : (const char *)s.p, s.n));
}

struct json *
jsonx_int(int64_t v)
{
	return made(json_integer(v));
}

struct json *
jsonx_bool(bool v)
{
	return made(json_boolean(v));
}

struct json *
jsonx_null(void)
{
	return made(json_null());
}

struct json *
jsonx_dup(const struct json *j)
{
	return j == NULL ? NULL : made(json_deep_copy(inner(j)));
}

void
jsonx_set(struct json *object, const char *key, struct json *take)
{
	if (take != NULL &&
	    json_object_set_new(inner(object), key, inner(take)) < 0)
		abort();
}

void
jsonx_set_str(struct json *object, const char *key, const char *value)
{
	jsonx_set(object, key, jsonx_string(value));
}

void
jsonx_set_int(struct json *object, const char *key, int64_t value)
{
	jsonx_set(object, key, jsonx_int(value));
}

void
jsonx_set_bool(struct json *object, const char *key, bool value)
{
	jsonx_set(object, key, jsonx_bool(value));
}

void
jsonx_del(struct json *object, const char *key)
{
	json_object_del(inner(object), key);
}

void
jsonx_add(struct json *array, struct json *take)
{
	if (take != NULL &&
	    json_array_append_new(inner(array), inner(take)) < 0)
		abort();
}

void
jsonx_add_str(struct json *array, const char *value)
{
	jsonx_add(array, jsonx_string(value));
}
