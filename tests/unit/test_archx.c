/* SPDX-License-Identifier: Apache-2.0 */
/* zlib streams and CRC-32 at their edges. */
#include <string.h>

#include "nintei/archx.h"
#include "nintei/limits.h"
#include "support/support.h"

static const char words[] = "the same words, the same words, the same words";

START_TEST(crc_of_nothing_changes_nothing)
{
	uint32_t crc = archx_crc32(0, slice_str("123456789"));

	ck_assert_uint_eq(crc, 0xcbf43926);
	ck_assert_uint_eq(archx_crc32(crc, slice_of(NULL, 0)), crc);
	ck_assert_uint_eq(
	    archx_crc32(archx_crc32(0, slice_str("12345")), slice_str("6789")),
	    crc);
}
END_TEST

/* Inflate in steps of one byte in and one byte out. */
START_TEST(streams_end_where_they_end)
{
	struct buf packed = BUF_INIT(KIB(4)), out = BUF_INIT(KIB(4));
	struct inflater *z = NULL;
	struct err e = ERR_INIT;
	enum inflate_state st = INFLATE_MORE;
	struct slice in;

	ck_ok(archx_deflate(slice_str(words), &packed, &e), &e);
	buf_puts(&packed, "rest");
	ck_ok(inflater_new(INFLATE_RAW, &z, &e), &e);
	in = buf_slice(&packed);
	while (st == INFLATE_MORE) {
		uint8_t byte;
		size_t n;

		st = inflater_run(z, &in, &byte, 1, &n);
		buf_put(&out, &byte, n);
	}
	ck_assert_int_eq(st, INFLATE_END);
	ck_assert(slice_eq_str(in, "rest"));
	ck_assert_str_eq(buf_str(&out), words);
	inflater_free(z);
	buf_free(&packed);
	buf_free(&out);
}
END_TEST

START_TEST(a_bad_stream_stays_bad)
{
	struct slice in = slice_str("\xff\xff\xff\xff\xff\xff");
	struct inflater *z = NULL;
	struct err e = ERR_INIT;
	uint8_t out[16];
	size_t n;

	ck_ok(inflater_new(INFLATE_RAW, &z, &e), &e);
	ck_assert_int_eq(
	    inflater_run(z, &in, out, sizeof(out), &n), INFLATE_BAD);
	in = slice_str("\x03");
	ck_assert_int_eq(
	    inflater_run(z, &in, out, sizeof(out), &n), INFLATE_BAD);
	inflater_free(z);
}
END_TEST

START_TEST(deflate_stops_at_its_limit)
{
	struct buf out = BUF_INIT(4);
	struct err e = ERR_INIT;

	ck_code(archx_deflate(slice_str(words), &out, &e), &e, E_LIMIT);
	buf_free(&out);
}
END_TEST

static int
stopped(void *arg UNUSED, struct slice *out UNUSED)
{
	return -1;
}

static int
empty(void *arg UNUSED, struct slice *out UNUSED)
{
	return 0;
}

START_TEST(tar_source_may_stop)
{
	struct tar_reader *t = NULL;
	struct tar_entry ent;
	struct err e = ERR_INIT;

	archx_warm();
	if (tar_reader_new(stopped, NULL, &t, &e) == 0)
		ck_assert_int_eq(tar_reader_next(t, &ent), TAR_STOPPED);
	tar_reader_free(t);
	t = NULL;
	if (tar_reader_new(empty, NULL, &t, &e) == 0)
		ck_assert_int_ne(tar_reader_next(t, &ent), TAR_OK);
	tar_reader_free(t);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("archx");
	TCase *t = tcase_create("streams");

	tcase_add_test(t, crc_of_nothing_changes_nothing);
	tcase_add_test(t, streams_end_where_they_end);
	tcase_add_test(t, a_bad_stream_stays_bad);
	tcase_add_test(t, deflate_stops_at_its_limit);
	tcase_add_test(t, tar_source_may_stop);
	suite_add_tcase(s, t);
	return suite_main(s);
}
