/* SPDX-License-Identifier: Apache-2.0 */
/* Start a program with exactly the descriptors that are its own. */
#include "ninteid_int.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/cc.h"
#include "nintei/fs.h"

#define ABOVE_ALL 64 /* no fixed descriptor is that high */

/* What a program may inherit of our environment: a sanitizer's options. */
static const char *const passed[] = { "ASAN_OPTIONS", "UBSAN_OPTIONS",
	"LSAN_OPTIONS", "GCOV_PREFIX", "GCOV_PREFIX_STRIP" };

static void
environment(char *out[NELEM(passed) + 3])
{
	size_t n = 0;

	out[n++] = xstrdup("LANG=C.UTF-8");
	out[n++] = xstrdup("TZ=UTC0");
	for (size_t i = 0; i < NELEM(passed); i++) {
		const char *value = getenv(passed[i]);

		if (value != NULL)
			out[n++] = xasprintf("%s=%s", passed[i], value);
	}
	out[n] = NULL;
}

/* First out of the way of one another, then into place. */
static int
place(const struct spawn_fd *fds, size_t n)
{
	int moved[SPAWN_FDS];

	for (size_t i = 0; i < n; i++)
		if ((moved[i] =
			    fcntl(fds[i].from, F_DUPFD_CLOEXEC, ABOVE_ALL)) < 0)
			return -1;
	for (size_t i = 0; i < n; i++)
		if (dup2(moved[i], fds[i].to) < 0)
			return -1;
	return 0;
}

static void NORETURN
child(const struct super *s, const char *path, const struct spawn_fd *fds,
    size_t n)
{
	char *argv[] = { xstrdup(path), xstrdup("-C"), xstrdup(s->home), NULL };
	char *envp[NELEM(passed) + 3];
	sigset_t none;

	sigemptyset(&none);
	environment(envp);
	if (place(fds, n) == 0 && dup2(STDERR_FILENO, STDOUT_FILENO) >= 0 &&
	    sigprocmask(SIG_SETMASK, &none, NULL) == 0)
		execve(path, argv, envp);
	_exit(EXEC_FAILED);
}

int
spawn(const struct super *s, enum who who, const struct spawn_fd *fds, size_t n,
    pid_t *out, struct err *e)
{
	CLEANUP(freep)
	char *path = xasprintf("%s/nintei-%s", s->bin, programs[who].name);
	pid_t pid = fork();

	if (pid == 0)
		child(s, path, fds, n);
	if (pid < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot start a process");
	*out = pid;
	return 0;
}
