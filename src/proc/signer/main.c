/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nintei-signer: holds every signing key.
 *
 * I alone hold the issuers' keys, the commit key and the master key of the
 * case keys; they are locked in memory that nobody can dump.  I open nothing
 * after start, have no network and one socket, to core, of which I believe
 * not one byte: I sign what I build from officers' signatures, my own journal
 * and my own head (docs/PRIVSEP.md, docs/PROTOCOL.signer).
 */
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "nintei/ipc.h"
#include "nintei/log.h"
#include "nintei/ossl.h"
#include "nintei/privsep.h"
#include "nintei/proc.h"
#include "nintei/signing.h"

#define SECURE_BYTES KIB(256)

struct serving {
	struct proc proc;
	struct signer *signer;
	int core; /* -1: waiting for a new edge */
	bool draining;
	bool done;
};

/* Keys are in the secure heap in any case; this locks the rest, if it may. */
static void
memory_lock(void)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	/* Without a limit raised, later allocations would fail instead. */
	bool locked = setrlimit(RLIMIT_MEMLOCK, &all) == 0 &&
	    mlockall(MCL_CURRENT | MCL_FUTURE) == 0;

	log_ev(LOG_L_INFO, "signer.memory", "locked",
	    locked ? "all" : "keys only", NULL);
}

static int
lock_down(struct err *e)
{
	const struct confinement c = { .name = PROC_SIGNER,
		.seccomp = PRIVSEP_SET_SIGNER,
		.user = "nintei-signer",
		.isolate = true,
		.empty_root = true,
		.landlock = true };
	struct layers layers;

	if (privsep_enter(&c, &layers, e) < 0)
		return -1;
	privsep_report(&layers);
	return 0;
}

static void
edge_end(struct serving *s, const struct err *why)
{
	/* That core ended is no news; that it erred is told to ninteid. */
	if (why->code != E_UNAVAILABLE)
		log_err("signer.edge", why, NULL);
	fd_closep(&s->core);
	if (why->code == E_IPC)
		proc_edge_lost(&s->proc, PROC_CORE);
	s->core = -1;
	s->done = s->draining;
}

/* Is there nothing that core waits for? */
static bool
core_is_idle(const struct serving *s)
{
	struct pollfd fd = { s->core, POLLIN, 0 };

	return s->core < 0 || poll(&fd, 1, 0) <= 0;
}

/*
 * One request; the edge ends on anything malformed.  The head file is synced
 * when the answer has left: core's own sync runs at the same time.
 */
static int
serve_core(struct serving *s, struct chan_msg *m, struct err *e)
{
	struct err why = ERR_INIT;
	size_t n;
	const struct op *ops = signer_ops(&n);

	if (chan_recv(s->core, 1, m, &why) < 0 ||
	    ipc_dispatch(
		s->core, ops, n, SIGNER_SERVING, m, s->signer, NULL, &why) < 0)
		edge_end(s, &why);
	secret_wipe(m->bytes, sizeof(m->bytes)); /* keys of cases come here */
	return signer_settle(s->signer, core_is_idle(s), e);
}

static void
edge_take(struct serving *s, int fd)
{
	struct err e = ERR_INIT;

	if (s->core >= 0)
		close(s->core);
	s->core = fd;
	if (chan_hello(s->core, PROC_SIGNER, PROC_CORE, &e) < 0)
		edge_end(s, &e);
}

/* A file that was replaced can only be read by a new signer. */
static void
reload(struct serving *s)
{
	struct err e = ERR_INIT;

	if (signer_reload(s->signer, &e) == 0) {
		log_ev(LOG_L_INFO, "config.reloaded", NULL);
		return;
	}
	log_err("signer.reload", &e, NULL);
	s->done = e.code == E_UNAVAILABLE;
}

static int
serve_control(struct serving *s, struct err *e)
{
	struct proc_event ev;

	if (proc_next(&s->proc, &ev, e) < 0)
		return -1;
	if (ev.order == PROC_NEW_EDGE)
		edge_take(s, ev.fd);
	if (ev.order == PROC_RELOAD)
		reload(s);
	/* Core may still need me while it drains: I end with its edge. */
	s->draining |= ev.order == PROC_DRAIN;
	s->done |= ev.order == PROC_GONE || (s->draining && s->core < 0);
	return 0;
}

static int
serve(struct serving *s, struct err *e)
{
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));

	while (!s->done) {
		struct pollfd fds[2] = { { s->proc.control, POLLIN, 0 },
			{ s->core, POLLIN, 0 } };

		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents != 0 && serve_control(s, e) < 0)
			return -1;
		if (fds[0].revents == 0 && fds[1].revents != 0 &&
		    serve_core(s, m, e) < 0)
			return -1;
	}
	return 0;
}

static int
start(int argc, char **argv, struct serving *s, struct err *e)
{
	struct signer_options o = { 0 };

	if (proc_init(argc, argv, PROC_SIGNER, SIGNER_FD_CORE, &s->proc, e) <
		0 ||
	    ossl_secure_heap(SECURE_BYTES, e) < 0)
		return -1;
	ossl_warm();
	tzset(); /* gmtime_r() reads the zone's file once */
	o.home = s->proc.home;
	if (signer_open(&o, &s->signer, e) < 0)
		return -1;
	memory_lock();
	if (chan_hello(s->core, PROC_SIGNER, PROC_CORE, e) < 0 ||
	    lock_down(e) < 0)
		return -1;
	return proc_ready(&s->proc, e);
}

/* `ninteid --check`, while no server runs: all that start() would load. */
static int
check(const char *home)
{
	struct signer_options o = { .home = home };
	struct signer *signer = NULL;
	struct err e = ERR_INIT;
	int rv = ossl_secure_heap(SECURE_BYTES, &e);

	if (rv == 0)
		rv = signer_open(&o, &signer, &e);
	signer_close(signer);
	return proc_check_end(PROC_SIGNER, rv, &e);
}

int
main(int argc, char **argv)
{
	struct serving s = { .core = SIGNER_FD_CORE };
	struct err e = ERR_INIT;
	int rv;

	if (proc_check(argc, argv, &s.proc.home))
		return check(s.proc.home);
	log_init(PROC_SIGNER, LOG_L_INFO);
	rv = start(argc, argv, &s, &e) < 0 ? -1 : serve(&s, &e);
	if (rv < 0)
		log_err("process.failed", &e, NULL);
	signer_close(s.signer);
	return rv < 0 ? err_exit(e.code) : 0;
}
