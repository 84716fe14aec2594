/* SPDX-License-Identifier: Apache-2.0 */
/* What an act of the workflow asks for: data, papers, signature, example. */
#include "act_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/flow_next.h"
#include "nintei/limits.h"
#include "nintei/sshsig.h"
#include "nintei/words.h"

static const struct brings {
	enum machine machine;
	const char *event, *papers;
	char signature;
} brings[] = {
#define BRINGS(m, event, papers, signature) { M_##m, event, papers, signature },
#include "papers.inc"
#undef BRINGS
};

static const struct example {
	enum machine machine;
	const char *event, *kind, *text;
} examples[] = {
#define EXAMPLE(m, event, kind, text) { M_##m, event, kind, text },
#include "examples.inc"
#undef EXAMPLE
};

static const struct brings *
brings_find(enum machine m, const char *event)
{
	for (size_t i = 0; i < NELEM(brings); i++)
		if (brings[i].machine == m &&
		    strcmp(brings[i].event, event) == 0)
			return &brings[i];
	return NULL;
}

/* --- which act --- */

/* Of each row with this event, once for each machine. */
static void
machines_of(const char *event, struct buf *names, enum machine *last, size_t *n)
{
	const struct flow_row *row;

	*n = 0;
	*last = M_NONE;
	for (size_t i = 0; (row = flow_row_at(i)) != NULL; i++) {
		if (strcmp(row->event, event) != 0 || row->machine == *last ||
		    (row->roles & ~(unsigned)ROLE_SYSTEM) == 0)
			continue;
		buf_putf(names, "%s%s.%s", *n > 0 ? ", " : "",
		    machine_name(row->machine), event);
		*last = row->machine;
		(*n)++;
	}
}

int
act_find(const char *word, enum machine *m, const char **event, struct err *e)
{
	const char *dot = strchr(word, '.');
	CLEANUP(freep)
	char *name = xstrndup(word, dot == NULL ? 0 : (size_t)(dot - word));
	CLEANUP(buf_free) struct buf names = BUF_INIT(KIB(4));
	enum machine found = dot == NULL ? M_NONE : machine_parse(name);
	size_t n = 1;

	if (dot == NULL)
		machines_of(word, &names, &found, &n);
	if (n > 1)
		return err_set(
		    e, E_USAGE, "which one: %.400s?", buf_str(&names));
	if (found == M_NONE ||
	    !flow_event_known(found, dot == NULL ? word : dot + 1))
		return err_set(e, E_USAGE,
		    "no such command: %.60s (see nintei case commands ID)",
		    word);
	*m = found;
	*event = dot == NULL ? word : dot + 1;
	return 0;
}

const char *
act_namespace(enum machine m, const char *event)
{
	const struct brings *b = brings_find(m, event);

	if (b == NULL || b->signature == '-')
		return NULL;
	return b->signature == 'o' ? SSH_NS_OPINION : SSH_NS_DECLARATION;
}

/* --- its data --- */

/* A member that the sender writes, of this very act; NULL past the end. */
static const struct flow_member *
member_next(enum machine m, const char *event, size_t *i)
{
	const struct flow_member *one;

	while ((one = flow_member_at((*i)++)) != NULL)
		if (one->machine == m && !one->server &&
		    (strcmp(one->event, event) == 0 ||
			strcmp(one->event, "*") == 0))
			return one;
	return NULL;
}

bool
act_has_data(enum machine m, const char *event)
{
	size_t i = 0;

	return member_next(m, event, &i) != NULL;
}

static void
value_put(const struct flow_member *one, struct buf *out)
{
	static const char *const values[] = {
		[ACT_TEXT] = "\"...\"",
		[ACT_ID] = "\"ID\"",
		[ACT_HASH] = "\"SHA-256\"",
		[ACT_DATE] = "\"YYYY-MM-DD\"",
		[ACT_INSTANT] = "\"YYYY-MM-DDThh:mm:ss+09:00\"",
		[ACT_INT] = "1",
		[ACT_BOOL] = "true",
		[ACT_OBJECT] = "{}",
	};

	if (one->type == ACT_WORD)
		buf_putf(out, "\"%.*s\"", (int)strcspn(one->choices, " "),
		    one->choices);
	else if (one->type == ACT_LIST)
		buf_puts(out,
		    strcmp(one->choices, "int") == 0 ? "[1]" : "[\"...\"]");
	else
		buf_puts(out, values[one->type]);
}

static const char *
example_find(enum machine m, const char *event, const char *kind)
{
	for (size_t i = 0; i < NELEM(examples); i++) {
		const struct example *x = &examples[i];

		if (x->machine != m || strcmp(x->event, event) != 0)
			continue;
		if (kind == NULL ||
		    (x->kind != NULL && strcmp(x->kind, kind) == 0))
			return x->text;
	}
	return NULL;
}

/* {"a": ..., "b": ...} of all members. */
static void
members_put(enum machine m, const char *event, struct buf *out)
{
	const struct flow_member *one;
	const char *before = "{";
	size_t i = 0;

	while ((one = member_next(m, event, &i)) != NULL) {
		buf_putf(out, "%s\"%s\": ", before, one->name);
		value_put(one, out);
		before = ", ";
	}
	buf_puts(out, "}");
}

static void
papers_put(const struct brings *b, struct buf *out)
{
	for (const char *p = b->papers; *p != '\0';) {
		size_t n = strcspn(p, " ");

		if (p[0] != '?')
			buf_putf(out, " --document %.*s=FILE", (int)n, p);
		p += n + (p[n] == ' ');
	}
}

char *
act_example(const char *id, enum machine m, const char *event, const char *kind)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(KIB(16));
	const struct brings *b = brings_find(m, event);
	const char *text = example_find(m, event, kind);

	if (text != NULL && text[0] == '$')
		return xstrdup(text + 2);
	buf_putf(&out, "nintei case do %s %s.%s", id, machine_name(m), event);
	if (text != NULL && text[0] == '@')
		buf_putf(&out, " --data %s", text);
	else if (text != NULL)
		buf_putf(&out, " --data '%s'", text);
	else if (act_has_data(m, event)) {
		buf_puts(&out, " --data '");
		members_put(m, event, &out);
		buf_puts(&out, "'");
	}
	if (b != NULL)
		papers_put(b, &out);
	if (act_namespace(m, event) != NULL)
		buf_puts(&out, " --key FILE");
	return xstrdup(buf_str(&out));
}

/* --- its help --- */

static void
print_member(const struct cli *c, const struct flow_member *one)
{
	static const char *const ja[] = { "文字列", "語", "ID", "SHA-256",
		"日付", "日時", "整数", "真偽", "配列", "オブジェクト" };
	static const char *const en[] = { "text", "word", "id", "SHA-256",
		"date", "instant", "integer", "true or false", "list",
		"object" };

	printf("  %-18s %s%s\n", one->name, cli_say(c, one->ja, one->en),
	    one->required ? cli_say(c, "（必須）", " (required)") : "");
	printf("  %-18s %s", "", c->ja ? ja[one->type] : en[one->type]);
	if (one->type == ACT_WORD || one->type == ACT_LIST)
		printf(": %s", one->choices);
	printf("\n");
}

static void
print_members(const struct cli *c, enum machine m, const char *event)
{
	const struct flow_member *one;
	size_t i = 0;

	if (!act_has_data(m, event))
		return;
	printf("%s:\n", cli_say(c, "--data の項目", "members of --data"));
	while ((one = member_next(m, event, &i)) != NULL)
		print_member(c, one);
}

static void
print_papers(const struct cli *c, enum machine m, const char *event)
{
	const struct brings *b = brings_find(m, event);

	for (const char *p = b == NULL ? "" : b->papers; *p != '\0';) {
		size_t n = strcspn(p, " ");
		bool optional = p[0] == '?';

		printf("%s %.*s%s\n", cli_say(c, "書類:", "paper:"),
		    (int)n - optional, p + optional,
		    optional ? cli_say(c, "（任意）", " (may be left out)")
			     : "");
		p += n + (p[n] == ' ');
	}
	if (act_namespace(m, event) != NULL)
		printf("%s (%s)\n",
		    cli_say(c, "本人の署名: --key FILE",
			"signed by the person: --key FILE"),
		    act_namespace(m, event));
}

/* From which state to which, by whom, under which article. */
static void
print_rows(const struct cli *c, enum machine m, const char *event)
{
	const struct flow_row *row;

	for (size_t i = 0; (row = flow_row_at(i)) != NULL; i++) {
		CLEANUP(freep) char *from = NULL;
		CLEANUP(freep) char *to = NULL;
		CLEANUP(freep) char *article = NULL;

		if (row->machine != m || strcmp(row->event, event) != 0)
			continue;
		from = said_state(c, machine_name(m), state_name(row->from));
		to = said_state(c, machine_name(m), state_name(row->to));
		article = said_article(c, row->article);
		printf("%s → %s  %s", row->from == S_NONE ? "-" : from, to,
		    article);
		for (unsigned bit = 1; bit <= ROLE_PUBLIC; bit <<= 1)
			if ((row->roles & bit) != 0) {
				CLEANUP(freep)
				char *role = said_role(
				    c, role_name((enum flow_role)bit));

				printf("  %s", role);
			}
		printf("\n");
	}
}

static void
print_examples(const struct cli *c, enum machine m, const char *event)
{
	bool any = false;

	printf("%s:\n", cli_say(c, "例", "examples"));
	for (size_t i = 0; i < NELEM(examples); i++)
		if (examples[i].machine == m && examples[i].kind != NULL &&
		    strcmp(examples[i].event, event) == 0) {
			printf("  --data '%s'\n", examples[i].text);
			any = true;
		}
	if (!any) {
		CLEANUP(freep) char *text = act_example("ID", m, event, NULL);

		printf("  %s\n", text);
	}
}

int
act_help(const struct cli *c, const char *word, struct err *e)
{
	enum machine m;
	const char *event;
	CLEANUP(freep) char *act = NULL;

	if (act_find(word, &m, &event, e) < 0)
		return -1;
	act = said_act(c, machine_name(m), event);
	printf("%s.%s  %s\n", machine_name(m), event, act);
	print_rows(c, m, event);
	print_members(c, m, event);
	print_papers(c, m, event);
	print_examples(c, m, event);
	return 0;
}
