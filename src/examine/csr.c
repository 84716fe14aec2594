/* SPDX-License-Identifier: Apache-2.0 */
/* A PKCS#10 request read strictly: PKI 9, RFC 2986. */
#include "examine_int.h"
#include <string.h>
#include "nintei/der.h"
#include "nintei/x509.h"

static size_t
count_begins(struct slice in)
{
	static const char begin[] = "-----BEGIN ";
	size_t count = 0, n = sizeof(begin) - 1;

	for (size_t i = 0; i + n <= in.n; i++)
		if (memcmp(in.p + i, begin, n) == 0)
			count++;
	return count;
}

static int
unarmour(struct slice in, struct buf *out, struct err *e)
{
	struct err first = ERR_INIT;

	if (pem_decode(in, "CERTIFICATE REQUEST", out, &first) == 0)
		return 0;
	buf_reset(out);
	return pem_decode(in, "NEW CERTIFICATE REQUEST", out, e);
}

/* The parts that OpenSSL would not judge; EXF_NONE when they are right. */
static enum exf
structure(struct slice der, struct slice *out_spki)
{
	struct der d = der_init(der);
	struct der request = der_enter(&d, DER_SEQUENCE);
	struct der info = der_enter(&request, DER_SEQUENCE);
	uint64_t version = der_get_uint(&info);

	der_get(&info, DER_SEQUENCE); /* subject: not used */
	*out_spki = der_element(&info, DER_SEQUENCE);
	der_get(&info, DER_CONTEXT_SET(0)); /* attributes: not used */
	der_get(&request, DER_SEQUENCE);
	der_get(&request, DER_BIT_STRING);
	if (info.bad || request.bad || d.bad || !der_done(&info) ||
	    !der_done(&request))
		return EXF_CSR_FORMAT;
	if (d.n > 0)
		return EXF_CSR_TRAILING;
	return version == 0 ? EXF_NONE : EXF_CSR_VERSION;
}

/* The key alone, then the proof of possession; each with its own verdict. */
static void
keys(struct slice der, struct slice spki, struct xd_writer *w)
{
	CLEANUP(pkey_freep) struct pkey *key = NULL, *proved = NULL;
	CLEANUP(jsonx_freep) struct json *facts = jsonx_object();
	struct err e = ERR_INIT;

	if (pkey_of_spki(spki, &key, &e) < 0) {
		xd_finding(w, EXF_CSR_KEY, e.detail);
		return;
	}
	if (csr_decode(der, &proved, &e) < 0) {
		xd_finding(w, EXF_CSR_SIGNATURE, e.detail);
		return;
	}
	jsonx_set_str(facts, "key_type", key_kind_name(pkey_kind(proved)));
	xd_tree(w, facts);
	xd_put(w, XD_SPKI, 0, 0, pkey_spki(proved));
}

void
csr_examine(struct slice in, struct xd_writer *w)
{
	CLEANUP(buf_free) struct buf bare = BUF_INIT(LIMIT_CSR_BYTES);
	struct slice der = in, spki;
	struct err e = ERR_INIT;
	enum exf fault;

	if (in.n > LIMIT_CSR_BYTES) {
		xd_finding(w, EXF_CSR_FORMAT, "too large");
		return;
	}
	if (pem_is(in)) {
		if (count_begins(in) != 1) {
			xd_finding(w, EXF_CSR_MANY, "");
			return;
		}
		if (unarmour(in, &bare, &e) < 0) {
			xd_finding(w, EXF_CSR_FORMAT, e.detail);
			return;
		}
		der = buf_slice(&bare);
	}
	if ((fault = structure(der, &spki)) != EXF_NONE)
		xd_finding(w, fault, "DER");
	else
		keys(der, spki, w);
}
