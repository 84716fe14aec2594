/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of cases: made once, durable, wrapped; documents; commitments. */
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/vault.h"
#include "support/support.h"

/* A signer in miniature: a master key, and how often it was asked. */
struct master {
	const char *key;
	int wraps, unwraps;
};

static int
master_wrap(void *arg, const char *case_id, struct slice key, struct buf *out,
    struct err *e)
{
	struct master *m = arg;
	struct random r = random_system();

	m->wraps++;
	return seal_encode(
	    slice_str(m->key), slice_str(case_id), key, &r, out, e);
}

static int
master_unwrap(void *arg, const char *case_id, struct slice wrapped,
    struct secret **out, struct err *e)
{
	struct master *m = arg;

	m->unwraps++;
	return seal_decode(
	    slice_str(m->key), slice_str(case_id), wrapped, out, e);
}

static struct vault *
vault_of(struct master *m, const char *dir, size_t cache)
{
	struct vault_wrapper w = { master_wrap, master_unwrap, m };
	struct random r = random_system();
	struct vault *v = NULL;
	struct err e = ERR_INIT;

	m->key = "0123456789abcdef0123456789abcdef";
	ck_ok(vault_open(dir, &w, &r, cache, &v, &e), &e);
	return v;
}

START_TEST(key_is_made_once_and_survives)
{
	struct master m = { 0 };
	char *dir = temp_dir();
	CLEANUP(vault_freep) struct vault *v = vault_of(&m, dir, 8);
	CLEANUP(secret_freep) struct secret *a = NULL;
	CLEANUP(secret_freep) struct secret *b = NULL;
	CLEANUP(secret_freep) struct secret *c = NULL;
	struct err e = ERR_INIT;

	ck_code(
	    vault_case_key(v, "c-1", VAULT_EXISTING, &a, &e), &e, E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	ck_ok(vault_case_key(v, "c-1", VAULT_CREATE, &a, &e), &e);
	ck_ok(vault_case_key(v, "c-1", VAULT_CREATE, &b, &e), &e);
	ck_assert(secret_equal(secret_slice(a), secret_slice(b)));
	ck_assert_int_eq(m.wraps, 1);
	ck_assert_int_eq(m.unwraps, 0); /* from the cache */
	vault_close(TAKE(v));
	v = vault_of(&m, dir, 8);
	ck_ok(vault_case_key(v, "c-1", VAULT_EXISTING, &c, &e), &e);
	ck_assert(secret_equal(secret_slice(a), secret_slice(c)));
	ck_assert_int_eq(m.unwraps, 1);
	secret_free(TAKE(c));
	ck_ok(vault_case_key(v, "c-2", VAULT_CREATE, &c, &e), &e);
	ck_assert(!secret_equal(secret_slice(a), secret_slice(c)));
}
END_TEST

START_TEST(oldest_key_leaves_the_cache)
{
	static const char *const ids[] = { "a", "b", "a", "c", "a", "b" };
	struct master m = { 0 };
	CLEANUP(vault_freep) struct vault *v = vault_of(&m, temp_dir(), 2);
	struct err e = ERR_INIT;

	for (size_t i = 0; i < NELEM(ids); i++) {
		CLEANUP(secret_freep) struct secret *k = NULL;

		ck_ok(vault_case_key(v, ids[i], VAULT_CREATE, &k, &e), &e);
	}
	/* Only b left, for c; a was used more lately. */
	ck_assert_int_eq(m.wraps, 3);
	ck_assert_int_eq(m.unwraps, 1);
}
END_TEST

static const char *const bad_ids[] = { "", "-a", "A", "a/b", "..", "a.b",
	"01234567890123456789012345678901234567890" };

START_TEST(bad_case_id_is_refused)
{
	struct master m = { 0 };
	CLEANUP(vault_freep) struct vault *v = vault_of(&m, temp_dir(), 2);
	CLEANUP(secret_freep) struct secret *k = NULL;
	struct err e = ERR_INIT;

	ck_code(
	    vault_case_key(v, bad_ids[_i], VAULT_CREATE, &k, &e), &e, E_INPUT);
}
END_TEST

/* What stands in the file is refused unless it is what was written. */
static const char *const bad_files[] = {
	"",
	"{}",
	"{\"case\":\"c-2\",\"schema\":\"nintei.casekey/1\",\"wrapped\":\"AA==\"}",
	"{\"case\":\"c-1\",\"schema\":\"nintei.casekey/2\",\"wrapped\":\"AA==\"}",
	"{\"case\":\"c-1\",\"schema\":\"nintei.casekey/1\",\"wrapped\":\"A\"}",
	"{ \"case\":\"c-1\",\"schema\":\"nintei.casekey/1\","
	"\"wrapped\":\"AA==\"}",
	"{\"case\":\"c-1\",\"extra\":1,\"schema\":\"nintei.casekey/1\","
	"\"wrapped\":\"AA==\"}",
};

START_TEST(damaged_key_file_is_corrupt)
{
	struct master m = { 0 };
	char *dir = temp_dir();
	CLEANUP(freep) char *path = fs_join(dir, "c-1.json");
	CLEANUP(vault_freep) struct vault *v = vault_of(&m, dir, 2);
	CLEANUP(secret_freep) struct secret *k = NULL;
	struct err e = ERR_INIT;

	ck_ok(fs_write(AT_FDCWD, path, slice_str(bad_files[_i]), 0600, &e), &e);
	ck_code(vault_case_key(v, "c-1", VAULT_CREATE, &k, &e), &e,
	    E_STORE_CORRUPT);
}
END_TEST

START_TEST(key_of_another_case_does_not_unwrap)
{
	struct master m = { 0 };
	char *dir = temp_dir();
	CLEANUP(freep) char *path = fs_join(dir, "c-1.json");
	CLEANUP(freep) char *moved = fs_join(dir, "c-2.json");
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(4));
	CLEANUP(vault_freep) struct vault *v = vault_of(&m, dir, 2);
	CLEANUP(secret_freep) struct secret *k = NULL;
	struct err e = ERR_INIT;
	char *at;

	ck_ok(vault_case_key(v, "c-1", VAULT_CREATE, &k, &e), &e);
	ck_ok(fs_read(AT_FDCWD, path, KIB(4), &text, &e), &e);
	at = strstr((char *)text.p, "c-1");
	ck_assert_ptr_nonnull(at);
	at[2] = '2';
	ck_ok(fs_write(AT_FDCWD, moved, buf_slice(&text), 0600, &e), &e);
	secret_free(TAKE(k));
	ck_code(
	    vault_case_key(v, "c-2", VAULT_EXISTING, &k, &e), &e, E_INVALID);
}
END_TEST

START_TEST(document_is_encrypted_and_comes_back)
{
	struct master m = { 0 };
	CLEANUP(vault_freep) struct vault *v = vault_of(&m, temp_dir(), 2);
	CLEANUP(fd_closep) int in = -1;
	CLEANUP(fd_closep) int cms = -1;
	CLEANUP(fd_closep) int out = -1;
	char have[9] = "";
	struct err e = ERR_INIT;
	uint64_t size;

	ck_ok(memfd_of("in", slice_str("申請書"), &in, &e), &e);
	ck_ok(vault_encrypt(v, "c-1", in, 9, &cms, &e), &e);
	ck_ok(blob_check(cms, KIB(4), &size, &e), &e);
	ck_assert_uint_gt(size, 9 + 16);
	ck_ok(vault_decrypt(v, "c-1", cms, &out, &e), &e);
	ck_ok(fd_pread(out, have, 9, 0, &e), &e);
	ck_assert_mem_eq(have, "申請書", 9);
	fd_closep(&out);
	out = -1;
	ck_code(vault_decrypt(v, "c-2", cms, &out, &e), &e, E_NOT_FOUND);
}
END_TEST

#define COMMITMENT_12 \
	"dbc146944d9a2197e7acf8bbacc08e84cd5c7c986d89bfe9f2bdae8e5b3ce28f"
/* INTERFACE 7, computed with Python's hmac. */
START_TEST(commitment_matches_vector)
{
	uint8_t key[32], doc[32], out[32];
	char hex[65];

	memset(key, 0x0b, sizeof(key));
	sha256_of(slice_str("document"), doc);
	vault_commitment(slice_of(key, sizeof(key)), 12, doc, out);
	ck_assert_str_eq(hex_encode(out, sizeof(out), hex), COMMITMENT_12);
	vault_commitment(slice_of(key, sizeof(key)), 1, doc, out);
	ck_assert_str_ne(hex_encode(out, sizeof(out), hex), COMMITMENT_12);
}
END_TEST

START_TEST(commitment_by_case_needs_its_key)
{
	struct master m = { 0 };
	CLEANUP(vault_freep) struct vault *v = vault_of(&m, temp_dir(), 2);
	CLEANUP(secret_freep) struct secret *k = NULL;
	uint8_t doc[32] = { 0 }, a[32], b[32];
	struct err e = ERR_INIT;

	ck_code(vault_commit(v, "c-1", 1, doc, a, &e), &e, E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	ck_ok(vault_case_key(v, "c-1", VAULT_CREATE, &k, &e), &e);
	ck_ok(vault_commit(v, "c-1", 1, doc, a, &e), &e);
	vault_commitment(secret_slice(k), 1, doc, b);
	ck_assert_mem_eq(a, b, 32);
}
END_TEST

struct racer {
	struct vault *v;
	struct secret *key;
};

static void *
race(void *arg)
{
	struct racer *r = arg;
	struct err e = ERR_INIT;

	if (vault_case_key(r->v, "c-1", VAULT_CREATE, &r->key, &e) < 0)
		r->key = NULL;
	return NULL;
}

START_TEST(threads_get_one_key)
{
	struct master m = { 0 };
	CLEANUP(vault_freep) struct vault *v = vault_of(&m, temp_dir(), 2);
	struct racer racers[8];
	pthread_t threads[8];

	for (size_t i = 0; i < 8; i++) {
		racers[i] = (struct racer){ .v = v };
		ck_assert_int_eq(
		    pthread_create(&threads[i], NULL, race, &racers[i]), 0);
	}
	for (size_t i = 0; i < 8; i++) {
		pthread_join(threads[i], NULL);
		ck_assert_ptr_nonnull(racers[i].key);
		ck_assert(secret_equal(
		    secret_slice(racers[0].key), secret_slice(racers[i].key)));
	}
	for (size_t i = 0; i < 8; i++)
		secret_free(racers[i].key);
	ck_assert_int_eq(m.wraps, 1);
}
END_TEST

/* Gone from memory and disk; a second time is no error. */
START_TEST(destroyed_key_is_gone)
{
	struct master m = { 0 };
	const char *dir = temp_dir();
	CLEANUP(freep) char *path = fs_join(dir, "c1.json");
	CLEANUP(freep) char *other = fs_join(dir, "c-2.json");
	CLEANUP(vault_freep) struct vault *v = vault_of(&m, dir, 4);
	CLEANUP(secret_freep) struct secret *key = NULL;
	struct err e = ERR_INIT;
	struct secret *none = NULL;
	int kept;

	ck_ok(vault_case_key(v, "c1", VAULT_CREATE, &key, &e), &e);
	secret_freep(&key);
	ck_ok(vault_case_key(v, "c-2", VAULT_CREATE, &key, &e), &e);
	kept = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(kept, 0);
	ck_ok(vault_destroy(v, "c1", &e), &e);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(access(other, F_OK), 0);
	for (off_t at = 0;; at++) {
		char c;

		if (pread(kept, &c, 1, at) != 1) {
			ck_assert_int_gt((int)at, 100);
			break;
		}
		ck_assert_int_eq(c, 0);
	}
	close(kept);
	ck_code(vault_case_key(v, "c1", VAULT_EXISTING, &none, &e), &e,
	    E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	ck_ok(vault_destroy(v, "c1", &e), &e);
	ck_code(vault_destroy(v, "../c1", &e), &e, E_INPUT);
	remove_tree(dir);
}
END_TEST

START_TEST(missing_folder_is_an_error)
{
	struct master m = { 0 };
	struct vault_wrapper w = { master_wrap, master_unwrap, &m };
	struct random r = random_system();
	CLEANUP(vault_freep) struct vault *v = NULL;
	struct err e = ERR_INIT;

	ck_code(vault_open("/nonexistent", &w, &r, 2, &v, &e), &e, E_INTERNAL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("vault");
	TCase *t = tcase_create("vault");

	suite_add_tcase(s, t);
	tcase_add_test(t, key_is_made_once_and_survives);
	tcase_add_test(t, oldest_key_leaves_the_cache);
	tcase_add_loop_test(t, bad_case_id_is_refused, 0, (int)NELEM(bad_ids));
	tcase_add_loop_test(
	    t, damaged_key_file_is_corrupt, 0, (int)NELEM(bad_files));
	tcase_add_test(t, key_of_another_case_does_not_unwrap);
	tcase_add_test(t, document_is_encrypted_and_comes_back);
	tcase_add_test(t, commitment_matches_vector);
	tcase_add_test(t, commitment_by_case_needs_its_key);
	tcase_add_test(t, threads_get_one_key);
	tcase_add_test(t, destroyed_key_is_gone);
	tcase_add_test(t, missing_folder_is_an_error);
	return suite_main(s);
}
