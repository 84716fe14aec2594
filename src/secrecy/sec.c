/* SPDX-License-Identifier: Apache-2.0 */
/* Secret texts: read out of documents, never written to the outside here. */
#include "nintei/secrecy.h"

#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "secrecy_int.h"

struct sec_doc {
	struct json *json;
};

struct sec_doc *
sec_doc_take(struct json *take)
{
	struct sec_doc *d;

	if (take == NULL)
		return NULL;
	d = xcalloc(1, sizeof(*d));
	d->json = take;
	return d;
}

void
sec_doc_free(struct sec_doc *d)
{
	if (d != NULL)
		jsonx_free(d->json);
	freep(&d);
}

const struct sec_str *
sec_of_signed(const char *text)
{
	return (const struct sec_str *)text;
}

const struct sec_str *
sec_get(const struct sec_doc *d, const char *member, const char *key)
{
	const struct json *at = sec_doc_inside(d);

	if (key == NULL)
		return sec_of_signed(jsonx_get_str(at, member));
	return sec_of_signed(jsonx_get_str(jsonx_get(at, member), key));
}

bool
sec_is_blank(const struct sec_str *s)
{
	return s == NULL || *(const char *)s == '\0';
}

bool
sec_is(const struct sec_str *s, const char *text)
{
	return s != NULL && strcmp((const char *)s, text) == 0;
}

/* Short values are words of the language, not secrets. */
bool
sec_is_told(const struct sec_str *s, const char *text)
{
	return s != NULL && strlen((const char *)s) >= 12 &&
	    strstr(text, (const char *)s) != NULL;
}

const struct json *
sec_doc_inside(const struct sec_doc *d)
{
	return d == NULL ? NULL : d->json;
}

void
sec_salted_hash(struct slice salt, const struct sec_str *s, char out[65])
{
	struct slice parts[] = { salt,
		slice_str(s == NULL ? "" : (const char *)s) };
	uint8_t sum[32];

	sha256_parts(parts, NELEM(parts), sum);
	hex_encode(sum, sizeof(sum), out);
}
