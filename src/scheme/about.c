/* SPDX-License-Identifier: Apache-2.0 */
/* Policy keys and the articles that they are readings of. */
#include "nintei/params_about.h"

#include "nintei/cc.h"

static const struct param_about rows[] = {
#define ABOUT(key, article, ja, en) { #key, article, ja, en },
#include "about.inc"
#undef ABOUT
};

const struct param_about *
param_about_at(size_t i)
{
	return i < NELEM(rows) ? &rows[i] : NULL;
}
