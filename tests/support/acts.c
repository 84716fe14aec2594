/* SPDX-License-Identifier: Apache-2.0 */
/* What no confined process may do, tried. */
#include "acts.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

int
act_result(long rv)
{
	return rv < 0 ? FAILED : OK;
}

int
act_read_passwd(void)
{
	return act_result(open("/etc/passwd", O_RDONLY));
}

int
act_inet(void)
{
	return act_result(socket(AF_INET, SOCK_STREAM, 0));
}

int
act_inet6(void)
{
	return act_result(socket(AF_INET6, SOCK_DGRAM, 0));
}

int
act_unix(void)
{
	return act_result(socket(AF_UNIX, SOCK_STREAM, 0));
}

int
act_ptrace(void)
{
	return act_result(syscall(SYS_ptrace, PTRACE_TRACEME, 0, NULL, NULL));
}

int
act_vm_readv(void)
{
	struct iovec v = { 0 };

	return act_result(
	    syscall(SYS_process_vm_readv, getppid(), &v, 1, &v, 1, 0));
}

int
act_kill(void)
{
	return act_result(kill(getppid(), 0));
}

int
act_unshare(void)
{
	return act_result(syscall(SYS_unshare, 0x10000000));
}

int
act_io_uring(void)
{
	return act_result(syscall(SYS_io_uring_setup, 1, NULL));
}

bool
has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
}
