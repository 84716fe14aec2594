/* SPDX-License-Identifier: Apache-2.0 */
/* The entry of the public register (Art. 11), made anew by each event. */
#include "nintei/derive.h"

#include <stdio.h>
#include <string.h>

#include "nintei/derive_entry.h"
#include "nintei/enc.h"
#include "nintei/jsonx.h"

#include "entry_int.h"

/* One event on its way into the entry. */
struct follow {
	const struct json *old; /* the entry before, or NULL */
	const struct dossier *d; /* the state after the event */
	const struct json *event;
	const struct json *publication; /* data.publication, or NULL */
	const struct json *moved; /* step of the certification, or NULL */
	struct pub_doc *j; /* the entry after */
};

static bool
is_step(const struct json *step, const char *machine, const char *event)
{
	return strcmp(entry_text(step, "machine"), machine) == 0 &&
	    (event == NULL || strcmp(entry_text(step, "event"), event) == 0);
}

/* The last step of an event on a machine; NULL: it does not move it. */
static const struct json *
step_of(const struct json *event, const char *machine)
{
	const struct json *effects = jsonx_get(event, "effects");

	for (size_t i = jsonx_len(effects); i > 0; i--)
		if (is_step(jsonx_at(effects, i - 1), machine, NULL))
			return jsonx_at(effects, i - 1);
	return is_step(event, machine, NULL) ? event : NULL;
}

/* The whole content of a term, or of its reissue. */
static bool
is_whole(const struct json *publication)
{
	return jsonx_get(publication, "designated_url") != NULL;
}

static bool
is_kind(const struct json *publication, const char *kind)
{
	return strcmp(entry_text(publication, "kind"), kind) == 0;
}

/*
 * Names as the certificate has them: those of the record that the event
 * releases, of a reissue too; else the certification's.
 */
static void
names_set(struct pub_doc *j, const struct dossier_certification *c)
{
	pub_set(j, "service", pub_own(c->service));
	pub_set(j, "operator", pub_own(c->operator_name));
	if (c->corporate_number[0] != '\0')
		pub_set(j, "corporate_number", pub_own(c->corporate_number));
}

/*
 * Art. 11(2): what was withheld and is now published has its salt and takes
 * the place of its hash alone; Art. 13(1): what changed takes any place, and
 * what says nothing any more leaves.
 */
static void
item_merge(
    struct pub_doc *items, const struct json *old, const struct json *now)
{
	struct pub_doc *item;

	if (now == NULL ||
	    (jsonx_get(now, "salt") != NULL && old != NULL &&
		jsonx_get(old, "withheld") == NULL)) {
		pub_add(items, pub_doc_published(old));
		return;
	}
	if (jsonx_get(now, "value") == NULL &&
	    jsonx_get(now, "withheld") == NULL)
		return;
	item = pub_doc_new();
	entry_copy(item, now, "id");
	entry_copy(item, now, "value");
	entry_copy(item, now, "withheld");
	pub_add(items, item);
}

static void
items_merge(struct follow *f)
{
	const struct json *have = jsonx_get(f->old, "items");
	const struct json *later = jsonx_get(f->publication, "items");
	struct pub_doc *items = pub_list_new();

	for (size_t i = 0; i < jsonx_len(have); i++) {
		const struct json *old = jsonx_at(have, i);

		item_merge(
		    items, old, entry_item(later, jsonx_get_str(old, "id")));
	}
	for (size_t i = 0; i < jsonx_len(later); i++) {
		const struct json *now = jsonx_at(later, i);

		if (entry_item(have, jsonx_get_str(now, "id")) == NULL &&
		    jsonx_get(now, "salt") == NULL)
			item_merge(items, NULL, now);
	}
	pub_set_doc(f->j, "items", items);
}

static void
content_set(struct follow *f)
{
	bool whole = is_whole(f->publication);

	for (size_t i = 0; i < ENTRY_CONTENT; i++)
		entry_copy(f->j, f->old, entry_content[i]);
	if (whole)
		names_set(f->j, &f->d->certification);
	for (size_t i = 0; whole && i < ENTRY_CONTENT; i++)
		entry_copy(f->j, f->publication, entry_content[i]);
	if (!whole && jsonx_get(f->publication, "items") != NULL)
		items_merge(f);
}

static struct pub_doc *
term_line(const struct dossier_term *t)
{
	struct pub_doc *line = pub_doc_new();

	entry_set_int(line, "term", t->term);
	pub_set(line, "certified_on", pub_own(t->certified_on));
	pub_set(line, "valid_from", pub_own(t->valid_from));
	pub_set(line, "valid_through", pub_own(t->valid_through));
	entry_set_instant(line, "recorded_at", t->recorded_at);
	entry_set_instant(line, "void_at", t->void_at);
	entry_set_instant(line, "replaced_at", t->replaced_at);
	return line;
}

/* Every term, the next before it begins, the void ones too (Art. 9, 12). */
static void
terms_set(struct follow *f)
{
	struct pub_doc *terms = pub_list_new();

	for (size_t i = 0; i < f->d->n_terms; i++)
		pub_add(terms, term_line(&f->d->terms[i]));
	pub_set_doc(f->j, "terms", terms);
}

/* Days without effect between the end of one term and the next decision. */
static struct pub_doc *
gap_line(const struct follow *f)
{
	const struct dossier_certification *c = &f->d->certification;
	struct jday last = jday_of_instant(entry_instant(f->old, "ended_at"));
	struct jday again;
	struct pub_doc *line;
	char text[JDAY_TEXT];
	struct err why = ERR_INIT;

	if (jday_parse(c->valid_from, &again, &why) < 0 ||
	    jday_cmp(last, again) >= 0)
		return NULL;
	line = pub_doc_new();
	pub_set(line, "from", pub_own(jday_format(last, text)));
	pub_set(line, "through",
	    pub_own(jday_format(jday_add_days(again, -1), text)));
	pub_set(line, "recorded_at",
	    pub_own(jsonx_get_str(f->event, "recorded_at")));
	return line;
}

static void
gaps_set(struct follow *f)
{
	struct pub_doc *line = NULL;

	entry_copy(f->j, f->old, "gaps");
	if (f->moved != NULL &&
	    is_step(f->moved, "certification", "renewed_after_gap"))
		line = gap_line(f);
	if (line != NULL)
		entry_list_add(f->j, "gaps", line);
}

static void
standing_set(struct follow *f)
{
	const struct dossier_certification *c = &f->d->certification;
	const struct dossier_machine *m = dossier_last(f->d, M_CERTIFICATION);
	enum state s = dossier_state(f->d, M_CERTIFICATION, "1");

	pub_set(f->j, "number", pub_own(c->number));
	pub_set(f->j, "scheme", pub_own(f->d->scheme));
	pub_set(f->j, "state", pub_own(state_name(s)));
	pub_set(f->j, "state_ja", pub_own(derive_state_ja(state_name(s))));
	pub_set(f->j, "state_en", pub_own(derive_state_en(state_name(s))));
	pub_set(f->j, "certified_on", pub_own(c->certified_on));
	pub_set(f->j, "valid_through", pub_own(c->valid_through));
	entry_set_int(f->j, "term", c->term);
	entry_set_instant(f->j, "ended_at", c->ended_at);
	entry_set_instant(f->j, "ended_recorded_at", c->ended_recorded_at);
	if (m != NULL && (m->flags & FLAG_CONTINUATION) != 0)
		pub_set_bool(f->j, "continuation", true);
}

static void
outcome_set(struct pub_doc *line, const struct json *publication)
{
	const char *text = jsonx_get_str(publication, "text");

	if (text != NULL && is_kind(publication, "improvement_outcome"))
		pub_set(line, "outcome", pub_own(text));
}

/* Art. 16(2): what was asked for in public, and that it was done. */
static void
improvements_set(struct follow *f)
{
	const struct json *have = jsonx_get(f->old, "improvements");
	bool done = step_of(f->event, "compliance") != NULL &&
	    is_step(step_of(f->event, "compliance"), "compliance", "improved");
	const char *at = jsonx_get_str(f->event, "effective_at");
	size_t n = jsonx_len(have);

	for (size_t i = 0; i < n; i++) {
		const struct json *old = jsonx_at(have, i);
		struct pub_doc *line = pub_doc_published(old);

		if (done && i + 1 == n &&
		    jsonx_get(old, "improved_at") == NULL) {
			pub_set(line, "improved_at", pub_own(at));
			outcome_set(line, f->publication);
		}
		entry_list_add(f->j, "improvements", line);
	}
	if (is_kind(f->publication, "improvement")) {
		struct pub_doc *line = pub_doc_new();

		pub_set(line, "published_at", pub_own(at));
		entry_copy(line, f->publication, "text");
		entry_copy(line, f->publication, "due_on");
		entry_list_add(f->j, "improvements", line);
	}
}

/* A succession found after a revocation changes nothing: it is noted. */
static bool
is_annotation(const struct follow *f)
{
	return f->moved == NULL && is_step(f->event, "succession", "confirm") &&
	    dossier_state(f->d, M_CERTIFICATION, "1") == S_CERT_REVOKED;
}

static void
notes_set(struct follow *f)
{
	const struct dossier_succession *s =
	    dossier_succession_find(f->d, entry_text(f->event, "instance"));
	struct pub_doc *line;

	entry_copy(f->j, f->old, "notes");
	if (!is_annotation(f))
		return;
	line = pub_doc_new();
	pub_set(line, "what", pub_literal("lapsed"));
	if (s != NULL)
		pub_set(line, "on", pub_own(s->event_day));
	pub_set(line, "recorded_at",
	    pub_own(jsonx_get_str(f->event, "recorded_at")));
	entry_list_add(f->j, "notes", line);
}

/* Legal time: of the beginning, of the end, else of the act. */
static void
line_at(const struct follow *f, struct pub_doc *line)
{
	const struct dossier_certification *c = &f->d->certification;

	pub_set(line, "at", pub_own(jsonx_get_str(f->event, "effective_at")));
	if (f->old == NULL)
		entry_set_instant(line, "at", c->in_force_from);
	else if (f->moved != NULL)
		entry_set_instant(line, "at", c->ended_at);
}

static void
history_set(struct follow *f)
{
	const struct json *step = f->moved != NULL ? f->moved : f->event;
	struct pub_doc *line = pub_doc_new();
	char word[96];

	entry_copy(f->j, f->old, "history");
	snprintf(word, sizeof(word), "%s.%s", entry_text(step, "machine"),
	    entry_text(step, "event"));
	line_at(f, line);
	pub_set(line, "recorded_at",
	    pub_own(jsonx_get_str(f->event, "recorded_at")));
	pub_set(line, "event", pub_own(word));
	entry_copy(line, pub_json(f->j), "state");
	entry_copy(line, pub_json(f->j), "term");
	entry_copy(line, pub_json(f->j), "version");
	entry_list_add(f->j, "history", line);
}

static void
version_set(struct follow *f)
{
	uint64_t n = 1;
	struct err why = ERR_INIT;
	bool same = f->old != NULL;

	for (size_t i = 0; same && i < ENTRY_CONTENT; i++) {
		const struct json *a = jsonx_get(f->old, entry_content[i]);
		const struct json *b =
		    jsonx_get(pub_json(f->j), entry_content[i]);

		same = a == b || (a != NULL && b != NULL && jsonx_equal(a, b));
	}
	if (f->old != NULL &&
	    dec_parse(entry_text(f->old, "version"), INT32_MAX, &n, &why) ==
		0 &&
	    !same)
		n++;
	entry_set_int(f->j, "version", (int64_t)n);
}

/* Does the event change what the register says? */
static bool
is_told(const struct follow *f)
{
	const struct json *asked = jsonx_get(f->old, "improvements");
	const struct json *step = step_of(f->event, "compliance");

	if (f->d->certification.number[0] == '\0' ||
	    (f->old == NULL && !is_whole(f->publication)))
		return false;
	return f->moved != NULL || f->publication != NULL || is_annotation(f) ||
	    (jsonx_len(asked) > 0 && step != NULL &&
		is_step(step, "compliance", "improved"));
}

bool
derive_entry_follow(
    struct pub_doc **entry, const struct dossier *d, const struct json *event)
{
	struct follow f = { .old = pub_json(*entry),
		.d = d,
		.event = event,
		.publication =
		    jsonx_get(jsonx_get(event, "data"), "publication"),
		.moved = step_of(event, "certification") };

	if (!is_told(&f))
		return false;
	f.j = pub_doc_new();
	content_set(&f);
	standing_set(&f);
	terms_set(&f);
	gaps_set(&f);
	improvements_set(&f);
	notes_set(&f);
	version_set(&f);
	history_set(&f);
	pub_doc_free(*entry);
	*entry = f.j;
	return true;
}

bool
derive_revoked_day(const struct json *entry, struct jday *out)
{
	const struct json *history = jsonx_get(entry, "history");

	for (size_t i = 0; i < jsonx_len(history); i++) {
		const struct json *line = jsonx_at(history, i);

		if (strcmp(entry_text(line, "state"), "revoked") != 0)
			continue;
		*out = jday_of_instant(entry_instant(line, "at"));
		return true;
	}
	return false;
}
