/* SPDX-License-Identifier: Apache-2.0 */
/* Usage and help, from the table of verbs. */
#include "cli_int.h"

#include <string.h>

static void
usage_line(const struct cli *c, const struct verb *v, FILE *to)
{
	char form[64];

	(void)snprintf(form, sizeof(form), "%s%s%s%s%s", v->noun,
	    v->verb[0] != '\0' ? " " : "", v->verb,
	    v->args[0] != '\0' ? " " : "", v->args);
	fprintf(to, "  %-24s %s\n", form, cli_say(c, v->ja, v->en));
}

void
usage_noun(const struct cli *c, const char *noun, FILE *to)
{
	size_t i;

	for (i = 0; i < verbs_n; i++)
		if (noun == NULL || strcmp(verbs[i].noun, noun) == 0)
			usage_line(c, &verbs[i], to);
}

void
usage_all(const struct cli *c, FILE *to)
{
	fprintf(to, "%s\n\n",
	    cli_say(c,
		"使い方: nintei [-C DIR] [--json] [--lang ja|en] 名詞 動詞 …",
		"usage: nintei [-C DIR] [--json] [--lang ja|en] NOUN VERB ..."));
	usage_noun(c, NULL, to);
	fprintf(to, "\n%s\n",
	    cli_say(c, "詳しくは: nintei help 名詞 動詞、man nintei",
		"More: nintei help NOUN VERB, man nintei"));
}

void
usage_verb(const struct cli *c, const struct verb *v, FILE *to)
{
	fprintf(to, "nintei %s%s%s%s%s\n\n  %s\n\n", v->noun,
	    v->verb[0] != '\0' ? " " : "", v->verb,
	    v->args[0] != '\0' ? " " : "", v->args, cli_say(c, v->ja, v->en));
	usage_options(c, v->options, to);
}
