/* SPDX-License-Identifier: Apache-2.0 */
/* scheme.yaml, from texts to a scheme. */
#include "scheme_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[DOSSIER_MAX] = {
	[DOSSIER_NONE] = "",
	[DOSSIER_NEW] = "new",
	[DOSSIER_RENEWAL] = "renewal",
	[DOSSIER_CHANGE] = "change",
	[DOSSIER_TERMINATION] = "termination",
};

const char *
dossier_kind_name(enum dossier_kind k)
{
	return k < DOSSIER_MAX ? kind_names[k] : "";
}

enum dossier_kind
dossier_kind_parse(const char *name)
{
	enum dossier_kind k;

	for (k = DOSSIER_NEW; name != NULL && k < DOSSIER_MAX; k++)
		if (strcmp(kind_names[k], name) == 0)
			return k;
	return DOSSIER_NONE;
}

bool
word_known(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

bool
role_known(const char *role)
{
	static const char *const roles[] = { "form_a", "form_b",
		"registry_certificate", "existence_proof", "mark_declaration",
		"guideline_evidence", "subject_key", "attachment", NULL };

	return word_known(role, roles);
}

bool
id_valid(const char *id)
{
	size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 0 && n <= SCHEME_ID_MAX && id[n] == '\0' && id[0] != '-';
}

void *
box_calloc(struct scheme_box *b, size_t n, size_t size)
{
	void *p = xcalloc(n + 1, size);

	if (b->n_rows == NELEM(b->rows))
		abort(); /* the number of arrays is ours */
	b->rows[b->n_rows++] = p;
	return p;
}

const char *
text_of(const char *text)
{
	return text != NULL ? text : "";
}

const char *const *
texts_of(const struct conf_list *list)
{
	static const char *const none[] = { NULL };

	return list->n == 0 ? none : list->items;
}

int
kinds_of(const struct conf_list *list, const char *what, unsigned *out,
    struct err *e)
{
	const char *const *names = texts_of(list);
	unsigned bits = 0;
	enum dossier_kind k;
	size_t i;

	for (i = 0; i < list->n; i++) {
		k = dossier_kind_parse(names[i]);
		if (k == DOSSIER_NONE)
			return err_set(e, E_CONFIG,
			    "%s: want new, renewal, change or termination, "
			    "have \"%.40s\"",
			    what, names[i]);
		bits |= DOSSIER_BIT(k);
	}
	*out = bits;
	return 0;
}

static int
words_check(const struct conf_list *list, const char *what,
    const char *const *known, struct err *e)
{
	const char *const *words = texts_of(list);
	size_t i;

	for (i = 0; i < list->n; i++)
		if (!word_known(words[i], known))
			return err_set(e, E_CONFIG, "%s: unknown word %.40s",
			    what, words[i]);
	if (list->n == 0)
		return err_set(e, E_CONFIG, "%s: want at least one", what);
	return 0;
}

/* A version with its text has a policy version and a digest. */
static int
build_version(struct scheme_box *b, const struct version_yaml *y,
    struct scheme_version *v, struct err *e)
{
	const char *policy = y->policy != NULL ? y->policy : "1";
	struct err why = ERR_INIT;
	char *joined;
	int64_t n;

	if (jday_parse(y->rule_version, &v->from, &why) < 0)
		return err_set(e, E_CONFIG, "versions: %s", why.detail);
	if (conf_int(policy, "versions.policy", 1, 100000, &n, e) < 0)
		return -1;
	if ((y->text == NULL) != (y->sha256 == NULL))
		return err_set(e, E_CONFIG,
		    "version %s: want text and sha256 together",
		    y->rule_version);
	if (y->sha256 != NULL &&
	    (strlen(y->sha256) != 64 ||
		strspn(y->sha256, "0123456789abcdef") != 64))
		return err_set(e, E_CONFIG,
		    "version %s: want 64 hex digits of SHA-256",
		    y->rule_version);
	if (y->text != NULL && strchr(y->text, '/') != NULL)
		return err_set(e, E_CONFIG,
		    "version %s: want a file beside scheme.yaml",
		    y->rule_version);
	joined = box_calloc(b, 32, 1);
	v->rule_version = y->rule_version;
	(void)snprintf(joined, 32, "%s.%s", y->rule_version, policy);
	v->policy_version = joined;
	v->text = text_of(y->text);
	v->sha256 = text_of(y->sha256);
	return 0;
}

static int
build_versions(struct scheme_box *b, const struct scheme_yaml *y, struct err *e)
{
	const struct version_yaml *rows = y->versions.items;
	struct scheme_version *v = box_calloc(b, y->versions.n, sizeof(*v));
	size_t i;

	if (y->versions.n == 0 || y->versions.n > 8)
		return err_set(e, E_CONFIG, "versions: want 1 to 8");
	for (i = 0; i < y->versions.n; i++) {
		if (build_version(b, &rows[i], &v[i], e) < 0)
			return -1;
		if (i > 0 && jday_cmp(v[i - 1].from, v[i].from) >= 0)
			return err_set(
			    e, E_CONFIG, "versions: want them by date");
	}
	if (v[i - 1].text[0] == '\0')
		return err_set(e, E_CONFIG, "versions: the newest has no text");
	b->s.versions = v;
	b->s.n_versions = y->versions.n;
	b->s.rule_version = v[i - 1].rule_version;
	b->s.policy_version = v[i - 1].policy_version;
	return 0;
}

static int
build_numbers(struct scheme *s, const struct scheme_yaml *y, struct err *e)
{
	const struct {
		const char *text, *key;
		int *out;
		int64_t least, most;
	} rows[] = {
		{ y->term_years, "term_years", &s->term_years, 1, 10 },
		{ y->renewal_opens_days, "renewal_opens_days",
		    &s->renewal_opens_days, 1, 365 },
		{ y->renewal_closes_days, "renewal_closes_days",
		    &s->renewal_closes_days, 0, 365 },
		{ y->bar_years, "bar_years", &s->bar_years, 0, 10 },
	};
	int64_t v;
	size_t i;

	for (i = 0; i < NELEM(rows); i++) {
		if (conf_int(rows[i].text, rows[i].key, rows[i].least,
			rows[i].most, &v, e) < 0)
			return -1;
		*rows[i].out = (int)v;
	}
	if (s->renewal_closes_days >= s->renewal_opens_days)
		return err_set(e, E_CONFIG,
		    "renewal_closes_days: want fewer than renewal_opens_days");
	return 0;
}

static int
build_slot(const struct slot_yaml *y, struct scheme_slot *out, struct err *e)
{
	out->role = y->role;
	out->alternative = text_of(y->alternative);
	out->article = y->article;
	if (!role_known(y->role) ||
	    (y->alternative != NULL && !role_known(y->alternative)))
		return err_set(
		    e, E_CONFIG, "slots: unknown role %.40s", y->role);
	if (conf_bool(y->required, "slots.required", &out->required, e) < 0)
		return -1;
	return kinds_of(&y->kinds, "slots.kinds", &out->kinds, e);
}

static int
build_fee(const struct fee_yaml *y, struct scheme_fee *out, struct err *e)
{
	struct err why = ERR_INIT;

	out->kind = dossier_kind_parse(y->kind);
	if (out->kind == DOSSIER_NONE)
		return err_set(
		    e, E_CONFIG, "fees: unknown kind %.40s", y->kind);
	if (conf_bool(y->member, "fees.member", &out->member, e) < 0 ||
	    conf_int(y->amount, "fees.amount", 0, 100000000, &out->amount, e) <
		0)
		return -1;
	if (jday_parse(y->from, &out->from, &why) < 0)
		return err_set(e, E_CONFIG, "fees.from: %s", why.detail);
	return 0;
}

/* What a remark may say of a value: a fact needs a source. */
static int
build_remarks(struct scheme_box *b, const struct scheme_yaml *y, struct err *e)
{
	static const char *const known[] = { "regulation", "fact", "practice",
		"reading", "unknown", NULL };
	const struct remark_yaml *rows = y->remarks.items;
	struct scheme_remark *r = box_calloc(b, y->remarks.n, sizeof(*r));

	for (size_t i = 0; i < y->remarks.n; i++) {
		r[i] = (struct scheme_remark){ rows[i].about, rows[i].known,
			text_of(rows[i].source), rows[i].note };
		if (!word_known(rows[i].known, known))
			return err_set(e, E_CONFIG,
			    "remarks: %.40s: want regulation, fact, practice, "
			    "reading or unknown",
			    rows[i].about);
		if (strcmp(rows[i].known, "fact") == 0 &&
		    r[i].source[0] == '\0')
			return err_set(e, E_CONFIG,
			    "remarks: %.40s: a fact wants a source",
			    rows[i].about);
	}
	b->s.remarks = r;
	b->s.n_remarks = y->remarks.n;
	return 0;
}

static int
build_lists(struct scheme_box *b, const struct scheme_yaml *y, struct err *e)
{
	const struct slot_yaml *slots = y->slots.items;
	const struct fee_yaml *fees = y->fees.items;
	const struct slip_yaml *slips = y->slips.items;
	struct scheme_slot *slot = box_calloc(b, y->slots.n, sizeof(*slot));
	struct scheme_fee *fee = box_calloc(b, y->fees.n, sizeof(*fee));
	struct scheme_slip *slip = box_calloc(b, y->slips.n, sizeof(*slip));
	size_t i;

	if (build_remarks(b, y, e) < 0)
		return -1;
	for (i = 0; i < y->slots.n; i++)
		if (build_slot(&slots[i], &slot[i], e) < 0)
			return -1;
	for (i = 0; i < y->fees.n; i++)
		if (build_fee(&fees[i], &fee[i], e) < 0)
			return -1;
	for (i = 0; i < y->slips.n; i++)
		slip[i] = (struct scheme_slip){ slips[i].article, slips[i].text,
			slips[i].note };
	b->s.slots = slot;
	b->s.n_slots = y->slots.n;
	b->s.fees = fee;
	b->s.n_fees = y->fees.n;
	b->s.slips = slip;
	b->s.n_slips = y->slips.n;
	return 0;
}

static int
check_words(const struct scheme_yaml *y, struct err *e)
{
	static const char *const scopes[] = { "same_class", "any_service",
		NULL };
	static const char *const media[] = { "website", "print", NULL };
	static const char *const items[] = { "guideline_version",
		"form_b_items", "certified_on", "term", NULL };

	if (!word_known(y->mark_other_scope, scopes))
		return err_set(e, E_CONFIG,
		    "mark_other_scope: want same_class or any_service");
	if (strlen(y->number_prefix) > 3 ||
	    strspn(y->number_prefix, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") !=
		strlen(y->number_prefix))
		return err_set(e, E_CONFIG,
		    "number_prefix: want at most three letters A to Z");
	if (y->classes.n == 0)
		return err_set(e, E_CONFIG, "classes: want at least one");
	if (words_check(&y->mark_media, "mark_media", media, e) < 0)
		return -1;
	return words_check(&y->publish_items, "publish_items", items, e);
}

static void
take_texts(struct scheme *s, const struct scheme_yaml *y)
{
	s->id = y->id;
	s->name_ja = y->name_ja;
	s->name_en = y->name_en;
	s->guideline.name = y->guideline->name;
	s->guideline.publisher = y->guideline->publisher;
	s->guideline.date = y->guideline->date;
	s->number_prefix = y->number_prefix;
	s->mark_other_scope = y->mark_other_scope;
	s->papers_to = y->papers_to;
	s->compares = text_of(y->compares);
	s->delegate_knowledge = text_of(y->delegate_knowledge);
	s->classes = texts_of(&y->classes);
	s->n_classes = y->classes.n;
	s->publish_items = texts_of(&y->publish_items);
	s->n_publish_items = y->publish_items.n;
	s->mark_media = texts_of(&y->mark_media);
	s->n_mark_media = y->mark_media.n;
	s->users = texts_of(&y->users);
	s->n_users = y->users.n;
}

int
build_scheme(struct scheme_box *b, struct err *e)
{
	const struct scheme_yaml *y = b->yaml[PART_SCHEME];

	if (check_words(y, e) < 0)
		return -1;
	take_texts(&b->s, y);
	if (build_numbers(&b->s, y, e) < 0 || build_versions(b, y, e) < 0)
		return -1;
	return build_lists(b, y, e);
}
