/* SPDX-License-Identifier: Apache-2.0 */
/* nintei case: cases, their history, their commands. */
#include "cli_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/fs.h"
#include "nintei/limits.h"

static char *
case_path(const char *id, const char *rest)
{
	CLEANUP(freep) char *escaped = fetch_escape(id);

	return xasprintf("/v1/cases/%s%s", escaped, rest);
}

/* One line of these members, absent ones as "-". */
static void
print_line(const struct json *o, const char *const *keys)
{
	const char *value;
	char safe[300];

	for (; *keys != NULL; keys++) {
		value = jsonx_get_str(o, *keys);
		printf("%s%s",
		    value != NULL
			? text_show(safe, sizeof(safe), value, strlen(value))
			: "-",
		    keys[1] != NULL ? "  " : "\n");
	}
}

static int
print_list(
    struct cli *c, const char *path, const char *const *keys, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *all = NULL;
	const struct json *items;
	size_t i;

	if (remote_list(c, path, &all, e) < 0)
		return -1;
	if (c->a.json) {
		print_json(all);
		return 0;
	}
	items = jsonx_get(all, "items");
	for (i = 0; i < jsonx_len(items); i++)
		print_line(jsonx_at(items, i), keys);
	return 0;
}

int
case_list(struct cli *c, struct err *e)
{
	static const char *const keys[] = { "case", "scheme", "kind", "state",
		NULL };

	return print_list(c, "/v1/cases", keys, e);
}

int
case_log(struct cli *c, struct err *e)
{
	static const char *const keys[] = { "recorded_at", "event_id",
		"machine", "event", "to", "actor", "article", NULL };
	CLEANUP(freep) char *path = case_path(c->a.pos[0], "/events");

	return print_list(c, path, keys, e);
}

static int
case_get(struct cli *c, const char *rest, struct json **out, struct err *e)
{
	CLEANUP(freep) char *path = case_path(c->a.pos[0], rest);

	return remote_get(c, path, out, e);
}

static void
show(const struct cli *c, const struct json *doc)
{
	print_development(c, doc);
	if (c->a.json)
		print_json(doc);
	else
		print_case(c, doc);
}

int
case_show(struct cli *c, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *doc = NULL;

	if (case_get(c, "", &doc, e) < 0)
		return -1;
	show(c, doc);
	return 0;
}

int
case_key(struct cli *c, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *doc = NULL;

	if (case_get(c, "/key", &doc, e) < 0)
		return -1;
	if (c->a.json) {
		print_json(doc);
		return 0;
	}
	print_row(
	    c, "-secretkeyid", "-secretkeyid", jsonx_get_str(doc, "key_id"));
	print_row(c, "-secretkey", "-secretkey", jsonx_get_str(doc, "key"));
	return 0;
}

/* JSON itself, or @FILE. */
static int
data_read(const struct cli *c, struct json **out, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_COMMAND_BYTES + 1);
	struct err why = ERR_INIT;

	if (c->a.data == NULL)
		return 0;
	if (c->a.data[0] != '@')
		buf_puts(&text, c->a.data);
	else if (fs_read(AT_FDCWD, c->a.data + 1, LIMIT_COMMAND_BYTES, &text,
		     e) < 0)
		return err_wrap(e, "--data");
	if (jsonx_parse(buf_slice(&text), LIMIT_COMMAND_BYTES, out, &why) < 0 ||
	    jsonx_kind(*out) != JSON_KIND_OBJECT)
		return err_set(e, E_USAGE, "--data: want a JSON object%s%s",
		    why.detail[0] != '\0' ? ": " : "", why.detail);
	return 0;
}

static int
command_body(struct cli *c, struct buf *out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *doc = NULL;
	CLEANUP(jsonx_freep) struct json *body = jsonx_object();
	struct json *data = NULL;
	const char *head = c->a.if_head;

	if (data_read(c, &data, e) < 0) {
		jsonx_free(data);
		return -1;
	}
	jsonx_set_str(body, "command", c->a.pos[1]);
	jsonx_set(body, "data", data);
	if (c->a.instance != NULL)
		jsonx_set_str(body, "instance", c->a.instance);
	if (head == NULL) {
		if (case_get(c, "", &doc, e) < 0)
			return -1;
		head = jsonx_get_str(doc, "head");
	}
	if (head != NULL)
		jsonx_set_str(body, "if_head", head);
	jsonx_canonical(body, out);
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "--data is too large");
}

int
case_do(struct cli *c, struct err *e)
{
	static const char *const headers[] = { "Content-Type: application/json",
		"Accept: application/json", NULL };
	CLEANUP(freep) char *path = case_path(c->a.pos[0], "/commands");
	CLEANUP(buf_free) struct buf body = BUF_INIT(LIMIT_COMMAND_BYTES);
	CLEANUP(fetch_answer_done) struct fetch_answer a = { 0 };
	CLEANUP(jsonx_freep) struct json *doc = NULL;
	struct fetch_request q = FETCH_INIT;

	if (command_body(c, &body, e) < 0)
		return -1;
	q.method = "POST";
	q.headers = headers;
	q.body = buf_slice(&body);
	if (remote_call(c, &q, path, &a, e) < 0)
		return -1;
	if (jsonx_parse(buf_slice(&a.body), MIB(32), &doc, e) < 0)
		return err_wrap(e, "the server's answer");
	show(c, doc);
	return 0;
}
