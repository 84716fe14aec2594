/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SQLX_H
#define NINTEI_SQLX_H
/*
 * sqlx: one SQLite file, a list of numbered prepared statements, nothing
 * else: no text from outside ever becomes SQL.
 * Runs in: core; nintei.  Used by index, account and numbers alone.
 * Vendor: sqlite3.  Errors: E_UNAVAILABLE (disk, locked), E_STORE_CORRUPT
 * (not a database, or not ours), E_STORE_CONFLICT (a constraint).
 * One thread at a time: the caller's lock.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

struct sqlx;

/*
 * What a file is.  layout: SQL that makes the tables in an empty file;
 * version: of the layout, kept as user_version.  A file of another version
 * is emptied if disposable; the version before is brought up by upgrade
 * (SQL, or NULL); else E_STORE_CORRUPT.  durable: every commit is
 * fsynced (else only the order is kept: for caches).  exclusive: a second
 * process gets E_UNAVAILABLE.  mode READ: the file must be there
 * (E_NOT_FOUND) and of this version; whoever wants to change it puts another
 * in its place.
 */
enum sqlx_mode {
	SQLX_LIVE = 0,
	SQLX_BULK, /* to fill a file that is thrown away on failure: no journal
		    */
	SQLX_READ /* a file that never changes where it lies: no lock */
};
struct sqlx_plan {
	enum sqlx_mode mode;
	const char *layout;
	const char *upgrade;
	int version;
	bool disposable;
	bool durable;
	bool exclusive;
	const char *const *statements;
	unsigned n;
};
int sqlx_open(const char *path, const struct sqlx_plan *plan, struct sqlx **out,
    struct err *e) MUST_CHECK;
void sqlx_close(struct sqlx *db);
DEFINE_STRUCT_CLEANUP(sqlx, sqlx_close)

/* A value for a parameter; borrowed during the call.  NULL text is NULL. */
enum sqlx_kind {
	SQLX_INT,
	SQLX_TEXT,
	SQLX_BLOB
};
struct sqlx_value {
	enum sqlx_kind kind;
	int64_t i;
	const char *text;
	struct slice blob;
};
static inline struct sqlx_value
sqlx_int(int64_t i)
{
	return (struct sqlx_value){ .kind = SQLX_INT, .i = i };
}
static inline struct sqlx_value
sqlx_text(const char *text)
{
	return (struct sqlx_value){ .kind = SQLX_TEXT, .text = text };
}
static inline struct sqlx_value
sqlx_blob(const void *p, size_t n)
{
	return (struct sqlx_value){ .kind = SQLX_BLOB, .blob = { p, n } };
}
struct sqlx_args {
	const struct sqlx_value *v;
	unsigned n;
};
#define SQLX_ARGS(...)                                                   \
	((struct sqlx_args){ (const struct sqlx_value[]){ __VA_ARGS__ }, \
	    sizeof((const struct sqlx_value[]){ __VA_ARGS__ }) /         \
		sizeof(struct sqlx_value) })
#define SQLX_NONE ((struct sqlx_args){ NULL, 0 })

/* A row while a statement stands on it. */
struct sqlx_row;
int64_t sqlx_row_int(const struct sqlx_row *row, int column);
const char *sqlx_row_text(const struct sqlx_row *row, int column); /* NULL */
struct slice sqlx_row_blob(const struct sqlx_row *row, int column);
int sqlx_row_columns(const struct sqlx_row *row);

/* Run statement number st; rows, if any, are passed over. */
int sqlx_run(struct sqlx *db, unsigned st, struct sqlx_args args,
    struct err *e) MUST_CHECK;
/* Rows changed by the last sqlx_run. */
int64_t sqlx_changes(const struct sqlx *db);
/*
 * fn gets each row; -1 ends the query with its error.  fn must not run the
 * same statement.
 */
typedef int sqlx_row_fn(const struct sqlx_row *row, void *arg, struct err *e);
int sqlx_query(struct sqlx *db, unsigned st, struct sqlx_args args,
    sqlx_row_fn *fn, void *arg, struct err *e) MUST_CHECK;

/* A transaction; _end with commit false rolls back and cannot fail. */
int sqlx_begin(struct sqlx *db, struct err *e) MUST_CHECK;
int sqlx_end(struct sqlx *db, bool commit, struct err *e) MUST_CHECK;
/* Pages held in memory, in KiB; a smaller figure gives memory back. */
int sqlx_cache(struct sqlx *db, unsigned kib, struct err *e) MUST_CHECK;
/* Drop everything and lay the tables out anew. */
int sqlx_clear(struct sqlx *db, struct err *e) MUST_CHECK;
/* SQLite has found the file malformed; a disposable one is cleared at close. */
bool sqlx_damaged(const struct sqlx *db);

#endif
