/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nintei-front: speaks HTTP with strangers.
 *
 * Only I hold the TLS key and the connections.  I know no case, no token and
 * no account: whoever takes me over sees what passes through me, and can ask
 * core what any stranger can.  Strangers talk to me by HTTP; core answers what
 * I ask; ninteid gives me orders (docs/PRIVSEP.md, docs/HTTP.md).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "nintei/chan.h"
#include "nintei/conf.h"
#include "nintei/fs.h"
#include "nintei/log.h"
#include "nintei/privsep.h"
#include "nintei/proc.h"
#include "nintei/web.h"

#define KEY_BYTES KIB(64)
#define DRAIN_SECONDS 30
#define THREADS_MAX 8
#define NOFILE_WANTED 16384

struct front {
	struct proc proc;
	int greeting; /* an edge on which core has not greeted yet, or -1 */
	struct config *config;
	struct buf key, chain;
	struct web *web;
	struct http_server *server[WEB_MAX];
	unsigned threads;
};

static int
key_read(struct front *f, struct err *e)
{
	CLEANUP(freep) char *dir = fs_join(f->proc.home, "keys/tls");
	CLEANUP(freep) char *key = fs_join(dir, "key.pem");
	CLEANUP(freep) char *chain = fs_join(dir, "chain.pem");

	if (fs_read(AT_FDCWD, key, KEY_BYTES, &f->key, e) < 0 ||
	    fs_read(AT_FDCWD, chain, KEY_BYTES, &f->chain, e) < 0)
		return err_wrap(e, "keys/tls");
	return 0;
}

static unsigned
threads_wanted(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 2 ? 2 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

/* Connections are descriptors: as many as the hard limit grants. */
static void
files_allow(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		return;
	r.rlim_cur = r.rlim_max < NOFILE_WANTED ? r.rlim_max : NOFILE_WANTED;
	(void)setrlimit(RLIMIT_NOFILE, &r);
}

static int
confine(struct err *e)
{
	static const struct confinement c = {
		.name = PROC_FRONT,
		.seccomp = PRIVSEP_SET_FRONT,
		.user = "nintei-front",
		.fallback_uid = 65534,
		.isolate = true,
		.empty_root = true,
		.landlock = true,
		.last_fd = FRONT_FD_METRICS,
	};
	struct layers layers;

	if (privsep_enter(&c, &layers, e) < 0)
		return -1;
	privsep_report(&layers);
	return 0;
}

static int
web_start(struct front *f, struct err *e)
{
	const struct config_limits *l = &f->config->limits;
	struct web_config c;

	web_config_default(&c);
	/* NOLINTNEXTLINE(clang-analyzer-*): start() has loaded it */
	c.url = f->config->urls.https;
	c.proxied = f->config->listen.proxy;
	c.upload_bytes = l->upload_bytes;
	c.body_bytes = l->upload_memory_bytes;
	c.uploads_per_address = (unsigned)l->uploads_per_address;
	c.reads.count = (unsigned)l->reads_per_second;
	c.reads.burst = 5 * c.reads.count;
	c.preflights.count = (unsigned)l->preflights_per_minute;
	c.preflights.burst = c.preflights.count;
	c.clock = config_clock(f->config);
	return web_new(&c, &f->web, e);
}

static int
serve(struct front *f, enum web_listener where, int fd, struct err *e)
{
	const struct config_limits *l = &f->config->limits;
	struct http_config c;

	if (!proc_has_fd(fd))
		return 0;
	http_config_default(&c);
	c.listen_fd = fd;
	c.max_connections = (unsigned)l->connections;
	if (!f->config->listen.proxy)
		c.max_per_address = (unsigned)l->connections_per_address;
	else
		c.max_per_address = 0; /* all come from the proxy */
	if (where == WEB_HTTPS) {
		c.tls_key = buf_slice(&f->key);
		c.tls_chain = buf_slice(&f->chain);
		c.threads = f->threads;
	}
	web_attach(f->web, where, &c);
	return http_start(&c, &f->server[where], e);
}

static int
serve_all(struct front *f, struct err *e)
{
	if (serve(f, WEB_HTTPS, FRONT_FD_HTTPS, e) < 0)
		return err_wrap(e, "https");
	if (serve(f, WEB_PLAIN, FRONT_FD_HTTP, e) < 0)
		return err_wrap(e, "http");
	if (serve(f, WEB_METRICS, FRONT_FD_METRICS, e) < 0)
		return err_wrap(e, "metrics");
	return 0;
}

/*
 * A new edge to core.  It answers my greeting when it has opened the store,
 * which may take long: nobody waits here.  If it is gone again, ninteid sends
 * another edge.
 */
static void
core_greet(struct front *f, int fd)
{
	struct err e = ERR_INIT;

	fd_closep(&f->greeting);
	if (chan_hello_send(fd, PROC_FRONT, &e) == 0) {
		f->greeting = fd;
		return;
	}
	log_err("core.greeting", &e, NULL);
	close(fd);
}

static void
core_greeted(struct front *f)
{
	CLEANUP(freep) struct chan_msg *m = xcalloc(1, sizeof(*m));
	CLEANUP(fd_closep) int fd = TAKE_FD(f->greeting);
	struct err e = ERR_INIT;

	if (chan_recv(fd, 0, m, &e) == 0 &&
	    chan_hello_check(m, PROC_CORE, &e) == 0)
		web_core(f->web, TAKE_FD(fd));
	else
		log_err("core.greeting", &e, NULL);
}

static unsigned
in_flight(const struct front *f)
{
	unsigned n = 0;

	for (unsigned i = 0; i < WEB_MAX; i++)
		if (f->server[i] != NULL)
			n += http_in_flight(f->server[i]);
	return n;
}

static void
wait_idle(const struct front *f, int seconds)
{
	const struct timespec moment = { .tv_nsec = 20000000 };

	for (int i = 0; i < seconds * 50 && in_flight(f) > 0; i++)
		nanosleep(&moment, NULL);
}

/* What is begun is finished, nothing new is taken. */
static void
drain(struct front *f)
{
	for (unsigned i = 0; i < WEB_MAX; i++)
		if (f->server[i] != NULL)
			http_quiesce(f->server[i]);
	wait_idle(f, DRAIN_SECONDS);
	web_abandon(f->web);
	wait_idle(f, 2);
	for (unsigned i = 0; i < WEB_MAX; i++)
		http_stop(f->server[i]);
	web_free(f->web);
	log_ev(LOG_L_INFO, "process.drained", NULL);
}

/* One order; out_done: it was the last. */
static int
order_take(struct front *f, bool *out_done, struct err *e)
{
	struct proc_event ev = { 0 };

	if (proc_next(&f->proc, &ev, e) < 0)
		return -1;
	switch (ev.order) {
	case PROC_NEW_EDGE:
		core_greet(f, ev.fd);
		break;
	case PROC_DRAIN:
		drain(f);
		*out_done = true;
		break;
	case PROC_GONE:
		_exit(0);
	case PROC_RELOAD:
		log_ev(LOG_L_INFO, "reload.needs_restart", NULL);
		break;
	case PROC_NONE:
	case PROC_MAX:
		break;
	}
	return 0;
}

/* Orders, until the last one, and greetings. */
static int
obey(struct front *f, struct err *e)
{
	bool done = false;

	while (!done) {
		struct pollfd p[2] = {
			{ .fd = f->proc.control, .events = POLLIN },
			{ .fd = f->greeting, .events = POLLIN },
		};

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return err_sys(e, E_INTERNAL, "poll");
		if (p[1].revents != 0)
			core_greeted(f);
		if (p[0].revents != 0 && order_take(f, &done, e) < 0)
			return -1;
	}
	return 0;
}

static int
start(struct front *f, int argc, char **argv, struct err *e)
{
	if (proc_init(argc, argv, PROC_FRONT, FRONT_FD_HTTPS, &f->proc, e) <
		0 ||
	    config_load(f->proc.home, &f->config, e) < 0 || key_read(f, e) < 0)
		return -1;
	files_allow();
	f->threads = threads_wanted();
	if (confine(e) < 0 || web_start(f, e) < 0 || serve_all(f, e) < 0)
		return -1;
	core_greet(f, FRONT_FD_CORE);
	return proc_ready(&f->proc, e);
}

int
main(int argc, char **argv)
{
	static struct front f = { .greeting = -1,
		.key = BUF_INIT(KEY_BYTES),
		.chain = BUF_INIT(KEY_BYTES) };
	struct err e = ERR_INIT;

	log_init(PROC_FRONT, LOG_L_INFO);
	if (start(&f, argc, argv, &e) < 0 || obey(&f, &e) < 0) {
		log_err("process.failed", &e, NULL);
		return err_exit(e.code);
	}
	config_free(f.config);
	buf_free(&f.key);
	buf_free(&f.chain);
	return 0;
}
