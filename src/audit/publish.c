/* SPDX-License-Identifier: Apache-2.0 */
/* AUDIT-67: what an event makes public, by what right, and what waits. */
#include "audit_int.h"

#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/secrecy.h"

/* The acts that publish (Art. 11). */
static const struct {
	const char *machine, *event;
	bool first;
} acts[] = {
	{ "artefact", "sign", true },
	{ "withholding", "deny", false },
	{ "withholding", "lift", false },
	{ "withholding", "give_up", false },
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

/* The record names a decision that was carried out, and who signed it. */
static void
release_judge(struct audit *a, const struct trail *t, const struct json *j)
{
	struct declassification r = { 0 };
	const struct dossier_decision *dec;
	struct err why = ERR_INIT;
	const char *kind;

	if (declassification_read(j, &r, &why) < 0) {
		audit_say(a, AUDIT_R67, "a whole record of declassification",
		    "%.150s", why.detail);
		return;
	}
	kind = strcmp(r.ground, "11-1") == 0 ? "certify" : "withholding";
	dec = dossier_decision_find(t->d, r.act);
	if (dec == NULL || strcmp(dec->kind, kind) != 0 ||
	    dossier_state(t->d, M_DECISION, dec->id) != S_DEC_EXECUTED) {
		audit_say(a, AUDIT_R67, "a decision that was carried out",
		    "%.60s", r.act);
		return;
	}
	for (size_t i = 0; i < NELEM(r.officer); i++)
		if (r.officer[i] != NULL && !is_signer(dec, r.officer[i]))
			audit_say(a, AUDIT_R67, "who signed the decision",
			    "%.60s", r.officer[i]);
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
item_judge(
    struct audit *a, const struct trail *t, const struct json *item, bool first)
{
	const char *id = text_of(item, "id");
	enum state s = dossier_state(t->d, M_WITHHOLDING, id);
	bool waits =
	    s == S_WITHHOLDING_REQUESTED || s == S_WITHHOLDING_WITHHELD;
	bool shown = jsonx_get(item, "value") != NULL;

	if (waits == shown || shown == (jsonx_get(item, "withheld") != NULL))
		audit_say(a, AUDIT_R67,
		    waits ? "a salted hash alone" : "the value",
		    "another for item %.40s", id);
	if (!first)
		later_judge(a, t, item);
}

void
publication_follow(struct audit *a, const struct trail *t)
{
	const struct json *j = a->it->event;
	const struct json *data = jsonx_get(j, "data");
	const struct json *publication = jsonx_get(data, "publication");
	const struct json *items = jsonx_get(publication, "items");
	size_t i = 0;

	if (publication == NULL)
		return;
	while (i < NELEM(acts) &&
	    (strcmp(acts[i].machine, text_of(j, "machine")) != 0 ||
		strcmp(acts[i].event, text_of(j, "event")) != 0))
		i++;
	if (i == NELEM(acts)) {
		audit_say(a, AUDIT_R67, "an act that publishes", "%.40s.%.40s",
		    text_of(j, "machine"), text_of(j, "event"));
		return;
	}
	release_judge(a, t, jsonx_get(data, "release"));
	for (size_t k = 0; k < jsonx_len(items); k++)
		item_judge(a, t, jsonx_at(items, k), acts[i].first);
}
