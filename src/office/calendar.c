/* SPDX-License-Identifier: Apache-2.0 */
/* iCalendar (RFC 5545): deadlines as events of whole days. */
#include "calendar_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/limits.h"
#include "nintei/term.h"

#define FOLD 75 /* bytes of a line, its end not counted (3.1) */

/* Lines end in CRLF; long ones go on after CRLF and a blank. */
static void
line_put(struct buf *out, const char *name, const char *value)
{
	size_t used = strlen(name) + 1;

	buf_puts(out, name);
	buf_putc(out, ':');
	for (const char *p = value; *p != '\0';) {
		size_t n = 1;

		/* No character of UTF-8 is cut. */
		while (((unsigned char)p[n] & 0xc0) == 0x80)
			n++;
		if (used + n > FOLD) {
			buf_puts(out, "\r\n ");
			used = 1;
		}
		buf_put(out, p, n);
		used += n;
		p += n;
	}
	buf_puts(out, "\r\n");
}

/* TEXT (3.3.11): backslash, semicolon, comma and line ends are escaped. */
static void
text_put(struct buf *out, const char *name, const char *text)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(16));

	for (; *text != '\0'; text++)
		if (*text == '\n')
			buf_puts(&b, "\\n");
		else if (*text == '\\' || *text == ';' || *text == ',') {
			buf_putc(&b, '\\');
			buf_putc(&b, *text);
		} else if ((unsigned char)*text >= ' ')
			buf_putc(&b, *text);
	line_put(out, name, buf_str(&b));
}

static void
day_put(struct buf *out, const char *name, struct jday day)
{
	int y, m, d;
	char text[16];

	jday_civil(day, &y, &m, &d);
	snprintf(text, sizeof(text), "%04d%02d%02d", y, m, d);
	line_put(out, name, text);
}

/* UTC: "20260701T060000Z". */
static void
stamp_put(struct buf *out, const char *name, int64_t at)
{
	int64_t rest = at % 86400;
	char text[24];
	int y, m, d;

	/* A civil day of ours is nine hours ahead. */
	jday_civil(jday_of_instant(at - 9 * 3600), &y, &m, &d);
	snprintf(text, sizeof(text), "%04d%02d%02dT%02d%02d%02dZ", y, m, d,
	    (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
	line_put(out, name, text);
}

void
calendar_begin(struct buf *out)
{
	line_put(out, "BEGIN", "VCALENDAR");
	line_put(out, "VERSION", "2.0");
	line_put(out, "PRODID", "-//nintei//deadlines//JA");
	line_put(out, "CALSCALE", "GREGORIAN");
	line_put(out, "METHOD", "PUBLISH");
}

/*
 * The same deadline has the same UID for ever, whenever it is asked for: it
 * hangs on the case, the matter and the instance, not on the date, so that a
 * deadline that is moved moves in the calendar.
 */
static void
uid_put(struct buf *out, const struct calendar_entry *t)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(1));
	char hex[SHA256_HEX];
	char uid[SHA256_HEX + 16];

	buf_putf(
	    &b, "%s\n%s\n%s\n%s", t->dossier, t->what, t->instance, t->nth);
	sha256_hex(buf_slice(&b), hex);
	snprintf(uid, sizeof(uid), "%.40s@nintei", hex);
	line_put(out, "UID", uid);
}

void
calendar_add(struct buf *out, const struct calendar_entry *t)
{
	line_put(out, "BEGIN", "VEVENT");
	uid_put(out, t);
	stamp_put(out, "DTSTAMP", t->stamp);
	day_put(out, "DTSTART;VALUE=DATE", t->day);
	day_put(out, "DTEND;VALUE=DATE", jday_add_days(t->day, 1));
	text_put(out, "SUMMARY", t->summary);
	text_put(out, "DESCRIPTION", t->description);
	line_put(out, "TRANSP", "TRANSPARENT");
	line_put(out, "CLASS", "PRIVATE");
	line_put(out, "END", "VEVENT");
}

void
calendar_end(struct buf *out)
{
	line_put(out, "END", "VCALENDAR");
}
