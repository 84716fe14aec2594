/* SPDX-License-Identifier: Apache-2.0 */
/* What typed findings mean under Arts. 9, 10, 17 and 20: tables. */
#include "nintei/themes.h"

#include <stdint.h>
#include <string.h>

/* --- Art. 10: the mark --- */

/*
 * scoped: broken only where the other service lies within mark_other_scope;
 * outside of it the mark stands where nothing permits it: 10(1).
 */
static const struct mark_finding {
	const char *word;
	unsigned item;
	bool scoped; /* names another service */
	bool online; /* only what is shown electronically has a link */
} mark_findings[] = {
	{ "other_service", 2, true, false },
	{ "unclear_separation", 3, true, false },
	{ "no_link", 4, false, true },
	{ "recoloured", 5, false, false },
	{ "part_only", 5, false, false },
};

/* Media are words too; those of mark_media alone are permitted. */
static const struct mark_medium {
	const char *word;
	bool online;
} media[] = {
	{ "website", true },
	{ "print", false },
	{ "app", true },
	{ "video", false },
	{ "goods", false },
	{ "other", false },
};

static const struct mark_finding *
finding_find(const char *word)
{
	for (size_t i = 0; word != NULL && i < NELEM(mark_findings); i++)
		if (strcmp(mark_findings[i].word, word) == 0)
			return &mark_findings[i];
	return NULL;
}

static const struct mark_medium *
medium_find(const char *word)
{
	for (size_t i = 0; word != NULL && i < NELEM(media); i++)
		if (strcmp(media[i].word, word) == 0)
			return &media[i];
	return NULL;
}

static bool
is_listed(const char *const *list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], word) == 0)
			return true;
	return false;
}

/* Art. 10(2)(3) speak of other services of the class, or of any. */
static bool
is_in_scope(const struct scheme *s, const char *other_class)
{
	return strcmp(s->mark_other_scope, "any_service") == 0 ||
	    is_listed(s->classes, s->n_classes, other_class);
}

static int
finding_judge(const struct scheme *s, const struct mark_finding *f,
    const char *other_class, unsigned *out, struct err *e)
{
	if (f->scoped && (other_class == NULL || other_class[0] == '\0'))
		return err_set(e, E_INPUT,
		    "data.other_class: want the class of the other service");
	if (f->scoped && !is_in_scope(s, other_class))
		*out |= THEME_ITEM(1);
	else
		*out |= THEME_ITEM(f->item);
	return 0;
}

int
theme_mark_breaches(const struct scheme *s, const struct json *data, bool ended,
    unsigned *out, struct err *e)
{
	const struct json *list = jsonx_get(data, "findings");
	const char *other = jsonx_get_str(data, "other_class");
	const struct mark_medium *m =
	    medium_find(jsonx_get_str(data, "medium"));
	unsigned broken = ended ? THEME_ITEM(6) : 0;

	if (m == NULL)
		return err_set(e, E_INPUT, "data.medium: no such medium");
	if (!is_listed(s->mark_media, s->n_mark_media, m->word))
		broken |= THEME_ITEM(1);
	for (size_t i = 0; i < jsonx_len(list); i++) {
		const struct mark_finding *f =
		    finding_find(jsonx_str(jsonx_at(list, i)));

		if (f == NULL || (f->online && !m->online))
			return err_set(e, E_INPUT,
			    "data.findings: no such finding in this medium");
		if (finding_judge(s, f, other, &broken, e) < 0)
			return -1;
	}
	*out = broken;
	return 0;
}

struct json *
theme_breaches_json(unsigned breaches)
{
	struct json *list = jsonx_array();
	char text[] = "10(1)";

	for (unsigned n = 1; n <= 6; n++) {
		text[3] = (char)('0' + n);
		if ((breaches & THEME_ITEM(n)) != 0)
			jsonx_add_str(list, text);
	}
	return list;
}

unsigned
theme_breaches_read(const struct json *list)
{
	unsigned out = 0;

	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *text = jsonx_str(jsonx_at(list, i));

		if (text == NULL || strlen(text) != strlen("10(1)") ||
		    strncmp(text, "10(", 3) != 0 || text[4] != ')' ||
		    text[3] < '1' || text[3] > '6')
			return 0;
		out |= THEME_ITEM((unsigned)(text[3] - '0'));
	}
	return out;
}

/* --- Art. 9(2): succession --- */

enum effect {
	EFFECT_NEVER, /* the operator and its service stay what they are */
	EFFECT_ALWAYS,
	EFFECT_IF_HANDED_OVER, /* only where this service's business goes */
	EFFECT_MERGER /* absorbed: always; survivor: by policy */
};

static const struct kind {
	const char *word;
	enum effect effect;
	bool reorganisation; /* of Art. 17(1)(9) */
} kinds[] = {
	{ "transfer", EFFECT_ALWAYS, true },
	{ "incorporation", EFFECT_ALWAYS, true }, /* of a sole proprietor */
	{ "merger", EFFECT_MERGER, true },
	{ "split", EFFECT_IF_HANDED_OVER, true },
	{ "inheritance", EFFECT_ALWAYS, true },
	{ "rename", EFFECT_NEVER, false },
	{ "share_sale", EFFECT_NEVER, false },
	{ "dissolution", EFFECT_NEVER, false },
};

static const struct kind *
kind_find(const char *word)
{
	for (size_t i = 0; word != NULL && i < NELEM(kinds); i++)
		if (strcmp(kinds[i].word, word) == 0)
			return &kinds[i];
	return NULL;
}

bool
theme_is_reorganisation(const char *kind)
{
	const struct kind *k = kind_find(kind);

	return k != NULL && k->reorganisation;
}

bool
theme_is_succession(const struct params *p, const struct theme_succession *s)
{
	const struct kind *k = kind_find(s->kind);

	switch (k == NULL ? EFFECT_NEVER : k->effect) {
	case EFFECT_ALWAYS:
		return true;
	case EFFECT_IF_HANDED_OVER:
		return s->handed_over;
	case EFFECT_MERGER:
		return !s->survivor || p->merger_survivor_lapses;
	case EFFECT_NEVER:
		break;
	}
	return false;
}

/* --- Art. 17(1): grounds --- */

unsigned
theme_grounds_read(const char *text)
{
	unsigned out = 0;
	int last = 0;

	for (const char *p = text; p != NULL && *p != '\0'; p++) {
		int g = *p - '0';

		if (g < 1 || g > 9 || g <= last)
			return 0;
		out |= THEME_ITEM((unsigned)g);
		last = g;
		if (p[1] == '\0')
			return out;
		if (*++p != ',')
			return 0;
	}
	return 0;
}

/* What is asked of one ground beside its evidence. */
struct question {
	const struct params *p;
	const struct theme_record *r;
	const struct json *data;
};

static bool
says(const struct question *q, const char *member)
{
	return jsonx_get_bool(q->data, member, false);
}

static bool
is_evident(const struct question *q)
{
	(void)q;
	return true;
}

/* (3): a misuse was found that breaks one of 10(2) to (6). */
static bool
is_mark_breach(const struct question *q)
{
	return (q->r->breaches & THEME_MARK_GROUND) != 0;
}

static bool
is_unjust(const struct question *q)
{
	return says(q, "no_just_reason");
}

static bool
is_emergency_omitted(const struct question *q)
{
	return (q->r->noted & THEME_ITEM(5)) != 0 && is_unjust(q);
}

/* (6): not answered without just reason, or answered falsely. */
static bool
is_survey_refused(const struct question *q)
{
	return says(q, "false_answer") ||
	    ((q->r->noted & THEME_ITEM(6)) != 0 && is_unjust(q));
}

static bool
is_improvement_ignored(const struct question *q)
{
	return (q->r->noted & THEME_ITEM(7)) != 0 && is_unjust(q);
}

/* (8): which reading of its "and" holds is the policy's. */
static bool
is_unlawful(const struct question *q)
{
	bool tort = says(q, "tort"), violation = says(q, "violation");

	return q->p->unlawful_reading == POLICY_BOTH ? tort && violation
						     : tort || violation;
}

/* (9): the reorganisation, the changed set-up and the doubt, all three. */
static bool
is_doubtful(const struct question *q)
{
	return q->r->reorganised && says(q, "setup_changed") &&
	    says(q, "doubt");
}

static bool (*const grounds[10])(const struct question *q) = {
	[1] = is_evident,
	[2] = is_evident,
	[3] = is_mark_breach,
	[4] = is_unjust,
	[5] = is_emergency_omitted,
	[6] = is_survey_refused,
	[7] = is_improvement_ignored,
	[8] = is_unlawful,
	[9] = is_doubtful,
};

/* The ground of one row of evidence that exists; 0: it shows nothing. */
static unsigned
evidence_of(const struct theme_record *r, const struct json *row)
{
	int64_t ground = jsonx_get_int(row, "ground", 0);
	int64_t event = jsonx_get_int(row, "event", 0);
	int64_t document = jsonx_get_int(row, "document", 0);
	bool by_event = event > 0 && event <= r->seq;
	bool by_document = document > 0 && document <= r->document;

	if (ground < 1 || ground > 9 || (event == 0) == (document == 0))
		return 0;
	return by_event || by_document ? THEME_ITEM((unsigned)ground) : 0;
}

void
theme_record_of(const struct dossier *d, struct theme_record *out)
{
	struct theme_record r = { .seq = d->seq };

	for (size_t i = 0; i < d->n_grounds; i++)
		r.noted |= THEME_ITEM((unsigned)d->grounds[i].item);
	for (size_t i = 0; i < d->n_breaches; i++)
		r.breaches |= THEME_ITEM((unsigned)d->breaches[i].paragraph);
	for (size_t i = 0; i < d->n_successions; i++)
		r.reorganised |=
		    theme_is_reorganisation(d->successions[i].kind);
	if (d->n_documents > 0)
		r.document = d->documents[d->n_documents - 1].n;
	*out = r;
}

unsigned
theme_grounds_missing(const struct params *p, const struct theme_record *r,
    const struct json *data)
{
	const struct json *evidence = jsonx_get(data, "evidence");
	unsigned asked = theme_grounds_read(jsonx_get_str(data, "grounds"));
	struct question q = { p, r, data };
	unsigned shown = 0;

	if (asked == 0)
		return ~0u;
	for (size_t i = 0; i < jsonx_len(evidence); i++) {
		unsigned one = evidence_of(r, jsonx_at(evidence, i));

		if (one == 0)
			return ~0u;
		shown |= one;
	}
	for (unsigned i = 1; i <= 9; i++)
		if (!grounds[i](&q))
			shown &= ~THEME_ITEM(i);
	return asked & ~shown;
}

/* --- Art. 20: disclosure --- */

static bool
has_object(const struct dossier_disclosure *of, int64_t n)
{
	for (size_t i = 0; i < of->n_objects; i++)
		if (of->objects[i] == n)
			return true;
	return false;
}

bool
theme_within(const struct dossier_disclosure *of, const struct json *asked)
{
	const struct json *objects = jsonx_get(asked, "objects");
	const char *to = jsonx_get_str(asked, "recipient");

	if (of == NULL || to == NULL || of->recipient[0] == '\0' ||
	    strcmp(of->recipient, to) != 0 || jsonx_len(objects) == 0)
		return false;
	for (size_t i = 0; i < jsonx_len(objects); i++)
		if (!has_object(of, jsonx_int_value(jsonx_at(objects, i), 0)))
			return false;
	return true;
}

const char *
theme_exception(long long item)
{
	static const char *const items[] = { NULL, "20(2)(1)", "20(2)(2)",
		"20(2)(3)", "20(2)(4)", "20(2)(5)", "20(2)(6)" };

	return item < 1 || item >= (long long)NELEM(items) ? NULL : items[item];
}
