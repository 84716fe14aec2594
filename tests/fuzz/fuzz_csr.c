/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: csr_decode pkey_of_spki pem_decode */
#include <stdint.h>
#include <stdlib.h>

#include "nintei/x509.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	CLEANUP(pkey_freep) struct pkey *again = NULL;
	CLEANUP(pkey_freep) struct pkey *spki = NULL;
	struct err e = ERR_INIT;

	(void)!pkey_of_spki(slice_of(data, n), &spki, &e);
	e = (struct err)ERR_INIT;
	if (csr_decode(slice_of(data, n), &k, &e) < 0) {
		if (e.code == E_OK || k != NULL)
			abort(); /* a refusal carries a code */
		return 0;
	}
	if (pkey_kind(k) == KEY_NONE ||
	    pkey_of_spki(pkey_spki(k), &again, &e) < 0)
		abort(); /* an accepted key is accepted again */
	return 0;
}
