/* SPDX-License-Identifier: Apache-2.0 */
/* Later terms, reissues, continuations and ends, as the signer judges them. */
#include "support/signing_terms.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/ca_view.h"
#include "nintei/limits.h"

#define CHAINED "2028-07-02", "2030-07-01"

struct bench {
	struct sf f;
	struct buf first, next, crl;
};

static void
bench_init(struct bench *b)
{
	*b = (struct bench){ .first = BUF_INIT(KIB(16)),
		.next = BUF_INIT(KIB(16)),
		.crl = BUF_INIT(KIB(64)) };
	sf_init(&b->f);
	st_first(&b->f, &b->first);
}

static void
bench_done(struct bench *b)
{
	buf_free(&b->first);
	buf_free(&b->next);
	buf_free(&b->crl);
	sf_done(&b->f);
}

/* The journal alone is what the signer remembers. */
static void
again(struct bench *b)
{
	sf_close(&b->f);
	sf_open(&b->f);
}

/* --- later terms --- */

START_TEST(SIGN_24_a_chained_term_begins_after_the_last_day)
{
	struct bench b;
	struct sf_request r;

	bench_init(&b);
	st_go(&b.f, "2028-06-20T10:00:00+09:00");
	st_renewal(&b.f, &r, "d-2", "2028-06-20", "2030-06-20");
	st_issue(&b.f, &r, "calendar", &b.next);
	st_renewal(&b.f, &r, "d-2", CHAINED);
	jsonx_set_str(r.record, "term", "3");
	st_issue(&b.f, &r, "next term", &b.next);
	st_renewal(&b.f, &r, "d-2", CHAINED);
	jsonx_set_str(r.fields, "case_id", "c-1");
	st_issue(&b.f, &r, "this case has", &b.next);
	again(&b);
	st_renewal(&b.f, &r, "d-2", CHAINED);
	st_issue(&b.f, &r, NULL, &b.next);
	ck_assert_int_eq(
	    st_not_before(&b.next), st_at("2028-07-02T00:00:00+09:00"));
	ck_assert_int_eq(
	    st_not_after(&b.next), st_at("2030-07-01T23:59:59+09:00"));
	/* A third one is not due before the second has begun. */
	again(&b);
	st_renewal(&b.f, &r, "d-3", "2030-07-02", "2032-07-01");
	jsonx_set_str(r.fields, "case_id", "c-3");
	jsonx_set_str(r.record, "term", "3");
	st_issue(&b.f, &r, "has not begun", &b.next);
	/* It replaces nothing. */
	st_renewal(&b.f, &r, "d-2", CHAINED);
	st_revoke(&b.f, &r, "replaces no certificate", &b.crl);
	bench_done(&b);
}
END_TEST

START_TEST(SIGN_24_after_a_gap_a_term_begins_anew)
{
	struct bench b;
	struct sf_request r;

	bench_init(&b);
	st_go(&b.f, "2028-07-20T10:00:00+09:00");
	st_renewal(&b.f, &r, "d-2", CHAINED);
	st_issue(&b.f, &r, "calendar", &b.next);
	st_renewal(&b.f, &r, "d-2", "2028-07-20", "2030-07-20");
	st_issue(&b.f, &r, NULL, &b.next);
	ck_assert_int_eq(st_not_before(&b.next), b.f.now);
	bench_done(&b);
}
END_TEST

static void
note_continuation(struct bench *b, struct sf_request *r)
{
	st_go(&b->f, "2028-06-25T10:00:00+09:00");
	st_decision(&b->f, r, "k-1", "continuation", "continue_effect");
}

/* As it was signed, to be shown at any later time. */
static void
show_continuation(struct bench *b, struct sf_request *r)
{
	note_continuation(b, r);
	sf_prove(&b->f, r);
}

/* Flow 9: decided on 07-20 while the effect goes on. */
START_TEST(SIGN_24_what_is_continued_leaves_no_gap)
{
	struct bench b;
	struct sf_request k, r;

	bench_init(&b);
	note_continuation(&b, &k);
	st_note(&b.f, &k, NULL);
	again(&b);
	st_go(&b.f, "2028-07-20T10:00:00+09:00");
	st_renewal(&b.f, &r, "d-2", "2028-07-20", "2030-07-20");
	st_issue(&b.f, &r, "calendar", &b.next);
	st_renewal(&b.f, &r, "d-2", CHAINED);
	st_issue(&b.f, &r, NULL, &b.next);
	bench_done(&b);
}
END_TEST

/* A continuation that is over does not bridge a gap. */
START_TEST(SIGN_36_what_is_over_is_continued_no_more)
{
	struct bench b;
	struct sf_request k, r;

	bench_init(&b);
	note_continuation(&b, &k);
	st_note(&b.f, &k, NULL);
	note_continuation(&b, &k);
	st_revoke(&b.f, &k, NULL, &b.crl);
	ck_assert_uint_eq(st_count(&b.crl), 0);
	again(&b);
	st_go(&b.f, "2028-07-20T10:00:00+09:00");
	st_renewal(&b.f, &r, "d-2", CHAINED);
	st_issue(&b.f, &r, "calendar", &b.next);
	bench_done(&b);
}
END_TEST

static void
end_revoke(struct bench *b)
{
	struct sf_request r;

	sf_revoke(&b->f, &r, "e-1");
	st_revoke(&b->f, &r, NULL, &b->crl);
}
static void
end_lapse(struct bench *b)
{
	struct sf_request r;

	st_lapse(&b->f, &r, "e-1", "merger", "2027-01-10", true);
	st_revoke(&b->f, &r, NULL, &b->crl);
}
static void
end_terminate(struct bench *b)
{
	struct sf_request r;

	st_termination(&b->f, &r, "e-1", "2027-01-10");
	st_revoke(&b->f, &r, NULL, &b->crl);
}
static void (*const ends[])(
    struct bench *b) = { end_revoke, end_lapse, end_terminate };

/* Nothing comes after an end: no term, no reissue, no continuation. */
START_TEST(SIGN_24_nothing_is_issued_after_the_end)
{
	struct bench b;
	struct sf_request r;

	bench_init(&b);
	st_go(&b.f, "2028-06-20T10:00:00+09:00");
	ends[_i](&b);
	ck_assert_uint_eq(st_count(&b.crl), 1);
	again(&b);
	st_renewal(&b.f, &r, "d-2", CHAINED);
	st_issue(&b.f, &r, "has ended", &b.next);
	st_reissue(&b.f, &r, "d-3");
	st_issue(&b.f, &r, "has ended", &b.next);
	st_decision(&b.f, &r, "k-1", "continuation", "continue_effect");
	st_note(&b.f, &r, "has ended");
	bench_done(&b);
}
END_TEST

/* --- reissue --- */

static const struct {
	const char *key, *value, *refusal;
} kept[] = {
	{ "valid_through", "2030-07-01", "change valid_through" },
	{ "certified_on", "2026-07-02", "change certified_on" },
	{ "valid_from", "2026-07-02", "change valid_from" },
	{ "guideline", "別の指針", "change guideline" },
	{ "rule_version", "2020-04-01", "change rule_version" },
	{ "term", "2", "no such term" },
	{ "scheme", "genai-saas", "differ in scheme" },
};
START_TEST(SIGN_29_a_reissue_changes_names_alone)
{
	struct bench b;
	struct sf_request r;

	bench_init(&b);
	st_go(&b.f, "2027-03-01T10:00:00+09:00");
	st_reissue(&b.f, &r, "d-2");
	jsonx_set_str(r.record, kept[_i].key, kept[_i].value);
	if (strcmp(kept[_i].key, "valid_through") == 0 ||
	    strcmp(kept[_i].key, "certified_on") == 0)
		jsonx_set_str(r.fields, kept[_i].key, kept[_i].value);
	st_issue(&b.f, &r, kept[_i].refusal, &b.next);
	bench_done(&b);
}
END_TEST

START_TEST(SIGN_32_a_reissue_replaces_what_its_term_had)
{
	struct bench b;
	struct sf_request r;
	struct buf third = BUF_INIT(KIB(16));
	struct crl_entry entry;

	bench_init(&b);
	st_go(&b.f, "2027-03-01T10:00:00+09:00");
	st_reissue(&b.f, &r, "d-2");
	st_revoke(&b.f, &r, "not issued yet", &b.crl);
	st_reissue(&b.f, &r, "d-2");
	st_issue(&b.f, &r, NULL, &b.next);
	ck_assert_int_eq(st_not_before(&b.next), b.f.now);
	ck_assert_int_eq(
	    st_not_after(&b.next), st_at("2028-07-01T23:59:59+09:00"));
	again(&b);
	for (int i = 0; i < 2; i++) {
		st_reissue(&b.f, &r, "d-2");
		st_revoke(&b.f, &r, NULL, &b.crl);
		ck_assert_uint_eq(st_count(&b.crl), 1);
		ck_assert(st_entry(&b.crl, &b.first, &entry));
		ck_assert_int_eq(entry.reason, 4);
		ck_assert_int_eq(entry.invalid_since, 0);
	}
	/* The first reissue again does not take the second one back. */
	st_reissue(&b.f, &r, "d-3");
	st_issue(&b.f, &r, NULL, &third);
	st_reissue(&b.f, &r, "d-2");
	st_revoke(&b.f, &r, NULL, &b.crl);
	ck_assert(!st_entry(&b.crl, &third, &entry));
	ck_assert(!st_entry(&b.crl, &b.next, &entry));
	buf_free(&third);
	bench_done(&b);
}
END_TEST

START_TEST(SIGN_32_a_reissue_spares_the_next_term)
{
	struct bench b;
	struct sf_request r;
	struct buf again_1 = BUF_INIT(KIB(16));
	struct crl_entry entry;

	bench_init(&b);
	st_go(&b.f, "2028-06-20T10:00:00+09:00");
	st_renewal(&b.f, &r, "d-2", CHAINED);
	st_issue(&b.f, &r, NULL, &b.next);
	st_reissue(&b.f, &r, "d-3");
	st_issue(&b.f, &r, NULL, &again_1);
	st_reissue(&b.f, &r, "d-3");
	st_revoke(&b.f, &r, NULL, &b.crl);
	ck_assert(st_entry(&b.crl, &b.first, &entry));
	ck_assert(!st_entry(&b.crl, &b.next, &entry));
	ck_assert_uint_eq(st_count(&b.crl), 1);
	/* One of a term that is over is none at all. */
	st_go(&b.f, "2028-07-02T00:00:00+09:00");
	st_reissue(&b.f, &r, "d-4");
	st_issue(&b.f, &r, "term is over", &again_1);
	buf_free(&again_1);
	bench_done(&b);
}
END_TEST

/* --- continuation --- */

START_TEST(SIGN_37_interim_certificates_of_a_continuation)
{
	struct bench b;
	struct sf_request k;
	struct ca_view *v = NULL;
	struct crl_entry entry;
	struct buf same = BUF_INIT(KIB(16));
	struct err e = ERR_INIT;

	bench_init(&b);
	show_continuation(&b, &k);
	ck_code(st_continue(&b.f, &k, &b.next, &e), &e, E_SIGNER_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.detail, "does not stand"));
	sf_request_done(&k);
	note_continuation(&b, &k);
	st_note(&b.f, &k, NULL);
	show_continuation(&b, &k);
	st_go(&b.f, "2028-07-01T23:59:59+09:00");
	e = (struct err)ERR_INIT;
	ck_code(st_continue(&b.f, &k, &b.next, &e), &e, E_SIGNER_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.detail, "not over"));
	/* Long past the life of the decision. */
	again(&b);
	st_go(&b.f, "2028-07-02T00:00:00+09:00");
	e = (struct err)ERR_INIT;
	ck_ok(st_continue(&b.f, &k, &b.next, &e), &e);
	ck_assert_int_eq(st_not_before(&b.next), b.f.now);
	ck_assert_int_eq(
	    st_not_after(&b.next), st_at("2028-07-31T23:59:59+09:00"));
	ck_ok(ca_view_read(buf_slice(&b.next), NULL, &v, &e), &e);
	ck_assert(v->statement.interim);
	ck_assert_str_eq(v->number, SF_NUMBER);
	ca_view_free(v);
	/* The same until its last week; then the next, after it. */
	st_go(&b.f, "2028-07-24T23:59:58+09:00");
	ck_ok(st_continue(&b.f, &k, &same, &e), &e);
	ck_assert(slice_eq(buf_slice(&same), buf_slice(&b.next)));
	st_go(&b.f, "2028-07-25T00:00:00+09:00");
	ck_ok(st_continue(&b.f, &k, &same, &e), &e);
	ck_assert_int_eq(
	    st_not_before(&same), st_at("2028-08-01T00:00:00+09:00"));
	again(&b);
	/* Its end: all of them, and none after. */
	st_go(&b.f, "2028-07-26T10:00:00+09:00");
	ck_ok(sf_do_revoke(&b.f, &k, &b.crl, &e), &e);
	ck_assert_uint_eq(st_count(&b.crl), 2);
	ck_assert(st_entry(&b.crl, &b.next, &entry));
	ck_assert_int_eq(entry.reason, 5);
	ck_assert_int_eq(entry.invalid_since, 0);
	ck_code(st_continue(&b.f, &k, &same, &e), &e, E_SIGNER_REFUSED);
	sf_request_done(&k);
	buf_free(&same);
	bench_done(&b);
}
END_TEST

START_TEST(SIGN_36_a_continuation_is_noted_before_the_end)
{
	struct bench b;
	struct sf_request k;

	bench_init(&b);
	st_go(&b.f, "2028-07-02T00:00:00+09:00");
	st_decision(&b.f, &k, "k-1", "continuation", "continue_effect");
	st_note(&b.f, &k, "term is over");
	st_go(&b.f, "2028-06-25T10:00:00+09:00");
	st_decision(&b.f, &k, "k-1", "continuation", "continue_effect");
	k.signers[0] = -1;
	st_note(&b.f, &k, "quorum_reached");
	st_decision(&b.f, &k, "k-1", "continuation", "continue_effect");
	st_note(&b.f, &k, NULL);
	st_decision(&b.f, &k, "k-1", "continuation", "continue_effect");
	jsonx_set_str(k.fields, "reasons", "別の理由");
	st_note(&b.f, &k, "another decision of this id");
	st_decision(&b.f, &k, "k-2", "continuation", "continue_effect");
	st_note(&b.f, &k, "continued already");
	/* It was never noted: it ends nothing. */
	st_decision(&b.f, &k, "k-3", "continuation", "continue_effect");
	st_revoke(&b.f, &k, "never began", &b.crl);
	bench_done(&b);
}
END_TEST

START_TEST(SIGN_32_what_ends_the_number_takes_interim_ones_too)
{
	struct bench b;
	struct sf_request k, r;
	struct crl_entry entry;
	struct err e = ERR_INIT;

	bench_init(&b);
	note_continuation(&b, &k);
	st_note(&b.f, &k, NULL);
	show_continuation(&b, &k);
	st_go(&b.f, "2028-07-10T10:00:00+09:00");
	ck_ok(st_continue(&b.f, &k, &b.next, &e), &e);
	ck_assert_int_eq(st_not_before(&b.next), b.f.now);
	sf_revoke(&b.f, &r, "e-1");
	st_revoke(&b.f, &r, NULL, &b.crl);
	/* The term's own certificate has ended and needs no entry. */
	ck_assert_uint_eq(st_count(&b.crl), 1);
	ck_assert(st_entry(&b.crl, &b.next, &entry));
	ck_assert_int_eq(entry.reason, 9);
	ck_code(st_continue(&b.f, &k, &b.next, &e), &e, E_SIGNER_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.detail, "has ended"));
	sf_request_done(&k);
	bench_done(&b);
}
END_TEST

/* --- lapse --- */

static const struct {
	const char *event;
	bool changed;
	int reason;
} lapses[] = {
	{ "merger", true, 3 },
	{ "merger", false, 5 },
	{ "business_transfer", true, 3 },
	{ "company_split", true, 3 },
	{ "inheritance", true, 3 },
};
START_TEST(SIGN_34_a_lapse_is_dated_by_its_event)
{
	struct bench b;
	struct sf_request r;
	struct crl_entry entry;

	bench_init(&b);
	st_go(&b.f, "2027-04-15T10:00:00+09:00");
	st_lapse(&b.f, &r, "e-1", lapses[_i].event, "2027-01-10",
	    lapses[_i].changed);
	st_revoke(&b.f, &r, NULL, &b.crl);
	ck_assert(st_entry(&b.crl, &b.first, &entry));
	ck_assert_int_eq(entry.reason, lapses[_i].reason);
	ck_assert_int_eq(entry.revoked_at, b.f.now);
	ck_assert_int_eq(
	    entry.invalid_since, st_at("2027-01-10T00:00:00+09:00"));
	bench_done(&b);
}
END_TEST

static void
lapse_ahead(struct sf *f, struct sf_request *r)
{
	st_lapse(f, r, "e-1", "merger", "2027-04-16", true);
}
static void
lapse_before(struct sf *f, struct sf_request *r)
{
	st_lapse(f, r, "e-1", "merger", "2026-06-30", true);
}
static void
lapse_other_detail(struct sf *f, struct sf_request *r)
{
	lapse_ahead(f, r);
	jsonx_set_str(r->fields, "detail",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}
static void
lapse_words(struct sf *f, struct sf_request *r)
{
	lapse_ahead(f, r);
	buf_reset(&r->detail_of);
	buf_puts(&r->detail_of,
	    "{\"day\":\"2027-01-10\",\"event\":\"rename\","
	    "\"operator_changed\":\"true\",\"schema\":\"nintei.lapse/1\"}");
}
static void
lapse_transfer_kept(struct sf *f, struct sf_request *r)
{
	lapse_ahead(f, r);
	buf_reset(&r->detail_of);
	buf_puts(&r->detail_of,
	    "{\"day\":\"2027-01-10\",\"event\":\"inheritance\","
	    "\"operator_changed\":\"false\",\"schema\":\"nintei.lapse/1\"}");
}
static void
terminate_early(struct sf *f, struct sf_request *r)
{
	st_termination(f, r, "e-1", "2027-04-15");
}
static void
terminate_other(struct sf *f, struct sf_request *r)
{
	st_termination(f, r, "e-1", "2027-04-01");
	buf_reset(&r->detail_of);
	buf_puts(&r->detail_of, "{\"schema\":\"nintei.termination/1\"}");
}
static const struct {
	void (*make)(struct sf *f, struct sf_request *r);
	const char *refusal;
} end_refusals[] = {
	{ lapse_ahead, "its day has not come" },
	{ lapse_before, "before the certification" },
	{ lapse_other_detail, "not that of the decision" },
	{ lapse_words, "Art. 9(2)" },
	{ lapse_transfer_kept, "changes the operator" },
	{ terminate_early, "its day has not come" },
	{ terminate_other, "last_day" },
};
START_TEST(SIGN_34_refused_ends)
{
	struct bench b;
	struct sf_request r;
	struct err e = ERR_INIT;

	bench_init(&b);
	st_go(&b.f, "2027-04-15T10:00:00+09:00");
	end_refusals[_i].make(&b.f, &r);
	st_revoke(&b.f, &r, end_refusals[_i].refusal, &b.crl);
	ck_ok(signer_sign_crl(&b.f.link, "iaas-paas-iot", &b.crl, &e), &e);
	ck_assert_uint_eq(st_count(&b.crl), 0);
	bench_done(&b);
}
END_TEST

/* Flow 36: found after the end of term 1; term 2 is void. */
START_TEST(SIGN_32_a_late_lapse_takes_what_is_ahead)
{
	struct bench b;
	struct sf_request r;
	struct crl_entry entry;

	bench_init(&b);
	st_go(&b.f, "2028-06-20T10:00:00+09:00");
	st_renewal(&b.f, &r, "d-2", CHAINED);
	st_issue(&b.f, &r, NULL, &b.next);
	st_go(&b.f, "2028-08-01T10:00:00+09:00");
	st_lapse(&b.f, &r, "e-1", "business_transfer", "2028-06-10", true);
	st_revoke(&b.f, &r, NULL, &b.crl);
	ck_assert(!st_entry(&b.crl, &b.first, &entry));
	ck_assert(st_entry(&b.crl, &b.next, &entry));
	ck_assert_int_eq(
	    entry.invalid_since, st_at("2028-06-10T00:00:00+09:00"));
	bench_done(&b);
}
END_TEST

/* --- termination --- */

START_TEST(SIGN_35_a_termination_waits_for_its_day)
{
	struct bench b;
	struct sf_request r;
	struct crl_entry entry;
	struct err e = ERR_INIT;

	bench_init(&b);
	st_go(&b.f, "2027-03-01T10:00:00+09:00");
	st_termination(&b.f, &r, "e-1", "2027-03-31");
	buf_puts(&r.detail_of, " ");
	st_note(&b.f, &r, "canonical form");
	st_termination(&b.f, &r, "e-1", "2027-03-31");
	st_note(&b.f, &r, NULL);
	again(&b);
	st_go(&b.f, "2027-03-01T10:00:00+09:00");
	st_termination(&b.f, &r, "e-1", "2027-03-31");
	sf_prove(&b.f, &r);
	b.f.now = st_at("2027-03-31T23:59:59+09:00");
	ck_code(sf_do_revoke(&b.f, &r, &b.crl, &e), &e, E_SIGNER_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.detail, "has not come"));
	e = (struct err)ERR_INIT;
	st_go(&b.f, "2027-04-01T00:00:00+09:00");
	ck_ok(sf_do_revoke(&b.f, &r, &b.crl, &e), &e);
	sf_request_done(&r);
	ck_assert(st_entry(&b.crl, &b.first, &entry));
	ck_assert_int_eq(entry.reason, 5);
	ck_assert_int_eq(entry.invalid_since, 0);
	bench_done(&b);
}
END_TEST

/* Nobody noted it while it stood: it is past its life. */
START_TEST(SIGN_14_an_old_termination_is_no_proof)
{
	struct bench b;
	struct sf_request r;
	struct err e = ERR_INIT;

	bench_init(&b);
	st_go(&b.f, "2027-03-01T10:00:00+09:00");
	st_termination(&b.f, &r, "e-1", "2027-03-31");
	sf_prove(&b.f, &r);
	st_go(&b.f, "2027-04-01T00:00:00+09:00");
	ck_code(sf_do_revoke(&b.f, &r, &b.crl, &e), &e, E_SIGNER_REFUSED);
	ck_assert_ptr_nonnull(strstr(e.detail, "basis_current"));
	sf_request_done(&r);
	bench_done(&b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("signing_terms");
	TCase *t = tcase_create("terms");

	tcase_add_unchecked_fixture(t, sf_prepare, NULL);
	tcase_add_test(t, SIGN_24_a_chained_term_begins_after_the_last_day);
	tcase_add_test(t, SIGN_24_after_a_gap_a_term_begins_anew);
	tcase_add_test(t, SIGN_24_what_is_continued_leaves_no_gap);
	tcase_add_test(t, SIGN_36_what_is_over_is_continued_no_more);
	tcase_add_loop_test(
	    t, SIGN_24_nothing_is_issued_after_the_end, 0, NELEM(ends));
	tcase_add_loop_test(
	    t, SIGN_29_a_reissue_changes_names_alone, 0, NELEM(kept));
	tcase_add_test(t, SIGN_32_a_reissue_replaces_what_its_term_had);
	tcase_add_test(t, SIGN_32_a_reissue_spares_the_next_term);
	tcase_add_test(t, SIGN_37_interim_certificates_of_a_continuation);
	tcase_add_test(t, SIGN_36_a_continuation_is_noted_before_the_end);
	tcase_add_test(t, SIGN_32_what_ends_the_number_takes_interim_ones_too);
	tcase_add_loop_test(
	    t, SIGN_34_a_lapse_is_dated_by_its_event, 0, NELEM(lapses));
	tcase_add_loop_test(t, SIGN_34_refused_ends, 0, NELEM(end_refusals));
	tcase_add_test(t, SIGN_32_a_late_lapse_takes_what_is_ahead);
	tcase_add_test(t, SIGN_35_a_termination_waits_for_its_day);
	tcase_add_test(t, SIGN_14_an_old_termination_is_no_proof);
	suite_add_tcase(s, t);
	return suite_main(s);
}
