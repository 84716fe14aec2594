/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits a second of nintei-signer over its socket, confined, in groups: each
 * group is signed and then told durable, as the store does.
 */
#include "support/signer_process.h"
#include "support/signing_commits.h"

#include <stdio.h>
#include <stdlib.h>

#include "nintei/fs.h"
#include "timing.h"

#define SECONDS 2.0

static void
event_next(struct next *n)
{
	static uint64_t count;

	count++;
	for (size_t i = 0; i < 8; i++)
		n->event[8 + i] = (uint8_t)(count >> (8 * i));
}

static void
measure(struct sf *f, struct next *n, size_t size)
{
	double signing = 0, telling = 0;
	size_t groups = 0;
	struct err e = ERR_INIT;

	while (signing + telling < SECONDS) {
		CLEANUP(grp_free) struct grp *g = NULL;
		double start, middle;

		event_next(n);
		g = grp_make(n, size);
		start = seconds();
		ck_ok(signer_sign_commits(
			  &f->link, &g->g, g->armour, n->parent, &e),
		    &e);
		middle = seconds();
		ck_ok(signer_durable(&f->link, n->parent, &e), &e);
		telling += seconds() - middle;
		signing += middle - start;
		groups++;
	}
	printf("signer %zu %.0f %.0f %.1f %.1f\n", size,
	    (double)(groups * size) / (signing + telling),
	    (double)groups / (signing + telling),
	    1e6 * signing / (double)groups, 1e6 * telling / (double)groups);
}

START_TEST(groups)
{
	static const size_t sizes[] = { 1, 8, 32, 64 };
	struct running r;
	struct next n;
	struct sf f;

	sf_init(&f);
	next_init(&f, &n);
	log_init_one(&f, &n.log);
	sf_close(&f);
	signer_process_run(&f, &r);
	f.link = r.link;
	n.time = 4000000000; /* after whatever the clock says */
	printf("# commits/group commits/s groups/s us/sign us/durable\n");
	for (size_t i = 0; i < NELEM(sizes); i++)
		measure(&f, &n, sizes[i]);
	ck_assert_int_eq(signer_process_end(&r), 0);
	sf_done(&f);
}
END_TEST

int
main(void)
{
	return suite_time(
	    suite_create("signer"), tcase_create("signer"), groups);
}
