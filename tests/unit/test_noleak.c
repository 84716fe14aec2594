/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing that is stored in another's place is shown, and nothing secret
 * moves a byte of what is public: the same acts with other secrets, under the
 * same clock and the same random numbers, give the same public bytes.
 */
#include "support/office_fixture.h"

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/rand.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "nintei/account.h"
#include "nintei/digest.h"
#include "nintei/store.h"
#include "nintei/tag.h"
#include "nintei/vault.h"
#include "support/dossier.h"

static struct of f;

static void
setup(void)
{
	of_init(&f);
}

static void
teardown(void)
{
	of_done(&f);
}

/* --- what the store answers, bent --- */

static struct store_id second; /* where the ciphertext of document 2 lies */
static bool swap_documents;
static uint8_t first_event[32]; /* for which a receipt was asked */
static bool have_event, swap_receipts;
/* After the next commitment, the so manieth name of a tag says public. */
enum {
	HONEST = 0,
	LIE_OF_RECORD = 1,
	LIE_OF_EVENT = 3
};
static int lie_after_commitment;
static int tag_calls; /* -1: honest; else until the lie */

int __real_store_doc_find(struct store *s, const char *dossier,
    const char *name, struct store_id *out, struct err *e);
int __wrap_store_doc_find(struct store *s, const char *dossier,
    const char *name, struct store_id *out, struct err *e);
int
__wrap_store_doc_find(struct store *s, const char *dossier, const char *name,
    struct store_id *out, struct err *e)
{
	if (__real_store_doc_find(s, dossier, name, out, e) < 0)
		return -1;
	if (strncmp(name, "02-", 3) == 0)
		second = *out;
	if (swap_documents && strncmp(name, "01-", 3) == 0)
		*out = second;
	return 0;
}

int __real_account_receipt_get(struct accounts *a, const uint8_t event[32],
    struct buf *out, struct err *e);
int __wrap_account_receipt_get(struct accounts *a, const uint8_t event[32],
    struct buf *out, struct err *e);
int
__wrap_account_receipt_get(
    struct accounts *a, const uint8_t event[32], struct buf *out, struct err *e)
{
	if (!have_event) {
		for (size_t i = 0; i < sizeof(first_event); i++)
			first_event[i] = event[i];
		have_event = true;
	}
	return __real_account_receipt_get(
	    a, swap_receipts ? first_event : event, out, e);
}

const char *__real_tag_name(enum tag t);
const char *__wrap_tag_name(enum tag t);
const char *
__wrap_tag_name(enum tag t)
{
	if (tag_calls > 0 && --tag_calls == 0)
		return "public";
	return __real_tag_name(t);
}

int __real_vault_commit(struct vault *v, const char *case_id, uint64_t n,
    const uint8_t sha256[32], uint8_t out[32], struct err *e);
int __wrap_vault_commit(struct vault *v, const char *case_id, uint64_t n,
    const uint8_t sha256[32], uint8_t out[32], struct err *e);
int
__wrap_vault_commit(struct vault *v, const char *case_id, uint64_t n,
    const uint8_t sha256[32], uint8_t out[32], struct err *e)
{
	if (lie_after_commitment != HONEST)
		tag_calls = lie_after_commitment;
	lie_after_commitment = HONEST;
	return __real_vault_commit(v, case_id, n, sha256, out, e);
}

static void
honest(void)
{
	swap_documents = swap_receipts = have_event = false;
	lie_after_commitment = HONEST;
	tag_calls = -1;
}

static unsigned
document(const char *id, const char *n)
{
	return of_serve(&f,
	    &(struct of_request){ .route = ROUTE_CASE_DOCUMENT,
		.who = "secretary-1",
		.p0 = id,
		.p1 = n });
}

START_TEST(BINDING_1_a_swapped_document_is_refused)
{
	char id[OF_ID];

	honest();
	of_submit(&f, "k1", NULL, id);
	ck_assert_uint_eq(document(id, "2"), 200);
	ck_assert_uint_eq(document(id, "1"), 200);
	swap_documents = true;
	ck_assert_uint_eq(document(id, "1"), 500);
	ck_assert_str_eq(of_text(&f, "code"), "E_INTERNAL");
	ck_assert_int_eq(f.a.fd, -1);
	swap_documents = false;
	ck_assert_uint_eq(document(id, "1"), 200);
}
END_TEST

static const char *
code_of(enum route_id route, const char *id)
{
	of_want(&f, 500,
	    &(struct of_request){
		.route = route, .who = "secretary-1", .p0 = id });
	return of_text(&f, "code");
}

/* The record says public where the signed event says secret. */
START_TEST(BINDING_2_a_swapped_tag_is_refused)
{
	CLEANUP(fd_closep) int fd = -1;
	char id[OF_ID], head[65];

	honest();
	fd = of_zip(&f, OF_IAAS, NULL);
	lie_after_commitment = LIE_OF_RECORD;
	of_want(&f, 201,
	    &(struct of_request){ .route = ROUTE_DOSSIER_SUBMIT,
		.who = "applicant-1",
		.fd = fd,
		.key = "k1" });
	ck_assert_int_eq(tag_calls, 0);
	snprintf(id, sizeof(id), "%s", of_text(&f, "case"));
	honest();
	of_head(&f, id, head);
	ck_assert_uint_eq(jsonx_len(jsonx_get(f.j, "documents")), 0);
	ck_assert_str_eq(code_of(ROUTE_CASE_KEY, id), "E_INTERNAL");
	ck_assert_str_eq(code_of(ROUTE_CASE_FINDINGS, id), "E_INTERNAL");
}
END_TEST

/* The event itself says public of a secret document: nothing is kept. */
START_TEST(BINDING_2_a_wrong_tag_never_becomes_durable)
{
	CLEANUP(fd_closep) int fd = -1;
	struct of_request r = {
		.route = ROUTE_DOSSIER_SUBMIT, .who = "applicant-1", .key = "k1"
	};
	char id[OF_ID];

	honest();
	r.fd = fd = of_zip(&f, OF_IAAS, NULL);
	lie_after_commitment = LIE_OF_EVENT;
	of_want(&f, 500, &r);
	ck_assert_int_eq(tag_calls, 0);
	ck_assert_str_eq(of_text(&f, "code"), "E_INTERNAL");
	honest();
	of_want(&f, 200,
	    &(struct of_request){ .route = ROUTE_CASES, .who = "applicant-1" });
	ck_assert_uint_eq(jsonx_len(jsonx_get(f.j, "items")), 0);
	of_submit(&f, "k1", NULL, id);
	ck_assert_uint_eq(document(id, "2"), 200);
}
END_TEST

static enum json_kind
receipt_kind(const char *id)
{
	char head[65];

	of_head(&f, id, head);
	return jsonx_kind(jsonx_get(f.j, "receipt"));
}

START_TEST(BINDING_3_a_receipt_of_another_bundle_is_refused)
{
	CLEANUP(fd_closep) int fd = -1;
	char id[OF_ID];

	honest();
	of_submit(&f, "k1", NULL, id);
	ck_assert_int_eq(receipt_kind(id), JSON_KIND_OBJECT);
	ck_assert_uint_eq(of_command(&f, "secretary-1", id,
			      "application.request_correction", "{}"),
	    200);
	fd = of_zip(&f, OF_IAAS, NULL);
	of_want(&f, 201,
	    &(struct of_request){ .route = ROUTE_DOSSIER_SUBMIT,
		.who = "applicant-1",
		.fd = fd,
		.key = "k2",
		.query = { { "case", id } } });
	ck_assert_int_eq(receipt_kind(id), JSON_KIND_OBJECT);
	swap_receipts = true; /* that of the first bundle, same key */
	ck_assert_int_eq(receipt_kind(id), JSON_KIND_NULL);
	swap_receipts = false;
	ck_assert_int_eq(receipt_kind(id), JSON_KIND_OBJECT);
}
END_TEST

/* --- the same random numbers again --- */

static pthread_mutex_t drawing = PTHREAD_MUTEX_INITIALIZER;
static uint64_t drawn;

static int
draw(unsigned char *out, int n)
{
	uint8_t block[32];

	pthread_mutex_lock(&drawing);
	for (int i = 0; i < n; i++) {
		if (i % 32 == 0) {
			drawn++;
			sha256_of(slice_of(&drawn, sizeof(drawn)), block);
		}
		out[i] = block[i % 32];
	}
	pthread_mutex_unlock(&drawing);
	return 1;
}

static int
ready(void)
{
	return 1;
}

static const RAND_METHOD repeated = { NULL, draw, NULL, NULL, draw, ready };

/* --- one life with these secrets; all that is public of it --- */

struct secrets {
	const char *contact; /* of form A */
	const char *attachment; /* its whole text */
	const char *withheld; /* value of an item */
	const char *reason; /* for which */
	const char *item; /* a value that is published */
};

static struct json *
asked(const struct secrets *s)
{
	CLEANUP(freep)
	char *text = xasprintf(
	    "[{\"id\":\"31\",\"withhold\":{\"reason\":\"%s\"}}]", s->reason);
	struct json *j = NULL;
	struct err e = ERR_INIT;

	ck_ok(jsonx_parse(slice_str(text), KIB(4), &j, &e), &e);
	return j;
}

static void
ask(struct dossier *d, const struct secrets *s)
{
	struct json *members = jsonx_array();
	const struct json *old = jsonx_get(d->manifest, "members");

	for (size_t i = 0; i < jsonx_len(old); i++) {
		struct json *m = jsonx_dup(jsonx_at(old, i));

		if (strcmp(jsonx_get_str(m, "role"), "form_b") == 0)
			jsonx_set(m, "fields", asked(s));
		jsonx_add(members, m);
	}
	jsonx_set(d->manifest, "members", members);
}

static void
field(struct dossier *d, const char *form, const char *id, const char *value)
{
	CLEANUP(freep) char *json = xasprintf("\"%s\"", value);

	dossier_field(d, form, id, json);
}

static int
bundle(const struct secrets *s)
{
	struct dossier d;
	int fd;

	dossier_load(&d, OF_IAAS);
	field(&d, "form-a.json", "contact_name", s->contact);
	field(&d, "form-b.json", "31", s->withheld);
	field(&d, "form-b.json", "33.2", s->item);
	dossier_put(&d, "attachment.txt", slice_str(s->attachment));
	dossier_describe(&d, f.schemes);
	ask(&d, s);
	fd = dossier_zip(&d);
	dossier_done(&d);
	return fd;
}

/* The hash of the withheld value is a commitment: it may differ. */
static void
take(struct buf *out)
{
	const char *mark = "\"withheld\":\"";
	CLEANUP(freep)
	char *text = xstrndup(
	    f.a.body.p == NULL ? "" : (const char *)f.a.body.p, f.a.body.n);
	char *at = strstr(text, mark);

	if (at != NULL) {
		at += strlen(mark);
		ck_assert_uint_eq(strspn(at, "0123456789abcdef"), 64);
		for (size_t i = 0; i < 64; i++)
			at[i] = '0';
		buf_putf(out, "%s\n", text);
		return;
	}
	buf_put(out, f.a.body.p, f.a.body.n);
	buf_putc(out, '\n');
}

static void
public_take(const char *id, const char *number, struct buf *out)
{
	const struct of_request all[] = {
		{ .route = ROUTE_REGISTER },
		{ .route = ROUTE_REGISTER, .query = { { "q", number } } },
		{ .route = ROUTE_REGISTER_ENTRY, .p0 = number },
		{ .route = ROUTE_CERTIFICATE_PEM, .p0 = number },
		{ .route = ROUTE_CERTIFICATE_JSON, .p0 = number },
		{ .route = ROUTE_PKI_CRL, .p0 = OF_IAAS },
		{ .route = ROUTE_PKI_CER, .p0 = OF_IAAS },
		{ .route = ROUTE_SCHEMES },
		{ .route = ROUTE_CASE, .p0 = id },
		{ .route = ROUTE_CASE_DOCUMENT, .p0 = id, .p1 = "1" },
		{ .route = ROUTE_CASE_KEY, .p0 = id },
	};

	for (size_t i = 0; i < NELEM(all); i++) {
		buf_putf(out, "%zu %u\n", i, of_serve(&f, &all[i]));
		take(out);
	}
}

static void
life(const struct secrets *s, struct buf *out)
{
	CLEANUP(fd_closep) int fd = -1;
	char id[OF_ID], number[OF_ID];

	honest();
	ck_assert_int_eq(RAND_set_rand_method(&repeated), 1);
	drawn = 0;
	of_init(&f);
	drawn = 1000000;
	fd = bundle(s);
	of_want(&f, 201,
	    &(struct of_request){ .route = ROUTE_DOSSIER_SUBMIT,
		.who = "applicant-1",
		.fd = fd,
		.key = "k1" });
	snprintf(id, sizeof(id), "%s", of_text(&f, "case"));
	public_take(id, "none", out);
	of_certify(&f, id, number);
	public_take(id, number, out);
	of_revoke(&f, id);
	public_take(id, number, out);
	of_done(&f);
	ck_assert_int_eq(RAND_set_rand_method(NULL), 1);
}

static const struct secrets one = { "見本花子", "秘密の一つ目です。",
	"取り扱いを定めている一。", "営業の秘密その一", "定めています。" };
static const struct secrets other = { "架空次郎", "別の秘密ですよ。。",
	"取り扱いを定めている二。", "営業の秘密その二", "定めています。" };
static const struct secrets shown = { "見本花子", "秘密の一つ目です。",
	"取り扱いを定めている一。", "営業の秘密その一", "定めました。。" };

START_TEST(SECRECY_4_secrets_move_no_public_byte)
{
	CLEANUP(buf_free) struct buf a = BUF_INIT(MIB(4));
	CLEANUP(buf_free) struct buf again = BUF_INIT(MIB(4));
	CLEANUP(buf_free) struct buf b = BUF_INIT(MIB(4));
	CLEANUP(buf_free) struct buf c = BUF_INIT(MIB(4));

	life(&one, &a);
	life(&one, &again);
	life(&other, &b);
	life(&shown, &c);
	ck_assert(buf_ok(&a) && a.n > KIB(10));
	ck_assert_msg(slice_eq(buf_slice(&a), buf_slice(&again)),
	    "the same life twice differs: the test itself is not repeatable");
	ck_assert_msg(slice_eq(buf_slice(&a), buf_slice(&b)),
	    "another secret, other public bytes");
	ck_assert_msg(!slice_eq(buf_slice(&a), buf_slice(&c)),
	    "another public value must show");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("noleak");
	TCase *bound = tcase_create("binding");
	TCase *same = tcase_create("non-interference");

	tcase_set_timeout(bound, 120);
	tcase_add_unchecked_fixture(bound, sf_prepare, NULL);
	tcase_add_checked_fixture(bound, setup, teardown);
	tcase_add_test(bound, BINDING_1_a_swapped_document_is_refused);
	tcase_add_test(bound, BINDING_2_a_swapped_tag_is_refused);
	tcase_add_test(bound, BINDING_2_a_wrong_tag_never_becomes_durable);
	tcase_add_test(bound, BINDING_3_a_receipt_of_another_bundle_is_refused);
	suite_add_tcase(s, bound);
	tcase_set_timeout(same, 120);
	tcase_add_unchecked_fixture(same, sf_prepare, NULL);
	tcase_add_test(same, SECRECY_4_secrets_move_no_public_byte);
	suite_add_tcase(s, same);
	return suite_main(s);
}
