/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_intake, bench_intake_here: what it costs to take something in.
 *
 *	bench_intake admit N PATH     an archive: unpack, hash, admit
 *	bench_intake admit7 N PATH    the same where 7z is taken
 *	bench_intake check N PATH     a whole dossier: intake_check
 *	bench_intake xlsx N PATH      a workbook through examine's child
 *	bench_intake pdf N PATH       a PDF through the child of pdftext
 *
 * One line of numbers: least and median ms of N runs; ms of processor of one
 * run, in this process and in those of the worker; KiB of the largest of
 * them; members or facts; findings.  The first run is not counted.
 * bench_intake_here has no process but its own: see here.c.
 */
#include <sys/resource.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "nintei/bundle.h"
#include "nintei/examine.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/worker.h"
#include "support/dossier.h"
#include "timing.h"

struct result {
	size_t n, findings;
};
static struct intake_hosts hosts;
static struct scheme_set *schemes;

static void
bundle_here(int fd, bool seven, struct result *r)
{
	CLEANUP(findings_free) struct findings f = { 0 };
	CLEANUP(bundle_freep) struct bundle *b = NULL;
	struct err e = ERR_INIT;

	ck_ok((seven ? bundle_admit_7z : bundle_admit)(
		  hosts.unpack, fd, &b, &f, &e),
	    &e);
	*r = (struct result){ b->n, f.n };
}

static void
admit_one(int fd, struct result *r)
{
	bundle_here(fd, false, r);
}

static void
admit7_one(int fd, struct result *r)
{
	bundle_here(fd, true, r);
}

static void
check_one(int fd, struct result *r)
{
	const struct intake_hint hint = {
		.scheme = "iaas-paas-iot", .kind = "new", .now = DOSSIER_NOW
	};
	CLEANUP(findings_free) struct findings f = { 0 };
	CLEANUP(intake_freep) struct intake *in = NULL;
	struct err e = ERR_INIT;

	ck_ok(intake_check(&hosts, schemes, &hint, fd, &in, &f, &e), &e);
	*r = (struct result){ in->n_members, f.n };
}

static void
xlsx_one(int fd, struct result *r)
{
	CLEANUP(findings_free) struct findings f = { 0 };
	CLEANUP(examined_freep) struct examined *x = NULL;
	struct err e = ERR_INIT;

	ck_ok(examine_run(
		  hosts.examine, EXAMINE_XLSX, "form.xlsx", fd, &x, &f, &e),
	    &e);
	*r = (struct result){ x->json != NULL, f.n };
}

/* The bytes of the runs are counted, not read. */
static void
pdf_one(int fd, struct result *r)
{
	static uint8_t block[KIB(64)];
	struct err e = ERR_INIT;
	enum worker_end end;
	struct worker_job job;
	size_t n;

	*r = (struct result){ 0 };
	ck_ok(worker_start(hosts.pdftext, 0, fd, &job, &e), &e);
	do {
		ck_ok(worker_read(&job, block, sizeof(block), &n, &e), &e);
		r->n += n;
	} while (n > 0);
	ck_ok(worker_finish(&job, &end, &e), &e);
	r->findings = end != WORKER_OK;
}

static const struct {
	const char *word;
	void (*one)(int fd, struct result *r);
	bool unpack, examine, pdftext;
} kinds[] = {
	{ "admit", admit_one, true, false, false },
	{ "admit7", admit7_one, true, false, false },
	{ "check", check_one, true, true, false },
	{ "xlsx", xlsx_one, false, true, false },
	{ "pdf", pdf_one, false, false, true },
};

static void
hosts_start(size_t kind)
{
	struct err e = ERR_INIT;

	if (kinds[kind].unpack)
		ck_ok(
		    worker_host_local(bundle_worker_class(), &hosts.unpack, &e),
		    &e);
	if (kinds[kind].examine)
		ck_ok(worker_host_local(
			  examine_worker_class(), &hosts.examine, &e),
		    &e);
	if (kinds[kind].pdftext)
		ck_ok(worker_host_program(TEST_BINARY_DIR "/bin/nintei-pdftext",
			  &hosts.pdftext, &e),
		    &e);
}

/* Waits for the zygotes, so that what they used is counted. */
static void
hosts_end(void)
{
	worker_host_freep(&hosts.unpack);
	worker_host_freep(&hosts.examine);
	worker_host_freep(&hosts.pdftext);
}

/* Milliseconds of processor, of RUSAGE_SELF or RUSAGE_CHILDREN. */
static double
cpu_ms(int who)
{
	struct rusage u;

	ck_assert_int_eq(getrusage(who, &u), 0);
	return 1e3 * (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* What zygotes use that serve nothing. */
static double
idle_ms(size_t kind)
{
	double before = cpu_ms(RUSAGE_CHILDREN);

	hosts_start(kind);
	hosts_end();
	return cpu_ms(RUSAGE_CHILDREN) - before;
}

static void
measure(size_t kind, unsigned n, int fd)
{
	CLEANUP(freep) double *ms = xcalloc(n, sizeof(*ms));
	double idle = idle_ms(kind), own, theirs = cpu_ms(RUSAGE_CHILDREN);
	struct rusage u;
	struct result r;

	hosts_start(kind);
	kinds[kind].one(fd, &r);
	own = cpu_ms(RUSAGE_SELF);
	for (unsigned i = 0; i < n; i++) {
		double begun = seconds();

		kinds[kind].one(fd, &r);
		ms[i] = 1e3 * (seconds() - begun);
	}
	own = (cpu_ms(RUSAGE_SELF) - own) / n;
	hosts_end();
	theirs = (cpu_ms(RUSAGE_CHILDREN) - theirs - idle) / (n + 1);
	ck_assert_int_eq(getrusage(RUSAGE_CHILDREN, &u), 0);
	qsort(ms, n, sizeof(*ms), by_size);
	printf("%.4f %.4f %.4f %.4f %ld %zu %zu\n", ms[0], ms[n / 2], own,
	    theirs > 0 ? theirs : 0, u.ru_maxrss, r.n, r.findings);
}

static int
archive_open(const char *path)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(LIMIT_UPLOAD_BYTES);
	struct err e = ERR_INIT;
	int fd = -1;

	ck_ok(fs_read(AT_FDCWD, path, LIMIT_UPLOAD_BYTES, &bytes, &e), &e);
	ck_ok(memfd_of("archive", buf_slice(&bytes), &fd, &e), &e);
	return fd;
}

static int arguments;
static char **argument;

START_TEST(run)
{
	unsigned n =
	    arguments == 4 ? (unsigned)strtoul(argument[2], NULL, 10) : 0;

	ck_assert_uint_gt(n, 0);
	schemes = dossier_schemes();
	for (size_t i = 0; i < NELEM(kinds); i++)
		if (strcmp(kinds[i].word, argument[1]) == 0)
			measure(i, n, archive_open(argument[3]));
	scheme_set_free(schemes);
}
END_TEST

int
main(int argc, char **argv)
{
	arguments = argc;
	argument = argv;
	return suite_time(suite_create("intake"), tcase_create("intake"), run);
}
