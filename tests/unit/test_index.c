/* SPDX-License-Identifier: Apache-2.0 */
/* index: applying, asking, replaying to identical rows. */
#include "nintei/index.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "nintei/fs.h"
#include "support/store_fixture.h"
#include "support/support.h"

static char *path;
static struct index *x;

static void
setup(void)
{
	struct err e = ERR_INIT;

	path = fs_join(temp_dir(), "index.sqlite");
	ck_ok(index_open(path, &x, &e), &e);
}

static void
teardown(void)
{
	index_close(x);
	x = NULL;
	free(path);
}

/* Two hashes that begin alike in half, as no two events will. */
#define HASH_A                             \
	"0123456789abcdef0000000000000000" \
	"00000000000000000000000000000000"
#define HASH_B                             \
	"ffff456789abcdef0000000000000000" \
	"00000000000000000000000000000000"

/* Event n of the log, about dossier "c<n>", with a row of every kind. */
static int
apply_full(int64_t n, struct err *e)
{
	char id[16], number[16], decision[16];
	struct index_dossier dossier = { .id = id,
		.scheme = n % 2 == 0 ? "genai-saas" : "iaas-paas-iot",
		.kind = "new",
		.applicant = n < 3 ? "applicant-1" : "applicant-2",
		.applicant_name = "株式会社例",
		.service_name = "例",
		.state = "submitted",
		.received_at = 1000 + n,
		.head = "00",
		.seq = 1,
		.next_clock = n == 2 ? 0 : 5000 - n,
		.view = "{}" };
	struct index_machine machines[] = {
		{ id, "application", "1", "submitted", "" },
		{ id, "fee", "1", "invoiced", "reminded" },
	};
	struct index_document document = { id, 1, "form_a", 10, "secret", "aa",
		"bb" };
	struct index_decision row = { decision, id, "certify", "decide_certify",
		"open", 9 };
	struct index_certification certification = { .number = number,
		.dossier = id,
		.scheme = dossier.scheme,
		.state = "certified",
		.service = "Example",
		.search = n == 1 ? "alpha cloud" : "beta 100%_cloud" };
	struct index_update u = { .commit = { { (uint8_t)n }, 20 },
		.log_size = n,
		.event = { id, 1, "application", "submit", 1000, "applicant-1",
		    "applicant", "4(1)", n == 3 ? HASH_B : HASH_A },
		.dossier = &dossier,
		.machines = machines,
		.nmachines = 2,
		.documents = &document,
		.ndocuments = 1,
		.decisions = &row,
		.ndecisions = 1,
		.certifications = &certification,
		.ncertifications = 1,
		.request = id,
		.serial_prefix = "AC",
		.serial_value = 10 - n };

	snprintf(id, sizeof(id), "c%d", (int)n);
	snprintf(number, sizeof(number), "AC-%d", (int)n);
	snprintf(decision, sizeof(decision), "d%d", (int)n);
	return index_apply(x, &u, e);
}

static void
apply_three(void)
{
	struct err e = ERR_INIT;

	for (int64_t n = 1; n <= 3; n++)
		ck_ok(apply_full(n, &e), &e);
}

struct found {
	unsigned n;
	uint64_t at[4];
};

static int
found_one(uint64_t at, void *arg, struct err *e)
{
	struct found *f = arg;

	(void)e;
	f->at[f->n++] = at;
	return 0;
}

START_TEST(hash_leads_into_the_log)
{
	struct found a = { 0 }, b = { 0 }, none = { 0 };
	struct err e = ERR_INIT;

	apply_three();
	ck_ok(index_log_find(x, HASH_A, found_one, &a, &e), &e);
	ck_assert_uint_eq(a.n, 2);
	ck_assert_uint_eq(a.at[0], 0);
	ck_assert_uint_eq(a.at[1], 1);
	ck_ok(index_log_find(x, HASH_B, found_one, &b, &e), &e);
	ck_assert_uint_eq(b.n, 1);
	ck_assert_uint_eq(b.at[0], 2);
	ck_ok(index_log_find(x,
		  "00000000000000000000000000000000"
		  "00000000000000000000000000000000",
		  found_one, &none, &e),
	    &e);
	ck_assert_uint_eq(none.n, 0);
	ck_code(index_log_find(x, "0123", found_one, &none, &e), &e, E_INPUT);
}
END_TEST

START_TEST(last_commit_is_kept_with_the_rows)
{
	struct index_applied last;
	struct err e = ERR_INIT;

	ck_ok(index_applied(x, &last, &e), &e);
	ck_assert_uint_eq(last.commit.n, 0);
	ck_assert_int_eq(last.log_size, 0);
	apply_three();
	ck_ok(index_applied(x, &last, &e), &e);
	ck_assert_uint_eq(last.commit.n, 20);
	ck_assert_uint_eq(last.commit.b[0], 3);
	ck_assert_int_eq(last.log_size, 3);
}
END_TEST

/* INDEX-1 */
START_TEST(gap_in_the_log_is_refused_whole)
{
	CLEANUP(buf_free) struct buf before = BUF_INIT(MIB(1));
	CLEANUP(buf_free) struct buf after = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;

	apply_three();
	ck_ok(index_dump(x, &before, &e), &e);
	ck_code(apply_full(5, &e), &e, E_STORE_CORRUPT);
	e = (struct err)ERR_INIT;
	ck_code(apply_full(3, &e), &e, E_STORE_CORRUPT);
	e = (struct err)ERR_INIT;
	ck_ok(index_dump(x, &after, &e), &e);
	ck_assert_str_eq(buf_str(&before), buf_str(&after));
	ck_ok(apply_full(4, &e), &e);
}
END_TEST

START_TEST(one_row_by_its_key)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(KIB(64));
	struct index_dossier row;
	struct index_decision decision;
	struct index_certification certification;
	struct err e = ERR_INIT;

	apply_three();
	ck_ok(index_dossier_get(x, "c2", &hold, &row, &e), &e);
	ck_assert_str_eq(row.id, "c2");
	ck_assert_str_eq(row.applicant_name, "株式会社例");
	ck_assert_ptr_null(row.corporate_number);
	ck_assert_int_eq(row.received_at, 1002);
	ck_ok(index_dossier_of_number(x, "AC-3", &hold, &row, &e), &e);
	ck_assert_str_eq(row.id, "c3");
	ck_ok(index_dossier_of_decision(x, "d1", &hold, &row, &e), &e);
	ck_assert_str_eq(row.id, "c1");
	ck_ok(index_decision_get(x, "d1", &hold, &decision, &e), &e);
	ck_assert_str_eq(decision.outcome, "decide_certify");
	ck_ok(
	    index_certification_get(x, "AC-1", &hold, &certification, &e), &e);
	ck_assert_str_eq(certification.dossier, "c1");
	ck_code(index_dossier_get(x, "c9", &hold, &row, &e), &e, E_NOT_FOUND);
}
END_TEST

static int
note_dossier(const struct index_dossier *row, void *arg, struct err *e)
{
	(void)e;
	buf_putf(arg, "%s ", row->id);
	return 0;
}

static void
dossiers(struct index_dossier_query q, const char *want)
{
	CLEANUP(buf_free) struct buf have = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;

	ck_ok(index_dossier_list(x, &q, note_dossier, &have, &e), &e);
	ck_assert_str_eq(buf_str(&have), want);
}

START_TEST(lists_are_filtered_and_paged)
{
	struct index_dossier_query all = { .page = { NULL, 10 } }, q = all;

	apply_three();
	dossiers(all, "c1 c2 c3 ");
	q.page = (struct index_page){ "c1", 1 };
	dossiers(q, "c2 ");
	q = all;
	q.applicant = "applicant-1";
	dossiers(q, "c1 c2 ");
	q.scheme = "genai-saas";
	dossiers(q, "c2 ");
	q = all;
	q.state = "none";
	dossiers(q, "");
	q = all;
	q.applicant = "' OR 1=1 --";
	dossiers(q, "");
}
END_TEST

static int
note_number(const struct index_certification *row, void *arg, struct err *e)
{
	(void)e;
	buf_putf(arg, "%s ", row->number);
	return 0;
}

static void
registered(struct index_register_query q, const char *want)
{
	CLEANUP(buf_free) struct buf have = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;

	ck_ok(index_register_list(x, &q, note_number, &have, &e), &e);
	ck_assert_str_eq(buf_str(&have), want);
}

START_TEST(register_is_searched_literally)
{
	struct index_register_query q = { .page = { NULL, 10 } };

	apply_three();
	registered(q, "AC-1 AC-2 AC-3 ");
	q.q = "alpha";
	registered(q, "AC-1 ");
	q.q = "100%_";
	registered(q, "AC-2 AC-3 ");
	q.q = "%";
	q.page.after = "AC-2";
	registered(q, "AC-3 ");
	q.q = "";
	q.page.after = NULL;
	q.scheme = "genai-saas";
	registered(q, "AC-2 ");
}
END_TEST

START_TEST(due_clocks_come_in_order)
{
	CLEANUP(buf_free) struct buf have = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;
	int64_t next;

	ck_ok(index_clock_next(x, &next, &e), &e);
	ck_assert_int_eq(next, 0);
	apply_three(); /* due 4999, never, 4997 */
	ck_ok(index_clock_next(x, &next, &e), &e);
	ck_assert_int_eq(next, 4997);
	ck_ok(index_clock_due(x, 4996, 10, note_dossier, &have, &e), &e);
	ck_assert_str_eq(buf_str(&have), "");
	ck_ok(index_clock_due(x, 4999, 10, note_dossier, &have, &e), &e);
	ck_assert_str_eq(buf_str(&have), "c3 c1 ");
	buf_reset(&have);
	ck_ok(index_clock_due(x, 4999, 1, note_dossier, &have, &e), &e);
	ck_assert_str_eq(buf_str(&have), "c3 ");
}
END_TEST

START_TEST(requests_and_serials)
{
	char dossier[LIMIT_ID_BYTES + 1];
	struct err e = ERR_INIT;
	int64_t value;

	ck_ok(index_serial_last(x, "AC", &value, &e), &e);
	ck_assert_int_eq(value, 0);
	apply_three(); /* took 9, 8, 7: the highest counts */
	ck_ok(index_serial_last(x, "AC", &value, &e), &e);
	ck_assert_int_eq(value, 9);
	ck_ok(index_request_get(x, "c2", dossier, &value, &e), &e);
	ck_assert_str_eq(dossier, "c2");
	ck_assert_int_eq(value, 1);
	ck_code(
	    index_request_get(x, "c9", dossier, &value, &e), &e, E_NOT_FOUND);
}
END_TEST

static int
note_machine(const struct index_machine *row, void *arg, struct err *e)
{
	(void)e;
	buf_putf(arg, "%s=%s ", row->machine, row->state);
	return 0;
}
static int
note_event(const struct index_event *row, void *arg, struct err *e)
{
	(void)e;
	buf_putf(arg, "%d:%s.%s ", (int)row->seq, row->machine, row->event);
	return 0;
}
static int
note_document(const struct index_document *row, void *arg, struct err *e)
{
	(void)e;
	buf_putf(arg, "%d:%s ", (int)row->n, row->role);
	return 0;
}
static int
note_decision(const struct index_decision *row, void *arg, struct err *e)
{
	(void)e;
	buf_putf(arg, "%s:%s ", row->id, row->state);
	return 0;
}

START_TEST(rows_of_one_dossier)
{
	CLEANUP(buf_free) struct buf have = BUF_INIT(KIB(4));
	struct err e = ERR_INIT;

	apply_three();
	ck_ok(index_machine_list(x, "c1", note_machine, &have, &e), &e);
	ck_ok(index_event_list(x, "c1", note_event, &have, &e), &e);
	ck_ok(index_document_list(x, "c1", note_document, &have, &e), &e);
	ck_ok(index_decision_list(x, "c1", note_decision, &have, &e), &e);
	ck_assert_str_eq(buf_str(&have),
	    "application=submitted fee=invoiced "
	    "1:application.submit 1:form_a d1:open ");
}
END_TEST

static int
stop(const struct index_event *row, void *arg, struct err *e)
{
	(void)row;
	(void)arg;
	return err_set(e, E_LIMIT, "enough");
}

START_TEST(callback_ends_a_query)
{
	struct err e = ERR_INIT;

	apply_three();
	ck_code(index_event_list(x, "c1", stop, NULL, &e), &e, E_LIMIT);
	e = (struct err)ERR_INIT;
	ck_ok(apply_full(4, &e), &e); /* no statement is left open */
}
END_TEST

START_TEST(reopened_index_keeps_rows)
{
	CLEANUP(buf_free) struct buf before = BUF_INIT(MIB(1));
	CLEANUP(buf_free) struct buf after = BUF_INIT(MIB(1));
	struct err e = ERR_INIT;

	apply_three();
	ck_ok(index_dump(x, &before, &e), &e);
	index_close(x);
	x = NULL;
	ck_ok(index_open(path, &x, &e), &e);
	ck_ok(index_dump(x, &after, &e), &e);
	ck_assert_str_eq(buf_str(&before), buf_str(&after));
	ck_assert(
	    strstr(buf_str(&before), "\ndossier\tc2\tgenai-saas") != NULL);
	ck_ok(index_clear(x, &e), &e);
	buf_reset(&after);
	ck_ok(index_dump(x, &after, &e), &e);
	ck_assert_str_eq(buf_str(&after), "");
}
END_TEST

START_TEST(second_opener_is_refused)
{
	struct index *other = NULL;
	struct err e = ERR_INIT;

	apply_three();
	ck_code(index_open(path, &other, &e), &e, E_UNAVAILABLE);
	e = (struct err)ERR_INIT;
	ck_ok(apply_full(4, &e), &e);
}
END_TEST

static const char *const junk[] = {
	"not a database at all, and longer than the hundred bytes of the "
	"header, to make sure that it is read as one and then refused.......",
	"short",
};
START_TEST(junk_file_is_made_anew)
{
	struct err e = ERR_INIT;

	apply_three();
	index_close(x);
	x = NULL;
	ck_ok(fs_write(AT_FDCWD, path, slice_str(junk[_i]), 0600, &e), &e);
	ck_ok(index_open(path, &x, &e), &e);
	apply_three();
}
END_TEST

/* The header is good, so that opening finds nothing. */
START_TEST(damaged_file_is_cleared_at_close)
{
	struct index_applied last;
	struct err e = ERR_INIT;
	char page[4096];
	int fd;

	apply_three();
	index_close(x);
	x = NULL;
	memset(page, 0xa5, sizeof(page));
	fd = open(path, O_WRONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	for (off_t at = 8; at < 24; at++)
		ck_assert_int_eq(
		    pwrite(fd, page, sizeof(page), at * (off_t)sizeof(page)),
		    sizeof(page));
	close(fd);
	ck_ok(index_open(path, &x, &e), &e);
	ck_assert(!index_damaged(x));
	ck_code(apply_full(4, &e), &e, E_STORE_CORRUPT);
	ck_assert(index_damaged(x));
	index_close(x);
	x = NULL;
	e = (struct err)ERR_INIT;
	ck_ok(index_open(path, &x, &e), &e);
	ck_ok(index_applied(x, &last, &e), &e);
	ck_assert_int_eq(last.log_size, 0);
	apply_three();
}
END_TEST

/* The projection of the replay tests: one dossier row and the event. */
static int
project(const struct store_event *ev, void *arg, struct err *e)
{
	char hash[65];
	struct index_dossier dossier = { .id = ev->dossier,
		.state = ev->act,
		.head = hex_encode(ev->done.event_hash, STORE_HASH, hash),
		.seq = (int64_t)ev->seq };
	struct index_update u = { .commit = ev->done.commit,
		.log_size = (int64_t)ev->done.log_size,
		.event = { .dossier = ev->dossier,
		    .seq = (int64_t)ev->seq,
		    .machine = ev->act,
		    .event = ev->act,
		    .hash = hash },
		.dossier = &dossier };
	unsigned *calls = arg;

	++*calls;
	return index_apply(x, &u, e);
}

static void
replay(struct store *s, unsigned want_calls)
{
	struct err e = ERR_INIT;
	unsigned calls = 0;

	ck_ok(index_replay(x, s, project, &calls, &e), &e);
	ck_assert_uint_eq(calls, want_calls);
}

static void
append(struct store *s, const char *dossier)
{
	struct store_done done;
	struct err e = ERR_INIT;

	ck_ok(fixture_append(s, dossier, "accept", 0, &done, &e), &e);
}

START_TEST(replay_gives_identical_rows)
{
	CLEANUP(buf_free) struct buf one = BUF_INIT(MIB(1));
	CLEANUP(buf_free) struct buf two = BUF_INIT(MIB(1));
	CLEANUP(store_freep) struct store *s = NULL;
	struct fixture f;
	struct store_opts opts;
	char *dir = temp_dir();
	struct err e = ERR_INIT;

	fixture_init(&f);
	opts = fixture_opts(&f);
	ck_ok(fixture_create(&f, dir, &e), &e);
	ck_ok(store_open(dir, &opts, NULL, &s, &e), &e);
	append(s, "case-1");
	append(s, "case-2");
	replay(s, 3);
	replay(s, 0);
	append(s, "case-1");
	replay(s, 1); /* only what is new */
	ck_ok(index_dump(x, &one, &e), &e);
	ck_ok(index_clear(x, &e), &e);
	replay(s, 4);
	ck_ok(index_dump(x, &two, &e), &e);
	ck_assert_str_eq(buf_str(&one), buf_str(&two));
	fixture_done(&f);
}
END_TEST

/* An index of another history: a restored backup, a new authority. */
START_TEST(foreign_index_is_replayed_whole)
{
	CLEANUP(store_freep) struct store *s = NULL;
	struct fixture f;
	struct store_opts opts;
	char *dir = temp_dir();
	struct err e = ERR_INIT;
	struct index_applied last;

	apply_three(); /* commits that no store has */
	fixture_init(&f);
	opts = fixture_opts(&f);
	ck_ok(fixture_create(&f, dir, &e), &e);
	ck_ok(store_open(dir, &opts, NULL, &s, &e), &e);
	append(s, "case-1");
	replay(s, 2); /* ahead of the store */
	ck_ok(index_clear(x, &e), &e);
	ck_ok(apply_full(1, &e), &e);
	replay(s, 2); /* behind it, but unknown */
	ck_ok(index_applied(x, &last, &e), &e);
	ck_assert_int_eq(last.log_size, 2);
	fixture_done(&f);
}
END_TEST

/* --- renewals, words owed, publications, what is awaited --- */

/* Entry n of the log about case id, with these rows. */
static void
apply_more(int64_t n, const char *id, struct index_update *u)
{
	struct err e = ERR_INIT;

	u->commit = (struct store_id){ { (uint8_t)n }, 20 };
	u->log_size = n;
	u->event = (struct index_event){ id, n, "application", "submit", 1000,
		"applicant-1", "applicant", "4(1)", HASH_A };
	ck_ok(index_apply(x, u, &e), &e);
}

static void
apply_renewal(int64_t n, const char *id, const char *state)
{
	struct index_dossier d = { .id = id,
		.kind = "renewal",
		.state = state,
		.base = "base-1",
		.applicant = "applicant-1",
		.head = "00",
		.seq = n };
	struct index_update u = { .dossier = &d };

	apply_more(n, id, &u);
}

START_TEST(renewal_is_pending_in_its_states_alone)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(KIB(4));
	struct index_dossier row;
	struct err e = ERR_INIT;

	apply_renewal(1, "r1", "declined");
	ck_code(index_renewal_pending(x, "base-1", &hold, &row, &e), &e,
	    E_NOT_FOUND);
	apply_renewal(2, "r2", "in_review");
	e = (struct err)ERR_INIT;
	ck_ok(index_renewal_pending(x, "base-1", &hold, &row, &e), &e);
	ck_assert_str_eq(row.id, "r2");
	ck_code(index_renewal_pending(x, "base-2", &hold, &row, &e), &e,
	    E_NOT_FOUND);
}
END_TEST

struct words {
	unsigned n;
	char dossier[4][16];
	int64_t seq[4];
};

static int
owed_one(const struct index_owed *row, void *arg, struct err *e)
{
	struct words *w = arg;

	(void)e;
	snprintf(w->dossier[w->n], 16, "%s", row->dossier);
	w->seq[w->n++] = row->seq;
	return 0;
}

START_TEST(owed_words_stand_until_they_are_heard)
{
	struct index_owed rows[] = {
		{ HASH_A, "z", "certification", "renewed", "r1", 7 },
		{ HASH_A, "a", "application", "base_void", "r1", 7 },
	};
	struct index_owed later = { HASH_B, "b", "certification",
		"renewal_ended", "r2", 3 };
	struct index_update first = { .owed = rows, .nowed = 2 };
	struct index_update second = { .owed = &later, .nowed = 1 };
	struct index_update heard = { .settles = HASH_A };
	struct words w = { 0 };
	struct err e = ERR_INIT;

	apply_more(1, "r1", &first);
	apply_more(2, "r2", &second);
	ck_ok(index_owed_list(x, owed_one, &w, &e), &e);
	ck_assert_uint_eq(w.n, 3);
	ck_assert_str_eq(w.dossier[2], "b"); /* by the log */
	apply_more(3, "b", &heard); /* another case's event settles nothing */
	apply_more(4, "z", &heard);
	w.n = 0;
	ck_ok(index_owed_list(x, owed_one, &w, &e), &e);
	ck_assert_uint_eq(w.n, 2);
	ck_assert_str_eq(w.dossier[0], "a");
	ck_assert_int_eq(w.seq[0], 7);
}
END_TEST

static int
version_one(const struct index_version *row, void *arg, struct err *e)
{
	struct words *w = arg;

	(void)e;
	w->seq[w->n++] = row->n;
	return 0;
}

START_TEST(versions_of_a_number_in_their_order)
{
	struct index_version v[] = { { "N1", 1, 5, 6, "{}" },
		{ "N2", 1, 5, 6, "{}" }, { "N1", 2, 7, 8, "{\"a\":1}" } };
	struct words w = { 0 };
	struct err e = ERR_INIT;

	for (int64_t i = 0; i < 3; i++) {
		struct index_update u = { .versions = &v[i], .nversions = 1 };

		apply_more(i + 1, "c", &u);
	}
	ck_ok(index_version_list(x, "N1", version_one, &w, &e), &e);
	ck_assert_uint_eq(w.n, 2);
	ck_assert_int_eq(w.seq[1], 2);
}
END_TEST

static int
publication_one(const struct index_publication *row, void *arg, struct err *e)
{
	struct words *w = arg;

	(void)e;
	snprintf(w->dossier[w->n], 16, "%s", row->kind);
	w->seq[w->n++] = row->log_index;
	return 0;
}

START_TEST(publications_show_their_newest_row)
{
	struct index_publication p[] = {
		{ 0, "d1", "delegation", "1", "s", NULL, "{}" },
		{ 1, "c1", "improvement", "1", "s", "N1", "{}" },
		{ 2, "d1", "delegation", "1", "s", NULL, "{}" },
	};
	struct index_publication_query q = { .after = -1, .limit = 4 };
	struct words w = { 0 };
	struct err e = ERR_INIT;

	for (int64_t i = 0; i < 3; i++) {
		struct index_update u = { .publications = &p[i],
			.npublications = 1 };

		apply_more(i + 1, p[i].dossier, &u);
	}
	ck_ok(index_publication_list(x, &q, publication_one, &w, &e), &e);
	ck_assert_uint_eq(w.n, 2);
	ck_assert_str_eq(w.dossier[0], "improvement");
	ck_assert_int_eq(w.seq[1], 2);
	w.n = 0;
	q.kind = "rules";
	ck_ok(index_publication_list(x, &q, publication_one, &w, &e), &e);
	ck_assert_uint_eq(w.n, 0);
	q.kind = NULL;
	q.after = 1;
	ck_ok(index_publication_list(x, &q, publication_one, &w, &e), &e);
	ck_assert_uint_eq(w.n, 1);
}
END_TEST

static int
due_one(const char *dossier, void *arg, struct err *e)
{
	struct words *w = arg;

	(void)e;
	snprintf(w->dossier[w->n++], 16, "%s", dossier);
	return 0;
}

START_TEST(deadlines_of_a_case_are_replaced)
{
	struct index_deadline a[] = { { "r1", 1, "2027-05-01", "fee", "5(1)" },
		{ "r1", 2, "2027-04-01", "correction", "4(1)" } };
	struct index_update u = {
		.has_deadlines = true, .deadlines = a, .ndeadlines = 2
	};
	struct index_update none = { .has_deadlines = true };
	struct index_due_query q = { .from = "2027-04-02",
		.through = "2027-05-01",
		.applicant = "applicant-1",
		.page = { .limit = 4 } };
	struct words w = { 0 };
	struct err e = ERR_INIT;

	apply_renewal(1, "r1", "in_review");
	apply_more(2, "r1", &u);
	ck_ok(index_due_list(x, &q, due_one, &w, &e), &e);
	ck_assert_uint_eq(w.n, 1);
	ck_assert_str_eq(w.dossier[0], "r1");
	q.through = "2027-04-30";
	ck_ok(index_due_list(x, &q, due_one, &w, &e), &e);
	ck_assert_uint_eq(w.n, 1);
	q.through = "2027-05-01";
	q.applicant = "applicant-2";
	ck_ok(index_due_list(x, &q, due_one, &w, &e), &e);
	ck_assert_uint_eq(w.n, 1);
	q.applicant = NULL;
	apply_more(3, "r1", &none);
	ck_ok(index_due_list(x, &q, due_one, &w, &e), &e);
	ck_assert_uint_eq(w.n, 1);
}
END_TEST

START_TEST(change_of_the_register_has_its_place_in_the_log)
{
	struct index_certification c = {
		.number = "N1", .dossier = "c", .state = "valid", .changed = 1
	};
	struct index_update u = { .certifications = &c, .ncertifications = 1 };
	struct index_update none = { 0 };
	struct err e = ERR_INIT;
	int64_t at = 0;

	ck_ok(index_register_changed(x, &at, &e), &e);
	ck_assert_int_eq(at, -1);
	apply_more(1, "c", &none);
	apply_more(2, "c", &u);
	apply_more(3, "c", &none);
	ck_ok(index_register_changed(x, &at, &e), &e);
	ck_assert_int_eq(at, 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("index");
	TCase *rows = tcase_create("rows"), *whole = tcase_create("replay");

	tcase_add_checked_fixture(rows, setup, teardown);
	tcase_add_test(rows, last_commit_is_kept_with_the_rows);
	tcase_add_test(rows, hash_leads_into_the_log);
	tcase_add_test(rows, gap_in_the_log_is_refused_whole);
	tcase_add_test(rows, one_row_by_its_key);
	tcase_add_test(rows, lists_are_filtered_and_paged);
	tcase_add_test(rows, register_is_searched_literally);
	tcase_add_test(rows, due_clocks_come_in_order);
	tcase_add_test(rows, requests_and_serials);
	tcase_add_test(rows, rows_of_one_dossier);
	tcase_add_test(rows, callback_ends_a_query);
	tcase_add_test(rows, reopened_index_keeps_rows);
	tcase_add_test(rows, second_opener_is_refused);
	tcase_add_test(rows, renewal_is_pending_in_its_states_alone);
	tcase_add_test(rows, owed_words_stand_until_they_are_heard);
	tcase_add_test(rows, versions_of_a_number_in_their_order);
	tcase_add_test(rows, publications_show_their_newest_row);
	tcase_add_test(rows, deadlines_of_a_case_are_replaced);
	tcase_add_test(rows, change_of_the_register_has_its_place_in_the_log);
	tcase_add_test(rows, damaged_file_is_cleared_at_close);
	tcase_add_loop_test(rows, junk_file_is_made_anew, 0, NELEM(junk));
	suite_add_tcase(suite, rows);
	tcase_add_checked_fixture(whole, setup, teardown);
	tcase_set_timeout(whole, 60);
	tcase_add_test(whole, replay_gives_identical_rows);
	tcase_add_test(whole, foreign_index_is_replayed_whole);
	suite_add_tcase(suite, whole);
	return suite_main(suite);
}
