/* SPDX-License-Identifier: Apache-2.0 */
/* What power may take of a group; checkpoints; keys that are missing. */
#include "support/signing_commits.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/note.h"

/* --- after power was lost --- */

/*
 * A group that the store has and the head file has not: signed, then the head
 * file is put back to what it was and the signer started anew.
 */
static struct grp *
lose(struct sf *f, struct next *n, size_t count)
{
	CLEANUP(buf_free) struct buf head = BUF_INIT(KIB(64));
	struct grp *g = grp_make(n, count);
	struct err e = ERR_INIT;

	home_file_get(f, "keys/signer.head", &head);
	ck_ok(grp_sign(f, g, n, &e), &e);
	sf_close(f);
	home_file_put(f, "keys/signer.head", &head);
	sf_open(f);
	return g;
}

START_TEST(catch_up_moves_on)
{
	CLEANUP(grp_free) struct grp *before = NULL;
	CLEANUP(grp_free) struct grp *g = NULL;
	CLEANUP(grp_free) struct grp *more = NULL;
	struct sf f;
	struct next n;
	struct err e = ERR_INIT;

	chain_begin_at(&f, &n);
	before = grp_make(&n, 3);
	ck_ok(grp_sign(&f, before, &n, &e), &e);
	ck_ok(signer_durable(&f.link, before->ids[_i], &e), &e);
	g = lose(&f, &n, 64);
	ck_refused(signer_durable(&f.link, g->last, &e), &e, "not known here");
	more = grp_make(&n, 2);
	ck_refused(grp_sign(&f, more, &n, &e), &e, "continue the head");
	ck_ok(signer_catch_up(&f.link, &g->g, &e), &e);
	ck_hello(&f, g->last, 0);
	ck_ok(grp_sign(&f, more, &n, &e), &e);
	/* And it stays so. */
	sf_close(&f);
	sf_open(&f);
	ck_hello(&f, g->last, 2);
	/* SIGN-4: nothing that was shown can be taken back. */
	ck_refused(
	    signer_catch_up(&f.link, &g->g, &e), &e, "continue the head");
	sf_done(&f);
}
END_TEST

static void
show_foreign(struct sf *f, struct grp *g)
{
	struct err e = ERR_INIT;

	buf_reset(&g->armour[2]);
	ck_ok(sshsig_sign(f->keys[SF_STRANGER], SSH_NS_GIT,
		  g->g.commits[2].text, &g->armour[2], &e),
	    &e);
	g->g.commits[2].armour = buf_slice(&g->armour[2]);
}
static void
show_other_text(struct sf *f, struct grp *g)
{
	(void)f;
	g->g.commits[2].armour = g->g.commits[1].armour;
}
static void
show_no_armour(struct sf *f, struct grp *g)
{
	(void)f;
	g->g.commits[0].armour = slice_of(NULL, 0);
}
static void
show_skipping(struct sf *f, struct grp *g)
{
	(void)f;
	g->g.commits[1] = g->g.commits[2];
	g->g.commits[2] = g->g.commits[3];
	g->g.n = 3;
}
static void
show_not_first(struct sf *f, struct grp *g)
{
	(void)f;
	for (size_t i = 0; i < 3; i++)
		g->g.commits[i] = g->g.commits[i + 1];
	g->g.n = 3;
}
static void
show_twice(struct sf *f, struct grp *g)
{
	(void)f;
	g->g.commits[1] = g->g.commits[0];
}
static void
show_event(struct sf *f, struct grp *g)
{
	(void)f;
	g->g.commits[1].event_hash[0] ^= 1;
}
static void
show_moved(struct sf *f, struct grp *g)
{
	struct next n;
	struct err e = ERR_INIT;

	next_init(f, &n);
	log_init_one(f, &n.log);
	n.event[1] = 77;
	{
		CLEANUP(grp_free) struct grp *other = grp_make(&n, 1);

		ck_ok(grp_sign(f, other, &n, &e), &e);
	}
	(void)g;
}
static const struct {
	const char *name;
	void (*bend)(struct sf *f, struct grp *g);
	const char *why;
} shows[] = {
	{ "SIGN-15 foreign signature", show_foreign, "did not sign" },
	{ "SIGN-15 another commit's", show_other_text, "did not sign" },
	{ "SIGN-15 none", show_no_armour, "did not sign" },
	{ "SIGN-4 one is skipped", show_skipping, "does not follow" },
	{ "SIGN-4 not from the head", show_not_first, "continue the head" },
	{ "SIGN-4 one twice", show_twice, "does not follow" },
	{ "SIGN-5 another event", show_event, "log root" },
	{ "SIGN-19 it signed since", show_moved, "nothing was lost" },
};
START_TEST(catch_up_refuses)
{
	CLEANUP(grp_free) struct grp *g = NULL;
	struct sf f;
	struct next n;
	struct err e = ERR_INIT;

	chain_begin_at(&f, &n);
	g = lose(&f, &n, 4);
	shows[_i].bend(&f, g);
	ck_assert_int_eq(signer_catch_up(&f.link, &g->g, &e), -1);
	ck_assert_msg(e.code == E_SIGNER_REFUSED &&
		strstr(e.detail, shows[_i].why) != NULL,
	    "%s: %s", shows[_i].name, e.detail);
	sf_done(&f);
}
END_TEST

/* SIGN-18: keys/ of an earlier moment lack more than the head. */
static const struct {
	const char *subject;
	bool known; /* after one list of revocations was signed */
} rests[] = {
	{ "c-1 2 application.accept", true },
	{ "crl-genai-saas 1 body.crl", true },
	{ "crl-genai-saas 2 body.crl", false },
	{ "crl-iaas-paas-iot 1 body.crl", false },
	{ "crl-nobody 1 body.crl", false },
	{ "c-1 3 application.decide_certify", false },
	{ "c-1 4 artefact.sign", false },
	{ "c-1 5 certification.revoke", false },
	{ "roster 6 body.roster", false },
};
START_TEST(SIGN_18_catch_up_wants_the_journal)
{
	CLEANUP(grp_free) struct grp *g = NULL;
	CLEANUP(buf_free) struct buf crl = BUF_INIT(KIB(64));
	struct sf f;
	struct next n;
	struct err e = ERR_INIT;

	chain_begin_at(&f, &n);
	ck_ok(signer_sign_crl(&f.link, "genai-saas", &crl, &e), &e);
	n.subject = rests[_i].subject;
	g = lose(&f, &n, 1);
	if (rests[_i].known)
		ck_ok(signer_catch_up(&f.link, &g->g, &e), &e);
	else
		ck_refused(signer_catch_up(&f.link, &g->g, &e), &e,
		    "journal knows nothing");
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_18_certified_and_revoked_are_in_the_journal)
{
	static const char *const subjects[] = {
		"c-1 3 application.decide_certify", "c-1 4 artefact.sign",
		"c-1 5 certification.revoke", "roster 6 body.roster"
	};
	struct buf der = BUF_INIT(KIB(16)), crl = BUF_INIT(KIB(64));
	CLEANUP(grp_free) struct grp *g = NULL;
	struct sf f;
	struct sf_request q;
	struct next n;
	struct err e = ERR_INIT;

	chain_begin_at(&f, &n);
	sf_certify(&f, &q, "d-1");
	sf_prove(&f, &q);
	ck_ok(sf_issue(&f, &q, &der, &e), &e);
	sf_request_done(&q);
	sf_revoke(&f, &q, "d-2");
	sf_prove(&f, &q);
	ck_ok(sf_do_revoke(&f, &q, &crl, &e), &e);
	sf_request_done(&q);
	sf_roster(&f, &q, "r-1", "stranger", "officer", NULL);
	sf_prove(&f, &q);
	ck_ok(sf_do_roster(&f, &q, &e), &e);
	sf_request_done(&q);
	n.subject = subjects[_i];
	g = lose(&f, &n, 1);
	ck_ok(signer_catch_up(&f.link, &g->g, &e), &e);
	buf_free(&der);
	buf_free(&crl);
	sf_done(&f);
}
END_TEST

/* --- commits taken apart --- */

START_TEST(signed_commits_are_split)
{
	static const char object[] =
	    "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
	    "author a\ncommitter b\n"
	    "gpgsig -----BEGIN\n abc\n -----END\n"
	    "\nsubject\n\ngpgsig no header\n";
	static const char *const broken[] = {
		"tree x\n\nsubject\n",
		"tree x\n\nsubject\n\n\ngpgsig -----BEGIN\n",
		"tree x\ngpgsig -----BEGIN",
		"",
	};
	struct buf text = BUF_INIT(KIB(1)), armour = BUF_INIT(KIB(1));
	struct err e = ERR_INIT;

	ck_ok(sign_commit_split(slice_str(object), &text, &armour, &e), &e);
	ck_assert_str_eq(buf_str(&armour), "-----BEGIN\nabc\n-----END\n");
	ck_assert_str_eq(buf_str(&text),
	    "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
	    "author a\ncommitter b\n\nsubject\n\ngpgsig no header\n");
	for (size_t i = 0; i < NELEM(broken); i++) {
		e = (struct err)ERR_INIT;
		ck_code(
		    sign_commit_split(slice_str(broken[i]), &text, &armour, &e),
		    &e, E_INPUT);
	}
	buf_free(&text);
	buf_free(&armour);
}
END_TEST

/* --- checkpoints --- */

static void
root_of(const struct next *n, uint8_t out[32])
{
	tlog_root(&n->log, out);
}

static void
log_key(const struct sf *f, struct note_key *k)
{
	CLEANUP(buf_free) struct buf line = BUF_INIT(KIB(64));
	struct err e = ERR_INIT;

	home_file_get(f, "keys/log/log.vkey", &line);
	ck_ok(note_key_parse(slice_of(line.p, line.n - 1), k, &e), &e);
}

START_TEST(checkpoints_of_what_was_signed)
{
	CLEANUP(grp_free) struct grp *g = NULL;
	CLEANUP(buf_free) struct buf note = BUF_INIT(KIB(16));
	struct sf f;
	struct next n, start, fork;
	struct note_key k;
	struct checkpoint c;
	uint8_t root[32];
	struct err e = ERR_INIT;

	chain_begin_at(&f, &n);
	start = n;
	log_key(&f, &k);
	g = grp_make(&n, 5);
	ck_ok(grp_sign(&f, g, &n, &e), &e);
	/* In the middle of what is pending: durable by that. */
	fork = next_after(&start, g, 3);
	root_of(&fork, root);
	ck_ok(signer_sign_checkpoint(&f.link, 4, root, &note, &e), &e);
	ck_ok(checkpoint_open(buf_slice(&note), &k, NULL, &c, &e), &e);
	ck_assert_uint_eq(c.head.size, 4);
	ck_assert_mem_eq(c.head.root, root, 32);
	ck_assert(slice_eq_str(c.origin, k.name));
	ck_hello(&f, g->ids[2], 2);
	/* SIGN-16: what was promised cannot be redone, not even by a restart
	 * that lost what came after. */
	sf_close(&f);
	sf_open(&f);
	{
		CLEANUP(grp_free) struct grp *other = NULL;
		struct next at = next_after(&start, g, 2);

		other = grp_make(&at, 1);
		ck_refused(
		    grp_sign(&f, other, &at, &e), &e, "continue the head");
	}
	/* The head, and the durable one. */
	root_of(&n, root);
	ck_ok(signer_sign_checkpoint(&f.link, 6, root, &note, &e), &e);
	ck_hello(&f, g->last, 0);
	ck_ok(signer_sign_checkpoint(&f.link, 6, root, &note, &e), &e);
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_17_checkpoints_of_another_log)
{
	CLEANUP(grp_free) struct grp *g = NULL;
	CLEANUP(grp_free) struct grp *other = NULL;
	CLEANUP(buf_free) struct buf note = BUF_INIT(KIB(16));
	struct sf f;
	struct next n, start, at;
	uint8_t root[32], wrong[32];
	struct err e = ERR_INIT;

	chain_begin_at(&f, &n);
	start = n;
	g = grp_make(&n, 5);
	ck_ok(grp_sign(&f, g, &n, &e), &e);
	root_of(&n, root);
	memcpy(wrong, root, 32);
	wrong[31] ^= 1;
	ck_refused(signer_sign_checkpoint(&f.link, 6, wrong, &note, &e), &e,
	    "log root");
	ck_refused(signer_sign_checkpoint(&f.link, 5, root, &note, &e), &e,
	    "log root");
	ck_refused(signer_sign_checkpoint(&f.link, 7, root, &note, &e), &e,
	    "not this size");
	ck_refused(signer_sign_checkpoint(&f.link, 0, root, &note, &e), &e,
	    "not this size");
	ck_refused(
	    signer_sign_checkpoint(&f.link, 6 + SIGN_RECENT, root, &note, &e),
	    &e, "not this size");
	ck_refused(signer_sign_checkpoint(&f.link, UINT64_MAX, root, &note, &e),
	    &e, "not this size");
	/* The tail is redone shorter: its old roots are nobody's. */
	at = next_after(&start, g, 2);
	other = grp_make(&at, 2);
	ck_ok(grp_sign(&f, other, &at, &e), &e);
	ck_refused(signer_sign_checkpoint(&f.link, 6, root, &note, &e), &e,
	    "not this size");
	ck_assert_uint_eq(note.n, 0);
	root_of(&at, root);
	ck_ok(signer_sign_checkpoint(&f.link, 5, root, &note, &e), &e);
	sf_done(&f);
}
END_TEST

START_TEST(recent_checkpoints_of_a_busy_log)
{
	CLEANUP(buf_free) struct buf note = BUF_INIT(KIB(16));
	struct sf f;
	struct next n;
	uint8_t root[32], early[32];
	struct err e = ERR_INIT;

	chain_begin_at(&f, &n);
	root_of(&n, early);
	for (size_t size = 1; size + 64 <= 1 + SIGN_RECENT; size += 64) {
		CLEANUP(grp_free) struct grp *g = grp_make(&n, 64);

		n.event[0] = (uint8_t)(size / 64);
		n.event[1] = (uint8_t)size;
		if (size == 65)
			root_of(&n, root); /* of size 129 */
		ck_ok(grp_sign(&f, g, &n, &e), &e);
		ck_ok(signer_durable(&f.link, g->last, &e), &e);
	}
	ck_ok(signer_sign_checkpoint(&f.link, 129, root, &note, &e), &e);
	/* Older ones are forgotten. */
	ck_refused(signer_sign_checkpoint(&f.link, 1, early, &note, &e), &e,
	    "not this size");
	sf_done(&f);
}
END_TEST

/* --- keys --- */

static const struct {
	const char *path;
	const char *why;
} missing[] = {
	{ "keys/log/key.pem", "keys/log/key.pem is missing" },
	{ "keys/log/log.vkey", "keys/log/log.vkey is missing" },
	{ "keys/seal/key.pem", "keys/seal/key.pem is missing" },
	{ "keys/seal/cert.pem", "keys/seal/cert.pem is missing" },
	{ "keys/tsa/key.pem", "keys/tsa/key.pem is missing" },
	{ "keys/tsa/cert.pem", "keys/tsa/cert.pem is missing" },
};
START_TEST(KEYS_1_an_older_home_is_told)
{
	CLEANUP(freep) char *file = NULL;
	struct sf f;
	struct signer_options o = { 0 };
	struct signer *s = NULL;
	struct err e = ERR_INIT;

	sf_init(&f);
	sf_close(&f);
	file = fs_join(f.home, missing[_i].path);
	ck_assert_int_eq(unlink(file), 0);
	o.home = f.home;
	ck_code(signer_open(&o, &s, &e), &e, E_CONFIG);
	ck_assert_msg(
	    strstr(e.detail, missing[_i].why) != NULL, "%s", e.detail);
	ck_assert_ptr_nonnull(strstr(e.detail, "nintei init"));
	sf_done(&f);
}
END_TEST

static void
origin_changes(const struct sf *f)
{
	CLEANUP(freep) char *file = fs_join(f->home, "nintei.yaml");
	int fd = open(file, O_WRONLY | O_APPEND);
	static const char text[] = "log:\n  origin: other.example/log\n";

	ck_assert_int_eq(
	    write(fd, text, sizeof(text) - 1), (ssize_t)sizeof(text) - 1);
	close(fd);
}
static void
files_swap(const struct sf *f, const char *a, const char *b)
{
	CLEANUP(freep) char *from = fs_join(f->home, a);
	CLEANUP(freep) char *to = fs_join(f->home, b);

	ck_assert_int_eq(unlink(to), 0);
	ck_assert_int_eq(link(from, to), 0);
}
static void
log_key_changes(const struct sf *f)
{
	files_swap(f, "keys/commit/key.pem", "keys/log/key.pem");
}
static void
seal_key_changes(const struct sf *f)
{
	files_swap(f, "keys/tsa/key.pem", "keys/seal/key.pem");
}
static void
seal_is_foreign(const struct sf *f)
{
	files_swap(f, "keys/ca/genai-saas/key.pem", "keys/seal/key.pem");
	files_swap(f, "keys/ca/genai-saas/ca.pem", "keys/seal/cert.pem");
	files_swap(f, "keys/ca/iaas-paas-iot/ca.pem", "keys/root/root.pem");
}
static const struct {
	const char *name;
	void (*change)(const struct sf *f);
	const char *why;
} changes[] = {
	{ "KEYS-2 origin", origin_changes, "the log was begun as" },
	{ "KEYS-2 key", log_key_changes, "not the key of" },
	{ "KEYS-3 key", seal_key_changes, "another key" },
	{ "KEYS-3 root", seal_is_foreign, "not issued by this root" },
};
START_TEST(changed_keys_do_not_start)
{
	struct sf f;
	struct signer_options o = { 0 };
	struct signer *s = NULL;
	struct err e = ERR_INIT;

	sf_init(&f);
	sf_close(&f);
	changes[_i].change(&f);
	o.home = f.home;
	ck_code(signer_open(&o, &s, &e), &e, E_CONFIG);
	ck_assert_msg(strstr(e.detail, changes[_i].why) != NULL, "%s: %s",
	    changes[_i].name, e.detail);
	sf_done(&f);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("signing-lost");
	TCase *t = tcase_create("catch-up");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, sf_prepare, NULL);
	tcase_add_loop_test(t, catch_up_moves_on, 0, 3);
	tcase_add_loop_test(t, catch_up_refuses, 0, (int)NELEM(shows));
	tcase_add_loop_test(
	    t, SIGN_18_catch_up_wants_the_journal, 0, (int)NELEM(rests));
	tcase_add_loop_test(
	    t, SIGN_18_certified_and_revoked_are_in_the_journal, 0, 4);
	tcase_add_test(t, signed_commits_are_split);
	suite_add_tcase(suite, t);
	t = tcase_create("checkpoints");
	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, sf_prepare, NULL);
	tcase_add_test(t, checkpoints_of_what_was_signed);
	tcase_add_test(t, SIGN_17_checkpoints_of_another_log);
	tcase_add_test(t, recent_checkpoints_of_a_busy_log);
	suite_add_tcase(suite, t);
	t = tcase_create("keys");
	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, sf_prepare, NULL);
	tcase_add_loop_test(
	    t, KEYS_1_an_older_home_is_told, 0, (int)NELEM(missing));
	tcase_add_loop_test(
	    t, changed_keys_do_not_start, 0, (int)NELEM(changes));
	suite_add_tcase(suite, t);
	return suite_main(suite);
}
