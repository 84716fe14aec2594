/* SPDX-License-Identifier: Apache-2.0 */
/* A SQLite file with numbered statements. */
#include "nintei/sqlx.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define BUSY_MS 5000
#define EXCLUSIVE_BUSY_MS 1000

struct sqlx {
	sqlite3 *db;
	const struct sqlx_plan *plan;
	sqlite3_stmt **statements; /* prepared at first use */
	bool damaged; /* SQLite found the file malformed */
};

struct sqlx_row {
	sqlite3_stmt *st;
};

static enum err_code
code_of(int rv)
{
	switch (rv & 0xff) {
	case SQLITE_CONSTRAINT:
		return E_STORE_CONFLICT;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_MISMATCH:
		return E_STORE_CORRUPT;
	case SQLITE_ERROR:
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
		return E_INTERNAL;
	default:
		return E_UNAVAILABLE;
	}
}

static int
err_sqlite(struct err *e, struct sqlx *x, int rv, const char *what)
{
	if ((rv & 0xff) == SQLITE_CORRUPT || (rv & 0xff) == SQLITE_NOTADB)
		x->damaged = true;
	if ((rv & 0xff) == SQLITE_BUSY || (rv & 0xff) == SQLITE_LOCKED)
		err_set(e, code_of(rv),
		    "another process has the database: stop the server first");
	err_set(e, code_of(rv), "the database could not do this");
	err_trail(e, "%s: %s", what,
	    x->db != NULL ? sqlite3_errmsg(x->db) : sqlite3_errstr(rv));
	return -1;
}

static int
execute(struct sqlx *x, const char *sql, struct err *e)
{
	int rv = sqlite3_exec(x->db, sql, NULL, NULL, NULL);

	return rv != SQLITE_OK ? err_sqlite(e, x, rv, "exec") : 0;
}

static int
read_version(struct sqlx *x, int *out, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rv =
	    sqlite3_prepare_v2(x->db, "PRAGMA user_version", -1, &st, NULL);

	if (rv == SQLITE_OK)
		rv = sqlite3_step(st);
	if (rv == SQLITE_ROW)
		*out = sqlite3_column_int(st, 0);
	sqlite3_finalize(st);
	return rv != SQLITE_ROW ? err_sqlite(e, x, rv, "version") : 0;
}

static int
make_tables(struct sqlx *x, const char *sql, struct err *e)
{
	char version[48];

	snprintf(version, sizeof(version), "PRAGMA user_version = %d",
	    x->plan->version);
	if (execute(x, "BEGIN IMMEDIATE", e) < 0 || execute(x, sql, e) < 0 ||
	    execute(x, version, e) < 0)
		return -1;
	return execute(x, "COMMIT", e);
}

static void
finalize_all(struct sqlx *x)
{
	for (unsigned i = 0; i < x->plan->n; i++) {
		sqlite3_finalize(x->statements[i]);
		x->statements[i] = NULL;
	}
}

/* SQLite's own way to an empty file; it survives a corrupt one. */
int
sqlx_clear(struct sqlx *x, struct err *e)
{
	int rv;

	finalize_all(x);
	if (sqlite3_get_autocommit(x->db) == 0)
		(void)sqlite3_exec(x->db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_db_config(x->db, SQLITE_DBCONFIG_RESET_DATABASE, 1, NULL);
	rv = sqlite3_exec(x->db, "VACUUM", NULL, NULL, NULL);
	sqlite3_db_config(x->db, SQLITE_DBCONFIG_RESET_DATABASE, 0, NULL);
	if (rv != SQLITE_OK)
		return err_sqlite(e, x, rv, "clear");
	if (execute(x, "PRAGMA journal_mode = WAL", e) < 0 ||
	    make_tables(x, x->plan->layout, e) < 0)
		return -1;
	x->damaged = false;
	return 0;
}

/* Empty, ours, or of another version. */
static int
check_version(struct sqlx *x, struct err *e)
{
	struct err first = ERR_INIT;
	int version = 0, rv = read_version(x, &version, &first);

	if (rv == 0 && version == x->plan->version)
		return 0;
	if (rv == 0 && version == 0)
		return make_tables(x, x->plan->layout, e);
	if (rv == 0 && x->plan->upgrade != NULL &&
	    version == x->plan->version - 1)
		return make_tables(x, x->plan->upgrade, e);
	if (x->plan->disposable && (rv == 0 || first.code == E_STORE_CORRUPT))
		return sqlx_clear(x, e);
	if (rv < 0) {
		*e = first;
		return -1;
	}
	return err_set(e, E_STORE_CORRUPT, "want layout %d, have %d",
	    x->plan->version, version);
}

/* A file without others' writers: read as it is, or filled without journal. */
static int
prepare_alone(struct sqlx *x, struct err *e)
{
	int version = 0;

	if (x->plan->mode == SQLX_BULK)
		return execute(x,
			   "PRAGMA locking_mode = EXCLUSIVE;"
			   "PRAGMA journal_mode = OFF;"
			   "PRAGMA synchronous = OFF",
			   e) < 0
		    ? -1
		    : check_version(x, e);
	if (read_version(x, &version, e) < 0)
		return -1;
	return version == x->plan->version
	    ? 0
	    : err_set(e, E_STORE_CORRUPT, "want layout %d, have %d",
		  x->plan->version, version);
}

static int
prepare_file(struct sqlx *x, struct err *e)
{
	struct err quiet = ERR_INIT;

	sqlite3_extended_result_codes(x->db, 1);
	sqlite3_busy_timeout(
	    x->db, x->plan->exclusive ? EXCLUSIVE_BUSY_MS : BUSY_MS);
	sqlite3_db_config(x->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(x->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	if (x->plan->mode != SQLX_LIVE)
		return prepare_alone(x, e);
	if (x->plan->exclusive &&
	    execute(x, "PRAGMA locking_mode = EXCLUSIVE", e) < 0)
		return -1;
	/* A file that is not a database is judged by check_version. */
	if (execute(x, "PRAGMA journal_mode = WAL", &quiet) < 0 &&
	    quiet.code != E_STORE_CORRUPT) {
		*e = quiet;
		return -1;
	}
	if (check_version(x, e) < 0)
		return -1;
	return execute(x,
	    x->plan->durable ? "PRAGMA synchronous = FULL"
			     : "PRAGMA synchronous = NORMAL",
	    e);
}

/* "file:PATH?immutable=1": nothing is locked and no journal looked for. */
static char *
uri_of(const char *path)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(8192);

	buf_puts(&b, path[0] == '/' ? "file://" : "file:");
	for (const char *p = path; *p != '\0'; p++)
		if (*p == '%' || *p == '?' || *p == '#')
			buf_putf(&b, "%%%02X", (unsigned char)*p);
		else
			buf_putc(&b, *p);
	buf_puts(&b, "?immutable=1");
	return xstrdup(buf_str(&b));
}

int
sqlx_open(const char *path, const struct sqlx_plan *plan, struct sqlx **out,
    struct err *e)
{
	CLEANUP(sqlx_freep) struct sqlx *x = xcalloc(1, sizeof(*x));
	CLEANUP(freep) char *uri = NULL;
	int rv;

	x->plan = plan;
	x->statements = xcalloc(plan->n, sizeof(sqlite3_stmt *));
	if (plan->mode == SQLX_READ)
		uri = uri_of(path);
	rv = sqlite3_open_v2(uri != NULL ? uri : path, &x->db,
	    (uri != NULL ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
			 : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
		SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
	    NULL);
	if (rv != SQLITE_OK)
		return err_sqlite(e, x, rv, "open");
	if (prepare_file(x, e) < 0)
		return -1;
	*out = TAKE(x);
	return 0;
}

bool
sqlx_damaged(const struct sqlx *x)
{
	return x->damaged;
}

/* What can be made again is not opened damaged a second time. */
void
sqlx_close(struct sqlx *x)
{
	struct err quiet = ERR_INIT;

	if (x == NULL)
		return;
	if (x->damaged && x->plan->disposable && sqlx_clear(x, &quiet) < 0)
		err_trail(&quiet, "clear");
	finalize_all(x);
	sqlite3_close(x->db);
	free(x->statements);
	free(x);
}

int64_t
sqlx_row_int(const struct sqlx_row *row, int column)
{
	return sqlite3_column_int64(row->st, column);
}

const char *
sqlx_row_text(const struct sqlx_row *row, int column)
{
	return (const char *)sqlite3_column_text(row->st, column);
}

struct slice
sqlx_row_blob(const struct sqlx_row *row, int column)
{
	const void *p = sqlite3_column_blob(row->st, column);

	return slice_of(p, (size_t)sqlite3_column_bytes(row->st, column));
}

int
sqlx_row_columns(const struct sqlx_row *row)
{
	return sqlite3_column_count(row->st);
}

static int
bind_one(sqlite3_stmt *st, int i, const struct sqlx_value *v)
{
	switch (v->kind) {
	case SQLX_INT:
		return sqlite3_bind_int64(st, i, v->i);
	case SQLX_TEXT:
		return sqlite3_bind_text(st, i, v->text, -1, SQLITE_STATIC);
	case SQLX_BLOB:
		return sqlite3_bind_blob64(
		    st, i, v->blob.p, v->blob.n, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

static int
start(struct sqlx *x, unsigned n, struct sqlx_args args, sqlite3_stmt **out,
    struct err *e)
{
	sqlite3_stmt **st = &x->statements[n];
	int rv = SQLITE_OK;

	if (*st == NULL)
		rv = sqlite3_prepare_v3(x->db, x->plan->statements[n], -1,
		    SQLITE_PREPARE_PERSISTENT, st, NULL);
	for (unsigned i = 0; rv == SQLITE_OK && i < args.n; i++)
		rv = bind_one(*st, (int)i + 1, &args.v[i]);
	if (rv != SQLITE_OK)
		return err_sqlite(e, x, rv, "bind");
	*out = *st;
	return 0;
}

static void
finish(sqlite3_stmt *st)
{
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
}

int
sqlx_query(struct sqlx *x, unsigned n, struct sqlx_args args, sqlx_row_fn *fn,
    void *arg, struct err *e)
{
	struct sqlx_row row = { NULL };
	int rv, result = 0;

	if (start(x, n, args, &row.st, e) < 0)
		return -1;
	while (result == 0 && (rv = sqlite3_step(row.st)) != SQLITE_DONE) {
		if (rv != SQLITE_ROW)
			result = err_sqlite(e, x, rv, "step");
		else if (fn != NULL)
			result = fn(&row, arg, e);
	}
	finish(row.st);
	return result;
}

int
sqlx_run(struct sqlx *x, unsigned n, struct sqlx_args args, struct err *e)
{
	return sqlx_query(x, n, args, NULL, NULL, e);
}

int64_t
sqlx_changes(const struct sqlx *x)
{
	return sqlite3_changes64(x->db);
}

int
sqlx_begin(struct sqlx *x, struct err *e)
{
	return execute(x, "BEGIN IMMEDIATE", e);
}

int
sqlx_end(struct sqlx *x, bool commit, struct err *e)
{
	struct err quiet = ERR_INIT;

	if (commit && execute(x, "COMMIT", e) == 0)
		return 0;
	if (execute(x, "ROLLBACK", &quiet) < 0)
		err_trail(&quiet, "rollback");
	return commit ? -1 : 0;
}

int
sqlx_cache(struct sqlx *x, unsigned kib, struct err *e)
{
	char text[48];

	snprintf(text, sizeof(text), "PRAGMA cache_size = -%u", kib);
	if (execute(x, text, e) < 0)
		return -1;
	sqlite3_db_release_memory(x->db);
	return 0;
}
