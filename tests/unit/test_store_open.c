/* SPDX-License-Identifier: Apache-2.0 */
/* store: opening, walking, recovering, refusing what was forged. */
#include "nintei/store.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/gitx.h"
#include "support/store_case.h"
#include "support/support.h"

struct seen {
	struct buf text;
	unsigned stop_at;
	unsigned n;
};

static int
see(const struct store_event *ev, void *arg, struct err *e)
{
	struct seen *seen = arg;
	uint8_t hash[STORE_HASH];

	sha256_of(ev->text, hash);
	ck_assert_mem_eq(hash, ev->done.event_hash, STORE_HASH);
	buf_putf(&seen->text, "%s/%u %s %s %u;", ev->dossier, (unsigned)ev->seq,
	    ev->act, ev->role, (unsigned)ev->done.log_index);
	if (++seen->n == seen->stop_at)
		return err_set(e, E_LIMIT, "enough");
	return 0;
}

START_TEST(walk_is_oldest_first)
{
	struct seen seen = { .text = BUF_INIT(KIB(4)) };
	struct store_done one = append("case-1", "submit", 0);
	struct store_id none = { .n = 0 };
	struct err e = ERR_INIT;

	append("case-2", "submit", 0);
	append("case-1", "accept", 0);
	ck_ok(store_walk(s, &none, see, &seen, &e), &e);
	ck_assert_str_eq(buf_str(&seen.text),
	    "authority/1 body.genesis system 0;"
	    "case-1/1 application.submit secretariat 1;"
	    "case-2/1 application.submit secretariat 2;"
	    "case-1/2 application.accept secretariat 3;");
	buf_reset(&seen.text);
	ck_ok(store_walk(s, &one.commit, see, &seen, &e), &e);
	ck_assert_str_eq(buf_str(&seen.text),
	    "case-2/1 application.submit secretariat 2;"
	    "case-1/2 application.accept secretariat 3;");
	one.commit.b[3] ^= 1;
	ck_code(store_walk(s, &one.commit, see, &seen, &e), &e, E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	seen.stop_at = seen.n + 1;
	ck_code(store_walk(s, NULL, see, &seen, &e), &e, E_LIMIT);
	buf_free(&seen.text);
}
END_TEST

START_TEST(second_opener_is_locked_out)
{
	struct store_opts opts = fixture_opts(&f);
	struct store *other = NULL;
	struct err e = ERR_INIT;

	ck_code(store_open(dir, &opts, NULL, &other, &e), &e, E_STORE_LOCKED);
	e = (struct err)ERR_INIT;
	ck_assert_int_eq(fixture_create(&f, dir, &e), -1);
}
END_TEST

START_TEST(existing_store_is_not_overwritten)
{
	struct err e = ERR_INIT;

	append("case-1", "submit", 0);
	store_close(s);
	s = NULL;
	ck_code(fixture_create(&f, dir, &e), &e, E_STORE_CONFLICT);
	store_reopen(NULL);
	ck_assert_uint_eq(append("case-1", "accept", 0).seq, 2);
}
END_TEST

START_TEST(absent_store_is_not_found)
{
	struct store_opts opts = fixture_opts(&f);
	struct store *other = NULL;
	struct err e = ERR_INIT;

	ck_code(
	    store_open(temp_dir(), &opts, NULL, &other, &e), &e, E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	ck_code(store_open_reader(temp_dir(), &other, &e), &e, E_NOT_FOUND);
}
END_TEST

static void
touch(const char *name)
{
	CLEANUP(freep) char *path = fs_join(dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	close(fd);
}

START_TEST(stale_locks_and_temporaries_are_removed)
{
	struct store_report report;

	append("case-1", "submit", 0);
	touch("audit.git/refs/heads/main.lock");
	touch("audit.git/packed-refs.lock");
	touch("audit.git/objects/tmp_object_git2_Ab1Xyz");
	touch("audit.git/objects/pack/tmp_pack_x");
	store_reopen(&report);
	ck_assert_uint_eq(report.locks_removed, 2);
	ck_assert_uint_eq(report.temporaries_removed, 2);
	ck_assert_uint_eq(report.commits, 2);
	append("case-1", "accept", 0);
	store_reopen(&report);
	ck_assert_uint_eq(report.locks_removed, 0);
	ck_assert_uint_eq(report.commits, 3);
}
END_TEST

/* A commit written past the store, with this message. */
static void
forge(const char *message, const char *committer)
{
	CLEANUP(freep) char *gitdir = fs_join(dir, "audit.git");
	CLEANUP(gitx_freep) struct gitx *g = NULL;
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(4));
	char tree[41], parent[41];
	struct gitx_commit tip;
	struct gitx_oid old, id;
	struct err e = ERR_INIT;

	ck_ok(gitx_open(gitdir, &g, &e), &e);
	ck_ok(gitx_ref_read(g, "refs/heads/main", &old, &e), &e);
	ck_ok(gitx_commit_read(g, &old, &tip, &e), &e);
	buf_putf(&text,
	    "tree %s\nparent %s\nauthor a <a@nintei> 1784073600 +0900\n"
	    "committer %s\n\n%s",
	    hex_encode(tip.tree.b, 20, tree), hex_encode(old.b, 20, parent),
	    committer, message);
	ck_ok(
	    gitx_commit_write(g, buf_slice(&text), slice_str("none"), &id, &e),
	    &e);
	ck_ok(gitx_ref_update(g, "refs/heads/main", &old, &id, &e), &e);
}

#define STORE_AT "store <store@nintei> 1784073600 +0900"
static const struct {
	const char *message, *committer;
} forged[] = {
	{ "hello\n", STORE_AT },
	{ "case-1 1 application.submit\n", STORE_AT },
	/* right form, but the root is not that of the events */
	{ "case-1 1 application.submit\n\nNintei-Log: 3 "
	  "0000000000000000000000000000000000000000000000000000000000000000\n",
	    STORE_AT },
	{ "case-1 9 application.submit\n\nNintei-Log: 3 "
	  "0000000000000000000000000000000000000000000000000000000000000000\n",
	    STORE_AT },
};
/* STORE-7 */
START_TEST(forged_tip_is_refused)
{
	struct store_opts opts = fixture_opts(&f);
	struct err e = ERR_INIT;

	append("case-1", "submit", 0);
	store_close(s);
	s = NULL;
	forge(forged[_i].message, forged[_i].committer);
	ck_assert_int_eq(store_open(dir, &opts, NULL, &s, &e), -1);
	ck_assert_msg(e.code == E_STORE_CORRUPT || e.code == E_NOT_FOUND, "%s",
	    err_name(e.code));
}
END_TEST

static char *
object_path(const struct store_id *id)
{
	char hex[STORE_ID_TEXT];

	store_id_format(id, hex);
	return xasprintf("%s/audit.git/objects/%.2s/%s", dir, hex, hex + 2);
}

/* Flip a byte of the last entry of every pack. */
static void
packs_damage(void)
{
	CLEANUP(freep)
	char *pattern = xasprintf("%s/audit.git/objects/pack/pack-*.pack", dir);
	glob_t packs;

	ck_assert_int_eq(glob(pattern, 0, NULL, &packs), 0);
	for (size_t i = 0; i < packs.gl_pathc; i++) {
		int fd;
		struct stat st;
		uint8_t byte;

		ck_assert_int_eq(chmod(packs.gl_pathv[i], 0600), 0);
		fd = open(packs.gl_pathv[i], O_RDWR | O_CLOEXEC);
		ck_assert_int_eq(fstat(fd, &st), 0);
		ck_assert_int_eq(pread(fd, &byte, 1, st.st_size - 60), 1);
		byte ^= 1;
		ck_assert_int_eq(pwrite(fd, &byte, 1, st.st_size - 60), 1);
		close(fd);
	}
	globfree(&packs);
}

/* Objects are hashed when they are read: one under another's name. */
START_TEST(changed_object_is_refused)
{
	struct store_opts opts = fixture_opts(&f);
	struct store_done first = append("case-1", "submit", 0);
	struct store_done second = append("case-1", "accept", 0);
	CLEANUP(freep) char *from = object_path(&first.commit);
	CLEANUP(freep) char *to = object_path(&second.commit);
	struct err e = ERR_INIT;

	store_close(s);
	s = NULL;
	if (access(from, F_OK) == 0)
		ck_assert_int_eq(rename(from, to), 0);
	else
		packs_damage();
	ck_assert_int_eq(store_open(dir, &opts, NULL, &s, &e), -1);
	ck_assert_msg(e.code == E_STORE_CORRUPT, "%s", err_name(e.code));
}
END_TEST

START_TEST(reader_reads_and_never_writes)
{
	CLEANUP(freep) char *gitdir = fs_join(dir, "audit.git");
	CLEANUP(store_freep) struct store *reader = NULL;
	CLEANUP(buf_free) struct buf out = BUF_INIT(LIMIT_EVENT_BYTES);
	struct store_done last = append("case-1", "submit", 0), done;
	struct store_head head;
	struct store_blob *b;
	struct err e = ERR_INIT;

	ck_ok(store_seal(s, &e), &e);
	ck_ok(store_open_reader(gitdir, &reader, &e), &e);
	ck_ok(store_head(reader, &head, &e), &e);
	ck_assert_uint_eq(head.log_size, 2);
	ck_assert_mem_eq(head.log_root, last.log_root, STORE_HASH);
	ck_ok(store_event_get(reader, "case-1", 1, &out, &e), &e);
	ck_code(fixture_append(reader, "case-1", "accept", 0, &done, &e), &e,
	    E_UNAVAILABLE);
	e = (struct err)ERR_INIT;
	ck_code(store_blob_new(reader, 1, &b, &e), &e, E_UNAVAILABLE);
}
END_TEST

#define LOOP(tc, test, table) tcase_add_loop_test(tc, test, 0, NELEM(table))

int
main(void)
{
	Suite *suite = suite_create("store_open");
	TCase *tc = tcase_create("open");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, store_setup, store_teardown);
	tcase_add_test(tc, walk_is_oldest_first);
	tcase_add_test(tc, second_opener_is_locked_out);
	tcase_add_test(tc, existing_store_is_not_overwritten);
	tcase_add_test(tc, absent_store_is_not_found);
	tcase_add_test(tc, stale_locks_and_temporaries_are_removed);
	LOOP(tc, forged_tip_is_refused, forged);
	tcase_add_test(tc, changed_object_is_refused);
	tcase_add_test(tc, reader_reads_and_never_writes);
	suite_add_tcase(suite, tc);
	return suite_main(suite);
}
