/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of commits cannot fork; the journal cannot be rewritten. */
#include "support/signing_commits.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/tlog.h"

static int
sign_next(struct sf *f, const struct next *n, uint8_t id[SIGN_COMMIT_ID],
    struct err *e)
{
	struct buf text = BUF_INIT(KIB(16)), armour = BUF_INIT(KIB(8));
	int rv;

	text_write(n, &text);
	rv = sign_one(f, buf_slice(&text), n->event, &armour, id, e);
	if (rv == 0) {
		struct sshsig s;

		ck_ok(sshsig_parse(buf_slice(&armour), &s, e), e);
		ck_ok(sshsig_verify(&s, SSH_NS_GIT, buf_slice(&text), e), e);
		ck_assert(ssh_key_equal(&s.key, signer_commit_key(f->signer)));
	}
	buf_free(&text);
	buf_free(&armour);
	return rv;
}

START_TEST(commits_follow_one_another)
{
	struct sf f;
	struct next n;
	uint8_t id[SIGN_COMMIT_ID];
	struct err e = ERR_INIT;

	sf_init(&f);
	next_init(&f, &n);
	log_init_one(&f, &n.log);
	for (int i = 0; i < 40; i++) {
		ck_ok(sign_next(&f, &n, id, &e), &e);
		if (i % 3 == 0)
			ck_ok(signer_durable(&f.link, id, &e), &e);
		if (i % 7 == 0) {
			sf_close(&f);
			sf_open(&f);
		}
		step(&n, id);
		n.time += i % 2;
	}
	sf_done(&f);
}
END_TEST

static void
bend_parent(struct next *n)
{
	n->parent[0] ^= 1;
}
static void
bend_orphan(struct next *n)
{
	n->no_parent = true;
}
static void
bend_size(struct next *n)
{
	n->size = 3;
}
static void
bend_root(struct next *n)
{
	n->log.node[0][0] ^= 1;
}
static void
bend_time(struct next *n)
{
	n->time--;
}
static void
bend_author(struct next *n)
{
	n->author = "secretariat <officer@nintei>";
}
static void
bend_author_lines(struct next *n)
{
	n->author = "secretariat <secretariat@nintei> 1 +0900\nx";
}
static void
bend_committer(struct next *n)
{
	n->committer = "somebody <store@nintei>";
}
static void
bend_subject(struct next *n)
{
	n->subject = "Release 1.0";
}
static void
bend_subject_id(struct next *n)
{
	n->subject = "../x 1 application.submit";
}
static void
bend_after(struct next *n)
{
	n->after = "Signed-off-by: me\n";
}
static const struct {
	const char *name;
	void (*bend)(struct next *n);
	const char *why;
} bends[] = {
	{ "SIGN-4 fork", bend_parent, "continue the head" },
	{ "SIGN-4 second genesis", bend_orphan, "continue the head" },
	{ "SIGN-5 size", bend_size, "log root" },
	{ "SIGN-5 root", bend_root, "log root" },
	{ "SIGN-6 time", bend_time, "older than its parent" },
	{ "SIGN-2 author", bend_author, "not a commit" },
	{ "SIGN-2 author lines", bend_author_lines, "not a commit" },
	{ "SIGN-1 committer", bend_committer, "not a commit" },
	{ "SIGN-3 subject", bend_subject, "not a commit" },
	{ "SIGN-3 case", bend_subject_id, "not a commit" },
	{ "SIGN-1 trailing", bend_after, "not a commit" },
};
START_TEST(refused_commits)
{
	struct sf f;
	struct next n;
	uint8_t id[SIGN_COMMIT_ID];
	struct err e = ERR_INIT;

	sf_init(&f);
	next_init(&f, &n);
	log_init_one(&f, &n.log);
	bends[_i].bend(&n);
	ck_code(sign_next(&f, &n, id, &e), &e, E_SIGNER_REFUSED);
	ck_assert_msg(strstr(e.detail, bends[_i].why) != NULL, "%s: %s",
	    bends[_i].name, e.detail);
	sf_done(&f);
}
END_TEST

START_TEST(another_event_hash_is_refused)
{
	struct sf f;
	struct next n;
	struct buf text = BUF_INIT(KIB(16)), armour = BUF_INIT(KIB(8));
	uint8_t id[SIGN_COMMIT_ID];
	struct err e = ERR_INIT;

	sf_init(&f);
	next_init(&f, &n);
	log_init_one(&f, &n.log);
	text_write(&n, &text);
	n.event[5] ^= 1;
	ck_code(sign_one(&f, buf_slice(&text), n.event, &armour, id, &e), &e,
	    E_SIGNER_REFUSED);
	buf_free(&text);
	buf_free(&armour);
	sf_done(&f);
}
END_TEST

START_TEST(lost_tail_is_redone_acknowledged_is_not)
{
	struct sf f;
	struct next n, again;
	uint8_t one[SIGN_COMMIT_ID], two[SIGN_COMMIT_ID];
	struct err e = ERR_INIT;

	sf_init(&f);
	next_init(&f, &n);
	log_init_one(&f, &n.log);
	ck_ok(sign_next(&f, &n, one, &e), &e);
	/* Not yet durable: another in its place, also after a restart. */
	again = n;
	again.event[0] = 99;
	sf_close(&f);
	sf_open(&f);
	ck_ok(sign_next(&f, &again, two, &e), &e);
	/* The first one is forgotten. */
	ck_code(signer_durable(&f.link, one, &e), &e, E_SIGNER_REFUSED);
	e = (struct err)ERR_INIT;
	ck_ok(signer_durable(&f.link, two, &e), &e);
	/* Acknowledged: nothing else can take its place. */
	sf_close(&f);
	sf_open(&f);
	ck_code(sign_next(&f, &n, one, &e), &e, E_SIGNER_REFUSED);
	e = (struct err)ERR_INIT;
	ck_ok(signer_durable(&f.link, two, &e), &e);
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_7_older_store_is_refused)
{
	struct sf f;
	struct next n;
	uint8_t first[SIGN_COMMIT_ID], id[SIGN_COMMIT_ID];
	uint8_t zero[SIGN_COMMIT_ID] = { 0 };
	struct err e = ERR_INIT;

	sf_init(&f);
	next_init(&f, &n);
	log_init_one(&f, &n.log);
	for (size_t i = 0; i < SIGN_COMMIT_ID; i++)
		first[i] = n.parent[i];
	ck_ok(sign_next(&f, &n, id, &e), &e);
	ck_ok(signer_durable(&f.link, id, &e), &e);
	ck_code(signer_durable(&f.link, first, &e), &e, E_SIGNER_REFUSED);
	e = (struct err)ERR_INIT;
	ck_code(signer_durable(&f.link, zero, &e), &e, E_SIGNER_REFUSED);
	sf_done(&f);
}
END_TEST

/* Ways to spoil what lies on the disk. */
struct spoil {
	char *journal, *head;
};

static void
bytes_xor(const char *file, off_t at)
{
	int fd = open(file, O_RDWR);
	uint8_t c;

	ck_assert_int_ge(fd, 0);
	if (at < 0)
		at += lseek(fd, 0, SEEK_END);
	ck_assert_int_eq(pread(fd, &c, 1, at), 1);
	c ^= 1;
	ck_assert_int_eq(pwrite(fd, &c, 1, at), 1);
	close(fd);
}

static void
cut_last_record(const struct spoil *s)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;
	size_t n;

	ck_ok(fs_read(AT_FDCWD, s->journal, MIB(1) - 1, &b, &e), &e);
	for (n = b.n - 1; n > 0 && b.p[n - 1] != '\n'; n--)
		;
	ck_assert_int_eq(truncate(s->journal, (off_t)n), 0);
}
static void
flip_first(const struct spoil *s)
{
	bytes_xor(s->journal, 30);
}
static void
flip_last(const struct spoil *s)
{
	bytes_xor(s->journal, -30);
}
static void
empty_journal(const struct spoil *s)
{
	ck_assert_int_eq(truncate(s->journal, 0), 0);
}
static void
drop_first_record(const struct spoil *s)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;
	size_t n = 0;

	ck_ok(fs_read(AT_FDCWD, s->journal, MIB(1) - 1, &b, &e), &e);
	while (b.p[n++] != '\n')
		;
	ck_ok(fs_write(
		  AT_FDCWD, s->journal, slice_of(b.p + n, b.n - n), 0600, &e),
	    &e);
}
static void
spoil_head(const struct spoil *s)
{
	bytes_xor(s->head, 100);
	bytes_xor(s->head, 8192 + 100);
}
static void
cut_head(const struct spoil *s)
{
	ck_assert_int_eq(truncate(s->head, 8192), 0);
}
static void
torn_tail(const struct spoil *s)
{
	int fd = open(s->journal, O_WRONLY | O_APPEND);

	ck_assert_int_eq(write(fd, "{\"at\":\"2026", 11), 11);
	close(fd);
}
static void
one_torn_slot(const struct spoil *s)
{
	/* The older one of the two. */
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(32));
	struct err e = ERR_INIT;

	ck_ok(fs_read(AT_FDCWD, s->head, KIB(32) - 1, &b, &e), &e);
	bytes_xor(s->head, b.p[15] > b.p[8192 + 15] ? 8192 + 50 : 50);
}

static const struct {
	const char *name;
	void (*spoil)(const struct spoil *s);
	enum err_code code;
} spoils[] = {
	{ "JOURNAL-1 first record", flip_first, E_STORE_CORRUPT },
	{ "JOURNAL-1 last record", flip_last, E_STORE_CORRUPT },
	{ "JOURNAL-1 without its beginning", drop_first_record,
	    E_STORE_CORRUPT },
	{ "JOURNAL-3 cut behind the anchor", cut_last_record, E_STORE_CORRUPT },
	{ "JOURNAL-3 emptied", empty_journal, E_STORE_CORRUPT },
	{ "JOURNAL-2 torn tail", torn_tail, E_OK },
	{ "HEAD-1 both slots", spoil_head, E_STORE_CORRUPT },
	{ "HEAD-1 cut", cut_head, E_STORE_CORRUPT },
	{ "HEAD-1 one torn slot", one_torn_slot, E_OK },
};
START_TEST(spoiled_files)
{
	struct sf f;
	struct next n;
	struct spoil s;
	struct buf crl = BUF_INIT(KIB(64));
	uint8_t id[SIGN_COMMIT_ID];
	struct signer_options o = { 0 };
	struct signer *again = NULL;
	struct err e = ERR_INIT;
	int rv;

	sf_init(&f);
	ck_ok(signer_sign_crl(&f.link, "genai-saas", &crl, &e), &e);
	next_init(&f, &n);
	log_init_one(&f, &n.log);
	ck_ok(sign_next(&f, &n, id, &e), &e);
	ck_ok(signer_durable(&f.link, id, &e), &e);
	sf_close(&f);
	s.journal = fs_join(f.home, "keys/signer.journal");
	s.head = fs_join(f.home, "keys/signer.head");
	spoils[_i].spoil(&s);
	o.home = f.home;
	o.clock = clock_system();
	rv = signer_open(&o, &again, &e);
	ck_assert_msg(e.code == spoils[_i].code, "%s: %s %s", spoils[_i].name,
	    err_name(e.code), e.detail);
	if (rv == 0) {
		f.signer = again;
		f.link = signer_local(again);
		ck_ok(signer_durable(&f.link, id, &e), &e);
		ck_ok(signer_sign_crl(&f.link, "genai-saas", &crl, &e), &e);
	}
	free(s.journal);
	free(s.head);
	buf_free(&crl);
	sf_done(&f);
}
END_TEST

START_TEST(one_signer_at_a_time)
{
	struct sf f;
	struct signer_options o = { 0 };
	struct signer *second = NULL;
	struct err e = ERR_INIT;

	sf_init(&f);
	o.home = f.home;
	ck_code(signer_open(&o, &second, &e), &e, E_STORE_LOCKED);
	sf_done(&f);
}
END_TEST

static void
config_append(const struct sf *f, const char *text, bool replace)
{
	CLEANUP(freep) char *file = fs_join(f->home, "nintei.yaml");
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(64));
	struct err e = ERR_INIT;
	int fd;

	ck_ok(fs_read(AT_FDCWD, file, KIB(32), &b, &e), &e);
	buf_puts(&b, text);
	if (replace) {
		ck_ok(fs_write(AT_FDCWD, file, buf_slice(&b), 0644, &e), &e);
		return;
	}
	fd = open(file, O_WRONLY | O_TRUNC);
	ck_ok(fd_write(fd, b.p, b.n, &e), &e);
	close(fd);
}

START_TEST(clock_is_read_again)
{
	struct sf f;
	struct signer_options o = { 0 };
	struct buf crl = BUF_INIT(KIB(64));
	struct err e = ERR_INIT;

	sf_init(&f);
	sf_close(&f);
	o.home = f.home;
	ck_ok(signer_open(&o, &f.signer, &e), &e);
	config_append(
	    &f, "clock:\n  fixed: \"2030-01-01T00:00:00+09:00\"\n", false);
	ck_ok(signer_reload(f.signer, &e), &e);
	f.link = signer_local(f.signer);
	ck_ok(signer_sign_crl(&f.link, "genai-saas", &crl, &e), &e);
	/* A file put in its place needs a new signer. */
	config_append(&f, "# more\n", true);
	ck_code(signer_reload(f.signer, &e), &e, E_UNAVAILABLE);
	buf_free(&crl);
	sf_done(&f);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("signing-chain");
	TCase *t = tcase_create("commits");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, sf_prepare, NULL);
	tcase_add_test(t, commits_follow_one_another);
	tcase_add_loop_test(t, refused_commits, 0, (int)NELEM(bends));
	tcase_add_test(t, another_event_hash_is_refused);
	tcase_add_test(t, lost_tail_is_redone_acknowledged_is_not);
	tcase_add_test(t, SIGN_7_older_store_is_refused);
	suite_add_tcase(suite, t);
	t = tcase_create("files");
	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, sf_prepare, NULL);
	tcase_add_loop_test(t, spoiled_files, 0, (int)NELEM(spoils));
	tcase_add_test(t, one_signer_at_a_time);
	tcase_add_test(t, clock_is_read_again);
	suite_add_tcase(suite, t);
	return suite_main(suite);
}
