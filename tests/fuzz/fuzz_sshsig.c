/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: sshsig_parse ssh_key_parse ssh_private_decode */
#include <stdint.h>
#include <stdlib.h>

#include "nintei/key.h"
#include "nintei/sshsig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice in = slice_of(data, n);
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	CLEANUP(freep) char *line = slice_dup(in);
	struct err e = ERR_INIT;
	struct ssh_key key;
	struct sshsig s;

	if (sshsig_parse(in, &s, &e) == 0)
		(void)!sshsig_verify(&s, SSH_NS_DECISION, in, &e);
	else if (e.code == E_OK)
		abort();
	e = (struct err)ERR_INIT;
	if (line != NULL && ssh_key_parse(line, &key, &e) == 0 && key.n == 0)
		abort();
	e = (struct err)ERR_INIT;
	if (ssh_private_decode(in, &k, &e) < 0 && e.code == E_OK)
		abort();
	return 0;
}
