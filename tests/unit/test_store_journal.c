/* SPDX-License-Identifier: Apache-2.0 */
/* store: groups, sealing, what stock git says of it. */
#include "nintei/store.h"

#include <glob.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/tlog.h"
#include "support/store_case.h"
#include "support/support.h"

#define THREADS 8
#define PER_THREAD 40

static void
reopen_with(unsigned seal_ms, uint64_t seal_bytes)
{
	struct store_opts opts = fixture_opts(&f);
	struct err e = ERR_INIT;

	store_close(s);
	s = NULL;
	opts.seal_ms = seal_ms;
	opts.seal_bytes = seal_bytes;
	ck_ok(store_open(dir, &opts, NULL, &s, &e), &e);
}

static void
shell(const char *fmt)
{
	CLEANUP(freep) char *git = xasprintf("%s/audit.git", dir);

	ck_assert_int_eq(setenv("GIT_DIR", git, 1), 0);
	ck_assert_int_eq(setenv("GIT_CONFIG_NOSYSTEM", "1", 1), 0);
	ck_assert_int_eq(setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1), 0);
	ck_assert_msg(system(fmt) == 0, "%s", fmt);
}

struct writer {
	unsigned n;
	size_t doc_bytes;
	struct store_done done[PER_THREAD];
	pthread_t thread;
};

static void *
write_some(void *arg)
{
	struct writer *w = arg;
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	struct err e = ERR_INIT;
	char id[24];

	snprintf(id, sizeof(id), "case-%u", w->n);
	for (unsigned i = 0; i < PER_THREAD; i++) {
		size_t doc = i % 3 == 0 ? w->doc_bytes + i : 0;

		if (fixture_append(s, id, "accept", doc, &w->done[i], &e) < 0 ||
		    store_event_get(s, id, i + 1, &text, &e) < 0)
			abort();
		buf_reset(&text);
	}
	return NULL;
}

static void
write_all(struct writer *w, size_t doc_bytes)
{
	for (unsigned i = 0; i < THREADS; i++) {
		w[i].n = i;
		w[i].doc_bytes = doc_bytes;
		ck_assert_int_eq(
		    pthread_create(&w[i].thread, NULL, write_some, &w[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(w[i].thread, NULL);
}

struct check {
	struct writer *w;
	struct tlog log;
	struct store_id last;
	unsigned seen;
};

/* In log order, with the root that the events up to it give. */
static int
check_event(const struct store_event *ev, void *arg, struct err *e)
{
	struct check *c = arg;
	uint8_t root[STORE_HASH];
	unsigned n;

	(void)e;
	ck_assert_uint_eq(ev->done.log_index, c->log.size);
	tlog_append(&c->log, ev->done.event_hash);
	tlog_root(&c->log, root);
	ck_assert_mem_eq(root, ev->done.log_root, STORE_HASH);
	c->last = ev->done.commit;
	if (sscanf(ev->dossier, "case-%u", &n) == 1) {
		const struct store_done *d = &c->w[n].done[ev->seq - 1];

		ck_assert_uint_eq(d->log_index, ev->done.log_index);
		ck_assert(store_id_eq(&d->commit, &ev->done.commit));
		ck_assert_mem_eq(d->log_root, root, STORE_HASH);
		c->seen++;
	}
	return 0;
}

static void
check_all(struct writer *w)
{
	struct check c = { .w = w };
	struct store_head head;
	struct err e = ERR_INIT;

	ck_ok(store_walk(s, NULL, check_event, &c, &e), &e);
	ck_assert_uint_eq(c.seen, THREADS * PER_THREAD);
	ck_ok(store_head(s, &head, &e), &e);
	ck_assert(store_id_eq(&c.last, &head.commit));
	ck_assert_uint_eq(head.log_size, c.log.size);
}

/* STORE-8 */
START_TEST(group_keeps_order_and_roots)
{
	struct writer *w = xcalloc(THREADS, sizeof(*w));

	write_all(w, 0);
	ck_assert_uint_lt(f.groups, 1 + THREADS * PER_THREAD);
	ck_assert_uint_eq(f.signed_commits, 1 + THREADS * PER_THREAD);
	check_all(w);
	reopen_with(0, 0);
	check_all(w);
	free(w);
}
END_TEST

/* Everything that stock git can ask of a repository. */
static void
git_agrees(void)
{
	shell("test -z \"$(git fsck --full --strict --no-dangling 2>&1)\"");
	shell("for p in $GIT_DIR/objects/pack/*.pack; do "
	      "git index-pack --strict --stdin <$p >/dev/null || exit 1; "
	      "git verify-pack ${p%.pack}.idx || exit 1; done");
	shell("git show main:allowed_signers >$GIT_DIR/../signers; "
	      "git rev-list main | while read c; do git -c "
	      "gpg.ssh.allowedSignersFile=$GIT_DIR/../signers verify-commit "
	      "$c 2>/dev/null || exit 1; done");
}

/* STORE-9: documents are in a pack before the commit that names them. */
START_TEST(sealing_beside_writers)
{
	struct writer *w = xcalloc(THREADS, sizeof(*w));

	reopen_with(30, 0);
	write_all(w, 3000);
	check_all(w);
	store_close(s);
	s = NULL;
	git_agrees();
	store_reopen(NULL);
	check_all(w);
	free(w);
}
END_TEST

START_TEST(full_segment_is_sealed)
{
	struct writer *w = xcalloc(THREADS, sizeof(*w));

	reopen_with(3600000, KIB(100));
	write_all(w, 100);
	check_all(w);
	shell("test $(ls $GIT_DIR/objects/pack/*.pack | wc -l) -gt 4");
	store_close(s);
	s = NULL;
	git_agrees();
	shell("test -z \"$(ls $GIT_DIR/../intake)\"");
	store_reopen(NULL);
	check_all(w);
	free(w);
}
END_TEST

START_TEST(seal_shows_what_was_acknowledged)
{
	struct store_done done;
	struct err e = ERR_INIT;
	char hex[STORE_ID_TEXT];
	CLEANUP(freep) char *cmd = NULL;

	reopen_with(3600000, 0);
	done = append("case-1", "submit", 5000);
	cmd = xasprintf("test $(git rev-parse main) = %s",
	    store_id_format(&done.commit, hex));
	shell("test $(git rev-list --count main) = 1");
	ck_ok(store_seal(s, &e), &e);
	shell(cmd);
	shell("git fsck --full --strict --no-dangling >/dev/null");
	ck_ok(store_seal(s, &e), &e); /* nothing to do */
	append("case-1", "accept", 0);
	shell(cmd);
}
END_TEST

/* git swaps packs under readers and the writer. */
START_TEST(repack_beside_reading)
{
	struct writer *w = xcalloc(THREADS, sizeof(*w));

	reopen_with(20, 0);
	for (unsigned i = 0; i < 4; i++) {
		CLEANUP(freep) char *id = xasprintf("other-%u", i);
		struct err e = ERR_INIT;

		append(id, "submit", 70000);
		ck_ok(store_seal(s, &e), &e);
	}
	ck_assert_int_eq(setenv("STORE", dir, 1), 0);
	ck_assert_int_eq(
	    system("cd $STORE/audit.git && { for i in 1 2 3; do git repack "
		   "-q --geometric=2 -d; done; } 2>/dev/null &"),
	    0);
	write_all(w, 2000);
	check_all(w);
	shell("git repack -q -a -d 2>/dev/null");
	check_all(w);
	free(w);
}
END_TEST

/* A document needs no memory of its size. */
START_TEST(large_document_in_little_memory)
{
	struct store_blob *b;
	struct store_blob_done done;
	struct store_reader *r;
	struct rusage before, after;
	struct err e = ERR_INIT;
	static uint8_t piece[65536];
	uint64_t size = MIB(100) + 17, total = 0;
	int64_t n;

	append("case-1", "submit", 100);
	getrusage(RUSAGE_SELF, &before);
	ck_ok(store_blob_new(s, size, &b, &e), &e);
	for (uint64_t at = 0; at < size; at += sizeof(piece)) {
		size_t k = size - at < sizeof(piece) ? (size_t)(size - at)
						     : sizeof(piece);

		piece[0] = (uint8_t)(at >> 16);
		ck_ok(store_blob_add(b, slice_of(piece, k), &e), &e);
	}
	ck_ok(store_blob_finish(b, &done, &e), &e);
	store_blob_free(b);
	ck_ok(store_blob_open(s, &done.id, &r, &e), &e);
	while ((n = store_reader_read(r, piece, sizeof(piece), &e)) > 0)
		total += (uint64_t)n;
	store_reader_close(r);
	ck_assert_uint_eq(total, size);
	getrusage(RUSAGE_SELF, &after);
	ck_assert_int_le(after.ru_maxrss - before.ru_maxrss, 8 * 1024);
}
END_TEST

/* A commit that is being written does not hold up who writes a document. */
START_TEST(document_half_written_is_moved)
{
	struct store_blob *b;
	struct store_blob_done done;
	struct store_reader *r;
	struct err e = ERR_INIT;
	uint8_t back[8];

	reopen_with(3600000, 0);
	append("case-1", "submit", 5000); /* names what is in the segment */
	ck_ok(store_blob_new(s, 8, &b, &e), &e);
	ck_ok(store_blob_add(b, slice_str("half"), &e), &e);
	ck_ok(store_seal(s, &e), &e);
	shell("git fsck --full --strict --no-dangling >/dev/null");
	ck_ok(store_blob_add(b, slice_str("more"), &e), &e);
	ck_ok(store_blob_finish(b, &done, &e), &e);
	store_blob_free(b);
	ck_ok(store_blob_open(s, &done.id, &r, &e), &e);
	ck_assert_int_eq(store_reader_read(r, back, 8, &e), 8);
	ck_assert_mem_eq(back, "halfmore", 8);
	store_reader_close(r);
	append("case-2", "submit", 60);
}
END_TEST

/* A large one has a thread of its own: it moves all the same. */
START_TEST(large_document_half_written_is_moved)
{
	const size_t half = MIB(1) + 70001, size = 2 * half;
	CLEANUP(freep) uint8_t *bytes = xcalloc(size, 1);
	CLEANUP(freep) uint8_t *back = xcalloc(size, 1);
	struct store_blob *b;
	struct store_blob_done done;
	struct store_reader *r;
	struct err e = ERR_INIT;
	uint8_t sum[SHA256_BYTES];
	size_t n = 0;

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(i * 2654435761U >> 13);
	reopen_with(3600000, 0);
	append("case-1", "submit", 5000);
	ck_ok(store_blob_new(s, size, &b, &e), &e);
	for (size_t at = 0; at < size; at += half / 7) {
		size_t k = size - at < half / 7 ? size - at : half / 7;

		if (at == half / 7 * 7)
			ck_ok(store_seal(s, &e), &e);
		ck_ok(store_blob_add(b, slice_of(bytes + at, k), &e), &e);
	}
	ck_ok(store_blob_finish(b, &done, &e), &e);
	store_blob_free(b);
	sha256_of(slice_of(bytes, size), sum);
	ck_assert_mem_eq(done.sha256, sum, sizeof(sum));
	ck_ok(store_blob_open(s, &done.id, &r, &e), &e);
	while (n < size) {
		int64_t k = store_reader_read(r, back + n, size - n, &e);

		ck_assert_int_gt(k, 0);
		n += (size_t)k;
	}
	store_reader_close(r);
	ck_assert_mem_eq(back, bytes, size);
	append("case-2", "submit", 60);
}
END_TEST

static void
count_done(const struct store_done *out, const struct err *why, void *arg)
{
	unsigned *n = arg;

	ck_assert(why == NULL);
	ck_assert_uint_eq(out->seq, 1);
	__atomic_add_fetch(n, 1, __ATOMIC_SEQ_CST);
}

START_TEST(submit_answers_each_once)
{
	unsigned answered = 0;
	struct err e = ERR_INIT;

	for (unsigned i = 0; i < 200; i++) {
		CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(64));
		CLEANUP(freep) char *id = xasprintf("case-%u", i);
		struct store_tx tx = { .dossier = id,
			.seq = 1,
			.machine = "application",
			.event = "submit",
			.role = "applicant" };

		fixture_event(&tx, NULL, &text);
		tx.text = buf_slice(&text);
		ck_ok(store_submit(s, &tx, count_done, &answered, &e), &e);
	}
	store_close(s); /* drains */
	s = NULL;
	ck_assert_uint_eq(answered, 200);
	ck_assert_uint_lt(f.groups, 150);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_journal");
	TCase *tc = tcase_create("journal");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, store_setup, store_teardown);
	tcase_add_test(tc, group_keeps_order_and_roots);
	tcase_add_test(tc, sealing_beside_writers);
	tcase_add_test(tc, full_segment_is_sealed);
	tcase_add_test(tc, seal_shows_what_was_acknowledged);
	tcase_add_test(tc, repack_beside_reading);
	tcase_add_test(tc, large_document_in_little_memory);
	tcase_add_test(tc, document_half_written_is_moved);
	tcase_add_test(tc, large_document_half_written_is_moved);
	tcase_add_test(tc, submit_answers_each_once);
	suite_add_tcase(suite, tc);
	return suite_main(suite);
}
