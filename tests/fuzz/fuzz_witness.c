/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: witness_request_parse witness_decide witness_size_parse */
#include <stdlib.h>

#include "nintei/witness.h"

/* The key of the log in the corpus: made from one byte. */
static const struct note_key *
log_key(void)
{
	static struct note_key k;
	static const uint8_t raw[32] = { 1 };
	struct pkey *key = NULL;
	struct err e = ERR_INIT;

	if (k.type == NOTE_NONE &&
	    (pkey_of_ed25519_seed(slice_of(raw, 32), &key, &e) < 0 ||
		note_key_make(slice_str("log.example"), NOTE_ED25519,
		    pkey_raw(key), &k, &e) < 0))
		abort();
	pkey_free(key);
	return &k;
}

/* What is read is written again as it was. */
static void
request(struct slice in)
{
	CLEANUP(buf_free)
	struct buf again = BUF_INIT(2 * WITNESS_REQUEST_BYTES);
	struct tlog_head seen = { .size = 5 }, none = { 0 }, out;
	struct witness_request q;
	struct err e = ERR_INIT;

	if (witness_request_parse(in, &q, &e) < 0) {
		if (e.code == E_OK)
			abort(); /* a refusal carries a code */
		return;
	}
	witness_request_format(&q, &again);
	if (!slice_eq(buf_slice(&again), in))
		abort();
	if (witness_decide(&q, log_key(), &none, &out) == WITNESS_COSIGN &&
	    q.old_size != 0)
		abort();
	if (witness_decide(&q, log_key(), &seen, &out) == WITNESS_COSIGN)
		abort(); /* no root of five events is all zeros */
	if (witness_decide(&q, NULL, &none, &out) == WITNESS_COSIGN)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct witness_key key = { 0 };
	struct err e = ERR_INIT;
	uint64_t size;

	request(slice_of(data, n));
	if (witness_size_parse(slice_of(data, n), &size, &e) == 0 && n > 21)
		abort();
	if (witness_key_parse(slice_of(data, n), &key, &e) == 0)
		witness_key_done(&key);
	return 0;
}
