/* SPDX-License-Identifier: Apache-2.0 */
/* Connections, their deadlines, and the quiet end of refused ones. */
#include "http_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define WATCH_MS 250

int64_t
ms_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
is_loopback4(const struct in_addr *a)
{
	return ntohl(a->s_addr) >> 24 == 127;
}

static void
peer_set4(struct conn *c, struct in_addr a)
{
	inet_ntop(AF_INET, &a, c->peer, sizeof(c->peer));
	c->loopback = is_loopback4(&a);
}

/* An IPv4 address inside IPv6 is shown as IPv4. */
static void
peer_set6(struct conn *c, const struct in6_addr *a)
{
	const uint8_t *p = &a->s6_addr[12];
	struct in_addr a4;

	if (IN6_IS_ADDR_V4MAPPED(a)) {
		a4.s_addr = htonl((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		    (uint32_t)p[2] << 8 | p[3]);
		peer_set4(c, a4);
		return;
	}
	inet_ntop(AF_INET6, a, c->peer, sizeof(c->peer));
	c->loopback = IN6_IS_ADDR_LOOPBACK(a);
}

static void
peer_set(struct conn *c, const void *address)
{
	const struct sockaddr *any = address;
	const struct sockaddr_in *in4 = address;
	const struct sockaddr_in6 *in6 = address;

	if (any->sa_family == AF_INET)
		peer_set4(c, in4->sin_addr);
	else if (any->sa_family == AF_INET6)
		peer_set6(c, &in6->sin6_addr);
}

struct conn *
conn_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *ci =
	    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return ci == NULL ? NULL : ci->socket_context;
}

/* Tickets are this side's one remedy for GnuTLS's slow full handshakes. */
static void
tickets_enable(struct http_server *s, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *ci;

	if (s->key == NULL)
		return;
	ci = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	if (ci != NULL && ci->tls_session != NULL)
		gnutls_session_ticket_enable_server(
		    ci->tls_session, &s->ticket_key);
}

static void
conn_open(struct http_server *s, struct MHD_Connection *mhd, void **context)
{
	const union MHD_ConnectionInfo *ci;
	struct conn *c = xcalloc(1, sizeof(*c));

	c->server = s;
	ci = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	c->fd = ci == NULL ? -1 : ci->connect_fd;
	ci = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	if (ci != NULL && ci->client_addr != NULL)
		peer_set(c, ci->client_addr);
	tickets_enable(s, mhd);
	c->deadline_ms = ms_now() + (int64_t)s->c.head_seconds * 1000;
	pthread_mutex_lock(&s->lock);
	c->next = s->conns;
	if (c->next != NULL)
		c->next->prev = c;
	s->conns = c;
	pthread_mutex_unlock(&s->lock);
	*context = c;
}

/*
 * A copy of the descriptor keeps the socket open for a moment, or unread
 * bytes would turn into a reset that overtakes the answer.
 */
static void
parting_add(struct http_server *s, int fd)
{
	int copy;

	if (s->npartings == HTTP_PARTINGS_MAX ||
	    (copy = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0)
		return;
	s->partings[s->npartings].fd = copy;
	s->partings[s->npartings].until_ms = ms_now() + HTTP_LINGER_MS;
	s->npartings++;
}

static void
conn_close(struct http_server *s, struct conn *c)
{
	pthread_mutex_lock(&s->lock);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		s->conns = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	if (c->linger && !atomic_load(&s->stopping))
		parting_add(s, c->fd);
	pthread_mutex_unlock(&s->lock);
	request_free(c->request);
	free(c);
}

void
conn_notify(void *server, struct MHD_Connection *mhd, void **context,
    enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		conn_open(server, mhd, context);
	} else if (*context != NULL) {
		conn_close(server, *context);
		*context = NULL;
	}
}

/* seconds < 0: no deadline. */
void
conn_phase(struct conn *c, enum phase phase, int64_t seconds)
{
	pthread_mutex_lock(&c->server->lock);
	c->phase = phase;
	c->deadline_ms = seconds < 0 ? INT64_MAX : ms_now() + seconds * 1000;
	pthread_mutex_unlock(&c->server->lock);
}

/* Rule HTTP-TIME: a phase that lasts too long ends the connection. */
static void
watch_conns(struct http_server *s, int64_t now)
{
	for (struct conn *c = s->conns; c != NULL; c = c->next) {
		if (now < c->deadline_ms || c->fd < 0)
			continue;
		shutdown(c->fd, SHUT_RDWR);
		c->deadline_ms = INT64_MAX;
	}
}

static bool
parting_over(const struct parting *l, int64_t now)
{
	struct pollfd p = { .fd = l->fd, .events = POLLRDHUP };

	return now >= l->until_ms || poll(&p, 1, 0) != 0;
}

static void
watch_partings(struct http_server *s, int64_t now)
{
	for (unsigned i = 0; i < s->npartings;) {
		if (!parting_over(&s->partings[i], now)) {
			i++;
			continue;
		}
		close(s->partings[i].fd);
		s->partings[i] = s->partings[--s->npartings];
	}
}

static void *
watch_run(void *arg)
{
	struct http_server *s = arg;

	while (!atomic_load(&s->stopping)) {
		poll(NULL, 0, WATCH_MS);
		pthread_mutex_lock(&s->lock);
		watch_conns(s, ms_now());
		watch_partings(s, ms_now());
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}

int
watch_start(struct http_server *s, struct err *e)
{
	if ((errno = pthread_create(&s->watch, NULL, watch_run, s)) != 0)
		return err_sys(e, E_INTERNAL, "pthread_create");
	s->watching = true;
	return 0;
}

void
watch_stop(struct http_server *s)
{
	atomic_store(&s->stopping, true);
	if (s->watching)
		pthread_join(s->watch, NULL);
	s->watching = false;
	watch_partings(s, INT64_MAX);
}
