/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_LOG_H
#define NINTEI_LOG_H
/*
 * log: operation, as one JSON line per record on descriptor 2.  The audit
 * trail is git.  Never logged: document content, keys, tokens, personal data.
 * Runs in: every process but the workers.  Only proc/, cli/, web/, office/
 * and signing/ call it; the rest returns err.
 */
#include "nintei/err.h"

enum log_level {
	LOG_L_DEBUG,
	LOG_L_INFO,
	LOG_L_WARN,
	LOG_L_ERROR
};

/* name: the process.  Until called, records carry "nintei". */
void log_init(const char *name, enum log_level least);
/*
 * One record: event is a fixed word such as "request.failed"; then pairs of
 * key and text, ended by NULL: log_ev(LOG_L_INFO, "case.opened", "case", id,
 * NULL).  Values are escaped and cut at 512 bytes.
 */
void log_ev(enum log_level level, const char *event, ...)
    __attribute__((sentinel));
/* A failed act, once: code, detail, trail and raise site of e. */
void log_err(const char *event, const struct err *e, const char *instance);

#endif
