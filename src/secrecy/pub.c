/* SPDX-License-Identifier: Apache-2.0 */
/* Public texts, and the documents made of them. */
#include "nintei/secrecy.h"

#include "secrecy_int.h"

struct pub_doc {
	struct json *json;
};

const char *
pub_text(const struct pub_str *s)
{
	return (const char *)s;
}

const struct pub_str *
pub_own(const char *text)
{
	return (const struct pub_str *)text;
}

static struct pub_doc *
doc_of(struct json *take)
{
	struct pub_doc *d = xcalloc(1, sizeof(*d));

	d->json = take;
	return d;
}

struct pub_doc *
pub_doc_new(void)
{
	return doc_of(jsonx_object());
}

struct pub_doc *
pub_list_new(void)
{
	return doc_of(jsonx_array());
}

struct pub_doc *
pub_doc_published(const struct json *j)
{
	return doc_of(j == NULL ? jsonx_object() : jsonx_dup(j));
}

struct pub_doc *
pub_doc_stored(struct json *take)
{
	return doc_of(take);
}

struct json *
pub_doc_release(struct pub_doc *take)
{
	struct json *j = TAKE(take->json);

	pub_doc_free(take);
	return j;
}

void
pub_doc_free(struct pub_doc *d)
{
	if (d != NULL)
		jsonx_free(d->json);
	freep(&d);
}

void
pub_set(struct pub_doc *d, const char *key, const struct pub_str *value)
{
	jsonx_set_str(d->json, key, pub_text(value));
}

void
pub_set_bool(struct pub_doc *d, const char *key, bool value)
{
	jsonx_set_bool(d->json, key, value);
}

void
pub_set_doc(struct pub_doc *d, const char *key, struct pub_doc *take)
{
	jsonx_set(d->json, key, TAKE(take->json));
	pub_doc_free(take);
}

void
pub_add(struct pub_doc *list, struct pub_doc *take)
{
	jsonx_add(list->json, TAKE(take->json));
	pub_doc_free(take);
}

const struct json *
pub_json(const struct pub_doc *d)
{
	return d == NULL ? NULL : d->json;
}

void
pub_canonical(const struct pub_doc *d, struct buf *out)
{
	jsonx_canonical(d->json, out);
}
