/* SPDX-License-Identifier: Apache-2.0 */
/* Making, opening and closing a store. */
#include "item_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "nintei/fs.h"

#define NEW_NAME "audit.git.new"

static int
lock_take(const char *dir, int *out, struct err *e)
{
	CLEANUP(freep) char *path = fs_join(dir, "lock");
	CLEANUP(fd_closep)
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_sys(e, errno == ENOENT ? E_NOT_FOUND : E_UNAVAILABLE,
		    "cannot lock the store");
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return err_sys(e,
		    errno == EWOULDBLOCK ? E_STORE_LOCKED : E_UNAVAILABLE,
		    "another process holds the store");
	*out = TAKE_FD(fd);
	return 0;
}

static void
options_take(struct store *s, const struct store_opts *opts)
{
	s->writable = true;
	s->opts = *opts;
	if (s->opts.seal_ms == 0)
		s->opts.seal_ms = SEAL_MS;
	if (s->opts.seal_bytes == 0)
		s->opts.seal_bytes = SEAL_BYTES;
	if (opts->files != NULL)
		s->files = opts->files;
	s->step = MIB(1);
}

/* The tip as its own commit says it: nothing before it is read. */
static int
tip_load(struct store *s, struct err *e)
{
	CLEANUP(gitx_freep) struct gitx *g = NULL;
	struct gitx_oid head;
	struct commit c;

	if (gitx_open(s->gitdir, &g, e) < 0 ||
	    gitx_ref_read(g, STORE_REF, &head, e) < 0 ||
	    store_commit_read(s, &head, &c, e) < 0)
		return -1;
	s->tip = (struct tip){ .commit = head,
		.tree = c.tree,
		.log_size = c.message.log_size,
		.committed_at = c.committed_at,
		.any = true };
	hash_copy(c.message.log_root, s->tip.log_root);
	return 0;
}

/* --- a store to write to --- */

static int
intake_make(struct store *s, const char *dir, struct err *e)
{
	if (fs_mkdirs(AT_FDCWD, s->intake, 0700, e) < 0)
		return -1;
	return files_sync_dir(s->files, dir, e);
}

static int
bring_up(
    struct store *s, const char *dir, struct store_report *r, struct err *e)
{
	if (tip_load(s, e) < 0 || intake_make(s, dir, e) < 0 ||
	    log_open(s, dir, &r->log_rebuilt, e) < 0)
		return -1;
	s->sealed_size = s->tip.log_size;
	if (recover(s, r, e) < 0 || log_extend_all(s, e) < 0)
		return -1;
	r->commits = s->epoch = s->tip.log_size;
	s->committer = committer_new(s, e);
	return s->committer == NULL ? -1 : 0;
}

static int
threads_start(struct store *s, struct err *e)
{
	if (sealer_start(s, e) < 0)
		return -1;
	if (committer_start(s, e) < 0) {
		sealer_stop(s);
		return -1;
	}
	s->threads = true;
	return 0;
}

int
store_open(const char *dir, const struct store_opts *opts,
    struct store_report *report, struct store **out, struct err *e)
{
	CLEANUP(freep) char *gitdir = fs_join(dir, GIT_NAME);
	CLEANUP(store_freep) struct store *s = NULL;
	CLEANUP(fd_closep) int lock = -1;
	struct store_report r = { 0 };

	if (access(gitdir, F_OK) < 0)
		return err_sys(e, E_NOT_FOUND, "there is no store");
	if (lock_take(dir, &lock, e) < 0 ||
	    gitx_clean(gitdir, &r.locks_removed, &r.temporaries_removed, e) <
		0 ||
	    store_new(dir, gitdir, &s, e) < 0)
		return -1;
	s->lock_fd = TAKE_FD(lock);
	options_take(s, opts);
	if (bring_up(s, dir, &r, e) < 0 || threads_start(s, e) < 0)
		return err_wrap(e, "open");
	if (report != NULL)
		*report = r;
	*out = TAKE(s);
	return 0;
}

int
store_open_reader(const char *gitdir, struct store **out, struct err *e)
{
	CLEANUP(store_freep) struct store *s = NULL;
	CLEANUP(freep) char *below = fs_join(gitdir, ".git");

	/* libgit2 takes a work tree as well as its .git. */
	if (store_new(NULL, access(below, F_OK) == 0 ? below : gitdir, &s, e) <
		0 ||
	    tip_load(s, e) < 0)
		return -1;
	*out = TAKE(s);
	return 0;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	if (s->threads) {
		committer_stop(s);
		sealer_stop(s);
	}
	store_free(s);
}

/* --- a new one --- */

/* What a creation that was killed left behind. */
static int
make_room(const char *dir, const char *gitdir, struct err *e)
{
	CLEANUP(freep) char *intake = fs_join(dir, "intake");
	CLEANUP(freep) char *log = fs_join(dir, "log");
	CLEANUP(freep) char *catalog = fs_join(dir, "catalog");

	if (gitx_remove(gitdir, e) < 0 || gitx_remove(intake, e) < 0 ||
	    gitx_remove(log, e) < 0 || gitx_remove(catalog, e) < 0)
		return -1;
	return gitx_init(gitdir, e);
}

/* The first commit, sealed, in a repository that nobody else sees yet. */
static int
first_commit(struct store *s, const struct store_tx *first,
    struct store_done *out, struct err *e)
{
	CLEANUP(item_freep) struct item *it = NULL;

	if (item_prepare(s, first, &it, e) < 0)
		return -1;
	s->committer = committer_new(s, e);
	if (s->committer == NULL)
		return -1;
	commit_group(s->committer, &it, 1);
	if (it->why.code != E_OK) {
		*e = it->why;
		return -1;
	}
	journal_rotate(s);
	*out = it->out;
	return seal_retired(s, e);
}

static int
create_in(const char *dir, const char *gitdir, const struct store_opts *opts,
    const struct store_tx *first, struct store_done *out, struct err *e)
{
	CLEANUP(store_freep) struct store *s = NULL;

	if (make_room(dir, gitdir, e) < 0 || store_new(dir, gitdir, &s, e) < 0)
		return -1;
	options_take(s, opts);
	if (intake_make(s, dir, e) < 0)
		return -1;
	return first_commit(s, first, out, e);
}

static int
rename_durable(const char *dir, const char *from, const char *to, struct err *e)
{
	CLEANUP(fd_closep)
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || rename(from, to) < 0 || fsync(fd) < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot finish the store");
	return 0;
}

int
store_create(const char *dir, const struct store_opts *opts,
    const struct store_tx *first, struct store_done *out, struct err *e)
{
	CLEANUP(freep) char *gitdir = fs_join(dir, GIT_NAME);
	CLEANUP(freep) char *fresh = fs_join(dir, NEW_NAME);
	CLEANUP(fd_closep) int lock = -1;
	struct store_done done;

	if (strcmp(first->machine, "body") != 0 ||
	    strcmp(first->event, "genesis") != 0 || first->seq != 1)
		return err_set(e, E_INPUT, "the first event is body.genesis");
	if (lock_take(dir, &lock, e) < 0)
		return -1;
	if (access(gitdir, F_OK) == 0)
		return err_set(e, E_STORE_CONFLICT, "there is a store already");
	if (create_in(dir, fresh, opts, first, &done, e) < 0 ||
	    rename_durable(dir, fresh, gitdir, e) < 0)
		return -1;
	*out = done;
	return 0;
}
