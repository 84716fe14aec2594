/* SPDX-License-Identifier: Apache-2.0 */
/* Carrying out what officers have decided, once. */
#include "body_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/derive_versions.h"
#include "nintei/enc.h"
#include "nintei/log.h"
#include "nintei/term.h"

/* data.certification: what apply keeps; all of it stands in the decision. */
static int
prepare_certify(struct execution *x, struct err *e)
{
	static const char *const copied[] = { "number", "certified_on",
		"valid_from", "valid_through", "service", "operator",
		"corporate_number" };
	const struct json *record = jsonx_get(x->detail, "record");
	struct json *c = jsonx_object();
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	struct sign_ask ask = { .holder = x->d, .decided_at = x->now };
	const char *term = jsonx_get_str(record, "term");
	uint64_t n = 0;

	for (size_t i = 0; i < NELEM(copied); i++)
		jsonx_set_str(c, copied[i], jsonx_get_str(record, copied[i]));
	jsonx_set(x->w->data, "certification", c);
	x->w->effective_at = x->now;
	if (dec_parse(term == NULL ? "" : term, INT32_MAX, &n, e) < 0)
		return -1;
	jsonx_set_int(c, "term", (int64_t)n);
	return office_sign_certificate(x->o, x->d, x->proof, &ask, &der, e);
}

/* The signer first: what it has proved may then be recorded. */
static int
prepare_revoke(struct execution *x, struct err *e)
{
	char day[JDAY_TEXT];

	jsonx_set_str(x->w->data, "revoked_on",
	    jday_format(jday_of_instant(x->now), day));
	return office_show_end(x->o, x->d, x->proof, e);
}

int
execute_nothing(struct execution *x, struct err *e)
{
	(void)x;
	(void)e;
	return 0;
}

/* What found it ended already is noted; nothing comes on a list by it. */
static bool
ends_now(const struct flow_plan *p)
{
	for (size_t i = 0; i < p->n_effects; i++)
		if (p->effects[i].machine == M_CERTIFICATION)
			return true;
	return false;
}

/* A new list of the case's issuer, named by the case's head as cause. */
static int
execute_list(struct execution *x, struct err *e)
{
	struct office_pki *p = office_pki_find(x->o, x->d->scheme);

	if (x->o->settling || !ends_now(&x->w->plan))
		return 0; /* a list is about to be made, or none is due */
	if (office_crl_refresh(x->o, p, x->d->head, e) == 0)
		return 0;
	if (p != NULL)
		p->crl_due = x->now; /* the clock tries again at once */
	return -1;
}

/* The other owners' kinds have a line here and their functions elsewhere. */
static const struct execute_kind kinds[] = {
	{ "certify", prepare_certify, after_issue },
	{ "revoke", prepare_revoke, execute_list },
	{ "continuation", prepare_continuation, execute_nothing },
	{ "lapse", prepare_lapse, execute_list },
	{ "termination", prepare_termination, after_termination },
	{ "reissue", prepare_reissue, after_issue },
	{ "withholding", execute_withholding, execute_nothing },
	{ "rules", prepare_rules, after_rules },
	{ "survey15", execute_survey15, execute_nothing },
	{ "improvement", execute_improvement, execute_nothing },
	{ "publish_improvement", execute_publish_improvement, execute_nothing },
	{ "improvement_closed", execute_improvement_closed, execute_nothing },
};

static const struct execute_kind *
kind_find(const char *kind)
{
	static const struct execute_kind other = { NULL, execute_nothing,
		execute_nothing };

	for (size_t i = 0; i < NELEM(kinds); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return &kinds[i];
	return &other;
}

/* What the decision says besides: some kinds have no such file. */
static int
detail_of(struct execution *x, struct json **out, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_DECISION_BYTES);

	if (decision_get(x->proof->decision, "detail") == NULL)
		return 0;
	if (office_detail(x->o, x->d, x->dec->id, &b, e) < 0)
		return -1;
	return jsonx_parse_canonical(
	    buf_slice(&b), LIMIT_DECISION_BYTES, out, e);
}

static int
facts_of(struct execution *x, struct flow_facts *f, struct err *e)
{
	struct approval_result judged;
	char basis[DOSSIER_HASH];

	if (office_facts(x->o, x->d, f, e) < 0 ||
	    proof_judge(x->o, x->d, x->proof, x->now, &judged, e) < 0)
		return -1;
	office_basis(x->d, x->dec, basis, NULL);
	f->approvals_verified = judged.failed == 0;
	f->basis_current =
	    x->dec->basis[0] == '\0' || strcmp(basis, x->dec->basis) == 0;
	/* certify takes effect only on the day it names (INTERFACE 7). */
	if (strcmp(x->dec->kind, "certify") == 0) {
		char today[JDAY_TEXT];

		jday_format(jday_of_instant(x->now), today);
		if (strcmp(today, x->dec->certified_on) != 0)
			f->basis_current = false;
	}
	return 0;
}

/* A reissue orders what the system signs: its name is made here. */
static bool
orders(const struct execution *x)
{
	return strcmp(x->kind->kind, "reissue") == 0;
}

/* What officers approve and the secretariat does: 附則 (REGULATION 5). */
static bool
by_proposer(const struct execution *x)
{
	return x->kind->machine == M_RULES &&
	    strcmp(x->dec->outcome, "import") == 0;
}

static int
flow_plan_of(struct execution *x, struct flow_refusal *r, struct err *e)
{
	CLEANUP(relation_done) struct relation of = { 0 };
	char name[LIMIT_ID_BYTES + 1];
	struct flow_facts facts = { .decision = x->dec->id };
	struct flow_act act = {
		.machine = x->kind->machine,
		.event = flow_kind_word(x->kind, x->dec->outcome),
		.instance =
		    x->dec->instance[0] == '\0' ? NULL : x->dec->instance,
		.roles = ROLE_OFFICER,
		.person = x->actor,
		.now = x->now,
		.data = x->w->data,
	};

	body_say(x);
	facts.new_instance = act.instance;
	if (by_proposer(x)) {
		act.roles = ROLE_SECRETARIAT;
		act.person = x->w->actor = x->dec->proposer;
	}
	if (orders(x)) {
		reissue_instance(x->d, name);
		act.instance = facts.new_instance = name;
		act.roles = ROLE_SYSTEM;
		x->w->actor = "core";
	}
	if (facts_of(x, &facts, e) < 0 ||
	    office_relation(x->o, x->d, &of, &facts, e) < 0)
		return -1;
	return flow_decide(x->d, &act, &facts, &x->w->plan, r, e);
}

static int
execute_flow(struct execution *x, struct flow_refusal *r, struct err *e)
{
	const struct execute_kind *k = kind_find(x->kind->kind);

	if (x->kind->waits)
		return err_set(e, E_FLOW_STEP,
		    "a decision of kind \"%s\" is carried out by what it allows",
		    x->kind->kind);
	if (flow_plan_of(x, r, e) < 0 || k->prepare(x, e) < 0 ||
	    office_commit(x->o, x->d, x->w, e) < 0)
		return -1;
	return k->after(x, e);
}

/* A signed change of the roster: signer first, then tree and memory. */
static int
execute_roster(struct execution *x, struct err *e)
{
	struct office *o = x->o;
	CLEANUP(freep)
	char *detail = xasprintf("decisions/%s/detail.json", x->dec->id);
	CLEANUP(buf_free) struct buf entry = BUF_INIT(LIMIT_DECISION_BYTES);
	CLEANUP(buf_free) struct buf allowed = BUF_INIT(MIB(1));
	CLEANUP(freep) char *path = NULL;
	struct sign_roster m = { 0 };
	struct roster_entry read;

	if (store_file_get(o->store, x->d->id, detail, &entry, e) < 0 ||
	    roster_entry_decode(buf_slice(&entry), &read, e) < 0)
		return -1;
	sign_proof_of(x->proof, &m.proof);
	m.entry = buf_slice(&entry);
	if (signer_change_roster(&o->signer, &m, e) < 0 ||
	    roster_put(o->roster, m.entry, e) < 0)
		return -1;
	roster_allowed_signers(
	    o->roster, &o->commit_key, o->commit_key_from, &allowed);
	path = xasprintf("roster/%s.json", read.person);
	act_write_file(x->w, path, true, m.entry);
	act_write_file(x->w, "allowed_signers", true, buf_slice(&allowed));
	jsonx_set_str(x->w->data, "person", read.person);
	return office_commit(o, x->d, x->w, e);
}

/*
 * The signer first: from its record on, no copy of the key is unwrapped.  Then
 * the file, then the event.  A crash between them leaves the decision
 * approved, and it is carried out again.
 */
static int
execute_shred(struct execution *x, struct err *e)
{
	struct sign_shred m = { 0 };

	if (!office_may_shred(x->d))
		return err_set(e, E_FLOW_STEP, "the case has not ended");
	sign_proof_of(x->proof, &m.proof);
	if (signer_shred_key(&x->o->signer, &m, e) < 0 ||
	    vault_destroy(x->o->vault, x->d->id, e) < 0)
		return -1;
	x->w->plan.article = "20(1)";
	jsonx_set_int(x->w->data, "documents", (int64_t)x->d->n_documents);
	return office_commit(x->o, x->d, x->w, e);
}

/* Acts of the body, outside of the machines (INTERFACE 7). */
static const struct {
	const char *kind;
	int (*run)(struct execution *x, struct err *e);
} bodies[] = {
	{ "roster", execute_roster },
	{ "shred", execute_shred },
	{ "policy", execute_policy },
};

static int
execute_body(struct execution *x, struct err *e)
{
	struct flow_plan *p = &x->w->plan;
	struct approval_result judged;

	size_t i = 0;

	while (i < NELEM(bodies) && strcmp(bodies[i].kind, x->dec->kind) != 0)
		i++;
	if (i == NELEM(bodies))
		return err_set(e, E_FLOW_STEP, "nothing executes this kind");
	if (proof_judge(x->o, x->d, x->proof, x->now, &judged, e) < 0)
		return -1;
	if (judged.failed != 0)
		return err_set(e, E_SIGNER_REFUSED, "%s",
		    approval_guard_name(judged.failed));
	snprintf(
	    p->primary.event, sizeof(p->primary.event), "%s", bodies[i].kind);
	p->role = ROLE_OFFICER;
	if (flow_plan_add(p, x->d, M_DECISION, x->dec->id, "execute", e) < 0)
		return -1;
	return bodies[i].run(x, e);
}

int
office_execute(struct office *o, struct dossier *d, const char *id,
    const char *actor, struct flow_refusal *refusal, struct err *e)
{
	CLEANUP(act_write_done) struct act_write w;
	CLEANUP(proof_done) struct proof proof;
	CLEANUP(jsonx_freep) struct json *detail = NULL;
	CLEANUP(freep) char *who = xstrdup(actor);
	CLEANUP(freep) char *decision = xstrdup(id);
	struct execution x = {
		.o = o,
		.d = d,
		.dec = dossier_decision_find(d, decision),
		.actor = who,
		.now = clock_now(&o->clock),
		.proof = &proof,
		.w = &w,
	};

	act_write_init(&w);
	proof_init(&proof);
	w.actor = who;
	w.decision_id = decision;
	if (x.dec == NULL)
		return err_set(e, E_NOT_FOUND, "there is no such decision");
	if (proof_load(o, d, decision, &proof, e) < 0 ||
	    detail_of(&x, &detail, e) < 0)
		return -1;
	x.detail = detail;
	x.kind = flow_kind_find(x.dec->kind);
	return x.kind == NULL ? execute_body(&x, e)
			      : execute_flow(&x, refusal, e);
}
