/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_WEB_INT_H
#define NINTEI_WEB_INT_H
/* web_int: what the files of src/web share. */
#include <pthread.h>
#include <stdatomic.h>

#include "nintei/chan.h"
#include "nintei/front_msg.h"
#include "nintei/fs.h"
#include "nintei/route.h"
#include "nintei/web.h"

#define LINK_SLOTS 1024
#define TICK_MS 500
#define FIELDS_MAX 24

/* Where a visit stands; under link.lock while it is suspended. */
enum stage {
	STAGE_HEAD = 0,
	STAGE_ROOM, /* suspended: waits for memory */
	STAGE_BODY,
	STAGE_CORE, /* suspended: core has it */
	STAGE_STREAM, /* a child makes the answer */
	STAGE_MAX
};

/* One request, from its head to its end. */
struct visit {
	struct web *web;
	enum web_listener where;
	struct http_request *http;
	const struct route *route; /* NULL until matched */
	enum stage stage;
	enum err_code failed; /* why it came back without an answer */
	struct front_request q;
	char *query; /* decoded; q.query points into it */
	struct buf body; /* small ones */
	int fd; /* archives: sealed when complete; -1 */
	uint64_t size;
	uint64_t reserved; /* bytes of web.room */
	bool counted; /* in room.uploads */
	struct visit *next_upload;
	char allow[64]; /* of a 405 */
	unsigned wait_seconds; /* of a 429 */
	struct buf frame; /* core's answer; q of a borrows from it */
	struct front_response a;
	int answer_fd; /* memory, file, or a child's output */
	int status_fd; /* how the child ends; -1 */
	char basic[FRONT_HEADER_BYTES]; /* the password of HTTP Basic */
	unsigned status; /* answered */
	int64_t deadline_ms; /* of ROOM and CORE */
	uint32_t id;
	struct visit *next; /* in one queue: link, room, or a local list */
};

/* The edge to core: visits in slots, frames out by one thread, in by another.
 */
struct link {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t reader, writer;
	bool started, stop;
	int read_fd; /* reader's; -1: core is gone */
	int write_fd; /* writer's copy of it, once handed over */
	int next_fd; /* a new edge, until the reader takes it up */
	int next_write_fd;
	bool write_over; /* the edge of write_fd is lost */
	struct visit *slot[LINK_SLOTS];
	uint16_t turn[LINK_SLOTS]; /* so that late answers find nobody */
	unsigned busy;
	struct visit *first, *last; /* not yet sent */
};

/* Memory for archives under way: first come, first served. */
struct room {
	pthread_mutex_t lock;
	uint64_t used;
	struct visit *first, *last;
	struct visit *uploads; /* all of them */
};

enum rate_class {
	RATE_READ = 0,
	RATE_PREFLIGHT,
	RATE_FAILURE,
	RATE_MAX
};
#define RATE_SETS 512
#define RATE_WAYS 8
struct rate_entry {
	uint64_t key; /* of the address, 0: free */
	int64_t tat_us[RATE_MAX]; /* theoretical arrival time of GCRA */
};
struct rate {
	pthread_mutex_t lock;
	struct web_rate rule[RATE_MAX];
	uint8_t salt[16];
	struct rate_entry entry[RATE_SETS][RATE_WAYS];
};

struct listener {
	struct web *web;
	enum web_listener where;
};

struct web {
	struct web_config c;
	char *url;
	struct link link;
	struct room room;
	struct rate rate;
	struct listener listener[WEB_MAX];
	char openapi_etag[24];
	atomic_ullong answered[6]; /* by hundreds of the status */
	atomic_ullong limited, body_bytes;
	atomic_uint visits;
};

int64_t web_ms(void);

/* visit.c: the handler; the life of a visit. */
void visit_head(struct http_request *r, void *arg);
void visit_refused(struct http_request *r, unsigned status, void *arg);
void visit_end(struct http_request *r, void *arg);
void visit_resumed(struct http_request *r, void *arg);
void visit_done(struct http_request *r, bool answered, void *arg);

/* admit.c: what is checked before a body is read (HTTP-*). */
int visit_admit(struct visit *v, struct err *e) MUST_CHECK;

/* query.c: q.query from the target.  E_INPUT. */
int query_read(struct visit *v, struct err *e) MUST_CHECK;

/* body.c: bytes into memory. */
uint64_t body_limit(const struct visit *v);
/* Archives and git's requests: they wait for room. */
bool body_is_large(const struct visit *v);
size_t visit_body(struct http_request *r, const void *p, size_t n, void *arg);
int body_finish(struct visit *v, struct err *e) MUST_CHECK;

/* room.c */
/* Rule HTTP-UPLOADS: so many at once from one address.  E_RATE. */
int uploads_enter(struct visit *v, struct err *e) MUST_CHECK;
void uploads_leave(struct visit *v);
/* True: there is room now.  False: suspended until there is. */
bool room_take(struct visit *v);
void room_give(struct visit *v);
/* Let those in that fit, turn those away that waited too long (or all). */
void room_tick(struct web *w, bool all);

/* link.c */
int link_init(struct web *w, struct err *e) MUST_CHECK;
void link_done(struct web *w);
void link_up(struct web *w, int fd);
bool link_is_up(struct web *w);
/* Suspend and queue; E_UNAVAILABLE (then not suspended). */
int link_ask(struct visit *v, struct err *e) MUST_CHECK;
void link_abandon(struct web *w);

/* rate.c: seconds to wait, 0: go on.  peek: do not count. */
int rate_init(
    struct rate *r, const struct web_config *c, struct err *e) MUST_CHECK;
unsigned rate_take(struct rate *r, enum rate_class class, const char *peer,
    bool peek, int64_t now_ms);

/* answer.c: with the headers that all answers carry. */
struct reply {
	unsigned status;
	const char *type;
	const struct http_field *fields;
	size_t nfields;
	struct slice body;
};
void answer_send(struct visit *v, const struct reply *r);
void answer_core(struct visit *v);
void answer_redirect(struct visit *v);

/* stream.c */
/* The descriptors of an answer, if they are what it says.  E_IPC. */
int stream_take(struct chan_msg *m, const struct front_response *a,
    int out[FRONT_REPLY_FDS], struct err *e) MUST_CHECK;
/* Answer, or wait for the child's first word or its end. */
void answer_stream(struct visit *v);
bool visit_ended(struct http_request *r, void *arg);

/* problem.c */
/* allow: NULL, or the field that a 405 carries. */
void answer_problem(
    struct visit *v, const struct err *e, const struct http_field *allow);
/* For rules that have a status but no code of their own. */
void answer_status(struct visit *v, unsigned status, const char *detail);
void answer_later(struct visit *v, enum err_code code, unsigned seconds);
/* A JSON string. */
void quote_put(struct buf *b, const char *s);

/* own.c: routes that front answers by itself. */
void own_answer(struct visit *v);
void own_down(struct visit *v); /* core is gone or too slow */
void own_init(struct web *w);
void own_metrics(struct web *w, struct buf *out);
extern const unsigned char web_openapi[];
extern const size_t web_openapi_size;

#endif
