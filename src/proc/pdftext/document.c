/* SPDX-License-Identifier: Apache-2.0 */
/* One document: how many pages, what poppler says of it, then each page. */
#include "pdftext_int.h"

PopplerDocument *
document_open(struct slice in, uint32_t *out_flags)
{
	GBytes *bytes = g_bytes_new_static(in.p, in.n);
	GError *error = NULL;
	PopplerDocument *d =
	    poppler_document_new_from_bytes(bytes, NULL, &error);

	*out_flags = 0;
	if (d == NULL)
		*out_flags = g_error_matches(
				 error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED)
		    ? RUNS_ENCRYPTED
		    : RUNS_BROKEN;
	g_clear_error(&error);
	g_bytes_unref(bytes);
	return d;
}

static uint32_t
flags_of(PopplerDocument *d)
{
	uint32_t flags = 0;

	if (poppler_document_has_javascript(d))
		flags |= RUNS_JAVASCRIPT;
	if (poppler_document_has_attachments(d))
		flags |= RUNS_ATTACHMENT;
	return flags;
}

/* The number of pages that were written. */
static uint32_t
pages_write(PopplerDocument *d, int pages, struct runs_writer *w)
{
	uint32_t done = 0;

	if (pages > RUNS_PAGES) {
		w->cut = RUNS_PAGES_CUT;
		return 0;
	}
	for (int i = 0; i < pages && !w->bad && w->cut == RUNS_COMPLETE; i++) {
		PopplerPage *page = poppler_document_get_page(d, i);

		if (page == NULL)
			continue;
		page_write(page, (uint32_t)i + 1, w);
		g_object_unref(page);
		done++;
	}
	return done;
}

int
pdftext_work(uint32_t kind, struct slice in, int out_fd)
{
	struct runs_writer w = { .fd = out_fd,
		.cut = RUNS_COMPLETE,
		.pending = BUF_INIT((size_t)80 << 10) };
	uint32_t flags, done = 0;
	PopplerDocument *d = document_open(in, &flags);
	int pages = d == NULL ? 0 : poppler_document_get_n_pages(d);

	(void)kind; /* there is one */
	if (d != NULL)
		flags = flags_of(d);
	runs_head(&w, pages < 0 ? 0 : (uint32_t)pages, flags);
	if (d != NULL)
		done = pages_write(d, pages, &w);
	return runs_finish(&w, done); /* the process ends: nothing is freed */
}
