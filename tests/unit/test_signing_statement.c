/* SPDX-License-Identifier: Apache-2.0 */
/* Statements about the register, against the signer's own journal. */
#include "nintei/statement.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/conf.h"
#include "nintei/enc.h"
#include "nintei/limits.h"
#include "support/signing_terms.h"

#define OTHER "IPT0009-2607"

/* What core would say, to be bent. */
static struct json *
statement(struct sf *f, const char *schema)
{
	CLEANUP(config_freep) struct config *c = NULL;
	struct json *j = jsonx_object(), *log = jsonx_object();
	struct sign_hello hello;
	struct err e = ERR_INIT;
	char at[INSTANT_TEXT], hex[65];

	ck_ok(config_load(f->home, &c, &e), &e);
	ck_ok(signer_hello(&f->link, &hello, &e), &e);
	jsonx_set_str(j, "schema", schema);
	jsonx_set_str(j, "authority", c->authority.name);
	jsonx_set_str(
	    j, "clock", c->clock == CLOCK_REAL ? "system" : "development");
	jsonx_set_str(j, "at", instant_format(f->now, at));
	jsonx_set_int(log, "size", (int64_t)hello.size);
	jsonx_set_str(log, "root", hex_encode(hello.root, 32, hex));
	jsonx_set(j, "log", log);
	if (strcmp(schema, STATEMENT_ABSENCE) != 0)
		jsonx_set_str(j, "not_after",
		    instant_format(f->now + STATEMENT_LIFE, at));
	return j;
}

static struct json *
entry(const char *number, const char *state, const char *through)
{
	struct json *j = jsonx_object();

	jsonx_set_str(j, "number", number);
	jsonx_set_str(j, "state", state);
	jsonx_set_str(j, "scheme", "iaas-paas-iot");
	jsonx_set_str(j, "service", "見本クラウド");
	jsonx_set_str(j, "operator", "見本株式会社");
	jsonx_set_str(j, "certified_on", "2026-07-01");
	jsonx_set_str(j, "valid_through", through);
	return j;
}

static struct json *
export_of(struct sf *f, const char *state)
{
	struct json *j = statement(f, STATEMENT_EXPORT);
	struct json *entries = jsonx_array();

	jsonx_add(entries, entry(SF_NUMBER, state, "2028-07-01"));
	jsonx_set(j, "entries", entries);
	return j;
}

static struct json *
absence_of(struct sf *f, const char *key, const char *value, const char *on)
{
	struct json *j = statement(f, STATEMENT_ABSENCE);

	jsonx_set_str(j, "scheme", "iaas-paas-iot");
	jsonx_set_str(j, key, value);
	jsonx_set_str(j, "on", on);
	return j;
}

static struct json *
status_of(struct sf *f, const char *state)
{
	struct json *j = statement(f, STATEMENT_STATUS);

	jsonx_set_str(j, "scheme", "iaas-paas-iot");
	jsonx_set_str(j, "number", SF_NUMBER);
	jsonx_set_str(j, "service", "見本クラウド");
	jsonx_set_str(j, "state", state);
	jsonx_set_str(j, "valid_through", "2028-07-01");
	return j;
}

/* Takes j; refusal NULL: it is sealed. */
static void
ask(struct sf *f, struct json *j, const char *refusal)
{
	CLEANUP(buf_free) struct buf doc = BUF_INIT(SIGN_STATEMENT_BYTES);
	CLEANUP(buf_free) struct buf cms = BUF_INIT(KIB(64));
	CLEANUP(buf_free) struct buf tst = BUF_INIT(KIB(64));
	struct err e = ERR_INIT;
	int rv;

	jsonx_canonical(j, &doc);
	jsonx_free(j);
	rv = signer_sign_statement(&f->link, buf_slice(&doc), &cms, &tst, &e);
	if (refusal == NULL) {
		ck_ok(rv, &e);
		ck_assert_uint_gt(cms.n, 0);
		ck_assert_uint_gt(tst.n, 0);
		return;
	}
	ck_code(rv, &e, E_SIGNER_REFUSED);
	ck_assert_msg(
	    strstr(e.detail, refusal) != NULL, "%s: %s", refusal, e.detail);
	ck_assert_uint_eq(cms.n + tst.n, 0);
}

static void
begin(struct sf *f)
{
	CLEANUP(buf_free) struct buf der = BUF_INIT(KIB(16));

	sf_init(f);
	st_first(f, &der);
	st_go(f, "2027-04-15T10:00:00+09:00");
}

static void
revoke_now(struct sf *f)
{
	CLEANUP(buf_free) struct buf crl = BUF_INIT(KIB(64));
	struct sf_request r;

	sf_revoke(f, &r, "e-1");
	st_revoke(f, &r, NULL, &crl);
}

static void
continue_now(struct sf *f)
{
	struct sf_request k;

	st_go(f, "2028-06-25T10:00:00+09:00");
	st_decision(f, &k, "k-1", "continuation", "continue_effect");
	st_note(f, &k, NULL);
}

/* --- what every statement says --- */

static void
no_schema(struct sf *f, struct json *j)
{
	(void)f;
	jsonx_set_str(j, "schema", "nintei.other/1");
}
static void
more(struct sf *f, struct json *j)
{
	(void)f;
	jsonx_set_str(j, "more", "x");
}
static void
authority(struct sf *f, struct json *j)
{
	(void)f;
	jsonx_set_str(j, "authority", "別の機関");
}
static void
clock_word(struct sf *f, struct json *j)
{
	(void)f;
	jsonx_set_str(j, "clock",
	    strcmp(jsonx_get_str(j, "clock"), "system") == 0 ? "development"
							     : "system");
}
static void
ahead(struct sf *f, struct json *j)
{
	char at[INSTANT_TEXT];

	jsonx_set_str(j, "at", instant_format(f->now + 1, at));
}
static void
behind(struct sf *f, struct json *j)
{
	char at[INSTANT_TEXT];

	jsonx_set_str(j, "at", instant_format(f->now - STATEMENT_AGE - 1, at));
}
static void
too_long(struct sf *f, struct json *j)
{
	char at[INSTANT_TEXT];

	jsonx_set_str(
	    j, "not_after", instant_format(f->now + STATEMENT_LIFE + 1, at));
}
static void
ended_already(struct sf *f, struct json *j)
{
	char at[INSTANT_TEXT];

	jsonx_set_str(j, "not_after", instant_format(f->now, at));
}
static void
other_root(struct sf *f, struct json *j)
{
	struct json *log = jsonx_dup(jsonx_get(j, "log"));

	(void)f;
	jsonx_set_str(log, "root",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	jsonx_set(j, "log", log);
}
static void
other_size(struct sf *f, struct json *j)
{
	struct json *log = jsonx_dup(jsonx_get(j, "log"));

	(void)f;
	jsonx_set_int(log, "size", 77);
	jsonx_set(j, "log", log);
}
static const struct {
	void (*bend)(struct sf *f, struct json *j);
	const char *refusal;
} heads[] = {
	{ no_schema, "of no kind" },
	{ more, "more" },
	{ authority, "another authority" },
	{ clock_word, "clock" },
	{ ahead, "at is not now" },
	{ behind, "at is not now" },
	{ too_long, "not_after" },
	{ ended_already, "not_after" },
	{ other_root, "root" },
	{ other_size, "of late" },
};
START_TEST(SIGN_90_refused_whatever_it_says)
{
	struct sf f;
	struct json *j;

	begin(&f);
	j = export_of(&f, "valid");
	heads[_i].bend(&f, j);
	ask(&f, j, heads[_i].refusal);
	ask(&f, export_of(&f, "valid"), NULL);
	sf_done(&f);
}
END_TEST

/* --- the register --- */

static struct json *
with_entries(struct sf *f, struct json *a, struct json *b)
{
	struct json *j = statement(f, STATEMENT_EXPORT);
	struct json *entries = jsonx_array();

	jsonx_add(entries, a);
	jsonx_add(entries, b);
	jsonx_set(j, "entries", entries);
	return j;
}

START_TEST(SIGN_94_all_that_was_issued_and_nothing_else)
{
	struct sf f;
	struct json *j;

	begin(&f);
	ask(&f, with_entries(&f, NULL, NULL), "left out");
	ask(&f,
	    with_entries(&f, entry(SF_NUMBER, "valid", "2028-07-01"),
		entry(OTHER, "valid", "2028-07-01")),
	    "never issued");
	ask(&f,
	    with_entries(&f, entry(SF_NUMBER, "valid", "2028-07-01"),
		entry(SF_NUMBER, "valid", "2028-07-01")),
	    "in order");
	ask(&f, with_entries(&f, entry(SF_NUMBER, "valid", "2028-07-02"), NULL),
	    "another valid_through");
	j = entry(SF_NUMBER, "valid", "2028-07-01");
	jsonx_set_str(j, "service", "別のクラウド");
	ask(&f, with_entries(&f, j, NULL), "another service");
	j = entry(SF_NUMBER, "valid", "2028-07-01");
	jsonx_set_str(j, "scheme", "genai-saas");
	ask(&f, with_entries(&f, j, NULL), "another scheme");
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_95_states_are_those_of_the_journal)
{
	struct sf f;

	begin(&f);
	ask(&f, export_of(&f, "expired"), "is in force");
	ask(&f, export_of(&f, "revoked"), "is in force");
	ask(&f, export_of(&f, "continued"), "not continued");
	revoke_now(&f);
	sf_close(&f);
	sf_open(&f);
	ask(&f, export_of(&f, "valid"), "not in force");
	ask(&f, export_of(&f, "lapsed"), "revoked then");
	ask(&f, export_of(&f, "revoked"), NULL);
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_95_after_the_last_day)
{
	struct sf f;

	begin(&f);
	st_go(&f, "2028-07-01T23:59:59+09:00");
	ask(&f, export_of(&f, "valid"), NULL);
	st_go(&f, "2028-07-02T00:00:00+09:00");
	ask(&f, export_of(&f, "valid"), "not in force");
	ask(&f, export_of(&f, "continued"), "not in force");
	ask(&f, export_of(&f, "expired"), NULL);
	ask(&f, export_of(&f, "revoked"), "not revoked");
	continue_now(&f);
	st_go(&f, "2028-07-02T00:00:00+09:00");
	ask(&f, export_of(&f, "continued"), NULL);
	sf_done(&f);
}
END_TEST

static struct json *
as_of(struct sf *f, const char *state, const char *day, const char *known)
{
	struct json *j = export_of(f, state), *of = jsonx_object();

	jsonx_set_str(of, "day", day);
	jsonx_set_str(of, "known", known);
	jsonx_set(j, "as_of", of);
	return j;
}

/* Flow 13: valid on 03-01 as known on 03-02, lapsed as known on 05-01. */
START_TEST(SIGN_93_days_in_two_times)
{
	struct sf f;
	CLEANUP(buf_free) struct buf crl = BUF_INIT(KIB(64));
	struct sf_request r;

	begin(&f);
	st_lapse(&f, &r, "e-1", "merger", "2027-01-10", true);
	st_revoke(&f, &r, NULL, &crl);
	st_go(&f, "2027-05-01T10:00:00+09:00");
	ask(&f, as_of(&f, "valid", "2027-03-01", "2027-03-02T00:00:00+09:00"),
	    NULL);
	ask(&f, as_of(&f, "lapsed", "2027-03-01", "2027-03-02T00:00:00+09:00"),
	    "in force");
	ask(&f, as_of(&f, "lapsed", "2027-03-01", "2027-05-01T00:00:00+09:00"),
	    NULL);
	ask(&f, as_of(&f, "valid", "2027-03-01", "2027-05-01T00:00:00+09:00"),
	    "not in force");
	ask(&f, as_of(&f, "valid", "2027-05-02", "2027-05-01T00:00:00+09:00"),
	    "nobody can know");
	ask(&f, as_of(&f, "valid", "2027-05-01", "2027-05-01T10:00:01+09:00"),
	    "nobody can know");
	/* Before it was certified there was nothing to list. */
	ask(&f, as_of(&f, "valid", "2026-06-30", "2026-06-30T23:00:00+09:00"),
	    "not there then");
	sf_done(&f);
}
END_TEST

/* --- absence --- */

static const struct {
	const char *key, *value, *on, *refusal;
} absences[] = {
	{ "number", SF_NUMBER, "2027-04-15", "was in force" },
	{ "number", SF_NUMBER, "2026-07-01", "was in force" },
	{ "number", SF_NUMBER, "2026-06-30", NULL },
	{ "number", SF_NUMBER, "2027-04-16", "no day so far" },
	{ "number", OTHER, "2027-04-15", NULL },
	{ "service", "見本クラウド", "2027-04-15", "was in force" },
	{ "service", "別のクラウド", "2027-04-15", NULL },
};
START_TEST(SIGN_96_absence)
{
	struct sf f;

	begin(&f);
	ask(&f,
	    absence_of(
		&f, absences[_i].key, absences[_i].value, absences[_i].on),
	    absences[_i].refusal);
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_96_absence_after_an_end)
{
	struct sf f;
	struct json *j;

	begin(&f);
	revoke_now(&f);
	st_go(&f, "2027-04-16T10:00:00+09:00");
	ask(&f, absence_of(&f, "number", SF_NUMBER, "2027-04-15"),
	    "was in force");
	ask(&f, absence_of(&f, "number", SF_NUMBER, "2027-04-16"), NULL);
	j = absence_of(&f, "number", SF_NUMBER, "2027-04-16");
	jsonx_set_str(j, "service", "見本クラウド");
	ask(&f, j, "number or service");
	j = absence_of(&f, "number", SF_NUMBER, "2027-04-16");
	jsonx_set_str(j, "scheme", "other");
	ask(&f, j, "no such scheme");
	sf_done(&f);
}
END_TEST

/* --- status --- */

START_TEST(SIGN_97_status_of_what_is_continued)
{
	struct sf f;
	struct json *j;
	struct sf_request k;
	CLEANUP(buf_free) struct buf crl = BUF_INIT(KIB(64));

	begin(&f);
	ask(&f, status_of(&f, "continued"), "not continued");
	continue_now(&f);
	ask(&f, status_of(&f, "continued"), "not continued");
	st_go(&f, "2028-07-02T00:00:00+09:00");
	ask(&f, status_of(&f, "continued"), NULL);
	ask(&f, status_of(&f, "valid"), "in no term");
	ask(&f, status_of(&f, "revoked"), "not revoked");
	ask(&f, status_of(&f, "suspended"), "no state");
	j = status_of(&f, "continued");
	jsonx_set_str(j, "valid_through", "2030-07-01");
	ask(&f, j, "valid_through");
	/* Over: nothing is stated any more. */
	st_go(&f, "2028-06-25T10:00:00+09:00");
	st_decision(&f, &k, "k-1", "continuation", "continue_effect");
	sf_prove(&f, &k);
	st_go(&f, "2028-07-20T10:00:00+09:00");
	{
		struct err e = ERR_INIT;

		ck_ok(sf_do_revoke(&f, &k, &crl, &e), &e);
	}
	sf_request_done(&k);
	ask(&f, status_of(&f, "continued"), "not continued");
	sf_done(&f);
}
END_TEST

START_TEST(SIGN_97_status_of_what_is_not)
{
	struct sf f;
	struct json *j;

	begin(&f);
	ask(&f, status_of(&f, "valid"), NULL);
	ask(&f, status_of(&f, "expired"), "is in force");
	j = status_of(&f, "valid");
	jsonx_set_str(j, "number", OTHER);
	ask(&f, j, "never issued");
	j = status_of(&f, "valid");
	jsonx_set_str(j, "service", "別のクラウド");
	ask(&f, j, "another service");
	revoke_now(&f);
	ask(&f, status_of(&f, "valid"), "not in force");
	ask(&f, status_of(&f, "revoked"), NULL);
	sf_done(&f);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("signing_statement");
	TCase *t = tcase_create("statements");

	tcase_add_unchecked_fixture(t, sf_prepare_later, NULL);
	tcase_add_loop_test(
	    t, SIGN_90_refused_whatever_it_says, 0, NELEM(heads));
	tcase_add_test(t, SIGN_94_all_that_was_issued_and_nothing_else);
	tcase_add_test(t, SIGN_95_states_are_those_of_the_journal);
	tcase_add_test(t, SIGN_95_after_the_last_day);
	tcase_add_test(t, SIGN_93_days_in_two_times);
	tcase_add_loop_test(t, SIGN_96_absence, 0, NELEM(absences));
	tcase_add_test(t, SIGN_96_absence_after_an_end);
	tcase_add_test(t, SIGN_97_status_of_what_is_continued);
	tcase_add_test(t, SIGN_97_status_of_what_is_not);
	suite_add_tcase(s, t);
	return suite_main(s);
}
