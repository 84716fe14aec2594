/* SPDX-License-Identifier: Apache-2.0 */
/* Policy keys: one table makes the shape, the defaults, the checks. */
#include "params_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const words[POLICY_MAX] = {
	[POLICY_NONE] = "",
	[POLICY_CHAINED] = "chained",
	[POLICY_DECISION] = "decision",
	[POLICY_RENEW] = "renew",
	[POLICY_AS_NEW] = "as_new",
	[POLICY_D60] = "d60",
	[POLICY_D59] = "d59",
	[POLICY_INCIDENT_ONLY] = "incident_only",
	[POLICY_NEVER] = "never",
	[POLICY_ARRIVAL] = "arrival",
	[POLICY_POSTMARK] = "postmark",
	[POLICY_RECEIVED] = "received",
	[POLICY_FORM_DATE] = "form_date",
	[POLICY_ALLOW] = "allow",
	[POLICY_STOP] = "stop",
	[POLICY_CERTIFIED_ON] = "certified_on",
	[POLICY_BOTH] = "both",
	[POLICY_PDF] = "pdf",
	[POLICY_PAPER] = "paper",
	[POLICY_EITHER] = "either",
	[POLICY_RECORD_ONLY] = "record_only",
	[POLICY_HEAR_AGAIN] = "hear_again",
	[POLICY_AT_ACT] = "at_act",
	[POLICY_AT_RECEIVED] = "at_received",
	[POLICY_REFUSE] = "refuse",
	[POLICY_FULL] = "full",
	[POLICY_SUMMARY] = "summary",
	[POLICY_SHRED] = "shred",
	[POLICY_KEEP] = "keep",
	[POLICY_RETURN_PAPER] = "return_paper",
	[POLICY_HIDE] = "hide",
	[POLICY_OFF] = "off",
	[POLICY_WARN] = "warn",
};

enum kind {
	KIND_BOOL,
	KIND_INT,
	KIND_WORD,
	KIND_PERIOD,
	KIND_TEXTS
};

struct row {
	const char *key;
	enum kind kind;
	size_t yaml, at; /* offsets */
	int64_t otherwise, least, most;
	const char *period;
	enum policy_word choices[3];
};

static const struct row rows[] = {
#define AT(key) offsetof(struct params_yaml, key), offsetof(struct params, key)
#define BOOL(key, d) { #key, KIND_BOOL, AT(key), d, 0, 1, NULL, { 0 } },
#define INT(key, d, least, most) \
	{ #key, KIND_INT, AT(key), d, least, most, NULL, { 0 } },
#define WORD(key, a, b, c)                         \
	{ #key, KIND_WORD, AT(key), 0, 0, 0, NULL, \
		{ POLICY_##a, POLICY_##b, POLICY_##c } },
#define PERIOD(key, d) { #key, KIND_PERIOD, AT(key), 0, 0, 0, d, { 0 } },
#define TEXTS(key) { #key, KIND_TEXTS, AT(key), 0, 0, 0, NULL, { 0 } },
#include "params.inc"
#undef BOOL
#undef INT
#undef WORD
#undef PERIOD
#undef TEXTS
};

static const struct quorum_row {
	const char *kind;
	size_t yaml;
	int least;
} quorums[] = {
#define QUORUM(kind, n) { #kind, offsetof(struct quorum_yaml, kind), n },
#include "quorum.inc"
#undef QUORUM
};

static const struct conf_field quorum_fields[] = {
#define QUORUM(kind, n) \
	{ #kind, CONF_TEXT, false, offsetof(struct quorum_yaml, kind), NULL },
#include "quorum.inc"
#undef QUORUM
};
static const struct conf_shape quorum_shape = { quorum_fields,
	NELEM(quorum_fields), sizeof(struct quorum_yaml) };

static const struct conf_field fields[] = {
#define FIELD(key, type) \
	{ #key, type, false, offsetof(struct params_yaml, key), NULL },
#define BOOL(key, d) FIELD(key, CONF_TEXT)
#define INT(key, d, least, most) FIELD(key, CONF_TEXT)
#define WORD(key, a, b, c) FIELD(key, CONF_TEXT)
#define PERIOD(key, d) FIELD(key, CONF_TEXT)
#define TEXTS(key) FIELD(key, CONF_LIST)
#include "params.inc"
#undef BOOL
#undef INT
#undef WORD
#undef PERIOD
#undef TEXTS
	{ "quorum", CONF_MAP, false, offsetof(struct params_yaml, quorum),
	    &quorum_shape },
};
const struct conf_shape params_shape = { fields, NELEM(fields),
	sizeof(struct params_yaml) };

static const char *const never_withheld[] = { "number", "names", "dates",
	"state" };

const char *
policy_word_text(enum policy_word w)
{
	return w < POLICY_MAX ? words[w] : "";
}

static void *
value_at(struct params *p, const struct row *r)
{
	return (char *)p + r->at;
}

static const void *
value_of(const struct params *p, const struct row *r)
{
	return (const char *)p + r->at;
}

static void
set_default(struct params *p, const struct row *r)
{
	struct err e = ERR_INIT;

	switch (r->kind) {
	case KIND_BOOL:
		*(bool *)value_at(p, r) = r->otherwise != 0;
		break;
	case KIND_INT:
		*(int64_t *)value_at(p, r) = r->otherwise;
		break;
	case KIND_WORD:
		*(enum policy_word *)value_at(p, r) = r->choices[0];
		break;
	case KIND_PERIOD:
		(void)!period_parse(r->period, value_at(p, r), &e);
		break;
	case KIND_TEXTS: /* there is one */
		p->never_withheld = never_withheld;
		p->n_never_withheld = NELEM(never_withheld);
		break;
	}
}

void
params_default(struct params *out)
{
	struct params p = { 0 };
	size_t i;

	for (i = 0; i < NELEM(rows); i++)
		set_default(&p, &rows[i]);
	for (i = 0; i < NELEM(quorums); i++)
		p.quorum[i] = quorums[i].least;
	*out = p;
}

static int
set_word(
    const struct row *r, const char *text, enum policy_word *out, struct err *e)
{
	size_t i;

	for (i = 0; i < NELEM(r->choices); i++)
		if (r->choices[i] != POLICY_NONE &&
		    strcmp(words[r->choices[i]], text) == 0) {
			*out = r->choices[i];
			return 0;
		}
	return err_set(e, E_CONFIG, "%s: want %s%s%s%s%s, have \"%.40s\"",
	    r->key, words[r->choices[0]], " or ", words[r->choices[1]],
	    r->choices[2] == POLICY_NONE ? "" : " or ", words[r->choices[2]],
	    text);
}

static int
set_period(
    const struct row *r, const char *text, struct period *out, struct err *e)
{
	struct err why = ERR_INIT;

	if (period_parse(text, out, &why) < 0)
		return err_set(e, E_CONFIG, "%s: %s", r->key, why.detail);
	return 0;
}

/* Fields that the body never agrees to withhold (11(2)). */
static int
set_texts(const struct conf_list *list, struct params *p, struct err *e)
{
	char *const *items = list->items;
	size_t i, k;

	for (i = 0; i < list->n; i++) {
		for (k = 0; k < NELEM(never_withheld); k++)
			if (strcmp(items[i], never_withheld[k]) == 0)
				break;
		if (k == NELEM(never_withheld))
			return err_set(e, E_CONFIG,
			    "never_withheld: want number, names, dates or "
			    "state, have \"%.40s\"",
			    items[i]);
	}
	p->never_withheld = list->items;
	p->n_never_withheld = list->n;
	return 0;
}

static int
set_value(
    struct params *p, const struct row *r, const char *text, struct err *e)
{
	switch (r->kind) {
	case KIND_BOOL:
		return conf_bool(text, r->key, value_at(p, r), e);
	case KIND_INT:
		return conf_int(
		    text, r->key, r->least, r->most, value_at(p, r), e);
	case KIND_WORD:
		return set_word(r, text, value_at(p, r), e);
	case KIND_PERIOD:
		return set_period(r, text, value_at(p, r), e);
	case KIND_TEXTS:
		break;
	}
	return 0;
}

static int
set_quorum(const struct quorum_yaml *y, struct params *p, struct err *e)
{
	const void *at;
	const char *text;
	int64_t v;
	size_t i;

	for (i = 0; y != NULL && i < NELEM(quorums); i++) {
		at = (const char *)y + quorums[i].yaml;
		text = *(char *const *)at;
		if (text == NULL)
			continue;
		if (conf_int(text, quorums[i].kind, quorums[i].least, 100, &v,
			e) < 0)
			return err_wrap(e, "quorum");
		p->quorum[i] = (int)v;
	}
	return 0;
}

/* Readings that the specification names and this version does not serve. */
static int
served_check(const struct params *p, struct err *e)
{
	const struct {
		bool asked;
		const char *what;
	} unserved[] = {
		{ p->bar_date == POLICY_FORM_DATE, "bar_date: form_date" },
		{ p->revoke_after_end, "revoke_after_end: yes" },
		{ p->late_conflict == POLICY_HEAR_AGAIN,
		    "late_conflict: hear_again" },
		{ p->fee_voluntary_return, "fee_voluntary_return: yes" },
		{ p->reasons_detail == POLICY_SUMMARY,
		    "reasons_detail: summary" },
		{ p->dossier_end == POLICY_RETURN_PAPER,
		    "dossier_end: return_paper" },
		{ !p->objection_rejects, "objection_rejects: no" },
	};

	for (size_t i = 0; i < NELEM(unserved); i++)
		if (unserved[i].asked)
			return err_set(e, E_CONFIG,
			    "%s: this version does not serve that",
			    unserved[i].what);
	return 0;
}

int
params_of(const struct params_yaml *y, struct params *out, struct err *e)
{
	struct params p;
	const void *at;
	const char *text;
	size_t i;

	params_default(&p);
	for (i = 0; i < NELEM(rows); i++) {
		if (rows[i].kind == KIND_TEXTS)
			continue;
		at = (const char *)y + rows[i].yaml;
		text = *(char *const *)at;
		if (text != NULL && set_value(&p, &rows[i], text, e) < 0)
			return -1;
	}
	if (y->never_withheld.n > 0 && set_texts(&y->never_withheld, &p, e) < 0)
		return -1;
	if (set_quorum(y->quorum, &p, e) < 0 || served_check(&p, e) < 0)
		return -1;
	*out = p;
	return 0;
}

const char *
params_quorum_kind(size_t i)
{
	return i < NELEM(quorums) ? quorums[i].kind : NULL;
}

int
params_quorum(const struct params *p, const char *kind)
{
	size_t i;

	for (i = 0; i < NELEM(quorums); i++)
		if (strcmp(quorums[i].kind, kind) == 0)
			return p->quorum[i];
	return 0;
}

static void
period_text(const struct period *p, char *out, size_t cap)
{
	int n = snprintf(out, cap, "P");

	if (p->years > 0)
		n += snprintf(out + n, cap - (size_t)n, "%dY", p->years);
	if (p->months > 0)
		n += snprintf(out + n, cap - (size_t)n, "%dM", p->months);
	if (p->days > 0)
		(void)snprintf(out + n, cap - (size_t)n, "%dD", p->days);
}

static void
texts_text(const struct params *p, char *out, size_t cap)
{
	size_t n = 0;
	size_t i;

	out[0] = '\0';
	for (i = 0; i < p->n_never_withheld && n < cap; i++)
		n += (size_t)snprintf(out + n, cap - n, "%s%s",
		    i > 0 ? "," : "", p->never_withheld[i]);
}

static void
value_text(const struct params *p, const struct row *r, char *out, size_t cap)
{
	const void *v = value_of(p, r);

	switch (r->kind) {
	case KIND_BOOL:
		(void)snprintf(
		    out, cap, "%s", *(const bool *)v ? "true" : "false");
		break;
	case KIND_INT:
		(void)snprintf(out, cap, "%" PRId64, *(const int64_t *)v);
		break;
	case KIND_WORD:
		(void)snprintf(out, cap, "%s",
		    policy_word_text(*(const enum policy_word *)v));
		break;
	case KIND_PERIOD:
		period_text(v, out, cap);
		break;
	case KIND_TEXTS:
		texts_text(p, out, cap);
		break;
	}
}

bool
params_at(const struct params *p, size_t i, struct param_value *out)
{
	struct param_value v = { 0 };
	struct params other;
	char text[sizeof(v.text)];

	if (i >= NELEM(rows))
		return false;
	params_default(&other);
	v.key = rows[i].key;
	value_text(p, &rows[i], v.text, sizeof(v.text));
	value_text(&other, &rows[i], text, sizeof(text));
	v.is_default = strcmp(v.text, text) == 0;
	*out = v;
	return true;
}
