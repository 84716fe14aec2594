/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_SIGNER_FUZZ_H
#define NINTEI_TESTS_SIGNER_FUZZ_H
/*
 * signer_fuzz: a signer of a new home, opened once, removed at the end.  It
 * has issued nothing.
 */
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
	struct signer_options so = { .rates_off = true };
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

#endif
