/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: decision_parse roster_entry_decode */
#include <stdint.h>
#include <stdlib.h>

#include "nintei/approval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(decision_freep) struct decision *d = NULL;
	CLEANUP(freep) struct roster_entry *r = xcalloc(1, sizeof(*r));
	struct slice in = slice_of(data, n);
	struct err e = ERR_INIT;

	/* What is accepted is the one spelling of it. */
	if (decision_parse(in, &d, &e) == 0) {
		if (!slice_eq(decision_bytes(d), in) ||
		    decision_get(d, "kind") == NULL)
			abort();
	} else if (e.code == E_OK) {
		abort();
	}
	e = (struct err)ERR_INIT;
	if (roster_entry_decode(in, r, &e) < 0 && e.code == E_OK)
		abort();
	return 0;
}
