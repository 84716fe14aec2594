/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_EXAMINE_INT_H
#define NINTEI_EXAMINE_INT_H
/*
 * examine_int: the frames between a document worker and its parent.
 *
 *	u32 magic "NXD1", u16 type, u16 code, u32 sequence from 0,
 *	u32 length of the body, u64 a, body
 *
 *	FACT	code: enum json_kind, a: depth from 0; body: text key (empty
 *		in an array and for the root), then the value: nothing, u8,
 *		i64 or text
 *	SPKI	body: the DER; only after the facts of a CSR
 *	FINDING	code: enum exf; body: detail in UTF-8
 *	DONE	a: number of frames before it; empty
 *
 * Stream: (FACT+ SPKI? | FINDING+) DONE.  Facts come depth first.
 */
#include "nintei/examine.h"

#define XD_MAGIC 0x4e584431u
#define XD_HEAD_BYTES ((size_t)24)
#define XD_BODY_BYTES KIB(40) /* longest body of a frame */
#define XD_TEXT_BYTES KIB(32) /* longest text of a document */
#define XD_KEY_BYTES 512
#define XD_DETAIL_BYTES 200
#define XD_FACTS 50000 /* of one document */
#define XD_MEMBERS 1024 /* of one object */
#define XD_STREAM_BYTES MIB(4)

enum xd_type {
	XD_NONE = 0,
	XD_FACT,
	XD_SPKI,
	XD_FINDING,
	XD_DONE,
	XD_MAX
};

enum exf {
	EXF_NONE = 0,
#define X(name, kinds, rule, code, sev, article, ja, en) name,
#include "rules.inc"
#undef X
	EXF_MAX
};

#define EXF_KIND(k) (1u << (k))

/* The row, or NULL where this kind of document may not have it. */
const struct finding_rule *exf_rule(unsigned code, enum examine_kind kind);

/* The child's writer: collects, writes in large pieces, sticky-bad. */
struct xd_writer {
	enum examine_kind kind; /* of the document that it speaks of */
	int fd;
	uint32_t seq;
	uint32_t facts;
	bool bad; /* write failed */
	struct buf pending;
};
void xd_put(struct xd_writer *w, enum xd_type type, unsigned code, uint64_t a,
    struct slice body);
void xd_finding(struct xd_writer *w, enum exf code, const char *detail);
/* The whole tree, or one finding when it is more than the limits allow. */
void xd_tree(struct xd_writer *w, const struct json *root);
/* DONE and the last write; 0, or 1 when writing failed. */
int xd_finish(struct xd_writer *w);

void examine_warm(void); /* of the worker class */

/* The readers: one document each, of the writer's kind. */
void asic_examine(struct slice in, struct xd_writer *w);
void bag_examine(struct slice in, struct xd_writer *w);
void csr_examine(struct slice in, struct xd_writer *w);
void office_examine(struct slice in, struct xd_writer *w);
void pdf_examine(struct slice in, struct xd_writer *w);
void plain_examine(struct slice in, struct xd_writer *w);
void signature_examine(struct slice in, struct xd_writer *w);

/* "C=JP, O=..., CN=..." of a DER Name. */
void cms_name_text(struct slice der, struct buf *out);

#endif
