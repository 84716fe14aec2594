/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Target functions: signature_unpack signature_facts cms_judge
 * corporation_decode registrar_decode
 */
#include <stdint.h>
#include <stdlib.h>
#include "nintei/corporation.h"
#include "nintei/wire.h"
#include "signature_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
corporation(struct slice in)
{
	struct corporation c = { 0 };
	char registrar[CORPORATION_TEXT];
	struct err e = ERR_INIT;

	if (corporation_decode(in, &c, &e) == 0 &&
	    (slice_str(c.number).n != 12 || c.name[0] == '\0' ||
		!utf8_valid(slice_str(c.name)) ||
		!utf8_valid(slice_str(c.representative))))
		abort();
	e = (struct err)ERR_INIT;
	if (registrar_decode(in, registrar, &e) == 0 &&
	    !utf8_valid(slice_str(registrar)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice in = slice_of(data, n);
	CLEANUP(jsonx_freep) struct json *facts = signature_facts(in);
	struct err e = ERR_INIT;

	/* What the child says always has the shape that the parent asks. */
	if (facts != NULL && signature_shape(facts, &e) < 0)
		abort();
	corporation(in);
	return 0;
}
