/* SPDX-License-Identifier: Apache-2.0 */
/* A zygote that is a program of its own, started beside this one. */
#include "nintei/worker.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "privsep_int.h"

/* In the forked process: the edge is descriptor 3, the log goes nowhere. */
static void NORETURN
become(const char *program, int chan)
{
	char name[] = "nintei", option[] = "-C", home[] = "/";
	char lang[] = "LANG=C.UTF-8", tz[] = "TZ=UTC0";
	char *argv[] = { name, option, home, NULL };
	char *envp[] = { lang, tz, NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0 && dup2(null, 0) >= 0 && dup2(null, 1) >= 0 &&
	    dup2(null, 2) >= 0 && dup2(chan, 3) >= 0 &&
	    close_range(4, ~0u, 0) == 0)
		execve(program, argv, envp);
	_exit(127);
}

int
worker_host_program(
    const char *program, struct worker_host **out, struct err *e)
{
	int pair[2];
	pid_t pid;

	if (access(program, X_OK) < 0)
		return err_sys(e, E_UNAVAILABLE, "a program is not installed");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_sys(e, E_INTERNAL, "socketpair");
	if ((pid = fork()) == 0)
		become(program, pair[1]);
	close(pair[1]);
	return host_of_child(pair[0], pid, out, e);
}
