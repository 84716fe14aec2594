/* SPDX-License-Identifier: Apache-2.0 */
/* Histories made by hand, without a repository. */
#include "support/audit_walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/acts.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/jsonx.h"

#define EVENT_BYTES LIMIT_EVENT_BYTES

static const struct {
	const char *person, *role;
} people[WALK_PEOPLE] = {
	{ "secretary-1", "secretariat" },
	{ "secretary-2", "secretariat" },
	{ "officer-1", "officer" },
	{ "officer-2", "officer" },
	{ "member-1", "member" },
	{ "member-2", "member" },
	{ "member-3", "member" },
	{ "member-4", "member" },
	{ "chair-1", "chair" },
	{ "delegate-1", "delegate" },
	{ "auditor-1", "auditor" },
	{ "applicant-1", "applicant" },
};

/* Of all walks of a program. */
static struct pkey *keys[WALK_PEOPLE];
static struct roster *roster;
static struct scheme_set *schemes;

static void
person_add(size_t i)
{
	CLEANUP(buf_free) struct buf line = BUF_INIT(KIB(1));
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(4));
	CLEANUP(jsonx_freep) struct json *j = NULL;
	CLEANUP(freep) char *entry = NULL;
	struct err e = ERR_INIT;
	struct ssh_key key;

	ck_ok(pkey_generate(KEY_ED25519, &keys[i], &e), &e);
	ck_ok(ssh_key_of(keys[i], &key, &e), &e);
	ssh_key_format(&key, &line);
	entry = xasprintf(
	    "{\"schema\":\"nintei.roster/1\",\"person\":\"%s\",\"roles\":"
	    "[\"%s\"],\"valid_from\":\"2026-07-01T00:00:00+09:00\",\"keys\":"
	    "[{\"id\":\"k1\",\"type\":\"ssh\",\"public\":\"%s\","
	    "\"valid_from\":\"2026-07-01T00:00:00+09:00\"}]}",
	    people[i].person, people[i].role, buf_str(&line));
	ck_ok(jsonx_parse(slice_str(entry), KIB(4), &j, &e), &e);
	jsonx_canonical(j, &text);
	ck_ok(roster_put(roster, buf_slice(&text), &e), &e);
}

void
walk_prepare(void)
{
	struct err e = ERR_INIT;

	if (schemes != NULL)
		return;
	roster = roster_new();
	for (size_t i = 0; i < WALK_PEOPLE; i++)
		if (strcmp(people[i].role, "applicant") != 0)
			person_add(i);
	ck_ok(
	    scheme_set_load(TEST_SOURCE_DIR "/policies", NULL, 0, &schemes, &e),
	    &e);
}

void
walk_forget(void)
{
	for (size_t i = 0; i < WALK_PEOPLE; i++) {
		pkey_free(keys[i]);
		keys[i] = NULL;
	}
	roster_free(roster);
	scheme_set_free(schemes);
	roster = NULL;
	schemes = NULL;
}

void
walk_init(struct walk *w)
{
	*w = (struct walk){ .now = WALK_NOW };
	w->a = (struct audit){ .opts = &w->opts,
		.log_lost = true,
		.roster = roster,
		.schemes = schemes,
		.signer_lines = BUF_INIT(KIB(64)),
		.signers_now = BUF_INIT(MIB(1)),
		.oid_base = BUF_INIT(KIB(1)) };
	w->a.report = xcalloc(1, sizeof(*w->a.report));
	w->a.report->ok = true;
}

void
walk_done(struct walk *w)
{
	item_done(&w->it);
	w->a.roster = NULL;
	w->a.schemes = NULL;
	audit_done(&w->a);
}

struct trail *
walk_trail(struct walk *w, const char *dossier)
{
	return trail_of(&w->a, dossier);
}

/* --- an event --- */

static struct json *
parsed(const char *text)
{
	CLEANUP(freep) char *copy = xstrdup(text == NULL ? "{}" : text);
	struct json *j = NULL;
	struct err e = ERR_INIT;

	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	ck_ok(jsonx_parse(slice_str(copy), KIB(64), &j, &e), &e);
	return j;
}

/* "opinion minutes": a document of each role, and data.documents. */
static struct json *
papers_put(
    const struct walk_act *act, const struct dossier *d, struct json *data)
{
	struct json *docs, *names;
	int64_t n =
	    d->n_documents == 0 ? 0 : d->documents[d->n_documents - 1].n;
	char hash[65];

	if (act->papers == NULL)
		return NULL;
	docs = jsonx_array();
	names = jsonx_array();
	memset(hash, 'a', 64);
	hash[64] = '\0';
	for (const char *at = act->papers; *at != '\0';) {
		size_t len = strcspn(at, " ");
		struct json *doc = jsonx_object(), *name = jsonx_object();

		n++;
		jsonx_set_int(doc, "n", n);
		jsonx_set_str(doc, "commitment", hash);
		jsonx_set_int(doc, "size", 1);
		jsonx_set_str(doc, "tag", "secret");
		jsonx_add(docs, doc);
		jsonx_set_int(name, "n", n);
		jsonx_set(name, "role", jsonx_string_n(slice_of(at, len)));
		jsonx_add(names, name);
		at += len;
		at += strspn(at, " ");
	}
	jsonx_set(data, "documents", names);
	return docs;
}

static struct pkey *
key_of(const char *person)
{
	for (size_t i = 0; i < WALK_PEOPLE; i++)
		if (strcmp(people[i].person, person) == 0)
			return keys[i];
	return NULL;
}

static void
data_sign(const struct walk_act *act, struct json *data)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(EVENT_BYTES);
	CLEANUP(buf_free) struct buf armour = BUF_INIT(KIB(8));
	CLEANUP(freep)
	char *signs =
	    xasprintf("%s/%s.%s", act->dossier, act->machine, act->event);
	struct err e = ERR_INIT;

	if (act->signs == NULL)
		return;
	jsonx_set_str(data, "signs", signs);
	acts_signed_part(machine_parse(act->machine), act->event, data, &bytes);
	ck_ok(sshsig_sign(key_of(act->person), act->signs, buf_slice(&bytes),
		  &armour, &e),
	    &e);
	jsonx_set_str(data, "signature", buf_str(&armour));
}

/* What an honest core has found out: all is well. */
static void
facts_set(struct walk *w, const struct walk_act *act, const struct dossier *d,
    const struct json *data, struct flow_facts *f)
{
	const char *base = d->seq == 0 ? jsonx_get_str(data, "base") : d->base;
	const struct trail *of = base == NULL || base[0] == '\0'
	    ? NULL
	    : keymap_get(&w->a.cases, base);
	const struct trail *t = keymap_get(&w->a.cases, act->dossier);

	f->scheme = scheme_find(w->a.schemes, WALK_SCHEME);
	f->criteria = f->scheme;
	f->quota_ok = f->hash_matches = f->archive_safe = f->may_apply = true;
	f->complete = f->partial = true;
	f->declaration_valid = f->consented = f->delegate_in_scope = true;
	f->approvals_verified = f->approvals_checked = f->basis_current = true;
	f->decision = act->decision;
	f->new_instance = act->instance;
	f->base = of == NULL ? NULL : of->d;
	t = of == NULL ? t : of;
	f->pending_renewal =
	    t == NULL || t->pending[0] == '\0' ? NULL : t->pending;
}

static int
plan_make(struct walk *w, const struct walk_act *act, const struct json *data,
    struct flow_plan *p, struct err *e)
{
	const struct trail *t = walk_trail(w, act->dossier);
	struct flow_facts f = { 0 };
	struct flow_refusal r = { 0 };
	struct flow_act a = { .machine = machine_parse(act->machine),
		.event = act->event,
		.instance = act->instance,
		.roles = (unsigned)act->role,
		.person = act->person,
		.now = act->effective != 0 ? act->effective : w->now,
		.data = data };
	CLEANUP(jsonx_freep) struct json *event = jsonx_object();

	if (a.machine == M_NONE) {
		snprintf(p->primary.event, sizeof(p->primary.event), "%s",
		    act->event);
		p->article = "20(1)";
		p->role = act->role;
		return 0;
	}
	facts_set(w, act, t->d, data, &f);
	f.owed = act->cause != NULL;
	jsonx_set_str(event, "machine", act->machine);
	jsonx_set_str(event, "event", act->event);
	jsonx_set(event, "data", jsonx_dup(data));
	a.instance = a.instance == NULL ? "1" : a.instance;
	if (is_intake(event))
		return chain_decide(t, &a, &f, event, p, &r, e);
	a.instance = act->instance;
	return flow_decide(t->d, &a, &f, p, &r, e);
}

struct json *
walk_event(struct walk *w, const struct walk_act *act)
{
	struct trail *t = walk_trail(w, act->dossier);
	CLEANUP(freep) struct flow_plan *p = xcalloc(1, sizeof(*p));
	CLEANUP(jsonx_freep) struct json *data = parsed(act->data);
	CLEANUP(jsonx_freep) struct json *docs = papers_put(act, t->d, data);
	CLEANUP(buf_free) struct buf text = BUF_INIT(EVENT_BYTES);
	const struct scheme *s = scheme_find(w->a.schemes, WALK_SCHEME);
	const struct trail *cause =
	    act->cause == NULL ? NULL : walk_trail(w, act->cause);
	const char *scheme = act->scheme == NULL ? WALK_SCHEME : act->scheme;
	bool none = scheme[0] == '\0';
	struct event_head h = { .actor = act->person,
		.decision_id = act->decision,
		.rule_version = none ? "" : s->rule_version,
		.policy_version = none ? "" : s->policy_version,
		.recorded_at = w->now,
		.effective_at = act->effective != 0 ? act->effective : w->now,
		.cause = cause == NULL ? NULL : cause->d->head,
		.salt = "00000000000000000000000000000000" };
	struct json *j = NULL;
	struct err e = ERR_INIT;

	scheme_set_turn(w->a.schemes, w->now);
	data_sign(act, data);
	ck_assert_msg(plan_make(w, act, data, p, &e) == 0, "%s %s.%s: %s",
	    act->dossier, act->machine, act->event, e.detail);
	snprintf(t->d->scheme, sizeof(t->d->scheme), "%s", scheme);
	ck_ok(event_build(t->d, p, &h, data, docs, &text, &e), &e);
	ck_ok(jsonx_parse(buf_slice(&text), EVENT_BYTES, &j, &e), &e);
	return j;
}

/* --- feeding it --- */

static void
item_make(struct walk *w, const struct json *event)
{
	struct item *it = &w->it;
	struct commit_view *v = &it->view;
	struct err e = ERR_INIT;
	int64_t recorded = 0;

	item_done(it);
	it->text.max = EVENT_BYTES;
	jsonx_canonical(event, &it->text);
	sha256_of(buf_slice(&it->text), it->hash);
	it->event = jsonx_dup(event);
	it->at = ++w->n + 1; /* the first one is genesis */
	it->has_commit = it->has_event = true;
	ck_ok(instant_parse(jsonx_get_str(event, "recorded_at"), &recorded, &e),
	    &e);
	v->authored = recorded;
	v->committed = w->now;
	v->parents = 1;
	v->seq = (uint64_t)walk_trail(w, w->dossier)->d->seq + 1;
	snprintf(v->role, sizeof(v->role), "%s", jsonx_get_str(event, "role"));
	snprintf(v->dossier, sizeof(v->dossier), "%s", w->dossier);
	snprintf(v->act, sizeof(v->act), "%s.%s",
	    jsonx_get_str(event, "machine"), jsonx_get_str(event, "event"));
}

/* Ciphertexts lie beside the event, as long as they must be. */
static void
files_make(struct walk *w)
{
	const struct json *docs = jsonx_get(w->it.event, "docs");

	w->it.files = xcalloc(jsonx_len(docs) + 1, sizeof(*w->it.files));
	w->it.changes.items =
	    xcalloc(jsonx_len(docs) + 1, sizeof(*w->it.changes.items));
	for (size_t i = 0; i < jsonx_len(docs); i++) {
		struct file *f = &w->it.files[w->it.n_files++];
		struct change *c = &w->it.changes.items[w->it.changes.n++];
		const struct json *doc = jsonx_at(docs, i);

		snprintf(c->path, sizeof(c->path), "docs/%02lld-%s.cms",
		    (long long)jsonx_get_int(doc, "n", 0),
		    jsonx_get_str(doc, "commitment"));
		*f = (struct file){ .kind = FILE_DOC,
			.change = CHANGE_ADDED,
			.missing = true, /* a clone may lack it */
			.name = c->path };
	}
}

void
walk_feed(struct walk *w, const struct json *event)
{
	snprintf(w->dossier, sizeof(w->dossier), "%s",
	    jsonx_get_str(event, "case_id"));
	item_make(w, event);
	files_make(w);
	audit_follow(&w->a, &w->it);
}

void
walk_do(struct walk *w, const struct walk_act *act)
{
	CLEANUP(jsonx_freep) struct json *event = walk_event(w, act);

	walk_feed(w, event);
	ck_assert_msg(w->a.report->failures == 0, "%s %s.%s: %s", act->dossier,
	    act->machine, act->event, walk_findings(w));
}

void
walk_skip(struct walk *w, const struct walk_act *act)
{
	CLEANUP(jsonx_freep) struct json *event = walk_event(w, act);
	struct trail *t = walk_trail(w, act->dossier);
	struct err e = ERR_INIT;

	item_make(w, event);
	ck_assert_msg(
	    dossier_apply_parsed(t->d, w->it.event, w->it.hash, &e) == 0,
	    "%s %s.%s: %s", act->dossier, act->machine, act->event, e.detail);
	delegation_follow(&w->a, t);
}

void
walk_approved(struct walk *w, const char *dossier, const char *id,
    const char *kind, const char *outcome, const char *instance)
{
	CLEANUP(freep)
	char *data = xasprintf(
	    "{'kind':'%s','outcome':'%s','decision':{'kind':'%s',"
	    "'outcome':'%s','instance':'%s','needed':1,"
	    "'expires_at':'2030-01-01T00:00:00+09:00','sha256':'%064d'}}",
	    kind, outcome, kind, outcome, instance, 0);
	struct walk_act freeze = { .dossier = dossier,
		.machine = "decision",
		.event = "freeze",
		.instance = id,
		.person = "secretary-1",
		.role = ROLE_SECRETARIAT,
		.data = data,
		.decision = id };
	struct dossier *d = walk_trail(w, dossier)->d;

	walk_skip(w, &freeze);
	for (size_t i = 0; i < d->n_machines; i++)
		if (d->machines[i].machine == M_DECISION &&
		    strcmp(d->machines[i].instance, id) == 0)
			d->machines[i].state = S_DEC_APPROVED;
}

bool
walk_found(const struct walk *w, enum audit_rule rule)
{
	for (size_t i = 0; i < w->a.report->n_findings; i++)
		if (w->a.report->findings[i].rule == rule)
			return true;
	return false;
}

const char *
walk_findings(const struct walk *w)
{
	static char text[1024];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < w->a.report->n_findings && n < 900; i++) {
		const struct audit_finding *f = &w->a.report->findings[i];
		int k =
		    snprintf(text + n, sizeof(text) - n, "%s %.60s / %.80s; ",
			audit_rule_id(f->rule), f->expected, f->found);

		n += k < 0 ? 0 : (size_t)k;
	}
	return text;
}
