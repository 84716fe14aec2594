/* SPDX-License-Identifier: Apache-2.0 */
/* Errors, buffers, frames, encodings, instants, files, findings. */
#include "support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "nintei/findings.h"
#include "nintei/fs.h"
#include "nintei/instant.h"
#include "nintei/limits.h"
#include "nintei/log.h"
#include "nintei/wire.h"

/* --- err --- */

START_TEST(the_first_raise_fixes_code_and_detail)
{
	struct err e = ERR_INIT;

	ck_assert_int_eq(err_set(&e, E_LIMIT, "want %d", 3), -1);
	ck_assert_int_eq(err_set(&e, E_INPUT, "later"), -1);
	ck_assert_int_eq(err_wrap(&e, "outer"), -1);
	ck_assert_int_eq(e.code, E_LIMIT);
	ck_assert_str_eq(e.detail, "want 3");
	ck_assert_str_eq(e.trail, "outer: later");
}
END_TEST

START_TEST(a_system_error_keeps_errno)
{
	struct err e = ERR_INIT;

	errno = ENOENT;
	err_sys(&e, E_INTERNAL, "open");
	ck_assert_int_eq(e.sys, ENOENT);
	ck_assert(strstr(e.trail, "No such file") != NULL);
}
END_TEST

START_TEST(codes_have_names_that_lead_back)
{
	for (int c = E_OK; c < E_MAX; c++) {
		enum err_code code = (enum err_code)c;

		ck_assert_int_eq(err_from_name(err_name(code)), code);
		ck_assert_int_ge(err_status(code), 200);
		ck_assert_int_ge(err_exit(code), 0);
		ck_assert_int_ne(err_slug(code)[0], '\0');
		ck_assert_int_ne(err_title(code)[0], '\0');
	}
	ck_assert_int_eq(err_from_name("E_NO_SUCH"), E_INTERNAL);
	ck_assert_str_eq(err_name((enum err_code)9999), "E_INTERNAL");
}
END_TEST

/* --- buf and wire --- */

START_TEST(a_buffer_turns_bad_beyond_its_maximum)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(4);

	buf_put(&b, "abc", 3);
	ck_assert(buf_ok(&b));
	buf_put(&b, "de", 2);
	ck_assert(!buf_ok(&b));
	buf_putc(&b, 'x');
	ck_assert_uint_eq(b.n, 3);
	buf_reset(&b);
	buf_putf(&b, "%04d", 7);
	ck_assert(buf_ok(&b));
	ck_assert_str_eq(buf_str(&b), "0007");
	buf_putf(&b, "%d", 1);
	ck_assert(!buf_ok(&b));
}
END_TEST

START_TEST(fields_read_back_as_written)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(1024);
	struct err e = ERR_INIT;
	struct rd r;
	char text[16];

	wr_u8(&b, 7);
	wr_u16(&b, 65535);
	wr_u32(&b, 0x01020304);
	wr_u64(&b, UINT64_MAX);
	wr_i64(&b, -5);
	wr_bool(&b, true);
	wr_text(&b, "認定");
	wr_bytes(&b, slice_of("\0\1", 2));
	wr_text(&b, NULL);
	r = rd_init(buf_slice(&b));
	ck_assert_uint_eq(rd_u8(&r), 7);
	ck_assert_uint_eq(rd_u16(&r), 65535);
	ck_assert_uint_eq(rd_u32(&r), 0x01020304);
	ck_assert_uint_eq(rd_u64(&r), UINT64_MAX);
	ck_assert_int_eq(rd_i64(&r), -5);
	ck_assert(rd_bool(&r));
	rd_str(&r, text, sizeof(text));
	ck_assert_str_eq(text, "認定");
	ck_assert(slice_eq(rd_bytes(&r, 2), slice_of("\0\1", 2)));
	ck_assert_uint_eq(rd_text(&r, 0).n, 0);
	ck_ok(rd_end(&r, &e), &e);
}
END_TEST

/* Every cut, every excess and every wrong value poisons the cursor. */
START_TEST(a_short_frame_poisons_the_cursor)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);

	wr_u32(&b, 1);
	wr_text(&b, "ab");
	for (size_t n = 0; n < b.n; n++) {
		struct rd r = rd_init(slice_of(b.p, n));
		struct err e = ERR_INIT;

		rd_u32(&r);
		rd_text(&r, 10);
		ck_code(rd_end(&r, &e), &e, E_IPC);
	}
}
END_TEST

START_TEST(a_frame_with_more_is_refused)
{
	struct rd r = rd_init(slice_of("\0\0", 2));
	struct err e = ERR_INIT;

	rd_u8(&r);
	ck_code(rd_end(&r, &e), &e, E_IPC);
}
END_TEST

static const struct {
	const char *name, *bytes;
	size_t n;
} bad_fields[] = {
	{ "bool of 2", "\2", 1 },
	{ "text over its limit", "\0\0\0\5abcde", 9 },
	{ "text with NUL", "\0\0\0\1\0", 5 },
	{ "text not UTF-8", "\0\0\0\1\xff", 5 },
	{ "length beyond the frame", "\0\0\1\0a", 5 },
};

START_TEST(a_bad_field_poisons_the_cursor)
{
	struct rd r = rd_init(slice_of(bad_fields[_i].bytes, bad_fields[_i].n));
	struct err e = ERR_INIT;

	if (_i == 0)
		rd_bool(&r);
	else
		rd_text(&r, 4);
	ck_assert_msg(r.bad, "%s", bad_fields[_i].name);
	ck_code(rd_end(&r, &e), &e, E_IPC);
}
END_TEST

static const struct {
	const char *bytes;
	bool valid;
} utf8[] = {
	{ "", true },
	{ "plain", true },
	{ "\xe8\xaa\x8d\xe5\xae\x9a", true },
	{ "\xf0\xa0\xae\xb7", true },
	{ "\xf4\x8f\xbf\xbf", true },
	{ "\xf4\x90\x80\x80", false },
	{ "\xc0\xae", false },
	{ "\xe0\x80\xaf", false },
	{ "\xed\xa0\x80", false },
	{ "\xe8\xaa", false },
	{ "\x80", false },
	{ "\xfe", false },
};

/* What goes to a person as JSON is text, however it was cut. */
START_TEST(cut_text_is_mended)
{
	static const struct finding_rule rule = { "RULE-X", NULL, SEV_WARN,
		NULL, "%s", "%s" };
	struct findings f = { 0 };
	struct err e = ERR_INIT;
	char text[] = "\xe3\x81\x82\xe3\x81 \xff";
	char wide[400] = "";

	ck_assert_str_eq(utf8_mend(text), "\xe3\x81\x82?? ?");
	(void)err_set(
	    &e, E_INPUT, "no \"%.4s\" here", "\xe3\x81\x82\xe3\x81\x84");
	ck_assert_str_eq(e.detail, "no \"\xe3\x81\x82?\" here");
	for (size_t i = 0; i + 4 < sizeof(wide); i += 3)
		snprintf(wide + i, 4, "\xe3\x81\x82");
	e = (struct err)ERR_INIT;
	(void)err_set(&e, E_INPUT, "%s", wide);
	ck_assert(utf8_valid(slice_str(e.detail)));
	findings_add(&f, &rule, wide, wide, wide);
	ck_assert(utf8_valid(slice_str(f.items[0].text_ja)));
	ck_assert(utf8_valid(slice_str(f.items[0].member)));
	findings_free(&f);
}
END_TEST

START_TEST(utf8_is_read_strictly)
{
	ck_assert_int_eq(utf8_valid(slice_str(utf8[_i].bytes)), utf8[_i].valid);
}
END_TEST

/* --- enc --- */

static const struct {
	const char *plain, *coded;
} base64[] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "foobar", "Zm9vYmFy" },
};

START_TEST(base64_goes_both_ways)
{
	CLEANUP(buf_free) struct buf there = BUF_INIT(64);
	CLEANUP(buf_free) struct buf back = BUF_INIT(64);
	struct err e = ERR_INIT;

	base64_encode(slice_str(base64[_i].plain), 0, &there);
	ck_assert_str_eq(buf_str(&there), base64[_i].coded);
	ck_ok(base64_decode(buf_slice(&there), false, &back, &e), &e);
	ck_assert_str_eq(buf_str(&back), base64[_i].plain);
}
END_TEST

static const char *const bad_base64[] = { "Zg",
	"Zg=", "Z===", "Zh==", "Zm9=", "Zg==Zg==", "Zm 9v", "Zm9v\n", "Z-9v",
	"=", "Zg=a" };

START_TEST(base64_is_read_strictly)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(64);
	struct err e = ERR_INIT;

	ck_code(base64_decode(slice_str(bad_base64[_i]), false, &out, &e), &e,
	    E_INPUT);
}
END_TEST

START_TEST(base64_lines_are_wrapped_and_joined)
{
	CLEANUP(buf_free) struct buf there = BUF_INIT(64);
	CLEANUP(buf_free) struct buf back = BUF_INIT(64);
	struct err e = ERR_INIT;

	base64_encode(slice_str("foobar"), 4, &there);
	ck_assert_str_eq(buf_str(&there), "Zm9v\nYmFy\n");
	ck_ok(base64_decode(buf_slice(&there), true, &back, &e), &e);
	ck_assert_str_eq(buf_str(&back), "foobar");
}
END_TEST

START_TEST(hex_is_lower_case_and_whole)
{
	struct err e = ERR_INIT, e2 = ERR_INIT, e3 = ERR_INIT;
	uint8_t out[2];
	char text[5];

	ck_assert_str_eq(hex_encode("\x0a\xff", 2, text), "0aff");
	ck_ok(hex_decode("0aff", out, 2, &e), &e);
	ck_assert_int_eq(out[1], 0xff);
	ck_code(hex_decode("0AFF", out, 2, &e2), &e2, E_INPUT);
	ck_code(hex_decode("0af", out, 2, &e3), &e3, E_INPUT);
}
END_TEST

static const struct {
	const char *text;
	uint64_t max, value;
	bool ok;
} numbers[] = {
	{ "0", 10, 0, true },
	{ "10", 10, 10, true },
	{ "11", 10, 0, false },
	{ "01", 10, 0, false },
	{ "+1", 10, 0, false },
	{ " 1", 10, 0, false },
	{ "1x", 10, 0, false },
	{ "", 10, 0, false },
	{ "18446744073709551615", UINT64_MAX, UINT64_MAX, true },
	{ "18446744073709551616", UINT64_MAX, 0, false },
	{ "5", 4, 0, false },
};

START_TEST(decimal_numbers_are_read_strictly)
{
	struct err e = ERR_INIT;
	uint64_t v = 99;
	int rv = dec_parse(numbers[_i].text, numbers[_i].max, &v, &e);

	ck_assert_int_eq(rv == 0, numbers[_i].ok);
	ck_assert_uint_eq(v, numbers[_i].ok ? numbers[_i].value : 99);
}
END_TEST

/* --- instants --- */

static const struct {
	const char *text;
	int64_t t;
} instants[] = {
	{ "1970-01-01T09:00:00+09:00", 0 },
	{ "2026-07-15T09:00:00+09:00", 1784073600 },
	{ "2028-02-29T23:59:59+09:00", 1835449199 },
	{ "2000-02-29T00:00:00+09:00", 951750000 },
	{ "1969-12-31T23:59:59+09:00", -32401 },
};

START_TEST(instants_go_both_ways)
{
	struct err e = ERR_INIT;
	char text[INSTANT_TEXT];
	int64_t t;

	ck_assert_str_eq(
	    instant_format(instants[_i].t, text), instants[_i].text);
	ck_ok(instant_parse(instants[_i].text, &t, &e), &e);
	ck_assert_int_eq(t, instants[_i].t);
}
END_TEST

START_TEST(other_offsets_are_understood)
{
	struct err e = ERR_INIT;
	int64_t t;

	ck_ok(instant_parse("2026-07-15T00:00:00Z", &t, &e), &e);
	ck_assert_int_eq(t, 1784073600);
	ck_ok(instant_parse("2026-07-14T19:00:00-05:00", &t, &e), &e);
	ck_assert_int_eq(t, 1784073600);
}
END_TEST

static const char *const bad_instants[] = { "", "2026-07-15",
	"2026-07-15 09:00:00+09:00", "2026-13-15T09:00:00+09:00",
	"2026-02-29T09:00:00+09:00", "2026-07-15T24:00:00+09:00",
	"2026-07-15T09:60:00+09:00", "2026-07-15T09:00:60+09:00",
	"2026-07-15T09:00:00", "2026-07-15T09:00:00.5+09:00",
	"2026-07-15T09:00:00+0900", "2026-07-15T09:00:00+24:00",
	"0000-07-15T09:00:00Z", "2026-7-15T09:00:00+09:00x" };

START_TEST(malformed_instants_are_refused)
{
	struct err e = ERR_INIT;
	int64_t t;

	ck_code(instant_parse(bad_instants[_i], &t, &e), &e, E_INPUT);
}
END_TEST

static int64_t
fixed(void *arg)
{
	(void)arg;
	return 42;
}

START_TEST(a_clock_is_an_argument)
{
	struct clock c = { fixed, NULL }, real = clock_system();

	ck_assert_int_eq(clock_now(&c), 42);
	ck_assert_int_gt(clock_now(&real), 1700000000);
}
END_TEST

/* --- files --- */

START_TEST(files_are_written_whole_and_read_with_a_limit)
{
	CLEANUP(freep) char *path = fs_join(temp_dir(), "f");
	CLEANUP(buf_free) struct buf b = BUF_INIT(100);
	struct err e = ERR_INIT, e2 = ERR_INIT, e3 = ERR_INIT, e4 = ERR_INIT;

	ck_ok(fs_write(AT_FDCWD, path, slice_str("one"), 0600, &e), &e);
	ck_ok(fs_write(AT_FDCWD, path, slice_str("two"), 0600, &e), &e);
	ck_ok(fs_read(AT_FDCWD, path, 100, &b, &e), &e);
	ck_assert_str_eq(buf_str(&b), "two");
	buf_reset(&b);
	ck_code(fs_read(AT_FDCWD, path, 2, &b, &e2), &e2, E_LIMIT);
	ck_code(fs_create(AT_FDCWD, path, slice_str("x"), 0600, &e3), &e3,
	    E_STORE_CONFLICT);
	ck_code(
	    fs_read(AT_FDCWD, "/nonexistent/x", 2, &b, &e4), &e4, E_NOT_FOUND);
}
END_TEST

START_TEST(a_folder_is_no_file)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(100);
	struct err e = ERR_INIT;

	ck_code(fs_read(AT_FDCWD, temp_dir(), 100, &b, &e), &e, E_INPUT);
}
END_TEST

START_TEST(folders_are_made_with_their_parents)
{
	CLEANUP(freep) char *path = fs_join(temp_dir(), "a/b/c");
	struct err e = ERR_INIT;
	struct stat st;

	ck_ok(fs_mkdirs(AT_FDCWD, path, 0700, &e), &e);
	ck_ok(fs_mkdirs(AT_FDCWD, path, 0700, &e), &e);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert(S_ISDIR(st.st_mode));
}
END_TEST

START_TEST(only_sealed_memory_is_mapped)
{
	struct err e = ERR_INIT, e2 = ERR_INIT, e3 = ERR_INIT;
	CLEANUP(blob_unmap) struct blob b = { 0 };
	CLEANUP(fd_closep) int open_fd = -1;
	CLEANUP(fd_closep) int fd = -1;

	ck_ok(memfd_new("t", &open_fd, &e), &e);
	ck_ok(fd_write(open_fd, "abc", 3, &e), &e);
	ck_code(blob_map(open_fd, 10, &b, &e2), &e2, E_IPC);
	ck_ok(memfd_of("t", slice_str("abc"), &fd, &e), &e);
	ck_code(blob_map(fd, 2, &b, &e3), &e3, E_LIMIT);
	ck_ok(blob_map(fd, 3, &b, &e), &e);
	ck_assert_int_eq(memcmp(b.p, "abc", 3), 0);
	ck_assert_int_eq(write(fd, "x", 1), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

START_TEST(empty_memory_is_refused)
{
	CLEANUP(fd_closep) int fd = -1;
	struct err e = ERR_INIT, e2 = ERR_INIT;
	uint64_t size;

	ck_ok(memfd_of("t", slice_str(""), &fd, &e), &e);
	ck_code(blob_check(fd, 10, &size, &e2), &e2, E_LIMIT);
}
END_TEST

/* --- findings --- */

static const struct finding_rule rule = { "BUNDLE-X", "X", SEV_REFUSE, "4(1)",
	"名前「%s」は使えません。", "The name \"%s\" cannot be used." };

START_TEST(a_finding_says_what_and_where_in_two_languages)
{
	CLEANUP(findings_free) struct findings f = { 0 };

	findings_add(&f, &rule, "a\xffz", "2.1", "p\x1bq%s");
	ck_assert_uint_eq(f.n, 1);
	ck_assert_str_eq(f.items[0].member, "a\\xFFz");
	ck_assert_str_eq(
	    f.items[0].text_en, "The name \"p\\u{1B}q%s\" cannot be used.");
	ck_assert_str_eq(
	    f.items[0].text_ja, "名前「p\\u{1B}q%s」は使えません。");
	ck_assert_int_eq(findings_worst(&f), SEV_REFUSE);
	ck_assert(findings_has(&f, "BUNDLE-X"));
	ck_assert(!findings_has(&f, "BUNDLE-Y"));
}
END_TEST

START_TEST(findings_are_bounded)
{
	CLEANUP(findings_free) struct findings f = { 0 };

	for (int i = 0; i < LIMIT_FINDINGS + 5; i++)
		findings_add(&f, &rule, NULL, NULL, NULL);
	ck_assert_uint_eq(f.n, LIMIT_FINDINGS);
	ck_assert_uint_eq(f.dropped, 5);
}
END_TEST

/* Nobody hides what is refused behind a crowd of warnings. */
START_TEST(a_crowd_of_findings_hides_nothing)
{
	CLEANUP(findings_free) struct findings f = { 0 };
	struct finding_rule lesser = rule;

	lesser.severity = SEV_WARN;
	lesser.rule = "TAG-Y";
	for (int i = 0; i < LIMIT_FINDINGS; i++)
		findings_add(&f, &lesser, NULL, NULL, NULL);
	findings_add(&f, &rule, NULL, NULL, NULL);
	findings_add(&f, &lesser, NULL, NULL, NULL);
	ck_assert_uint_eq(f.n, LIMIT_FINDINGS);
	ck_assert_uint_eq(f.dropped, 2);
	ck_assert_int_eq(findings_worst(&f), SEV_REFUSE);
	ck_assert(findings_has(&f, "BUNDLE-X"));
	ck_assert(findings_has(&f, "TAG-Y"));
}
END_TEST

START_TEST(severities_have_names)
{
	ck_assert_int_eq(severity_parse("refuse"), SEV_REFUSE);
	ck_assert_int_eq(severity_parse("none"), SEV_NONE);
	ck_assert_int_eq(severity_parse("x"), SEV_NONE);
	ck_assert_str_eq(severity_name(SEV_WARN), "warn");
	ck_assert_str_eq(severity_name((enum severity)77), "none");
}
END_TEST

START_TEST(shown_text_is_cut_at_a_character)
{
	char out[12];

	ck_assert_str_eq(
	    text_show(out, sizeof(out), "認定認定", 12), "認定...");
	ck_assert_str_eq(
	    text_show(out, sizeof(out), "a\xc2\x85", 3), "a\\u{85}");
}
END_TEST

/* --- log --- */

START_TEST(a_record_is_one_line_of_json)
{
	char path[] = "/tmp/nintei-log-XXXXXX", line[2048];
	struct err e = ERR_INIT;
	int fd = mkstemp(path), kept = dup(2);
	ssize_t n;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_ge(dup2(fd, 2), 0);
	log_init("test", LOG_L_INFO);
	log_ev(LOG_L_DEBUG, "unseen", NULL);
	log_ev(LOG_L_INFO, "seen", "key", "a\"b\nc", NULL);
	err_set(&e, E_LIMIT, "much");
	log_err("failed", &e, "urn:x");
	dup2(kept, 2);
	n = pread(fd, line, sizeof(line) - 1, 0);
	unlink(path);
	ck_assert_int_gt(n, 0);
	line[n] = '\0';
	ck_assert(strstr(line, "unseen") == NULL);
	ck_assert(strstr(line, "\"key\":\"a\\\"b\\\\u{A}c\"") != NULL);
	ck_assert(strstr(line, "\"code\":\"E_LIMIT\"") != NULL);
	ck_assert(strstr(line, "\"instance\":\"urn:x\"") != NULL);
	close(fd);
	close(kept);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("base");
	TCase *t = tcase_create("base");

	tcase_add_test(t, the_first_raise_fixes_code_and_detail);
	tcase_add_test(t, a_system_error_keeps_errno);
	tcase_add_test(t, codes_have_names_that_lead_back);
	tcase_add_test(t, a_buffer_turns_bad_beyond_its_maximum);
	tcase_add_test(t, fields_read_back_as_written);
	tcase_add_test(t, a_short_frame_poisons_the_cursor);
	tcase_add_test(t, a_frame_with_more_is_refused);
	tcase_add_loop_test(
	    t, a_bad_field_poisons_the_cursor, 0, (int)NELEM(bad_fields));
	tcase_add_test(t, cut_text_is_mended);
	tcase_add_loop_test(t, utf8_is_read_strictly, 0, (int)NELEM(utf8));
	tcase_add_loop_test(t, base64_goes_both_ways, 0, (int)NELEM(base64));
	tcase_add_loop_test(
	    t, base64_is_read_strictly, 0, (int)NELEM(bad_base64));
	tcase_add_test(t, base64_lines_are_wrapped_and_joined);
	tcase_add_test(t, hex_is_lower_case_and_whole);
	tcase_add_loop_test(
	    t, decimal_numbers_are_read_strictly, 0, (int)NELEM(numbers));
	tcase_add_loop_test(t, instants_go_both_ways, 0, (int)NELEM(instants));
	tcase_add_test(t, other_offsets_are_understood);
	tcase_add_loop_test(
	    t, malformed_instants_are_refused, 0, (int)NELEM(bad_instants));
	tcase_add_test(t, a_clock_is_an_argument);
	tcase_add_test(t, files_are_written_whole_and_read_with_a_limit);
	tcase_add_test(t, a_folder_is_no_file);
	tcase_add_test(t, folders_are_made_with_their_parents);
	tcase_add_test(t, only_sealed_memory_is_mapped);
	tcase_add_test(t, empty_memory_is_refused);
	tcase_add_test(t, a_finding_says_what_and_where_in_two_languages);
	tcase_add_test(t, findings_are_bounded);
	tcase_add_test(t, a_crowd_of_findings_hides_nothing);
	tcase_add_test(t, severities_have_names);
	tcase_add_test(t, shown_text_is_cut_at_a_character);
	tcase_add_test(t, a_record_is_one_line_of_json);
	suite_add_tcase(s, t);
	return suite_main(s);
}
