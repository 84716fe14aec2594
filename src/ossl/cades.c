/* SPDX-License-Identifier: Apache-2.0 */
/* An applicant's signature, in the baseline profile of CAdES. */
#include "nintei/cades.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "nintei/ess.h"

#include "sign_int.h"

#define FLAGS (CMS_BINARY | CMS_NOSMIMECAP | CMS_CADES | CMS_DETACHED)
#define CHAIN_MAX 8 /* certificates beside the signer's own */

struct cades_signer {
	EVP_PKEY *key;
	X509 *cert;
	X509 *chain[CHAIN_MAX];
	size_t n;
};

void
cades_signer_free(struct cades_signer *s)
{
	if (s == NULL)
		return;
	EVP_PKEY_free(s->key);
	X509_free(s->cert);
	for (size_t i = 0; i < s->n; i++)
		X509_free(s->chain[i]);
	free(s);
}

/* Asked for at most once; what came of it tells the kinds of failure apart. */
struct ask {
	const struct cades_files *in;
	bool asked;
};

static int
ask_once(char *out, int cap, int writing, void *arg)
{
	struct ask *a = arg;

	if (a->asked || writing != 0 || a->in->passphrase == NULL)
		return -1;
	a->asked = true;
	return a->in->passphrase(out, cap, a->in->arg);
}

/* Ed25519: the CMS of OpenSSL 3.0 neither signs nor verifies with it. */
static int
key_check(EVP_PKEY *key, struct err *e)
{
	CLEANUP(pkey_freep) struct pkey *pub = NULL;
	unsigned char *der = NULL;
	int rv, n = i2d_PUBKEY(key, &der);

	if (n <= 0)
		return err_ossl(e, "i2d_PUBKEY");
	rv = pkey_of_spki(slice_of(der, (size_t)n), &pub, e);
	OPENSSL_free(der);
	if (rv < 0)
		return err_set(e, E_INPUT,
		    "want a key of P-256, P-384 or RSA (2048 to 4096 bits)");
	if (pkey_kind(pub) == KEY_ED25519)
		return err_set(e, E_INPUT,
		    "CMS tools do not verify Ed25519 yet: want a key of "
		    "P-256, P-384 or RSA");
	return 0;
}

static int
key_load(const struct cades_files *in, EVP_PKEY **out, struct err *e)
{
	CLEANUP(BIO_freep) BIO *bio = bio_of(in->key);
	CLEANUP(EVP_PKEY_freep) EVP_PKEY *key = NULL;
	struct ask a = { .in = in };

	if (bio != NULL)
		key = PEM_read_bio_PrivateKey(bio, NULL, ask_once, &a);
	ERR_clear_error();
	if (key == NULL && a.asked)
		return err_set(
		    e, E_INVALID, "the passphrase does not open the key");
	if (key == NULL)
		return err_set(e, E_INPUT, "no private key in PEM");
	if (key_check(key, e) < 0)
		return -1;
	*out = TAKE(key);
	return 0;
}

static bool
cert_add(struct cades_signer *s, X509 *take)
{
	CLEANUP(X509_freep) X509 *x = take;

	if (s->cert == NULL)
		s->cert = TAKE(x);
	else if (s->n < CHAIN_MAX)
		s->chain[s->n++] = TAKE(x);
	else
		return false;
	return true;
}

/* As many as there are; false when one cannot be read. */
static bool
chain_read(struct cades_signer *s, BIO *bio, bool *out_full)
{
	struct ask nobody = { .asked = true };
	unsigned long last;
	X509 *x;

	while ((x = PEM_read_bio_X509(bio, NULL, ask_once, &nobody)) != NULL)
		if (!cert_add(s, x)) {
			*out_full = true;
			return false;
		}
	last = ERR_peek_last_error();
	return ERR_GET_LIB(last) == ERR_LIB_PEM &&
	    ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
}

static int
certs_load(struct cades_signer *s, struct slice certs, struct err *e)
{
	CLEANUP(BIO_freep) BIO *bio = bio_of(certs);
	const unsigned char *p = certs.p;
	bool full = false, ok = false;

	ERR_clear_error();
	if (bio == NULL)
		return err_set(e, E_LIMIT, "the certificates are too large");
	/* Tools write attributes in words before the first block. */
	if (memmem(certs.p, certs.n, "-----BEGIN ", 11) != NULL) {
		ok = chain_read(s, bio, &full);
	} else {
		s->cert = d2i_X509(NULL, &p, (long)certs.n);
		ok = p == certs.p + certs.n;
	}
	ERR_clear_error();
	if (full)
		return err_set(
		    e, E_LIMIT, "want at most %d certificates", CHAIN_MAX + 1);
	if (!ok || s->cert == NULL)
		return err_set(e, E_INPUT, "no certificate in PEM or DER");
	return 0;
}

int
cades_signer_load(
    const struct cades_files *in, struct cades_signer **out, struct err *e)
{
	CLEANUP(cades_signer_freep)
	struct cades_signer *s = xcalloc(1, sizeof(*s));
	int fits;

	ossl_init();
	if (certs_load(s, in->certs, e) < 0 || key_load(in, &s->key, e) < 0)
		return -1;
	fits = X509_check_private_key(s->cert, s->key);
	ERR_clear_error();
	if (fits != 1)
		return err_set(
		    e, E_INPUT, "the certificate is not that of the key");
	*out = TAKE(s);
	return 0;
}

static int
time_check(const X509 *x, int64_t at, struct err *e)
{
	int64_t from, until;

	if (!asn1_seconds(X509_get0_notBefore(x), &from) ||
	    !asn1_seconds(X509_get0_notAfter(x), &until))
		return err_set(e, E_INPUT, "the certificate has no validity");
	if (at < from || at > until)
		return err_set(
		    e, E_INPUT, "the certificate is not valid at this time");
	return 0;
}

/* The value of the attribute is the whole DER of the SET. */
static bool
label_set(CMS_SignerInfo *si, struct slice label)
{
	return label.n == 0 ||
	    CMS_signed_add1_attr_by_txt(
		si, ESS_LABEL_OID, V_ASN1_SET, label.p, (int)label.n) == 1;
}

static bool
all_sign(CMS_ContentInfo *cms, const struct cades_signer *by,
    struct slice content, struct slice label, int64_t at)
{
	CLEANUP(BIO_freep) BIO *in = bio_of(content);
	const EVP_MD *md = ossl_algorithms()->sha256;
	CMS_SignerInfo *si;

	if (in == NULL || label.n > KIB(1))
		return false;
	for (size_t i = 0; i < by->n; i++)
		if (CMS_add1_cert(cms, by->chain[i]) != 1)
			return false;
	si = CMS_add1_signer(cms, by->cert, by->key, md, FLAGS);
	return si != NULL && signed_time_set(si, at) && label_set(si, label) &&
	    CMS_final(cms, in, NULL, FLAGS) == 1;
}

int
cades_sign(const struct cades_signer *by, struct slice content,
    struct slice label, int64_t at, struct buf *out, struct err *e)
{
	CLEANUP(CMS_ContentInfo_freep) CMS_ContentInfo *cms = NULL;
	unsigned char *der = NULL;
	int n;

	ossl_init();
	if (time_check(by->cert, at, e) < 0)
		return -1;
	cms = CMS_sign(NULL, NULL, NULL, NULL, FLAGS | CMS_PARTIAL);
	if (cms == NULL || !all_sign(cms, by, content, label, at) ||
	    (n = i2d_CMS_ContentInfo(cms, &der)) <= 0)
		return err_ossl(e, "CMS_sign");
	buf_put(out, der, (size_t)n);
	OPENSSL_free(der);
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "no room for it");
}
