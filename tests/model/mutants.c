/* SPDX-License-Identifier: Apache-2.0 */
/* The models that are explored, and the faults that must be found in them. */
#include "models.h"

#include <string.h>

#include "nintei/cc.h"

/* clang-format off */
static const struct {
	const char *name;
	struct model_part parts[MODEL_PARTS + 1];
} models[] = {
	{ "terms", {
		{ M_APPLICATION, MODEL_BASE, "A" },
		{ M_FEE, MODEL_BASE, "F" },
		{ M_APPLICATION, 1, "R1" },
		{ M_APPLICATION, 2, "R2" },
		{ M_CERTIFICATION, MODEL_BASE, "C" },
		{ M_ARTEFACT, MODEL_BASE, "X1" },
		{ M_ARTEFACT, MODEL_BASE, "X2" },
		{ M_NONE, 0, NULL } } },
	{ "supervision", {
		{ M_APPLICATION, MODEL_BASE, "A" },
		{ M_APPLICATION, 1, "R1" },
		{ M_CERTIFICATION, MODEL_BASE, "C" },
		{ M_ARTEFACT, MODEL_BASE, "X1" },
		{ M_COMPLIANCE, MODEL_BASE, "K" },
		{ M_TERMINATION, MODEL_BASE, "T" },
		{ M_SUCCESSION, MODEL_BASE, "S" },
		{ M_MARK, MODEL_BASE, "M" },
		{ M_NONE, 0, NULL } } },
	{ "papers", {
		{ M_APPLICATION, MODEL_BASE, "A" },
		{ M_CERTIFICATION, MODEL_BASE, "C" },
		{ M_COMPLIANCE, MODEL_BASE, "K" },
		{ M_TERMINATION, MODEL_BASE, "T" },
		{ M_ARTEFACT, MODEL_BASE, "X1" },
		{ M_PAPER, MODEL_BASE, "P1" },
		{ M_NONE, 0, NULL } } },
};

/* REGULATION 5, couplings between the cases of a certified service. */
static const struct model_cross crosses[] = {
	{ M_APPLICATION, "decide_certify", true, M_CERTIFICATION, "renewed" },
	{ M_APPLICATION, "decide_certify", true, M_CERTIFICATION, "renewed_after_gap" },
	{ M_APPLICATION, "decide_decline", true, M_CERTIFICATION, "renewal_ended" },
	{ M_APPLICATION, "refuse_art8", true, M_CERTIFICATION, "renewal_ended" },
	{ M_APPLICATION, "close_incomplete", true, M_CERTIFICATION, "renewal_ended" },
	{ M_APPLICATION, "withdraw", true, M_CERTIFICATION, "renewal_ended" },
	{ M_CERTIFICATION, "lapse", false, M_APPLICATION, "base_void" },
	{ M_CERTIFICATION, "terminate", false, M_APPLICATION, "base_void" },
	{ M_CERTIFICATION, "revoke", false, M_APPLICATION, "base_void" },
};

/* Each takes away, or turns round, one thing that the regulation wants. */
static const struct mutant mutants[] = {
	{ "a second renewal while one is pending", "terms",
	  M_APPLICATION, S_NONE, "open_renewal", G_RENEWAL_PENDING, M_NONE, NULL, S_NONE },
	{ "a renewal of what is not valid", "supervision",
	  M_APPLICATION, S_NONE, "open_renewal", G_BASE_VALID, M_NONE, NULL, S_NONE },
	{ "a certificate without the fee", "terms",
	  M_APPLICATION, S_APP_SUBMITTED, "accept", G_FEE_PAID, M_NONE, NULL, S_NONE },
	{ "continuation without a pending renewal", "terms",
	  M_CERTIFICATION, S_CERT_VALID, "continue_effect", G_RENEWAL_PENDING, M_NONE, NULL, S_NONE },
	{ "a term that ends although it is continued", "terms",
	  M_CERTIFICATION, S_CERT_VALID, "term_ends", G_CONTINUATION, M_NONE, NULL, S_NONE },
	{ "a term that ends although the next is decided", "terms",
	  M_CERTIFICATION, S_CERT_VALID, "term_ends", G_NEXT_TERM, M_NONE, NULL, S_NONE },
	{ "a continuation that outlives its renewal", "terms",
	  M_APPLICATION, S_NONE, "withdraw", G_NONE, M_CERTIFICATION, "renewal_ended", S_NONE },
	{ "a renewal that outlives its base", "supervision",
	  M_CERTIFICATION, S_NONE, "revoke", G_NONE, M_APPLICATION, "base_void", S_NONE },
	{ "a mark that outlives the certification", "supervision",
	  M_CERTIFICATION, S_NONE, "revoke", G_NONE, M_MARK, "end", S_NONE },
	{ "a mark that outlives the term", "supervision",
	  M_CERTIFICATION, S_NONE, "term_ends", G_NONE, M_MARK, "end", S_NONE },
	{ "an inquiry that outlives the certification", "supervision",
	  M_CERTIFICATION, S_NONE, "lapse", G_NONE, M_COMPLIANCE, "certification_ended", S_NONE },
	{ "a notice of termination that dodges the revocation", "supervision",
	  M_TERMINATION, S_TERMINATION_SCHEDULED, "take_effect", G_REVOCATION_PROPOSED, M_NONE, NULL, S_NONE },
	{ "a notice of termination over what has ended", "supervision",
	  M_CERTIFICATION, S_NONE, "revoke", G_NONE, M_TERMINATION, "certification_ended", S_NONE },
	{ "a revoked certification that is valid again", "supervision",
	  M_COMPLIANCE, S_COMP_CLOSED, "certification_revived", G_NONE, M_NONE, NULL, S_COMP_NONE },
	{ "a certificate that outlives the revocation", "papers",
	  M_CERTIFICATION, S_NONE, "revoke", G_NONE, M_ARTEFACT, "revoke", S_NONE },
	{ "a certificate that outlives the termination", "papers",
	  M_CERTIFICATION, S_NONE, "terminate", G_NONE, M_ARTEFACT, "revoke", S_NONE },
	{ "an order that outlives the revocation", "papers",
	  M_CERTIFICATION, S_NONE, "revoke", G_NONE, M_ARTEFACT, "cancel", S_NONE },
	{ "a paper that is not asked back", "papers",
	  M_CERTIFICATION, S_NONE, "revoke", G_NONE, M_PAPER, "return_due", S_NONE },
};
/* clang-format on */

const struct model_cross *
model_cross_at(size_t i)
{
	return i < NELEM(crosses) ? &crosses[i] : NULL;
}

const char *
models_name(size_t i)
{
	return i < NELEM(models) ? models[i].name : NULL;
}

void
models_make(const char *name, struct model *out)
{
	for (size_t i = 0; i < NELEM(models); i++)
		if (strcmp(models[i].name, name) == 0)
			model_init(out, name, models[i].parts);
}

const struct mutant *
mutant_at(size_t i)
{
	return i < NELEM(mutants) ? &mutants[i] : NULL;
}

static bool
drop_guard(struct flow_row *row, enum guard g)
{
	size_t n = 0;
	bool found = false;

	for (size_t i = 0; i < FLOW_GUARDS; i++) {
		int have = row->guards[i];

		row->guards[i] = 0;
		if (have == (int)g || have == -(int)g)
			found = true;
		else
			row->guards[n++] = have;
	}
	return found;
}

/* The coupling may stand in either table. */
static bool
drop_coupling(struct model *m, const struct mutant *u)
{
	bool found = false;

	for (size_t i = 0; i < m->n_couplings; i++) {
		struct flow_coupling *c = &m->couplings[i];

		if (c->machine != u->machine || c->then != u->then ||
		    strcmp(c->event, u->event) != 0 ||
		    strcmp(c->then_event, u->then_event) != 0)
			continue;
		c->machine = M_NONE;
		found = true;
	}
	for (size_t i = 0; i < m->n_crosses; i++) {
		struct model_cross *x = &m->crosses[i];

		if (x->machine != u->machine || x->then != u->then ||
		    strcmp(x->event, u->event) != 0 ||
		    strcmp(x->then_event, u->then_event) != 0)
			continue;
		x->machine = M_NONE;
		found = true;
	}
	return found;
}

bool
mutant_apply(struct model *m, const struct mutant *u)
{
	bool found = false;

	if (u->then != M_NONE)
		return drop_coupling(m, u);
	for (size_t i = 0; i < m->n_rows; i++) {
		struct flow_row *row = &m->rows[i];

		if (row->machine != u->machine || row->from != u->from ||
		    strcmp(row->event, u->event) != 0)
			continue;
		if (u->guard != G_NONE)
			found |= drop_guard(row, u->guard);
		if (u->to != S_NONE) {
			row->roles = ROLE_SECRETARIAT; /* of itself */
			found = true;
		}
	}
	return found;
}
