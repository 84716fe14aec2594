/* SPDX-License-Identifier: Apache-2.0 */
/* The desk of staff: what is possible, deadlines, rules, notices, fees. */
#include "cli_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"

/* --- what is possible --- */

static void
print_guards_of(const struct cli *c, const struct json *list, const char *ja,
    const char *en)
{
	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *guard = jsonx_str(jsonx_at(list, i));
		CLEANUP(freep)
		char *text = guard == NULL ? NULL : said_guard(c, guard);

		if (text != NULL)
			printf("      %s %s\n", cli_say(c, ja, en), text);
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

/* A word of an approved decision: how it comes about. */
static void
print_decision_of(const struct cli *c, const struct json *decision)
{
	CLEANUP(freep) char *kind = said(jsonx_get_str(decision, "kind"));
	CLEANUP(freep) char *way = said(jsonx_get_str(decision, "propose"));
	CLEANUP(freep) char *id = said(jsonx_get_str(decision, "decision_id"));
	CLEANUP(freep)
	char *state =
	    said_state(c, "decision", jsonx_get_str(decision, "state"));

	if (decision == NULL)
		return;
	if (id[0] != '\0')
		printf("      %s %s: %s\n", cli_say(c, "決裁", "decision"), id,
		    state);
	else
		printf("      %s %s (%s)\n",
		    cli_say(c, "決裁が必要:", "needs a decision of kind"), kind,
		    way);
}

static void
print_option(const struct cli *c, const struct json *o)
{
	const char *machine = jsonx_get_str(o, "machine");
	const char *command = jsonx_get_str(o, "command");
	const char *event = command == NULL ? NULL : strchr(command, '.');
	CLEANUP(freep)
	char *act = said_act(c, machine, event == NULL ? NULL : event + 1);
	CLEANUP(freep) char *word = said(command);
	CLEANUP(freep) char *instance = said(jsonx_get_str(o, "instance"));
	CLEANUP(freep)
	char *article = said_article(c, jsonx_get_str(o, "article"));
	bool open = jsonx_get_bool(o, "open", false);

	printf("%s %-36s %s", open ? "*" : " ", word, act);
	if (instance[0] != '\0' && strcmp(instance, "1") != 0)
		printf("  --instance %s", instance);
	printf("  [");
	print_roles(c, jsonx_get(o, "roles"));
	printf("]  %s\n", article);
	print_guards_of(c, jsonx_get(o, "missing"), "不足:", "missing:");
	print_guards_of(c, jsonx_get(o, "asked"), "要:", "asks for:");
	print_decision_of(c, jsonx_get(o, "decision"));
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

/* --- the regulation --- */

static void
print_rule(const struct cli *c, const struct json *r)
{
	static const char *const params[] = { "key", "value", NULL };
	static const char *const acts[] = { "command", NULL };

	print_row(c, "制度", "scheme", jsonx_get_str(r, "scheme"));
	print_row(c, "条", "article", jsonx_get_str(r, "article"));
	print_row(c, "版", "version", jsonx_get_str(r, "rule_version"));
	print_row(c, "方針の版", "policy", jsonx_get_str(r, "policy_version"));
	printf("\n%s\n\n",
	    jsonx_get_str(r, "text") == NULL ? "" : jsonx_get_str(r, "text"));
	if (jsonx_len(jsonx_get(r, "params")) > 0)
		printf("%s:\n", cli_say(c, "設定", "parameters"));
	print_items(jsonx_get(r, "params"), params);
	if (jsonx_len(jsonx_get(r, "acts")) > 0)
		printf("%s:\n", cli_say(c, "手続", "acts"));
	print_items(jsonx_get(r, "acts"), acts);
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
	const struct json *text;

	if (remote_get(c, path, &doc, e) < 0)
		return -1;
	if (c->a.json) {
		print_json(doc);
		return 0;
	}
	text = jsonx_get(doc, c->ja ? "ja" : "en");
	print_row(c, "件名", "subject", jsonx_get_str(text, "subject"));
	printf("\n%s\n",
	    jsonx_get_str(text, "body") == NULL ? ""
						: jsonx_get_str(text, "body"));
	return 0;
}

/* --- fees --- */

int
fee_list(struct cli *c, struct err *e)
{
	static const char *const keys[] = { "case", "scheme", "kind", "state",
		"amount", "received", "excess", "invoiced_on", "paid_on",
		NULL };
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
