/* SPDX-License-Identifier: Apache-2.0 */
/* What a witness answered, held against its key, the note and the clock. */
#include "cosigners_int.h"

void
note_with(struct slice note, struct slice line, struct buf *out)
{
	buf_put(out, note.p, note.n);
	buf_put(out, line.p, line.n);
}

/* WIT-3: lines of other keys are passed over. */
static int
line_find(const struct note *lines, const struct note_key *key,
    struct slice *out, struct err *e)
{
	for (unsigned i = 0; i < lines->n; i++)
		if (lines->sig[i].id == key->id &&
		    slice_eq_str(lines->sig[i].name, key->name)) {
			*out = lines->sig[i].line;
			return 0;
		}
	return err_set(e, E_INVALID, "no line of %.100s", key->name);
}

/* WIT-4 */
static int
time_check(uint64_t time, uint64_t now, struct err *e)
{
	if (time > now + CLOCK_SKEW || now > time + CLOCK_SKEW)
		return err_set(e, E_INVALID, "its clock or ours is wrong");
	return 0;
}

int
answer_line(struct slice note, const struct note_key *key, struct slice body,
    uint64_t now, struct said *out, struct err *e)
{
	CLEANUP(buf_free) struct buf whole = BUF_INIT(NOTE_BYTES);
	struct slice line = { NULL, 0 };
	struct note lines, n;
	uint64_t time = 0;

	if (note_lines_parse(body, &lines, e) < 0 ||
	    line_find(&lines, key, &line, e) < 0)
		return -1;
	note_with(note, line, &whole);
	if (!buf_ok(&whole) || line.n > LINE_BYTES)
		return err_set(e, E_INVALID, "its line is too long");
	if (note_parse(buf_slice(&whole), &n, e) < 0 ||
	    note_verify(&n, key, &time, e) < 0 || time_check(time, now, e) < 0)
		return -1;
	buf_put(&out->line, line.p, line.n);
	out->time = time;
	return 0;
}
