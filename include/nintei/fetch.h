/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_FETCH_H
#define NINTEI_FETCH_H
/*
 * fetch: one HTTP request and its answer, as a client.
 * Runs in: nintei, courier.  Holds: the token for the length of a call.
 * Trusts: only what the CA file vouches for; never the system's CAs unless
 * no file is named.  Follows no redirect.  Vendor: libcurl.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

/* Keeps connections open between calls; one call at a time. */
struct fetch_client;
int fetch_client_new(struct fetch_client **out, struct err *e) MUST_CHECK;
void fetch_client_free(struct fetch_client *c);
DEFINE_STRUCT_CLEANUP(fetch_client, fetch_client_free)
/* Load what libcurl loads once: before threads and before a confinement. */
int fetch_warm(struct err *e) MUST_CHECK;

struct fetch_request {
	struct fetch_client *client; /* or NULL: a connection of its own */
	const char *method; /* "GET", "POST" */
	const char *url; /* https://, or http:// without a token */
	const char *const *headers; /* "Name: value", ended by NULL; or NULL */
	const char *token; /* bearer; NULL none */
	const char *ca_file; /* PEM; NULL: the system's */
	struct slice ca_pem; /* in place of ca_file; empty: none */
	struct slice body; /* or: */
	int body_fd; /* the first body_size bytes from its start; -1 none */
	uint64_t body_size;
	size_t max_answer; /* bytes; 0: 32 MiB */
	unsigned seconds; /* without any progress; 0: 60 */
	unsigned total_seconds; /* of the whole; 0: no limit */
	/* Bytes of the body sent so far; may be NULL. */
	void (*progress)(void *arg, uint64_t sent, uint64_t total);
	void *arg;
};
#define FETCH_INIT                             \
	{                                      \
		.method = "GET", .body_fd = -1 \
	}

struct fetch_answer {
	unsigned status;
	char *content_type, *location, *etag, *retry_after; /* "" if absent */
	struct buf body;
};
void fetch_answer_done(struct fetch_answer *a); /* for CLEANUP */

/*
 * Any status is an answer.  Errors: E_UNAVAILABLE (no connection, time-out),
 * E_INVALID (the server's certificate), E_USAGE (URL; a token over http),
 * E_LIMIT (answer too large).
 */
int fetch(const struct fetch_request *q, struct fetch_answer *out,
    struct err *e) MUST_CHECK;
/* text with everything but A-Z a-z 0-9 - . _ ~ as %XX, for a URL; owned. */
char *fetch_escape(const char *text);

#endif
