/* SPDX-License-Identifier: Apache-2.0 */
/* One JSON line per record, written in one write(2). */
#include "nintei/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nintei/findings.h"
#include "nintei/instant.h"
#include "nintei/slice.h"

#define RECORD_BYTES 4096
#define VALUE_BYTES 512

static char process_name[32] = "nintei";
static enum log_level least_level = LOG_L_INFO;

void
log_init(const char *name, enum log_level least)
{
	snprintf(process_name, sizeof(process_name), "%s", name);
	least_level = least;
}

/* A JSON string; text_show has already taken out what is unfit. */
static void
put_value(struct buf *b, const char *value)
{
	char shown[VALUE_BYTES];

	text_show(shown, sizeof(shown), value, strlen(value));
	buf_putc(b, '"');
	for (const char *p = shown; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			buf_putc(b, '\\');
		buf_putc(b, *p);
	}
	buf_putc(b, '"');
}

static void
put_pair(struct buf *b, const char *key, const char *value)
{
	buf_putf(b, ",\"%s\":", key);
	put_value(b, value);
}

static void
record_start(struct buf *b, enum log_level level, const char *event)
{
	static const char *const levels[] = { "debug", "info", "warn",
		"error" };
	struct clock c = clock_system();
	char at[INSTANT_TEXT];

	buf_putf(b, "{\"at\":\"%s\"", instant_format(clock_now(&c), at));
	put_pair(b, "level", levels[level]);
	put_pair(b, "process", process_name);
	buf_putf(b, ",\"pid\":%d", (int)getpid());
	put_pair(b, "event", event);
}

static void
record_end(struct buf *b)
{
	ssize_t rv;

	buf_puts(b, "}\n");
	if (!buf_ok(b))
		return;
	/* A log that cannot be written must not stop the service. */
	rv = write(2, b->p, b->n);
	(void)rv;
}

void
log_ev(enum log_level level, const char *event, ...)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(RECORD_BYTES);
	const char *key, *value;
	va_list ap;

	if (level < least_level)
		return;
	record_start(&b, level, event);
	va_start(ap, event);
	while ((key = va_arg(ap, const char *)) != NULL) {
		value = va_arg(ap, const char *);
		put_pair(&b, key, value == NULL ? "" : value);
	}
	va_end(ap);
	record_end(&b);
}

void
log_err(const char *event, const struct err *e, const char *instance)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(RECORD_BYTES);

	record_start(&b, LOG_L_ERROR, event);
	put_pair(&b, "code", err_name(e->code));
	put_pair(&b, "detail", e->detail);
	put_pair(&b, "trail", e->trail);
	if (e->file != NULL)
		buf_putf(&b, ",\"raised\":\"%s:%d\"", e->file, e->line);
	if (instance != NULL)
		put_pair(&b, "instance", instance);
	record_end(&b);
}
