/* SPDX-License-Identifier: Apache-2.0 */
/* nintei number watch: what the register says of certified operators. */
#include "cli_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/fs.h"
#include "nintei/index.h"
#include "nintei/numbers_watch.h"

/* A certification in force, as list and changes need it. */
static void
add_operator(struct json *list, const char *number, const char *operator_name,
    const char *corporate_number, const char *state)
{
	struct json *o;

	if (corporate_number == NULL || corporate_number[0] == '\0' ||
	    state == NULL ||
	    (strcmp(state, "valid") != 0 && strcmp(state, "issuing") != 0))
		return;
	o = jsonx_object();
	jsonx_set_str(o, "number", number);
	jsonx_set_str(
	    o, "operator", operator_name != NULL ? operator_name : "");
	jsonx_set_str(o, "corporate_number", corporate_number);
	jsonx_add(list, o);
}

#define PAGE_ROWS 500

struct page {
	struct json *list;
	char *last; /* number of the last row; owned */
	unsigned n;
};

static int
page_fn(const struct index_certification *row, void *arg, struct err *e)
{
	struct page *p = arg;

	(void)e;
	add_operator(p->list, row->number, row->operator_name,
	    row->corporate_number, row->state);
	free(p->last);
	p->last = xstrdup(row->number);
	p->n++;
	return 0;
}

/* Of this home, while no server has its index. */
static int
operators_local(const struct cli *c, struct json *list, struct err *e)
{
	CLEANUP(freep) char *path = fs_join(c->a.home, "store/index.sqlite");
	CLEANUP(index_freep) struct index *x = NULL;
	CLEANUP(freep) char *after = NULL;
	struct page p = { .list = list };
	int rv;

	if (index_open(path, &x, e) < 0)
		return -1;
	do {
		struct index_register_query q = { .page = {
						      after, PAGE_ROWS } };

		p.n = 0;
		rv = index_register_list(x, &q, page_fn, &p, e);
		free(after);
		after = TAKE(p.last);
	} while (rv == 0 && p.n == PAGE_ROWS);
	return rv;
}

/* Of the server that has it: its public register. */
static int
operators_remote(struct cli *c, struct json *list, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *all = NULL;
	const struct json *items;

	if (remote_list(c, "/v1/register", &all, e) < 0)
		return -1;
	items = jsonx_get(all, "items");
	for (size_t i = 0; i < jsonx_len(items); i++) {
		const struct json *o = jsonx_at(items, i);

		add_operator(list, jsonx_get_str(o, "number"),
		    jsonx_get_str(o, "operator"),
		    jsonx_get_str(o, "corporate_number"),
		    jsonx_get_str(o, "state"));
	}
	return 0;
}

static int
operators(struct cli *c, struct json *list, struct err *e)
{
	struct err why = ERR_INIT;

	if (c->a.server != NULL)
		return operators_remote(c, list, e);
	if (operators_local(c, list, &why) == 0)
		return 0;
	if (why.code == E_UNAVAILABLE && remote_known(c))
		return operators_remote(c, list, e);
	*e = why;
	return -1;
}

struct found {
	const struct json *operator_; /* whom it touches */
	struct json *changes;
};

static struct json *
chain_json(const struct numbers_change *ch)
{
	struct json *a = jsonx_array();

	for (unsigned i = 0; i < ch->n_chain; i++)
		jsonx_add(a, jsonx_string(ch->chain[i]));
	return a;
}

static void
set_filled(struct json *o, const char *key, const char *text)
{
	if (text[0] != '\0')
		jsonx_set_str(o, key, text);
}

static int
change_fn(const struct numbers_change *ch, void *arg, struct err *e)
{
	struct found *f = arg;
	struct json *o = jsonx_dup(f->operator_);
	struct numbers_address now = numbers_address_of(ch->entry);

	(void)e;
	jsonx_set_str(o, "event", numbers_event_name(ch->event));
	jsonx_set_str(o, "article", numbers_event_article(ch->event));
	jsonx_set_str(o, "task", numbers_event_task(ch->event));
	jsonx_set_str(o, "published", ch->entry->field[NUMBER_UPDATE_DATE]);
	jsonx_set_str(o, "registry_day", ch->day);
	set_filled(o, "legal_day", ch->legal_day);
	jsonx_set_str(o, "name", ch->entry->field[NUMBER_NAME]);
	jsonx_set_str(o, "address", now.text);
	set_filled(o, "close_cause", ch->entry->field[NUMBER_CLOSE_CAUSE]);
	set_filled(o, "change_cause", ch->entry->field[NUMBER_CHANGE_CAUSE]);
	if (ch->n_chain > 0)
		jsonx_set(o, "successors", chain_json(ch));
	if (ch->loop)
		jsonx_set_bool(o, "loop", true);
	jsonx_set_str(o, "text_ja", numbers_event_text(ch->event, true));
	jsonx_set_str(o, "text_en", numbers_event_text(ch->event, false));
	jsonx_add(f->changes, o);
	return 0;
}

static void
print_change(const struct cli *c, const struct json *o)
{
	const struct json *next = jsonx_get(o, "successors");

	printf("%s %s (%s) %s %s\n", jsonx_get_str(o, "number"),
	    jsonx_get_str(o, "operator"), jsonx_get_str(o, "corporate_number"),
	    cli_say(c, "規程", "Art."), jsonx_get_str(o, "article"));
	printf("    %s\n", jsonx_get_str(o, c->ja ? "text_ja" : "text_en"));
	print_row(
	    c, "    公表日", "    published", jsonx_get_str(o, "published"));
	print_row(c, "    登記の日", "    day of the registry",
	    jsonx_get_str(o, "registry_day"));
	print_row(
	    c, "    効力の日", "    legal day", jsonx_get_str(o, "legal_day"));
	print_row(c, "    名称", "    name", jsonx_get_str(o, "name"));
	print_row(c, "    所在地", "    address", jsonx_get_str(o, "address"));
	for (size_t i = 0; i < jsonx_len(next); i++)
		print_row(c, "    承継先", "    successor",
		    jsonx_str(jsonx_at(next, i)));
}

static int
collect(struct cli *c, struct numbers *n, const struct json *list,
    struct json *changes, struct err *e)
{
	const char *since = c->a.since != NULL ? c->a.since : "0000-00-00";

	for (size_t i = 0; i < jsonx_len(list); i++) {
		struct found f = { jsonx_at(list, i), changes };

		if (numbers_changes(n,
			jsonx_get_str(f.operator_, "corporate_number"), since,
			change_fn, &f, e) < 0)
			return -1;
	}
	return 0;
}

static int
since_check(const struct cli *c, struct err *e)
{
	struct err why = ERR_INIT;
	struct jday day;

	if (c->a.since == NULL || jday_parse(c->a.since, &day, &why) == 0)
		return 0;
	return err_set(e, E_USAGE, "--since: want YYYY-MM-DD");
}

int
number_watch(struct cli *c, struct err *e)
{
	CLEANUP(numbers_freep) struct numbers *n = NULL;
	CLEANUP(jsonx_freep) struct json *list = jsonx_array();
	CLEANUP(jsonx_freep) struct json *o = jsonx_object();
	struct json *changes = jsonx_array();
	struct numbers_state s;

	jsonx_set(o, "changes", changes);
	if (since_check(c, e) < 0 || numbers_open(c->a.home, &n, e) < 0 ||
	    numbers_state(n, &s, e) < 0)
		return -1;
	if (!s.present)
		return err_set(e, E_NOT_FOUND, "no register was imported");
	if (operators(c, list, e) < 0 || collect(c, n, list, changes, e) < 0)
		return -1;
	jsonx_set_int(o, "operators", (int64_t)jsonx_len(list));
	jsonx_set_str(o, "as_of", s.as_of);
	jsonx_set_str(o, "credit", numbers_credit);
	jsonx_set_str(o, "disclaimer_ja", numbers_disclaimer_ja);
	if (c->a.json) {
		print_json(o);
		return 0;
	}
	for (size_t i = 0; i < jsonx_len(changes); i++)
		print_change(c, jsonx_at(changes, i));
	printf("%s（%s）\n%s\n", numbers_credit, s.as_of,
	    cli_say(c, numbers_disclaimer_ja, numbers_disclaimer_en));
	return 0;
}
