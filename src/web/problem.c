/* SPDX-License-Identifier: Apache-2.0 */
/* Problems that front finds itself (RFC 9457, members of INTERFACE 7). */
#include "web_int.h"

#include <stdio.h>

void
quote_put(struct buf *b, const char *s)
{
	buf_putc(b, '"');
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20) {
			buf_putf(b, "\\u%04x", (unsigned)*s);
			continue;
		}
		if (*s == '"' || *s == '\\')
			buf_putc(b, '\\');
		buf_putc(b, *s);
	}
	buf_putc(b, '"');
}

static void
member(struct buf *b, const char *key, const char *value)
{
	buf_putf(b, ",\"%s\":", key);
	quote_put(b, value);
}

static void
problem_send(struct visit *v, unsigned status, enum err_code code,
    const char *detail, const struct http_field *field)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(KIB(8));

	buf_putf(&b, "{\"type\":\"/problems/%s\"", err_slug(code));
	member(&b, "title", err_title(code));
	buf_putf(&b, ",\"status\":%u", status);
	member(&b, "detail", detail);
	member(&b, "instance", v->q.instance);
	member(&b, "code", err_name(code));
	buf_putc(&b, '}');
	answer_send(v,
	    &(struct reply){ .status = status,
		.type = "application/problem+json",
		.fields = field,
		.nfields = field == NULL ? 0 : 1,
		.body = buf_slice(&b) });
}

void
answer_problem(
    struct visit *v, const struct err *e, const struct http_field *allow)
{
	static const struct http_field soon = { "Retry-After", "1" };
	unsigned status = (unsigned)err_status(e->code);

	problem_send(v, status, e->code,
	    e->detail[0] != '\0' ? e->detail : err_title(e->code),
	    status == 503 || status == 429 ? &soon : allow);
}

void
answer_status(struct visit *v, unsigned status, const char *detail)
{
	bool large = status == 431 || status == 414;

	problem_send(v, status, large ? E_LIMIT : E_INPUT, detail, NULL);
}

void
answer_later(struct visit *v, enum err_code code, unsigned seconds)
{
	char text[16];
	struct http_field after = { "Retry-After", text };

	snprintf(text, sizeof(text), "%u", seconds);
	problem_send(
	    v, (unsigned)err_status(code), code, err_title(code), &after);
}
