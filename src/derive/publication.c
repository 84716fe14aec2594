/* SPDX-License-Identifier: Apache-2.0 */
/* What is published beside the register (Art. 16(2), 19(2), 22(2)). */
#include "nintei/derive_entry.h"

#include <stdio.h>
#include <string.h>

#include "entry_int.h"

static const struct derive_publication_kind kinds[PUBLICATION_MAX] = {
#define PUBLICATION(kind, ground, decision, machine) \
	[PUBLICATION_##kind] = { #kind, ground, decision, machine },
#define MEMBER(kind, name, required)
#define SAYS(kind, event)
#include "nintei/publications.inc"
};

static const struct {
	enum derive_publication kind;
	const char *name;
	bool required;
} members[] = {
#define PUBLICATION(kind, ground, decision, machine)
#define MEMBER(kind, name, required) { PUBLICATION_##kind, #name, required },
#define SAYS(kind, event)
#include "nintei/publications.inc"
};

static const struct {
	enum derive_publication kind;
	const char *event;
} words[] = {
#define PUBLICATION(kind, ground, decision, machine)
#define MEMBER(kind, name, required)
#define SAYS(kind, event) { PUBLICATION_##kind, #event },
#include "nintei/publications.inc"
};

const struct derive_publication_kind *
derive_publication_kind(enum derive_publication p)
{
	return p > PUBLICATION_NONE && p < PUBLICATION_MAX ? &kinds[p] : NULL;
}

enum derive_publication
derive_publication_parse(const char *name)
{
	for (size_t i = 1; name != NULL && i < NELEM(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return (enum derive_publication)i;
	return PUBLICATION_NONE;
}

enum derive_publication
derive_publication_of(const char *machine, const char *event)
{
	for (size_t i = 0; machine != NULL && i < NELEM(words); i++)
		if (event != NULL && strcmp(words[i].event, event) == 0 &&
		    strcmp(kinds[words[i].kind].machine, machine) == 0)
			return words[i].kind;
	return PUBLICATION_NONE;
}

const char *
derive_publication_member(
    enum derive_publication p, size_t n, bool *out_required)
{
	for (size_t i = 0; i < NELEM(members); i++)
		if (members[i].kind == p && n-- == 0) {
			*out_required = members[i].required;
			return members[i].name;
		}
	return NULL;
}

/* From what the event publishes, or from the row as it was. */
static void
members_copy(
    struct pub_doc *j, enum derive_publication kind, const struct json *from)
{
	const char *name;
	bool required;

	for (size_t i = 0;
	     (name = derive_publication_member(kind, i, &required)) != NULL;
	     i++)
		entry_copy(j, from, name);
}

static struct pub_doc *
line_of(const struct json *event, const struct json *step)
{
	struct pub_doc *line = pub_doc_new();

	entry_copy(line, event, "recorded_at");
	pub_set(line, "at", pub_own(jsonx_get_str(event, "effective_at")));
	entry_copy(line, step, "event");
	pub_set(line, "state", pub_own(jsonx_get_str(step, "to")));
	return line;
}

static bool
brings(const struct json *publication, enum derive_publication kind)
{
	return derive_publication_parse(jsonx_get_str(publication, "kind")) ==
	    kind;
}

struct pub_doc *
derive_publication_follow(const struct json *before, const struct dossier *d,
    const struct json *event, const struct derive_step *s)
{
	const struct json *publication =
	    jsonx_get(jsonx_get(event, "data"), "publication");
	bool first = brings(publication, s->kind);
	struct pub_doc *j;

	if (!first && before == NULL)
		return NULL;
	j = pub_doc_new();
	members_copy(j, s->kind, first ? publication : before);
	pub_set(j, "kind", pub_own(kinds[s->kind].name));
	pub_set(j, "instance", pub_own(s->instance));
	if (d->scheme[0] != '\0')
		pub_set(j, "scheme", pub_own(d->scheme));
	if (d->certification.number[0] != '\0')
		pub_set(j, "number", pub_own(d->certification.number));
	pub_set(j, "state", pub_own(jsonx_get_str(s->step, "to")));
	entry_copy(j, before, "history");
	entry_copy(j, event, "recorded_at");
	pub_set(j, "at", pub_own(jsonx_get_str(event, "effective_at")));
	entry_list_add(j, "history", line_of(event, s->step));
	return j;
}
