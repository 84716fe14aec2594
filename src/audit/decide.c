/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions: as frozen, as signed, as carried out. */
#include "audit_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/derive.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/jsonx.h"
#include "nintei/wire.h"

void
paper_free(struct paper *p)
{
	decision_free(p->doc);
	buf_free(&p->detail);
	for (size_t i = 0; i < p->n_sigs; i++)
		buf_free(&p->sigs[i].armour);
	free(p);
}

static void
paper_drop(struct trail *t, const struct paper *p)
{
	for (struct paper **at = &t->papers; *at != NULL; at = &(*at)->next)
		if (*at == p) {
			struct paper *gone = *at;

			*at = gone->next;
			paper_free(gone);
			return;
		}
}

static const struct scheme *
scheme_of(const struct audit *a, const struct paper *p)
{
	return scheme_find(a->schemes, decision_get(p->doc, "scheme"));
}

/* --- frozen --- */

/* AUDIT-50: what document and event both say, they say alike. */
static void
facts_judge(struct audit *a, const struct paper *p, const struct json *fact)
{
	static const char *const copied[] = { "kind", "outcome", "case_basis",
		"grounds", "certified_on", "cert_number", "expires_at" };
	char hash[SHA256_HEX];

	for (size_t i = 0; i < NELEM(copied); i++) {
		const char *want = decision_get(p->doc, copied[i]);
		const char *have = jsonx_get_str(fact, copied[i]);

		if (want != NULL || have != NULL)
			audit_same(a, AUDIT_R50, copied[i], want, have);
	}
	hex_encode(decision_hash(p->doc), 32, hash);
	audit_same(a, AUDIT_R50, "sha256", hash, jsonx_get_str(fact, "sha256"));
}

/* The outcome is the kind's word; where it has several, that asked for. */
static void
frozen_word_judge(struct audit *a, const struct paper *p)
{
	const char *kind = decision_get(p->doc, "kind");
	const char *asked =
	    jsonx_get_str(jsonx_get(a->it->event, "data"), "outcome");
	const char *have = decision_get(p->doc, "outcome");
	const struct flow_kind *k = flow_kind_find(kind);
	const char *want =
	    decision_permits(kind, asked) ? asked : decision_outcome(kind);

	/* A kind of one word carries that out, however it was asked for. */
	if (k != NULL && k->event != NULL && have != NULL &&
	    strcmp(have, k->event) == 0)
		return;
	audit_same(a, AUDIT_R50, "outcome", want, have);
}

static void
subject_judge(struct audit *a, const struct trail *t, const struct paper *p)
{
	const struct json *j = a->it->event;
	const struct {
		const char *key, *want;
		bool always;
	} same[] = {
		{ "decision_id", p->id, true },
		{ "case_id", t->d->id, true },
		{ "proposer", jsonx_get_str(j, "actor"), true },
		{ "scheme", jsonx_get_str(j, "scheme"), false },
		{ "rule_version", jsonx_get_str(j, "rule_version"), false },
		{ "policy_version", jsonx_get_str(j, "policy_version"), false },
	};

	for (size_t i = 0; i < NELEM(same); i++) {
		const char *have = decision_get(p->doc, same[i].key);

		if (have != NULL || same[i].always)
			audit_same(
			    a, AUDIT_R50, same[i].key, same[i].want, have);
	}
}

/* The proposal and what it froze are of one kind. */
static void
kind_judge(struct audit *a, const struct paper *p)
{
	const struct json *j = a->it->event;
	const char *kind = decision_get(p->doc, "kind");
	const char *event = jsonx_get_str(j, "event");
	enum machine m = machine_parse(jsonx_get_str(j, "machine"));
	const struct flow_kind *k = flow_kind_of(m, event);
	const char *want = k == NULL ? NULL : k->kind;

	if (m == M_DECISION && strcmp(event, "freeze") == 0)
		want = jsonx_get_str(jsonx_get(j, "data"), "kind");
	else if (m == M_COMPLIANCE && strcmp(event, "propose_revocation") == 0)
		want = "revoke";
	audit_same(a, AUDIT_R50, "kind", want, kind);
}

/* AUDIT-57: frozen now, for no longer than the policy lets it stand. */
static void
life_judge(struct audit *a, const struct paper *p)
{
	int64_t recorded = event_instant(a->it, "recorded_at");
	int64_t frozen = decision_frozen_at(p->doc);
	int64_t life = derive_life(a->schemes, scheme_of(a, p));

	if (frozen > recorded || frozen < recorded - AUDIT_SLACK)
		audit_say(a, AUDIT_R57,
		    jsonx_get_str(a->it->event, "recorded_at"), "frozen_at %s",
		    decision_get(p->doc, "frozen_at"));
	if (decision_expires_at(p->doc) - frozen > life)
		audit_say(a, AUDIT_R57, "the policy's life of a decision",
		    "expires_at %s", decision_get(p->doc, "expires_at"));
}

/* AUDIT-51: over the case's events, and over the review that was frozen. */
static void
basis_judge(struct audit *a, const struct trail *t, const struct paper *p)
{
	const struct json *review =
	    jsonx_get(jsonx_get(a->it->event, "data"), "review");
	const char *have = decision_get(p->doc, "case_basis");
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_EVENT_BYTES);
	uint8_t sum[32];
	char want[DOSSIER_HASH];

	if (have == NULL)
		return;
	if (review != NULL) {
		jsonx_canonical(review, &b);
		sha256_of(buf_slice(&b), sum);
	}
	dossier_basis(t->d, review == NULL ? NULL : sum, want);
	audit_same(a, AUDIT_R51, "case_basis", want, have);
}

static void
detail_judge(struct audit *a, struct paper *p)
{
	const char *want = decision_get(p->doc, "detail");
	const struct file *f;
	char have[SHA256_HEX];

	if (want == NULL)
		return;
	f = audit_need(a, "decisions/%s/detail.json", p->id);
	if (f == NULL)
		return;
	p->detail.max = f->bytes.n + 1;
	buf_put(&p->detail, f->bytes.p, f->bytes.n);
	decision_detail_hex(buf_slice(&p->detail), have);
	audit_same(a, AUDIT_R50, "detail", want, have);
}

/* What a decision is about stands in the detail that officers signed. */
static const struct {
	const char *kind, *member;
} subjects[] = {
	{ "withholding", "item" },
	{ "disclosure", "instance" },
};

static void
instance_judge(struct audit *a, const struct paper *p, const struct json *fact)
{
	const char *kind = decision_get(p->doc, "kind");
	CLEANUP(jsonx_freep) struct json *detail = NULL;
	const char *have = jsonx_get_str(fact, "instance");
	struct err why = ERR_INIT;

	for (size_t i = 0; i < NELEM(subjects); i++) {
		if (strcmp(subjects[i].kind, kind) != 0)
			continue;
		if (jsonx_parse_canonical(buf_slice(&p->detail),
			LIMIT_DECISION_BYTES, &detail, &why) < 0)
			audit_say(a, AUDIT_R50, "a canonical detail", "%.150s",
			    why.detail);
		else
			audit_same(a, AUDIT_R50, "instance",
			    jsonx_get_str(detail, subjects[i].member), have);
		return;
	}
	if (have != NULL && flow_kind_find(kind) == NULL)
		audit_say(a, AUDIT_R50, "no instance", "%.40s", have);
}

static struct paper *
paper_take(struct audit *a, struct trail *t, const char *id)
{
	const struct file *f = audit_need(a, "decisions/%s/decision.json", id);
	struct paper *p = xcalloc(1, sizeof(*p));
	struct err why = ERR_INIT;

	snprintf(p->id, sizeof(p->id), "%s", id);
	if (f == NULL) {
		free(p);
		return NULL;
	}
	if (decision_parse(buf_slice(&f->bytes), &p->doc, &why) < 0) {
		audit_say(
		    a, AUDIT_R50, "a canonical decision", "%.180s", why.detail);
		free(p);
		return NULL;
	}
	p->next = t->papers;
	t->papers = p;
	return p;
}

static void
frozen_judge(struct audit *a, struct trail *t, const char *id)
{
	const struct json *fact =
	    jsonx_get(jsonx_get(a->it->event, "data"), "decision");
	struct paper *p;
	int64_t needed;

	a->report->count[AUDIT_N_DECISIONS]++;
	if (keymap_get(&a->decisions, id) != NULL)
		audit_say(a, AUDIT_R58, "a new decision", "%s again", id);
	keymap_put(&a->decisions, id, a);
	if ((p = paper_take(a, t, id)) == NULL)
		return;
	subject_judge(a, t, p);
	frozen_word_judge(a, p);
	kind_judge(a, p);
	facts_judge(a, p, fact);
	life_judge(a, p);
	basis_judge(a, t, p);
	detail_judge(a, p);
	instance_judge(a, p, fact);
	needed = derive_needed(
	    a->schemes, scheme_of(a, p), decision_get(p->doc, "kind"));
	if (jsonx_get_int(fact, "needed", 0) != needed)
		audit_say(a, AUDIT_R56, "the approvals that the policy needs",
		    "%" PRId64 " in place of %" PRId64,
		    jsonx_get_int(fact, "needed", 0), needed);
	if (strcmp(decision_get(p->doc, "kind"), "certify") == 0 ||
	    strcmp(decision_get(p->doc, "kind"), "reissue") == 0)
		record_judge(a, t, p);
}

/* --- signed --- */

static const struct {
	unsigned guard;
	enum audit_rule rule;
	const char *want;
} rules[] = {
	{ GUARD_SIGNATURE_VALID, AUDIT_R52, "signatures over the document" },
	{ GUARD_ROLE_OK, AUDIT_R53, "signers who were officers" },
	{ GUARD_NOT_PROPOSER, AUDIT_R54, "signers other than the proposer" },
	{ GUARD_DISTINCT, AUDIT_R54, "each person and key once" },
	{ GUARD_NO_CONFLICT, AUDIT_R55, "nobody who is a party" },
	{ GUARD_QUORUM_REACHED, AUDIT_R56, "enough approvals" },
};

static void
guards_say(struct audit *a, const struct paper *p, unsigned failed, int64_t now)
{
	bool late = now < decision_frozen_at(p->doc) ||
	    now >= decision_expires_at(p->doc);

	for (size_t i = 0; i < NELEM(rules); i++)
		if ((failed & rules[i].guard) != 0)
			audit_say(a, rules[i].rule, rules[i].want, "%s: %s",
			    p->id, approval_guard_name(rules[i].guard));
	if ((failed & GUARD_BASIS_CURRENT) == 0)
		return;
	if (late)
		audit_say(a, AUDIT_R57, decision_get(p->doc, "expires_at"),
		    "%s: too late, or before it was frozen", p->id);
	else
		audit_say(a, AUDIT_R51, decision_get(p->doc, "case_basis"),
		    "%s: the case has another basis by now", p->id);
}

/* What its signatures are worth at an instant, with one more or without. */
static unsigned
paper_judge(struct audit *a, const struct trail *t, const struct paper *p,
    int64_t now, struct approval_result *out)
{
	const struct dossier_decision *dec = dossier_decision_find(t->d, p->id);
	struct approval_signature sigs[APPROVAL_SIGNATURES_MAX];
	const char *party[DOSSIER_CONFLICTED]; /* AUDIT-55 */
	struct approval_terms terms = { .now = now, .conflicted = party };
	struct err why = ERR_INIT;
	uint8_t review[32];
	char basis[DOSSIER_HASH];
	bool has;

	if (dec == NULL)
		return GUARD_SIGNATURE_VALID;
	terms.n_conflicted = dossier_conflicted(t->d, party);
	terms.needed = derive_needed(
	    a->schemes, scheme_of(a, p), decision_get(p->doc, "kind"));
	has = dec->review[0] != '\0' &&
	    hex_decode(dec->review, review, sizeof(review), &why) == 0;
	dossier_basis(t->d, has ? review : NULL, basis);
	if (decision_get(p->doc, "case_basis") != NULL)
		terms.case_basis = basis;
	for (size_t i = 0; i < p->n_sigs; i++)
		sigs[i] = (struct approval_signature){ p->sigs[i].person,
			buf_slice(&p->sigs[i].armour), p->sigs[i].at };
	if (approval_check(
		p->doc, sigs, p->n_sigs, a->roster, &terms, out, &why) < 0)
		return GUARD_SIGNATURE_VALID;
	return out->failed;
}

/* AUDIT-52: each value of an authenticator's counter is used once. */
static void
counter_judge(struct audit *a, const struct sshsig *sig)
{
	CLEANUP(buf_free) struct buf use = BUF_INIT(SSH_BLOB_MAX + 4);
	char hex[SHA256_HEX];

	if (sig->counter == 0)
		return;
	buf_put(&use, sig->key.blob, sig->key.n);
	wr_u32(&use, sig->counter);
	sha256_hex(buf_slice(&use), hex);
	if (keymap_get(&a->counters, hex) != NULL)
		audit_say(a, AUDIT_R52, "a counter not used before", "%" PRIu32,
		    sig->counter);
	keymap_put(&a->counters, hex, a);
}

static void
signature_judge(
    struct audit *a, const struct trail *t, struct paper *p, bool objection)
{
	CLEANUP(freep)
	struct approval_result *r = xcalloc(1, sizeof(*r));
	int64_t now = event_instant(a->it, "recorded_at");
	const struct approval_verdict *last = &r->each[p->n_sigs - 1];
	bool quorum = event_step(a->it->event, "decision", "quorum") != NULL;
	unsigned failed = paper_judge(a, t, p, now, r);

	if (!objection)
		guards_say(
		    a, p, last->failed | (failed & GUARD_BASIS_CURRENT), now);
	else
		guards_say(a, p, last->failed, now);
	if (last->failed == 0 && last->objection != objection)
		audit_say(a, AUDIT_R52,
		    objection ? SSH_NS_OBJECTION : SSH_NS_DECISION, "%s",
		    last->sig.ns);
	if (!objection && last->failed == 0 &&
	    quorum != ((failed & GUARD_QUORUM_REACHED) == 0))
		audit_say(a, AUDIT_R56,
		    quorum ? "enough approvals" : "the step to approved",
		    "%u approvals", r->approvals);
	counter_judge(a, &last->sig);
}

static void
signed_judge(struct audit *a, struct trail *t, const char *id, bool objection)
{
	const struct json *j = a->it->event;
	const char *actor = jsonx_get_str(j, "actor");
	const struct file *f = audit_need(a, "decisions/%s/%s.sig", id, actor);
	struct paper *p = trail_paper(t, id);
	struct signed_by *s;
	char hash[SHA256_HEX];

	if (f == NULL || p == NULL || p->n_sigs == APPROVAL_SIGNATURES_MAX)
		return;
	a->report->count[AUDIT_N_APPROVALS]++;
	sha256_hex(buf_slice(&f->bytes), hash);
	audit_same(a, AUDIT_R52, "the file's hash", hash,
	    jsonx_get_str(jsonx_get(j, "data"), "signature"));
	s = &p->sigs[p->n_sigs++];
	snprintf(s->person, sizeof(s->person), "%s", actor);
	s->armour = (struct buf)BUF_INIT(LIMIT_SIGNATURE_BYTES);
	buf_put(&s->armour, f->bytes.p, f->bytes.n);
	s->at = event_instant(a->it, "recorded_at");
	signature_judge(a, t, p, objection);
}

/* --- carried out --- */

/* AUDIT-58: the word that it permits, on the day that it names. */
static void
outcome_judge(struct audit *a, const struct paper *p, int64_t now)
{
	const struct json *j = a->it->event;
	const char *kind = decision_get(p->doc, "kind");
	const char *day = decision_get(p->doc, "certified_on");
	const char *event = jsonx_get_str(j, "event");
	const struct flow_kind *k = flow_kind_find(kind);
	char today[JDAY_TEXT];

	/* A reissue orders, a late dossier executes what let it in. */
	if (!decision_permits(kind, event) &&
	    (k == NULL || k->event == NULL || strcmp(k->event, event) != 0))
		audit_say(
		    a, AUDIT_R58, decision_get(p->doc, "outcome"), "%s", event);
	if (day != NULL && strcmp(kind, "certify") == 0)
		audit_same(a, AUDIT_R58, "certified_on", day,
		    jday_format(jday_of_instant(now), today));
	audit_same(a, AUDIT_R58, "decision_id", p->id,
	    jsonx_get_str(j, "decision_id"));
}

/* What data.certification says is what the decision says. */
static void
certification_judge(struct audit *a, const struct paper *p)
{
	static const char *const same[][2] = {
		{ "number", "cert_number" },
		{ "certified_on", "certified_on" },
		{ "valid_through", "valid_through" },
		{ "service", "service" },
		{ "operator", "operator" },
	};
	const struct json *c =
	    jsonx_get(jsonx_get(a->it->event, "data"), "certification");

	for (size_t i = 0; i < NELEM(same); i++)
		audit_same(a, AUDIT_R60, same[i][0],
		    decision_get(p->doc, same[i][1]),
		    jsonx_get_str(c, same[i][0]));
}

static void
executed_judge(struct audit *a, const struct trail *t, const char *id)
{
	CLEANUP(freep)
	struct approval_result *r = xcalloc(1, sizeof(*r));
	struct paper *p = trail_paper(t, id);
	int64_t now = event_instant(a->it, "effective_at");

	if (p == NULL || p->executed_at != 0) {
		audit_say(
		    a, AUDIT_R58, "a decision that waits for it", "%s", id);
		return;
	}
	guards_say(a, p, paper_judge(a, t, p, now, r), now);
	outcome_judge(a, p, now);
	if (strcmp(decision_get(p->doc, "kind"), "certify") == 0)
		certification_judge(a, p);
	p->executed_at = now;
}

/* --- the end --- */

/* Certificates rest on it, or what takes them back one day. */
static bool
is_kept(const struct paper *p)
{
	static const char *const kinds[] = { "certify", "reissue",
		"continuation", "termination" };

	for (size_t i = 0; i < NELEM(kinds); i++)
		if (strcmp(kinds[i], decision_get(p->doc, "kind")) == 0)
			return p->executed_at != 0;
	return false;
}

/* What ended is not needed any more; of what is kept not its signatures. */
static void
papers_clean(struct trail *t)
{
	struct paper *next;

	for (struct paper *p = t->papers; p != NULL; p = next) {
		next = p->next;
		if (!state_is_final(dossier_state(t->d, M_DECISION, p->id)))
			continue;
		if (!is_kept(p)) {
			paper_drop(t, p);
			continue;
		}
		for (size_t i = 0; i < p->n_sigs; i++)
			buf_free(&p->sigs[i].armour);
	}
}

void
decision_judge(struct audit *a, struct trail *t)
{
	const struct json *j = a->it->event;
	const struct json *step;
	const char *event = jsonx_get_str(j, "event");
	const char *instance = jsonx_get_str(j, "instance");
	bool mine = strcmp(jsonx_get_str(j, "machine"), "decision") == 0;

	papers_clean(t);
	if ((step = event_step(j, "decision", "freeze")) != NULL)
		frozen_judge(a, t, jsonx_get_str(step, "instance"));
	if (mine &&
	    (strcmp(event, "sign") == 0 || strcmp(event, "object") == 0))
		signed_judge(a, t, instance, event[0] == 'o');
	if ((step = event_step(j, "decision", "execute")) != NULL)
		executed_judge(a, t, jsonx_get_str(step, "instance"));
}
