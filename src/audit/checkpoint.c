/* SPDX-License-Identifier: Apache-2.0 */
/* A checkpoint from elsewhere: is this history the one that it signed? */
#include "audit_int.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/note.h"

int
checkpoint_load(struct audit *a, struct err *e)
{
	const char *path = a->opts->checkpoint;

	a->note.max = NOTE_BYTES;
	if (path == NULL)
		return 0;
	return fs_read(AT_FDCWD, path, NOTE_BYTES - 1, &a->note, e);
}

/* AUDIT-82: signed by the key of the first commit, under its name. */
void
checkpoint_judge(struct audit *a)
{
	struct slice vkey = slice_str(a->report->log_key);
	struct checkpoint c;
	struct note_key key;
	struct err why = ERR_INIT;

	if (a->note.n == 0)
		return;
	a->report->has_checkpoint = true;
	if (note_key_parse(vkey, &key, &why) < 0 ||
	    checkpoint_open(buf_slice(&a->note), &key, NULL, &c, &why) < 0)
		audit_say_whole(
		    a, AUDIT_R82, a->report->log_key, "%s", why.detail);
	else
		a->checkpoint = c.head;
}

/* AUDIT-83: at its size, the log has its root. */
void
checkpoint_pass(struct audit *a)
{
	char want[65], have[65];

	if (a->checkpoint.size == 0 || a->log.size != a->checkpoint.size)
		return;
	a->checkpoint_met = true;
	if (memcmp(a->report->log_root, a->checkpoint.root, TLOG_HASH) == 0)
		return;
	hex_encode(a->checkpoint.root, TLOG_HASH, want);
	hex_encode(a->report->log_root, TLOG_HASH, have);
	audit_say(a, AUDIT_R83, want, "%s", have);
}

void
checkpoint_end(struct audit *a)
{
	CLEANUP(freep)
	char *want = xasprintf("%" PRIu64 " events", a->checkpoint.size);

	if (a->checkpoint.size == 0 || a->checkpoint_met)
		return;
	audit_say_whole(a, AUDIT_R83, want, "only %" PRIu64, a->log.size);
}
