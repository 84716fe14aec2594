/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AUDIT-26: data.documents says what each paper of an act is, and an act that
 * rests on a paper has it.
 */
#include "audit_int.h"

#include <inttypes.h>
#include <string.h>

#include "nintei/jsonx.h"

static const struct {
	const char *machine, *event, *role;
} wanted[] = {
	{ "seat", "opine", "opinion" },
	{ "application", "close_opinions", "minutes" },
	{ "rules", "deliberated", "minutes" },
	{ "compliance", "inquire", "demand" },
	{ "compliance", "answer", "answer" },
	{ "compliance", "judge_sufficient", "finding" },
	{ "compliance", "judge_insufficient", "finding" },
	{ "compliance", "survey_done", "report" },
	{ "compliance", "survey_refused", "report" },
	{ "emergency", "notify", "report" },
	{ "emergency", "discovered_by_body", "report" },
	{ "emergency", "progress", "report" },
	{ "emergency", "dismiss", "finding" },
	{ "succession", "evidence", "evidence" },
	{ "change_notice", "ask", "demand" },
	{ "change_notice", "supplement", "answer" },
	{ "mark", "misuse_found", "evidence" },
	{ "mark", "fixed", "evidence" },
	{ "mark", "fixed_after_end", "evidence" },
	{ "paper", "returned", "image" },
	{ "paper", "loss_declared", "statement" },
	{ "paper", "replace", "dispatch" },
};

static bool
has_role(const struct json *list, const char *role)
{
	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *have = jsonx_get_str(jsonx_at(list, i), "role");

		if (have != NULL && strcmp(have, role) == 0)
			return true;
	}
	return false;
}

static bool
has_number(const struct json *list, int64_t n)
{
	for (size_t i = 0; i < jsonx_len(list); i++)
		if (jsonx_get_int(jsonx_at(list, i), "n", 0) == n)
			return true;
	return false;
}

/* Each paper has one name, and each name a paper. */
static void
names_judge(struct audit *a, const struct json *docs, const struct json *names)
{
	for (size_t i = 0; i < jsonx_len(names); i++) {
		int64_t n = jsonx_get_int(jsonx_at(names, i), "n", 0);

		if (!has_number(docs, n))
			audit_say(a, AUDIT_R26, "a document of the event",
			    "data.documents names number %" PRId64, n);
	}
	if (jsonx_len(names) != jsonx_len(docs))
		audit_say(a, AUDIT_R26, "data.documents for each document",
		    "%zu of %zu", jsonx_len(names), jsonx_len(docs));
}

/* An answer of core's to another case brings no paper. */
void
bring_judge(struct audit *a)
{
	const struct json *j = a->it->event;
	const struct json *data = jsonx_get(j, "data");
	const struct json *names = jsonx_get(data, "documents");

	if (is_intake(j) || jsonx_get_str(j, "cause") != NULL)
		return;
	names_judge(a, jsonx_get(j, "docs"), names);
	for (size_t i = 0; i < NELEM(wanted); i++)
		if (strcmp(wanted[i].machine, jsonx_get_str(j, "machine")) ==
			0 &&
		    strcmp(wanted[i].event, jsonx_get_str(j, "event")) == 0 &&
		    !has_role(names, wanted[i].role))
			audit_say(a, AUDIT_R26, wanted[i].role,
			    "no document of this role");
}
