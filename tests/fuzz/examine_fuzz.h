/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_EXAMINE_FUZZ_H
#define NINTEI_TESTS_EXAMINE_FUZZ_H
/*
 * examine_fuzz: a document through the worker's code and the parent's
 * decoder in one process.  What an honest worker writes must be accepted.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "intake_int.h"
#include "nintei/examine.h"
#include "nintei/fs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static inline struct examined *
worker_examine(enum examine_kind kind, struct slice doc, struct findings *f)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(buf_free) struct buf stream = BUF_INIT(MIB(8));
	static uint8_t piece[KIB(64)];
	struct examined *out = NULL;
	struct err e = ERR_INIT;
	ssize_t got;

	if (memfd_new("out", &fd, &e) < 0 || examine_work(kind, doc, fd) != 0)
		abort();
	for (off_t at = 0; (got = pread(fd, piece, sizeof(piece), at)) > 0;
	     at += got)
		buf_put(&stream, piece, (size_t)got);
	if (examine_decode(kind, "doc", buf_slice(&stream), &out, f, &e) < 0)
		abort();
	return out;
}

/* The policies of the source tree, loaded once. */
static inline const struct scheme_set *
fuzz_schemes(void)
{
	static struct scheme_set *set;
	struct err e = ERR_INIT;

	if (set != NULL)
		return set;
	if (scheme_set_load(TEST_SOURCE_DIR "/policies", NULL, 0, &set, &e) < 0)
		abort();
	return set;
}

/* An intake with nothing in it. */
static inline struct intake *
fuzz_intake(void)
{
	struct intake *in = xcalloc(1, sizeof(*in));

	in->applicant = xstrdup("");
	in->service = xstrdup("");
	in->service_url = xstrdup("");
	in->guideline_version = xstrdup("");
	return in;
}

#endif
