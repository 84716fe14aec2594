/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: conf_read config_parse config_print */
#include <stdlib.h>

#include "nintei/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(config_freep) struct config *c = NULL;
	CLEANUP(config_freep) struct config *again = NULL;
	CLEANUP(buf_free) struct buf text = BUF_INIT(1 << 22);
	struct err e = ERR_INIT;

	if (config_parse("/", slice_of(data, n), &c, &e) < 0) {
		if (e.code == E_OK)
			abort(); /* a refusal carries a code */
		return 0;
	}
	config_print(c, &text);
	if (config_parse("/", buf_slice(&text), &again, &e) < 0)
		abort(); /* what we print we can read */
	return 0;
}
