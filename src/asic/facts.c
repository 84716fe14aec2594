/* SPDX-License-Identifier: Apache-2.0 */
/* An ASiCManifest as typed facts: EN 319 162-1 A.4, read by a child. */
#include "asic_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/limits.h"
#include "nintei/xmlx.h"

#define URI_BYTES 2048 /* 512 bytes of name, each percent-encoded, and more */
#define DIGEST_TEXT 256 /* base64 with its white space */

/* Where the reader stands: which element encloses what comes. */
enum place {
	AT_TOP = 0,
	AT_ROOT,
	AT_REFERENCE, /* SigReference: empty */
	AT_OBJECT,
	AT_METHOD, /* DigestMethod: empty */
	AT_VALUE,
	AT_EXTENSIONS, /* passed over, all depths */
	AT_MAX
};

struct reader {
	enum place at;
	unsigned deep; /* of AT_EXTENSIONS */
	enum place under; /* what AT_EXTENSIONS stands in */
	struct json *facts, *objects, *object; /* object: in objects */
	struct buf value;
	const char *fault;
};

static bool
fail(struct reader *r, const char *what)
{
	r->fault = what;
	return false;
}

static bool
uri_set(struct reader *r, struct json *into, const char *key,
    const struct xmlx_element *el)
{
	const char *uri = xmlx_attr(el, "", "URI");

	if (uri == NULL || uri[0] == '\0')
		return fail(r, "an element without URI");
	if (strlen(uri) > URI_BYTES)
		return fail(r, "a URI is too long");
	jsonx_set_str(into, key, uri);
	return true;
}

static bool
on_root(struct reader *r, const struct xmlx_element *el)
{
	(void)el;
	r->at = AT_ROOT;
	return true;
}

static bool
on_reference(struct reader *r, const struct xmlx_element *el)
{
	if (jsonx_get(r->facts, "sig_reference") != NULL)
		return fail(r, "two SigReference");
	r->at = AT_REFERENCE;
	return uri_set(r, r->facts, "sig_reference", el);
}

static bool
on_object(struct reader *r, const struct xmlx_element *el)
{
	const char *root = xmlx_attr(el, "", "Rootfile");

	if (jsonx_len(r->objects) >= LIMIT_ENTRIES)
		return fail(r, "too many DataObjectReference");
	r->object = jsonx_object();
	jsonx_add(r->objects, r->object);
	r->at = AT_OBJECT;
	if (root != NULL &&
	    (strcmp(root, "true") == 0 || strcmp(root, "1") == 0))
		jsonx_set_bool(r->object, "rootfile", true);
	return uri_set(r, r->object, "uri", el);
}

static bool
on_method(struct reader *r, const struct xmlx_element *el)
{
	const char *uri = xmlx_attr(el, "", "Algorithm");

	if (uri == NULL || jsonx_get(r->object, "algorithm") != NULL)
		return fail(r, "DigestMethod");
	jsonx_set_str(r->object, "algorithm",
	    asic_digest_of(asic_algorithm_of_uri(uri))->name);
	r->at = AT_METHOD;
	return true;
}

static bool
on_value(struct reader *r, const struct xmlx_element *el)
{
	(void)el;
	if (jsonx_get(r->object, "digest") != NULL)
		return fail(r, "two DigestValue");
	buf_reset(&r->value);
	r->at = AT_VALUE;
	return true;
}

/* An extension that must be understood cannot be passed over. */
static bool
is_critical(const struct xmlx_element *el)
{
	const char *critical = xmlx_attr(el, "", "Critical");

	return critical != NULL && strcmp(critical, "false") != 0 &&
	    strcmp(critical, "0") != 0;
}

static bool
on_extensions(struct reader *r, const struct xmlx_element *el)
{
	if (is_critical(el))
		return fail(r, "a critical extension");
	r->under = r->at;
	r->at = AT_EXTENSIONS;
	r->deep = 1;
	return true;
}

static const struct {
	enum place in;
	const char *ns, *local;
	bool (*open)(struct reader *, const struct xmlx_element *);
} elements[] = {
	{ AT_TOP, NS_ASIC, "ASiCManifest", on_root },
	{ AT_ROOT, NS_ASIC, "SigReference", on_reference },
	{ AT_ROOT, NS_ASIC, "DataObjectReference", on_object },
	{ AT_ROOT, NS_ASIC, "ASiCManifestExtensions", on_extensions },
	{ AT_OBJECT, NS_DSIG, "DigestMethod", on_method },
	{ AT_OBJECT, NS_DSIG, "DigestValue", on_value },
	{ AT_OBJECT, NS_ASIC, "DataObjectReferenceExtensions", on_extensions },
};

static bool
on_start(void *arg, const struct xmlx_element *el)
{
	struct reader *r = arg;

	if (r->at == AT_EXTENSIONS) {
		r->deep++;
		return is_critical(el) ? fail(r, "a critical extension") : true;
	}
	for (size_t i = 0; i < NELEM(elements); i++)
		if (elements[i].in == r->at &&
		    xmlx_is(el, elements[i].ns, elements[i].local))
			return elements[i].open(r, el);
	return fail(
	    r, r->at == AT_TOP ? "another root element" : "an unknown element");
}

/* The digest must be as long as its algorithm says: the parent checks. */
static bool
value_end(struct reader *r)
{
	CLEANUP(buf_free) struct buf raw = BUF_INIT(DIGEST_TEXT);
	char hex[2 * DIGEST_TEXT + 1];
	struct err e = ERR_INIT;

	if (!buf_ok(&r->value) ||
	    base64_decode(buf_slice(&r->value), false, &raw, &e) < 0 ||
	    !buf_ok(&raw) || raw.n == 0)
		return fail(r, "DigestValue is not base64");
	hex_encode(raw.p, raw.n, hex);
	jsonx_set_str(r->object, "digest", hex);
	return true;
}

static bool
object_end(struct reader *r)
{
	if (jsonx_get(r->object, "algorithm") == NULL ||
	    jsonx_get(r->object, "digest") == NULL)
		return fail(r, "a DataObjectReference without digest");
	r->object = NULL;
	return true;
}

static bool
on_end(void *arg, const struct xmlx_element *el)
{
	static const enum place outer[AT_MAX] = { [AT_ROOT] = AT_TOP,
		[AT_REFERENCE] = AT_ROOT,
		[AT_OBJECT] = AT_ROOT,
		[AT_METHOD] = AT_OBJECT,
		[AT_VALUE] = AT_OBJECT };
	struct reader *r = arg;
	enum place was = r->at;

	(void)el;
	if (was == AT_EXTENSIONS) {
		if (--r->deep == 0)
			r->at = r->under;
		return true;
	}
	r->at = outer[was];
	if (was == AT_VALUE)
		return value_end(r);
	return was == AT_OBJECT ? object_end(r) : true;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* White space alone stands outside DigestValue, and does not count in it. */
static bool
on_text(void *arg, struct slice utf8)
{
	struct reader *r = arg;

	if (r->at == AT_EXTENSIONS)
		return true;
	for (size_t i = 0; i < utf8.n; i++) {
		if (is_blank(utf8.p[i]))
			continue;
		if (r->at != AT_VALUE)
			return fail(r, "text between the elements");
		buf_putc(&r->value, utf8.p[i]);
	}
	return true;
}

static const char *
read_all(struct slice xml, struct reader *r)
{
	static const struct xmlx_handlers handlers = { on_start, on_end,
		on_text };
	enum xmlx_fault fault = xmlx_read(xml, &handlers, r);

	if (fault == XMLX_STOPPED)
		return r->fault;
	if (fault != XMLX_OK)
		return xmlx_fault_code(fault);
	if (jsonx_get(r->facts, "sig_reference") == NULL)
		return "no SigReference";
	return jsonx_len(r->objects) == 0 ? "no DataObjectReference" : NULL;
}

int
asic_manifest_facts(struct slice xml, struct json **out, const char **out_fault)
{
	CLEANUP(jsonx_freep) struct json *facts = jsonx_object();
	struct reader r = { .facts = facts,
		.objects = jsonx_array(),
		.value = BUF_INIT(DIGEST_TEXT) };
	const char *fault;

	jsonx_set(facts, "objects", r.objects);
	fault = xml.n > ASIC_MANIFEST_BYTES ? "too large" : read_all(xml, &r);
	buf_free(&r.value);
	if (fault != NULL) {
		*out_fault = fault;
		return -1;
	}
	*out = TAKE(facts);
	return 0;
}
