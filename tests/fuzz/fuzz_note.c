/* SPDX-License-Identifier: Apache-2.0 */
/* Target functions: note_parse note_key_parse checkpoint_parse note_verify */
#include <stdint.h>
#include <stdlib.h>

#include "nintei/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
key_round(struct slice in)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(1));
	struct err e = ERR_INIT;
	struct note_key k;

	if (note_key_parse(in, &k, &e) < 0) {
		if (e.code == E_OK)
			abort();
		return;
	}
	note_key_format(&k, &text);
	if (!slice_eq(in, buf_slice(&text)))
		abort(); /* one key, one form */
}

static void
checkpoint_round(struct slice text)
{
	CLEANUP(buf_free) struct buf again = BUF_INIT(2 * NOTE_BYTES);
	struct err e = ERR_INIT;
	struct checkpoint c;

	if (checkpoint_parse(text, &c, &e) < 0)
		return;
	checkpoint_format(c.origin, &c.head, &again);
	buf_put(&again, c.extension.p, c.extension.n);
	if (!slice_eq(text, buf_slice(&again)))
		abort();
}

/* Text, blank line and lines are the whole of a note. */
static void
note_round(const struct note *n, struct slice in)
{
	CLEANUP(buf_free) struct buf again = BUF_INIT(2 * NOTE_BYTES);

	buf_put(&again, n->text.p, n->text.n);
	buf_putc(&again, '\n');
	for (unsigned i = 0; i < n->n; i++)
		buf_put(&again, n->sig[i].line.p, n->sig[i].line.n);
	if (!slice_eq(in, buf_slice(&again)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char vkey[] =
	    "PeterNeumann+c74f20a3+"
	    "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
	struct slice in = slice_of(data, n);
	struct err e = ERR_INIT;
	struct note_key k;
	struct note note;

	key_round(in);
	checkpoint_round(in);
	if (note_parse(in, &note, &e) < 0) {
		if (e.code == E_OK)
			abort();
		return 0;
	}
	note_round(&note, in);
	checkpoint_round(note.text);
	if (note_key_parse(slice_str(vkey), &k, &e) < 0)
		abort();
	(void)!note_verify(&note, &k, NULL, &e);
	k.type = NOTE_COSIGNATURE;
	(void)!note_verify(&note, &k, NULL, &e);
	return 0;
}
