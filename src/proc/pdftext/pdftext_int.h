/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PDFTEXT_INT_H
#define NINTEI_PDFTEXT_INT_H
/*
 * pdftext_int: what the files of nintei-pdftext share.  Poppler and GLib stay
 * in this folder: the program that links them is under their licence
 * (LICENSE.combined).
 */
#include <poppler.h>
#include <stdbool.h>
#include <stdint.h>
#include "nintei/runs.h"
#include "nintei/slice.h"

/* The frames of include/nintei/runs.h, written in large pieces to fd. */
struct runs_writer {
	int fd;
	bool bad; /* write failed, or the limit of the stream is reached */
	size_t stream; /* bytes so far */
	size_t text; /* bytes of all texts so far */
	size_t runs;
	enum runs_end cut; /* RUNS_COMPLETE: nothing was left out */
	struct buf pending;
};

struct run {
	double x1, y1, x2, y2;
	double size;
	uint32_t rgb;
	struct slice text; /* UTF-8, not empty */
};
struct page_head {
	uint32_t number;
	double width, height;
	uint32_t pictures;
};

/* write.c */
void runs_head(struct runs_writer *w, uint32_t pages, uint32_t flags);
void runs_page(struct runs_writer *w, const struct page_head *h);
/* Nothing more is written once text or runs are beyond their limits. */
void runs_run(struct runs_writer *w, const struct run *r);
/* END and the last write; 0, or 1 when writing failed. */
int runs_finish(struct runs_writer *w, uint32_t pages);

/* page.c: one page, in the order that poppler gives. */
void page_write(PopplerPage *page, uint32_t number, struct runs_writer *w);

/* document.c: the class of the zygote. */
int pdftext_work(uint32_t kind, struct slice in, int out_fd);
/* warm.c: a document that stays open keeps poppler's tables. */
void pdftext_warm(void);
PopplerDocument *document_open(struct slice in, uint32_t *out_flags);

#endif
