/* SPDX-License-Identifier: Apache-2.0 */
/* Rules on the head of a request that hold whatever it asks for. */
#include "http_int.h"

#include <string.h>
#include <strings.h>

#include "nintei/enc.h"

#define CRLF 2

/* Rule HTTP-ONCE: two of these would mean different things to two readers. */
static const char *const once[] = { "Host", "Content-Length",
	"Transfer-Encoding", "Authorization", "Content-Type", "Expect",
	"Idempotency-Key", "If-Match", "Repr-Digest" };

struct head {
	unsigned fields;
	size_t bytes; /* of the fields as they stood on the wire */
	unsigned count[NELEM(once)];
	bool bad;
};

static bool
is_token(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((uint8_t)s[i] <= 0x20 || (uint8_t)s[i] >= 0x7f ||
		    strchr("\"(),/:;<=>?@[\\]{}", s[i]) != NULL)
			return false;
	return n > 0;
}

/* Rule HTTP-FIELD: no NUL, CR, LF or other control but the tab. */
static bool
is_value(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (((uint8_t)s[i] < 0x20 && s[i] != '\t') || s[i] == 0x7f)
			return false;
	return true;
}

static enum MHD_Result
head_field(void *arg, enum MHD_ValueKind kind, const char *key, size_t key_n,
    const char *value, size_t value_n)
{
	struct head *h = arg;

	(void)kind;
	h->fields++;
	if (value != NULL && value >= key)
		h->bytes += (size_t)(value - key) + value_n + CRLF;
	if (!is_token(key, key_n) ||
	    (value != NULL && !is_value(value, value_n)))
		h->bad = true;
	for (size_t i = 0; i < NELEM(once); i++)
		if (strcasecmp(key, once[i]) == 0)
			h->count[i]++;
	return MHD_YES;
}

static unsigned
count_of(const struct head *h, const char *name)
{
	for (size_t i = 0; i < NELEM(once); i++)
		if (strcmp(once[i], name) == 0)
			return h->count[i];
	return 0;
}

/* Rule HTTP-LENGTH: one framing, spelled in one way. */
static bool
length_read(struct http_request *r, const struct head *h)
{
	struct err e = ERR_INIT;
	struct slice te = http_header(r, "Transfer-Encoding");
	struct slice cl = http_header(r, "Content-Length");
	uint64_t n = 0;

	if (count_of(h, "Transfer-Encoding") > 0) {
		r->length = -1;
		return count_of(h, "Content-Length") == 0 && te.n == 7 &&
		    strncasecmp((const char *)te.p, "chunked", 7) == 0;
	}
	if (count_of(h, "Content-Length") > 0 &&
	    dec_parse((const char *)cl.p, INT64_MAX, &n, &e) < 0)
		return false;
	r->length = (int64_t)n;
	return true;
}

static size_t
head_bytes(struct http_request *r)
{
	const union MHD_ConnectionInfo *ci = MHD_get_connection_info(
	    r->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);

	return ci == NULL ? 0 : ci->header_size;
}

/*
 * Rule HTTP-WHOLE: the head is its first line and its fields and nothing
 * else.  The library hands fields out where they stood, so their distances
 * add up to its size; a NUL, a bare CR or LF, a folded or padded line leaves
 * bytes over or short.
 */
static bool
is_whole(struct http_request *r, const struct head *h)
{
	size_t line = strlen(r->method) + 1 + strlen(r->target) + 1 +
	    strlen("HTTP/1.1") + CRLF;

	return line + h->bytes + CRLF == head_bytes(r);
}

unsigned
head_check(struct http_request *r)
{
	struct head h = { 0 };

	MHD_get_connection_values_n(r->mhd, MHD_HEADER_KIND, head_field, &h);
	if (h.fields > HTTP_FIELDS_MAX || head_bytes(r) > LIMIT_HEAD_BYTES)
		return 431;
	if (strlen(r->target) >= HTTP_TARGET_BYTES)
		return 414;
	for (size_t i = 0; i < NELEM(once); i++)
		if (h.count[i] > 1)
			return 400;
	if (h.bad || !is_whole(r, &h) || count_of(&h, "Host") == 0 ||
	    !length_read(r, &h))
		return 400;
	return 0;
}
