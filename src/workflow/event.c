/* SPDX-License-Identifier: Apache-2.0 */
/* Events: the canonical record of one act (INTERFACE 7). */
#include "workflow_int.h"

#include <string.h>

#include "nintei/instant.h"

static void
set_instant(struct json *j, const char *key, int64_t t)
{
	char text[INSTANT_TEXT];

	jsonx_set_str(j, key, instant_format(t, text));
}

static struct json *
step_json(const struct flow_step *s)
{
	struct json *j = jsonx_object();

	jsonx_set_str(j, "machine", machine_name(s->machine));
	jsonx_set_str(j, "instance", s->instance);
	jsonx_set_str(j, "from", state_name(s->from));
	jsonx_set_str(j, "event", s->event);
	jsonx_set_str(j, "to", state_name(s->to));
	return j;
}

static struct json *
effects_json(const struct flow_plan *p)
{
	struct json *array = jsonx_array();

	for (size_t i = 0; i < p->n_effects; i++)
		jsonx_add(array, step_json(&p->effects[i]));
	return array;
}

/* "fee_paid intake_ok" as an array of words. */
static struct json *
words_json(const char *text)
{
	struct json *array = jsonx_array();

	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		jsonx_add(array, jsonx_string_n(slice_of(text, n)));
		text += n;
		text += strspn(text, " ");
	}
	return array;
}

static void
set_steps(struct json *j, const struct flow_plan *p)
{
	bool body = p->primary.machine == M_NONE;

	jsonx_set_str(
	    j, "machine", body ? "body" : machine_name(p->primary.machine));
	jsonx_set_str(j, "event", p->primary.event);
	jsonx_set_str(j, "article", p->article == NULL ? "" : p->article);
	jsonx_set_str(j, "role", role_name(p->role));
	jsonx_set_str(j, "instance", body ? "1" : p->primary.instance);
	jsonx_set_str(j, "from", state_name(p->primary.from));
	jsonx_set_str(j, "to", state_name(p->primary.to));
	jsonx_set(j, "guards", words_json(p->guards));
	jsonx_set(j, "effects", effects_json(p));
}

int
event_build(const struct dossier *d, const struct flow_plan *plan,
    const struct event_head *h, const struct json *data,
    const struct json *docs, struct buf *out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = jsonx_object();
	CLEANUP(freep)
	char *id = xasprintf("%s/%lld", d->id, (long long)d->seq + 1);

	jsonx_set_str(j, "schema", "nintei.event/1");
	jsonx_set_str(j, "event_id", id);
	jsonx_set_str(j, "case_id", d->id);
	jsonx_set_int(j, "seq", d->seq + 1);
	jsonx_set_str(j, "scheme", d->scheme);
	set_steps(j, plan);
	jsonx_set_str(j, "actor", h->actor);
	jsonx_set_str(j, "decision_id", h->decision_id);
	jsonx_set_str(j, "rule_version", h->rule_version);
	jsonx_set_str(j, "policy_version", h->policy_version);
	set_instant(j, "recorded_at", h->recorded_at);
	set_instant(j, "effective_at", h->effective_at);
	jsonx_set(j, "data", data == NULL ? jsonx_object() : jsonx_dup(data));
	jsonx_set(j, "docs", jsonx_dup(docs));
	jsonx_set_str(j, "request", h->request);
	jsonx_set_str(j, "cause", h->cause);
	jsonx_set_str(j, "salt", h->salt);
	jsonx_set_str(j, "prev", d->head);
	jsonx_canonical(j, out);
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "the event is too large");
	return 0;
}

int
event_shape(const struct json *j, struct err *e)
{
	static const struct json_field members[] = {
		{ "schema", JSON_KIND_STRING, true },
		{ "event_id", JSON_KIND_STRING, true },
		{ "case_id", JSON_KIND_STRING, true },
		{ "seq", JSON_KIND_INT, true },
		{ "scheme", JSON_KIND_STRING, true },
		{ "machine", JSON_KIND_STRING, true },
		{ "instance", JSON_KIND_STRING, true },
		{ "from", JSON_KIND_STRING, true },
		{ "event", JSON_KIND_STRING, true },
		{ "to", JSON_KIND_STRING, true },
		{ "article", JSON_KIND_STRING, true },
		{ "actor", JSON_KIND_STRING, true },
		{ "role", JSON_KIND_STRING, true },
		{ "guards", JSON_KIND_ARRAY, true },
		{ "decision_id", JSON_KIND_STRING, false },
		{ "rule_version", JSON_KIND_STRING, true },
		{ "policy_version", JSON_KIND_STRING, true },
		{ "recorded_at", JSON_KIND_STRING, true },
		{ "effective_at", JSON_KIND_STRING, true },
		{ "effects", JSON_KIND_ARRAY, true },
		{ "data", JSON_KIND_OBJECT, true },
		{ "docs", JSON_KIND_ARRAY, false },
		{ "request", JSON_KIND_STRING, false },
		{ "cause", JSON_KIND_STRING, false },
		{ "salt", JSON_KIND_STRING, true },
		{ "prev", JSON_KIND_STRING, true },
	};
	static const struct json_field step[] = {
		{ "machine", JSON_KIND_STRING, true },
		{ "instance", JSON_KIND_STRING, true },
		{ "from", JSON_KIND_STRING, true },
		{ "event", JSON_KIND_STRING, true },
		{ "to", JSON_KIND_STRING, true },
	};
	const struct json *effects = jsonx_get(j, "effects");

	if (jsonx_shape(j, members, NELEM(members), e) < 0)
		return -1;
	for (size_t i = 0; i < jsonx_len(effects); i++)
		if (jsonx_shape(jsonx_at(effects, i), step, NELEM(step), e) < 0)
			return err_wrap(e, "effects");
	return 0;
}

int
event_read(const struct json *j, struct event *out, struct err *e)
{
	struct event ev = {
		.case_id = jsonx_get_str(j, "case_id"),
		.scheme = jsonx_get_str(j, "scheme"),
		.machine = jsonx_get_str(j, "machine"),
		.instance = jsonx_get_str(j, "instance"),
		.from = jsonx_get_str(j, "from"),
		.event = jsonx_get_str(j, "event"),
		.to = jsonx_get_str(j, "to"),
		.actor = jsonx_get_str(j, "actor"),
		.role = jsonx_get_str(j, "role"),
		.decision_id = jsonx_get_str(j, "decision_id"),
		.cause = jsonx_get_str(j, "cause"),
		.seq = jsonx_get_int(j, "seq", 0),
		.effects = jsonx_get(j, "effects"),
		.data = jsonx_get(j, "data"),
		.docs = jsonx_get(j, "docs"),
	};
	const char *at = jsonx_get_str(j, "recorded_at");
	const char *effective = jsonx_get_str(j, "effective_at");

	if (ev.case_id == NULL || ev.machine == NULL || ev.event == NULL ||
	    ev.actor == NULL || at == NULL || effective == NULL)
		return err_set(
		    e, E_STORE_CORRUPT, "an event lacks a required member");
	if (instant_parse(at, &ev.recorded_at, e) < 0 ||
	    instant_parse(effective, &ev.effective_at, e) < 0)
		return -1;
	*out = ev;
	return 0;
}
