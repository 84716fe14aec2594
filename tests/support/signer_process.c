/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and ending one nintei-signer. */
#include "support/signer_process.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/ipc.h"
#include "nintei/proc.h"

void
edge_pair(int *ours, int *theirs)
{
	int fds[2];

	ck_assert_int_eq(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	*ours = fds[0];
	*theirs = fds[1];
}

static void
child(const char *home, int control, int core)
{
	CLEANUP(freep)
	char *program = xasprintf("%s/bin/nintei-signer", TEST_BINARY_DIR);
	int a = fcntl(control, F_DUPFD_CLOEXEC, 10),
	    b = fcntl(core, F_DUPFD_CLOEXEC, 10);

	if (a < 0 || b < 0 || dup2(a, 3) < 0 || dup2(b, 4) < 0)
		_exit(99);
	/* The leak checker needs /proc, which a confined process lacks. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	execl(program, program, "-C", home, (char *)NULL);
	_exit(98);
}

void
signer_process_run(const struct sf *f, struct running *r)
{
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	int control, core, theirs_control, theirs_core;
	struct err e = ERR_INIT;

	edge_pair(&control, &theirs_control);
	edge_pair(&core, &theirs_core);
	r->pid = fork();
	ck_assert_int_ge(r->pid, 0);
	if (r->pid == 0)
		child(f->home, theirs_control, theirs_core);
	close(theirs_control);
	close(theirs_core);
	r->control = control;
	ck_ok(chan_hello(control, PROC_NINTEID, PROC_SIGNER, &e), &e);
	ck_ok(peer_new(core, PROC_CORE, PROC_SIGNER, &r->core, &e), &e);
	r->link = signer_over(r->core);
	ck_ok(chan_wait(control, 20000, &e), &e);
	ck_ok(chan_recv(control, 0, m, &e), &e);
	ck_assert_uint_eq(m->op, OP_READY);
	chan_msg_done(m);
}

int
signer_process_end(struct running *r)
{
	struct err e = ERR_INIT;
	int status;

	ck_ok(proc_order_send(r->control, PROC_DRAIN, &e), &e);
	peer_free(r->core);
	ck_assert_int_eq(waitpid(r->pid, &status, 0), r->pid);
	close(r->control);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}
