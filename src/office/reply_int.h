/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OFFICE_REPLY_INT_H
#define NINTEI_OFFICE_REPLY_INT_H
/* reply_int: answers, repeated requests, and who is asking. */
#include "office_state_int.h"

/* --- answers (answer.c) --- */
void answer_header(
    struct answer *a, enum front_reply_header h, const char *value);
/* Takes the document. */
void answer_json(struct answer *a, unsigned status, struct json *take);
void answer_bytes(struct answer *a, const char *type, struct slice bytes);
void answer_problem(
    const struct visit *v, struct answer *a, const struct err *e);
/* Strong ETag of a version; answers 304 by If-None-Match.  True: done. */
bool answer_etag(const struct visit *v, struct answer *a, const char *version);

/* --- said alike (common.c) --- */
void set_instant(struct json *j, const char *key, int64_t t);
void set_base64(struct json *j, const char *key, const struct buf *bytes);
/* The end of the civil day so many days after the one of now. */
int64_t end_of_day_after(int64_t now, int64_t days);
struct blob; /* fs.h */
/* The body of a request, inline or mapped into map.  E_LIMIT. */
int visit_text(const struct visit *v, size_t max, struct blob *map,
    struct slice *out, struct err *e) MUST_CHECK;
/* A query parameter, owned by the caller; NULL when absent. */
char *query_text(const struct visit *v, const char *name);

/* --- repeated requests (repeat.c) --- */
struct repeat {
	unsigned status; /* of an answer that must be made again */
	bool answered; /* the first answer was given */
	uint8_t body_sha256[32];
};
/*
 * Give the first answer to the same request, if there was one; without an
 * Idempotency-Key nothing happens.  Errors: E_INPUT, E_IDEMPOTENCY.
 */
int repeat_begin(struct visit *v, const uint8_t body_sha256[32],
    struct repeat *r, struct answer *out, struct err *e) MUST_CHECK;
/* What a repeated request must share: route, object and body. */
void repeat_body(const struct visit *v, struct slice body, uint8_t out[32]);
void repeat_keep(
    const struct visit *v, const struct repeat *r, const struct answer *out);

/* --- who (who.c) --- */
int visit_authenticate(struct visit *v, struct err *e) MUST_CHECK;
/* E_AUTH without a token, E_NOT_FOUND where the route is for others. */
int visit_authorise(
    struct visit *v, const struct route *r, struct err *e) MUST_CHECK;
bool visit_is_staff(const struct visit *v);
/* What the visitor may be in this case: ROLE_ bits. */
unsigned visit_roles_in(const struct visit *v, const struct dossier *d);
/* How much of a case a visitor sees (REGULATION 6.4). */
enum access {
	ACCESS_NONE = 0, /* it is not there: 404 */
	ACCESS_NAMES, /* invited: names of applicant and service, own seat */
	ACCESS_OPEN, /* an auditor: what a clone shows, no secret values */
	ACCESS_CASE /* all of it; documents by their tags */
};
enum access visit_access(const struct visit *v, const struct dossier *d);
/* May this visitor see the dossier at all? */
bool visit_may_see(const struct visit *v, const struct dossier *d);
/* Was it open to them once: a seat that ended, a delegation that ended? */
bool visit_was_let_in(const struct visit *v, const struct dossier *d);
/* May they read documents of this tag in this case? */
bool visit_may_read(
    const struct visit *v, const struct dossier *d, const char *tag);
/* The same of any person. */
bool office_is_delegate(
    struct office *o, const char *person, const struct dossier *d);
/* The person's last seat in the case's committee, or NULL. */
const struct dossier_seat *seat_of(const struct dossier *d, const char *person);

#endif
