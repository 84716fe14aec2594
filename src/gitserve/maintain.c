/* SPDX-License-Identifier: Apache-2.0 */
/* Maintenance by stock git: what it may do, in order, under its own lock. */
#include "gitserve_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/limits.h"

#define SAID_BYTES KIB(4)

/* Rule GIT-NEVER: no gc, no prune, no repack that drops what it does not
 * reach: unsealed segments may be all that reaches it. */
static const char *const repack[] = { "repack", "--geometric=2", "-d", "-n",
	"-q", "--write-midx", "--write-bitmap-index", NULL };
static const char *const graph[] = { "commit-graph", "write", "--reachable",
	"--split", "--changed-paths", "--no-progress", NULL };
static const char *const fsck[] = { "fsck", "--full", "--strict",
	"--no-dangling", "--no-progress", NULL };

/* One maintenance under way. */
struct work {
	const struct gitserve_maintain *m;
	char *path; /* of the repository */
	int lock;
	struct gitserve_report report;
};

static void
work_done(struct work *w)
{
	freep(&w->path);
	fd_closep(&w->lock);
}

static double
now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
say(const struct work *w, const char *line)
{
	if (w->m->say != NULL)
		w->m->say(w->m->arg, line);
}

/* --- what lies in the repository --- */

static bool
ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);

	return n >= k && strcmp(name + n - k, end) == 0;
}

typedef void (*entry_fn)(int dir, const char *name, void *arg);

/* Each name in a folder; one that is not there has none. */
static int
folder_each(const char *path, entry_fn fn, void *arg, struct err *e)
{
	DIR *d = opendir(path);
	const struct dirent *entry;

	if (d == NULL && errno == ENOENT)
		return 0;
	if (d == NULL)
		return err_sys(e, E_UNAVAILABLE, "cannot read the repository");
	while ((entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.' || entry->d_name[1] == 't')
			fn(dirfd(d), entry->d_name, arg);
	closedir(d);
	return 0;
}

static void
pack_count(int dir, const char *name, void *arg)
{
	struct gitserve_figures *f = arg;
	struct stat st;

	if (!ends_in(name, ".pack") || name[0] == '.' ||
	    fstatat(dir, name, &st, 0) < 0)
		return;
	f->packs++;
	f->pack_bytes += (uint64_t)st.st_size;
}

static void
loose_count(int dir, const char *name, void *arg)
{
	struct gitserve_figures *f = arg;

	(void)dir;
	if (strlen(name) == 38)
		f->loose++;
}

static int
figures_take(const char *path, struct gitserve_figures *out, struct err *e)
{
	CLEANUP(freep) char *packs = fs_join(path, "objects/pack");
	struct gitserve_figures f = { 0 };

	if (folder_each(packs, pack_count, &f, e) < 0)
		return -1;
	for (unsigned i = 0; i < 256; i++) {
		CLEANUP(freep)
		char *folder = xasprintf("%s/objects/%02x", path, i);

		if (folder_each(folder, loose_count, &f, e) < 0)
			return -1;
	}
	*out = f;
	return 0;
}

/* Under the lock nobody else makes these: who did was killed. */
static void
stale_unlink(int dir, const char *name, void *arg)
{
	(void)arg;
	if (strncmp(name, ".tmp-", 5) == 0 ||
	    strcmp(name, "multi-pack-index.lock") == 0 ||
	    strcmp(name, "commit-graph-chain.lock") == 0 ||
	    strcmp(name, "commit-graph.lock") == 0 ||
	    strncmp(name, "tmp_graph_", 10) == 0)
		(void)unlinkat(dir, name, 0);
}

static int
stale_remove(const struct work *w, struct err *e)
{
	static const char *const folders[] = { "objects/pack", "objects/info",
		"objects/info/commit-graphs" };

	for (size_t i = 0; i < NELEM(folders); i++) {
		CLEANUP(freep) char *path = fs_join(w->path, folders[i]);

		if (folder_each(path, stale_unlink, NULL, e) < 0)
			return -1;
	}
	return 0;
}

/* --- the steps --- */

static int
step(const struct work *w, const char *const *argv, double *seconds,
    struct err *e)
{
	CLEANUP(buf_free) struct buf said = BUF_INIT(SAID_BYTES);
	double began = now_seconds();
	int rv;

	say(w, argv[0]);
	rv = command_run(w->path, argv, &said, e);
	*seconds += now_seconds() - began;
	return rv;
}

/*
 * git may look while packs are swapped, by itself or by the store: a failure
 * counts when it comes twice.
 */
static int
step_twice(const struct work *w, const char *const *argv, double *seconds,
    unsigned *runs, struct err *e)
{
	struct err first = ERR_INIT;

	*runs = 1;
	if (step(w, argv, seconds, &first) == 0)
		return 0;
	say(w, "once more");
	*runs = 2;
	return step(w, argv, seconds, e);
}

static int
run_fsck(struct work *w, struct err *e)
{
	struct gitserve_report *r = &w->report;
	struct err why = ERR_INIT;

	if (!w->m->fsck ||
	    step_twice(w, fsck, &r->fsck_seconds, &r->fsck_runs, &why) == 0)
		return 0;
	err_set(e, E_STORE_CORRUPT, "git fsck found faults, twice");
	return err_wrap(e, "%s", why.trail);
}

static int
publish(const char *fresh, const char *file, const char *folder,
    uint64_t *out_bytes, struct err *e)
{
	CLEANUP(fd_closep) int fd = open(fresh, O_RDONLY | O_CLOEXEC);
	CLEANUP(fd_closep)
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || dir < 0 || fsync(fd) < 0 || fstat(fd, &st) < 0 ||
	    rename(fresh, file) < 0 || fsync(dir) < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot publish the bundle");
	*out_bytes = (uint64_t)st.st_size;
	return 0;
}

static int
run_bundle(struct work *w, struct err *e)
{
	CLEANUP(freep) char *folder = fs_join(w->m->store, GITSERVE_BUNDLES);
	CLEANUP(freep) char *file = fs_join(w->m->store, GITSERVE_BUNDLE);
	CLEANUP(freep) char *fresh = xasprintf("%s.new", file);
	CLEANUP(freep) char *lock = xasprintf("%s.lock", fresh);
	const char *const argv[] = { "bundle", "create", "-q", fresh, "--all",
		NULL };

	if (!w->m->bundle)
		return 0;
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return err_sys(e, E_UNAVAILABLE, "cannot make store/bundle");
	(void)unlink(lock);
	if (step(w, argv, &w->report.bundle_seconds, e) < 0)
		return -1;
	return publish(fresh, file, folder, &w->report.bundle_bytes, e);
}

static int
lock_take(struct work *w, struct err *e)
{
	CLEANUP(freep) char *name = fs_join(w->m->store, GITSERVE_LOCK);

	if (access(w->path, F_OK) < 0)
		return err_sys(e, E_NOT_FOUND, "there is no store");
	w->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (w->lock < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot lock maintenance");
	if (flock(w->lock, LOCK_EX | LOCK_NB) < 0)
		return err_sys(e,
		    errno == EWOULDBLOCK ? E_STORE_LOCKED : E_UNAVAILABLE,
		    "another maintenance runs");
	return 0;
}

static int
run_all(struct work *w, struct err *e)
{
	struct gitserve_report *r = &w->report;
	unsigned runs;

	if (stale_remove(w, e) < 0 || figures_take(w->path, &r->before, e) < 0)
		return -1;
	if (step_twice(w, repack, &r->repack_seconds, &runs, e) < 0 ||
	    step_twice(w, graph, &r->graph_seconds, &runs, e) < 0 ||
	    run_fsck(w, e) < 0 || run_bundle(w, e) < 0 ||
	    figures_take(w->path, &r->after, e) < 0)
		return -1;
	if (futimens(w->lock, NULL) < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot note the success");
	return 0;
}

int
gitserve_maintain(const struct gitserve_maintain *m,
    struct gitserve_report *out, struct err *e)
{
	CLEANUP(work_done) struct work w = { .m = m, .lock = -1 };

	w.path = fs_join(m->store, GITSERVE_REPOSITORY);
	if (lock_take(&w, e) < 0 || run_all(&w, e) < 0)
		return err_wrap(e, "maintenance");
	*out = w.report;
	return 0;
}
