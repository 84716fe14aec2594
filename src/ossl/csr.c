/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PKCS#10 requests, read by our own strict reader: `openssl req -verify`
 * accepts trailing bytes, other versions and two requests in one file.
 */
#include "nintei/x509.h"

#include <string.h>

#include "ossl_int.h"

/* Signature algorithms of a proof of possession, by the key's kind. */
static const struct {
	const char *oid;
	enum key_kind kind[2];
	unsigned bits; /* of SHA-2; 0: none */
	bool null; /* parameters: NULL, else absent */
} algorithms[] = {
	{ "1.2.840.10045.4.3.2", { KEY_P256, KEY_P384 }, 256, false },
	{ "1.2.840.10045.4.3.3", { KEY_P256, KEY_P384 }, 384, false },
	{ "1.2.840.10045.4.3.4", { KEY_P256, KEY_P384 }, 512, false },
	{ "1.2.840.113549.1.1.11", { KEY_RSA, KEY_RSA }, 256, true },
	{ "1.2.840.113549.1.1.12", { KEY_RSA, KEY_RSA }, 384, true },
	{ "1.2.840.113549.1.1.13", { KEY_RSA, KEY_RSA }, 512, true },
	{ "1.3.101.112", { KEY_ED25519, KEY_ED25519 }, 0, false },
};

/* The parts of a request, borrowed from it. */
struct request {
	struct slice info; /* CertificationRequestInfo, what is signed */
	struct slice spki;
	struct der algorithm;
	struct slice signature;
};

static int
request_split(struct slice der, struct request *out, struct err *e)
{
	struct der d = der_init(der), all, info;
	struct request r;

	all = der_enter(&d, DER_SEQUENCE);
	r.info = der_element(&all, DER_SEQUENCE);
	r.algorithm = der_enter(&all, DER_SEQUENCE);
	r.signature = der_get_bits(&all);
	if (der_finish(&d, e) < 0 || der_finish(&all, e) < 0)
		return err_wrap(e, "request");
	d = der_init(r.info);
	info = der_enter(&d, DER_SEQUENCE);
	if (der_get_uint(&info) != 0 && !info.bad)
		return err_set(e, E_INPUT, "want a request of version 1");
	der_get(&info, DER_SEQUENCE); /* the subject, which is not used */
	r.spki = der_element(&info, DER_SEQUENCE);
	if (der_has(&info, DER_CONTEXT_SET(0)))
		der_skip(&info); /* attributes, which are not used */
	if (der_finish(&info, e) < 0)
		return err_wrap(e, "request info");
	*out = r;
	return 0;
}

static bool
possession_proved(const struct request *r, const struct pkey *k)
{
	const struct ossl_algorithms *a = ossl_algorithms();
	struct der d = r->algorithm;
	char oid[64];

	der_get_oid(&d, oid, sizeof(oid));
	for (size_t i = 0; i < NELEM(algorithms); i++) {
		const EVP_MD *md = algorithms[i].bits == 256 ? a->sha256
		    : algorithms[i].bits == 384              ? a->sha384
		    : algorithms[i].bits == 512              ? a->sha512
							     : NULL;

		if (strcmp(oid, algorithms[i].oid) != 0 ||
		    (k->kind != algorithms[i].kind[0] &&
			k->kind != algorithms[i].kind[1]))
			continue;
		if (algorithms[i].null && der_get(&d, DER_NULL).n != 0)
			return false;
		return der_done(&d) &&
		    evp_verify(k->evp, md, r->info, r->signature);
	}
	return false;
}

static int
request_decode(struct slice der, struct pkey **out, struct err *e)
{
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	struct request r;

	if (der.n > LIMIT_CSR_BYTES)
		return err_set(e, E_LIMIT, "request too long");
	if (request_split(der, &r, e) < 0 || pkey_of_spki(r.spki, &k, e) < 0)
		return -1;
	if (!possession_proved(&r, k))
		return err_set(e, E_INPUT,
		    "the request is not signed by the key that it names");
	*out = TAKE(k);
	return 0;
}

int
csr_decode(struct slice bytes, struct pkey **out, struct err *e)
{
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CSR_BYTES);
	struct err first = ERR_INIT;

	if (!pem_is(bytes))
		return request_decode(bytes, out, e);
	if (bytes.n > 2 * LIMIT_CSR_BYTES)
		return err_set(e, E_LIMIT, "request too long");
	if (pem_decode(bytes, "CERTIFICATE REQUEST", &der, &first) < 0) {
		buf_reset(&der);
		/* The label of older tools. */
		if (pem_decode(bytes, "NEW CERTIFICATE REQUEST", &der, e) < 0) {
			*e = first;
			return -1;
		}
	}
	return request_decode(buf_slice(&der), out, e);
}
