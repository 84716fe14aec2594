/* SPDX-License-Identifier: Apache-2.0 */
/* The list of rules: ids, words and sentences. */
#include "nintei/audit.h"

static const struct {
	const char *id, *word, *article, *ja, *en;
} rules[AUDIT_RULES_MAX] = {
	[AUDIT_NONE] = { "", "", "", "", "" },
#define AUDIT(number, word, article, ja, en) \
	[AUDIT_R##number] = { "AUDIT-" #number, word, article, ja, en },
#include "nintei/audit_rules.inc"
#undef AUDIT
};

const char *
audit_rule_id(enum audit_rule r)
{
	return (unsigned)r < AUDIT_RULES_MAX ? rules[r].id : "";
}

const char *
audit_rule_word(enum audit_rule r)
{
	return (unsigned)r < AUDIT_RULES_MAX ? rules[r].word : "";
}

const char *
audit_rule_article(enum audit_rule r)
{
	return (unsigned)r < AUDIT_RULES_MAX ? rules[r].article : "";
}

const char *
audit_rule_ja(enum audit_rule r)
{
	return (unsigned)r < AUDIT_RULES_MAX ? rules[r].ja : "";
}

const char *
audit_rule_en(enum audit_rule r)
{
	return (unsigned)r < AUDIT_RULES_MAX ? rules[r].en : "";
}

const char *
audit_count_name(enum audit_count c)
{
	static const char *const names[AUDIT_N_MAX] = {
		[AUDIT_N_COMMITS] = "commits",
		[AUDIT_N_EVENTS] = "events",
		[AUDIT_N_OBJECTS] = "objects",
		[AUDIT_N_SIGNATURES] = "commit_signatures",
		[AUDIT_N_STEPS] = "steps",
		[AUDIT_N_DECISIONS] = "decisions",
		[AUDIT_N_APPROVALS] = "approvals",
		[AUDIT_N_CERTIFICATES] = "certificates",
		[AUDIT_N_CRLS] = "crls",
		[AUDIT_N_ROSTER] = "roster_changes",
		[AUDIT_N_DOCUMENTS] = "documents",
		[AUDIT_N_STATEMENTS] = "statements",
		[AUDIT_N_CASES] = "cases",
	};

	return (unsigned)c < AUDIT_N_MAX ? names[c] : "";
}
