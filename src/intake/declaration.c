/* SPDX-License-Identifier: Apache-2.0 */
/* What core asks of a dossier about a certification that is there already. */
#include "intake_int.h"

#include <string.h>

/* Answers as they are written, folded; who writes otherwise is read. */
static const struct {
	const char *begin;
	enum intake_declared means;
} answers[] = {
	/* What denies stands before what it begins like. */
	{ "遵守していない", DECLARED_NOT_KEPT },
	{ "遵守していません", DECLARED_NOT_KEPT },
	{ "遵守できていな", DECLARED_NOT_KEPT },
	{ "遵守できていません", DECLARED_NOT_KEPT },
	{ "遵守しなかった", DECLARED_NOT_KEPT },
	{ "違反があ", DECLARED_NOT_KEPT },
	{ "いいえ", DECLARED_NOT_KEPT },
	{ "notkept", DECLARED_NOT_KEPT },
	{ "遵守しています", DECLARED_KEPT },
	{ "遵守している", DECLARED_KEPT },
	{ "遵守しました", DECLARED_KEPT },
	{ "遵守した", DECLARED_KEPT },
	{ "違反はありません", DECLARED_KEPT },
	{ "はい", DECLARED_KEPT },
	{ "kept", DECLARED_KEPT },
};

/* ASCII letters alone: other scripts have no case here. */
static void
lower(char *text)
{
	for (; *text != '\0'; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text - 'A' + 'a');
}

enum intake_declared
intake_declaration(const struct intake *in)
{
	CLEANUP(freep) char *text = field_text(in->form_a, "mark_declaration");
	CLEANUP(freep) char *folded = NULL;

	if (text == NULL || value_is_blank(text))
		return intake_member_of(in, INTAKE_ROLE_MARK_DECLARATION) ==
			NULL
		    ? DECLARED_NONE
		    : DECLARED_READ;
	if ((folded = value_fold(text)) == NULL)
		return DECLARED_READ;
	lower(folded);
	for (size_t i = 0; i < NELEM(answers); i++)
		if (strncmp(folded, answers[i].begin,
			strlen(answers[i].begin)) == 0)
			return answers[i].means;
	return DECLARED_READ;
}

bool
intake_form_date(const struct intake *in, const char *field, struct jday *out)
{
	CLEANUP(freep) char *text = field_text(in->form_a, field);
	struct date_reading d = { .ok = false };

	if (text == NULL)
		return false;
	date_read(slice_str(text), &d);
	if (d.ok)
		*out = d.day;
	return d.ok;
}

void
intake_number_unknown(struct findings *f, const char *number)
{
	rule_add(f, IR_NUMBER_UNKNOWN, NULL, "number", number);
}
