/* SPDX-License-Identifier: Apache-2.0 */
/* Collecting cosignatures: real witnesses in this process, and bad ones. */
#include "nintei/cosigners.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/witness.h"
#include "support/log_make.h"
#include "support/support.h"

#define ORIGIN "log.example"
#define MEMBERS 3
#define WAIT_MS 20000

/* How a witness behaves. */
enum manner {
	HONEST = 0,
	GONE, /* no connection */
	FORGED, /* another's signature under its name */
	STRANGER, /* a right line of a key that nobody knows */
	EMPTY, /* 200 and nothing */
	GARBAGE,
	OLD_CLOCK, /* cosigned long ago */
	OTHER_TEXT, /* cosigns another size */
	LIES_AHEAD, /* 409 and a size that we never had */
	SAME_SIZE, /* 409 and the size that we named */
	UNTYPED, /* 409 without a size */
	NEVER_SURE, /* 409 with another size each time */
	FORBIDS /* 403 */
};

struct one {
	enum manner manner;
	struct witness *w;
	struct note_key pub;
	struct pkey *key;
	unsigned asked;
};

struct world {
	char *dir; /* store/log */
	struct test_log log;
	struct one one[MEMBERS];
	pthread_mutex_t lock; /* around all below, and manner */
	struct buf published;
	uint64_t sizes[64]; /* published, in order */
	unsigned n_published;
	unsigned alarms;
	char last_event[64];
};

static int64_t
now_at(void *arg)
{
	(void)arg;
	return (int64_t)time(NULL);
}

/* --- witnesses --- */

static void
one_init(
    struct one *x, const char *base, const struct test_log *log, unsigned i)
{
	CLEANUP(freep) char *name = xasprintf("w%u.example", i);
	CLEANUP(freep) char *dir = fs_join(base, name);
	uint8_t raw[32] = { (uint8_t)(100 + i) };
	struct witness_key key = { 0 };
	struct witness_options o = { .state = dir,
		.key = &key,
		.logs = &log->pub,
		.n_logs = 1,
		.clock = { now_at, NULL } };
	struct err e = ERR_INIT;

	ck_ok(pkey_of_ed25519_seed(slice_of(raw, 32), &key.private, &e), &e);
	ck_ok(pkey_of_ed25519_seed(slice_of(raw, 32), &x->key, &e), &e);
	ck_ok(note_key_make(slice_str(name), NOTE_COSIGNATURE,
		  pkey_raw(key.private), &key.pub, &e),
	    &e);
	x->pub = key.pub;
	ck_ok(witness_open(&o, &x->w, &e), &e);
}

static int
honest(
    struct one *x, struct slice body, struct cosign_answer *out, struct err *e)
{
	struct witness_answer a = { .body = BUF_INIT(4096) };

	if (witness_add_checkpoint(x->w, body, &a, e) < 0)
		return -1;
	out->status = a.status;
	out->is_size = a.is_size;
	buf_put(&out->body, a.body.p, a.body.n);
	buf_free(&a.body);
	return 0;
}

/* 200 with a line over this text by this key. */
static void
sign(const struct one *by, const struct note_key *as, struct slice text,
    uint64_t at, struct cosign_answer *out)
{
	struct note_key key = *as;
	struct err e = ERR_INIT;

	(void)by;
	out->status = 200;
	ck_ok(note_sign(&key, by->key, text, at, &out->body, &e), &e);
}

static void
bad(struct world *w, uint32_t i, enum manner manner, struct slice body,
    struct cosign_answer *out)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(4096);
	struct one *x = &w->one[i];
	struct witness_request q;
	struct note_key stranger;
	struct note n;
	struct tlog_head head;
	struct err e = ERR_INIT;

	ck_ok(witness_request_parse(body, &q, &e), &e);
	ck_ok(note_parse(q.checkpoint, &n, &e), &e);
	test_log_head(&w->log, 1, &head);
	checkpoint_format(slice_str(ORIGIN), &head, &text);
	ck_ok(note_key_make(slice_str("x.example"), NOTE_COSIGNATURE,
		  pkey_raw(x->key), &stranger, &e),
	    &e);
	if (manner == STRANGER)
		sign(x, &stranger, n.text, (uint64_t)time(NULL), out);
	if (manner == OLD_CLOCK)
		sign(x, &x->pub, n.text, (uint64_t)time(NULL) - 86400, out);
	if (manner == OTHER_TEXT || manner == FORGED)
		sign(x, &x->pub, buf_slice(&text), (uint64_t)time(NULL), out);
	if (manner == FORGED)
		out->body.p[out->body.n - 20] ^= 1;
	out->status = manner >= LIES_AHEAD ? 409 : 200;
	out->is_size = manner >= LIES_AHEAD && manner != UNTYPED;
	if (manner == GARBAGE)
		buf_puts(&out->body, "hello\n");
	if (manner == LIES_AHEAD)
		buf_puts(&out->body, "1000000\n");
	if (manner == SAME_SIZE || manner == UNTYPED)
		buf_putf(&out->body, "%llu\n", (unsigned long long)q.old_size);
	if (manner == NEVER_SURE)
		buf_putf(&out->body, "%llu\n",
		    (unsigned long long)(q.old_size == 1 ? 2 : 1));
	if (manner == FORBIDS)
		out->status = 403;
}

static int
post(void *arg, uint32_t i, struct slice body, struct cosign_answer *out,
    struct err *e)
{
	struct world *w = arg;
	enum manner manner;

	ck_assert_uint_lt(i, MEMBERS);
	pthread_mutex_lock(&w->lock);
	manner = w->one[i].manner;
	w->one[i].asked++;
	pthread_mutex_unlock(&w->lock);
	if (manner == HONEST)
		return honest(&w->one[i], body, out, e);
	if (manner == GONE)
		return err_set(e, E_UNAVAILABLE, "nobody answers");
	bad(w, i, manner, body, out);
	return 0;
}

/* --- our side --- */

static int
prove(void *arg, uint64_t old, uint64_t now, struct tlog_proof *out,
    struct err *e)
{
	const struct world *w = arg;

	(void)e;
	ck_assert_uint_gt(old, 0);
	ck_assert_uint_lt(old, now);
	test_log_prove(&w->log, old, now, out);
	return 0;
}

static void
publish(void *arg, struct slice note)
{
	struct world *w = arg;
	struct checkpoint c;
	struct err e = ERR_INIT;

	ck_ok(checkpoint_open(note, &w->log.pub, NULL, &c, &e), &e);
	pthread_mutex_lock(&w->lock);
	buf_reset(&w->published);
	buf_put(&w->published, note.p, note.n);
	ck_assert_uint_lt(w->n_published, NELEM(w->sizes));
	w->sizes[w->n_published++] = c.head.size;
	pthread_mutex_unlock(&w->lock);
}

static void
say(void *arg, bool is_alarm, const char *event, const char *witness,
    const struct err *e)
{
	struct world *w = arg;

	(void)witness;
	(void)e;
	pthread_mutex_lock(&w->lock);
	w->alarms += is_alarm;
	(void)snprintf(w->last_event, sizeof(w->last_event), "%s", event);
	pthread_mutex_unlock(&w->lock);
}

static void
world_init(struct world *w)
{
	const char *base = temp_dir();
	struct err e = ERR_INIT;

	*w = (struct world){ .dir = fs_join(base, "log"),
		.published = BUF_INIT(NOTE_BYTES) };
	ck_ok(fs_mkdirs(AT_FDCWD, w->dir, 0755, &e), &e);
	pthread_mutex_init(&w->lock, NULL);
	test_log_init(&w->log, ORIGIN, 1);
	for (unsigned i = 0; i < MEMBERS; i++)
		one_init(&w->one[i], base, &w->log, i);
}

static void
world_done(struct world *w)
{
	for (unsigned i = 0; i < MEMBERS; i++) {
		witness_close(w->one[i].w);
		pkey_free(w->one[i].key);
	}
	buf_free(&w->published);
	free(w->dir);
	test_log_done(&w->log);
	pthread_mutex_destroy(&w->lock);
}

static struct cosigners *
start(struct world *w, size_t n, unsigned quorum)
{
	struct note_key keys[MEMBERS] = { w->one[0].pub, w->one[1].pub,
		w->one[2].pub };
	const struct cosigners_options o = { .witness = keys,
		.n = n,
		.quorum = quorum,
		.log = w->log.pub,
		.dir = w->dir,
		.clock = { now_at, NULL },
		.post = post,
		.post_arg = w,
		.prove = prove,
		.prove_arg = w,
		.publish = publish,
		.publish_arg = w,
		.say = say,
		.say_arg = w };
	struct cosigners *c = NULL;
	struct err e = ERR_INIT;

	ck_ok(cosigners_new(&o, &c, &e), &e);
	return c;
}

static void
offer(struct world *w, struct cosigners *c, uint64_t size)
{
	CLEANUP(buf_free) struct buf note = BUF_INIT(NOTE_BYTES);
	struct err e = ERR_INIT;

	test_log_note(&w->log, size, &note);
	ck_ok(cosigners_offer(c, buf_slice(&note), &e), &e);
}

static void
nap(void)
{
	const struct timespec t = { .tv_nsec = 10000000 };

	(void)nanosleep(&t, NULL);
}

/* Size and cosigners of what is published now. */
static unsigned
now_published(struct world *w, size_t n, uint64_t *size)
{
	struct note_key keys[MEMBERS] = { w->one[0].pub, w->one[1].pub,
		w->one[2].pub };
	struct checkpoint c;
	struct note note;
	struct err e = ERR_INIT;
	unsigned lines = 0;

	*size = 0;
	pthread_mutex_lock(&w->lock);
	if (w->published.n != 0) {
		ck_ok(checkpoint_open(
			  buf_slice(&w->published), &w->log.pub, &note, &c, &e),
		    &e);
		ck_ok(note_count_cosigned(&note, keys, n, &lines, &e), &e);
		*size = c.head.size;
	}
	pthread_mutex_unlock(&w->lock);
	return lines;
}

static void
wait_published(struct world *w, uint64_t size, unsigned lines)
{
	uint64_t have = 0;
	unsigned n = 0;

	for (int ms = 0; ms < WAIT_MS; ms += 10) {
		n = now_published(w, MEMBERS, &have);
		if (have == size && n >= lines)
			return;
		nap();
	}
	ck_abort_msg("want %llu with %u, have %llu with %u: %s",
	    (unsigned long long)size, lines, (unsigned long long)have, n,
	    w->last_event);
}

static void
wait_asked(struct world *w, unsigned i, unsigned times)
{
	bool enough = false;

	for (int ms = 0; ms < WAIT_MS && !enough; ms += 10) {
		pthread_mutex_lock(&w->lock);
		enough = w->one[i].asked >= times;
		pthread_mutex_unlock(&w->lock);
		nap();
	}
	ck_assert(enough);
}

static void
wait_cosigned(struct cosigners *c, unsigned i, uint64_t size)
{
	struct cosigners_state s = { .n = 0 };

	for (int ms = 0; ms < WAIT_MS && s.witness[i].size != size; ms += 10) {
		nap();
		cosigners_state(c, &s);
	}
	ck_assert_uint_eq(s.witness[i].size, size);
}

static void
behave(struct world *w, unsigned i, enum manner manner)
{
	pthread_mutex_lock(&w->lock);
	w->one[i].manner = manner;
	pthread_mutex_unlock(&w->lock);
}

static void
sizes_never_shrink(const struct world *w)
{
	for (unsigned i = 1; i < w->n_published; i++)
		ck_assert_uint_ge(w->sizes[i], w->sizes[i - 1]);
}

/* --- cases --- */

START_TEST(quorum_of_all)
{
	CLEANUP(world_done) struct world w;
	struct cosigners_state s;
	struct cosigners *c;

	world_init(&w);
	c = start(&w, 2, 2);
	ck_assert_uint_eq(w.n_published, 0);
	offer(&w, c, 5);
	wait_published(&w, 5, 2);
	offer(&w, c, 9);
	wait_published(&w, 9, 2);
	cosigners_state(c, &s);
	ck_assert_uint_eq(s.offered, 9);
	ck_assert_uint_eq(s.published, 9);
	ck_assert_uint_eq(s.waiting_since, 0);
	ck_assert_uint_eq(s.witness[0].size, 9);
	ck_assert_uint_ne(s.witness[1].cosigned_at, 0);
	cosigners_free(c);
	sizes_never_shrink(&w);
	/* Never with less than the quorum. */
	ck_assert_uint_eq(w.sizes[0], 5);
	ck_assert_uint_eq(w.n_published, 2);
}
END_TEST

START_TEST(one_down_of_two)
{
	CLEANUP(world_done) struct world w;
	struct cosigners_state s;
	struct cosigners *c;
	uint64_t size;

	world_init(&w);
	behave(&w, 1, GONE);
	c = start(&w, 2, 1);
	offer(&w, c, 5);
	wait_published(&w, 5, 1);
	offer(&w, c, 6);
	wait_published(&w, 6, 1);
	cosigners_state(c, &s);
	ck_assert_uint_ge(s.witness[1].failures, 1);
	cosigners_free(c);
	/* With two needed nothing newer appears, until it is back. */
	c = start(&w, 2, 2);
	offer(&w, c, 8);
	wait_asked(&w, 0, 3);
	wait_asked(&w, 1, 4);
	now_published(&w, 2, &size);
	ck_assert_uint_eq(size, 6);
	cosigners_state(c, &s);
	ck_assert_uint_ne(s.waiting_since, 0);
	behave(&w, 1, HONEST);
	cosigners_hurry(c);
	wait_published(&w, 8, 2);
	cosigners_free(c);
	sizes_never_shrink(&w);
}
END_TEST

START_TEST(without_quorum_at_once)
{
	CLEANUP(world_done) struct world w;
	struct cosigners *c;
	uint64_t size;

	world_init(&w);
	behave(&w, 0, GONE);
	c = start(&w, 1, 0);
	offer(&w, c, 5);
	ck_assert_uint_eq(now_published(&w, 1, &size), 0);
	ck_assert_uint_eq(size, 5);
	wait_asked(&w, 0, 1);
	behave(&w, 0, HONEST);
	cosigners_hurry(c);
	wait_published(&w, 5, 1); /* the same, cosigned */
	offer(&w, c, 4); /* older: passed over */
	now_published(&w, 1, &size);
	ck_assert_uint_eq(size, 5);
	cosigners_free(c);
}
END_TEST

START_TEST(no_witness_at_all)
{
	CLEANUP(world_done) struct world w;
	struct cosigners *c;
	uint64_t size;

	world_init(&w);
	c = start(&w, 0, 0);
	offer(&w, c, 1);
	offer(&w, c, 7);
	now_published(&w, 0, &size);
	ck_assert_uint_eq(size, 7);
	ck_assert_uint_eq(w.n_published, 2);
	cosigners_free(c);
}
END_TEST

/* WIT-8: a new start serves what was served, before anybody answers. */
START_TEST(published_outlives_the_process)
{
	CLEANUP(world_done) struct world w;
	struct cosigners *c;
	uint64_t size;

	world_init(&w);
	c = start(&w, 2, 2);
	offer(&w, c, 5);
	wait_published(&w, 5, 2);
	cosigners_free(c);
	buf_reset(&w.published);
	behave(&w, 0, GONE);
	c = start(&w, 2, 2);
	ck_assert_uint_eq(now_published(&w, 2, &size), 2);
	ck_assert_uint_eq(size, 5);
	cosigners_free(c);
	/* Not when the policy has become stricter. */
	buf_reset(&w.published);
	c = start(&w, 3, 3);
	ck_assert_uint_eq(now_published(&w, 3, &size), 0);
	ck_assert_uint_eq(size, 0);
	cosigners_free(c);
}
END_TEST

/* The files are caches: without them the witness says what it has. */
START_TEST(WIT_5_asks_the_witness_for_its_size)
{
	CLEANUP(world_done) struct world w;
	struct cosigners *c;
	struct err e = ERR_INIT;

	world_init(&w);
	c = start(&w, 2, 2);
	offer(&w, c, 5);
	wait_published(&w, 5, 2);
	cosigners_free(c);
	remove_tree(w.dir);
	ck_ok(fs_mkdirs(AT_FDCWD, w.dir, 0755, &e), &e);
	c = start(&w, 2, 2);
	offer(&w, c, 12);
	wait_published(&w, 12, 2);
	cosigners_free(c);
	ck_assert_uint_eq(w.alarms, 0);
}
END_TEST

static const struct {
	enum manner manner;
	bool alarm;
} manners[] = {
	{ GONE, false },
	{ FORGED, false },
	{ STRANGER, false },
	{ EMPTY, false },
	{ GARBAGE, false },
	{ OLD_CLOCK, false },
	{ OTHER_TEXT, false },
	{ LIES_AHEAD, true },
	{ SAME_SIZE, true },
	{ UNTYPED, true },
	{ NEVER_SURE, false },
	{ FORBIDS, false },
};

/* Nothing that a bad witness says counts, and the good one is not held up. */
START_TEST(bad_witness)
{
	CLEANUP(world_done) struct world w;
	struct cosigners_state s;
	struct cosigners *c;
	uint64_t size;

	world_init(&w);
	behave(&w, 1, manners[_i].manner);
	c = start(&w, 2, 2);
	offer(&w, c, 5);
	wait_asked(&w, 1, 2);
	wait_cosigned(c, 0, 5);
	ck_assert_uint_eq(now_published(&w, 2, &size), 0);
	cosigners_state(c, &s);
	ck_assert_uint_eq(s.witness[1].cosigned_at, 0);
	ck_assert_int_eq(s.witness[1].refuses, manners[_i].alarm);
	ck_assert_uint_eq(w.alarms, manners[_i].alarm);
	behave(&w, 1, HONEST);
	cosigners_hurry(c);
	wait_published(&w, 5, 2);
	cosigners_free(c);
}
END_TEST

/* A copy of the log that went another way is refused, and people are told. */
START_TEST(forked_log_is_refused)
{
	CLEANUP(world_done) struct world w;
	struct cosigners_state s;
	struct cosigners *c;
	uint64_t size;

	world_init(&w);
	c = start(&w, 2, 2);
	offer(&w, c, 5);
	wait_published(&w, 5, 2);
	cosigners_free(c);
	w.log.fork = 3;
	c = start(&w, 2, 2);
	offer(&w, c, 9);
	wait_asked(&w, 0, 2);
	wait_asked(&w, 1, 2);
	for (int ms = 0; ms < WAIT_MS && w.alarms < 2; ms += 10)
		nap();
	cosigners_state(c, &s);
	ck_assert(s.witness[0].refuses && s.witness[1].refuses);
	now_published(&w, 2, &size);
	ck_assert_uint_eq(size, 5);
	cosigners_free(c);
}
END_TEST

START_TEST(only_our_checkpoints_are_taken)
{
	CLEANUP(world_done) struct world w;
	CLEANUP(test_log_done) struct test_log other;
	CLEANUP(buf_free) struct buf note = BUF_INIT(NOTE_BYTES);
	struct err e = ERR_INIT;
	struct cosigners *c;

	world_init(&w);
	c = start(&w, 0, 0);
	test_log_init(&other, "other.example", 1);
	test_log_note(&other, 5, &note);
	ck_code(cosigners_offer(c, buf_slice(&note), &e), &e, E_INVALID);
	ck_assert_uint_eq(w.n_published, 0);
	cosigners_free(c);
}
END_TEST

/* Many offers in a row: the last is published, the witnesses not flooded. */
START_TEST(many_offers)
{
	CLEANUP(world_done) struct world w;
	struct cosigners *c;

	world_init(&w);
	c = start(&w, 3, 2);
	for (uint64_t size = 1; size <= 200; size++)
		offer(&w, c, size);
	wait_published(&w, 200, 2);
	cosigners_free(c);
	sizes_never_shrink(&w);
	ck_assert_uint_le(w.one[0].asked, 10);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("cosigners");
	TCase *t = tcase_create("cosigners");

	tcase_add_test(t, quorum_of_all);
	tcase_add_test(t, one_down_of_two);
	tcase_add_test(t, without_quorum_at_once);
	tcase_add_test(t, no_witness_at_all);
	tcase_add_test(t, published_outlives_the_process);
	tcase_add_test(t, WIT_5_asks_the_witness_for_its_size);
	tcase_add_loop_test(t, bad_witness, 0, NELEM(manners));
	tcase_add_test(t, forked_log_is_refused);
	tcase_add_test(t, only_our_checkpoints_are_taken);
	tcase_add_test(t, many_offers);
	tcase_set_timeout(t, 120);
	suite_add_tcase(s, t);
	return suite_main(s);
}
