/* SPDX-License-Identifier: Apache-2.0 */
/* The case document for people. */
#include "cli_int.h"

#include <stdlib.h>
#include <string.h>

/* A member of a member, or NULL. */
static const char *
inner(const struct json *o, const char *key, const char *member)
{
	return jsonx_get_str(jsonx_get(o, key), member);
}

void
print_items(const struct json *items, const char *const *keys)
{
	const struct json *value;
	const char *text;
	char safe[300];
	size_t i, k;

	for (i = 0; i < jsonx_len(items); i++) {
		for (k = 0; keys[k] != NULL; k++) {
			value = jsonx_get(jsonx_at(items, i), keys[k]);
			text = jsonx_str(value);
			if (text != NULL)
				printf("  %s",
				    text_show(safe, sizeof(safe), text,
					strlen(text)));
			else if (jsonx_kind(value) == JSON_KIND_INT)
				printf("  %lld",
				    (long long)jsonx_int_value(value, 0));
		}
		printf("\n");
	}
}

static void
print_section(
    const struct json *items, const char *title, const char *const *keys)
{
	if (jsonx_len(items) > 0)
		printf("%s:\n", title);
	print_items(items, keys);
}

/* "  申請 (application 1): 審査中 (in_review) [survey_open]". */
static void
print_machine(const struct cli *c, const struct json *m)
{
	const char *machine = jsonx_get_str(m, "machine");
	const struct json *flags = jsonx_get(m, "flags");
	CLEANUP(freep)
	char *state = said_state(c, machine, jsonx_get_str(m, "state"));
	CLEANUP(freep) char *name = said(machine);
	CLEANUP(freep) char *instance = said(jsonx_get_str(m, "instance"));

	printf("  %s %s: %s", name, instance, state);
	for (size_t i = 0; i < jsonx_len(flags); i++) {
		CLEANUP(freep) char *flag = said(jsonx_str(jsonx_at(flags, i)));

		printf(" [%s]", flag);
	}
	printf("\n");
}

static void
print_machines(const struct cli *c, const struct json *machines)
{
	if (jsonx_len(machines) > 0)
		printf("%s:\n", cli_say(c, "手続", "machines"));
	for (size_t i = 0; i < jsonx_len(machines); i++)
		print_machine(c, jsonx_at(machines, i));
}

void
print_case(const struct cli *c, const struct json *d)
{
	static const char *const documents[] = { "n", "role", "tag", "size",
		"path", NULL };
	static const char *const decisions[] = { "decision_id", "kind", "state",
		NULL };
	static const char *const deadlines[] = { "date", "what", "article",
		"for", NULL };
	CLEANUP(freep)
	char *state = said_state(c, "application", jsonx_get_str(d, "state"));
	CLEANUP(freep)
	char *certified =
	    said_state(c, "certification", inner(d, "certification", "state"));

	print_row(c, "件", "case", jsonx_get_str(d, "case"));
	print_row(c, "制度", "scheme", jsonx_get_str(d, "scheme"));
	print_row(c, "種類", "kind", jsonx_get_str(d, "kind"));
	print_row(c, "状態", "state", state);
	print_row(c, "受付", "received", jsonx_get_str(d, "received_at"));
	print_row(c, "申請者", "applicant", inner(d, "applicant", "name"));
	print_row(c, "法人番号", "corporate number",
	    inner(d, "applicant", "corporate_number"));
	print_row(c, "サービス", "service", inner(d, "service", "name"));
	print_row(c, "認定番号", "number", jsonx_get_str(d, "number"));
	print_row(c, "認定", "certification", certified);
	print_row(c, "認定日", "certified on",
	    inner(d, "certification", "certified_on"));
	print_row(c, "有効期間の末日", "valid through",
	    inner(d, "certification", "valid_through"));
	print_machines(c, jsonx_get(d, "machines"));
	print_section(jsonx_get(d, "documents"),
	    cli_say(c, "書類", "documents"), documents);
	print_section(jsonx_get(d, "decisions"),
	    cli_say(c, "決裁", "decisions"), decisions);
	print_section(jsonx_get(d, "deadlines"),
	    cli_say(c, "期限", "deadlines"), deadlines);
	print_findings(c, d, stdout);
	print_row(c, "先頭", "head", jsonx_get_str(d, "head"));
}
