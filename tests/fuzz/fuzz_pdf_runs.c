/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of text and the PDF behind them, whatever they are. */
#include "nintei/pdf.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct pdf_verdict v;
	struct json *facts = NULL;
	struct err e = ERR_INIT;

	if (pdf_runs_facts(slice_of(p, n), &facts, &v, &e) == 0)
		jsonx_free(facts);
	return 0;
}
