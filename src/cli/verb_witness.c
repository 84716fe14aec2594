/* SPDX-License-Identifier: Apache-2.0 */
/* nintei witness: a key for it, and the witness itself. */
#include "cli_int.h"

#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/log.h"
#include "witness_int.h"

#define PEM_BYTES KIB(64)
#define ADDRESS_BYTES 128
#define DRAIN_SECONDS 10

/* --- the key --- */

static int
key_save(const struct cli *c, const struct witness_key *k,
    const struct buf *vkey, struct err *e)
{
	CLEANUP(buf_wipe) struct buf text = BUF_INIT(WITNESS_KEY_BYTES);
	CLEANUP(freep) char *file = fs_join(c->a.output, "witness.key");
	CLEANUP(freep) char *pub = fs_join(c->a.output, "witness.vkey");

	if (witness_key_format(k, &text, e) < 0 ||
	    fs_mkdirs(AT_FDCWD, c->a.output, 0700, e) < 0 ||
	    fs_create(AT_FDCWD, file, buf_slice(&text), 0600, e) < 0)
		return err_wrap(e, "%s", file);
	return fs_write(AT_FDCWD, pub, buf_slice(vkey), 0644, e);
}

int
witness_key_new(struct cli *c, struct err *e)
{
	CLEANUP(witness_key_done) struct witness_key k = { 0 };
	CLEANUP(buf_free) struct buf vkey = BUF_INIT(WITNESS_KEY_BYTES);
	CLEANUP(jsonx_freep) struct json *o = NULL;

	if (c->a.output == NULL || c->a.name == NULL)
		return err_set(e, E_USAGE, "want -o DIR and --name NAME");
	if (witness_key_make(slice_str(c->a.name), &k, e) < 0)
		return -1;
	note_key_format(&k.pub, &vkey);
	if (c->a.json) {
		o = jsonx_object();
		jsonx_set_str(o, "vkey", buf_str(&vkey));
	}
	buf_putc(&vkey, '\n');
	if (key_save(c, &k, &vkey, e) < 0)
		return -1;
	if (o != NULL)
		print_json(o);
	else
		fputs(buf_str(&vkey), stdout);
	return 0;
}

/* --- where it listens --- */

/* "127.0.0.1:8470", "[::1]:8470"; host and port are owned. */
static int
address_split(const char *text, char **host, char **port, struct err *e)
{
	const char *colon = strrchr(text, ':');
	size_t n;

	if (colon == NULL || colon == text)
		return err_set(e, E_USAGE, "--listen: want ADDRESS:PORT");
	n = (size_t)(colon - text);
	if (text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	*host = xstrndup(text, n);
	*port = xstrdup(colon + 1);
	return 0;
}

/* getaddrinfo takes 99999 and listens at 34463. */
static int
port_check(const char *port, struct err *e)
{
	struct err none = ERR_INIT;
	uint64_t n;

	if (dec_parse(port, 65535, &n, &none) < 0)
		return err_set(
		    e, E_USAGE, "--listen: want a port of 0 to 65535");
	return 0;
}

static int
listen_at(const struct addrinfo *a, int *out, struct err *e)
{
	CLEANUP(fd_closep)
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int on = 1;

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, a->ai_addr, a->ai_addrlen) < 0 || listen(fd, 128) < 0)
		return err_sys(e, E_CONFIG, "cannot listen there");
	*out = TAKE_FD(fd);
	return 0;
}

static int
listen_open(const char *text, int *out, struct err *e)
{
	CLEANUP(freep) char *host = NULL;
	CLEANUP(freep) char *port = NULL;
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST |
		    AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	int rv;

	if (address_split(text, &host, &port, e) < 0 || port_check(port, e) < 0)
		return -1;
	if (getaddrinfo(host, port, &hints, &found) != 0)
		return err_set(
		    e, E_USAGE, "--listen: want a numeric ADDRESS:PORT");
	rv = listen_at(found, out, e);
	freeaddrinfo(found);
	return rv;
}

/* As bound: the port may have been 0. */
static void
address_of(int fd, char out[ADDRESS_BYTES])
{
	struct sockaddr_storage s = { 0 };
	socklen_t n = sizeof(s);
	char host[64] = "", port[8] = "";

	if (getsockname(fd, (struct sockaddr *)&s, &n) == 0)
		(void)getnameinfo((struct sockaddr *)&s, n, host, sizeof(host),
		    port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	(void)snprintf(out, ADDRESS_BYTES,
	    strchr(host, ':') != NULL ? "[%s]:%s" : "%s:%s", host, port);
}

/* --- what it needs --- */

static int
logs_read(const struct cli *c, struct note_key out[CLI_LOGS], struct err *e)
{
	for (unsigned i = 0; i < c->a.logs.n; i++)
		if (note_key_parse(slice_str(c->a.logs.text[i]), &out[i], e) <
		    0)
			return err_wrap(e, "--log %s", c->a.logs.text[i]);
	return 0;
}

static int
open_witness(const struct cli *c, struct witness **out, struct err *e)
{
	CLEANUP(buf_wipe) struct buf text = BUF_INIT(WITNESS_KEY_BYTES);
	CLEANUP(witness_key_done) struct witness_key key = { 0 };
	struct note_key *logs = xcalloc(CLI_LOGS, sizeof(*logs));
	const struct witness_options o = { .state = c->a.state,
		.key = &key,
		.logs = logs,
		.n_logs = c->a.logs.n,
		.clock = clock_system() };
	int rv = -1;

	if (fs_read(AT_FDCWD, c->a.key, WITNESS_KEY_BYTES, &text, e) == 0 &&
	    witness_key_parse(buf_slice(&text), &key, e) == 0 &&
	    logs_read(c, logs, e) == 0)
		rv = witness_open(&o, out, e);
	free(logs);
	return rv;
}

static int
tls_read(const struct cli *c, struct buf *key, struct buf *chain, struct err *e)
{
	if ((c->a.tls_key == NULL) != (c->a.tls_cert == NULL))
		return err_set(
		    e, E_USAGE, "want --tls-key and --tls-cert together");
	if (c->a.tls_key == NULL)
		return 0;
	if (fs_read(AT_FDCWD, c->a.tls_key, PEM_BYTES, key, e) < 0)
		return err_wrap(e, "--tls-key");
	if (fs_read(AT_FDCWD, c->a.tls_cert, PEM_BYTES, chain, e) < 0)
		return err_wrap(e, "--tls-cert");
	return 0;
}

/* --- running --- */

/* Blocked in all threads, so that one wait gets it. */
static void
signals_block(sigset_t *out)
{
	sigemptyset(out);
	sigaddset(out, SIGTERM);
	sigaddset(out, SIGINT);
	pthread_sigmask(SIG_BLOCK, out, NULL);
}

static void
drain(struct http_server *s)
{
	const struct timespec step = { .tv_nsec = 20000000 };

	http_quiesce(s);
	for (int i = 0; i < DRAIN_SECONDS * 50 && http_in_flight(s) > 0; i++)
		(void)nanosleep(&step, NULL);
	http_stop(s);
	log_ev(LOG_L_INFO, "witness.stopped", NULL);
}

static int
serve(const struct cli *c, struct witness *w, struct err *e)
{
	CLEANUP(buf_wipe) struct buf key = BUF_INIT(PEM_BYTES);
	CLEANUP(buf_free) struct buf chain = BUF_INIT(PEM_BYTES);
	char address[ADDRESS_BYTES];
	struct http_server *s = NULL;
	sigset_t signals;
	int fd = -1, sig;

	if (tls_read(c, &key, &chain, e) < 0 ||
	    listen_open(c->a.listen, &fd, e) < 0)
		return -1;
	address_of(fd, address);
	signals_block(&signals);
	if (witness_http_start(
		fd, buf_slice(&key), buf_slice(&chain), w, &s, e) < 0)
		return -1;
	log_ev(LOG_L_INFO, "witness.ready", "listen", address, NULL);
	printf("%s://%s\n", key.n != 0 ? "https" : "http", address);
	(void)fflush(stdout);
	(void)sigwait(&signals, &sig);
	drain(s);
	return 0;
}

int
witness_run(struct cli *c, struct err *e)
{
	CLEANUP(witness_freep) struct witness *w = NULL;

	if (c->a.key == NULL || c->a.state == NULL || c->a.listen == NULL ||
	    c->a.logs.n == 0)
		return err_set(e, E_USAGE,
		    "want --key FILE --state DIR --listen ADDRESS:PORT "
		    "--log VKEY");
	log_init("witness", LOG_L_INFO);
	if (open_witness(c, &w, e) < 0)
		return -1;
	return serve(c, w, e);
}
