/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target functions: ooxml_xlsx_facts ooxml_docx_facts zip_open numfmt_number
 * A package as it stands; else one byte that names a part of an honest
 * package, and what that part holds.
 */
#include <stdlib.h>
#include <string.h>
#include "nintei/jsonx.h"
#include "nintei/ooxml.h"
#include "support/archive_make.h"
#include "support/office_make.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
read_as(int (*facts)(struct slice, struct json **, struct ooxml_faults *),
    struct slice doc)
{
	CLEANUP(jsonx_freep) struct json *out = NULL;
	struct ooxml_faults f;

	if (facts(doc, &out, &f) < 0 ? f.n == 0 || out != NULL
				     : f.n != 0 || out == NULL)
		abort(); /* a refusal says why, and only a refusal does */
}

static const char *const parts[] = { "xl/worksheets/sheet1.xml",
	"xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml",
	"docProps/custom.xml", "xl/_rels/workbook.xml.rels",
	"[Content_Types].xml", "docMetadata/LabelInfo.xml", "docProps/core.xml",
	"word/document.xml", "word/styles.xml" };
#define FIRST_OF_WORD 9

static void
as_part(uint8_t which, struct slice content)
{
	struct office o;
	CLEANUP(buf_free) struct buf zip = BUF_INIT((size_t)64 << 20);
	size_t i = which % NELEM(parts);
	bool word = i >= FIRST_OF_WORD;

	if (word) {
		office_docx(&o);
		office_rel(
		    &o, "word/document.xml", "styles", "styles.xml", false);
	} else
		office_xlsx(&o);
	o.stored = true;
	office_put_bytes(&o, parts[i], content);
	office_zip(&o, &zip);
	read_as(word ? ooxml_docx_facts : ooxml_xlsx_facts, buf_slice(&zip));
	office_done(&o);
	keep_free();
}

/* A format code and the number that it shows, in a cell. */
static void
as_format(struct slice in)
{
	CLEANUP(buf_free) struct buf code = BUF_INIT(4096);
	struct office o;
	CLEANUP(buf_free) struct buf zip = BUF_INIT(1 << 20);

	for (size_t i = 0; i < in.n && i < 256; i++)
		if (in.p[i] >= ' ' && in.p[i] < 0x7f &&
		    strchr("<>&\"", in.p[i]) == NULL)
			buf_putc(&code, in.p[i]);
		else
			buf_puts(&code, in.p[i] % 2 == 0 ? "&quot;" : "&gt;");
	office_xlsx(&o);
	o.stored = true;
	office_format(&o, buf_str(&code));
	office_sheet(&o,
	    "<sheetData><row><c s=\"1\"><v>-1234.5678</v></c><c s=\"1\"><v>"
	    "46204.5</v></c><c s=\"1\" t=\"s\"><v>0</v></c><c s=\"1\"><v>1e300"
	    "</v></c><c s=\"1\"><v>1e-300</v></c></row></sheetData>");
	office_zip(&o, &zip);
	read_as(ooxml_xlsx_facts, buf_slice(&zip));
	office_done(&o);
	keep_free();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n >= 2 && memcmp(data, "PK", 2) == 0) {
		read_as(ooxml_xlsx_facts, slice_of(data, n));
		read_as(ooxml_docx_facts, slice_of(data, n));
	} else if (n >= 1 && data[0] == 'F')
		as_format(slice_of(data + 1, n - 1));
	else if (n >= 1)
		as_part(data[0], slice_of(data + 1, n - 1));
	return 0;
}
