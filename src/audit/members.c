/* SPDX-License-Identifier: Apache-2.0 */
/* AUDIT-21 for `data`: what the table of acts has for the event. */
#include "audit_int.h"

#include <string.h>

#include "nintei/acts.h"
#include "nintei/jsonx.h"

void
data_members_judge(struct audit *a)
{
	const struct json *j = a->it->event;
	struct err why = ERR_INIT;

	if (acts_event_check(jsonx_get_str(j, "machine"),
		jsonx_get_str(j, "event"), jsonx_get(j, "data"), &why) < 0)
		audit_say(a, AUDIT_R21, "the members of data that the act has",
		    "%.180s", why.detail);
}
