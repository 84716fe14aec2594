/* SPDX-License-Identifier: Apache-2.0 */
/* PKI 5: why and since when a certificate is revoked. */
#include "nintei/derive.h"

#include <string.h>

/* Reasons that each kind of decision may give; the first is usual. */
static const struct {
	const char *kind;
	uint8_t reasons[2];
} table[] = {
	{ "revoke", { CRL_PRIVILEGE_WITHDRAWN, 0 } },
	{ "lapse", { CRL_AFFILIATION_CHANGED, CRL_CESSATION } },
	{ "termination", { CRL_CESSATION, 0 } },
	{ "reissue", { CRL_SUPERSEDED, 0 } },
};

/* SIGN-30: a reason of this kind. */
uint8_t
derive_reason(const char *kind, uint8_t asked)
{
	for (size_t i = 0; i < NELEM(table); i++) {
		if (strcmp(table[i].kind, kind) != 0)
			continue;
		if (asked == 0 || asked == table[i].reasons[0])
			return table[i].reasons[0];
		return asked == table[i].reasons[1] ? asked : 0;
	}
	return 0;
}

/* SIGN-31: 取消し on ground (2) may go back to certified_on (PKI 5). */
int64_t
derive_invalid_since(const struct decision *d, const struct scheme *s,
    struct jday certified_on, int64_t asked)
{
	const char *grounds = decision_get(d, "grounds");
	bool fraud = grounds != NULL && strchr(grounds, '2') != NULL;

	if (strcmp(decision_get(d, "kind"), "revoke") != 0)
		return asked;
	if (fraud && s->params.revocation_effective == POLICY_CERTIFIED_ON)
		return instant_of_jday(certified_on);
	return 0;
}
