/* SPDX-License-Identifier: Apache-2.0 */
/* Dossiers about a certification: renewal, change, end of the service. */
#include "submit_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/term.h"

#define ROW_BYTES MIB(2)

static int
unknown(struct arrival *a, struct err *e)
{
	intake_number_unknown(&a->v->findings, a->in->number);
	a->refused = true;
	return err_set(e, E_BUNDLE_REFUSED, "%zu findings; nothing was kept",
	    a->v->findings.n);
}

/* The case in which the number was given; NULL: there is none. */
static int
case_of(struct arrival *a, struct dossier **out, struct err *e)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(ROW_BYTES);
	struct index_certification row;
	struct err none = ERR_INIT;

	*out = NULL;
	if (index_certification_get(
		a->o->index, a->in->number, &hold, &row, &none) < 0) {
		if (none.code == E_NOT_FOUND)
			return 0;
		*e = none;
		return -1;
	}
	if (strcmp(row.scheme, a->in->scheme->id) != 0)
		return 0;
	return office_load(a->o, row.dossier, out, e);
}

/* Whose dossier it is: on paper that of the transcription. */
int
arrival_number(struct arrival *a, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;

	if (a->in->number == NULL)
		return unknown(a, e);
	if (case_of(a, &d, e) < 0)
		return -1;
	if (d == NULL || strcmp(d->applicant, arrival_applicant(a)) != 0)
		return unknown(a, e);
	if (a->in->kind == DOSSIER_RENEWAL) {
		snprintf(a->base, sizeof(a->base), "%s", d->id);
		return 0;
	}
	a->notice = true;
	snprintf(a->id, sizeof(a->id), "%s", d->id);
	a->next_n =
	    d->n_documents == 0 ? 1 : d->documents[d->n_documents - 1].n + 1;
	return 0;
}

/* --- renewal --- */

void
renewal_data(struct arrival *a)
{
	enum intake_declared said = intake_declaration(a->in);

	/* Of other words, and of a paper, a person judges. */
	if (said == DECLARED_KEPT || said == DECLARED_NOT_KEPT)
		jsonx_set_bool(a->w.data, "mark_kept", said == DECLARED_KEPT);
	if (!a->correction)
		jsonx_set_str(a->w.data, "base", a->base);
}

/*
 * Received outside of the window: an approved decision may allow it, if what
 * is stored of it proves that still.
 */
static int
late_note(struct arrival *a, struct flow_facts *f, struct err *e)
{
	const struct dossier *base = a->of.base;
	const struct dossier_decision *dec =
	    dossier_decision_live(base, "late_allowed");
	struct term_rule rule = scheme_term_rule(a->in->scheme);
	struct err none = ERR_INIT;
	struct jday last;
	struct term t;

	if (dec == NULL ||
	    dossier_state(base, M_DECISION, dec->id) != S_DEC_APPROVED ||
	    jday_parse(base->certification.valid_through, &last, &none) < 0)
		return 0;
	term_window(last, &rule, &t);
	if (term_window_open(&t, arrival_received(a)))
		return 0;
	jsonx_set_str(a->w.data, "late_allowed", dec->id);
	return office_proved(
	    a->o, base, dec->id, a->v->now, &f->approvals_verified, e);
}

int
renewal_facts(struct arrival *a, struct flow_facts *f, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *of = dossier_new("");

	relation_done(&a->of);
	snprintf(of->base, sizeof(of->base), "%s", a->base);
	if (office_relation(a->o, of, &a->of, f, e) < 0)
		return -1;
	return a->correction ? 0 : late_note(a, f, e);
}

/* Art. 12(1): from the opening to the end of the last day. */
void
renewal_window(struct arrival *a)
{
	const struct dossier *base = a->of.base;
	struct term_rule rule = scheme_term_rule(a->in->scheme);
	struct err none = ERR_INIT;
	struct jday last;
	struct term t;

	if (base == NULL || a->correction ||
	    jday_parse(base->certification.valid_through, &last, &none) < 0)
		return;
	term_window(last, &rule, &t);
	a->v->since = instant_of_jday(t.window_opens);
	a->v->until = instant_of_jday(jday_add_days(t.window_closes, 1));
}

/* --- change and termination --- */

static enum machine
notice_machine(const struct arrival *a)
{
	return a->in->kind == DOSSIER_CHANGE ? M_CHANGE_NOTICE : M_TERMINATION;
}

char *
bundle_instance(const struct dossier *d)
{
	return xasprintf("%zu", dossier_instances(d, M_BUNDLE) + 1);
}

/* Where the paper certificate is: NULL: still with the operator. */
static const char *
paper_word(const struct dossier *d)
{
	const struct dossier_machine *paper = dossier_last(d, M_PAPER);

	if (paper != NULL && paper->state == S_PAPER_RETURNED)
		return "returned";
	if (paper != NULL && paper->state == S_PAPER_LOST)
		return "loss_statement";
	return NULL;
}

struct flow_link
notice_link(const struct arrival *a, const struct dossier *d, char instance[24])
{
	enum machine m = notice_machine(a);

	snprintf(instance, 24, "%zu", dossier_instances(d, m) + 1);
	if (m == M_CHANGE_NOTICE)
		return (struct flow_link){ m, instance, "notify" };
	return (struct flow_link){ m, instance,
		paper_word(d) != NULL ? "file" : "file_without_paper" };
}

int
notice_check(struct arrival *a, const struct dossier *d, struct err *e)
{
	const struct dossier_machine *last = dossier_last(d, M_TERMINATION);

	if (a->in->kind != DOSSIER_TERMINATION || last == NULL ||
	    state_is_final(last->state))
		return 0;
	a->v->refusal.machine = M_TERMINATION;
	a->v->refusal.state = last->state;
	snprintf(a->v->refusal.event, sizeof(a->v->refusal.event), "file");
	return err_set(
	    e, E_FLOW_STEP, "a termination is filed already: retract it first");
}

/* A day of form A, as YYYY-MM-DD; the guard form_ok misses it. */
static void
put_day(struct arrival *a, const char *field, const char *member)
{
	struct jday day;
	char text[JDAY_TEXT];

	if (intake_form_date(a->in, field, &day))
		jsonx_set_str(a->w.data, member, jday_format(day, text));
}

void
notice_data(struct arrival *a, const struct dossier *d)
{
	if (a->in->kind == DOSSIER_CHANGE) {
		put_day(a, "change_date", "event_day");
		return;
	}
	put_day(a, "service_end", "last_day");
	if (paper_word(d) != NULL)
		jsonx_set_str(a->w.data, "paper", paper_word(d));
}
