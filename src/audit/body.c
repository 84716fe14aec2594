/* SPDX-License-Identifier: Apache-2.0 */
/* Acts outside the machines, each in a case of its own. */
#include "audit_int.h"

#include <string.h>

#include "nintei/jsonx.h"

/* Acts outside the machines: in which case, by whom, under which article. */
static const struct {
	const char *event, *dossier; /* "x-": begins with it */
	const char *article;
	unsigned roles;
} body[] = {
	{ "genesis", "authority", "", ROLE_SYSTEM },
	{ "read", "access-", "20(1)",
	    ROLE_SECRETARIAT | ROLE_OFFICER | ROLE_MEMBER | ROLE_CHAIR |
		ROLE_AUDITOR | ROLE_DELEGATE },
	{ "crl", "crl-", "", ROLE_SYSTEM },
	{ "roster", "roster", "", ROLE_OFFICER },
	{ "policy", "policy-", "22", ROLE_OFFICER },
	{ "shred", NULL, "20(1)", ROLE_OFFICER }, /* in the case itself */
};

/* Machines of the body, each in cases of its own name. */
static const struct {
	enum machine machine;
	const char *dossier;
} own[] = {
	{ M_RULES, "rules-" },
	{ M_DELEGATION, "delegation-" },
	{ M_TICKET, "ticket-" },
};

static bool
case_fits(const char *want, const char *id)
{
	size_t n = want == NULL ? 0 : strlen(want);

	if (n == 0)
		return false;
	return want[n - 1] == '-' ? strncmp(want, id, n) == 0
				  : strcmp(want, id) == 0;
}

/* Only what has an application is a case of the machines. */
bool
is_body_case(const char *id)
{
	for (size_t i = 0; i < NELEM(body); i++)
		if (case_fits(body[i].dossier, id))
			return true;
	for (size_t i = 0; i < NELEM(own); i++)
		if (case_fits(own[i].dossier, id))
			return true;
	return false;
}

/* What else may happen in a case of the body. */
static bool
is_common(enum machine m)
{
	return m == M_DECISION || m == M_SEAT || m == M_NOTICE;
}

/* AUDIT-30: each machine in cases of its own kind. */
void
place_judge(struct audit *a, const char *id, enum machine m)
{
	bool fits = is_common(m) || !is_body_case(id);

	for (size_t i = 0; i < NELEM(own); i++)
		if (own[i].machine == m)
			fits = case_fits(own[i].dossier, id);
	if (!fits)
		audit_say(a, AUDIT_R30, "a machine in a case of its own",
		    "%s in %.60s", machine_name(m), id);
}

/* A reading is of a case that there is, in the case of its month. */
static void
reading_judge(struct audit *a, const struct trail *t, enum flow_role role)
{
	const struct json *data = jsonx_get(a->it->event, "data");
	const char *of = jsonx_get_str(data, "case");
	int64_t at = event_instant(a->it, "recorded_at");
	char now[INSTANT_TEXT], before[INSTANT_TEXT];

	instant_format(at, now);
	instant_format(at - AUDIT_SLACK, before);
	if (of == NULL || keymap_get(&a->cases, of) == NULL)
		audit_say(a, AUDIT_R40, "a case that there is", "%.60s",
		    of == NULL ? "none" : of);
	reader_judge(a, of, role);
	if (strncmp(t->d->id + strlen("access-"), now, 7) != 0 &&
	    strncmp(t->d->id + strlen("access-"), before, 7) != 0)
		audit_say(
		    a, AUDIT_R30, "the case of the month", "%.60s", t->d->id);
}

/* AUDIT-40: after the end, once, by a decision that executes with it. */
static void
shred_judge(struct audit *a, const struct trail *t)
{
	const struct dossier *d = t->d;
	const struct json *step =
	    event_step(a->it->event, "decision", "execute");
	const struct dossier_decision *dec = step == NULL
	    ? NULL
	    : dossier_decision_find(d, jsonx_get_str(step, "instance"));

	if (dec == NULL || strcmp(dec->kind, "shred") != 0)
		audit_say(a, AUDIT_R58, "a decision to shred", "none");
	if (d->shredded[0] != '\0' || dossier_in_force(d) ||
	    !state_is_final(dossier_state(d, M_APPLICATION, "1")))
		audit_say(a, AUDIT_R40, "a case that has ended, once",
		    "the key of %s is destroyed", d->id);
	a->report->documents_destroyed += d->n_documents;
	a->report->cases_shredded++;
}

/* Acts that a decision carries with them. */
static bool
executes(const char *event)
{
	return strcmp(event, "roster") == 0 || strcmp(event, "shred") == 0 ||
	    strcmp(event, "policy") == 0;
}

void
body_judge(struct audit *a, const struct trail *t, enum flow_role role)
{
	const struct json *j = a->it->event;
	const char *event = jsonx_get_str(j, "event");
	size_t i = 0;

	while (i < NELEM(body) && strcmp(body[i].event, event) != 0)
		i++;
	if (i == NELEM(body) ||
	    (body[i].dossier == NULL ? is_body_case(t->d->id)
				     : !case_fits(body[i].dossier, t->d->id))) {
		audit_say(a, AUDIT_R30, "an act of the body in its own case",
		    "body.%.40s in %s", event, t->d->id);
		return;
	}
	if ((body[i].roles & (unsigned)role) == 0)
		audit_say(a, AUDIT_R32, "a role that may", "%.40s",
		    jsonx_get_str(j, "role"));
	audit_same(a, AUDIT_R31, "article", body[i].article,
	    jsonx_get_str(j, "article"));
	audit_same(a, AUDIT_R31, "from", "-", jsonx_get_str(j, "from"));
	audit_same(a, AUDIT_R31, "to", "-", jsonx_get_str(j, "to"));
	audit_same(a, AUDIT_R31, "instance", "1", jsonx_get_str(j, "instance"));
	if (jsonx_len(jsonx_get(j, "guards")) > 0)
		audit_say(a, AUDIT_R31, "no guard", "some");
	if (!executes(event) && jsonx_len(jsonx_get(j, "effects")) > 0)
		audit_say(a, AUDIT_R37, "no effect", "some");
	if (strcmp(event, "read") == 0)
		reading_judge(a, t, role);
	if (strcmp(event, "shred") == 0)
		shred_judge(a, t);
}
