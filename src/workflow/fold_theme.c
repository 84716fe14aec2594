/* SPDX-License-Identifier: Apache-2.0 */
/* A certified service: succession, changes, compliance, mark, emergencies. */
#include "workflow_int.h"

#include "nintei/instant.h"
#include "nintei/themes.h"

/* The last part of this instance, to be changed. */
#define PART_OF(d, items, instance_) \
	part_at((d)->items, (d)->n_##items, sizeof(*(d)->items), (instance_))

/* Every part begins with its instance. */
static void *
part_at(void *items, size_t n, size_t size, const char *instance)
{
	for (size_t i = n; i > 0; i--) {
		char *part = (char *)items + (i - 1) * size;

		if (strcmp(part, instance) == 0)
			return part;
	}
	return NULL;
}

/* --- grounds of Art. 17(1) that events note --- */

static void
ground_add(struct dossier *d, const struct event *ev, int item)
{
	struct dossier_ground *g = PART_ADD(d, grounds);

	g->item = item;
	g->seq = ev->seq;
	g->at = ev->effective_at;
}

static void
fold_grounds(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	static const struct {
		enum machine machine;
		enum state from; /* S_NONE: whichever */
		const char *event;
		int item;
	} noted[] = {
		{ M_COMPLIANCE, S_COMP_INQUIRY, "due_passed", 6 },
		{ M_COMPLIANCE, S_COMP_SURVEY, "survey_refused", 6 },
		{ M_COMPLIANCE, S_COMP_IMPROVING, "due_passed", 7 },
		{ M_EMERGENCY, S_NONE, "discovered_by_body", 5 },
		{ M_EMERGENCY, S_NONE, "progress_due_passed", 5 },
	};

	for (size_t i = 0; i < NELEM(noted); i++)
		if (noted[i].machine == s->machine &&
		    (noted[i].from == S_NONE || noted[i].from == s->from) &&
		    strcmp(noted[i].event, s->event) == 0)
			ground_add(d, ev, noted[i].item);
}

/* --- succession, change_notice, termination --- */

static void
succession_facts(struct dossier_succession *p, const struct json *data)
{
	fold_text(data, "kind", p->kind, sizeof(p->kind));
	fold_text(data, "event_day", p->event_day, sizeof(p->event_day));
	p->survivor = jsonx_get_bool(data, "survivor", p->survivor);
	p->handed_over = jsonx_get_bool(data, "handed_over", p->handed_over);
	p->operator_changed =
	    jsonx_get_bool(data, "operator_changed", p->operator_changed);
	p->doubt = jsonx_get_bool(data, "doubt", p->doubt);
	p->evidence += (int64_t)(jsonx_len(jsonx_get(data, "evidence")) +
	    jsonx_len(jsonx_get(data, "documents")));
}

/* Reported, or a notice of a change that was something else. */
static void
fold_report(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_succession *p = PART_ADD(d, successions);
	const struct dossier_change *from = NULL;

	word_copy(p->instance, sizeof(p->instance), s->instance);
	p->reported_at = ev->effective_at;
	if (strcmp(ev->machine, "change_notice") == 0)
		from = dossier_change_find(d, ev->instance);
	if (from != NULL) {
		word_copy(p->event_day, sizeof(p->event_day), from->event_day);
		p->reported_at = from->notified_at;
		p->evidence = 1; /* the notice itself */
	}
	succession_facts(p, ev->data);
}

static void
fold_evidence(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_succession *p = PART_OF(d, successions, s->instance);

	if (p != NULL)
		succession_facts(p, ev->data);
}

static void
fold_change(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_change *p = PART_ADD(d, changes);

	word_copy(p->instance, sizeof(p->instance), s->instance);
	fold_text(ev->data, "event_day", p->event_day, sizeof(p->event_day));
	p->notified_at = ev->effective_at;
	p->record = jsonx_get_int(ev->data, "notice_record", 0);
}

static void
fold_record(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_change *p = PART_OF(d, changes, s->instance);

	if (p == NULL)
		return;
	p->recorded_at = ev->effective_at;
	p->printed = jsonx_get_bool(ev->data, "printed", false);
	p->doubt = jsonx_get_bool(ev->data, "doubt", false);
}

static void
fold_file(struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_termination *p = PART_ADD(d, terminations);

	word_copy(p->instance, sizeof(p->instance), s->instance);
	fold_text(ev->data, "last_day", p->last_day, sizeof(p->last_day));
	p->filed_at = ev->effective_at;
	p->waits = true;
}

static void
fold_confirm(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_termination *p = PART_OF(d, terminations, s->instance);

	if (p == NULL)
		return;
	word_copy(p->decision, sizeof(p->decision), ev->decision_id);
	p->waits = jsonx_get_bool(ev->data, "waits", true);
}

/* --- compliance and mark --- */

static void
dates_fold(struct dossier_compliance *c, const struct json *data)
{
	static const char *const members[] = { "inquiry_due_at",
		"improvement_due_at", "answer_due_at" };
	int64_t *dates[] = { &c->inquiry_due_at, &c->improvement_due_at,
		&c->answer_due_at };

	for (size_t i = 0; i < NELEM(members); i++)
		if (jsonx_get(data, members[i]) != NULL)
			*dates[i] = fold_instant(data, members[i]);
}

/* A due date stands once, and only in the state that waits for it. */
static void
fold_compliance(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_compliance *c = &d->compliance;

	if (s->to == S_COMP_NONE)
		c->opened_seq = 0;
	else if (c->opened_seq == 0 && s->to != S_COMP_CLOSED)
		c->opened_seq = ev->seq;
	if (strcmp(s->event, "inquire") == 0)
		c->silence_counts =
		    jsonx_get_bool(ev->data, "silence_counts", true);
	if (strcmp(s->event, "publish_improvement") == 0)
		c->improvement_public = true;
	if (strcmp(s->event, "request_improvement") == 0)
		c->improvement_public = false;
	dates_fold(c, ev->data);
	if (s->to != S_COMP_INQUIRY || strcmp(s->event, "due_passed") == 0 ||
	    strcmp(s->event, "answer") == 0)
		c->inquiry_due_at = 0;
	if (s->to != S_COMP_IMPROVING || strcmp(s->event, "due_passed") == 0)
		c->improvement_due_at = 0;
	if (s->to != S_COMP_PROPOSED ||
	    strcmp(s->event, "operator_answer") == 0)
		c->answer_due_at = 0;
	if (strcmp(s->event, "revoke") == 0 && !dossier_in_force(d))
		d->certification.revocation_found_at = ev->effective_at;
}

/* What is found while a case runs joins it (REGULATION 5). */
static void
finding_join(struct dossier *d)
{
	enum state s = dossier_state(d, M_COMPLIANCE, "1");

	if (s != S_NONE && s != S_COMP_NONE && s != S_COMP_CLOSED)
		d->compliance.joined++;
}

static void
fold_misuse(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	unsigned broken = theme_breaches_read(jsonx_get(ev->data, "breaches"));

	(void)s;
	for (int n = 1; n <= 6; n++) {
		struct dossier_breach *b;

		if ((broken & THEME_ITEM((unsigned)n)) == 0)
			continue;
		b = PART_ADD(d, breaches);
		b->paragraph = n;
		b->seq = ev->seq;
		b->at = ev->effective_at;
	}
	if ((broken & THEME_MARK_GROUND) != 0)
		ground_add(d, ev, 3);
	finding_join(d);
}

static void
fold_fixed(struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	(void)s;
	for (size_t i = 0; i < d->n_breaches; i++)
		if (d->breaches[i].fixed_at == 0)
			d->breaches[i].fixed_at = ev->effective_at;
}

static void
fold_doubt(struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	(void)s;
	if (jsonx_get_bool(ev->data, "doubt", false))
		finding_join(d);
}

/* --- emergency --- */

static void
fold_emergency(
    struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	struct dossier_emergency *p = s->from == S_NONE
	    ? PART_ADD(d, emergencies)
	    : PART_OF(d, emergencies, s->instance);
	bool told = strcmp(s->event, "notify") == 0;

	if (p == NULL)
		return;
	word_copy(p->instance, sizeof(p->instance), s->instance);
	p->late = p->late || s->to == S_EMERGENCY_UNREPORTED;
	if (fold_instant(ev->data, "occurred_at") != 0)
		p->occurred_at = fold_instant(ev->data, "occurred_at");
	if (fold_instant(ev->data, "discovered_at") != 0)
		p->discovered_at = fold_instant(ev->data, "discovered_at");
	if (told) {
		p->notified_at = fold_instant(ev->data, "notified_at");
		if (p->notified_at == 0)
			p->notified_at = ev->effective_at;
	}
	if (strcmp(s->event, "progress") == 0)
		p->progress++;
	p->cause = p->cause || jsonx_get_bool(ev->data, "cause", false);
	p->measures =
	    p->measures || jsonx_get_bool(ev->data, "measures", false);
	p->progress_due_at = s->to == S_EMERGENCY_OPEN
	    ? fold_instant(ev->data, "progress_due_at")
	    : 0;
}

void
fold_theme(struct dossier *d, const struct event *ev, const struct flow_step *s)
{
	static const struct fold table[] = {
		{ M_SUCCESSION, "report", fold_report },
		{ M_SUCCESSION, "evidence", fold_evidence },
		{ M_CHANGE_NOTICE, "notify", fold_change },
		{ M_CHANGE_NOTICE, "record", fold_record },
		{ M_CHANGE_NOTICE, "record", fold_doubt },
		{ M_TERMINATION, "file", fold_file },
		{ M_TERMINATION, "file_without_paper", fold_file },
		{ M_TERMINATION, "confirm", fold_confirm },
		{ M_COMPLIANCE, NULL, fold_grounds },
		{ M_COMPLIANCE, NULL, fold_compliance },
		{ M_MARK, "misuse_found", fold_misuse },
		{ M_MARK, "fixed", fold_fixed },
		{ M_MARK, "fixed_after_end", fold_fixed },
		{ M_EMERGENCY, NULL, fold_grounds },
		{ M_EMERGENCY, NULL, fold_emergency },
	};

	fold_run(table, NELEM(table), d, ev, s);
}
