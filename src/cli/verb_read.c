/* SPDX-License-Identifier: Apache-2.0 */
/* nintei case read, key: what lies encrypted in a case. */
#include "cli_int.h"

#include <stdlib.h>
#include <string.h>

/* "no_interest", which a reviewer states before the first reading. */
static char *
reading_path(const struct cli *c, const char *what, int statement)
{
	CLEANUP(freep) char *id = fetch_escape(c->a.pos[0]);
	CLEANUP(freep)
	char *said_word =
	    c->a.n_pos > statement ? fetch_escape(c->a.pos[statement]) : NULL;

	return xasprintf("/v1/cases/%s/%s%s%s", id, what,
	    said_word == NULL ? "" : "?statement=",
	    said_word == NULL ? "" : said_word);
}

/* What a reviewer adds is a word of this command line, not of the URL. */
static void
hint_statement(struct cli *c, const struct err *e)
{
	if (e->code != E_FLOW_ROLE || strstr(e->detail, "statement=") == NULL ||
	    c->hint != NULL)
		return;
	c->hint = xstrdup(cli_say(c,
	    "利害関係がなければ、末尾に no_interest を付けて繰り返す（記録される）",
	    "if you have no interest, repeat it with no_interest at its end; "
	    "it is recorded"));
}

int
case_key(struct cli *c, struct err *e)
{
	CLEANUP(freep) char *path = reading_path(c, "key", 1);
	CLEANUP(jsonx_freep) struct json *doc = NULL;

	if (remote_get(c, path, &doc, e) < 0) {
		hint_statement(c, e);
		return -1;
	}
	if (c->a.json) {
		print_json(doc);
		return 0;
	}
	print_row(
	    c, "-secretkeyid", "-secretkeyid", jsonx_get_str(doc, "key_id"));
	print_row(c, "-secretkey", "-secretkey", jsonx_get_str(doc, "key"));
	return 0;
}

int
case_read(struct cli *c, struct err *e)
{
	CLEANUP(freep) char *n = fetch_escape(c->a.pos[1]);
	CLEANUP(freep) char *what = xasprintf("documents/%s", n);
	CLEANUP(freep) char *path = reading_path(c, what, 2);
	CLEANUP(fetch_answer_done) struct fetch_answer a = { 0 };
	struct fetch_request q = FETCH_INIT;

	/* A stranger's bytes: to a file, or where the user asks for them. */
	if (c->a.output == NULL)
		return err_set(e, E_USAGE, "want -o FILE, or -o - to print it");
	if (remote_call(c, &q, path, &a, e) < 0) {
		hint_statement(c, e);
		return -1;
	}
	return local_write(c->a.output, buf_slice(&a.body), e);
}
