/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: xmlx_read */
#include <stdlib.h>
#include "nintei/xmlx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static unsigned depth;

static bool
on_start(void *arg, const struct xmlx_element *el)
{
	struct slice ns;
	const char *local, *value;

	(void)arg;
	if (++depth != el->depth || depth > XMLX_DEPTH)
		abort();
	for (size_t i = 0; xmlx_attr_at(el, i, &ns, &local, &value); i++)
		if (ns.n == 0 && xmlx_attr(el, "", local) == NULL)
			abort(); /* each that is listed is found */
	return true;
}

static bool
on_end(void *arg, const struct xmlx_element *el)
{
	(void)arg;
	if (depth-- != el->depth)
		abort();
	return true;
}

static bool
on_text(void *arg, struct slice s)
{
	(void)arg;
	if (s.n == 0)
		abort();
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct xmlx_handlers h = { on_start, on_end, on_text };

	depth = 0;
	if (xmlx_read(slice_of(data, n), &h, NULL) == XMLX_OK && depth != 0)
		abort();
	return 0;
}
