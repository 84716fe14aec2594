/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_FETCH_H
#define NINTEI_FETCH_H
/*
 * fetch: one HTTP request and its answer, as a client.
 * Runs in: nintei.  Holds: the user's token for the length of a call.
 * Trusts: only what the CA file vouches for; never the system's CAs unless
 * no file is named.  Follows no redirect.  Vendor: libcurl.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

struct fetch_request {
	const char *method; /* "GET", "POST" */
	const char *url; /* https://, or http:// without a token */
	const char *const *headers; /* "Name: value", ended by NULL; or NULL */
	const char *token; /* bearer; NULL none */
	const char *ca_file; /* PEM; NULL: the system's */
	struct slice body; /* or: */
	int body_fd; /* the first body_size bytes from its start; -1 none */
	uint64_t body_size;
	size_t max_answer; /* bytes; 0: 32 MiB */
	unsigned seconds; /* without any progress; 0: 60 */
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
