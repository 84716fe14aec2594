/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: signer_dispatch sign_cert_decode rd_end */
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "nintei/authority.h"
#include "nintei/limits.h"
#include "nintei/signing.h"
#include "support/support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char home[] = "/tmp/nintei-fuzz-XXXXXX";

static void
home_remove(void)
{
	remove_tree(home);
}

static struct signer *
signer_get(void)
{
	static struct signer *s;
	struct authority_options o = { .policies = FUZZ_POLICIES,
		.development = true,
		.clock = clock_system() };
	struct signer_options so = { 0 };
	struct err e = ERR_INIT;

	if (s != NULL)
		return s;
	so.home = o.home = home;
	if (mkdtemp(home) == NULL || atexit(home_remove) != 0)
		abort();
	if (authority_init(&o, &e) < 0 || signer_open(&so, &s, &e) < 0)
		abort();
	return s;
}

/* The first byte chooses the operation. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(buf_free) struct buf reply = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;

	if (n == 0)
		return 0;
	if (signer_dispatch(signer_get(), SIGNER_SERVING,
		OP_SIGN_HELLO + data[0] % 16, slice_of(data + 1, n - 1), &reply,
		&e) < 0 &&
	    e.code == E_OK)
		abort(); /* a refusal carries a code */
	return 0;
}
