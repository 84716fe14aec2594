/* SPDX-License-Identifier: Apache-2.0 */
/* Give up all that is not granted, in one order, and prove that it is gone. */
#include "nintei/privsep.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privsep_int.h"

static void
try_open(void)
{
	(void)open("/", O_RDONLY | O_CLOEXEC);
}

/* By number: socket() must stay out of the symbols of unpack and examine. */
static void
try_inet(void)
{
	(void)syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
}

static void
try_ptrace(void)
{
	(void)syscall(SYS_ptrace, PTRACE_TRACEME, 0, NULL, NULL);
}

static void
try_rename(void)
{
	(void)syscall(
	    SYS_renameat2, AT_FDCWD, "/nowhere", AT_FDCWD, "/nobody", 0);
}

static void (*const tries[PRIVSEP_SET_MAX])(void) = {
	[PRIVSEP_SET_WORKER] = try_open,
	[PRIVSEP_SET_ZYGOTE] = try_open,
	[PRIVSEP_SET_SIGNER] = try_open,
	[PRIVSEP_SET_CORE] = try_inet,
	[PRIVSEP_SET_FRONT] = try_inet,
	[PRIVSEP_SET_SUPERVISOR] = try_ptrace,
	[PRIVSEP_SET_COURIER] = try_ptrace,
	[PRIVSEP_SET_GITD] = try_inet,
	[PRIVSEP_SET_GIT] = try_rename,
	[PRIVSEP_SET_PDFTEXT] = try_inet,
	[PRIVSEP_SET_PDFTEXT_ZYGOTE] = try_inet,
	[PRIVSEP_SET_CLAM] = try_inet,
	[PRIVSEP_SET_CLAM_ZYGOTE] = try_inet,
};

static void NORETURN
try_child(enum privsep_set set)
{
	struct err e = ERR_INIT;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    seccomp_enter(set, &e) == 0)
		tries[set]();
	_exit(0);
}

int
privsep_try(enum privsep_set set, struct err *e)
{
	int status;
	pid_t pid;

	if (IS_SANITIZED || tries[set] == NULL)
		return 0;
	if ((pid = fork()) == 0)
		try_child(set);
	if (pid < 0)
		return err_sys(e, E_INTERNAL, "fork");
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, E_INTERNAL, "waitpid");
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
		return err_set(e, E_INTERNAL,
		    "self-test: the %s filter let a forbidden call through",
		    seccomp_name(set));
	return 0;
}

/* What the lesser layers must have taken away before seccomp does. */
static int
files_try(const struct layers *l, struct err *e)
{
	CLEANUP(fd_closep) int fd = -1;

	if (!l->on[LAYER_ROOT] && !l->on[LAYER_LANDLOCK])
		return 0;
	if ((fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC)) >= 0)
		return err_set(
		    e, E_INTERNAL, "self-test: a forbidden file opened");
	return 0;
}

#ifdef NINTEI_SANITIZED
/* LeakSanitizer asks this at exit: without /proc it cannot look for leaks. */
static bool confined;

int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	return confined;
}
#endif

static int
enter_process(const struct confinement *c, struct err *e)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_sys(e, E_INTERNAL, "PR_SET_DUMPABLE");
	if (c->seccomp != PRIVSEP_SET_SUPERVISOR &&
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return err_sys(e, E_INTERNAL, "PR_SET_PDEATHSIG");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(e, E_INTERNAL, "PR_SET_NO_NEW_PRIVS");
	return 0;
}

static int
enter_filter(const struct confinement *c, struct layers *l, struct err *e)
{
	if (IS_SANITIZED)
		layer_off(l, LAYER_SECCOMP, "sanitizer build");
	else if (c->seccomp == PRIVSEP_SET_NONE)
		layer_off(l, LAYER_SECCOMP, "not asked for");
	else
		layer_on(l, LAYER_SECCOMP, "%s", seccomp_name(c->seccomp));
	/* A worker cannot fork; its zygote has tried the set. */
	if (c->worker == NULL && !c->is_tried && privsep_try(c->seccomp, e) < 0)
		return -1;
	return seccomp_enter(c->seccomp, e);
}

int
privsep_enter(const struct confinement *c, struct layers *out, struct err *e)
{
	struct layers l = { 0 };
	struct user user;

	user_find(c, &user);
	if (c->last_fd > 0 && close_range((unsigned)c->last_fd + 1, ~0u, 0) < 0)
		return err_sys(e, E_INTERNAL, "close_range");
	namespace_enter(c, &l);
	if (user_enter(c, &user, &l, e) < 0 || enter_process(c, e) < 0 ||
	    limits_enter(c, &l, e) < 0 || landlock_enter(c, &l, e) < 0 ||
	    files_try(&l, e) < 0 ||
	    (c->worker != NULL && limits_files(c->reads_files, e) < 0) ||
	    enter_filter(c, &l, e) < 0)
		return err_wrap(e, "confining %s", c->name);
#ifdef NINTEI_SANITIZED
	confined = true;
#endif
	*out = l;
	return 0;
}
