/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the register of corporate numbers says happened to certified operators:
 * tasks for staff, derived from records whenever somebody looks.
 */
#include "office_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/log.h"
#include "nintei/numbers_watch.h"

#define PAGE_ROWS 100

/* A certification in force, as far as the register is concerned. */
struct watched {
	const char *dossier;
	const char *corporate_number;
	const char *operator_name;
	const char *certified_on;
	struct json *out; /* list of tasks; NULL: log them */
	uint64_t n;
};

/* The name that the certification has already is no change to it. */
static bool
is_known(const struct watched *w, const struct numbers_change *c)
{
	return c->event == NUMBERS_EV_NAME && w->operator_name != NULL &&
	    registry_name_compare(
		w->operator_name, c->entry->field[NUMBER_NAME]) == NAME_SAME;
}

static int
task_fn(const struct numbers_change *c, void *arg, struct err *e)
{
	struct watched *w = arg;
	struct json *o;

	(void)e;
	if (is_known(w, c))
		return 0;
	w->n++;
	if (w->out == NULL) {
		log_ev(LOG_L_WARN, "register.change", "case", w->dossier,
		    "event", numbers_event_name(c->event), "article",
		    numbers_event_article(c->event), NULL);
		return 0;
	}
	o = jsonx_object();
	jsonx_set_str(
	    o, "date", c->legal_day[0] != '\0' ? c->legal_day : c->day);
	jsonx_set_str(o, "what", numbers_event_task(c->event));
	jsonx_set_str(o, "article", numbers_event_article(c->event));
	jsonx_set_str(o, "register", numbers_event_name(c->event));
	jsonx_set_str(o, "published", c->entry->field[NUMBER_UPDATE_DATE]);
	jsonx_add(w->out, o);
	return 0;
}

/* What was published after the certification: before, it was examined. */
static int
watch_one(struct office *o, struct watched *w, struct err *e)
{
	struct err why = ERR_INIT;
	struct jday day;
	char since[JDAY_TEXT];

	if (w->corporate_number == NULL ||
	    registry_number_check(w->corporate_number) != NUMBER_FAULT_NONE ||
	    w->certified_on == NULL ||
	    jday_parse(w->certified_on, &day, &why) < 0)
		return 0;
	jday_format(jday_add_days(day, 1), since);
	return numbers_changes(
	    o->numbers, w->corporate_number, since, task_fn, w, e);
}

void
office_register_tasks(
    struct office *o, const struct dossier *d, struct json *deadlines)
{
	struct watched w = { .dossier = d->id,
		.corporate_number = d->certification.corporate_number,
		.operator_name = d->certification.operator_name,
		.certified_on = d->certification.certified_on,
		.out = deadlines };
	struct err why = ERR_INIT;

	/* A case is shown without the register too. */
	if (dossier_in_force(d) && watch_one(o, &w, &why) < 0)
		log_err("register.tasks", &why, NULL);
}

/* --- the clock: a register that is new --- */

struct sweep {
	struct office *o;
	char *last; /* number of the last row; owned */
	unsigned rows;
	uint64_t touched;
};

static int
sweep_fn(const struct index_certification *row, void *arg, struct err *e)
{
	struct sweep *s = arg;
	struct watched w = { .dossier = row->dossier,
		.corporate_number = row->corporate_number,
		.operator_name = row->operator_name,
		.certified_on = row->certified_on };

	free(s->last);
	s->last = xstrdup(row->number);
	s->rows++;
	if (strcmp(row->state, state_name(S_CERT_VALID)) != 0 &&
	    strcmp(row->state, state_name(S_CERT_ISSUING)) != 0)
		return 0;
	if (watch_one(s->o, &w, e) < 0)
		return -1;
	s->touched += w.n > 0;
	return 0;
}

static int
sweep(struct sweep *s, struct err *e)
{
	CLEANUP(freep) char *after = NULL;
	int rv;

	do {
		struct index_register_query q = { .page = {
						      after, PAGE_ROWS } };

		s->rows = 0;
		rv = index_register_list(s->o->index, &q, sweep_fn, s, e);
		free(after);
		after = TAKE(s->last);
	} while (rv == 0 && s->rows == PAGE_ROWS);
	return rv;
}

void
office_register_tick(struct office *o)
{
	struct numbers_state state;
	struct sweep s = { .o = o };
	struct err e = ERR_INIT;
	char touched[24];

	if (numbers_state(o->numbers, &state, &e) < 0) {
		if (!o->register_failed)
			log_err("register.failed", &e, NULL);
		o->register_failed = true;
		return;
	}
	o->register_failed = false;
	if (state.generation == o->register_seen)
		return;
	if (sweep(&s, &e) < 0) {
		log_err("register.failed", &e, NULL);
		return;
	}
	o->register_seen = state.generation;
	atomic_store(&o->register_touched, s.touched);
	(void)snprintf(touched, sizeof(touched), "%" PRIu64, s.touched);
	log_ev(LOG_L_INFO, "register.seen", "as_of", state.as_of, "touched",
	    touched, NULL);
}

void
office_register_metrics(struct office *o, struct buf *out)
{
	buf_puts(out, "# TYPE nintei_register_touched gauge\n");
	buf_putf(out, "nintei_register_touched %" PRIu64 "\n",
	    (uint64_t)atomic_load(&o->register_touched));
}
