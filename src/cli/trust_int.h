/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TRUST_INT_H
#define NINTEI_TRUST_INT_H
/* trust_int: certificates, CRLs and log keys that a folder or file holds. */
#include "nintei/err.h"
#include "nintei/note.h"
#include "nintei/slice.h"
#include "nintei/x509.h"

#define TRUST_MAX 64

struct cli;
struct trust {
	struct cert *certs[TRUST_MAX];
	bool anchor[TRUST_MAX]; /* from the user's folder, not the network */
	size_t n_certs;
	struct crl *crls[TRUST_MAX];
	size_t n_crls;
	struct note_key keys[TRUST_MAX]; /* of logs and witnesses */
	size_t n_keys;
};

void trust_free(struct trust *t); /* for CLEANUP */
/*
 * Every *.pem, *.cer, *.crt, *.crl, *.vkey in the folder and below it.
 * What is neither a certificate nor a CRL (a key) is passed over.
 * Errors: E_NOT_FOUND.
 */
int trust_folder(struct trust *t, const char *path, struct err *e) MUST_CHECK;
/* The folder of --trust, or the keys of the home.  E_USAGE without either. */
int trust_load(struct cli *c, struct trust *t, struct err *e) MUST_CHECK;
/* One certificate or CRL, DER or PEM; false: it is neither. */
bool trust_add(struct trust *t, struct slice bytes, bool anchor);
/* All PEM blocks of certificates in a text; the first is lent out. */
const struct cert *trust_chain(
    struct trust *t, struct slice bytes, struct err *e);

/* The certificate with this subject: anchors first; or NULL. */
const struct cert *trust_issuer(const struct trust *t, struct slice name);
/* The self-issued anchor with this subject, or NULL. */
const struct cert *trust_root(const struct trust *t, struct slice name);
/* The newest CRL of this issuer, or NULL. */
const struct crl *trust_crl(const struct trust *t, struct slice name);

#endif
