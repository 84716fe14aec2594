/* SPDX-License-Identifier: Apache-2.0 */
/* CP932 decoded strictly, by a table that iconv fills once. */
#include "nintei/text.h"

#include <iconv.h>
#include <pthread.h>
#include <stdlib.h>

#define LEADS 256
#define TRAILS 256

/*
 * Code points by bytes; 0 where there is none.  Every cell of CP932 is in the
 * first plane.  Filled before a worker is confined, read-only afterwards.
 */
static uint16_t single[LEADS];
static uint16_t pairs[LEADS][TRAILS];
static pthread_once_t filled = PTHREAD_ONCE_INIT;

/* The code point of one character of n bytes, or 0. */
static uint16_t
decode_one(iconv_t cd, const uint8_t *bytes, size_t n)
{
	char in[2] = { (char)bytes[0], (char)bytes[1] };
	unsigned char out[8];
	char *from = in, *to = (char *)out;
	size_t left = n, room = sizeof(out);
	uint16_t cp;

	iconv(cd, NULL, NULL, NULL, NULL);
	if (iconv(cd, &from, &left, &to, &room) != 0 || left != 0 ||
	    room != sizeof(out) - 2)
		return 0;
	cp = (uint16_t)(out[0] << 8 | out[1]);
	/* 80, A0, FD to FF and the user-defined area stay out. */
	if (cp > 0x7f && (cp <= 0xa0 || (cp >= 0xe000 && cp <= 0xf8ff)))
		return 0;
	return cp;
}

static void
fill(void)
{
	iconv_t cd = iconv_open("UTF-16BE", "CP932");
	uint8_t b[2];

	if (cd == (iconv_t)-1) /* libc is not whole: nothing can be right */
		abort();
	for (unsigned lead = 0x80; lead < LEADS; lead++) {
		b[0] = (uint8_t)lead;
		b[1] = 0;
		single[lead] = decode_one(cd, b, 1);
		for (unsigned trail = 0x40; trail < TRAILS; trail++) {
			b[1] = (uint8_t)trail;
			pairs[lead][trail] =
			    single[lead] ? 0 : decode_one(cd, b, 2);
		}
	}
	iconv_close(cd);
}

/* The next character, or UINT32_MAX where there is none. */
static uint32_t
next(struct slice *in)
{
	uint8_t lead = in->p[0];
	uint32_t cp = lead <= 0x7f ? lead : single[lead];
	size_t used = 1;

	if (lead > 0x7f && cp == 0 && in->n > 1) {
		cp = pairs[lead][in->p[1]];
		used = 2;
	}
	in->p += used;
	in->n -= used;
	return cp == 0 && lead != 0 ? UINT32_MAX : cp;
}

int
text_from_cp932(struct slice in, struct buf *out, struct err *e)
{
	struct slice left = in;
	uint32_t cp;

	if (!text_is_cp932(in))
		return err_set(e, E_INPUT, "the bytes are not CP932");
	while (left.n > 0) {
		cp = next(&left);
		text_put(out, cp);
	}
	if (!buf_ok(out))
		return err_set(e, E_LIMIT, "the text is too long");
	return 0;
}

bool
text_is_cp932(struct slice in)
{
	pthread_once(&filled, fill);
	while (in.n > 0)
		if (next(&in) == UINT32_MAX)
			return false;
	return true;
}

void
text_warm(void)
{
	struct err e = ERR_INIT;
	struct buf key = BUF_INIT(64);

	pthread_once(&filled, fill);
	if (text_casefold_key(slice_str("\xc3\x89"), &key, &e) < 0)
		abort();
	buf_free(&key);
}
