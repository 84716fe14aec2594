/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: chan_recv chan_hello_check ipc_dispatch proc_next */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nintei/ipc.h"
#include "nintei/proc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int
op_any(void *ctx, struct request *rq, struct err *e)
{
	char text[32];

	(void)ctx;
	rd_str(&rq->in, text, sizeof(text));
	(void)rd_u32(&rq->in);
	wr_text(rq->out, text);
	return rd_end(&rq->in, e);
}

static const struct op ops[] = {
	{ 16, "sixteen", op_any, 1, 64, 0 },
	{ 17, "seventeen", op_any, 1, LIMIT_FRAME_BYTES, 0 },
	{ 18, "later", op_any, 2, 64, 0 },
};

/* A refusal carries a code. */
static void
need_code(int rv, const struct err *e)
{
	if (rv < 0 && e->code == E_OK)
		abort();
}

static void
try_frame(int fd, struct chan_msg *m)
{
	struct err e = ERR_INIT, refused = ERR_INIT, hello = ERR_INIT;

	if (chan_recv(fd, 0, m, &e) < 0) {
		need_code(-1, &e);
		return;
	}
	need_code(chan_hello_check(m, NULL, &hello), &hello);
	hello = (struct err)ERR_INIT;
	need_code(ipc_refusal(m, &hello), &hello);
	need_code(
	    ipc_dispatch(fd, ops, NELEM(ops), 1, m, NULL, &refused, &e), &e);
}

static void
try_order(int fd)
{
	struct proc p = { .name = "core", .control = fd };
	struct proc_event ev = { .fd = -1 };
	struct err e = ERR_INIT;

	need_code(proc_next(&p, &ev, &e), &e);
	fd_closep(&ev.fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	int pair[2];

	if (n > LIMIT_FRAME_BYTES + 1 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return 0;
	if (send(pair[0], data, n, 0) == (ssize_t)n)
		try_frame(pair[1], m);
	if (send(pair[0], data, n, 0) == (ssize_t)n)
		try_order(pair[1]);
	close(pair[0]);
	close(pair[1]);
	return 0;
}
