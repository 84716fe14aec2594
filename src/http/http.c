/* SPDX-License-Identifier: Apache-2.0 */
/* Servers: start, drain, stop. */
#include "http_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TLS_PRIORITIES                                                      \
	"SECURE128:%SERVER_PRECEDENCE:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:" \
	"-RSA:-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM:+CHACHA20-POLY1305"
#define POOL_BYTES KIB(64) /* of one connection: head, then body buffer */

void
http_config_default(struct http_config *out)
{
	static const struct http_config defaults = {
		.listen_fd = -1,
		.threads = 2,
		.max_connections = 1024,
		.max_per_address = 256,
		.head_seconds = 15,
		.idle_seconds = 60,
		.body_seconds = 30,
		.min_rate = 4096,
	};

	*out = defaults;
}

/*
 * The library's words on why it does not start; later ones are of no use:
 * operation is logged by proc/, requests by web/.
 */
static void PRINTF_LIKE(2, 0) note(void *arg, const char *fmt, va_list ap)
{
	struct http_server *s = arg;

	if (s->daemon == NULL)
		vsnprintf(s->note, sizeof(s->note), fmt, ap);
}

static void
server_free(struct http_server *s)
{
	if (s->key != NULL)
		gnutls_memset(s->key, 0, strlen(s->key));
	if (s->ticket_key.data != NULL)
		gnutls_memset(s->ticket_key.data, 0, s->ticket_key.size);
	gnutls_free(s->ticket_key.data);
	free(s->key);
	free(s->chain);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
DEFINE_STRUCT_CLEANUP(http_server, server_free)

static int
tls_load(struct http_server *s, const struct http_config *c, struct err *e)
{
	if (c->tls_key.n == 0)
		return 0;
	s->key = slice_dup(c->tls_key);
	s->chain = slice_dup(c->tls_chain);
	if (s->key == NULL || s->chain == NULL)
		return err_set(e, E_CONFIG, "the TLS key is not PEM");
	if (gnutls_session_ticket_key_generate(&s->ticket_key) < 0)
		return err_set(e, E_INTERNAL, "no session ticket key");
	return 0;
}

/*
 * MHD_quiesce_daemon() would do, but its removal of the socket races with that
 * of the library's own threads, and who comes second aborts the process.
 */
static enum MHD_Result
accept_judge(void *arg, const struct sockaddr *from, socklen_t n)
{
	const struct http_server *s = arg;

	(void)from;
	(void)n;
	return atomic_load(&s->quiesced) ? MHD_NO : MHD_YES;
}

static int
daemon_start(struct http_server *s, struct err *e)
{
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD |
	    MHD_USE_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, s->key },
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, s->chain },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (char[]){ TLS_PRIORITIES } },
		{ MHD_OPTION_END, 0, NULL },
	};
	struct MHD_OptionItem plain[] = { { MHD_OPTION_END, 0, NULL } };

	if (s->key != NULL)
		flags |= MHD_USE_TLS;
	s->daemon = MHD_start_daemon(flags, 0, accept_judge, s, request_run, s,
	    MHD_OPTION_EXTERNAL_LOGGER, note, s, MHD_OPTION_LISTEN_SOCKET,
	    s->c.listen_fd, MHD_OPTION_THREAD_POOL_SIZE, s->c.threads,
	    MHD_OPTION_CONNECTION_LIMIT, s->c.max_connections,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT, s->c.max_per_address,
	    MHD_OPTION_CONNECTION_TIMEOUT, s->c.idle_seconds,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, POOL_BYTES,
	    MHD_OPTION_CONNECTION_MEMORY_INCREMENT, POOL_BYTES / 2,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK,
	    request_begin, s, MHD_OPTION_NOTIFY_COMPLETED, request_done, s,
	    MHD_OPTION_NOTIFY_CONNECTION, conn_notify, s, MHD_OPTION_ARRAY,
	    s->key != NULL ? tls : plain, MHD_OPTION_END);
	if (s->daemon == NULL) {
		err_set(e, E_CONFIG,
		    "the HTTP library refuses the socket or the TLS key");
		return err_wrap(e, "%s", s->note);
	}
	return 0;
}

int
http_start(const struct http_config *c, struct http_server **out, struct err *e)
{
	CLEANUP(http_server_freep)
	struct http_server *s = xcalloc(1, sizeof(*s));

	s->c = *c;
	s->wake_fd = -1;
	pthread_mutex_init(&s->lock, NULL);
	if (tls_load(s, c, e) < 0)
		return -1;
	if (watch_start(s, e) < 0 || pump_start(s, e) < 0 ||
	    daemon_start(s, e) < 0) {
		pump_stop(s);
		watch_stop(s);
		return -1;
	}
	*out = TAKE(s);
	return 0;
}

void
http_quiesce(struct http_server *s)
{
	atomic_store(&s->quiesced, true);
}

unsigned
http_in_flight(const struct http_server *s)
{
	return atomic_load(&s->in_flight);
}

void
http_stop(struct http_server *s)
{
	if (s == NULL)
		return;
	pump_stop(s);
	MHD_stop_daemon(s->daemon);
	watch_stop(s);
	server_free(s);
}
