/* SPDX-License-Identifier: Apache-2.0 */
/* Of the ledger: effects that come later, ends, and what a number has. */
#include "signing_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"

const struct issued *
ledger_term(const struct ledger *l, const char *number, uint32_t term)
{
	const struct issued *i = ledger_last_of(l, number);

	while (i != NULL &&
	    (i->kind == ISSUED_INTERIM || (term != 0 && i->term != term)))
		i = ledger_before(l, i);
	return i;
}

const struct issued *
ledger_first_of(const struct ledger *l, const char *number)
{
	const struct issued *i = ledger_last_of(l, number);

	while (i != NULL && i->before != 0)
		i = ledger_before(l, i);
	return i;
}

const struct ended *
ledger_ended(const struct ledger *l, const char *number)
{
	uint32_t i;

	return map_find(&l->ends, "number", number, &i) ? &l->ended[i] : NULL;
}

/* The first end counts; a lapse found after it takes its legal date back. */
void
ledger_end(struct ledger *l, const char *number, const struct ended *one)
{
	uint8_t key[32];
	uint32_t i;

	map_key("number", slice_str(number), key);
	if (map_get(&l->ends, key, &i)) {
		if (one->since < l->ended[i].since)
			l->ended[i].since = one->since;
		return;
	}
	map_put(&l->ends, key, (uint32_t)l->n_ended);
	l->ended = xrealloc(l->ended, l->n_ended + 1, sizeof(*l->ended));
	l->ended[l->n_ended++] = *one;
}

const struct noted *
ledger_continued(const struct ledger *l, const char *number)
{
	for (size_t i = l->n_noted; i > 0; i--) {
		const struct noted *n = &l->noted[i - 1];

		if (strcmp(n->number, number) == 0 &&
		    strcmp(n->kind, "continuation") == 0)
			return n->over ? NULL : n;
	}
	return NULL;
}

struct noted *
ledger_note_of(const struct ledger *l, const struct json *r)
{
	const char *hash = jsonx_get_str(r, "decision");
	struct err why = ERR_INIT;
	uint8_t key[32];
	uint32_t i;

	if (hash == NULL || hex_decode(hash, key, sizeof(key), &why) < 0 ||
	    !map_get(&l->notes, key, &i))
		return NULL;
	return &l->noted[i];
}

static int
noted_read(const struct json *r, struct noted *n, struct err *e)
{
	const char *kind = jsonx_get_str(r, "kind");
	const char *detail = jsonx_get_str(r, "rules");
	const char *when = jsonx_get_str(r, "at");

	if (kind == NULL || strlen(kind) >= sizeof(n->kind) || when == NULL ||
	    instant_parse(when, &n->at, e) < 0)
		return err_set(e, E_STORE_CORRUPT, "record: note");
	bytes_take(
	    slice_of(kind, strlen(kind)), (uint8_t *)n->kind, strlen(kind));
	text_copy(n->number, jsonx_get_str(r, "number"));
	text_copy(n->scheme, jsonx_get_str(r, "scheme"));
	n->adopts = jsonx_get_bool(r, "adopts", false);
	if (detail == NULL)
		return 0;
	return jsonx_parse_canonical(
	    slice_str(detail), SIGN_DETAIL_BYTES, &n->rules, e);
}

int
ledger_apply_note(struct ledger *l, const struct json *r,
    const struct journal_place *at, struct err *e)
{
	const char *hash = jsonx_get_str(r, "decision");
	const char *id = jsonx_get_str(r, "decision_id");
	struct noted one = { 0 };
	uint32_t index = (uint32_t)l->n_noted;
	uint8_t key[32];

	(void)at;
	if (hash == NULL || id == NULL || hex_decode(hash, key, 32, e) < 0)
		return err_set(e, E_STORE_CORRUPT, "record without decision");
	if (noted_read(r, &one, e) < 0)
		return -1;
	map_put(&l->notes, key, index);
	map_key("decision", slice_str(id), key);
	map_put(&l->notes, key, index);
	l->noted = xrealloc(l->noted, l->n_noted + 1, sizeof(*l->noted));
	l->noted[l->n_noted++] = one;
	return ledger_used(l, r, e);
}
