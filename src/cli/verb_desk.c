/* SPDX-License-Identifier: Apache-2.0 */
/* The desk of staff: what is possible, deadlines, rules, notices, fees. */
#include "act_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"

/* --- what is possible --- */

/* missing: what is wanted; else what has to hold of what the act brings. */
static void
print_guards_of(const struct cli *c, const struct json *list, bool missing)
{
	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *guard = jsonx_str(jsonx_at(list, i));
		CLEANUP(freep) char *text = NULL;

		if (guard == NULL)
			continue;
		text =
		    missing ? said_guard(c, guard) : said_condition(c, guard);
		printf("      %s %s\n",
		    missing ? cli_say(c, "不足:", "missing:")
			    : cli_say(c, "要:", "asks for:"),
		    text);
	}
}

/* "secretariat, officer" in the user's language. */
static void
print_roles(const struct cli *c, const struct json *roles)
{
	for (size_t i = 0; i < jsonx_len(roles); i++) {
		CLEANUP(freep)
		char *role = said_role(c, jsonx_str(jsonx_at(roles, i)));

		printf("%s%s", i > 0 ? ", " : "", role);
	}
}

/* The line that does it. */
static void
print_how(const struct cli *c, enum machine m, const char *event,
    const char *kind, const char *instance)
{
	CLEANUP(freep) char *text = act_example(c->a.pos[0], m, event, kind);
	bool named = instance != NULL && instance[0] != '\0' &&
	    strcmp(instance, "1") != 0;

	printf("      $ %s%s%s\n", text, named ? " --instance " : "",
	    named ? instance : "");
}

/*
 * A word of an approved decision: how it comes about.  What waits for
 * signatures says so; what nobody has proposed yet is proposed.
 */
static void
print_decision_of(
    const struct cli *c, const struct json *decision, bool only_that)
{
	CLEANUP(freep) char *kind = said(jsonx_get_str(decision, "kind"));
	CLEANUP(freep) char *way = said(jsonx_get_str(decision, "propose"));
	CLEANUP(freep) char *id = said(jsonx_get_str(decision, "decision_id"));
	CLEANUP(freep)
	char *state =
	    said_state(c, "decision", jsonx_get_str(decision, "state"));

	if (decision == NULL)
		return;
	if (id[0] != '\0') {
		printf("      %s %s: %s\n", cli_say(c, "決裁", "decision"), id,
		    state);
		printf("      $ nintei decision sign %s --key FILE\n", id);
	} else {
		printf("      %s %s (%s)\n",
		    cli_say(c, "決裁が必要:", "needs a decision of kind"), kind,
		    way);
		if (only_that && strcmp(way, "freeze") == 0)
			print_how(c, M_DECISION, "freeze", kind, NULL);
	}
}

/* Is a decision all that is missing? */
static bool
misses_only_approval(const struct json *missing)
{
	for (size_t i = 0; i < jsonx_len(missing); i++) {
		const char *guard = jsonx_str(jsonx_at(missing, i));

		if (guard == NULL || strcmp(guard, "approved") != 0)
			return false;
	}
	return true;
}

static void
print_option(const struct cli *c, const struct json *o)
{
	const char *machine = jsonx_get_str(o, "machine");
	const char *command = jsonx_get_str(o, "command");
	const char *dot = command == NULL ? NULL : strchr(command, '.');
	const char *event = dot == NULL ? "" : dot + 1;
	const struct json *decision = jsonx_get(o, "decision");
	enum machine m = machine == NULL ? M_NONE : machine_parse(machine);
	CLEANUP(freep) char *act = said_act(c, machine, event);
	CLEANUP(freep) char *word = said(command);
	CLEANUP(freep) char *instance = said(jsonx_get_str(o, "instance"));
	CLEANUP(freep)
	char *article = said_article(c, jsonx_get_str(o, "article"));
	bool open = jsonx_get_bool(o, "open", false);

	printf("%s %-32s %s", open ? "*" : " ", word, act);
	if (instance[0] != '\0' && strcmp(instance, "1") != 0)
		printf("  --instance %s", instance);
	printf("  [");
	print_roles(c, jsonx_get(o, "roles"));
	printf("]  %s\n", article);
	print_guards_of(c, jsonx_get(o, "missing"), true);
	print_guards_of(c, jsonx_get(o, "asked"), false);
	print_decision_of(
	    c, decision, misses_only_approval(jsonx_get(o, "missing")));
	if (open && decision == NULL && jsonx_get_bool(o, "mine", false) &&
	    strcmp(word, "decision.freeze") != 0)
		print_how(c, m, event, NULL, instance);
}

static void
print_options(const struct cli *c, const struct json *items, bool mine)
{
	bool any = false;

	for (size_t i = 0; i < jsonx_len(items); i++) {
		const struct json *o = jsonx_at(items, i);

		if (jsonx_get_bool(o, "mine", false) != mine)
			continue;
		if (!any)
			printf("%s\n",
			    mine ? cli_say(c,
				       "あなたの手続（* は今できるもの）:",
				       "Yours (* is possible now):")
				 : cli_say(c,
				       "ほかの人の手続:", "Those of others:"));
		any = true;
		print_option(c, o);
	}
}

int
case_commands(struct cli *c, struct err *e)
{
	CLEANUP(freep) char *id = fetch_escape(c->a.pos[0]);
	CLEANUP(freep) char *path = xasprintf("/v1/cases/%s/commands", id);
	CLEANUP(jsonx_freep) struct json *doc = NULL;

	if (remote_get(c, path, &doc, e) < 0)
		return -1;
	if (c->a.json) {
		print_json(doc);
		return 0;
	}
	print_options(c, jsonx_get(doc, "items"), true);
	print_options(c, jsonx_get(doc, "items"), false);
	return 0;
}

/* --- deadlines --- */

/* Bytes as the server has them. */
static int
print_raw(struct cli *c, const char *path, const char *accept, struct err *e)
{
	CLEANUP(freep) char *header = xasprintf("Accept: %s", accept);
	const char *const headers[] = { header, NULL };
	CLEANUP(fetch_answer_done) struct fetch_answer a = { 0 };
	struct fetch_request q = FETCH_INIT;

	q.headers = headers;
	if (remote_call(c, &q, path, &a, e) < 0)
		return -1;
	if (fwrite(a.body.p, 1, a.body.n, stdout) != a.body.n)
		return err_sys(e, E_INTERNAL, "standard output");
	return 0;
}

static int
print_table(
    struct cli *c, const char *path, const char *const *keys, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *all = NULL;

	if (remote_list(c, path, &all, e) < 0)
		return -1;
	if (c->a.json)
		print_json(all);
	else
		print_items(jsonx_get(all, "items"), keys);
	return 0;
}

int
case_deadlines(struct cli *c, struct err *e)
{
	static const char *const keys[] = { "date", "case", "number", "what",
		"article", "for", NULL };
	CLEANUP(freep)
	char *id = c->a.n_pos > 0 ? fetch_escape(c->a.pos[0]) : xstrdup("");
	CLEANUP(freep)
	char *path = xasprintf("/v1/deadlines%s%s%s%s",
	    id[0] != '\0' || c->a.ics ? "?" : "", id[0] != '\0' ? "case=" : "",
	    id, c->a.ics ? (id[0] != '\0' ? "&format=ics" : "format=ics") : "");

	return c->a.ics ? print_raw(c, path, "text/calendar", e)
			: print_table(c, path, keys, e);
}

/* Line by line, fit for a terminal; empty lines are left out. */
static void
print_text(const char *text)
{
	while (text != NULL && *text != '\0') {
		size_t n = strcspn(text, "\n");
		CLEANUP(freep) char *line = xstrndup(text, n);
		char *safe = xcalloc(10 * n + 16, 1); /* every escape fits */

		if (n > 0)
			printf("%s\n", text_show(safe, 10 * n + 16, line, n));
		free(safe);
		text += n + (text[n] == '\n');
	}
}

/* --- the regulation --- */

/* "  更新の受付 (application.submit)". */
static void
print_rule_acts(const struct cli *c, const struct json *acts)
{
	const char *before = "";

	if (jsonx_len(acts) > 0)
		printf("%s:\n", cli_say(c, "手続", "acts"));
	for (size_t i = 0; i < jsonx_len(acts); i++) {
		const struct json *one = jsonx_at(acts, i);
		const char *event = jsonx_get_str(one, "event");
		CLEANUP(freep) char *name = said(jsonx_get_str(one, "machine"));
		CLEANUP(freep) char *word = said(event);
		CLEANUP(freep) char *act = said_act(c, name, word);

		/* The same act from several states is one act. */
		if (event != NULL && strcmp(event, before) != 0)
			printf("  %s (%s.%s)\n", act, name, word);
		before = event == NULL ? "" : event;
	}
}

static void
print_rule(const struct cli *c, const struct json *r)
{
	static const char *const ja[] = { "key", "value", "ja", NULL };
	static const char *const en[] = { "key", "value", "en", NULL };
	static const char *const slips[] = { "text", "note", NULL };

	print_row(c, "制度", "scheme", jsonx_get_str(r, "scheme"));
	print_row(c, "条", "article", jsonx_get_str(r, "article"));
	print_row(c, "版", "version", jsonx_get_str(r, "rule_version"));
	print_row(c, "方針の版", "policy", jsonx_get_str(r, "policy_version"));
	printf("\n");
	print_text(jsonx_get_str(r, "text"));
	printf("\n");
	if (jsonx_len(jsonx_get(r, "slips")) > 0)
		printf("%s:\n", cli_say(c, "誤記と読み方", "slips"));
	print_items(jsonx_get(r, "slips"), slips);
	if (jsonx_len(jsonx_get(r, "params")) > 0)
		printf("%s:\n", cli_say(c, "設定", "parameters"));
	print_items(jsonx_get(r, "params"), c->ja ? ja : en);
	print_rule_acts(c, jsonx_get(r, "acts"));
}

static int
rule_one(struct cli *c, const char *scheme, struct json **out, struct err *e)
{
	CLEANUP(freep) char *name = fetch_escape(scheme);
	CLEANUP(freep) char *article = fetch_escape(c->a.pos[0]);
	CLEANUP(freep)
	char *day = c->a.as_of == NULL ? NULL : fetch_escape(c->a.as_of);
	CLEANUP(freep)
	char *path = xasprintf("/v1/rules/%s/%s%s%s", name, article,
	    day == NULL ? "" : "?as_of=", day == NULL ? "" : day);

	return remote_get(c, path, out, e);
}

/* Without --scheme: of each scheme that the server has. */
int
rule_show(struct cli *c, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *schemes = NULL;
	CLEANUP(jsonx_freep) struct json *list = jsonx_array();
	CLEANUP(jsonx_freep) struct json *doc = NULL;
	const struct json *items;

	if (c->a.scheme == NULL &&
	    remote_get(c, "/v1/schemes", &schemes, e) < 0)
		return -1;
	if (c->a.scheme != NULL) {
		if (rule_one(c, c->a.scheme, &doc, e) < 0)
			return -1;
		jsonx_add(list, TAKE(doc));
	}
	items = jsonx_get(schemes, "items");
	for (size_t i = 0; i < jsonx_len(items); i++) {
		const char *id = jsonx_get_str(jsonx_at(items, i), "id");
		struct json *one = NULL;

		if (id == NULL || rule_one(c, id, &one, e) < 0)
			return -1;
		jsonx_add(list, one);
	}
	if (c->a.json) {
		print_json(c->a.scheme != NULL ? jsonx_at(list, 0) : list);
		return 0;
	}
	for (size_t i = 0; i < jsonx_len(list); i++)
		print_rule(c, jsonx_at(list, i));
	return 0;
}

/* --- notices --- */

int
notice_list(struct cli *c, struct err *e)
{
	static const char *const keys[] = { "case", "notice", "kind", "state",
		"queued_at", "article", NULL };
	CLEANUP(freep)
	char *id = c->a.n_pos > 0 ? fetch_escape(c->a.pos[0]) : NULL;
	CLEANUP(freep)
	char *state = c->a.state == NULL ? NULL : fetch_escape(c->a.state);
	CLEANUP(freep)
	char *path = id != NULL
	    ? xasprintf("/v1/cases/%s/notices", id)
	    : xasprintf("/v1/notices%s%s",
		  state == NULL ? "" : "?state=", state == NULL ? "" : state);

	return print_table(c, path, keys, e);
}

int
notice_show(struct cli *c, struct err *e)
{
	CLEANUP(freep) char *id = fetch_escape(c->a.pos[0]);
	CLEANUP(freep) char *notice = fetch_escape(c->a.pos[1]);
	CLEANUP(freep)
	char *path = xasprintf("/v1/cases/%s/notices/%s", id, notice);
	CLEANUP(jsonx_freep) struct json *doc = NULL;
	CLEANUP(freep) char *state = NULL;
	const struct json *text;
	const char *body;

	if (remote_get(c, path, &doc, e) < 0)
		return -1;
	if (c->a.json) {
		print_json(doc);
		return 0;
	}
	text = jsonx_get(doc, c->ja ? "ja" : "en");
	body = jsonx_get_str(text, "text");
	state = said_state(c, "notice", jsonx_get_str(doc, "state"));
	print_row(c, "件名", "subject", jsonx_get_str(text, "subject"));
	print_row(c, "状態", "state", state);
	print_row(c, "期限", "deadline", jsonx_get_str(doc, "deadline"));
	printf("\n");
	print_text(body);
	print_row(c, "理由", "reasons", jsonx_get_str(doc, "reasons"));
	return 0;
}

/* --- fees --- */

int
fee_list(struct cli *c, struct err *e)
{
	static const char *const keys[] = { "date", "case", "scheme", "kind",
		"what", "amount", NULL };
	CLEANUP(freep)
	char *scheme = c->a.scheme == NULL ? NULL : fetch_escape(c->a.scheme);
	CLEANUP(freep)
	char *path =
	    xasprintf("/v1/fees%s%s%s", scheme != NULL || c->a.csv ? "?" : "",
		scheme != NULL ? "scheme=" : "", scheme != NULL ? scheme : "");
	CLEANUP(freep)
	char *csv =
	    xasprintf("%s%sformat=csv", path, scheme != NULL ? "&" : "");

	return c->a.csv ? print_raw(c, csv, "text/csv", e)
			: print_table(c, path, keys, e);
}
