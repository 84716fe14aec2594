/* SPDX-License-Identifier: Apache-2.0 */
/* The log as the office serves it, and what it refuses to sign or to serve. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/tiles.h"
#include "office_int.h"
#include "support/office_fixture.h"

static struct of f;
static char dossier[OF_ID];

/* Between the office and its signer: counts, and may answer otherwise. */
static struct between {
	struct signer_link real;
	unsigned asked;
	struct buf kept; /* an answer, if any, that is given again */
	bool keep, again, flip;
} between;

static int
between_call(void *arg, uint32_t op, struct slice request, struct buf *reply,
    struct err *e)
{
	struct between *b = arg;
	size_t before = reply->n;

	if (op != OP_SIGN_CHECKPOINT)
		return b->real.call(b->real.arg, op, request, reply, e);
	b->asked++;
	if (b->again) {
		buf_put(reply, b->kept.p, b->kept.n);
		return 0;
	}
	if (b->real.call(b->real.arg, op, request, reply, e) < 0)
		return -1;
	if (b->keep)
		buf_put(&b->kept, reply->p + before, reply->n - before);
	if (b->flip)
		reply->p[before + 12] ^= 1;
	return 0;
}

static void
setup(void)
{
	of_init(&f);
	/* No receipt, so that no checkpoint is signed before a test. */
	f.fail_op = OP_SIGN_CHECKPOINT;
	f.fail_after = 0;
	of_submit(&f, "k1", NULL, dossier);
	between =
	    (struct between){ .real = f.sf.link, .kept = BUF_INIT(KIB(64)) };
	f.sf.link = (struct signer_link){ between_call, &between };
}

static void
teardown(void)
{
	f.sf.link = between.real;
	buf_free(&between.kept);
	of_done(&f);
}

static unsigned
get(enum route_id route, const char *what)
{
	return of_serve(&f, &(struct of_request){ .route = route, .p0 = what });
}

/* The pause between two checkpoints that nobody waits for is over. */
static unsigned
get_checkpoint(void)
{
	f.office->log.tried_ms = 0;
	return get(ROUTE_LOG_CHECKPOINT, "");
}

static uint64_t
served_size(void)
{
	struct checkpoint c;
	struct err e = ERR_INIT;

	ck_assert_uint_eq(get_checkpoint(), 200);
	ck_ok(checkpoint_open(
		  buf_slice(&f.a.body), &f.office->log.key, NULL, &c, &e),
	    &e);
	return c.head.size;
}

static uint64_t
head_size(void)
{
	struct store_head head;
	struct err e = ERR_INIT;

	ck_ok(store_head(f.office->store, &head, &e), &e);
	return head.log_size;
}

/* One more event, the reading of a document; its hash. */
static void
add_event(char out[65])
{
	struct of_request ask = { .route = ROUTE_CASE_DOCUMENT,
		.who = "secretary-1",
		.p0 = dossier,
		.p1 = "1" };
	struct store_dossier_head head;
	struct err e = ERR_INIT;
	char at[INSTANT_TEXT], id[OF_ID];

	of_want(&f, 200, &ask);
	instant_format(f.sf.now, at);
	snprintf(id, sizeof(id), "access-%.7s", at);
	ck_ok(store_dossier_head(f.office->store, id, &head, &e), &e);
	hex_encode(head.event_hash, sizeof(head.event_hash), out);
}

/* A byte of every hash of a file, at place at of it. */
static void
spoil(const char *file, unsigned at)
{
	CLEANUP(freep)
	char *path = xasprintf("%s/store/log/%s", f.sf.home, file);
	int fd = open(path, O_RDWR);
	uint8_t byte;

	ck_assert_int_ge(fd, 0);
	for (off_t i = at; pread(fd, &byte, 1, i) == 1; i += TLOG_HASH) {
		byte ^= 1;
		ck_assert_int_eq((int)pwrite(fd, &byte, 1, i), 1);
	}
	close(fd);
}

START_TEST(checkpoint_is_the_head)
{
	char hash[65];
	uint64_t first = served_size();

	ck_assert_uint_eq(first, head_size());
	ck_assert_str_eq(
	    f.a.header[FR_CONTENT_TYPE], "text/plain; charset=utf-8");
	ck_assert_uint_eq(between.asked, 1);
	ck_assert_uint_eq(served_size(), first);
	ck_assert_uint_eq(between.asked, 1); /* it has not moved */
	add_event(hash);
	ck_assert_uint_eq(served_size(), head_size());
	ck_assert_uint_gt(head_size(), first);
	/* Asked at once again, the same is given. */
	add_event(hash);
	ck_assert_uint_eq(get(ROUTE_LOG_CHECKPOINT, ""), 200);
	ck_assert_uint_eq(between.asked, 2);
}
END_TEST

START_TEST(proof_proves)
{
	struct proof_policy policy = { .log = &f.office->log.key };
	uint8_t raw[TLOG_HASH];
	struct proof_file file;
	struct err e = ERR_INIT;
	char hash[65];

	served_size();
	add_event(hash);
	/* Not covered yet: the checkpoint follows at once. */
	ck_assert_uint_eq(get(ROUTE_LOG_PROOF, hash), 200);
	ck_ok(hex_decode(hash, raw, sizeof(raw), &e), &e);
	ck_ok(proof_file_parse(buf_slice(&f.a.body), &file, &e), &e);
	ck_ok(proof_file_verify(&file, &policy, raw, NULL, &e), &e);
	ck_assert_uint_eq(file.index, head_size() - 1);
	/* The same beginning is another event. */
	hash[63] = hash[63] == '0' ? '1' : '0';
	ck_assert_uint_eq(get(ROUTE_LOG_PROOF, hash), 404);
	ck_assert(!atomic_load(&f.office->log.damaged));
	hash[0] = hash[0] == '0' ? '1' : '0';
	ck_assert_uint_eq(get(ROUTE_LOG_PROOF, hash), 404);
}
END_TEST

/* TLOG-33 */
START_TEST(nothing_beyond_the_checkpoint)
{
	char tile[TILE_PATH], hash[65];
	struct tile t = { .width = (unsigned)served_size() };

	ck_assert_uint_eq(get(ROUTE_LOG_TILE, tile_path_format(&t, tile)), 200);
	ck_assert_uint_eq(f.a.body.n, t.width * TLOG_HASH);
	add_event(hash);
	t.width++;
	ck_assert_uint_eq(get(ROUTE_LOG_TILE, tile_path_format(&t, tile)), 404);
	t.entries = true;
	ck_assert_uint_eq(get(ROUTE_LOG_TILE, tile_path_format(&t, tile)), 404);
	f.fail_op = OP_SIGN_CHECKPOINT;
	f.fail_after = 0;
	ck_assert_uint_eq(get(ROUTE_LOG_PROOF, hash), 404);
	ck_assert_uint_eq(get(ROUTE_LOG_PROOF, hash), 200);
	ck_assert_uint_eq(get(ROUTE_LOG_TILE, tile_path_format(&t, tile)), 200);
}
END_TEST

START_TEST(no_checkpoint_is_unavailable)
{
	f.fail_op = OP_SIGN_CHECKPOINT;
	f.fail_after = 0;
	ck_assert_uint_eq(get_checkpoint(), 503);
	ck_assert_uint_eq(get(ROUTE_LOG_TILE, "0/000.p/1"), 404);
	ck_assert_uint_gt(served_size(), 0);
	ck_assert_uint_eq(get(ROUTE_LOG_TILE, "0/000.p/1"), 200);
}
END_TEST

/* TLOG-31: what was read back gives another root. */
START_TEST(two_roots_are_not_signed)
{
	char name[16];

	for (unsigned k = 0; head_size() >> k != 0; k++) {
		snprintf(name, sizeof(name), "level-%02u", k);
		spoil(name, 3);
	}
	ck_assert_uint_eq(get_checkpoint(), 503);
	ck_assert_uint_eq(between.asked, 0);
	/* The office is opened anew and the cache made again. */
	ck_assert_int_eq(office_tick(f.office), -1);
	of_close(&f);
	of_open(&f);
	ck_assert_uint_eq(get_checkpoint(), 200);
}
END_TEST

/* TLOG-32: a good note of the log's key that says something else. */
START_TEST(another_checkpoint_is_not_taken)
{
	uint64_t first;
	char hash[65];

	between.keep = true;
	first = served_size();
	between.keep = false;
	between.again = true;
	add_event(hash);
	ck_assert_uint_eq(served_size(), first);
	ck_assert_uint_eq(between.asked, 2);
	ck_assert_uint_eq(f.office->log.signed_head.size, first);
	between.again = false;
	between.flip = true;
	ck_assert_uint_eq(served_size(), first);
	between.flip = false;
	ck_assert_uint_eq(served_size(), head_size());
}
END_TEST

/* TLOG-30 */
START_TEST(published_never_shrinks)
{
	CLEANUP(buf_free) struct buf old = BUF_INIT(KIB(4));
	uint64_t size;
	char hash[65];

	served_size();
	buf_put(&old, f.a.body.p, f.a.body.n);
	add_event(hash);
	size = served_size();
	office_log_publish(f.office, buf_slice(&old));
	ck_assert_uint_eq(f.office->log.head.size, size);
	ck_assert_uint_eq(served_size(), size);
	/* Nor is anything published that the log's key has not signed. */
	old.p[5] ^= 1;
	f.office->log.head.size = 0;
	office_log_publish(f.office, buf_slice(&old));
	ck_assert_uint_eq(f.office->log.head.size, 0);
}
END_TEST

START_TEST(receipt_gets_a_checkpoint_that_covers_it)
{
	CLEANUP(buf_free) struct buf note = BUF_INIT(NOTE_BYTES);
	struct checkpoint c;
	struct tlog_head head;
	struct err e = ERR_INIT;
	char hash[65];

	add_event(hash);
	ck_ok(office_checkpoint_over(f.office, head_size(), &note, &head, &e),
	    &e);
	ck_ok(
	    checkpoint_open(buf_slice(&note), &f.office->log.key, NULL, &c, &e),
	    &e);
	ck_assert_uint_eq(c.head.size, head_size());
	ck_assert_uint_eq(head.size, head_size());
	buf_reset(&note);
	ck_ok(office_checkpoint_over(f.office, 1, &note, &head, &e), &e);
	ck_assert_uint_eq(between.asked, 1);
	ck_code(
	    office_checkpoint_over(f.office, head_size() + 1, &note, &head, &e),
	    &e, E_UNAVAILABLE);
}
END_TEST

/* TLOG-34, TLOG-35 */
START_TEST(wrong_cache_is_not_served)
{
	static const struct {
		enum route_id route;
		const char *file, *what; /* NULL: the hash of an event */
	} uses[] = {
		{ ROUTE_LOG_TILE, "level-00", "0/000.p/1" },
		{ ROUTE_LOG_TILE, "entries", "entries/000.p/1" },
		{ ROUTE_LOG_PROOF, "entries", NULL },
		{ ROUTE_LOG_PROOF, "level-00", NULL },
	};
	uint8_t first[TLOG_HASH];
	struct err e = ERR_INIT;
	char hash[65];

	add_event(hash);
	served_size();
	ck_ok(tiles_event_hash(store_log(f.office->store), 0, first, &e), &e);
	hex_encode(first, sizeof(first), hash);
	spoil(uses[_i].file, 9);
	ck_assert_uint_eq(
	    get(uses[_i].route, uses[_i].what != NULL ? uses[_i].what : hash),
	    500);
	ck_assert_int_eq(office_tick(f.office), -1);
	of_close(&f);
	of_open(&f);
	ck_assert_uint_eq(served_size(), head_size());
	ck_assert_uint_eq(
	    get(uses[_i].route, uses[_i].what != NULL ? uses[_i].what : hash),
	    200);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("office_log");
	TCase *log = tcase_create("log");

	tcase_set_timeout(log, 120);
	tcase_add_checked_fixture(log, setup, teardown);
	tcase_add_test(log, checkpoint_is_the_head);
	tcase_add_test(log, proof_proves);
	tcase_add_test(log, nothing_beyond_the_checkpoint);
	tcase_add_test(log, no_checkpoint_is_unavailable);
	tcase_add_test(log, two_roots_are_not_signed);
	tcase_add_test(log, another_checkpoint_is_not_taken);
	tcase_add_test(log, published_never_shrinks);
	tcase_add_test(log, receipt_gets_a_checkpoint_that_covers_it);
	tcase_add_loop_test(log, wrong_cache_is_not_served, 0, 4);
	suite_add_tcase(suite, log);
	return suite_main(suite);
}
