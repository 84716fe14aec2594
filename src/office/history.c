/* SPDX-License-Identifier: Apache-2.0 */
/* The store's history and the signer's memory of it: one and the same. */
#include "office_int.h"

#include "nintei/log.h"

_Static_assert(STORE_GROUP_MAX == SIGN_GROUP_MAX, "one group, one request");

int
office_sign_commits(void *arg, const struct store_commit_text *group, size_t n,
    struct buf *armour, struct store_id *last, struct err *e)
{
	struct office *o = arg;
	struct store_id id = { .n = SIGN_COMMIT_ID };
	struct sign_group g = { .n = n };

	if (n > SIGN_GROUP_MAX)
		return err_set(e, E_INTERNAL, "a group of %zu commits", n);
	for (size_t i = 0; i < n; i++) {
		g.commits[i].text = group[i].text;
		for (size_t k = 0; k < STORE_HASH; k++)
			g.commits[i].event_hash[k] = group[i].event_hash[k];
	}
	if (signer_sign_commits(&o->signer, &g, armour, id.b, e) == 0) {
		*last = id;
		return 0;
	}
	/* A history that the signer does not know is nobody's request. */
	if (e->code == E_SIGNER_REFUSED)
		e->code = E_UNAVAILABLE;
	return -1;
}

void
office_commit_durable(void *arg, const struct store_id *commit)
{
	struct office *o = arg;
	struct err e = ERR_INIT;

	/* The signer learns it with the next group as well. */
	if (commit->n == SIGN_COMMIT_ID &&
	    signer_durable(&o->signer, commit->b, &e) < 0)
		log_err("signer.durable", &e, NULL);
}
