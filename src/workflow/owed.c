/* SPDX-License-Identifier: Apache-2.0 */
/* Couplings into another case: what an event owes, and to whom. */
#include "workflow_int.h"

#include <stdio.h>

/* An event's word or one of its effects. */
static bool
step_is(const struct json *step, const char *machine, const char *event)
{
	const char *m = jsonx_get_str(step, "machine");
	const char *w = jsonx_get_str(step, "event");

	return m != NULL && w != NULL && strcmp(m, machine) == 0 &&
	    strcmp(w, event) == 0;
}

static bool
event_has(const struct json *event, const char *machine, const char *word)
{
	const struct json *effects = jsonx_get(event, "effects");

	if (step_is(event, machine, word))
		return true;
	for (size_t i = 0; i < jsonx_len(effects); i++)
		if (step_is(jsonx_at(effects, i), machine, word))
			return true;
	return false;
}

static void
owe(struct flow_owed *out, size_t *n, const char *to, bool to_base,
    enum machine m, const char *event, const char *instance)
{
	struct flow_owed *one;

	if (*n == FLOW_OWED)
		return;
	one = &out[(*n)++];
	memset(one, 0, sizeof(*one));
	word_copy(one->dossier, sizeof(one->dossier), to);
	one->to_base = to_base;
	one->machine = m;
	one->event = event;
	word_copy(one->instance, sizeof(one->instance), instance);
}

/* A word to the base, if it has such a row now. */
static void
owe_base(struct flow_owed *out, size_t *n, const struct dossier *base,
    enum machine m, const char *event, const char *instance)
{
	if (flow_row_find(m, dossier_state(base, m, instance), event) != NULL)
		owe(out, n, base->id, true, m, event, instance);
}

static bool
renewal_ends(const struct json *event)
{
	static const char *const words[] = { "decide_decline", "refuse_art8",
		"close_incomplete", "withdraw" };

	for (size_t i = 0; i < NELEM(words); i++)
		if (event_has(event, "application", words[i]))
			return true;
	return false;
}

/* Certified after a gap under as_new: it stands in the renewal itself. */
static void
owe_certified(const struct dossier *after, const struct dossier *base,
    struct flow_owed *out, size_t *n)
{
	enum state s = dossier_state(base, M_CERTIFICATION, "1");

	if (dossier_state(after, M_CERTIFICATION, "1") != S_NONE)
		return;
	owe_base(out, n, base, M_CERTIFICATION,
	    s == S_CERT_EXPIRED ? "renewed_after_gap" : "renewed", "1");
}

/* Art. 11(2): what was withheld in a renewal is published in the base. */
static bool
item_opened(const struct dossier *after, const struct json *event)
{
	static const char *const words[] = { "deny", "lift", "give_up" };
	bool opened = false;

	for (size_t i = 0; i < NELEM(words); i++)
		opened |= step_is(event, "withholding", words[i]);
	return opened &&
	    dossier_state(after, M_APPLICATION, "1") == S_APP_CERTIFIED &&
	    dossier_state(after, M_CERTIFICATION, "1") == S_NONE;
}

static bool
is_submit(const struct json *event)
{
	return event_has(event, "application", "submit") ||
	    event_has(event, "application", "submit_paper") ||
	    event_has(event, "application", "submit_paper_part");
}

/* What a renewal owes its base. */
static void
owed_to_base(const struct dossier *after, const struct json *event,
    const struct dossier *base, struct flow_owed *out, size_t *n)
{
	const struct json *data = jsonx_get(event, "data");
	const char *late = jsonx_get_str(data, "late_allowed");

	if (is_submit(event) && late != NULL)
		owe_base(out, n, base, M_DECISION, "execute", late);
	if ((is_submit(event) || event_has(event, "application", "resubmit")) &&
	    !jsonx_get_bool(data, "mark_kept", true))
		owe_base(out, n, base, M_COMPLIANCE, "inquire", "1");
	if (event_has(event, "application", "decide_certify"))
		owe_certified(after, base, out, n);
	if (item_opened(after, event))
		owe_base(out, n, base, M_CERTIFICATION, "change_recorded", "1");
	if (renewal_ends(event))
		owe_base(out, n, base, M_CERTIFICATION, "renewal_ended", "1");
}

/* Certifications that end otherwise than by their calendar. */
static bool
base_ends(const struct json *event)
{
	return event_has(event, "certification", "lapse") ||
	    event_has(event, "certification", "terminate") ||
	    event_has(event, "certification", "revoke");
}

size_t
flow_owed(const struct dossier *after, const struct json *event,
    const struct flow_facts *facts, struct flow_owed out[FLOW_OWED])
{
	size_t n = 0;

	if (after->base[0] != '\0' && facts->base != NULL &&
	    strcmp(facts->base->id, after->base) == 0)
		owed_to_base(after, event, facts->base, out, &n);
	if (facts->pending_renewal != NULL && base_ends(event))
		owe(out, &n, facts->pending_renewal, false, M_APPLICATION,
		    "base_void", "1");
	return n;
}

static void
evidence_add(struct json *out, const struct dossier *d, int64_t seq)
{
	char id[LIMIT_ID_BYTES + 24];

	snprintf(id, sizeof(id), "%s/%lld", d->id, (long long)seq);
	for (size_t i = 0; i < jsonx_len(out); i++)
		if (strcmp(jsonx_str(jsonx_at(out, i)), id) == 0)
			return;
	jsonx_add_str(out, id);
}

struct json *
flow_evidence(const struct dossier *base)
{
	int64_t since = base->compliance.opened_seq;
	struct json *out;

	if (since == 0)
		return NULL;
	out = jsonx_array();
	evidence_add(out, base, since);
	for (size_t i = 0; i < base->n_grounds; i++)
		if (base->grounds[i].seq > since)
			evidence_add(out, base, base->grounds[i].seq);
	for (size_t i = 0; i < base->n_breaches; i++)
		if (base->breaches[i].seq > since)
			evidence_add(out, base, base->breaches[i].seq);
	return out;
}
