/* SPDX-License-Identifier: Apache-2.0 */
/* What a member is, by its role's name or by the name of its file. */
#include "intake_int.h"
#include <string.h>

static const char *const names[INTAKE_ROLE_MAX] = {
	[INTAKE_ROLE_NONE] = "",
	[INTAKE_ROLE_FORM_A] = "form_a",
	[INTAKE_ROLE_FORM_B] = "form_b",
	[INTAKE_ROLE_REGISTRY_CERTIFICATE] = "registry_certificate",
	[INTAKE_ROLE_EXISTENCE_PROOF] = "existence_proof",
	[INTAKE_ROLE_MARK_DECLARATION] = "mark_declaration",
	[INTAKE_ROLE_GUIDELINE_EVIDENCE] = "guideline_evidence",
	[INTAKE_ROLE_SUBJECT_KEY] = "subject_key",
	[INTAKE_ROLE_ATTACHMENT] = "attachment",
	[INTAKE_ROLE_MANIFEST] = "manifest",
	[INTAKE_ROLE_CONTAINER] = "container",
};

/* Names of level 0, after NFKC in lower case, without the extension. */
static const struct {
	const char *stem;
	enum intake_role role;
} stems[] = {
	{ "申請書a", INTAKE_ROLE_FORM_A },
	{ "form-a", INTAKE_ROLE_FORM_A },
	{ "form_a", INTAKE_ROLE_FORM_A },
	{ "申請書b", INTAKE_ROLE_FORM_B },
	{ "form-b", INTAKE_ROLE_FORM_B },
	{ "form_b", INTAKE_ROLE_FORM_B },
	{ "登記事項証明書", INTAKE_ROLE_REGISTRY_CERTIFICATE },
	{ "履歴事項全部証明書", INTAKE_ROLE_REGISTRY_CERTIFICATE },
	{ "現在事項全部証明書", INTAKE_ROLE_REGISTRY_CERTIFICATE },
	{ "登記簿謄本", INTAKE_ROLE_REGISTRY_CERTIFICATE },
	{ "registry", INTAKE_ROLE_REGISTRY_CERTIFICATE },
	{ "registry-certificate", INTAKE_ROLE_REGISTRY_CERTIFICATE },
	{ "registry_certificate", INTAKE_ROLE_REGISTRY_CERTIFICATE },
	{ "実在証明", INTAKE_ROLE_EXISTENCE_PROOF },
	{ "実在を証明する公的書類", INTAKE_ROLE_EXISTENCE_PROOF },
	{ "existence-proof", INTAKE_ROLE_EXISTENCE_PROOF },
	{ "existence_proof", INTAKE_ROLE_EXISTENCE_PROOF },
	{ "自己申告", INTAKE_ROLE_MARK_DECLARATION },
	{ "自己申告書", INTAKE_ROLE_MARK_DECLARATION },
	{ "認定マーク自己申告書", INTAKE_ROLE_MARK_DECLARATION },
	{ "mark-declaration", INTAKE_ROLE_MARK_DECLARATION },
	{ "mark_declaration", INTAKE_ROLE_MARK_DECLARATION },
	{ "指針適合資料", INTAKE_ROLE_GUIDELINE_EVIDENCE },
	{ "guideline-evidence", INTAKE_ROLE_GUIDELINE_EVIDENCE },
	{ "guideline_evidence", INTAKE_ROLE_GUIDELINE_EVIDENCE },
	{ "request", INTAKE_ROLE_SUBJECT_KEY },
	{ "subject-key", INTAKE_ROLE_SUBJECT_KEY },
	{ "subject_key", INTAKE_ROLE_SUBJECT_KEY },
};

const char *
intake_role_name(enum intake_role r)
{
	return r < INTAKE_ROLE_MAX ? names[r] : "";
}

enum intake_role
intake_role_parse(const char *name)
{
	if (name == NULL)
		return INTAKE_ROLE_NONE;
	for (enum intake_role r = INTAKE_ROLE_FORM_A;
	     r <= INTAKE_ROLE_ATTACHMENT; r++)
		if (strcmp(name, names[r]) == 0)
			return r;
	return INTAKE_ROLE_NONE;
}

/* Bytes before the last dot, ASCII letters in lower case. */
static void
stem_of(const char *folded, char *out, size_t cap)
{
	const char *dot = strrchr(folded, '.');
	size_t n = dot == NULL ? strlen(folded) : (size_t)(dot - folded);

	if (n >= cap)
		n = cap - 1;
	for (size_t i = 0; i < n; i++)
		out[i] = (char)(folded[i] >= 'A' && folded[i] <= 'Z'
			? folded[i] + ('a' - 'A')
			: folded[i]);
	out[n] = '\0';
}

static bool
is_request(const char *folded)
{
	const char *dot = strrchr(folded, '.');

	return dot != NULL &&
	    (strcmp(dot, ".csr") == 0 || strcmp(dot, ".p10") == 0);
}

enum intake_role
intake_role_of_path(const char *path)
{
	CLEANUP(freep) char *folded = NULL;
	char stem[128];

	if (strcmp(path, "manifest.json") == 0)
		return INTAKE_ROLE_MANIFEST;
	if (strchr(path, '/') != NULL || (folded = value_fold(path)) == NULL)
		return INTAKE_ROLE_ATTACHMENT;
	if (is_request(folded))
		return INTAKE_ROLE_SUBJECT_KEY;
	stem_of(folded, stem, sizeof(stem));
	for (size_t i = 0; i < NELEM(stems); i++)
		if (strcmp(stem, stems[i].stem) == 0)
			return stems[i].role;
	return INTAKE_ROLE_ATTACHMENT;
}
