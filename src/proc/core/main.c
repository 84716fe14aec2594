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

/* The clock's thread; the lock guards `stop`. */
struct ticker {
	struct office *office;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stop;
};

/* ninteid starts us again; recovery and replay mend it. */
static _Noreturn void
start_anew(void)
{
	_exit(EXIT_FAILURE);
}

/* With the lock held.  A store that fails is noticed within a second. */
static void
ticker_wait(struct ticker *t, int seconds)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	for (; !t->stop && seconds > 0; seconds--) {
		until.tv_sec++;
		while (!t->stop &&
		    pthread_cond_timedwait(&t->wake, &t->lock, &until) == 0)
			; /* woken too early */
		if (!t->stop && office_failed(t->office))
			start_anew();
	}
}

static void *
ticker_run(void *arg)
{
	struct ticker *t = arg;

	pthread_mutex_lock(&t->lock);
	while (!t->stop) {
		int seconds;

		pthread_mutex_unlock(&t->lock);
		seconds = office_tick(t->office);
		if (seconds < 0)
			start_anew();
		pthread_mutex_lock(&t->lock);
		ticker_wait(t, seconds);
	}
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

static void
ticker_stop(struct ticker *t)
{
	pthread_mutex_lock(&t->lock);
	t->stop = true;
	pthread_cond_signal(&t->wake);
	pthread_mutex_unlock(&t->lock);
	pthread_join(t->thread, NULL);
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
	else if (strcmp(ev->peer, PROC_COURIER) == 0)
		rv = courier_rewire(c->courier, ev->fd, &e);
	else if (strcmp(ev->peer, PROC_GITD) == 0)
		rv = worker_host_rewire(c->git, ev->fd, &e);
	else if (strcmp(ev->peer, PROC_PDFTEXT) == 0)
		rv = worker_host_rewire(c->pdftext, ev->fd, &e);
	else if (strcmp(ev->peer, PROC_CLAM) == 0 && c->clam != NULL)
		rv = worker_host_rewire(c->clam, ev->fd, &e);
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
		/*
		 * SIGHUP: finish what is begun and end; ninteid, which has
		 * checked the new configuration, starts us with it.
		 */
		log_ev(LOG_L_INFO, "config.reload", NULL);
		return false;
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
	struct ticker tick = { .lock = PTHREAD_MUTEX_INITIALIZER,
		.wake = PTHREAD_COND_INITIALIZER };

	if (proc_check(argc, argv, &c.proc.home))
		return core_check(c.proc.home);
	if (proc_init(argc, argv, PROC_CORE, CORE_FD_CLAM, &c.proc, &e) < 0) {
		log_err("process.start", &e, NULL);
		return EXIT_FAILURE;
	}
	log_init(PROC_CORE, LOG_L_INFO);
	if (core_setup(&c, &e) < 0) {
		log_err("process.start", &e, NULL);
		return EXIT_FAILURE;
	}
	tick.office = c.office;
	if (proc_ready(&c.proc, &e) < 0 ||
	    pthread_create(&tick.thread, NULL, ticker_run, &tick) != 0) {
		log_err("process.start", &e, NULL);
		return EXIT_FAILURE;
	}
	run(&c);
	front_edge_drain(c.front);
	ticker_stop(&tick);
	courier_stop(c.courier); /* the office waits for no witness */
	office_close(c.office);
	log_ev(LOG_L_INFO, "process.drained", NULL);
	return EXIT_SUCCESS;
}
