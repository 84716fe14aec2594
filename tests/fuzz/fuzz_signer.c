/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: signer_dispatch sign_cert_decode rd_end */
#include "signer_fuzz.h"

/* The first byte chooses the operation. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(buf_free) struct buf reply = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;

	if (n == 0)
		return 0;
	if (signer_dispatch(signer_get(), SIGNER_SERVING,
		OP_SIGN_HELLO + data[0] % (OP_SIGN_MAX - OP_SIGN_HELLO),
		slice_of(data + 1, n - 1), &reply, &e) < 0 &&
	    e.code == E_OK)
		abort(); /* a refusal carries a code */
	return 0;
}
