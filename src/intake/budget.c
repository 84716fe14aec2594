/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time of all papers together: each has limits of its own, but a dossier
 * of a thousand that use theirs up would hold the server for hours.
 */
#include "intake_int.h"
#include <string.h>
#include <time.h>

static int64_t
seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec;
}

/* Papers that were already given up. */
static unsigned
late_papers(const struct findings *f)
{
	unsigned n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += strcmp(f->items[i].rule, "BUNDLE-LIM_TIME") == 0;
	return n;
}

void
budget_begin(struct check *c)
{
	unsigned seconds = c->hosts->seconds;

	if (seconds == 0 || seconds > LIMIT_DOSSIER_SECONDS)
		seconds = LIMIT_DOSSIER_SECONDS;
	c->until = seconds_now() + seconds;
}

/* Rule LIM_TIME: said once, of the first paper that is left out. */
bool
budget_left(struct check *c, const struct intake_member *m)
{
	if (c->spent)
		return false;
	if (late_papers(c->f) < LIMIT_LATE_PAPERS && seconds_now() < c->until)
		return true;
	c->spent = true;
	rule_add(c->f, IR_TIME, m->path, NULL, NULL);
	return false;
}
