/* SPDX-License-Identifier: Apache-2.0 */
/* Making, opening, recovering and closing a store. */
#include "nintei/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "plain_int.h"

#define GIT_NAME "audit.git"
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

static int
store_new(const char *gitdir, struct store **out, struct err *e)
{
	CLEANUP(store_freep) struct store *s = xcalloc(1, sizeof(*s));

	s->lock_fd = -1;
	pthread_mutex_init(&s->append_lock, NULL);
	pthread_mutex_init(&s->lock, NULL);
	if (gitx_open(gitdir, &s->writer, e) < 0 ||
	    gitx_open(gitdir, &s->reader, e) < 0)
		return -1;
	*out = TAKE(s);
	return 0;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	gitx_close(s->writer);
	gitx_close(s->reader);
	pthread_mutex_destroy(&s->append_lock);
	pthread_mutex_destroy(&s->lock);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s);
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
	    store_new(gitdir, &s, e) < 0)
		return -1;
	s->lock_fd = TAKE_FD(lock);
	s->writable = true;
	s->opts = *opts;
	if (history_check(s, &r.commits, e) < 0)
		return err_wrap(e, "open");
	if (report != NULL)
		*report = r;
	*out = TAKE(s);
	return 0;
}

/* The tip as its own commit says it: nothing before it is read. */
static int
tip_load(struct store *s, struct err *e)
{
	CLEANUP(loaded_free) struct loaded l = { .text = BUF_INIT(0) };
	struct gitx_oid head;

	if (gitx_ref_read(s->reader, STORE_REF, &head, e) < 0 ||
	    history_load(s, &head, &l, e) < 0)
		return -1;
	s->tip.commit = head;
	s->tip.tree = l.commit.tree;
	s->tip.log_size = l.message.log_size;
	hash_copy(l.message.log_root, s->tip.log_root);
	s->tip.committed_at = l.commit.committed_at;
	s->tip.any = true;
	return 0;
}

int
store_open_reader(const char *gitdir, struct store **out, struct err *e)
{
	CLEANUP(store_freep) struct store *s = NULL;

	if (store_new(gitdir, &s, e) < 0 || tip_load(s, e) < 0)
		return -1;
	*out = TAKE(s);
	return 0;
}

/* The first commit, in a repository that nobody else sees yet. */
static int
create_in(const char *gitdir, const struct store_opts *opts,
    const struct store_tx *first, struct store_done *out, struct err *e)
{
	CLEANUP(store_freep) struct store *s = NULL;
	int64_t recorded_at;

	if (store_tx_check(first, &recorded_at, e) < 0)
		return -1;
	if (gitx_remove(gitdir, e) < 0 || gitx_init(gitdir, e) < 0 ||
	    store_new(gitdir, &s, e) < 0)
		return -1;
	s->writable = true;
	s->opts = *opts;
	return store_append_locked(s, first, recorded_at, out, e);
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
	if (create_in(fresh, opts, first, &done, e) < 0 ||
	    rename_durable(dir, fresh, gitdir, e) < 0)
		return -1;
	*out = done;
	return 0;
}

int
store_seal(struct store *s, struct err *e)
{
	/* Every append is already an object and the ref. */
	(void)s;
	(void)e;
	return 0;
}

/* It keeps no files of the log. */
const struct tiles *
store_log(const struct store *s)
{
	(void)s;
	return NULL;
}
