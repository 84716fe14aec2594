/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: front_request_decode front_response_decode route_match */
#include <stdlib.h>

#include "nintei/front_msg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
must_refuse_with_code(int rv, const struct err *e)
{
	if (rv < 0 && e->code != E_IPC)
		abort(); /* a refusal carries a code */
}

/* What was accepted says the same when it is written again. */
static void
again(uint32_t id, const struct front_request *q)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_FRAME_BYTES);
	struct err e = ERR_INIT;

	if (front_request_encode(id, q, &b, &e) < 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice in = slice_of(data, n);
	static struct front_request q;
	struct front_response a;
	struct route_match m = { 0 };
	uint32_t id;

	for (unsigned nfds = 0; nfds < 3; nfds++) {
		struct err e = ERR_INIT;
		int rv = front_request_decode(in, nfds, &id, &q, &e);

		must_refuse_with_code(rv, &e);
		if (rv == 0)
			again(id, &q);
		e = (struct err)ERR_INIT;
		must_refuse_with_code(
		    front_response_decode(in, nfds, &id, &a, &e), &e);
	}
	(void)route_match(METHOD_GET, in, &m);
	return 0;
}
