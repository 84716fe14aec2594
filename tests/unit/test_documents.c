/* SPDX-License-Identifier: Apache-2.0 */
/* Enclosures through the real workers: kinds, language, labels, malware. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "nintei/clam.h"
#include "nintei/worker.h"
#include "support/clamd.h"
#include "support/intake_fixture.h"
#include "support/support.h"

static struct intake_fixture fx;

static void
setup(void)
{
	inf_init(&fx, "iaas-paas-iot");
}

static void
teardown(void)
{
	inf_done(&fx);
}

static void
check(void)
{
	inf_check(&fx, "iaas-paas-iot");
}

static void
repeat(const char *path, const char *text, int times)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(1 << 20);

	for (int i = 0; i < times; i++)
		buf_puts(&b, text);
	dossier_put(&fx.d, path, buf_slice(&b));
}

/* --- kinds of files --- */

#define PNG "\x89PNG\r\n\x1a\n"
#define IEND "\0\0\0\0IEND\xae\x42\x60\x82"
static const struct {
	const char *path, *bytes;
	size_t n;
	const char *rule; /* NULL: accepted */
	enum severity severity;
} kinds[] = {
#define ROW(path, bytes, rule, severity)                       \
	{                                                      \
		path, bytes, sizeof(bytes) - 1, rule, severity \
	}
	ROW("a.png", PNG IEND, NULL, SEV_NONE),
	ROW("a.png", PNG IEND "PK\x05\x06", "BUNDLE-TYPE_MISMATCH", SEV_REFUSE),
	ROW("a.png", PNG, "BUNDLE-TYPE_MISMATCH", SEV_REFUSE),
	ROW("a.jpg", "\xff\xd8\xff\xe0", NULL, SEV_NONE),
	ROW("a.tif", "II*\0", NULL, SEV_NONE),
	ROW("a.TIFF", "MM\0*", NULL, SEV_NONE),
	ROW("a.jpg", PNG IEND, "BUNDLE-TYPE_MISMATCH", SEV_REFUSE),
	ROW("a.pdf", "<html>", "BUNDLE-TYPE_MISMATCH", SEV_REFUSE),
	ROW("a.pdf", "", "BUNDLE-TYPE_MISMATCH", SEV_REFUSE),
	ROW("a.pdf", "\n%PDF-1.4", "BUNDLE-TYPE_MISMATCH", SEV_REFUSE),
	ROW("a.dat", "%PDF-1.4", "BUNDLE-TYPE_MISMATCH", SEV_REFUSE),
	ROW("a.txt", "%PDF-1.4", "BUNDLE-TYPE_MISMATCH", SEV_REFUSE),
	ROW("a.txt", "a\0b", "BUNDLE-TYPE_MISMATCH", SEV_REFUSE),
	ROW("a.docx", "hello", "BUNDLE-TYPE_MISMATCH", SEV_REFUSE),
	ROW("a.exe", "MZ\x90", "BUNDLE-TYPE_REFUSED", SEV_REFUSE),
	ROW("a",
	    "\x7f"
	    "ELF",
	    "BUNDLE-TYPE_REFUSED", SEV_REFUSE),
	ROW("a.txt", "#!/bin/sh\n", "BUNDLE-TYPE_REFUSED", SEV_REFUSE),
	ROW("a.doc", "\xd0\xcf\x11\xe0\xa1", "BUNDLE-TYPE_REFUSED", SEV_REFUSE),
	ROW("a.html", "<!DOCTYPE html>", "BUNDLE-TYPE_REFUSED", SEV_REFUSE),
	ROW("a.txt", "\xef\xbb\xbf<html>", "BUNDLE-TYPE_REFUSED", SEV_REFUSE),
	ROW("a.rtf", "{\\rtf1}", "BUNDLE-TYPE_REFUSED", SEV_REFUSE),
	ROW("a.heic",
	    "\0\0\0\x18"
	    "ftypheic",
	    "BUNDLE-TYPE_UNKNOWN", SEV_WARN),
#undef ROW
};

START_TEST(kinds_of_files)
{
	const struct finding *f;

	dossier_put(
	    &fx.d, kinds[_i].path, slice_of(kinds[_i].bytes, kinds[_i].n));
	check();
	if (kinds[_i].rule == NULL) {
		for (size_t i = 0; i < fx.found.n; i++)
			ck_assert_msg(
			    strncmp(fx.found.items[i].rule, "BUNDLE-", 7) != 0,
			    "%s", fx.found.items[i].rule);
		return;
	}
	f = inf_finding(&fx, kinds[_i].rule, kinds[_i].path);
	ck_assert_msg(f != NULL, "%s %s", kinds[_i].path, kinds[_i].rule);
	ck_assert_int_eq(f->severity, kinds[_i].severity);
}
END_TEST

/* --- language --- */

#define ENGLISH "The service is operated in two data centres. "
#define CHINESE "本公司致力于云计算服务的开发与运营，为客户提供解决方案。"
#define JAPANESE "このサービスは、国内の二つのデータセンターで運営しています。"

START_TEST(language_of_papers)
{
	const struct finding *f;

	repeat("english.txt", ENGLISH, 5);
	check();
	f = inf_finding(&fx, "LANG-NOT_JAPANESE", "english.txt");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->severity, SEV_CORRECT);
	ck_assert_str_eq(f->article, "4(1)");
	/* a Japanese version with the same role beside it */
	repeat("japanese.txt", JAPANESE, 5);
	check();
	ck_assert_ptr_null(
	    inf_finding(&fx, "LANG-NOT_JAPANESE", "english.txt"));
	ck_assert_ptr_null(
	    inf_finding(&fx, "LANG-NOT_JAPANESE", "japanese.txt"));
	/* D16: a Japanese name does not make it Japanese */
	dossier_put(&fx.d, "japanese.txt", (struct slice){ 0 });
	repeat("english.txt", "株式会社みほんクラウド " CHINESE CHINESE CHINESE,
	    2);
	check();
	ck_assert_ptr_nonnull(
	    inf_finding(&fx, "LANG-NOT_JAPANESE", "english.txt"));
	repeat("english.txt", "abc", 2);
	check();
	ck_assert_ptr_null(
	    inf_finding(&fx, "LANG-NOT_JAPANESE", "english.txt"));
	ck_assert_ptr_nonnull(
	    inf_finding(&fx, "LANG-UNDECIDED", "english.txt"));
}
END_TEST

/* --- labels --- */

/* D24: the mark stands above the manifest: told, and stored higher. */
START_TEST(label_above_the_manifest)
{
	const struct json *sources;
	const struct finding *f;

	repeat("plan.txt", "極秘\n" JAPANESE "\n", 1);
	dossier_describe(&fx.d, fx.schemes);
	for (size_t i = 0; i < jsonx_len(jsonx_get(fx.d.manifest, "members"));
	     i++) {
		const struct json *m =
		    jsonx_at(jsonx_get(fx.d.manifest, "members"), i);

		if (strcmp(jsonx_get_str(m, "path"), "plan.txt") == 0)
			jsonx_set_str(
			    (struct json *)(uintptr_t)m, "tag", "internal");
	}
	check();
	f = inf_finding(&fx, "TAG-LABEL_CONFLICT", "plan.txt");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->severity, SEV_WARN);
	ck_assert_int_eq(inf_member(&fx, "plan.txt")->effective, TAG_SECRET);
	ck_assert_int_eq(inf_member(&fx, "plan.txt")->label, TAG_SECRET);
	sources = inf_member(&fx, "plan.txt")->sources;
	ck_assert_uint_eq(jsonx_len(sources), 3);
	ck_assert_str_eq(
	    jsonx_get_str(jsonx_at(sources, 0), "level"), "top_secret");
	ck_assert_str_eq(
	    jsonx_get_str(jsonx_at(sources, 0), "handling"), "named_readers");
	ck_assert_str_eq(jsonx_get_str(jsonx_at(sources, 0), "mark"), "極秘");
	ck_assert_str_eq(
	    jsonx_get_str(jsonx_at(sources, 1), "source"), "manifest");
	ck_assert_str_eq(
	    jsonx_get_str(jsonx_at(sources, 2), "source"), "default");
}
END_TEST

START_TEST(labels_in_papers)
{
	static const struct {
		const char *text, *rule;
		enum tag effective;
	} rows[] = {
		{ "社外秘\n", NULL, TAG_SECRET },
		{ "個人情報\n", NULL, TAG_PERSONAL },
		{ "レベル３\n", "TAG-LABEL_ASK", TAG_SECRET },
		{ "特定秘密\n", "TAG-LABEL_STOP", TAG_SECRET },
		{ "秘書室\n", NULL, TAG_SECRET },
	};
	static const char *const rules[] = { "TAG-LABEL_ASK", "TAG-LABEL_STOP",
		"TAG-LABEL_CONFLICT", "TAG-LABEL_UNKNOWN" };

	for (size_t i = 0; i < NELEM(rows); i++) {
		CLEANUP(freep)
		char *text = xasprintf("%s" JAPANESE, rows[i].text);

		dossier_put(&fx.d, "plan.txt", slice_str(text));
		check();
		ck_assert_int_eq(
		    inf_member(&fx, "plan.txt")->effective, rows[i].effective);
		for (size_t k = 0; k < NELEM(rules); k++)
			ck_assert_int_eq(
			    inf_finding(&fx, rules[k], "plan.txt") != NULL,
			    rows[i].rule != NULL &&
				strcmp(rows[i].rule, rules[k]) == 0);
	}
}
END_TEST

/* --- malware --- */

static const char *
serve(enum clamd_mood mood, pid_t *out)
{
	static char path[108];
	char *dir = temp_dir();
	struct err e = ERR_INIT;

	ck_assert_int_eq(chmod(dir, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/socket", dir);
	*out = mood == CLAMD_GONE
	    ? 0
	    : clamd_start(path, mood, (struct slice){ 0 });
	ck_ok(
	    worker_host_local(clam_worker_class(path), &fx.hosts.clam, &e), &e);
	fx.hosts.scans = true;
	return path;
}

/* D25: every file, the one that nobody reads too. */
START_TEST(malware_is_refused)
{
	const struct finding *f;
	pid_t pid;

	repeat("good.txt", JAPANESE, 5);
	dossier_put(&fx.d, "bad.bin", slice_str("x nintei-local-signature"));
	(void)serve(CLAMD_HONEST, &pid);
	check();
	clamd_stop(pid);
	f = inf_finding(&fx, "BUNDLE-MALWARE", "bad.bin");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->severity, SEV_REFUSE);
	ck_assert_ptr_nonnull(strstr(f->text_en, "Nintei.Local"));
	ck_assert_ptr_null(inf_finding(&fx, "BUNDLE-MALWARE", "good.txt"));
	ck_assert_ptr_null(inf_finding(&fx, "BUNDLE-SCANNER", ""));
}
END_TEST

/* A scanner that is gone: one finding, by the policy of the scheme. */
START_TEST(missing_scanner_is_told)
{
	struct scheme *s = (struct scheme *)(uintptr_t)scheme_find(
	    fx.schemes, "iaas-paas-iot");
	pid_t none;
	unsigned n = 0;

	fx.hosts.scans = true;
	check();
	ck_assert_ptr_null(inf_finding(&fx, "BUNDLE-SCANNER", "")); /* off */
	s->params.malware_scanner = POLICY_WARN;
	check();
	ck_assert_int_eq(
	    inf_finding(&fx, "BUNDLE-SCANNER", "")->severity, SEV_WARN);
	(void)serve(CLAMD_GONE, &none);
	s->params.malware_scanner = POLICY_REFUSE;
	check();
	for (size_t i = 0; i < fx.found.n; i++)
		n += strcmp(fx.found.items[i].rule, "BUNDLE-SCANNER") == 0;
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(
	    inf_finding(&fx, "BUNDLE-SCANNER", "")->severity, SEV_REFUSE);
}
END_TEST

/* What clamd will not take to its end is not clean, and not the end of all. */
START_TEST(too_large_for_the_scanner)
{
	static const char full[] = "INSTREAM size limit exceeded. ERROR";
	struct scheme *s = (struct scheme *)(uintptr_t)scheme_find(
	    fx.schemes, "iaas-paas-iot");
	char *dir = temp_dir();
	CLEANUP(freep) char *path = xasprintf("%s/socket", dir);
	struct err e = ERR_INIT;
	pid_t pid;

	ck_assert_int_eq(chmod(dir, 0755), 0);
	pid = clamd_start(path, CLAMD_SAYS, slice_of(full, sizeof(full)));
	ck_ok(
	    worker_host_local(clam_worker_class(path), &fx.hosts.clam, &e), &e);
	repeat("good.txt", JAPANESE, 5);
	check();
	ck_assert_int_eq(
	    inf_finding(&fx, "BUNDLE-SCAN_LIMIT", "good.txt")->severity,
	    SEV_WARN);
	ck_assert_ptr_nonnull(
	    inf_finding(&fx, "BUNDLE-SCAN_LIMIT", "form-a.json"));
	s->params.malware_scanner = POLICY_REFUSE;
	check();
	clamd_stop(pid);
	ck_assert_int_eq(
	    inf_finding(&fx, "BUNDLE-SCAN_LIMIT", "good.txt")->severity,
	    SEV_REFUSE);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("documents");
	TCase *c = tcase_create("documents");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, kinds_of_files, 0, (int)NELEM(kinds));
	tcase_add_test(c, language_of_papers);
	tcase_add_test(c, label_above_the_manifest);
	tcase_add_test(c, labels_in_papers);
	tcase_add_test(c, malware_is_refused);
	tcase_add_test(c, missing_scanner_is_told);
	tcase_add_test(c, too_large_for_the_scanner);
	suite_add_tcase(s, c);
	return suite_main(s);
}
