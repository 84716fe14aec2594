/* SPDX-License-Identifier: Apache-2.0 */
/* Proof files, paths of tiles, requests to a witness. */
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/tlog_text.h"
#include "support/support.h"

#define DASH "\xe2\x80\x94 "
#define HASH "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n"
#define NOTE                                             \
	"example.com/fancylog\n109482\n"                 \
	"sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n" \
	"\n" DASH "example.com/fancylog hI2DJwAA\n"
#define FILE_1 "c2sp.org/tlog-proof@v1\n"
#define LEAVES 100

/* A log of LEAVES events, its key and two witnesses. */
struct world {
	uint8_t leaf[LEAVES][TLOG_HASH];
	struct pkey *key[3];
	struct note_key log, witness[2];
	struct tlog_head head;
};

static void
world_free(struct world *w)
{
	for (size_t i = 0; i < NELEM(w->key); i++)
		pkey_free(w->key[i]);
}

static struct world
world_new(void)
{
	static const char *const names[] = { "log.example", "w1.example",
		"w2.example" };
	struct world w = { .head = { .size = LEAVES } };
	struct note_key *keys[] = { &w.log, &w.witness[0], &w.witness[1] };
	struct err e = ERR_INIT;
	struct tlog log = { 0 };

	for (unsigned i = 0; i < LEAVES; i++) {
		sha256_of(slice_of(&i, sizeof(i)), w.leaf[i]);
		tlog_append(&log, w.leaf[i]);
	}
	tlog_root(&log, w.head.root);
	for (uint8_t i = 0; i < 3; i++) {
		uint8_t seed[32] = { i };

		ck_ok(pkey_of_ed25519_seed(slice_of(seed, 32), &w.key[i], &e),
		    &e);
		ck_ok(note_key_make(slice_str(names[i]),
			  i == 0 ? NOTE_ED25519 : NOTE_COSIGNATURE,
			  pkey_raw(w.key[i]), keys[i], &e),
		    &e);
	}
	return w;
}

/* The proof file of an entry, cosigned by so many witnesses. */
static void
world_prove(
    const struct world *w, uint64_t index, unsigned witnesses, struct buf *out)
{
	CLEANUP(buf_free)
	struct buf text = BUF_INIT(KIB(4)), note = BUF_INIT(KIB(8));
	struct proof_file f = { .index = index };
	struct err e = ERR_INIT;

	checkpoint_format(slice_str(w->log.name), &w->head, &text);
	buf_put(&note, text.p, text.n);
	buf_putc(&note, '\n');
	ck_ok(
	    note_sign(&w->log, w->key[0], buf_slice(&text), 0, &note, &e), &e);
	for (unsigned i = 0; i < witnesses; i++)
		ck_ok(note_sign(&w->witness[i], w->key[1 + i], buf_slice(&text),
			  1700000000 + i, &note, &e),
		    &e);
	ck_ok(tlog_inclusion(
		  slice_of(w->leaf, sizeof(w->leaf)), index, &f.proof, &e),
	    &e);
	f.checkpoint = buf_slice(&note);
	proof_file_format(&f, out);
}

static struct proof_policy
policy_of(const struct world *w, unsigned quorum)
{
	return (struct proof_policy){ &w->log, w->witness, 2, quorum };
}

/* _i: the entry. */
START_TEST(proof_file_proves)
{
	CLEANUP(world_free) struct world w = world_new();
	CLEANUP(buf_free)
	struct buf file = BUF_INIT(KIB(64)), again = BUF_INIT(KIB(64));
	struct proof_policy policy = policy_of(&w, 0);
	struct err e = ERR_INIT;
	struct proof_file f;
	struct checkpoint c;

	world_prove(&w, (uint64_t)_i, 0, &file);
	ck_ok(proof_file_parse(buf_slice(&file), &f, &e), &e);
	ck_ok(proof_file_verify(&f, &policy, w.leaf[_i], &c, &e), &e);
	ck_assert_uint_eq(c.head.size, LEAVES);
	ck_assert_uint_eq(f.index, (uint64_t)_i);
	proof_file_format(&f, &again);
	ck_assert(slice_eq(buf_slice(&file), buf_slice(&again)));
	ck_code(
	    proof_file_verify(&f, &policy, w.leaf[(_i + 1) % LEAVES], &c, &e),
	    &e, E_INVALID);
}
END_TEST

/* Each verification has a forgery that only it finds. */
START_TEST(forged_proof_fails)
{
	CLEANUP(world_free) struct world w = world_new();
	CLEANUP(buf_free) struct buf file = BUF_INIT(KIB(64));
	struct proof_policy policy = policy_of(&w, 0), other;
	struct err e = ERR_INIT;
	struct proof_file f, bad;

	world_prove(&w, 42, 0, &file);
	ck_ok(proof_file_parse(buf_slice(&file), &f, &e), &e);
	bad = f;
	bad.index = 43;
	ck_code(proof_file_verify(&bad, &policy, w.leaf[42], NULL, &e), &e,
	    E_INVALID);
	e = (struct err)ERR_INIT;
	bad = f;
	bad.proof.hash[3][0] ^= 1;
	ck_code(proof_file_verify(&bad, &policy, w.leaf[42], NULL, &e), &e,
	    E_INVALID);
	e = (struct err)ERR_INIT;
	bad = f;
	bad.proof.n--;
	ck_code(proof_file_verify(&bad, &policy, w.leaf[42], NULL, &e), &e,
	    E_INVALID);
	/* TLOG-12: signed by another log. */
	e = (struct err)ERR_INIT;
	other = policy;
	other.log = &w.witness[0];
	ck_code(
	    proof_file_verify(&f, &other, w.leaf[42], NULL, &e), &e, E_INVALID);
}
END_TEST

/* _i: how many cosigned. */
START_TEST(quorum_is_needed)
{
	CLEANUP(world_free) struct world w = world_new();
	CLEANUP(buf_free) struct buf file = BUF_INIT(KIB(64));
	struct err e = ERR_INIT;
	struct proof_file f;

	world_prove(&w, 7, (unsigned)_i, &file);
	ck_ok(proof_file_parse(buf_slice(&file), &f, &e), &e);
	for (unsigned quorum = 0; quorum <= 3; quorum++) {
		struct proof_policy policy = policy_of(&w, quorum);
		int rv;

		e = (struct err)ERR_INIT;
		rv = proof_file_verify(&f, &policy, w.leaf[7], NULL, &e);
		ck_assert_int_eq(rv, quorum <= (unsigned)_i ? 0 : -1);
		ck_assert(rv == 0 || e.code == E_INVALID);
	}
}
END_TEST

static const struct {
	const char *name, *text;
	enum err_code code;
} files[] = {
	{ "plain", FILE_1 "index 73894\n" HASH HASH "\n" NOTE, E_OK },
	{ "extra", FILE_1 "extra YWJj\nindex 0\n\n" NOTE, E_OK },
	{ "empty", "", E_INPUT },
	{ "another version", "c2sp.org/tlog-proof@v2\nindex 0\n\n" NOTE,
	    E_INPUT },
	{ "no index", FILE_1 "\n" NOTE, E_INPUT },
	{ "extra twice", FILE_1 "extra YWJj\nextra YWJj\nindex 0\n\n" NOTE,
	    E_INPUT },
	{ "extra behind", FILE_1 "index 0\nextra YWJj\n\n" NOTE, E_INPUT },
	{ "extra is no base64", FILE_1 "extra a\nindex 0\n\n" NOTE, E_INPUT },
	{ "empty extra", FILE_1 "extra \nindex 0\n\n" NOTE, E_INPUT },
	{ "leading zero", FILE_1 "index 01\n\n" NOTE, E_INPUT },
	{ "negative", FILE_1 "index -1\n\n" NOTE, E_INPUT },
	{ "index too large", FILE_1 "index 9223372036854775807\n\n" NOTE,
	    E_INPUT },
	{ "short hash", FILE_1 "index 1\nAAAA\n\n" NOTE, E_INPUT },
	{ "no empty line", FILE_1 "index 1\n" HASH NOTE, E_INPUT },
	{ "no checkpoint", FILE_1 "index 1\n" HASH "\n", E_INPUT },
	{ "not a checkpoint", FILE_1 "index 1\n\ntext\n\n" DASH "a AAAAAAAA\n",
	    E_INPUT },
	{ "carriage returns", "c2sp.org/tlog-proof@v1\r\nindex 0\r\n",
	    E_INPUT },
	{ "something behind", FILE_1 "index 0\n\n" NOTE "\n", E_INPUT },
};

START_TEST(form_of_proof_files)
{
	CLEANUP(buf_free) struct buf again = BUF_INIT(KIB(64));
	struct err e = ERR_INIT;
	struct proof_file f;
	int rv = proof_file_parse(slice_str(files[_i].text), &f, &e);

	ck_assert_msg(e.code == files[_i].code, "%s: %s", files[_i].name,
	    err_name(e.code));
	ck_assert_int_eq(rv, e.code == E_OK ? 0 : -1);
	if (rv < 0)
		return;
	proof_file_format(&f, &again);
	ck_assert_str_eq(buf_str(&again), files[_i].text);
}
END_TEST

START_TEST(too_many_hashes_are_refused)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(64));
	struct err e = ERR_INIT;
	struct proof_file f;
	size_t head;

	buf_puts(&b, FILE_1 "index 0\n");
	for (int i = 0; i < PROOF_HASHES; i++)
		buf_puts(&b, HASH);
	head = b.n;
	buf_puts(&b, "\n" NOTE);
	ck_ok(proof_file_parse(buf_slice(&b), &f, &e), &e);
	ck_assert_uint_eq(f.proof.n, PROOF_HASHES);
	b.n = head;
	buf_puts(&b, HASH "\n" NOTE);
	ck_code(proof_file_parse(buf_slice(&b), &f, &e), &e, E_INPUT);
}
END_TEST

static const struct {
	const char *path;
	struct tile tile;
} paths[] = {
	{ "0/x001/x234/067", { false, 0, 1234067, 256 } }, /* tlog-tiles */
	{ "0/000", { false, 0, 0, 256 } },
	{ "2/000.p/1", { false, 2, 0, 1 } },
	{ "63/999.p/255", { false, 63, 999, 255 } },
	{ "entries/x001/000.p/5", { true, 0, 1000, 5 } },
	{ "entries/005", { true, 0, 5, 256 } },
	{ "0/x999/x999/x999/x999/x999/999",
	    { false, 0, 999999999999999999, 256 } },
};

START_TEST(tile_paths_round)
{
	struct err e = ERR_INIT;
	char text[TILE_PATH];
	struct tile t;

	ck_ok(tile_path_parse(slice_str(paths[_i].path), &t, &e), &e);
	ck_assert(t.entries == paths[_i].tile.entries);
	ck_assert_uint_eq(t.level, paths[_i].tile.level);
	ck_assert_uint_eq(t.index, paths[_i].tile.index);
	ck_assert_uint_eq(t.width, paths[_i].tile.width);
	ck_assert_str_eq(tile_path_format(&t, text), paths[_i].path);
}
END_TEST

static const char *const bad_paths[] = { "", "0", "0/", "/000", "0/000/", "0/0",
	"0/00", "0/0000", "0/x000/001", "0/x001", "0/x001/", "0/001/002",
	"0/x01/001", "00/000", "64/000", "-1/000", "+0/000", "data/000",
	"0/000.p", "0/000.p/", "0/000.p/0", "0/000.p/256", "0/000.p/01",
	"0/000.p/1/", "0/000.p/1/2", "0/000.p/x", "0/000.q/1", "0/x001.p/001",
	"0/ 00", "0/a00", "entries", "entries/", "entries/0/000", "Entries/000",
	"0/x001/x000/x000/x000/x000/x000/001", "0//000", "0/000/.p/1" };

START_TEST(bad_tile_path_is_refused)
{
	struct err e = ERR_INIT;
	struct tile t;

	ck_code(tile_path_parse(slice_str(bad_paths[_i]), &t, &e), &e, E_INPUT);
}
END_TEST

/* tlog-tiles: what a tree of 70,000 is made of. */
START_TEST(tiles_of_seventy_thousand)
{
	static const struct {
		struct tile tile;
		bool in;
	} want[] = {
		{ { false, 0, 272, 256 }, true },
		{ { false, 0, 273, 112 }, true },
		{ { false, 0, 273, 113 }, false },
		{ { false, 0, 273, 256 }, false },
		{ { false, 0, 274, 1 }, false },
		{ { false, 1, 0, 256 }, true },
		{ { false, 1, 1, 17 }, true },
		{ { false, 1, 1, 18 }, false },
		{ { false, 2, 0, 1 }, true },
		{ { false, 2, 0, 2 }, false },
		{ { false, 3, 0, 1 }, false },
		{ { false, 8, 0, 1 }, false },
		{ { false, 63, 0, 1 }, false },
		{ { true, 0, 273, 112 }, true },
		{ { true, 0, 273, 113 }, false },
		{ { true, 1, 0, 1 }, false },
		{ { false, 0, 0, 0 }, false },
		{ { false, 0, 0, 257 }, false },
		{ { false, 0, UINT64_MAX, 1 }, false },
		{ { false, 0, UINT64_C(1) << 56, 1 }, false },
		{ { false, 0, UINT64_MAX / 256, 255 }, false },
	};

	for (size_t i = 0; i < NELEM(want); i++)
		ck_assert_msg(
		    tile_is_in(&want[i].tile, 70000) == want[i].in, "%zu", i);
	ck_assert(tile_is_in(&(struct tile){ false, 1, 0, 1 }, 256));
	ck_assert(!tile_is_in(&(struct tile){ false, 1, 0, 1 }, 255));
	ck_assert(!tile_is_in(&(struct tile){ false, 0, 0, 1 }, 0));
}
END_TEST

static const struct {
	const char *name, *text;
	enum err_code code;
} requests[] = {
	{ "plain", "old 20852014\n" HASH HASH "\n" NOTE, E_OK },
	{ "first", "old 0\n\n" NOTE, E_OK },
	{ "empty", "", E_INPUT },
	{ "no old", "20852014\n\n" NOTE, E_INPUT },
	{ "leading zero", "old 00\n\n" NOTE, E_INPUT },
	{ "no number", "old \n\n" NOTE, E_INPUT },
	{ "bad hash", "old 1\nAAAA\n\n" NOTE, E_INPUT },
	{ "no empty line", "old 1\n" HASH NOTE, E_INPUT },
	{ "no checkpoint", "old 1\n\n", E_INPUT },
};

START_TEST(form_of_requests)
{
	CLEANUP(buf_free) struct buf again = BUF_INIT(KIB(64));
	struct witness_request q;
	struct err e = ERR_INIT;
	int rv = witness_request_parse(slice_str(requests[_i].text), &q, &e);

	ck_assert_msg(e.code == requests[_i].code, "%s: %s", requests[_i].name,
	    err_name(e.code));
	ck_assert_int_eq(rv, e.code == E_OK ? 0 : -1);
	if (rv < 0)
		return;
	witness_request_format(&q, &again);
	ck_assert_str_eq(buf_str(&again), requests[_i].text);
}
END_TEST

/* A number ends with its digits, not at a NUL. */
START_TEST(nul_ends_no_number)
{
	static const char path[] = "0/000.p/1\0", size[] = "1\0\n";
	static const char file[] = FILE_1 "index 1\0\n\n" NOTE;
	struct err e = ERR_INIT;
	struct proof_file f;
	struct tile t;
	uint64_t n;

	ck_code(tile_path_parse(slice_of(path, sizeof(path) - 1), &t, &e), &e,
	    E_INPUT);
	e = (struct err)ERR_INIT;
	ck_code(witness_size_parse(slice_of(size, sizeof(size) - 1), &n, &e),
	    &e, E_INPUT);
	e = (struct err)ERR_INIT;
	ck_code(proof_file_parse(slice_of(file, sizeof(file) - 1), &f, &e), &e,
	    E_INPUT);
}
END_TEST

START_TEST(size_of_a_conflict)
{
	static const char *const bad[] = { "", "12", "12\n\n", "012\n", "x\n",
		"\n", "12 \n" };
	struct err e = ERR_INIT;
	uint64_t size;

	ck_ok(witness_size_parse(slice_str("20852014\n"), &size, &e), &e);
	ck_assert_uint_eq(size, 20852014);
	for (size_t i = 0; i < NELEM(bad); i++) {
		e = (struct err)ERR_INIT;
		ck_code(witness_size_parse(slice_str(bad[i]), &size, &e), &e,
		    E_INPUT);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tlog_text");
	TCase *proofs = tcase_create("proofs"), *tiles = tcase_create("tiles"),
	      *witness = tcase_create("witness");

	tcase_add_loop_test(proofs, proof_file_proves, 0, LEAVES);
	tcase_add_test(proofs, forged_proof_fails);
	tcase_add_loop_test(proofs, quorum_is_needed, 0, 3);
	tcase_add_loop_test(proofs, form_of_proof_files, 0, NELEM(files));
	tcase_add_test(proofs, too_many_hashes_are_refused);
	suite_add_tcase(suite, proofs);
	tcase_add_loop_test(tiles, tile_paths_round, 0, NELEM(paths));
	tcase_add_loop_test(
	    tiles, bad_tile_path_is_refused, 0, NELEM(bad_paths));
	tcase_add_test(tiles, tiles_of_seventy_thousand);
	suite_add_tcase(suite, tiles);
	tcase_add_loop_test(witness, form_of_requests, 0, NELEM(requests));
	tcase_add_test(witness, nul_ends_no_number);
	tcase_add_test(witness, size_of_a_conflict);
	suite_add_tcase(suite, witness);
	return suite_main(suite);
}
