/* SPDX-License-Identifier: Apache-2.0 */
/* Every line of tests/fixtures/archives.txt through the confined worker. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/worker.h"
#include "support/archive_make.h"
#include "support/archive_spec.h"
#include "support/hostile.h"
#include "support/support.h"

static struct worker_host *host;
static unsigned n_cases, n_failed;

static void
miss(const struct spec_case *c, const char *want, const char *have)
{
	n_failed++;
	fprintf(stderr, "archives.txt:%u: %s: want %s, have %s\n", c->line,
	    c->id, want, have);
}

/* What sanitizers cannot see in the child, they see here. */
static void
run_here(const struct spec_case *c, struct slice bytes)
{
#ifdef NINTEI_SANITIZED
	const struct worker_class *cls = bundle_worker_class();

	(void)cls->run(c->id[0] == 'S', bytes, -1);
#else
	(void)c;
	(void)bytes;
#endif
}

static void
check_codes(
    const struct spec_case *c, const struct bundle *b, const struct findings *f)
{
	if (f->n == 0 && strcmp(c->codes, "OK") != 0)
		miss(c, c->codes, "OK");
	for (size_t i = 0; i < f->n; i++) {
		if (!code_is_listed(c->codes, f->items[i].code))
			miss(c, c->codes, f->items[i].text_en);
		if (f->items[i].severity != SEV_REFUSE)
			miss(c, "refuse", severity_name(f->items[i].severity));
	}
	if (b->partial != (f->n > 0))
		miss(c, "partial", "not so");
}

/* An admitted archive has these members, in this order, and no other. */
static void
check_members(const struct spec_case *c, const struct bundle *b)
{
	struct slice left = c->members, word;
	size_t i = 0;

	while (spec_word(&left, &word)) {
		const char *want = (const char *)spec_bytes(word).p;

		while (i < b->n && b->members[i].ignored)
			i++;
		if (i == b->n || strcmp(b->members[i].path, want) != 0)
			miss(c, want, i == b->n ? "-" : b->members[i].path);
		i += i < b->n;
	}
	for (; c->members.n > 0 && i < b->n; i++)
		if (!b->members[i].ignored)
			miss(c, "no more", b->members[i].path);
}

/* A refusal says these words, in one of its sentences. */
static void
check_words(const struct spec_case *c, const struct findings *f)
{
	struct slice left = c->members, word;

	while (spec_word(&left, &word)) {
		const char *want = (const char *)spec_bytes(word).p;
		bool found = false;

		for (size_t i = 0; i < f->n; i++)
			found |= strstr(f->items[i].text_en, want) != NULL;
		if (!found)
			miss(c, want, f->n == 0 ? "" : f->items[0].text_en);
	}
}

/* Sanitizers need more memory than the sandbox gives: no limit there. */
static bool
has_no_limit(const struct spec_case *c)
{
#ifdef NINTEI_SANITIZED
	return strcmp(c->id, "S8") == 0;
#else
	return c == NULL;
#endif
}

static void
run_case(const struct spec_case *c)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(ARCHIVE_MAX);
	CLEANUP(findings_free) struct findings f = { 0 };
	CLEANUP(bundle_freep) struct bundle *b = NULL;
	CLEANUP(fd_closep) int fd = -1;
	struct err e = ERR_INIT;
	bool seven = c->id[0] == 'S';

	spec_build(c->build, &bytes);
	run_here(c, buf_slice(&bytes));
	if (memfd_of("archive", buf_slice(&bytes), &fd, &e) < 0 ||
	    (seven ? bundle_admit_7z : bundle_admit)(host, fd, &b, &f, &e) <
		0) {
		miss(c, c->codes, e.detail);
		return;
	}
	check_codes(c, b, &f);
	if (f.n == 0)
		check_members(c, b);
	else
		check_words(c, &f);
	keep_free();
}

/* The design's table, by family: so many cases, none of them left out. */
static const struct {
	char letter;
	unsigned n;
} families[] = { { 'N', 35 }, { 'L', 10 }, { 'C', 8 }, { 'Z', 26 }, { 'B', 9 },
	{ 'T', 15 }, { 'F', 20 } };
static bool seen[128][128];

static void
note_id(const char *id)
{
	unsigned long n = strtoul(id + 1, NULL, 10);

	if (n < NELEM(seen[0]))
		seen[id[0] & 0x7f][n] = true;
}

static void
check_families(void)
{
	for (size_t i = 0; i < NELEM(families); i++)
		for (unsigned n = 1; n <= families[i].n; n++)
			ck_assert_msg(seen[(int)families[i].letter][n],
			    "no line for %c%u", families[i].letter, n);
}

START_TEST(every_line_has_its_code)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;
	struct slice left;
	unsigned line = 0;

	ck_ok(fs_read(-1, TEST_SOURCE_DIR "/tests/fixtures/archives.txt",
		  MIB(1), &text, &e),
	    &e);
	bundle_worker_class()->warm();
	ck_ok(worker_host_local(bundle_worker_class(), &host, &e), &e);
	for (left = buf_slice(&text); left.n > 0;) {
		const uint8_t *end = memchr(left.p, '\n', left.n);
		size_t n = end == NULL ? left.n : (size_t)(end - left.p);
		struct spec_case c;

		if (spec_parse(slice_of(left.p, n), ++line, &c)) {
			n_cases++;
			note_id(c.id);
			if (!has_no_limit(&c))
				run_case(&c);
		}
		n += n < left.n;
		left = slice_of(left.p + n, left.n - n);
	}
	worker_host_free(host);
	check_families();
	ck_assert_uint_gt(n_cases, 300);
	ck_assert_uint_eq(n_failed, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("archives");
	TCase *t = tcase_create("lines");

	tcase_set_timeout(t, 240);
	tcase_add_test(t, every_line_has_its_code);
	suite_add_tcase(s, t);
	return suite_main(s);
}
