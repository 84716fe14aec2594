/* SPDX-License-Identifier: Apache-2.0 */
/* Errors: raising, wrapping, and the table of codes. */
#include "nintei/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nintei/wire.h"

#undef err_raise
#undef err_raise_sys
#undef err_wrap

static const struct {
	const char *name;
	int status;
	int exit;
	const char *slug;
	const char *title;
} codes[E_MAX] = {
	[E_OK] = { "E_OK", 200, 0, "ok", "No error" },
#define X(code, status, exit, slug, title) \
	[code] = { #code, status, exit, slug, title },
#include "nintei/errors.def"
#undef X
};

static void
trail_prepend(struct err *e, const char *text)
{
	char old[sizeof(e->trail)];

	memcpy(old, e->trail, sizeof(old));
	if (old[0] == '\0')
		snprintf(e->trail, sizeof(e->trail), "%s", text);
	else
		snprintf(
		    e->trail, sizeof(e->trail), "%.150s: %.230s", text, old);
}

static PRINTF_LIKE(5, 0) int raise_va(struct err *e, enum err_code code,
    const char *file, int line, const char *fmt, va_list ap)
{
	char text[sizeof(e->detail)];

	vsnprintf(text, sizeof(text), fmt, ap);
	if (e->code != E_OK) {
		trail_prepend(e, text);
		return -1;
	}
	e->code = code;
	e->file = file;
	e->line = line;
	memcpy(e->detail, utf8_mend(text), sizeof(text));
	return -1;
}

int
err_raise(struct err *e, enum err_code code, int sys, const char *file,
    int line, const char *fmt, ...)
{
	va_list ap;

	if (e->code == E_OK)
		e->sys = sys;
	va_start(ap, fmt);
	raise_va(e, code, file, line, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_raise_sys(struct err *e, enum err_code code, const char *file, int line,
    const char *fmt, ...)
{
	int sys = errno;
	va_list ap;

	va_start(ap, fmt);
	raise_va(e, code, file, line, fmt, ap);
	va_end(ap);
	if (e->sys == 0)
		e->sys = sys;
	err_trail(e, "%s", strerror(sys));
	return -1;
}

int
err_wrap(struct err *e, const char *fmt, ...)
{
	char text[sizeof(e->trail)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	trail_prepend(e, text);
	return -1;
}

void
err_trail(struct err *e, const char *fmt, ...)
{
	size_t used = strlen(e->trail);
	size_t left = sizeof(e->trail) - used;
	va_list ap;

	if (used > 0 && left > 2) {
		snprintf(e->trail + used, left, ": ");
		used += 2;
		left -= 2;
	}
	va_start(ap, fmt);
	vsnprintf(e->trail + used, left, fmt, ap);
	va_end(ap);
}

static enum err_code
known(enum err_code code)
{
	return (unsigned)code < E_MAX ? code : E_INTERNAL;
}

const char *
err_name(enum err_code code)
{
	return codes[known(code)].name;
}

const char *
err_slug(enum err_code code)
{
	return codes[known(code)].slug;
}

const char *
err_title(enum err_code code)
{
	return codes[known(code)].title;
}

int
err_status(enum err_code code)
{
	return codes[known(code)].status;
}

int
err_exit(enum err_code code)
{
	return codes[known(code)].exit;
}

enum err_code
err_from_name(const char *name)
{
	for (int i = E_OK; i < E_MAX; i++)
		if (strcmp(codes[i].name, name) == 0)
			return (enum err_code)i;
	return E_INTERNAL;
}
