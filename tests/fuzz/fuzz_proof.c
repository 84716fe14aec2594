/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: proof_file_parse witness_request_parse tlog_load */
#include <stdint.h>
#include <stdlib.h>

#include "nintei/tlog_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define OUT_BYTES (2 * PROOF_FILE_BYTES)

static void
file_round(struct slice in)
{
	CLEANUP(buf_free) struct buf again = BUF_INIT(OUT_BYTES);
	static const uint8_t event[TLOG_HASH];
	struct err e = ERR_INIT;
	struct proof_file f;

	if (proof_file_parse(in, &f, &e) < 0) {
		if (e.code == E_OK)
			abort();
		return;
	}
	proof_file_format(&f, &again);
	if (!slice_eq(in, buf_slice(&again)))
		abort();
	/* Any size and root: a proof of nothing must end, and fail. */
	for (uint64_t size = 1; size != 0; size <<= 1)
		if (tlog_inclusion_verify(
			event, f.index, &f.proof, size, event, &e) == 0)
			abort();
}

static void
request_round(struct slice in)
{
	CLEANUP(buf_free) struct buf again = BUF_INIT(OUT_BYTES);
	struct tlog_head old = { .size = 0 }, now = { .size = 1000 };
	struct err e = ERR_INIT;
	struct witness_request q;

	if (witness_request_parse(in, &q, &e) < 0) {
		if (e.code == E_OK)
			abort();
		return;
	}
	witness_request_format(&q, &again);
	if (!slice_eq(in, buf_slice(&again)))
		abort();
	old.size = q.old_size;
	old.root[0] = 1;
	if (tlog_consistency_verify(&old, &now, &q.proof, &e) == 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice in = slice_of(data, n);
	struct err e = ERR_INIT;
	struct tlog log;
	uint64_t size;

	file_round(in);
	request_round(in);
	(void)!witness_size_parse(in, &size, &e);
	(void)!tlog_load(in, &log, &e);
	return 0;
}
