/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_RUNS_H
#define NINTEI_RUNS_H
/*
 * runs: the frames that nintei-pdftext writes about one PDF; the only thing
 * that it shares with who reads them.  docs/PROTOCOL.pdftext.
 * Runs in: pdftext (writing), examine (reading).  Trusts: nothing.
 *
 * u8 type, u32 length of the body, body; big-endian as in wire.h.
 *	HEAD	u32 magic "NPT1", u32 pages, u32 flags
 *	PAGE	u32 number from 1, i64 width, i64 height, u32 pictures
 *	RUN	i64 left, top, right, bottom; u32 size; u32 0xRRGGBB; text
 *	END	u32 pages written, u8 enum runs_end
 * Stream: HEAD (PAGE RUN*)* END.  Lengths are in hundredths of a point, from
 * the left top corner of the page; u32 pictures: how many are drawn on it.
 */
#include <stdint.h>
#include "nintei/cc.h"

#define RUNS_MAGIC 0x4e505431u
#define RUNS_HEAD_BYTES ((size_t)5)
#define RUNS_BODY_BYTES ((size_t)9000)
#define RUNS_TEXT_BYTES ((size_t)8192) /* of one run */
#define RUNS_STREAM_BYTES ((size_t)36 << 20) /* with a PDF: 100 MiB */
#define RUNS_PAGES 500
#define RUNS_ALL_TEXT_BYTES ((size_t)8 << 20)
#define RUNS_MAX 400000 /* runs of one document */

enum runs_type {
	RUNS_NONE = 0,
	RUNS_HEAD,
	RUNS_PAGE,
	RUNS_RUN,
	RUNS_END,
	RUNS_TYPE_MAX
};

enum runs_flag { /* of HEAD */
	RUNS_ENCRYPTED = 1 << 0, /* poppler will not open it, or with limits */
	RUNS_BROKEN = 1 << 1, /* poppler cannot read it */
	RUNS_JAVASCRIPT = 1 << 2,
	RUNS_ATTACHMENT = 1 << 3,
	RUNS_FORM = 1 << 4, /* it has fields of a form */
	RUNS_FLAGS = (1 << 5) - 1
};

enum runs_end {
	RUNS_END_NONE = 0,
	RUNS_COMPLETE,
	RUNS_PAGES_CUT, /* more pages than are read */
	RUNS_TEXT_CUT, /* more text than is written */
	RUNS_END_MAX
};

#endif
