/* SPDX-License-Identifier: Apache-2.0 */
/* Art. 22: drafts of the rules, what the committee deliberated on. */
#include <stdio.h>
#include <string.h>

#include "body_int.h"
#include "nintei/fs.h"
#include "nintei/term.h"

#define PRESENT_MAX 64

/* --- candidates --- */

int
candidate_read(const struct office *o, const char *scheme,
    const char *policy_version, struct scheme **out, struct err *e)
{
	CLEANUP(freep) char *dir = fs_join(o->home, "policies");
	CLEANUP(freep) char *rule = xstrdup(policy_version);
	CLEANUP(scheme_freep) struct scheme *s = NULL;
	struct err why = ERR_INIT, other = ERR_INIT;
	char *dot = strrchr(rule, '.');

	if (dot != NULL)
		*dot = '\0';
	if (scheme_read_version(dir, scheme, policy_version, &s, &why) < 0 &&
	    scheme_read_version(dir, scheme, rule, &s, &other) < 0)
		return err_set(
		    e, E_INPUT, "data.policy_version: %s", other.detail);
	if (strcmp(s->policy_version, policy_version) != 0)
		return err_set(e, E_INPUT,
		    "data.policy_version: versions/ holds %s, not %.40s",
		    s->policy_version, policy_version);
	*out = TAKE(s);
	return 0;
}

void
candidate_files(const struct scheme *s, struct act_write *w)
{
	struct slice bytes;
	const char *name;

	for (size_t i = 0; scheme_file(s, i, &name, &bytes); i++) {
		CLEANUP(freep)
		char *path = xasprintf(
		    "schemes/%s/%s/%s", s->id, s->policy_version, name);

		act_write_file(w, path, true, bytes);
	}
}

bool
command_brings(const struct command *c, const char *role)
{
	const struct json *list = jsonx_get(c->body, "documents");

	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *has = jsonx_get_str(jsonx_at(list, i), "role");

		if (has != NULL && strcmp(has, role) == 0)
			return true;
	}
	return false;
}

/* --- the case rules-<scheme> --- */

int
begin_rules(struct command *c, struct err *e)
{
	const char *id = c->d->id + strlen("rules-");

	if (scheme_find(c->v->o->schemes, id) == NULL)
		return err_set(e, E_NOT_FOUND, "there is no such case");
	snprintf(c->d->scheme, sizeof(c->d->scheme), "%s", id);
	return 0;
}

/*
 * An amendment is named by its rule_version; drafted anew after it was
 * abandoned, with a number behind.
 */
int
facts_draft(struct command *c, struct err *e)
{
	const char *version = jsonx_get_str(c->w.data, "policy_version");
	size_t n = version == NULL ? 0 : strcspn(version, ".");

	if (n == 0 || n >= JDAY_TEXT)
		return err_set(
		    e, E_INPUT, "data.policy_version: want <rule_version>.<n>");
	snprintf(c->new_id, sizeof(c->new_id), "%.*s", (int)n, version);
	for (int i = 2;
	     i < 100 && dossier_state(c->d, M_RULES, c->new_id) != S_NONE; i++)
		snprintf(c->new_id, sizeof(c->new_id), "%.*s-%d", (int)n,
		    version, i);
	return 0;
}

/* Its text is a later one than any that is in force or announced. */
static int
later_check(const struct command *c, const struct scheme *s, struct err *e)
{
	const struct scheme *now =
	    scheme_in_force(c->v->o->schemes, s->id, c->v->now);
	int64_t from = c->v->now;

	while (now != NULL && strcmp(s->rule_version, now->rule_version) > 0)
		now = scheme_coming(c->v->o->schemes, s->id, from, &from);
	return now == NULL ? 0
			   : err_set(e, E_INPUT,
				 "data.policy_version: %s is not later than %s",
				 s->policy_version, now->policy_version);
}

static void
draft_say(struct command *c, const struct scheme *s)
{
	const struct scheme *now =
	    scheme_in_force(c->v->o->schemes, s->id, c->v->now);
	CLEANUP(jsonx_freep)
	struct json *detail = scheme_rules_detail(s, s->rule_version);

	jsonx_set_str(c->w.data, "policy_version", s->policy_version);
	jsonx_set_str(c->w.data, "effective_from", s->rule_version);
	jsonx_set(c->w.data, "files", jsonx_dup(jsonx_get(detail, "files")));
	jsonx_set(c->w.data, "diff", scheme_diff(now, s));
}

/* The day of effect is the version's name (INTERFACE 7). */
static int
draft_take(struct command *c, const char *version, struct err *e)
{
	CLEANUP(scheme_freep) struct scheme *s = NULL;
	const char *from = jsonx_get_str(c->w.data, "effective_from");

	if (candidate_read(c->v->o, c->d->scheme, version, &s, e) < 0 ||
	    later_check(c, s, e) < 0)
		return -1;
	if (from != NULL && strcmp(from, s->rule_version) != 0)
		return err_set(e, E_INPUT,
		    "data.effective_from: want %s, the rule_version of what "
		    "lies there",
		    s->rule_version);
	draft_say(c, s);
	return 0;
}

int
prepare_draft(struct command *c, struct err *e)
{
	return draft_take(c, jsonx_get_str(c->w.data, "policy_version"), e);
}

/* Another draft of the same text, or of its next policy. */
int
prepare_revise(struct command *c, struct err *e)
{
	const char *instance = c->w.plan.primary.instance;
	const struct dossier_rules *r = dossier_rules_find(c->d, instance);
	const char *asked = jsonx_get_str(c->w.data, "policy_version");
	CLEANUP(freep) char *version = NULL;

	if (asked == NULL && r == NULL)
		return err_set(
		    e, E_INPUT, "data.policy_version: want the version");
	version = xstrdup(asked != NULL ? asked : r->policy_version);
	if (strncmp(version, instance, JDAY_TEXT - 1) != 0)
		return err_set(e, E_INPUT,
		    "data.policy_version: another rule_version is another "
		    "draft");
	return draft_take(c, version, e);
}

/* --- deliberation --- */

/* Members and chairs of the roster, each once. */
static int
present_check(const struct command *c, struct err *e)
{
	const struct json *list = jsonx_get(c->w.data, "members");
	size_t n = jsonx_len(list);

	if (n > PRESENT_MAX)
		return err_set(e, E_LIMIT, "data.members: want at most 64");
	for (size_t i = 0; i < n; i++) {
		const char *who = jsonx_str(jsonx_at(list, i));
		const struct roster_entry *entry =
		    roster_get(c->v->o->roster, who == NULL ? "" : who);

		if (!roster_has_role(entry, ROSTER_MEMBER, c->v->now) &&
		    !roster_has_role(entry, ROSTER_CHAIR, c->v->now))
			return err_set(e, E_INPUT,
			    "data.members: %.40s is not of the committee",
			    who == NULL ? "" : who);
		for (size_t k = 0; k < i; k++)
			if (strcmp(jsonx_str(jsonx_at(list, k)), who) == 0)
				return err_set(e, E_INPUT,
				    "data.members: %.40s twice", who);
	}
	return 0;
}

/* Before the guard counts them: nobody is counted who is not a member. */
int
facts_deliberated(struct command *c, struct err *e)
{
	return present_check(c, e);
}

int
prepare_deliberated(struct command *c, struct err *e)
{
	if (!command_brings(c, "minutes"))
		return err_set(
		    e, E_INPUT, "documents: want the minutes (role minutes)");
	return office_personal_must(c, PERSONAL_DECLARATION, e);
}
