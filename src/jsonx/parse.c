/* SPDX-License-Identifier: Apache-2.0 */
/* Strict reading: what jansson lets pass is refused here. */
#include "nintei/jsonx.h"

#include "jsonx_int.h"

#include "nintei/limits.h"
#include "nintei/wire.h"

#define SAFE_INTEGER 9007199254740991

/*
 * Depth before jansson recurses: brackets outside strings.  The text need not
 * be valid here; jansson decides that.
 */
static bool
too_deep(struct slice text)
{
	bool in_string = false;
	unsigned depth = 0;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (in_string && c == '\\') {
			i++;
		} else if (c == '"') {
			in_string = !in_string;
		} else if (!in_string && (c == '[' || c == '{')) {
			if (++depth > LIMIT_JSON_DEPTH)
				return true;
		} else if (!in_string && (c == ']' || c == '}')) {
			if (depth > 0)
				depth--;
		}
	}
	return false;
}

/* No reals, no integer beyond what every reader keeps exactly. */
static bool
integers_only(json_t *v)
{
	json_t *child;
	const char *key;
	size_t i;

	if (json_is_real(v))
		return false;
	if (json_is_integer(v))
		return json_integer_value(v) <= SAFE_INTEGER &&
		    json_integer_value(v) >= -SAFE_INTEGER;
	json_object_foreach(
	    v, key, child) if (!integers_only(child)) return false;
	json_array_foreach(v, i, child) if (!integers_only(child)) return false;
	return true;
}

int
jsonx_parse(struct slice text, size_t max, struct json **out, struct err *e)
{
	json_error_t why;
	json_t *v;

	if (text.n > max)
		return err_set(
		    e, E_LIMIT, "want at most %zu bytes of JSON", max);
	if (text.n == 0)
		return err_set(e, E_INPUT, "want JSON, have nothing");
	if (!utf8_valid(text))
		return err_set(e, E_INPUT, "JSON is not valid UTF-8");
	if (too_deep(text))
		return err_set(
		    e, E_INPUT, "JSON nests deeper than %d", LIMIT_JSON_DEPTH);
	v = json_loadb((const char *)text.p, text.n,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (v == NULL)
		return err_set(e, E_INPUT, "JSON line %d, column %d: %s",
		    why.line, why.column, why.text);
	if (!integers_only(v)) {
		json_decref(v);
		return err_set(
		    e, E_INPUT, "JSON numbers must be integers up to 2^53 - 1");
	}
	*out = outer(v);
	return 0;
}

int
jsonx_parse_canonical(
    struct slice text, size_t max, struct json **out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	CLEANUP(buf_free) struct buf again = BUF_INIT(max);

	if (jsonx_parse(text, max, &j, e) < 0)
		return -1;
	jsonx_canonical(j, &again);
	if (!buf_ok(&again) || !slice_eq(buf_slice(&again), text))
		return err_set(e, E_INPUT, "JSON is not in canonical form");
	*out = TAKE(j);
	return 0;
}
