/* SPDX-License-Identifier: Apache-2.0 */
/* /v1/schemas: what commands, events and cases look like. */
#include "office_int.h"

#include "nintei/acts.h"
#include "nintei/digest.h"

#define SCHEMA_BYTES MIB(2)

int
get_schemas(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *names = acts_schema_names();
	struct json *items = jsonx_array(), *j = jsonx_object();
	char hash[SHA256_HEX];

	(void)e;
	for (size_t i = 0; i < jsonx_len(names); i++) {
		const char *name = jsonx_str(jsonx_at(names, i));
		CLEANUP(freep) char *href = xasprintf("/v1/schemas/%s", name);
		struct json *item = jsonx_object();

		jsonx_set_str(item, "name", name);
		jsonx_set_str(item, "href", href);
		jsonx_add(items, item);
	}
	jsonx_set(j, "items", items);
	answer_json(a, 200, j);
	answer_header(a, FR_CACHE_CONTROL, "public, max-age=60");
	answer_etag(v, a, sha256_hex(buf_slice(&a->body), hash));
	return 0;
}

int
get_schema(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *schema = acts_schema(v->q->param[0]);
	CLEANUP(buf_free) struct buf text = BUF_INIT(SCHEMA_BYTES);
	char hash[SHA256_HEX];

	if (schema == NULL)
		return err_set(e, E_NOT_FOUND, "there is no such schema");
	jsonx_pretty(schema, &text);
	if (!buf_ok(&text))
		return err_set(e, E_LIMIT, "the schema is too large");
	answer_bytes(a, "application/schema+json", buf_slice(&text));
	answer_header(a, FR_CACHE_CONTROL, "public, max-age=60");
	answer_etag(v, a, sha256_hex(buf_slice(&a->body), hash));
	return 0;
}
