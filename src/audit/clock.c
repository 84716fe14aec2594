/* SPDX-License-Identifier: Apache-2.0 */
/* AUDIT-38: what the calendar brings. */
#include "audit_int.h"

#include <string.h>

#include "nintei/jsonx.h"

/* Words that the calendar alone says. */
static bool
is_of_clock(const struct json *j)
{
	static const char *const words[][2] = {
		{ "certification", "next_term_begins" },
		{ "certification", "term_ends" },
		{ "certification", "term_ends_continued" },
		{ "fee", "due_passed" },
		{ "decision", "ttl_passed" },
		{ "compliance", "due_passed" },
		{ "emergency", "progress_due_passed" },
		{ "notice", "unread" },
		{ "rules", "effective" },
		{ "ticket", "close" },
	};

	for (size_t i = 0; i < NELEM(words); i++)
		if (strcmp(words[i][0], jsonx_get_str(j, "machine")) == 0 &&
		    strcmp(words[i][1], jsonx_get_str(j, "event")) == 0)
			return true;
	return false;
}

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
	if (clock || is_of_clock(j)) {
		if (!clock || !any || due.at > recorded ||
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
