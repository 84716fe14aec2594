/* SPDX-License-Identifier: Apache-2.0 */
/* XML: names, texts, and every reason to stop. */
#include "nintei/xmlx.h"
#include <stdlib.h>
#include <string.h>
#include "support/support.h"

/* What the handlers saw: "(a" start, "text", ")" end. */
static struct buf seen;
static const char *stop_at;

static bool
on_start(void *arg, const struct xmlx_element *el)
{
	const char *v = xmlx_attr(el, "", "k"),
		   *w = xmlx_attr(el, "urn:n", "k");

	(void)arg;
	buf_putf(&seen, "(%.*s|%s", (int)el->ns_len, el->ns, el->local);
	if (v != NULL)
		buf_putf(&seen, " k=%s", v);
	if (w != NULL)
		buf_putf(&seen, " n:k=%s", w);
	return stop_at == NULL || strcmp(el->local, stop_at) != 0;
}

static bool
on_end(void *arg, const struct xmlx_element *el)
{
	(void)arg;
	buf_putf(&seen, ")%u", el->depth);
	return true;
}

static bool
on_text(void *arg, struct slice s)
{
	(void)arg;
	buf_put(&seen, s.p, s.n);
	return true;
}

static enum xmlx_fault
read_it(struct slice doc)
{
	static const struct xmlx_handlers h = { on_start, on_end, on_text };

	buf_free(&seen);
	seen = (struct buf)BUF_INIT((size_t)64 << 20);
	return xmlx_read(doc, &h, NULL);
}

static const struct {
	const char *doc;
	enum xmlx_fault fault;
	const char *seen; /* NULL: of no matter */
} docs[] = {
	{ "<a>t</a>", XMLX_OK, "(|at)1" },
	{ "<a xmlns='urn:n'><b k='1'/></a>", XMLX_OK,
	    "(urn:n|a(urn:n|b k=1)2)1" },
	{ "<n:a xmlns:n='urn:n' n:k='2' k='3'/>", XMLX_OK,
	    "(urn:n|a k=3 n:k=2)1" },
	{ "<a>x<!-- c --><?p i?><![CDATA[<&]]>&amp;&#x3042;</a>", XMLX_OK,
	    "(|ax<&&あ)1" },
	{ "", XMLX_SYNTAX, NULL },
	{ "<a>", XMLX_SYNTAX, NULL },
	{ "<a/><b/>", XMLX_SYNTAX, NULL },
	{ "<a>&x;</a>", XMLX_SYNTAX, NULL },
	{ "<a>\xff</a>", XMLX_SYNTAX, NULL },
	{ "<n:a/>", XMLX_SYNTAX, NULL },
	{ "<a xmlns='u&#10;rn'/>", XMLX_SYNTAX, NULL },
	{ "<!DOCTYPE a><a/>", XMLX_DOCTYPE, "" },
	{ "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", XMLX_DOCTYPE, "" },
	{ "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", XMLX_DOCTYPE, "" },
	{ "<?xml version='1.0' encoding='utf-8'?><a/>", XMLX_OK, NULL },
	{ "<?xml version='1.0' encoding='UTF-7'?><a/>", XMLX_ENCODING, "" },
	{ "<?xml version='1.0' encoding='Shift_JIS'?><a/>", XMLX_ENCODING, "" },
	{ "<?xml version='1.0' encoding='ISO-8859-1'?><a/>", XMLX_ENCODING,
	    "" },
	{ "<?xml version='1.0' encoding='US-ASCII'?><a/>", XMLX_ENCODING, "" },
	{ "<?xml version='1.0' encoding='UTF-16'?><a/>", XMLX_ENCODING, "" },
};

START_TEST(document_read)
{
	enum xmlx_fault have = read_it(slice_str(docs[_i].doc));

	ck_assert_msg(
	    have == docs[_i].fault, "%s: %d", docs[_i].doc, (int)have);
	if (docs[_i].seen != NULL)
		ck_assert_str_eq(buf_str(&seen), docs[_i].seen);
}
END_TEST

START_TEST(handler_stops)
{
	stop_at = "b";
	ck_assert_int_eq(read_it(slice_str("<a><b/><c/></a>")), XMLX_STOPPED);
	ck_assert_str_eq(buf_str(&seen), "(|a(|b");
	stop_at = NULL;
}
END_TEST

/* n times an element, closed or left open. */
static struct slice
repeat(struct buf *b, size_t n, const char *text)
{
	buf_puts(b, "<r>");
	for (size_t i = 0; i < n; i++)
		buf_puts(b, text);
	buf_puts(b, "</r>");
	return buf_slice(b);
}

START_TEST(limits_hold)
{
	CLEANUP(buf_free) struct buf deep = BUF_INIT(1 << 20);
	CLEANUP(buf_free) struct buf wide = BUF_INIT((size_t)32 << 20);
	CLEANUP(buf_free) struct buf text = BUF_INIT((size_t)32 << 20);
	CLEANUP(freep) char *line = xcalloc(1, 1 << 20);
	static const struct xmlx_handlers none = { NULL, NULL, NULL };

	for (unsigned i = 0; i < XMLX_DEPTH; i++)
		buf_puts(&deep, "<a>");
	for (unsigned i = 0; i < XMLX_DEPTH; i++)
		buf_puts(&deep, "</a>");
	ck_assert_int_eq(xmlx_read(buf_slice(&deep), &none, NULL), XMLX_OK);
	buf_reset(&deep);
	ck_assert_int_eq(
	    xmlx_read(repeat(&deep, XMLX_DEPTH, "<a>"), &none, NULL),
	    XMLX_DEEP);
	ck_assert_int_eq(
	    xmlx_read(repeat(&wide, XMLX_ELEMENTS, "<a/>"), &none, NULL),
	    XMLX_ELEMENTS_MANY);
	for (size_t i = 0; i + 1 < 1 << 20; i++)
		line[i] = 'x';
	ck_assert_int_eq(
	    xmlx_read(repeat(&text, 17, line), &none, NULL), XMLX_LARGE);
}
END_TEST

START_TEST(codes_of_faults)
{
	ck_assert_str_eq(xmlx_fault_code(XMLX_DOCTYPE), "XML_DOCTYPE");
	ck_assert_str_eq(xmlx_fault_code(XMLX_DEEP), "XML_DEPTH");
	ck_assert_str_eq(xmlx_fault_code(XMLX_ELEMENTS_MANY), "XML_ELEMENTS");
	ck_assert_str_eq(xmlx_fault_code(XMLX_LARGE), "XML_TEXT");
	ck_assert_str_eq(xmlx_fault_code(XMLX_OK), "");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("xmlx");
	TCase *t = tcase_create("xmlx");

	tcase_add_loop_test(t, document_read, 0, NELEM(docs));
	tcase_add_test(t, handler_stops);
	tcase_add_test(t, limits_hold);
	tcase_add_test(t, codes_of_faults);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	return suite_main(suite());
}
