/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Receipts: sealed and time-stamped when the event is in the log that this
 * signer signed, and the receipt says of it what the event says.
 */
#include "nintei/receipt.h"

#include "nintei/cms_sign.h"
#include "signing_int.h"

#define ANSWER_BYTES KIB(64)
#define TSA_POLICY_ARC ".4.1"

/* SIGN-70 to SIGN-73: each line of it is checked against something else. */
static int
receipt_judge(
    const struct signer *s, const struct sign_receipt *m, struct err *e)
{
	CLEANUP(receipt_body_freep) struct receipt_body *b = NULL;
	struct proof_policy policy = { .log = &s->log_vkey };
	struct err why = ERR_INIT;

	if (receipt_body_parse(m->receipt, &b, &why) < 0)
		return refuse(e, 0, "%s", why.detail);
	if (receipt_event_check(b, m->event, &why) < 0)
		return refuse(e, 0, "%s", why.detail);
	if (proof_file_verify(&b->proof, &policy, b->event, NULL, &why) < 0)
		return refuse(e, 0, "%s", why.detail);
	if (b->development != (s->conf->clock != CLOCK_REAL))
		return refuse(e, 0, "the clock is not the one in force");
	return 0;
}

/* SIGN-74: nobody could verify what an ended certificate signs. */
static int
sealer_now(const struct signer *s, const struct sealer *by, int64_t now,
    struct cms_signer *out, struct err *e)
{
	if (now < cert_not_before(by->cert) || now > cert_not_after(by->cert))
		return err_set(e, E_UNAVAILABLE,
		    "the certificate of %s is not valid now",
		    by == &s->seal ? "keys/seal" : "keys/tsa");
	*out = (struct cms_signer){ by->cert, s->root, by->key };
	return 0;
}

static int
seal_make(const struct signer *s, struct slice receipt, int64_t now,
    struct buf *out, struct err *e)
{
	struct cms_signer by;

	if (sealer_now(s, &s->seal, now, &by, e) < 0 ||
	    cms_sign(&by, receipt, now, out, e) < 0)
		return -1;
	/* By a second path before release. */
	return cms_verify(buf_slice(out), receipt, s->seal.cert, NULL, e);
}

static int
stamp_make(const struct signer *s, struct slice cms, int64_t now,
    struct buf *out, struct err *e)
{
	CLEANUP(freep)
	char *policy = xasprintf("%s" TSA_POLICY_ARC, s->conf->oid_base);
	struct tsp_facts f = { .policy = policy, .at = now };
	struct cms_signer by;

	sha256_of(cms, f.imprint);
	if (sealer_now(s, &s->tsa, now, &by, e) < 0 ||
	    ca_serial_make(&s->random, f.serial, e) < 0 ||
	    tsp_make(&by, &f, out, e) < 0)
		return -1;
	return tsp_verify(buf_slice(out), cms, s->tsa.cert, policy, NULL, e);
}

int
sealed_reply(
    struct signer *s, struct slice document, struct request *rq, struct err *e)
{
	CLEANUP(buf_free) struct buf cms = BUF_INIT(ANSWER_BYTES);
	CLEANUP(buf_free) struct buf tst = BUF_INIT(ANSWER_BYTES);
	int64_t now = signer_now(s);

	if (seal_make(s, document, now, &cms, e) < 0 ||
	    stamp_make(s, buf_slice(&cms), now, &tst, e) < 0)
		return -1;
	wr_bytes(rq->out, buf_slice(&cms));
	wr_bytes(rq->out, buf_slice(&tst));
	return 0;
}

int
op_sign_receipt(void *ctx, struct request *rq, struct err *e)
{
	struct signer *s = ctx;
	struct sign_receipt m;

	if (sign_receipt_decode(&rq->in, &m, e) < 0 ||
	    receipt_judge(s, &m, e) < 0)
		return -1;
	return sealed_reply(s, m.receipt, rq, e);
}
