/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_XMLX_H
#define NINTEI_XMLX_H
/*
 * xmlx: one untrusted XML document in memory, read once from start to end.
 * Namespaces are resolved.  A DOCTYPE ends the reading before anything in it
 * counts; no entity but the five of XML, nothing external, no I/O.
 * Runs in: examine (confined, after xmlx_warm()).  Trusts: nothing.
 * Vendor: expat.  Rules: XML_* in docs/PROTOCOL.dossier.
 */
#include <stdint.h>
#include "nintei/slice.h"

#define XMLX_DEPTH 64 /* elements open at once */
#define XMLX_ELEMENTS 2000000
#define XMLX_TEXT_BYTES ((size_t)16 * 1024 * 1024) /* character data */
#define XMLX_DOCUMENT_BYTES ((size_t)64 * 1024 * 1024)

enum xmlx_fault {
	XMLX_OK = 0,
	XMLX_SYNTAX, /* not well-formed, or cut off */
	XMLX_DOCTYPE,
	XMLX_ENCODING, /* neither UTF-8 nor UTF-16 */
	XMLX_DEEP, /* over XMLX_DEPTH */
	XMLX_ELEMENTS_MANY, /* over XMLX_ELEMENTS */
	XMLX_LARGE, /* over XMLX_TEXT_BYTES or XMLX_DOCUMENT_BYTES */
	XMLX_STOPPED, /* a handler said so */
	XMLX_FAULT_MAX
};
/*
 * The code of a finding: "XML_SYNTAX", "XML_DOCTYPE", "XML_ENCODING",
 * "XML_DEPTH", "XML_ELEMENTS", "XML_TEXT"; "" for XMLX_OK and XMLX_STOPPED.
 */
const char *xmlx_fault_code(enum xmlx_fault f);

/* An element as a handler sees it; valid during the call only. */
struct xmlx_element {
	const char *ns; /* URI; "" without one.  Ends at '\n' or NUL! */
	size_t ns_len;
	const char *local; /* NUL-terminated */
	const char *const *attrs; /* pairs, NULL at the end; see xmlx_attr() */
	unsigned depth; /* 1: the root */
};
/* Is it in the namespace ns and called local? */
bool xmlx_is(const struct xmlx_element *el, const char *ns, const char *local);
/* The value of an attribute, or NULL.  ns "": attribute without a prefix. */
const char *xmlx_attr(
    const struct xmlx_element *el, const char *ns, const char *local);
/*
 * The attributes in the order of the document: 0 past the end.  The namespace
 * is out_ns[0..*out_ns_len), empty for an attribute without a prefix.
 */
bool xmlx_attr_at(const struct xmlx_element *el, size_t i, struct slice *out_ns,
    const char **out_local, const char **out_value);

/*
 * Called in the order of the document.  false stops the reading at once.
 * text comes in pieces of any size, UTF-8 whatever the document's encoding,
 * never empty; CDATA is text.  Comments and instructions are passed over.
 * Any of the three may be NULL.  In end, attrs is empty.
 */
struct xmlx_handlers {
	bool (*start)(void *arg, const struct xmlx_element *el);
	bool (*end)(void *arg, const struct xmlx_element *el);
	bool (*text)(void *arg, struct slice utf8);
};

/*
 * Choose the salt of expat's hash tables, once per process and its children.
 * A worker calls it before it is confined; elsewhere the first use does it.
 */
void xmlx_warm(void);

/* Read the whole document. */
enum xmlx_fault xmlx_read(
    struct slice doc, const struct xmlx_handlers *h, void *arg);

#endif
