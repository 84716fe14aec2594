/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens, and the answers kept for repeated requests. */
#include "nintei/account.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/ossl.h"
#include "nintei/sqlx.h"

#define TOKEN_PREFIX "nin_pat_"
#define ID_BYTES 8
#define SECRET_BYTES 32

#define RECEIPTS                                                              \
	"CREATE TABLE receipts (event BLOB PRIMARY KEY, body BLOB NOT NULL) " \
	"STRICT;"

static const char layout[] =
    "CREATE TABLE tokens (id TEXT PRIMARY KEY, hash BLOB NOT NULL, "
    "person TEXT NOT NULL, roles TEXT NOT NULL, created_at INTEGER NOT NULL, "
    "expires_at INTEGER NOT NULL, revoked_at INTEGER NOT NULL DEFAULT 0) "
    "STRICT, WITHOUT ROWID;"
    "CREATE TABLE answers (request BLOB PRIMARY KEY, "
    "body_sha256 BLOB NOT NULL, status INTEGER NOT NULL, "
    "content_type TEXT NOT NULL, etag TEXT NOT NULL, location TEXT NOT NULL, "
    "body BLOB NOT NULL, created_at INTEGER NOT NULL) STRICT;"
    "CREATE INDEX answers_age ON answers (created_at);" RECEIPTS;
static const char upgrade[] = RECEIPTS;

enum statement {
#define ST(name, sql) ST_##name,
#include "statements.inc"
#undef ST
	ST_MAX
};
static const char *const statements[ST_MAX] = {
#define ST(name, sql) [ST_##name] = (sql),
#include "statements.inc"
#undef ST
};
static const struct sqlx_plan plan = { .layout = layout,
	.upgrade = upgrade,
	.version = 2,
	.durable = true,
	.statements = statements,
	.n = ST_MAX };

struct accounts {
	pthread_mutex_t lock;
	struct sqlx *db;
};

int
accounts_open(const char *path, struct accounts **out, struct err *e)
{
	CLEANUP(accounts_freep) struct accounts *a = xcalloc(1, sizeof(*a));

	pthread_mutex_init(&a->lock, NULL);
	if (sqlx_open(path, &plan, &a->db, e) < 0)
		return err_wrap(e, "accounts");
	*out = TAKE(a);
	return 0;
}

void
accounts_close(struct accounts *a)
{
	if (a == NULL)
		return;
	sqlx_close(a->db);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

static void
unlock(struct accounts **a)
{
	pthread_mutex_unlock(&(*a)->lock);
}

/* Hold the lock until the end of the scope. */
static struct accounts *
locked(struct accounts *a)
{
	pthread_mutex_lock(&a->lock);
	return a;
}

bool
account_has_role(const struct account *a, const char *role)
{
	size_t n = strlen(role);
	const char *at = a->roles;

	while (n > 0 && *at != '\0') {
		size_t k = strcspn(at, " ");

		if (k == n && strncmp(at, role, n) == 0)
			return true;
		at += k;
		at += strspn(at, " ");
	}
	return false;
}

static bool
all_of(const char *text, size_t max, const char *allowed)
{
	size_t n = strlen(text);

	return n > 0 && n <= max && strspn(text, allowed) == n;
}

static int
check_account(const struct account *want, struct err *e)
{
	if (!all_of(want->person, LIMIT_ID_BYTES,
		"0123456789abcdefghijklmnopqrstuvwxyz-") ||
	    want->person[0] == '-')
		return err_set(e, E_INPUT, "not the id of a person");
	if (!all_of(want->roles, ACCOUNT_ROLES_TEXT - 1,
		"abcdefghijklmnopqrstuvwxyz_ "))
		return err_set(e, E_INPUT, "scopes are words");
	return 0;
}

/* What is kept of a secret: it has 256 bits, so one hash is enough. */
static void
secret_hash(const char *hex, uint8_t out[SHA256_BYTES])
{
	sha256_of(slice_str(hex), out);
}

int
account_token_create(struct accounts *a, const struct account *want,
    int64_t now, const uint8_t random[ACCOUNT_RANDOM_BYTES],
    char out_token[ACCOUNT_TOKEN_TEXT], struct err *e)
{
	char id[2 * ID_BYTES + 1], secret[2 * SECRET_BYTES + 1];
	uint8_t hash[SHA256_BYTES];

	if (check_account(want, e) < 0)
		return -1;
	hex_encode(random, ID_BYTES, id);
	hex_encode(random + ID_BYTES, SECRET_BYTES, secret);
	secret_hash(secret, hash);
	{
		CLEANUP(unlock) struct accounts *held = locked(a);

		if (sqlx_run(held->db, ST_TOKEN_ADD,
			SQLX_ARGS(sqlx_text(id), sqlx_blob(hash, sizeof(hash)),
			    sqlx_text(want->person), sqlx_text(want->roles),
			    sqlx_int(now), sqlx_int(want->expires_at)),
			e) < 0)
			return -1;
	}
	snprintf(
	    out_token, ACCOUNT_TOKEN_TEXT, TOKEN_PREFIX "%s_%s", id, secret);
	secret_wipe(secret, sizeof(secret));
	return 0;
}

struct found {
	bool any;
	uint8_t hash[SHA256_BYTES];
	struct account account;
	int64_t revoked_at;
};

static int
take_token(const struct sqlx_row *row, void *arg, struct err *e)
{
	struct found *f = arg;
	struct slice hash = sqlx_row_blob(row, 0);

	if (hash.n != SHA256_BYTES)
		return err_set(e, E_STORE_CORRUPT, "a token of another form");
	for (size_t i = 0; i < SHA256_BYTES; i++)
		f->hash[i] = hash.p[i];
	snprintf(f->account.person, sizeof(f->account.person), "%s",
	    sqlx_row_text(row, 1));
	snprintf(f->account.roles, sizeof(f->account.roles), "%s",
	    sqlx_row_text(row, 2));
	f->account.expires_at = sqlx_row_int(row, 3);
	f->revoked_at = sqlx_row_int(row, 4);
	f->any = true;
	return 0;
}

/* Exactly "nin_pat_", 16 hex digits, "_", 64 hex digits. */
static bool
split_token(struct slice token, char id[2 * ID_BYTES + 1],
    char secret[2 * SECRET_BYTES + 1])
{
	const size_t prefix = sizeof(TOKEN_PREFIX) - 1;
	struct err quiet = ERR_INIT;
	uint8_t bytes[SECRET_BYTES];
	const char *at = (const char *)token.p;

	if (token.n != prefix + 2 * ID_BYTES + 1 + 2 * SECRET_BYTES ||
	    strncmp(at, TOKEN_PREFIX, prefix) != 0 ||
	    at[prefix + 2 * ID_BYTES] != '_')
		return false;
	snprintf(id, 2 * ID_BYTES + 1, "%.*s", 2 * ID_BYTES, at + prefix);
	snprintf(secret, 2 * SECRET_BYTES + 1, "%.*s", 2 * SECRET_BYTES,
	    at + prefix + 2 * ID_BYTES + 1);
	return hex_decode(id, bytes, ID_BYTES, &quiet) == 0 &&
	    hex_decode(secret, bytes, SECRET_BYTES, &quiet) == 0;
}

static int
find_token(struct accounts *a, const char *id, struct found *f, struct err *e)
{
	CLEANUP(unlock) struct accounts *held = locked(a);

	return sqlx_query(
	    held->db, ST_TOKEN_GET, SQLX_ARGS(sqlx_text(id)), take_token, f, e);
}

int
account_authenticate(struct accounts *a, struct slice token, int64_t now,
    struct account *out, struct err *e)
{
	char id[2 * ID_BYTES + 1], secret[2 * SECRET_BYTES + 1];
	uint8_t hash[SHA256_BYTES];
	struct found f = { .any = false };
	bool same;

	if (!split_token(token, id, secret))
		return err_set(e, E_AUTH, "a valid token is needed");
	if (find_token(a, id, &f, e) < 0)
		return -1;
	secret_hash(secret, hash);
	secret_wipe(secret, sizeof(secret));
	/* Compared also when there is none: the answer takes as long. */
	same = secret_equal(
	    slice_of(hash, sizeof(hash)), slice_of(f.hash, sizeof(f.hash)));
	if (!same || !f.any || f.revoked_at != 0 || f.account.expires_at <= now)
		return err_set(e, E_AUTH, "a valid token is needed");
	snprintf(f.account.token_id, sizeof(f.account.token_id), "%s", id);
	*out = f.account;
	return 0;
}

int
account_token_revoke(
    struct accounts *a, const char *token_id, int64_t now, struct err *e)
{
	CLEANUP(unlock) struct accounts *held = locked(a);

	if (sqlx_run(held->db, ST_TOKEN_REVOKE,
		SQLX_ARGS(sqlx_text(token_id), sqlx_int(now > 0 ? now : 1)),
		e) < 0)
		return -1;
	if (sqlx_changes(held->db) == 0)
		return err_set(e, E_NOT_FOUND, "no such token");
	return 0;
}

int
account_answer_put(
    struct accounts *a, const struct account_answer *answer, struct err *e)
{
	CLEANUP(unlock) struct accounts *held = locked(a);
	struct sqlx_value request =
	    sqlx_blob(answer->request, sizeof(answer->request));
	int64_t old = answer->created_at - ACCOUNT_ANSWER_SECONDS;
	struct slice body = answer->body;

	if (sqlx_run(held->db, ST_ANSWER_DROP_OLD,
		SQLX_ARGS(request, sqlx_int(old)), e) < 0)
		return -1;
	return sqlx_run(held->db, ST_ANSWER_ADD,
	    SQLX_ARGS(request,
		sqlx_blob(answer->body_sha256, sizeof(answer->body_sha256)),
		sqlx_int(answer->status), sqlx_text(answer->content_type),
		sqlx_text(answer->etag), sqlx_text(answer->location),
		sqlx_blob(body.n > 0 ? (const void *)body.p : "", body.n),
		sqlx_int(answer->created_at)),
	    e);
}

struct kept {
	bool any;
	struct account_answer *out;
	struct buf *hold;
	size_t type, etag, location, body, end; /* offsets in hold */
};

static size_t
hold_text(struct buf *hold, const char *text)
{
	size_t at = hold->n;

	buf_puts(hold, text);
	buf_putc(hold, '\0');
	return at;
}

static int
take_answer(const struct sqlx_row *row, void *arg, struct err *e)
{
	struct kept *k = arg;
	struct slice sha = sqlx_row_blob(row, 0), body = sqlx_row_blob(row, 5);

	if (sha.n != SHA256_BYTES)
		return err_set(e, E_STORE_CORRUPT, "an answer of another form");
	for (size_t i = 0; i < SHA256_BYTES; i++)
		k->out->body_sha256[i] = sha.p[i];
	k->out->status = (int)sqlx_row_int(row, 1);
	k->out->created_at = sqlx_row_int(row, 6);
	k->type = hold_text(k->hold, sqlx_row_text(row, 2));
	k->etag = hold_text(k->hold, sqlx_row_text(row, 3));
	k->location = hold_text(k->hold, sqlx_row_text(row, 4));
	k->body = k->hold->n;
	buf_put(k->hold, body.p, body.n);
	k->end = k->hold->n;
	k->any = true;
	return buf_ok(k->hold) ? 0 : err_set(e, E_LIMIT, "answer too long");
}

static int
find_answer(struct accounts *a, const uint8_t request[32], int64_t old,
    struct kept *k, struct err *e)
{
	CLEANUP(unlock) struct accounts *held = locked(a);

	return sqlx_query(held->db, ST_ANSWER_GET,
	    SQLX_ARGS(sqlx_blob(request, SHA256_BYTES), sqlx_int(old)),
	    take_answer, k, e);
}

int
account_answer_get(struct accounts *a, const struct account_answer *ask,
    int64_t now, struct account_answer *out, struct buf *hold, struct err *e)
{
	struct account_answer answer = *ask;
	struct kept k = { .out = &answer, .hold = hold };

	if (find_answer(a, ask->request, now - ACCOUNT_ANSWER_SECONDS, &k, e) <
	    0)
		return -1;
	if (!k.any)
		return err_set(e, E_NOT_FOUND, "no earlier answer");
	if (memcmp(answer.body_sha256, ask->body_sha256, SHA256_BYTES) != 0)
		return err_set(
		    e, E_IDEMPOTENCY, "the key was used for another body");
	answer.content_type = (const char *)hold->p + k.type;
	answer.etag = (const char *)hold->p + k.etag;
	answer.location = (const char *)hold->p + k.location;
	answer.body = slice_of(hold->p + k.body, k.end - k.body);
	*out = answer;
	return 0;
}

int
account_answer_purge(struct accounts *a, int64_t now, struct err *e)
{
	CLEANUP(unlock) struct accounts *held = locked(a);

	return sqlx_run(held->db, ST_ANSWER_PURGE,
	    SQLX_ARGS(sqlx_int(now - ACCOUNT_ANSWER_SECONDS)), e);
}

int
account_receipt_put(struct accounts *a, const uint8_t event[32],
    struct slice body, struct err *e)
{
	CLEANUP(unlock) struct accounts *held = locked(a);

	return sqlx_run(held->db, ST_RECEIPT_ADD,
	    SQLX_ARGS(
		sqlx_blob(event, SHA256_BYTES), sqlx_blob(body.p, body.n)),
	    e);
}

struct receipt_take {
	struct buf *out;
	bool any;
};

static int
take_receipt(const struct sqlx_row *row, void *arg, struct err *e)
{
	struct receipt_take *t = arg;
	struct slice body = sqlx_row_blob(row, 0);

	t->any = true;
	buf_put(t->out, body.p, body.n);
	return buf_ok(t->out) ? 0 : err_set(e, E_LIMIT, "receipt too long");
}

int
account_receipt_get(
    struct accounts *a, const uint8_t event[32], struct buf *out, struct err *e)
{
	CLEANUP(unlock) struct accounts *held = locked(a);
	struct receipt_take t = { .out = out };

	if (sqlx_query(held->db, ST_RECEIPT_GET,
		SQLX_ARGS(sqlx_blob(event, SHA256_BYTES)), take_receipt, &t,
		e) < 0)
		return -1;
	return t.any ? 0 : err_set(e, E_NOT_FOUND, "no receipt was kept");
}
