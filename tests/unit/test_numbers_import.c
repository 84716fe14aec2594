/* SPDX-License-Identifier: Apache-2.0 */
/* Imports of the register: whole or not at all; history, watch, signatures. */
#include "nintei/numbers_import.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nintei/archx.h"
#include "nintei/fs.h"
#include "nintei/numbers_watch.h"
#include "nintei/wire.h"

#include "numbers_make.h"

#define FULL "00_zenkoku_all_20260529.csv"

static struct numbers *
register_open(const char *home)
{
	struct numbers *n = NULL;
	struct err e = ERR_INIT;

	ck_ok(numbers_open(home, &n, &e), &e);
	return n;
}

static enum numbers_answer
answer_of(struct numbers *n, const char *number)
{
	CLEANUP(numbers_entry_done) struct numbers_entry t = { .hold = NULL };
	enum numbers_answer a;
	struct err e = ERR_INIT;

	ck_ok(numbers_find(n, number, &a, &t, &e), &e);
	return a;
}

static void
name_is(struct numbers *n, const char *number, const char *want)
{
	CLEANUP(numbers_entry_done) struct numbers_entry t = { .hold = NULL };
	enum numbers_answer a;
	struct err e = ERR_INIT;

	ck_ok(numbers_find(n, number, &a, &t, &e), &e);
	ck_assert_int_eq(a, NUMBERS_PRESENT);
	ck_assert_str_eq(t.field[NUMBER_NAME], want);
}

/* Rows, one text; each is freed. */
static char *
join(char *a, char *b, char *c)
{
	char *all =
	    xasprintf("%s%s%s", a, b != NULL ? b : "", c != NULL ? c : "");

	free(a);
	free(b);
	free(c);
	return all;
}

static enum err_code
import_text(
    const char *home, const char *name, char *take, struct numbers_result *out)
{
	CLEANUP(freep) char *text = take;
	CLEANUP(freep) char *path = rows_put(home, name, text);

	ck_assert_ptr_nonnull(path);

	return import_file(home, path, out);
}

static void
first_row_put(const char *home, const char *name)
{
	CLEANUP(freep) char *text = row_text(1, (struct row){ 0 });
	CLEANUP(freep) char *path = rows_put(home, name, text);

	ck_assert_ptr_nonnull(path);
}

/* --- whole or not at all --- */

START_TEST(line_ends_and_marks)
{
	static const char *const ends[] = { "\n", "\r\n" };

	for (size_t i = 0; i < 4; i++) {
		CLEANUP(freep) char *home = home_new();
		CLEANUP(freep) char *row = row_text(1, (struct row){ 0 });
		struct numbers_result r = { 0 };
		char *text;

		row[strlen(row) - 1] = '\0';
		text = xasprintf("%s%s%s", i < 2 ? "" : "\xEF\xBB\xBF", row,
		    i == 3 ? "" : ends[i % 2]);
		ck_assert_int_eq(import_text(home, FULL, text, &r), E_OK);
		ck_assert_uint_eq(r.rows, 1);
	}
}
END_TEST

START_TEST(bad_rows_are_told)
{
	CLEANUP(freep) char *home = home_new();
	CLEANUP(numbers_freep) struct numbers *n = register_open(home);
	struct numbers_result r = { 0 };
	char *text = join(row_text(1, (struct row){ 0 }),
	    row_text(2, (struct row){ .number = "6010001999002" }),
	    row_text(4, (struct row){ .number = ROW_B }));

	ck_assert_int_eq(answer_of(n, ROW_B), NUMBERS_NONE);
	ck_assert_int_eq(import_text(home, FULL, text, &r), E_OK);
	ck_assert_uint_eq(r.rows, 2);
	ck_assert_uint_eq(r.bad, 1);
	ck_assert_uint_eq(r.gaps, 1);
	ck_assert_uint_eq(r.shown[0].line, 2);
	ck_assert_int_eq(r.shown[0].fault, NUMBERS_FAULT_NUMBER);
	ck_assert_int_eq(answer_of(n, ROW_B), NUMBERS_PRESENT);
	ck_assert_int_eq(answer_of(n, ROW_C), NUMBERS_ABSENT);
}
END_TEST

/* More bad rows than good ones, no rows, and more than a hundred. */
START_TEST(too_many_bad_rows)
{
	CLEANUP(freep) char *home = home_new();
	CLEANUP(numbers_freep) struct numbers *n = register_open(home);
	CLEANUP(freep) char *left = fs_join(home, "store/numbers.sqlite.new");
	CLEANUP(buf_free) struct buf many = BUF_INIT(1 << 20);
	struct numbers_result r = { 0 };

	ck_assert_int_eq(
	    import_text(home, FULL,
		join(row_text(1, (struct row){ 0 }), NULL, NULL), NULL),
	    E_OK);
	ck_assert_int_eq(
	    import_text(home, FULL, xstrdup("a\nb\n"), &r), E_INVALID);
	ck_assert_int_eq(import_text(home, FULL, xstrdup(""), &r), E_INVALID);
	for (int i = 0; i < 200; i++) {
		CLEANUP(freep)
		char *row = row_text((unsigned)i + 1,
		    (struct row){ .number = i % 2 ? ROW_B : "1" });

		buf_puts(&many, row);
	}
	ck_assert_int_eq(
	    import_text(home, FULL, xstrdup(buf_str(&many)), &r), E_OK);
	buf_puts(&many, "x\ny\n");
	ck_assert_int_eq(
	    import_text(home, FULL, xstrdup(buf_str(&many)), &r), E_INVALID);
	ck_assert_uint_eq(r.bad, NUMBERS_BAD_MAX + 1);
	ck_assert_int_eq(access(left, F_OK), -1);
	/* What was there stays. */
	ck_assert_int_eq(answer_of(n, ROW_A), NUMBERS_PRESENT);
}
END_TEST

/* A line without end is one bad row, however long. */
START_TEST(a_line_without_end)
{
	CLEANUP(freep) char *home = home_new();
	CLEANUP(buf_free) struct buf all = BUF_INIT(1 << 22);
	CLEANUP(freep) char *first = row_text(1, (struct row){ 0 });
	CLEANUP(freep)
	char *last = row_text(2, (struct row){ .number = ROW_B });
	struct numbers_result r = { 0 };

	buf_puts(&all, first);
	for (int i = 0; i < 1000000; i++)
		buf_putc(&all, 'x');
	buf_putc(&all, '\n');
	buf_puts(&all, last);
	ck_assert_int_eq(
	    import_text(home, FULL, xstrdup(buf_str(&all)), &r), E_OK);
	ck_assert_uint_eq(r.rows, 2);
	ck_assert_uint_eq(r.bad, 1);
	ck_assert_int_eq(r.shown[0].fault, NUMBERS_FAULT_LONG);
	ck_assert_uint_eq(r.shown[0].line, 2);
}
END_TEST

START_TEST(which_kind_of_file)
{
	CLEANUP(freep) char *home = home_new();
	CLEANUP(freep) char *none = fs_join(home, "none.csv");
	CLEANUP(numbers_freep) struct numbers *n = register_open(home);

	ck_assert_int_eq(
	    import_text(home, "rows.csv", row_text(1, (struct row){ 0 }), NULL),
	    E_USAGE);
	ck_assert_int_eq(import_file(home, none, NULL), E_USAGE);
	ck_assert_int_eq(import_text(home, "31_tottori_all_20260529.csv",
			     row_text(1, (struct row){ 0 }), NULL),
	    E_OK);
	/* One prefecture is not the whole country. */
	ck_assert_int_eq(answer_of(n, ROW_A), NUMBERS_PRESENT);
	ck_assert_int_eq(answer_of(n, ROW_B), NUMBERS_UNKNOWN);
}
END_TEST

/* --- history --- */

START_TEST(differences_and_full_files)
{
	CLEANUP(freep) char *home = home_new();
	CLEANUP(numbers_freep) struct numbers *n = register_open(home);
	struct numbers_state s;
	struct err e = ERR_INIT;
	struct row renamed = { .process = "11",
		.update = "2026-06-03",
		.change = "2026-06-01",
		.name = "架空新名株式会社" };
	struct row moved = renamed;

	moved.process = "12";
	moved.update = "2026-06-20";
	moved.street = "架空町９丁目９番９号";
	ck_assert_int_eq(
	    import_text(home, FULL,
		join(row_text(1, (struct row){ 0 }),
		    row_text(2, (struct row){ .number = ROW_B }), NULL),
		NULL),
	    E_OK);
	ck_assert_int_eq(
	    import_text(home, "diff_20260603.csv", row_text(1, renamed), NULL),
	    E_OK);
	name_is(n, ROW_A, "架空新名株式会社");
	/* The same file again adds nothing. */
	ck_assert_int_eq(
	    import_text(home, "diff_20260603.csv", row_text(1, renamed), NULL),
	    E_OK);
	/* A later full file without ROW_B, where ROW_A has moved. */
	ck_assert_int_eq(import_text(home, "00_zenkoku_all_20260630.csv",
			     row_text(1, moved), NULL),
	    E_OK);
	/* An old full file again: what is newer stays the present state. */
	ck_assert_int_eq(
	    import_text(home, FULL, row_text(1, (struct row){ 0 }), NULL),
	    E_OK);
	name_is(n, ROW_A, "架空新名株式会社");
	ck_assert_int_eq(answer_of(n, ROW_B), NUMBERS_PRESENT);
	ck_ok(numbers_state(n, &s, &e), &e);
	ck_assert(s.present && s.whole);
	ck_assert_int_eq(s.files, 5);
	ck_assert_str_eq(s.as_of, "2026-06-30");
}
END_TEST

START_TEST(forty_days)
{
	CLEANUP(freep) char *home = home_new();

	ck_assert_int_eq(
	    import_text(home, FULL, row_text(1, (struct row){ 0 }), NULL),
	    E_OK);
	ck_assert_int_eq(
	    import_text(home, "diff_20260709.csv",
		row_text(1, (struct row){ .number = ROW_B }), NULL),
	    E_INVALID);
	ck_assert_int_eq(
	    import_text(home, "diff_20260708.csv",
		row_text(1, (struct row){ .number = ROW_B }), NULL),
	    E_OK);
	ck_assert_int_eq(
	    import_text(home, "diff_20260709.csv",
		row_text(1, (struct row){ .number = ROW_C }), NULL),
	    E_OK);
}
END_TEST

/* --- watch --- */

struct seen {
	char text[2048];
};

static int
seen_fn(const struct numbers_change *c, void *arg, struct err *e)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	(void)e;
	n += (size_t)snprintf(s->text + n, sizeof(s->text) - n, "%s %s %s %s",
	    numbers_event_name(c->event), numbers_event_article(c->event),
	    c->day, c->legal_day);
	for (unsigned i = 0; i < c->n_chain; i++)
		n += (size_t)snprintf(
		    s->text + n, sizeof(s->text) - n, " %s", c->chain[i]);
	snprintf(
	    s->text + n, sizeof(s->text) - n, "%s\n", c->loop ? " loop" : "");
	return 0;
}

static const struct {
	const char *number, *since, *want;
} watched[] = {
	{ "6010001999001", "2015-01-01", "" },
	{ "5010001999010", "2015-01-01",
	    "name 13(1) 2018-07-02 \nname 13(1) 2022-10-03 \n" },
	{ "5010001999010", "2022-10-04", "name 13(1) 2022-10-03 \n" },
	{ "5010001999010", "2022-10-05", "" },
	{ "2010401999001", "2015-01-01", "address 13(1) 2020-02-14 \n" },
	{ "8700150999003", "2015-01-01", "address 13(1) 2019-04-22 \n" },
	{ "3010001999020", "2015-01-01", "closed 9(2) 2023-03-30 \n" },
	{ "2010001999021", "2015-01-01",
	    "absorbed 9(2) 2024-04-22 2024-04-01 1010001999022\n" },
	{ "9010001999023", "2015-01-01", "closed 9(2) 2021-12-14 \n" },
	{ "7700150999004", "2015-01-01", "closed 9(2) 2022-06-01 \n" },
	{ "8010001999024", "2015-01-01",
	    "closed 9(2) 2021-12-14 \nrestored 9(2) 2022-02-08 \n" },
	{ "1010001999030", "2015-01-01",
	    "survivor 9(2) 2023-07-03 2023-07-01\n" },
	{ "9010001999031", "2015-01-01",
	    "absorbed 9(2) 2023-07-03 2023-07-01 1010001999030\n" },
	{ "8010001999032", "2015-01-01", "merger_void 9(2) 2024-11-05 \n" },
	{ "7010001999033", "2015-01-01", "struck 9(2) 2020-09-01 \n" },
	{ "6010001999034", "2015-01-01", "withdrawn 9(2) 2019-08-01 \n" },
	{ "6010001999050", "2015-01-01",
	    "absorbed 9(2) 2020-04-08 2020-04-01 5010001999051 "
	    "4010001999052\n" },
	{ "1010003999020", "2015-01-01", "name 13(1) 2021-07-01 \n" },
};

START_TEST(watch_the_sample)
{
	CLEANUP(freep) char *home = home_new();
	struct buf text = fixture_read("nta-sample.csv");
	CLEANUP(freep) char *path = file_put(home, FULL, buf_slice(&text));
	struct err e = ERR_INIT;

	ck_assert_int_eq(import_file(home, path, NULL), E_OK);
	for (size_t i = 0; i < NELEM(watched); i++) {
		CLEANUP(numbers_freep)
		struct numbers *n = register_open(home);
		struct seen s = { "" };

		ck_ok(numbers_changes(n, watched[i].number, watched[i].since,
			  seen_fn, &s, &e),
		    &e);
		ck_assert_msg(strcmp(s.text, watched[i].want) == 0,
		    "%s: want %shave %s", watched[i].number, watched[i].want,
		    s.text);
	}
	buf_free(&text);
}
END_TEST

/* A absorbed by B, B by A: the chain stops. */
START_TEST(chain_with_a_loop)
{
	CLEANUP(freep) char *home = home_new();
	CLEANUP(numbers_freep) struct numbers *n = register_open(home);
	struct row a = { .process = "21",
		.close = "2024-04-22",
		.cause = "11",
		.successor = ROW_B };
	struct row b = a;
	struct seen s = { "" };
	struct err e = ERR_INIT;

	b.number = ROW_B;
	b.successor = ROW_A;
	ck_assert_int_eq(import_text(home, FULL,
			     join(row_text(1, a), row_text(2, b), NULL), NULL),
	    E_OK);
	ck_ok(numbers_changes(n, ROW_A, "0000-00-00", seen_fn, &s, &e), &e);
	ck_assert_str_eq(s.text, "absorbed 9(2) 2024-04-22  " ROW_B " loop\n");
}
END_TEST

/* Between two full files both name and seat changed; one row is shown. */
START_TEST(changes_behind_a_full_file)
{
	CLEANUP(freep) char *home = home_new();
	CLEANUP(numbers_freep) struct numbers *n = register_open(home);
	struct row now = { .process = "12",
		.update = "2026-06-20",
		.change = "2026-06-18",
		.name = "架空新名株式会社",
		.street = "架空町９丁目９番９号" };
	struct seen s = { "" };
	struct err e = ERR_INIT;

	ck_assert_int_eq(
	    import_text(home, FULL, row_text(1, (struct row){ 0 }), NULL),
	    E_OK);
	ck_assert_int_eq(import_text(home, "00_zenkoku_all_20260630.csv",
			     row_text(1, now), NULL),
	    E_OK);
	ck_ok(numbers_changes(n, ROW_A, "2026-06-01", seen_fn, &s, &e), &e);
	ck_assert_str_eq(
	    s.text, "name 13(1) 2026-06-18 \naddress 13(1) 2026-06-18 \n");
}
END_TEST

/* --- signatures: a key made here, gpgv as it is installed --- */

static int
sh(const char *home, const char *script)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (chdir(home) == 0)
			execl("/bin/sh", "sh", "-ec", script, (char *)NULL);
		_exit(127);
	}
	ck_assert(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define GPG "gpg --homedir gpg --batch --quiet --no-tty "

/* Also a zip as it is published, and one whose CSV was changed after. */
static void
sign_all(const char *home)
{
	ck_assert_int_eq(
	    sh(home,
		"mkdir -m 700 gpg; " GPG "--passphrase '' --quick-generate-key "
		"nta@example.jp ed25519 sign never 2>/dev/null; " GPG
		"--export -o key.gpg nta@example.jp; " GPG
		"--armor --detach-sign -o " FULL ".asc " FULL "; "
		"gpgconf --homedir gpg --kill gpg-agent; "
		"zip -q 00_zenkoku_all_20260529.zip " FULL " " FULL ".asc"),
	    0);
}

static enum err_code
import_signed(const char *home, const char *name, bool required,
    struct numbers_result *out)
{
	CLEANUP(numbers_summary_done) struct numbers_summary s = { .n = 0 };
	CLEANUP(freep) char *path = fs_join(home, name);
	CLEANUP(freep) char *key = fs_join(home, "key.gpg");
	const char *paths[] = { path };
	struct numbers_import in = { .home = home,
		.paths = paths,
		.n_paths = 1,
		.keyring = key,
		.required = required,
		.now = 1800000000 };
	struct err e = ERR_INIT;

	if (numbers_import(&in, &s, &e) == 0 && out != NULL)
		*out = s.files[0];
	return e.code;
}

static int
file_fn(const struct numbers_file *f, void *arg, struct err *e)
{
	(void)e;
	snprintf(arg, 256, "%s %s %s %d", f->name, f->signature, f->kind,
	    (int)strlen(f->signer));
	return 0;
}

START_TEST(signatures)
{
	CLEANUP(freep) char *home = home_new();
	CLEANUP(numbers_freep) struct numbers *n = register_open(home);
	struct numbers_result r = { 0 };
	struct err e = ERR_INIT;
	char evidence[256] = "";

	(void)signal(SIGPIPE, SIG_IGN);
	first_row_put(home, FULL);
	sign_all(home);
	ck_assert_int_eq(import_signed(home, FULL, true, &r), E_OK);
	ck_assert(r.signed_good);
	ck_assert_uint_eq(strlen(r.signer), 40);
	ck_assert_int_eq(
	    import_signed(home, "00_zenkoku_all_20260529.zip", true, &r), E_OK);
	ck_assert(r.signed_good);
	ck_ok(numbers_files(n, file_fn, evidence, &e), &e);
	ck_assert_str_eq(evidence, "00_zenkoku_all_20260529.zip good full 40");
	/* One byte more: refused with and without `required`. */
	ck_assert_int_eq(sh(home, "printf '\\n' >> " FULL), 0);
	ck_assert_int_eq(import_signed(home, FULL, true, NULL), E_INVALID);
	ck_assert_int_eq(import_signed(home, FULL, false, NULL), E_INVALID);
	/* A changed file in a zip with the old signature. */
	ck_assert_int_eq(
	    sh(home, "zip -q 00_zenkoku_all_20260529.zip " FULL), 0);
	ck_assert_int_eq(
	    import_signed(home, "00_zenkoku_all_20260529.zip", false, NULL),
	    E_INVALID);
}
END_TEST

/* Another's key; no signature; a signature that is none. */
START_TEST(signatures_of_others)
{
	CLEANUP(freep) char *home = home_new();
	struct numbers_result r = { 0 };

	(void)signal(SIGPIPE, SIG_IGN);
	first_row_put(home, FULL);
	sign_all(home);
	ck_assert_int_eq(
	    sh(home,
		"mv key.gpg right.gpg; " GPG
		"--passphrase '' --quick-generate-key other@example.jp "
		"ed25519 sign never 2>/dev/null; " GPG
		"--export -o key.gpg other@example.jp; "
		"gpgconf --homedir gpg --kill gpg-agent"),
	    0);
	ck_assert_int_eq(import_signed(home, FULL, false, NULL), E_INVALID);
	ck_assert_int_eq(sh(home, "cp right.gpg key.gpg"), 0);
	ck_assert_int_eq(import_signed(home, FULL, false, &r), E_OK);
	ck_assert_int_eq(sh(home, "echo hello > " FULL ".asc"), 0);
	ck_assert_int_eq(import_signed(home, FULL, false, NULL), E_INVALID);
	ck_assert_int_eq(sh(home, "rm " FULL ".asc"), 0);
	ck_assert_int_eq(import_signed(home, FULL, true, NULL), E_INVALID);
	ck_assert_int_eq(import_signed(home, FULL, false, &r), E_OK);
	ck_assert(!r.signed_good);
	ck_assert_int_eq(sh(home, "rm key.gpg"), 0);
	ck_assert_int_eq(import_signed(home, FULL, false, &r), E_OK);
	ck_assert_int_eq(sh(home, "echo x > " FULL ".asc"), 0);
	ck_assert_int_eq(import_signed(home, FULL, false, NULL), E_CONFIG);
}
END_TEST

/* --- zips that are none of the agency's --- */

/* gpgv says VALIDSIG and exits with 0 of a key that has expired, too. */
START_TEST(signature_of_an_expired_key)
{
	CLEANUP(freep) char *home = home_new();

	(void)signal(SIGPIPE, SIG_IGN);
	first_row_put(home, FULL);
	ck_assert_int_eq(
	    sh(home,
		"mkdir -m 700 gpg; " GPG
		"--faked-system-time 20200101T000000 --passphrase '' "
		"--quick-generate-key old@example.jp ed25519 sign 1d "
		"2>/dev/null; " GPG "--export -o key.gpg old@example.jp; " GPG
		"--faked-system-time 20200101T000000 --armor --detach-sign -o " FULL
		".asc " FULL " 2>/dev/null; "
		"gpgconf --homedir gpg --kill gpg-agent; test -s " FULL ".asc"),
	    0);
	ck_assert_int_eq(import_signed(home, FULL, true, NULL), E_INVALID);
	ck_assert_int_eq(import_signed(home, FULL, false, NULL), E_INVALID);
}
END_TEST

/* Escapes of terminals and bytes of no encoding in the names of files. */
START_TEST(names_are_shown_as_they_are)
{
	CLEANUP(freep) char *home = home_new();
	CLEANUP(numbers_summary_done) struct numbers_summary s = { .n = 0 };
	CLEANUP(freep)
	char *path = fs_join(home, "00_zenkoku_all_20260529\x1b[7m.zip");
	const char *paths[] = { path };
	struct numbers_import in = {
		.home = home, .paths = paths, .n_paths = 1, .now = 1800000000
	};
	struct err e = ERR_INIT;

	first_row_put(home, FULL);
	ck_assert_int_eq(
	    sh(home,
		"mv " FULL " \"$(printf 'a\\033\\377.csv')\"; "
		"zip -q x.zip *.csv; mv x.zip "
		"\"$(printf '00_zenkoku_all_20260529\\033[7m.zip')\""),
	    0);
	ck_ok(numbers_import(&in, &s, &e), &e);
	ck_assert_str_eq(
	    s.files[0].name, "00_zenkoku_all_20260529\\u{1B}[7m.zip");
	ck_assert(utf8_valid(slice_str(s.files[0].member)));
	ck_assert_ptr_null(strchr(s.files[0].member, '\x1b'));
}
END_TEST

static const struct {
	const char *name, *script;
} zips[] = {
	{ "two CSV", "cp a.csv b.csv; zip -q diff_20260601.zip a.csv b.csv" },
	{ "no CSV", "zip -q diff_20260601.zip a.txt" },
	{ "two signatures", "zip -q diff_20260601.zip a.csv a.asc b.asc" },
	{ "with a password", "zip -q -P x diff_20260601.zip a.csv" },
	{ "cut off",
	    "zip -q z.zip a.csv; head -c 60 z.zip > diff_20260601.zip" },
	{ "damaged data",
	    "zip -q -X -0 diff_20260601.zip a.csv; printf '9' | dd "
	    "of=diff_20260601.zip bs=1 seek=50 conv=notrunc 2>/dev/null" },
	{ "damaged deflate",
	    "zip -q -X -9 diff_20260601.zip a.csv; printf '\\377\\377\\377' | dd "
	    "of=diff_20260601.zip bs=1 seek=60 conv=notrunc 2>/dev/null" },
};

START_TEST(hostile_zips)
{
	CLEANUP(freep) char *home = home_new();
	CLEANUP(freep) char *path = fs_join(home, "diff_20260601.zip");
	enum err_code code;

	first_row_put(home, "a.csv");
	ck_assert_int_eq(sh(home, "cp a.csv a.txt; touch a.asc b.asc"), 0);
	ck_assert_int_eq(sh(home, zips[_i].script), 0);
	code = import_file(home, path, NULL);
	ck_assert_msg(code == E_INPUT, "%s: %s", zips[_i].name, err_name(code));
}
END_TEST

START_TEST(one_import_at_a_time)
{
	CLEANUP(freep) char *home = home_new();
	CLEANUP(freep) char *nowhere = fs_join(home, "nowhere");

	ck_assert_int_eq(
	    sh(home,
		"flock store/numbers.lock sleep 20 & echo $! > pid; "
		"until ! flock -n store/numbers.lock true; do :; done"),
	    0);
	ck_assert_int_eq(
	    import_text(home, FULL, row_text(1, (struct row){ 0 }), NULL),
	    E_STORE_LOCKED);
	ck_assert_int_eq(sh(home, "kill $(cat pid)"), 0);
	ck_assert_int_eq(
	    import_file(nowhere, "diff_20260601.csv", NULL), E_NOT_FOUND);
}
END_TEST

/* A file that is no register of ours is not taken for an empty one. */
START_TEST(a_damaged_register)
{
	CLEANUP(freep) char *home = home_new();
	CLEANUP(numbers_freep) struct numbers *n = register_open(home);
	struct numbers_state s;
	struct err e = ERR_INIT;

	ck_assert_int_eq(sh(home, "echo nonsense > store/numbers.sqlite"), 0);
	ck_code(numbers_state(n, &s, &e), &e, E_STORE_CORRUPT);
	ck_assert_int_eq(
	    import_text(home, FULL, row_text(1, (struct row){ 0 }), NULL),
	    E_STORE_CORRUPT);
	ck_assert_int_eq(sh(home, "rm store/numbers.sqlite"), 0);
	ck_assert_int_eq(answer_of(n, ROW_A), NUMBERS_NONE);
}
END_TEST

/* What takes the place of the register while it is open. */
static const struct {
	const char *command;
	enum err_code code;
} replaced[] = {
	{ "mkfifo store/x", E_STORE_CORRUPT },
	{ "mkdir store/x", E_STORE_CORRUPT },
	{ "ln -s /etc/passwd store/x", E_STORE_CORRUPT },
	{ "ln -s numbers.good store/x", E_STORE_CORRUPT },
	{ ": > store/x", E_STORE_CORRUPT },
	{ "head -c 5000 store/numbers.sqlite > store/x", E_STORE_CORRUPT },
	{ "head -c 8192 store/numbers.sqlite > store/x; "
	  "head -c 99999 /dev/zero | tr '\\0' 'x' >> store/x",
	    E_STORE_CORRUPT },
};

START_TEST(another_thing_in_its_place)
{
	CLEANUP(freep) char *home = home_new();
	CLEANUP(numbers_freep) struct numbers *n = NULL;
	CLEANUP(freep)
	char *move = xasprintf("%s && cp store/numbers.sqlite "
			       "store/numbers.good && "
			       "rm store/numbers.sqlite && "
			       "mv -T store/x store/numbers.sqlite",
	    replaced[_i].command);
	struct numbers_entry entry = { .hold = NULL };
	enum numbers_answer answer;
	struct err e = ERR_INIT;

	ck_assert_int_eq(
	    import_text(home, FULL, row_text(1, (struct row){ 0 }), NULL), 0);
	n = register_open(home);
	ck_assert_int_eq(answer_of(n, ROW_A), NUMBERS_PRESENT);
	ck_assert_int_eq(sh(home, move), 0);
	ck_code(
	    numbers_find(n, ROW_A, &answer, &entry, &e), &e, replaced[_i].code);
	ck_assert_int_eq(sh(home,
			     "rm -r store/numbers.sqlite && mv "
			     "store/numbers.good store/numbers.sqlite"),
	    0);
	ck_assert_int_eq(answer_of(n, ROW_A), NUMBERS_PRESENT);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("numbers_import");
	TCase *t = tcase_create("numbers_import");

	tcase_add_test(t, line_ends_and_marks);
	tcase_add_test(t, bad_rows_are_told);
	tcase_add_test(t, too_many_bad_rows);
	tcase_add_test(t, a_line_without_end);
	tcase_add_test(t, which_kind_of_file);
	tcase_add_test(t, differences_and_full_files);
	tcase_add_test(t, forty_days);
	tcase_add_test(t, watch_the_sample);
	tcase_add_test(t, chain_with_a_loop);
	tcase_add_test(t, changes_behind_a_full_file);
	tcase_add_test(t, signatures);
	tcase_add_test(t, signatures_of_others);
	tcase_add_test(t, signature_of_an_expired_key);
	tcase_add_test(t, names_are_shown_as_they_are);
	tcase_add_loop_test(t, hostile_zips, 0, NELEM(zips));
	tcase_add_test(t, one_import_at_a_time);
	tcase_add_test(t, a_damaged_register);
	tcase_add_loop_test(
	    t, another_thing_in_its_place, 0, (int)NELEM(replaced));
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return suite_main(s);
}
