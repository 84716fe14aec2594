/* SPDX-License-Identifier: Apache-2.0 */
/* Which version of the rules is in force: by the journal, not by the files. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/scheme.h"
#include "support/signing_terms.h"

#define NEXT "2026-09-01"
#define NEXT_POLICY "2026-09-01.1"

/* A version of the scheme with another date, in versions/ or elsewhere. */
static void
version_write(const char *folder)
{
	CLEANUP(freep)
	char *line = xasprintf(
	    "mkdir -p '%s' && cp '%s'/*.* '%s' && "
	    "sed -i '0,/rule_version: \"2022-04-01\"/s//rule_version: "
	    "\"" NEXT "\"/' '%s'/scheme.yaml",
	    folder, TEST_SOURCE_DIR "/policies/iaas-paas-iot", folder, folder);

	ck_assert_int_eq(system(line), 0);
}

static int
file_read(void *arg, const char *name, struct buf *out, struct err *e)
{
	CLEANUP(freep) char *path = xasprintf("%s/%s", (char *)arg, name);

	return fs_read(AT_FDCWD, path, MIB(1), out, e);
}

static struct scheme *
version_read(const char *folder)
{
	CLEANUP(freep) char *arg = xstrdup(folder);
	struct scheme_source from = { file_read, arg };
	struct scheme *s = NULL;
	struct err e = ERR_INIT;

	ck_ok(scheme_read("iaas-paas-iot", &from, &s, &e), &e);
	return s;
}

struct amended {
	struct sf f;
	char *folder; /* of the new version */
	struct scheme *next;
};

static void
amended_init(struct amended *a, bool beside)
{
	sf_init(&a->f);
	a->folder = beside
	    ? fs_join(a->f.home, "policies/iaas-paas-iot/versions/" NEXT)
	    : fs_join(temp_dir(), "elsewhere");
	version_write(a->folder);
	a->next = version_read(a->folder);
	sf_close(&a->f);
	sf_open(&a->f);
}

static void
amended_done(struct amended *a)
{
	scheme_free(a->next);
	free(a->folder);
	sf_done(&a->f);
}

static void
decision_make(
    struct amended *a, struct sf_request *r, const char *word, const char *from)
{
	CLEANUP(jsonx_freep)
	struct json *detail = scheme_rules_detail(a->next, from);

	jsonx_set_str(detail, "diff", "article 9(1) changed");
	sf_roster(&a->f, r, "r-1", "officer-1", "officer", NULL);
	buf_reset(&r->detail_of);
	jsonx_canonical(detail, &r->detail_of);
	jsonx_set_str(r->fields, "kind", "rules");
	jsonx_set_str(r->fields, "outcome", word);
	jsonx_set_str(r->fields, "case_id", "rules-iaas-paas-iot");
	if (strcmp(word, "rescind") == 0)
		jsonx_set_str(r->fields, "decision_id", "r-2");
}

/* With the files in the request, or without. */
static void
send(struct amended *a, struct sf_request *r, bool files, const char *refusal)
{
	CLEANUP(freep) struct sign_note *m = xcalloc(1, sizeof(*m));
	struct err e = ERR_INIT;
	int rv;

	sf_prove(&a->f, r);
	m->proof = r->proof;
	m->detail = buf_slice(&r->detail_of);
	for (size_t i = 0; files; i++) {
		const char *name;

		if (!scheme_file(a->next, i, &name, &m->files[i].bytes))
			break;
		snprintf(
		    m->files[i].name, sizeof(m->files[i].name), "%s", name);
		m->n_files = i + 1;
	}
	rv = signer_note_decision(&a->f.link, m, &e);
	if (refusal == NULL) {
		ck_ok(rv, &e);
	} else {
		ck_code(rv, &e, E_SIGNER_REFUSED);
		ck_assert_msg(strstr(e.detail, refusal) != NULL, "%s: %s",
		    refusal, e.detail);
	}
	sf_request_done(r);
}

/* A certify decision under a version, on a day. */
static void
certify(struct amended *a, const char *version, const char *refusal)
{
	CLEANUP(buf_free) struct buf der = BUF_INIT(KIB(16));
	CLEANUP(freep) char *policy = xasprintf("%s.1", version);
	struct sf_request r;

	sf_certify(&a->f, &r, "d-1");
	jsonx_set_str(r.fields, "rule_version", version);
	jsonx_set_str(r.fields, "policy_version", policy);
	jsonx_set_str(r.record, "rule_version", version);
	jsonx_set_str(r.fields, "certified_on", NEXT);
	jsonx_set_str(r.record, "certified_on", NEXT);
	jsonx_set_str(r.record, "valid_from", NEXT);
	jsonx_set_str(r.fields, "valid_through", "2028-09-01");
	jsonx_set_str(r.record, "valid_through", "2028-09-01");
	st_issue(&a->f, &r, refusal, &der);
}

static const bool beside[] = { true, false };

START_TEST(SIGN_80_in_force_by_decision_from_its_day)
{
	struct amended a;
	struct sf_request r;

	amended_init(&a, beside[_i]);
	/* Files alone bring nothing into force. */
	st_go(&a.f, "2026-09-01T00:00:00+09:00");
	certify(&a, NEXT, "another version");
	st_go(&a.f, "2026-07-01T15:00:00+09:00");
	decision_make(&a, &r, "adopt", NEXT);
	send(&a, &r, !beside[_i], NULL);
	st_go(&a.f, "2026-08-31T23:59:59+09:00");
	certify(&a, NEXT, "another version");
	st_go(&a.f, "2026-09-01T00:00:00+09:00");
	certify(&a, "2022-04-01", "another version");
	if (beside[_i]) {
		sf_close(&a.f);
		sf_open(&a.f);
	}
	certify(&a, NEXT, NULL);
	amended_done(&a);
}
END_TEST

START_TEST(SIGN_82_rescinded_before_it_begins)
{
	struct amended a;
	struct sf_request r;

	amended_init(&a, true);
	decision_make(&a, &r, "adopt", NEXT);
	send(&a, &r, false, NULL);
	st_go(&a.f, "2026-08-01T15:00:00+09:00");
	decision_make(&a, &r, "rescind", NEXT);
	send(&a, &r, false, NULL);
	sf_close(&a.f);
	sf_open(&a.f);
	st_go(&a.f, "2026-09-01T00:00:00+09:00");
	certify(&a, NEXT, "another version");
	certify(&a, "2022-04-01", NULL);
	decision_make(&a, &r, "rescind", NEXT);
	jsonx_set_str(r.fields, "decision_id", "r-3");
	send(&a, &r, false, "in force already");
	amended_done(&a);
}
END_TEST

START_TEST(SIGN_81_refused_amendments)
{
	struct amended a;
	struct sf_request r;

	amended_init(&a, false);
	decision_make(&a, &r, "adopt", NEXT);
	send(&a, &r, false, "approvals_verified"); /* no files */
	decision_make(&a, &r, "adopt", "2026-07-30");
	send(&a, &r, true, "too soon");
	decision_make(&a, &r, "import", NEXT);
	send(&a, &r, true, "genesis");
	decision_make(&a, &r, "adopt", NEXT);
	r.signers[1] = -1;
	send(&a, &r, true, "quorum_reached");
	decision_make(&a, &r, "adopt", NEXT);
	jsonx_set_str(r.fields, "detail",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	send(&a, &r, true, "not that of the decision");
	/* One byte of a file is another. */
	decision_make(&a, &r, "adopt", NEXT);
	{
		CLEANUP(freep)
		char *line =
		    xasprintf("echo '# more' >> '%s/params.yaml'", a.folder);

		ck_assert_int_eq(system(line), 0);
		scheme_free(a.next);
		a.next = version_read(a.folder);
	}
	send(&a, &r, true, "not the file of the decision");
	st_go(&a.f, "2026-09-01T00:00:00+09:00");
	certify(&a, NEXT, "another version");
	amended_done(&a);
}
END_TEST

/* The signer does not start with other files than were decided. */
START_TEST(SIGN_80_other_files_at_a_start)
{
	struct amended a;
	struct sf_request r;
	struct signer_options o;
	struct err e = ERR_INIT;
	CLEANUP(freep) char *line = NULL;

	amended_init(&a, true);
	decision_make(&a, &r, "adopt", NEXT);
	send(&a, &r, false, NULL);
	sf_close(&a.f);
	line = xasprintf("echo '# more' >> '%s/params.yaml'", a.folder);
	ck_assert_int_eq(system(line), 0);
	o = (struct signer_options){ .home = a.f.home };
	ck_code(signer_open(&o, &a.f.signer, &e), &e, E_CONFIG);
	a.f.signer = NULL;
	amended_done(&a);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("signing_rules");
	TCase *t = tcase_create("rules");

	tcase_add_unchecked_fixture(t, sf_prepare, NULL);
	tcase_add_loop_test(
	    t, SIGN_80_in_force_by_decision_from_its_day, 0, NELEM(beside));
	tcase_add_test(t, SIGN_82_rescinded_before_it_begins);
	tcase_add_test(t, SIGN_81_refused_amendments);
	tcase_add_test(t, SIGN_80_other_files_at_a_start);
	suite_add_tcase(s, t);
	return suite_main(s);
}
