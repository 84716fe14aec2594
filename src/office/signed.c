/* SPDX-License-Identifier: Apache-2.0 */
/* What a person signs beside decisions: opinions and declarations. */
#include "command_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/acts.h"

static const char *
namespace_of(enum personal which)
{
	switch (which) {
	case PERSONAL_OPINION:
		return SSH_NS_OPINION;
	case PERSONAL_DECLARATION:
		return SSH_NS_DECLARATION;
	}
	return "";
}

static int
refuse(struct command *c, struct err *e, const char *why)
{
	command_refuses(c, G_SIGNATURE_VALID);
	return err_set(e, E_FLOW_GUARD, "data.signature: %s", why);
}

/* A signature for one act is none for another, nor in another case. */
static bool
names_the_act(const struct command *c)
{
	const char *signs = jsonx_get_str(c->w.data, "signs");
	bool named = false;

	for (int i = M_NONE + 1; signs != NULL && i < M_MAX; i++) {
		CLEANUP(freep)
		char *act = xasprintf("%s/%s.%s", c->d->id,
		    machine_name((enum machine)i), c->event);

		if ((c->machine == M_NONE || (int)c->machine == i) &&
		    flow_event_known((enum machine)i, c->event) &&
		    acts_signs(signs, act, c->instance))
			named = true;
	}
	return named;
}

/*
 * Shown once, a signature is spent: what it consented to may have been taken
 * back since, and who has only the token cannot make another.
 */
static int
spent_check(struct command *c, const char *armour, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);

	for (int64_t seq = 1; seq <= c->d->seq; seq++) {
		CLEANUP(jsonx_freep) struct json *event = NULL;
		const char *had;

		buf_reset(&text);
		if (store_event_get(c->v->o->store, c->d->id, (uint64_t)seq,
			&text, e) < 0 ||
		    jsonx_parse(
			buf_slice(&text), LIMIT_EVENT_BYTES, &event, e) < 0)
			return -1;
		had = jsonx_get_str(jsonx_get(event, "data"), "signature");
		if (had != NULL && strcmp(had, armour) == 0)
			return refuse(c, e,
			    "it was shown before: sign anew, with #<word> "
			    "at the end of data.signs");
	}
	return 0;
}

static int
armour_check(
    struct command *c, const char *armour, const char *ns, struct err *e)
{
	const struct visit *v = c->v;
	const struct roster_entry *who =
	    roster_get(v->o->roster, v->account.person);
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(LIMIT_EVENT_BYTES);
	struct sshsig sig;
	struct err why = ERR_INIT;

	/* Nothing of the server's is in it yet: any machine of the word. */
	acts_signed_part(c->machine, c->event, c->w.data, &bytes);
	if (!buf_ok(&bytes))
		return err_set(e, E_LIMIT, "data is too large");
	if (!names_the_act(c))
		return refuse(
		    c, e, "data.signs does not name this act of this case");
	if (sshsig_parse(slice_str(armour), &sig, &why) < 0)
		return refuse(c, e, why.detail);
	if (who == NULL || roster_find_key(who, &sig.key, v->now) == NULL)
		return refuse(c, e, "this key is not the person's now");
	if (sshsig_verify(&sig, ns, buf_slice(&bytes), &why) < 0)
		return refuse(c, e, why.detail);
	return spent_check(c, armour, e);
}

/*
 * data.signature: a personal SSHSIG over the canonical rest of what the client
 * wrote (acts_signed_part), by a key that the roster has at that instant.  Its
 * member `signs` ties it to the act: "<case>/<machine>.<event>".  out: it is
 * there and good; absent: false.  E_FLOW_GUARD signature_valid.
 */
static int
office_personal(
    struct command *c, enum personal which, bool *out, struct err *e)
{
	const char *armour = jsonx_get_str(c->w.data, "signature");

	if (armour != NULL &&
	    armour_check(c, armour, namespace_of(which), e) < 0)
		return -1;
	*out = armour != NULL;
	return 0;
}

int
office_personal_must(struct command *c, enum personal which, struct err *e)
{
	bool there = false;

	if (office_personal(c, which, &there, e) < 0)
		return -1;
	if (there || roster_get(c->v->o->roster, c->v->account.person) == NULL)
		return 0;
	return refuse(c, e, "want the person's own, over data without it");
}
