/* SPDX-License-Identifier: Apache-2.0 */
/* The warm, secret-free process of one thread that forks a child per job. */
#include "nintei/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "nintei/chan.h"
#include "privsep_int.h"

/* glibc 2.36 has P_PIDFD; its number is the kernel's. */
struct child {
	int pidfd; /* -1: free */
	int status_fd; /* core's end closed: nobody waits any more */
	int64_t deadline; /* monotonic milliseconds */
	bool timed_out;
};

struct zygote {
	int chan;
	bool closing; /* core is gone */
	const struct worker_class *cls;
	size_t running;
	struct child children[JOB_CHILDREN];
	struct chan_msg msg;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct child *
child_free_slot(struct zygote *z)
{
	for (size_t i = 0; i < JOB_CHILDREN; i++)
		if (z->children[i].pidfd < 0)
			return &z->children[i];
	return NULL;
}

static void
child_kill(struct child *c)
{
	(void)pidfd_send_signal(c->pidfd, SIGKILL, NULL, 0);
}

static enum worker_end
end_of(const siginfo_t *si, bool timed_out)
{
	if (si->si_code == CLD_EXITED)
		return si->si_status == 0 ? WORKER_OK : WORKER_CRASH;
	if (si->si_status == SIGSYS)
		return WORKER_SECURITY;
	if (si->si_status == SIGXCPU || si->si_status == SIGKILL || timed_out)
		return WORKER_TIME;
	return WORKER_CRASH;
}

static void
child_report(const struct child *c, const siginfo_t *si)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(JOB_STATUS_BYTES);

	worker_status_encode(
	    &b, end_of(si, c->timed_out), (uint32_t)si->si_status);
	/* Nobody may be waiting; SIGPIPE is ignored. */
	if (write(c->status_fd, b.p, b.n) < 0)
		return;
}

static void
child_reap(struct zygote *z, struct child *c)
{
	siginfo_t si = { 0 };

	while (waitid(P_PIDFD, (id_t)c->pidfd, &si, WEXITED) < 0)
		if (errno != EINTR)
			break;
	child_report(c, &si);
	fd_closep(&c->pidfd);
	fd_closep(&c->status_fd);
	z->running--;
}

static int
child_fork(struct zygote *z, uint32_t kind, struct err *e)
{
	struct child *c = child_free_slot(z);
	CLEANUP(fd_closep) int pidfd = -1;
	pid_t pid;

	if (c == NULL)
		return err_set(e, E_INTERNAL, "no slot for a child");
	if ((pid = fork()) == 0)
		worker_child(z->cls, kind, z->msg.fds[0], z->msg.fds[1]);
	if (pid < 0)
		return err_sys(e, E_INTERNAL, "fork");
	/* It is our child and not yet waited for: the number is still its. */
	if ((pidfd = pidfd_open(pid, 0)) < 0) {
		err_sys(e, E_INTERNAL, "pidfd_open");
		return -1;
	}
	*c = (struct child){ .pidfd = TAKE_FD(pidfd),
		.status_fd = chan_take_fd(&z->msg, 2),
		.deadline =
		    now_ms() + (int64_t)z->cls->limits.wall_seconds * 1000 };
	z->running++;
	return 0;
}

/* A job that is not well-formed ends the edge: core is not core any more. */
static int
job_take(struct zygote *z, struct err *e)
{
	struct rd r;
	uint32_t kind;
	int rv;

	if (chan_recv(z->chan, JOB_FDS, &z->msg, e) < 0) {
		if (e->code != E_UNAVAILABLE)
			return -1;
		z->closing = true;
		return 0;
	}
	r = chan_msg_rd(&z->msg);
	kind = rd_u32(&r);
	if (z->msg.op != OP_JOB || z->msg.n_fds != JOB_FDS || rd_end(&r, e) < 0)
		rv = err_set(e, E_IPC, "not a job");
	else
		rv = child_fork(z, kind, e);
	chan_msg_done(&z->msg);
	return rv;
}

/* Milliseconds until the next child's time is over; -1 without children. */
static int
next_deadline(const struct zygote *z)
{
	int64_t least = INT64_MAX, now = now_ms();

	for (size_t i = 0; i < JOB_CHILDREN; i++)
		if (z->children[i].pidfd >= 0 && !z->children[i].timed_out &&
		    z->children[i].deadline < least)
			least = z->children[i].deadline;
	if (least == INT64_MAX)
		return -1;
	return least <= now ? 0 : (int)(least - now);
}

static void
children_end(struct zygote *z)
{
	int64_t now = now_ms();

	for (size_t i = 0; i < JOB_CHILDREN; i++) {
		struct child *c = &z->children[i];

		if (c->pidfd < 0 || c->timed_out)
			continue;
		if (c->deadline <= now || z->closing) {
			c->timed_out = true;
			child_kill(c);
		}
	}
}

/* One turn: descriptors 2i and 2i + 1 are child i, the last one is core. */
static int
turn(struct zygote *z, struct err *e)
{
	struct pollfd p[2 * JOB_CHILDREN + 1];
	struct pollfd *core = &p[2 * JOB_CHILDREN];

	for (size_t i = 0; i < JOB_CHILDREN; i++) {
		p[2 * i] = (struct pollfd){ z->children[i].pidfd, POLLIN, 0 };
		p[2 * i + 1] =
		    (struct pollfd){ z->children[i].status_fd, 0, 0 };
	}
	*core =
	    (struct pollfd){ z->closing || z->running == JOB_CHILDREN ? -1
								      : z->chan,
		    POLLIN, 0 };
	if (poll(p, NELEM(p), next_deadline(z)) < 0)
		return errno == EINTR ? 0 : err_sys(e, E_INTERNAL, "poll");
	for (size_t i = 0; i < JOB_CHILDREN; i++) {
		if (p[2 * i].revents != 0)
			child_reap(z, &z->children[i]);
		else if ((p[2 * i + 1].revents & POLLERR) != 0)
			z->children[i].deadline = 0; /* cancelled */
	}
	if (core->revents != 0 && job_take(z, e) < 0)
		return -1;
	children_end(z);
	return 0;
}

static int
zygote_confine(const struct worker_class *cls,
    void (*report)(const struct layers *), struct err *e)
{
	char user[40];
	const struct confinement box = {
		.name = cls->name,
		.seccomp = cls->zygote_set == PRIVSEP_SET_NONE
		    ? PRIVSEP_SET_ZYGOTE
		    : cls->zygote_set,
		.user = user,
		.fallback_uid = 65534,
		.isolate = true,
		.empty_root = cls->n_paths == 0,
		.landlock = true,
		.paths = cls->paths,
		.n_paths = cls->n_paths,
	};
	struct layers layers;

	snprintf(user, sizeof(user), "nintei-%s", cls->name);
	if (cls->warm != NULL)
		cls->warm();
	if (privsep_try(worker_set(cls), e) < 0 ||
	    privsep_enter(&box, &layers, e) < 0)
		return -1;
	if (report != NULL)
		report(&layers);
	return 0;
}

int
zygote_run(int chan_fd, const struct worker_class *cls,
    void (*report)(const struct layers *), struct err *e)
{
	CLEANUP(freep) struct zygote *z = xcalloc(1, sizeof(*z));

	z->chan = chan_fd;
	z->cls = cls;
	for (size_t i = 0; i < JOB_CHILDREN; i++)
		z->children[i] = (struct child){ .pidfd = -1, .status_fd = -1 };
	signal(SIGPIPE, SIG_IGN);
	if (zygote_confine(cls, report, e) < 0 ||
	    chan_hello(chan_fd, cls->name, "core", e) < 0)
		return -1;
	while (!z->closing || z->running > 0)
		if (turn(z, e) < 0)
			return err_wrap(e, "zygote %s", cls->name);
	return 0;
}

int
zygote_main(int chan_fd, const struct worker_class *cls, struct err *e)
{
	return zygote_run(chan_fd, cls, NULL, e);
}
