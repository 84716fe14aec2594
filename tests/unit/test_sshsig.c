/* SPDX-License-Identifier: Apache-2.0 */
/* SSHSIG: what OpenSSH made is accepted, everything bent is refused. */
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/key.h"
#include "nintei/sshsig.h"
#include "nintei/wire.h"

/* A signature put together field by field, so that each can be bent. */
struct parts {
	const char *magic;
	uint32_t version;
	struct slice key;
	const char *ns;
	const char *reserved;
	const char *hash;
	const char *type;
	struct slice value;
	const char *after_value; /* within the inner signature */
	const char *after; /* behind everything */
	bool sk;
	uint8_t flags;
	uint32_t counter;
};

static void
parts_armour(const struct parts *p, struct buf *out)
{
	struct buf inner = BUF_INIT(1024), blob = BUF_INIT(4096);

	wr_text(&inner, p->type);
	wr_bytes(&inner, p->value);
	if (p->sk) {
		wr_u8(&inner, p->flags);
		wr_u32(&inner, p->counter);
	}
	buf_puts(&inner, p->after_value);
	buf_puts(&blob, p->magic);
	wr_u32(&blob, p->version);
	wr_bytes(&blob, p->key);
	wr_text(&blob, p->ns);
	wr_text(&blob, p->reserved);
	wr_text(&blob, p->hash);
	wr_bytes(&blob, buf_slice(&inner));
	buf_puts(&blob, p->after);
	buf_puts(out, "-----BEGIN SSH SIGNATURE-----\n");
	base64_encode(buf_slice(&blob), 70, out);
	buf_puts(out, "-----END SSH SIGNATURE-----\n");
	buf_free(&inner);
	buf_free(&blob);
}

/* Keys live as long as the test process. */
static struct pkey *
key_new(enum key_kind kind)
{
	struct err e = ERR_INIT;
	struct pkey *k = NULL;

	ck_ok(pkey_generate(kind, &k, &e), &e);
	return k;
}

static void
key_blob(const struct pkey *k, const char *type, const char *application,
    struct buf *out)
{
	wr_text(out, type);
	if (pkey_kind(k) == KEY_P256)
		wr_text(out, "nistp256");
	wr_bytes(out, pkey_raw(k));
	if (application != NULL)
		wr_text(out, application);
}

static void
mpint_put(struct buf *b, struct slice v)
{
	wr_u32(b, (uint32_t)(v.n + (v.p[0] >> 7)));
	if (v.p[0] >> 7)
		buf_putc(b, 0);
	buf_put(b, v.p, v.n);
}

/* Ed25519: as it is; P-256: two mpints. */
static void
sign_value(const struct pkey *k, struct slice data, struct buf *out)
{
	struct buf der = BUF_INIT(256);
	struct err e = ERR_INIT;
	struct slice r, s;

	ck_ok(pkey_sign(k, data, &der, &e), &e);
	if (pkey_kind(k) == KEY_ED25519) {
		buf_put(out, der.p, der.n);
	} else {
		ck_ok(p256_signature_split(buf_slice(&der), &r, &s, &e), &e);
		mpint_put(out, r);
		mpint_put(out, s);
	}
	buf_free(&der);
}

static const char message[] = "{\"decision\":\"fixture\"}";

static void
data_of(const char *ns, const char *hash, struct buf *out)
{
	uint8_t h[64];

	if (strcmp(hash, "sha256") == 0)
		sha256_of(slice_str(message), h);
	else
		sha512_of(slice_str(message), h);
	buf_puts(out, "SSHSIG");
	wr_text(out, ns);
	wr_text(out, "");
	wr_text(out, hash);
	wr_bytes(out, slice_of(h, strcmp(hash, "sha256") == 0 ? 32 : 64));
}

static void
sk_wrap(
    uint8_t flags, uint32_t counter, const char *application, struct buf *data)
{
	uint8_t app[32], msg[32];

	sha256_of(slice_str(application), app);
	sha256_of(buf_slice(data), msg);
	buf_reset(data);
	buf_put(data, app, 32);
	wr_u8(data, flags);
	wr_u32(data, counter);
	buf_put(data, msg, 32);
}

static const struct {
	const char *name;
	const char *sig;
	const char *pub;
	enum ssh_key_type type;
} fixtures[] = {
	{ "ed25519 sha512", "sshsig/ed25519-sha512.sig", "sshsig/ed25519.pub",
	    SSH_KEY_ED25519 },
	{ "ed25519 sha256", "sshsig/ed25519-sha256.sig", "sshsig/ed25519.pub",
	    SSH_KEY_ED25519 },
	{ "p256 sha512", "sshsig/p256-sha512.sig", "sshsig/p256.pub",
	    SSH_KEY_P256 },
	{ "p256 sha256", "sshsig/p256-sha256.sig", "sshsig/p256.pub",
	    SSH_KEY_P256 },
};
START_TEST(openssh_signatures_verify)
{
	struct buf sig = fixture_read(fixtures[_i].sig);
	struct buf pub = fixture_read(fixtures[_i].pub);
	struct buf msg = fixture_read("sshsig/message");
	struct err e = ERR_INIT;
	struct sshsig s;
	struct ssh_key k;

	ck_ok(sshsig_parse(buf_slice(&sig), &s, &e), &e);
	ck_ok(ssh_key_parse(buf_str(&pub), &k, &e), &e);
	ck_assert_int_eq(k.type, fixtures[_i].type);
	ck_assert(ssh_key_equal(&s.key, &k));
	ck_ok(sshsig_verify(&s, SSH_NS_DECISION, buf_slice(&msg), &e), &e);
	ck_code(sshsig_verify(&s, SSH_NS_OBJECTION, buf_slice(&msg), &e), &e,
	    E_INVALID);
	e = (struct err)ERR_INIT;
	msg.p[3] ^= 1;
	ck_code(sshsig_verify(&s, SSH_NS_DECISION, buf_slice(&msg), &e), &e,
	    E_INVALID);
	buf_free(&sig);
	buf_free(&pub);
	buf_free(&msg);
}
END_TEST

START_TEST(rsa_is_not_accepted)
{
	struct buf sig = fixture_read("sshsig/rsa.sig");
	struct buf pub = fixture_read("sshsig/rsa.pub");
	struct err e = ERR_INIT;
	struct sshsig s;
	struct ssh_key k;

	ck_code(sshsig_parse(buf_slice(&sig), &s, &e), &e, E_INPUT);
	e = (struct err)ERR_INIT;
	ck_code(ssh_key_parse(buf_str(&pub), &k, &e), &e, E_INPUT);
	buf_free(&sig);
	buf_free(&pub);
}
END_TEST

START_TEST(own_signature_verifies)
{
	struct pkey *k = key_new(KEY_ED25519);
	struct buf armour = BUF_INIT(4096), line = BUF_INIT(512);
	struct err e = ERR_INIT;
	struct ssh_key pub, again;
	struct sshsig s;
	char print[SSH_FINGERPRINT];

	ck_ok(sshsig_sign(k, SSH_NS_GIT, slice_str("x"), &armour, &e), &e);
	ck_ok(sshsig_parse(buf_slice(&armour), &s, &e), &e);
	ck_assert(s.sha512);
	ck_ok(sshsig_verify(&s, SSH_NS_GIT, slice_str("x"), &e), &e);
	ck_ok(ssh_key_of(k, &pub, &e), &e);
	ck_assert(ssh_key_equal(&pub, &s.key));
	ssh_key_format(&pub, &line);
	buf_puts(&line, " a comment");
	ck_ok(ssh_key_parse(buf_str(&line), &again, &e), &e);
	ck_assert(ssh_key_equal(&pub, &again));
	ck_assert_uint_eq(strlen(ssh_key_fingerprint(&pub, print)), 50);
	ck_assert_uint_eq(sshsig_header(buf_slice(&armour)).n, armour.n - 1);
	buf_free(&armour);
	buf_free(&line);
	pkey_free(k);
}
END_TEST

START_TEST(only_ed25519_signs)
{
	struct pkey *k = key_new(KEY_P256);
	struct buf armour = BUF_INIT(4096);
	struct err e = ERR_INIT;

	ck_code(sshsig_sign(k, SSH_NS_GIT, slice_str("x"), &armour, &e), &e,
	    E_INPUT);
	pkey_free(k);
}
END_TEST

/* What to bend in a good Ed25519 signature. */
static void
bend_none(struct parts *p)
{
	(void)p;
}
static void
bend_magic(struct parts *p)
{
	p->magic = "SSHSIX";
}
static void
bend_version(struct parts *p)
{
	p->version = 2;
}
static void
bend_reserved(struct parts *p)
{
	p->reserved = "x";
}
static void
bend_hash(struct parts *p)
{
	p->hash = "sha1";
}
static void
bend_namespace(struct parts *p)
{
	p->ns = "";
}
static void
bend_namespace_space(struct parts *p)
{
	p->ns = "decision nintei";
}
static void
bend_type(struct parts *p)
{
	p->type = "ecdsa-sha2-nistp256";
}
static void
bend_value(struct parts *p)
{
	p->value.n = 63;
}
static void
bend_after_value(struct parts *p)
{
	p->after_value = "x";
}
static void
bend_after(struct parts *p)
{
	p->after = "x";
}
static void
bend_key(struct parts *p)
{
	p->key.n--;
}

static const struct {
	const char *name; /* SSHSIG-n: rule */
	void (*bend)(struct parts *p);
	enum err_code code;
} bends[] = {
	{ "good", bend_none, E_OK },
	{ "SSHSIG-4 magic", bend_magic, E_INPUT },
	{ "SSHSIG-4 version", bend_version, E_INPUT },
	{ "SSHSIG-4 trailing", bend_after, E_INPUT },
	{ "SSHSIG-4 reserved", bend_reserved, E_INPUT },
	{ "SSHSIG-5 no namespace", bend_namespace, E_INPUT },
	{ "SSHSIG-5 space", bend_namespace_space, E_INPUT },
	{ "SSHSIG-6 hash", bend_hash, E_INPUT },
	{ "SSHSIG-7 type", bend_type, E_INPUT },
	{ "SSHSIG-7 short", bend_value, E_INPUT },
	{ "SSHSIG-7 trailing", bend_after_value, E_INPUT },
	{ "SSHSIG-1 key", bend_key, E_INPUT },
};
START_TEST(bent_signatures_are_refused)
{
	struct pkey *k = key_new(KEY_ED25519);
	struct buf key = BUF_INIT(512), data = BUF_INIT(512);
	struct buf value = BUF_INIT(512), armour = BUF_INIT(8192);
	struct err e = ERR_INIT;
	struct sshsig s;
	struct parts p = { .magic = "SSHSIG",
		.version = 1,
		.ns = SSH_NS_DECISION,
		.reserved = "",
		.hash = "sha512",
		.type = "ssh-ed25519",
		.after_value = "",
		.after = "" };
	int rv;

	key_blob(k, "ssh-ed25519", NULL, &key);
	data_of(SSH_NS_DECISION, "sha512", &data);
	sign_value(k, buf_slice(&data), &value);
	p.key = buf_slice(&key);
	p.value = buf_slice(&value);
	bends[_i].bend(&p);
	parts_armour(&p, &armour);
	rv = sshsig_parse(buf_slice(&armour), &s, &e);
	if (rv == 0)
		rv = sshsig_verify(&s, SSH_NS_DECISION, slice_str(message), &e);
	ck_assert_msg(
	    e.code == bends[_i].code, "%s: %s", bends[_i].name, e.detail);
	ck_assert_int_eq(rv, bends[_i].code == E_OK ? 0 : -1);
	buf_free(&key);
	buf_free(&data);
	buf_free(&value);
	buf_free(&armour);
	pkey_free(k);
}
END_TEST

static const struct {
	const char *name;
	const char *text;
} armours[] = {
	{ "empty", "" },
	{ "no end", "-----BEGIN SSH SIGNATURE-----\nAAAA\n" },
	{ "before",
	    "x-----BEGIN SSH SIGNATURE-----\nAAAA\n"
	    "-----END SSH SIGNATURE-----\n" },
	{ "after",
	    "-----BEGIN SSH SIGNATURE-----\nAAAA\n"
	    "-----END SSH SIGNATURE-----\nx" },
	{ "two newlines",
	    "-----BEGIN SSH SIGNATURE-----\nAAAA\n"
	    "-----END SSH SIGNATURE-----\n\n" },
	{ "carriage return",
	    "-----BEGIN SSH SIGNATURE-----\r\nAAAA\r\n"
	    "-----END SSH SIGNATURE-----\r\n" },
	{ "PGP",
	    "-----BEGIN PGP SIGNATURE-----\nAAAA\n"
	    "-----END PGP SIGNATURE-----\n" },
	{ "not base64",
	    "-----BEGIN SSH SIGNATURE-----\nAA*A\n"
	    "-----END SSH SIGNATURE-----\n" },
};
START_TEST(SSHSIG_3_armour_is_strict)
{
	struct err e = ERR_INIT;
	struct sshsig s;

	ck_code(sshsig_parse(slice_str(armours[_i].text), &s, &e), &e, E_INPUT);
}
END_TEST

START_TEST(SSHSIG_3_too_large)
{
	struct err e = ERR_INIT;
	struct sshsig s;
	char *big = calloc(1, 20000);

	ck_code(sshsig_parse(slice_of(big, 20000), &s, &e), &e, E_LIMIT);
	free(big);
}
END_TEST

static const struct {
	const char *name;
	enum key_kind kind;
	const char *application;
	uint8_t flags;
	enum err_code code;
} tokens[] = {
	{ "Ed25519, verified", KEY_ED25519, "ssh:nintei", 5, E_OK },
	{ "P-256, verified", KEY_P256, "ssh:nintei", 5, E_OK },
	{ "SSHSIG-9 present only", KEY_ED25519, "ssh:nintei", 1, E_INVALID },
	{ "SSHSIG-9 P-256 present only", KEY_P256, "ssh:nintei", 1, E_INVALID },
	{ "SSHSIG-9 neither", KEY_ED25519, "ssh:nintei", 0, E_INVALID },
	{ "SSHSIG-9 verified, not present", KEY_P256, "ssh:nintei", 4,
	    E_INVALID },
	{ "SSHSIG-1 other application", KEY_ED25519, "ssh:", 5, E_INPUT },
	{ "SSHSIG-1 P-256 other application", KEY_P256, "ssh:", 5, E_INPUT },
};
START_TEST(fido_keys)
{
	bool ec = tokens[_i].kind == KEY_P256;
	const char *type = ec ? "sk-ecdsa-sha2-nistp256@openssh.com"
			      : "sk-ssh-ed25519@openssh.com";
	struct pkey *k = key_new(tokens[_i].kind);
	struct buf key = BUF_INIT(512), data = BUF_INIT(512);
	struct buf value = BUF_INIT(512), armour = BUF_INIT(8192);
	struct err e = ERR_INIT;
	struct sshsig s;
	struct parts p = { .magic = "SSHSIG",
		.version = 1,
		.ns = SSH_NS_DECISION,
		.reserved = "",
		.hash = "sha256",
		.type = type,
		.after_value = "",
		.after = "",
		.sk = true,
		.flags = tokens[_i].flags,
		.counter = 77 };
	int rv;

	key_blob(k, type, tokens[_i].application, &key);
	data_of(SSH_NS_DECISION, "sha256", &data);
	sk_wrap(p.flags, p.counter, tokens[_i].application, &data);
	sign_value(k, buf_slice(&data), &value);
	p.key = buf_slice(&key);
	p.value = buf_slice(&value);
	parts_armour(&p, &armour);
	rv = sshsig_parse(buf_slice(&armour), &s, &e);
	if (rv == 0) {
		ck_assert_uint_eq(s.counter, 77);
		rv = sshsig_verify(&s, SSH_NS_DECISION, slice_str(message), &e);
	}
	ck_assert_msg(
	    e.code == tokens[_i].code, "%s: %s", tokens[_i].name, e.detail);
	/* The counter and the flags are under the signature. */
	if (rv == 0) {
		s.counter++;
		ck_code(
		    sshsig_verify(&s, SSH_NS_DECISION, slice_str(message), &e),
		    &e, E_INVALID);
	}
	buf_free(&key);
	buf_free(&data);
	buf_free(&value);
	buf_free(&armour);
	pkey_free(k);
}
END_TEST

/* The eight points of small order, and one that is not canonical. */
static const char *const small_order[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};
START_TEST(SSHSIG_2_small_order_keys)
{
	struct buf blob = BUF_INIT(512);
	struct err e = ERR_INIT;
	struct ssh_key k;
	uint8_t raw[32];

	ck_ok(hex_decode(small_order[_i], raw, 32, &e), &e);
	wr_text(&blob, "ssh-ed25519");
	wr_bytes(&blob, slice_of(raw, 32));
	ck_code(ssh_key_decode(buf_slice(&blob), &k, &e), &e, E_INPUT);
	buf_free(&blob);
}
END_TEST

static const char *const bad_lines[] = {
	"",
	"ssh-ed25519",
	"ssh-ed25519 ",
	"ssh-ed25519 AAAA",
	"ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIEsMNIiYwGhRyaqqqPB3yAhXVs0S8d5Kkl3n3yT2Fh8v",
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEsM\nssh-ed25519 AAAA",
};
START_TEST(bad_public_key_lines)
{
	struct err e = ERR_INIT;
	struct ssh_key k;

	ck_code(ssh_key_parse(bad_lines[_i], &k, &e), &e, E_INPUT);
}
END_TEST

START_TEST(private_key_file_round_trip)
{
	struct pkey *k = key_new(KEY_ED25519), *again = NULL;
	struct buf file = BUF_INIT(4096);
	struct err e = ERR_INIT;

	ck_ok(ssh_private_encode(k, 0x01020304, "a comment", &file, &e), &e);
	ck_ok(ssh_private_decode(buf_slice(&file), &again, &e), &e);
	ck_assert(slice_eq(pkey_raw(k), pkey_raw(again)));
	/* One flipped bit anywhere in the base64 is refused. */
	for (size_t i = 40; i + 40 < file.n; i += 7) {
		struct pkey *bad = NULL;

		if (file.p[i] == '\n')
			continue;
		file.p[i] = file.p[i] == 'A' ? 'B' : 'A';
		e = (struct err)ERR_INIT;
		if (ssh_private_decode(buf_slice(&file), &bad, &e) == 0) {
			/* Only the comment is not checked by anything. */
			ck_assert(slice_eq(pkey_raw(k), pkey_raw(bad)));
			pkey_free(bad);
		}
		buf_reset(&file);
		ck_ok(ssh_private_encode(k, 0x01020304, "a comment", &file, &e),
		    &e);
	}
	buf_free(&file);
	pkey_free(k);
	pkey_free(again);
}
END_TEST

START_TEST(private_key_comment_is_bounded)
{
	struct pkey *k = key_new(KEY_ED25519);
	struct buf file = BUF_INIT(16384);
	struct err e = ERR_INIT;
	char *comment = calloc(1, 8000);

	for (size_t i = 0; i < 7999; i++)
		comment[i] = 'c';
	ck_code(ssh_private_encode(k, 1, comment, &file, &e), &e, E_INPUT);
	free(comment);
	buf_free(&file);
	pkey_free(k);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sshsig");
	TCase *t = tcase_create("signatures");

	tcase_add_loop_test(
	    t, openssh_signatures_verify, 0, (int)NELEM(fixtures));
	tcase_add_test(t, rsa_is_not_accepted);
	tcase_add_test(t, own_signature_verifies);
	tcase_add_test(t, only_ed25519_signs);
	tcase_add_loop_test(
	    t, bent_signatures_are_refused, 0, (int)NELEM(bends));
	tcase_add_loop_test(
	    t, SSHSIG_3_armour_is_strict, 0, (int)NELEM(armours));
	tcase_add_test(t, SSHSIG_3_too_large);
	tcase_add_loop_test(t, fido_keys, 0, (int)NELEM(tokens));
	suite_add_tcase(suite, t);
	t = tcase_create("keys");
	tcase_add_loop_test(
	    t, SSHSIG_2_small_order_keys, 0, (int)NELEM(small_order));
	tcase_add_loop_test(t, bad_public_key_lines, 0, (int)NELEM(bad_lines));
	tcase_add_test(t, private_key_file_round_trip);
	tcase_add_test(t, private_key_comment_is_bounded);
	suite_add_tcase(suite, t);
	return suite_main(suite);
}
