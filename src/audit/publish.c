/* SPDX-License-Identifier: Apache-2.0 */
/* AUDIT-67: what an event makes public, by what right, and what waits. */
#include "audit_int.h"

#include <string.h>

#include "nintei/derive_entry.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/secrecy.h"

/* What an act may publish (Art. 11, 13, 16, 19, 22). */
enum opens {
	OPENS_WHOLE, /* all of a term */
	OPENS_LATER, /* what was withheld */
	OPENS_CHANGE, /* what a notice changed */
	OPENS_KIND /* beside the register */
};
static const struct {
	const char *machine, *event;
	enum opens opens;
	bool must; /* it is not done without */
} acts[] = {
	{ "artefact", "sign", OPENS_WHOLE, true },
	{ "withholding", "deny", OPENS_LATER, false },
	{ "withholding", "lift", OPENS_LATER, false },
	{ "withholding", "give_up", OPENS_LATER, false },
	{ "certification", "change_recorded", OPENS_LATER, false },
	{ "change_notice", "record", OPENS_CHANGE, false },
	{ "compliance", "publish_improvement", OPENS_KIND, true },
	{ "compliance", "improved", OPENS_KIND, false },
	{ "delegation", "publish", OPENS_KIND, true },
	{ "rules", "adopt", OPENS_KIND, true },
};

static const char *
text_of(const struct json *j, const char *key)
{
	const char *text = jsonx_get_str(j, key);

	return text == NULL ? "" : text;
}

static bool
is_signer(const struct dossier_decision *dec, const char *person)
{
	for (size_t i = 0; i < dec->n_signatures; i++)
		if (!dec->signatures[i].objection &&
		    strcmp(dec->signatures[i].person, person) == 0)
			return true;
	return false;
}

/* A term's decision stands in the case that certified it. */
static const struct trail *
decision_trail(const struct audit *a, const struct trail *t, const char *id)
{
	for (size_t i = 0; i < t->d->n_terms; i++) {
		const struct trail *of =
		    keymap_get(&a->cases, t->d->terms[i].dossier);

		if (of != NULL && dossier_decision_find(of->d, id) != NULL)
			return of;
	}
	return t;
}

/* The case whose word on an item counts: the last that asked about it. */
static const struct dossier *
asked_in(const struct audit *a, const struct trail *t, const char *id)
{
	for (size_t i = t->d->n_terms; i > 0; i--) {
		const struct trail *of =
		    keymap_get(&a->cases, t->d->terms[i - 1].dossier);

		if (of != NULL &&
		    dossier_state(of->d, M_WITHHOLDING, id) != S_NONE)
			return of->d;
	}
	return t->d;
}

static const char *
decision_kind(const struct declassification *r)
{
	enum derive_publication p = PUBLICATION_NONE + 1;

	if (strcmp(r->ground, "11-1") == 0)
		return "certify";
	if (strcmp(r->ground, "11-2") == 0)
		return "withholding";
	for (; p < PUBLICATION_MAX; p++)
		if (strcmp(derive_publication_kind(p)->ground, r->ground) == 0)
			return derive_publication_kind(p)->decision;
	return "";
}

/* The record names a decision that was carried out, and who signed it. */
static void
release_decided(
    struct audit *a, const struct trail *t, const struct declassification *r)
{
	const struct trail *of = decision_trail(a, t, r->act);
	const struct dossier_decision *dec =
	    dossier_decision_find(of->d, r->act);

	if (dec == NULL || strcmp(dec->kind, decision_kind(r)) != 0 ||
	    dossier_state(of->d, M_DECISION, dec->id) != S_DEC_EXECUTED) {
		audit_say(a, AUDIT_R67, "a decision that was carried out",
		    "%.60s", r->act);
		return;
	}
	for (size_t i = 0; i < NELEM(r->officer); i++)
		if (r->officer[i] != NULL && !is_signer(dec, r->officer[i]))
			audit_say(a, AUDIT_R67, "who signed the decision",
			    "%.60s", r->officer[i]);
}

static bool
ground_fits(enum opens opens, const char *ground, const char *kind)
{
	enum derive_publication p = derive_publication_parse(kind);

	switch (opens) {
	case OPENS_WHOLE:
		return strcmp(ground, "11-1") == 0;
	case OPENS_LATER:
		return strcmp(ground, "11-1") == 0 ||
		    strcmp(ground, "11-2") == 0;
	case OPENS_CHANGE:
		return strcmp(ground, "13-1") == 0;
	case OPENS_KIND:
		return p != PUBLICATION_NONE &&
		    strcmp(ground, derive_publication_kind(p)->ground) == 0;
	}
	return false;
}

static void
release_judge(struct audit *a, const struct trail *t, enum opens opens,
    const struct json *data)
{
	const struct json *j = jsonx_get(data, "release");
	const char *kind = text_of(jsonx_get(data, "publication"), "kind");
	struct declassification r = { 0 };
	struct err why = ERR_INIT;

	if (declassification_read(j, &r, &why) < 0) {
		audit_say(a, AUDIT_R67, "a whole record of declassification",
		    "%.150s", why.detail);
		return;
	}
	if (!ground_fits(opens, r.ground, kind)) {
		audit_say(
		    a, AUDIT_R67, "the ground of this act", "%.20s", r.ground);
		return;
	}
	if (opens != OPENS_CHANGE)
		release_decided(a, t, &r);
	else if (strcmp(r.act, text_of(a->it->event, "instance")) != 0)
		audit_say(a, AUDIT_R67, "the notice itself", "%.60s", r.act);
}

static const struct json *
item_before(const struct trail *t, const char *id)
{
	const struct json *items = jsonx_get(pub_json(t->entry), "items");

	for (size_t i = 0; i < jsonx_len(items); i++)
		if (strcmp(text_of(jsonx_at(items, i), "id"), id) == 0)
			return jsonx_at(items, i);
	return NULL;
}

/* What comes later has the hash that stood in its place. */
static void
later_judge(struct audit *a, const struct trail *t, const struct json *item)
{
	const char *want =
	    text_of(item_before(t, text_of(item, "id")), "withheld");
	const char *value = text_of(item, "value");
	uint8_t salt[32];
	char have[65] = "";
	struct err why = ERR_INIT;

	if (hex_decode(text_of(item, "salt"), salt, sizeof(salt), &why) == 0)
		sec_salted_hash(
		    slice_of(salt, sizeof(salt)), sec_of_signed(value), have);
	if (want[0] == '\0' || strcmp(want, have) != 0)
		audit_say(a, AUDIT_R67, "the value that was withheld",
		    "another for item %.40s", text_of(item, "id"));
}

/* Requested means not published until decided. */
static void
item_judge(struct audit *a, const struct trail *t, const struct json *item,
    enum opens opens)
{
	const char *id = text_of(item, "id");
	enum state s = dossier_state(asked_in(a, t, id), M_WITHHOLDING, id);
	bool waits =
	    s == S_WITHHOLDING_REQUESTED || s == S_WITHHOLDING_WITHHELD;
	bool shown = jsonx_get(item, "value") != NULL;
	bool hidden = jsonx_get(item, "withheld") != NULL;

	if (opens == OPENS_CHANGE && !shown && !hidden)
		return; /* it says nothing any more */
	if (waits == shown || shown == hidden)
		audit_say(a, AUDIT_R67,
		    waits ? "a salted hash alone" : "the value",
		    "another for item %.40s", id);
	if (opens == OPENS_LATER)
		later_judge(a, t, item);
	else if (jsonx_get(item, "salt") != NULL)
		audit_say(a, AUDIT_R67, "no salt", "one for item %.40s", id);
}

/* Beside the register: what the officers signed, in so many words. */
static void
kind_judge(struct audit *a, const struct trail *t, const struct json *data)
{
	const struct json *publication = jsonx_get(data, "publication");
	const char *act = text_of(jsonx_get(data, "release"), "act");
	enum derive_publication p =
	    derive_publication_parse(text_of(publication, "kind"));
	const struct paper *paper = trail_paper(t, act);
	CLEANUP(jsonx_freep) struct json *detail = NULL;
	struct err why = ERR_INIT;
	const char *name;
	bool required;

	if (paper == NULL || p == PUBLICATION_NONE ||
	    p !=
		derive_publication_of(text_of(a->it->event, "machine"),
		    text_of(a->it->event, "event")))
		return; /* said by release_judge, or by the flow */
	if (jsonx_parse(buf_slice(&paper->detail), MIB(1), &detail, &why) < 0)
		detail = jsonx_object();
	for (size_t i = 0;
	     (name = derive_publication_member(p, i, &required)) != NULL; i++)
		if (strcmp(text_of(publication, name), text_of(detail, name)) !=
		    0)
			audit_say(a, AUDIT_R67, "what the officers signed",
			    "another %.40s", name);
}

/* Interim certificates of a continuation publish nothing new. */
static bool
is_whole_artefact(const struct json *event)
{
	const char *instance = text_of(event, "instance");

	return strncmp(instance, "x509-", 5) == 0 &&
	    strstr(instance, "-c") == NULL;
}

/* Names are those of the record that the officers signed. */
static void
names_judge(
    struct audit *a, const struct trail *t, const struct json *publication)
{
	static const char *const names[] = { "service", "operator",
		"corporate_number" };
	const char *id = text_of(a->it->event, "decision_id");
	const struct paper *paper = trail_paper(decision_trail(a, t, id), id);
	CLEANUP(jsonx_freep) struct json *detail = NULL;
	struct err why = ERR_INIT;

	if (paper == NULL ||
	    jsonx_parse(buf_slice(&paper->detail), MIB(1), &detail, &why) < 0)
		return; /* said where the certificate is judged */
	for (size_t i = 0; i < NELEM(names); i++)
		if (strcmp(text_of(publication, names[i]),
			text_of(jsonx_get(detail, "record"), names[i])) != 0)
			audit_say(a, AUDIT_R67, "the names of the record",
			    "another %.40s", names[i]);
}

static size_t
act_find(const struct json *event)
{
	size_t i = 0;

	while (i < NELEM(acts) &&
	    (strcmp(acts[i].machine, text_of(event, "machine")) != 0 ||
		strcmp(acts[i].event, text_of(event, "event")) != 0))
		i++;
	return i;
}

static void
items_judge(struct audit *a, const struct trail *t, enum opens opens,
    const struct json *items)
{
	for (size_t i = 0; i < jsonx_len(items); i++)
		item_judge(a, t, jsonx_at(items, i), opens);
}

void
publication_follow(struct audit *a, const struct trail *t)
{
	const struct json *j = a->it->event;
	const struct json *data = jsonx_get(j, "data");
	const struct json *publication = jsonx_get(data, "publication");
	size_t i = act_find(j);

	if (publication == NULL) {
		if (i < NELEM(acts) && acts[i].must &&
		    (acts[i].opens != OPENS_WHOLE || is_whole_artefact(j)))
			audit_say(
			    a, AUDIT_R67, "what the act publishes", "nothing");
		return;
	}
	if (i == NELEM(acts)) {
		audit_say(a, AUDIT_R67, "an act that publishes", "%.40s.%.40s",
		    text_of(j, "machine"), text_of(j, "event"));
		return;
	}
	release_judge(a, t, acts[i].opens, data);
	if (acts[i].opens == OPENS_KIND)
		kind_judge(a, t, data);
	if (acts[i].opens == OPENS_WHOLE)
		names_judge(a, t, publication);
	items_judge(a, t, acts[i].opens, jsonx_get(publication, "items"));
}
