/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All programs of ninteid in one, by the name it is called by, with the real
 * sandboxes (gitd with that of a zygote): front pings core ten times a second,
 * core asks the signer and the courier and lets the zygotes work, and each
 * logs what it sees.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/ipc.h"
#include "nintei/limits.h"
#include "nintei/log.h"
#include "nintei/privsep.h"
#include "nintei/proc.h"

enum {
	OP_PING = OP_FIRST
};

static unsigned reloads;
static struct peer *signer, *courier;
static struct worker_host *unpack, *examine, *gitd;

static void NORETURN
die(const struct err *e)
{
	log_err("failed", e, NULL);
	exit(err_exit(e->code));
}

static void
confine(const char *name, enum privsep_set set, bool isolate)
{
	const struct confinement box = { .name = name,
		.seccomp = set,
		.isolate = isolate,
		.empty_root = isolate,
		.landlock = true,
		.connects = set == PRIVSEP_SET_COURIER };
	struct layers layers;
	char text[LAYERS_TEXT];
	struct err e = ERR_INIT;

	if (privsep_enter(&box, &layers, &e) < 0)
		die(&e);
	log_ev(LOG_L_INFO, "process.confined", "layers",
	    privsep_layers_text(&layers, text), NULL);
}

static int
echo(uint32_t kind, struct slice in, int out_fd)
{
	(void)kind;
	return write(out_fd, in.p, in.n) == (ssize_t)in.n ? 0 : 1;
}

static void
report(const struct layers *l)
{
	char text[LAYERS_TEXT];

	log_ev(LOG_L_INFO, "process.confined", "layers",
	    privsep_layers_text(l, text), NULL);
}

static int
zygote(int argc, char **argv, const char *name)
{
	const struct worker_class cls = {
		.name = name, .run = echo, .limits = { 1, 2, MIB(64) }
	};
	struct err e = ERR_INIT;

	if (proc_init_zygote(argc, argv, name, &e) < 0 ||
	    zygote_run(PROC_FD_ZYGOTE, &cls, report, &e) < 0)
		die(&e);
	return 0;
}

static int
work(struct worker_host *h, struct err *e)
{
	CLEANUP(fd_closep) int in = -1;
	struct worker_job job;
	enum worker_end end;
	char out[8];
	size_t n;

	if (memfd_of("ping", slice_str("ping"), &in, e) < 0 ||
	    worker_start(h, 0, in, &job, e) < 0)
		return -1;
	if (worker_read(&job, out, sizeof(out), &n, e) < 0) {
		worker_cancel(&job);
		return -1;
	}
	if (worker_finish(&job, &end, e) < 0)
		return -1;
	return end == WORKER_OK && n == 4
	    ? 0
	    : err_set(e, E_UNAVAILABLE, "the worker ended %d", (int)end);
}

/* Core's part of a ping. */
static int
op_ping(void *ctx, struct request *rq, struct err *e)
{
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);

	(void)ctx;
	if (rd_end(&rq->in, e) < 0)
		return -1;
	chan_begin(&b, OP_PING, 0);
	if (chan_call(signer, &b, NULL, 0, 0, m, e) < 0 ||
	    chan_call(courier, &b, NULL, 0, 0, m, e) < 0)
		return -1;
	return work(unpack, e) < 0 || work(examine, e) < 0 || work(gitd, e) < 0
	    ? -1
	    : 0;
}

static int
op_pong(void *ctx, struct request *rq, struct err *e)
{
	(void)ctx;
	return rd_end(&rq->in, e);
}

static const struct op core_ops[] = { { OP_PING, "ping", op_ping, 1, 64, 0 } };
static const struct op pong_ops[] = { { OP_PING, "ping", op_pong, 1, 64, 0 } };

/* A core that was taken over asks for what the signer does not have. */
static void
nonsense(void)
{
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	struct err e = ERR_INIT;

	chan_begin(&b, 999, 0);
	if (chan_call(signer, &b, NULL, 0, 0, m, &e) < 0)
		log_err("nonsense", &e, NULL);
}

/* An order, for all that have a control edge; the edge to peer is replaced in
 * *edge. */
static void
obey(struct proc *p, const char *peer, int *edge)
{
	struct proc_event ev;
	struct err e = ERR_INIT;

	if (proc_next(p, &ev, &e) < 0)
		die(&e);
	if (ev.order == PROC_RELOAD) {
		log_ev(LOG_L_INFO, "reloaded", NULL);
		if (strcmp(p->name, PROC_CORE) == 0 && ++reloads == 2)
			nonsense();
		return;
	}
	if (ev.order != PROC_NEW_EDGE) {
		log_ev(LOG_L_INFO, "ending", NULL);
		exit(0);
	}
	log_ev(LOG_L_INFO, "edge.new", "to", ev.peer, NULL);
	if (strcmp(ev.peer, peer) == 0) {
		fd_closep(edge);
		if (chan_hello(ev.fd, p->name, peer, &e) == 0)
			*edge = ev.fd;
		else
			close(ev.fd);
		return;
	}
	if (strcmp(ev.peer, PROC_SIGNER) == 0 &&
	    peer_rewire(signer, ev.fd, &e) < 0)
		log_err("rewire", &e, NULL);
	if (strcmp(ev.peer, PROC_UNPACK) == 0 &&
	    worker_host_rewire(unpack, ev.fd, &e) < 0)
		log_err("rewire", &e, NULL);
	if (strcmp(ev.peer, PROC_COURIER) == 0 &&
	    peer_rewire(courier, ev.fd, &e) < 0)
		log_err("rewire", &e, NULL);
	if (strcmp(ev.peer, PROC_GITD) == 0 &&
	    worker_host_rewire(gitd, ev.fd, &e) < 0)
		log_err("rewire", &e, NULL);
	if (strcmp(ev.peer, PROC_EXAMINE) == 0 &&
	    worker_host_rewire(examine, ev.fd, &e) < 0)
		log_err("rewire", &e, NULL);
}

static void
answer(struct proc *p, const char *peer, int *edge, const struct op *ops)
{
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	struct err e = ERR_INIT;

	if (chan_recv(*edge, 0, m, &e) == 0 &&
	    ipc_dispatch(*edge, ops, 1, 1, m, NULL, NULL, &e) == 0)
		return;
	if (e.code == E_IPC)
		log_err("violation", &e, NULL);
	fd_closep(edge);
	if (e.code == E_IPC)
		proc_edge_lost(p, peer);
}

static void
serve(struct proc *p, const char *peer, int edge, const struct op *ops)
{
	for (;;) {
		struct pollfd fds[] = { { p->control, POLLIN, 0 },
			{ edge, POLLIN, 0 } };

		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents != 0)
			obey(p, peer, &edge);
		else if (fds[1].revents != 0)
			answer(p, peer, &edge, ops);
	}
}

static int
core(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct proc p;

	if (proc_init(argc, argv, PROC_CORE, CORE_FD_GITD, &p, &e) < 0 ||
	    chan_hello(CORE_FD_FRONT, PROC_CORE, PROC_FRONT, &e) < 0 ||
	    peer_new(CORE_FD_SIGNER, PROC_CORE, PROC_SIGNER, &signer, &e) < 0 ||
	    worker_host_zygote(CORE_FD_UNPACK, &unpack, &e) < 0 ||
	    worker_host_zygote(CORE_FD_EXAMINE, &examine, &e) < 0 ||
	    peer_new(CORE_FD_COURIER, PROC_CORE, PROC_COURIER, &courier, &e) <
		0 ||
	    worker_host_zygote(CORE_FD_GITD, &gitd, &e) < 0)
		die(&e);
	peer_report_to(signer, &p);
	peer_report_to(courier, &p);
	confine(PROC_CORE, PRIVSEP_SET_CORE, false);
	if (proc_ready(&p, &e) < 0)
		die(&e);
	serve(&p, PROC_FRONT, CORE_FD_FRONT, core_ops);
	return 0;
}

static int
signing(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct proc p;

	if (proc_init(argc, argv, PROC_SIGNER, SIGNER_FD_CORE, &p, &e) < 0 ||
	    chan_hello(SIGNER_FD_CORE, PROC_SIGNER, PROC_CORE, &e) < 0)
		die(&e);
	confine(PROC_SIGNER, PRIVSEP_SET_SIGNER, true);
	if (proc_ready(&p, &e) < 0)
		die(&e);
	serve(&p, PROC_CORE, SIGNER_FD_CORE, pong_ops);
	return 0;
}

static int
carrying(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct proc p;

	if (proc_init(argc, argv, PROC_COURIER, COURIER_FD_CORE, &p, &e) < 0 ||
	    chan_hello(COURIER_FD_CORE, PROC_COURIER, PROC_CORE, &e) < 0)
		die(&e);
	confine(PROC_COURIER, PRIVSEP_SET_COURIER, false);
	if (proc_ready(&p, &e) < 0)
		die(&e);
	serve(&p, PROC_CORE, COURIER_FD_CORE, pong_ops);
	return 0;
}

static void
ping(int edge, uint32_t id)
{
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	CLEANUP(buf_free) struct buf b = BUF_INIT(64);
	struct err e = ERR_INIT;

	chan_begin(&b, OP_PING, id);
	if (edge >= 0 && chan_send(edge, &b, NULL, 0, &e) == 0 &&
	    chan_recv(edge, 0, m, &e) == 0 && m->op == OP_ANSWER)
		log_ev(LOG_L_INFO, "ping.ok", NULL);
	else
		log_ev(LOG_L_WARN, "ping.failed", NULL);
}

/* Pings until told otherwise. */
static int
front(int argc, char **argv)
{
	struct err e = ERR_INIT;
	struct proc p;
	int edge = FRONT_FD_CORE;
	uint32_t id = 0;

	if (proc_init(argc, argv, PROC_FRONT, FRONT_FD_HTTP, &p, &e) < 0 ||
	    chan_hello(edge, PROC_FRONT, PROC_CORE, &e) < 0)
		die(&e);
	confine(PROC_FRONT, PRIVSEP_SET_FRONT, true);
	if (proc_ready(&p, &e) < 0)
		die(&e);
	for (;;) {
		struct pollfd fd = { p.control, POLLIN, 0 };

		if (poll(&fd, 1, 100) > 0)
			obey(&p, PROC_CORE, &edge);
		else
			ping(edge, ++id);
	}
}

int
main(int argc, char **argv)
{
	const char *dash = strrchr(argv[0], '-');
	const char *name = dash == NULL ? "" : dash + 1;

	log_init(name, LOG_L_INFO);
	if (strcmp(name, PROC_CORE) == 0)
		return core(argc, argv);
	if (strcmp(name, PROC_SIGNER) == 0)
		return signing(argc, argv);
	if (strcmp(name, PROC_COURIER) == 0)
		return carrying(argc, argv);
	if (strcmp(name, PROC_FRONT) == 0)
		return front(argc, argv);
	return zygote(argc, argv, name);
}
