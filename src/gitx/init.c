/* SPDX-License-Identifier: Apache-2.0 */
/* Making a repository, and cleaning up after a killed process. */
#include "nintei/gitx.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "gitx_int.h"

/* STORE 6: documents are ciphertext; nothing prunes by itself. */
static const struct setting {
	const char *key, *value;
} settings[] = {
	{ "core.bigFileThreshold", "64k" },
	{ "core.fsync", "all" },
	{ "core.logAllRefUpdates", "false" },
	{ "gc.auto", "0" },
	{ "maintenance.auto", "false" },
	{ "receive.autogc", "false" },
	{ "gc.pruneExpire", "never" },
	{ "uploadpack.allowFilter", "true" },
	{ "uploadpack.allowAnySHA1InWant", "false" },
	{ "http.receivepack", "false" },
	{ "pack.threads", "1" },
	{ "pack.windowMemory", "256m" },
	{ "pack.writeReverseIndex", "true" },
	{ "pack.writeBitmapLookupTable", "true" },
	{ "repack.writeBitmaps", "true" },
	{ "core.commitGraph", "true" },
	{ "core.multiPackIndex", "true" },
	{ "commitGraph.readChangedPaths", "true" },
};
#define ATTRIBUTES "*.cms -delta\n"
#define ATTRIBUTES_BYTES 4096

static int
sync_all(const char *path, struct err *e)
{
	CLEANUP(fd_closep)
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd) < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot sync the store");
	return 0;
}

static bool
is_set(git_config *config, const struct setting *s)
{
	git_buf have = { 0 };
	bool same = git_config_get_string_buf(&have, config, s->key) == 0 &&
	    strcmp(have.ptr, s->value) == 0;

	git_buf_dispose(&have);
	return same;
}

static int
write_settings(git_repository *repo, struct err *e)
{
	CLEANUP(git_config_freep) git_config *config = NULL;
	int rv = git_repository_config(&config, repo);

	for (size_t i = 0; rv >= 0 && i < NELEM(settings); i++)
		if (!is_set(config, &settings[i]))
			rv = git_config_set_string(
			    config, settings[i].key, settings[i].value);
	return rv < 0 ? err_git(e, rv, "settings") : 0;
}

/* Ciphertext is never delta-compressed; a file that says more stays. */
static int
write_attributes(int dir, struct err *e)
{
	CLEANUP(buf_free) struct buf have = BUF_INIT(ATTRIBUTES_BYTES);
	struct err none = ERR_INIT;

	if (fs_read(dir, "info/attributes", ATTRIBUTES_BYTES, &have, &none) ==
		0 &&
	    strstr(buf_str(&have), ATTRIBUTES) != NULL)
		return 0;
	if (mkdirat(dir, "info", 0777) < 0 && errno != EEXIST)
		return err_sys(e, E_UNAVAILABLE, "cannot make a folder");
	return fs_write(dir, "info/attributes", slice_str(ATTRIBUTES), 0644, e);
}

/* libgit2 syncs an object and its folder, but not a new folder's parent. */
static int
make_object_folders(const char *path, struct err *e)
{
	CLEANUP(fd_closep)
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char name[16];

	if (dir < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot open the repository");
	for (unsigned i = 0; i < 256; i++) {
		snprintf(name, sizeof(name), "objects/%02x", i);
		if (mkdirat(dir, name, 0777) < 0 && errno != EEXIST)
			return err_sys(e, E_UNAVAILABLE, "cannot make folders");
	}
	return write_attributes(dir, e);
}

int
gitx_init(const char *path, struct err *e)
{
	CLEANUP(git_repository_freep) git_repository *repo = NULL;
	git_repository_init_options opts = { 0 };
	int rv;

	if (gitx_start(e) < 0)
		return -1;
	opts.version = GIT_REPOSITORY_INIT_OPTIONS_VERSION;
	opts.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH |
	    GIT_REPOSITORY_INIT_NO_REINIT;
	opts.initial_head = "main";
	if ((rv = git_repository_init_ext(&repo, path, &opts)) < 0)
		return err_git(e, rv, "init");
	if (write_settings(repo, e) < 0 || make_object_folders(path, e) < 0)
		return -1;
	return sync_all(path, e);
}

int
gitx_settle(const char *path, struct err *e)
{
	CLEANUP(git_repository_freep) git_repository *repo = NULL;
	CLEANUP(fd_closep) int dir = -1;
	int rv;

	if (gitx_start(e) < 0)
		return -1;
	rv = git_repository_open_ext(
	    &repo, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (rv < 0)
		return err_git(e, rv, "open");
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot open the repository");
	if (write_settings(repo, e) < 0)
		return -1;
	return write_attributes(dir, e);
}

/* nftw has no argument: one clean at a time. */
static pthread_mutex_t clean_lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	unsigned locks, temporary;
	int failed;
	bool maintained; /* by another process, now */
} clean;

static bool
ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);

	return n >= k && strcmp(name + n - k, end) == 0;
}

static bool
is_temporary(const char *name)
{
	return strncmp(name, "tmp_", 4) == 0 || strstr(name, "_git2_") != NULL;
}

static int
clean_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	const char *name = path + ftw->base;
	unsigned *count;

	(void)st;
	/* objects/xx: temporary objects lie above, and there may be many. */
	if (type == FTW_D && ftw->level == 2 && strlen(name) == 2)
		return FTW_SKIP_SUBTREE;
	if (type == FTW_D && ftw->level == 1 && clean.maintained &&
	    strcmp(name, "objects") == 0)
		return FTW_SKIP_SUBTREE;
	if (type != FTW_F)
		return FTW_CONTINUE;
	if (ends_in(name, ".lock"))
		count = &clean.locks;
	else if (is_temporary(name))
		count = &clean.temporary;
	else
		return FTW_CONTINUE;
	if (unlink(path) < 0)
		clean.failed = errno;
	++*count;
	return FTW_CONTINUE;
}

/*
 * Maintenance runs beside the server and holds this lock; what it has under
 * way is not a killed process's.  -1: there was none yet, or it runs.
 */
static int
maintenance_lock(const char *path)
{
	CLEANUP(freep) char *name = fs_join(path, "../maintain.lock");
	int fd = open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	clean.maintained = false;
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		clean.maintained = errno == EWOULDBLOCK;
		fd_closep(&fd);
	}
	return fd;
}

int
gitx_clean(const char *path, unsigned *out_locks, unsigned *out_temporary,
    struct err *e)
{
	CLEANUP(fd_closep) int lock = -1;
	int rv, failed;

	pthread_mutex_lock(&clean_lock);
	lock = maintenance_lock(path);
	clean.locks = clean.temporary = 0;
	clean.failed = 0;
	rv = nftw(path, clean_one, 16, FTW_PHYS | FTW_ACTIONRETVAL);
	failed = clean.failed;
	*out_locks = clean.locks;
	*out_temporary = clean.temporary;
	pthread_mutex_unlock(&clean_lock);
	if (rv < 0 || failed != 0)
		return err_set(e, E_UNAVAILABLE, "cannot clean the store up");
	if (gitx_settle(path, e) < 0)
		return -1;
	return sync_all(path, e);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int
gitx_remove(const char *path, struct err *e)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) < 0 &&
	    errno != ENOENT)
		return err_sys(e, E_UNAVAILABLE, "cannot remove a folder");
	return 0;
}
