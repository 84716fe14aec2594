/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of cases under the master key, bound to the case's id. */
#include "signing_int.h"

#include <string.h>

#define KEY_BYTES 32

/* SIGN-50: only an id of INTERFACE 7 can be bound. */
static bool
dossier_is_good(const char *id)
{
	static const char set[] = "0123456789abcdefghijklmnopqrstuvwxyz-";
	size_t n = strlen(id);

	return n > 0 && n <= LIMIT_ID_BYTES && id[0] != '-' &&
	    strspn(id, set) == n;
}

/* SIGN-51: a destroyed key stays destroyed, whatever copy of it is shown. */
static int
shred_check(const struct signer *s, const char *dossier, struct err *e)
{
	if (ledger_case_shredded(&s->ledger, dossier))
		return refuse(e, 0, "the key of this case was destroyed");
	return 0;
}

int
op_shred_key(void *ctx, struct request *rq, struct err *e)
{
	static const char *const kinds[] = { "shred" };
	CLEANUP(proven_done) struct proven p = { 0 };
	CLEANUP(jsonx_freep) struct json *r = NULL;
	CLEANUP(freep) struct sign_shred *m = xcalloc(1, sizeof(*m));
	struct signer *s = ctx;
	struct journal_place at;

	if (sign_shred_decode(&rq->in, m, e) < 0 ||
	    proof_check(s, &m->proof, kinds, NELEM(kinds), &p, e) < 0)
		return -1;
	if (p.done)
		return 0;
	r = proof_record(&p, "shred");
	jsonx_set_str(r, "case", decision_get(p.d, "case_id"));
	return signer_record(s, r, &at, e);
}

static void
bound_to(const char *dossier, struct buf *aad)
{
	buf_puts(aad, "nintei/casekey");
	buf_putc(aad, 0);
	buf_puts(aad, dossier);
}

int
op_wrap_key(void *ctx, struct request *rq, struct err *e)
{
	CLEANUP(secret_freep) struct secret *key = secret_new(KEY_BYTES);
	CLEANUP(buf_free) struct buf aad = BUF_INIT(128);
	CLEANUP(buf_free) struct buf out = BUF_INIT(SIGN_WRAPPED_MAX);
	struct signer *s = ctx;
	char dossier[LIMIT_ID_BYTES + 1];

	rd_str(&rq->in, dossier, sizeof(dossier));
	rd_raw(&rq->in, secret_bytes(key), KEY_BYTES);
	if (rd_end(&rq->in, e) < 0)
		return err_wrap(e, "wrap-key");
	if (!dossier_is_good(dossier))
		return refuse(e, 0, "no id of a case");
	if (shred_check(s, dossier, e) < 0)
		return -1;
	bound_to(dossier, &aad);
	if (seal_encode(secret_slice(s->master), buf_slice(&aad),
		secret_slice(key), &s->random, &out, e) < 0)
		return -1;
	return reply_bytes(rq, buf_slice(&out), e);
}

int
op_unwrap_key(void *ctx, struct request *rq, struct err *e)
{
	CLEANUP(secret_freep) struct secret *key = NULL;
	CLEANUP(buf_free) struct buf aad = BUF_INIT(128);
	struct signer *s = ctx;
	char dossier[LIMIT_ID_BYTES + 1];
	struct slice wrapped;

	rd_str(&rq->in, dossier, sizeof(dossier));
	wrapped = rd_bytes(&rq->in, SIGN_WRAPPED_MAX);
	if (rd_end(&rq->in, e) < 0)
		return err_wrap(e, "unwrap-key");
	if (!dossier_is_good(dossier))
		return refuse(e, 0, "no id of a case");
	if (shred_check(s, dossier, e) < 0)
		return -1;
	bound_to(dossier, &aad);
	if (seal_decode(
		secret_slice(s->master), buf_slice(&aad), wrapped, &key, e) < 0)
		return err_wrap(e, "case key");
	if (secret_slice(key).n != KEY_BYTES)
		return err_set(e, E_INVALID, "case key: want 32 bytes");
	return reply_bytes(rq, secret_slice(key), e);
}
