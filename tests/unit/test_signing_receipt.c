/* SPDX-License-Identifier: Apache-2.0 */
/* Receipts: what the signer seals, and what stock openssl says of it. */
#include "support/signing_commits.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/cms_sign.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/receipt.h"

#define POLICY "2.999.1.4.1"
#define AT "2026-07-01T15:00:00+09:00" /* SF_NOW */

/* A receipt in the making; bends change it before or after it is built. */
struct rc {
	struct sf f;
	struct json *event, *receipt;
	struct buf event_bytes, receipt_bytes, note;
	struct buf cms, tst;
	uint8_t genesis_root[32];
};

static void
event_begin(struct rc *r)
{
	static const char *const text[][2] = {
		{ "schema", "nintei.event/1" },
		{ "event_id", "c-1/1" },
		{ "case_id", "c-1" },
		{ "machine", "application" },
		{ "event", "submit" },
		{ "recorded_at", "2026-07-01T15:00:01+09:00" },
	};
	struct json *data = jsonx_object(), *bundle = jsonx_object();
	char hex[65];

	r->event = jsonx_object();
	for (size_t i = 0; i < NELEM(text); i++)
		jsonx_set_str(r->event, text[i][0], text[i][1]);
	jsonx_set_str(
	    bundle, "sha256", sha256_hex(slice_str("the archive"), hex));
	jsonx_set_int(bundle, "size", 11);
	jsonx_set_int(bundle, "level", 1);
	jsonx_set(data, "bundle", bundle);
	jsonx_set_str(data, "received_at", AT);
	jsonx_set(r->event, "data", data);
}

/* The event goes into the log, and a checkpoint over it is signed. */
static void
event_log(struct rc *r)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(16));
	CLEANUP(buf_free) struct buf armour = BUF_INIT(KIB(8));
	uint8_t id[SIGN_COMMIT_ID], root[32];
	struct next n;
	struct err e = ERR_INIT;

	jsonx_canonical(r->event, &r->event_bytes);
	next_init(&r->f, &n);
	log_init_one(&r->f, &n.log);
	tlog_root(&n.log, r->genesis_root);
	sha256_of(buf_slice(&r->event_bytes), n.event);
	text_write(&n, &text);
	ck_ok(sign_one(&r->f, buf_slice(&text), n.event, &armour, id, &e), &e);
	ck_ok(signer_durable(&r->f.link, id, &e), &e);
	tlog_append(&n.log, n.event);
	tlog_root(&n.log, root);
	ck_ok(signer_sign_checkpoint(&r->f.link, 2, root, &r->note, &e), &e);
}

static void
receipt_begin(struct rc *r)
{
	CLEANUP(buf_free) struct buf hash = BUF_INIT(KIB(1));
	struct json *bundle = jsonx_object(), *members = jsonx_array();
	struct json *proof = jsonx_array(), *member = jsonx_object();
	char hex[65];

	r->receipt = jsonx_object();
	jsonx_set_str(r->receipt, "schema", "nintei.receipt/1");
	jsonx_set_str(r->receipt, "case", "c-1");
	jsonx_set_str(
	    bundle, "sha256", sha256_hex(slice_str("the archive"), hex));
	jsonx_set_int(bundle, "size", 11);
	jsonx_set(r->receipt, "bundle", bundle);
	jsonx_set_str(member, "path", "様式/申請書.pdf");
	jsonx_set_str(member, "sha256", sha256_hex(slice_str("a"), hex));
	jsonx_set_int(member, "size", 1);
	jsonx_add(members, member);
	jsonx_set(r->receipt, "members", members);
	jsonx_set_str(r->receipt, "received_at", AT);
	jsonx_set_str(r->receipt, "clock", "system");
	jsonx_set_str(
	    r->receipt, "event", sha256_hex(buf_slice(&r->event_bytes), hex));
	jsonx_set_str(r->receipt, "checkpoint", buf_str(&r->note));
	base64_encode(slice_of(r->genesis_root, 32), 0, &hash);
	jsonx_add_str(proof, "index 1");
	jsonx_add_str(proof, buf_str(&hash));
	jsonx_set(r->receipt, "proof", proof);
}

static void
rc_init(struct rc *r)
{
	*r = (struct rc){ .event_bytes = BUF_INIT(MIB(1)),
		.receipt_bytes = BUF_INIT(MIB(2)),
		.note = BUF_INIT(KIB(16)),
		.cms = BUF_INIT(KIB(64)),
		.tst = BUF_INIT(KIB(64)) };
	sf_init(&r->f);
	event_begin(r);
}

static int
rc_sign(struct rc *r, struct err *e)
{
	struct sign_receipt m;

	if (r->receipt_bytes.n == 0)
		jsonx_canonical(r->receipt, &r->receipt_bytes);
	m.receipt = buf_slice(&r->receipt_bytes);
	m.event = buf_slice(&r->event_bytes);
	return signer_sign_receipt(&r->f.link, &m, &r->cms, &r->tst, e);
}

static void
rc_done(struct rc *r)
{
	jsonx_free(r->event);
	jsonx_free(r->receipt);
	buf_free(&r->event_bytes);
	buf_free(&r->receipt_bytes);
	buf_free(&r->note);
	buf_free(&r->cms);
	buf_free(&r->tst);
	sf_done(&r->f);
}

static struct cert *
cert_of(const struct rc *r, const char *path)
{
	CLEANUP(freep) char *file = fs_join(r->f.home, path);
	CLEANUP(buf_free) struct buf pem = BUF_INIT(KIB(16));
	struct cert *c = NULL;
	struct err e = ERR_INIT;

	ck_ok(fs_read(AT_FDCWD, file, KIB(15), &pem, &e), &e);
	ck_ok(cert_load(buf_slice(&pem), &c, &e), &e);
	return c;
}

static void
put(const struct rc *r, const char *name, const struct buf *b)
{
	CLEANUP(freep) char *file = fs_join(r->f.home, name);
	struct err e = ERR_INIT;

	ck_ok(fs_write(AT_FDCWD, file, buf_slice(b), 0644, &e), &e);
}

/* Exit status of a shell command in the home. */
static int
shell(const struct rc *r, const char *command)
{
	CLEANUP(freep)
	char *line =
	    xasprintf("cd '%s' && { %s; } >out 2>&1", r->f.home, command);

	return system(line);
}

START_TEST(stock_openssl_accepts)
{
	struct rc r;
	struct err e = ERR_INIT;

	rc_init(&r);
	event_log(&r);
	receipt_begin(&r);
	ck_ok(rc_sign(&r, &e), &e);
	put(&r, "receipt", &r.receipt_bytes);
	put(&r, "cms", &r.cms);
	put(&r, "tst", &r.tst);
#define CMS                                                          \
	"openssl cms -verify -binary -inform DER -in cms -CAfile "   \
	"keys/root/root.pem -attime 1782885600 -x509_strict -cades " \
	"-out back -content "
#define TS                                              \
	"openssl ts -verify -token_in -in tst -CAfile " \
	"keys/root/root.pem -attime 1782885600 -x509_strict -data "
	ck_assert_int_eq(shell(&r, CMS "receipt && cmp back receipt"), 0);
	ck_assert_int_eq(shell(&r, TS "cms"), 0);
	/* And refuses what is not the same. */
	ck_assert_int_ne(shell(&r, CMS "tst"), 0);
	ck_assert_int_ne(shell(&r, TS "receipt"), 0);
	/* PKI 8, as openssl prints it. */
	ck_assert_int_eq(shell(&r,
			     "openssl ts -reply -token_in -token_out -in tst "
			     "-text | tee text; grep -q 'Policy OID: " POLICY
			     "' text; grep -q 'Accuracy: 0x01 seconds' text; "
			     "grep -q 'Time stamp: Jul  1 06:00:00 2026 GMT' "
			     "text; grep -q 'TSA: DirName:' text"),
	    0);
	ck_assert_int_eq(
	    shell(&r,
		"openssl cms -cmsout -print -noout -inform DER -in cms >text;"
		" grep -q 'signingCertificateV2' text && "
		"grep -q 'signingTime' text && "
		"grep -q 'issuerAndSerialNumber' text && "
		"! grep -q 'S/MIME Capabilities' text"),
	    0);
	rc_done(&r);
}
END_TEST

/* --- what the signer refuses --- */

static void
ev_word(struct rc *r)
{
	jsonx_set_str(r->event, "event", "accept");
}
static void
ev_machine(struct rc *r)
{
	jsonx_set_str(r->event, "machine", "fee");
}
static void
ev_case(struct rc *r)
{
	jsonx_set_str(r->event, "case_id", "c-2");
}
static void
ev_no_bundle(struct rc *r)
{
	struct json *data = jsonx_object();

	jsonx_set_str(data, "received_at", AT);
	jsonx_set(r->event, "data", data);
}
static void
rc_schema(struct rc *r)
{
	jsonx_set_str(r->receipt, "schema", "nintei.receipt/2");
}
static void
rc_extra(struct rc *r)
{
	jsonx_set_str(r->receipt, "cms", "AAAA");
}
static void
rc_missing(struct rc *r)
{
	jsonx_del(r->receipt, "members");
}
static void
rc_upload(struct rc *r)
{
	jsonx_set_str(r->receipt, "upload", "../x");
}
static void
rc_case(struct rc *r)
{
	jsonx_set_str(r->receipt, "case", "c-2");
}
static void
rc_event(struct rc *r)
{
	char hex[65];

	jsonx_set_str(
	    r->receipt, "event", sha256_hex(slice_str("another"), hex));
}
static void
rc_bundle_hash(struct rc *r)
{
	struct json *b = jsonx_object();
	char hex[65];

	jsonx_set_str(b, "sha256", sha256_hex(slice_str("other"), hex));
	jsonx_set_int(b, "size", 11);
	jsonx_set(r->receipt, "bundle", b);
}
static void
rc_bundle_size(struct rc *r)
{
	struct json *b = jsonx_object();
	char hex[65];

	jsonx_set_str(b, "sha256", sha256_hex(slice_str("the archive"), hex));
	jsonx_set_int(b, "size", 12);
	jsonx_set(r->receipt, "bundle", b);
}
static void
rc_member(struct rc *r)
{
	struct json *list = jsonx_array(), *m = jsonx_object();

	jsonx_set_str(m, "path", "a");
	jsonx_set_int(m, "size", 1);
	jsonx_add(list, m);
	jsonx_set(r->receipt, "members", list);
}
static void
rc_received(struct rc *r)
{
	jsonx_set_str(r->receipt, "received_at", "2026-07-01T14:59:59+09:00");
}
static void
rc_recorded(struct rc *r)
{
	/* The act has a time of arrival: that one counts. */
	jsonx_set_str(r->receipt, "received_at", "2026-07-01T15:00:01+09:00");
}
static void
rc_zone(struct rc *r)
{
	jsonx_set_str(r->receipt, "received_at", "2026-07-01T06:00:00Z");
}
static void
rc_clock(struct rc *r)
{
	jsonx_set_str(r->receipt, "clock", "development");
}
static void
rc_clock_word(struct rc *r)
{
	jsonx_set_str(r->receipt, "clock", "sun");
}
static void
rc_index(struct rc *r)
{
	struct json *p = jsonx_array();

	jsonx_add_str(p, "index 0");
	jsonx_add_str(
	    p, jsonx_str(jsonx_at(jsonx_get(r->receipt, "proof"), 1)));
	jsonx_set(r->receipt, "proof", p);
}
static void
rc_no_index(struct rc *r)
{
	struct json *p = jsonx_array();

	jsonx_add_str(
	    p, jsonx_str(jsonx_at(jsonx_get(r->receipt, "proof"), 1)));
	jsonx_set(r->receipt, "proof", p);
}
static void
rc_hash(struct rc *r)
{
	CLEANUP(buf_free) struct buf hash = BUF_INIT(KIB(1));
	struct json *p = jsonx_array();
	uint8_t other[32] = { 1 };

	base64_encode(slice_of(other, 32), 0, &hash);
	jsonx_add_str(p, "index 1");
	jsonx_add_str(p, buf_str(&hash));
	jsonx_set(r->receipt, "proof", p);
}
static void
rc_two_lines(struct rc *r)
{
	struct json *p = jsonx_array();

	jsonx_add_str(p, "extra AAAA");
	jsonx_add_str(p, "index 1");
	jsonx_add_str(
	    p, jsonx_str(jsonx_at(jsonx_get(r->receipt, "proof"), 1)));
	jsonx_set(r->receipt, "proof", p);
}

/* The same checkpoint, by a key of the same name that is not the log's. */
static void
rc_foreign(struct rc *r)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(16));
	CLEANUP(buf_free) struct buf line = BUF_INIT(KIB(64));
	CLEANUP(freep) char *file = fs_join(r->f.home, "keys/log/log.vkey");
	struct note_key k, own;
	struct note n;
	struct err e = ERR_INIT;

	ck_ok(fs_read(AT_FDCWD, file, KIB(1), &line, &e), &e);
	ck_ok(note_key_parse(slice_of(line.p, line.n - 1), &own, &e), &e);
	ck_ok(note_key_make(slice_str(own.name), NOTE_ED25519,
		  pkey_raw(r->f.keys[SF_STRANGER]), &k, &e),
	    &e);
	ck_ok(note_parse(buf_slice(&r->note), &n, &e), &e);
	buf_put(&text, n.text.p, n.text.n);
	buf_putc(&text, '\n');
	ck_ok(note_sign(&k, r->f.keys[SF_STRANGER], n.text, 0, &text, &e), &e);
	jsonx_set_str(r->receipt, "checkpoint", buf_str(&text));
}
static void
rc_checkpoint(struct rc *r)
{
	CLEANUP(freep) char *text = xstrdup(buf_str(&r->note));
	char *at = strchr(text, '\n') + 1;

	ck_assert_int_eq(*at, '2');
	*at = '3';
	jsonx_set_str(r->receipt, "checkpoint", text);
}
static void
bytes_pretty(struct rc *r)
{
	jsonx_pretty(r->receipt, &r->receipt_bytes);
}
static void
bytes_event(struct rc *r)
{
	jsonx_canonical(r->receipt, &r->receipt_bytes);
	buf_reset(&r->event_bytes);
	jsonx_pretty(r->event, &r->event_bytes);
}
static void
seal_ended(struct rc *r)
{
	r->f.now += INT64_C(3) * 366 * 86400;
}

static const struct {
	const char *name;
	void (*before)(struct rc *r); /* the event is logged */
	void (*then)(struct rc *r);
	const char *why;
} refusals[] = {
	{ "RECEIPT-1 schema", NULL, rc_schema, "nintei.receipt/1" },
	{ "RECEIPT-1 member too many", NULL, rc_extra, "cms" },
	{ "RECEIPT-1 member missing", NULL, rc_missing, "members" },
	{ "RECEIPT-1 upload", NULL, rc_upload, "not an id" },
	{ "RECEIPT-1 not canonical", NULL, bytes_pretty, "canonical" },
	{ "RECEIPT-1 zone", NULL, rc_zone, "received_at" },
	{ "RECEIPT-1 clock", NULL, rc_clock_word, "clock" },
	{ "RECEIPT-2 member", NULL, rc_member, "sha256" },
	{ "RECEIPT-3 index", NULL, rc_no_index, "index" },
	{ "RECEIPT-3 extra", NULL, rc_two_lines, "line of proof" },
	{ "RECEIPT-4 other event", NULL, rc_event, "another event" },
	{ "RECEIPT-4 event bytes", NULL, bytes_event, "another event" },
	{ "RECEIPT-4 case", NULL, rc_case, "another case" },
	{ "RECEIPT-4 case of the event", ev_case, NULL, "another case" },
	{ "RECEIPT-5 act", ev_word, NULL, "nothing came in" },
	{ "RECEIPT-5 machine", ev_machine, NULL, "nothing came in" },
	{ "RECEIPT-6 back-dated", NULL, rc_received, "received_at" },
	{ "RECEIPT-6 recorded", NULL, rc_recorded, "received_at" },
	{ "RECEIPT-7 hash", NULL, rc_bundle_hash, "bundle" },
	{ "RECEIPT-7 size", NULL, rc_bundle_size, "bundle" },
	{ "RECEIPT-7 none", ev_no_bundle, NULL, "bundle" },
	{ "SIGN-71 foreign log", NULL, rc_foreign, "" },
	{ "SIGN-71 checkpoint changed", NULL, rc_checkpoint, "" },
	{ "SIGN-72 index", NULL, rc_index, "" },
	{ "SIGN-72 hash", NULL, rc_hash, "" },
	{ "SIGN-73 clock", NULL, rc_clock, "clock" },
};
START_TEST(receipts_that_are_not_sealed)
{
	struct rc r;
	struct err e = ERR_INIT;

	rc_init(&r);
	if (refusals[_i].before != NULL)
		refusals[_i].before(&r);
	event_log(&r);
	receipt_begin(&r);
	if (refusals[_i].then != NULL)
		refusals[_i].then(&r);
	ck_assert_int_eq(rc_sign(&r, &e), -1);
	ck_assert_msg(e.code == E_SIGNER_REFUSED &&
		strstr(e.detail, refusals[_i].why) != NULL,
	    "%s: %s %s", refusals[_i].name, err_name(e.code), e.detail);
	ck_assert_uint_eq(r.cms.n + r.tst.n, 0);
	rc_done(&r);
}
END_TEST

START_TEST(SIGN_74_ended_certificates_sign_nothing)
{
	struct rc r;
	struct err e = ERR_INIT;

	rc_init(&r);
	event_log(&r);
	receipt_begin(&r);
	seal_ended(&r);
	ck_code(rc_sign(&r, &e), &e, E_UNAVAILABLE);
	ck_assert_ptr_nonnull(strstr(e.detail, "keys/seal"));
	rc_done(&r);
}
END_TEST

static void
resubmit(struct rc *r)
{
	struct json *data = jsonx_object();

	jsonx_set_str(r->event, "event", "resubmit");
	jsonx_set(data, "bundle",
	    jsonx_dup(jsonx_get(jsonx_get(r->event, "data"), "bundle")));
	jsonx_set(r->event, "data", data);
}

START_TEST(an_act_without_arrival_counts_when_recorded)
{
	struct rc r;
	struct err e = ERR_INIT;

	rc_init(&r);
	resubmit(&r);
	event_log(&r);
	receipt_begin(&r);
	rc_recorded(&r);
	jsonx_set_str(r.receipt, "upload", "u-1");
	ck_ok(rc_sign(&r, &e), &e);
	rc_done(&r);
}
END_TEST

/* --- the seal and the stamp by themselves --- */

START_TEST(seals_and_stamps_are_read_strictly)
{
	struct rc r;
	CLEANUP(cert_freep) struct cert *seal = NULL;
	CLEANUP(cert_freep) struct cert *tsa = NULL;
	CLEANUP(buf_free) struct buf more = BUF_INIT(KIB(64));
	struct slice over, cms, tst;
	int64_t at = 0;
	struct err e = ERR_INIT;

	rc_init(&r);
	event_log(&r);
	receipt_begin(&r);
	ck_ok(rc_sign(&r, &e), &e);
	seal = cert_of(&r, "keys/seal/cert.pem");
	tsa = cert_of(&r, "keys/tsa/cert.pem");
	over = buf_slice(&r.receipt_bytes);
	cms = buf_slice(&r.cms);
	tst = buf_slice(&r.tst);
	ck_ok(cms_verify(cms, over, seal, &at, &e), &e);
	ck_assert_int_eq(at, SF_NOW);
	at = 0;
	ck_ok(tsp_verify(tst, cms, tsa, POLICY, &at, &e), &e);
	ck_assert_int_eq(at, SF_NOW);
#define BAD(call, want)                      \
	do {                                 \
		e = (struct err)ERR_INIT;    \
		ck_code((call), &e, (want)); \
	} while (0)
	BAD(cms_verify(cms, slice_str("other"), seal, &at, &e), E_INVALID);
	BAD(cms_verify(cms, over, tsa, &at, &e), E_INPUT);
	BAD(cms_verify(tst, over, tsa, &at, &e), E_INPUT);
	BAD(cms_verify(slice_of(cms.p, cms.n - 1), over, seal, &at, &e),
	    E_INPUT);
	BAD(tsp_verify(tst, over, tsa, POLICY, &at, &e), E_INVALID);
	BAD(tsp_verify(tst, cms, seal, POLICY, &at, &e), E_INPUT);
	BAD(tsp_verify(tst, cms, tsa, POLICY ".1", &at, &e), E_INPUT);
	BAD(tsp_verify(cms, cms, tsa, POLICY, &at, &e), E_INPUT);
	buf_put(&more, tst.p, tst.n);
	buf_putc(&more, 0);
	BAD(tsp_verify(buf_slice(&more), cms, tsa, POLICY, &at, &e), E_INPUT);
	buf_reset(&more);
	buf_put(&more, cms.p, cms.n);
	buf_putc(&more, 0);
	BAD(cms_verify(buf_slice(&more), over, seal, &at, &e), E_INPUT);
	/* One bit of either signature, which ends each. */
	more.n--;
	more.p[more.n - 1] ^= 1;
	ck_assert_int_eq(cms_verify(buf_slice(&more), over, seal, &at, &e), -1);
	buf_reset(&more);
	buf_put(&more, tst.p, tst.n);
	more.p[more.n - 1] ^= 1;
	ck_assert_int_eq(
	    tsp_verify(buf_slice(&more), cms, tsa, POLICY, &at, &e), -1);
	rc_done(&r);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("signing-receipt");
	TCase *t = tcase_create("receipts");

	tcase_set_timeout(t, 60);
	tcase_add_unchecked_fixture(t, sf_prepare, NULL);
	tcase_add_test(t, stock_openssl_accepts);
	tcase_add_loop_test(
	    t, receipts_that_are_not_sealed, 0, (int)NELEM(refusals));
	tcase_add_test(t, SIGN_74_ended_certificates_sign_nothing);
	tcase_add_test(t, an_act_without_arrival_counts_when_recorded);
	tcase_add_test(t, seals_and_stamps_are_read_strictly);
	suite_add_tcase(suite, t);
	return suite_main(suite);
}
