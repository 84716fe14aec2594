/* SPDX-License-Identifier: Apache-2.0 */
/* Look-ups in the imported register, whichever file stands there now. */
#include "nintei/numbers.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "nintei/fs.h"

#include "numbers_int.h"

struct numbers {
	char *path;
	pthread_mutex_t lock;
	struct sqlx *db; /* NULL: there is no register */
	struct stat seen; /* of the file that is open */
};

static struct numbers *
numbers_lock(struct numbers *n)
{
	pthread_mutex_lock(&n->lock);
	return n;
}

static void
numbers_unlock(struct numbers **n)
{
	pthread_mutex_unlock(&(*n)->lock);
}

int
numbers_open(const char *home, struct numbers **out, struct err *e)
{
	struct numbers *n = xcalloc(1, sizeof(*n));

	(void)e;
	n->path = fs_join(home, NUMBERS_FILE);
	pthread_mutex_init(&n->lock, NULL);
	*out = n;
	return 0;
}

void
numbers_close(struct numbers *n)
{
	if (n == NULL)
		return;
	sqlx_close(n->db);
	pthread_mutex_destroy(&n->lock);
	free(n->path);
	free(n);
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Open what lies there now; held->db is NULL when nothing does. */
static int
settle(struct numbers *held, struct err *e)
{
	struct stat st;

	if (lstat(held->path, &st) < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return err_sys(e, E_UNAVAILABLE, "the register");
		sqlx_close(TAKE(held->db));
		return 0;
	}
	if (!S_ISREG(st.st_mode)) /* a pipe would hold us for ever */
		return err_set(e, E_STORE_CORRUPT,
		    "the register of corporate numbers is no file");
	if (held->db != NULL && is_same(&st, &held->seen))
		return 0;
	sqlx_close(TAKE(held->db));
	if (sqlx_open(held->path, &numbers_plan_read, &held->db, e) < 0)
		return err_wrap(e, "register of corporate numbers");
	held->seen = st;
	return 0;
}

static int
state_fn(const struct sqlx_row *row, void *arg, struct err *e)
{
	struct numbers_state *s = arg;

	(void)e;
	s->files = sqlx_row_int(row, 0);
	s->generation = sqlx_row_int(row, 1);
	(void)snprintf(s->as_of, sizeof(s->as_of), "%s", sqlx_row_text(row, 2));
	s->whole = sqlx_row_int(row, 3) != 0;
	s->present = s->files > 0;
	return 0;
}

int
numbers_state(struct numbers *n, struct numbers_state *out, struct err *e)
{
	CLEANUP(numbers_unlock) struct numbers *held = numbers_lock(n);
	struct numbers_state s = { .present = false };

	if (settle(held, e) < 0)
		return -1;
	if (held->db != NULL &&
	    sqlx_query(held->db, NST_STATE, SQLX_NONE, state_fn, &s, e) < 0)
		return -1;
	*out = s;
	return 0;
}

struct files_arg {
	int (*fn)(const struct numbers_file *f, void *arg, struct err *e);
	void *arg;
};

static int
files_fn(const struct sqlx_row *row, void *arg, struct err *e)
{
	struct files_arg *a = arg;
	struct numbers_file f = {
		.name = sqlx_row_text(row, 0),
		.kind = sqlx_row_text(row, 1),
		.as_of = sqlx_row_text(row, 2),
		.sha256 = sqlx_row_text(row, 3),
		.signature = sqlx_row_text(row, 4),
		.signer = sqlx_row_text(row, 5),
		.rows = sqlx_row_int(row, 6),
		.bad = sqlx_row_int(row, 7),
		.imported_at = sqlx_row_int(row, 8),
	};

	return a->fn(&f, a->arg, e);
}

int
numbers_files(struct numbers *n,
    int (*fn)(const struct numbers_file *f, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(numbers_unlock) struct numbers *held = numbers_lock(n);
	struct files_arg a = { fn, arg };

	if (settle(held, e) < 0)
		return -1;
	return held->db == NULL
	    ? 0
	    : sqlx_query(held->db, NST_FILES, SQLX_NONE, files_fn, &a, e);
}

/* --- rows of one number --- */

static int
rows_fn(const struct sqlx_row *row, void *arg, struct err *e)
{
	struct numbers_rows *r = arg;

	if (r->n == NUMBERS_ROWS_MAX)
		return err_set(e, E_LIMIT, "a number with too many rows");
	if (numbers_entry_load(r->number, sqlx_row_blob(row, 0),
		sqlx_row_text(row, 1), &r->at[r->n].entry, e) < 0)
		return -1;
	r->at[r->n].file = sqlx_row_int(row, 2);
	r->at[r->n].seq = sqlx_row_int(row, 3);
	r->n++;
	return 0;
}

/* By the day of publication; then as they stood in the files. */
static int
row_order(const void *a, const void *b)
{
	const struct numbers_row_at *x = a, *y = b;
	int by_day = strcmp(x->entry.field[NUMBER_UPDATE_DATE],
	    y->entry.field[NUMBER_UPDATE_DATE]);

	if (by_day != 0)
		return by_day;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

void
numbers_rows_done(struct numbers_rows *r)
{
	for (size_t i = 0; i < r->n; i++)
		numbers_entry_done(&r->at[i].entry);
	free(r->at);
	r->at = NULL;
	r->n = 0;
}

int
numbers_rows_load(struct numbers *n, const char *number, struct numbers_rows *r,
    struct err *e)
{
	CLEANUP(numbers_unlock) struct numbers *held = numbers_lock(n);

	if (registry_number_check(number) != NUMBER_FAULT_NONE)
		return err_set(e, E_INPUT, "want a corporate number");
	(void)snprintf(r->number, sizeof(r->number), "%s", number);
	if (settle(held, e) < 0)
		return -1;
	if (held->db == NULL)
		return 0;
	r->at = xcalloc(NUMBERS_ROWS_MAX, sizeof(*r->at));
	if (sqlx_query(held->db, NST_ENTRIES,
		SQLX_ARGS(sqlx_int(numbers_key(number))), rows_fn, r, e) < 0)
		return -1;
	if (r->n > 1)
		qsort(r->at, r->n, sizeof(*r->at), row_order);
	return 0;
}

/* The newest row that says it is the present one. */
static struct numbers_row_at *
present(struct numbers_rows *r)
{
	for (size_t i = r->n; i > 0; i--)
		if (strcmp(r->at[i - 1].entry.field[NUMBER_LATEST], "1") == 0)
			return &r->at[i - 1];
	return NULL;
}

int
numbers_find(struct numbers *n, const char *number,
    enum numbers_answer *out_answer, struct numbers_entry *out, struct err *e)
{
	CLEANUP(numbers_rows_done) struct numbers_rows r = { .n = 0 };
	struct numbers_row_at *at;
	struct numbers_state s;

	if (numbers_rows_load(n, number, &r, e) < 0)
		return -1;
	at = present(&r);
	if (at == NULL && numbers_state(n, &s, e) < 0)
		return -1;
	if (at != NULL) {
		*out = at->entry;
		at->entry = (struct numbers_entry){ .hold = NULL };
		*out_answer = NUMBERS_PRESENT;
	} else if (!s.present) {
		*out_answer = NUMBERS_NONE;
	} else {
		*out_answer = s.whole ? NUMBERS_ABSENT : NUMBERS_UNKNOWN;
	}
	return 0;
}

int
numbers_history(struct numbers *n, const char *number, numbers_fn *fn,
    void *arg, struct err *e)
{
	CLEANUP(numbers_rows_done) struct numbers_rows r = { .n = 0 };

	if (numbers_rows_load(n, number, &r, e) < 0)
		return -1;
	for (size_t i = 0; i < r.n; i++)
		if (fn(&r.at[i].entry, arg, e) < 0)
			return -1;
	return 0;
}

const char *
numbers_answer_name(enum numbers_answer a)
{
	static const char *const names[NUMBERS_ANSWER_MAX] = {
		[NUMBERS_NONE] = "no_register",
		[NUMBERS_PRESENT] = "present",
		[NUMBERS_ABSENT] = "absent",
		[NUMBERS_UNKNOWN] = "unknown",
	};

	return a < NUMBERS_ANSWER_MAX ? names[a] : "";
}
