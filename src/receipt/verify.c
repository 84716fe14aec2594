/* SPDX-License-Identifier: Apache-2.0 */
/* A receipt against roots, keys and the archive at hand. */
#include "nintei/receipt_verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/cms_sign.h"
#include "nintei/enc.h"
#include "seal_int.h"

static const struct {
	const char *name;
	const char *ja[3], *en[3]; /* by verdict */
} texts[RECEIPT_CHECKS] = {
#define CHECK(name, ja0, en0, ja1, en1, ja2, en2) \
	{ name, { ja0, ja1, ja2 }, { en0, en1, en2 } },
#include "checks.inc"
#undef CHECK
};

const char *
receipt_check_name(enum receipt_check c)
{
	return texts[c].name;
}

const char *
receipt_check_text(enum receipt_check c, enum receipt_verdict v, bool ja)
{
	return ja ? texts[c].ja[v] : texts[c].en[v];
}

/* A file on its way through the checks. */
struct checking {
	const struct receipt_trust *trust;
	struct receipt_report *r;
	struct buf body, cms, tst; /* canonical; DER */
	struct cert *sealer, *stamper;
	const struct cert *root;
};

static void
checking_done(struct checking *k)
{
	buf_free(&k->body);
	buf_free(&k->cms);
	buf_free(&k->tst);
	cert_free(k->sealer);
	cert_free(k->stamper);
}

static void
judge(struct checking *k, enum receipt_check c, int rv, const struct err *why)
{
	k->r->verdict[c] = rv == 0 ? RECEIPT_OK : RECEIPT_FAILED;
	if (rv < 0)
		snprintf(k->r->why[c], sizeof(k->r->why[c]), "%s", why->detail);
}

/* Take a member of base64 out of the document. */
static int
base64_take(struct json *j, const char *key, struct buf *out, struct err *e)
{
	const char *text = jsonx_get_str(j, key);

	if (text == NULL || base64_decode(slice_str(text), false, out, e) < 0 ||
	    out->n == 0)
		return err_set(e, E_INPUT, "receipt: want %s in base64", key);
	jsonx_del(j, key);
	return 0;
}

/* RECEIPT-10: the file may be laid out as one likes; its content may not. */
static int
form_read(struct checking *k, struct slice file, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;

	if (jsonx_parse(file, RECEIPT_FILE_BYTES, &j, e) < 0 ||
	    base64_take(j, "cms", &k->cms, e) < 0 ||
	    base64_take(j, "tst", &k->tst, e) < 0)
		return -1;
	jsonx_canonical(j, &k->body);
	if (!buf_ok(&k->body))
		return err_set(e, E_LIMIT, "receipt too long");
	return receipt_body_parse(buf_slice(&k->body), &k->r->body, e);
}

/* RECEIPT-11 */
static int
seal_check(struct checking *k, struct err *e)
{
	if (cms_signer_find(buf_slice(&k->cms), &k->sealer, e) < 0)
		return -1;
	return cms_verify(buf_slice(&k->cms), buf_slice(&k->body), k->sealer,
	    &k->r->sealed_at, e);
}

/* RECEIPT-12 */
static int
issued_check(struct checking *k, enum ca_kind kind, const struct cert *c,
    int64_t at, struct err *e)
{
	return seal_issued(k->trust, kind, c, at, &k->root, e);
}

/* RECEIPT-13 */
static int
stamp_check(struct checking *k, struct err *e)
{
	int64_t at = 0;

	if (cms_signer_find(buf_slice(&k->tst), &k->stamper, e) < 0 ||
	    tsp_verify(buf_slice(&k->tst), buf_slice(&k->cms), k->stamper, NULL,
		&at, e) < 0 ||
	    issued_check(k, CA_KIND_TSA, k->stamper, at, e) < 0)
		return -1;
	k->r->stamped_at = at;
	return 0;
}

/* RECEIPT-14: nobody stamps what has not happened yet. */
static int
time_check(const struct checking *k, struct err *e)
{
	if (k->r->body->received_at > k->r->stamped_at ||
	    k->r->sealed_at > k->r->stamped_at + 1)
		return err_set(
		    e, E_INVALID, "it was stamped before it was received");
	return 0;
}

static int
revocation_check(const struct checking *k, const struct crl *crl, struct err *e)
{
	if (seal_revoked(crl, k->sealer, k->r->stamped_at, e) < 0)
		return -1;
	/* A stamp by a key that is no longer trusted proves no time. */
	return seal_revoked(crl, k->stamper, INT64_MAX, e);
}

/* The key of the log that the checkpoint names, if it is known. */
static const struct note_key *
log_key_of(const struct checking *k)
{
	const struct proof_file *f = &k->r->body->proof;
	struct err why = ERR_INIT;
	struct note note;

	if (note_parse(f->checkpoint, &note, &why) < 0)
		return NULL;
	for (size_t i = 0; i < k->trust->nkeys; i++)
		if (k->trust->keys[i].type == NOTE_ED25519 &&
		    note_has_line(&note, &k->trust->keys[i]))
			return &k->trust->keys[i];
	return NULL;
}

/* RECEIPT-16 */
static int
log_check(struct checking *k, const struct note_key *log, struct err *e)
{
	const struct receipt_body *b = k->r->body;
	struct proof_policy policy = { .log = log };
	struct checkpoint c;

	if (proof_file_verify(&b->proof, &policy, b->event, &c, e) < 0)
		return -1;
	k->r->index = b->proof.index;
	k->r->log_size = c.head.size;
	return 0;
}

/* RECEIPT-17: a line of a witness one knows must verify. */
static int
witness_check(struct checking *k, struct err *e)
{
	struct note_key known[NOTE_SIGNATURES];
	struct note note;
	size_t n = 0;

	for (size_t i = 0; i < k->trust->nkeys && n < NELEM(known); i++)
		if (k->trust->keys[i].type == NOTE_COSIGNATURE)
			known[n++] = k->trust->keys[i];
	if (n == 0)
		return 0;
	if (note_parse(k->r->body->proof.checkpoint, &note, e) < 0)
		return -1;
	return note_count_cosigned(&note, known, n, &k->r->witnesses, e);
}

/* RECEIPT-18 */
static int
bundle_check(const struct checking *k, struct err *e)
{
	if (memcmp(k->r->body->bundle, k->trust->bundle, 32) == 0)
		return 0;
	return err_set(e, E_INVALID, "another file was received");
}

#define JUDGE(k, check, call)                    \
	do {                                     \
		struct err why_ = ERR_INIT;      \
		int rv_;                         \
                                                 \
		rv_ = call;                      \
		judge((k), (check), rv_, &why_); \
	} while (0)

static bool
passed(const struct checking *k, enum receipt_check c)
{
	return k->r->verdict[c] == RECEIPT_OK;
}

static void
check_seals(struct checking *k)
{
	const struct crl *crl;

	JUDGE(k, RECEIPT_SEAL, seal_check(k, &why_));
	if (!passed(k, RECEIPT_SEAL))
		return;
	JUDGE(k, RECEIPT_SEALER,
	    issued_check(k, CA_KIND_SEAL, k->sealer, k->r->sealed_at, &why_));
	JUDGE(k, RECEIPT_STAMP, stamp_check(k, &why_));
	if (!passed(k, RECEIPT_STAMP) || !passed(k, RECEIPT_SEALER))
		return;
	JUDGE(k, RECEIPT_TIME, time_check(k, &why_));
	if ((crl = seal_crl(k->trust, k->root)) != NULL)
		JUDGE(k, RECEIPT_REVOCATION, revocation_check(k, crl, &why_));
}

static void
check_log(struct checking *k)
{
	const struct note_key *log = log_key_of(k);

	if (log == NULL)
		return;
	JUDGE(k, RECEIPT_LOG, log_check(k, log, &why_));
	JUDGE(k, RECEIPT_WITNESS, witness_check(k, &why_));
	if (passed(k, RECEIPT_WITNESS) && k->r->witnesses == 0)
		k->r->verdict[RECEIPT_WITNESS] = RECEIPT_SKIPPED;
}

static bool
none_failed(const struct receipt_report *r)
{
	for (size_t i = 0; i < RECEIPT_CHECKS; i++)
		if (r->verdict[i] == RECEIPT_FAILED)
			return false;
	return true;
}

int
receipt_verify(struct slice file, const struct receipt_trust *trust,
    struct receipt_report **out, struct err *e)
{
	CLEANUP(receipt_report_freep)
	struct receipt_report *r = xcalloc(1, sizeof(*r));
	CLEANUP(checking_done)
	struct checking k = { .trust = trust,
		.r = r,
		.body = BUF_INIT(RECEIPT_BODY_BYTES),
		.cms = BUF_INIT(LIMIT_CMS_BYTES),
		.tst = BUF_INIT(LIMIT_CMS_BYTES) };

	(void)e;
	JUDGE(&k, RECEIPT_FORM, form_read(&k, file, &why_));
	if (passed(&k, RECEIPT_FORM)) {
		check_seals(&k);
		check_log(&k);
		if (trust->has_bundle)
			JUDGE(&k, RECEIPT_BUNDLE, bundle_check(&k, &why_));
	}
	r->ok = none_failed(r) && passed(&k, RECEIPT_SEALER) &&
	    passed(&k, RECEIPT_STAMP);
	*out = TAKE(r);
	return 0;
}

void
receipt_report_free(struct receipt_report *r)
{
	if (r == NULL)
		return;
	receipt_body_free(r->body);
	free(r);
}
