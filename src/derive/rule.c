/* SPDX-License-Identifier: Apache-2.0 */
/* Which version of the rules, and of the criteria, counts for a case. */
#include "nintei/derive_versions.h"

const struct scheme *
derive_scheme(const struct scheme_set *s, const struct dossier *d, int64_t now)
{
	enum state app = dossier_state(d, M_APPLICATION, "1");
	bool pending = app != S_NONE && !state_is_final(app);
	const struct scheme *found =
	    scheme_for_case(s, d->scheme, pending ? d->received_at : 0, now);

	return found != NULL ? found : scheme_find(s, d->scheme);
}

const struct scheme *
derive_criteria(
    const struct scheme_set *s, const struct dossier *d, int64_t now)
{
	const struct scheme *found =
	    scheme_criteria_for(s, d->scheme, d->received_at, now);

	return found != NULL ? found : scheme_find(s, d->scheme);
}
