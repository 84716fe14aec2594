/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a paper of the register: dates and numbers in their forms. */
#include <stdlib.h>
#include <string.h>
#include "nintei/jsonx.h"
#include "nintei/registry.h"
#include "nintei/term.h"

static void
digits_hold(const char *text, size_t n)
{
	if (text != NULL &&
	    (strlen(text) != n || strspn(text, "0123456789") != n))
		abort();
}

static void
day_holds(const char *text)
{
	struct err e = ERR_INIT;
	struct jday d;

	if (text != NULL && jday_parse(text, &d, &e) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEANUP(jsonx_freep)
	struct json *paper = registry_paper_read(slice_of(p, n));
	const struct json *inquiry = jsonx_get(paper, "inquiry");
	const struct json *people = jsonx_get(paper, "representatives");

	digits_hold(jsonx_get_str(paper, "number"), 12);
	digits_hold(jsonx_get_str(inquiry, "number"), 10);
	day_holds(jsonx_get_str(paper, "established"));
	day_holds(jsonx_get_str(paper, "issued_on"));
	day_holds(jsonx_get_str(inquiry, "issued_on"));
	for (size_t i = 0; i < jsonx_len(people); i++)
		if (jsonx_get_str(jsonx_at(people, i), "name") == NULL)
			abort();
	return 0;
}
