/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's grammar (D33), the writer, members, limits of bundle_admit. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/fs.h"
#include "nintei/wire.h"
#include "nintei/worker.h"
#include "support/archive_make.h"
#include "support/hostile.h"
#include "support/support.h"

#include "bundle_int.h"

#define BLOCK FRAME_DATA_BYTES

/* A frame of a story: its bytes come from the text, or are n times 'x'. */
struct line {
	uint16_t type, code;
	uint64_t a;
	const char *text;
	size_t n;
};
#define ENTRY(name, size)                     \
	{                                     \
		FRAME_ENTRY, 0, size, name, 0 \
	}
#define DATA(at, n)                        \
	{                                  \
		FRAME_DATA, 0, at, NULL, n \
	}
#define END(size)                         \
	{                                 \
		FRAME_END, 0, size, "", 0 \
	}
#define DONE(count)                                  \
	{                                            \
		FRAME_DONE, BUNDLE_ZIP, count, "", 0 \
	}
#define SMALL ENTRY("a.pdf", 5), DATA(0, 5), END(5)

static const struct story {
	const char *what;
	bool good;
	struct line lines[8];
} stories[] = {
	{ "one member", true, { SMALL, DONE(1) } },
	{ "no bytes", true, { ENTRY("a", 0), END(0), DONE(1) } },
	{ "two blocks", true,
	    { ENTRY("a", BLOCK + 1), DATA(0, BLOCK), DATA(BLOCK, 1),
		END(BLOCK + 1), DONE(1) } },
	{ "DONE in a member", false, { ENTRY("a", 5), DATA(0, 5), DONE(1) } },
	{ "DONE counts wrong", false, { SMALL, DONE(2) } },
	{ "DONE of nothing", false, { DONE(0) } },
	{ "DONE of no format", false,
	    { SMALL, { FRAME_DONE, BUNDLE_NONE, 1, "", 0 } } },
	{ "DONE of unknown format", false,
	    { SMALL, { FRAME_DONE, 99, 1, "", 0 } } },
	{ "after DONE", false, { SMALL, DONE(1), DONE(1) } },
	{ "DATA first", false, { DATA(0, 5) } },
	{ "END first", false, { END(0) } },
	{ "END early", false, { ENTRY("a", 5), END(5) } },
	{ "END lies", false, { ENTRY("a", 5), DATA(0, 5), END(6) } },
	{ "too much DATA", false, { ENTRY("a", 5), DATA(0, 6) } },
	{ "short DATA", false, { ENTRY("a", 5), DATA(0, 4) } },
	{ "empty DATA", false, { ENTRY("a", 5), DATA(0, 0) } },
	{ "DATA elsewhere", false, { ENTRY("a", 5), DATA(1, 5) } },
	{ "ENTRY in a member", false, { ENTRY("a", 5), ENTRY("b", 5) } },
	{ "bad name", false, { ENTRY("../a", 5) } },
	{ "name not NFC", false, { ENTRY("カ\u3099", 5) } },
	{ "name not UTF-8", false, { ENTRY("\x90\x5c", 5) } },
	{ "empty name", false, { ENTRY("", 5) } },
	{ "lies that it is ignored", false,
	    { { FRAME_ENTRY, 1, 5, "a.pdf", 0 } } },
	{ "hides that it is ignored", false, { ENTRY(".DS_Store", 5) } },
	{ "only ignored", false,
	    { { FRAME_ENTRY, 1, 0, ".DS_Store", 0 }, END(0), DONE(1) } },
	{ "two alike", false,
	    { ENTRY("a", 0), END(0), ENTRY("A", 0), END(0), DONE(2) } },
	{ "file and folder", false,
	    { ENTRY("a", 0), END(0), ENTRY("a/b", 0), END(0), DONE(2) } },
	{ "entry too large", false, { ENTRY("a", LIMIT_ENTRY_BYTES + 1) } },
	{ "archive inside", false,
	    { ENTRY("a.pdf", 5), { FRAME_DATA, 0, 0, "PK\3\4x", 0 } } },
	{ "no type", false, { { FRAME_NONE, 0, 0, "", 0 } } },
	{ "unknown type", false, { { FRAME_TYPE_MAX, 0, 0, "", 0 } } },
	{ "REJECT without bytes", false,
	    { { FRAME_REJECT, CODE_CRC, 0, "", 0 } } },
};

static void
put_frame(struct buf *out, uint32_t seq, const struct line *l)
{
	struct slice bytes =
	    l->text == NULL ? fill(l->n, 'x') : slice_str(l->text);
	struct frame f = { FRAME_MAGIC, l->type, l->code, seq,
		(uint32_t)bytes.n, l->a };

	frame_encode(&f, out);
	buf_put(out, bytes.p, bytes.n);
}

static int
feed(
    struct slice in, size_t step, bool *over, struct findings *f, struct err *e)
{
	CLEANUP(admit_freep) struct admit *a = admit_new(f);

	while (in.n > 0) {
		size_t n = in.n < step ? in.n : step;

		if (admit_feed(a, slice_of(in.p, n), e) < 0)
			return -1;
		in = slice_of(in.p + n, in.n - n);
	}
	*over = admit_is_over(a);
	return 0;
}

START_TEST(frames_obey_the_grammar)
{
	const struct story *s = &stories[_i];
	static const size_t steps[] = { 1, 23, 25, SIZE_MAX };
	struct buf bytes = BUF_INIT(ARCHIVE_MAX);
	struct findings f = { 0 };
	uint32_t seq = 0;
	bool over = false;

	for (size_t i = 0;
	     i < 8 && (s->lines[i].text || s->lines[i].n || s->lines[i].type);
	     i++)
		put_frame(&bytes, seq++, &s->lines[i]);
	for (size_t i = 0; i < NELEM(steps); i++) {
		struct err e = ERR_INIT;
		int rv = feed(buf_slice(&bytes), steps[i], &over, &f, &e);

		if (s->good)
			ck_ok(rv, &e);
		else
			ck_code(rv, &e, E_INTERNAL);
		ck_assert_msg(over == s->good, "%s", s->what);
	}
	ck_assert_uint_eq(f.n, 0);
	buf_free(&bytes);
}
END_TEST

/* Heads that lie about themselves: D33. */
static const struct {
	const char *what;
	struct frame f;
} heads[] = {
	{ "magic", { FRAME_MAGIC + 1, FRAME_DONE, 0, 0, 0, 0 } },
	{ "length of 2^32 - 1",
	    { FRAME_MAGIC, FRAME_ENTRY, 0, 0, UINT32_MAX, 0 } },
	{ "length", { FRAME_MAGIC, FRAME_ENTRY, 0, 0, BLOCK + 1, 0 } },
	{ "sequence", { FRAME_MAGIC, FRAME_ENTRY, 0, 1, 1, 0 } },
};

START_TEST(frame_heads_are_checked_first)
{
	struct buf bytes = BUF_INIT(64);
	struct findings f = { 0 };
	struct err e = ERR_INIT;
	bool over;

	frame_encode(&heads[_i].f, &bytes);
	ck_code(
	    feed(buf_slice(&bytes), SIZE_MAX, &over, &f, &e), &e, E_INTERNAL);
	buf_free(&bytes);
}
END_TEST

static void
put_reject(struct buf *out, uint32_t seq, uint16_t code, uint64_t left,
    const char *member)
{
	struct buf bytes = BUF_INIT(1024);
	struct frame f = { FRAME_MAGIC, FRAME_REJECT, code, seq, 0, left };

	wr_u16(&bytes, BUNDLE_ZIP);
	wr_text(&bytes, member);
	wr_text(&bytes, "why");
	f.len = (uint32_t)bytes.n;
	frame_encode(&f, out);
	buf_put(out, bytes.p, bytes.n);
	buf_free(&bytes);
}

static const struct {
	const char *what;
	bool good;
	uint16_t code[2];
	uint64_t left[2];
} rejects[] = {
	{ "two", true, { CODE_CRC, CODE_NESTED }, { 1, 0 } },
	{ "count grows", false, { CODE_CRC, CODE_CRC }, { 1, 1 } },
	{ "count jumps", false, { CODE_CRC, CODE_CRC }, { 5, 0 } },
	{ "after the last", false, { CODE_CRC, CODE_CRC }, { 0, 0 } },
	{ "no code", false, { CODE_NONE, CODE_CRC }, { 1, 0 } },
	{ "unknown code", false, { CODE_MAX, CODE_CRC }, { 1, 0 } },
	{ "too many", false, { CODE_CRC, CODE_CRC }, { LIMIT_FINDINGS, 0 } },
};

/* A fault may come in the midst of a member, which is then dropped. */
START_TEST(rejects_are_counted)
{
	static const struct line open = ENTRY("a", 5);
	struct buf bytes = BUF_INIT(4096);
	struct findings f = { 0 };
	struct err e = ERR_INIT;
	bool over = false;
	int rv;

	put_frame(&bytes, 0, &open);
	for (uint32_t i = 0; i < 2; i++)
		put_reject(&bytes, i + 1, rejects[_i].code[i],
		    rejects[_i].left[i], "a");
	rv = feed(buf_slice(&bytes), SIZE_MAX, &over, &f, &e);
	if (rejects[_i].good) {
		ck_ok(rv, &e);
		ck_assert(over);
		ck_assert_uint_eq(f.n, 2);
		ck_assert_str_eq(f.items[1].rule, "BUNDLE-NESTED");
	} else {
		ck_code(rv, &e, E_INTERNAL);
	}
	buf_free(&bytes);
	findings_free(&f);
}
END_TEST

/* Workers that have been taken over, in the real sandbox. */
static int
says_nonsense(uint32_t kind UNUSED, struct slice in UNUSED, int fd)
{
	static const char text[FRAME_HEAD_BYTES] = "nonsense";

	for (;;)
		if (write(fd, text, sizeof(text)) < 0)
			return 1;
}

static int
says_nothing(uint32_t kind UNUSED, struct slice in UNUSED, int fd UNUSED)
{
	return 0;
}

static int
fails(uint32_t kind UNUSED, struct slice in UNUSED, int fd UNUSED)
{
	return 3;
}

static int
spins(uint32_t kind UNUSED, struct slice in UNUSED, int fd UNUSED)
{
	static volatile bool on = true;

	while (on)
		;
	return 0;
}

#ifndef NINTEI_SANITIZED
static int
asks(uint32_t kind UNUSED, struct slice in UNUSED, int fd UNUSED)
{
	return getppid() > 0;
}
#endif

static void
no_warm(void)
{
}

static const struct {
	const char *what;
	worker_fn run;
	enum err_code code; /* E_OK: a finding */
	const char *trail;
} traitors[] = {
	{ "nonsense", says_nonsense, E_INTERNAL, "" },
	{ "nothing", says_nothing, E_UNAVAILABLE, "" },
	{ "failure", fails, E_UNAVAILABLE, "" },
	{ "endless", spins, E_OK, "" },
#ifndef NINTEI_SANITIZED
	{ "forbidden call", asks, E_INTERNAL, "SIGSYS" },
#endif
};

static int
admit_by(worker_fn run, struct bundle **out, struct findings *f, struct err *e)
{
	static struct worker_class cls;
	CLEANUP(worker_host_freep) struct worker_host *host = NULL;
	CLEANUP(fd_closep) int fd = -1;

	cls = (struct worker_class){ .name = "test",
		.run = run,
		.warm = no_warm,
		.limits = { 2, 2, LIMIT_WORKER_DATA_BYTES } };
	if (worker_host_local(&cls, &host, e) < 0 ||
	    memfd_of("archive", slice_str("PK"), &fd, e) < 0)
		return -1;
	return bundle_admit(host, fd, out, f, e);
}

START_TEST(a_worker_taken_over_gains_nothing)
{
	struct bundle *b = NULL;
	struct findings f = { 0 };
	struct err e = ERR_INIT;
	int rv = admit_by(traitors[_i].run, &b, &f, &e);

	if (traitors[_i].code == E_OK) {
		ck_ok(rv, &e);
		ck_assert_uint_eq(f.n, 1);
		ck_assert_str_eq(f.items[0].code, "LIM_TIME");
		ck_assert(b->partial && b->n == 0);
	} else {
		ck_code(rv, &e, traitors[_i].code);
		ck_assert_ptr_null(b);
		ck_assert_msg(strstr(e.detail, traitors[_i].trail) != NULL,
		    "%s", e.detail);
	}
	bundle_free(b);
	findings_free(&f);
}
END_TEST

/* What bundle make writes is admitted, and is the same each time. */
static const struct bundle_source sources[] = {
	{ "登記事項証明書.pdf", { (const uint8_t *)"%PDF-1.4", 8 } },
	{ "form-a.json", { (const uint8_t *)"{}{}{}{}{}{}{}{}{}{}", 20 } },
	{ "empty.txt", { (const uint8_t *)"", 0 } },
};

static struct slice
written(const struct bundle_source *list, size_t n)
{
	struct err e = ERR_INIT;
	struct buf out = BUF_INIT(ARCHIVE_MAX);
	int fd = -1;
	off_t size;

	ck_ok(memfd_new("zip", &fd, &e), &e);
	ck_ok(bundle_write_zip(list, n, fd, &e), &e);
	size = lseek(fd, 0, SEEK_END);
	buf_put(&out, fill((size_t)size, 0).p, (size_t)size);
	ck_ok(fd_pread(fd, out.p, out.n, 0, &e), &e);
	close(fd);
	return keep(&out);
}

START_TEST(what_we_write_we_admit)
{
	struct bundle_source turned[] = { sources[2], sources[1], sources[0] };
	struct slice zip = written(sources, 3);
	struct findings f = { 0 };
	struct err e = ERR_INIT;
	struct bundle *b;
	uint8_t want[32];

	ck_assert(slice_eq(zip, written(turned, 3)));
	b = admit_bytes(zip, &f, &e);
	ck_assert_ptr_nonnull(b);
	ck_assert_uint_eq(f.n, 0);
	ck_assert_uint_eq(b->n, 3);
	ck_assert_str_eq(b->members[0].path, "empty.txt");
	ck_assert_str_eq(b->members[1].path, "form-a.json");
	ck_assert_int_eq(b->members[0].fd, -1);
	sha256_of(zip, want);
	ck_assert_mem_eq(b->sha256, want, 32);
	ck_assert_uint_eq(b->size, zip.n);
	sha256_of(sources[1].content, want);
	ck_assert_mem_eq(b->members[1].sha256, want, 32);
	bundle_free(b);
}
END_TEST

/* Our own compression must not meet our own limit on ratios. */
START_TEST(what_compresses_too_well_is_stored)
{
	struct bundle_source zeros = { "zeros.txt", fill(MIB(2), 0) };
	struct findings f = { 0 };
	struct err e = ERR_INIT;
	struct bundle *b = admit_bytes(written(&zeros, 1), &f, &e);

	ck_assert_ptr_nonnull(b);
	ck_assert_uint_eq(f.n, 0);
	bundle_free(b);
}
END_TEST

START_TEST(bad_names_are_not_written)
{
	struct bundle_source up = { "../a", slice_str("x") };
	struct bundle_source twice[] = { { "a", slice_str("x") },
		{ "A", slice_str("x") } };
	struct err e = ERR_INIT;

	ck_code(bundle_write_zip(&up, 1, -1, &e), &e, E_INPUT);
	ck_assert_ptr_nonnull(strstr(e.detail, "NAME_DOTDOT"));
	e = (struct err)ERR_INIT;
	ck_code(bundle_write_zip(twice, 2, -1, &e), &e, E_INPUT);
}
END_TEST

/* Members are sealed and readable; the rest of the interface. */
START_TEST(members_are_sealed)
{
	struct findings f = { 0 };
	struct err e = ERR_INIT;
	struct bundle *b = admit_bytes(written(sources, 3), &f, &e);
	const struct bundle_member *m = bundle_find(b, "form-a.json");
	uint64_t size;
	char text[20];

	ck_assert_ptr_nonnull(m);
	ck_ok(blob_check(m->fd, LIMIT_ENTRY_BYTES, &size, &e), &e);
	ck_assert_uint_eq(size, 20);
	ck_assert_int_eq(pwrite(m->fd, "x", 1, 0), -1);
	ck_ok(fd_pread(m->fd, text, sizeof(text), 0, &e), &e);
	ck_assert_mem_eq(text, "{}{}", 4);
	ck_assert_ptr_null(bundle_find(b, "form-b.json"));
	ck_assert_str_eq(bundle_format_name(b->format), "zip");
	bundle_free(b);
	bundle_finding(&f, "TYPE_LINK", "m", NULL);
	bundle_finding(&f, "NO_SUCH", "m", NULL);
	ck_assert_uint_eq(f.n, 1);
	ck_assert_str_eq(bundle_name_fault(slice_str("a:b")), "NAME_DRIVE");
	ck_assert_ptr_null(bundle_name_fault(slice_str("a/b.pdf")));
	findings_free(&f);
}
END_TEST

START_TEST(an_unsealed_archive_is_refused)
{
	struct findings f = { 0 };
	struct bundle *b = NULL;
	struct err e = ERR_INIT;
	int fd = -1;

	ck_ok(memfd_new("open", &fd, &e), &e);
	ck_ok(fd_write(fd, "PK", 2, &e), &e);
	ck_code(bundle_admit(NULL, fd, &b, &f, &e), &e, E_IPC);
	close(fd);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("bundle");
	TCase *t = tcase_create("frames");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, frames_obey_the_grammar, 0, NELEM(stories));
	tcase_add_loop_test(t, frame_heads_are_checked_first, 0, NELEM(heads));
	tcase_add_loop_test(t, rejects_are_counted, 0, NELEM(rejects));
	tcase_add_loop_test(
	    t, a_worker_taken_over_gains_nothing, 0, NELEM(traitors));
	tcase_add_test(t, what_we_write_we_admit);
	tcase_add_test(t, what_compresses_too_well_is_stored);
	tcase_add_test(t, bad_names_are_not_written);
	tcase_add_test(t, members_are_sealed);
	tcase_add_test(t, an_unsealed_archive_is_refused);
	suite_add_tcase(s, t);
	return suite_main(s);
}
