/* SPDX-License-Identifier: Apache-2.0 */
/* How a process that ninteid started finds its home, edges and orders. */
#include "nintei/proc.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "nintei/cc.h"
#include "nintei/ipc.h"

bool
proc_has_fd(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

static int
fds_check(int last_fd, struct err *e)
{
	for (int fd = PROC_FD_CONTROL; fd <= last_fd; fd++)
		if (!proc_has_fd(fd) || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
			return err_set(e, E_USAGE,
			    "this program is started by ninteid only");
	return 0;
}

/* Orders come over the control edge, not from a terminal. */
static void
signals_ignore(void)
{
	static const int nums[] = { SIGPIPE, SIGINT, SIGHUP, SIGTERM };

	for (size_t i = 0; i < NELEM(nums); i++)
		signal(nums[i], SIG_IGN);
}

static int
args_read(int argc, char **argv, const char *name, const char **out_home,
    struct err *e)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("nintei-%s %s\n", name, NINTEI_VERSION);
		exit(0);
	}
	if (argc != 3 || strcmp(argv[1], "-C") != 0)
		return err_set(e, E_USAGE, "usage: nintei-%s -C DIR", name);
	*out_home = argv[2];
	return 0;
}

bool
proc_check(int argc, char **argv, const char **out_home)
{
	if (argc != 4 || strcmp(argv[1], "-C") != 0 ||
	    strcmp(argv[3], "--check") != 0)
		return false;
	*out_home = argv[2];
	return true;
}

int
proc_check_end(const char *name, int rv, const struct err *e)
{
	if (rv == 0)
		return 0;
	fprintf(stderr, "nintei-%s: %s%s%s\n", name, e->detail,
	    e->trail[0] == '\0' ? "" : ": ", e->trail);
	return err_exit(e->code);
}

int
proc_init(int argc, char **argv, const char *name, int last_fd,
    struct proc *out, struct err *e)
{
	const char *home;

	if (args_read(argc, argv, name, &home, e) < 0 ||
	    fds_check(last_fd, e) < 0)
		return -1;
	signals_ignore();
	if (chan_hello(PROC_FD_CONTROL, name, PROC_NINTEID, e) < 0)
		return -1;
	*out = (struct proc){
		.name = name, .home = home, .control = PROC_FD_CONTROL
	};
	return 0;
}

int
proc_init_zygote(int argc, char **argv, const char *name, struct err *e)
{
	const char *home;

	if (args_read(argc, argv, name, &home, e) < 0 ||
	    fds_check(PROC_FD_ZYGOTE, e) < 0)
		return -1;
	signals_ignore();
	return 0;
}

static int
send_word(int control, uint32_t op, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(CHAN_HEAD_BYTES);

	chan_begin(&b, op, 0);
	return chan_send(control, &b, NULL, 0, e);
}

int
proc_ready(struct proc *p, struct err *e)
{
	return send_word(p->control, OP_READY, e);
}

/* The slot of a peer; a free one for a new name; NULL: too many. */
static size_t
edge_slot(struct proc *p, const char *peer)
{
	for (size_t i = 0; i < PROC_EDGES; i++) {
		if (p->edges[i].peer[0] == '\0')
			snprintf(p->edges[i].peer, sizeof(p->edges[i].peer),
			    "%s", peer);
		if (strcmp(p->edges[i].peer, peer) == 0)
			return i;
	}
	return PROC_EDGES;
}

void
proc_edge_lost(struct proc *p, const char *peer)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	struct err e = ERR_INIT;
	uint32_t generation = 0;

	for (size_t i = 0; i < PROC_EDGES; i++)
		if (strcmp(p->edges[i].peer, peer) == 0)
			generation = p->edges[i].generation;
	chan_begin(&b, OP_EDGE_LOST, 0);
	wr_text(&b, peer);
	wr_u32(&b, generation);
	/* Without ninteid there is nobody to tell, and soon no process. */
	if (chan_send(p->control, &b, NULL, 0, &e) < 0)
		return;
}

static int
new_edge(
    struct proc *p, struct chan_msg *m, struct proc_event *out, struct err *e)
{
	struct proc_event ev = { .order = PROC_NEW_EDGE };
	struct rd r = chan_msg_rd(m);
	uint32_t generation;
	size_t slot;

	rd_str(&r, ev.peer, sizeof(ev.peer));
	generation = rd_u32(&r);
	if (rd_end(&r, e) < 0)
		return -1;
	slot = edge_slot(p, ev.peer);
	if (slot == PROC_EDGES || m->n_fds != 1)
		return err_set(e, E_IPC, "not an edge");
	p->edges[slot].generation = generation;
	ev.fd = chan_take_fd(m, 0);
	*out = ev;
	return 0;
}

static int
plain_order(const struct chan_msg *m, struct proc_event *out, struct err *e)
{
	static const struct {
		uint32_t op;
		enum proc_order order;
	} orders[] = {
		{ OP_RELOAD, PROC_RELOAD },
		{ OP_DRAIN, PROC_DRAIN },
	};

	for (size_t i = 0; i < NELEM(orders); i++)
		if (m->op == orders[i].op && m->n_fds == 0 &&
		    m->n == CHAN_HEAD_BYTES) {
			*out = (struct proc_event){ .order = orders[i].order,
				.fd = -1 };
			return 0;
		}
	return err_set(e, E_IPC, "order %u is not known", m->op);
}

int
proc_next(struct proc *p, struct proc_event *out, struct err *e)
{
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	struct err gone = ERR_INIT;
	int rv;

	if (chan_recv(p->control, 1, m, &gone) < 0) {
		if (gone.code != E_UNAVAILABLE) {
			*e = gone;
			return err_wrap(e, "order");
		}
		*out = (struct proc_event){ .order = PROC_GONE, .fd = -1 };
		return 0;
	}
	rv = m->op == OP_NEW_EDGE ? new_edge(p, m, out, e)
				  : plain_order(m, out, e);
	chan_msg_done(m);
	return rv;
}

int
proc_order_send(int control, enum proc_order order, struct err *e)
{
	return send_word(
	    control, order == PROC_DRAIN ? OP_DRAIN : OP_RELOAD, e);
}

int
proc_edge_send(
    int control, const char *peer, uint32_t generation, int fd, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);

	chan_begin(&b, OP_NEW_EDGE, 0);
	wr_text(&b, peer);
	wr_u32(&b, generation);
	return chan_send(control, &b, &fd, 1, e);
}
