/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_store, bench_store_plain: what a store writes in a second, and what
 * the disk would.  Each line of stdin is one round:
 *
 *	events T N        N first events of new dossiers, by T threads
 *	dossiers T N      the same, each with 20 documents of 100,000 bytes
 *	document 1 N      one document of N bytes
 *	raw-events T N    N times 4096 bytes appended and fdatasynced by T
 *	                  threads, each to a file of its own
 *	raw-dossiers T N  the same with the bytes of a dossier
 *	raw-document 1 N  N bytes written in pieces of 64 KiB, one fdatasync
 *
 * Each answer: seconds, p50 and p99 in ms, growth of the peak of memory in
 * KiB.  Events and documents are made before the clock starts; all are
 * durable, and those of a store signed, when it stops.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "support/store_fixture.h"
#include "timing.h"

#define THREADS_MAX 64
#define DOC_BYTES 100000
#define DOCS 20
#define EVENT_BYTES KIB(8)
#define PIECE KIB(64)

struct round;
struct work {
	struct round *round;
	unsigned first, step; /* numbers first, first + step, ... */
	pthread_t thread;
};
struct round {
	struct store *store;
	const char *dir;
	unsigned base; /* number of the first dossier */
	unsigned threads;
	uint64_t n;
	void (*one)(struct work *w, unsigned i);
	struct buf *texts;
	double *ms;
	pthread_barrier_t gate;
	int fds[THREADS_MAX];
};

/* Bytes nobody can compress. */
static uint8_t noise[DOC_BYTES + 4096];
static unsigned made; /* dossiers of all rounds */

static void
noise_make(void)
{
	uint64_t x = 88172645463325252U;

	for (size_t i = 0; i < sizeof(noise); i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		noise[i] = (uint8_t)x;
	}
}

static char *
dossier_name(const struct round *r, unsigned i, char out[24])
{
	snprintf(out, 24, "c-%u", r->base + i);
	return out;
}

static void
commitment(const char *dossier, unsigned n, uint8_t out[32])
{
	char text[48];

	snprintf(text, sizeof(text), "%s/%u", dossier, n);
	sha256_of(slice_str(text), out);
}

static void
event_make(const char *dossier, unsigned docs, struct buf *out)
{
	CLEANUP(buf_free) struct buf list = BUF_INIT(EVENT_BYTES);
	struct store_tx tx = { .dossier = dossier,
		.seq = 1,
		.machine = "application",
		.event = "submit",
		.role = "applicant" };
	uint8_t sum[32];
	char hex[65];

	for (unsigned n = 1; n <= docs; n++) {
		commitment(dossier, n, sum);
		buf_putf(&list,
		    "%s{\"commitment\":\"%s\",\"n\":%u,\"size\":%u,"
		    "\"tag\":\"secret\"}",
		    n == 1 ? "[" : ",", hex_encode(sum, 32, hex), n, DOC_BYTES);
	}
	if (docs > 0)
		buf_puts(&list, "]");
	fixture_event(&tx, docs > 0 ? buf_str(&list) : NULL, out);
}

static void
append(struct work *w, unsigned i, struct store_doc *docs, size_t ndocs)
{
	char id[24];
	struct store_done done;
	struct err e = ERR_INIT;
	struct store_tx tx = { .dossier = dossier_name(w->round, i, id),
		.seq = 1,
		.machine = "application",
		.event = "submit",
		.role = "applicant",
		.docs = docs,
		.ndocs = ndocs,
		.text = buf_slice(&w->round->texts[i]) };

	ck_ok(store_append(w->round->store, &tx, &done, &e), &e);
}

static void
event_one(struct work *w, unsigned i)
{
	append(w, i, NULL, 0);
}

static void
blob_put(struct store *s, size_t from, struct store_id *out)
{
	struct store_blob *b = NULL;
	struct store_blob_done done;
	struct err e = ERR_INIT;

	ck_ok(store_blob_new(s, DOC_BYTES, &b, &e), &e);
	ck_ok(store_blob_add(b, slice_of(noise + from, DOC_BYTES), &e), &e);
	ck_ok(store_blob_finish(b, &done, &e), &e);
	store_blob_free(b);
	*out = done.id;
}

static void
dossier_one(struct work *w, unsigned i)
{
	struct store_doc docs[DOCS];
	char names[DOCS][96], id[24], hex[65];
	uint8_t sum[32];

	for (unsigned n = 1; n <= DOCS; n++) {
		commitment(dossier_name(w->round, i, id), n, sum);
		snprintf(names[n - 1], sizeof(names[0]), "%02u-%s.cms", n,
		    hex_encode(sum, 32, hex));
		docs[n - 1].name = names[n - 1];
		blob_put(
		    w->round->store, (i * DOCS + n) % 4096, &docs[n - 1].blob);
	}
	append(w, i, docs, DOCS);
}

static void
document_one(struct work *w, unsigned i)
{
	struct store_blob *b = NULL;
	struct store_blob_done done;
	struct err e = ERR_INIT;
	uint64_t left = w->round->n;

	(void)i;
	ck_ok(store_blob_new(w->round->store, left, &b, &e), &e);
	while (left > 0) {
		size_t n = left < PIECE ? (size_t)left : PIECE;

		ck_ok(store_blob_add(b, slice_of(noise + left % 4096, n), &e),
		    &e);
		left -= n;
	}
	ck_ok(store_blob_finish(b, &done, &e), &e);
	store_blob_free(b);
}

static void
raw_put(int fd, uint64_t bytes)
{
	while (bytes > 0) {
		size_t n = bytes < PIECE ? (size_t)bytes : PIECE;
		ssize_t put = write(fd, noise + bytes % 4096, n);

		ck_assert(put > 0);
		bytes -= (uint64_t)put;
	}
	ck_assert_int_eq(fdatasync(fd), 0);
}

static void
raw_event_one(struct work *w, unsigned i)
{
	(void)i;
	raw_put(w->round->fds[w->first], 4096);
}

static void
raw_dossier_one(struct work *w, unsigned i)
{
	(void)i;
	raw_put(w->round->fds[w->first], (uint64_t)DOCS * DOC_BYTES);
}

static void
raw_document_one(struct work *w, unsigned i)
{
	(void)i;
	raw_put(w->round->fds[w->first], w->round->n);
}

static void *
work_run(void *arg)
{
	struct work *w = arg;
	struct round *r = w->round;
	unsigned times = r->one == document_one || r->one == raw_document_one
	    ? 1
	    : (unsigned)r->n;

	pthread_barrier_wait(&r->gate);
	for (unsigned i = w->first; i < times; i += w->step) {
		double from = seconds();

		r->one(w, i);
		r->ms[i] = 1e3 * (seconds() - from);
	}
	return NULL;
}

static int
by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static long
memory_peak(void)
{
	char line[128];
	long kib = 0;
	FILE *f = fopen("/proc/self/status", "r");

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "VmHWM: %ld", &kib) == 1)
			break;
	fclose(f);
	return kib;
}

/* Best effort: only who may can set the mark back. */
static void
memory_mark(void)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		if (write(fd, "5", 1) < 0)
			perror("clear_refs");
		close(fd);
	}
}

static void
raw_open(struct round *r)
{
	for (unsigned i = 0; i < r->threads; i++) {
		char *path = xasprintf("%s/raw-%u", r->dir, i);

		r->fds[i] = open(path,
		    O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
		ck_assert_int_ge(r->fds[i], 0);
		free(path);
	}
}

static double
round_time(struct round *r)
{
	struct work works[THREADS_MAX];
	double from;

	pthread_barrier_init(&r->gate, NULL, r->threads + 1);
	for (unsigned i = 0; i < r->threads; i++) {
		works[i] = (struct work){ r, i, r->threads, 0 };
		ck_assert_int_eq(
		    pthread_create(&works[i].thread, NULL, work_run, &works[i]),
		    0);
	}
	memory_mark();
	from = seconds();
	pthread_barrier_wait(&r->gate);
	for (unsigned i = 0; i < r->threads; i++)
		pthread_join(works[i].thread, NULL);
	from = seconds() - from;
	pthread_barrier_destroy(&r->gate);
	return from;
}

static void
round_run(struct round *r, unsigned docs, bool raw, unsigned times)
{
	char id[24];
	long before;
	double took;

	r->ms = xcalloc(times, sizeof(*r->ms));
	r->texts = xcalloc(times, sizeof(*r->texts));
	for (unsigned i = 0; i < times && !raw; i++) {
		r->texts[i] = (struct buf)BUF_INIT(EVENT_BYTES);
		event_make(dossier_name(r, i, id), docs, &r->texts[i]);
	}
	if (raw)
		raw_open(r);
	memory_mark();
	before = memory_peak();
	took = round_time(r);
	qsort(r->ms, times, sizeof(*r->ms), by_size);
	printf("%.6f %.3f %.3f %ld\n", took, r->ms[times / 2],
	    r->ms[times * 99 / 100], memory_peak() - before);
	fflush(stdout);
	for (unsigned i = 0; i < r->threads && raw; i++)
		close(r->fds[i]);
	for (unsigned i = 0; i < times && !raw; i++)
		buf_free(&r->texts[i]);
	free(r->texts);
	free(r->ms);
}

static const struct {
	const char *word;
	void (*one)(struct work *w, unsigned i);
	unsigned docs;
	bool raw, whole; /* whole: N is a size, not a count */
} kinds[] = {
	{ "events", event_one, 0, false, false },
	{ "dossiers", dossier_one, DOCS, false, false },
	{ "document", document_one, 0, false, true },
	{ "raw-events", raw_event_one, 0, true, false },
	{ "raw-dossiers", raw_dossier_one, 0, true, false },
	{ "raw-document", raw_document_one, 0, true, true },
};

static void
line_serve(struct store *s, const char *dir, const char *line)
{
	struct round r = { .store = s, .dir = dir, .base = made };
	char word[24];

	if (sscanf(line, "%23s %u %" SCNu64, word, &r.threads, &r.n) != 3 ||
	    r.threads == 0 || r.threads > THREADS_MAX || r.n == 0)
		return;
	for (size_t i = 0; i < NELEM(kinds); i++) {
		unsigned times = kinds[i].whole ? 1 : (unsigned)r.n;

		if (strcmp(kinds[i].word, word) != 0)
			continue;
		r.one = kinds[i].one;
		made += times;
		round_run(&r, kinds[i].docs, kinds[i].raw, times);
	}
}

START_TEST(rounds)
{
	char *dir = temp_dir();
	struct store *s = NULL;
	struct store_opts opts;
	struct fixture f;
	struct err e = ERR_INIT;
	char line[128];

	noise_make();
	fixture_init(&f);
	ck_ok(fixture_create(&f, dir, &e), &e);
	opts = fixture_opts(&f);
	ck_ok(store_open(dir, &opts, NULL, &s, &e), &e);
	while (fgets(line, sizeof(line), stdin) != NULL)
		line_serve(s, dir, line);
	store_close(s);
	fixture_done(&f);
}
END_TEST

int
main(void)
{
	return suite_time(suite_create("store"), tcase_create("store"), rounds);
}
