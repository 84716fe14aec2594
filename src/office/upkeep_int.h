/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OFFICE_UPKEEP_INT_H
#define NINTEI_OFFICE_UPKEEP_INT_H
/* upkeep_int: repository, log, witnesses, the signer's head; and clocks. */
#include "office_state_int.h"

/* --- the repository (maintain.c) --- */
/* Begin what is due, note what has ended; the clock's thread. */
void office_maintain(struct office *o);

/* --- the register of corporate numbers (watch.c) --- */
/* What it says happened since the certification, each a task with its day. */
void office_register_tasks(
    struct office *o, const struct dossier *d, struct json *deadlines);
/* The clock: a register that is new is held against all certifications. */
void office_register_tick(struct office *o);
void office_register_metrics(struct office *o, struct buf *out);

/* --- the log (log.c): from any thread --- */
int office_log_open(struct office *o, struct err *e) MUST_CHECK;
void office_log_close(struct office *o);
/*
 * A checkpoint of at least this size, signed by the log's key (a receipt's;
 * witnesses may not have seen it): note appended.  E_UNAVAILABLE, the
 * signer's errors, E_STORE_CORRUPT.
 */
int office_checkpoint_over(struct office *o, uint64_t size, struct buf *note,
    struct tlog_head *out, struct err *e) MUST_CHECK;
/* Where the event of this hash stands in the log.  E_NOT_FOUND. */
int office_log_index(struct office *o, const uint8_t hash[32], uint64_t *out,
    struct err *e) MUST_CHECK;
/* Serve this note from now on; arg is the office. */
void office_log_publish(void *arg, struct slice note);
/* The clock: sign what moved, so that the witnesses see it unasked. */
void office_log_renew(struct office *o);

/* --- witnesses (cosign.c): from any thread --- */
int office_cosign_open(struct office *o, const struct office_options *opts,
    struct err *e) MUST_CHECK;
void office_cosign_close(struct office *o);
/* A new signed checkpoint: published now, or when enough have cosigned it. */
int office_cosign_offer(
    struct office *o, struct slice note, struct err *e) MUST_CHECK;
void office_cosign_metrics(struct office *o, struct buf *out);
/* The member "log" of /readyz. */
void office_cosign_ready(struct office *o, struct json *out);

/* --- the store's commits and the signer (history.c) --- */
/* struct store_signer; arg is the office. */
int office_sign_commits(void *arg, const struct store_commit_text *group,
    size_t n, struct buf *armour, struct store_id *last, struct err *e);
void office_commit_durable(void *arg, const struct store_id *commit);
/*
 * After the store was opened: tell the signer what is durable; show it what
 * it lost with the power.  E_STORE_CORRUPT: the two are of different moments,
 * nothing can be written.
 */
int office_history_settle(struct office *o, struct err *e) MUST_CHECK;
int64_t office_ms(void); /* of the monotonic clock */
/* E_UNAVAILABLE: the clock went back before what is recorded. */
int office_time_check(const struct office *o, struct err *e) MUST_CHECK;
/* Do the two agree now?  E_UNAVAILABLE. */
int office_history_check(struct office *o, struct err *e) MUST_CHECK;

#endif
