/* SPDX-License-Identifier: Apache-2.0 */
/* `nintei init`: a whole home, made once and never over another. */
#include "support/support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/account.h"
#include "nintei/authority.h"
#include "nintei/conf.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/signing.h"
#include "nintei/store.h"
#include "nintei/x509.h"

static struct authority_options
options(const char *home)
{
	return (struct authority_options){ .home = home,
		.policies = TEST_SOURCE_DIR "/policies",
		.development = true,
		.clock = clock_system() };
}

static struct buf
file_of(const char *home, const char *path)
{
	CLEANUP(freep) char *file = fs_join(home, path);
	struct buf b = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;

	ck_ok(fs_read(AT_FDCWD, file, MIB(1) - 1, &b, &e), &e);
	return b;
}

static bool
is_private(const char *home, const char *path)
{
	CLEANUP(freep) char *file = fs_join(home, path);
	struct stat st;

	ck_assert_msg(stat(file, &st) == 0, "%s is missing", path);
	return (st.st_mode & 077) == 0;
}

static void
roots_verify(const char *home, const char *scheme)
{
	CLEANUP(freep) char *path = xasprintf("keys/ca/%s/ca.pem", scheme);
	struct buf root_pem = file_of(home, "keys/root/root.pem");
	struct buf crl_pem = file_of(home, "keys/root/root.crl");
	struct buf ca_pem = file_of(home, path);
	CLEANUP(cert_freep) struct cert *root = NULL;
	CLEANUP(cert_freep) struct cert *ca = NULL;
	CLEANUP(crl_freep) struct crl *crl = NULL;
	const struct crl *crls[1];
	struct clock now = clock_system();
	struct chain_verdict v;
	struct err e = ERR_INIT;

	ck_ok(cert_load(buf_slice(&root_pem), &root, &e), &e);
	ck_ok(cert_load(buf_slice(&ca_pem), &ca, &e), &e);
	ck_ok(crl_load(buf_slice(&crl_pem), &crl, &e), &e);
	crls[0] = crl;
	ck_ok(chain_check(&(struct chain){ .leaf = ca,
			      .root = root,
			      .crls = crls,
			      .crls_n = 1,
			      .at = clock_now(&now),
			      .check_crl = true },
		  &v, &e),
	    &e);
	ck_assert_msg(v.ok, "%s: %s", scheme, v.text);
	buf_free(&root_pem);
	buf_free(&crl_pem);
	buf_free(&ca_pem);
}

static void
token_authenticates(const char *home, const char *person, const char *role)
{
	CLEANUP(freep) char *db = fs_join(home, "store/accounts.sqlite");
	CLEANUP(freep)
	char *path = xasprintf("keys/development/%s.token", person);
	CLEANUP(accounts_freep) struct accounts *a = NULL;
	struct buf token = file_of(home, path);
	struct clock now = clock_system();
	struct account who;
	struct err e = ERR_INIT;

	ck_ok(accounts_open(db, &a, &e), &e);
	ck_ok(account_authenticate(
		  a, slice_of(token.p, token.n - 1), clock_now(&now), &who, &e),
	    &e);
	ck_assert_str_eq(who.person, person);
	ck_assert(account_has_role(&who, role));
	buf_free(&token);
}

START_TEST(development_home_is_whole)
{
	static const char *const secrets[] = { "keys/root/root.key",
		"keys/ca/iaas-paas-iot/key.pem", "keys/ca/genai-saas/key.pem",
		"keys/commit/key.pem", "keys/tls/key.pem", "keys/master.key",
		"keys/signer.journal", "keys/signer.head",
		"keys/development/officer-1.key",
		"keys/development/applicant-1.token" };
	CLEANUP(freep) char *home = fs_join(temp_dir(), "home");
	CLEANUP(freep) char *store = fs_join(home, "store");
	CLEANUP(config_freep) struct config *c = NULL;
	CLEANUP(signer_freep) struct signer *s = NULL;
	CLEANUP(store_freep) struct store *st = NULL;
	struct authority_options o = options(home);
	struct signer_options so = { .home = home };
	struct signer_link link;
	struct sign_hello hello;
	struct store_opts opts = { .clock = o.clock };
	struct store_head head;
	struct buf genesis = BUF_INIT(KIB(64));
	struct err e = ERR_INIT;

	o.name = "テスト「認定」機関 \"A\"";
	ck_ok(authority_init(&o, &e), &e);
	for (size_t i = 0; i < NELEM(secrets); i++)
		ck_assert_msg(is_private(home, secrets[i]), "%s", secrets[i]);
	ck_ok(config_load(home, &c, &e), &e);
	ck_assert_str_eq(c->authority.name, o.name);
	ck_assert_uint_eq(c->n_schemes, 2);
	roots_verify(home, "iaas-paas-iot");
	roots_verify(home, "genai-saas");
	token_authenticates(home, "officer-1", "officer");
	token_authenticates(home, "secretary-1", "secretariat");
	/* The signer's head and the store's are one. */
	ck_ok(signer_open(&so, &s, &e), &e);
	link = signer_local(s);
	ck_ok(signer_hello(&link, &hello, &e), &e);
	ck_ok(store_open(store, &opts, NULL, &st, &e), &e);
	ck_ok(store_head(st, &head, &e), &e);
	ck_assert(memcmp(head.commit.b, hello.durable, 20) == 0);
	ck_assert(memcmp(head.log_root, hello.root, 32) == 0);
	ck_assert_uint_eq(hello.size, 1);
	ck_ok(store_file_get(st, NULL, "genesis.json", &genesis, &e), &e);
	ck_assert_ptr_nonnull(
	    strstr(buf_str(&genesis), "\"development\":true"));
	buf_free(&genesis);
}
END_TEST

static const char *const marks[] = { "nintei.yaml", "keys/root/root.pem",
	"keys/master.key", "store/audit.git/HEAD" };
START_TEST(init_never_overwrites)
{
	CLEANUP(freep) char *home = fs_join(temp_dir(), "home");
	CLEANUP(freep) char *file = fs_join(home, marks[_i]);
	CLEANUP(freep) char *yaml = fs_join(home, "nintei.yaml");
	CLEANUP(freep) char *dir = xstrdup(file);
	struct authority_options o = options(home);
	struct err e = ERR_INIT;
	struct stat st;

	*strrchr(dir, '/') = '\0';
	ck_ok(fs_mkdirs(AT_FDCWD, dir, 0755, &e), &e);
	ck_ok(fs_create(AT_FDCWD, file, slice_str("mine"), 0600, &e), &e);
	ck_code(authority_init(&o, &e), &e, E_STORE_CONFLICT);
	if (strcmp(marks[_i], "nintei.yaml") != 0)
		ck_assert_int_eq(stat(yaml, &st), -1);
}
END_TEST

START_TEST(second_init_is_refused)
{
	CLEANUP(freep) char *home = fs_join(temp_dir(), "home");
	struct authority_options o = options(home);
	struct buf before, after;
	struct err e = ERR_INIT;

	ck_ok(authority_init(&o, &e), &e);
	before = file_of(home, "keys/signer.journal");
	ck_code(authority_init(&o, &e), &e, E_STORE_CONFLICT);
	after = file_of(home, "keys/signer.journal");
	ck_assert(slice_eq(buf_slice(&before), buf_slice(&after)));
	buf_free(&before);
	buf_free(&after);
}
END_TEST

START_TEST(production_home_has_no_people)
{
	CLEANUP(freep) char *home = fs_join(temp_dir(), "home");
	CLEANUP(freep) char *dev = fs_join(home, "keys/development");
	struct authority_options o = options(home);
	struct err e = ERR_INIT;
	struct stat st;

	o.development = false;
	o.name = "見本認定機関";
	ck_ok(authority_init(&o, &e), &e);
	ck_assert_int_eq(stat(dev, &st), -1);
}
END_TEST

START_TEST(production_home_wants_a_name)
{
	CLEANUP(freep) char *home = fs_join(temp_dir(), "home");
	struct authority_options o = options(home);
	struct err e = ERR_INIT;

	o.development = false;
	o.name = NULL;
	ck_code(authority_init(&o, &e), &e, E_USAGE);
}
END_TEST

static int64_t
fixed_now(void *arg)
{
	const int64_t *now = arg;

	return *now;
}

static void
seal_of(const char *home, struct cert **out)
{
	struct buf pem = file_of(home, "keys/seal/cert.pem");
	struct err e = ERR_INIT;

	ck_ok(cert_load(buf_slice(&pem), out, &e), &e);
	buf_free(&pem);
}

/* Three years on, by the root's key; the signer takes it. */
START_TEST(the_seal_is_made_anew)
{
	CLEANUP(freep) char *home = fs_join(temp_dir(), "home");
	CLEANUP(cert_freep) struct cert *was = NULL;
	CLEANUP(cert_freep) struct cert *now = NULL;
	CLEANUP(signer_freep) struct signer *signer = NULL;
	struct authority_options o = options(home);
	struct signer_options so = { .home = home };
	int64_t at = clock_now(&o.clock) + INT64_C(1100) * 86400;
	struct err e = ERR_INIT;

	o.begins_now = true;
	ck_ok(authority_init(&o, &e), &e);
	seal_of(home, &was);
	ck_assert_int_lt(cert_not_after(was), at);
	o.clock = (struct clock){ fixed_now, &at };
	ck_ok(authority_seal_renew(&o, &e), &e);
	seal_of(home, &now);
	ck_assert(!slice_eq(cert_spki(was), cert_spki(now)));
	ck_assert_int_le(cert_not_before(now), at);
	ck_assert_int_gt(cert_not_after(now), at + INT64_C(1090) * 86400);
	ck_assert(is_private(home, "keys/seal/key.pem"));
	ck_ok(signer_open(&so, &signer, &e), &e);
}
END_TEST

/* The root's key is elsewhere: nothing is changed. */
START_TEST(no_seal_without_the_root)
{
	CLEANUP(freep) char *home = fs_join(temp_dir(), "home");
	CLEANUP(freep) char *root = fs_join(home, "keys/root/root.key");
	CLEANUP(cert_freep) struct cert *was = NULL;
	CLEANUP(cert_freep) struct cert *now = NULL;
	struct authority_options o = options(home);
	struct err e = ERR_INIT;

	ck_ok(authority_init(&o, &e), &e);
	seal_of(home, &was);
	ck_assert_int_eq(unlink(root), 0);
	ck_code(authority_seal_renew(&o, &e), &e, E_NOT_FOUND);
	seal_of(home, &now);
	ck_assert(slice_eq(cert_spki(was), cert_spki(now)));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("authority");
	TCase *t = tcase_create("init");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, development_home_is_whole);
	tcase_add_loop_test(t, init_never_overwrites, 0, (int)NELEM(marks));
	tcase_add_test(t, second_init_is_refused);
	tcase_add_test(t, production_home_has_no_people);
	tcase_add_test(t, production_home_wants_a_name);
	tcase_add_test(t, the_seal_is_made_anew);
	tcase_add_test(t, no_seal_without_the_root);
	suite_add_tcase(suite, t);
	return suite_main(suite);
}
