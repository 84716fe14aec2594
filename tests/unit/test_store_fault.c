/* SPDX-License-Identifier: Apache-2.0 */
/* store: every file operation fails once, in every way. */
#include "nintei/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "support/store_case.h"
#include "support/store_faults.h"
#include "support/support.h"

static const struct {
	const char *name;
	int sys;
	bool half;
} modes[] = {
	{ "EIO", EIO, false },
	{ "ENOSPC", ENOSPC, false },
	{ "short, then EIO", EIO, true },
	{ "short, then ENOSPC", ENOSPC, true },
};

struct run {
	uint64_t acked; /* events of case-1 that were acknowledged */
	bool refused;
};

static uint8_t bytes[300000]; /* of half a document */

/* Three events, the second with a document, a seal; until one is refused. */
static struct run
run_some(uint64_t have)
{
	struct run r = { .acked = have };
	struct store_done done;

	for (unsigned i = 0; i < 3; i++) {
		struct err e = ERR_INIT;

		if (fixture_append(s, "case-1", "accept", i == 1 ? 4000 : 0,
			&done, &e) == 0) {
			r.acked++;
			continue;
		}
		ck_assert_msg(e.code == E_UNAVAILABLE, "%s: %s",
		    err_name(e.code), e.detail);
		r.refused = true;
		return r;
	}
	{
		struct err e = ERR_INIT;

		if (store_seal(s, &e) < 0) {
			ck_assert(e.code == E_UNAVAILABLE);
			r.refused = true;
		}
	}
	return r;
}

/* What was acknowledged is there; what was refused may be. */
static void
check_run(const struct run *r, uint64_t *have)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	struct store_dossier_head head;
	struct err e = ERR_INIT;

	ck_ok(store_dossier_head(s, "case-1", &head, &e), &e);
	ck_assert_uint_ge(head.seq, r->acked);
	ck_assert_uint_le(head.seq, r->acked + 1);
	for (uint64_t i = 1; i <= head.seq; i++) {
		buf_reset(&text);
		ck_ok(store_event_get(s, "case-1", i, &text, &e), &e);
	}
	*have = head.seq;
}

/* Reading goes on, whatever became of writing. */
static void
still_reads(const struct run *r)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	struct store_head head;
	struct err e = ERR_INIT;

	ck_ok(store_head(s, &head, &e), &e);
	for (uint64_t i = 1; i <= r->acked; i++) {
		buf_reset(&text);
		ck_ok(store_event_get(s, "case-1", i, &text, &e), &e);
	}
}

/* STORE-6: a failure is final, but for a disk that was full beforehand. */
static void
still_refuses(const struct run *r, int sys)
{
	struct store_done done;
	struct err e = ERR_INIT;

	if (!r->refused || sys == ENOSPC)
		return;
	ck_code(fixture_append(s, "case-2", "submit", 0, &done, &e), &e,
	    E_UNAVAILABLE);
}

START_TEST(each_call_fails_once)
{
	uint64_t have = 0;
	unsigned n = 1, hits = 0;

	for (;; n++) {
		struct faults faults = { .half = modes[_i].half,
			.sys = modes[_i].sys };
		struct store_files files = fault_files(&faults);
		struct store_opts opts = fixture_opts(&f);
		struct err e = ERR_INIT;
		struct run r;

		store_close(s);
		s = NULL;
		opts.files = &files;
		opts.seal_ms = 3600000;
		ck_ok(store_open(dir, &opts, NULL, &s, &e), &e);
		faults.count = 0;
		faults.at = n;
		r = run_some(have);
		still_reads(&r);
		still_refuses(&r, modes[_i].sys);
		store_close(s);
		s = NULL;
		hits += faults.hit;
		if (!faults.hit)
			break;
		store_reopen(NULL);
		check_run(&r, &have);
		ck_assert_uint_lt(n, 300);
	}
	ck_assert_uint_ge(hits, modes[_i].half ? 5 : 25);
	store_reopen(NULL);
	{
		CLEANUP(freep)
		char *fsck = xasprintf("git -C '%s/audit.git' fsck --full "
				       "--strict --no-dangling >/dev/null",
		    dir);

		ck_assert_int_eq(system(fsck), 0);
	}
}
END_TEST

/* A disk that is full, also after half of it, refuses one group, and takes the
 * next. */
START_TEST(full_disk_refuses_and_goes_on)
{
	struct faults faults = { .sys = ENOSPC, .half = _i == 1 };
	struct store_files files = fault_files(&faults);
	struct store_opts opts = fixture_opts(&f);
	struct store_done done;
	struct err e = ERR_INIT;

	store_close(s);
	s = NULL;
	opts.files = &files;
	opts.seal_ms = 3600000;
	ck_ok(store_open(dir, &opts, NULL, &s, &e), &e);
	append("case-1", "submit", 0);
	for (unsigned i = 0; i < 200 && faults.count < 20; i++)
		usleep(1000); /* the sealer has made the next segment */
	usleep(20000);
	faults.at = faults.count + 1;
	ck_code(fixture_append(s, "case-1", "accept", 0, &done, &e), &e,
	    E_UNAVAILABLE);
	ck_assert(faults.hit);
	ck_assert_uint_eq(append("case-1", "accept", 0).seq, 2);
	store_reopen(NULL);
	ck_assert_uint_eq(append("case-1", "accept", 0).seq, 3);
}
END_TEST

/* Open with these faults, none yet; the sealer has made what it makes ahead. */
static void
open_with(struct store_files *files)
{
	struct faults *faults = files->arg;
	struct store_opts opts = fixture_opts(&f);
	struct err e = ERR_INIT;

	store_close(s);
	s = NULL;
	opts.files = files;
	opts.seal_ms = 3600000;
	ck_ok(store_open(dir, &opts, NULL, &s, &e), &e);
	for (unsigned i = 0; i < 200 && faults->count == 0; i++)
		usleep(1000);
	usleep(20000);
}

static void
fsck(void)
{
	CLEANUP(freep)
	char *cmd = xasprintf("git -C '%s/audit.git' fsck --full --strict "
			      "--no-dangling >/dev/null && "
			      "! ls '%s/audit.git/refs/heads/' | grep lock",
	    dir, dir);

	ck_assert_int_eq(system(cmd), 0);
}

static void
all_are_there(uint64_t n)
{
	struct run r = { .acked = n };

	still_reads(&r);
}

/* Documents, half a document, two events; then no room from a call on. */
static bool
seal_full_at(unsigned n, int sys, uint64_t *have)
{
	struct faults faults = { .kind = FAULT_ROOM, .sys = sys };
	struct store_files files = fault_files(&faults);
	CLEANUP(store_blob_freep) struct store_blob *half = NULL;
	struct err e = ERR_INIT;
	bool refused;

	open_with(&files);
	append("case-1", "accept", 4000);
	append("case-1", "accept", 0);
	*have += 2;
	ck_ok(store_blob_new(s, 400000, &half, &e), &e);
	ck_ok(store_blob_add(half, slice_of(bytes, 300000), &e), &e);
	usleep(20000);
	faults.count = 0;
	faults.at = n;
	refused = store_seal(s, &e) < 0;
	ck_assert(!refused || e.code == E_UNAVAILABLE);
	ck_assert(!refused || faults.hit);
	ck_assert(!store_failed(s, &e));
	all_are_there(*have);
	faults.at = 0;
	append("case-1", "accept", 5000);
	*have += 1;
	e = (struct err)ERR_INIT;
	ck_ok(store_seal(s, &e), &e);
	ck_ok(store_blob_add(half, slice_of(bytes, 100000), &e), &e);
	{
		struct store_blob_done done;

		ck_ok(store_blob_finish(half, &done, &e), &e);
	}
	fsck();
	store_blob_free(TAKE(half));
	store_reopen(NULL);
	all_are_there(*have);
	return refused;
}

/* A seal without room is done again, from any step, without a new start. */
START_TEST(sealing_waits_for_room)
{
	static const int full[] = { ENOSPC, EDQUOT };
	uint64_t have = 0;
	unsigned n = 1;

	while (seal_full_at(n, full[_i], &have)) {
		n++;
		ck_assert_uint_lt(n, 100);
	}
	ck_assert_uint_ge(n, 10);
}
END_TEST

/* A sync that failed is final, whatever it says. */
START_TEST(sync_fails_for_good)
{
	static const int why[] = { EIO, ENOSPC };
	uint64_t have = 0;
	unsigned n = 1;

	for (;; n++) {
		struct faults faults = { .kind = FAULT_SYNC, .sys = why[_i] };
		struct store_files files = fault_files(&faults);
		struct store_done done;
		struct err e = ERR_INIT;

		open_with(&files);
		append("case-1", "accept", 4000);
		have++;
		usleep(20000);
		faults.count = 0;
		faults.at = n;
		if (store_seal(s, &e) == 0) {
			store_reopen(NULL);
			break;
		}
		ck_assert(faults.hit && store_failed(s, &e));
		ck_code(fixture_append(s, "case-1", "accept", 0, &done, &e), &e,
		    E_UNAVAILABLE);
		all_are_there(have);
		store_reopen(NULL);
		all_are_there(have);
		fsck();
		ck_assert_uint_lt(n, 100);
	}
	ck_assert_uint_ge(n, 6);
}
END_TEST

/* A store that ended while it could not seal, on a disk that is still full. */
START_TEST(opens_without_room)
{
	uint64_t have = 0;
	unsigned n = 1;

	for (;; n++) {
		struct faults faults = { .kind = FAULT_ROOM, .sys = ENOSPC };
		struct store_files files = fault_files(&faults);
		struct store_opts opts = fixture_opts(&f);
		struct store_report report;
		struct err e = ERR_INIT;
		bool hit;

		open_with(&files);
		append("case-1", "accept", 4000);
		append("case-1", "accept", 0);
		have += 2;
		faults.count = 0;
		faults.at = 1;
		store_close(s);
		s = NULL;
		faults.count = 0;
		faults.hit = false;
		faults.at = n;
		opts.files = &files;
		opts.seal_ms = 3600000;
		ck_ok(store_open(dir, &opts, &report, &s, &e), &e);
		ck_assert_uint_eq(report.commits_recovered, 2);
		hit = report.segments_sealed < 2;
		ck_assert(!hit || faults.hit);
		all_are_there(have);
		faults.at = 0;
		append("case-1", "accept", 3000);
		have++;
		ck_ok(store_seal(s, &e), &e);
		fsck();
		store_reopen(NULL);
		all_are_there(have);
		if (!hit)
			break;
		ck_assert_uint_lt(n, 100);
	}
	ck_assert_uint_ge(n, 8);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_fault");
	TCase *tc = tcase_create("fault");

	tcase_set_timeout(tc, 280);
	tcase_add_checked_fixture(tc, store_setup, store_teardown);
	tcase_add_loop_test(tc, each_call_fails_once, 0, NELEM(modes));
	tcase_add_loop_test(tc, full_disk_refuses_and_goes_on, 0, 2);
	tcase_add_loop_test(tc, sealing_waits_for_room, 0, 2);
	tcase_add_loop_test(tc, sync_fails_for_good, 0, 2);
	tcase_add_test(tc, opens_without_room);
	suite_add_tcase(suite, tc);
	return suite_main(suite);
}
