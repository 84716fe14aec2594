/* SPDX-License-Identifier: Apache-2.0 */
/* The rule table of the intake, and findings by it. */
#include "intake_int.h"

static const struct finding_rule rules[IR_MAX] = {
#define X(name, rule, code, sev, article, ja, en) \
	[name] = { rule, code, sev, article, ja, en },
#include "rules.inc"
#undef X
};

void
rule_add(struct findings *f, enum intake_rule rule, const char *member,
    const char *field, const char *detail)
{
	findings_add(f, &rules[rule], member, field, detail);
}

void
rule_add_article(struct findings *f, enum intake_rule rule, const char *article,
    const char *member, const char *detail)
{
	struct finding_rule r = rules[rule];

	r.article = article;
	findings_add(f, &r, member, NULL, detail);
}
