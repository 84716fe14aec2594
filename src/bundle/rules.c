/* SPDX-License-Identifier: Apache-2.0 */
/* The codes of BUNDLES 6.1 as finding rules; all of them refuse. */
#include "nintei/bundle.h"

#include <string.h>

#include "bundle_int.h"

static const struct finding_rule rules[CODE_MAX] = {
#define RULE(code, ja, en) \
	[CODE_##code] = { "BUNDLE-" #code, #code, SEV_REFUSE, NULL, ja, en },
#define KIND(kind, code, ja, en) \
	[CODE_##kind] = { "BUNDLE-" #code, #code, SEV_REFUSE, NULL, ja, en },
#include "rules.inc"
#undef RULE
#undef KIND
};

const char *
code_name(enum code c)
{
	return rules[c].code;
}

void
code_finding(
    struct findings *f, enum code c, const char *member, const char *detail)
{
	findings_add(f, &rules[c], member, NULL, detail);
}

void
bundle_finding(struct findings *f, const char *code, const char *member,
    const char *detail)
{
	for (enum code c = CODE_NONE + 1; c < CODE_MAX; c++)
		if (strcmp(rules[c].code, code) == 0) {
			code_finding(f, c, member, detail);
			return;
		}
}
