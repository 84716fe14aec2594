/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AUDIT-36: a version of the rules comes by a decision over its files, with
 * the files, for a day to come (Art. 22; docs/adr/0024).
 */
#include "audit_int.h"

#include <string.h>

#include "nintei/jsonx.h"

/* One act that brings a version into the timetable. */
struct version {
	struct audit *a;
	const struct json *event, *data, *detail;
	const char *scheme; /* id */
	const char *policy_version;
	const struct scheme *to;
	bool policy; /* the text stays */
};

static bool
is_act(const struct json *j, const char *machine, const char *event)
{
	return strcmp(jsonx_get_str(j, "machine"), machine) == 0 &&
	    strcmp(jsonx_get_str(j, "event"), event) == 0;
}

/* What event, detail and files say of the version, they say alike. */
static void
agreement_judge(const struct version *v)
{
	static const char *const same[] = { "policy_version",
		"effective_from" };

	for (size_t i = 0; i < NELEM(same); i++)
		audit_same(v->a, AUDIT_R36, same[i],
		    jsonx_get_str(v->detail, same[i]),
		    jsonx_get_str(v->data, same[i]));
	audit_same(v->a, AUDIT_R36, "scheme", v->scheme,
	    jsonx_get_str(v->detail, "scheme"));
	if (!scheme_rules_match(v->to, v->detail))
		audit_say(v->a, AUDIT_R36, "the files that were decided",
		    "others in schemes/%s/%s", v->scheme, v->policy_version);
}

/* "<rule_version>", or with a number behind when drafted anew. */
static void
name_judge(const struct version *v)
{
	const char *instance = jsonx_get_str(v->event, "instance");
	size_t n = strlen(v->to->rule_version);

	if (strncmp(instance, v->to->rule_version, n) != 0 ||
	    (instance[n] != '\0' && instance[n] != '-'))
		audit_say(v->a, AUDIT_R36, v->to->rule_version,
		    "as the version %.40s", instance);
}

/* --- what the committee deliberated on --- */

static char *
draft_key(const struct json *j)
{
	return xasprintf(
	    "%s/%s", jsonx_get_str(j, "case_id"), jsonx_get_str(j, "instance"));
}

static void
draft_keep(struct audit *a)
{
	const struct json *j = a->it->event;
	CLEANUP(freep) char *key = draft_key(j);

	jsonx_free(keymap_get(&a->drafts, key));
	keymap_put(&a->drafts, key,
	    jsonx_dup(jsonx_get(jsonx_get(j, "data"), "files")));
}

static void
draft_judge(const struct version *v)
{
	CLEANUP(freep) char *key = draft_key(v->event);

	if (!jsonx_equal(
		keymap_get(&v->a->drafts, key), jsonx_get(v->detail, "files")))
		audit_say(v->a, AUDIT_R36, "the draft that was deliberated on",
		    "other files of %s", v->policy_version);
}

/* --- into force --- */

/* A change of practice leaves what the articles say (Art. 22). */
static void
practice_judge(const struct version *v, int64_t from)
{
	const struct scheme *last =
	    scheme_in_force(v->a->schemes, v->scheme, from - 1);
	struct err why = ERR_INIT;

	if (last != NULL && scheme_policy_check(last, v->to, &why) < 0)
		audit_say(v->a, AUDIT_R36, "an amendment (Art. 22)", "%.150s",
		    why.detail);
}

/* In force from its day on, which has not begun. */
static void
enact(const struct version *v)
{
	const char *text = jsonx_get_str(v->detail, "effective_from");
	int64_t now = event_instant(v->a->it, "recorded_at");
	struct err why = ERR_INIT;
	struct jday day;

	if (text == NULL || jday_parse(text, &day, &why) < 0 ||
	    instant_of_jday(day) <= now) {
		audit_say(v->a, AUDIT_R36, "a day to come", "%.40s",
		    text == NULL ? "-" : text);
		return;
	}
	if (v->policy)
		practice_judge(v, instant_of_jday(day));
	if (scheme_set_enact(v->a->schemes, v->scheme, v->policy_version,
		instant_of_jday(day), &why) < 0)
		audit_say(
		    v->a, AUDIT_R36, "a version at hand", "%.150s", why.detail);
}

static void
version_take(struct version *v)
{
	struct audit *a = v->a;

	v->policy_version = jsonx_get_str(v->detail, "policy_version");
	if (v->policy_version == NULL) {
		audit_say(a, AUDIT_R36, "a detail of nintei.rules/1", "none");
		return;
	}
	policy_take(a, v->scheme, v->policy_version);
	v->to = scheme_of_version(a->schemes, v->scheme, v->policy_version);
	if (v->to == NULL)
		return; /* said so */
	agreement_judge(v);
	if (!v->policy) {
		name_judge(v);
		draft_judge(v);
	}
	enact(v);
}

static void
detail_take(struct version *v, const struct trail *t)
{
	CLEANUP(jsonx_freep) struct json *detail = NULL;
	const struct paper *p =
	    trail_paper(t, jsonx_get_str(v->event, "decision_id"));
	struct err why = ERR_INIT;

	if (p == NULL)
		return; /* decide.c says so */
	if (jsonx_parse_canonical(buf_slice(&p->detail), LIMIT_DECISION_BYTES,
		&detail, &why) < 0) {
		audit_say(v->a, AUDIT_R36, "a canonical detail", "%.150s",
		    why.detail);
		return;
	}
	v->detail = detail;
	version_take(v);
}

/* Nothing of it comes into force. */
static void
rescind(struct audit *a, const struct trail *t)
{
	const struct json *j = a->it->event;
	const struct dossier_rules *r =
	    dossier_rules_find(t->d, jsonx_get_str(j, "instance"));
	const struct scheme *s = r == NULL
	    ? NULL
	    : scheme_of_version(
		  a->schemes, jsonx_get_str(j, "scheme"), r->policy_version);

	if (s != NULL)
		scheme_set_repeal(a->schemes, s->id, s->rule_version);
}

void
versions_judge(struct audit *a, const struct trail *t)
{
	const struct json *j = a->it->event;
	struct version v = { .a = a,
		.event = j,
		.data = jsonx_get(j, "data"),
		.scheme = jsonx_get_str(j, "scheme"),
		.policy = is_act(j, "body", "policy") };

	if (is_act(j, "rules", "draft") || is_act(j, "rules", "revise"))
		draft_keep(a);
	if (is_act(j, "rules", "rescind"))
		rescind(a, t);
	if (v.policy || is_act(j, "rules", "adopt"))
		detail_take(&v, t);
}
