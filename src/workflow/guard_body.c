/* SPDX-License-Identifier: Apache-2.0 */
/* Guards of notices, rules, delegations and disclosures. */
#include "workflow_int.h"

#include "nintei/themes.h"

bool
guard_legal(const struct guard_in *in)
{
	const struct flow_notice *n = flow_notice_find(in->instance);

	return n != NULL && n->legal;
}

/* The day of effect: as the act says it, else as the draft did. */
static bool
effective_day(const struct guard_in *in, struct jday *out)
{
	const char *text = jsonx_get_str(in->act->data, "effective_from");
	const struct dossier_rules *r = dossier_rules_find(in->d, in->instance);
	struct err e = ERR_INIT;

	if (text == NULL && r != NULL)
		text = r->effective_from;
	return text != NULL && jday_parse(text, out, &e) == 0;
}

bool
guard_notice_enough(const struct guard_in *in)
{
	struct jday from, first;
	struct params p;

	guard_policy(in->facts, &p);
	first = jday_add_days(
	    jday_of_instant(in->act->now), (int)p.rule_notice_days);
	return effective_day(in, &from) && jday_cmp(from, first) >= 0;
}

bool
guard_notice_elapsed(const struct guard_in *in)
{
	const struct dossier_rules *r = dossier_rules_find(in->d, in->instance);
	int64_t from = r == NULL ? 0 : day_begin(r->effective_from);

	return from != 0 && in->act->now >= from;
}

static bool
is_hash(const char *text)
{
	return text != NULL && strlen(text) == DOSSIER_HASH - 1 &&
	    strspn(text, "0123456789abcdef") == DOSSIER_HASH - 1;
}

/* Evidence of the knowledge that Art. 19(1) asks for. */
bool
guard_knowledge_shown(const struct guard_in *in)
{
	return is_hash(jsonx_get_str(in->act->data, "knowledge"));
}

static const struct dossier_disclosure *
asked(const struct guard_in *in)
{
	return dossier_disclosure_find(in->d, in->instance);
}

/* A signed consent to what was asked, and to no other recipient. */
bool
guard_consented(const struct guard_in *in)
{
	return in->facts->consented && theme_within(asked(in), in->act->data);
}

bool
guard_order_executed(const struct guard_in *in)
{
	const struct dossier_disclosure *x = asked(in);

	return x != NULL && strcmp(x->basis, "order") == 0 && is_hash(x->order);
}

bool
guard_exception_shown(const struct guard_in *in)
{
	const struct dossier_disclosure *x = asked(in);

	return x != NULL && strcmp(x->basis, "exception") == 0 && x->evidence &&
	    theme_exception(x->exception) != NULL;
}

bool
guard_by_consent(const struct guard_in *in)
{
	const struct dossier_disclosure *x = asked(in);

	return x != NULL && strcmp(x->basis, "consent") == 0;
}

bool
guard_within_scope(const struct guard_in *in)
{
	return theme_within(asked(in), in->act->data);
}
