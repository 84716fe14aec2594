/* SPDX-License-Identifier: Apache-2.0 */
/* expat with namespaces, without DOCTYPE, under limits. */
#include "nintei/xmlx.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include <expat.h>

#define SEPARATOR '\n'

static unsigned long salt;

/* One reading. */
struct reading {
	XML_Parser parser;
	const struct xmlx_handlers *h;
	void *arg;
	enum xmlx_fault fault; /* the first */
	unsigned depth;
	size_t elements, text;
};

const char *
xmlx_fault_code(enum xmlx_fault f)
{
	static const char *const codes[XMLX_FAULT_MAX] = {
		[XMLX_OK] = "",
		[XMLX_SYNTAX] = "XML_SYNTAX",
		[XMLX_DOCTYPE] = "XML_DOCTYPE",
		[XMLX_ENCODING] = "XML_ENCODING",
		[XMLX_DEEP] = "XML_DEPTH",
		[XMLX_ELEMENTS_MANY] = "XML_ELEMENTS",
		[XMLX_LARGE] = "XML_TEXT",
		[XMLX_STOPPED] = "",
	};

	return f < XMLX_FAULT_MAX ? codes[f] : "";
}

void
xmlx_warm(void)
{
	if (salt == 0 &&
	    getrandom(&salt, sizeof(salt), 0) != (ssize_t)sizeof(salt))
		abort(); /* no kernel that we run on */
	salt |= 1; /* 0 would make expat ask the system */
}

static void
stop(struct reading *r, enum xmlx_fault why)
{
	if (r->fault == XMLX_OK)
		r->fault = why;
	XML_StopParser(r->parser, XML_FALSE);
}

/* "uri\nlocal" as expat joins them, or "local". */
static void
name_split(const char *joined, const char **out_ns, size_t *out_ns_len,
    const char **out_local)
{
	const char *cut = strchr(joined, SEPARATOR);

	*out_ns = cut == NULL ? "" : joined;
	*out_ns_len = cut == NULL ? 0 : (size_t)(cut - joined);
	*out_local = cut == NULL ? joined : cut + 1;
}

static bool
ns_is(const char *ns, size_t n, const char *want)
{
	return strlen(want) == n && strncmp(ns, want, n) == 0;
}

bool
xmlx_is(const struct xmlx_element *el, const char *ns, const char *local)
{
	return strcmp(el->local, local) == 0 && ns_is(el->ns, el->ns_len, ns);
}

bool
xmlx_attr_at(const struct xmlx_element *el, size_t i, struct slice *out_ns,
    const char **out_local, const char **out_value)
{
	const char *ns;
	size_t n;

	for (size_t k = 0; k <= i; k++)
		if (el->attrs[2 * k] == NULL)
			return false;
	name_split(el->attrs[2 * i], &ns, &n, out_local);
	*out_ns = slice_of(ns, n);
	*out_value = el->attrs[2 * i + 1];
	return true;
}

const char *
xmlx_attr(const struct xmlx_element *el, const char *ns, const char *local)
{
	for (const char *const *a = el->attrs; *a != NULL; a += 2) {
		const char *its, *name;
		size_t n;

		name_split(a[0], &its, &n, &name);
		if (strcmp(name, local) == 0 && ns_is(its, n, ns))
			return a[1];
	}
	return NULL;
}

static struct xmlx_element
element_of(const struct reading *r, const char *name, const char *const *attrs)
{
	struct xmlx_element el = { .attrs = attrs, .depth = r->depth };

	name_split(name, &el.ns, &el.ns_len, &el.local);
	return el;
}

static void XMLCALL
on_start(void *arg, const XML_Char *name, const XML_Char **attrs)
{
	struct reading *r = arg;
	struct xmlx_element el;

	if (r->fault != XMLX_OK)
		return;
	if (++r->depth > XMLX_DEPTH) {
		stop(r, XMLX_DEEP);
		return;
	}
	if (++r->elements > XMLX_ELEMENTS) {
		stop(r, XMLX_ELEMENTS_MANY);
		return;
	}
	el = element_of(r, name, (const char *const *)attrs);
	if (r->h->start != NULL && !r->h->start(r->arg, &el))
		stop(r, XMLX_STOPPED);
}

static void XMLCALL
on_end(void *arg, const XML_Char *name)
{
	static const char *const none[] = { NULL };
	struct reading *r = arg;
	struct xmlx_element el;

	if (r->fault != XMLX_OK)
		return;
	el = element_of(r, name, none);
	r->depth--;
	if (r->h->end != NULL && !r->h->end(r->arg, &el))
		stop(r, XMLX_STOPPED);
}

static void XMLCALL
on_text(void *arg, const XML_Char *p, int n)
{
	struct reading *r = arg;

	if (r->fault != XMLX_OK || n <= 0)
		return;
	r->text += (size_t)n;
	if (r->text > XMLX_TEXT_BYTES)
		stop(r, XMLX_LARGE);
	else if (r->h->text != NULL &&
	    !r->h->text(r->arg, slice_of(p, (size_t)n)))
		stop(r, XMLX_STOPPED);
}

/* Rule XML_DOCTYPE: before the first declaration inside it is read. */
static void XMLCALL
on_doctype(void *arg, const XML_Char *name, const XML_Char *system,
    const XML_Char *public, int has_subset)
{
	(void)name;
	(void)system;
	(void)public;
	(void)has_subset;
	stop(arg, XMLX_DOCTYPE);
}

/* Rule XML_ENCODING: expat would also take Latin-1 and ASCII. */
static void XMLCALL
on_declaration(void *arg, const XML_Char *version, const XML_Char *encoding,
    int standalone)
{
	(void)standalone;
	if (version != NULL && encoding != NULL &&
	    strcasecmp(encoding, "UTF-8") != 0 &&
	    strcasecmp(encoding, "UTF-16") != 0)
		stop(arg, XMLX_ENCODING);
}

static enum xmlx_fault
fault_of(const struct reading *r)
{
	enum XML_Error x = XML_GetErrorCode(r->parser);

	if (r->fault != XMLX_OK)
		return r->fault;
	return x == XML_ERROR_UNKNOWN_ENCODING ||
		x == XML_ERROR_INCORRECT_ENCODING
	    ? XMLX_ENCODING
	    : XMLX_SYNTAX;
}

static void
parser_freep(XML_Parser *p)
{
	if (*p != NULL)
		XML_ParserFree(*p);
}

static void
handlers_set(XML_Parser p, struct reading *r)
{
	XML_SetUserData(p, r);
	XML_SetHashSalt(p, salt);
	XML_SetElementHandler(p, on_start, on_end);
	XML_SetCharacterDataHandler(p, on_text);
	XML_SetStartDoctypeDeclHandler(p, on_doctype);
	XML_SetXmlDeclHandler(p, on_declaration);
	XML_SetParamEntityParsing(p, XML_PARAM_ENTITY_PARSING_NEVER);
}

enum xmlx_fault
xmlx_read(struct slice doc, const struct xmlx_handlers *h, void *arg)
{
	CLEANUP(parser_freep) XML_Parser p = NULL;
	struct reading r = { .h = h, .arg = arg };

	if (doc.n > XMLX_DOCUMENT_BYTES)
		return XMLX_LARGE;
	xmlx_warm();
	if ((p = XML_ParserCreateNS(NULL, SEPARATOR)) == NULL)
		return XMLX_LARGE;
	r.parser = p;
	handlers_set(p, &r);
	if (XML_Parse(p, (const char *)doc.p, (int)doc.n, XML_TRUE) !=
	    XML_STATUS_OK)
		return fault_of(&r);
	return r.fault;
}
