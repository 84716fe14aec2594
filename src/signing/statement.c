/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements about the register: nothing is sealed that this signer's own
 * journal contradicts.
 */
#include "nintei/statement.h"

#include <string.h>

#include "nintei/enc.h"
#include "signing_int.h"

#define ENTRIES_MAX 1000000
#define YEARS_DAYS 366

/* A statement that is being judged. */
struct claim {
	const struct signer *s;
	const struct json *doc;
	int64_t at; /* when it is made */
	int64_t known; /* what was recorded until then counts */
	int64_t instant; /* what it speaks of */
};

static const struct json_field head_fields[] = {
	{ "schema", JSON_KIND_STRING, true },
	{ "authority", JSON_KIND_STRING, true },
	{ "clock", JSON_KIND_STRING, true },
	{ "at", JSON_KIND_STRING, true },
	{ "log", JSON_KIND_OBJECT, true },
};
static const struct json_field log_fields[] = {
	{ "root", JSON_KIND_STRING, true },
	{ "size", JSON_KIND_INT, true },
};
static const struct json_field export_fields[] = {
	{ "not_after", JSON_KIND_STRING, true },
	{ "as_of", JSON_KIND_OBJECT, false },
	{ "entries", JSON_KIND_ARRAY, true },
};
static const struct json_field as_of_fields[] = {
	{ "day", JSON_KIND_STRING, true },
	{ "known", JSON_KIND_STRING, true },
};
static const struct json_field absence_fields[] = {
	{ "scheme", JSON_KIND_STRING, true },
	{ "on", JSON_KIND_STRING, true },
	{ "number", JSON_KIND_STRING, false },
	{ "service", JSON_KIND_STRING, false },
};
static const struct json_field status_fields[] = {
	{ "not_after", JSON_KIND_STRING, true },
	{ "scheme", JSON_KIND_STRING, true },
	{ "number", JSON_KIND_STRING, true },
	{ "service", JSON_KIND_STRING, true },
	{ "state", JSON_KIND_STRING, true },
	{ "valid_through", JSON_KIND_STRING, true },
};

/* --- what the journal knows of a number --- */

/* A term of it covers the instant, by what was recorded until known. */
static bool
term_covers(const struct claim *c, const char *number)
{
	const struct ledger *l = &c->s->ledger;
	const struct issued *i = ledger_last_of(l, number);

	for (; i != NULL; i = ledger_before(l, i))
		if (i->kind == ISSUED_TERM && i->at <= c->known &&
		    i->not_before <= c->instant && c->instant <= i->not_after)
			return true;
	return false;
}

/* The first end of a term that a note of continuation goes on from. */
static bool
note_covers(const struct claim *c, const struct noted *n)
{
	const struct ledger *l = &c->s->ledger;
	const struct issued *i = ledger_last_of(l, n->number);

	if (n->at > c->known ||
	    (n->over && n->over_at <= c->known && n->over_at <= c->instant))
		return false;
	for (; i != NULL; i = ledger_before(l, i))
		if (i->kind == ISSUED_TERM && i->at <= n->at)
			return c->instant > i->not_after;
	return false;
}

static bool
continuation_covers(const struct claim *c, const char *number)
{
	const struct ledger *l = &c->s->ledger;

	for (size_t i = 0; i < l->n_noted; i++)
		if (strcmp(l->noted[i].number, number) == 0 &&
		    strcmp(l->noted[i].kind, "continuation") == 0 &&
		    note_covers(c, &l->noted[i]))
			return true;
	return false;
}

/* The end by decision, as far as known; NULL: none by then. */
static const struct ended *
end_of(const struct claim *c, const char *number)
{
	const struct ended *e = ledger_ended(&c->s->ledger, number);

	if (e == NULL || e->at > c->known || e->since > c->instant)
		return NULL;
	return e;
}

static bool
in_force(const struct claim *c, const char *number)
{
	return end_of(c, number) == NULL &&
	    (term_covers(c, number) || continuation_covers(c, number));
}

/* --- SIGN-90 to SIGN-92: what every statement says --- */

static int
instant_of(const struct json *doc, const char *key, int64_t *out, struct err *e)
{
	const char *text = jsonx_get_str(doc, key);
	struct err why = ERR_INIT;

	if (text == NULL || instant_parse(text, out, &why) < 0)
		return refuse(e, 0, "statement: %s", key);
	return 0;
}

static int
log_check(struct signer *s, const struct json *doc, struct err *e)
{
	const struct json *log = jsonx_get(doc, "log");
	struct tlog_head want = { .size =
				      (uint64_t)jsonx_get_int(log, "size", 0) };
	struct err why = ERR_INIT;

	if (jsonx_shape(log, log_fields, NELEM(log_fields), &why) < 0 ||
	    hex_decode(jsonx_get_str(log, "root"), want.root, sizeof(want.root),
		&why) < 0)
		return refuse(e, 0, "statement: log: %s", why.detail);
	return log_stands(s, &want, e);
}

static int
head_check(struct signer *s, struct claim *c, struct err *e)
{
	const char *clock =
	    s->conf->clock == CLOCK_REAL ? "system" : "development";
	int64_t now = signer_now(s);

	if (strcmp(jsonx_get_str(c->doc, "authority"),
		s->conf->authority.name) != 0)
		return refuse(e, 0, "statement: another authority");
	if (strcmp(jsonx_get_str(c->doc, "clock"), clock) != 0)
		return refuse(e, 0, "the clock is not the one in force");
	if (instant_of(c->doc, "at", &c->at, e) < 0)
		return -1;
	if (c->at > now || now - c->at > STATEMENT_AGE)
		return refuse(e, 0, "statement: at is not now");
	c->known = c->instant = c->at;
	return log_check(s, c->doc, e);
}

static int
life_check(const struct claim *c, struct err *e)
{
	int64_t end;

	if (instant_of(c->doc, "not_after", &end, e) < 0)
		return -1;
	if (end <= c->at || end - c->at > STATEMENT_LIFE)
		return refuse(e, 0, "statement: not_after is not soon");
	return 0;
}

/* --- (a) the register --- */

/* SIGN-93: a past day is spoken of by what was known at or after it. */
static int
as_of_take(struct claim *c, struct err *e)
{
	const struct json *as_of = jsonx_get(c->doc, "as_of");
	struct err why = ERR_INIT;
	struct jday day;

	if (as_of == NULL)
		return 0;
	if (jsonx_shape(as_of, as_of_fields, NELEM(as_of_fields), &why) < 0 ||
	    jday_parse(jsonx_get_str(as_of, "day"), &day, &why) < 0)
		return refuse(e, 0, "statement: as_of: %s", why.detail);
	if (instant_of(as_of, "known", &c->known, e) < 0)
		return -1;
	if (c->known > c->at || jday_cmp(day, jday_of_instant(c->known)) > 0)
		return refuse(e, 0, "statement: nobody can know that yet");
	c->instant = instant_of_jday(jday_add_days(day, 1)) - 1;
	if (c->instant > c->known)
		c->instant = c->known;
	return 0;
}

static bool
is_one_of(const char *word, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

static bool
is_state_in_force(const char *state)
{
	static const char *const words[] = { "issuing", "valid", "continued",
		NULL };

	return is_one_of(state, words);
}

static bool
is_state_ended(const char *state)
{
	static const char *const words[] = { "expired", "lapsed", "terminated",
		"revoked", NULL };

	return is_one_of(state, words);
}

/* SIGN-95: the state is what the journal has of the number then. */
static int
state_check(
    const struct claim *c, const char *number, const char *state, struct err *e)
{
	const struct ended *end = end_of(c, number);
	bool revoked = end != NULL && end->reason == CRL_PRIVILEGE_WITHDRAWN;
	bool shown = is_state_in_force(state);

	if (!shown && !is_state_ended(state))
		return refuse(e, 0, "%.40s: no state", number);
	if (shown && !in_force(c, number))
		return refuse(e, 0, "%s is not in force then", number);
	if (!shown && end == NULL && term_covers(c, number))
		return refuse(e, 0, "%s is in force then", number);
	if (revoked != (strcmp(state, "revoked") == 0))
		return refuse(e, 0, "%s is %srevoked then", number,
		    revoked ? "" : "not ");
	if (strcmp(state, "continued") == 0 && !continuation_covers(c, number))
		return refuse(e, 0, "%s is not continued then", number);
	return 0;
}

/* Scheme, service and dates are of certificates that were issued for it. */
static int
facts_check(const struct claim *c, const struct json *entry,
    const struct issued *last, struct err *e)
{
	const struct ledger *l = &c->s->ledger;
	const char *scheme = jsonx_get_str(entry, "scheme");
	const char *service = jsonx_get_str(entry, "service");
	const char *end = jsonx_get_str(entry, "valid_through");
	uint8_t want[32];
	char day[JDAY_TEXT];
	bool named = false, dated = false;

	if (scheme == NULL || service == NULL || end == NULL ||
	    strlen(service) >= SIGN_RECORD_BYTES / 2 ||
	    strcmp(scheme, last->scheme) != 0)
		return refuse(e, 0, "%s is of another scheme", last->number);
	service_key(scheme, service, want);
	for (const struct issued *i = last; i != NULL;
	     i = ledger_before(l, i)) {
		named |= memcmp(want, i->service, sizeof(want)) == 0;
		dated |= strcmp(jday_format(i->valid_through, day), end) == 0;
	}
	if (!named)
		return refuse(e, 0, "%s: another service", last->number);
	if (!dated)
		return refuse(e, 0, "%s: another valid_through", last->number);
	return 0;
}

static int
entry_check(const struct claim *c, const struct json *entry,
    const char **previous, struct err *e)
{
	const char *number = jsonx_get_str(entry, "number");
	const char *state = jsonx_get_str(entry, "state");
	const struct issued *last;

	if (number == NULL || state == NULL ||
	    (*previous != NULL && strcmp(*previous, number) >= 0))
		return refuse(e, 0, "statement: entries are not in order");
	*previous = number;
	last = ledger_last_of(&c->s->ledger, number);
	if (last == NULL)
		return refuse(e, 0, "%.40s was never issued", number);
	if (ledger_first_of(&c->s->ledger, number)->at > c->known)
		return refuse(e, 0, "%s was not there then", number);
	if (facts_check(c, entry, last, e) < 0)
		return -1;
	return state_check(c, number, state, e);
}

static bool
is_listed(const struct json *entries, const char *number)
{
	size_t low = 0, high = jsonx_len(entries);

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const char *have =
		    jsonx_get_str(jsonx_at(entries, mid), "number");
		int order = strcmp(have, number);

		if (order == 0)
			return true;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

/* expired_listing: the policy lets old ends go (Art. 11(3)). */
static bool
is_hidden(const struct claim *c, const struct issued *first)
{
	const struct scheme *s = scheme_find(c->s->schemes, first->scheme);
	const struct issued *last =
	    ledger_term(&c->s->ledger, first->number, 0);

	if (s == NULL || s->params.expired_listing != POLICY_HIDE)
		return false;
	return c->at - last->not_after >
	    s->params.expired_listing_years * YEARS_DAYS * INT64_C(86400);
}

/* Certified by then, long enough ago to be published on any day asked. */
static bool
must_be_listed(const struct claim *c, const struct issued *first)
{
	return first->before == 0 && first->kind == ISSUED_TERM &&
	    first->at + STATEMENT_AGE <= c->known &&
	    first->not_before + STATEMENT_AGE <= c->instant &&
	    !is_hidden(c, first);
}

/* SIGN-94: no number that was issued is left out. */
static int
complete_check(const struct claim *c, const struct json *entries, struct err *e)
{
	const struct ledger *l = &c->s->ledger;

	for (size_t i = 0; i < l->n_issued; i++)
		if (must_be_listed(c, &l->issued[i]) &&
		    !is_listed(entries, l->issued[i].number))
			return refuse(
			    e, 0, "%s is left out", l->issued[i].number);
	return 0;
}

static int
export_judge(struct claim *c, struct err *e)
{
	const struct json *entries = jsonx_get(c->doc, "entries");
	const char *previous = NULL;

	if (life_check(c, e) < 0 || as_of_take(c, e) < 0)
		return -1;
	if (jsonx_len(entries) > ENTRIES_MAX)
		return refuse(e, 0, "statement: too many entries");
	for (size_t i = 0; i < jsonx_len(entries); i++)
		if (entry_check(c, jsonx_at(entries, i), &previous, e) < 0)
			return -1;
	return complete_check(c, entries, e);
}

/* --- (b) absence --- */

/* Is there an instant of the day at which the number was in force? */
static bool
was_in_force(const struct claim *c, const char *number, struct jday on)
{
	const struct ledger *l = &c->s->ledger;
	const struct issued *i = ledger_last_of(l, number);
	int64_t from = instant_of_jday(on);
	int64_t end = instant_of_jday(jday_add_days(on, 1)) - 1;
	struct claim at = *c;

	at.instant = from;
	if (in_force(&at, number))
		return true;
	/* A certification that began on the day. */
	for (; i != NULL; i = ledger_before(l, i)) {
		at.instant = i->not_before;
		if (i->not_before >= from && i->not_before <= end &&
		    in_force(&at, number))
			return true;
	}
	return false;
}

static bool
service_in_force(
    const struct claim *c, const char *scheme, const char *name, struct jday on)
{
	const struct ledger *l = &c->s->ledger;
	uint8_t want[32];

	service_key(scheme, name, want);
	for (size_t i = 0; i < l->n_issued; i++)
		if (memcmp(l->issued[i].service, want, sizeof(want)) == 0 &&
		    was_in_force(c, l->issued[i].number, on))
			return true;
	return false;
}

/* SIGN-96: nothing in the journal was in force on that day. */
static int
absence_judge(struct claim *c, struct err *e)
{
	const char *number = jsonx_get_str(c->doc, "number");
	const char *service = jsonx_get_str(c->doc, "service");
	const char *scheme = jsonx_get_str(c->doc, "scheme");
	struct err why = ERR_INIT;
	struct jday on;

	if ((number == NULL) == (service == NULL))
		return refuse(e, 0, "statement: number or service");
	if (scheme_find(c->s->schemes, scheme) == NULL)
		return refuse(e, 0, "no such scheme: %.40s", scheme);
	if (jday_parse(jsonx_get_str(c->doc, "on"), &on, &why) < 0 ||
	    jday_cmp(on, jday_of_instant(c->at)) > 0)
		return refuse(e, 0, "statement: on is no day so far");
	if (service != NULL && strlen(service) >= SIGN_RECORD_BYTES / 2)
		return refuse(e, 0, "statement: service is too long");
	if (number != NULL ? was_in_force(c, number, on)
			   : service_in_force(c, scheme, service, on))
		return refuse(e, 0, "it was in force on that day");
	return 0;
}

/* --- (c) how one certification stands --- */

/* SIGN-97: now; continued by a decision, after the day of the last term. */
static int
status_judge(struct claim *c, struct err *e)
{
	const char *number = jsonx_get_str(c->doc, "number");
	const char *state = jsonx_get_str(c->doc, "state");
	const struct issued *last = ledger_term(&c->s->ledger, number, 0);

	if (life_check(c, e) < 0)
		return -1;
	if (last == NULL)
		return refuse(e, 0, "%.40s was never issued", number);
	if (strcmp(state, "continued") == 0 &&
	    (end_of(c, number) != NULL || term_covers(c, number) ||
		!continuation_covers(c, number)))
		return refuse(e, 0, "%.40s is not continued", number);
	if (is_state_in_force(state) && strcmp(state, "continued") != 0 &&
	    !term_covers(c, number))
		return refuse(e, 0, "%.40s is in no term", number);
	if (facts_check(c, c->doc, last, e) < 0)
		return -1;
	return state_check(c, number, state, e);
}

static const struct {
	const char *schema;
	const struct json_field *fields;
	size_t n;
	int (*judge)(struct claim *c, struct err *e);
} statements[] = {
	{ STATEMENT_EXPORT, export_fields, NELEM(export_fields), export_judge },
	{ STATEMENT_ABSENCE, absence_fields, NELEM(absence_fields),
	    absence_judge },
	{ STATEMENT_STATUS, status_fields, NELEM(status_fields), status_judge },
};

/* SIGN-90: exactly these members. */
static int
shape_check(const struct json *doc, const struct json_field *more, size_t n,
    struct err *e)
{
	struct json_field all[16];
	struct err why = ERR_INIT;
	size_t head = NELEM(head_fields);

	for (size_t i = 0; i < head; i++)
		all[i] = head_fields[i];
	for (size_t i = 0; i < n; i++)
		all[head + i] = more[i];
	if (jsonx_shape(doc, all, head + n, &why) < 0)
		return refuse(e, 0, "statement: %s", why.detail);
	return 0;
}

static int
judge(struct signer *s, const struct json *doc, struct err *e)
{
	struct claim c = { .s = s, .doc = doc };
	const char *schema = jsonx_get_str(doc, "schema");

	for (size_t i = 0; schema != NULL && i < NELEM(statements); i++) {
		if (strcmp(statements[i].schema, schema) != 0)
			continue;
		if (shape_check(doc, statements[i].fields, statements[i].n, e) <
			0 ||
		    head_check(s, &c, e) < 0)
			return -1;
		return statements[i].judge(&c, e);
	}
	return refuse(e, 0, "statement: of no kind");
}

int
op_sign_statement(void *ctx, struct request *rq, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *doc = NULL;
	struct signer *s = ctx;
	struct slice bytes = rd_bytes(&rq->in, SIGN_STATEMENT_BYTES);
	struct err why = ERR_INIT;

	if (rd_end(&rq->in, e) < 0)
		return err_wrap(e, "sign-statement");
	if (jsonx_parse_canonical(bytes, SIGN_STATEMENT_BYTES, &doc, &why) < 0)
		return refuse(e, 0, "statement: %s", why.detail);
	if (judge(s, doc, e) < 0)
		return -1;
	return sealed_reply(s, bytes, rq, e);
}
