/* SPDX-License-Identifier: Apache-2.0 */
/* store: appending, refusing, reading. */
#include "nintei/store.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/gitx.h"
#include "support/store_case.h"
#include "support/support.h"
#include "layout_int.h"

/* A tx that is right for the first event of "case-1". */
struct draft {
	struct store_tx tx;
	struct buf text;
	char docs[256];
};

static void
draft_begin(struct draft *d)
{
	*d = (struct draft){ .text = BUF_INIT(KIB(64)) };
	d->tx = (struct store_tx){ .dossier = "case-1",
		.seq = 1,
		.machine = "application",
		.event = "submit",
		.role = "applicant" };
}

static void
draft_text(struct draft *d)
{
	fixture_event(&d->tx, d->docs[0] != '\0' ? d->docs : NULL, &d->text);
	d->tx.text = buf_slice(&d->text);
}

static void
expect(struct draft *d, enum err_code code)
{
	struct store_head before, after;
	struct store_done done;
	struct err e = ERR_INIT;

	ck_ok(store_head(s, &before, &e), &e);
	if (code == E_OK) {
		ck_ok(store_append(s, &d->tx, &done, &e), &e);
	} else {
		ck_code(store_append(s, &d->tx, &done, &e), &e, code);
		e = (struct err)ERR_INIT;
		ck_ok(store_head(s, &after, &e), &e);
		ck_assert(store_id_eq(&before.commit, &after.commit));
	}
	buf_free(&d->text);
}

START_TEST(append_returns_hash_and_log_place)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	struct store_done done = append("case-1", "submit", 0);
	struct store_head head;
	struct store_dossier_head last;
	uint8_t hash[STORE_HASH];
	struct err e = ERR_INIT;

	ck_assert_uint_eq(done.seq, 1);
	ck_assert_uint_eq(done.log_index, 1);
	ck_assert_uint_eq(done.log_size, 2);
	ck_ok(store_event_get(s, "case-1", 1, &text, &e), &e);
	sha256_of(buf_slice(&text), hash);
	ck_assert_mem_eq(hash, done.event_hash, STORE_HASH);
	ck_ok(store_head(s, &head, &e), &e);
	ck_assert(store_id_eq(&head.commit, &done.commit));
	ck_assert_mem_eq(head.log_root, done.log_root, STORE_HASH);
	ck_ok(store_dossier_head(s, "case-1", &last, &e), &e);
	ck_assert_uint_eq(last.seq, 1);
	ck_assert_mem_eq(last.event_hash, hash, STORE_HASH);
	ck_assert_uint_eq(f.durable, 2);
}
END_TEST

/* STORE-1 */
START_TEST(stale_head_is_a_conflict)
{
	struct draft d;

	append("case-1", "submit", 0);
	draft_begin(&d);
	draft_text(&d);
	expect(&d, E_STORE_CONFLICT);
	draft_begin(&d);
	d.tx.seq = 2;
	d.tx.expected[0] = 1;
	draft_text(&d);
	expect(&d, E_STORE_CONFLICT);
	draft_begin(&d);
	d.tx.dossier = "case-2";
	d.tx.seq = 2;
	draft_text(&d);
	expect(&d, E_STORE_CONFLICT);
	append("case-1", "accept", 0);
}
END_TEST

static const struct {
	const char *name, *dossier, *machine, *event, *role;
} bad_words[] = {
	{ "capital in the case", "Case-1", "application", "submit", "chair" },
	{ "leading hyphen", "-case", "application", "submit", "chair" },
	{ "empty case", "", "application", "submit", "chair" },
	{ "slash", "case/1", "application", "submit", "chair" },
	{ "dots", "..", "application", "submit", "chair" },
	{ "case of 41", "a1234567890123456789012345678901234567890",
	    "application", "submit", "chair" },
	{ "space in machine", "case-1", "appli cation", "submit", "chair" },
	{ "newline in event", "case-1", "application", "sub\nmit", "chair" },
	{ "empty event", "case-1", "application", "", "chair" },
	{ "role with a bracket", "case-1", "application", "submit", "a<b" },
};
START_TEST(names_are_checked)
{
	struct draft d;

	draft_begin(&d);
	d.tx.dossier = bad_words[_i].dossier;
	d.tx.machine = bad_words[_i].machine;
	d.tx.event = bad_words[_i].event;
	d.tx.role = bad_words[_i].role;
	draft_text(&d);
	expect(&d, E_INPUT);
}
END_TEST

/* STORE-2: what the event says and what the tx says. */
START_TEST(event_must_agree_with_tx)
{
	struct draft d;

	for (unsigned i = 0; i < 5; i++) {
		draft_begin(&d);
		draft_text(&d);
		switch (i) {
		case 0:
			d.tx.dossier = "case-2";
			break;
		case 1:
			d.tx.machine = "fee";
			break;
		case 2:
			d.tx.event = "accept";
			break;
		case 3:
			d.tx.role = "chair";
			break;
		default:
			d.tx.seq = 2;
			break;
		}
		expect(&d, E_INPUT);
	}
}
END_TEST

static const struct {
	const char *name, *find, *put;
} bent[] = {
	{ "space", "\"actor\":", "\"actor\": " },
	{ "missing member", "\"article\":\"6(1)\",", "" },
	{ "unknown member", "{\"actor\"", "{\"aa\":1,\"actor\"" },
	{ "other schema", "nintei.event/1", "nintei.event/2" },
	{ "wrong kind", "\"guards\":[]", "\"guards\":{}" },
	{ "no instant", "\"recorded_at\":\"2026", "\"recorded_at\":\"x026" },
	{ "order of keys", "{\"actor\":\"secretary-1\",\"article\":\"6(1)\",",
	    "{\"article\":\"6(1)\",\"actor\":\"secretary-1\"," },
	{ "other previous", "\"prev\":\"0", "\"prev\":\"1" },
	{ "not JSON", "{\"actor\"", "\"actor\"" },
};
START_TEST(event_text_is_checked)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(64));
	struct draft d;
	const char *whole, *at;

	draft_begin(&d);
	draft_text(&d);
	whole = buf_str(&d.text);
	at = strstr(whole, bent[_i].find);
	ck_assert_msg(at != NULL, "%s", bent[_i].name);
	buf_put(&text, whole, (size_t)(at - whole));
	buf_puts(&text, bent[_i].put);
	buf_puts(&text, at + strlen(bent[_i].find));
	d.tx.text = buf_slice(&text);
	expect(&d, E_INPUT);
}
END_TEST

static const struct {
	const char *path;
	bool at_top;
	enum err_code code;
} paths[] = {
	{ "decisions/d-1/decision.json", false, E_OK },
	{ "decisions/d-1/officer-1.webauthn.json", false, E_OK },
	{ "issued/0a1b.cer", false, E_OK },
	{ "roster/officer-1.json", true, E_OK },
	{ "schemes/genai-saas/2026-07-01.1/rule.txt", true, E_OK },
	{ "allowed_signers", true, E_OK },
	{ "genesis.json", true, E_OK },
	{ "issued/../../x", false, E_INPUT },
	{ "issued/.hidden", false, E_INPUT },
	{ "issued/A.cer", false, E_INPUT },
	{ "issued/a b", false, E_INPUT },
	{ "issued//a", false, E_INPUT },
	{ "issued/", false, E_INPUT },
	{ "/issued/a", false, E_INPUT },
	{ "docs/01-x.cms", false, E_INPUT },
	{ "0002-application.accept.json", false, E_INPUT },
	{ "roster/officer-1.json", false, E_INPUT },
	{ "cases/0/0/0/0/case-9/0001-a.b.json", true, E_INPUT },
	{ "allowed_signers.lock", true, E_INPUT },
	{ "decisions/d-1/decision.json", true, E_INPUT },
	{ "", false, E_INPUT },
};
/* STORE-3 */
START_TEST(paths_are_checked)
{
	struct store_file file = { paths[_i].path, paths[_i].at_top,
		slice_str("content") };
	struct draft d;

	draft_begin(&d);
	d.tx.files = &file;
	d.tx.nfiles = 1;
	draft_text(&d);
	expect(&d, paths[_i].code);
}
END_TEST

START_TEST(files_are_read_back)
{
	struct store_file files[] = {
		{ "decisions/d-1/decision.json", false, slice_str("{}") },
		{ "roster/officer-2.json", true, slice_str("two") },
	};
	CLEANUP(buf_free) struct buf out = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;
	struct draft d;

	draft_begin(&d);
	d.tx.files = files;
	d.tx.nfiles = NELEM(files);
	draft_text(&d);
	expect(&d, E_OK);
	ck_ok(store_file_get(
		  s, "case-1", "decisions/d-1/decision.json", &out, &e),
	    &e);
	ck_assert_str_eq(buf_str(&out), "{}");
	buf_reset(&out);
	ck_ok(store_file_get(s, NULL, "roster/officer-2.json", &out, &e), &e);
	ck_assert_str_eq(buf_str(&out), "two");
	ck_code(store_file_get(s, NULL, "roster", &out, &e), &e, E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	ck_code(store_file_get(
		    s, "case-2", "decisions/d-1/decision.json", &out, &e),
	    &e, E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	ck_code(store_file_get(s, "..", "x", &out, &e), &e, E_NOT_FOUND);
}
END_TEST

/* STORE-5 */
START_TEST(decision_is_never_replaced)
{
	struct store_file file = { "decisions/d-1/decision.json", false,
		slice_str("{}") };
	struct store_dossier_head head;
	struct err e = ERR_INIT;
	struct draft d;

	draft_begin(&d);
	d.tx.files = &file;
	d.tx.nfiles = 1;
	draft_text(&d);
	expect(&d, E_OK);
	ck_ok(store_dossier_head(s, "case-1", &head, &e), &e);
	file.bytes = slice_str("{\"other\":1}");
	draft_begin(&d);
	d.tx.seq = 2;
	hash_copy(head.event_hash, d.tx.expected);
	d.tx.files = &file;
	d.tx.nfiles = 1;
	draft_text(&d);
	expect(&d, E_INPUT);
}
END_TEST

static int
count_name(const char *name, bool is_folder, void *arg, struct err *e)
{
	struct buf *names = arg;

	(void)e;
	buf_putf(names, "%s%s ", name, is_folder ? "/" : "");
	return 0;
}

START_TEST(folders_are_listed)
{
	CLEANUP(buf_free) struct buf names = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;

	append("case-1", "submit", 10);
	append("case-1", "accept", 0);
	ck_ok(store_file_list(s, "case-1", "", count_name, &names, &e), &e);
	ck_assert_str_eq(buf_str(&names),
	    "0001-application.submit.json "
	    "0002-application.accept.json docs/ ");
	buf_reset(&names);
	ck_ok(store_file_list(s, NULL, "", count_name, &names, &e), &e);
	ck_assert_str_eq(
	    buf_str(&names), "allowed_signers cases/ genesis.json roster/ ");
	buf_reset(&names);
	ck_ok(store_file_list(s, "case-2", "", count_name, &names, &e), &e);
	ck_assert_str_eq(buf_str(&names), "");
}
END_TEST

/* A document of a dossier, read back; its SHA-256 is in its name. */
static struct store_id
document_check(const char *dossier, uint64_t size)
{
	CLEANUP(buf_free) struct buf names = BUF_INIT(KIB(4));
	CLEANUP(store_reader_freep) struct store_reader *r = NULL;
	CLEANUP(digest_freep) struct digest *digest = digest_sha256_new();
	struct err e = ERR_INIT;
	struct store_id id;
	uint8_t piece[65536], hash[32];
	uint64_t total = 0;
	int64_t n;
	char hex[65];

	ck_ok(store_file_list(s, dossier, "docs", count_name, &names, &e), &e);
	names.p[names.n - 1] = '\0';
	ck_ok(store_doc_find(s, dossier, buf_str(&names), &id, &e), &e);
	ck_ok(store_blob_open(s, &id, &r, &e), &e);
	ck_assert_uint_eq(store_reader_size(r), size);
	while ((n = store_reader_read(r, piece, sizeof(piece), &e)) > 0) {
		digest_update(digest, slice_of(piece, (size_t)n));
		total += (uint64_t)n;
	}
	ck_assert_int_eq(n, 0);
	ck_assert_uint_eq(total, size);
	digest_final(digest, hash);
	hex_encode(hash, 32, hex);
	ck_assert(strstr(buf_str(&names), hex) != NULL);
	return id;
}

START_TEST(document_streams_in_and_out)
{
	struct store_reader *r;
	struct store_id id;
	struct err e = ERR_INIT;

	append("case-1", "submit", 3000001);
	id = document_check("case-1", 3000001);
	id.b[0] ^= 1;
	ck_assert_int_eq(store_blob_open(s, &id, &r, &e), -1);
}
END_TEST

/* Stored blocks hold 65,535 bytes, of which the first has 11 of a head. */
START_TEST(document_fills_its_blocks)
{
	static const size_t sizes[] = { 1, 65523, 65524, 65525, 131058, 131059,
		131060 };
	CLEANUP(freep) char *fsck = NULL;

	for (size_t i = 0; i < NELEM(sizes); i++) {
		CLEANUP(freep) char *id = xasprintf("case-%zu", sizes[i]);

		append(id, "submit", sizes[i]);
		document_check(id, sizes[i]);
	}
	fsck = xasprintf("git -C '%s/audit.git' fsck --strict", dir);
	ck_assert_int_eq(system(fsck), 0);
}
END_TEST

START_TEST(blob_of_other_size_is_refused)
{
	struct store_blob_done done;
	struct store_blob *b;
	struct err e = ERR_INIT;

	ck_ok(store_blob_new(s, 4, &b, &e), &e);
	ck_ok(store_blob_add(b, slice_str("abc"), &e), &e);
	ck_code(store_blob_finish(b, &done, &e), &e, E_INPUT);
	store_blob_free(b);
	e = (struct err)ERR_INIT;
	ck_ok(store_blob_new(s, 4, &b, &e), &e);
	ck_code(store_blob_add(b, slice_str("abcde"), &e), &e, E_INPUT);
	store_blob_free(b);
	append("case-1", "submit", 5); /* the store goes on */
}
END_TEST

/* STORE-4 */
START_TEST(document_must_be_named_by_the_event)
{
	struct store_doc doc = { .name = "01-"
					 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
					 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
					 ".cms" };
	struct store_blob_done blob;
	struct store_blob *b;
	struct err e = ERR_INIT;
	struct draft d;

	ck_ok(store_blob_new(s, 1, &b, &e), &e);
	ck_ok(store_blob_add(b, slice_str("x"), &e), &e);
	ck_ok(store_blob_finish(b, &blob, &e), &e);
	store_blob_free(b);
	doc.blob = blob.id;
	draft_begin(&d);
	d.tx.docs = &doc;
	d.tx.ndocs = 1;
	draft_text(&d);
	expect(&d, E_INPUT);

	draft_begin(&d);
	snprintf(d.docs, sizeof(d.docs),
	    "[{\"commitment\":\"%.64s\",\"n\":1,\"size\":1,"
	    "\"tag\":\"secret\"}]",
	    doc.name + 3);
	d.tx.docs = &doc;
	d.tx.ndocs = 1;
	doc.blob.b[0] ^= 1; /* no such blob */
	draft_text(&d);
	expect(&d, E_INPUT);
}
END_TEST

START_TEST(refusing_signer_leaves_nothing)
{
	struct draft d;

	f.refuse = true;
	draft_begin(&d);
	draft_text(&d);
	expect(&d, E_SIGNER_REFUSED);
	f.refuse = false;
	append("case-1", "submit", 0);
}
END_TEST

START_TEST(commit_time_never_goes_back)
{
	struct store_done first = append("case-1", "submit", 0), second;

	f.now -= 86400;
	second = append("case-1", "accept", 0);
	ck_assert_int_eq(second.committed_at, first.committed_at);
	f.now += 86400 + 7;
	ck_assert_int_eq(append("case-2", "submit", 0).committed_at, f.now);
}
END_TEST

START_TEST(events_are_found_by_number)
{
	CLEANUP(buf_free) struct buf out = BUF_INIT(LIMIT_EVENT_BYTES);
	struct err e = ERR_INIT;

	append("case-1", "submit", 0);
	append("case-1", "accept", 0);
	ck_ok(store_event_get(s, "case-1", 2, &out, &e), &e);
	ck_assert(strstr(buf_str(&out), "\"seq\":2,") != NULL);
	ck_code(store_event_get(s, "case-1", 3, &out, &e), &e, E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	ck_code(store_event_get(s, "case-1", 0, &out, &e), &e, E_NOT_FOUND);
	e = (struct err)ERR_INIT;
	ck_code(store_event_get(s, "case-2", 1, &out, &e), &e, E_NOT_FOUND);
}
END_TEST

static const struct {
	const char *name;
	uint64_t seq;
} event_names[] = {
	{ "0001-application.submit.json", 1 },
	{ "0123-a.b.json", 123 },
	{ "12345-a.b.json", 12345 },
	{ "001-a.b.json", 0 },
	{ "docs", 0 },
	{ "0000-a.b.json", 0 },
	{ "0001", 0 },
	{ "99999999999999999999-a.b.json", 0 },
};
START_TEST(event_file_names)
{
	ck_assert_uint_eq(
	    store_event_seq(event_names[_i].name), event_names[_i].seq);
}
END_TEST

#define THREADS 4
#define PER_THREAD 6

static void *
worker(void *arg)
{
	const char *dossier = arg;
	struct err e = ERR_INIT;
	struct store_done done;
	CLEANUP(buf_free) struct buf out = BUF_INIT(LIMIT_EVENT_BYTES);

	for (uint64_t i = 1; i <= PER_THREAD; i++) {
		if (fixture_append(s, dossier, "accept", 3000, &done, &e) < 0 ||
		    store_event_get(s, dossier, i, &out, &e) < 0)
			abort();
		buf_reset(&out);
	}
	return NULL;
}

START_TEST(many_threads_append)
{
	static char names[THREADS][16];
	pthread_t threads[THREADS];
	struct store_report report;

	for (unsigned i = 0; i < THREADS; i++) {
		snprintf(names[i], sizeof(names[i]), "case-%u", i);
		ck_assert_int_eq(
		    pthread_create(&threads[i], NULL, worker, names[i]), 0);
	}
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	store_reopen(&report);
	ck_assert_uint_eq(report.commits, 1 + THREADS * PER_THREAD);
}
END_TEST

#define LOOP(tc, test, table) tcase_add_loop_test(tc, test, 0, NELEM(table))

int
main(void)
{
	Suite *suite = suite_create("store");
	TCase *tc = tcase_create("append");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, store_setup, store_teardown);
	tcase_add_test(tc, append_returns_hash_and_log_place);
	tcase_add_test(tc, stale_head_is_a_conflict);
	LOOP(tc, names_are_checked, bad_words);
	tcase_add_test(tc, event_must_agree_with_tx);
	LOOP(tc, event_text_is_checked, bent);
	LOOP(tc, paths_are_checked, paths);
	tcase_add_test(tc, files_are_read_back);
	tcase_add_test(tc, decision_is_never_replaced);
	tcase_add_test(tc, folders_are_listed);
	tcase_add_test(tc, document_streams_in_and_out);
	tcase_add_test(tc, document_fills_its_blocks);
	tcase_add_test(tc, blob_of_other_size_is_refused);
	tcase_add_test(tc, document_must_be_named_by_the_event);
	tcase_add_test(tc, refusing_signer_leaves_nothing);
	tcase_add_test(tc, commit_time_never_goes_back);
	tcase_add_test(tc, events_are_found_by_number);
	LOOP(tc, event_file_names, event_names);
	tcase_add_test(tc, many_threads_append);
	suite_add_tcase(suite, tc);
	return suite_main(suite);
}
