/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: cert_load ca_lint_cert ca_view_read */
#include <stdint.h>
#include <stdlib.h>

#include "nintei/ca_lint.h"
#include "nintei/ca_view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
lint_all(struct slice der)
{
	for (int kind = CA_KIND_ROOT; kind < CA_KIND_MAX; kind++) {
		CLEANUP(findings_free) struct findings found = { 0 };
		struct err e = ERR_INIT;

		if (ca_lint_cert(
			(enum ca_kind)kind, der, NULL, NULL, &found, &e) < 0 &&
		    e.code == E_OK)
			abort(); /* a refusal carries a code */
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(cert_freep) struct cert *c = NULL;
	CLEANUP(ca_view_freep) struct ca_view *v = NULL;
	struct slice in = slice_of(data, n);
	struct err e = ERR_INIT;

	lint_all(in);
	if (ca_view_read(in, NULL, &v, &e) < 0 && e.code == E_OK)
		abort();
	e = (struct err)ERR_INIT;
	if (cert_load(in, &c, &e) < 0) {
		if (e.code == E_OK || c != NULL)
			abort();
		return 0;
	}
	(void)cert_signed_by(c, c);
	(void)cert_subject_text(c, "2.5.4.3");
	return 0;
}
