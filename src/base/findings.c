/* SPDX-License-Identifier: Apache-2.0 */
/* Collected verdicts. */
#include "nintei/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/limits.h"
#include "nintei/wire.h"

static const char *const severities[SEV_MAX] = { "none", "warn", "correct",
	"refuse" };

/* The sentence with its one "%s" replaced; no format string is run. */
static void
sentence(char *out, size_t cap, const char *form, const char *detail)
{
	const char *at = strstr(form, "%s");
	int head = at == NULL ? (int)strlen(form) : (int)(at - form);

	snprintf(out, cap, "%.*s%s%s", head, form, at == NULL ? "" : detail,
	    at == NULL ? "" : at + 2);
	utf8_mend(out);
}

static void
show(char *out, size_t cap, const char *in)
{
	out[0] = '\0';
	if (in != NULL)
		text_show(out, cap, in, strlen(in));
}

/*
 * No room: the last of the lesser ones makes way, so that nobody hides what is
 * refused behind a crowd of warnings.
 */
static void
push_out(struct findings *f, const struct finding *one)
{
	f->dropped++;
	for (size_t i = f->n; i > 0; i--)
		if (f->items[i - 1].severity < one->severity) {
			f->items[i - 1] = *one;
			return;
		}
}

void
findings_push(struct findings *f, const struct finding *one)
{
	if (f->n >= LIMIT_FINDINGS) {
		push_out(f, one);
		return;
	}
	if (f->n == f->cap) {
		f->cap = f->cap == 0 ? 8 : f->cap * 2;
		f->items = xrealloc(f->items, f->cap, sizeof(*f->items));
	}
	f->items[f->n++] = *one;
}

void
findings_add(struct findings *f, const struct finding_rule *rule,
    const char *member, const char *field, const char *detail)
{
	struct finding one = { .severity = rule->severity };
	char shown[256];

	snprintf(one.rule, sizeof(one.rule), "%s", rule->rule);
	show(one.code, sizeof(one.code), rule->code);
	show(one.article, sizeof(one.article), rule->article);
	show(one.member, sizeof(one.member), member);
	show(one.field, sizeof(one.field), field);
	show(shown, sizeof(shown), detail);
	sentence(one.text_ja, sizeof(one.text_ja), rule->ja, shown);
	sentence(one.text_en, sizeof(one.text_en), rule->en, shown);
	findings_push(f, &one);
}

enum severity
findings_worst(const struct findings *f)
{
	enum severity worst = SEV_NONE;

	for (size_t i = 0; i < f->n; i++)
		if (f->items[i].severity > worst)
			worst = f->items[i].severity;
	return worst;
}

bool
findings_has(const struct findings *f, const char *rule)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->items[i].rule, rule) == 0)
			return true;
	return false;
}

void
findings_free(struct findings *f)
{
	free(f->items);
	f->items = NULL;
	f->n = 0;
	f->cap = 0;
}

const char *
severity_name(enum severity s)
{
	return severities[(unsigned)s < SEV_MAX ? s : SEV_NONE];
}

enum severity
severity_parse(const char *name)
{
	for (int i = SEV_WARN; i < SEV_MAX; i++)
		if (strcmp(severities[i], name) == 0)
			return (enum severity)i;
	return SEV_NONE;
}
