/* SPDX-License-Identifier: Apache-2.0 */
/* The listening sockets: they outlive every front. */
#include "ninteid_int.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nintei/cc.h"

#define BACKLOG 1024

/* "127.0.0.1:8443" or "[::1]:8443"; numbers only. */
static int
address_split(const char *text, char *host, size_t cap, const char **out_port,
    struct err *e)
{
	const char *colon = strrchr(text, ':');
	size_t n;

	if (colon == NULL || colon == text)
		return err_set(
		    e, E_CONFIG, "listen: want address:port, have %s", text);
	n = (size_t)(colon - text);
	if (text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	}
	if (n >= cap)
		return err_set(e, E_CONFIG, "listen: address too long");
	snprintf(host, cap, "%.*s", (int)n, text);
	*out_port = colon + 1;
	return 0;
}

static int
address_resolve(const char *text, struct addrinfo **out, struct err *e)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV };
	char host[ADDRESS_TEXT];
	const char *port;

	if (address_split(text, host, sizeof(host), &port, e) < 0)
		return -1;
	if (getaddrinfo(host, port, &hints, out) != 0)
		return err_set(e, E_CONFIG,
		    "listen: want a numeric address:port, have %s", text);
	return 0;
}

static int
socket_bind(const struct addrinfo *a, const char *text, int *out, struct err *e)
{
	CLEANUP(fd_closep)
	int fd =
	    socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1;

	if (fd < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot open a socket");
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(fd, a->ai_addr, a->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot listen on %s", text);
	*out = TAKE_FD(fd);
	return 0;
}

/* Port 0 in the configuration becomes the port that the kernel chose. */
static void
address_text(int fd, char *out, size_t cap)
{
	struct sockaddr_storage a = { 0 };
	socklen_t n = sizeof(a);
	char host[ADDRESS_TEXT], port[8];

	out[0] = '\0';
	if (getsockname(fd, (struct sockaddr *)&a, &n) < 0 ||
	    getnameinfo((struct sockaddr *)&a, n, host, sizeof(host), port,
		sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return;
	snprintf(out, cap, a.ss_family == AF_INET6 ? "[%.45s]:%s" : "%.45s:%s",
	    host, port);
}

static int
listen_one(struct super *s, int which, const char *text, struct err *e)
{
	struct addrinfo *a;
	int rv;

	if (text[0] == '\0')
		return 0;
	if (address_resolve(text, &a, e) < 0)
		return -1;
	rv = socket_bind(a, text, &s->listen[which], e);
	freeaddrinfo(a);
	if (rv == 0)
		address_text(s->listen[which], s->address[which], ADDRESS_TEXT);
	return rv;
}

int
listen_open(const struct config *c, struct super *s, struct err *e)
{
	if (listen_one(s, LISTEN_HTTPS, c->listen.https, e) < 0 ||
	    listen_one(s, LISTEN_HTTP, c->listen.http, e) < 0 ||
	    listen_one(s, LISTEN_METRICS, c->listen.metrics, e) < 0)
		return -1;
	if (s->listen[LISTEN_HTTPS] < 0 || s->listen[LISTEN_HTTP] < 0)
		return err_set(
		    e, E_CONFIG, "listen: https and http must be given");
	return 0;
}
