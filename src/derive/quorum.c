/* SPDX-License-Identifier: Apache-2.0 */
/* How many must sign, and for how long a decision may stand. */
#include "nintei/derive.h"

#define HOURS_MAX 168

unsigned
derive_needed(
    const struct scheme_set *all, const struct scheme *only, const char *kind)
{
	unsigned needed = decision_needed(kind, 0);
	const struct scheme *s;

	for (size_t i = 0; (s = scheme_at(all, i)) != NULL; i++) {
		int policy = params_quorum(&s->params, kind);

		if ((only == NULL || only == s) && policy > 0 &&
		    (unsigned)policy > needed)
			needed = (unsigned)policy;
	}
	return needed;
}

int64_t
derive_life(const struct scheme_set *all, const struct scheme *only)
{
	int64_t least = HOURS_MAX;
	const struct scheme *s;

	if (only != NULL)
		return only->params.decision_ttl_hours * 3600;
	for (size_t i = 0; (s = scheme_at(all, i)) != NULL; i++)
		if (s->params.decision_ttl_hours < least)
			least = s->params.decision_ttl_hours;
	return least * 3600;
}
