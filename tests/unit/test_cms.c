/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypted documents: ours, and what stock OpenSSL makes of them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/cms.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "support/support.h"

static const uint8_t key_bytes[CMS_KEY_BYTES] = { 1, 2, 3, 4, 5 };
static const uint8_t other_bytes[CMS_KEY_BYTES] = { 9 };

static struct cms_key
key_of(const char *id)
{
	return (struct cms_key){ .id = slice_str(id),
		.key = slice_of(key_bytes, sizeof(key_bytes)) };
}

static struct buf
pattern(size_t n)
{
	struct buf b = BUF_INIT(MIB(16));

	for (size_t i = 0; i < n; i++)
		buf_putc(&b, (int)(i * 7 % 251));
	return b;
}

/* A memfd with the document encrypted. */
static int
encrypted(const struct cms_key *key, const struct buf *plain)
{
	struct random r = random_system();
	CLEANUP(fd_closep) int in = -1;
	struct err e = ERR_INIT;
	int out;

	ck_ok(memfd_new("in", &in, &e), &e);
	ck_ok(fd_write(in, plain->p, plain->n, &e), &e);
	ck_ok(memfd_new("out", &out, &e), &e);
	ck_ok(cms_encrypt(key, in, plain->n, &r, out, &e), &e);
	return out;
}

static size_t
size_of(int fd)
{
	off_t n = lseek(fd, 0, SEEK_END);

	ck_assert(n >= 0);
	return (size_t)n;
}

static struct buf
content(int fd)
{
	struct buf b = BUF_INIT(MIB(16));
	size_t n = size_of(fd);
	CLEANUP(freep) uint8_t *p = xcalloc(1, n + 1);
	struct err e = ERR_INIT;

	ck_ok(fd_pread(fd, p, n, 0, &e), &e);
	buf_put(&b, p, n);
	return b;
}

/* Sizes at which the lengths of the head change their own length. */
static const size_t sizes[] = { 0, 1, 15, 16, 17, 90, 100, 110, 120, 126, 127,
	128, 129, 140, 200, 254, 255, 256, 257, 300, 65000, 65300, 65400, 65500,
	65535, 65536, 65537, 100000, 1048576, 1048577 };

START_TEST(document_comes_back)
{
	struct cms_key key = key_of("c-0123456789");
	struct buf plain = pattern(sizes[_i]);
	CLEANUP(fd_closep) int fd = encrypted(&key, &plain);
	CLEANUP(fd_closep) int back = -1;
	struct err e = ERR_INIT;
	struct buf have;
	int seals;

	ck_ok(cms_decrypt(&key, fd, &back, &e), &e);
	have = content(back);
	ck_assert(slice_eq(buf_slice(&have), buf_slice(&plain)));
	seals = fcntl(back, F_GET_SEALS);
	ck_assert_int_ne(seals & F_SEAL_WRITE, 0);
	buf_free(&have);
	buf_free(&plain);
}
END_TEST

/* Every size from 0 to 700: each total has one solution. */
START_TEST(every_small_size_comes_back)
{
	struct cms_key key = key_of("0");
	struct err e = ERR_INIT;

	for (size_t n = 0; n <= 700; n++) {
		struct buf plain = pattern(n);
		CLEANUP(fd_closep) int fd = encrypted(&key, &plain);
		CLEANUP(fd_closep) int back = -1;

		ck_ok(cms_decrypt(&key, fd, &back, &e), &e);
		ck_assert_uint_eq(size_of(back), n);
		buf_free(&plain);
	}
}
END_TEST

/* AUDIT-26: who has no key still knows for whom it is, and of what size. */
START_TEST(form_is_known_without_the_key)
{
	struct cms_key key = key_of("c1234");
	size_t n = sizes[_i];
	struct buf plain = pattern(n);
	CLEANUP(fd_closep) int fd = encrypted(&key, &plain);
	struct buf all = content(fd);
	struct slice begin =
	    slice_of(all.p, all.n < CMS_BEGIN_BYTES ? all.n : CMS_BEGIN_BYTES);

	ck_assert(cms_is_form(key.id, n, begin, all.n));
	ck_assert(!cms_is_form(slice_str("c1235"), n, begin, all.n));
	ck_assert(!cms_is_form(key.id, n + 1, begin, all.n));
	ck_assert(!cms_is_form(key.id, n, begin, all.n - 1));
	ck_assert(!cms_is_form(key.id, n, slice_of(begin.p, 40), all.n));
	all.p[8] ^= 1;
	ck_assert(!cms_is_form(key.id, n, begin, all.n));
	ck_assert(!cms_is_form(key.id, UINT64_MAX, begin, all.n));
	buf_free(&all);
	buf_free(&plain);
}
END_TEST

/* Any flipped bit is refused, by the form or by the tag. */
START_TEST(flipped_bit_is_refused)
{
	struct cms_key key = key_of("c-1");
	struct buf plain = pattern(100);
	CLEANUP(fd_closep) int fd = encrypted(&key, &plain);
	struct buf all = content(fd);

	for (size_t i = 0; i < all.n; i++) {
		CLEANUP(fd_closep) int bad = -1;
		int back = -1;
		struct err e = ERR_INIT;

		all.p[i] ^= (uint8_t)(1 << (i % 8));
		ck_ok(memfd_of("bad", buf_slice(&all), &bad, &e), &e);
		ck_assert_int_eq(cms_decrypt(&key, bad, &back, &e), -1);
		ck_assert(e.code == E_INPUT || e.code == E_INVALID);
		ck_assert_int_eq(back, -1);
		all.p[i] ^= (uint8_t)(1 << (i % 8));
	}
	buf_free(&all);
	buf_free(&plain);
}
END_TEST

START_TEST(other_key_id_or_length_is_refused)
{
	struct cms_key key = key_of("c-1"), wrong = key_of("c-1");
	struct cms_key other = key_of("c-2"), none = key_of("");
	struct buf plain = pattern(100);
	CLEANUP(fd_closep) int fd = encrypted(&key, &plain);
	CLEANUP(fd_closep) int cut = -1;
	struct buf all = content(fd);
	struct err e = ERR_INIT;
	int back = -1;

	wrong.key = slice_of(other_bytes, sizeof(other_bytes));
	ck_code(cms_decrypt(&wrong, fd, &back, &e), &e, E_INVALID);
	e = (struct err)ERR_INIT;
	ck_code(cms_decrypt(&other, fd, &back, &e), &e, E_INPUT);
	e = (struct err)ERR_INIT;
	ck_code(cms_decrypt(&none, fd, &back, &e), &e, E_INPUT);
	e = (struct err)ERR_INIT;
	ck_ok(memfd_of("cut", slice_of(all.p, all.n - 1), &cut, &e), &e);
	ck_code(cms_decrypt(&key, cut, &back, &e), &e, E_INPUT);
	fd_closep(&cut);
	buf_putc(&all, 0);
	e = (struct err)ERR_INIT;
	ck_ok(memfd_of("long", buf_slice(&all), &cut, &e), &e);
	ck_code(cms_decrypt(&key, cut, &back, &e), &e, E_INPUT);
	buf_free(&all);
	buf_free(&plain);
}
END_TEST

START_TEST(short_document_and_limits_are_refused)
{
	struct cms_key key = key_of("c-1");
	struct random r = random_system();
	CLEANUP(fd_closep) int in = -1;
	CLEANUP(fd_closep) int out = -1;
	struct err e = ERR_INIT;

	ck_ok(memfd_of("in", slice_str("abc"), &in, &e), &e);
	ck_ok(memfd_new("out", &out, &e), &e);
	ck_code(cms_encrypt(&key, in, 4, &r, out, &e), &e, E_INPUT);
	e = (struct err)ERR_INIT;
	ck_code(cms_encrypt(&key, in, LIMIT_TOTAL_BYTES + 1, &r, out, &e), &e,
	    E_LIMIT);
	e = (struct err)ERR_INIT;
	key.key.n = 16;
	ck_code(cms_encrypt(&key, in, 3, &r, out, &e), &e, E_INPUT);
}
END_TEST

/* INTERFACE 6: openssl cms -decrypt -secretkey opens a document. */
START_TEST(stock_openssl_opens_it)
{
	static const char id[] = "c-0123456789";
	struct cms_key key = key_of(id);
	struct buf plain = pattern(sizes[_i]);
	CLEANUP(fd_closep) int fd = encrypted(&key, &plain);
	CLEANUP(freep) char *cms = fs_join(temp_dir(), "doc.cms");
	CLEANUP(freep) char *opened = fs_join(temp_dir(), "doc");
	CLEANUP(freep) char *command = NULL;
	CLEANUP(buf_free) struct buf have = BUF_INIT(MIB(16));
	char key_hex[2 * CMS_KEY_BYTES + 1], id_hex[2 * sizeof(id)];
	struct buf all = content(fd);
	struct err e = ERR_INIT;

	ck_ok(fs_write(AT_FDCWD, cms, buf_slice(&all), 0600, &e), &e);
	command = xasprintf("openssl cms -decrypt -binary -inform DER -in %s "
			    "-secretkey %s -secretkeyid %s -out %s",
	    cms, hex_encode(key_bytes, CMS_KEY_BYTES, key_hex),
	    hex_encode(id, sizeof(id) - 1, id_hex), opened);
	ck_assert_int_eq(system(command), 0);
	ck_ok(fs_read(AT_FDCWD, opened, MIB(16), &have, &e), &e);
	ck_assert(slice_eq(buf_slice(&have), buf_slice(&plain)));
	buf_free(&all);
	buf_free(&plain);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("cms");
	TCase *t = tcase_create("cms");

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, document_comes_back, 0, (int)NELEM(sizes));
	tcase_add_test(t, every_small_size_comes_back);
	tcase_add_loop_test(
	    t, form_is_known_without_the_key, 0, (int)NELEM(sizes));
	tcase_add_test(t, flipped_bit_is_refused);
	tcase_add_test(t, other_key_id_or_length_is_refused);
	tcase_add_test(t, short_document_and_limits_are_refused);
	tcase_add_loop_test(t, stock_openssl_opens_it, 1, (int)NELEM(sizes));
	return suite_main(s);
}
