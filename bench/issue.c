/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_issue: certificates per second of the signer's own code, in this
 * process: each request carries another signed decision for another number.
 * Decisions are made and signed beforehand.  Prints seconds, one per round.
 */
#include <stdio.h>
#include <stdlib.h>

#include "nintei/enc.h"
#include "nintei/limits.h"
#include "support/signing_fixture.h"
#include "timing.h"

static void
request_make(struct sf *f, struct sf_request *r, unsigned i)
{
	char id[24], number[24], dossier[24];

	snprintf(id, sizeof(id), "d-%u", i);
	snprintf(number, sizeof(number), "IPT%04u-2607", i);
	snprintf(dossier, sizeof(dossier), "c-%u", i);
	sf_certify(f, r, id);
	jsonx_set_str(r->fields, "case_id", dossier);
	jsonx_set_str(r->fields, "cert_number", number);
	jsonx_set_str(r->record, "number", number);
	sf_prove(f, r);
}

static double
round_run(struct sf *f, unsigned first, unsigned n)
{
	struct sf_request *r = xcalloc(n, sizeof(*r));
	struct buf der = BUF_INIT(KIB(16));
	struct err e = ERR_INIT;
	double from, took;

	for (unsigned i = 0; i < n; i++)
		request_make(f, &r[i], first + i);
	from = seconds();
	for (unsigned i = 0; i < n; i++) {
		buf_reset(&der);
		ck_ok(sf_issue(f, &r[i], &der, &e), &e);
	}
	took = seconds() - from;
	for (unsigned i = 0; i < n; i++)
		sf_request_done(&r[i]);
	buf_free(&der);
	free(r);
	return took;
}

static bool
number_read(const char *text, uint64_t max, uint64_t *out)
{
	struct err e = ERR_INIT;

	return dec_parse(text, max, out, &e) == 0 && *out > 0;
}

static uint64_t rounds, each;

START_TEST(issue)
{
	struct sf f;

	sf_init(&f);
	for (unsigned i = 0; i < rounds; i++)
		printf("%.6f\n",
		    round_run(&f, 1 + i * (unsigned)each, (unsigned)each));
	sf_done(&f);
}
END_TEST

int
main(int argc, char **argv)
{
	Suite *suite = suite_create("issue");
	TCase *all = tcase_create("issue");

	if (argc != 3 || !number_read(argv[1], 100, &rounds) ||
	    !number_read(argv[2], 9999 / rounds, &each)) {
		fprintf(stderr, "usage: bench_issue ROUNDS CERTIFICATES\n");
		return 2;
	}
	return suite_time(suite, all, issue);
}
