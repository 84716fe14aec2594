/* SPDX-License-Identifier: Apache-2.0 */
/* An object against its keys: every unknown, missing or wrong one is found. */
#include "intake_int.h"
#include <string.h>

static const char *
kind_name(enum json_kind k)
{
	static const char *const names[] = {
		[JSON_KIND_NONE] = "nothing",
		[JSON_KIND_NULL] = "null",
		[JSON_KIND_BOOL] = "boolean",
		[JSON_KIND_INT] = "integer",
		[JSON_KIND_STRING] = "string",
		[JSON_KIND_ARRAY] = "array",
		[JSON_KIND_OBJECT] = "object",
	};

	return names[k];
}

struct shape {
	struct findings *f;
	enum intake_rule rule;
	const char *member, *where;
	bool ok;
};

static void
fault(struct shape *s, const char *key, const char *what)
{
	CLEANUP(freep)
	char *field = s->where[0] == '\0' ? xstrdup(key)
					  : xasprintf("%s/%s", s->where, key);

	s->ok = false;
	rule_add(s->f, s->rule, s->member, field, what);
}

static const struct shape_key *
key_find(const struct shape_key *keys, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(keys[i].key, key) == 0)
			return &keys[i];
	return NULL;
}

static void
key_check(struct shape *s, const struct shape_key *k, const struct json *v)
{
	CLEANUP(freep) char *what = NULL;

	if (jsonx_kind(v) == k->kind || (v == NULL && !k->required))
		return;
	what = v == NULL ? xstrdup("the key is missing")
			 : xasprintf("want %s, have %s", kind_name(k->kind),
			       kind_name(jsonx_kind(v)));
	fault(s, k->key, what);
}

bool
shape_check(struct findings *f, enum intake_rule rule, const char *member,
    const char *where, const struct json *j, const struct shape_key *keys,
    size_t n)
{
	struct shape s = { f, rule, member, where, true };
	const struct json *v;
	const char *key;

	if (jsonx_kind(j) != JSON_KIND_OBJECT) {
		fault(&s, "", "want object");
		return false;
	}
	for (size_t i = 0; jsonx_member(j, i, &key, &v); i++)
		if (key_find(keys, n, key) == NULL)
			fault(&s, key, "unknown key");
	for (size_t i = 0; i < n; i++)
		key_check(&s, &keys[i], jsonx_get(j, keys[i].key));
	return s.ok;
}
