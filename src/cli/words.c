/* SPDX-License-Identifier: Apache-2.0 */
/* Words of the tables as people say them, with the word itself beside. */
#include "cli_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/limits.h"
#include "nintei/words.h"

char *
said(const char *text)
{
	char safe[1024];

	return xstrdup(text == NULL
		? ""
		: text_show(safe, sizeof(safe), text, strlen(text)));
}

static char *
both(const struct cli *c, const struct words *w, const char *word)
{
	/* "expired (expired)" says it twice. */
	if (w == NULL || strcmp(cli_say(c, w->ja, w->en), word) == 0)
		return said(word);
	return xasprintf("%s (%s)", cli_say(c, w->ja, w->en), word);
}

char *
said_state(const struct cli *c, const char *machine, const char *state)
{
	enum machine m = machine == NULL ? M_NONE : machine_parse(machine);

	if (m == M_NONE || state == NULL)
		return said(state);
	return both(c, words_state(state_parse(m, state)), state);
}

char *
said_act(const struct cli *c, const char *machine, const char *event)
{
	enum machine m = machine == NULL ? M_NONE : machine_parse(machine);
	const struct words *w;

	if (m == M_NONE || event == NULL)
		return said(event);
	w = words_act(m, event);
	return w == NULL ? said(event) : xstrdup(cli_say(c, w->ja, w->en));
}

char *
said_role(const struct cli *c, const char *role)
{
	const struct words *w =
	    role == NULL ? NULL : words_role(role_parse(role));

	return w == NULL ? said(role) : xstrdup(cli_say(c, w->ja, w->en));
}

char *
said_guard(const struct cli *c, const char *guard)
{
	const struct words *w =
	    words_wanted_by_name(guard[0] == '!' ? guard + 1 : guard);
	CLEANUP(freep) char *name = said(guard);

	if (w == NULL)
		return TAKE(name);
	return xasprintf("%s: %s", name, cli_say(c, w->ja, w->en));
}

char *
said_condition(const struct cli *c, const char *guard)
{
	bool not = guard[0] == '!';
	const char *name = guard + not ;
	CLEANUP(freep) char *word = said(guard);

	for (int i = G_NONE + 1; i < G_MAX; i++) {
		const struct words *w = words_guard((enum guard)i);

		if (strcmp(guard_name((enum guard)i), name) == 0 && w != NULL)
			return xasprintf("%s: %s%s", word,
			    not ? cli_say(c, "否: ", "not: ") : "",
			    cli_say(c, w->ja, w->en));
	}
	return TAKE(word);
}

/*
 * "6(1)" as 第6条第1項.  Of "6(1)(4)" only the tables know whether two
 * paragraphs or an item of one are meant: it stays as it is.
 */
static void
cite(const char *article, struct buf *out)
{
	size_t n = strspn(article, "0123456789");
	const char *rest = article + n;
	size_t m = rest[0] == '(' ? strcspn(rest + 1, ")") : 0;

	buf_putf(out, "第%.*s条", (int)n, article);
	if (m > 0 && rest[m + 1] == ')' && rest[m + 2] == '\0')
		buf_putf(out, "第%.*s項", (int)m, rest + 1);
	else
		buf_puts(out, rest);
}

/* Plain "12(1)", of which several may stand with commas between. */
static bool
is_article(const char *text)
{
	return text[0] >= '1' && text[0] <= '9' &&
	    text[strspn(text, "0123456789(),")] == '\0' && strlen(text) < 64;
}

char *
said_article(const struct cli *c, const char *article)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(KIB(4));
	CLEANUP(freep) char *safe = said(article);

	if (article == NULL || article[0] == '\0')
		return TAKE(safe);
	if (!c->ja || !is_article(article))
		return xasprintf("Art. %.80s", safe);
	for (const char *p = article; *p != '\0';) {
		size_t n = strcspn(p, ",");
		CLEANUP(freep) char *one = xstrndup(p, n);

		if (p != article)
			buf_puts(&out, "、");
		cite(one, &out);
		p += n + (p[n] == ',');
	}
	return xstrdup(buf_str(&out));
}
