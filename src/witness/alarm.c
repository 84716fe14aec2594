/* SPDX-License-Identifier: Apache-2.0 */
/* What a log signed and should not have: both notes, kept for people. */
#include "witness_int.h"

#include <inttypes.h>
#include <stdio.h>

#include "nintei/fs.h"
#include "nintei/limits.h"

#define ALARMS_MAX 256 /* of one log, from start to end */
#define ALARM_BYTES (KIB(8) + NOTE_BYTES + WITNESS_REQUEST_BYTES)

static void
alarm_text(const struct witness *w, const struct witnessed *log,
    enum witness_verdict verdict, struct slice request, struct buf *out)
{
	char when[INSTANT_TEXT];

	buf_putf(out, "alarm %s\nlog %s\nwitness %s\ntime %s\n",
	    witness_word(verdict), log->key.name, w->key.pub.name,
	    instant_format(clock_now(&w->clock), when));
	buf_puts(out,
	    verdict == WITNESS_SPLIT
		? "The log signed two histories of one size.\n"
		: "The log signed this; nobody proved that it continues what "
		  "it signed before.\n");
	buf_puts(out, "\n--- cosigned before ---\n");
	buf_put(out, log->note.p, log->note.n);
	buf_puts(out, "--- presented ---\n");
	buf_put(out, request.p, request.n);
}

int
alarm_keep(struct witness *w, struct witnessed *log,
    enum witness_verdict verdict, struct slice request, char *out_name,
    struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(ALARM_BYTES);
	struct err why = ERR_INIT;
	char hash[NAME_HEX + 1];

	name_of(request, hash);
	(void)snprintf(out_name, sizeof(((struct witness_answer *)0)->alarm),
	    "alarms/%.16s-%s-%.32s", log->name, witness_word(verdict), hash);
	if (log->alarms >= ALARMS_MAX)
		return err_set(e, E_LIMIT, "too many alarms to keep");
	alarm_text(w, log, verdict, request, &text);
	if (fs_create(w->dir, out_name, buf_slice(&text), 0644, &why) < 0) {
		if (why.code == E_STORE_CONFLICT)
			return 0;
		*e = why;
		return -1;
	}
	log->alarms++;
	return 0;
}
