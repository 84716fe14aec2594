/* SPDX-License-Identifier: Apache-2.0 */
/* Art. 10: the mark, and what a person found on it. */
#include "themes_int.h"

/* The right to the mark has ended: any use is that of 10(6). */
static bool
mark_ended(const struct dossier *d)
{
	const struct dossier_machine *m = dossier_last(d, M_MARK);

	return m != NULL && (m->flags & FLAG_ENDED) != 0;
}

/*
 * What is broken is computed from what was seen; a person confirms it by
 * saying so in the own name.  In force an inquiry begins.
 */
int
misuse_prepare(struct command *c, struct err *e)
{
	unsigned broken;

	if (theme_mark_breaches(
		theme_scheme(c), c->w.data, mark_ended(c->d), &broken, e) < 0 ||
	    theme_past_day(c, "seen_on", true, e) < 0 ||
	    theme_want(c, "evidence", e) < 0)
		return -1;
	jsonx_set(c->w.data, "breaches", theme_breaches_json(broken));
	return theme_inquiry(c, e);
}

/* Seen again by a person, and found in order. */
int
fixed_prepare(struct command *c, struct err *e)
{
	return theme_want(c, "evidence", e);
}

int
fixed_after_end_prepare(struct command *c, struct err *e)
{
	return theme_want(c, "evidence", e);
}
