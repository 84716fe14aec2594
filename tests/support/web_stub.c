/* SPDX-License-Identifier: Apache-2.0 */
/*
 * src/web and src/http with a stand-in for core in a child process, for
 * black-box tests.  The stand-in echoes what it was asked; query members make
 * it late (delay=MS), silent (mute), malformed (junk) or dead (die); documents
 * have as many bytes as their number says.
 * Usage: web_stub DIR KEY CHAIN; writes DIR/https.port, plain.port, core.pid;
 * WEB_STUB=rates, room or proxied sets limits; SIGTERM drains.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nintei/chan.h"
#include "nintei/front_msg.h"
#include "nintei/fs.h"
#include "nintei/web.h"

static void
must(bool fine, const char *what)
{
	if (!fine) {
		perror(what);
		exit(1);
	}
}

/* --- the stand-in for core --- */

static pthread_mutex_t sending = PTHREAD_MUTEX_INITIALIZER;

struct asked {
	int edge;
	uint32_t id;
	struct chan_msg *m;
	struct front_request q;
};

static unsigned
number(const struct front_request *q, const char *name)
{
	CLEANUP(freep) char *text = slice_dup(front_query_get(q, name));

	return text == NULL ? 0 : (unsigned)strtoul(text, NULL, 10);
}

static void
put_text(struct buf *b, const char *key, struct slice s)
{
	buf_putf(b, "%s: %.*s\n", key, (int)s.n, (const char *)s.p);
}

static void
echo(const struct asked *a, struct buf *b)
{
	static const char *const names[FH_MAX] = { "authorization",
		"idempotency-key", "if-match", "if-none-match", "accept",
		"content-type", "repr-digest", "accept-language" };
	const struct front_request *q = &a->q;

	buf_putf(b, "route: %s\nmethod: %s\npeer: %s\ntls: %d\n",
	    route_get(q->route)->name, method_name(q->method), q->peer, q->tls);
	buf_putf(b, "instance: %s\nparam: %s %s\n", q->instance, q->param[0],
	    q->param[1]);
	for (unsigned i = 0; i < FH_MAX; i++)
		if (q->header[i].p != NULL)
			put_text(b, names[i], q->header[i]);
	for (unsigned i = 0; i < q->nquery; i++) {
		put_text(b, "query", q->query[i].name);
		put_text(b, "value", q->query[i].value);
	}
	buf_putf(b, "body: %llu %s\n", (unsigned long long)q->body_size,
	    q->has_fd ? "sealed" : "inline");
}

/* The body arrived whole: every byte is what the tests send ('n'). */
static void
body_check(struct asked *a)
{
	struct err e = ERR_INIT;
	uint64_t size = 0;
	int fd = chan_take_fd(a->m, 0);
	char last = 0;

	if (!a->q.has_fd)
		return;
	must(blob_check(fd, LIMIT_UPLOAD_BYTES, &size, &e) == 0 &&
		size == a->q.body_size &&
		fd_pread(fd, &last, 1, (off_t)size - 1, &e) == 0,
	    "body");
	close(fd);
}

static void
reply(struct asked *a, struct front_response *r, int fd)
{
	struct buf frame = BUF_INIT(LIMIT_FRAME_BYTES);
	struct err e = ERR_INIT;

	must(front_response_encode(a->id, r, &frame, &e) == 0, e.detail);
	pthread_mutex_lock(&sending);
	must(chan_send(a->edge, &frame, &fd, fd >= 0 ? 1 : 0, &e) == 0,
	    e.detail);
	pthread_mutex_unlock(&sending);
	buf_free(&frame);
}

static void
document(struct asked *a)
{
	struct front_response r = { .status = 200, .has_fd = true };
	struct err e = ERR_INIT;
	int fd = -1;

	r.body_size = strtoul(a->q.param[1], NULL, 10);
	r.header[FR_CONTENT_TYPE] = slice_str("application/pdf");
	r.header[FR_CONTENT_DISPOSITION] =
	    slice_str("attachment; filename=\"1.pdf\"");
	must(memfd_new("doc", &fd, &e) == 0 &&
		ftruncate(fd, (off_t)r.body_size) == 0 &&
		memfd_seal(fd, &e) == 0,
	    "document");
	reply(a, &r, fd);
	close(fd);
}

static void *
answer(void *arg)
{
	struct buf text = BUF_INIT(KIB(32));
	struct asked *a = arg;
	struct front_response r = { .status = 200 };
	unsigned status = number(&a->q, "status");

	usleep(number(&a->q, "delay") * 1000);
	body_check(a);
	if (a->q.route == ROUTE_CASE_DOCUMENT) {
		document(a);
	} else if (front_query_get(&a->q, "mute").p == NULL) {
		echo(a, &text);
		r.status = status != 0 ? status : 200;
		r.header[FR_CONTENT_TYPE] = slice_str("text/plain");
		r.header[FR_ETAG] = slice_str("\"abc\"");
		r.body = r.status == 304 ? slice_str("") : buf_slice(&text);
		r.body_size = r.body.n;
		reply(a, &r, -1);
	}
	buf_free(&text);
	chan_msg_done(a->m);
	free(a->m);
	free(a);
	return NULL;
}

static void
core_step(int edge)
{
	struct asked *a = calloc(1, sizeof(*a));
	struct err e = ERR_INIT;
	pthread_t t;

	a->edge = edge;
	a->m = calloc(1, sizeof(*a->m));
	if (chan_recv(edge, 1, a->m, &e) < 0)
		_exit(0);
	must(front_request_decode(slice_of(a->m->bytes, a->m->n),
		 (unsigned)a->m->n_fds, &a->id, &a->q, &e) == 0,
	    e.detail);
	if (front_query_get(&a->q, "die").p != NULL)
		_exit(1);
	if (front_query_get(&a->q, "junk").p != NULL)
		(void)!write(edge, "junkjunkjunk", 12);
	must(pthread_create(&t, NULL, answer, a) == 0, "thread");
	pthread_detach(t);
}

/* --- front --- */

static const char *dir;

static pid_t
core_start(struct web *w)
{
	char text[32];
	struct err e = ERR_INIT;
	int pair[2];
	pid_t pid;

	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0,
	    "socketpair");
	snprintf(text, sizeof(text), "%d", pair[1]);
	if ((pid = fork()) == 0) {
		(void)fcntl(pair[1], F_SETFD, 0);
		execl("/proc/self/exe", "web_stub", "core", text, (char *)NULL);
		_exit(127);
	}
	close(pair[1]);
	snprintf(text, sizeof(text), "%d\n", (int)pid);
	must(fs_write(AT_FDCWD, "core.pid", slice_str(text), 0644, &e) == 0,
	    "core.pid");
	web_core(w, pair[0]);
	return pid;
}

static int
listen_any(const char *name)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);
	char text[16];
	struct err e = ERR_INIT;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(bind(fd, (struct sockaddr *)&a, n) == 0 && listen(fd, 512) == 0 &&
		getsockname(fd, (struct sockaddr *)&a, &n) == 0,
	    "listen");
	snprintf(text, sizeof(text), "%u\n", ntohs(a.sin_port));
	must(fs_write(AT_FDCWD, name, slice_str(text), 0644, &e) == 0, name);
	return fd;
}

static struct http_server *
serve(struct web *w, enum web_listener where, const char *name,
    const struct buf *tls)
{
	struct http_server *s = NULL;
	struct http_config c;
	struct err e = ERR_INIT;

	http_config_default(&c);
	c.listen_fd = listen_any(name);
	c.head_seconds = 2;
	c.idle_seconds = 4;
	c.body_seconds = 2;
	if (tls != NULL) {
		c.tls_key = buf_slice(&tls[0]);
		c.tls_chain = buf_slice(&tls[1]);
	}
	web_attach(w, where, &c);
	must(http_start(&c, &s, &e) == 0, e.detail);
	return s;
}

static void
limits_set(struct web_config *c)
{
	const char *mode = getenv("WEB_STUB");

	web_config_default(c);
	c->url = "https://nintei.example";
	c->core_seconds = 2;
	c->reads.count = c->preflights.count = c->failures.count = 0;
	if (mode != NULL && strcmp(mode, "rates") == 0) {
		c->reads = (struct web_rate){ 5, 1, 5 };
		c->preflights = (struct web_rate){ 30, 60, 3 };
		c->failures = (struct web_rate){ 10, 60, 3 };
	}
	if (mode != NULL && strcmp(mode, "room") == 0) {
		c->body_bytes = MIB(2);
		c->memory_seconds = 2;
		c->uploads_per_address = 4;
	}
	c->proxied = mode != NULL && strcmp(mode, "proxied") == 0;
}

int
main(int argc, char **argv)
{
	struct buf tls[2] = { BUF_INIT(65536), BUF_INIT(65536) };
	struct http_server *https, *plain;
	struct web *w = NULL;
	struct web_config c;
	struct err e = ERR_INIT;
	sigset_t set;
	int sig = 0;

	if (argc == 3 && strcmp(argv[1], "core") == 0)
		for (;;)
			core_step((int)strtol(argv[2], NULL, 10));
	must(argc == 4, "usage: web_stub DIR KEY CHAIN");
	must(fs_read(AT_FDCWD, argv[2], 65536, &tls[0], &e) == 0 &&
		fs_read(AT_FDCWD, argv[3], 65536, &tls[1], &e) == 0,
	    "key");
	dir = argv[1];
	must(chdir(dir) == 0, dir);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	limits_set(&c);
	must(web_new(&c, &w, &e) == 0, e.detail);
	core_start(w);
	https = serve(w, WEB_HTTPS, "https.port", tls);
	plain = serve(w, WEB_PLAIN, "plain.port", NULL);
	while (sigwait(&set, &sig) == 0 && sig == SIGCHLD) {
		waitpid(-1, NULL, 0);
		usleep(300000); /* a while without core */
		core_start(w);
	}
	http_quiesce(https);
	http_quiesce(plain);
	for (int i = 0; i < 200 && http_in_flight(https) > 0; i++)
		usleep(20000);
	web_abandon(w);
	http_stop(https);
	http_stop(plain);
	web_free(w);
	buf_free(&tls[0]);
	buf_free(&tls[1]);
	return 0;
}
