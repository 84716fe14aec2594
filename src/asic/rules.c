/* SPDX-License-Identifier: Apache-2.0 */
/* The rule table of containers, and the digests that manifests may use. */
#include "asic_int.h"

#include <string.h>

#include "nintei/digest.h"

static const struct finding_rule rules[AR_MAX] = {
#define X(name, rule, code, sev, article, ja, en) \
	[name] = { rule, code, sev, article, ja, en },
#include "rules.inc"
#undef X
};

void
asic_rule_add(struct findings *f, enum asic_rule rule, const char *member,
    const char *detail)
{
	findings_add(f, &rules[rule], member, NULL, detail);
}

static const struct asic_digest digests[ASIC_ALGORITHM_MAX] = {
	[ASIC_OTHER] = { "other", "", 0 },
	[ASIC_SHA256] = { "sha256", "http://www.w3.org/2001/04/xmlenc#sha256",
	    SHA256_BYTES },
	[ASIC_SHA384] = { "sha384",
	    "http://www.w3.org/2001/04/xmldsig-more#sha384", SHA384_BYTES },
	[ASIC_SHA512] = { "sha512", "http://www.w3.org/2001/04/xmlenc#sha512",
	    SHA512_BYTES },
};

const struct asic_digest *
asic_digest_of(enum asic_algorithm a)
{
	return &digests[a];
}

enum asic_algorithm
asic_algorithm_of_uri(const char *uri)
{
	enum asic_algorithm a = ASIC_ALGORITHM_MAX;

	while (--a > ASIC_OTHER && strcmp(digests[a].uri, uri) != 0)
		;
	return a;
}

enum asic_algorithm
asic_algorithm_of_name(const char *name)
{
	enum asic_algorithm a = ASIC_ALGORITHM_MAX;

	while (--a > ASIC_OTHER && strcmp(digests[a].name, name) != 0)
		;
	return a;
}
