/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_append: events per second of the store, one writer, each a signed
 * commit and durable before the next; every event opens another dossier.
 * Reads a number of events from each line of stdin and prints the seconds
 * that they took.
 */
#include <stdio.h>
#include <string.h>

#include "nintei/enc.h"
#include "support/store_fixture.h"
#include "timing.h"

static double
round_run(struct store *s, unsigned first, unsigned n)
{
	double from = seconds();
	struct store_done done;
	struct err e = ERR_INIT;
	char id[24];

	for (unsigned i = 0; i < n; i++) {
		snprintf(id, sizeof(id), "c-%u", first + i);
		ck_ok(fixture_append(s, id, "submit", 0, &done, &e), &e);
	}
	return seconds() - from;
}

static bool
line_read(uint64_t *out)
{
	struct err e = ERR_INIT;
	char line[24];

	if (fgets(line, sizeof(line), stdin) == NULL)
		return false;
	line[strcspn(line, "\n")] = '\0';
	return dec_parse(line, 100000, out, &e) == 0;
}

START_TEST(append)
{
	char *dir = temp_dir();
	struct store *s = NULL;
	struct store_opts opts;
	struct fixture f;
	struct err e = ERR_INIT;
	unsigned first = 1;
	uint64_t n;

	fixture_init(&f);
	ck_ok(fixture_create(&f, dir, &e), &e);
	opts = fixture_opts(&f);
	ck_ok(store_open(dir, &opts, NULL, &s, &e), &e);
	while (line_read(&n)) {
		printf("%.6f\n", round_run(s, first, (unsigned)n));
		fflush(stdout);
		first += (unsigned)n;
	}
	store_close(s);
	fixture_done(&f);
}
END_TEST

int
main(void)
{
	return suite_time(
	    suite_create("append"), tcase_create("append"), append);
}
