/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server on src/http alone, for black-box tests: /count answers how many
 * bytes came, /wait after 300 ms, /slow takes the body with back-pressure,
 * /refuse answers 413 at the head, /late at the first byte of the body,
 * /big sends 8 MiB from memory.  Streams, each made by a thread: /drip five
 * lines in a second, /pour 64 MiB, /torn half of something, /mute nothing for
 * ever, /tell what comes before anything is answered; /making how many are
 * still being made.
 * Usage: http_echo PORT-FILE [KEY CHAIN]; drains on SIGTERM.
 */
#include "nintei/http.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nintei/cc.h"
#include "nintei/fs.h"

static atomic_int making;

struct state {
	int fd[2]; /* a stream and its maker's end */
	int end_fd;
	bool waits; /* for the first bytes, to answer */

	uint64_t got;
	bool woken;
	unsigned naps;
	struct http_request *r;
};

static void
answer(struct http_request *r, unsigned status, const char *text)
{
	struct http_field type = { "Content-Type", "text/plain" };
	struct http_answer a = { .status = status,
		.fields = &type,
		.nfields = 1,
		.body = slice_str(text),
		.fd = -1 };

	http_reply(r, &a);
}

static void *
nap(void *arg)
{
	struct state *st = arg;

	usleep(300000);
	st->woken = true;
	http_resume(st->r);
	return NULL;
}

static void
sleep_on(struct http_request *r, struct state *st)
{
	pthread_t t;

	st->r = r;
	st->woken = false;
	http_suspend(r);
	if (pthread_create(&t, NULL, nap, st) == 0)
		pthread_detach(t);
}

static bool path_is(const struct http_request *r, const char *path);

/* --- streams --- */

struct maker {
	int fd;
	int end_fd;
	const char *path;
};

static void
put_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t k = write(fd, p, n);

		if (k <= 0)
			return;
		p += k;
		n -= (size_t)k;
	}
}

static void
make(const struct maker *m)
{
	static const char block[65536];
	struct pollfd p = { m->fd, 0, 0 };

	if (strcmp(m->path, "/drip") == 0 || strcmp(m->path, "/tell") == 0)
		for (int i = 0; i < 5; i++) {
			usleep(200000);
			put_all(m->fd, "line\n", 5);
		}
	else if (strcmp(m->path, "/torn") == 0)
		put_all(m->fd, "half", 4);
	else if (strcmp(m->path, "/pour") == 0)
		for (int i = 0; i < 1024; i++)
			put_all(m->fd, block, sizeof(block));
	else
		(void)poll(&p, 1, 20000); /* until the reader is gone */
}

static void *
make_run(void *arg)
{
	struct maker *m = arg;

	make(m);
	close(m->fd);
	usleep(20000); /* how it ended is known a little later */
	put_all(m->end_fd, strcmp(m->path, "/torn") == 0 ? "n" : "y", 1);
	close(m->end_fd);
	free(m);
	atomic_fetch_sub(&making, 1);
	return NULL;
}

static void
stream_begin(struct http_request *r, struct state *st, const char *path)
{
	struct maker *m = calloc(1, sizeof(*m));
	int end[2];
	pthread_t t;

	(void)r;
	if (pipe(st->fd) < 0 || pipe(end) < 0)
		abort();
	m->fd = st->fd[1];
	m->end_fd = end[1];
	m->path = path;
	st->end_fd = end[0];
	atomic_fetch_add(&making, 1);
	if (pthread_create(&t, NULL, make_run, m) != 0)
		abort();
	pthread_detach(t);
}

static void
stream_answer(struct http_request *r, struct state *st)
{
	struct http_answer a = { .status = 200,
		.fd = st->fd[0],
		.stream = true,
		.end_fd = st->end_fd };

	http_reply(r, &a);
}

static bool
on_ended(struct http_request *r, void *arg)
{
	struct state *st = *http_slot(r);
	char c = 0;

	(void)arg;
	return read(st->end_fd, &c, 1) == 1 && c == 'y';
}

static bool
stream_if(struct http_request *r, struct state *st)
{
	static const char *const paths[] = { "/drip", "/pour", "/torn", "/mute",
		"/tell" };

	for (size_t i = 0; i < NELEM(paths); i++) {
		if (!path_is(r, paths[i]))
			continue;
		stream_begin(r, st, paths[i]);
		st->waits = strcmp(paths[i], "/tell") == 0;
		if (st->waits)
			http_wait(r, st->fd[0]);
		else
			stream_answer(r, st);
		return true;
	}
	return false;
}

static bool
path_is(const struct http_request *r, const char *path)
{
	return slice_eq_str(http_path(r), path);
}

static void
on_head(struct http_request *r, void *arg)
{
	struct state *st = calloc(1, sizeof(*st));

	(void)arg;
	*http_slot(r) = st;
	if (path_is(r, "/refuse"))
		answer(r, 413, "too large\n");
	else if (path_is(r, "/early"))
		sleep_on(r, st);
}

static void
on_refused(struct http_request *r, unsigned status, void *arg)
{
	struct http_answer a = { .status = status, .fd = -1, .close = true };

	(void)arg;
	http_reply(r, &a);
}

static size_t
on_body(struct http_request *r, const void *p, size_t n, void *arg)
{
	struct state *st = *http_slot(r);

	(void)p;
	(void)arg;
	if (path_is(r, "/late")) {
		answer(r, 422, "late\n");
		return n;
	}
	if (path_is(r, "/slow") && st->naps < 3 && !st->woken) {
		st->naps++;
		sleep_on(r, st);
		return 0;
	}
	st->woken = false;
	st->got += n;
	return n;
}

static void
finish(struct http_request *r, const struct state *st)
{
	char text[128];

	snprintf(text, sizeof(text), "%llu bytes from %s by %s\n",
	    (unsigned long long)st->got, http_peer(r), http_method(r));
	answer(r, 200, text);
}

static void
big(struct http_request *r)
{
	struct err e = ERR_INIT;
	struct http_answer a = { .status = 200, .fd = -1, .fd_size = 8 << 20 };

	if (memfd_new("big", &a.fd, &e) < 0 ||
	    ftruncate(a.fd, (off_t)a.fd_size) < 0)
		abort();
	http_reply(r, &a);
}

static void
on_end(struct http_request *r, void *arg)
{
	struct state *st = *http_slot(r);

	(void)arg;
	if (path_is(r, "/wait"))
		sleep_on(r, st);
	else if (path_is(r, "/big"))
		big(r);
	else if (path_is(r, "/making")) {
		st->got = (uint64_t)atomic_load(&making);
		finish(r, st);
	} else if (!stream_if(r, st))
		finish(r, st);
}

static void
on_resumed(struct http_request *r, void *arg)
{
	(void)arg;
	if (path_is(r, "/wait"))
		finish(r, *http_slot(r));
	if (path_is(r, "/tell"))
		stream_answer(r, *http_slot(r));
}

static void
on_done(struct http_request *r, bool answered, void *arg)
{
	struct state *st = *http_slot(r);

	(void)answered;
	(void)arg;
	if (st != NULL && st->end_fd > 0)
		close(st->end_fd);
	free(st);
}

static int
listen_any(const char *port_file)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);
	char text[16];
	struct err e = ERR_INIT;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&a, n) < 0 || listen(fd, 128) < 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) < 0)
		abort();
	snprintf(text, sizeof(text), "%u\n", ntohs(a.sin_port));
	if (fs_write(AT_FDCWD, port_file, slice_str(text), 0644, &e) < 0)
		abort();
	return fd;
}

int
main(int argc, char **argv)
{
	struct buf key = BUF_INIT(65536), chain = BUF_INIT(65536);
	struct http_server *s = NULL;
	struct http_config c;
	struct err e = ERR_INIT;
	sigset_t set;
	int sig;

	if (argc < 2)
		return 2;
	http_config_default(&c);
	c.handler = (struct http_handler){ on_head, on_refused, on_body, on_end,
		on_resumed, on_done, on_ended };
	(void)signal(SIGPIPE, SIG_IGN);
	c.head_seconds = 2;
	c.idle_seconds = 3;
	c.body_seconds = 2;
	if (argc == 4) {
		if (fs_read(AT_FDCWD, argv[2], 65536, &key, &e) < 0 ||
		    fs_read(AT_FDCWD, argv[3], 65536, &chain, &e) < 0)
			return 1;
		c.tls_key = buf_slice(&key);
		c.tls_chain = buf_slice(&chain);
	}
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	c.listen_fd = listen_any(argv[1]);
	if (http_start(&c, &s, &e) < 0) {
		fprintf(stderr, "%s: %s\n", e.detail, e.trail);
		return 1;
	}
	sigwait(&set, &sig);
	http_quiesce(s);
	for (int i = 0; i < 100 && http_in_flight(s) > 0; i++)
		usleep(50000);
	http_stop(s);
	buf_free(&key);
	buf_free(&chain);
	return 0;
}
