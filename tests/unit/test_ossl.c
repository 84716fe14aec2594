/* SPDX-License-Identifier: Apache-2.0 */
/* Digests, secrets, keys, DER and PEM. */
#include <string.h>
#include <unistd.h>

#include "nintei/der.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/key.h"
#include "nintei/limits.h"
#include "nintei/ossl.h"
#include "nintei/x509.h"
#include "support/pki.h"
#include "support/support.h"

/* FIPS 180-4 and RFC 4231 vectors. */
START_TEST(sha256_matches_vectors)
{
	char hex[SHA256_HEX];

	ck_assert_str_eq(sha256_hex(slice_str(""), hex),
	    "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	ck_assert_str_eq(sha256_hex(slice_str("abc"), hex),
	    "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
}
END_TEST

START_TEST(sha512_matches_vector)
{
	uint8_t out[SHA512_BYTES];
	char hex[2 * SHA512_BYTES + 1];

	sha512_of(slice_str("abc"), out);
	ck_assert_str_eq(hex_encode(out, sizeof(out), hex),
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea2"
	    "0a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
	    "454d4423643ce80e2a9ac94fa54ca49f");
}
END_TEST

START_TEST(hmac_matches_rfc4231)
{
	struct slice parts[] = { slice_str("what do ya want "),
		slice_str("for nothing?") };
	uint8_t out[SHA256_BYTES];
	char hex[SHA256_HEX];

	hmac_sha256(slice_str("Jefe"), parts, 2, out);
	ck_assert_str_eq(hex_encode(out, sizeof(out), hex),
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
}
END_TEST

START_TEST(incremental_equals_one_shot)
{
	CLEANUP(digest_freep) struct digest *d = digest_sha256_new();
	CLEANUP(fd_closep) int fd = -1;
	uint8_t a[32], b[32], c[32];
	struct err e = ERR_INIT;
	uint64_t size;

	digest_update(d, slice_str("ab"));
	digest_update(d, slice_str(""));
	digest_update(d, slice_str("c"));
	digest_final(d, a);
	sha256_of(slice_str("abc"), b);
	ck_assert_mem_eq(a, b, 32);
	ck_ok(memfd_of("t", slice_str("abc"), &fd, &e), &e);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_ok(digest_fd(fd, c, &size, &e), &e);
	ck_assert_mem_eq(c, b, 32);
	ck_assert_uint_eq(size, 3);
}
END_TEST

START_TEST(sealed_value_opens_only_as_sealed)
{
	CLEANUP(buf_free) struct buf sealed = BUF_INIT(256);
	CLEANUP(secret_freep) struct secret *plain = NULL;
	struct slice key = slice_str("0123456789abcdef0123456789abcdef");
	struct slice wrong = slice_str("0123456789abcdef0123456789abcdeF");
	struct slice aad = slice_str("casekey c-1");
	struct random r = random_system();
	struct err e = ERR_INIT;

	ck_ok(seal_encode(key, aad, slice_str("value"), &r, &sealed, &e), &e);
	ck_assert_uint_eq(sealed.n, 5 + SEAL_OVERHEAD);
	ck_ok(seal_decode(key, aad, buf_slice(&sealed), &plain, &e), &e);
	ck_assert(slice_eq_str(secret_slice(plain), "value"));
	secret_free(TAKE(plain));
	ck_code(seal_decode(wrong, aad, buf_slice(&sealed), &plain, &e), &e,
	    E_INVALID);
	e = (struct err)ERR_INIT;
	ck_code(seal_decode(key, slice_str("casekey c-2"), buf_slice(&sealed),
		    &plain, &e),
	    &e, E_INVALID);
	for (size_t i = 0; i < sealed.n; i++) {
		e = (struct err)ERR_INIT;
		sealed.p[i] ^= 1;
		ck_code(seal_decode(key, aad, buf_slice(&sealed), &plain, &e),
		    &e, E_INVALID);
		sealed.p[i] ^= 1;
	}
	e = (struct err)ERR_INIT;
	ck_code(seal_decode(key, aad, slice_of(sealed.p, SEAL_OVERHEAD - 1),
		    &plain, &e),
	    &e, E_INVALID);
	e = (struct err)ERR_INIT;
	ck_code(
	    seal_decode(aad, aad, buf_slice(&sealed), &plain, &e), &e, E_INPUT);
}
END_TEST

START_TEST(secure_heap_locks_or_fails)
{
	CLEANUP(secret_freep) struct secret *s = NULL;
	struct err e = ERR_INIT;

	ck_ok(ossl_secure_heap(KIB(32), &e), &e);
	s = secret_of(slice_str("x"));
	ck_assert(secret_equal(secret_slice(s), slice_str("x")));
	ck_assert(!secret_equal(secret_slice(s), slice_str("y")));
	ck_assert(!secret_equal(secret_slice(s), slice_str("xx")));
}
END_TEST

static const enum key_kind own_kinds[] = { KEY_ED25519, KEY_P256 };

START_TEST(key_survives_pem_and_signs)
{
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	CLEANUP(pkey_freep) struct pkey *back = NULL;
	CLEANUP(pkey_freep) struct pkey *pub = NULL;
	CLEANUP(buf_wipe) struct buf pem = BUF_INIT(KIB(4));
	CLEANUP(buf_free) struct buf sig = BUF_INIT(256);
	struct slice m = slice_str("message");
	struct err e = ERR_INIT;

	ck_ok(pkey_generate(own_kinds[_i], &k, &e), &e);
	ck_ok(pkey_save_pem(k, &pem, &e), &e);
	ck_ok(pkey_load_pem(buf_slice(&pem), &back, &e), &e);
	ck_assert_int_eq(pkey_kind(back), own_kinds[_i]);
	ck_ok(pkey_sign(back, m, &sig, &e), &e);
	ck_ok(pkey_of_spki(pkey_spki(k), &pub, &e), &e);
	ck_assert(pkey_verify(pub, m, buf_slice(&sig)));
	ck_assert(!pkey_verify(pub, slice_str("massage"), buf_slice(&sig)));
	sig.p[sig.n - 1] ^= 1;
	ck_assert(!pkey_verify(pub, m, buf_slice(&sig)));
	ck_code(pkey_sign(pub, m, &sig, &e), &e, E_INPUT);
	e = (struct err)ERR_INIT;
	ck_code(pkey_save_pem(pub, &pem, &e), &e, E_INPUT);
}
END_TEST

START_TEST(raw_signatures_verify)
{
	CLEANUP(pkey_freep) struct pkey *ed = NULL;
	CLEANUP(pkey_freep) struct pkey *ec = NULL;
	CLEANUP(buf_free) struct buf sig = BUF_INIT(256);
	struct slice m = slice_str("message"), r, s;
	struct err e = ERR_INIT;

	ck_ok(pkey_generate(KEY_ED25519, &ed, &e), &e);
	ck_ok(pkey_sign(ed, m, &sig, &e), &e);
	ck_assert_uint_eq(sig.n, ED25519_SIGNATURE_BYTES);
	ck_assert(ed25519_verify(pkey_raw(ed), m, buf_slice(&sig)));
	ck_assert(
	    !ed25519_verify(pkey_raw(ed), r = slice_str("x"), buf_slice(&sig)));
	buf_reset(&sig);
	ck_ok(pkey_generate(KEY_P256, &ec, &e), &e);
	ck_ok(pkey_sign(ec, m, &sig, &e), &e);
	ck_assert_uint_eq(pkey_raw(ec).n, P256_POINT_BYTES);
	ck_ok(p256_signature_split(buf_slice(&sig), &r, &s, &e), &e);
	ck_assert(p256_verify(pkey_raw(ec), m, r, s));
	ck_assert(!p256_verify(pkey_raw(ec), m, s, r));
	ck_assert(!p256_verify(pkey_raw(ec), m, r, slice_of(NULL, 0)));
	ck_assert(!p256_verify(pkey_raw(ed), m, r, s));
	buf_putc(&sig, 0);
	ck_code(p256_signature_split(buf_slice(&sig), &r, &s, &e), &e, E_INPUT);
}
END_TEST

/* RFC 8032 7.1, test 2. */
START_TEST(ed25519_matches_rfc8032)
{
	struct buf pub = pki_hex("3d4017c3e843895a92b70aa74d1b7ebc"
				 "9c982ccf2ec4968cc0cd55f12af4660c");
	struct buf seed = pki_hex("4ccd089b28ff96da9db6c346ec114e0f"
				  "5b8a319f35aba624da8cf6ed4fb8a6fb");
	struct buf want = pki_hex("92a009a9f0d4cab8720e820b5f642540"
				  "a2b27b5416503f8fb3762223ebdb69da"
				  "085ac1e43e15996e458f3613d0f11d8c"
				  "387b2eaeb4302aeeb00d291612bb0c00");
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	CLEANUP(secret_freep) struct secret *back = NULL;
	CLEANUP(buf_free) struct buf sig = BUF_INIT(256);
	struct err e = ERR_INIT;

	ck_ok(pkey_of_ed25519_seed(buf_slice(&seed), &k, &e), &e);
	ck_assert(slice_eq(pkey_raw(k), buf_slice(&pub)));
	ck_ok(pkey_sign(k, slice_str("r"), &sig, &e), &e);
	ck_assert(slice_eq(buf_slice(&sig), buf_slice(&want)));
	ck_ok(pkey_ed25519_seed(k, &back, &e), &e);
	ck_assert(slice_eq(secret_slice(back), buf_slice(&seed)));
	ck_ok(ed25519_check(buf_slice(&pub), &e), &e);
	buf_free(&pub);
	buf_free(&seed);
	buf_free(&want);
}
END_TEST

/* Points of small and mixed order, not on the curve, not canonical. */
static const struct {
	const char *name, *hex;
} bad_points[] = {
	{ "identity",
	    "01000000000000000000000000000000"
	    "00000000000000000000000000000000" },
	{ "order 2",
	    "ecffffffffffffffffffffffffffffff"
	    "ffffffffffffffffffffffffffffff7f" },
	{ "order 4",
	    "00000000000000000000000000000000"
	    "00000000000000000000000000000000" },
	{ "order 4, odd",
	    "00000000000000000000000000000000"
	    "00000000000000000000000000000080" },
	{ "order 8",
	    "26e8958fc2b227b045c3f489f2ef98f0"
	    "d5dfac05d3c63339b13802886d53fc05" },
	{ "order 8, other",
	    "c7176a703d4dd84fba3c0b760d10670f"
	    "2a2053fa2c39ccc64ec7fd7792ac037a" },
	{ "not canonical identity",
	    "eeffffffffffffffffffffffffffffff"
	    "ffffffffffffffffffffffffffffff7f" },
	{ "identity with the sign bit",
	    "01000000000000000000000000000000"
	    "00000000000000000000000000000080" },
	{ "not on the curve",
	    "02000000000000000000000000000000"
	    "00000000000000000000000000000000" },
	/* The base point plus the point of order 2: (-x, -y) of it. */
	{ "mixed order",
	    "95999999999999999999999999999999"
	    "99999999999999999999999999999999" },
};

START_TEST(ed25519_point_is_refused)
{
	struct buf raw = pki_hex(bad_points[_i].hex);
	struct err e = ERR_INIT;
	int rv = ed25519_check(buf_slice(&raw), &e);

	ck_assert_msg(rv < 0, "%s", bad_points[_i].name);
	ck_assert_int_eq(e.code, E_INPUT);
	buf_free(&raw);
}
END_TEST

START_TEST(base_point_is_accepted)
{
	struct buf raw = pki_hex("58666666666666666666666666666666"
				 "66666666666666666666666666666666");
	struct err e = ERR_INIT;

	ck_ok(ed25519_check(buf_slice(&raw), &e), &e);
	buf_free(&raw);
	ck_code(ed25519_check(slice_str("short"), &e), &e, E_INPUT);
}
END_TEST

START_TEST(random_keys_have_full_order)
{
	struct err e = ERR_INIT;

	for (int i = 0; i < 20; i++) {
		CLEANUP(pkey_freep) struct pkey *k = NULL;

		ck_ok(pkey_generate(KEY_ED25519, &k, &e), &e);
		ck_ok(ed25519_check(pkey_raw(k), &e), &e);
	}
}
END_TEST

START_TEST(p256_point_must_be_on_the_curve)
{
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	uint8_t point[P256_POINT_BYTES];
	struct err e = ERR_INIT;

	ck_ok(pkey_generate(KEY_P256, &k, &e), &e);
	memcpy(point, pkey_raw(k).p, sizeof(point));
	ck_ok(p256_check(slice_of(point, sizeof(point)), &e), &e);
	point[64] ^= 1;
	ck_code(p256_check(slice_of(point, sizeof(point)), &e), &e, E_INPUT);
	e = (struct err)ERR_INIT;
	ck_code(p256_check(slice_of(point, 33), &e), &e, E_INPUT);
}
END_TEST

/* What the strict reader refuses: X.690 10 and 11. */
static const struct {
	const char *name, *hex;
} bad_der[] = {
	{ "length not minimal", "02 81 01 05" },
	{ "length with leading zero", "02 82 00 05 01 02 03 04 05" },
	{ "indefinite length", "30 80 00 00" },
	{ "cut off", "02 05 01" },
	{ "high tag", "1f 81 00 00" },
	{ "integer not minimal", "02 02 00 05" },
	{ "integer negative", "02 01 80" },
	{ "integer empty", "02 00" },
	{ "length overflows", "02 84 ff ff ff ff 00" },
	{ "nothing", "" },
};

START_TEST(malformed_der_is_refused)
{
	struct buf b = pki_hex(bad_der[_i].hex);
	struct der d = der_init(buf_slice(&b));
	struct err e = ERR_INIT;

	der_get_uint(&d);
	ck_assert_msg(!der_done(&d), "%s", bad_der[_i].name);
	ck_code(der_finish(&d, &e), &e, E_INPUT);
	buf_free(&b);
}
END_TEST

static const char *const oids[] = { "2.5.4.3", "1.2.840.10045.4.3.2",
	"2.999.1.2.1", "0.9.2342", "1.3.6.1.4.1.2147483647" };

START_TEST(oid_round_trip)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	char text[64];
	struct der d;

	der_oid(&b, oids[_i]);
	ck_assert(buf_ok(&b));
	d = der_init(buf_slice(&b));
	ck_assert_str_eq(der_get_oid(&d, text, sizeof(text)), oids[_i]);
	ck_assert(der_done(&d));
}
END_TEST

static const char *const bad_oids[] = { "", "1", "3.1", "1.40", "1.2.", "a.b",
	"1.2.03", "1.2.2147483648", "1.2 ", "1..2" };

START_TEST(malformed_oid_is_refused)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);

	der_oid(&b, bad_oids[_i]);
	ck_assert_msg(!buf_ok(&b), "%s", bad_oids[_i]);
}
END_TEST

static const struct {
	int64_t at;
	const char *hex;
} times[] = {
	{ INT64_C(1846076399), "17 0d 3238303730313134353935395a" },
	{ INT64_C(2524607999), "17 0d 3439313233313233353935395a" },
	{ INT64_C(2524608000), "18 0f 32303530303130313030303030305a" },
	{ 0, "17 0d 3730303130313030303030305a" },
};

START_TEST(time_has_the_form_of_its_year)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	struct buf want = pki_hex(times[_i].hex);
	struct der d;

	der_time(&b, times[_i].at);
	ck_assert(slice_eq(buf_slice(&b), buf_slice(&want)));
	d = der_init(buf_slice(&b));
	ck_assert_int_eq(der_get_time(&d), times[_i].at);
	ck_assert(der_done(&d));
	buf_free(&want);
}
END_TEST

static const char *const bad_times[] = {
	"17 0d 3238303233303134353935395a", /* 30 February */
	"17 0d 3238303731363236303030305a", /* hour 26 */
	"17 0d 323830373136313435393539 2b", /* no Z */
	"17 0b 323830373031313435395a", /* no seconds */
	"18 0d 3238303730313134353935395a",
};

START_TEST(malformed_time_is_refused)
{
	struct buf b = pki_hex(bad_times[_i]);
	struct der d = der_init(buf_slice(&b));

	der_get_time(&d);
	ck_assert_msg(!der_done(&d), "%s", bad_times[_i]);
	buf_free(&b);
}
END_TEST

START_TEST(long_lengths_are_written)
{
	static const size_t sizes[] = { 0, 127, 128, 255, 256, 65535, 65536 };
	CLEANUP(buf_free) struct buf fill = BUF_INIT(MIB(1));

	for (size_t i = 0; i < NELEM(sizes); i++) {
		CLEANUP(buf_free) struct buf b = BUF_INIT(MIB(1));
		struct der d;

		buf_reset(&fill);
		while (fill.n < sizes[i])
			buf_putc(&fill, 0x55);
		der_put(&b, DER_OCTET_STRING, buf_slice(&fill));
		ck_assert_uint_eq(b.n, der_head_bytes(sizes[i]) + sizes[i]);
		d = der_init(buf_slice(&b));
		ck_assert(
		    slice_eq(der_get(&d, DER_OCTET_STRING), buf_slice(&fill)));
		ck_assert(der_done(&d));
	}
}
END_TEST

#define BLOCK "-----BEGIN X-----\nAA==\n-----END X-----\n"
static const char two_blocks[] = BLOCK BLOCK;
static const char *const bad_pems[] = {
	"",
	"-----BEGIN X-----\n-----END X-----",
	"-----BEGIN X-----\nAA==\n-----END Y-----\n",
	two_blocks,
	"text\n-----BEGIN X-----\nAA==\n-----END X-----\n",
	"-----BEGIN X-----\nAA==\n-----END X-----\ntext",
	"-----BEGIN X-----\nA==\n-----END X-----\n",
	"-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\n\nAA==\n-----END X-----\n",
	"-----BEGIN X-----AA==-----END X-----\n",
};

START_TEST(malformed_pem_is_refused)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(64);
	struct err e = ERR_INIT;
	int rv = pem_decode(slice_str(bad_pems[_i]), "X", &out, &e);

	if (_i == 1) /* an empty body decodes to nothing */
		ck_assert(rv < 0 || out.n == 0);
	else
		ck_code(rv, &e, E_INPUT);
}
END_TEST

START_TEST(pem_round_trip)
{
	CLEANUP(buf_free) struct buf pem = BUF_INIT(KIB(1));
	CLEANUP(buf_free) struct buf out = BUF_INIT(KIB(1));
	uint8_t bytes[100];
	struct err e = ERR_INIT;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	pem_encode(slice_of(bytes, sizeof(bytes)), "X", &pem);
	ck_assert(pem_is(buf_slice(&pem)));
	ck_ok(pem_decode(buf_slice(&pem), "X", &out, &e), &e);
	ck_assert(slice_eq(buf_slice(&out), slice_of(bytes, sizeof(bytes))));
}
END_TEST

START_TEST(foreign_private_keys_are_refused)
{
	CLEANUP(pkey_freep) struct pkey *k = NULL;
	struct err e = ERR_INIT;

	ck_code(pkey_load_pem(slice_str("-----BEGIN PRIVATE KEY-----\nAAAA\n"
					"-----END PRIVATE KEY-----\n"),
		    &k, &e),
	    &e, E_INPUT);
	e = (struct err)ERR_INIT;
	ck_code(pkey_generate(KEY_RSA, &k, &e), &e, E_INPUT);
}
END_TEST

START_TEST(warming_up_works)
{
	ossl_warm();
	ossl_warm();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ossl");
	TCase *t = tcase_create("digest");

	suite_add_tcase(s, t);
	tcase_add_test(t, sha256_matches_vectors);
	tcase_add_test(t, sha512_matches_vector);
	tcase_add_test(t, hmac_matches_rfc4231);
	tcase_add_test(t, incremental_equals_one_shot);
	tcase_add_test(t, sealed_value_opens_only_as_sealed);
	tcase_add_test(t, secure_heap_locks_or_fails);
	tcase_add_test(t, warming_up_works);
	t = tcase_create("key");
	suite_add_tcase(s, t);
	tcase_add_loop_test(
	    t, key_survives_pem_and_signs, 0, (int)NELEM(own_kinds));
	tcase_add_test(t, raw_signatures_verify);
	tcase_add_test(t, ed25519_matches_rfc8032);
	tcase_add_loop_test(
	    t, ed25519_point_is_refused, 0, (int)NELEM(bad_points));
	tcase_add_test(t, base_point_is_accepted);
	tcase_add_test(t, random_keys_have_full_order);
	tcase_add_test(t, p256_point_must_be_on_the_curve);
	tcase_add_test(t, foreign_private_keys_are_refused);
	t = tcase_create("der");
	suite_add_tcase(s, t);
	tcase_add_loop_test(
	    t, malformed_der_is_refused, 0, (int)NELEM(bad_der));
	tcase_add_loop_test(t, oid_round_trip, 0, (int)NELEM(oids));
	tcase_add_loop_test(
	    t, malformed_oid_is_refused, 0, (int)NELEM(bad_oids));
	tcase_add_loop_test(
	    t, time_has_the_form_of_its_year, 0, (int)NELEM(times));
	tcase_add_loop_test(
	    t, malformed_time_is_refused, 0, (int)NELEM(bad_times));
	tcase_add_test(t, long_lengths_are_written);
	tcase_add_loop_test(
	    t, malformed_pem_is_refused, 0, (int)NELEM(bad_pems));
	tcase_add_test(t, pem_round_trip);
	return suite_main(s);
}
