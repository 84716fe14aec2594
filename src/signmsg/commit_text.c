/* SPDX-License-Identifier: Apache-2.0 */
/* Commits with an open parent line, and signed ones taken apart. */
#include "nintei/signmsg.h"

#include <string.h>

#include "nintei/enc.h"

#define ID_HEX (2 * SIGN_COMMIT_ID)
#define PARENT "parent "
/* "tree ", the id, a newline, "parent " */
#define PARENT_AT (5 + ID_HEX + 1 + 7)

bool
sign_parent_is_open(struct slice text)
{
	static const char open[] =
	    PARENT "0000000000000000000000000000000000000000\n";
	size_t at = PARENT_AT - strlen(PARENT), n = strlen(open);

	return text.n > at + n && memcmp(text.p + at, open, n) == 0;
}

void
sign_parent_fill(
    struct slice text, const uint8_t parent[SIGN_COMMIT_ID], struct buf *out)
{
	char hex[ID_HEX + 1];

	if (!sign_parent_is_open(text)) {
		buf_put(out, text.p, text.n);
		return;
	}
	buf_put(out, text.p, PARENT_AT);
	buf_puts(out, hex_encode(parent, SIGN_COMMIT_ID, hex));
	buf_put(out, text.p + PARENT_AT + ID_HEX, text.n - PARENT_AT - ID_HEX);
}

/* The lines of the header from after its name, without their first space. */
static const uint8_t *
armour_read(const uint8_t *p, const uint8_t *end, struct buf *armour)
{
	const uint8_t *line;

	while ((line = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		buf_put(armour, p, (size_t)(line - p) + 1);
		p = line + 1;
		if (p == end || *p != ' ')
			return p;
		p++;
	}
	return NULL;
}

int
sign_commit_split(
    struct slice object, struct buf *text, struct buf *armour, struct err *e)
{
	static const char word[] = "\ngpgsig ";
	const uint8_t *end = object.p + object.n, *blank, *at, *rest;
	size_t n = strlen(word);

	blank = memmem(object.p, object.n, "\n\n", 2);
	at = memmem(object.p, object.n, word, n);
	if (blank == NULL || at == NULL || at > blank)
		return err_set(e, E_INPUT, "the commit is not signed");
	rest = armour_read(at + n, end, armour);
	if (rest == NULL || rest > blank + 1)
		return err_set(e, E_INPUT, "the commit's signature is cut");
	buf_put(text, object.p, (size_t)(at - object.p) + 1);
	buf_put(text, rest, (size_t)(end - rest));
	return buf_ok(text) && buf_ok(armour)
	    ? 0
	    : err_set(e, E_LIMIT, "commit too large");
}
