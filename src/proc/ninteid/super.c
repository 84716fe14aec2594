/* SPDX-License-Identifier: Apache-2.0 */
/* Start all, restart who dies, drain in order. */
#include "ninteid_int.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "nintei/cc.h"
#include "nintei/log.h"

#define BACKOFF_FIRST_MS 100
#define BACKOFF_MOST_MS 30000
#define STEADY_MS                                                   \
	60000 /* alive that long: the failures before are forgotten \
	       */
#define PHASE_MS 30000 /* of a drain, then SIGKILL */
/* A second SIGTERM asks for SIGKILL; timeout(1) and shells send two at once. */
#define IMPATIENT_MS 1000
#define ZYGOTES                                                  \
	(1u << WHO_UNPACK | 1u << WHO_EXAMINE | 1u << WHO_GITD | \
	    1u << WHO_PDFTEXT | 1u << WHO_CLAM)
#define EVERYBODY ((1u << WHO_MAX) - 1)

int64_t
super_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
process_kill(const struct process *p)
{
	if (p->pid != 0)
		kill(p->pid, SIGKILL);
}

static int64_t
backoff(unsigned failures)
{
	int64_t ms = BACKOFF_FIRST_MS;

	while (failures-- > 1 && ms < BACKOFF_MOST_MS)
		ms *= 2;
	return ms < BACKOFF_MOST_MS ? ms : BACKOFF_MOST_MS;
}

static void
log_death(enum who who, int status)
{
	char text[16];
	bool is_signal = WIFSIGNALED(status);

	snprintf(text, sizeof(text), "%d",
	    is_signal ? WTERMSIG(status) : WEXITSTATUS(status));
	log_ev(status == 0 ? LOG_L_INFO : LOG_L_ERROR, "process.died", "child",
	    programs[who].name, is_signal ? "signal" : "status", text, NULL);
}

/* Down, its ends closed, to be started again after a while. */
static void
process_down(struct super *s, enum who who)
{
	struct process *p = &s->processes[who];
	int64_t now = super_now();

	if (now - p->started_at > STEADY_MS)
		p->failures = 0;
	p->failures++;
	p->restart_at = now + backoff(p->failures);
	p->pid = 0;
	p->ready = false;
	fd_closep(&p->control);
	edges_died(s, who);
}

static void
drain_phase(struct super *s)
{
	struct err e = ERR_INIT;

	s->phase_ends_at = super_now() + PHASE_MS;
	for (int i = 0; i < WHO_MAX; i++) {
		const struct process *p = &s->processes[i];

		if (p->pid == 0 || programs[i].phase != s->phase)
			continue;
		/* A zygote ends when core has closed its edge. */
		if (programs[i].has_control &&
		    (!p->ready ||
			proc_order_send(p->control, PROC_DRAIN, &e) < 0))
			process_kill(p);
	}
}

static void
drain_begin(struct super *s)
{
	if (s->draining)
		return;
	s->draining = true;
	s->drain_began = super_now();
	log_ev(LOG_L_INFO, "draining", NULL);
	notify_send("STOPPING=1");
	drain_phase(s);
}

/*
 * The first start must succeed as a whole; later ones are tried again.  The
 * status that is no mere "another one is gone" tells what was wrong.
 */
static void
start_failed(struct super *s, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;

	if (s->status == 0 || s->status == err_exit(E_UNAVAILABLE))
		s->status = code != 0 ? code : s->status != 0 ? s->status : 1;
	drain_begin(s);
}

/* Zygotes serve one core: they end and start with it. */
static void
zygotes_end(struct super *s)
{
	for (int i = 0; i < WHO_MAX; i++) {
		struct process *p = &s->processes[i];

		if ((ZYGOTES & 1u << i) == 0 || p->pid == 0)
			continue;
		process_kill(p);
		while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
			;
		process_down(s, (enum who)i);
		p->failures = 0;
	}
}

static void
process_died(struct super *s, enum who who, int status)
{
	log_death(who, status);
	process_down(s, who);
	if ((OPTIONAL & 1u << who) == 0 && !s->was_ready &&
	    (!s->draining || s->status != 0))
		start_failed(s, status);
	if (!s->draining && who == WHO_CORE)
		zygotes_end(s);
}

static void
reap(struct super *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < WHO_MAX; i++)
			if (s->processes[i].pid == pid)
				process_died(s, (enum who)i, status);
}

/* Who is not installed, or not configured, is never started. */
static void
absent_find(struct super *s)
{
	s->absent = s->wants_clam ? 0 : 1u << WHO_CLAM;
	for (int i = 0; i < WHO_MAX; i++)
		if ((OPTIONAL & ~s->absent & 1u << i) != 0 &&
		    !home_has_program(s->bin, (enum who)i)) {
			s->absent |= 1u << i;
			log_ev(LOG_L_INFO, "process.absent", "child",
			    programs[i].name, NULL);
		}
}

static void
reload(struct super *s)
{
	struct err e = ERR_INIT;
	struct config *c = NULL;

	if (config_load(s->home, &c, &e) < 0) {
		log_err("reload.refused", &e, NULL);
		return;
	}
	s->wants_clam = c->clamd[0] != '\0';
	config_free(c);
	absent_find(s);
	log_ev(LOG_L_INFO, "reload", NULL);
	for (int i = 0; i < WHO_MAX; i++) {
		struct process *p = &s->processes[i];

		p->failures = 0; /* what ends by this has not failed */
		if (p->control >= 0 &&
		    proc_order_send(p->control, PROC_RELOAD, &e) < 0)
			process_kill(p);
	}
}

static void
stop(struct super *s)
{
	if (s->draining && super_now() > s->drain_began + IMPATIENT_MS)
		s->phase_ends_at = 0;
	drain_begin(s);
}

static void
signal_take(struct super *s)
{
	struct signalfd_siginfo si;

	if (read(s->signals, &si, sizeof(si)) != (ssize_t)sizeof(si))
		return;
	if (si.ssi_signo == SIGCHLD)
		reap(s);
	else if (si.ssi_signo == SIGHUP)
		reload(s);
	else
		stop(s);
}

static void
ready_check(struct super *s)
{
	for (int i = 0; i < WHO_MAX; i++)
		if (programs[i].has_control && !s->processes[i].ready)
			return;
	if (s->was_ready)
		return;
	s->was_ready = true;
	log_ev(LOG_L_INFO, "ready", "https", s->address[LISTEN_HTTPS], "http",
	    s->address[LISTEN_HTTP], "metrics", s->address[LISTEN_METRICS],
	    NULL);
	notify_send("READY=1");
}

static int
word_take(struct super *s, enum who who, struct err *e)
{
	struct process *p = &s->processes[who];
	struct rd r = chan_msg_rd(&s->msg);
	char peer[16];
	uint32_t generation;

	if (!p->greeted) {
		p->greeted = true;
		return chan_hello_check(&s->msg, programs[who].name, e);
	}
	if (s->msg.op == OP_READY && rd_end(&r, e) == 0) {
		p->ready = true;
		log_ev(LOG_L_INFO, "process.ready", "child", programs[who].name,
		    NULL);
		ready_check(s);
		return 0;
	}
	rd_str(&r, peer, sizeof(peer));
	generation = rd_u32(&r);
	if (s->msg.op != OP_EDGE_LOST || rd_end(&r, e) < 0)
		return err_set(e, E_IPC, "word %u is not known", s->msg.op);
	edges_lost(s, who, peer, generation);
	return 0;
}

/* A process that speaks nonsense is ended; one that hung up is dying. */
static void
control_take(struct super *s, enum who who)
{
	struct process *p = &s->processes[who];
	struct err e = ERR_INIT;

	if (chan_recv(p->control, 0, &s->msg, &e) == 0) {
		if (word_take(s, who, &e) == 0)
			return;
		log_err("process.violation", &e, programs[who].name);
	}
	process_kill(p);
	fd_closep(&p->control);
}

/* Short of processes or descriptors: the same again, later. */
static void
start_later(struct super *s, const struct err *e)
{
	log_err("process.start_failed", e, NULL);
	for (int i = 0; i < WHO_MAX; i++)
		if (s->processes[i].pid == 0)
			s->processes[i].restart_at =
			    super_now() + backoff(++s->processes[i].failures);
}

/* Who may start now: nobody before core, and zygotes only with one. */
static void
restart(struct super *s)
{
	bool has_core = s->processes[WHO_CORE].pid != 0 ||
	    s->processes[WHO_CORE].restart_at <= super_now();
	struct err e = ERR_INIT;
	unsigned set = 0;

	if (s->draining || !has_core)
		return;
	for (int i = 0; i < WHO_MAX; i++)
		if (s->processes[i].pid == 0 &&
		    s->processes[i].restart_at <= super_now())
			set |= 1u << i;
	set &= ~s->absent;
	if ((set & 1u << WHO_CORE) != 0)
		for (int i = 0; i < WHO_MAX; i++)
			if (s->processes[i].pid == 0)
				set |= 1u << i & ~s->absent;
	if (set != 0 && edges_start(s, set, &e) < 0)
		start_later(s, &e);
}

/* True when nobody is left. */
static bool
drain_step(struct super *s)
{
	unsigned alive = 0, in_phase = 0;

	for (int i = 0; i < WHO_MAX; i++) {
		if (s->processes[i].pid == 0)
			continue;
		alive++;
		if (programs[i].phase != s->phase)
			continue;
		in_phase++;
		if (s->phase_ends_at <= super_now())
			process_kill(&s->processes[i]);
	}
	if (alive != 0 && in_phase == 0) {
		s->phase++;
		drain_phase(s);
	}
	return alive == 0;
}

static void
earlier(int64_t *at, int64_t other)
{
	if (other != 0 && (*at == 0 || other < *at))
		*at = other;
}

/* Milliseconds until something is due by itself; -1: nothing is. */
static int
next_due(struct super *s)
{
	int64_t at = edges_suspect(s), now = super_now();

	if (s->watchdog_ms != 0 && s->watchdog_at <= now) {
		notify_send("WATCHDOG=1");
		s->watchdog_at = now + s->watchdog_ms;
	}
	earlier(&at, s->watchdog_ms != 0 ? s->watchdog_at : 0);
	if (s->draining)
		earlier(&at, now + 100);
	for (int i = 0; i < WHO_MAX; i++)
		if (s->processes[i].pid == 0 && !s->draining)
			earlier(&at, s->processes[i].restart_at);
	if (at == 0)
		return -1;
	return at <= now ? 10 : (int)(at - now);
}

static int
turn(struct super *s, struct err *e)
{
	struct pollfd p[WHO_MAX + 1];

	for (int i = 0; i < WHO_MAX; i++)
		p[i] = (struct pollfd){ s->processes[i].control, POLLIN, 0 };
	p[WHO_MAX] = (struct pollfd){ s->signals, POLLIN, 0 };
	if (poll(p, NELEM(p), next_due(s)) < 0)
		return errno == EINTR ? 0 : err_sys(e, E_INTERNAL, "poll");
	for (int i = 0; i < WHO_MAX; i++)
		if (p[i].revents != 0)
			control_take(s, (enum who)i);
	if (p[WHO_MAX].revents != 0)
		signal_take(s);
	restart(s);
	return 0;
}

static int
signals_open(struct super *s, struct err *e)
{
	static const int nums[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < NELEM(nums); i++)
		sigaddset(&set, nums[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 ||
	    (s->signals = signalfd(-1, &set, SFD_CLOEXEC)) < 0)
		return err_sys(e, E_INTERNAL, "signalfd");
	return 0;
}

int
super_run(struct super *s, struct err *e)
{
	if (signals_open(s, e) < 0)
		return -1;
	s->watchdog_ms = notify_watchdog_ms();
	absent_find(s);
	if (edges_start(s, EVERYBODY & ~s->absent, e) < 0)
		return -1;
	while (!s->draining || !drain_step(s))
		if (turn(s, e) < 0)
			return -1;
	log_ev(LOG_L_INFO, "stopped", NULL);
	return 0;
}
