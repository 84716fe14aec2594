/* SPDX-License-Identifier: Apache-2.0 */
/* The clock and the signer: ends that take effect, interim certificates. */
#include "office_int.h"

#include <string.h>

#include "nintei/log.h"

static bool
is_word(const struct act_write *w, enum machine m, const char *event)
{
	return w->plan.primary.machine == m &&
	    strcmp(w->plan.primary.event, event) == 0;
}

/* The executed decision of a kind that stands last. */
static const struct dossier_decision *
executed(const struct dossier *d, const char *kind)
{
	const struct dossier_decision *found = NULL;

	for (size_t i = 0; i < d->n_decisions; i++)
		if (strcmp(d->decisions[i].kind, kind) == 0 &&
		    dossier_state(d, M_DECISION, d->decisions[i].id) ==
			S_DEC_EXECUTED)
			found = &d->decisions[i];
	return found;
}

static int
end_by(struct office *o, const struct dossier *d, const char *decision,
    struct err *e)
{
	CLEANUP(proof_done) struct proof proof;

	proof_init(&proof);
	if (proof_load(o, d, decision, &proof, e) < 0)
		return -1;
	return office_show_end(o, d, &proof, e);
}

static bool
orders(const struct act_write *w)
{
	for (size_t i = 0; i < w->plan.n_effects; i++)
		if (w->plan.effects[i].machine == M_ARTEFACT &&
		    strcmp(w->plan.effects[i].event, "order") == 0)
			return true;
	return false;
}

int
office_clock_prepare(struct office *o, const struct dossier *d,
    struct act_write *w, struct err *e)
{
	const struct dossier_decision *dec = executed(d, "continuation");
	const struct dossier_termination *t;

	/* An interim certificate is ordered by the decision to go on. */
	if (orders(w) && dec != NULL)
		w->decision_id = dec->id;
	if (!is_word(w, M_TERMINATION, "take_effect"))
		return 0;
	t = dossier_termination_find(d, w->plan.primary.instance);
	if (t == NULL || t->decision[0] == '\0')
		return err_set(
		    e, E_STORE_CORRUPT, "a termination has no decision");
	w->decision_id = t->decision;
	return end_by(o, d, t->decision, e);
}

/* Is a certificate for the continuation out, and not ended? */
static bool
interim_is_out(const struct dossier *d)
{
	for (size_t i = 0; i < d->n_artefacts; i++) {
		enum state s =
		    dossier_state(d, M_ARTEFACT, d->artefacts[i].instance);

		if (d->artefacts[i].continuation &&
		    (s == S_ART_SIGNED || s == S_ART_DELIVERED))
			return true;
	}
	return false;
}

int
office_interim_end(
    struct office *o, const struct dossier *d, bool *out, struct err *e)
{
	const struct dossier_decision *dec = executed(d, "continuation");

	/* Shown also without a certificate: the signer must know that the
	 * effect goes on no longer, or a later term would follow the last. */
	*out = dec != NULL && interim_is_out(d);
	return dec == NULL ? 0 : end_by(o, d, dec->id, e);
}

void
office_list_due(struct office *o, const struct dossier *d)
{
	struct office_pki *p = office_pki_find(o, d->scheme);
	struct err later = ERR_INIT;

	if (p == NULL || office_crl_refresh(o, p, d->head, &later) == 0)
		return;
	log_err("crl.later", &later, d->id);
	p->crl_due = 1; /* the clock tries again at once */
}

void
office_clock_after(
    struct office *o, struct dossier *d, const struct act_write *w)
{
	struct err later = ERR_INIT;

	if (is_word(w, M_TERMINATION, "take_effect"))
		office_list_due(o, d);
	if (office_issue(o, d, &later) == 0)
		return;
	log_err("interim.later", &later, d->id);
	o->unfinished = true;
}
