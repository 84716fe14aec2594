/* SPDX-License-Identifier: Apache-2.0 */
/* An entry as of a day, as known at an instant: legal and recorded time. */
#include "nintei/derive_entry.h"

#include <string.h>

#include "entry_int.h"

static const struct json *
line_known(const struct json *history, size_t i, int64_t known)
{
	const struct json *line = jsonx_at(history, i);

	return entry_instant(line, "recorded_at") <= known ? line : NULL;
}

/*
 * Lines stand in the order of recording: of those known, the last whose legal
 * instant is reached says what holds; what is found late corrects all that
 * follows its date.
 */
static const struct json *
line_at(const struct json *entry, int64_t t, int64_t known)
{
	const struct json *history = jsonx_get(entry, "history");
	const struct json *found = NULL;

	for (size_t i = 0; i < jsonx_len(history); i++) {
		const struct json *line = line_known(history, i, known);

		if (line != NULL && entry_instant(line, "at") <= t)
			found = line;
	}
	return found;
}

/* Was a continuation of effect decided and neither used up nor cleared? */
static bool
is_continued(const struct json *entry, int64_t known)
{
	const struct json *history = jsonx_get(entry, "history");
	bool continued = false;

	for (size_t i = 0; i < jsonx_len(history); i++) {
		const struct json *line = line_known(history, i, known);
		const char *event = entry_text(line, "event");

		if (strcmp(event, "certification.continue_effect") == 0)
			continued = true;
		else if (strcmp(event, "certification.renewal_ended") == 0 ||
		    strcmp(event, "certification.renewed") == 0)
			continued = false;
	}
	return continued;
}

static bool
term_stands(const struct json *term, int64_t known)
{
	int64_t void_at = entry_instant(term, "void_at");

	return entry_instant(term, "recorded_at") <= known &&
	    (void_at == 0 || void_at > known);
}

/* The first instant after all terms that stand, as known. */
static int64_t
terms_end(const struct json *entry, int64_t known)
{
	const struct json *terms = jsonx_get(entry, "terms");
	int64_t end = 0;

	for (size_t i = 0; i < jsonx_len(terms); i++) {
		const struct json *t = jsonx_at(terms, i);
		struct jday last;
		int64_t after;

		if (!term_stands(t, known) ||
		    !entry_day(t, "valid_through", &last))
			continue;
		after = instant_of_jday(jday_add_days(last, 1));
		if (after > end)
			end = after;
	}
	return end;
}

/* A term ends by itself, whether or not its end was recorded yet. */
static const char *
state_at(const struct json *entry, int64_t t, int64_t known)
{
	const struct json *line = line_at(entry, t, known);
	const char *state = entry_text(line, "state");

	if (line == NULL || strcmp(state, "continued") == 0 ||
	    !entry_state_in_force(state) || t < terms_end(entry, known))
		return state;
	return is_continued(entry, known) ? "continued" : "expired";
}

static int64_t
day_end(struct jday day)
{
	return instant_of_jday(jday_add_days(day, 1)) - 1;
}

bool
derive_entry_in_force(const struct json *entry, const struct derive_as_of *q)
{
	const struct json *history = jsonx_get(entry, "history");
	int64_t first = instant_of_jday(q->day), last = day_end(q->day);

	if (last > q->known && first <= q->known)
		last = q->known;
	if (entry_state_in_force(state_at(entry, first, q->known)) ||
	    entry_state_in_force(state_at(entry, last, q->known)))
		return true;
	for (size_t i = 0; i < jsonx_len(history); i++) {
		int64_t at = entry_instant(jsonx_at(history, i), "at");

		if (at > first && at < last &&
		    entry_state_in_force(state_at(entry, at, q->known)))
			return true;
	}
	return false;
}

/* The version that was public then; the first before there was one. */
static const struct json *
version_at(const struct json *versions, int64_t t, int64_t known)
{
	const struct json *found = NULL;

	for (size_t i = 0; i < jsonx_len(versions); i++) {
		const struct json *v = jsonx_at(versions, i);

		if (entry_instant(v, "recorded_at") <= known &&
		    (found == NULL || entry_instant(v, "at") <= t))
			found = v;
	}
	return found;
}

/* The term of the day: the last known that had begun, else the first. */
static const struct json *
term_at(const struct json *entry, const struct derive_as_of *q)
{
	const struct json *terms = jsonx_get(entry, "terms");
	const struct json *found = NULL;

	for (size_t i = 0; i < jsonx_len(terms); i++) {
		const struct json *t = jsonx_at(terms, i);
		struct jday from;

		if (term_stands(t, q->known) &&
		    (found == NULL ||
			(entry_day(t, "valid_from", &from) &&
			    jday_cmp(from, q->day) <= 0)))
			found = t;
	}
	return found;
}

/* The lines of a list that were recorded by then, under one of two names. */
static void
copy_known(struct pub_doc *to, const struct json *entry, const char *key,
    const char *recorded, int64_t known)
{
	const struct json *list = jsonx_get(entry, key);

	for (size_t i = 0; i < jsonx_len(list); i++)
		if (entry_instant(jsonx_at(list, i), recorded) <= known)
			entry_list_add(
			    to, key, pub_doc_published(jsonx_at(list, i)));
}

/* When the state of that instant is an end: since when, recorded when. */
static void
ended_set(struct pub_doc *j, const struct json *entry, int64_t t,
    const struct derive_as_of *q, const char *state)
{
	const struct json *line = line_at(entry, t, q->known);

	if (entry_state_in_force(state))
		return;
	if (strcmp(entry_text(line, "state"), state) != 0) {
		entry_set_instant(j, "ended_at", terms_end(entry, q->known));
		return;
	}
	pub_set(j, "ended_at", pub_own(jsonx_get_str(line, "at")));
	pub_set(j, "ended_recorded_at",
	    pub_own(jsonx_get_str(line, "recorded_at")));
}

static void
lists_set(struct pub_doc *j, const struct json *entry, int64_t known)
{
	copy_known(j, entry, "terms", "recorded_at", known);
	copy_known(j, entry, "gaps", "recorded_at", known);
	copy_known(j, entry, "history", "recorded_at", known);
	copy_known(j, entry, "notes", "recorded_at", known);
	copy_known(j, entry, "improvements", "published_at", known);
}

struct pub_doc *
derive_entry_as_of(const struct json *entry, const struct json *versions,
    const struct derive_as_of *q)
{
	int64_t end = day_end(q->day);
	bool today = jday_cmp(q->day, jday_of_instant(q->known)) == 0;
	int64_t t = today ? q->known : end;
	const char *state = state_at(entry, t, q->known);
	const struct json *v = version_at(versions, t, q->known);
	const struct json *term = term_at(entry, q);
	struct pub_doc *j;
	char text[JDAY_TEXT];

	if (state[0] == '\0' || v == NULL)
		return NULL;
	j = pub_doc_new();
	for (size_t i = 0; i < ENTRY_CONTENT; i++)
		entry_copy(j, jsonx_get(v, "entry"), entry_content[i]);
	entry_copy(j, v, "version");
	entry_copy(j, entry, "number");
	entry_copy(j, entry, "scheme");
	entry_copy(j, entry, "certified_on");
	pub_set(j, "state", pub_own(state));
	pub_set(j, "state_ja", pub_own(derive_state_ja(state)));
	pub_set(j, "state_en", pub_own(derive_state_en(state)));
	entry_copy(j, term, "valid_through");
	entry_copy(j, term, "term");
	ended_set(j, entry, t, q, state);
	lists_set(j, entry, q->known);
	pub_set(j, "as_of", pub_own(jday_format(q->day, text)));
	entry_set_instant(j, "known", q->known);
	if (!today && end > q->known)
		pub_set_bool(j, "foreseen", true);
	return j;
}
