/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of one service under its several names and owners (Art. 8). */
#include "nintei/derive_lineage.h"

#include <stdio.h>
#include <string.h>

bool
derive_lineage_has(const struct derive_lineage *l, const char *number)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->number[i], number) == 0)
			return true;
	return false;
}

static void
number_add(struct derive_lineage *l, const char *number)
{
	if (number[0] == '\0' || l->n == DERIVE_LINEAGE ||
	    derive_lineage_has(l, number))
		return;
	snprintf(l->number[l->n], sizeof(l->number[0]), "%s", number);
	l->n++;
}

void
derive_lineage_add(struct derive_lineage *l, const struct dossier *d)
{
	number_add(l, d->certification.number);
	for (size_t i = 0; i < d->n_lineage; i++)
		number_add(l, d->lineage[i]);
}
