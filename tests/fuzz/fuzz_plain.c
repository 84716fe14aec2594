/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a plain text: counts, marks and a paper, all within bounds. */
#include <stdlib.h>
#include "nintei/document.h"
#include "nintei/jsonx.h"
#include "nintei/lang.h"

static uint64_t
count(const struct json *language, const char *key)
{
	int64_t n = jsonx_get_int(language, key, -1);

	if (n < 0)
		abort();
	return (uint64_t)n;
}

static void
language_holds(const struct json *j)
{
	const struct lang_count c = { .letters = count(j, "letters"),
		.kana = count(j, "kana"),
		.han = count(j, "han"),
		.outside = count(j, "outside"),
		.forms = count(j, "forms"),
		.hidden = count(j, "hidden") };

	if (!lang_is_possible(&c) || lang_verdict(&c) == LANG_NONE)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	CLEANUP(jsonx_freep) struct json *facts = NULL;
	const char *fault = NULL;

	document_plain_facts(slice_of(p, n), &facts, &fault);
	if ((facts == NULL) == (fault == NULL))
		abort();
	if (facts == NULL)
		return 0;
	language_holds(jsonx_get(facts, "language"));
	if (jsonx_len(jsonx_get(facts, "marks")) > LABEL_MARKS)
		abort();
	return 0;
}
