/* SPDX-License-Identifier: Apache-2.0 */
/* Checkpoints: the text of a note that says a log's size and root. */
#include "nintei/note.h"

#include <inttypes.h>
#include <string.h>

#include "nintei/enc.h"

#include "tlog_int.h"

/* Rule TLOG-8. */
int
checkpoint_parse(struct slice text, struct checkpoint *out, struct err *e)
{
	struct checkpoint c = { .head = { 0 } };
	struct slice rest = text, size, root, line;

	if (!line_next(&rest, &c.origin) || !line_next(&rest, &size) ||
	    !line_next(&rest, &root))
		return err_set(e, E_INPUT, "want three lines of a checkpoint");
	if (c.origin.n == 0)
		return err_set(e, E_INPUT, "a checkpoint without origin");
	if (slice_dec(size, SIZE_MOST, &c.head.size, e) < 0 ||
	    slice_hash(root, c.head.root, e) < 0)
		return -1;
	c.extension = rest;
	while (rest.n > 0)
		if (!line_next(&rest, &line) || line.n == 0)
			return err_set(e, E_INPUT, "an empty extension line");
	*out = c;
	return 0;
}

void
checkpoint_format(
    struct slice origin, const struct tlog_head *head, struct buf *out)
{
	buf_put(out, origin.p, origin.n);
	buf_putf(out, "\n%" PRIu64 "\n", head->size);
	put_hash(out, head->root);
}

/* Rule TLOG-9. */
int
checkpoint_open(struct slice bytes, const struct note_key *log,
    struct note *out_note, struct checkpoint *out, struct err *e)
{
	struct checkpoint c;
	struct note n;

	if (note_parse(bytes, &n, e) < 0 || checkpoint_parse(n.text, &c, e) < 0)
		return -1;
	if (!slice_eq_str(c.origin, log->name))
		return err_set(e, E_INVALID, "a checkpoint of another log");
	if (note_verify(&n, log, NULL, e) < 0)
		return -1;
	if (out_note != NULL)
		*out_note = n;
	*out = c;
	return 0;
}
