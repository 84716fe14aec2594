/* SPDX-License-Identifier: Apache-2.0 */
/* What poppler and GLib must have loaded before the confinement. */
#include "pdftext_int.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A page with a font of CP932 that is not embedded, and one of Latin text. */
static const char sample[] =
    "%PDF-1.4\n"
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]"
    "/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 8 0 R>>>>>>endobj\n"
    "4 0 obj<</Length 72>>stream\n"
    "BT /F1 12 Tf 50 700 Td <8a948ee7> Tj /F2 12 Tf 0 -20 Td (warm) Tj ET    "
    "\nendstream endobj\n"
    "5 0 obj<</Type/Font/Subtype/Type0/BaseFont/Sample/Encoding/90ms-RKSJ-H"
    "/DescendantFonts[6 0 R]>>endobj\n"
    "6 0 obj<</Type/Font/Subtype/CIDFontType2/BaseFont/Sample"
    "/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>"
    "/FontDescriptor 7 0 R/DW 1000>>endobj\n"
    "7 0 obj<</Type/FontDescriptor/FontName/Sample/Flags 4"
    "/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800/Descent -200"
    "/CapHeight 700/StemV 80>>endobj\n"
    "8 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
    "trailer<</Root 1 0 R/Size 9>>\n%%EOF\n";

static void
no_print(const gchar *text)
{
	(void)text;
}

static GLogWriterOutput
no_log(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer arg)
{
	(void)level;
	(void)fields;
	(void)n;
	(void)arg;
	return G_LOG_WRITER_HANDLED;
}

static void
no_old_log(
    const gchar *domain, GLogLevelFlags level, const gchar *text, gpointer arg)
{
	(void)domain;
	(void)level;
	(void)text;
	(void)arg;
}

/* What poppler complains about quotes the document: nobody reads it. */
static void
silence(void)
{
	g_set_print_handler(no_print);
	g_set_printerr_handler(no_print);
	g_log_set_writer_func(no_log, NULL, NULL);
	g_log_set_default_handler(no_old_log, NULL);
}

void
pdftext_warm(void)
{
	static PopplerDocument *kept; /* its tables live as long as it */
	struct runs_writer w = { .fd = -1,
		.cut = RUNS_COMPLETE,
		.pending = BUF_INIT((size_t)80 << 10) };
	PopplerPage *page;
	uint32_t flags;

	silence();
	kept = document_open(slice_str(sample), &flags);
	if (kept == NULL || (page = poppler_document_get_page(kept, 0)) == NULL)
		abort(); /* this poppler reads nothing */
	(void)poppler_document_has_javascript(kept);
	(void)poppler_document_has_attachments(kept);
	page_write(page, 1, &w);
	g_object_unref(page);
	buf_free(&w.pending);
}
