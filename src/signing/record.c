/* SPDX-License-Identifier: Apache-2.0 */
/* certification.json: what officers signed, decided just now. */
#include "signing_int.h"

#include <string.h>

#include "nintei/enc.h"

#define DECIDED_SECONDS 600

/* SIGN-20: the officers signed the hash of exactly this rest. */
static int
detail_check(const struct proven *p, const struct sign_cert *m,
    const struct json *record, struct err *e)
{
	CLEANUP(buf_free) struct buf rest = BUF_INIT(LIMIT_DECISION_BYTES);
	const char *want = decision_get(p->d, "detail");
	char have[SHA256_HEX];

	if (decision_certify_detail(
		record, m->spki, m->url, m->existence, &rest, e) < 0)
		return -1;
	sha256_hex(buf_slice(&rest), have);
	if (want == NULL || strcmp(have, want) != 0)
		return refuse(e, GUARD_BASIS_CURRENT,
		    "record, key or URL are not those of the decision");
	return 0;
}

/* SIGN-23: executed on certified_on, just now. */
static int
moment_check(const struct signer *s, const struct sign_cert *m,
    struct jday certified_on, struct err *e)
{
	int64_t now = signer_now(s);

	if (m->decided_at > now || now - m->decided_at > DECIDED_SECONDS)
		return refuse(e, 0, "the instant of execution is not now");
	if (jday_cmp(jday_of_instant(m->decided_at), certified_on) != 0)
		return refuse(e, 0, "certified_on is another day");
	return 0;
}

/* The last certificate of the number: earlier terms are in the journal. */
static const struct derive_before *
before_of(const struct signer *s, const struct derive_record *r,
    struct derive_before *out)
{
	const struct issued *last =
	    ledger_last_of(&s->ledger, jsonx_get_str(r->doc, "number"));

	if (last == NULL)
		return NULL;
	*out = (struct derive_before){ last->term, last->certified_on,
		last->valid_through, last->revoked };
	return out;
}

int
record_check(struct signer *s, const struct proven *p,
    const struct sign_cert *m, struct derive_record *out, struct err *e)
{
	CLEANUP(derive_record_done) struct derive_record r = { 0 };
	struct derive_before before;
	struct err why = ERR_INIT;

	if (derive_record_read(m->record, &r, &why) < 0)
		return refuse(e, 0, "%s", why.detail);
	if (detail_check(p, m, r.doc, e) < 0)
		return -1;
	if (derive_record_check(
		&r, p->d, p->scheme, before_of(s, &r, &before), &why) < 0)
		return refuse(e, 0, "%s", why.detail);
	if (moment_check(s, m, r.certified_on, e) < 0)
		return -1;
	*out = r;
	r.doc = NULL;
	return 0;
}
