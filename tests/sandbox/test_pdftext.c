/* SPDX-License-Identifier: Apache-2.0 */
/* nintei-pdftext as it runs: what it reads, and what it cannot do. */
#include "nintei/worker.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/jsonx.h"
#include "nintei/limits.h"
#include "nintei/pdf.h"
#include "nintei/runs.h"
#include "nintei/wire.h"
#include "support/pdf_make.h"
#include "support/support.h"

#ifdef NINTEI_SANITIZED
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

static struct worker_host *host;
static struct buf runs = BUF_INIT(RUNS_STREAM_BYTES);

static void
setup(void)
{
	struct err e = ERR_INIT;

	ck_ok(worker_host_program(
		  TEST_BINARY_DIR "/bin/nintei-pdftext", &host, &e),
	    &e);
}

static void
teardown(void)
{
	worker_host_free(host);
	host = NULL;
	buf_free(&runs);
	runs = (struct buf)BUF_INIT(RUNS_STREAM_BYTES);
}

static enum worker_end
read_by(struct worker_host *h, uint32_t kind, struct slice pdf)
{
	CLEANUP(fd_closep) int fd = -1;
	struct worker_job job;
	enum worker_end end;
	uint8_t piece[KIB(16)];
	struct err e = ERR_INIT;
	size_t n;

	buf_reset(&runs);
	ck_ok(memfd_of("pdf", pdf, &fd, &e), &e);
	ck_ok(worker_start(h, kind, fd, &job, &e), &e);
	do {
		ck_ok(worker_read(&job, piece, sizeof(piece), &n, &e), &e);
		buf_put(&runs, piece, n);
	} while (n > 0);
	ck_ok(worker_finish(&job, &end, &e), &e);
	return end;
}

/* The bytes of all texts; flags of the head. */
static size_t
text_bytes(uint32_t *out_pages, uint32_t *out_flags)
{
	struct rd r = rd_init(buf_slice(&runs));
	size_t sum = 0;

	while (r.n > 0 && !r.bad) {
		unsigned type = rd_u8(&r);
		struct slice body = rd_bytes(&r, RUNS_BODY_BYTES);
		struct rd b = rd_init(body);

		if (type == RUNS_HEAD) {
			(void)rd_u32(&b);
			*out_pages = rd_u32(&b);
			*out_flags = rd_u32(&b);
		}
		if (type == RUNS_RUN)
			sum += body.n - 44;
	}
	ck_assert(!r.bad);
	return sum;
}

/* D14: a font that is not embedded; its table is opened in the box. */
START_TEST(japanese)
{
	CLEANUP(buf_free) struct buf both = BUF_INIT(MIB(2));
	struct pdf_make p;
	struct pdf_verdict v;
	struct json *facts = NULL;
	struct err e = ERR_INIT;
	uint32_t pages = 0, flags = 0;

	pdf_make_japanese(&p, 20);
	ck_assert_int_eq(read_by(host, 1, buf_slice(&p.out)), WORKER_OK);
	ck_assert_uint_ge(text_bytes(&pages, &flags), 11000);
	ck_assert_uint_eq(pages, 20);
	ck_assert_uint_eq(flags, 0);
	buf_put(&both, runs.p, runs.n);
	buf_put(&both, p.out.p, p.out.n);
	ck_ok(pdf_runs_facts(buf_slice(&both), &facts, &v, &e), &e);
	ck_assert_ptr_nonnull(facts);
	ck_assert_int_gt(
	    jsonx_get_int(jsonx_get(facts, "language"), "kana", 0), 500);
	ck_assert_uint_eq(jsonx_len(jsonx_get(facts, "hidden")), 0);
	jsonx_free(facts);
	pdf_make_done(&p);
}
END_TEST

/* Both readers place text alike: hidden text is found through poppler, too. */
static const struct {
	const char *content;
	size_t hidden;
} contents[] = {
	{ "BT /F1 12 Tf 50 700 Td (plain) Tj ET", 0 },
	{ "BT /F1 12 Tf 50 700 Td (plain) Tj ET "
	  "BT 3 Tr /F2 12 Tf 50 600 Td <82d082e7> Tj ET",
	    2 },
	{ "BT /F1 12 Tf 50 700 Td (plain) Tj ET "
	  "BT 1 g /F2 12 Tf 50 600 Td <82d082e7> Tj ET",
	    2 },
	{ "0 g 0 500 595 200 re f BT /F1 12 Tf 50 710 Td (plain) Tj ET "
	  "BT 1 g /F2 12 Tf 50 600 Td <82d082e7> Tj ET",
	    0 },
	{ "BT /F1 12 Tf 50 700 Td (plain) Tj ET "
	  "q .01 0 0 .01 50 600 cm BT /F2 12 Tf <82d082e7> Tj ET Q",
	    2 },
};

START_TEST(hidden)
{
	CLEANUP(buf_free) struct buf both = BUF_INIT(MIB(2));
	struct pdf_make p;
	struct pdf_verdict v;
	struct json *facts = NULL;
	const struct json *language;
	struct err e = ERR_INIT;

	pdf_make_page(&p, "", contents[_i].content);
	ck_assert_int_eq(read_by(host, 1, buf_slice(&p.out)), WORKER_OK);
	buf_put(&both, runs.p, runs.n);
	buf_put(&both, p.out.p, p.out.n);
	ck_ok(pdf_runs_facts(buf_slice(&both), &facts, &v, &e), &e);
	ck_assert_ptr_nonnull(facts);
	language = jsonx_get(facts, "language");
	ck_assert_int_eq(jsonx_get_int(language, "hidden", -1),
	    (int64_t)contents[_i].hidden);
	ck_assert_int_eq(jsonx_get_int(language, "kana", -1), _i == 3 ? 2 : 0);
	jsonx_free(facts);
	pdf_make_done(&p);
}
END_TEST

START_TEST(flagged)
{
	uint32_t pages = 0, flags = 0;
	struct pdf_make p;

	ck_assert_int_eq(read_by(host, 1, slice_str("no PDF")), WORKER_OK);
	(void)text_bytes(&pages, &flags);
	ck_assert_uint_eq(flags, RUNS_BROKEN);
	pdf_make_page(&p,
	    "/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(x)>>]>>>>", "");
	ck_assert_int_eq(read_by(host, 1, buf_slice(&p.out)), WORKER_OK);
	(void)text_bytes(&pages, &flags);
	ck_assert_uint_eq(flags, RUNS_JAVASCRIPT);
	pdf_make_done(&p);
}
END_TEST

/* --- odd PDFs: none of them asks for what the box forbids --- */

static uint32_t seed = 1;

static uint32_t
next(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static void
mutate(struct buf *b)
{
	static const char *const words[] = { "-1", "99999999", "R", "<<", "[",
		"(", "/Type3", "/UniJIS-UTF16-H", "/JPXDecode", "/DCTDecode",
		"/LZWDecode", "/Identity-V", "endobj", "stream" };

	for (uint32_t i = 1 + next(4); i > 0; i--) {
		uint32_t at = 9 + next((uint32_t)b->n - 40);
		const char *w = words[next(NELEM(words))];

		if (next(2) == 0)
			b->p[at] = (uint8_t)next(256);
		else
			for (size_t k = 0; w[k] != '\0'; k++)
				b->p[at + k] = (uint8_t)w[k];
	}
}

#define ODD 250

START_TEST(odd)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(MIB(2));
	struct pdf_make p;
	size_t read = 0;

	pdf_make_page_open(&p, "",
	    "BT /F2 12 Tf 50 700 Td <82d082e7> Tj /F1 9 Tf (words) Tj ET");
	pdf_make_object(&p, 9, "<</Type/Font/Subtype/Type3/CharProcs<<>>>>");
	pdf_make_object(&p, 10,
	    "<</Type/Font/Subtype/TrueType/BaseFont/Arial/Encoding"
	    "/WinAnsiEncoding/ToUnicode 9 0 R>>");
	pdf_make_end(&p, "");
	for (int i = 0; i < ODD; i++) {
		enum worker_end end;

		buf_reset(&b);
		buf_put(&b, p.out.p, p.out.n);
		mutate(&b);
		end = read_by(host, 1, buf_slice(&b));
		ck_assert_msg(end != WORKER_SECURITY, "number %d", i);
		read += end == WORKER_OK;
	}
	ck_assert_uint_gt(read, ODD * 9 / 10);
	pdf_make_done(&p);
}
END_TEST

/* D3: what inflates for ever ends with its time; the next one is read. */
START_TEST(slow)
{
	CLEANUP(freep) char *zeros = xcalloc(1, MIB(32));
	CLEANUP(buf_free) struct buf page = BUF_INIT(KIB(16));
	struct pdf_make p;

	buf_puts(&page,
	    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]"
	    "/Contents[");
	for (int i = 0; i < 1000; i++)
		buf_puts(&page, "8 0 R ");
	buf_puts(&page, "]>>");
	pdf_make_page_open(&p, "", "");
	pdf_make_object(&p, 3, buf_str(&page));
	pdf_make_stream(&p, 8, "", slice_of(zeros, MIB(32)), 2);
	pdf_make_end(&p, "");
	ck_assert_int_eq(read_by(host, 1, buf_slice(&p.out)), WORKER_TIME);
	pdf_make_done(&p);
	pdf_make_japanese(&p, 1);
	ck_assert_int_eq(read_by(host, 1, buf_slice(&p.out)), WORKER_OK);
	pdf_make_done(&p);
}
END_TEST

/* Fonts that ask for each table that poppler has for Japanese. */
START_TEST(tables)
{
	static const char *const encodings[] = { "90ms-RKSJ-V", "90msp-RKSJ-H",
		"EUC-H", "H", "V", "UniJIS-UCS2-H", "UniJIS-UTF16-H",
		"UniJIS-UTF8-H", "Identity-H", "Ext-RKSJ-H", "Add-RKSJ-H",
		"UniJIS2004-UTF16-H", "83pv-RKSJ-H", "no-such-table" };
	char font[256];

	for (size_t i = 0; i < NELEM(encodings); i++) {
		struct pdf_make p;

		pdf_make_page_open(
		    &p, "", "BT /F2 12 Tf 50 700 Td <82d082e7306e> Tj ET");
		snprintf(font, sizeof(font),
		    "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/%s"
		    "/DescendantFonts[6 0 R]>>",
		    encodings[i]);
		pdf_make_object(&p, 5, font);
		pdf_make_end(&p, "");
		ck_assert_int_eq(
		    read_by(host, 1, buf_slice(&p.out)), WORKER_OK);
		pdf_make_done(&p);
	}
}
END_TEST

/* --- the box --- */

#define REFUSED 7

static int
of(long rv)
{
	return rv < 0 ? REFUSED : 0;
}

enum act {
	ACT_SOCKET = 1,
	ACT_OPEN,
	ACT_TABLE,
	ACT_WRITE_OPEN,
	ACT_CREATE,
	ACT_EXEC_MAP,
	ACT_FORK,
	ACT_STDERR,
	ACT_KILL
};

static int
box_act(uint32_t kind, struct slice in, int out_fd)
{
	(void)in;
	(void)out_fd;
	switch ((enum act)kind) {
	case ACT_SOCKET:
		return of(syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
	case ACT_OPEN:
		return of(
		    syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY));
	case ACT_TABLE:
		return of(syscall(
		    SYS_openat, AT_FDCWD, "/usr/share/poppler/cMap", O_RDONLY));
	case ACT_WRITE_OPEN:
		return of(syscall(
		    SYS_openat, AT_FDCWD, "/usr/share/poppler/cMap", O_RDWR));
	case ACT_CREATE:
		return of(syscall(SYS_openat, AT_FDCWD, "/tmp/nintei-new",
		    O_RDONLY | O_CREAT, 0600));
	case ACT_EXEC_MAP:
		return of((long)mmap(NULL, 4096, PROT_READ | PROT_EXEC,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == -1
			? -1
			: 0);
	case ACT_FORK:
		return of(syscall(SYS_clone, 17, 0, 0, 0, 0));
	case ACT_STDERR:
		return of(write(2, "x", 1));
	case ACT_KILL:
		return of(syscall(SYS_kill, 1, 0));
	}
	return 1;
}

static const struct {
	enum act act;
	enum worker_end end;
} acts[] = {
	{ ACT_SOCKET, WORKER_SECURITY },
	{ ACT_OPEN, WORKER_CRASH }, /* refused; the child lives */
	{ ACT_TABLE, WORKER_OK },
	{ ACT_WRITE_OPEN, WORKER_SECURITY },
	{ ACT_CREATE, WORKER_SECURITY },
	{ ACT_EXEC_MAP, WORKER_SECURITY },
	{ ACT_FORK, WORKER_SECURITY },
	{ ACT_STDERR, WORKER_CRASH },
	{ ACT_KILL, WORKER_SECURITY },
};

START_TEST(box)
{
	static const struct privsep_path paths[] = {
		{ .path = "/usr/share/poppler" }
	};
	static const struct worker_class class = { .name = "pdftext",
		.run = box_act,
		.limits = { 5, 10, LIMIT_WORKER_DATA_BYTES },
		.set = PRIVSEP_SET_PDFTEXT,
		.zygote_set = PRIVSEP_SET_PDFTEXT_ZYGOTE,
		.paths = paths,
		.n_paths = 1 };
	CLEANUP(worker_host_freep) struct worker_host *h = NULL;
	struct err e = ERR_INIT;

	if (IS_SANITIZED)
		return;
	ck_ok(worker_host_local(&class, &h, &e), &e);
	for (size_t i = 0; i < NELEM(acts); i++)
		ck_assert_msg(read_by(h, (uint32_t)acts[i].act,
				  slice_str("x")) == acts[i].end,
		    "act %d", (int)acts[i].act);
}
END_TEST

START_TEST(missing)
{
	struct worker_host *h = NULL;
	struct err e = ERR_INIT;

	ck_code(worker_host_program("/nowhere/nintei-pdftext", &h, &e), &e,
	    E_UNAVAILABLE);
	ck_assert_ptr_null(h);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pdftext");
	TCase *t = tcase_create("pdftext");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, japanese);
	tcase_add_loop_test(t, hidden, 0, (int)NELEM(contents));
	tcase_add_test(t, flagged);
	tcase_add_test(t, odd);
	tcase_add_test(t, slow);
	tcase_add_test(t, tables);
	tcase_add_test(t, box);
	tcase_add_test(t, missing);
	suite_add_tcase(s, t);
	return suite_main(s);
}
