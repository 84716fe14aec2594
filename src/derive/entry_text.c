/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing the members of entries; the words for their states. */
#include "nintei/derive_entry.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nintei/instant.h"

#include "entry_int.h"

const char *const entry_content[ENTRY_CONTENT] = { "service", "operator",
	"corporate_number", "guideline", "designated_url", "items", "hashes" };

/* REGULATION 5, register wording. */
static const struct wording {
	const char *state, *ja, *en;
	bool in_force;
} wordings[] = {
	{ "issuing", "認定中", "certified", true },
	{ "valid", "認定中", "certified", true },
	{ "continued", "更新審査中（効力継続）",
	    "renewal under examination (effect continues)", true },
	{ "expired", "満了", "expired", false },
	{ "lapsed", "失効", "lapsed", false },
	{ "terminated", "終了", "terminated", false },
	{ "revoked", "取消し", "revoked", false },
};

static const struct wording *
wording_of(const char *state)
{
	for (size_t i = 0; state != NULL && i < NELEM(wordings); i++)
		if (strcmp(wordings[i].state, state) == 0)
			return &wordings[i];
	return NULL;
}

const char *
derive_state_ja(const char *state)
{
	const struct wording *w = wording_of(state);

	return w == NULL ? NULL : w->ja;
}

const char *
derive_state_en(const char *state)
{
	const struct wording *w = wording_of(state);

	return w == NULL ? NULL : w->en;
}

bool
entry_state_in_force(const char *state)
{
	const struct wording *w = wording_of(state);

	return w != NULL && w->in_force;
}

const char *
entry_text(const struct json *j, const char *key)
{
	const char *text = jsonx_get_str(j, key);

	return text == NULL ? "" : text;
}

int64_t
entry_instant(const struct json *j, const char *key)
{
	struct err why = ERR_INIT;
	int64_t t;

	return instant_parse(entry_text(j, key), &t, &why) < 0 ? 0 : t;
}

bool
entry_day(const struct json *j, const char *key, struct jday *out)
{
	struct err why = ERR_INIT;

	return jday_parse(entry_text(j, key), out, &why) == 0;
}

const struct json *
entry_item(const struct json *items, const char *id)
{
	for (size_t i = 0; id != NULL && i < jsonx_len(items); i++)
		if (strcmp(entry_text(jsonx_at(items, i), "id"), id) == 0)
			return jsonx_at(items, i);
	return NULL;
}

void
entry_set_instant(struct pub_doc *d, const char *key, int64_t t)
{
	char text[INSTANT_TEXT];

	if (t != 0)
		pub_set(d, key, pub_own(instant_format(t, text)));
}

void
entry_set_int(struct pub_doc *d, const char *key, int64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, n);
	pub_set(d, key, pub_own(text));
}

void
entry_list_add(struct pub_doc *d, const char *key, struct pub_doc *take)
{
	const struct json *have = jsonx_get(pub_json(d), key);
	struct pub_doc *list =
	    have == NULL ? pub_list_new() : pub_doc_published(have);

	pub_add(list, take);
	pub_set_doc(d, key, list);
}

void
entry_copy(struct pub_doc *to, const struct json *from, const char *key)
{
	const struct json *value = jsonx_get(from, key);

	if (value != NULL)
		pub_set_doc(to, key, pub_doc_published(value));
}
