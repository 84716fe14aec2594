/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of the roster: one entry, by a decision over exactly its bytes. */
#include "audit_int.h"

#include <stdlib.h>
#include <string.h>

#include "nintei/jsonx.h"

/* When a decision last changed a person's entry (SIGN-41). */
struct pin_time {
	int64_t at;
};

static void
order_judge(struct audit *a, const struct paper *p, const char *person)
{
	struct pin_time *last = keymap_get(&a->pinned, person);

	if (last != NULL && decision_frozen_at(p->doc) < last->at)
		audit_say(a, AUDIT_R59, "a decision newer than the entry",
		    "%s was frozen before its last change", p->id);
	if (last == NULL) {
		last = xcalloc(1, sizeof(*last));
		keymap_put(&a->pinned, person, last);
	}
	last->at = event_instant(a->it, "recorded_at");
}

static void
entry_judge(
    struct audit *a, const struct paper *p, const struct roster_entry *entry)
{
	const struct file *f = audit_need(a, "roster/%s.json", entry->person);
	struct err why = ERR_INIT;

	if (f == NULL)
		return;
	if (!slice_eq(buf_slice(&f->bytes), buf_slice(&p->detail)))
		audit_say(a, AUDIT_R59, "the entry that was decided",
		    "roster/%s.json is another", entry->person);
	if (roster_put(a->roster, buf_slice(&f->bytes), &why) < 0)
		audit_say(a, AUDIT_R59, "a roster entry", "%s", why.detail);
	audit_same(a, AUDIT_R59, "person", entry->person,
	    jsonx_get_str(jsonx_get(a->it->event, "data"), "person"));
	order_judge(a, p, entry->person);
}

/* AUDIT-59; its signatures are judged as those of any decision. */
void
roster_judge(struct audit *a, struct trail *t)
{
	const struct json *effects = jsonx_get(a->it->event, "effects");
	const char *id = jsonx_get_str(a->it->event, "decision_id");
	const struct paper *p = trail_paper(t, id);
	CLEANUP(freep)
	struct roster_entry *entry = xcalloc(1, sizeof(*entry));
	struct err why = ERR_INIT;

	a->report->count[AUDIT_N_ROSTER]++;
	if (p == NULL || jsonx_len(effects) != 1 ||
	    event_step(a->it->event, "decision", "execute") == NULL ||
	    strcmp(decision_get(p->doc, "kind"), "roster") != 0) {
		audit_say(a, AUDIT_R59, "a decision of kind roster, executed",
		    "none");
		return;
	}
	if (roster_entry_decode(buf_slice(&p->detail), entry, &why) < 0) {
		audit_say(a, AUDIT_R59, "a roster entry", "%s", why.detail);
		return;
	}
	entry_judge(a, p, entry);
	if (!signers_follow(a))
		audit_say(a, AUDIT_R59,
		    "allowed_signers as the roster gives it",
		    "another, or none");
}
