/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_ERR_H
#define NINTEI_ERR_H
/*
 * err: why something could not be done.  A verdict on what was checked is a
 * finding (findings.h), never an error.
 * Runs in: every process.  Codes: src/base/errors.def (INTERFACE 7).
 */
#include <stdint.h>
#include "nintei/cc.h"

enum err_code {
	E_OK = 0,
#define X(code, status, exit, slug, title) code,
#include "nintei/errors.def"
#undef X
	E_MAX
};

/* Plain data without ownership; the caller always supplies it. */
struct err {
	enum err_code code; /* stable; may leave the host */
	int sys; /* errno at the raise site, or 0 */
	const char *file; /* raise site, for the log only */
	int line;
	char detail[256]; /* for the user: no paths, no secrets */
	char trail[384]; /* for the log: "outer: inner: cause" */
};

#define ERR_INIT             \
	{                    \
		.code = E_OK \
	}

/* Raise.  All return -1.  The first raise fixes code and detail. */
#define err_set(e, code, ...) \
	err_raise((e), (code), 0, __FILE__, __LINE__, __VA_ARGS__)
/* The same with errno; the message of errno goes to the trail. */
#define err_sys(e, code, ...) \
	err_raise_sys((e), (code), __FILE__, __LINE__, __VA_ARGS__)
int err_raise(struct err *e, enum err_code code, int sys, const char *file,
    int line, const char *fmt, ...) PRINTF_LIKE(6, 7);
int err_raise_sys(struct err *e, enum err_code code, const char *file, int line,
    const char *fmt, ...) PRINTF_LIKE(5, 6);
/* Put context before the trail. */
int err_wrap(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Add foreign text (a library's message) to the trail. */
void err_trail(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
#ifdef __clang_analyzer__ /* It looks into one file at a time. */
#define err_raise(...) ((void)err_raise(__VA_ARGS__), -1)
#define err_raise_sys(...) ((void)err_raise_sys(__VA_ARGS__), -1)
#define err_wrap(...) ((void)err_wrap(__VA_ARGS__), -1)
#endif

/* Facts about a code: INTERFACE 7, RFC 9457.  Unknown: those of E_INTERNAL. */
const char *err_name(enum err_code code); /* "E_FLOW_GUARD" */
const char *err_slug(enum err_code code); /* "workflow/guard" */
const char *err_title(enum err_code code); /* English, one sentence */
int err_status(enum err_code code); /* HTTP status */
int err_exit(enum err_code code); /* exit status of nintei */
/* E_INTERNAL for a name that is not listed. */
enum err_code err_from_name(const char *name);

#endif
