/* SPDX-License-Identifier: Apache-2.0 */
/* The table as JSON Schema 2020-12. */
#include "acts_int.h"

#include <stdio.h>
#include <string.h>

#define DIALECT "https://json-schema.org/draft/2020-12/schema"
#define FRAME_BYTES KIB(64)

static struct json *
typed(const char *type)
{
	struct json *j = jsonx_object();

	jsonx_set_str(j, "type", type);
	return j;
}

static struct json *
pattern(const char *text)
{
	struct json *j = typed("string");

	jsonx_set_str(j, "pattern", text);
	return j;
}

static struct json *
choices_schema(const char *choices)
{
	struct json *j = jsonx_object(), *list = jsonx_array();

	if (choices[0] == '\0') {
		jsonx_free(list);
		jsonx_free(j);
		return pattern("^[a-z0-9_]+$");
	}
	for (const char *at = choices; *at != '\0'; at += strspn(at, " ")) {
		size_t n = strcspn(at, " ");

		jsonx_add(list, jsonx_string_n(slice_of(at, n)));
		at += n;
	}
	jsonx_set(j, "enum", list);
	return j;
}

static struct json *
text_schema(void)
{
	struct json *j = typed("string");

	jsonx_set_int(j, "minLength", 1);
	jsonx_set_int(j, "maxLength", ACTS_TEXT);
	return j;
}

static struct json *
int_schema(void)
{
	struct json *j = typed("integer");

	jsonx_set_int(j, "minimum", 0);
	return j;
}

static struct json *
value_schema(enum act_type type, const char *choices)
{
	switch (type) {
	case ACT_TEXT:
		return text_schema();
	case ACT_WORD:
		return choices_schema(choices);
	case ACT_ID:
		return pattern("^[0-9a-z][0-9a-z-]{0,39}$");
	case ACT_HASH:
		return pattern("^[0-9a-f]{64}$");
	case ACT_DATE:
		return pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
	case ACT_INSTANT:
		return pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:"
			       "[0-9]{2}\\+09:00$");
	case ACT_INT:
		return int_schema();
	case ACT_BOOL:
		return typed("boolean");
	case ACT_LIST:
		return typed("array");
	case ACT_OBJECT:
		return typed("object");
	}
	return jsonx_object();
}

static struct json *
member_schema(const struct flow_member *m)
{
	struct json *j = value_schema(m->type, m->choices);

	if (m->type == ACT_LIST) {
		jsonx_set(j, "items", value_schema(acts_item_type(m), ""));
		jsonx_set_int(j, "maxItems", ACTS_ITEMS);
	}
	jsonx_set_str(j, "title", m->ja);
	jsonx_set_str(j, "description", m->en);
	if (m->server)
		jsonx_set_bool(j, "readOnly", true);
	return j;
}

/* A member for the sender; what an exact line says hides the general one. */
static bool
is_shown(const struct flow_member *m, const struct act_name *a, bool command)
{
	return acts_is_of(m, a->machine, a->event) &&
	    acts_member(a->machine, a->event, m->name) == m &&
	    (!command || !m->server);
}

/* The schema of one act's data. */
static struct json *
data_schema(const struct act_name *a, bool command)
{
	struct json *j = typed("object");
	struct json *properties = jsonx_object(), *required = jsonx_array();
	const struct flow_member *m;

	for (size_t i = 0; (m = acts_member_at(i)) != NULL; i++) {
		if (!is_shown(m, a, command))
			continue;
		jsonx_set(properties, m->name, member_schema(m));
		if (m->required)
			jsonx_add_str(required, m->name);
	}
	jsonx_set(j, "properties", properties);
	jsonx_set(j, "required", required);
	jsonx_set_bool(j, "additionalProperties", false);
	return j;
}

static char *
act_text(const struct act_name *a)
{
	return xasprintf("%s.%s", acts_machine_name(a->machine), a->event);
}

static struct json *
constant(const char *value)
{
	struct json *j = jsonx_object();

	jsonx_set_str(j, "const", value);
	return j;
}

/* "command": both ways to write the word. */
static struct json *
command_words(const struct act_name *a)
{
	CLEANUP(freep) char *full = act_text(a);
	struct json *j = jsonx_object(), *list = jsonx_array();

	jsonx_add_str(list, full);
	jsonx_set(j, "enum", list);
	return j;
}

/* {"if": this act, "then": its data}. */
static struct json *
branch(const struct act_name *a, bool command)
{
	CLEANUP(freep) char *full = act_text(a);
	CLEANUP(freep) char *ref = xasprintf("#/$defs/%s", full);
	struct json *j = jsonx_object(), *test = jsonx_object();
	struct json *is = jsonx_object(), *then = jsonx_object();
	struct json *data = jsonx_object(), *at = jsonx_object();

	if (command) {
		jsonx_set(is, "command", command_words(a));
	} else {
		jsonx_set(
		    is, "machine", constant(acts_machine_name(a->machine)));
		jsonx_set(is, "event", constant(a->event));
	}
	jsonx_set(test, "properties", is);
	jsonx_set(j, "if", test);
	jsonx_set_str(data, "$ref", ref);
	jsonx_set(at, "data", data);
	jsonx_set(then, "properties", at);
	jsonx_set(j, "then", then);
	return j;
}

/* "machine.event" of every act, as the frame's own condition. */
static void
branches(struct json *frame, bool command)
{
	struct json *defs = jsonx_object(), *all = jsonx_array();
	struct act_name a;

	for (size_t i = 0; acts_at(i, &a); i++) {
		CLEANUP(freep) char *full = act_text(&a);

		if (command && !a.command)
			continue;
		jsonx_set(defs, full, data_schema(&a, command));
		jsonx_add(all, branch(&a, command));
	}
	jsonx_set(frame, "$defs", defs);
	jsonx_set(frame, "allOf", all);
}

static struct json *
frame_schema(const char *name)
{
	const struct {
		const char *name;
		struct slice text;
		bool acts, command;
	} frames[] = {
		{ "case", slice_of(acts_frame_case, acts_frame_case_size),
		    false, false },
		{ "command",
		    slice_of(acts_frame_command, acts_frame_command_size), true,
		    true },
		{ "event", slice_of(acts_frame_event, acts_frame_event_size),
		    true, false },
	};

	for (size_t i = 0; i < NELEM(frames); i++) {
		struct json *j = NULL;
		struct err e = ERR_INIT;

		if (strcmp(frames[i].name, name) != 0 ||
		    jsonx_parse(frames[i].text, FRAME_BYTES, &j, &e) < 0)
			continue;
		if (frames[i].acts)
			branches(j, frames[i].command);
		return j;
	}
	return NULL;
}

static void
name_of(const struct act_name *a, bool command, char out[ACTS_NAME])
{
	snprintf(out, ACTS_NAME, "%s.%s.%s", command ? "command" : "event",
	    acts_machine_name(a->machine), a->event);
}

static struct json *
act_schema(const struct act_name *a, bool command)
{
	struct json *j = data_schema(a, command);
	char name[ACTS_NAME];
	CLEANUP(freep) char *id = NULL;

	name_of(a, command, name);
	id = xasprintf("urn:nintei:schema:%s", name);
	jsonx_set_str(j, "$schema", DIALECT);
	jsonx_set_str(j, "$id", id);
	return j;
}

struct json *
acts_schema(const char *name)
{
	struct json *j = frame_schema(name);
	char have[ACTS_NAME];
	struct act_name a;

	for (size_t i = 0; j == NULL && acts_at(i, &a); i++) {
		name_of(&a, true, have);
		if (a.command && strcmp(have, name) == 0)
			return act_schema(&a, true);
		name_of(&a, false, have);
		if (strcmp(have, name) == 0)
			return act_schema(&a, false);
	}
	return j;
}

struct json *
acts_schema_names(void)
{
	static const char *const frames[] = { "case", "command", "event" };
	struct json *list = jsonx_array();
	char name[ACTS_NAME];
	struct act_name a;

	for (size_t i = 0; i < NELEM(frames); i++)
		jsonx_add_str(list, frames[i]);
	for (size_t i = 0; acts_at(i, &a); i++)
		for (int command = 1; command >= 0; command--) {
			if (command != 0 && !a.command)
				continue;
			name_of(&a, command != 0, name);
			jsonx_add_str(list, name);
		}
	return list;
}
