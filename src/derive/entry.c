/* SPDX-License-Identifier: Apache-2.0 */
/* The entry of the public register (Art. 11), from publication to its end. */
#include "nintei/derive.h"

#include <string.h>

#include "nintei/instant.h"
#include "nintei/jsonx.h"

/*
 * Names and dates of the certification, which decide_certify has published:
 * the decision that released them stands in that event.
 */
static struct pub_doc *
entry_new(const struct dossier *d, const struct json *publication)
{
	const struct dossier_certification *c = &d->certification;
	struct pub_doc *j = pub_doc_published(publication);

	pub_set(j, "number", pub_own(c->number));
	pub_set(j, "scheme", pub_own(d->scheme));
	pub_set(j, "service", pub_own(c->service));
	pub_set(j, "operator", pub_own(c->operator_name));
	if (c->corporate_number[0] != '\0')
		pub_set(j, "corporate_number", pub_own(c->corporate_number));
	pub_set(j, "certified_on", pub_own(c->certified_on));
	pub_set(j, "valid_through", pub_own(c->valid_through));
	pub_set_doc(j, "history", pub_list_new());
	return j;
}

static void
history_add(
    struct pub_doc *entry, const struct dossier *d, const struct json *event)
{
	struct pub_doc *history =
	    pub_doc_published(jsonx_get(pub_json(entry), "history"));
	struct pub_doc *line = pub_doc_new();
	const struct pub_str *state =
	    pub_own(state_name(dossier_state(d, M_CERTIFICATION, "1")));

	pub_set(line, "at", pub_own(jsonx_get_str(event, "effective_at")));
	pub_set(line, "state", state);
	pub_add(history, line);
	pub_set_doc(entry, "history", history);
	pub_set(entry, "state", state);
}

/* The item of this id among those that a later event publishes, or NULL. */
static const struct json *
later_item(const struct json *items, const char *id)
{
	for (size_t i = 0; id != NULL && i < jsonx_len(items); i++) {
		const char *have = jsonx_get_str(jsonx_at(items, i), "id");

		if (have != NULL && strcmp(have, id) == 0)
			return jsonx_at(items, i);
	}
	return NULL;
}

/* Art. 11(2): what was withheld and is now published takes its place. */
static void
items_merge(struct pub_doc *entry, const struct json *publication)
{
	const struct json *have = jsonx_get(pub_json(entry), "items");
	const struct json *later = jsonx_get(publication, "items");
	struct pub_doc *items = pub_list_new();

	for (size_t i = 0; i < jsonx_len(have); i++) {
		const struct json *old = jsonx_at(have, i);
		const char *id = jsonx_get_str(old, "id");
		const struct json *now = later_item(later, id);
		struct pub_doc *item = pub_doc_new();

		if (now == NULL || jsonx_get(old, "withheld") == NULL) {
			pub_doc_free(item);
			pub_add(items, pub_doc_published(old));
			continue;
		}
		pub_set(item, "id", pub_own(id));
		pub_set(item, "value", pub_own(jsonx_get_str(now, "value")));
		pub_add(items, item);
	}
	pub_set_doc(entry, "items", items);
}

static bool
is_certification(const struct json *step)
{
	const char *m = jsonx_get_str(step, "machine");

	return m != NULL && strcmp(m, "certification") == 0;
}

static bool
is_moved(const struct json *event)
{
	const struct json *effects = jsonx_get(event, "effects");

	if (is_certification(event))
		return true;
	for (size_t i = 0; i < jsonx_len(effects); i++)
		if (is_certification(jsonx_at(effects, i)))
			return true;
	return false;
}

bool
derive_entry_follow(
    struct pub_doc **entry, const struct dossier *d, const struct json *event)
{
	const struct json *publication =
	    jsonx_get(jsonx_get(event, "data"), "publication");
	bool moved = is_moved(event);

	if (d->certification.number[0] == '\0')
		return false;
	if (moved && publication != NULL) {
		pub_doc_free(*entry);
		*entry = entry_new(d, publication);
	}
	if (*entry == NULL || (!moved && publication == NULL))
		return false;
	if (moved)
		history_add(*entry, d, event);
	else
		items_merge(*entry, publication);
	return true;
}

bool
derive_revoked_day(const struct json *entry, struct jday *out)
{
	const struct json *history = jsonx_get(entry, "history");
	struct err why = ERR_INIT;
	int64_t at;

	for (size_t i = 0; i < jsonx_len(history); i++) {
		const struct json *line = jsonx_at(history, i);
		const char *state = jsonx_get_str(line, "state");
		const char *when = jsonx_get_str(line, "at");

		if (state == NULL || when == NULL ||
		    strcmp(state, "revoked") != 0 ||
		    instant_parse(when, &at, &why) < 0)
			continue;
		*out = jday_of_instant(at);
		return true;
	}
	return false;
}
