/* SPDX-License-Identifier: Apache-2.0 */
/* nintei case: cases, their history, their commands. */
#include "act_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/instant.h"
#include "nintei/limits.h"
#include "nintei/sshsig.h"
#include "keygen_int.h"

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

/* One step: "申請の受付 → 受付済み (submitted)". */
static void
print_step(const struct cli *c, const struct json *step, const char *before)
{
	const char *machine = jsonx_get_str(step, "machine");
	const char *event = jsonx_get_str(step, "event");
	const char *instance = jsonx_get_str(step, "instance");
	const char *to = jsonx_get_str(step, "to");
	CLEANUP(freep) char *act = said_act(c, machine, event);
	CLEANUP(freep) char *word = said(event);
	CLEANUP(freep) char *name = said(machine);
	CLEANUP(freep) char *of = said(instance);
	CLEANUP(freep) char *state = said_state(c, machine, to);
	bool one = instance == NULL || strcmp(instance, "1") == 0;

	printf("%s%s (%s.%s%s%s)%s%s\n", before, act, name, word,
	    one ? "" : " ", one ? "" : of,
	    to == NULL || strcmp(to, "-") == 0 ? "" : " → ",
	    to == NULL || strcmp(to, "-") == 0 ? "" : state);
}

/* The emergency that led to an inquiry (Art. 14, 15). */
static void
print_source(const struct cli *c, const struct json *j)
{
	const char *machine = jsonx_get_str(j, "machine");
	const char *source = jsonx_get_str(jsonx_get(j, "data"), "source");
	CLEANUP(freep) char *of = said(source);

	if (machine != NULL && strcmp(machine, "compliance") == 0 &&
	    source != NULL)
		printf("      %s %s\n",
		    cli_say(c, "端緒：緊急事態", "led to by emergency"), of);
}

/* As a file of the case is kept: when, who, what, under which article. */
static void
print_event(const struct cli *c, const struct json *j)
{
	const struct json *effects = jsonx_get(j, "effects");
	CLEANUP(freep) char *at = said(jsonx_get_str(j, "recorded_at"));
	CLEANUP(freep) char *id = said(jsonx_get_str(j, "event_id"));
	CLEANUP(freep) char *actor = said(jsonx_get_str(j, "actor"));
	CLEANUP(freep) char *role = said_role(c, jsonx_get_str(j, "role"));
	CLEANUP(freep)
	char *article = said_article(c, jsonx_get_str(j, "article"));
	const char *decision = jsonx_get_str(j, "decision_id");
	CLEANUP(freep) char *by = said(decision);

	printf("%s  %s  %s (%s)  %s", at, id, actor, role, article);
	if (decision != NULL)
		printf("  %s %s", cli_say(c, "決裁", "decision"), by);
	printf("\n");
	print_step(c, j, "    ");
	print_source(c, j);
	for (size_t i = 0; i < jsonx_len(effects); i++)
		print_step(c, jsonx_at(effects, i), "      + ");
}

int
case_log(struct cli *c, struct err *e)
{
	CLEANUP(freep) char *path = case_path(c->a.pos[0], "/events");
	CLEANUP(jsonx_freep) struct json *all = NULL;
	const struct json *items;

	if (remote_list(c, path, &all, e) < 0)
		return -1;
	if (c->a.json) {
		print_json(all);
		return 0;
	}
	items = jsonx_get(all, "items");
	for (size_t i = 0; i < jsonx_len(items); i++)
		print_event(c, jsonx_at(items, i));
	return 0;
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

/* --document ROLE=FILE: role, name and bytes of one paper. */
static int
document_read(const char *arg, struct json *out, struct err *e)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(LIMIT_COMMAND_BYTES);
	CLEANUP(buf_free) struct buf text = BUF_INIT(2 * LIMIT_COMMAND_BYTES);
	CLEANUP(freep) char *role = xstrndup(arg, strcspn(arg, "="));
	const char *path = strchr(arg, '=');
	const char *slash;
	struct json *one;

	if (path == NULL || role[0] == '\0' || path[1] == '\0')
		return err_set(e, E_USAGE, "--document: want ROLE=FILE");
	path++;
	if (fs_read(AT_FDCWD, path, LIMIT_COMMAND_BYTES, &bytes, e) < 0)
		return err_wrap(e, "--document");
	base64_encode(buf_slice(&bytes), 0, &text);
	slash = strrchr(path, '/');
	one = jsonx_object();
	jsonx_set_str(one, "name", slash != NULL ? slash + 1 : path);
	jsonx_set_str(one, "role", role);
	jsonx_set_str(one, "content", buf_str(&text));
	jsonx_add(out, one);
	return 0;
}

static int
documents_read(const struct cli *c, struct json *body, struct err *e)
{
	struct json *list = jsonx_array();

	for (unsigned i = 0; i < c->a.documents.n; i++)
		if (document_read(c->a.documents.text[i], list, e) < 0) {
			jsonx_free(list);
			return -1;
		}
	if (jsonx_len(list) == 0)
		jsonx_free(list);
	else
		jsonx_set(body, "documents", list);
	return 0;
}

/*
 * --key: the person's own signature over the canonical data, which names the
 * act and the case, so that it is none for another.
 */
static int
data_sign(const struct cli *c, struct json *data, struct err *e)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(LIMIT_COMMAND_BYTES);
	CLEANUP(buf_free) struct buf armour = BUF_INIT(LIMIT_SIGNATURE_BYTES);
	const struct clock real = clock_system();
	CLEANUP(freep) char *signs = NULL;
	CLEANUP(freep) char *seen = NULL;
	enum machine m;
	const char *event, *ns;

	if (act_find(c->a.pos[1], &m, &event, e) < 0)
		return -1;
	ns = act_namespace(m, event);
	if (ns == NULL)
		ns = SSH_NS_DECLARATION;
	signs = xasprintf("%s/%s.%s#%lld", c->a.pos[0], machine_name(m), event,
	    (long long)clock_now(&real)); /* once: the same may be said again */
	jsonx_set_str(data, "signs", signs);
	jsonx_canonical(data, &bytes);
	if (!buf_ok(&bytes))
		return err_set(e, E_LIMIT, "--data is too large");
	seen = said(buf_str(&bytes));
	cli_note(c, "%s (%s): %s", cli_say(c, "署名する内容", "what you sign"),
	    ns, seen);
	if (key_sign(c->a.key, ns, buf_slice(&bytes), &armour, e) < 0)
		return -1;
	jsonx_set_str(data, "signature", buf_str(&armour));
	return 0;
}

/* An act of the body's own cases may be the first there: no head yet. */
static int
head_get(struct cli *c, struct json *body, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *doc = NULL;
	struct err why = ERR_INIT;

	if (c->a.if_head != NULL) {
		jsonx_set_str(body, "if_head", c->a.if_head);
		return 0;
	}
	if (case_get(c, "", &doc, &why) == 0) {
		jsonx_set_str(body, "if_head", jsonx_get_str(doc, "head"));
		return 0;
	}
	if (why.code != E_NOT_FOUND)
		return err_set(e, why.code, "%s", why.detail);
	jsonx_freep(&c->problem);
	jsonx_set_str(body, "if_head", CLI_NO_HEAD);
	return 0;
}

static int
command_body(struct cli *c, struct buf *out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *body = jsonx_object();
	CLEANUP(jsonx_freep) struct json *data = NULL;

	if (data_read(c, &data, e) < 0)
		return -1;
	if (data == NULL && c->a.key != NULL)
		data = jsonx_object();
	if (c->a.key != NULL && data_sign(c, data, e) < 0)
		return -1;
	jsonx_set_str(body, "command", c->a.pos[1]);
	jsonx_set(body, "data", TAKE(data));
	if (c->a.instance != NULL)
		jsonx_set_str(body, "instance", c->a.instance);
	if (head_get(c, body, e) < 0 || documents_read(c, body, e) < 0)
		return -1;
	jsonx_canonical(body, out);
	return buf_ok(out) ? 0
			   : err_set(e, E_LIMIT, "the command is too large");
}

int
command_post(struct cli *c, const char *id, struct slice body, struct err *e)
{
	static const char *const headers[] = { "Content-Type: application/json",
		"Accept: application/json", NULL };
	CLEANUP(freep) char *path = case_path(id, "/commands");
	CLEANUP(fetch_answer_done) struct fetch_answer a = { 0 };
	CLEANUP(jsonx_freep) struct json *doc = NULL;
	struct fetch_request q = FETCH_INIT;

	q.method = "POST";
	q.headers = headers;
	q.body = body;
	if (remote_call(c, &q, path, &a, e) < 0)
		return -1;
	if (jsonx_parse(buf_slice(&a.body), MIB(32), &doc, e) < 0)
		return err_wrap(e, "the server's answer");
	show(c, doc);
	return 0;
}

/* Where to look after a refusal. */
static char *
hint_of(const struct cli *c, enum err_code code)
{
	if (code == E_INPUT || code == E_NOT_FOUND)
		return xasprintf("%s nintei help case do %s",
		    cli_say(c, "項目と書類:", "data and papers:"), c->a.pos[1]);
	if (code == E_FLOW_STEP || code == E_FLOW_GUARD)
		return xasprintf("%s nintei case commands %s",
		    cli_say(c, "今できること:", "what is possible now:"),
		    c->a.pos[0]);
	if (code == E_STORE_CONFLICT)
		return xasprintf("%s nintei case show %s",
		    cli_say(c, "件が変わりました:", "the case has moved:"),
		    c->a.pos[0]);
	return NULL;
}

int
case_do(struct cli *c, struct err *e)
{
	CLEANUP(buf_free) struct buf body = BUF_INIT(LIMIT_COMMAND_BYTES);

	if (command_body(c, &body, e) < 0)
		return -1;
	if (command_post(c, c->a.pos[0], buf_slice(&body), e) == 0)
		return 0;
	if (c->problem != NULL)
		c->hint = hint_of(c, e->code);
	return -1;
}
