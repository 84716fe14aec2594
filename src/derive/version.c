/* SPDX-License-Identifier: Apache-2.0 */
/* The public versions of an entry, and what one changes in another. */
#include "nintei/derive_entry.h"

#include <string.h>

#include "entry_int.h"

struct pub_doc *
derive_version(const struct json *entry)
{
	struct pub_doc *j = pub_doc_new();

	for (size_t i = 0; i < ENTRY_CONTENT; i++)
		entry_copy(j, entry, entry_content[i]);
	return j;
}

/* What became of one item: the name of the list it belongs to, or NULL. */
static const char *
item_change(const struct json *before, const struct json *after)
{
	bool hid = jsonx_get(before, "withheld") != NULL;
	bool hides = jsonx_get(after, "withheld") != NULL;

	if (before == NULL)
		return hides ? "withheld" : "added";
	if (after == NULL)
		return "removed";
	if (hid != hides)
		return hides ? "withheld" : "published";
	return jsonx_equal(before, after) ? NULL : "changed";
}

static void
item_say(struct pub_doc *diff, const char *change, const struct json *item)
{
	if (change != NULL)
		entry_list_add(
		    diff, change, pub_doc_published(jsonx_get(item, "id")));
}

static void
items_diff(
    struct pub_doc *diff, const struct json *before, const struct json *after)
{
	for (size_t i = 0; i < jsonx_len(after); i++) {
		const struct json *now = jsonx_at(after, i);
		const struct json *old =
		    entry_item(before, jsonx_get_str(now, "id"));

		item_say(diff, item_change(old, now), now);
	}
	for (size_t i = 0; i < jsonx_len(before); i++) {
		const struct json *old = jsonx_at(before, i);

		if (entry_item(after, jsonx_get_str(old, "id")) == NULL)
			item_say(diff, "removed", old);
	}
}

/* Texts of the entry itself; items and hashes have lists of their own. */
static void
member_diff(struct pub_doc *diff, const char *name, const char *before,
    const char *after)
{
	struct pub_doc *line;

	if (strcmp(before, after) == 0)
		return;
	line = pub_doc_new();
	pub_set(line, "name", pub_own(name));
	if (before[0] != '\0')
		pub_set(line, "before", pub_own(before));
	if (after[0] != '\0')
		pub_set(line, "after", pub_own(after));
	entry_list_add(diff, "members", line);
}

struct pub_doc *
derive_version_diff(const struct json *before, const struct json *after)
{
	struct pub_doc *diff = pub_doc_new();

	for (size_t i = 0; i < ENTRY_CONTENT; i++) {
		const char *name = entry_content[i];

		if (strcmp(name, "items") != 0 && strcmp(name, "hashes") != 0)
			member_diff(diff, name, entry_text(before, name),
			    entry_text(after, name));
	}
	items_diff(diff, jsonx_get(before, "items"), jsonx_get(after, "items"));
	return diff;
}
