/* SPDX-License-Identifier: Apache-2.0 */
/* Output: data on stdout, messages on stderr, in the user's language. */
#include "cli_int.h"

#include <stdarg.h>
#include <string.h>

#include "nintei/limits.h"

const char *
cli_say(const struct cli *c, const char *ja, const char *en)
{
	return c->ja ? ja : en;
}

void
cli_note(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	(void)c;
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

void
print_json(const struct json *j)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(64));

	jsonx_pretty(j, &text);
	(void)fwrite(text.p, 1, text.n, stdout);
	(void)fputc('\n', stdout);
}

/* Foreign text never reaches a terminal with its control characters. */
static const char *
shown(const char *text, char *out, size_t cap)
{
	return text_show(out, cap, text, strlen(text));
}

void
print_row(
    const struct cli *c, const char *ja, const char *en, const char *value)
{
	char safe[1024];

	if (value == NULL || value[0] == '\0')
		return;
	printf(
	    "%s: %s\n", cli_say(c, ja, en), shown(value, safe, sizeof(safe)));
}

void
print_development(const struct cli *c, const struct json *j)
{
	if (jsonx_get_bool(j, "development", false))
		cli_note(c, "%s",
		    cli_say(c, "注意: 開発用の認定機関です。",
			"Note: this is a development authority."));
}

static struct json *
error_json(const struct err *e)
{
	struct json *o = jsonx_object();
	CLEANUP(freep)
	char *type = xasprintf("/problems/%s", err_slug(e->code));

	jsonx_set_str(o, "type", type);
	jsonx_set_str(o, "title", err_title(e->code));
	jsonx_set_str(o, "detail", e->detail);
	jsonx_set_str(o, "code", err_name(e->code));
	return o;
}

/* "  guard: fee_paid: record the payment of the fee first". */
static void
print_guard(const struct cli *c, const char *guard)
{
	CLEANUP(freep) char *text = NULL;

	if (guard == NULL)
		return;
	text = said_guard(c, guard);
	fprintf(stderr, "  %s: %s\n", cli_say(c, "条件", "guard"), text);
}

static void
print_guards(const struct cli *c, const struct json *p)
{
	const struct json *guards = jsonx_get(p, "guards");

	if (jsonx_len(guards) == 0)
		print_guard(c, jsonx_get_str(p, "guard"));
	for (size_t i = 0; i < jsonx_len(guards); i++)
		print_guard(c, jsonx_str(jsonx_at(guards, i)));
}

/* One member of a problem after the other, as people read them. */
static void
print_problem(const struct cli *c, const struct json *p)
{
	static const struct {
		const char *key, *ja, *en;
	} rows[] = {
		{ "instance", "要求番号", "request" },
		{ "since", "開始", "since" },
		{ "until", "終了", "until" },
		{ "case", "件", "case" },
	};
	const char *machine = jsonx_get_str(p, "machine");
	CLEANUP(freep)
	char *act = said_act(c, machine, jsonx_get_str(p, "event"));
	CLEANUP(freep)
	char *state = said_state(c, machine, jsonx_get_str(p, "state"));
	CLEANUP(freep)
	char *article = said_article(c, jsonx_get_str(p, "article"));

	if (act[0] != '\0')
		fprintf(stderr, "  %s: %s\n", cli_say(c, "手続", "act"), act);
	if (state[0] != '\0' && strcmp(state, "-") != 0)
		fprintf(
		    stderr, "  %s: %s\n", cli_say(c, "状態", "state"), state);
	if (article[0] != '\0')
		fprintf(
		    stderr, "  %s: %s\n", cli_say(c, "条", "article"), article);
	for (size_t i = 0; i < NELEM(rows); i++) {
		CLEANUP(freep) char *text = said(jsonx_get_str(p, rows[i].key));

		if (text[0] != '\0')
			fprintf(stderr, "  %s: %s\n",
			    cli_say(c, rows[i].ja, rows[i].en), text);
	}
	print_guards(c, p);
	print_findings(c, p, stderr);
}

void
print_error(const struct cli *c, const struct err *e)
{
	CLEANUP(jsonx_freep) struct json *own = NULL;
	char safe[512];

	/* A detail of our own says it all; the server's stands under a title.
	 */
	if (c->problem != NULL || e->detail[0] == '\0')
		fprintf(stderr, "nintei: %s%s", err_title(e->code),
		    e->detail[0] != '\0' ? ": " : "");
	else
		fprintf(stderr, "nintei: ");
	fprintf(stderr, "%s\n",
	    text_show(safe, sizeof(safe), e->detail, strlen(e->detail)));
	if (c->problem != NULL)
		print_problem(c, c->problem);
	if (c->hint != NULL)
		fprintf(stderr, "  %s\n",
		    text_show(safe, sizeof(safe), c->hint, strlen(c->hint)));
	if (!c->a.json)
		return;
	own = c->problem == NULL ? error_json(e) : NULL;
	print_json(c->problem != NULL ? c->problem : own);
}
