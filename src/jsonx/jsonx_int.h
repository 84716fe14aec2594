/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_JSONX_INT_H
#define NINTEI_JSONX_INT_H
/* jsonx_int: a struct json is jansson's json_t under our name. */
#include <jansson.h>

#include "nintei/jsonx.h"

/* jansson's value behind ours; NULL stays NULL. */
static inline json_t *
inner(const struct json *j)
{
	union {
		const struct json *c;
		json_t *v;
	} u = { j };

	return u.v;
}

static inline struct json *
outer(json_t *v)
{
	union {
		json_t *v;
		struct json *j;
	} u = { v };

	return u.j;
}

#endif
