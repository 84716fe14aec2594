/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: bag_facts bag_check */
#include <stdlib.h>
#include <string.h>

#include "nintei/bag.h"
#include "nintei/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The tag files, one after the other between NUL bytes. */
static void
pack(struct slice in, const char *const *names, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		const uint8_t *end = in.n == 0 ? NULL : memchr(in.p, 0, in.n);
		size_t len = end == NULL ? in.n : (size_t)(end - in.p);

		wr_text(out, names[i]);
		wr_bytes(out, slice_of(in.p, len));
		if (end != NULL)
			len++;
		in = slice_of(in.p + len, in.n - len);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = { "bagit.txt", "bag-info.txt",
		"manifest-sha256.txt", "tagmanifest-sha256.txt" };
	struct bag_file files[] = { { "bagit.txt", 0, -1, false },
		{ "manifest-sha256.txt", 0, -1, false },
		{ "tagmanifest-sha256.txt", 0, -1, false },
		{ "data/a", 0, -1, false } };
	struct bag b = { files, NELEM(files) };
	CLEANUP(buf_free) struct buf packed = BUF_INIT(BAG_TAG_BYTES);
	CLEANUP(findings_free) struct findings f = { 0 };
	struct json *facts = NULL;
	const char *fault = NULL;
	struct err e = ERR_INIT;

	if (n == 0)
		return 0;
	pack(slice_of(data, n), names, NELEM(names), &packed);
	if (bag_facts(buf_slice(&packed), &facts, &fault) < 0) {
		if (fault == NULL || fault[0] == '\0' || facts != NULL)
			abort(); /* a refusal says why */
	} else if (bag_check(&b, facts, &f, &e) < 0)
		abort(); /* what our own reader said is whole */
	jsonx_free(facts);
	facts = NULL;
	if (bag_facts(slice_of(data, n), &facts, &fault) == 0)
		jsonx_free(facts); /* frames of any kind */
	return 0;
}
