/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from a step inside its case: couplings and notices. */
#include "workflow_int.h"

#include <stdio.h>

/* --- conditions --- */

/* A step that happened, seen with what the act knows. */
struct cause {
	const struct guard_in *in;
	const struct flow_step *step;
	const struct params *policy;
};

static bool
when_always(const struct cause *c)
{
	(void)c;
	return true;
}

/* A first certification; or a renewal after a gap that counts as one. */
static bool
when_certified_anew(const struct cause *c)
{
	const struct dossier *base = c->in->facts->base;

	if (c->in->d->base[0] == '\0')
		return true;
	return c->policy->gap_renewal == POLICY_AS_NEW && base != NULL &&
	    dossier_state(base, M_CERTIFICATION, "1") == S_CERT_EXPIRED;
}

static const struct dossier_decision *
decision_executing(const struct cause *c, const char *kind)
{
	const char *id = c->in->facts->decision;
	const struct dossier_decision *dec =
	    id == NULL ? NULL : dossier_decision_find(c->in->d, id);

	return dec != NULL && strcmp(dec->kind, kind) == 0 ? dec : NULL;
}

/* Ordered by a decision of its own, not by another step. */
static bool
when_reissued(const struct cause *c)
{
	return decision_executing(c, "reissue") != NULL;
}

/* "x509-2-c1" is a certificate of the continuation. */
static bool
is_continuation(const char *instance)
{
	return strncmp(instance, "x509-", 5) == 0 &&
	    strstr(instance, "-c") != NULL;
}

static bool
when_of_a_term(const struct cause *c)
{
	return strncmp(c->step->instance, "x509-", 5) == 0 &&
	    !is_continuation(c->step->instance);
}

static bool
when_mark_ended(const struct cause *c)
{
	return guard_is(c->in->d, M_MARK, FLAG_ENDED);
}

static bool
when_mark_stops(const struct cause *c)
{
	return c->policy->mark_during_continuation == POLICY_STOP;
}

/* 0 days: the signed statement alone. */
static bool
when_continuation_issued(const struct cause *c)
{
	return c->policy->continuation_certificate_days > 0;
}

static bool
when_continues_still(const struct cause *c)
{
	return is_continuation(c->step->instance) &&
	    when_continuation_issued(c) &&
	    dossier_state(c->in->d, M_CERTIFICATION, "1") == S_CERT_CONTINUED;
}

static bool
when_expired(const struct cause *c)
{
	return c->step->to == S_CERT_EXPIRED;
}

static bool
when_doubted(const struct cause *c)
{
	return jsonx_get_bool(c->in->act->data, "doubt", false);
}

static bool
when_loss_stated(const struct cause *c)
{
	const char *paper = jsonx_get_str(c->in->act->data, "paper");

	return c->policy->loss_statement_accepted && paper != NULL &&
	    strcmp(paper, "loss_statement") == 0;
}

static bool
when_termination_ends(const struct cause *c)
{
	return c->policy->termination_ends_certification;
}

static bool
when_moot(const struct cause *c)
{
	return c->step->to == S_APP_MOOT;
}

static bool
when_written_pdf(const struct cause *c)
{
	return c->policy->written_notice_form != POLICY_PAPER;
}

static bool
when_written_paper(const struct cause *c)
{
	return c->policy->written_notice_form != POLICY_PDF;
}

/* Not where the law forbids it. */
static bool
when_operator_told(const struct cause *c)
{
	return jsonx_get_bool(c->in->act->data, "operator_told", false);
}

/* --- which instances --- */

static bool
which_all(const struct cause *c, const char *instance)
{
	(void)c;
	(void)instance;
	return true;
}

static bool
which_itself(const struct cause *c, const char *instance)
{
	return strcmp(c->step->instance, instance) == 0;
}

/* Another instance; of papers, another than the one just issued. */
static bool
which_others(const struct cause *c, const char *instance)
{
	const char *own = c->step->instance;

	if (c->step->machine == M_ARTEFACT)
		own += strlen("x509-");
	return strcmp(own, instance) != 0;
}

/* One effect executes one decision: that which was proved. */
static bool
which_executing(const struct cause *c, const char *id)
{
	const struct guard_in *in = c->in;
	const struct dossier_decision *dec = dossier_decision_find(in->d, id);
	const struct flow_kind *k =
	    dec == NULL ? NULL : flow_kind_find(dec->kind);

	if (in->facts->decision != NULL && strcmp(in->facts->decision, id) != 0)
		return false;
	if (k == NULL || k->machine != c->step->machine ||
	    strcmp(flow_kind_word(k, dec->outcome), c->step->event) != 0)
		return false;
	return dec->instance[0] == '\0' ||
	    strcmp(dec->instance, c->step->instance) == 0;
}

/* A withdrawal by one machine leaves the decisions of another alone. */
static bool
which_of_machine(const struct cause *c, const char *id)
{
	const struct dossier_decision *dec =
	    dossier_decision_find(c->in->d, id);
	const struct flow_kind *k =
	    dec == NULL ? NULL : flow_kind_find(dec->kind);

	return k != NULL && k->machine == c->step->machine;
}

/* A proposed revocation goes on after the end (revoke_after_end). */
static bool
survives(const struct cause *c)
{
	return c->policy->revoke_after_end &&
	    dossier_state(c->in->d, M_COMPLIANCE, "1") == S_COMP_PROPOSED;
}

static bool
which_unless_survives(const struct cause *c, const char *instance)
{
	(void)instance;
	return !survives(c);
}

/* With the certification end decisions about its effect; others go on. */
static bool
which_of_certification(const struct cause *c, const char *id)
{
	const struct dossier_decision *dec =
	    dossier_decision_find(c->in->d, id);
	const struct flow_kind *k =
	    dec == NULL ? NULL : flow_kind_find(dec->kind);

	if (k == NULL)
		return false;
	if (k->machine == M_COMPLIANCE)
		return !survives(c);
	return k->machine == M_CERTIFICATION || k->machine == M_TERMINATION ||
	    k->machine == M_ARTEFACT;
}

/* Decisions that were frozen over a basis, which has moved. */
static bool
which_based(const struct cause *c, const char *id)
{
	const struct dossier_decision *dec =
	    dossier_decision_find(c->in->d, id);

	return dec != NULL && dec->basis[0] != '\0';
}

static bool
which_continuations(const struct cause *c, const char *instance)
{
	(void)c;
	return is_continuation(instance);
}

/* Certificates whose notAfter is the end of the present term. */
static bool
which_of_the_term(const struct cause *c, const char *instance)
{
	const struct dossier_artefact *a =
	    dossier_artefact_find(c->in->d, instance);

	return a != NULL && !a->continuation &&
	    a->term <= c->in->d->certification.term;
}

/* Certificates that a newly signed one takes the place of. */
static bool
which_replaced(const struct cause *c, const char *instance)
{
	const struct dossier *d = c->in->d;
	const struct dossier_artefact *now =
	    dossier_artefact_find(d, c->step->instance);
	const struct dossier_artefact *old = dossier_artefact_find(d, instance);
	const struct dossier_term *t;

	if (now == NULL || old == NULL || now == old || old->continuation)
		return false;
	if (now->term == old->term)
		return true;
	t = dossier_term_find(d, old->term);
	return t != NULL && t->replaced_at != 0;
}

/* --- the table --- */

typedef bool (*when_fn)(const struct cause *c);
typedef bool (*which_fn)(const struct cause *c, const char *instance);

static const struct coupling {
	struct flow_coupling what;
	when_fn when;
	which_fn which;
} couplings[] = {
#define COUPLE(m, ev, then, then_ev, must, when, which)            \
	{ { M_##m, #ev, M_##then, #then_ev, must, #when, #which }, \
		when_##when, which_##which },
#include "couplings.inc"
#undef COUPLE
};

static const struct notice {
	struct flow_notice what;
	when_fn when;
} notices[] = {
#define NOTICE(m, ev, kind, legal, article, to, when) \
	{ { M_##m, #ev, kind, legal, article, ROLE_##to }, when_##when },
#include "notices.inc"
#undef NOTICE
};

const struct flow_coupling *
flow_coupling_at(size_t i)
{
	return i < NELEM(couplings) ? &couplings[i].what : NULL;
}

const struct flow_notice *
flow_notice_at(size_t i)
{
	return i < NELEM(notices) ? &notices[i].what : NULL;
}

/* "inquiry" and "inquiry-12", but no other kind that begins alike. */
const struct flow_notice *
flow_notice_find(const char *kind)
{
	size_t n = strcspn(kind, "-");

	for (size_t i = 0; i < NELEM(notices); i++)
		if (strlen(notices[i].what.kind) == n &&
		    strncmp(notices[i].what.kind, kind, n) == 0)
			return &notices[i].what;
	return NULL;
}

/* --- taking the steps --- */

/* One coupled step on one instance, if its machine has such a row now. */
static int
couple_one(struct guard_in *in, const struct flow_coupling *c,
    const char *instance, struct flow_plan *p, struct flow_refusal *r,
    struct err *e)
{
	in->row = flow_row_find(c->then,
	    flow_plan_state(p, in->d, c->then, instance), c->then_event);
	if (in->row == NULL)
		return 0;
	in->instance = instance;
	r->n_failed = guards_failed(in, r->failed);
	if (r->n_failed > 0)
		return c->must ? refuse_guard(in, r, e) : 0;
	return flow_plan_add(p, in->d, c->then, instance, c->then_event, e);
}

static void
instance_print(
    char out[LIMIT_ID_BYTES + 1], const char *form, int64_t a, int64_t b)
{
	char text[64];
	int n = strcmp(form, "c") == 0
	    ? snprintf(text, sizeof(text), "x509-%lld-c%lld", (long long)a,
		  (long long)b)
	    : snprintf(text, sizeof(text), "x509-%lld", (long long)a);

	if (n > 0 && n <= LIMIT_ID_BYTES)
		word_copy(out, LIMIT_ID_BYTES + 1, text);
}

/* The certificate that a step orders. */
static void
ordered_instance(const struct cause *c, char out[LIMIT_ID_BYTES + 1])
{
	const struct dossier *d = c->in->d;
	int64_t term = d->certification.term, n = 0;

	if (c->step->machine == M_APPLICATION) {
		instance_print(out, "", 1, 0);
		return;
	}
	if (strncmp(c->step->event, "renewed", 7) == 0) {
		instance_print(out, "",
		    d->n_terms == 0 ? 2 : d->terms[d->n_terms - 1].term + 1, 0);
		return;
	}
	for (size_t i = 0; i < d->n_artefacts; i++)
		n += d->artefacts[i].continuation &&
		    d->artefacts[i].term == term;
	instance_print(out, "c", term, n + 1);
}

/* The name of what a coupling creates; "": nothing. */
static void
created_instance(
    const struct cause *c, enum machine m, char out[LIMIT_ID_BYTES + 1])
{
	const char *name = "1";

	out[0] = '\0';
	if (m == M_ARTEFACT) {
		ordered_instance(c, out);
		return;
	}
	if (m == M_DECISION)
		name = c->in->facts->new_instance;
	else if (m == M_PAPER)
		name = c->step->instance + strlen("x509-");
	else if (m == M_SUCCESSION)
		name = c->step->instance;
	word_copy(out, LIMIT_ID_BYTES + 1, name);
}

/* Members that an act invites by name. */
static int
couple_members(struct guard_in *in, const struct flow_coupling *c,
    struct flow_plan *p, struct flow_refusal *r, struct err *e)
{
	const struct json *list = jsonx_get(in->act->data, "members");

	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *person = jsonx_str(jsonx_at(list, i));

		if (person == NULL || person[0] == '\0' ||
		    strlen(person) > LIMIT_ID_BYTES)
			return err_set(
			    e, E_INPUT, "data.members: want ids of persons");
		if (couple_one(in, c, person, p, r, e) < 0)
			return -1;
	}
	return 0;
}

static int
couple_created(struct guard_in *in, const struct cause *cause,
    const struct flow_coupling *c, struct flow_plan *p, struct flow_refusal *r,
    struct err *e)
{
	char instance[LIMIT_ID_BYTES + 1];

	if (c->then == M_SEAT)
		return couple_members(in, c, p, r, e);
	created_instance(cause, c->then, instance);
	return instance[0] == '\0' ? 0 : couple_one(in, c, instance, p, r, e);
}

static int
couple(struct guard_in *in, const struct cause *cause, const struct coupling *k,
    struct flow_plan *p, struct flow_refusal *r, struct err *e)
{
	const struct flow_coupling *c = &k->what;
	const struct dossier *d = in->d;

	if (!k->when(cause))
		return 0;
	if (flow_row_find(c->then, S_NONE, c->then_event) != NULL)
		return couple_created(in, cause, c, p, r, e);
	for (size_t i = 0; i < d->n_machines; i++) {
		const struct dossier_machine *m = &d->machines[i];

		if (m->machine == c->then && k->which(cause, m->instance) &&
		    couple_one(in, c, m->instance, p, r, e) < 0)
			return -1;
	}
	return 0;
}

/* One notice of a kind for an act, however often its word happens in it. */
static int
notice_queue(const struct dossier *d, const struct flow_notice *n,
    struct flow_plan *p, struct err *e)
{
	char instance[LIMIT_ID_BYTES + 1];
	int len = snprintf(instance, sizeof(instance), "%s-%lld", n->kind,
	    (long long)d->seq + 1);

	if (len < 0 || (size_t)len >= sizeof(instance))
		return err_set(e, E_LIMIT, "the name of a notice is too long");
	if (flow_plan_state(p, d, M_NOTICE, instance) != S_NONE)
		return 0;
	return flow_plan_add(p, d, M_NOTICE, instance, "queue", e);
}

static int
notices_add(const struct cause *c, struct flow_plan *p, struct err *e)
{
	for (size_t i = 0; i < NELEM(notices); i++) {
		const struct notice *n = &notices[i];

		if (n->what.machine == c->step->machine &&
		    strcmp(n->what.event, c->step->event) == 0 && n->when(c) &&
		    notice_queue(c->in->d, &n->what, p, e) < 0)
			return -1;
	}
	return 0;
}

/* All couplings of one step; those of the coupled steps follow. */
static int
couple_step(struct guard_in *in, struct cause *cause, struct flow_plan *p,
    struct flow_refusal *r, struct err *e)
{
	for (size_t i = 0; i < NELEM(couplings); i++)
		if (couplings[i].what.machine == cause->step->machine &&
		    strcmp(couplings[i].what.event, cause->step->event) == 0 &&
		    couple(in, cause, &couplings[i], p, r, e) < 0)
			return -1;
	return notices_add(cause, p, e);
}

int
couple_all(struct guard_in *in, struct flow_plan *p, size_t from,
    struct flow_refusal *r, struct err *e)
{
	struct params policy;
	struct flow_step step = p->primary;
	struct guard_in seen = *in;
	struct cause cause = { &seen, &step, &policy };

	guard_policy(in->facts, &policy);
	if (couple_step(in, &cause, p, r, e) < 0)
		return -1;
	for (size_t i = from; i < p->n_effects; i++) {
		step = p->effects[i];
		if (couple_step(in, &cause, p, r, e) < 0)
			return -1;
	}
	return 0;
}
