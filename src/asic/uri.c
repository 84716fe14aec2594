/* SPDX-License-Identifier: Apache-2.0 */
/* Names in a manifest: percent-encoded, decoded exactly once. */
#include "asic_int.h"

#include <string.h>

#include "nintei/enc.h"
#include "nintei/limits.h"
#include "nintei/text.h"

static bool
decode(const char *uri, struct buf *out)
{
	for (const char *p = uri; *p != '\0'; p++) {
		int high, low;

		if (*p != '%') {
			buf_putc(out, (unsigned char)*p);
			continue;
		}
		if ((high = hex_value(p[1])) < 0 || (low = hex_value(p[2])) < 0)
			return false;
		if ((high | low) == 0)
			return false; /* a name would end there */
		buf_putc(out, high << 4 | low);
		p += 2;
	}
	return buf_ok(out);
}

char *
asic_uri_decode(const char *uri)
{
	CLEANUP(buf_free) struct buf raw = BUF_INIT(KIB(4));
	CLEANUP(buf_free) struct buf nfc = BUF_INIT(KIB(8));
	struct err e = ERR_INIT;

	if (!decode(uri, &raw) || text_nfc(buf_slice(&raw), &nfc, &e) < 0)
		return NULL;
	return slice_dup(buf_slice(&nfc));
}

void
asic_uri_encode(const char *path, struct buf *out)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789-._~/";

	for (; *path != '\0'; path++)
		if (strchr(plain, *path) != NULL)
			buf_putc(out, *path);
		else
			buf_putf(out, "%%%02X", (unsigned)(unsigned char)*path);
}
