/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_JSONX_H
#define NINTEI_JSONX_H
/*
 * jsonx: JSON read strictly and written canonically (RFC 8785, restricted to
 * strings, safe integers, booleans, null, arrays and objects).
 * Runs in: core, signer, examine, nintei.  Trusts: nothing.
 * Vendor: jansson.  Rules: JSON_STRICT in docs/PROTOCOL.bundle.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/findings.h"
#include "nintei/slice.h"

struct json; /* a value; owned by whoever made it or by its parent */

enum json_kind {
	JSON_KIND_NONE = 0, /* absent */
	JSON_KIND_NULL,
	JSON_KIND_BOOL,
	JSON_KIND_INT,
	JSON_KIND_STRING,
	JSON_KIND_ARRAY,
	JSON_KIND_OBJECT
};

/*
 * Strict: UTF-8 without BOM, no duplicate key, no NUL, no lone surrogate,
 * integers of at most 2^53 - 1 only, depth at most LIMIT_JSON_DEPTH, nothing
 * after the value, at most max bytes.  Errors: E_INPUT, E_LIMIT.
 */
int jsonx_parse(
    struct slice text, size_t max, struct json **out, struct err *e) MUST_CHECK;
/* The same, and the bytes must be the canonical form.  E_INPUT. */
int jsonx_parse_canonical(
    struct slice text, size_t max, struct json **out, struct err *e) MUST_CHECK;
void jsonx_free(struct json *j); /* for CLEANUP(jsonx_freep) */
void jsonx_freep(struct json **j);

/* RFC 8785; no final newline. */
void jsonx_canonical(const struct json *j, struct buf *out);
/* Two-space indent, for people; keys in insertion order. */
void jsonx_pretty(const struct json *j, struct buf *out);

/* Making.  _set and _add take over the value; a NULL value adds nothing. */
struct json *jsonx_object(void);
struct json *jsonx_array(void);
struct json *jsonx_string(const char *s);
struct json *jsonx_string_n(struct slice s);
struct json *jsonx_int(int64_t v);
struct json *jsonx_bool(bool v);
struct json *jsonx_null(void);
struct json *jsonx_dup(const struct json *j); /* deep */
void jsonx_set(struct json *object, const char *key, struct json *take);
void jsonx_set_str(struct json *object, const char *key, const char *value);
void jsonx_set_int(struct json *object, const char *key, int64_t value);
void jsonx_set_bool(struct json *object, const char *key, bool value);
void jsonx_del(struct json *object, const char *key);
void jsonx_add(struct json *array, struct json *take);
void jsonx_add_str(struct json *array, const char *value);

/* Reading.  All accept NULL and the wrong kind and then say "absent". */
enum json_kind jsonx_kind(const struct json *j);
const struct json *jsonx_get(const struct json *object, const char *key);
const char *jsonx_get_str(
    const struct json *object, const char *key); /* NULL */
int64_t jsonx_get_int(const struct json *object, const char *key, int64_t none);
bool jsonx_get_bool(const struct json *object, const char *key, bool none);
const char *jsonx_str(const struct json *j); /* NULL if it is no string */
int64_t jsonx_int_value(const struct json *j, int64_t none);
size_t jsonx_len(const struct json *j); /* of an array or object, else 0 */
const struct json *jsonx_at(const struct json *array, size_t i);
/* Members in insertion order; false past the end. */
bool jsonx_member(const struct json *object, size_t i, const char **out_key,
    const struct json **out_value);
bool jsonx_equal(const struct json *a, const struct json *b);

/*
 * Shape of an object, checked in one call: each field is named once with its
 * kind; unknown keys and missing required ones are E_INPUT, naming the key.
 */
struct json_field {
	const char *key;
	enum json_kind kind;
	bool required;
};
int jsonx_shape(const struct json *j, const struct json_field *fields, size_t n,
    struct err *e) MUST_CHECK;

/* The array of INTERFACE 4: {rule, code?, severity, article?, ...}. */
struct json *jsonx_findings(const struct findings *f);

#endif
