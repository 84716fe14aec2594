/* SPDX-License-Identifier: Apache-2.0 */
/*
 * P9: the log.  Append, prove, check, sign and verify checkpoints, each for a
 * while over a log of a million events in files.  One line of JSON each.
 */
#include <stdio.h>
#include <stdlib.h>

#include "nintei/digest.h"
#include "nintei/note.h"
#include "nintei/tiles.h"
#include "support/support.h"
#include "timing.h"

#define EVENTS 1000000
#define GROUP 64 /* events of one append: a group of the store */
#define ROUND 200000
#define KEPT 4096 /* proofs that are made, then checked, over and over */

static void
must(int rv, const struct err *e)
{
	if (rv == 0)
		return;
	fprintf(stderr, "%s: %s\n", err_name(e->code), e->detail);
	exit(1);
}

static void
say(const char *what, double n, double taken)
{
	printf("{\"figure\": \"%s\", \"value\": %.0f, \"unit\": \"/s\"}\n",
	    what, n / taken);
}

static void
bench_append(struct tiles *t, const uint8_t (*events)[TLOG_HASH])
{
	struct err e = ERR_INIT;
	double start = seconds();

	for (size_t i = 0; i < EVENTS; i += GROUP)
		must(tiles_append(t, events[i],
			 EVENTS - i < GROUP ? EVENTS - i : GROUP, &e),
		    &e);
	say("log append, groups of 64", EVENTS, seconds() - start);
}

/* Proofs made and checked apart, over the same entries. */
static void
bench_proofs(const struct tiles *t, const uint8_t (*events)[TLOG_HASH])
{
	CLEANUP(freep)
	struct tlog_proof *p = xcalloc(KEPT, sizeof(*p));
	CLEANUP(freep) uint64_t *at = xcalloc(ROUND, sizeof(*at));
	uint8_t root[TLOG_HASH];
	struct err e = ERR_INIT;
	uint64_t seed = 1;
	double start;

	for (size_t i = 0; i < ROUND; i++)
		at[i] = random_next(&seed) % EVENTS;
	start = seconds();
	for (size_t i = 0; i < ROUND; i++)
		must(tiles_inclusion(t, at[i], EVENTS, &p[i % KEPT], &e), &e);
	say("log prove inclusion", ROUND, seconds() - start);
	must(tiles_root(t, EVENTS, root, &e), &e);
	for (size_t i = 0; i < KEPT; i++)
		must(tiles_inclusion(t, at[i], EVENTS, &p[i], &e), &e);
	start = seconds();
	for (size_t i = 0; i < ROUND; i++)
		must(tlog_inclusion_verify(events[at[i % KEPT]], at[i % KEPT],
			 &p[i % KEPT], EVENTS, root, &e),
		    &e);
	say("log check inclusion", ROUND, seconds() - start);
	start = seconds();
	for (size_t i = 0; i < ROUND; i++)
		must(tiles_consistency(t, at[i] + 1, EVENTS, p, &e), &e);
	say("log prove consistency", ROUND, seconds() - start);
}

static void
bench_notes(void)
{
	CLEANUP(pkey_freep) struct pkey *key = NULL;
	CLEANUP(buf_free)
	struct buf text = BUF_INIT(KIB(1)), note = BUF_INIT(KIB(4));
	struct tlog_head head = { .size = EVENTS };
	struct err e = ERR_INIT;
	struct checkpoint c;
	struct note_key k;
	int n = ROUND / 10;
	double start;

	must(pkey_generate(KEY_ED25519, &key, &e), &e);
	must(note_key_make(slice_str("example.com/log"), NOTE_ED25519,
		 pkey_raw(key), &k, &e),
	    &e);
	start = seconds();
	for (int i = 0; i < n; i++) {
		buf_reset(&text);
		buf_reset(&note);
		checkpoint_format(slice_str(k.name), &head, &text);
		buf_put(&note, text.p, text.n);
		buf_putc(&note, '\n');
		must(note_sign(&k, key, buf_slice(&text), 0, &note, &e), &e);
	}
	say("checkpoint sign", n, seconds() - start);
	start = seconds();
	for (int i = 0; i < n; i++)
		must(checkpoint_open(buf_slice(&note), &k, NULL, &c, &e), &e);
	say("checkpoint verify", n, seconds() - start);
}

static void
bench_reopen(const char *dir)
{
	CLEANUP(tiles_freep) struct tiles *t = NULL;
	struct err e = ERR_INIT;
	double start = seconds();

	must(tiles_open(dir, true, &t, &e), &e);
	printf("{\"figure\": \"log open after close\", \"value\": %.2f, "
	       "\"unit\": \"ms\"}\n",
	    (seconds() - start) * 1e3);
}

START_TEST(measure)
{
	CLEANUP(freep)
	uint8_t(*events)[TLOG_HASH] = xcalloc(EVENTS, TLOG_HASH);
	CLEANUP(tiles_freep) struct tiles *t = NULL;
	struct err e = ERR_INIT;
	const char *dir = temp_dir();

	for (unsigned i = 0; i < EVENTS; i++)
		sha256_of(slice_of(&i, sizeof(i)), events[i]);
	must(tiles_open(dir, true, &t, &e), &e);
	bench_append(t, (const uint8_t(*)[TLOG_HASH])events);
	bench_proofs(t, (const uint8_t(*)[TLOG_HASH])events);
	bench_notes();
	tiles_close(TAKE(t));
	bench_reopen(dir);
}
END_TEST

int
main(void)
{
	return suite_time(suite_create("tlog"), tcase_create("tlog"), measure);
}
