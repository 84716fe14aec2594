/* SPDX-License-Identifier: Apache-2.0 */
/* The confidentiality label of a signer: BUNDLES 4, RFC 2634 3.2. */
#include "asic_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nintei/ess.h"

static const struct json *
signed_one(const struct json *labels, size_t *out_n)
{
	const struct json *found = NULL;

	*out_n = 0;
	for (size_t i = 0; i < jsonx_len(labels); i++)
		if (jsonx_get_bool(jsonx_at(labels, i), "signed", false)) {
			found = jsonx_at(labels, i);
			(*out_n)++;
		}
	return found;
}

enum tag
asic_label_check(const struct json *labels, const char *policy,
    const char *member, struct findings *f)
{
	static const enum tag levels[] = { [ESS_PUBLIC] = TAG_PUBLIC,
		[ESS_INTERNAL] = TAG_INTERNAL,
		[ESS_SECRET] = TAG_SECRET,
		[ESS_PERSONAL] = TAG_PERSONAL };
	size_t n;
	const struct json *one = signed_one(labels, &n);
	const char *have = jsonx_get_str(one, "policy");
	int64_t class = jsonx_get_int(one, "classification", ESS_CLASS_NONE);
	CLEANUP(freep) char *what = NULL;

	if (n != 1) {
		asic_rule_add(
		    f, n == 0 ? AR_LABEL_MISSING : AR_LABEL_DUP, member, NULL);
		return TAG_NONE;
	}
	if (have != NULL && strcmp(have, policy) == 0 && class >= ESS_PUBLIC &&
	    class <= ESS_PERSONAL)
		return levels[class];
	what = xasprintf("%s, %" PRId64,
	    have == NULL || have[0] == '\0' ? "-" : have, class);
	asic_rule_add(f, AR_LABEL_POLICY, member, what);
	return TAG_NONE;
}
