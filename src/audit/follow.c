/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stage B: one commit after another: log, keys, chains, then what each part
 * of the rules has to say, then the state moves on.
 */
#include "audit_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nintei/cms.h"
#include "nintei/enc.h"
#include "nintei/jsonx.h"

/* --- commit and log --- */

static void
commit_judge(struct audit *a)
{
	const struct commit_view *v = &a->it->view;

	if (v->committed >= AUDIT_END)
		audit_say(a, AUDIT_R14, "a time before 2100", "%" PRId64,
		    v->committed);
	if (v->committed < a->committed)
		audit_say(a, AUDIT_R14, "a time not before the parent's",
		    "%" PRId64 " seconds before it",
		    a->committed - v->committed);
	a->stood_still = v->committed <= a->committed;
	if (!a->stood_still)
		a->committed = v->committed;
	if (a->it->signature_ok) {
		a->report->count[AUDIT_N_SIGNATURES]++;
		signers_judge(a);
	}
}

static void
log_judge(struct audit *a)
{
	const struct item *it = a->it;
	char want[65], have[65];

	if (it->text.n == 0) {
		a->log_lost = true;
		return;
	}
	tlog_append(&a->log, it->hash);
	tlog_root(&a->log, a->report->log_root);
	a->report->log_size = a->log.size;
	checkpoint_pass(a);
	if (!it->has_commit || a->log_lost)
		return;
	if (it->view.log_size != a->log.size) {
		CLEANUP(freep)
		char *size = xasprintf("%" PRIu64, a->log.size);

		audit_say(a, AUDIT_R80, size, "%" PRIu64, it->view.log_size);
		a->log_lost = true;
	} else if (memcmp(a->report->log_root, it->view.log_root, TLOG_HASH) !=
	    0) {
		hex_encode(a->report->log_root, TLOG_HASH, want);
		hex_encode(it->view.log_root, TLOG_HASH, have);
		audit_say(a, AUDIT_R81, want, "%s", have);
		a->log_lost = true;
	}
}

/* --- the event by itself --- */

static bool
is_hex(const char *text, size_t n)
{
	return text == NULL ||
	    (strlen(text) == n && strspn(text, "0123456789abcdef") == n);
}

/* AUDIT-21. */
static bool
members_judge(struct audit *a)
{
	const struct json *j = a->it->event;
	const char *schema = jsonx_get_str(j, "schema");
	struct err why = ERR_INIT;

	if (event_shape(j, &why) < 0) {
		audit_say(a, AUDIT_R21, "the members of nintei.event/1", "%s",
		    why.detail);
		return false;
	}
	audit_same(a, AUDIT_R21, "schema", "nintei.event/1", schema);
	if (!is_hex(jsonx_get_str(j, "salt"), 32))
		audit_say(
		    a, AUDIT_R21, "a salt of 32 hex digits", "another text");
	if (!is_hex(jsonx_get_str(j, "prev"), 64) ||
	    !is_hex(jsonx_get_str(j, "request"), 64) ||
	    !is_hex(jsonx_get_str(j, "cause"), 64))
		audit_say(a, AUDIT_R21, "hashes of 64 hex digits",
		    "another text in prev, request or cause");
	return true;
}

/* "<machine>.<event>" is the subject's word. */
static bool
act_agrees(const char *act, const char *machine, const char *event)
{
	size_t n = strlen(machine);

	return strncmp(act, machine, n) == 0 && act[n] == '.' &&
	    strcmp(act + n + 1, event) == 0;
}

/* AUDIT-15: the author's time is the record's, if not the committer's. */
static void
author_judge(struct audit *a)
{
	const struct commit_view *v = &a->it->view;
	int64_t recorded = event_instant(a->it, "recorded_at");

	if (recorded != 0 &&
	    v->authored != (recorded < v->committed ? recorded : v->committed))
		audit_say(a, AUDIT_R15,
		    jsonx_get_str(a->it->event, "recorded_at"),
		    "the author's time is another");
}

/* AUDIT-22 and 15: the event, its place and its commit say one thing. */
static bool
identity_judge(struct audit *a)
{
	const struct commit_view *v = &a->it->view;
	const struct json *j = a->it->event;
	char id[AUDIT_EVENT_TEXT];
	int64_t seq = jsonx_get_int(j, "seq", 0);
	bool good;

	snprintf(id, sizeof(id), "%s/%" PRIu64, v->dossier, v->seq);
	good = audit_same(
	    a, AUDIT_R22, "event_id", id, jsonx_get_str(j, "event_id"));
	good &= audit_same(
	    a, AUDIT_R22, "case_id", v->dossier, jsonx_get_str(j, "case_id"));
	if (seq < 0 || (uint64_t)seq != v->seq) {
		audit_say(a, AUDIT_R22, id, "seq %" PRId64, seq);
		good = false;
	}
	if (!act_agrees(
		v->act, jsonx_get_str(j, "machine"), jsonx_get_str(j, "event")))
		audit_say(a, AUDIT_R15, v->act, "%.40s.%.40s",
		    jsonx_get_str(j, "machine"), jsonx_get_str(j, "event"));
	audit_same(a, AUDIT_R15, "author", jsonx_get_str(j, "role"), v->role);
	author_judge(a);
	return good;
}

static bool
instant_judge(struct audit *a, enum audit_rule rule, const char *key)
{
	const char *text = jsonx_get_str(a->it->event, key);
	char again[INSTANT_TEXT] = "";
	int64_t t = event_instant(a->it, key);

	if (t != 0)
		instant_format(t, again);
	if (t != 0 && strcmp(again, text) == 0)
		return true;
	audit_say(a, rule, "RFC 3339 with +09:00", "%.60s", text);
	return false;
}

/*
 * The clock of a development authority may be set back (INTERFACE 2): its
 * commits then stand still until that clock has come as far again.
 */
static bool
is_behind(const struct audit *a, int64_t recorded, int64_t committed)
{
	return recorded < committed - AUDIT_SLACK &&
	    !(a->report->development && a->stood_still);
}

/* AUDIT-24 and 25: nothing is dated back, but by the calendar. */
static void
times_judge(struct audit *a)
{
	const struct item *it = a->it;
	const char *actor = jsonx_get_str(it->event, "actor");
	int64_t recorded = event_instant(it, "recorded_at");
	int64_t effective = event_instant(it, "effective_at");
	int64_t owed, committed = it->view.committed;
	char want[INSTANT_TEXT];

	if (!instant_judge(a, AUDIT_R24, "recorded_at") ||
	    !instant_judge(a, AUDIT_R25, "effective_at"))
		return;
	instant_format(committed, want);
	if (recorded > committed || is_behind(a, recorded, committed))
		audit_say(a, AUDIT_R24, want, "recorded_at %s",
		    jsonx_get_str(it->event, "recorded_at"));
	if (strcmp(actor, "clk") == 0)
		return; /* clock_judge */
	if ((owed = cross_instant(a)) != 0) {
		if (effective != owed)
			audit_say(a, AUDIT_R25, instant_format(owed, want),
			    "effective_at %s",
			    jsonx_get_str(it->event, "effective_at"));
		return;
	}
	if (effective > recorded || effective < recorded - AUDIT_SLACK)
		audit_say(a, AUDIT_R25, jsonx_get_str(it->event, "recorded_at"),
		    "effective_at %s",
		    jsonx_get_str(it->event, "effective_at"));
}

/*
 * AUDIT-26: a ciphertext says for which case and of what size it is; which
 * document it is, only who has the key can say.
 */
static void
form_judge(struct audit *a, const struct file *f, const struct json *doc)
{
	const char *id = a->it->view.dossier;
	int64_t size = jsonx_get_int(doc, "size", -1);

	a->report->count[AUDIT_N_DOCUMENTS]++;
	if (a->it->light)
		return;
	if (size < 0 ||
	    !cms_is_form(
		slice_str(id), (uint64_t)size, buf_slice(&f->bytes), f->size))
		audit_say(a, AUDIT_R26, "a document of this case and size",
		    "%.150s holds something else", f->name);
}

/* AUDIT-26: what the event lists is what came, no more and no less. */
static void
documents_judge(struct audit *a)
{
	const struct json *docs = jsonx_get(a->it->event, "docs");

	for (size_t i = 0; i < jsonx_len(docs); i++) {
		const struct json *doc = jsonx_at(docs, i);
		const char *hash = jsonx_get_str(doc, "commitment");
		CLEANUP(freep)
		char *name = xasprintf("docs/%02" PRId64 "-%s.cms",
		    jsonx_get_int(doc, "n", 0), hash == NULL ? "" : hash);
		const struct file *f = item_claim(a->it, name);

		if (f == NULL)
			audit_say(a, AUDIT_R26, name, "no such new file");
		else if (f->missing)
			a->report->documents_missing++;
		else
			form_judge(a, f, doc);
	}
}

/* --- the case --- */

/* AUDIT-23. */
static bool
chain_judge(struct audit *a, const struct trail *t)
{
	const struct json *j = a->it->event;
	uint64_t seq = (uint64_t)t->d->seq + 1;

	if (a->it->view.seq != seq) {
		CLEANUP(freep) char *want = xasprintf("event %" PRIu64, seq);

		audit_say(a, AUDIT_R23, want, "event %" PRIu64 " of the case",
		    a->it->view.seq);
		return false;
	}
	return audit_same(
	    a, AUDIT_R23, "prev", t->d->head, jsonx_get_str(j, "prev"));
}

static bool
is_word(const struct json *j, const char *machine, const char *event)
{
	return strcmp(jsonx_get_str(j, "machine"), machine) == 0 &&
	    strcmp(jsonx_get_str(j, "event"), event) == 0;
}

/* Every part of the rules, before the state moves. */
static void
rules_judge(struct audit *a, struct trail *t)
{
	const struct json *j = a->it->event;

	policy_judge(a, t);
	decision_judge(a, t);
	if (is_word(j, "artefact", "sign"))
		certificate_judge(a, t);
	if (is_word(j, "body", "crl"))
		list_judge(a, t);
	revocation_note(a, t);
	versions_judge(a, t);
	data_members_judge(a);
	bring_judge(a);
	flow_judge(a, t);
	figures_judge(a, t);
	dues_judge(a, t);
	themes_judge(a, t, policy_of(a, t));
	clock_judge(a, t);
	if (is_word(j, "body", "roster"))
		roster_judge(a, t); /* who acted, the old roster says */
}

/* A case that was lost goes on from what its newest event says of itself. */
static void
trail_resume(struct trail *t, const struct item *it)
{
	t->lost = true;
	t->d->seq = (int64_t)it->view.seq;
	hex_encode(it->hash, 32, t->d->head);
}

/* AUDIT-43; across two cases only once both have heard of each other. */
static void
invariants_judge(struct audit *a, const struct trail *t)
{
	const struct trail *base = trail_base(a, t);
	const struct trail *over =
	    t->pending[0] == '\0' ? NULL : keymap_get(&a->cases, t->pending);
	bool open = cross_open(a, t->d->id);
	char why[INVARIANT_TEXT];

	if (is_body_case(t->d->id) || (base != NULL && base->lost) ||
	    (over != NULL && over->lost))
		return;
	if (!dossier_invariants(t->d, open || base == NULL ? NULL : base->d,
		open || over == NULL ? NULL : over->d, why))
		audit_say(a, AUDIT_R43, "a state that the regulation allows",
		    "%s", why);
}

static void
state_follow(struct audit *a, struct trail *t)
{
	struct item *it = a->it;
	struct err why = ERR_INIT;
	uint64_t said = a->said;

	if (!chain_judge(a, t)) {
		trail_resume(t, it);
		return;
	}
	if (t->lost) {
		trail_resume(t, it);
		return;
	}
	rules_judge(a, t);
	a->report->count[AUDIT_N_STEPS] +=
	    1 + jsonx_len(jsonx_get(it->event, "effects"));
	if (dossier_apply_parsed(t->d, it->event, it->hash, &why) < 0) {
		if (a->said == said)
			audit_say(a, AUDIT_R30, "a step that the state allows",
			    "%s", why.detail);
		trail_resume(t, it);
		return;
	}
	register_follow(a, t);
	cross_follow(a, t);
	delegation_follow(a, t);
	invariants_judge(a, t);
}

/* AUDIT-2: whatever no rule asked for. */
static void
files_judge(struct audit *a)
{
	for (size_t i = 0; i < a->it->n_files; i++) {
		const struct file *f = &a->it->files[i];

		if (f->claimed || f->kind == FILE_OTHER ||
		    f->change == CHANGE_REMOVED ||
		    (f->change == CHANGE_CHANGED && f->kind != FILE_ROSTER &&
			f->kind != FILE_SIGNERS))
			continue; /* said in stage A */
		if (f->kind == FILE_ROSTER || f->kind == FILE_SIGNERS)
			audit_say(a, AUDIT_R59, "no change without a decision",
			    "%.150s", f->name);
		else if (f->kind == FILE_SCHEME)
			audit_say(a, AUDIT_R36, "no change without a decision",
			    "%.150s", f->name);
		else if (f->kind == FILE_DOC)
			audit_say(a, AUDIT_R26, "the documents of the event",
			    "%.150s beside them", f->name);
		else
			audit_say(a, AUDIT_R2, "files of this event alone",
			    "%.150s", f->name);
	}
}

static void
event_follow(struct audit *a)
{
	struct trail *t = trail_of(a, a->it->view.dossier);
	bool lost;

	a->report->count[AUDIT_N_EVENTS]++;
	if (!members_judge(a) || !identity_judge(a)) {
		trail_resume(t, a->it);
		return;
	}
	times_judge(a);
	documents_judge(a);
	lost = t->lost;
	scheme_set_turn(a->schemes, event_instant(a->it, "recorded_at"));
	if (a->it->at == 1)
		genesis_judge(a);
	state_follow(a, t);
	if (!lost && !t->lost)
		files_judge(a);
}

void
audit_follow(struct audit *a, struct item *it)
{
	a->it = it;
	a->report->count[AUDIT_N_COMMITS]++;
	a->report->count[AUDIT_N_OBJECTS] += it->objects;
	for (size_t i = 0; i < it->n_found; i++)
		audit_say(a, it->found[i].rule, it->found[i].expected, "%s",
		    it->found[i].found);
	log_judge(a);
	if (it->at == 1)
		signers_begin(a);
	if (it->has_commit)
		commit_judge(a);
	if (it->has_commit && it->has_event)
		event_follow(a);
	lists_owed(a);
	a->it = NULL;
}
