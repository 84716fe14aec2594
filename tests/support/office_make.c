/* SPDX-License-Identifier: Apache-2.0 */
/* Packages of Office made from parts. */
#include "support/office_make.h"

#include <stdlib.h>
#include <string.h>

#include "support/archive_make.h"

#define TYPES "http://schemas.openxmlformats.org/package/2006/content-types"
#define RELS "http://schemas.openxmlformats.org/package/2006/relationships"
#define TYPE \
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define R "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define SML "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define WML "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
#define KIND "application/vnd.openxmlformats-officedocument."

void
office_put_bytes(struct office *o, const char *name, struct slice bytes)
{
	size_t i = 0;

	while (i < o->n && strcmp(o->parts[i].name, name) != 0)
		i++;
	if (i == o->n) {
		if (o->n == OFFICE_PARTS)
			abort();
		o->parts[o->n++].name = xstrdup(name);
	}
	buf_free(&o->parts[i].content);
	o->parts[i].content = (struct buf)BUF_INIT((size_t)64 << 20);
	buf_put(&o->parts[i].content, bytes.p, bytes.n);
}

void
office_put(struct office *o, const char *name, const char *text)
{
	if (text != NULL) {
		office_put_bytes(o, name, slice_str(text));
		return;
	}
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->parts[i].name, name) == 0) {
			free(o->parts[i].name);
			buf_free(&o->parts[i].content);
			o->parts[i] = o->parts[--o->n];
		}
}

static void
put_rels(struct office *o, const char *name, const char *inner)
{
	CLEANUP(freep)
	char *text = xasprintf(
	    HEAD "<Relationships xmlns=\"" RELS "\">%s</Relationships>", inner);

	office_put(o, name, text);
}

void
office_rel(struct office *o, const char *part, const char *type,
    const char *target, bool external)
{
	const char *cut = strrchr(part, '/');
	int folder = cut == NULL ? 0 : (int)(cut - part) + 1;
	CLEANUP(freep)
	char *name =
	    xasprintf("%.*s_rels/%s.rels", folder, part, part + folder);
	CLEANUP(freep) char *had = xstrdup("");
	CLEANUP(freep) char *all = NULL;

	for (size_t i = 0; i < o->n; i++) {
		const char *from, *to;

		if (strcmp(o->parts[i].name, name) != 0)
			continue;
		from = strstr(buf_str(&o->parts[i].content), "<Relationship ");
		to = strstr(buf_str(&o->parts[i].content), "</Relationships>");
		free(had);
		had = from == NULL ? xstrdup("")
				   : xstrndup(from, (size_t)(to - from));
	}
	all = xasprintf("%s<Relationship Id=\"x%zu\" Type=\"" TYPE
			"%s\" Target=\"%s\"%s/>",
	    had, strlen(had), type, target,
	    external ? " TargetMode=\"External\"" : "");
	put_rels(o, name, all);
}

static void
put_types(struct office *o, const char *part, const char *kind)
{
	CLEANUP(freep)
	char *text = xasprintf(HEAD
	    "<Types xmlns=\"" TYPES "\"><Default Extension=\"rels\" "
	    "ContentType=\"application/vnd.openxmlformats-package."
	    "relationships+xml\"/><Default Extension=\"xml\" "
	    "ContentType=\"application/xml\"/><Override PartName=\"/%s\" "
	    "ContentType=\"" KIND "%s.main+xml\"/></Types>",
	    part, kind);

	office_put(o, "[Content_Types].xml", text);
	put_rels(o, "_rels/.rels", "");
	office_rel(o, "", "officeDocument", part, false);
}

void
office_book(struct office *o, const char *pr, const char *after)
{
	CLEANUP(freep)
	char *text = xasprintf(HEAD "<workbook xmlns=\"" SML "\" xmlns:r=\"" R
				    "\"><workbookPr%s/><sheets><sheet name=\""
				    "申請書A\" sheetId=\"1\" r:id=\"x0\"/>"
				    "%s</workbook>",
	    pr, after);

	office_put(o, "xl/workbook.xml", text);
}

void
office_sheet(struct office *o, const char *inner)
{
	CLEANUP(freep)
	char *text = xasprintf(
	    HEAD "<worksheet xmlns=\"" SML "\">%s</worksheet>", inner);

	office_put(o, "xl/worksheets/sheet1.xml", text);
}

void
office_format(struct office *o, const char *code)
{
	CLEANUP(freep)
	char *text = xasprintf(HEAD
	    "<styleSheet xmlns=\"" SML "\"><numFmts><numFmt numFmtId=\"200\" "
	    "formatCode=\"%s\"/></numFmts><cellStyleXfs><xf numFmtId=\"9\"/>"
	    "</cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf "
	    "numFmtId=\"200\"/></cellXfs></styleSheet>",
	    code);

	office_put(o, "xl/styles.xml", text);
}

void
office_xlsx(struct office *o)
{
	*o = (struct office){ 0 };
	put_types(o, "xl/workbook.xml", "spreadsheetml.sheet");
	office_rel(
	    o, "xl/workbook.xml", "worksheet", "worksheets/sheet1.xml", false);
	office_rel(
	    o, "xl/workbook.xml", "sharedStrings", "sharedStrings.xml", false);
	office_rel(o, "xl/workbook.xml", "styles", "/xl/styles.xml", false);
	office_book(o, "", "</sheets>");
	office_put(o, "xl/sharedStrings.xml",
	    HEAD "<sst xmlns=\"" SML "\"><si><t>あおい</t></si></sst>");
	office_format(o, "General");
	office_sheet(o,
	    "<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>"
	    "</sheetData>");
}

void
office_body(struct office *o, const char *inner)
{
	CLEANUP(freep)
	char *text = xasprintf(HEAD
	    "<w:document xmlns:w=\"" WML "\" xmlns:r=\"" R
	    "\" xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:mc=\"http://"
	    "schemas.openxmlformats.org/markup-compatibility/2006\"><w:body>%s"
	    "</w:body></w:document>",
	    inner);

	office_put(o, "word/document.xml", text);
}

void
office_docx(struct office *o)
{
	*o = (struct office){ 0 };
	put_types(o, "word/document.xml", "wordprocessingml.document");
	office_body(o, "<w:p><w:r><w:t>あおい</w:t></w:r></w:p>");
}

void
office_zip(const struct office *o, struct buf *out)
{
	struct zip_item items[OFFICE_PARTS];

	for (size_t i = 0; i < o->n; i++)
		items[i] = zip_item(o->parts[i].name,
		    buf_slice(&o->parts[i].content), !o->stored);
	zip_build(items, o->n, NULL, out);
}

void
office_done(struct office *o)
{
	for (size_t i = 0; i < o->n; i++) {
		free(o->parts[i].name);
		buf_free(&o->parts[i].content);
	}
	*o = (struct office){ 0 };
}
