/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_HOSTILE_H
#define NINTEI_TESTS_HOSTILE_H
/*
 * hostile: archives through the real worker in its real sandbox.
 */
#include "nintei/bundle.h"
#include "nintei/err.h"
#include "nintei/slice.h"

/* One row of BUNDLES 6.2. */
struct hostile {
	const char *id, *what;
	void (*make)(struct buf *out);
	const char *codes; /* "A|B": any of them; "OK": admitted */
};
/* Admit bytes in a new worker; f gets the findings.  NULL: error in e. */
struct bundle *admit_bytes(
    struct slice bytes, struct findings *f, struct err *e);
/* Make, admit and compare; a mismatch fails the Check test. */
void hostile_check(const struct hostile *h);

#endif
