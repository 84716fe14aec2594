/* SPDX-License-Identifier: Apache-2.0 */
/* Findings as the array of INTERFACE 4. */
#include "nintei/jsonx.h"

static void
set_unless_empty(struct json *j, const char *key, const char *value)
{
	if (value[0] != '\0')
		jsonx_set_str(j, key, value);
}

static struct json *
one_finding(const struct finding *f)
{
	struct json *j = jsonx_object();

	jsonx_set_str(j, "rule", f->rule);
	set_unless_empty(j, "code", f->code);
	jsonx_set_str(j, "severity", severity_name(f->severity));
	set_unless_empty(j, "article", f->article);
	set_unless_empty(j, "member", f->member);
	set_unless_empty(j, "field", f->field);
	jsonx_set_str(j, "text_ja", f->text_ja);
	jsonx_set_str(j, "text_en", f->text_en);
	return j;
}

struct json *
jsonx_findings(const struct findings *f)
{
	struct json *array = jsonx_array();

	for (size_t i = 0; i < f->n; i++)
		jsonx_add(array, one_finding(&f->items[i]));
	return array;
}
