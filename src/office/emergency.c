/* SPDX-License-Identifier: Apache-2.0 */
/* Art. 14: outages, leaks and other dangers, and the way to their end. */
#include "themes_int.h"

#include <string.h>

#include "nintei/instant.h"
#include "nintei/log.h"

/* An instant that is not to come; 0 when it is absent. */
static int
past_instant(
    const struct command *c, const char *member, int64_t *out, struct err *e)
{
	const char *text = jsonx_get_str(c->w.data, member);
	int64_t at = 0;

	if (text != NULL && instant_parse(text, &at, e) < 0)
		return err_wrap(e, "data.%s", member);
	if (at > c->v->now)
		return err_set(e, E_INPUT, "data.%s lies ahead", member);
	*out = at;
	return 0;
}

static int
progress_due(struct command *c, struct err *e)
{
	const struct params *p = &theme_scheme(c)->params;

	return theme_due(
	    c, "due_on", "progress_due_at", p->progress_due_days, e);
}

/* By phone: staff say who called, on a paper, and when. */
static int
by_phone(const struct command *c, int64_t called, struct err *e)
{
	const char *channel = jsonx_get_str(c->w.data, "channel");

	if (c->w.plan.role != ROLE_SECRETARIAT)
		return called == 0
		    ? 0
		    : err_set(e, E_INPUT,
			  "data.called_at: only for an entry by staff");
	if (channel == NULL || strcmp(channel, "portal") == 0)
		return err_set(e, E_INPUT,
		    "data.channel: want phone or mail, entered by staff");
	if (called == 0)
		return err_set(
		    e, E_INPUT, "data.called_at: want the instant of the call");
	return theme_want(c, "caller", e);
}

/* Occurrence, discovery and notice are three instants, in this order. */
int
notify_prepare(struct command *c, struct err *e)
{
	int64_t occurred, discovered, called;

	if (past_instant(c, "occurred_at", &occurred, e) < 0 ||
	    past_instant(c, "discovered_at", &discovered, e) < 0 ||
	    past_instant(c, "called_at", &called, e) < 0)
		return -1;
	if (occurred == 0 && discovered == 0)
		return err_set(e, E_INPUT,
		    "data.occurred_at or data.discovered_at: want one");
	if (discovered != 0 && occurred > discovered)
		return err_set(e, E_INPUT,
		    "data.discovered_at is before data.occurred_at");
	if (by_phone(c, called, e) < 0 || theme_want(c, "report", e) < 0)
		return -1;
	set_instant(c->w.data, "notified_at", called != 0 ? called : c->v->now);
	return progress_due(c, e);
}

/* The alert: whoever watches the log is called at once. */
static void
alert(const struct command *c)
{
	log_ev(
	    LOG_L_WARN, "emergency", "case", c->d->id, "act", c->event, NULL);
}

int
notify_alert(struct command *c, struct err *e)
{
	(void)e;
	alert(c);
	return 0;
}

int
discovered_alert(struct command *c, struct err *e)
{
	(void)e;
	alert(c);
	return 0;
}

int
discovered_prepare(struct command *c, struct err *e)
{
	int64_t at;

	if (past_instant(c, "discovered_at", &at, e) < 0)
		return -1;
	return theme_want(c, "report", e);
}

int
progress_prepare(struct command *c, struct err *e)
{
	if (theme_want(c, "report", e) < 0)
		return -1;
	return progress_due(c, e);
}

/* No emergency, or its certification ended: a person says which. */
int
dismiss_prepare(struct command *c, struct err *e)
{
	return theme_want(c, "finding", e);
}
