/* SPDX-License-Identifier: Apache-2.0 */
/* An import: a new file is filled beside the old one and takes its place. */
#include "nintei/numbers_import.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/findings.h"
#include "nintei/fs.h"
#include "nintei/limits.h"

#include "numbers_int.h"

#define CACHE_KIB 16384
#define COPY_BYTES MIB(1)

struct import {
	const struct numbers_import *in;
	struct numbers_summary *out;
	char *path, *fresh; /* the register, and what becomes it */
	struct sqlx *db;
	struct numbers_state old; /* before */
	bool anew; /* a full file is among them: filled from nothing */
	char as_of[NUMBERS_DAY]; /* the newest so far */
};

static void
import_done(struct import *m)
{
	sqlx_close(m->db);
	if (m->fresh != NULL)
		(void)unlink(m->fresh);
	free(m->path);
	free(m->fresh);
}

static void
result_done(struct numbers_result *r)
{
	free(r->name);
	free(r->member);
}

void
numbers_summary_done(struct numbers_summary *s)
{
	for (size_t i = 0; i < s->n; i++)
		result_done(&s->files[i]);
	free(s->files);
	*s = (struct numbers_summary){ .n = 0 };
}

/* --- what a file is, by its name --- */

static const char *
base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Names are data of whoever made the file: safe to show. */
static char *
name_shown(const char *name)
{
	char shown[512];

	return xstrdup(text_show(shown, sizeof(shown), name, strlen(name)));
}

static enum numbers_kind
kind_of(const char *name)
{
	if (strstr(name, "_all_") != NULL)
		return NUMBERS_FULL;
	return strncmp(name, "diff", 4) == 0 ? NUMBERS_DIFF : NUMBERS_KIND_NONE;
}

/* The eight digits of "31_tottori_all_20260529.zip". */
static void
day_of(const char *name, char out[NUMBERS_DAY])
{
	char day[NUMBERS_DAY];
	size_t n = 0;

	for (const char *p = name; n < 8 && *p != '\0'; p += n > 0 ? n : 1) {
		for (n = 0; p[n] >= '0' && p[n] <= '9'; n++)
			;
		if (n != 8)
			continue;
		(void)snprintf(
		    day, sizeof(day), "%.4s-%.2s-%.2s", p, p + 4, p + 6);
		if (numbers_is_day(slice_str(day)))
			(void)snprintf(out, NUMBERS_DAY, "%s", day);
		return;
	}
}

static int
describe(const struct numbers_import *in, const char *path,
    struct numbers_result *r, struct err *e)
{
	r->name = name_shown(base_of(path));
	r->member = xstrdup("");
	r->kind = in->kind != NUMBERS_KIND_NONE ? in->kind : kind_of(r->name);
	if (in->as_of != NULL)
		(void)snprintf(r->as_of, sizeof(r->as_of), "%s", in->as_of);
	else
		day_of(r->name, r->as_of);
	if (r->kind == NUMBERS_KIND_NONE)
		return err_set(e, E_USAGE,
		    "%.100s: full or difference?  Say --kind full or "
		    "--kind diff",
		    r->name);
	return 0;
}

static int
describe_all(struct import *m, struct err *e)
{
	const struct numbers_import *in = m->in;

	if (in->as_of != NULL && !numbers_is_day(slice_str(in->as_of)))
		return err_set(e, E_USAGE, "--as-of: want YYYY-MM-DD");
	m->out->files = xcalloc(in->n_paths, sizeof(*m->out->files));
	for (size_t i = 0; i < in->n_paths; i++) {
		m->out->n = i + 1;
		if (describe(in, in->paths[i], &m->out->files[i], e) < 0)
			return -1;
		m->anew = m->anew || m->out->files[i].kind == NUMBERS_FULL;
	}
	return 0;
}

/* --- the file that is being filled --- */

static int
copy_file(const char *from, const char *to, struct err *e)
{
	CLEANUP(fd_closep) int in = open(from, O_RDONLY | O_CLOEXEC);
	CLEANUP(fd_closep)
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	CLEANUP(freep) uint8_t *piece = xcalloc(1, COPY_BYTES);
	ssize_t n;

	if (in < 0 || out < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot copy the register");
	while ((n = read(in, piece, COPY_BYTES)) > 0)
		if (fd_write(out, piece, (size_t)n, e) < 0)
			return -1;
	return n < 0 ? err_sys(e, E_UNAVAILABLE, "cannot copy the register")
		     : 0;
}

static int
read_old(struct import *m, struct err *e)
{
	CLEANUP(numbers_freep) struct numbers *n = NULL;

	if (numbers_open(m->in->home, &n, e) < 0 ||
	    numbers_state(n, &m->old, e) < 0)
		return -1;
	(void)snprintf(m->as_of, sizeof(m->as_of), "%s", m->old.as_of);
	return 0;
}

/*
 * Filled from nothing, the index comes last and what the old one knows beyond
 * it is merged; else the old one is copied, with its index.
 */
static int
begin(struct import *m, struct err *e)
{
	bool copied = !m->anew && m->old.present;

	if (unlink(m->fresh) < 0 && errno != ENOENT)
		return err_sys(e, E_UNAVAILABLE, "an old temporary file");
	if (copied && copy_file(m->path, m->fresh, e) < 0)
		return -1;
	if (sqlx_open(m->fresh, &numbers_plan_bulk, &m->db, e) < 0 ||
	    sqlx_cache(m->db, CACHE_KIB, e) < 0)
		return -1;
	if (m->anew && m->old.present &&
	    sqlx_run(m->db, NST_ATTACH, SQLX_ARGS(sqlx_text(m->path)), e) < 0)
		return -1;
	if (sqlx_begin(m->db, e) < 0)
		return -1;
	if (m->anew && m->old.present)
		return sqlx_run(m->db, NST_MERGE_FILES, SQLX_NONE, e);
	return m->anew || copied
	    ? 0
	    : sqlx_run(m->db, NST_NUMBER_INDEX, SQLX_NONE, e);
}

static int
sync_path(const char *path, int flags, struct err *e)
{
	CLEANUP(fd_closep) int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot write the register");
	return 0;
}

static int
finish(struct import *m, struct err *e)
{
	CLEANUP(freep) char *folder = fs_join(m->in->home, "store");

	if (m->anew && sqlx_run(m->db, NST_NUMBER_INDEX, SQLX_NONE, e) < 0)
		return -1;
	if (m->anew && m->old.present &&
	    sqlx_run(m->db, NST_MERGE_ENTRIES, SQLX_NONE, e) < 0)
		return -1;
	if (sqlx_end(m->db, true, e) < 0)
		return -1;
	sqlx_close(TAKE(m->db));
	if (chmod(m->fresh, 0644) < 0)
		return err_sys(e, E_UNAVAILABLE, "chmod");
	if (sync_path(m->fresh, O_RDONLY, e) < 0)
		return -1;
	if (rename(m->fresh, m->path) < 0)
		return err_sys(e, E_UNAVAILABLE, "rename");
	return sync_path(folder, O_RDONLY | O_DIRECTORY, e);
}

/* --- one file --- */

/* The agency keeps difference files for 40 days: after more, some are lost. */
static int
gap_check(const struct import *m, const struct numbers_result *r, struct err *e)
{
	struct jday last, day;

	if (r->kind != NUMBERS_DIFF || m->as_of[0] == '\0' ||
	    r->as_of[0] == '\0')
		return 0;
	if (jday_parse(m->as_of, &last, e) < 0 ||
	    jday_parse(r->as_of, &day, e) < 0)
		return -1;
	if (day.n - last.n <= NUMBERS_GAP_DAYS)
		return 0;
	return err_set(e, E_INVALID,
	    "%.60s: more than %d days after %s, import a full file first",
	    r->name, NUMBERS_GAP_DAYS, m->as_of);
}

static int
id_fn(const struct sqlx_row *row, void *arg, struct err *e)
{
	(void)e;
	*(int64_t *)arg = sqlx_row_int(row, 0);
	return 0;
}

static int
file_put(const struct import *m, int64_t id, const struct numbers_result *r,
    struct err *e)
{
	bool whole =
	    r->kind == NUMBERS_FULL && strstr(r->name, "zenkoku") != NULL;

	return sqlx_run(m->db, NST_FILE_PUT,
	    SQLX_ARGS(sqlx_int(id), sqlx_text(r->name),
		sqlx_text(r->kind == NUMBERS_FULL ? "full" : "diff"),
		sqlx_int(whole), sqlx_text(r->as_of), sqlx_text(r->sha256),
		sqlx_int((int64_t)r->bytes), sqlx_int((int64_t)r->rows),
		sqlx_int((int64_t)r->bad),
		sqlx_text(r->signed_good ? "good" : "not_checked"),
		sqlx_text(r->signer), sqlx_int(m->in->now)),
	    e);
}

static int
import_one(struct import *m, struct numbers_loader *l, const char *path,
    struct numbers_result *r, struct err *e)
{
	CLEANUP(numbers_source_freep) struct numbers_source *s = NULL;

	if (numbers_source_open(path, &s, e) < 0 || gap_check(m, r, e) < 0)
		return -1;
	free(r->member);
	r->member = name_shown(numbers_source_member(s));
	l->total += numbers_source_size(s);
	if (sqlx_query(m->db, NST_FILE_NEXT, SQLX_NONE, id_fn, &l->file, e) < 0)
		return -1;
	if (numbers_load(l, s, r, e) < 0)
		return err_wrap(e, "%s", r->name);
	m->out->rows += r->rows;
	if (strcmp(r->as_of, m->as_of) > 0)
		(void)snprintf(m->as_of, sizeof(m->as_of), "%s", r->as_of);
	return file_put(m, l->file, r, e);
}

static int
run(struct import *m, struct err *e)
{
	struct numbers_loader l = { .in = m->in, .fresh = m->anew };

	if (read_old(m, e) < 0 || begin(m, e) < 0)
		return -1;
	l.db = m->db;
	for (size_t i = 0; i < m->in->n_paths; i++)
		if (import_one(m, &l, m->in->paths[i], &m->out->files[i], e) <
		    0)
			return -1;
	return finish(m, e);
}

/* One import at a time. */
static int
lock(const char *home, int *out, struct err *e)
{
	CLEANUP(freep) char *path = fs_join(home, "store/numbers.lock");
	CLEANUP(fd_closep)
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0)
		return err_sys(e, errno == ENOENT ? E_NOT_FOUND : E_UNAVAILABLE,
		    "no home of an authority is here");
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return err_sys(e, E_STORE_LOCKED, "another import is running");
	*out = TAKE_FD(fd);
	return 0;
}

int
numbers_import(
    const struct numbers_import *in, struct numbers_summary *out, struct err *e)
{
	CLEANUP(fd_closep) int held = -1;
	CLEANUP(import_done) struct import m = { .in = in, .out = out };

	*out = (struct numbers_summary){ .n = 0 };
	if (describe_all(&m, e) < 0 || lock(in->home, &held, e) < 0)
		return -1;
	m.path = fs_join(in->home, NUMBERS_FILE);
	m.fresh = fs_join(in->home, NUMBERS_FILE ".new");
	return run(&m, e);
}
