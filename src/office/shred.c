/* SPDX-License-Identifier: Apache-2.0 */
/* Cases whose key was destroyed by decision (Art. 20, REGULATION 6.3). */
#include "office_int.h"

bool
office_may_shred(const struct dossier *d)
{
	return d->shredded[0] == '\0' &&
	    state_is_final(dossier_state(d, M_APPLICATION, "1")) &&
	    !dossier_in_force(d);
}

int
office_shred_check(const struct dossier *d, struct err *e)
{
	if (d->shredded[0] == '\0')
		return 0;
	return err_set(e, E_NOT_FOUND,
	    "the documents of this case were destroyed by decision %s",
	    d->shredded);
}
