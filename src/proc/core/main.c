/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nintei-core: the body's office.
 *
 * Only I write the store, the index and the wrapped case keys; only I decide
 * what a request leads to.  I hold no signing key: the signer proves for
 * itself what I ask it to sign.  front asks me what strangers ask; unpack and
 * examine tell me what documents say, and I check all of it again; ninteid
 * gives me orders (docs/PRIVSEP.md).
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core_int.h"
#include "nintei/log.h"

static void *
ticker(void *arg)
{
	struct office *o = arg;

	for (;;) {
		struct timespec wait = { .tv_sec = office_tick(o) };

		nanosleep(&wait, NULL);
	}
	return NULL;
}

/* A process at the other end was started anew. */
static void
edge_new(struct core *c, const struct proc_event *ev)
{
	struct err e = ERR_INIT;
	int rv = 0;

	if (strcmp(ev->peer, PROC_FRONT) == 0)
		rv = front_edge_rewire(c->front, ev->fd, &e);
	else if (strcmp(ev->peer, PROC_SIGNER) == 0)
		rv = peer_rewire(c->signer, ev->fd, &e);
	else if (strcmp(ev->peer, PROC_UNPACK) == 0)
		rv = worker_host_rewire(c->unpack, ev->fd, &e);
	else if (strcmp(ev->peer, PROC_EXAMINE) == 0)
		rv = worker_host_rewire(c->examine, ev->fd, &e);
	else
		close(ev->fd);
	if (rv < 0)
		log_err("edge.new", &e, NULL);
}

/* One order; false: stop. */
static bool
obey(struct core *c)
{
	struct proc_event ev = { 0 };
	struct err e = ERR_INIT;

	if (proc_next(&c->proc, &ev, &e) < 0) {
		log_err("control", &e, NULL);
		return false;
	}
	switch (ev.order) {
	case PROC_NEW_EDGE:
		edge_new(c, &ev);
		return true;
	case PROC_RELOAD:
	case PROC_NONE:
	case PROC_MAX:
		return true;
	case PROC_DRAIN:
	case PROC_GONE:
		return false;
	}
	return true;
}

static void
run(struct core *c)
{
	for (;;) {
		struct pollfd p[2] = {
			{ .fd = c->proc.control, .events = POLLIN },
			{ .fd = front_edge_fd(c->front), .events = POLLIN },
		};

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		if (p[0].revents != 0 && !obey(c))
			return;
		if (p[1].fd >= 0 && p[1].revents != 0)
			front_edge_take(c->front);
	}
}

int
main(int argc, char **argv)
{
	struct core c = { 0 };
	struct err e = ERR_INIT;
	pthread_t tick;

	if (proc_init(argc, argv, PROC_CORE, CORE_FD_SIGNER, &c.proc, &e) < 0) {
		log_err("process.start", &e, NULL);
		return EXIT_FAILURE;
	}
	log_init("nintei-core", LOG_L_INFO);
	if (core_setup(&c, &e) < 0 || proc_ready(&c.proc, &e) < 0 ||
	    pthread_create(&tick, NULL, ticker, c.office) != 0) {
		log_err("process.start", &e, NULL);
		return EXIT_FAILURE;
	}
	run(&c);
	front_edge_drain(c.front);
	office_close(c.office);
	log_ev(LOG_L_INFO, "process.drained", NULL);
	return EXIT_SUCCESS;
}
