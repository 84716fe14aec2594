/* SPDX-License-Identifier: Apache-2.0 */
/* Terms of a certification, its certificates, and its legal end. */
#include "workflow_int.h"

#include "nintei/instant.h"

static struct dossier_term *
term_of(struct dossier *d, int64_t term)
{
	for (size_t i = 0; i < d->n_terms; i++)
		if (d->terms[i].term == term)
			return &d->terms[i];
	return NULL;
}

/* The present term, and the serial of its certificate. */
static void
term_begin(struct dossier *d, const struct dossier_term *t)
{
	struct dossier_certification *c = &d->certification;

	c->term = t->term;
	word_copy(c->valid_from, sizeof(c->valid_from), t->valid_from);
	word_copy(c->valid_through, sizeof(c->valid_through), t->valid_through);
	for (size_t i = 0; i < d->n_artefacts; i++) {
		const struct dossier_artefact *a = &d->artefacts[i];

		if (a->term == t->term && !a->continuation &&
		    a->serial[0] != '\0')
			word_copy(c->serial, sizeof(c->serial), a->serial);
	}
}

/* Printed fields; what is absent stays. */
static void
printed_fold(struct dossier *d, const struct json *j)
{
	struct dossier_certification *c = &d->certification;

	fold_text(j, "service", c->service, sizeof(c->service));
	fold_text(j, "operator", c->operator_name, sizeof(c->operator_name));
	fold_text(j, "corporate_number", c->corporate_number,
	    sizeof(c->corporate_number));
}

static struct dossier_term *
term_add(struct dossier *d, const struct json *j, const struct event *ev)
{
	struct dossier_term *t = PART_ADD(d, terms);

	t->term = jsonx_get_int(j, "term", (int64_t)d->n_terms);
	fold_text(j, "certified_on", t->certified_on, sizeof(t->certified_on));
	word_copy(t->valid_from, sizeof(t->valid_from), t->certified_on);
	fold_text(j, "valid_from", t->valid_from, sizeof(t->valid_from));
	fold_text(
	    j, "valid_through", t->valid_through, sizeof(t->valid_through));
	word_copy(t->decision, sizeof(t->decision), ev->decision_id);
	fold_text(j, "decision", t->decision, sizeof(t->decision));
	word_copy(t->dossier, sizeof(t->dossier), d->id);
	fold_text(j, "case", t->dossier, sizeof(t->dossier));
	t->decided_at = ev->effective_at;
	if (fold_instant(j, "decided_at") != 0)
		t->decided_at = fold_instant(j, "decided_at");
	t->recorded_at = ev->recorded_at;
	return t;
}

static void
fold_create(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	const struct json *j = jsonx_get(ev->data, "certification");
	struct dossier_certification *c = &d->certification;

	(void)s;
	fold_text(j, "number", c->number, sizeof(c->number));
	fold_text(j, "certified_on", c->certified_on, sizeof(c->certified_on));
	printed_fold(d, j);
	c->in_force_from = ev->effective_at;
	term_begin(d, term_add(d, j, ev));
	if (c->term == 1)
		return;
	d->terms[0].term = 1; /* a first term is the first here */
	c->term = 1;
}

/* Does the new term begin where the present one ends? */
static bool
is_chained(const struct dossier *d, const struct dossier_term *t)
{
	int64_t end = day_end(d->certification.valid_through);

	return end != 0 && day_begin(t->valid_from) == end;
}

/*
 * From valid: a chained term waits for its day; one that counts from its
 * decision (renewal_term) takes the place of the rest of the present one, and
 * there is no next term.  From continued and after a gap it begins at once.
 */
static void
fold_renewed(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_term *t = term_add(d, jsonx_get(ev->data, "term"), ev);
	struct dossier_term *old = term_of(d, d->certification.term);
	struct dossier_machine *m =
	    dossier_instance(d, s->machine, s->instance);

	printed_fold(d, jsonx_get(ev->data, "certification"));
	if (s->from == S_CERT_VALID && is_chained(d, t))
		return;
	if (s->from == S_CERT_VALID && old != NULL)
		old->replaced_at = ev->effective_at;
	m->flags &= ~(unsigned)FLAG_NEXT_TERM;
	term_begin(d, t);
	d->certification.ended_at = 0;
	d->certification.ended_recorded_at = 0;
}

static void
fold_next_term(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	const struct dossier_term *t = term_of(d, d->certification.term + 1);

	(void)ev;
	(void)s;
	if (t != NULL && t->void_at == 0)
		term_begin(d, t);
}

/* Terms that would begin at or after the legal end never begin. */
static void
terms_void(struct dossier *d, const struct event *ev)
{
	for (size_t i = 0; i < d->n_terms; i++) {
		struct dossier_term *t = &d->terms[i];

		if (t->term > 1 && t->void_at == 0 &&
		    day_begin(t->valid_from) >= d->certification.ended_at)
			t->void_at = ev->recorded_at;
	}
}

/* A lapse ends by itself on the day of the event (Art. 9(2)). */
static int64_t
legal_end(
    const struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	const struct dossier_succession *by = NULL;
	int64_t day;

	if (s->to == S_CERT_LAPSED && strcmp(ev->machine, "succession") == 0)
		by = dossier_succession_find(d, ev->instance);
	day = by == NULL ? 0 : day_begin(by->event_day);
	return day == 0 ? ev->effective_at : day;
}

static void
fold_certification(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	bool ends = s->to == S_CERT_EXPIRED || s->to == S_CERT_LAPSED ||
	    s->to == S_CERT_TERMINATED || s->to == S_CERT_REVOKED;

	if (strcmp(s->event, "change_recorded") == 0)
		printed_fold(d, jsonx_get(ev->data, "certification"));
	if (!ends)
		return;
	d->certification.ended_at = legal_end(d, ev, s);
	d->certification.ended_recorded_at = ev->recorded_at;
	terms_void(d, ev);
}

/* --- certificates --- */

/* Digits at *p, which moves behind them; 0: none. */
static int64_t
digits(const char **p)
{
	int64_t n = 0;

	while (**p >= '0' && **p <= '9' && n < 1000000)
		n = n * 10 + (*(*p)++ - '0');
	return n;
}

static void
fold_order(struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_artefact *a = PART_ADD(d, artefacts);
	const struct json *term = jsonx_get(ev->data, "term");
	const char *p = s->instance;

	word_copy(a->instance, sizeof(a->instance), s->instance);
	word_copy(a->decision, sizeof(a->decision), ev->decision_id);
	fold_text(term, "decision", a->decision, sizeof(a->decision));
	if (strncmp(p, "x509-", 5) != 0)
		return;
	p += 5;
	a->term = digits(&p);
	a->continuation = strncmp(p, "-c", 2) == 0;
}

static void
fold_sign(struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	for (size_t i = 0; i < d->n_artefacts; i++) {
		struct dossier_artefact *a = &d->artefacts[i];

		if (strcmp(a->instance, s->instance) != 0)
			continue;
		fold_text(ev->data, "serial", a->serial, sizeof(a->serial));
		a->not_after = fold_instant(ev->data, "not_after");
		/* A reissue prints other names from now on. */
		if (!a->continuation && a->term == d->certification.term)
			printed_fold(d, jsonx_get(ev->data, "certification"));
		if (!a->continuation && a->term == d->certification.term)
			word_copy(d->certification.serial,
			    sizeof(d->certification.serial), a->serial);
	}
}

void
fold_term(struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	static const struct fold table[] = {
		{ M_CERTIFICATION, "create", fold_create },
		{ M_CERTIFICATION, "renewed", fold_renewed },
		{ M_CERTIFICATION, "renewed_after_gap", fold_renewed },
		{ M_CERTIFICATION, "next_term_begins", fold_next_term },
		{ M_CERTIFICATION, NULL, fold_certification },
		{ M_ARTEFACT, "order", fold_order },
		{ M_ARTEFACT, "sign", fold_sign },
	};

	fold_run(table, NELEM(table), d, ev, s);
}
