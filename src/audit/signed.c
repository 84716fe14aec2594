/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AUDIT-44: opinions, declarations, consents and notices that a person signs,
 * verified once more with the key of the time (INTERFACE 7).
 */
#include "audit_int.h"

#include <string.h>

#include "nintei/acts.h"
#include "nintei/jsonx.h"

/* Acts that a person of the roster signs; applicants may. */
static const struct {
	const char *machine, *event, *ns;
} acts[] = {
	{ "seat", "declare_clear", SSH_NS_DECLARATION },
	{ "seat", "declare_conflict", SSH_NS_DECLARATION },
	{ "seat", "opine", SSH_NS_OPINION },
	{ "application", "close_opinions", SSH_NS_DECLARATION },
	{ "rules", "deliberated", SSH_NS_DECLARATION },
	{ "disclosure", "consent", SSH_NS_DECLARATION },
	{ "disclosure", "consent_withdrawn", SSH_NS_DECLARATION },
	{ "paper", "loss_declared", SSH_NS_DECLARATION },
	{ "termination", "file", SSH_NS_DECLARATION },
	{ "termination", "file_without_paper", SSH_NS_DECLARATION },
};

static const char *
namespace_of(const struct json *j)
{
	const char *machine = jsonx_get_str(j, "machine");
	const char *event = jsonx_get_str(j, "event");

	for (size_t i = 0; i < NELEM(acts); i++)
		if (strcmp(acts[i].machine, machine) == 0 &&
		    strcmp(acts[i].event, event) == 0)
			return acts[i].ns;
	return NULL;
}

static int
armour_verify(struct audit *a, const struct roster_entry *who, const char *ns,
    const char *armour, struct err *e)
{
	const struct json *j = a->it->event;
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(LIMIT_EVENT_BYTES);
	int64_t at = event_instant(a->it, "recorded_at");
	struct sshsig sig;

	acts_signed_part(machine_parse(jsonx_get_str(j, "machine")),
	    jsonx_get_str(j, "event"), jsonx_get(j, "data"), &bytes);
	if (sshsig_parse(slice_str(armour), &sig, e) < 0)
		return -1;
	if (who == NULL || roster_find_key(who, &sig.key, at) == NULL)
		return err_set(
		    e, E_INVALID, "by a key that is not the actor's");
	return sshsig_verify(&sig, ns, buf_slice(&bytes), e);
}

/* A signature for one act is none for another, nor in another case. */
static void
aim_judge(struct audit *a)
{
	const struct json *j = a->it->event;
	const char *signs = jsonx_get_str(jsonx_get(j, "data"), "signs");
	CLEANUP(freep)
	char *act = xasprintf("%s/%s.%s", jsonx_get_str(j, "case_id"),
	    jsonx_get_str(j, "machine"), jsonx_get_str(j, "event"));

	if (signs == NULL ||
	    !acts_signs(signs, act, jsonx_get_str(j, "instance")))
		audit_same(a, AUDIT_R44, "signs", act, signs);
}

bool
statement_judge(struct audit *a)
{
	const struct json *j = a->it->event;
	const char *ns = namespace_of(j);
	const char *armour = jsonx_get_str(jsonx_get(j, "data"), "signature");
	const struct roster_entry *who =
	    roster_get(a->roster, jsonx_get_str(j, "actor"));
	struct err why = ERR_INIT;

	if (ns == NULL)
		return false;
	/* Of a dossier the actor under the signed commit counts. */
	if (armour == NULL && who != NULL &&
	    jsonx_get(jsonx_get(j, "data"), "bundle") == NULL)
		audit_say(
		    a, AUDIT_R44, ns, "no signature of %.60s", who->person);
	if (armour == NULL)
		return false;
	a->report->count[AUDIT_N_STATEMENTS]++;
	aim_judge(a);
	if (armour_verify(a, who, ns, armour, &why) == 0)
		return true;
	audit_say(a, AUDIT_R44, ns, "%.150s", why.detail);
	return false;
}
