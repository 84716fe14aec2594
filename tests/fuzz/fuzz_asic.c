/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: asic_manifest_facts asic_check ess_label_decode */
#include <stdlib.h>
#include <string.h>

#include "nintei/asic.h"
#include "nintei/ess.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A container of three files and this manifest; the archive is no zip. */
static void
judge(const struct json *facts)
{
	CLEANUP(findings_free) struct findings f = { 0 };
	static const uint8_t sum[32];
	struct asic_file files[] = {
		{ .path = "mimetype", .sha256 = sum, .fd = -1 },
		{ .path = "manifest.json", .sha256 = sum, .fd = -1 },
		{ .path = "META-INF/signature001.p7s",
		    .sha256 = sum,
		    .fd = -1 },
		{ .path = "META-INF/ASiCManifest001.xml",
		    .sha256 = sum,
		    .fd = -1,
		    .facts = facts },
	};
	struct asic_container c = { -1, files, NELEM(files) };
	struct asic_pair pairs[ASIC_MANIFESTS];
	struct err e = ERR_INIT;
	size_t pairs_n = 0;

	if (asic_check(&c, &f, pairs, &pairs_n, &e) < 0)
		abort(); /* what our own reader said is whole */
	if (f.n == 0 || pairs_n > 1)
		abort(); /* this archive does not begin as it must */
}

/* The label is read first: what it accepts is what it writes. */
static void
label(struct slice in)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(1024);
	struct ess_label l, again;
	struct err e = ERR_INIT;

	if (ess_label_decode(in, &l, &e) < 0)
		return;
	if (ess_label_encode(&l, &out, &e) == 0 &&
	    (ess_label_decode(buf_slice(&out), &again, &e) < 0 ||
		strcmp(again.policy, l.policy) != 0 ||
		again.classification != l.classification))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct json *facts = NULL;
	const char *fault = NULL;

	label(slice_of(data, n));
	if (asic_manifest_facts(slice_of(data, n), &facts, &fault) < 0) {
		if (fault == NULL || fault[0] == '\0' || facts != NULL)
			abort(); /* a refusal says why */
		return 0;
	}
	judge(facts);
	jsonx_free(facts);
	return 0;
}
