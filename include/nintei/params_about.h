/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PARAMS_ABOUT_H
#define NINTEI_PARAMS_ABOUT_H
/*
 * params_about: which article a policy key is a reading of, and what it
 * settles.  Module: scheme.  Rules: REGULATION 7.
 */
#include <stddef.h>

struct param_about {
	const char *key; /* of params.inc */
	const char *article; /* "9(1)" */
	const char *ja, *en;
};
const struct param_about *param_about_at(size_t i); /* NULL past the end */

#endif
