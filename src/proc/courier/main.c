/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nintei-courier: carries what core writes to the outside, and the answer.
 *
 * I alone make connections, and only to the places that nintei.yaml names: I
 * read them there before I am confined; core names them by number.  I hold no
 * key and no file but names and certificates of the network.  What comes back
 * I carry and do not read: core checks it (docs/PRIVSEP.md).
 */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "courier_int.h"
#include "nintei/courier.h"
#include "nintei/fetch.h"
#include "nintei/ipc.h"
#include "nintei/log.h"
#include "nintei/privsep.h"
#include "nintei/proc.h"

struct serving {
	struct proc proc;
	struct config *config;
	struct posts *posts;
	int core; /* -1: waiting for a new edge */
	bool done;
};

/* What resolving a name and checking a certificate need. */
static const char *const system_files[] = {
	"/etc/resolv.conf",
	"/etc/hosts",
	"/etc/nsswitch.conf",
	"/etc/host.conf",
	"/etc/gai.conf",
	"/etc/services",
	"/etc/ssl/certs",
	"/usr/share/ca-certificates",
	"/usr/local/share/ca-certificates",
};

/* resolv.conf is a link into /run where systemd-resolved writes it. */
static const char *
path_of(const char *name)
{
	char *real = realpath(name, NULL);

	return real != NULL ? real : name;
}

static int
lock_down(struct err *e)
{
	struct privsep_path paths[NELEM(system_files)] = { { 0 } };
	struct confinement c = { .name = PROC_COURIER,
		.seccomp = PRIVSEP_SET_COURIER,
		.user = "nintei-courier",
		.fallback_uid = 65534,
		.landlock = true,
		.connects = true,
		.paths = paths,
		.last_fd = COURIER_FD_CORE };
	struct layers layers;

	for (size_t i = 0; i < NELEM(system_files); i++)
		paths[c.n_paths++].path = path_of(system_files[i]);
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
		log_err("courier.edge", why, NULL);
	posts_edge(s->posts, -1);
	fd_closep(&s->core);
	if (why->code == E_IPC)
		proc_edge_lost(&s->proc, PROC_CORE);
	s->core = -1;
}

static void
serve_core(struct serving *s, struct chan_msg *m)
{
	struct err e = ERR_INIT;

	if (chan_recv(s->core, 0, m, &e) < 0 || posts_take(s->posts, m, &e) < 0)
		edge_end(s, &e);
}

static void
edge_take(struct serving *s, int fd)
{
	struct err e = ERR_INIT;

	posts_edge(s->posts, -1);
	fd_closep(&s->core);
	s->core = fd;
	if (chan_hello(s->core, PROC_COURIER, PROC_CORE, &e) < 0)
		edge_end(s, &e);
	else
		posts_edge(s->posts, s->core);
}

static int
serve_control(struct serving *s, struct err *e)
{
	struct proc_event ev;

	if (proc_next(&s->proc, &ev, e) < 0)
		return -1;
	if (ev.order == PROC_NEW_EDGE)
		edge_take(s, ev.fd);
	/* nintei.yaml is out of reach now: ninteid starts me anew with it. */
	if (ev.order == PROC_RELOAD)
		log_ev(LOG_L_INFO, "config.reload", NULL);
	s->done = ev.order == PROC_RELOAD || ev.order == PROC_DRAIN ||
	    ev.order == PROC_GONE;
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
		if (fds[0].revents == 0 && fds[1].revents != 0)
			serve_core(s, m);
	}
	return 0;
}

static int
start(int argc, char **argv, struct serving *s, struct err *e)
{
	if (proc_init(argc, argv, PROC_COURIER, COURIER_FD_CORE, &s->proc, e) <
		0 ||
	    config_load(s->proc.home, &s->config, e) < 0 || fetch_warm(e) < 0 ||
	    posts_new(s->config, &s->posts, e) < 0)
		return -1;
	if (chan_hello(s->core, PROC_COURIER, PROC_CORE, e) < 0 ||
	    lock_down(e) < 0 || posts_start(s->posts, e) < 0)
		return -1;
	posts_edge(s->posts, s->core);
	return proc_ready(&s->proc, e);
}

/* `ninteid --check`: what start() would read. */
static int
check(struct serving *s)
{
	struct err e = ERR_INIT;
	int rv = config_load(s->proc.home, &s->config, &e);

	if (rv == 0)
		rv = posts_new(s->config, &s->posts, &e);
	return proc_check_end(PROC_COURIER, rv, &e);
}

int
main(int argc, char **argv)
{
	struct serving s = { .core = COURIER_FD_CORE };
	struct err e = ERR_INIT;
	int rv;

	if (proc_check(argc, argv, &s.proc.home))
		_exit(check(&s));
	log_init(PROC_COURIER, LOG_L_INFO);
	rv = start(argc, argv, &s, &e) < 0 ? -1 : serve(&s, &e);
	if (rv < 0)
		log_err("process.failed", &e, NULL);
	/* Posts under way are let go: their threads end with the process. */
	_exit(rv < 0 ? err_exit(e.code) : 0);
}
