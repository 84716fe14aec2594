/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded readers of the texts in an operator's file. */
#include "nintei/conf.h"

#include <inttypes.h>
#include <string.h>

#include "nintei/enc.h"

int
conf_bool(const char *text, const char *what, bool *out, struct err *e)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = { { "yes", true }, { "true", true }, { "no", false },
		{ "false", false } };
	size_t i;

	for (i = 0; i < NELEM(words); i++)
		if (strcmp(text, words[i].word) == 0) {
			*out = words[i].value;
			return 0;
		}
	return err_set(
	    e, E_CONFIG, "%s: want yes or no, have \"%.40s\"", what, text);
}

int
conf_int(const char *text, const char *what, int64_t min, int64_t max,
    int64_t *out, struct err *e)
{
	struct err ignored = ERR_INIT;
	bool negative = text[0] == '-';
	uint64_t n;
	int64_t v;

	if (dec_parse(text + negative, INT64_MAX, &n, &ignored) < 0)
		return err_set(e, E_CONFIG,
		    "%s: want a whole number, have \"%.40s\"", what, text);
	v = negative ? -(int64_t)n : (int64_t)n;
	if (v < min || v > max)
		return err_set(e, E_CONFIG,
		    "%s: want %" PRId64 " to %" PRId64 ", have %s", what, min,
		    max, text);
	*out = v;
	return 0;
}
