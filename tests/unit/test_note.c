/* SPDX-License-Identifier: Apache-2.0 */
/* Notes, keys, checkpoints, cosignatures: vectors, and every way to fail. */
#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/note.h"
#include "support/support.h"

#define DASH "\xe2\x80\x94 "
/* golang.org/x/mod/sumdb/note, example_test.go. */
#define NEUMANN \
	"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define NEUMANN_SEED "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define NEUMANN_TEXT                                                 \
	"If you think cryptography is the answer to your problem,\n" \
	"then you don't know what your problem is.\n"
#define NEUMANN_LINE                                                        \
	DASH "PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIu" \
	     "GUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
/* c2sp.org/tlog-cosignature, the example. */
#define SOFA_TEXT                       \
	"example.com/behind-the-sofa\n" \
	"20852163\n"                    \
	"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define SOFA_LINES                                                               \
	DASH                                                                     \
	    "example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniM"      \
	    "p+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n" DASH \
	    "witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zX"      \
	    "crtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+"      \
	    "qnA==\n"

/* A signer with a key made from one byte. */
struct signer {
	struct pkey *key;
	struct note_key public;
};

static void
signer_free(struct signer *s)
{
	pkey_free(s->key);
}

static struct signer
signer_of(uint8_t seed, const char *name, enum note_type type)
{
	struct signer s = { 0 };
	uint8_t raw[32] = { seed };
	struct err e = ERR_INIT;

	ck_ok(pkey_of_ed25519_seed(slice_of(raw, 32), &s.key, &e), &e);
	ck_ok(note_key_make(
		  slice_str(name), type, pkey_raw(s.key), &s.public, &e),
	    &e);
	return s;
}

static void
sign_to(
    const struct signer *s, const char *text, uint64_t time, struct buf *out)
{
	struct err e = ERR_INIT;

	ck_ok(
	    note_sign(&s->public, s->key, slice_str(text), time, out, &e), &e);
}

static struct note_key
key_of(const char *vkey)
{
	struct note_key k = { 0 };
	struct err e = ERR_INIT;

	ck_ok(note_key_parse(slice_str(vkey), &k, &e), &e);
	return k;
}

START_TEST(known_note_verifies)
{
	struct note_key k = key_of(NEUMANN);
	struct err e = ERR_INIT;
	struct note n;
	uint64_t time = 7;

	ck_ok(
	    note_parse(slice_str(NEUMANN_TEXT "\n" NEUMANN_LINE), &n, &e), &e);
	ck_assert(slice_eq_str(n.text, NEUMANN_TEXT));
	ck_assert_uint_eq(n.n, 1);
	ck_assert_uint_eq(n.sig[0].id, 0xc74f20a3);
	ck_assert(slice_eq_str(n.sig[0].line, NEUMANN_LINE));
	ck_ok(note_verify(&n, &k, &time, &e), &e);
	ck_assert_uint_eq(time, 0);
}
END_TEST

START_TEST(known_signature_is_made)
{
	CLEANUP(buf_free) struct buf seed = BUF_INIT(64), out = BUF_INIT(512);
	CLEANUP(pkey_freep) struct pkey *key = NULL;
	struct note_key k = key_of(NEUMANN);
	struct err e = ERR_INIT;

	ck_ok(base64_decode(slice_str(NEUMANN_SEED), false, &seed, &e), &e);
	ck_ok(pkey_of_ed25519_seed(slice_of(seed.p + 1, 32), &key, &e), &e);
	ck_ok(note_sign(&k, key, slice_str(NEUMANN_TEXT), 0, &out, &e), &e);
	ck_assert_str_eq(buf_str(&out), NEUMANN_LINE);
	buf_reset(&out);
	note_key_format(&k, &out);
	ck_assert_str_eq(buf_str(&out), NEUMANN);
	buf_free(&seed);
}
END_TEST

static const struct {
	const char *name, *text;
	enum err_code code;
} notes[] = {
	{ "two signatures", SOFA_TEXT "\n" SOFA_LINES, E_OK },
	{ "empty lines in the text", "a\n\nb\n\n" NEUMANN_LINE, E_OK },
	{ "empty", "", E_INPUT },
	{ "no signature", NEUMANN_TEXT "\n", E_INPUT },
	{ "no blank line", NEUMANN_TEXT NEUMANN_LINE, E_INPUT },
	{ "text behind", NEUMANN_TEXT "\n" NEUMANN_LINE "x\n", E_INPUT },
	{ "cut off", NEUMANN_TEXT "\n" DASH "a AAAAAAAA", E_INPUT },
	{ "carriage return", "a\r\n\n" NEUMANN_LINE, E_INPUT },
	{ "tab", "a\tb\n\n" NEUMANN_LINE, E_INPUT },
	{ "not UTF-8", "a\xff\n\n" NEUMANN_LINE, E_INPUT },
	{ "hyphen for dash", "a\n\n- a AAAAAAAA\n", E_INPUT },
	{ "no name", "a\n\n" DASH " AAAAAAAA\n", E_INPUT },
	{ "no signature bytes", "a\n\n" DASH "a AAAAAA==\n", E_INPUT },
	{ "nothing after the name", "a\n\n" DASH "a\n", E_INPUT },
	{ "plus in the name", "a\n\n" DASH "a+b AAAAAAAA\n", E_INPUT },
	{ "wide space in the name",
	    "a\n\n" DASH "a\xe3\x80\x80"
	    "b AAAAAAAA\n",
	    E_INPUT },
	{ "two spaces", "a\n\n" DASH "a  AAAAAAAA\n", E_INPUT },
	{ "base64 with other bits", "a\n\n" DASH "a AAAAAAB=\n", E_INPUT },
	{ "base64 without padding", "a\n\n" DASH "a AAAAAAA\n", E_INPUT },
	{ "space at the end", "a\n\n" DASH "a AAAAAAAA \n", E_INPUT },
};

START_TEST(form_of_notes)
{
	struct err e = ERR_INIT;
	struct note n;
	int rv = note_parse(slice_str(notes[_i].text), &n, &e);

	ck_assert_msg(e.code == notes[_i].code, "%s: %s", notes[_i].name,
	    err_name(e.code));
	ck_assert_int_eq(rv, e.code == E_OK ? 0 : -1);
}
END_TEST

START_TEST(too_much_is_refused)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;
	struct note n;

	buf_puts(&b, "a\n\n");
	for (int i = 0; i < NOTE_SIGNATURES; i++)
		buf_puts(&b, DASH "a AAAAAAAA\n");
	ck_ok(note_parse(buf_slice(&b), &n, &e), &e);
	ck_assert_uint_eq(n.n, NOTE_SIGNATURES);
	buf_puts(&b, DASH "a AAAAAAAA\n");
	ck_code(note_parse(buf_slice(&b), &n, &e), &e, E_LIMIT);
	e = (struct err)ERR_INIT;
	buf_reset(&b);
	for (size_t i = 0; i < NOTE_BYTES; i++)
		buf_putc(&b, 'a');
	buf_puts(&b, "\n\n" DASH "a AAAAAAAA\n");
	ck_code(note_parse(buf_slice(&b), &n, &e), &e, E_LIMIT);
}
END_TEST

static const char *const bad_keys[] = {
	"",
	"PeterNeumann",
	"PeterNeumann+c74f20a3",
	/* another id, in capitals, too short */
	"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	"PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	"PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	/* another name, no name, a space in it */
	"Peterneumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	/* too short, an unknown type, something behind */
	"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=",
	"PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	NEUMANN "\n",
	NEUMANN "+",
};

START_TEST(bad_key_is_refused)
{
	struct err e = ERR_INIT;
	struct note_key k;

	ck_code(note_key_parse(slice_str(bad_keys[_i]), &k, &e), &e, E_INPUT);
}
END_TEST

START_TEST(weak_key_is_refused)
{
	uint8_t identity[32] = { 1 };
	struct err e = ERR_INIT;
	struct note_key k;

	ck_code(note_key_make(slice_str("a"), NOTE_ED25519,
		    slice_of(identity, 32), &k, &e),
	    &e, E_INPUT);
}
END_TEST

/* Who signed what, and who is asked. */
START_TEST(other_text_or_key_does_not_verify)
{
	CLEANUP(signer_free)
	struct signer a = signer_of(1, "a.example", NOTE_ED25519);
	CLEANUP(signer_free)
	struct signer b = signer_of(2, "a.example", NOTE_ED25519);
	CLEANUP(buf_free) struct buf note = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;
	struct note_key renamed;
	struct note n;

	buf_puts(&note, "text\n\n");
	sign_to(&a, "text\n", 0, &note);
	ck_ok(note_parse(buf_slice(&note), &n, &e), &e);
	ck_ok(note_verify(&n, &a.public, NULL, &e), &e);
	ck_code(note_verify(&n, &b.public, NULL, &e), &e, E_INVALID);
	e = (struct err)ERR_INIT;
	ck_ok(note_key_make(slice_str("b.example"), NOTE_ED25519,
		  pkey_raw(a.key), &renamed, &e),
	    &e);
	ck_code(note_verify(&n, &renamed, NULL, &e), &e, E_INVALID);
	e = (struct err)ERR_INIT;
	note.p[0] ^= 1;
	ck_code(note_verify(&n, &a.public, NULL, &e), &e, E_INVALID);
}
END_TEST

/* An id and a name that fit, bytes that do not: TLOG-5. */
START_TEST(one_bad_line_of_a_key_refuses_all)
{
	CLEANUP(signer_free)
	struct signer a = signer_of(1, "a.example", NOTE_ED25519);
	CLEANUP(buf_free) struct buf note = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;
	struct note n;

	buf_puts(&note, "text\n\n");
	sign_to(&a, "text\n", 0, &note);
	sign_to(&a, "other\n", 0, &note);
	ck_ok(note_parse(buf_slice(&note), &n, &e), &e);
	ck_code(note_verify(&n, &a.public, NULL, &e), &e, E_INVALID);
}
END_TEST

START_TEST(lines_of_others_are_passed_over)
{
	CLEANUP(signer_free)
	struct signer a = signer_of(1, "a.example", NOTE_ED25519);
	CLEANUP(signer_free)
	struct signer b = signer_of(2, "b.example", NOTE_ED25519);
	CLEANUP(buf_free) struct buf note = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;
	struct note n;

	buf_puts(&note, "text\n\n" DASH "a.example AAAAAAAA\n");
	sign_to(&b, "other\n", 0, &note);
	sign_to(&a, "text\n", 0, &note);
	ck_ok(note_parse(buf_slice(&note), &n, &e), &e);
	ck_ok(note_verify(&n, &a.public, NULL, &e), &e);
	ck_assert(note_has_line(&n, &b.public));
	ck_code(note_verify(&n, &b.public, NULL, &e), &e, E_INVALID);
}
END_TEST

START_TEST(cosigned_text_is_that_of_the_format)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(4));

	note_cosigned_text(slice_str(SOFA_TEXT), 1679315147, &b);
	ck_assert_str_eq(
	    buf_str(&b), "cosignature/v1\ntime 1679315147\n" SOFA_TEXT);
}
END_TEST

START_TEST(known_cosignature_has_its_form)
{
	struct err e = ERR_INIT;
	struct checkpoint c;
	struct note n;

	ck_ok(note_parse(slice_str(SOFA_TEXT "\n" SOFA_LINES), &n, &e), &e);
	ck_assert_uint_eq(n.n, 2);
	ck_assert(slice_eq_str(n.sig[1].name, "witness.example.com/w1"));
	ck_ok(checkpoint_parse(n.text, &c, &e), &e);
	ck_assert_uint_eq(c.head.size, 20852163);
	ck_ok(note_lines_parse(slice_str(SOFA_LINES), &n, &e), &e);
	ck_assert_uint_eq(n.n, 2);
	ck_code(note_lines_parse(slice_str(""), &n, &e), &e, E_INPUT);
}
END_TEST

START_TEST(cosignature_says_its_time)
{
	CLEANUP(signer_free)
	struct signer w = signer_of(3, "w.example", NOTE_COSIGNATURE);
	CLEANUP(buf_free) struct buf note = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;
	struct note n;
	uint64_t time;

	buf_puts(&note, SOFA_TEXT "\n");
	sign_to(&w, SOFA_TEXT, 1700000000, &note);
	sign_to(&w, SOFA_TEXT, 1600000000, &note);
	ck_ok(note_parse(buf_slice(&note), &n, &e), &e);
	ck_ok(note_verify(&n, &w.public, &time, &e), &e);
	ck_assert_uint_eq(time, 1700000000);
}
END_TEST

/* Change one byte of the time: the signature covers it (TLOG-6). */
START_TEST(cosignature_with_another_time_fails)
{
	CLEANUP(signer_free)
	struct signer w = signer_of(3, "w.example", NOTE_COSIGNATURE);
	CLEANUP(buf_free)
	struct buf line = BUF_INIT(KIB(1)), raw = BUF_INIT(KIB(1)),
		   note = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;
	struct slice text;
	struct note n;

	sign_to(&w, SOFA_TEXT, 1700000000, &line);
	ck_ok(note_lines_parse(buf_slice(&line), &n, &e), &e);
	text = n.sig[0].base64;
	ck_ok(base64_decode(text, false, &raw, &e), &e);
	raw.p[11] ^= 1;
	buf_puts(&note, SOFA_TEXT "\n" DASH "w.example ");
	base64_encode(buf_slice(&raw), 0, &note);
	buf_putc(&note, '\n');
	ck_ok(note_parse(buf_slice(&note), &n, &e), &e);
	ck_code(note_verify(&n, &w.public, NULL, &e), &e, E_INVALID);
}
END_TEST

START_TEST(types_do_not_mix)
{
	CLEANUP(signer_free)
	struct signer log = signer_of(4, "a.example", NOTE_ED25519);
	CLEANUP(signer_free)
	struct signer w = signer_of(4, "a.example", NOTE_COSIGNATURE);
	CLEANUP(buf_free) struct buf note = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;
	struct note n;
	unsigned have;

	ck_assert_uint_ne(log.public.id, w.public.id);
	buf_puts(&note, SOFA_TEXT "\n");
	sign_to(&log, SOFA_TEXT, 0, &note);
	ck_ok(note_parse(buf_slice(&note), &n, &e), &e);
	ck_code(note_verify(&n, &w.public, NULL, &e), &e, E_INVALID);
	e = (struct err)ERR_INIT;
	/* A log's key is no witness. */
	ck_ok(note_count_cosigned(&n, &log.public, 1, &have, &e), &e);
	ck_assert_uint_eq(have, 0);
	/* Even if somebody gives the one the id of the other. */
	w.public.id = log.public.id;
	ck_code(note_verify(&n, &w.public, NULL, &e), &e, E_INVALID);
}
END_TEST

START_TEST(witnesses_count_once)
{
	CLEANUP(signer_free)
	struct signer a = signer_of(5, "a.example", NOTE_COSIGNATURE);
	CLEANUP(signer_free)
	struct signer again = signer_of(5, "b.example", NOTE_COSIGNATURE);
	CLEANUP(signer_free)
	struct signer c = signer_of(6, "c.example", NOTE_COSIGNATURE);
	struct note_key keys[] = { a.public, again.public, c.public, a.public };
	CLEANUP(buf_free) struct buf note = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;
	struct note n;
	unsigned have;

	buf_puts(&note, SOFA_TEXT "\n");
	sign_to(&a, SOFA_TEXT, 1, &note);
	sign_to(&again, SOFA_TEXT, 2, &note);
	ck_ok(note_parse(buf_slice(&note), &n, &e), &e);
	ck_ok(note_count_cosigned(&n, keys, NELEM(keys), &have, &e), &e);
	ck_assert_uint_eq(have, 1);
	sign_to(&c, SOFA_TEXT, 3, &note);
	ck_ok(note_parse(buf_slice(&note), &n, &e), &e);
	ck_ok(note_count_cosigned(&n, keys, NELEM(keys), &have, &e), &e);
	ck_assert_uint_eq(have, 2);
	sign_to(&c, "other\n", 3, &note);
	ck_ok(note_parse(buf_slice(&note), &n, &e), &e);
	ck_code(note_count_cosigned(&n, keys, NELEM(keys), &have, &e), &e,
	    E_INVALID);
}
END_TEST

START_TEST(signing_refuses)
{
	CLEANUP(signer_free)
	struct signer a = signer_of(1, "a.example", NOTE_ED25519);
	CLEANUP(signer_free)
	struct signer b = signer_of(2, "b.example", NOTE_ED25519);
	CLEANUP(buf_free) struct buf out = BUF_INIT(KIB(4));
	static const char *const bad[] = { "", "no newline", "a\rb\n",
		"\xff\n" };
	struct err e = ERR_INIT;

	for (size_t i = 0; i < NELEM(bad); i++) {
		e = (struct err)ERR_INIT;
		ck_code(
		    note_sign(&a.public, a.key, slice_str(bad[i]), 0, &out, &e),
		    &e, E_INPUT);
	}
	e = (struct err)ERR_INIT;
	ck_code(note_sign(&a.public, b.key, slice_str("a\n"), 0, &out, &e), &e,
	    E_INPUT);
	e = (struct err)ERR_INIT;
	ck_code(note_sign(&a.public, a.key, slice_str("a\n"), 5, &out, &e), &e,
	    E_INPUT);
	ck_assert_uint_eq(out.n, 0);
}
END_TEST

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
static const struct {
	const char *name, *text;
	enum err_code code;
} texts[] = {
	{ "plain", SOFA_TEXT, E_OK },
	{ "extension", SOFA_TEXT "one\ntwo\n", E_OK },
	{ "empty log", "a\n0\n" ROOT, E_OK },
	{ "origin with a space", "a b\n1\n" ROOT, E_OK },
	{ "largest", "a\n9223372036854775807\n" ROOT, E_OK },
	{ "larger", "a\n9223372036854775808\n" ROOT, E_INPUT },
	{ "no origin", "\n1\n" ROOT, E_INPUT },
	{ "no size", "a\n\n" ROOT, E_INPUT },
	{ "leading zero", "a\n01\n" ROOT, E_INPUT },
	{ "sign", "a\n+1\n" ROOT, E_INPUT },
	{ "hexadecimal", "a\n0x1\n" ROOT, E_INPUT },
	{ "two lines", "a\n1\n", E_INPUT },
	{ "short root", "a\n1\nAAAA\n", E_INPUT },
	{ "root of 33 bytes",
	    "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2IA\n", E_INPUT },
	{ "no newline",
	    "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", E_INPUT },
	{ "empty extension", SOFA_TEXT "\n", E_INPUT },
	{ "extension cut off", SOFA_TEXT "x", E_INPUT },
};

START_TEST(form_of_checkpoints)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;
	struct checkpoint c;
	int rv = checkpoint_parse(slice_str(texts[_i].text), &c, &e);

	ck_assert_msg(e.code == texts[_i].code, "%s: %s", texts[_i].name,
	    err_name(e.code));
	ck_assert_int_eq(rv, e.code == E_OK ? 0 : -1);
	if (rv < 0)
		return;
	checkpoint_format(c.origin, &c.head, &b);
	buf_put(&b, c.extension.p, c.extension.n);
	ck_assert_str_eq(buf_str(&b), texts[_i].text);
}
END_TEST

START_TEST(checkpoint_is_opened_by_its_log)
{
	CLEANUP(signer_free)
	struct signer log =
	    signer_of(1, "example.com/behind-the-sofa", NOTE_ED25519);
	CLEANUP(signer_free)
	struct signer other = signer_of(1, "example.com/other", NOTE_ED25519);
	CLEANUP(signer_free)
	struct signer forger =
	    signer_of(2, "example.com/behind-the-sofa", NOTE_ED25519);
	CLEANUP(buf_free) struct buf note = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;
	struct checkpoint c;

	buf_puts(&note, SOFA_TEXT "\n");
	sign_to(&log, SOFA_TEXT, 0, &note);
	/* Both keys have signed it: its origin decides (TLOG-9). */
	sign_to(&other, SOFA_TEXT, 0, &note);
	ck_ok(checkpoint_open(buf_slice(&note), &log.public, NULL, &c, &e), &e);
	ck_code(checkpoint_open(buf_slice(&note), &other.public, NULL, &c, &e),
	    &e, E_INVALID);
	e = (struct err)ERR_INIT;
	ck_code(checkpoint_open(buf_slice(&note), &forger.public, NULL, &c, &e),
	    &e, E_INVALID);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("note");
	TCase *notes_case = tcase_create("notes"),
	      *cos = tcase_create("cosign"),
	      *check = tcase_create("checkpoints");

	tcase_add_test(notes_case, known_note_verifies);
	tcase_add_test(notes_case, known_signature_is_made);
	tcase_add_loop_test(notes_case, form_of_notes, 0, NELEM(notes));
	tcase_add_test(notes_case, too_much_is_refused);
	tcase_add_loop_test(notes_case, bad_key_is_refused, 0, NELEM(bad_keys));
	tcase_add_test(notes_case, weak_key_is_refused);
	tcase_add_test(notes_case, other_text_or_key_does_not_verify);
	tcase_add_test(notes_case, one_bad_line_of_a_key_refuses_all);
	tcase_add_test(notes_case, lines_of_others_are_passed_over);
	tcase_add_test(notes_case, signing_refuses);
	suite_add_tcase(suite, notes_case);
	tcase_add_test(cos, cosigned_text_is_that_of_the_format);
	tcase_add_test(cos, known_cosignature_has_its_form);
	tcase_add_test(cos, cosignature_says_its_time);
	tcase_add_test(cos, cosignature_with_another_time_fails);
	tcase_add_test(cos, types_do_not_mix);
	tcase_add_test(cos, witnesses_count_once);
	suite_add_tcase(suite, cos);
	tcase_add_loop_test(check, form_of_checkpoints, 0, NELEM(texts));
	tcase_add_test(check, checkpoint_is_opened_by_its_log);
	suite_add_tcase(suite, check);
	return suite_main(suite);
}
