/* SPDX-License-Identifier: Apache-2.0 */
/* What a person signs beside decisions: opinions and declarations. */
#include "command_int.h"

#include "nintei/term.h"

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

/* The canonical data without its member signature (INTERFACE 7). */
static int
signed_bytes(const struct json *data, struct buf *out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *bare = jsonx_dup(data);

	jsonx_del(bare, "signature");
	jsonx_canonical(bare, out);
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "data is too large");
}

static int
refuse(struct visit *v, struct err *e, const char *why)
{
	v->refusal.failed[0] = G_SIGNATURE_VALID;
	v->refusal.n_failed = 1;
	return err_set(e, E_FLOW_GUARD, "data.signature: %s", why);
}

static int
armour_check(struct visit *v, const struct json *data, const char *armour,
    const char *ns, struct err *e)
{
	const struct roster_entry *who =
	    roster_get(v->o->roster, v->account.person);
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(LIMIT_EVENT_BYTES);
	struct sshsig sig;
	struct err why = ERR_INIT;

	if (signed_bytes(data, &bytes, e) < 0)
		return -1;
	if (sshsig_parse(slice_str(armour), &sig, &why) < 0)
		return refuse(v, e, why.detail);
	if (who == NULL || roster_find_key(who, &sig.key, v->now) == NULL)
		return refuse(v, e, "this key is not the person's now");
	if (sshsig_verify(&sig, ns, buf_slice(&bytes), &why) < 0)
		return refuse(v, e, why.detail);
	return 0;
}

int
office_personal(struct visit *v, const struct json *data, enum personal which,
    bool *out, struct err *e)
{
	const char *armour = jsonx_get_str(data, "signature");

	if (armour != NULL &&
	    armour_check(v, data, armour, namespace_of(which), e) < 0)
		return -1;
	*out = armour != NULL;
	return 0;
}

int
office_personal_must(struct visit *v, const struct json *data,
    enum personal which, struct err *e)
{
	bool there = false;

	if (office_personal(v, data, which, &there, e) < 0)
		return -1;
	if (there || roster_get(v->o->roster, v->account.person) == NULL)
		return 0;
	return refuse(v, e, "want the person's own, over data without it");
}
