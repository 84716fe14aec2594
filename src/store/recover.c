/* SPDX-License-Identifier: Apache-2.0 */
/* What a crash left in store/intake becomes packs, or goes: STORE 4. */
#include "item_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "nintei/fs.h"
#include "recover_int.h"

struct names {
	char **v;
	size_t n;
};

static void
names_free(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
}

static int
by_name(const void *a, const void *b)
{
	const char *const *l = a;
	const char *const *r = b;

	return strcmp(*l, *r);
}

/* Files of the intake that begin like this, in the order they were made. */
static int
names_read(
    const struct store *s, const char *prefix, struct names *out, struct err *e)
{
	DIR *d = opendir(s->intake);
	struct dirent *at;

	if (d == NULL)
		return err_sys(e, E_UNAVAILABLE, "cannot read the intake");
	while ((at = readdir(d)) != NULL) {
		if (strncmp(at->d_name, prefix, strlen(prefix)) != 0)
			continue;
		out->v = xrealloc(out->v, out->n + 1, sizeof(*out->v));
		out->v[out->n++] = fs_join(s->intake, at->d_name);
	}
	closedir(d);
	if (out->n > 0)
		qsort(out->v, out->n, sizeof(*out->v), by_name);
	return 0;
}

static int
file_size(const struct segment *g, uint64_t *out, struct err *e)
{
	struct stat st;

	if (fstat(g->fd, &st) < 0)
		return err_sys(e, E_UNAVAILABLE, "fstat");
	*out = (uint64_t)st.st_size;
	return 0;
}

/* --- scanning --- */

struct scan {
	struct segment *segment;
	struct commits *commits; /* NULL: documents */
	struct unsealed seen;
};

/* An object twice is what a later write would have replaced. */
static int
take_entry(const struct pack_found *f, void *arg, struct err *e)
{
	struct scan *scan = arg;
	struct object o = { f->mark, f->type, f->size };
	struct found_commit found = { f->mark.id, f->mark.at + f->stored,
		scan->segment->objects.n + 1 };

	(void)e;
	if ((scan->commits == NULL && f->type != PACK_BLOB) ||
	    unsealed_find(&scan->seen, &o.mark.id) != NULL)
		return 1;
	objects_add(&scan->segment->objects, &o);
	unsealed_add(&scan->seen, scan->segment, &o);
	if (scan->commits != NULL && f->type == PACK_COMMIT)
		commits_add(scan->commits, &found);
	return 0;
}

/* commits NULL: a segment of documents. */
static int
segment_scan(struct segment *g, struct commits *commits, struct err *e)
{
	struct pack_range range = { .from = PACK_HEADER };
	struct scan scan = { .segment = g, .commits = commits };
	struct pack_scanned found;
	int rv;

	if (file_size(g, &range.to, e) < 0)
		return -1;
	if (range.to <= PACK_HEADER)
		return 0;
	rv = pack_scan(g->fd, &range, take_entry, &scan, &found, e);
	unsealed_free(&scan.seen);
	if (rv == 0)
		g->end = found.good;
	return rv;
}

/* What is not zero after the end was torn, or never acknowledged. */
static int
count_dropped(const struct segment *g, uint64_t size, struct store_report *r,
    struct err *e)
{
	CLEANUP(freep) uint8_t *piece = xcalloc(1, KIB(64));
	uint64_t last = g->end;

	for (uint64_t at = g->end; at < size;) {
		size_t n = size - at < KIB(64) ? (size_t)(size - at) : KIB(64);

		if (fd_pread(g->fd, piece, n, (off_t)at, e) < 0)
			return -1;
		for (size_t i = 0; i < n; i++)
			if (piece[i] != 0)
				last = at + i + 1;
		at += n;
	}
	r->bytes_dropped += last - g->end;
	return 0;
}

static int
drop(struct store *s, struct segment *g, struct err *e)
{
	const struct store_files *f = s->files;

	if (f->unlink(f->arg, g->path) < 0 && errno != ENOENT)
		return err_sys(e, E_UNAVAILABLE, "cannot remove a segment");
	return files_sync_dir(f, s->intake, e);
}

/* --- sealing --- */

/* What is made from now on has other names. */
static void
name_avoid(struct store *s, const char *path)
{
	const char *last = strrchr(path, '-');
	struct err quiet = ERR_INIT;
	uint8_t b[4];
	unsigned n;

	if (last == NULL || hex_decode(last + 1, b, sizeof(b), &quiet) < 0)
		return;
	n = (unsigned)b[0] << 24 | (unsigned)b[1] << 16 | (unsigned)b[2] << 8 |
	    b[3];
	if (n > s->segments_made)
		s->segments_made = n;
}

/* Without room it is read where it is, and sealed later. */
static void
keep(struct store *s, struct segment *g)
{
	for (size_t i = 0; i < g->objects.n; i++)
		unsealed_add(&s->unsealed, g, &g->objects.v[i]);
	name_avoid(s, g->path);
	if (g->journal) {
		*s->retired_last = g;
		s->retired_last = &g->next;
		return;
	}
	g->named = g->closed = true;
	g->next = s->docs;
	s->docs = g;
}

/* No journal before one that waits, or before documents that do. */
static int
seal_or_keep(struct recovery *r, struct segment **g, struct err *e)
{
	struct store *s = r->s;
	struct err why = ERR_INIT;

	if ((*g)->journal && (s->retired != NULL || s->docs != NULL)) {
		keep(s, TAKE(*g));
		return 0;
	}
	if (segment_seal(s, *g, &why) == 0) {
		r->report->segments_sealed++;
		if ((*g)->journal)
			s->sealed_size = (*g)->log_size;
		return 0;
	}
	if (files_full(&why)) {
		keep(s, TAKE(*g));
		return 0;
	}
	*e = why;
	return -1;
}

/* --- documents --- */

static int
recover_doc(struct recovery *r, const char *path, struct err *e)
{
	CLEANUP(segment_freep) struct segment *g = NULL;
	struct store *s = r->s;

	if (segment_load(s->files, path, &g, e) < 0 ||
	    segment_scan(g, NULL, e) < 0)
		return -1;
	if (g->objects.n == 0)
		return drop(s, g, e);
	return seal_or_keep(r, &g, e);
}

/* --- the journal --- */

/* Cut the segment after the last commit that continues the history. */
static int
segment_cut(struct recovery *r, struct segment *g,
    const struct commits *commits, struct err *e)
{
	struct store *s = r->s;
	size_t good = 0, objects = 0;
	struct tip next;
	int rv = 0;

	g->end = PACK_HEADER;
	for (; good < commits->n; good++) {
		rv = commit_check(r, &commits->v[good].id, &next, e);
		if (rv != 0)
			break;
		s->tip = next;
		g->end = commits->v[good].end;
		objects = commits->v[good].objects;
	}
	unsealed_drop(&s->unsealed, g);
	g->objects.n = objects;
	g->commit = s->tip.commit;
	g->log_size = s->tip.log_size;
	r->report->commits_recovered += good;
	return rv < 0 ? -1 : 0;
}

/* It was sealed as a whole, and only not yet removed. */
static bool
is_sealed(struct store *s, const struct commits *commits)
{
	return commits->n > 0 &&
	    commit_is_before(s, &commits->v[commits->n - 1].id);
}

/* 1: it does not follow yet. */
static int
recover_journal(struct recovery *r, const char *path, struct err *e)
{
	CLEANUP(segment_freep) struct segment *g = NULL;
	CLEANUP(commits_free) struct commits commits = { 0 };
	struct store *s = r->s;
	uint64_t size;

	if (segment_load(s->files, path, &g, e) < 0 ||
	    file_size(g, &size, e) < 0 || segment_scan(g, &commits, e) < 0)
		return -1;
	g->journal = true;
	for (size_t i = 0; i < g->objects.n; i++)
		unsealed_add(&s->unsealed, g, &g->objects.v[i]);
	if (is_sealed(s, &commits)) {
		unsealed_drop(&s->unsealed, g);
		return drop(s, g, e);
	}
	if (segment_cut(r, g, &commits, e) < 0)
		return -1;
	if (g->objects.n == 0 && commits.n > 0 && r->may_wait)
		return 1;
	if (count_dropped(g, size, r->report, e) < 0)
		return -1;
	if (g->objects.n == 0)
		return drop(s, g, e);
	return seal_or_keep(r, &g, e);
}

typedef int (*recover_fn)(struct recovery *r, const char *path, struct err *e);

/* Those that fn puts off, with 1, stay in the list. */
static int
recover_each(
    struct recovery *r, struct names *names, recover_fn fn, struct err *e)
{
	size_t left = 0;

	for (size_t i = 0; i < names->n; i++) {
		int rv = fn(r, names->v[i], e);

		if (rv < 0)
			return -1;
		if (rv == 0)
			continue;
		char *later = names->v[i];

		names->v[i] = names->v[left];
		names->v[left++] = later;
	}
	for (size_t i = left; i < names->n; i++)
		free(names->v[i]);
	names->n = left;
	return 0;
}

static int
recover_docs(struct recovery *r, struct err *e)
{
	CLEANUP(names_free) struct names names = { 0 };

	if (names_read(r->s, "doc-", &names, e) < 0)
		return -1;
	return recover_each(r, &names, recover_doc, e);
}

/*
 * A segment may be made before another and used after it: one that does not
 * follow waits until no other does either.
 */
static int
recover_journals(struct recovery *r, struct err *e)
{
	CLEANUP(names_free) struct names names = { 0 };
	size_t before;

	if (names_read(r->s, "ev-", &names, e) < 0)
		return -1;
	r->may_wait = true;
	do {
		before = names.n;
		if (recover_each(r, &names, recover_journal, e) < 0)
			return -1;
	} while (names.n > 0 && names.n < before);
	r->may_wait = false;
	return recover_each(r, &names, recover_journal, e);
}

/* Documents first: a commit counts only with them. */
int
recover(struct store *s, struct store_report *report, struct err *e)
{
	struct recovery r = { .s = s, .report = report };

	if (log_frontier(s, &r.log, e) < 0 || recover_docs(&r, e) < 0)
		return -1;
	return recover_journals(&r, e);
}
