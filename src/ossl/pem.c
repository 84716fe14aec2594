/* SPDX-License-Identifier: Apache-2.0 */
/* PEM (RFC 7468): one block, nothing around it. */
#include "nintei/x509.h"

#include <string.h>

#include "nintei/enc.h"
#include "nintei/ossl.h"

void
pem_encode(struct slice der, const char *label, struct buf *out)
{
	buf_putf(out, "-----BEGIN %s-----\n", label);
	base64_encode(der, 64, out);
	if (out->n > 0 && out->p[out->n - 1] != '\n')
		buf_putc(out, '\n');
	buf_putf(out, "-----END %s-----\n", label);
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice
trim(struct slice s)
{
	while (s.n > 0 && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Cut a fixed text off the start or the end. */
static bool
cut_start(struct slice *s, const char *text)
{
	size_t n = strlen(text);

	if (s->n < n || memcmp(s->p, text, n) != 0)
		return false;
	s->p += n;
	s->n -= n;
	return true;
}

static bool
cut_end(struct slice *s, const char *text)
{
	size_t n = strlen(text);

	if (s->n < n || memcmp(s->p + s->n - n, text, n) != 0)
		return false;
	s->n -= n;
	return true;
}

bool
pem_is(struct slice bytes)
{
	struct slice s = trim(bytes);

	return cut_start(&s, "-----BEGIN ");
}

int
pem_decode(struct slice pem, const char *label, struct buf *out, struct err *e)
{
	CLEANUP(freep) char *end = xasprintf("-----END %s-----", label);
	CLEANUP(freep) char *begin = xasprintf("-----BEGIN %s-----", label);
	CLEANUP(buf_wipe) struct buf body = BUF_INIT(pem.n);
	struct slice s = trim(pem);

	if (!cut_start(&s, begin) || !cut_end(&s, end) || s.n == 0 ||
	    (s.p[0] != '\n' && s.p[0] != '\r') || s.p[s.n - 1] != '\n')
		return err_set(e, E_INPUT, "want one PEM block \"%s\"", label);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\r' || i + 1 == s.n || s.p[i + 1] != '\n')
			buf_putc(&body, s.p[i]);
	if (!buf_ok(&body))
		return err_set(e, E_LIMIT, "PEM block too long");
	if (base64_decode(buf_slice(&body), true, out, e) < 0)
		return err_wrap(e, "PEM block \"%s\"", label);
	return 0;
}
