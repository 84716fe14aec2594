/* SPDX-License-Identifier: Apache-2.0 */
/* account: tokens and kept answers. */
#include "nintei/account.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/fs.h"
#include "nintei/sqlx.h"
#include "support/support.h"

#define NOW 1784073600

static char *path;
static struct accounts *a;

static void
setup(void)
{
	struct err e = ERR_INIT;

	path = fs_join(temp_dir(), "accounts.sqlite");
	ck_ok(accounts_open(path, &a, &e), &e);
}

static void
teardown(void)
{
	accounts_close(a);
	a = NULL;
	free(path);
}

static void
make_token(uint8_t first, char out[ACCOUNT_TOKEN_TEXT])
{
	struct account want = { .person = "officer-1",
		.roles = "officer secretariat",
		.expires_at = NOW + 100 };
	uint8_t bytes[ACCOUNT_RANDOM_BYTES] = { first, 2, 3 };
	struct err e = ERR_INIT;

	ck_ok(account_token_create(a, &want, NOW, bytes, out, &e), &e);
}

START_TEST(token_speaks_for_its_person)
{
	char token[ACCOUNT_TOKEN_TEXT];
	struct account who;
	struct err e = ERR_INIT;

	make_token(1, token);
	ck_assert(strncmp(token, "nin_pat_0102030000000000_", 25) == 0);
	ck_ok(account_authenticate(a, slice_str(token), NOW, &who, &e), &e);
	ck_assert_str_eq(who.person, "officer-1");
	ck_assert_str_eq(who.token_id, "0102030000000000");
	ck_assert_int_eq(who.expires_at, NOW + 100);
	ck_assert(account_has_role(&who, "officer"));
	ck_assert(account_has_role(&who, "secretariat"));
	ck_assert(!account_has_role(&who, "office"));
	ck_assert(!account_has_role(&who, "officers"));
	ck_assert(!account_has_role(&who, ""));
}
END_TEST

static void
refused(const char *token, int64_t now)
{
	struct account who = { .person = "nobody" };
	struct err e = ERR_INIT;

	ck_code(account_authenticate(a, slice_str(token), now, &who, &e), &e,
	    E_AUTH);
	ck_assert_str_eq(who.person, "nobody");
}

START_TEST(wrong_tokens_are_refused_alike)
{
	char token[ACCOUNT_TOKEN_TEXT], bent[ACCOUNT_TOKEN_TEXT];

	make_token(1, token);
	for (size_t i = 0; i < strlen(token); i++) {
		snprintf(bent, sizeof(bent), "%s", token);
		bent[i] = bent[i] == '5' ? '6' : '5';
		refused(bent, NOW);
	}
	refused("", NOW);
	refused("nin_pat_", NOW);
	token[strlen(token) - 1] = '\0';
	refused(token, NOW);
}
END_TEST

START_TEST(expired_token_is_refused)
{
	char token[ACCOUNT_TOKEN_TEXT];
	struct account who;
	struct err e = ERR_INIT;

	make_token(1, token);
	ck_ok(
	    account_authenticate(a, slice_str(token), NOW + 99, &who, &e), &e);
	refused(token, NOW + 100);
}
END_TEST

START_TEST(revoked_token_is_refused)
{
	char token[ACCOUNT_TOKEN_TEXT];
	struct err e = ERR_INIT;

	make_token(1, token);
	ck_ok(account_token_revoke(a, "0102030000000000", NOW, &e), &e);
	refused(token, NOW);
	ck_code(account_token_revoke(a, "0102030000000000", NOW, &e), &e,
	    E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	ck_code(account_token_revoke(a, "ffffffffffffffff", NOW, &e), &e,
	    E_NOT_FOUND);
}
END_TEST

START_TEST(person_and_roles_are_checked)
{
	static const struct {
		const char *person, *roles;
	} bad[] = { { "Officer", "officer" }, { "", "officer" },
		{ "-x", "officer" }, { "officer-1", "" },
		{ "officer-1", "officer;" } };
	char token[ACCOUNT_TOKEN_TEXT];
	uint8_t bytes[ACCOUNT_RANDOM_BYTES] = { 0 };

	for (size_t i = 0; i < NELEM(bad); i++) {
		struct account want = { .expires_at = NOW + 1 };
		struct err e = ERR_INIT;

		snprintf(want.person, sizeof(want.person), "%s", bad[i].person);
		snprintf(want.roles, sizeof(want.roles), "%s", bad[i].roles);
		ck_code(account_token_create(a, &want, NOW, bytes, token, &e),
		    &e, E_INPUT);
	}
}
END_TEST

START_TEST(same_id_twice_is_a_conflict)
{
	struct account want = { .person = "officer-1",
		.roles = "officer",
		.expires_at = NOW + 100 };
	uint8_t bytes[ACCOUNT_RANDOM_BYTES] = { 1, 2, 3 };
	char token[ACCOUNT_TOKEN_TEXT];
	struct err e = ERR_INIT;

	make_token(1, token);
	ck_code(account_token_create(a, &want, NOW, bytes, token, &e), &e,
	    E_STORE_CONFLICT);
}
END_TEST

/* The file holds hashes: neither half of the secret may be found in it. */
START_TEST(file_holds_no_secret)
{
	CLEANUP(buf_free) struct buf file = BUF_INIT(MIB(4));
	char token[ACCOUNT_TOKEN_TEXT];
	struct account want = { .person = "officer-1",
		.roles = "officer",
		.expires_at = NOW + 100 };
	uint8_t bytes[ACCOUNT_RANDOM_BYTES];
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 37 + 11);
	ck_ok(account_token_create(a, &want, NOW, bytes, token, &e), &e);
	accounts_close(a);
	a = NULL;
	ck_ok(fs_read(AT_FDCWD, path, MIB(4), &file, &e), &e);
	ck_assert(memmem(file.p, file.n, "officer-1", 9) != NULL);
	ck_assert(memmem(file.p, file.n, token + 25, 64) == NULL);
	ck_assert(memmem(file.p, file.n, bytes + 8, 32) == NULL);
	ck_ok(accounts_open(path, &a, &e), &e);
	{
		struct account who;

		ck_ok(account_authenticate(a, slice_str(token), NOW, &who, &e),
		    &e);
	}
}
END_TEST

static struct account_answer
an_answer(void)
{
	return (struct account_answer){ .request = { 1 },
		.body_sha256 = { 2 },
		.status = 201,
		.content_type = "application/json",
		.etag = "",
		.location = "/v1/cases/c1",
		.body = slice_str("{}"),
		.created_at = NOW };
}

START_TEST(first_answer_is_given_again)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(KIB(64));
	struct account_answer kept = an_answer(), out;
	struct err e = ERR_INIT;

	ck_ok(account_answer_put(a, &kept, &e), &e);
	ck_ok(account_answer_get(a, &kept, NOW + 1, &out, &hold, &e), &e);
	ck_assert_int_eq(out.status, 201);
	ck_assert_str_eq(out.content_type, "application/json");
	ck_assert_str_eq(out.etag, "");
	ck_assert_str_eq(out.location, "/v1/cases/c1");
	ck_assert(slice_eq_str(out.body, "{}"));
	ck_assert_int_eq(out.created_at, NOW);
	kept.status = 500;
	ck_code(account_answer_put(a, &kept, &e), &e, E_STORE_CONFLICT);
}
END_TEST

START_TEST(empty_body_is_kept)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(KIB(64));
	struct account_answer kept = an_answer(), out;
	struct err e = ERR_INIT;

	kept.body = (struct slice){ NULL, 0 };
	ck_ok(account_answer_put(a, &kept, &e), &e);
	ck_ok(account_answer_get(a, &kept, NOW, &out, &hold, &e), &e);
	ck_assert_uint_eq(out.body.n, 0);
}
END_TEST

START_TEST(other_body_is_refused)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(KIB(64));
	struct account_answer kept = an_answer(), ask = an_answer(), out;
	struct err e = ERR_INIT;

	ck_ok(account_answer_put(a, &kept, &e), &e);
	ask.body_sha256[31] = 1;
	ck_code(account_answer_get(a, &ask, NOW, &out, &hold, &e), &e,
	    E_IDEMPOTENCY);
	e = (struct err)ERR_INIT;
	ask.request[0] = 9;
	ck_code(
	    account_answer_get(a, &ask, NOW, &out, &hold, &e), &e, E_NOT_FOUND);
}
END_TEST

START_TEST(answers_end_after_72_hours)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(KIB(64));
	struct account_answer kept = an_answer(), out;
	const int64_t end = NOW + 72 * 3600;
	struct err e = ERR_INIT;

	ck_ok(account_answer_put(a, &kept, &e), &e);
	ck_ok(account_answer_purge(a, end - 1, &e), &e);
	ck_ok(account_answer_get(a, &kept, end - 1, &out, &hold, &e), &e);
	ck_code(account_answer_get(a, &kept, end, &out, &hold, &e), &e,
	    E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	kept.created_at = end; /* a new first answer */
	ck_ok(account_answer_put(a, &kept, &e), &e);
	ck_ok(account_answer_purge(a, end + 72 * 3600, &e), &e);
	ck_code(account_answer_get(a, &kept, end + 1, &out, &hold, &e), &e,
	    E_NOT_FOUND);
}
END_TEST

START_TEST(file_that_is_no_database_is_refused)
{
	char *other = fs_join(temp_dir(), "x.sqlite");
	struct accounts *b = NULL;
	struct err e = ERR_INIT;

	ck_ok(fs_write(AT_FDCWD, other,
		  slice_str("this is certainly not a database, but long enough "
			    "to have a header of one hundred bytes, I hope so"),
		  0600, &e),
	    &e);
	ck_code(accounts_open(other, &b, &e), &e, E_STORE_CORRUPT);
	free(other);
}
END_TEST

START_TEST(receipt_is_kept_once)
{
	CLEANUP(buf_free) struct buf got = BUF_INIT(64);
	uint8_t event[32] = { 1 }, other[32] = { 2 };
	struct err e = ERR_INIT;

	ck_code(account_receipt_get(a, event, &got, &e), &e, E_NOT_FOUND);
	ck_ok(account_receipt_put(a, event, slice_str("first"), &e), &e);
	ck_ok(account_receipt_put(a, event, slice_str("second"), &e), &e);
	ck_ok(account_receipt_get(a, event, &got, &e), &e);
	ck_assert_str_eq(buf_str(&got), "first");
	ck_code(account_receipt_get(a, other, &got, &e), &e, E_NOT_FOUND);
}
END_TEST

static const char *const before[] = { "PRAGMA user_version" };

/* A file as it was before there were receipts keeps its tokens. */
START_TEST(file_of_the_version_before_is_brought_up)
{
	static const struct sqlx_plan old = {
		.layout = "CREATE TABLE tokens (id TEXT PRIMARY KEY, "
			  "hash BLOB NOT NULL, person TEXT NOT NULL, "
			  "roles TEXT NOT NULL, created_at INTEGER NOT NULL, "
			  "expires_at INTEGER NOT NULL, "
			  "revoked_at INTEGER NOT NULL DEFAULT 0) "
			  "STRICT, WITHOUT ROWID;"
			  "CREATE TABLE answers (request BLOB PRIMARY KEY, "
			  "body_sha256 BLOB NOT NULL, status INTEGER NOT NULL, "
			  "content_type TEXT NOT NULL, etag TEXT NOT NULL, "
			  "location TEXT NOT NULL, body BLOB NOT NULL, "
			  "created_at INTEGER NOT NULL) STRICT;"
			  "CREATE INDEX answers_age ON answers (created_at);",
		.version = 1,
		.durable = true,
		.statements = before,
		.n = 1
	};
	CLEANUP(freep) char *file = fs_join(temp_dir(), "old.sqlite");
	uint8_t event[32] = { 1 };
	struct accounts *up = NULL;
	struct sqlx *db = NULL;
	struct err e = ERR_INIT;

	ck_ok(sqlx_open(file, &old, &db, &e), &e);
	sqlx_close(db);
	for (int i = 0; i < 2; i++) {
		ck_ok(accounts_open(file, &up, &e), &e);
		ck_ok(account_receipt_put(up, event, slice_str("r"), &e), &e);
		accounts_close(up);
	}
	ck_code(sqlx_open(file, &old, &db, &e), &e, E_STORE_CORRUPT);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("account");
	TCase *tokens = tcase_create("tokens"),
	      *answers = tcase_create("answers");

	tcase_add_checked_fixture(tokens, setup, teardown);
	tcase_add_test(tokens, token_speaks_for_its_person);
	tcase_add_test(tokens, wrong_tokens_are_refused_alike);
	tcase_add_test(tokens, expired_token_is_refused);
	tcase_add_test(tokens, revoked_token_is_refused);
	tcase_add_test(tokens, person_and_roles_are_checked);
	tcase_add_test(tokens, same_id_twice_is_a_conflict);
	tcase_add_test(tokens, file_holds_no_secret);
	tcase_add_test(tokens, file_that_is_no_database_is_refused);
	suite_add_tcase(suite, tokens);
	tcase_add_checked_fixture(answers, setup, teardown);
	tcase_add_test(answers, first_answer_is_given_again);
	tcase_add_test(answers, empty_body_is_kept);
	tcase_add_test(answers, other_body_is_refused);
	tcase_add_test(answers, answers_end_after_72_hours);
	tcase_add_test(answers, receipt_is_kept_once);
	tcase_add_test(answers, file_of_the_version_before_is_brought_up);
	suite_add_tcase(suite, answers);
	return suite_main(suite);
}
