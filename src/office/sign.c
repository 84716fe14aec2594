/* SPDX-License-Identifier: Apache-2.0 */
/* POST /v1/decisions/{id}/signatures: an officer's answer. */
#include "office_int.h"

#include <string.h>

#include "nintei/derive_versions.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/log.h"

/* The case in which a decision lies. */
static int
dossier_of_decision(
    struct office *o, const char *id, struct dossier **out, struct err *e)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(KIB(16));
	struct index_decision row;

	if (index_decision_get(o->index, id, &hold, &row, e) < 0)
		return -1;
	return office_load(o, row.dossier, out, e);
}

/* Verdict on the one new signature, as the guards name it. */
static unsigned
verdict_bits(unsigned failed)
{
	static const struct {
		unsigned theirs, ours;
	} bits[] = {
		{ GUARD_SIGNATURE_VALID, FLOW_APPROVAL_SIGNATURE },
		{ GUARD_ROLE_OK, FLOW_APPROVAL_ROLE },
		{ GUARD_NOT_PROPOSER, FLOW_APPROVAL_PROPOSER },
		{ GUARD_DISTINCT, FLOW_APPROVAL_DISTINCT },
		{ GUARD_NO_CONFLICT, FLOW_APPROVAL_CONFLICT },
	};
	unsigned out = 0;

	for (size_t i = 0; i < NELEM(bits); i++)
		if ((failed & bits[i].theirs) != 0)
			out |= bits[i].ours;
	return out;
}

static int
facts_fill(struct visit *v, const struct dossier *d, const struct proof *p,
    struct flow_facts *f, bool *out_objection, struct err *e)
{
	struct approval_result r;
	const struct approval_verdict *mine;

	if (proof_judge(v->o, d, p, v->now, &r, e) < 0)
		return -1;
	mine = &r.each[p->n - 1];
	f->scheme = derive_scheme(v->o->schemes, d, v->now);
	f->approvals_checked = true;
	f->approvals_failed = verdict_bits(mine->failed);
	f->basis_current = (r.failed & GUARD_BASIS_CURRENT) == 0;
	f->quorum_reached = mine->failed == 0 && !mine->objection &&
	    (r.failed & GUARD_QUORUM_REACHED) == 0;
	*out_objection = mine->objection;
	return 0;
}

/*
 * Whoever proposed is told so by not_proposer, and may object; others who
 * acted in the case go on as what they were.
 */
static unsigned
signer_roles(const struct visit *v, const struct dossier *d, const char *id)
{
	const struct dossier_decision *dec = dossier_decision_find(d, id);

	if (dec != NULL && strcmp(dec->proposer, v->account.person) == 0)
		return v->roles;
	return visit_roles_in(v, d);
}

static int
signature_commit(struct visit *v, struct dossier *d, const char *id,
    const struct proof *p, struct err *e)
{
	CLEANUP(act_write_done) struct act_write w;
	CLEANUP(freep)
	char *path = xasprintf("decisions/%s/%s.sig", id, v->account.person);
	struct slice armour = p->sigs[p->n - 1].armour;
	struct flow_facts facts = { 0 };
	struct flow_act act = {
		.machine = M_DECISION,
		.instance = id,
		.roles = signer_roles(v, d, id),
		.person = v->account.person,
		.now = v->now,
	};
	char hash[SHA256_HEX];
	bool objection;

	act_write_init(&w);
	if (facts_fill(v, d, p, &facts, &objection, e) < 0)
		return -1;
	act.event = objection ? "object" : "sign";
	if (flow_decide(d, &act, &facts, &w.plan, &v->refusal, e) < 0)
		return -1;
	w.actor = v->account.person;
	w.decision_id = id;
	jsonx_set_str(w.data, "signature", sha256_hex(armour, hash));
	act_write_file(&w, path, false, armour);
	return office_commit(v->o, d, &w, e);
}

/*
 * At quorum core executes at once.  What cannot be executed now stays approved
 * and an officer repeats the word (INTERFACE 7): the signature is durable
 * either way, so the answer is not an error.
 */
static void
execute_if_approved(struct visit *v, struct dossier *d, const char *id)
{
	struct err why = ERR_INIT;
	struct flow_refusal refusal;

	const struct dossier_decision *dec = dossier_decision_find(d, id);
	const struct flow_kind *k =
	    dec == NULL ? NULL : flow_kind_find(dec->kind);

	if (dossier_state(d, M_DECISION, id) != S_DEC_APPROVED ||
	    (k != NULL && k->waits))
		return;
	if (office_execute(v->o, d, id, v->account.person, &refusal, &why) == 0)
		return;
	log_err("decision.not_executed", &why, v->q->instance);
	if (why.code == E_UNAVAILABLE)
		v->o->unfinished = true; /* the clock tries again */
}

static struct json *
decision_view(const struct dossier *d, const struct dossier_decision *dec)
{
	struct json *j = dossier_decision_json(d, dec);
	struct err e = ERR_INIT;
	uint8_t sum[32];
	char code[DECISION_CODE];

	if (hex_decode(dec->sha256, sum, sizeof(sum), &e) == 0)
		jsonx_set_str(j, "comparison_code", decision_code(sum, code));
	jsonx_set_str(j, "head", d->head);
	return j;
}

static int
sign_locked(struct visit *v, struct answer *a, struct err *e)
{
	const char *id = v->q->param[0];
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(proof_done) struct proof proof;

	proof_init(&proof);
	if (dossier_of_decision(v->o, id, &d, e) < 0 ||
	    office_clock(v->o, d, v->now, e) < 0 ||
	    proof_load(v->o, d, id, &proof, e) < 0)
		return -1;
	if (proof_add(&proof, v->account.person, v->q->body, v->now, e) < 0 ||
	    signature_commit(v, d, id, &proof, e) < 0)
		return -1;
	execute_if_approved(v, d, id);
	answer_json(a, 200, decision_view(d, dossier_decision_find(d, id)));
	return 0;
}

int
post_signature(struct visit *v, struct answer *a, struct err *e)
{
	struct repeat again = { .status = 200 };
	uint8_t sum[32];
	int rv;

	if (v->q->body.n == 0)
		return err_set(e, E_INPUT, "want an SSH signature as the body");
	repeat_body(v, v->q->body, sum);
	if (repeat_begin(v, sum, &again, a, e) < 0)
		return -1;
	if (again.answered)
		return 0;
	pthread_mutex_lock(&v->o->act);
	rv = sign_locked(v, a, e);
	pthread_mutex_unlock(&v->o->act);
	if (rv == 0)
		repeat_keep(v, &again, a);
	return rv;
}

/* To those to whom the case is open, and never to its applicant. */
static bool
may_see(const struct visit *v, const struct dossier *d)
{
	enum access access = visit_access(v, d);

	return (access == ACCESS_CASE || access == ACCESS_OPEN) &&
	    visit_roles_in(v, d) != (unsigned)ROLE_APPLICANT;
}

/* Who proposed sees it in any role: not_proposer says the rest. */
static int
decision_seen(struct visit *v, struct dossier **out, struct err *e)
{
	const char *id = v->q->param[0];
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	const struct dossier_decision *dec = NULL;
	struct err why = ERR_INIT;

	if (dossier_of_decision(v->o, id, &d, &why) < 0 &&
	    why.code != E_NOT_FOUND)
		return err_set(e, why.code, "%s", why.detail);
	if (d != NULL)
		dec = dossier_decision_find(d, id);
	if (dec == NULL ||
	    (strcmp(dec->proposer, v->account.person) != 0 && !may_see(v, d)))
		return err_set(e, E_NOT_FOUND, "there is no such decision");
	*out = TAKE(d);
	return 0;
}

int
get_decision(struct visit *v, struct answer *a, struct err *e)
{
	const char *id = v->q->param[0];
	CLEANUP(dossier_freep) struct dossier *d = NULL;

	if (decision_seen(v, &d, e) < 0)
		return -1;
	answer_json(a, 200, decision_view(d, dossier_decision_find(d, id)));
	answer_etag(v, a, d->head);
	return 0;
}

int
get_decision_document(struct visit *v, struct answer *a, struct err *e)
{
	const char *id = v->q->param[0];
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(freep) char *path = xasprintf("decisions/%s/decision.json", id);
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_DECISION_BYTES);

	if (decision_seen(v, &d, e) < 0 ||
	    store_file_get(v->o->store, d->id, path, &b, e) < 0)
		return -1;
	answer_bytes(a, "application/json", buf_slice(&b));
	return 0;
}
