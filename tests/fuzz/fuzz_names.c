/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: names_check names_decode name_policy names_collide */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/text.h"

#include "bundle_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Names between newlines; a first byte above 7F is the flag of bit 11. */
static void
split(struct slice in, struct table *t)
{
	while (in.n > 0) {
		const uint8_t *end = memchr(in.p, '\n', in.n);
		size_t n = end == NULL ? in.n : (size_t)(end - in.p);
		struct entry *ent = table_add(t);

		if (ent == NULL)
			return;
		ent->utf8 = in.p[0] > 0x7f;
		ent->raw = slice_of(in.p, n);
		ent->is_dir = n > 0 && in.p[n - 1] == '/';
		n += end != NULL;
		in = slice_of(in.p + n, in.n - n);
	}
}

/* What the worker finds good, the parent must find good too. */
static void
check_again(const struct entry *ent)
{
	struct slice name = slice_str(ent->name);

	if (!text_is_nfc(name) || name.n > LIMIT_NAME_BYTES)
		abort();
	if (bundle_name_fault(name) != NULL ||
	    bundle_name_is_ignored(name) != ent->ignored)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(table_free) struct table t = { 0 };
	CLEANUP(verdicts_free) struct verdicts v = { 0 };

	split(slice_of(data, n), &t);
	names_check(&t, &v);
	for (size_t i = 0; i < t.n; i++)
		if (!t.items[i].bad)
			check_again(&t.items[i]);
	return 0;
}
