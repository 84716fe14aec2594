/* SPDX-License-Identifier: Apache-2.0 */
/* PDFs made object by object. */
#include "pdf_make.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/archx.h"
#include "nintei/limits.h"

void
pdf_make_begin(struct pdf_make *p)
{
	*p = (struct pdf_make){ .out = BUF_INIT(MIB(64)) };
	buf_puts(&p->out, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
}

static void
begin(struct pdf_make *p, unsigned number)
{
	p->at[number] = p->out.n;
	p->most = number > p->most ? number : p->most;
	buf_putf(&p->out, "%u 0 obj\n", number);
}

void
pdf_make_object(struct pdf_make *p, unsigned number, const char *body)
{
	begin(p, number);
	buf_puts(&p->out, body);
	buf_puts(&p->out, "\nendobj\n");
}

void
pdf_make_deflate(struct slice in, struct buf *out)
{
	uint32_t a = 1, b = 0;
	struct err e = ERR_INIT;

	buf_puts(out, "\x78\x9c");
	if (archx_deflate(in, out, &e) < 0)
		abort();
	for (size_t i = 0; i < in.n; i++) {
		a += in.p[i];
		b += a;
		if (i % 4096 == 4095 || i + 1 == in.n) {
			a %= 65521;
			b %= 65521;
		}
	}
	buf_putc(out, (int)(b >> 8));
	buf_putc(out, (int)(b & 0xff));
	buf_putc(out, (int)(a >> 8));
	buf_putc(out, (int)(a & 0xff));
}

static void
pressed(struct slice data, unsigned times, struct buf *out)
{
	struct buf a = BUF_INIT(MIB(70));

	buf_put(out, data.p, data.n);
	for (unsigned i = 0; i < times; i++) {
		pdf_make_deflate(buf_slice(out), &a);
		buf_free(out);
		*out = a;
		a = (struct buf)BUF_INIT(MIB(64));
	}
}

void
pdf_make_stream(struct pdf_make *p, unsigned number, const char *dict,
    struct slice data, unsigned deflations)
{
	struct buf b = BUF_INIT(MIB(70));

	pressed(data, deflations, &b);
	begin(p, number);
	buf_putf(&p->out, "<<%s/Length %zu", dict, b.n);
	if (deflations > 0) {
		buf_puts(&p->out, "/Filter[");
		for (unsigned i = 0; i < deflations; i++)
			buf_puts(&p->out, "/FlateDecode ");
		buf_puts(&p->out, "]");
	}
	buf_puts(&p->out, ">>\nstream\n");
	buf_put(&p->out, b.p, b.n);
	buf_puts(&p->out, "\nendstream\nendobj\n");
	buf_free(&b);
}

void
pdf_make_end(struct pdf_make *p, const char *more)
{
	size_t xref = p->out.n;

	buf_putf(&p->out, "xref\n0 %u\n0000000000 65535 f \n", p->most + 1);
	for (unsigned i = 1; i <= p->most; i++)
		buf_putf(&p->out, "%010zu 00000 %c \n", p->at[i],
		    p->at[i] == 0 ? 'f' : 'n');
	buf_putf(&p->out,
	    "trailer\n<</Root 1 0 R/Size %u%s>>\nstartxref\n%zu\n%%%%EOF\n",
	    p->most + 1, more, xref);
}

void
pdf_make_done(struct pdf_make *p)
{
	buf_free(&p->out);
}

static void
fonts(struct pdf_make *p)
{
	pdf_make_object(
	    p, 4, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
	pdf_make_object(p, 5,
	    "<</Type/Font/Subtype/Type0/BaseFont/MSGothic/Encoding/90ms-RKSJ-H"
	    "/DescendantFonts[6 0 R]>>");
	pdf_make_object(p, 6,
	    "<</Type/Font/Subtype/CIDFontType2/BaseFont/MSGothic/CIDSystemInfo"
	    "<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>"
	    "/FontDescriptor 7 0 R/DW 1000>>");
	pdf_make_object(p, 7,
	    "<</Type/FontDescriptor/FontName/MSGothic/Flags 4/FontBBox"
	    "[0 -136 1000 859]/ItalicAngle 0/Ascent 859/Descent -140/CapHeight"
	    " 769/StemV 78>>");
}

#define PAGE                                                        \
	"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources" \
	"<</Font<</F1 4 0 R/F2 5 0 R>>>>/Contents %u 0 R>>"

void
pdf_make_page_open(struct pdf_make *p, const char *catalog, const char *content)
{
	char body[512];

	pdf_make_begin(p);
	snprintf(
	    body, sizeof(body), "<</Type/Catalog/Pages 2 0 R%s>>", catalog);
	pdf_make_object(p, 1, body);
	pdf_make_object(p, 2, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
	snprintf(body, sizeof(body), PAGE, 8u);
	pdf_make_object(p, 3, body);
	fonts(p);
	pdf_make_stream(p, 8, "", slice_str(content), 1);
}

void
pdf_make_page(struct pdf_make *p, const char *catalog, const char *content)
{
	pdf_make_page_open(p, catalog, content);
	pdf_make_end(p, "");
}

/* "商号　株式会社日本認定サービス" in CP932. */
static const char words[] =
    "8fa48d868140"
    "8a948eae89ef8ed093fa967b9446926883548181837283588240";

static void
japanese_page(struct pdf_make *p, unsigned number, unsigned page)
{
	struct buf b = BUF_INIT(KIB(64));
	char body[512];

	buf_puts(&b, "BT /F2 10 Tf 1 0 0 1 50 800 Tm 14 TL\n");
	for (unsigned i = 0; i < 20; i++)
		buf_putf(&b, "<%s> Tj <824%u824%u> Tj T*\n", words, page % 10,
		    i % 10);
	buf_puts(&b, "ET\n");
	snprintf(body, sizeof(body), PAGE, number + 1);
	pdf_make_object(p, number, body);
	pdf_make_stream(p, number + 1, "", buf_slice(&b), 1);
	buf_free(&b);
}

void
pdf_make_japanese(struct pdf_make *p, unsigned pages)
{
	struct buf kids = BUF_INIT(KIB(64));

	pdf_make_begin(p);
	pdf_make_object(p, 1, "<</Type/Catalog/Pages 2 0 R>>");
	buf_putf(&kids, "<</Type/Pages/Count %u/Kids[", pages);
	for (unsigned i = 0; i < pages; i++)
		buf_putf(&kids, "%u 0 R ", 10 + 2 * i);
	buf_puts(&kids, "]>>");
	pdf_make_object(p, 2, buf_str(&kids));
	fonts(p);
	for (unsigned i = 0; i < pages; i++)
		japanese_page(p, 10 + 2 * i, i);
	pdf_make_end(p, "");
	buf_free(&kids);
}

#define RANGE_BYTES 40
#define CMS_ROOM ((size_t)4096)

/* The numbers of the range are written over blanks of a fixed width. */
static void
range_put(struct pdf_make *p, size_t at, size_t a, size_t b, size_t all)
{
	char text[RANGE_BYTES + 1];
	int n = snprintf(text, sizeof(text), "[0 %zu %zu %zu]", a, b, all - b);

	for (int i = 0; i < RANGE_BYTES; i++)
		p->out.p[at + (size_t)i] = i < n ? (uint8_t)text[i] : ' ';
}

static void
hex_put(struct buf *b, struct slice cms)
{
	for (size_t i = 0; i < CMS_ROOM; i++)
		buf_putf(b, "%02x", i < cms.n ? cms.p[i] : 0);
}

static const char blanks[] = "                                        ";

void
pdf_make_signed(struct pdf_make *p, struct slice cms, enum pdf_signing how)
{
	size_t range, a, b;

	pdf_make_page_open(p, "/AcroForm<</Fields[9 0 R]/SigFlags 3>>",
	    "BT /F1 12 Tf 50 700 Td (signed) Tj ET");
	pdf_make_object(p, 9,
	    "<</FT/Sig/Type/Annot/Subtype/Widget/Rect[0 0 0 0]/T(s)/V 10 0 "
	    "R>>");
	begin(p, 10);
	buf_puts(&p->out,
	    "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached"
	    "/ByteRange ");
	range = p->out.n;
	buf_puts(&p->out, blanks);
	buf_puts(&p->out, "/Contents ");
	a = p->out.n;
	buf_puts(&p->out, "<");
	hex_put(&p->out, cms);
	buf_puts(&p->out, ">");
	if (how == PDF_SIGNED_TOKENS)
		buf_puts(&p->out, "/Hidden(more)");
	b = p->out.n;
	buf_puts(&p->out, ">>\nendobj\n");
	if (how == PDF_SIGNED_TWICE)
		pdf_make_object(p, 11, "<</Type/Sig/ByteRange[0 1 2 3]>>");
	pdf_make_end(p, "");
	range_put(p, range, a, b, p->out.n);
	if (how == PDF_SIGNED_SHORT)
		buf_puts(&p->out, "% and more\n");
}
