/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: zip_open zip_read zip_find */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/limits.h"
#include "nintei/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
need_code(const struct zip_fault *f)
{
	if (f->code == NULL || f->code[0] == '\0')
		abort();
}

/* A part is read whole, or not; it is found by its own name. */
static void
read_part(const struct zip *z, const struct zip_part *p)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(MIB(2));
	struct zip_fault f = { 0 };

	if (zip_find(z, p->name) == NULL)
		abort();
	if (zip_read(z, p, &out, &f) < 0)
		need_code(&f);
	else if (out.n != p->size)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(zip_freep) struct zip *z = NULL;
	struct zip_fault f = { 0 };

	if (zip_open(slice_of(data, n), &z, &f) < 0) {
		need_code(&f);
		return 0;
	}
	for (size_t i = 0; i < zip_count(z); i++)
		read_part(z, zip_part(z, i));
	return 0;
}
