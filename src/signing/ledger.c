/* SPDX-License-Identifier: Apache-2.0 */
/* What the journal's records add up to: the signer's only memory. */
#include "signing_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"

#define LEDGER_MAX 100000000 /* records of a kind: fits the maps' numbers */

void
ledger_init(struct ledger *l)
{
	*l = (struct ledger){ .roster = roster_new() };
}

void
ledger_free(struct ledger *l)
{
	roster_free(l->roster);
	free(l->issued);
	free(l->revoked);
	free(l->pinned);
	for (size_t i = 0; i < l->n_noted; i++)
		jsonx_free(l->noted[i].rules);
	free(l->noted);
	free(l->ended);
	map_free(&l->notes);
	map_free(&l->ends);
	map_free(&l->certified);
	map_free(&l->shredded);
	map_free(&l->executed);
	map_free(&l->numbers);
	map_free(&l->keys);
	map_free(&l->counters);
	map_free(&l->serials);
	map_free(&l->crls);
	*l = (struct ledger){ 0 };
}

const struct issued *
ledger_last_of(const struct ledger *l, const char *number)
{
	uint32_t i;

	return map_find(&l->numbers, "number", number, &i) ? &l->issued[i]
							   : NULL;
}

const struct issued *
ledger_before(const struct ledger *l, const struct issued *i)
{
	return i->before == 0 ? NULL : &l->issued[i->before - 1];
}

bool
ledger_case_certified(const struct ledger *l, const char *dossier)
{
	return map_find(&l->certified, "case", dossier, NULL);
}

static struct pinned *
pinned_find(const struct ledger *l, const char *person)
{
	for (size_t i = 0; i < l->n_pinned; i++)
		if (strcmp(l->pinned[i].person, person) == 0)
			return &l->pinned[i];
	return NULL;
}

int64_t
ledger_pinned_at(const struct ledger *l, const char *person)
{
	const struct pinned *p = pinned_find(l, person);

	return p == NULL ? 0 : p->at;
}

struct crl_state *
ledger_crl(struct ledger *l, const char *scheme)
{
	uint8_t key[32];
	uint32_t i;

	map_key("crl", slice_str(scheme), key);
	if (map_get(&l->crls, key, &i))
		return &l->crl[i];
	if (l->n_crl == NELEM(l->crl))
		return NULL;
	i = (uint32_t)l->n_crl++;
	l->crl[i] = (struct crl_state){ 0 };
	text_copy(l->crl[i].scheme, scheme);
	map_put(&l->crls, key, i);
	return &l->crl[i];
}

int
ledger_used(struct ledger *l, const struct json *r, struct err *e)
{
	const struct json *used = jsonx_get(r, "used");
	uint8_t key[32];

	for (size_t i = 0; i < jsonx_len(used); i++) {
		const char *one = jsonx_str(jsonx_at(used, i));

		if (one == NULL || hex_decode(one, key, 32, e) < 0)
			return err_set(e, E_STORE_CORRUPT, "record: used");
		map_put(&l->counters, key, 0);
	}
	return 0;
}

/* The decision stands executed, by its hash and by its id. */
static int
executed_apply(
    struct ledger *l, const struct json *r, uint32_t index, struct err *e)
{
	const char *hash = jsonx_get_str(r, "decision");
	const char *id = jsonx_get_str(r, "decision_id");
	uint8_t key[32];

	if (hash == NULL || id == NULL || hex_decode(hash, key, 32, e) < 0)
		return err_set(e, E_STORE_CORRUPT, "record without decision");
	map_put(&l->executed, key, index);
	map_key("decision", slice_str(id), key);
	map_put(&l->executed, key, index);
	return ledger_used(l, r, e);
}

static int
apply_open(struct ledger *l, const struct json *r,
    const struct journal_place *at, struct err *e)
{
	if (at->seq != 1)
		return err_set(e, E_STORE_CORRUPT, "journal opened twice");
	l->begun = true;
	l->development = jsonx_get_bool(r, "development", false);
	return 0;
}

/* Remember when the entry changed: SIGN-41 looks at it. */
static int
pinned_note(
    struct ledger *l, const struct json *r, const char *entry, struct err *e)
{
	CLEANUP(freep)
	struct roster_entry *read = xcalloc(1, sizeof(*read));
	const char *when = jsonx_get_str(r, "at");
	struct pinned *p;
	int64_t at;

	if (when == NULL || instant_parse(when, &at, e) < 0 ||
	    roster_entry_decode(slice_str(entry), read, e) < 0)
		return err_set(e, E_STORE_CORRUPT, "record: roster entry");
	if ((p = pinned_find(l, read->person)) == NULL) {
		l->pinned =
		    xrealloc(l->pinned, l->n_pinned + 1, sizeof(*l->pinned));
		p = &l->pinned[l->n_pinned++];
		text_copy(p->person, read->person);
	}
	p->at = at;
	return 0;
}

static int
apply_pin(struct ledger *l, const struct json *r,
    const struct journal_place *at, struct err *e)
{
	const char *entry = jsonx_get_str(r, "entry");

	(void)at;
	if (entry == NULL || roster_put(l->roster, slice_str(entry), e) < 0)
		return err_set(e, E_STORE_CORRUPT, "record: roster entry");
	if (jsonx_get(r, "decision") == NULL)
		return 0;
	if (pinned_note(l, r, entry, e) < 0)
		return -1;
	return executed_apply(l, r, 0, e);
}

static const char *const issued_kinds[] = { "certify", "reissue",
	"continuation" };

static int
issued_kind(const struct json *r, struct issued *i, struct err *e)
{
	const char *kind = jsonx_get_str(r, "kind");

	for (size_t k = 0; kind != NULL && k < NELEM(issued_kinds); k++)
		if (strcmp(issued_kinds[k], kind) == 0) {
			i->kind = (enum issued_kind)k;
			return 0;
		}
	return err_set(e, E_STORE_CORRUPT, "record: kind");
}

static int
issued_days(const struct json *r, struct issued *i, struct err *e)
{
	const char *day = jsonx_get_str(r, "certified_on");
	const char *from = jsonx_get_str(r, "valid_from");
	const char *end = jsonx_get_str(r, "valid_through");
	const char *at = jsonx_get_str(r, "at");

	i->not_before = jsonx_get_int(r, "not_before", 0);
	i->not_after = jsonx_get_int(r, "not_after", 0);
	if (day == NULL || from == NULL || end == NULL || at == NULL ||
	    i->not_after <= i->not_before || instant_parse(at, &i->at, e) < 0 ||
	    jday_parse(day, &i->certified_on, e) < 0 ||
	    jday_parse(from, &i->valid_from, e) < 0 ||
	    jday_parse(end, &i->valid_through, e) < 0)
		return err_set(e, E_STORE_CORRUPT, "record: days");
	return 0;
}

static int
issued_read(
    const struct json *r, struct issued *i, uint8_t spki[32], struct err *e)
{
	const char *serial = jsonx_get_str(r, "serial");
	const char *key = jsonx_get_str(r, "spki");
	const char *service = jsonx_get_str(r, "service");

	text_copy(i->number, jsonx_get_str(r, "number"));
	text_copy(i->scheme, jsonx_get_str(r, "scheme"));
	text_copy(i->decision_id, jsonx_get_str(r, "decision_id"));
	i->term = (uint32_t)jsonx_get_int(r, "term", 0);
	if (issued_kind(r, i, e) < 0 || issued_days(r, i, e) < 0)
		return -1;
	if (serial == NULL || key == NULL || service == NULL ||
	    jsonx_get_str(r, "cert") == NULL ||
	    hex_decode(service, i->service, sizeof(i->service), e) < 0 ||
	    hex_decode(serial, i->serial, SERIAL_BYTES, e) < 0 ||
	    hex_decode(key, spki, 32, e) < 0)
		return err_set(e, E_STORE_CORRUPT, "record: certificate");
	return 0;
}

static uint32_t
issued_add(struct ledger *l, struct issued *one)
{
	uint32_t index = (uint32_t)l->n_issued, last;
	uint8_t key[32];

	map_key("number", slice_str(one->number), key);
	if (map_get(&l->numbers, key, &last))
		one->before = last + 1;
	map_put(&l->numbers, key, index);
	map_key("serial", slice_of(one->serial, SERIAL_BYTES), key);
	map_put(&l->serials, key, index);
	/* Room doubles: n_issued is a power of two when it is full. */
	if ((l->n_issued & (l->n_issued - 1)) == 0)
		l->issued = xrealloc(l->issued,
		    l->n_issued == 0 ? 1 : 2 * l->n_issued, sizeof(*l->issued));
	l->issued[l->n_issued++] = *one;
	return index;
}

/* An interim one rests on its note; the others execute their decision. */
static int
issued_settle(
    struct ledger *l, const struct json *r, uint32_t index, struct err *e)
{
	const struct issued *one = &l->issued[index];
	struct noted *n = ledger_note_of(l, r);
	uint8_t key[32];

	if (one->kind == ISSUED_INTERIM) {
		if (n == NULL)
			return err_set(e, E_STORE_CORRUPT, "record: no note");
		n->interim = index + 1;
		return 0;
	}
	if (one->kind == ISSUED_TERM) {
		map_key("case", slice_str(jsonx_get_str(r, "case")), key);
		map_put(&l->certified, key, index);
	}
	return executed_apply(l, r, index, e);
}

static int
apply_issue(struct ledger *l, const struct json *r,
    const struct journal_place *at, struct err *e)
{
	struct issued one = { .place = *at };
	uint8_t spki[32];
	uint32_t index;

	if (l->n_issued == LEDGER_MAX)
		return err_set(e, E_LIMIT, "journal too long");
	if (jsonx_get_str(r, "case") == NULL)
		return err_set(e, E_STORE_CORRUPT, "record: case");
	if (issued_read(r, &one, spki, e) < 0)
		return -1;
	index = issued_add(l, &one);
	if (!map_get(&l->keys, spki, NULL))
		map_put(&l->keys, spki, index);
	return issued_settle(l, r, index, e);
}

static void
revoked_add(struct ledger *l, const struct revoked *one)
{
	if ((l->n_revoked & (l->n_revoked - 1)) == 0)
		l->revoked = xrealloc(l->revoked,
		    l->n_revoked == 0 ? 1 : 2 * l->n_revoked,
		    sizeof(*l->revoked));
	l->revoked[l->n_revoked++] = *one;
}

static int
serial_revoke(
    struct ledger *l, const char *hex, const struct revoked *how, struct err *e)
{
	struct revoked one = *how;
	uint8_t key[32];
	uint32_t index;

	if (hex == NULL ||
	    hex_decode(hex, one.entry.serial, SERIAL_BYTES, e) < 0)
		return err_set(e, E_STORE_CORRUPT, "record: serial");
	map_key("serial", slice_of(one.entry.serial, SERIAL_BYTES), key);
	if (!map_get(&l->serials, key, &index) || l->issued[index].revoked)
		return err_set(e, E_STORE_CORRUPT, "record: serial");
	l->issued[index].revoked = true;
	l->issued[index].revoked_at = one.entry.revoked_at;
	text_copy(one.scheme, l->issued[index].scheme);
	revoked_add(l, &one);
	return 0;
}

/*
 * What the decision is then: a continuation is over; what only replaces was
 * executed when it was issued; every other one ends the number.
 */
static int
revoke_settle(struct ledger *l, const struct json *r,
    const struct ca_revocation *how, struct err *e)
{
	const char *kind = jsonx_get_str(r, "kind");
	const char *number = jsonx_get_str(r, "number");
	struct ended one = { how->revoked_at, how->invalid_since, how->reason };
	struct noted *n = ledger_note_of(l, r);

	if (kind == NULL || number == NULL)
		return err_set(e, E_STORE_CORRUPT, "record: kind and number");
	if (strcmp(kind, "continuation") == 0) {
		if (n == NULL)
			return err_set(e, E_STORE_CORRUPT, "record: no note");
		n->over = true;
		n->over_at = how->revoked_at;
		return 0;
	}
	if (strcmp(kind, "reissue") == 0 || strcmp(kind, "certify") == 0)
		return 0;
	if (one.since == 0)
		one.since = one.at;
	ledger_end(l, number, &one);
	return executed_apply(l, r, 0, e);
}

static int
apply_revoke(struct ledger *l, const struct json *r,
    const struct journal_place *at, struct err *e)
{
	const struct json *serials = jsonx_get(r, "serials");
	const char *when = jsonx_get_str(r, "at");
	struct revoked how = { 0 };

	(void)at;
	how.entry.reason = (enum crl_reason)jsonx_get_int(r, "reason", 0);
	how.entry.invalid_since = jsonx_get_int(r, "invalid_since", 0);
	if (when == NULL || instant_parse(when, &how.entry.revoked_at, e) < 0)
		return err_set(e, E_STORE_CORRUPT, "record: instant");
	if (crl_reason_name((int)how.entry.reason) == NULL)
		return err_set(e, E_STORE_CORRUPT, "record: reason");
	for (size_t i = 0; i < jsonx_len(serials); i++)
		if (serial_revoke(l, jsonx_str(jsonx_at(serials, i)), &how, e) <
		    0)
			return -1;
	return revoke_settle(l, r, &how.entry, e);
}

static int
apply_crl(struct ledger *l, const struct json *r,
    const struct journal_place *at, struct err *e)
{
	const char *scheme = jsonx_get_str(r, "scheme");
	struct crl_state *c = scheme == NULL ? NULL : ledger_crl(l, scheme);

	(void)at;
	if (c == NULL)
		return err_set(e, E_STORE_CORRUPT, "record: CRL");
	c->number = (uint64_t)jsonx_get_int(r, "number", 0);
	c->this_update = jsonx_get_int(r, "this_update", 0);
	return 0;
}

bool
ledger_case_shredded(const struct ledger *l, const char *dossier)
{
	return map_find(&l->shredded, "shred", dossier, NULL);
}

static int
apply_shred(struct ledger *l, const struct json *r,
    const struct journal_place *at, struct err *e)
{
	const char *dossier = jsonx_get_str(r, "case");
	uint8_t key[32];

	(void)at;
	if (dossier == NULL)
		return err_set(e, E_STORE_CORRUPT, "record: case");
	map_key("shred", slice_str(dossier), key);
	map_put(&l->shredded, key, 0);
	return executed_apply(l, r, 0, e);
}

static const struct {
	const char *op;
	int (*apply)(struct ledger *l, const struct json *r,
	    const struct journal_place *at, struct err *e);
} kinds[] = {
	{ "open", apply_open },
	{ "pin", apply_pin },
	{ "issue", apply_issue },
	{ "revoke", apply_revoke },
	{ "crl", apply_crl },
	{ "shred", apply_shred },
	{ "note", ledger_apply_note },
};

/* Whatever a record lacks, the journal is what is wrong. */
static int
kind_apply(size_t i, struct ledger *l, const struct json *record,
    const struct journal_place *at, struct err *e)
{
	struct err why = ERR_INIT;

	if (kinds[i].apply(l, record, at, &why) == 0)
		return 0;
	return err_set(e, E_STORE_CORRUPT, "signer's journal, record %llu: %s",
	    (unsigned long long)at->seq, why.detail);
}

int
ledger_apply(struct ledger *l, const struct json *record,
    const struct journal_place *at, struct err *e)
{
	const char *op = jsonx_get_str(record, "op");

	if (!l->begun && (op == NULL || strcmp(op, "open") != 0))
		return err_set(e, E_STORE_CORRUPT, "journal has no beginning");
	for (size_t i = 0; op != NULL && i < NELEM(kinds); i++)
		if (strcmp(kinds[i].op, op) == 0)
			return kind_apply(i, l, record, at, e);
	return err_set(e, E_STORE_CORRUPT, "journal: unknown record");
}
