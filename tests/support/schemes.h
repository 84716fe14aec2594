/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_SCHEMES_H
#define NINTEI_TESTS_SCHEMES_H
/* schemes: the schemes as they are shipped, loaded once for a whole suite. */
#include "support/support.h"

#include "nintei/scheme_set.h"

static inline void
schemes_shipped(struct scheme_set **out)
{
	struct err e = ERR_INIT;

	if (*out == NULL)
		ck_ok(scheme_set_load(
			  TEST_SOURCE_DIR "/policies", NULL, 0, out, &e),
		    &e);
}

#endif
