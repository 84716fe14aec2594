/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_INSTANT_H
#define NINTEI_INSTANT_H
/*
 * instant: UTC seconds since 1970 and their RFC 3339 form with +09:00.
 * Legal dates are civil days and live in term.h.
 * Runs in: every process.
 */
#include <stdint.h>
#include "nintei/err.h"

#define INSTANT_TEXT 26 /* "2026-07-15T09:00:00+09:00" and NUL */

/* The clock comes in as an argument wherever time matters. */
struct clock {
	int64_t (*now)(void *arg); /* whole UTC seconds */
	void *arg;
};

struct clock clock_system(void);
int64_t clock_now(const struct clock *c);

/* Years 1 to 9999.  Returns out. */
char *instant_format(int64_t t, char out[INSTANT_TEXT]);
/*
 * RFC 3339 with seconds and any offset; no fraction, no leap second.
 * Errors: E_INPUT.
 */
int instant_parse(const char *text, int64_t *out, struct err *e) MUST_CHECK;

#endif
