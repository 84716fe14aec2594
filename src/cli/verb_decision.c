/* SPDX-License-Identifier: Apache-2.0 */
/* nintei decision: see the exact decision, and sign what was seen. */
#include "cli_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/approval.h"
#include "nintei/limits.h"
#include "keygen_int.h"

static char *
decision_path(const char *id, const char *rest)
{
	CLEANUP(freep) char *escaped = fetch_escape(id);

	return xasprintf("/v1/decisions/%s%s", escaped, rest);
}

/* The bytes as the server has them, understood as a decision. */
static int
document_get(struct cli *c, struct decision **out, struct err *e)
{
	CLEANUP(freep) char *path = decision_path(c->a.pos[0], "/document");
	CLEANUP(fetch_answer_done) struct fetch_answer a = { 0 };
	CLEANUP(decision_freep) struct decision *d = NULL;
	struct fetch_request q = FETCH_INIT;
	const char *id;

	if (remote_call(c, &q, path, &a, e) < 0)
		return -1;
	if (decision_parse(buf_slice(&a.body), &d, e) < 0)
		return err_wrap(e, "the decision");
	id = decision_get(d, "decision_id");
	if (id == NULL || strcmp(id, c->a.pos[0]) != 0)
		return err_set(
		    e, E_INVALID, "the server sent another decision");
	*out = TAKE(d);
	return 0;
}

/* Every member, so that nothing that is signed stays unseen. */
static int
print_document(const struct decision *d, FILE *to, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *o = NULL;
	const struct json *value;
	const char *key, *text;
	char *safe;
	size_t i, n;

	if (jsonx_parse(decision_bytes(d), LIMIT_DECISION_BYTES, &o, e) < 0)
		return -1;
	for (i = 0; jsonx_member(o, i, &key, &value); i++) {
		text = jsonx_str(value);
		if (text == NULL)
			continue;
		n = strlen(text);
		safe = xcalloc(10 * n + 16, 1); /* room for every escape */
		fprintf(to, "%-16s %s\n", key,
		    text_show(safe, 10 * n + 16, text, n));
		free(safe);
	}
	return 0;
}

static void
print_code(const struct cli *c, const struct decision *d, FILE *to)
{
	char code[DECISION_CODE];

	fprintf(to, "\n%s: %s\n", cli_say(c, "照合コード", "comparison code"),
	    decision_code(decision_hash(d), code));
}

static void
print_signatures(const struct cli *c, const struct json *state)
{
	static const char *const keys[] = { "at", "answer", "person", NULL };

	print_row(c, "状態", "state", jsonx_get_str(state, "state"));
	printf("%s: %lld\n", cli_say(c, "必要な承認", "approvals needed"),
	    (long long)jsonx_get_int(state, "needed", 0));
	print_items(jsonx_get(state, "signatures"), keys);
}

/* What the server computes is compared with what was computed here. */
static int
code_check(const struct decision *d, const struct json *state, struct err *e)
{
	const char *theirs = jsonx_get_str(state, "comparison_code");
	char ours[DECISION_CODE];

	if (theirs == NULL ||
	    strcmp(theirs, decision_code(decision_hash(d), ours)) == 0)
		return 0;
	return err_set(e, E_INVALID,
	    "the comparison code of the server is not that of the document");
}

int
decision_show(struct cli *c, struct err *e)
{
	CLEANUP(freep) char *path = decision_path(c->a.pos[0], "");
	CLEANUP(decision_freep) struct decision *d = NULL;
	CLEANUP(jsonx_freep) struct json *state = NULL;

	if (document_get(c, &d, e) < 0)
		return -1;
	if (c->a.raw)
		return local_write("-", decision_bytes(d), e);
	if (remote_get(c, path, &state, e) < 0 || code_check(d, state, e) < 0)
		return -1;
	print_development(c, state);
	if (c->a.json) {
		print_json(state);
		return 0;
	}
	if (print_document(d, stdout, e) < 0)
		return -1;
	print_code(c, d, stdout);
	print_signatures(c, state);
	return 0;
}

static int
signature_post(
    struct cli *c, struct slice armour, struct json **out, struct err *e)
{
	static const char *const headers[] = { "Content-Type: text/plain",
		"Accept: application/json", NULL };
	CLEANUP(freep) char *path = decision_path(c->a.pos[0], "/signatures");
	CLEANUP(fetch_answer_done) struct fetch_answer a = { 0 };
	struct fetch_request q = FETCH_INIT;

	q.method = "POST";
	q.headers = headers;
	q.body = armour;
	if (remote_call(c, &q, path, &a, e) < 0)
		return -1;
	if (jsonx_parse(buf_slice(&a.body), MIB(4), out, e) < 0)
		return err_wrap(e, "the server's answer");
	return 0;
}

int
decision_sign(struct cli *c, struct err *e)
{
	const char *ns = c->a.object ? SSH_NS_OBJECTION : SSH_NS_DECISION;
	CLEANUP(decision_freep) struct decision *d = NULL;
	CLEANUP(jsonx_freep) struct json *state = NULL;
	CLEANUP(buf_free) struct buf armour = BUF_INIT(LIMIT_SIGNATURE_BYTES);

	if (c->a.key == NULL)
		return err_set(e, E_USAGE, "want --key FILE");
	if (document_get(c, &d, e) < 0 || print_document(d, stderr, e) < 0)
		return -1;
	print_code(c, d, stderr);
	if (key_sign(c->a.key, ns, decision_bytes(d), &armour, e) < 0 ||
	    signature_post(c, buf_slice(&armour), &state, e) < 0)
		return -1;
	if (c->a.json)
		print_json(state);
	else
		print_signatures(c, state);
	return 0;
}
