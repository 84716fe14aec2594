/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_HTTP_H
#define NINTEI_HTTP_H
/*
 * http: HTTP/1.1 with or without TLS on an inherited listening socket.
 * Runs in: front.  Holds: connections, the TLS key.  Trusts: nothing.
 * Vendor: libmicrohttpd, GnuTLS.  Rules: HTTP-* in docs/HTTP.md.
 *
 * A request that waits is suspended and resumed; no thread ever blocks for
 * one.  Refused here, before any handler sees them: heads over the limits,
 * Transfer-Encoding beside Content-Length, repeated Host, Content-Length or
 * Authorization, a missing Host, control characters in a field.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

struct http_server;
struct http_request;

/*
 * What a server calls, from any of its threads; never two at once for one
 * request.  Each returns at once.
 *
 * head: the head is complete.  Either answers (the body is then not read and
 *       the connection ends), or suspends, or returns and gets the body.
 * refused: in place of head, when the head breaks a rule of this module:
 *       answers with this status and close.
 * body: n bytes arrived; returns how many were taken.  Fewer than n only
 *       after http_suspend(): back-pressure.
 * end:  the body is complete.  Answers or suspends.
 * done: the request is over, answered or broken off; frees *slot.  Called
 *       exactly once for each request for which head or refused was called.
 * resumed: the request runs again after http_resume(); answers or returns to
 *       what it was doing.
 * ended: a stream has ended and end_fd has something to read.  True: that was
 *       the whole body; false: the connection is cut, so that the client sees
 *       that it was not.  NULL: always whole.
 */
struct http_handler {
	void (*head)(struct http_request *r, void *arg);
	void (*refused)(struct http_request *r, unsigned status, void *arg);
	size_t (*body)(
	    struct http_request *r, const void *p, size_t n, void *arg);
	void (*end)(struct http_request *r, void *arg);
	void (*resumed)(struct http_request *r, void *arg);
	void (*done)(struct http_request *r, bool answered, void *arg);
	bool (*ended)(struct http_request *r, void *arg);
};

/* Zero means the default of http_config_default(). */
struct http_config {
	int listen_fd; /* a listening stream socket; the server owns it */
	struct slice tls_key; /* PEM; empty: no TLS */
	struct slice tls_chain; /* PEM, leaf first */
	unsigned threads;
	unsigned max_connections;
	unsigned max_per_address; /* connections; 0: no limit */
	unsigned
	    head_seconds; /* from connect or first line to the whole head */
	unsigned idle_seconds; /* between requests, and without any progress */
	unsigned body_seconds; /* grace before min_rate counts */
	unsigned min_rate; /* bytes per second a body must keep on average */
	struct http_handler handler;
	void *arg;
};

void http_config_default(struct http_config *out);
int http_start(const struct http_config *c, struct http_server **out,
    struct err *e) MUST_CHECK;
/* New connections are closed at once; answers say "Connection: close". */
void http_quiesce(struct http_server *s);
unsigned http_in_flight(const struct http_server *s); /* requests */
/* Ends all connections.  No request may be suspended. */
void http_stop(struct http_server *s);

/* Facts of a request; text lives as long as the request. */
const char *http_method(const struct http_request *r);
struct slice http_path(const struct http_request *r); /* still encoded */
struct slice http_query(const struct http_request *r); /* after "?"; or empty */
/* The first value; p == NULL when the header is absent.  Any case. */
struct slice http_header(const struct http_request *r, const char *name);
const char *http_peer(const struct http_request *r); /* numeric address */
bool http_is_loopback(const struct http_request *r); /* the peer is */
bool http_is_tls(const struct http_request *r);
/* Announced bytes, or -1: chunked. 0: no body. */
int64_t http_length(const struct http_request *r);
/* The handler's own pointer for this request. */
void **http_slot(struct http_request *r);

/*
 * http_suspend: only inside head, body, end or resumed.  http_resume: once
 * for each suspend, from any thread.
 */
void http_suspend(struct http_request *r);
void http_resume(struct http_request *r);

/*
 * Suspend until fd has something to read or its other end is closed, or the
 * client is gone; then `resumed` is called, as if after http_resume().  fd
 * stays the caller's and open.  Inside head, end or resumed.
 */
void http_wait(struct http_request *r, int fd);
/* Found while it waited: the client is gone (or the server stops). */
bool http_is_gone(const struct http_request *r);

struct http_field {
	const char *name;
	const char *value;
};

/*
 * A body is bytes (copied), the first fd_size bytes of fd (taken over), or
 * (stream) what comes out of the pipe fd (taken over) until its end: sent in
 * chunks as it comes, in constant memory.
 */
struct http_answer {
	unsigned status;
	const struct http_field *fields;
	size_t nfields;
	struct slice body;
	int fd; /* -1: none */
	uint64_t fd_size;
	bool stream;
	int end_fd; /* of a stream: readable when `ended` can tell; or -1 */
	bool close; /* end the connection after it */
};

/*
 * Answer inside head, end or resumed; exactly once.  HEAD, 204 and 304 are
 * sent without their body.  An answer that cannot be made ends the
 * connection.
 */
void http_reply(struct http_request *r, struct http_answer *take);

#endif
