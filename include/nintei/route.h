/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_ROUTE_H
#define NINTEI_ROUTE_H
/*
 * route: which endpoint a method and a path name.  Pure.
 * Runs in: front, core.  Trusts: nothing.
 * The table is routes.inc; authorisation (who) is core's, by the same rows.
 */
#include <stdbool.h>
#include <stddef.h>
#include "nintei/limits.h"
#include "nintei/slice.h"

enum method {
	METHOD_NONE = 0,
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_PUT,
	METHOD_PATCH,
	METHOD_DELETE,
	METHOD_OPTIONS,
	METHOD_MAX
};

enum route_id {
	ROUTE_NONE = 0,
#define X(name, method, path, who, body, limit, flags) ROUTE_##name,
#include "nintei/routes.inc"
#undef X
	ROUTE_MAX
};

/* Who may ask: a token with one of these scopes.  0: no token needed. */
#define WHO_ALL 0u
#define WHO_APPLICANT 0x01u /* own cases only */
#define WHO_SECRETARIAT 0x02u
#define WHO_OFFICER 0x04u
#define WHO_MEMBER 0x08u
#define WHO_CHAIR 0x10u
#define WHO_DELEGATE 0x20u
#define WHO_AUDITOR 0x40u
#define WHO_STAFF 0x7eu
#define WHO_PARTY 0x7fu
#define WHO_LEDGER (WHO_SECRETARIAT | WHO_OFFICER | WHO_AUDITOR)
#define WHO_READERS (WHO_SECRETARIAT | WHO_OFFICER) /* of keys */
#define WHO_PAPERS (WHO_STAFF & ~WHO_AUDITOR) /* documents by their tags */

enum body_kind {
	BODY_NONE = 0, /* a body is refused */
	BODY_JSON, /* application/json */
	BODY_ARCHIVE, /* the five media types of INTERFACE 3 */
	BODY_SIGNATURE, /* text/plain or application/json */
	BODY_GIT, /* a git request; perhaps gzip, which core passes on */
	BODY_MAX
};

#define ROUTE_IDEMPOTENT 0x01u /* Idempotency-Key is required */
#define ROUTE_PUBLIC 0x02u /* may be cached by anybody, read cross-origin */
#define ROUTE_LOOPBACK 0x04u /* only for peers on this machine */
#define ROUTE_PLAIN 0x08u /* also on the listener without TLS */
#define ROUTE_FRONT 0x10u /* front answers by itself */
#define ROUTE_BASIC 0x20u /* the token may be the password of HTTP Basic */

#define ROUTE_PARAMS 2
#define ROUTE_PARAM_BYTES 128
#define ROUTE_PATH_BYTES 1024 /* longer paths name nothing */

struct route {
	enum route_id id;
	enum method method;
	const char *name; /* "CASE_COMMAND" */
	const char *path; /* the template */
	unsigned who; /* WHO_ bits */
	enum body_kind body;
	size_t limit; /* bytes of body */
	unsigned flags; /* ROUTE_ bits */
};

/* NULL for ROUTE_NONE and anything out of range. */
const struct route *route_get(enum route_id id);

enum route_result {
	ROUTE_RESULT_NONE = 0,
	ROUTE_FOUND,
	ROUTE_BAD_PATH, /* not a path we accept: 400 */
	ROUTE_NO_PATH, /* 404 */
	ROUTE_NO_METHOD /* 405: allow lists what is offered */
};

/* Zero-initialise; params are decoded, NUL-terminated UTF-8. */
struct route_match {
	const struct route *route;
	unsigned nparams;
	char param[ROUTE_PARAMS][ROUTE_PARAM_BYTES + 1];
	char allow[64]; /* "GET, HEAD", for ROUTE_NO_METHOD */
};

/*
 * path: the request target before "?", still percent-encoded.  Decoding is
 * strict: two hex digits; no NUL, control, "/" or "\" from an escape; UTF-8;
 * no empty, "." or ".." segment.  Escaped and plain letters are the same.
 */
enum route_result route_match(
    enum method method, struct slice path, struct route_match *out);

/*
 * A parameter of a rest, or any text that stood percent-encoded in a path:
 * strict as above; false and out untouched if it is not acceptable.
 */
bool route_decode(struct slice in, char *out, size_t cap);

const char *method_name(enum method m); /* "GET"; "" for NONE */
enum method method_parse(const char *name); /* METHOD_NONE if unknown */

#endif
