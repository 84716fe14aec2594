/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_STORE_DOC_WRITER_INT_H
#define NINTEI_STORE_DOC_WRITER_INT_H
/*
 * doc_writer_int: a thread that takes full buffers of one large document, so
 * that it is written and hashed at the same time.  One giver.
 */
#include "nintei/err.h"
#include "nintei/slice.h"

/* One buffer, on the writer's thread. */
typedef int doc_job(void *arg, struct slice bytes, struct err *e);

struct doc_writer;
/* NULL: no thread is to be had. */
struct doc_writer *doc_writer_new(doc_job *job, void *arg);
/*
 * Exchange a full buffer for an empty one, once the one before is done.
 * -1: that one failed, or any before; *full stays.
 */
int doc_writer_give(
    struct doc_writer *w, struct buf *full, struct err *e) MUST_CHECK;
/* Until nothing is under way; _end: -1 when any job failed. */
void doc_writer_wait(struct doc_writer *w);
int doc_writer_end(struct doc_writer *w, struct err *e) MUST_CHECK;
/* Ends the thread after what is under way. */
void doc_writer_free(struct doc_writer *w);

#endif
