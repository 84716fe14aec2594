/* SPDX-License-Identifier: Apache-2.0 */
/* tlog: RFC 6962 hashing, saving, proofs of both kinds. */
#include "nintei/tlog.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/limits.h"
#include "support/support.h"

#define LEAVES 70

static uint8_t leaves[LEAVES][TLOG_HASH];

static void
make_leaves(void)
{
	for (unsigned i = 0; i < LEAVES; i++) {
		uint8_t name = (uint8_t)i;

		sha256_of(slice_of(&name, 1), leaves[i]);
	}
}

static struct slice
first(unsigned n)
{
	return slice_of(leaves, (size_t)n * TLOG_HASH);
}

/* RFC 6962 2.1 as it is written down, by recursion. */
static void
naive_root(unsigned begin, unsigned end, uint8_t out[TLOG_HASH])
{
	uint8_t both[1 + 2 * TLOG_HASH] = { 1 };
	uint8_t leaf[1 + TLOG_HASH] = { 0 };
	unsigned k = 1, n = end - begin;

	if (n == 1) {
		memcpy(leaf + 1, leaves[begin], TLOG_HASH);
		sha256_of(slice_of(leaf, sizeof(leaf)), out);
		return;
	}
	while (k << 1 < n)
		k <<= 1;
	naive_root(begin, begin + k, both + 1);
	naive_root(begin + k, end, both + 1 + TLOG_HASH);
	sha256_of(slice_of(both, sizeof(both)), out);
}

static void
log_of(unsigned n, struct tlog *out)
{
	*out = (struct tlog){ 0 };
	for (unsigned i = 0; i < n; i++)
		tlog_append(out, leaves[i]);
}

static void
head_of(unsigned n, struct tlog_head *out)
{
	struct tlog log;

	log_of(n, &log);
	out->size = n;
	tlog_root(&log, out->root);
}

START_TEST(empty_root_is_hash_of_nothing)
{
	struct tlog log = { 0 };
	uint8_t root[TLOG_HASH];
	char hex[65];

	tlog_root(&log, root);
	ck_assert_str_eq(hex_encode(root, TLOG_HASH, hex),
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
}
END_TEST

/* Computed with: printf '\0'; 32 bytes of zero | sha256sum. */
START_TEST(one_leaf_is_prefixed)
{
	struct tlog log = { 0 };
	uint8_t zero[TLOG_HASH] = { 0 }, root[TLOG_HASH];
	char hex[65];

	tlog_append(&log, zero);
	tlog_root(&log, root);
	ck_assert_str_eq(hex_encode(root, TLOG_HASH, hex),
	    "7f9c9e31ac8256ca2f258583df262dbc"
	    "7d6f68f2a03043d5c99a4ae5a7396ce9");
}
END_TEST

START_TEST(root_equals_definition)
{
	uint8_t want[TLOG_HASH], have[TLOG_HASH];
	struct tlog log;
	unsigned n = (unsigned)_i + 1;

	log_of(n, &log);
	tlog_root(&log, have);
	naive_root(0, n, want);
	ck_assert_mem_eq(have, want, TLOG_HASH);
	ck_assert_uint_eq(log.size, n);
}
END_TEST

START_TEST(saved_log_continues)
{
	CLEANUP(buf_free) struct buf saved = BUF_INIT(KIB(4));
	struct tlog log, back;
	struct err e = ERR_INIT;
	uint8_t a[TLOG_HASH], b[TLOG_HASH];

	log_of((unsigned)_i, &log);
	tlog_save(&log, &saved);
	ck_ok(tlog_load(buf_slice(&saved), &back, &e), &e);
	tlog_append(&log, leaves[_i]);
	tlog_append(&back, leaves[_i]);
	tlog_root(&log, a);
	tlog_root(&back, b);
	ck_assert_mem_eq(a, b, TLOG_HASH);
}
END_TEST

START_TEST(saved_log_of_wrong_length_is_refused)
{
	CLEANUP(buf_free) struct buf saved = BUF_INIT(KIB(4));
	struct tlog log, back;
	struct slice s;

	log_of(7, &log);
	tlog_save(&log, &saved);
	s = buf_slice(&saved);
	for (size_t n = 0; n < s.n; n++) {
		struct err e = ERR_INIT;

		ck_code(tlog_load(slice_of(s.p, n), &back, &e), &e, E_INPUT);
	}
	buf_putc(&saved, 0);
	{
		struct err e = ERR_INIT;

		ck_code(tlog_load(buf_slice(&saved), &back, &e), &e, E_INPUT);
	}
	saved.p[0] = 0xff;
	{
		struct err e = ERR_INIT;

		ck_code(tlog_load(buf_slice(&saved), &back, &e), &e, E_INPUT);
	}
}
END_TEST

/* _i leaves; every entry, and every way to be wrong. */
START_TEST(inclusion_proof_holds)
{
	unsigned n = (unsigned)_i;
	struct tlog_head head;
	struct tlog_proof proof;

	head_of(n, &head);
	for (unsigned i = 0; i < n; i++) {
		struct err e = ERR_INIT, bad = ERR_INIT;

		ck_ok(tlog_inclusion(first(n), i, &proof, &e), &e);
		ck_ok(tlog_inclusion_verify(
			  leaves[i], i, &proof, n, head.root, &e),
		    &e);
		ck_code(tlog_inclusion_verify(
			    leaves[LEAVES - 1], i, &proof, n, head.root, &bad),
		    &bad, E_INVALID);
		bad = (struct err)ERR_INIT;
		if (n > 1)
			ck_code(tlog_inclusion_verify(leaves[i], (i + 1) % n,
				    &proof, n, head.root, &bad),
			    &bad, E_INVALID);
	}
}
END_TEST

START_TEST(inclusion_proof_of_other_length_fails)
{
	struct tlog_head head;
	struct tlog_proof proof;
	struct err e = ERR_INIT;

	head_of(9, &head);
	ck_ok(tlog_inclusion(first(9), 3, &proof, &e), &e);
	proof.n--;
	ck_code(tlog_inclusion_verify(leaves[3], 3, &proof, 9, head.root, &e),
	    &e, E_INVALID);
	proof.n += 2;
	e = (struct err)ERR_INIT;
	ck_code(tlog_inclusion_verify(leaves[3], 3, &proof, 9, head.root, &e),
	    &e, E_INVALID);
	e = (struct err)ERR_INIT;
	ck_code(tlog_inclusion_verify(leaves[3], 9, &proof, 9, head.root, &e),
	    &e, E_INVALID);
	e = (struct err)ERR_INIT;
	ck_code(tlog_inclusion(first(9), 9, &proof, &e), &e, E_INPUT);
}
END_TEST

/* What would lead to the root if only the hashes were looked at. */
START_TEST(inclusion_wants_the_right_size)
{
	struct tlog_proof none = { .n = 0 };
	struct tlog_head one;
	struct err e = ERR_INIT;

	head_of(1, &one);
	ck_ok(tlog_inclusion_verify(leaves[0], 0, &none, 1, one.root, &e), &e);
	ck_code(tlog_inclusion_verify(leaves[0], 1, &none, 1, one.root, &e), &e,
	    E_INVALID);
	e = (struct err)ERR_INIT;
	ck_code(tlog_inclusion_verify(leaves[0], 0, &none, 2, one.root, &e), &e,
	    E_INVALID);
	e = (struct err)ERR_INIT;
	ck_code(tlog_inclusion_verify(leaves[0], 0, &none, 0, one.root, &e), &e,
	    E_INVALID);
}
END_TEST

START_TEST(consistency_proof_holds)
{
	unsigned n = (unsigned)_i;
	struct tlog_head now, old, other;
	struct tlog_proof proof;

	head_of(n, &now);
	for (unsigned m = 1; m <= n; m++) {
		struct err e = ERR_INIT;

		head_of(m, &old);
		ck_ok(tlog_consistency(first(n), m, &proof, &e), &e);
		ck_ok(tlog_consistency_verify(&old, &now, &proof, &e), &e);
		other = old;
		other.root[0] ^= 1;
		ck_code(tlog_consistency_verify(&other, &now, &proof, &e), &e,
		    E_INVALID);
		e = (struct err)ERR_INIT;
		other = now;
		other.root[31] ^= 0x80;
		ck_code(tlog_consistency_verify(&old, &other, &proof, &e), &e,
		    E_INVALID);
	}
}
END_TEST

START_TEST(consistency_needs_sizes_in_order)
{
	struct tlog_head four, nine, none = { .size = 0 };
	struct tlog_proof proof;
	struct err e = ERR_INIT;

	head_of(4, &four);
	head_of(9, &nine);
	ck_ok(tlog_consistency(first(9), 4, &proof, &e), &e);
	ck_code(
	    tlog_consistency_verify(&nine, &four, &proof, &e), &e, E_INVALID);
	e = (struct err)ERR_INIT;
	ck_code(
	    tlog_consistency_verify(&none, &nine, &proof, &e), &e, E_INVALID);
	e = (struct err)ERR_INIT;
	proof.n = 0;
	ck_code(
	    tlog_consistency_verify(&four, &nine, &proof, &e), &e, E_INVALID);
	e = (struct err)ERR_INIT;
	ck_code(tlog_consistency(first(9), 0, &proof, &e), &e, E_INPUT);
	e = (struct err)ERR_INIT;
	ck_code(tlog_consistency(first(9), 10, &proof, &e), &e, E_INPUT);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tlog");
	TCase *hash = tcase_create("hashing"), *proofs = tcase_create("proofs");

	make_leaves();
	tcase_add_test(hash, empty_root_is_hash_of_nothing);
	tcase_add_test(hash, one_leaf_is_prefixed);
	tcase_add_loop_test(hash, root_equals_definition, 0, LEAVES);
	tcase_add_loop_test(hash, saved_log_continues, 0, 33);
	tcase_add_test(hash, saved_log_of_wrong_length_is_refused);
	suite_add_tcase(suite, hash);
	tcase_add_loop_test(proofs, inclusion_proof_holds, 1, 34);
	tcase_add_test(proofs, inclusion_proof_of_other_length_fails);
	tcase_add_test(proofs, inclusion_wants_the_right_size);
	tcase_add_loop_test(proofs, consistency_proof_holds, 1, 34);
	tcase_add_test(proofs, consistency_needs_sizes_in_order);
	suite_add_tcase(suite, proofs);
	return suite_main(suite);
}
