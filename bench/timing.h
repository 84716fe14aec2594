/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_BENCH_TIMING_H
#define NINTEI_BENCH_TIMING_H
/*
 * timing: a clock, and a Check suite of one function in this process, since
 * the fixtures of the tests report by Check.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "support/support.h"

static inline double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* main's return value; what failed is on stderr. */
static inline int
suite_time(Suite *suite, TCase *one, const TTest *fn)
{
	SRunner *runner;
	int failed;

	tcase_set_timeout(one, 0);
	tcase_add_test(one, fn);
	suite_add_tcase(suite, one);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	for (int i = 0; i < failed; i++)
		fprintf(stderr, "%s\n", tr_msg(srunner_failures(runner)[i]));
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
