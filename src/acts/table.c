/* SPDX-License-Identifier: Apache-2.0 */
/* One table of members and acts out of three. */
#include "acts_int.h"

#include <string.h>

static const struct flow_member body[] = {
/* clang-format off */
#define BODY(event, name, type, choices, required, ja, en) \
	{ M_NONE, event, name, type, choices, required, true, ja, en },
#include "body.inc"
#undef BODY
	/* clang-format on */
};

static size_t
n_members(void)
{
	static size_t n;

	while (flow_member_at(n) != NULL)
		n++;
	return n;
}

const struct flow_member *
acts_member_at(size_t i)
{
	const struct flow_member *m = flow_member_at(i);
	size_t n;

	if (m != NULL)
		return m;
	n = n_members();
	return i < n + NELEM(body) ? &body[i - n] : NULL;
}

/* "*": of every act of the machine; of M_NONE, of every act. */
bool
acts_is_of(const struct flow_member *m, enum machine machine, const char *event)
{
	bool any = strcmp(m->event, "*") == 0;

	if (any && m->machine == M_NONE)
		return true;
	return m->machine == machine && (any || strcmp(m->event, event) == 0);
}

const struct flow_member *
acts_member(enum machine machine, const char *event, const char *name)
{
	const struct flow_member *m, *found = NULL;

	for (size_t i = 0; (m = acts_member_at(i)) != NULL; i++)
		if (strcmp(m->name, name) == 0 &&
		    acts_is_of(m, machine, event) &&
		    (found == NULL || strcmp(found->event, "*") == 0))
			found = m;
	return found;
}

/* Rows of one word stand for several states: the first counts. */
static bool
row_is_first(size_t i)
{
	const struct flow_row *row = flow_row_at(i);

	for (size_t k = 0; k < i; k++)
		if (flow_row_at(k)->machine == row->machine &&
		    strcmp(flow_row_at(k)->event, row->event) == 0)
			return false;
	return true;
}

static bool
is_commanded(enum machine m, const char *event)
{
	const struct flow_row *row;

	for (size_t i = 0; (row = flow_row_at(i)) != NULL; i++)
		if (row->machine == m && strcmp(row->event, event) == 0 &&
		    (row->roles & ~(unsigned)ROLE_SYSTEM) != 0)
			return true;
	return false;
}

/* The acts of the body, each once. */
static bool
body_at(size_t i, struct act_name *out)
{
	static const char *const words[] = { "genesis", "read", "crl", "roster",
		"policy", "shred" };

	if (i >= NELEM(words))
		return false;
	*out = (struct act_name){ M_NONE, words[i], false };
	return true;
}

bool
acts_at(size_t i, struct act_name *out)
{
	const struct flow_row *row;
	size_t n = 0;

	for (size_t k = 0; (row = flow_row_at(k)) != NULL; k++) {
		if (!row_is_first(k))
			continue;
		if (n++ < i)
			continue;
		*out = (struct act_name){ row->machine, row->event,
			is_commanded(row->machine, row->event) };
		return true;
	}
	return body_at(i - n, out);
}

const char *
acts_machine_name(enum machine m)
{
	return m == M_NONE ? "body" : machine_name(m);
}

bool
acts_choice(const char *choices, const char *word)
{
	size_t n = strlen(word);
	const char *at = choices;

	while (n > 0 && (at = strstr(at, word)) != NULL) {
		bool begins = at == choices || at[-1] == ' ';

		if (begins && (at[n] == ' ' || at[n] == '\0'))
			return true;
		at += n;
	}
	return false;
}

enum act_type
acts_item_type(const struct flow_member *m)
{
	static const struct {
		const char *word;
		enum act_type type;
	} types[] = {
		{ "text", ACT_TEXT },
		{ "word", ACT_WORD },
		{ "id", ACT_ID },
		{ "hash", ACT_HASH },
		{ "date", ACT_DATE },
		{ "instant", ACT_INSTANT },
		{ "int", ACT_INT },
		{ "bool", ACT_BOOL },
	};

	for (size_t i = 0; m->choices != NULL && i < NELEM(types); i++)
		if (strcmp(m->choices, types[i].word) == 0)
			return types[i].type;
	return ACT_OBJECT;
}
