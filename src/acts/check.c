/* SPDX-License-Identifier: Apache-2.0 */
/* Data of commands and events, held against the table. */
#include "acts_int.h"

#include <string.h>

#include "nintei/instant.h"
#include "nintei/term.h"

/* Whose data is checked. */
enum side {
	SIDE_COMMAND,
	SIDE_EVENT
};

/* Code points of UTF-8, which the parser has checked. */
static size_t
code_points(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static int
is_text(const char *s, struct err *e)
{
	size_t n = code_points(s);

	if (n >= 1 && n <= ACTS_TEXT)
		return 0;
	return err_set(e, E_INPUT, "want 1 to %d characters", ACTS_TEXT);
}

static int
is_id(const char *s, struct err *e)
{
	size_t n = strlen(s);

	if (n >= 1 && n <= LIMIT_ID_BYTES && s[0] != '-' &&
	    strspn(s, "0123456789abcdefghijklmnopqrstuvwxyz-") == n)
		return 0;
	return err_set(e, E_INPUT, "want an id of 0-9, a-z and -");
}

static int
is_hash(const char *s, struct err *e)
{
	if (strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64)
		return 0;
	return err_set(e, E_INPUT, "want 64 lower-case hex digits");
}

static int
is_date(const char *s, struct err *e)
{
	struct jday day;

	if (strlen(s) != 10)
		return err_set(e, E_INPUT, "want a date YYYY-MM-DD");
	return jday_parse(s, &day, e);
}

static int
is_instant(const char *s, struct err *e)
{
	char again[INSTANT_TEXT];
	int64_t t;

	if (instant_parse(s, &t, e) < 0)
		return -1;
	if (strcmp(instant_format(t, again), s) == 0)
		return 0;
	return err_set(e, E_INPUT, "want an instant as %s", again);
}

static int
is_word(const char *s, const char *choices, struct err *e)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");

	if (n == 0 || s[n] != '\0')
		return err_set(e, E_INPUT, "want a word of a-z, 0-9 and _");
	if (choices[0] == '\0' || acts_choice(choices, s))
		return 0;
	return err_set(e, E_INPUT, "want one of: %s", choices);
}

static const struct {
	enum json_kind kind;
	const char *want;
	int (*text)(const char *s, struct err *e); /* of a string, or NULL */
} types[] = {
	[ACT_TEXT] = { JSON_KIND_STRING, "a text", is_text },
	[ACT_WORD] = { JSON_KIND_STRING, "a word", NULL },
	[ACT_ID] = { JSON_KIND_STRING, "an id", is_id },
	[ACT_HASH] = { JSON_KIND_STRING, "a SHA-256", is_hash },
	[ACT_DATE] = { JSON_KIND_STRING, "a date", is_date },
	[ACT_INSTANT] = { JSON_KIND_STRING, "an instant", is_instant },
	[ACT_INT] = { JSON_KIND_INT, "an integer", NULL },
	[ACT_BOOL] = { JSON_KIND_BOOL, "true or false", NULL },
	[ACT_LIST] = { JSON_KIND_ARRAY, "a list", NULL },
	[ACT_OBJECT] = { JSON_KIND_OBJECT, "an object", NULL },
};

static int
value_check(const struct json *v, enum act_type type, const char *choices,
    struct err *e)
{
	if (jsonx_kind(v) != types[type].kind)
		return err_set(e, E_INPUT, "want %s", types[type].want);
	if (type == ACT_WORD)
		return is_word(jsonx_str(v), choices, e);
	if (type == ACT_INT && jsonx_int_value(v, -1) < 0)
		return err_set(e, E_INPUT, "want no negative number");
	if (types[type].text != NULL)
		return types[type].text(jsonx_str(v), e);
	return 0;
}

static int
list_check(const struct flow_member *m, const struct json *list, struct err *e)
{
	enum act_type type = acts_item_type(m);
	struct err why = ERR_INIT;

	if (jsonx_len(list) > ACTS_ITEMS)
		return err_set(e, E_INPUT, "want at most %d items", ACTS_ITEMS);
	for (size_t i = 0; i < jsonx_len(list); i++)
		if (value_check(jsonx_at(list, i), type, "", &why) < 0)
			return err_set(e, E_INPUT, "[%zu]: %s", i, why.detail);
	return 0;
}

static int
member_check(const struct flow_member *m, const struct json *v, struct err *e)
{
	if (value_check(v, m->type, m->choices, e) < 0)
		return -1;
	return m->type == ACT_LIST ? list_check(m, v, e) : 0;
}

/* Every member that is there is one of the table, and as it says. */
static int
members_check(enum machine m, const char *event, const struct json *data,
    enum side side, struct err *e)
{
	const char *key;
	const struct json *v;
	struct err why = ERR_INIT;

	for (size_t i = 0; jsonx_member(data, i, &key, &v); i++) {
		const struct flow_member *f = acts_member(m, event, key);

		if (f == NULL)
			return err_set(e, E_INPUT,
			    "data.%.60s: there is no such member", key);
		if (side == SIDE_COMMAND && f->server)
			return err_set(e, E_INPUT,
			    "data.%s: only the server writes this", key);
		if (member_check(f, v, &why) < 0)
			return err_set(
			    e, E_INPUT, "data.%s: %s", key, why.detail);
	}
	return 0;
}

static int
required_check(enum machine machine, const char *event, const struct json *data,
    enum side side, struct err *e)
{
	const struct flow_member *m;

	for (size_t i = 0; (m = acts_member_at(i)) != NULL; i++)
		if (m->required && acts_is_of(m, machine, event) &&
		    (side == SIDE_EVENT || !m->server) &&
		    jsonx_get(data, m->name) == NULL)
			return err_set(e, E_INPUT, "data.%s is missing: %s",
			    m->name, m->en);
	return 0;
}

static int
data_check(enum machine m, const char *event, const struct json *data,
    enum side side, struct err *e)
{
	if (data != NULL && jsonx_kind(data) != JSON_KIND_OBJECT)
		return err_set(e, E_INPUT, "data: want an object");
	if (members_check(m, event, data, side, e) < 0)
		return -1;
	return required_check(m, event, data, side, e);
}

int
acts_command_check(
    enum machine m, const char *event, const struct json *data, struct err *e)
{
	return data_check(m, event, data, SIDE_COMMAND, e);
}

int
acts_event_check(const char *machine, const char *event,
    const struct json *data, struct err *e)
{
	enum machine m = machine_parse(machine);

	if (m == M_NONE && strcmp(machine, "body") != 0)
		return err_set(
		    e, E_INPUT, "there is no machine \"%.20s\"", machine);
	return data_check(m, event, data, SIDE_EVENT, e);
}

void
acts_signed_part(
    enum machine m, const char *event, const struct json *data, struct buf *out)
{
	CLEANUP(jsonx_freep) struct json *part = jsonx_object();
	const char *key;
	const struct json *v;

	for (size_t i = 0; jsonx_member(data, i, &key, &v); i++) {
		const struct flow_member *f = acts_member(m, event, key);

		if (strcmp(key, "signature") != 0 && (f == NULL || !f->server))
			jsonx_set(part, key, jsonx_dup(v));
	}
	jsonx_canonical(part, out);
}

#define ONCE_LETTERS "0123456789abcdefghijklmnopqrstuvwxyz"

static bool
is_once(const char *rest)
{
	size_t n = rest[0] == '#' ? strspn(rest + 1, ONCE_LETTERS) : 0;

	return n > 0 && n <= LIMIT_ID_BYTES && rest[n + 1] == '\0';
}

bool
acts_signs(const char *signs, const char *act, const char *instance)
{
	size_t n = strlen(act), m = instance == NULL ? 0 : strlen(instance);
	const char *rest;

	if (strncmp(act, signs, n) != 0)
		return false;
	rest = signs + n;
	if (rest[0] == '/' && m > 0 && strncmp(rest + 1, instance, m) == 0)
		rest += 1 + m;
	return rest[0] == '\0' || is_once(rest);
}
