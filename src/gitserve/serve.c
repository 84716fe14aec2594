/* SPDX-License-Identifier: Apache-2.0 */
/* gitd: one thread that forks a child per job and says how it ended. */
#include "gitserve_int.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "nintei/chan.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/log.h"
#include "nintei/proc.h"
#include "nintei/worker.h"

#define SAID_BYTES 1024 /* of a child's messages, for the log */
#define ABOVE_ALL 64

struct child {
	pid_t pid; /* 0: free */
	int pidfd, status_fd, said_fd;
	struct gitserve_kind kind;
	int64_t began, deadline; /* monotonic milliseconds */
	bool timed_out;
	struct buf said;
};

struct gitd {
	int chan, slots;
	const char *store;
	bool closing; /* core is gone */
	size_t running;
	struct child children[CHILDREN_MAX];
	struct chan_msg msg;
};

/* The longest clone that a patient auditor may make; a night's repack. */
static const int64_t wall_ms[GITSERVE_MAX] = {
	[GITSERVE_REFS] = 60000,
	[GITSERVE_PACK] = 7200000,
	[GITSERVE_MAINTAIN] = 21600000,
};
static const char *const act_names[GITSERVE_MAX] = {
	[GITSERVE_REFS] = "refs",
	[GITSERVE_PACK] = "pack",
	[GITSERVE_MAINTAIN] = "maintain",
};
static const char *const end_names[WORKER_MAX] = { "", "ok", "failed", "time",
	"security", "busy" };

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
status_send(int fd, enum worker_end end, uint32_t status)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(JOB_STATUS_BYTES);

	worker_status_encode(&b, end, status);
	/* Nobody may be waiting; SIGPIPE is ignored. */
	if (write(fd, b.p, b.n) < 0)
		return;
}

/* --- the end of a child --- */

static enum worker_end
end_of(const siginfo_t *si, bool timed_out)
{
	if (si->si_code == CLD_EXITED && si->si_status == 0)
		return WORKER_OK;
	if (si->si_code == CLD_EXITED)
		return si->si_status == EXIT_BUSY ? WORKER_BUSY : WORKER_CRASH;
	if (si->si_status == SIGSYS)
		return WORKER_SECURITY;
	return si->si_status == SIGXCPU || timed_out ? WORKER_TIME
						     : WORKER_CRASH;
}

static void
said_read(struct child *c)
{
	char piece[256];
	ssize_t n = read(c->said_fd, piece, sizeof(piece));

	if (n <= 0 && (n == 0 || errno != EAGAIN)) {
		fd_closep(&c->said_fd);
		return;
	}
	for (ssize_t i = 0; i < n && c->said.n < SAID_BYTES; i++)
		buf_putc(&c->said,
		    piece[i] >= ' ' && piece[i] <= '~' ? piece[i] : ' ');
}

static void
child_log(struct child *c, enum worker_end end, int status)
{
	char ms[24], code[16], protocol[4];

	snprintf(ms, sizeof(ms), "%lld", (long long)(now_ms() - c->began));
	snprintf(code, sizeof(code), "%d", status);
	snprintf(protocol, sizeof(protocol), "%u", c->kind.protocol);
	log_ev(end == WORKER_SECURITY ? LOG_L_ERROR
		: end == WORKER_OK    ? LOG_L_INFO
				      : LOG_L_WARN,
	    "git.ended", "act", act_names[c->kind.act], "protocol", protocol,
	    "end", end_names[end], "status", code, "ms", ms, "said",
	    c->said.n == 0 ? "" : buf_str(&c->said), NULL);
}

/* All that it started is in its process group, which it cannot leave. */
static void
child_kill(const struct child *c)
{
	(void)kill(-c->pid, SIGKILL);
	(void)pidfd_send_signal(c->pidfd, SIGKILL, NULL, 0);
}

static void
child_reap(struct gitd *g, struct child *c)
{
	siginfo_t si = { 0 };
	enum worker_end end;

	/* Not yet waited for: the number is still its and its group's. */
	(void)kill(-c->pid, SIGKILL);
	while (waitid(P_PIDFD, (id_t)c->pidfd, &si, WEXITED) < 0)
		if (errno != EINTR)
			break;
	while (c->said_fd >= 0 && c->said.n < SAID_BYTES) {
		struct pollfd p = { c->said_fd, POLLIN, 0 };

		if (poll(&p, 1, 0) <= 0)
			break;
		said_read(c);
	}
	end = end_of(&si, c->timed_out);
	status_send(c->status_fd, end, (uint32_t)si.si_status);
	child_log(c, end, si.si_status);
	fd_closep(&c->pidfd);
	fd_closep(&c->status_fd);
	fd_closep(&c->said_fd);
	buf_free(&c->said);
	c->pid = 0;
	g->running--;
}

/* --- the beginning --- */

/* 0 input, 1 output, 2 its messages, 3 the places of full clones. */
static int
child_fds(const struct gitd *g, int said)
{
	const int from[] = { g->msg.fds[0], g->msg.fds[1], said, g->slots };
	int moved[NELEM(from)];

	for (size_t i = 0; i < NELEM(from); i++)
		if ((moved[i] = fcntl(from[i], F_DUPFD_CLOEXEC, ABOVE_ALL)) < 0)
			return -1;
	for (size_t i = 0; i < NELEM(from); i++)
		if (dup2(moved[i], (int)i) < 0)
			return -1;
	return close_range(CHILD_FD_SLOTS + 1, ~0u, 0);
}

static void NORETURN
child_run(const struct gitd *g, const struct gitserve_kind *k, int said)
{
	if (setsid() < 0 || child_fds(g, said) < 0)
		_exit(EXIT_SETUP);
	if (k->act == GITSERVE_MAINTAIN)
		child_maintain(g->store, k);
	child_serve(g->store, k);
}

static struct child *
slot_free(struct gitd *g, enum gitserve_act act)
{
	struct child *found = NULL;

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		if (g->children[i].pid == 0)
			found = &g->children[i];
		else if (act == GITSERVE_MAINTAIN &&
		    g->children[i].kind.act == GITSERVE_MAINTAIN)
			return NULL; /* one at a time */
	}
	return found;
}

static int
child_fork(struct gitd *g, const struct gitserve_kind *k, struct err *e)
{
	struct child *c = slot_free(g, k->act);
	CLEANUP(fd_closep) int pidfd = -1;
	CLEANUP(fd_closep) int said_rd = -1;
	CLEANUP(fd_closep) int said_wr = -1;
	int pair[2];
	pid_t pid;

	if (c == NULL || pipe2(pair, O_CLOEXEC) < 0) {
		status_send(g->msg.fds[2], WORKER_BUSY, 0);
		return 0;
	}
	said_rd = pair[0];
	said_wr = pair[1];
	(void)fcntl(said_rd, F_SETFL, O_NONBLOCK);
	if ((pid = fork()) == 0)
		child_run(g, k, said_wr);
	if (pid < 0) {
		status_send(g->msg.fds[2], WORKER_BUSY, 0);
		return 0;
	}
	if ((pidfd = pidfd_open(pid, 0)) < 0)
		return err_sys(e, E_INTERNAL, "pidfd_open");
	*c = (struct child){ .pid = pid,
		.pidfd = TAKE_FD(pidfd),
		.status_fd = chan_take_fd(&g->msg, 2),
		.said_fd = TAKE_FD(said_rd),
		.kind = *k,
		.began = now_ms(),
		.deadline = now_ms() + wall_ms[k->act],
		.said = BUF_INIT(SAID_BYTES) };
	g->running++;
	return 0;
}

/* A job that is not well-formed ends the edge: core is not core any more. */
static int
job_take(struct gitd *g, struct err *e)
{
	struct gitserve_kind k;
	struct rd r;
	uint32_t kind;
	int rv;

	if (chan_recv(g->chan, JOB_FDS, &g->msg, e) < 0) {
		if (e->code != E_UNAVAILABLE)
			return -1;
		g->closing = true;
		return 0;
	}
	r = chan_msg_rd(&g->msg);
	kind = rd_u32(&r);
	if (g->msg.op != OP_JOB || g->msg.n_fds != JOB_FDS ||
	    rd_end(&r, e) < 0 || !gitserve_decode(kind, &k))
		rv = err_set(e, E_IPC, "not a job");
	else
		rv = child_fork(g, &k, e);
	chan_msg_done(&g->msg);
	return rv;
}

/* --- the loop --- */

static int
next_deadline(const struct gitd *g)
{
	int64_t least = INT64_MAX, now = now_ms();

	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (g->children[i].pid != 0 && !g->children[i].timed_out &&
		    g->children[i].deadline < least)
			least = g->children[i].deadline;
	if (least == INT64_MAX)
		return -1;
	return least <= now ? 0 : (int)(least - now);
}

static void
children_end(struct gitd *g)
{
	int64_t now = now_ms();

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		struct child *c = &g->children[i];

		if (c->pid == 0 || c->timed_out)
			continue;
		if (c->deadline <= now || g->closing) {
			c->timed_out = true;
			child_kill(c);
		}
	}
}

static void
child_turn(struct gitd *g, struct child *c, const struct pollfd *p)
{
	if (c->said_fd >= 0 && p[2].revents != 0)
		said_read(c);
	if (p[0].revents != 0)
		child_reap(g, c);
	else if ((p[1].revents & POLLERR) != 0)
		c->deadline = 0; /* nobody waits any more */
}

/* One turn: three descriptors of each child, the last one is core's. */
static int
turn(struct gitd *g, struct err *e)
{
	struct pollfd p[3 * CHILDREN_MAX + 1];
	struct pollfd *core = &p[3 * CHILDREN_MAX];

	for (size_t i = 0; i < CHILDREN_MAX; i++) {
		const struct child *c = &g->children[i];
		bool is = c->pid != 0;

		p[3 * i] = (struct pollfd){ is ? c->pidfd : -1, POLLIN, 0 };
		p[3 * i + 1] = (struct pollfd){ is ? c->status_fd : -1, 0, 0 };
		p[3 * i + 2] =
		    (struct pollfd){ is ? c->said_fd : -1, POLLIN, 0 };
	}
	*core = (struct pollfd){ g->closing ? -1 : g->chan, POLLIN, 0 };
	if (poll(p, NELEM(p), next_deadline(g)) < 0)
		return errno == EINTR ? 0 : err_sys(e, E_INTERNAL, "poll");
	for (size_t i = 0; i < CHILDREN_MAX; i++)
		if (g->children[i].pid != 0)
			child_turn(g, &g->children[i], &p[3 * i]);
	if (core->revents != 0 && job_take(g, e) < 0)
		return -1;
	children_end(g);
	return 0;
}

/* What maintenance writes to must be there before the box closes. */
static int
places_make(const char *store, struct err *e)
{
	CLEANUP(freep) char *bundles = fs_join(store, GITSERVE_BUNDLES);
	CLEANUP(freep) char *lock = fs_join(store, GITSERVE_LOCK);
	CLEANUP(fd_closep) int fd = -1;

	if (mkdir(bundles, 0700) < 0 && errno != EEXIST)
		return err_sys(e, E_UNAVAILABLE, "cannot make store/bundle");
	fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot make the lock");
	return 0;
}

int
gitserve_run(int chan_fd, const char *home,
    void (*report)(const struct layers *), struct err *e)
{
	CLEANUP(freep) struct gitd *g = xcalloc(1, sizeof(*g));
	CLEANUP(freep) char *store = fs_join(home, "store");
	struct layers layers;

	g->chan = chan_fd;
	g->store = store;
	signal(SIGPIPE, SIG_IGN);
	if (places_make(store, e) < 0 || box_zygote(store, &layers, e) < 0 ||
	    chan_hello(chan_fd, PROC_GITD, PROC_CORE, e) < 0)
		return -1;
	/* After the box, which closes what is no edge. */
	if ((g->slots = memfd_create("slots", MFD_CLOEXEC)) < 0)
		return err_sys(e, E_INTERNAL, "memfd_create");
	if (report != NULL)
		report(&layers);
	while (!g->closing || g->running > 0)
		if (turn(g, e) < 0)
			return err_wrap(e, "gitd");
	return 0;
}
