/* SPDX-License-Identifier: Apache-2.0 */
/* What is published beside the register: improvements, delegations, rules. */
#include <inttypes.h>
#include <stdio.h>

#include "nintei/enc.h"

#include "register_int.h"

#define PAGE_ROWS 50

struct list {
	struct pub_doc *items;
	unsigned n;
	int64_t last; /* log_index */
};

static int
publication_fn(const struct index_publication *row, void *arg, struct err *e)
{
	struct list *l = arg;
	struct json *view = NULL;

	if (jsonx_parse(slice_str(row->view), REGISTER_VIEW_BYTES, &view, e) <
	    0)
		return -1;
	pub_add(l->items, pub_doc_stored(view));
	l->last = row->log_index;
	l->n++;
	return 0;
}

static int
cursor_read(const char *text, int64_t *out, struct err *e)
{
	uint64_t n;

	*out = -1;
	if (text == NULL)
		return 0;
	if (dec_parse(text, INT64_MAX, &n, e) < 0)
		return err_wrap(e, "cursor");
	*out = (int64_t)n;
	return 0;
}

static void
next_set(struct pub_doc *j, const struct list *l)
{
	char text[24];

	if (l->n < PAGE_ROWS)
		return;
	snprintf(text, sizeof(text), "%" PRId64, l->last);
	pub_set(j, "next", pub_own(text));
}

int
get_publications(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(freep) char *kind = query_text(v, "kind");
	CLEANUP(freep) char *scheme = query_text(v, "scheme");
	CLEANUP(freep) char *number = query_text(v, "number");
	CLEANUP(freep) char *cursor = query_text(v, "cursor");
	CLEANUP(pub_doc_freep) struct pub_doc *items = pub_list_new();
	CLEANUP(pub_doc_freep) struct pub_doc *j = pub_doc_new();
	struct list l = { .items = items };
	struct index_publication_query q = { kind, scheme, number, -1,
		PAGE_ROWS };

	if (kind != NULL && derive_publication_parse(kind) == PUBLICATION_NONE)
		return err_set(
		    e, E_INPUT, "kind: want improvement, delegation or rules");
	if (cursor_read(cursor, &q.after, e) < 0 ||
	    office_catch_up(v->o, v->now, e) < 0 ||
	    index_publication_list(v->o->index, &q, publication_fn, &l, e) < 0)
		return -1;
	pub_set_doc(j, "items", TAKE(items));
	if (v->o->development)
		pub_set_bool(j, "development", true);
	next_set(j, &l);
	answer_pub(a, TAKE(j));
	answer_public(v, a);
	return 0;
}
