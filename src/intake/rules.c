/* SPDX-License-Identifier: Apache-2.0 */
/* The rule table of the intake, and findings by it. */
#include "intake_int.h"

#include <stdio.h>
#include <string.h>

static const struct finding_rule rules[IR_MAX] = {
#define X(name, rule, code, sev, article, ja, en) \
	[name] = { rule, code, sev, article, ja, en },
#include "rules.inc"
#undef X
};

static const struct word {
	const char *word, *ja, *en;
} words[] = {
#define W(word, ja, en) { word, ja, en },
#include "words.inc"
#undef W
};

static const struct word *
word_of(const char *detail)
{
	for (size_t i = 0; detail != NULL && i < NELEM(words); i++)
		if (strcmp(words[i].word, detail) == 0)
			return &words[i];
	return NULL;
}

/* A sentence of the table with a word of ours in the place of "%s". */
static const char *
said(char *out, size_t cap, const char *form, const char *word)
{
	const char *at = strstr(form, "%s");

	if (at == NULL)
		return form;
	(void)snprintf(
	    out, cap, "%.*s%s%s", (int)(at - form), form, word, at + 2);
	return out;
}

/* A word of the code is said in the language of each sentence. */
static void
add(struct findings *f, struct finding_rule r, const char *member,
    const char *field, const char *detail)
{
	const struct word *w = word_of(detail);
	char ja[512], en[512];

	if (w != NULL) {
		r.ja = said(ja, sizeof(ja), r.ja, w->ja);
		r.en = said(en, sizeof(en), r.en, w->en);
		detail = NULL;
	}
	findings_add(f, &r, member, field, detail);
}

void
rule_add(struct findings *f, enum intake_rule rule, const char *member,
    const char *field, const char *detail)
{
	add(f, rules[rule], member, field, detail);
}

void
rule_add_article(struct findings *f, enum intake_rule rule, const char *article,
    const char *member, const char *detail)
{
	struct finding_rule r = rules[rule];

	r.article = article;
	add(f, r, member, NULL, detail);
}
