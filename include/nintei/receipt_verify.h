/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_RECEIPT_VERIFY_H
#define NINTEI_RECEIPT_VERIFY_H
/*
 * receipt_verify: what a receipt file proves, offline.  Part of receipt.
 * Runs in: nintei.  Trusts: the roots and keys that it is given.
 * Rules: RECEIPT-10 to RECEIPT-18 in docs/PROTOCOL.receipt.
 */
#include "nintei/note.h"
#include "nintei/receipt.h"
#include "nintei/x509.h"

#define RECEIPT_FILE_BYTES (RECEIPT_BODY_BYTES + KIB(512))

/* The checks, in this order. */
enum receipt_check {
	RECEIPT_FORM = 0, /* shape of the file */
	RECEIPT_SEAL, /* cms over all the rest */
	RECEIPT_SEALER, /* by a seal of a trusted root */
	RECEIPT_STAMP, /* tst over cms, by a time-stamping authority of it */
	RECEIPT_TIME, /* received_at is not after the stamp */
	RECEIPT_REVOCATION, /* neither certificate is on the root's list */
	RECEIPT_LOG, /* checkpoint by the log, and the event is in it */
	RECEIPT_WITNESS, /* cosigned */
	RECEIPT_BUNDLE, /* the archive at hand is the one received */
	RECEIPT_CHECKS
};
enum receipt_verdict {
	RECEIPT_SKIPPED = 0, /* nothing to check it with, or nothing to check */
	RECEIPT_OK,
	RECEIPT_FAILED
};

/* What the verifier relies on; borrowed. */
struct receipt_trust {
	const struct cert *const *roots; /* anchors; others are passed over */
	size_t nroots;
	const struct crl *const *crls;
	size_t ncrls;
	const struct note_key *keys; /* of logs and of witnesses, mixed */
	size_t nkeys;
	bool has_bundle;
	uint8_t bundle[32]; /* SHA-256 of the archive at hand */
};

struct receipt_report {
	enum receipt_verdict verdict[RECEIPT_CHECKS];
	char why[RECEIPT_CHECKS][256]; /* what failed; "" */
	bool ok; /* none failed, and seal and sealer were checked */
	struct receipt_body *body; /* NULL when the form failed */
	int64_t sealed_at, stamped_at; /* 0: unknown */
	uint64_t index; /* of the event in the log */
	uint64_t log_size;
	unsigned witnesses; /* known ones that cosigned */
};
/* -1 only when nothing could be said: E_INTERNAL, E_CRYPTO. */
int receipt_verify(struct slice file, const struct receipt_trust *trust,
    struct receipt_report **out, struct err *e) MUST_CHECK;
void receipt_report_free(struct receipt_report *r);
DEFINE_STRUCT_CLEANUP(receipt_report, receipt_report_free)

const char *receipt_check_name(enum receipt_check c); /* "seal" */
/* One sentence for a verdict. */
const char *receipt_check_text(
    enum receipt_check c, enum receipt_verdict v, bool ja);

#endif
