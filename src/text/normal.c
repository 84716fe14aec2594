/* SPDX-License-Identifier: Apache-2.0 */
/* Normal forms and case folding, by libunistring. */
#include "nintei/text.h"

#include <stdlib.h>

#include <unicase.h>
#include <uninorm.h>

#include "nintei/wire.h"

/* Append what the library allocated; NULL: it could not. */
static int
put(uint8_t *p, size_t n, struct buf *out, struct err *e)
{
	if (p == NULL)
		return err_set(e, E_INTERNAL, "normalisation failed");
	buf_put(out, p, n);
	free(p);
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "the text is too long");
	return 0;
}

static int
normalise(uninorm_t form, struct slice in, struct buf *out, struct err *e)
{
	size_t n = 0;
	uint8_t *p;

	if (!utf8_valid(in))
		return err_set(e, E_INPUT, "the text is not UTF-8");
	if (in.n == 0)
		return 0;
	p = u8_normalize(form, in.p, in.n, NULL, &n);
	return put(p, n, out, e);
}

int
text_nfc(struct slice in, struct buf *out, struct err *e)
{
	return normalise(UNINORM_NFC, in, out, e);
}

int
text_nfkc(struct slice in, struct buf *out, struct err *e)
{
	return normalise(UNINORM_NFKC, in, out, e);
}

int
text_casefold_key(struct slice in, struct buf *out, struct err *e)
{
	CLEANUP(buf_free) struct buf nfkc = BUF_INIT(SIZE_MAX / 4);
	size_t n = 0;
	uint8_t *p;

	if (text_nfkc(in, &nfkc, e) < 0)
		return -1;
	if (nfkc.n == 0)
		return 0;
	p = u8_casefold(nfkc.p, nfkc.n, NULL, UNINORM_NFKC, NULL, &n);
	return put(p, n, out, e);
}

bool
text_is_nfc(struct slice in)
{
	CLEANUP(buf_free) struct buf nfc = BUF_INIT(SIZE_MAX / 4);
	struct err e = ERR_INIT;

	if (text_nfc(in, &nfc, &e) < 0)
		return false;
	return slice_eq(in, buf_slice(&nfc));
}
