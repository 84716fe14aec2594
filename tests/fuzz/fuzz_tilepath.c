/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: tile_path_parse tile_is_in */
#include <stdint.h>
#include <stdlib.h>

#include "nintei/tlog_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice in = slice_of(data, n);
	struct err e = ERR_INIT;
	char text[TILE_PATH];
	struct tile t;

	if (tile_path_parse(in, &t, &e) < 0) {
		if (e.code == E_OK)
			abort();
		return 0;
	}
	if (!slice_eq_str(in, tile_path_format(&t, text)))
		abort(); /* one tile, one path */
	if (t.width == 0 || t.width > TILE_WIDTH || tile_is_in(&t, 0))
		abort();
	/* What a log has it has in every larger one. */
	for (uint64_t size = 1; size <= INT64_MAX / 3; size *= 3)
		if (tile_is_in(&t, size) && !tile_is_in(&t, size * 3))
			abort();
	return 0;
}
