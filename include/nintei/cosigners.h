/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_COSIGNERS_H
#define NINTEI_COSIGNERS_H
/*
 * cosigners: shows each new checkpoint to the configured witnesses, checks
 * what they answer, and publishes it when enough of them have cosigned it.
 * Runs in: core, on threads of its own: nothing waits for it.
 * Trusts: no witness and no courier: each cosignature is verified.
 * Rules: WIT-1 to WIT-9 in docs/PROTOCOL.tlog; c2sp.org/tlog-witness.
 *
 * One checkpoint, the target, is shown at a time, the newest there is; the
 * next becomes it when this one has all it can get.  Published are only
 * checkpoints with the quorum, and never a smaller one after a larger.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/instant.h"
#include "nintei/note.h"
#include "nintei/slice.h"
#include "nintei/tlog.h"

#define COSIGNERS_MAX 16 /* witnesses */

/* What a witness answered. */
struct cosign_answer {
	unsigned status;
	struct buf body; /* owned; BUF_INIT by the caller */
	bool is_size; /* Content-Type: text/x.tlog.size */
};

struct cosigners_options {
	const struct note_key
	    *witness; /* NOTE_COSIGNATURE; n of them, copied */
	size_t n; /* at most COSIGNERS_MAX */
	unsigned quorum; /* at most n; 0: publish at once */
	struct note_key log;
	const char *dir; /* store/log, exists; files "published", "witnesses" */
	struct clock clock; /* the real one: a witness has no other */
	/* POST to witness i and wait; called by several threads at once. */
	int (*post)(void *arg, uint32_t i, struct slice body,
	    struct cosign_answer *out, struct err *e);
	void *post_arg;
	/* As tiles_consistency; 0 < old <= now.  Several threads at once. */
	int (*prove)(void *arg, uint64_t old, uint64_t now,
	    struct tlog_proof *out, struct err *e);
	void *prove_arg;
	/*
	 * A checkpoint with its cosignatures, to be served from now on: the
	 * same size with more of them, or a larger one.  Called by one thread
	 * at a time, also by cosigners_new and cosigners_offer.
	 */
	void (*publish)(void *arg, struct slice note);
	void *publish_arg;
	/* For the log, from any thread; event as log_ev; e may be NULL. */
	void (*say)(void *arg, bool is_alarm, const char *event,
	    const char *witness, const struct err *e);
	void *say_arg;
};

struct cosigners;
/*
 * Publish again what was published last (if it has the quorum still), start a
 * thread for each witness.  Files that are missing or wrong cost only time.
 */
int cosigners_new(const struct cosigners_options *o, struct cosigners **out,
    struct err *e) MUST_CHECK;
/*
 * A checkpoint signed by the log alone (a whole note).  Never blocks; any
 * thread.  Not larger than the last offered: passed over.  Without a quorum
 * it is published before the return.  Errors: E_INPUT, E_INVALID (not ours).
 */
int cosigners_offer(
    struct cosigners *c, struct slice note, struct err *e) MUST_CHECK;
/* Make who waits for its next try try now (tests, SIGHUP). */
void cosigners_hurry(struct cosigners *c);
/* Ends the threads; posts under way must be made to fail first. */
void cosigners_free(struct cosigners *c);
DEFINE_STRUCT_CLEANUP(cosigners, cosigners_free)

/* For /metrics and /readyz. */
struct cosigner_state {
	char name[NOTE_NAME];
	uint64_t size; /* of the last checkpoint it cosigned; 0: none */
	uint64_t cosigned_at; /* its own time of that, UTC seconds; 0: never */
	unsigned failures; /* in a row */
	bool refuses; /* said that the log contradicts what it saw: alarm */
};
struct cosigners_state {
	size_t n;
	struct cosigner_state witness[COSIGNERS_MAX];
	unsigned quorum;
	uint64_t offered, published; /* sizes */
	uint64_t waiting_since; /* an offered one is unpublished; 0: none */
};
void cosigners_state(struct cosigners *c, struct cosigners_state *out);

#endif
