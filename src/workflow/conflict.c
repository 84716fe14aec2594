/* SPDX-License-Identifier: Apache-2.0 */
/* Who has an interest in a case, as its own history shows it. */
#include <string.h>

#include "nintei/dossier.h"

static size_t
person_add(const char *out[DOSSIER_CONFLICTED], size_t n, const char *person)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(out[i], person) == 0)
			return n;
	if (n < DOSSIER_CONFLICTED && person[0] != '\0')
		out[n++] = person;
	return n;
}

size_t
dossier_conflicted(const struct dossier *d, const char *out[DOSSIER_CONFLICTED])
{
	size_t n = person_add(out, 0, d->applicant);

	for (size_t i = 0; i < d->n_seats; i++)
		if (dossier_state(d, M_SEAT, d->seats[i].instance) ==
		    S_SEAT_RECUSED)
			n = person_add(out, n, d->seats[i].person);
	return n;
}
