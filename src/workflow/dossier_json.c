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

/* A member that is absent where there is no text. */
static void
set_text(struct json *j, const char *key, const char *text)
{
	if (text[0] != '\0')
		jsonx_set_str(j, key, text);
}

static void
set_instant(struct json *j, const char *key, int64_t at)
{
	char text[INSTANT_TEXT];

	if (at != 0)
		jsonx_set_str(j, key, instant_format(at, text));
}

struct json *
dossier_terms_json(const struct dossier *d)
{
	struct json *array = jsonx_array();

	for (size_t i = 0; i < d->n_terms; i++) {
		const struct dossier_term *t = &d->terms[i];
		struct json *j = jsonx_object();

		jsonx_set_int(j, "term", t->term);
		set_text(j, "certified_on", t->certified_on);
		set_text(j, "valid_from", t->valid_from);
		set_text(j, "valid_through", t->valid_through);
		set_text(j, "decision_id", t->decision);
		set_text(j, "case", t->dossier);
		set_instant(j, "void_at", t->void_at);
		set_instant(j, "replaced_at", t->replaced_at);
		jsonx_add(array, j);
	}
	return array;
}
