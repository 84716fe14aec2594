/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_DERIVE_LINEAGE_H
#define NINTEI_DERIVE_LINEAGE_H
/*
 * derive_lineage: the key of Art. 8 is the service, not the company nor the
 * name.  Which numbers are one service is said by persons (data.lineage) and
 * by renewals of their base; whoever looks follows both from case to case
 * until nothing is added.
 * Runs in: core and audit.  Holds: nothing.  Rules: REGULATION 2, Art. 8.
 */
#include <stdbool.h>
#include <stddef.h>

#include "nintei/dossier.h"

#define DERIVE_LINEAGE 64 /* numbers of one service; more are not followed */

struct derive_lineage {
	char number[DERIVE_LINEAGE][24];
	size_t n;
};

/* Its own number, if it has one, and those that persons linked in it. */
void derive_lineage_add(struct derive_lineage *l, const struct dossier *d);
bool derive_lineage_has(const struct derive_lineage *l, const char *number);

#endif
