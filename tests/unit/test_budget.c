/* SPDX-License-Identifier: Apache-2.0 */
/* The time of all papers of a dossier together. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "nintei/bundle.h"
#include "nintei/examine.h"
#include "nintei/fs.h"
#include "nintei/intake.h"
#include "nintei/worker.h"
#include "support/dossier.h"
#include "support/support.h"

#define PAPERS 9

static struct intake_hosts hosts;
static struct scheme_set *schemes;
static struct dossier d;
static struct intake *in;
static struct findings found;

static int64_t
ms_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A text costs this long; everything else is read as ever. */
static int
slow_work(uint32_t kind, struct slice text, int out_fd)
{
	int64_t until = ms_now() + 300;

	while (kind == EXAMINE_PLAIN && ms_now() < until)
		;
	return examine_work(kind, text, out_fd);
}

static int
endless_work(uint32_t kind, struct slice text, int out_fd)
{
	volatile unsigned turns = 0;

	while (kind == EXAMINE_PLAIN)
		turns++;
	return examine_work(kind, text, out_fd);
}

static void
setup(void)
{
	struct err e = ERR_INIT;

	ck_ok(worker_host_local(bundle_worker_class(), &hosts.unpack, &e), &e);
	schemes = dossier_schemes();
	dossier_load(&d, "iaas-paas-iot");
	for (unsigned i = 0; i < PAPERS; i++) {
		char path[16];

		snprintf(path, sizeof(path), "paper-%u.txt", i);
		dossier_put(&d, path, slice_str("規程に定めています。"));
	}
}

static void
teardown(void)
{
	dossier_done(&d);
	intake_freep(&in);
	findings_free(&found);
	scheme_set_freep(&schemes);
	worker_host_freep(&hosts.unpack);
	worker_host_freep(&hosts.examine);
}

static void
check_with(worker_fn work, unsigned cpu_seconds, unsigned seconds)
{
	CLEANUP(fd_closep) int fd = dossier_zip(&d);
	struct worker_class class = *examine_worker_class();
	const struct intake_hint hint = {
		.now = DOSSIER_NOW, .scheme = "iaas-paas-iot", .kind = "new"
	};
	struct err e = ERR_INIT;

	class.run = work;
	class.limits.cpu_seconds = cpu_seconds;
	ck_ok(worker_host_local(&class, &hosts.examine, &e), &e);
	hosts.seconds = seconds;
	ck_ok(intake_check(&hosts, schemes, &hint, fd, &in, &found, &e), &e);
}

static unsigned
late(void)
{
	unsigned n = 0;

	for (size_t i = 0; i < found.n; i++)
		n += strcmp(found.items[i].rule, "BUNDLE-LIM_TIME") == 0;
	return n;
}

static unsigned
read_papers(void)
{
	unsigned n = 0;

	for (size_t i = 0; i < in->n_members; i++)
		n += in->members[i].document != NULL;
	return n;
}

/* Each within its own limit, all of them over that of the dossier. */
START_TEST(BUNDLE_LIM_TIME_of_all)
{
	check_with(slow_work, 5, 1);
	ck_assert_uint_eq(late(), 1);
	ck_assert_uint_lt(read_papers(), PAPERS);
	ck_assert(findings_worst(&found) == SEV_REFUSE);
}
END_TEST

/* The first that never end say what the others would. */
START_TEST(BUNDLE_LIM_TIME_again)
{
	check_with(endless_work, 1, 0);
	ck_assert_uint_eq(late(), LIMIT_LATE_PAPERS + 1);
}
END_TEST

START_TEST(time_is_enough)
{
	check_with(examine_work, 5, 0);
	ck_assert_uint_eq(late(), 0);
	ck_assert_uint_ge(read_papers(), PAPERS);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("budget");
	TCase *t = tcase_create("time");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, BUNDLE_LIM_TIME_of_all);
	tcase_add_test(t, BUNDLE_LIM_TIME_again);
	tcase_add_test(t, time_is_enough);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return suite_main(s);
}
