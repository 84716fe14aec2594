/* SPDX-License-Identifier: Apache-2.0 */
/* Executing what ends a certification, carries it on or reprints it. */
#include "execute_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/detail.h"
#include "nintei/term.h"

/* What the decision says besides, canonical; empty where it has nothing. */
static int
detail_bytes(const struct execution *x, struct buf *out, struct err *e)
{
	if (decision_get(x->proof->decision, "detail") == NULL)
		return 0;
	return office_detail(x->o, x->d, x->dec->id, out, e);
}

/* Its effect comes later, when its life is over: the signer notes it now. */
static int
note(struct execution *x, struct err *e)
{
	CLEANUP(buf_free) struct buf detail = BUF_INIT(LIMIT_DECISION_BYTES);
	struct sign_note m = { 0 };

	if (detail_bytes(x, &detail, e) < 0)
		return -1;
	sign_proof_of(x->proof, &m.proof);
	m.detail = buf_slice(&detail);
	return signer_note_decision(&x->o->signer, &m, e);
}

int
prepare_continuation(struct execution *x, struct err *e)
{
	CLEANUP(relation_done) struct relation of = { 0 };
	struct flow_facts facts = { 0 };

	if (office_relation(x->o, x->d, &of, &facts, e) < 0)
		return -1;
	if (of.pending[0] != '\0')
		jsonx_set_str(x->w->data, "renewal", of.pending);
	return note(x, e);
}

/* Art. 9(2): the end has come by itself; the decision declares it. */
int
prepare_lapse(struct execution *x, struct err *e)
{
	CLEANUP(buf_free) struct buf detail = BUF_INIT(LIMIT_DECISION_BYTES);
	struct detail_lapse said;
	char day[JDAY_TEXT];

	if (detail_bytes(x, &detail, e) < 0 ||
	    detail_lapse_read(buf_slice(&detail), &said, e) < 0)
		return -1;
	jsonx_set_str(x->w->data, "event_day", jday_format(said.day, day));
	return office_show_end(x->o, x->d, x->proof, e);
}

int
prepare_termination(struct execution *x, struct err *e)
{
	const struct scheme *s = scheme_find(x->o->schemes, x->d->scheme);

	if (s != NULL)
		jsonx_set_bool(x->w->data, "waits",
		    s->params.termination_waits_for_revocation);
	return note(x, e);
}

/* The last day may be over already: then it takes effect at once. */
int
after_termination(struct execution *x, struct err *e)
{
	return office_clock(x->o, x->d, x->now, e);
}

/* A certificate whose end has passed is not printed again (Art. 13(1)). */
int
office_may_reissue(const struct dossier *d, int64_t now, struct err *e)
{
	struct jday last;

	if (!dossier_in_force(d))
		return err_set(
		    e, E_FLOW_STEP, "the certification is not in force");
	if (jday_parse(d->certification.valid_through, &last, e) < 0)
		return -1;
	if (now < instant_of_jday(jday_add_days(last, 1)))
		return 0;
	return err_set(e, E_FLOW_STEP,
	    "the term is over: its renewal prints what has changed");
}

int
prepare_reissue(struct execution *x, struct err *e)
{
	return office_may_reissue(x->d, x->now, e);
}

/* Ordered by this act; issued like any other artefact. */
int
after_issue(struct execution *x, struct err *e)
{
	if (office_issue(x->o, x->d, e) == 0)
		return 0;
	x->o->unfinished = true; /* the clock tries again */
	return -1;
}

/* "x509-<term>-<n>": the n-th that the term has besides its first. */
void
reissue_instance(const struct dossier *d, char out[LIMIT_ID_BYTES + 1])
{
	int64_t term = d->certification.term;
	size_t n = 2;

	for (size_t i = 0; i < d->n_artefacts; i++)
		n += d->artefacts[i].term == term &&
		    !d->artefacts[i].continuation &&
		    strchr(d->artefacts[i].instance + 5, '-') != NULL;
	snprintf(out, LIMIT_ID_BYTES + 1, "x509-%lld-%zu", (long long)term, n);
}
