/* SPDX-License-Identifier: Apache-2.0 */
/* The pinned roster changes by decision only, one entry at a time. */
#include "signing_int.h"

#include <string.h>

static const char *const kinds[] = { "roster" };

/*
 * SIGN-40: the officers signed the hash of exactly this entry.  SIGN-41: a
 * decision frozen before the entry last changed is held back no longer.
 */
static int
entry_check(const struct signer *s, const struct proven *p,
    const struct sign_roster *m, struct err *e)
{
	CLEANUP(freep)
	struct roster_entry *entry = xcalloc(1, sizeof(*entry));
	const char *want = decision_get(p->d, "detail");
	struct err why = ERR_INIT;
	char have[SHA256_HEX];

	if (roster_entry_decode(m->entry, entry, &why) < 0)
		return refuse(e, 0, "%s", why.detail);
	decision_detail_hex(m->entry, have);
	if (want == NULL || strcmp(have, want) != 0)
		return refuse(e, GUARD_BASIS_CURRENT,
		    "the entry is not that of the decision");
	if (decision_frozen_at(p->d) <
	    ledger_pinned_at(&s->ledger, entry->person))
		return refuse(e, GUARD_BASIS_CURRENT,
		    "the entry has changed since the decision was frozen");
	return 0;
}

int
op_change_roster(void *ctx, struct request *rq, struct err *e)
{
	CLEANUP(proven_done) struct proven p = { 0 };
	CLEANUP(jsonx_freep) struct json *r = NULL;
	CLEANUP(freep) struct sign_roster *m = xcalloc(1, sizeof(*m));
	CLEANUP(freep) char *text = NULL;
	struct signer *s = ctx;
	struct journal_place at;

	if (sign_roster_decode(&rq->in, m, e) < 0 ||
	    proof_check(s, &m->proof, kinds, NELEM(kinds), &p, e) < 0)
		return -1;
	if (p.done)
		return 0;
	if (entry_check(s, &p, m, e) < 0)
		return -1;
	if ((text = slice_dup(m->entry)) == NULL)
		return refuse(e, 0, "the entry holds a NUL");
	r = proof_record(&p, "pin");
	jsonx_set_str(r, "entry", text);
	return signer_record(s, r, &at, e);
}
