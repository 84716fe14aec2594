/* SPDX-License-Identifier: Apache-2.0 */
/* AUDIT-38: what the calendar brings. */
#include "audit_int.h"

#include <string.h>

#include "nintei/jsonx.h"

/*
 * AUDIT-38: what the calendar brings happens at its instant, and before
 * people go on.  What the system owes may come late.
 */
void
clock_judge(struct audit *a, const struct trail *t)
{
	const struct json *j = a->it->event;
	bool clock = strcmp(jsonx_get_str(j, "actor"), "clk") == 0;
	bool system = strcmp(jsonx_get_str(j, "role"), "system") == 0;
	int64_t recorded = event_instant(a->it, "recorded_at");
	struct flow_due due = { 0 };
	bool any = flow_next_due(t->d, &due);
	char when[INSTANT_TEXT] = "nothing";

	if (any)
		instant_format(due.at, when);
	if (clock) {
		if (!any || due.at > recorded ||
		    due.at != event_instant(a->it, "effective_at") ||
		    strcmp(due.event, jsonx_get_str(j, "event")) != 0 ||
		    strcmp(due.instance, jsonx_get_str(j, "instance")) != 0)
			audit_say(a, AUDIT_R38, when, "%.40s effective %.40s",
			    jsonx_get_str(j, "event"),
			    jsonx_get_str(j, "effective_at"));
	} else if (any && !system && due.at <= recorded - AUDIT_SLACK) {
		audit_say(a, AUDIT_R38, when, "%s.%s had not happened",
		    machine_name(due.machine), due.event);
	}
}
