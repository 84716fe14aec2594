/* SPDX-License-Identifier: Apache-2.0 */
/* What acts on the application, its fee, seats and decisions leave behind. */
#include "workflow_int.h"

#include "nintei/digest.h"
#include "nintei/instant.h"

void
fold_run(const struct fold *table, size_t n, struct dossier *d,
    const struct event *ev, const struct flow_step *s)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].machine == s->machine &&
		    (table[i].event == NULL ||
			strcmp(table[i].event, s->event) == 0))
			table[i].fn(d, ev, s);
}

void
fold_text(const struct json *j, const char *key, char *out, size_t cap)
{
	const char *text = jsonx_get_str(j, key);

	if (text != NULL)
		word_copy(out, cap, text);
}

int64_t
fold_instant(const struct json *j, const char *key)
{
	const char *text = jsonx_get_str(j, key);
	struct err e = ERR_INIT;
	int64_t at;

	return text != NULL && instant_parse(text, &at, &e) == 0 ? at : 0;
}

int64_t
day_begin(const char *day)
{
	struct err e = ERR_INIT;
	struct jday d;

	return jday_parse(day, &d, &e) == 0 ? instant_of_jday(d) : 0;
}

int64_t
day_end(const char *day)
{
	struct err e = ERR_INIT;
	struct jday d;

	return jday_parse(day, &d, &e) == 0
	    ? instant_of_jday(jday_add_days(d, 1))
	    : 0;
}

/* --- bundle and application --- */

static void
fold_bundle_made(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	(void)ev;
	(void)s;
	d->bundles++;
}

static void
fold_bundle(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	(void)s;
	fold_text(jsonx_get(ev->data, "bundle"), "sha256", d->bundle,
	    sizeof(d->bundle));
	d->complete = jsonx_get_bool(ev->data, "complete", false);
	d->to_correct =
	    jsonx_get_int(jsonx_get(ev->data, "findings"), "correct", 0);
	d->existence[0] = '\0';
	fold_text(jsonx_get(ev->data, "existence"), "grade", d->existence,
	    sizeof(d->existence));
	d->correction_due_at = fold_instant(ev->data, "correction_due_at");
}

/* A paper application is written by staff: the applicant may have an id. */
static void
fold_submit(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	const struct json *fee = jsonx_get(ev->data, "fee");

	fold_bundle(d, ev, s);
	fold_text(ev->data, "kind", d->kind, sizeof(d->kind));
	fold_text(ev->data, "base", d->base, sizeof(d->base));
	if (ev->role != NULL && role_parse(ev->role) == ROLE_APPLICANT)
		word_copy(d->applicant, sizeof(d->applicant), ev->actor);
	else
		fold_text(
		    ev->data, "applicant", d->applicant, sizeof(d->applicant));
	d->received_at = fold_instant(ev->data, "received_at");
	d->fee_amount = jsonx_get_int(fee, "amount", 0);
	d->fee_due_at = fold_instant(fee, "due_at");
}

static void
fold_correction(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	(void)s;
	d->correction_due_at = fold_instant(ev->data, "correction_due_at");
}

static void
fold_pay(struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	(void)s;
	d->fee_received += jsonx_get_int(ev->data, "amount", 0);
}

/* A person links numbers of the same service for Art. 8. */
static void
fold_lineage(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	const struct json *list = jsonx_get(ev->data, "lineage");

	(void)s;
	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *number = jsonx_str(jsonx_at(list, i));

		if (number != NULL && d->n_lineage < NELEM(d->lineage))
			word_copy(d->lineage[d->n_lineage++],
			    sizeof(d->lineage[0]), number);
	}
}

/* Who reviews, as the last acceptance has it. */
static void
fold_reviewers(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	const struct json *list = jsonx_get(ev->data, "reviewers");

	(void)s;
	d->n_reviewers = 0;
	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *who = jsonx_str(jsonx_at(list, i));

		if (who != NULL && d->n_reviewers < NELEM(d->reviewers))
			word_copy(d->reviewers[d->n_reviewers++],
			    sizeof(d->reviewers[0]), who);
	}
}

/* --- decisions --- */

static void
review_hash(const struct json *review, char out[DOSSIER_HASH])
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_EVENT_BYTES);

	if (review == NULL)
		return;
	jsonx_canonical(review, &b);
	sha256_hex(buf_slice(&b), out);
}

static void
fold_freeze(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	const struct json *j = jsonx_get(ev->data, "decision");
	struct dossier_decision *dec = dossier_decision_new(d, s->instance);

	fold_text(j, "kind", dec->kind, sizeof(dec->kind));
	fold_text(j, "outcome", dec->outcome, sizeof(dec->outcome));
	fold_text(j, "case_basis", dec->basis, sizeof(dec->basis));
	fold_text(j, "sha256", dec->sha256, sizeof(dec->sha256));
	fold_text(j, "grounds", dec->grounds, sizeof(dec->grounds));
	fold_text(j, "instance", dec->instance, sizeof(dec->instance));
	fold_text(
	    j, "certified_on", dec->certified_on, sizeof(dec->certified_on));
	word_copy(dec->proposer, sizeof(dec->proposer), ev->actor);
	dec->needed = jsonx_get_int(j, "needed", 0);
	dec->expires_at = fold_instant(j, "expires_at");
	review_hash(jsonx_get(ev->data, "review"), dec->review);
}

/* An approval or an objection; what is no objection is the row's word. */
static void
fold_signature(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_signature *sig;

	for (size_t i = 0; i < d->n_decisions; i++) {
		struct dossier_decision *dec = &d->decisions[i];

		if (strcmp(dec->id, s->instance) != 0 ||
		    dec->n_signatures == DOSSIER_SIGNATURES)
			continue;
		sig = &dec->signatures[dec->n_signatures++];
		word_copy(sig->person, sizeof(sig->person), ev->actor);
		sig->objection = strcmp(s->event, "object") == 0;
		sig->at = ev->recorded_at;
		return;
	}
}

/* --- seats --- */

static struct dossier_seat *
seat_of(struct dossier *d, const char *instance)
{
	for (size_t i = d->n_seats; i > 0; i--)
		if (strcmp(d->seats[i - 1].instance, instance) == 0)
			return &d->seats[i - 1];
	return NULL;
}

static void
fold_invite(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_seat *seat = PART_ADD(d, seats);

	word_copy(seat->instance, sizeof(seat->instance), s->instance);
	word_copy(seat->person, sizeof(seat->person), s->instance);
	if (strcmp(ev->event, "invite") == 0)
		fold_text(
		    ev->data, "person", seat->person, sizeof(seat->person));
}

static void
fold_opine(struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_seat *seat = seat_of(d, s->instance);

	if (seat == NULL)
		return;
	seat->opined_seq = ev->seq;
	seat->favourable = jsonx_get_bool(ev->data, "favourable", false);
}

static void
fold_conflict(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_seat *seat = seat_of(d, s->instance);

	(void)ev;
	if (seat != NULL)
		seat->late = s->from == S_SEAT_OPINED;
}

void
fold_case(struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	static const struct fold table[] = {
		{ M_BUNDLE, "open", fold_bundle_made },
		{ M_BUNDLE, "register_paper", fold_bundle_made },
		{ M_APPLICATION, "submit", fold_submit },
		{ M_APPLICATION, "submit_paper", fold_submit },
		{ M_APPLICATION, "submit_paper_part", fold_submit },
		{ M_APPLICATION, "resubmit", fold_bundle },
		{ M_APPLICATION, "request_correction", fold_correction },
		{ M_APPLICATION, "request_correction", fold_lineage },
		{ M_APPLICATION, "accept", fold_reviewers },
		{ M_FEE, "pay", fold_pay },
		{ M_FEE, "pay", fold_lineage },
		{ M_FEE, "pay_part", fold_pay },
		{ M_SEAT, "invite", fold_invite },
		{ M_SEAT, "opine", fold_opine },
		{ M_SEAT, "conflict_found", fold_conflict },
		{ M_DECISION, "freeze", fold_freeze },
		{ M_DECISION, "sign", fold_signature },
		{ M_DECISION, "object", fold_signature },
	};

	fold_run(table, NELEM(table), d, ev, s);
}
