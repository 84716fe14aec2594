/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_HTTP_INT_H
#define NINTEI_HTTP_INT_H
/*
 * http_int: what the files of src/http share.  The only header that names
 * libmicrohttpd.
 */
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include <gnutls/gnutls.h>
#include <microhttpd.h>

#include "nintei/http.h"
#include "nintei/limits.h"

#define HTTP_FIELDS_MAX 100
#define HTTP_PEER_BYTES INET6_ADDRSTRLEN
#define HTTP_TARGET_BYTES KIB(8)
/* After an answer that came before the end of the body. */
#define HTTP_LINGER_MS 2000
#define HTTP_PARTINGS_MAX 64
/* Requests that wait for a descriptor; more wait for their turn. */
#define HTTP_WAITS_MAX 1024
/* What is still read of a body that is over its limit and not announced. */
#define HTTP_DISCARD_BYTES MIB(8)

/* What a connection is doing decides how long it may take. */
enum phase {
	PHASE_IDLE = 0, /* between requests, or before the first line */
	PHASE_HEAD,
	PHASE_BODY,
	PHASE_WAIT, /* suspended, or in a handler: no deadline here */
	PHASE_REPLY,
	PHASE_MAX
};

/* One connection; in the server's list while its descriptor is open. */
struct conn {
	struct conn *prev, *next;
	struct http_server *server;
	int fd;
	enum phase phase; /* this and below: under server->lock */
	int64_t deadline_ms; /* INT64_MAX: none */
	bool linger;
	char peer[HTTP_PEER_BYTES];
	bool loopback;
	struct http_request *request; /* the current one */
};

struct http_request {
	struct conn *conn;
	struct MHD_Connection *mhd;
	struct MHD_Response *response; /* made, not yet queued */
	unsigned status;
	char *method;
	char *target; /* as sent */
	int64_t length; /* -1: chunked */
	int64_t body_from_ms; /* moved on by the time of suspensions */
	int64_t suspended_ms;
	uint64_t got; /* bytes of body so far */
	uint64_t reply_bytes;
	bool begun, in_head, ended, answered, suspended;
	atomic_bool resumed;
	atomic_bool gone; /* the client is, or the server stops */
	int wait_fd; /* and next_wait: under server->lock */
	struct http_request *next_wait;
	void *slot;
};

struct parting {
	int fd;
	int64_t until_ms;
};

struct http_server {
	struct MHD_Daemon *daemon;
	struct http_config c;
	char *key, *chain;
	gnutls_datum_t ticket_key;
	char note[160];
	atomic_uint in_flight;
	atomic_bool quiesced;
	pthread_mutex_t lock;
	struct conn *conns;
	struct parting partings[HTTP_PARTINGS_MAX];
	unsigned npartings;
	pthread_t watch;
	bool watching;
	atomic_bool stopping;
	pthread_t pump;
	int wake_fd;
	bool pumping;
	bool pump_over; /* and waits: under lock */
	struct http_request *waits;
};

int64_t ms_now(void);

/* conn.c: connections and their deadlines. */
void conn_notify(void *server, struct MHD_Connection *mhd, void **context,
    enum MHD_ConnectionNotificationCode code);
struct conn *conn_of(struct MHD_Connection *mhd);
void conn_phase(struct conn *c, enum phase phase, int64_t seconds);
int watch_start(struct http_server *s, struct err *e) MUST_CHECK;
void watch_stop(struct http_server *s);

/* head.c: rules on a complete head; the status to refuse it with, or 0. */
unsigned head_check(struct http_request *r);

/* stream.c: the thread that waits for descriptors. */
int pump_start(struct http_server *s, struct err *e) MUST_CHECK;
void pump_stop(struct http_server *s);
/* Takes the descriptor of the answer; NULL: it cannot be made. */
struct MHD_Response *stream_response(
    struct http_request *r, struct http_answer *take);

/* request.c: what the library calls. */
void *request_begin(void *server, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result request_run(void *server, struct MHD_Connection *mhd,
    const char *url, const char *method, const char *version, const char *data,
    size_t *size, void **context);
void request_done(void *server, struct MHD_Connection *mhd, void **context,
    enum MHD_RequestTerminationCode code);
void request_free(struct http_request *r);

#endif
