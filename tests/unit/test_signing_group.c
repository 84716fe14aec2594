/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of commits: judged whole, signed in a row, never forked. */
#include "support/signing_commits.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/fs.h"

#define SLOT 8192

static const size_t sizes[] = { 1, 2, 8, 33, 64 };
START_TEST(groups_are_signed_in_a_row)
{
	CLEANUP(grp_free) struct grp *g = NULL;
	struct sf f;
	struct next n;
	struct sign_hello h;
	struct err e = ERR_INIT;

	chain_begin_at(&f, &n);
	g = grp_make(&n, sizes[_i]);
	ck_ok(grp_sign(&f, g, &n, &e), &e);
	for (size_t i = 0; i < g->g.n; i++) {
		struct sshsig s;

		ck_ok(sshsig_parse(buf_slice(&g->armour[i]), &s, &e), &e);
		ck_ok(sshsig_verify(&s, SSH_NS_GIT, buf_slice(&g->text[i]), &e),
		    &e);
		ck_assert(ssh_key_equal(&s.key, signer_commit_key(f.signer)));
		ck_assert(!sign_parent_is_open(buf_slice(&g->text[i])));
	}
	/* Its id is the one that git would give. */
	ck_assert_mem_eq(g->ids[g->g.n - 1], g->last, SIGN_COMMIT_ID);
	ck_ok(signer_hello(&f.link, &h, &e), &e);
	ck_assert_uint_eq(h.size, 1);
	ck_assert_uint_eq(h.n_pending, sizes[_i]);
	ck_assert_mem_eq(h.pending, g->last, SIGN_COMMIT_ID);
	ck_ok(signer_durable(&f.link, g->last, &e), &e);
	ck_ok(signer_hello(&f.link, &h, &e), &e);
	ck_assert_uint_eq(h.size, 1 + sizes[_i]);
	ck_assert_uint_eq(h.n_pending, 0);
	sf_done(&f);
}
END_TEST

/* What may be wrong with commit i of a group of five. */
static void
bend_parent(struct grp *g, struct next *n)
{
	n[0].parent[3] ^= 1;
	grp_set(g, 0, &n[0]);
}
static void
bend_first_open(struct grp *g, struct next *n)
{
	n[0].open = true;
	grp_set(g, 0, &n[0]);
}
static void
bend_true_parent(struct grp *g, struct next *n)
{
	n[1].open = false;
	grp_set(g, 1, &n[1]);
}
static void
bend_orphan(struct grp *g, struct next *n)
{
	n[2].open = false;
	n[2].no_parent = true;
	grp_set(g, 2, &n[2]);
}
static void
bend_size(struct grp *g, struct next *n)
{
	n[2].size = n[2].log.size + 2;
	grp_set(g, 2, &n[2]);
}
static void
bend_root(struct grp *g, struct next *n)
{
	n[3].log.node[0][0] ^= 1;
	n[3].log.node[1][0] ^= 1;
	n[3].log.node[2][0] ^= 1;
	grp_set(g, 3, &n[3]);
}
static void
bend_time(struct grp *g, struct next *n)
{
	n[2].time += 10;
	grp_set(g, 2, &n[2]);
}
static void
bend_hash(struct grp *g, struct next *n)
{
	(void)n;
	g->g.commits[4].event_hash[9] ^= 1;
}
static void
bend_form(struct grp *g, struct next *n)
{
	n[4].after = "Signed-off-by: me\n";
	grp_set(g, 4, &n[4]);
}
static const struct {
	const char *name;
	void (*bend)(struct grp *g, struct next *n);
	const char *why;
} bends[] = {
	{ "SIGN-4 parent of the first", bend_parent, "continue the head" },
	{ "SIGN-4 first is open", bend_first_open, "continue the head" },
	{ "SIGN-9 second has its parent", bend_true_parent, "not open" },
	{ "SIGN-9 third has none", bend_orphan, "not open" },
	{ "SIGN-5 size in the middle", bend_size, "log root" },
	{ "SIGN-5 root in the middle", bend_root, "log root" },
	{ "SIGN-6 time inside the group", bend_time, "older than its parent" },
	{ "SIGN-5 event of the last", bend_hash, "log root" },
	{ "SIGN-1 form of the last", bend_form, "not a commit" },
};
START_TEST(one_bad_commit_refuses_the_group)
{
	CLEANUP(grp_free) struct grp *g = NULL;
	struct sf f;
	struct next n, each[5];
	uint8_t durable[SIGN_COMMIT_ID];
	struct err e = ERR_INIT;

	chain_begin_at(&f, &n);
	memcpy(durable, n.parent, sizeof(durable));
	for (size_t i = 0; i < 5; i++) {
		each[i] = n;
		each[i].open = i > 0;
		for (size_t k = 0; k < i; k++)
			step(&each[i], n.parent);
	}
	g = grp_make(&n, 5);
	bends[_i].bend(g, each);
	ck_assert_int_eq(
	    signer_sign_commits(&f.link, &g->g, g->armour, g->last, &e), -1);
	ck_assert_msg(e.code == E_SIGNER_REFUSED &&
		strstr(e.detail, bends[_i].why) != NULL,
	    "%s: %s", bends[_i].name, e.detail);
	/* Nothing was signed and nothing is remembered. */
	for (size_t i = 0; i < 5; i++)
		ck_assert_uint_eq(g->armour[i].n, 0);
	ck_hello(&f, durable, 0);
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_8_too_many_or_none)
{
	CLEANUP(buf_free) struct buf request = BUF_INIT(MIB(1));
	CLEANUP(buf_free) struct buf reply = BUF_INIT(MIB(1));
	CLEANUP(grp_free) struct grp *g = NULL;
	struct sf f;
	struct next n;
	struct err e = ERR_INIT;

	chain_begin_at(&f, &n);
	/* 65 in one request; the stub would not even send them. */
	g = grp_make(&n, 64);
	sign_group_encode(&request, &g->g);
	n.open = true;
	grp_set(g, 0, &n);
	wr_bytes(&request, g->g.commits[0].text);
	buf_put(&request, n.event, 32);
	request.p[0] = 65;
	ck_code(signer_dispatch(f.signer, SIGNER_SERVING, OP_SIGN_COMMITS,
		    buf_slice(&request), &reply, &e),
	    &e, E_IPC);
	e = (struct err)ERR_INIT;
	ck_code(signer_dispatch(f.signer, SIGNER_SERVING, OP_SIGN_COMMITS,
		    slice_of("", 1), &reply, &e),
	    &e, E_IPC);
	e = (struct err)ERR_INIT;
	g->g.n = 0;
	ck_code(signer_sign_commits(&f.link, &g->g, g->armour, g->last, &e), &e,
	    E_INPUT);
	sf_done(&f);
}
END_TEST

START_TEST(any_prefix_can_be_continued)
{
	CLEANUP(grp_free) struct grp *g = NULL;
	CLEANUP(grp_free) struct grp *other = NULL;
	struct sf f;
	struct next n, start, kept;
	struct err e = ERR_INIT;

	chain_begin_at(&f, &n);
	start = n;
	g = grp_make(&n, 5);
	ck_ok(grp_sign(&f, g, &n, &e), &e);
	/* A crash kept the first _i of them; the signer was restarted too. */
	sf_close(&f);
	sf_open(&f);
	kept = next_after(&start, g, (size_t)_i);
	other = grp_make(&kept, 3);
	ck_ok(grp_sign(&f, other, &kept, &e), &e);
	/* By that the prefix is durable, and the rest is forgotten. */
	ck_hello(&f, _i == 0 ? start.parent : g->ids[_i - 1], 3);
	if (_i < 5)
		ck_refused(signer_durable(&f.link, g->ids[_i], &e), &e,
		    "not known here");
	if (_i > 1)
		ck_refused(signer_durable(&f.link, g->ids[_i - 2], &e), &e,
		    "not known here");
	ck_ok(signer_durable(&f.link, other->last, &e), &e);
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_7_nothing_before_durable_is_continued)
{
	CLEANUP(grp_free) struct grp *g = NULL;
	struct sf f;
	struct next n, start;
	struct err e = ERR_INIT;

	chain_begin_at(&f, &n);
	start = n;
	g = grp_make(&n, 5);
	ck_ok(grp_sign(&f, g, &n, &e), &e);
	ck_ok(signer_durable(&f.link, g->ids[2], &e), &e);
	ck_hello(&f, g->ids[2], 2);
	for (size_t k = 0; k < 3; k++) {
		CLEANUP(grp_free) struct grp *fork = NULL;
		struct next at = next_after(&start, g, k);

		if (k == 1) { /* also by a signer that starts anew */
			sf_close(&f);
			sf_open(&f);
		}
		fork = grp_make(&at, 2);
		ck_refused(
		    grp_sign(&f, fork, &at, &e), &e, "continue the head");
	}
	/* Two different groups on the same durable: the second takes over. */
	for (int again = 0; again < 2; again++) {
		CLEANUP(grp_free) struct grp *tail = NULL;
		struct next at = next_after(&start, g, 3);

		at.event[30] = (uint8_t)again;
		tail = grp_make(&at, 2);
		ck_ok(grp_sign(&f, tail, &at, &e), &e);
		if (again == 1)
			ck_ok(signer_durable(&f.link, tail->last, &e), &e);
	}
	/* Acknowledged: now it is too late for another. */
	{
		CLEANUP(grp_free) struct grp *tail = NULL;
		struct next at = next_after(&start, g, 3);

		tail = grp_make(&at, 1);
		ck_refused(
		    grp_sign(&f, tail, &at, &e), &e, "continue the head");
	}
	sf_done(&f);
}
END_TEST

static uint64_t
generation(const struct sf *f, int slot)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(64));
	struct rd r;

	home_file_get(f, "keys/signer.head", &b);
	r = rd_init(slice_of(b.p + slot * SLOT + 8, 8));
	return rd_u64(&r);
}

START_TEST(HEAD_2_the_safe_slot_is_never_overwritten)
{
	struct sf f;
	struct next n;
	uint64_t safe, first;
	int slot;
	struct err e = ERR_INIT;

	chain_begin_at(&f, &n);
	for (int i = 0; i < 2; i++) {
		CLEANUP(grp_free) struct grp *g = grp_make(&n, 2);

		ck_ok(grp_sign(&f, g, &n, &e), &e);
		/* Synced beside the store's own sync: now it is safe. */
		ck_ok(signer_settle(f.signer, false, &e), &e);
		slot = generation(&f, 1) > generation(&f, 0);
		safe = generation(&f, slot);
		/* DURABLE may wait; the group after it goes to its slot. */
		ck_ok(signer_durable(&f.link, g->last, &e), &e);
		ck_ok(signer_settle(f.signer, false, &e), &e);
		first = generation(&f, !slot);
		ck_assert_uint_eq(first, safe + 1);
		ck_assert_uint_eq(generation(&f, slot), safe);
	}
	{
		CLEANUP(grp_free) struct grp *g = grp_make(&n, 2);

		ck_ok(grp_sign(&f, g, &n, &e), &e);
		ck_assert_uint_eq(generation(&f, slot), safe);
		ck_assert_uint_eq(generation(&f, !slot), first + 1);
		/* An idle signer syncs a DURABLE at once. */
		ck_ok(signer_durable(&f.link, g->last, &e), &e);
		ck_ok(signer_settle(f.signer, true, &e), &e);
		slot = generation(&f, 1) > generation(&f, 0);
		safe = generation(&f, slot);
	}
	{
		CLEANUP(grp_free) struct grp *g = grp_make(&n, 2);

		ck_ok(grp_sign(&f, g, &n, &e), &e);
		ck_assert_uint_eq(generation(&f, slot), safe);
	}
	sf_done(&f);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("signing-group");
	TCase *t = tcase_create("groups");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, sf_prepare, NULL);
	tcase_add_loop_test(
	    t, groups_are_signed_in_a_row, 0, (int)NELEM(sizes));
	tcase_add_loop_test(
	    t, one_bad_commit_refuses_the_group, 0, (int)NELEM(bends));
	tcase_add_test(t, SIGN_8_too_many_or_none);
	tcase_add_loop_test(t, any_prefix_can_be_continued, 0, 6);
	tcase_add_test(t, SIGN_7_nothing_before_durable_is_continued);
	tcase_add_test(t, HEAD_2_the_safe_slot_is_never_overwritten);
	suite_add_tcase(suite, t);
	return suite_main(suite);
}
