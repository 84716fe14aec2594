/* SPDX-License-Identifier: Apache-2.0 */
/* Usage and help, from the table of verbs. */
#include "cli_int.h"

#include <string.h>

/* Who uses what; a noun that no group names stands in the last one. */
static const struct group {
	const char *ja, *en, *nouns;
} groups[] = {
	{ "申請者・事業者", "Applicants and operators",
	    " form bundle dossier receipt " },
	{ "事務局（件は申請者、委員も）",
	    "Secretariat; cases also for applicants and members",
	    " case notice fee rule date number " },
	{ "決裁者", "Officers", " decision roster " },
	{ "誰でも", "Everybody", " cert register crl " },
	{ "監査人", "Auditors", " audit " },
	{ "運用担当", "Who runs the server", "" },
};

static void
usage_line(const struct cli *c, const struct verb *v, FILE *to)
{
	char form[64];

	(void)snprintf(form, sizeof(form), "%s%s%s%s%s", v->noun,
	    v->verb[0] != '\0' ? " " : "", v->verb,
	    v->args[0] != '\0' ? " " : "", v->args);
	fprintf(to, "  %-28s %s\n", form, cli_say(c, v->ja, v->en));
}

void
usage_noun(const struct cli *c, const char *noun, FILE *to)
{
	size_t i;

	for (i = 0; i < verbs_n; i++)
		if (strcmp(verbs[i].noun, noun) == 0)
			usage_line(c, &verbs[i], to);
	fprintf(to, "\n%s nintei help %s %s, man nintei-%s\n",
	    cli_say(c, "詳しくは:", "More:"), noun, cli_say(c, "動詞", "VERB"),
	    noun);
}

/* Is it one of the words, which stand between single spaces? */
static bool
has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; (p = strstr(p, word)) != NULL; p += n)
		if (p > words && p[-1] == ' ' && p[n] == ' ')
			return true;
	return false;
}

static const struct group *
group_of(const struct verb *v)
{
	for (size_t i = 0; i < NELEM(groups) - 1; i++)
		if (has_word(groups[i].nouns, v->noun))
			return &groups[i];
	return &groups[NELEM(groups) - 1];
}

void
usage_all(const struct cli *c, FILE *to)
{
	fprintf(to, "%s\n",
	    cli_say(c,
		"使い方: nintei [-C DIR] [--json] [--lang ja|en] 名詞 動詞 …",
		"usage: nintei [-C DIR] [--json] [--lang ja|en] NOUN VERB ..."));
	for (size_t k = 0; k < NELEM(groups); k++) {
		fprintf(to, "\n%s:\n", cli_say(c, groups[k].ja, groups[k].en));
		for (size_t i = 0; i < verbs_n; i++)
			if (group_of(&verbs[i]) == &groups[k])
				usage_line(c, &verbs[i], to);
	}
	fprintf(to, "\n%s\n",
	    cli_say(c,
		"件の手続: nintei case commands ID が今できることを、\n"
		"nintei help case do COMMAND がその項目と書類を示す。\n"
		"詳しくは: nintei help 名詞 動詞、man nintei",
		"What a case needs next: nintei case commands ID says what is "
		"possible,\nnintei help case do COMMAND what it asks for.\n"
		"More: nintei help NOUN VERB, man nintei"));
}

void
usage_verb(const struct cli *c, const struct verb *v, FILE *to)
{
	fprintf(to, "nintei %s%s%s%s%s\n\n  %s\n\n", v->noun,
	    v->verb[0] != '\0' ? " " : "", v->verb,
	    v->args[0] != '\0' ? " " : "", v->args, cli_say(c, v->ja, v->en));
	usage_options(c, v->options, to);
	if (v->run == case_do)
		fprintf(to, "\n%s\n",
		    cli_say(c,
			"COMMAND の項目、書類、例: nintei help case do COMMAND\n"
			"今できる手続: nintei case commands ID",
			"Data, papers and an example of a command: "
			"nintei help case do COMMAND\n"
			"What is possible now: nintei case commands ID"));
}
