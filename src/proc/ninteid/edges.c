/* SPDX-License-Identifier: Apache-2.0 */
/* Who is wired with whom, before and after one of them dies. */
#include "ninteid_int.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nintei/cc.h"
#include "nintei/log.h"

#define GRACE_MS 1000 /* a dead peer is noticed by its death first */

const struct program programs[WHO_MAX] = {
#define PROGRAM(who, name, control, phase) [who] = { name, control, phase },
#define EDGE(a, a_fd, b, b_fd)
#include "peers.inc"
#undef PROGRAM
#undef EDGE
};

const struct edge_spec edge_specs[EDGE_COUNT] = {
#define PROGRAM(who, name, control, phase)
#define EDGE(a, a_fd, b, b_fd) { { a, b }, { a_fd, b_fd } },
#include "peers.inc"
#undef PROGRAM
#undef EDGE
};

void
edges_init(struct super *s)
{
	for (int i = 0; i < EDGE_COUNT; i++)
		s->edges[i] = (struct edge){ .pending = { -1, -1 } };
	for (int i = 0; i < WHO_MAX; i++)
		s->processes[i] = (struct process){ .control = -1 };
}

static int
pair_new(int out[2], struct err *e)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, out) < 0)
		return err_sys(e, E_UNAVAILABLE, "socketpair");
	return 0;
}

static bool
is_in(unsigned set, enum who who)
{
	return (set & 1u << who) != 0;
}

/* A process that goes on gets its new end over its control edge. */
static int
edge_tell(struct super *s, int i, int side, struct err *e)
{
	struct edge *edge = &s->edges[i];
	const struct edge_spec *spec = &edge_specs[i];
	struct process *p = &s->processes[spec->who[side]];

	edge->told[side] = edge->generation;
	if (proc_edge_send(p->control, programs[spec->who[!side]].name,
		edge->generation, edge->pending[side], e) < 0)
		return -1;
	fd_closep(&edge->pending[side]);
	return 0;
}

/*
 * Before the processes of set start: each of their ends stands in pending.
 * An end that was kept for one of them since its peer started is used.
 */
static int
edge_make(struct super *s, int i, unsigned set, struct err *e)
{
	const struct edge_spec *spec = &edge_specs[i];
	struct edge *edge = &s->edges[i];
	bool starts[2] = { is_in(set, spec->who[0]), is_in(set, spec->who[1]) };

	if (!starts[0] && !starts[1])
		return 0;
	for (int side = 0; side < 2; side++)
		if (starts[side] && !starts[!side] && edge->pending[side] >= 0)
			return 0;
	fd_closep(&edge->pending[0]);
	fd_closep(&edge->pending[1]);
	if (pair_new(edge->pending, e) < 0)
		return -1;
	edge->generation++;
	edge->lost_at = 0;
	for (int side = 0; side < 2; side++) {
		const struct process *p = &s->processes[spec->who[side]];

		if (is_in(s->absent, spec->who[side]))
			fd_closep(&edge->pending[side]);
		edge->told[side] = 0;
		if (!starts[side] && p->pid != 0 && p->control >= 0 &&
		    edge_tell(s, i, side, e) < 0)
			return -1;
	}
	return 0;
}

/* Descriptors of one process: control, its ends, the listeners of front. */
static size_t
fds_of(
    struct super *s, enum who who, int control, struct spawn_fd out[SPAWN_FDS])
{
	static const int listen_fd[LISTEN_MAX] = { FRONT_FD_HTTPS,
		FRONT_FD_HTTP, FRONT_FD_METRICS };
	size_t n = 0;

	if (control >= 0)
		out[n++] = (struct spawn_fd){ control, PROC_FD_CONTROL };
	for (int i = 0; i < EDGE_COUNT; i++)
		for (int side = 0; side < 2; side++)
			if (edge_specs[i].who[side] == who)
				out[n++] = (struct spawn_fd){
					s->edges[i].pending[side],
					edge_specs[i].fd[side]
				};
	for (int i = 0; who == WHO_FRONT && i < LISTEN_MAX; i++)
		if (s->listen[i] >= 0)
			out[n++] =
			    (struct spawn_fd){ s->listen[i], listen_fd[i] };
	return n;
}

static void
ends_close(struct super *s, enum who who)
{
	for (int i = 0; i < EDGE_COUNT; i++)
		for (int side = 0; side < 2; side++)
			if (edge_specs[i].who[side] == who)
				fd_closep(&s->edges[i].pending[side]);
}

static int
process_start(struct super *s, enum who who, struct err *e)
{
	struct process *p = &s->processes[who];
	struct spawn_fd fds[SPAWN_FDS];
	int control[2] = { -1, -1 };
	CLEANUP(fd_closep) int theirs = -1;
	CLEANUP(fd_closep) int ours = -1;
	size_t n;

	if (programs[who].has_control) {
		if (pair_new(control, e) < 0)
			return -1;
		ours = control[0];
		theirs = control[1];
		if (chan_hello_send(ours, PROC_NINTEID, e) < 0)
			return -1;
	}
	n = fds_of(s, who, theirs, fds);
	if (spawn(s, who, fds, n, &p->pid, e) < 0)
		return -1;
	ends_close(s, who);
	p->control = TAKE_FD(ours);
	p->greeted = false;
	p->ready = false;
	p->started_at = super_now();
	log_ev(
	    LOG_L_INFO, "process.started", "child", programs[who].name, NULL);
	return 0;
}

int
edges_start(struct super *s, unsigned set, struct err *e)
{
	for (int i = 0; i < EDGE_COUNT; i++)
		if (edge_make(s, i, set, e) < 0)
			return -1;
	for (int who = 0; who < WHO_MAX; who++)
		if (is_in(set, (enum who)who) &&
		    process_start(s, (enum who)who, e) < 0)
			return -1;
	return 0;
}

/* What was kept for its peers leads nowhere any more. */
void
edges_died(struct super *s, enum who who)
{
	for (int i = 0; i < EDGE_COUNT; i++)
		for (int side = 0; side < 2; side++)
			if (edge_specs[i].who[side] == who) {
				fd_closep(&s->edges[i].pending[!side]);
				s->edges[i].lost_at = 0;
			}
}

void
edges_lost(struct super *s, enum who by, const char *peer, uint32_t generation)
{
	for (int i = 0; i < EDGE_COUNT; i++)
		for (int side = 0; side < 2; side++) {
			enum who other = edge_specs[i].who[!side];
			struct edge *edge = &s->edges[i];

			if (edge_specs[i].who[side] != by ||
			    strcmp(programs[other].name, peer) != 0 ||
			    edge->told[side] != generation)
				continue;
			/* Both accuse: who answers on the edge is believed. */
			if (edge->lost_at != 0) {
				if (side == 1)
					edge->suspect = other;
				continue;
			}
			edge->lost_at = super_now() + GRACE_MS;
			edge->suspect = other;
		}
}

int64_t
edges_suspect(struct super *s)
{
	int64_t next = 0;

	for (int i = 0; i < EDGE_COUNT; i++) {
		struct edge *edge = &s->edges[i];
		const struct process *p = &s->processes[edge->suspect];

		if (edge->lost_at == 0)
			continue;
		if (edge->lost_at > super_now()) {
			if (next == 0 || edge->lost_at < next)
				next = edge->lost_at;
			continue;
		}
		edge->lost_at = 0;
		log_ev(LOG_L_WARN, "process.suspect", "child",
		    programs[edge->suspect].name, NULL);
		if (p->pid != 0)
			kill(p->pid, SIGKILL);
	}
	return next;
}
