/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the case document (INTERFACE 7). */
#include "workflow_int.h"

#include <string.h>

#include "nintei/instant.h"

static struct json *
flags_json(unsigned flags)
{
	struct json *array = jsonx_array();

	for (unsigned bit = 1; bit <= FLAG_ENDED; bit <<= 1)
		if ((flags & bit) != 0)
			jsonx_add_str(array, flag_name(bit));
	return array;
}

struct json *
dossier_machines_json(const struct dossier *d)
{
	struct json *array = jsonx_array();

	for (size_t i = 0; i < d->n_machines; i++) {
		const struct dossier_machine *m = &d->machines[i];
		struct json *j = jsonx_object();

		jsonx_set_str(j, "machine", machine_name(m->machine));
		jsonx_set_str(j, "instance", m->instance);
		jsonx_set_str(j, "state", state_name(m->state));
		jsonx_set(j, "flags", flags_json(m->flags));
		jsonx_add(array, j);
	}
	return array;
}

struct json *
dossier_decisions_json(const struct dossier *d)
{
	struct json *array = jsonx_array();

	for (size_t i = 0; i < d->n_decisions; i++) {
		const struct dossier_decision *dec = &d->decisions[i];
		struct json *j = jsonx_object();

		jsonx_set_str(j, "decision_id", dec->id);
		jsonx_set_str(j, "kind", dec->kind);
		jsonx_set_str(j, "state",
		    state_name(dossier_state(d, M_DECISION, dec->id)));
		jsonx_add(array, j);
	}
	return array;
}

static struct json *
signatures_json(const struct dossier_decision *dec)
{
	struct json *array = jsonx_array();

	for (size_t i = 0; i < dec->n_signatures; i++) {
		const struct dossier_signature *s = &dec->signatures[i];
		struct json *j = jsonx_object();
		char at[INSTANT_TEXT];

		jsonx_set_str(j, "person", s->person);
		jsonx_set_str(
		    j, "answer", s->objection ? "objection" : "decision");
		jsonx_set_str(j, "at", instant_format(s->at, at));
		jsonx_add(array, j);
	}
	return array;
}

struct json *
dossier_decision_json(
    const struct dossier *d, const struct dossier_decision *dec)
{
	struct json *j = jsonx_object();
	char at[INSTANT_TEXT];

	jsonx_set_str(j, "decision_id", dec->id);
	jsonx_set_str(j, "case", d->id);
	jsonx_set_str(j, "kind", dec->kind);
	jsonx_set_str(j, "outcome", dec->outcome);
	jsonx_set_str(
	    j, "state", state_name(dossier_state(d, M_DECISION, dec->id)));
	jsonx_set_int(j, "needed", dec->needed);
	jsonx_set(j, "signatures", signatures_json(dec));
	jsonx_set_str(j, "expires_at", instant_format(dec->expires_at, at));
	return j;
}

/* A deadline on the civil day before which an instant lies. */
static void
add_deadline(
    struct json *array, struct jday day, const char *what, const char *article)
{
	struct json *j = jsonx_object();
	char text[JDAY_TEXT];

	jsonx_set_str(j, "date", jday_format(day, text));
	jsonx_set_str(j, "what", what);
	jsonx_set_str(j, "article", article);
	jsonx_add(array, j);
}

/* The last day that lies wholly before an instant. */
static struct jday
last_day(int64_t instant)
{
	return jday_of_instant(instant - 1);
}

static void
add_decisions(const struct dossier *d, struct json *array)
{
	for (size_t i = 0; i < d->n_decisions; i++) {
		const struct dossier_decision *dec = &d->decisions[i];
		enum state s = dossier_state(d, M_DECISION, dec->id);

		if (s == S_DEC_OPEN || s == S_DEC_APPROVED)
			add_deadline(array, last_day(dec->expires_at),
			    "decision_expires", "");
	}
}

struct json *
dossier_deadlines(const struct dossier *d)
{
	struct json *array = jsonx_array();
	struct err e = ERR_INIT;
	struct jday day;

	if (dossier_state(d, M_FEE, "1") == S_FEE_DUE && d->fee_due_at != 0)
		add_deadline(array, last_day(d->fee_due_at), "fee_due", "5(1)");
	if (dossier_state(d, M_APPLICATION, "1") == S_APP_CORRECTING &&
	    d->correction_due_at != 0)
		add_deadline(array, last_day(d->correction_due_at),
		    "correction_due", "4(1)");
	add_decisions(d, array);
	if (dossier_in_force(d) &&
	    jday_parse(d->certification.valid_through, &day, &e) == 0)
		add_deadline(array, day, "valid_through", "9(1)");
	return array;
}
