/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_FRONT_MSG_H
#define NINTEI_FRONT_MSG_H
/*
 * front_msg: one HTTP request from front to core, and its answer.
 * Runs in: front, core.  Trusts: nothing; both sides check what they read.
 *
 * Frames (docs/PROTOCOL.ipc): u32 OP_FRONT_REQUEST, u32 id, the fields of
 * front_request; u32 OP_FRONT_RESPONSE, u32 same id, those of front_response.
 * Many requests are outstanding at once; answers come in any order.  A body
 * beyond FRONT_INLINE_BYTES travels as the one sealed memfd of its frame.
 * An answer may besides have a body that is being made (stream: two pipes, of
 * its bytes and of how it ended) or an open file that nobody changes (file).
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/route.h"
#include "nintei/slice.h"

#define OP_FRONT_REQUEST 0x46520001u
#define OP_FRONT_RESPONSE 0x46520002u

#define FRONT_INLINE_BYTES KIB(40)
#define FRONT_HEADER_BYTES 4096 /* one header value */
#define FRONT_QUERY_MAX 16
#define FRONT_QUERY_BYTES 512 /* one decoded name or value */
#define FRONT_PEER_BYTES 46 /* INET6_ADDRSTRLEN */
#define FRONT_INSTANCE_BYTES 48 /* "urn:nintei:req:" and 26 characters */
/* A body that core answers with: documents, CRLs, exports. */
#define FRONT_REPLY_BYTES LIMIT_TOTAL_BYTES

/* Request headers that core sees; an absent one has p == NULL. */
enum front_header {
	FH_AUTHORIZATION = 0, /* the token after "Bearer ", else as sent */
	FH_IDEMPOTENCY_KEY,
	FH_IF_MATCH,
	FH_IF_NONE_MATCH,
	FH_ACCEPT,
	FH_CONTENT_TYPE, /* as sent; front checked it against the route */
	FH_REPR_DIGEST,
	FH_ACCEPT_LANGUAGE,
	FH_CONTENT_ENCODING, /* "gzip" of BODY_GIT; else absent */
	FH_GIT_PROTOCOL, /* as sent */
	FH_MAX
};

struct front_query {
	struct slice name; /* decoded UTF-8, no control characters */
	struct slice value;
};

/*
 * All slices are text (UTF-8, no NUL) and borrowed: on encoding from the
 * caller, on decoding from the frame.
 * A body is inline or the one sealed memfd of the frame (has_fd), which the
 * receiver owns; never both.  Routes of BODY_ARCHIVE with body_size > 0
 * always have has_fd.
 */
struct front_request {
	enum route_id route;
	enum method method; /* GET, HEAD or POST; HEAD is answered like GET */
	bool tls;
	char peer[FRONT_PEER_BYTES]; /* numeric address */
	char instance[FRONT_INSTANCE_BYTES];
	char param[ROUTE_PARAMS][ROUTE_PARAM_BYTES + 1];
	unsigned nquery;
	struct front_query query[FRONT_QUERY_MAX];
	struct slice header[FH_MAX];
	struct slice body; /* inline */
	bool has_fd;
	uint64_t body_size; /* of either */
};

/* Headers of an answer; p == NULL: not sent. */
enum front_reply_header {
	FR_CONTENT_TYPE = 0, /* required when there is a body */
	FR_ETAG, /* with its quotes */
	FR_LOCATION,
	FR_CACHE_CONTROL, /* absent: "no-store" */
	FR_RETRY_AFTER, /* seconds */
	FR_ALLOW,
	FR_CONTENT_DISPOSITION,
	FR_LINK,
	FR_VARY,
	FR_CONTENT_LOCATION,
	FR_MAX
};

/*
 * status: 200 to 599.  Header values: printable ASCII and spaces, at most
 * FRONT_HEADER_BYTES.  Front adds security headers, WWW-Authenticate to 401,
 * Content-Length and Date, and leaves the body out for HEAD, 204 and 304.
 */
struct front_response {
	unsigned status;
	struct slice header[FR_MAX];
	struct slice body; /* any bytes */
	bool has_fd;
	bool stream; /* two descriptors: output, status of a zygote's job */
	bool file; /* one descriptor, read-only: its first body_size bytes */
	uint64_t body_size; /* 0 of a stream */
};
#define FRONT_REPLY_FDS 2
/* How many descriptors an answer has. */
unsigned front_response_fds(const struct front_response *a);

/*
 * The whole frame including op and id.  A body is inline, or has_fd and
 * body_size are set and the caller sends the descriptor with the frame.
 * Errors: E_LIMIT (does not fit), E_INTERNAL (fields that decode refuses).
 */
int front_request_encode(uint32_t id, const struct front_request *q,
    struct buf *frame, struct err *e) MUST_CHECK;
int front_response_encode(uint32_t id, const struct front_response *a,
    struct buf *frame, struct err *e) MUST_CHECK;
/*
 * nfds: how many descriptors came with the frame; as has_fd, stream and file
 * (of which at most one holds) want.  The caller checks a memfd with
 * blob_check() against body_size, pipes and files by their kind.  E_IPC.
 */
int front_request_decode(struct slice frame, unsigned nfds, uint32_t *out_id,
    struct front_request *out, struct err *e) MUST_CHECK;
int front_response_decode(struct slice frame, unsigned nfds, uint32_t *out_id,
    struct front_response *out, struct err *e) MUST_CHECK;

/* The value of a query member, or a slice with p == NULL. */
struct slice front_query_get(const struct front_request *q, const char *name);

#endif
