/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: crl_load ca_lint_crl */
#include <stdint.h>
#include <stdlib.h>

#include "nintei/ca_lint.h"
#include "nintei/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct cert *
issuer(void)
{
	static struct cert *c;
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	struct ca_root f = { .organization = "O",
		.common_name = "C",
		.not_before = 1,
		.not_after = 86400,
		.serial = { 1 } };
	struct err e = ERR_INIT;

	if (c == NULL &&
	    (pkey_generate(KEY_P256, &k, &e) < 0 ||
		ca_root_make(&f, k, &der, &e) < 0 ||
		cert_decode(buf_slice(&der), &c, &e) < 0))
		abort();
	return c;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(crl_freep) struct crl *c = NULL;
	CLEANUP(findings_free) struct findings found = { 0 };
	struct slice in = slice_of(data, n);
	struct crl_entry entry;
	struct err e = ERR_INIT;

	if (ca_lint_crl(in, issuer(), &found, &e) < 0 && e.code == E_OK)
		abort(); /* a refusal carries a code */
	e = (struct err)ERR_INIT;
	if (crl_load(in, &c, &e) < 0) {
		if (e.code == E_OK || c != NULL)
			abort();
		return 0;
	}
	for (size_t i = 0; crl_at(c, i, &entry); i++)
		if (!crl_find(c, entry.serial, &entry))
			abort(); /* what is listed is found */
	(void)crl_signed_by(c, issuer());
	return 0;
}
