/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: examine_work ooxml_xlsx_facts ooxml_docx_facts zip_open */
#include <stdlib.h>
#include <string.h>
#include "nintei/jsonx.h"
#include "nintei/ooxml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
read_as(int (*facts)(struct slice, struct json **, struct ooxml_faults *),
    struct slice doc)
{
	CLEANUP(jsonx_freep) struct json *out = NULL;
	struct ooxml_faults f;

	if (facts(doc, &out, &f) < 0 ? f.n == 0 || out != NULL
				     : f.n != 0 || out == NULL)
		abort(); /* a refusal says why, and only a refusal does */
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	read_as(ooxml_xlsx_facts, slice_of(data, n));
	read_as(ooxml_docx_facts, slice_of(data, n));
	return 0;
}
