/* SPDX-License-Identifier: Apache-2.0 */
/* What a home and a process need before anything starts. */
#include "ninteid_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include "nintei/cc.h"
#include "nintei/fs.h"
#include "nintei/log.h"

#define LOCK_FILE "run/ninteid.lock"
#define PID_FILE "run/ninteid.pid"

/* The programs stand beside this one. */
char *
home_programs(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (n <= 0)
		return xstrdup(".");
	path[n] = '\0';
	if ((slash = strrchr(path, '/')) != NULL)
		*slash = '\0';
	return xstrdup(path);
}

bool
home_has_program(const char *bin, enum who who)
{
	CLEANUP(freep)
	char *path = xasprintf("%s/nintei-%s", bin, programs[who].name);

	return access(path, X_OK) == 0;
}

/* On a full disk the server runs without: an old one would mislead. */
static int
pid_write(const char *path, struct err *e)
{
	struct err why = ERR_INIT;
	char pid[16];

	snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (fs_write(AT_FDCWD, path, slice_str(pid), 0644, &why) == 0)
		return 0;
	if (why.sys == ENOSPC || why.sys == EDQUOT) {
		unlink(path);
		log_err("pid.not_written", &why, NULL);
		return 0;
	}
	*e = why;
	return -1;
}

/* One ninteid per home; the descriptor is the lock. */
int
home_lock(const char *home, int *out, struct err *e)
{
	CLEANUP(freep) char *path = fs_join(home, LOCK_FILE);
	CLEANUP(freep) char *pid_path = fs_join(home, PID_FILE);
	CLEANUP(freep) char *run = fs_join(home, "run");
	CLEANUP(fd_closep) int fd = -1;

	if (fs_mkdirs(AT_FDCWD, run, 0700, e) < 0)
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, E_CONFIG, "cannot write to run/");
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return err_sys(
		    e, E_STORE_LOCKED, "another ninteid serves this home");
	if (pid_write(pid_path, e) < 0)
		return -1;
	*out = TAKE_FD(fd);
	return 0;
}

/* Descriptors in flight between processes count as well. */
void
home_raise_files(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
}

/* Descriptors 0 to 2 must exist, or a socket would take their place. */
int
home_standard_fds(struct err *e)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 1; fd <= 2 && null >= 0; fd++)
		if (fcntl(fd, F_GETFD) < 0 && dup2(null, fd) < 0)
			null = -1;
	if (null < 0 || dup2(null, 0) < 0)
		return err_sys(e, E_INTERNAL, "/dev/null");
	return 0;
}

void
home_unlock(const char *home)
{
	CLEANUP(freep) char *path = fs_join(home, PID_FILE);

	unlink(path);
}
