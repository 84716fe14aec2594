/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OFFICE_H
#define NINTEI_OFFICE_H
/*
 * office: what the body does with a request: intake, commands, decisions,
 * issue, register.  It authenticates, authorises and builds every view-model.
 * Runs in: core.  Holds: store, index, accounts, wrapped case keys.
 * Trusts: nothing that front, unpack or examine say; of the signer only that
 * it holds the keys.
 * Rules: INTERFACE 3 and 7, REGULATION 5.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/front_msg.h"
#include "nintei/instant.h"
#include "nintei/intake.h"
#include "nintei/ossl.h"
#include "nintei/signer_link.h"

struct config;
struct cosign_answer;
struct worker_host;
struct scheme_set;
struct office;

struct office_options {
	const char *home;
	const struct config *config; /* outlives the office */
	struct scheme_set *schemes; /* outlives the office */
	struct clock clock;
	struct random random;
	struct signer_link signer;
	struct intake_hosts hosts;
	/* POST to witness i and wait, as cosigners.h; NULL: no courier. */
	int (*post)(void *arg, uint32_t i, struct slice body,
	    struct cosign_answer *out, struct err *e);
	void *post_arg;
	struct worker_host
	    *git; /* gitd, or NULL: no audit.git, no maintenance */
};

/* What opening found, for the log. */
struct office_report {
	uint64_t commits;
	unsigned locks_removed, temporaries_removed;
	unsigned segments_sealed; /* of the journal, and of documents */
	uint64_t commits_recovered, bytes_dropped;
	bool log_rebuilt; /* store/log was missing or wrong */
	unsigned completed; /* acts that a crash had left half-way */
};

/*
 * Open store, index and accounts below home; replay what the index lacks;
 * complete what was begun.  Errors: E_STORE_*, E_CONFIG, E_UNAVAILABLE.
 */
int office_open(const struct office_options *o, struct office_report *report,
    struct office **out, struct err *e) MUST_CHECK;
void office_close(struct office *o);
DEFINE_STRUCT_CLEANUP(office, office_close)

/* What of the configuration only the office reads (ninteid --check). */
int office_config_check(const struct config *c, struct err *e) MUST_CHECK;

/* One answer; owned by the caller. */
struct answer {
	unsigned status;
	char *header[FR_MAX]; /* NULL: not sent */
	struct buf body;
	int fd; /* a sealed memfd in place of body, or -1 */
	uint64_t fd_size;
	bool is_file; /* fd is an open file that nobody changes */
	/* In place of both: output and status of a job of gitd; or -1. */
	int stream_fd, status_fd;
};
void answer_init(struct answer *a);
void answer_done(struct answer *a); /* for CLEANUP(answer_done) */

/*
 * Serve one request; from any thread.  body_fd: the request's sealed memfd,
 * borrowed, or -1.  Always an answer: errors become problems (RFC 9457), and
 * those that are ours are logged once under the request's instance.
 */
void office_serve(struct office *o, const struct front_request *q, int body_fd,
    struct answer *out);

/*
 * The clock: everything due at or before now, CRLs that need refreshing.
 * Returns the seconds until the next call is useful (1 to 10), or -1 when
 * the office must be opened anew: an event is durable but not in the index, or
 * the log is damaged.
 */
int office_tick(struct office *o);
/* The store cannot write any more, which is logged: start anew. */
bool office_failed(struct office *o);

/*
 * Delete and replay the read model (`nintei index rebuild`): no keys, no
 * signer, no server may run.  events: how many were replayed.
 */
int office_index_rebuild(
    const char *home, uint64_t *out_events, struct err *e) MUST_CHECK;

#endif
