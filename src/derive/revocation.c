/* SPDX-License-Identifier: Apache-2.0 */
/* PKI 5: why and since when a certificate is revoked. */
#include "nintei/derive.h"

#include <string.h>

#include "nintei/detail.h"

#define DAY INT64_C(86400)

/* What each kind of decision does, from detail and policy. */
struct judged {
	const struct decision *d;
	const struct scheme *s;
	struct slice detail;
	struct jday certified_on;
};

/* SIGN-31: 取消し on ground (2) may go back to certified_on (PKI 5). */
static int
end_revoked(const struct judged *j, struct derive_end *out, struct err *e)
{
	const char *grounds = decision_get(j->d, "grounds");
	bool fraud = grounds != NULL && strchr(grounds, '2') != NULL;

	(void)e;
	out->reason = CRL_PRIVILEGE_WITHDRAWN;
	out->ends = true;
	if (fraud && j->s->params.revocation_effective == POLICY_CERTIFIED_ON)
		out->since = instant_of_jday(j->certified_on);
	return 0;
}

/* SIGN-34: by itself on the day of the event. */
static int
end_lapsed(const struct judged *j, struct derive_end *out, struct err *e)
{
	struct detail_lapse f;
	struct err why = ERR_INIT;

	if (detail_lapse_read(j->detail, &f, &why) < 0)
		return err_set(e, E_INVALID, "%s", why.detail);
	if (!f.operator_changed && !j->s->params.merger_survivor_lapses)
		return err_set(
		    e, E_INVALID, "who survives a merger does not lapse");
	out->reason =
	    f.operator_changed ? CRL_AFFILIATION_CHANGED : CRL_CESSATION;
	out->since = out->from = instant_of_jday(f.day);
	out->ends = true;
	return 0;
}

/* SIGN-35: from the day after the last one of the service. */
static int
end_terminated(const struct judged *j, struct derive_end *out, struct err *e)
{
	struct detail_termination f;
	struct err why = ERR_INIT;

	if (detail_termination_read(j->detail, &f, &why) < 0)
		return err_set(e, E_INVALID, "%s", why.detail);
	if (!j->s->params.termination_ends_certification)
		return err_set(
		    e, E_INVALID, "a termination is a note until the end");
	out->reason = CRL_CESSATION;
	out->since = out->from = instant_of_jday(jday_add_days(f.last_day, 1));
	out->ends = true;
	return 0;
}

static int
end_replaced(const struct judged *j, struct derive_end *out, struct err *e)
{
	(void)j;
	(void)e;
	out->reason = CRL_SUPERSEDED;
	return 0;
}

/* A chained term follows the one before and replaces nothing of it. */
static int
end_renewed(const struct judged *j, struct derive_end *out, struct err *e)
{
	if (j->s->params.renewal_term != POLICY_DECISION)
		return err_set(
		    e, E_INVALID, "a chained term replaces no certificate");
	return end_replaced(j, out, e);
}

static int
end_continued(const struct judged *j, struct derive_end *out, struct err *e)
{
	(void)j;
	(void)e;
	out->reason = CRL_CESSATION;
	return 0;
}

/* SIGN-30: kinds of decision that take certificates back. */
static const struct {
	const char *kind;
	int (*judge)(
	    const struct judged *j, struct derive_end *out, struct err *e);
	bool by_detail;
} table[] = {
	{ "revoke", end_revoked, false },
	{ "lapse", end_lapsed, true },
	{ "termination", end_terminated, true },
	{ "reissue", end_replaced, false },
	{ "certify", end_renewed, false },
	{ "continuation", end_continued, false },
};

int
derive_end(const struct decision *d, struct slice detail,
    const struct scheme *s, struct jday certified_on, struct derive_end *out,
    struct err *e)
{
	struct judged j = { d, s, detail, certified_on };
	struct derive_end end = { 0 };

	for (size_t i = 0; i < NELEM(table); i++) {
		if (strcmp(table[i].kind, decision_get(d, "kind")) != 0)
			continue;
		if (table[i].by_detail && !detail_is_of(d, detail))
			return err_set(e, E_INVALID,
			    "the detail is not that of the decision");
		if (table[i].judge(&j, &end, e) < 0)
			return -1;
		*out = end;
		return 0;
	}
	return err_set(e, E_INVALID, "a decision %s takes nothing back",
	    decision_get(d, "kind"));
}

int64_t
derive_invalid_since(const struct derive_end *end, int64_t revoked_at)
{
	return end->since < revoked_at ? end->since : 0;
}

bool
derive_interim(const struct scheme *s, struct jday valid_through,
    int64_t last_not_after, int64_t now, int64_t *out_not_before,
    int64_t *out_not_after)
{
	int64_t days = s->params.continuation_certificate_days;
	int64_t start = instant_of_jday(jday_add_days(valid_through, 1));
	struct jday last;

	if (days <= 0)
		return false;
	if (start < now)
		start = now;
	if (last_not_after != 0 && start <= last_not_after)
		start = last_not_after + 1;
	last = jday_add_days(jday_of_instant(start), (int)days - 1);
	*out_not_before = start;
	*out_not_after = instant_of_jday(jday_add_days(last, 1)) - 1;
	return true;
}

bool
derive_interim_due(int64_t not_after, int64_t now)
{
	return not_after - now <= DERIVE_INTERIM_AHEAD * DAY;
}
