/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_INDEX_INT_H
#define NINTEI_INDEX_INT_H
/*
 * index_int: the file, its numbered statements, and rows as tables of
 * members: one description binds, reads and copies a row.
 */
#include <pthread.h>

#include "nintei/index.h"
#include "nintei/sqlx.h"

struct index {
	pthread_mutex_t lock;
	struct sqlx *db;
	unsigned batch; /* events of a replay in the open transaction */
	bool replaying;
};

enum statement {
#define ST(name, sql) ST_##name,
#include "statements.inc"
#undef ST
	ST_MAX
};

/* Hold the lock until the end of the scope: CLEANUP(index_unlock). */
struct index *index_lock(struct index *x);
void index_unlock(struct index **x);

/* The first eight bytes of a hash of 64 hex digits.  E_INPUT. */
int index_log_key(const char *hash, int64_t *out, struct err *e) MUST_CHECK;

#define ROW_COLUMNS_MAX 16
/* A member of a row struct: const char * or int64_t, in column order. */
struct member {
	bool is_int;
	size_t at;
};
struct row_shape {
	const struct member *members;
	unsigned n;
	size_t size; /* of the struct */
};
extern const struct row_shape shape_dossier;
extern const struct row_shape shape_machine;
extern const struct row_shape shape_event;
extern const struct row_shape shape_document;
extern const struct row_shape shape_decision;
extern const struct row_shape shape_certification;
extern const struct row_shape shape_version;
extern const struct row_shape shape_publication;
extern const struct row_shape shape_owed;
extern const struct row_shape shape_deadline;
extern const struct row_shape shape_fee;

/* Each row as its struct to the caller's typed function: <name>_row. */
#define LISTER(name)                                                           \
	struct name##_call {                                                   \
		int (*fn)(                                                     \
		    const struct index_##name *row, void *arg, struct err *e); \
		void *arg;                                                     \
	};                                                                     \
	static int name##_row(                                                 \
	    const struct sqlx_row *from, void *arg, struct err *e)             \
	{                                                                      \
		struct name##_call *call = arg;                                \
		struct index_##name row = { 0 };                               \
                                                                               \
		row_read(&shape_##name, from, &row);                           \
		return call->fn(&row, call->arg, e);                           \
	}

/* One row into `row`, its texts into hold.  E_NOT_FOUND. */
struct single {
	const struct row_shape *shape;
	void *row;
	struct buf *hold;
	bool found;
};
int single_get(struct index *x, enum statement st, struct sqlx_args args,
    struct single *one, struct err *e) MUST_CHECK;

/* values: room for ROW_COLUMNS_MAX; borrowed from row. */
struct sqlx_args row_bind(
    const struct row_shape *shape, const void *row, struct sqlx_value *values);
/* Texts are borrowed from the statement. */
void row_read(
    const struct row_shape *shape, const struct sqlx_row *from, void *row);
/* Texts move into hold, which must not hold anything else yet. */
int row_hold(const struct row_shape *shape, void *row, struct buf *hold,
    struct err *e) MUST_CHECK;

#endif
