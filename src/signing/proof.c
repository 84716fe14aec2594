/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing is signed without a decision that stands proved. */
#include "signing_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/log.h"

int
refuse(struct err *e, unsigned guards, const char *fmt, ...)
{
	char names[160], why[160];
	va_list ap;

	approval_guard_names(
	    guards | GUARD_APPROVALS_VERIFIED, names, sizeof(names));
	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	log_ev(LOG_L_WARN, "signer.refused", "guards", names, "why", why, NULL);
	return err_set(e, E_SIGNER_REFUSED, "%s: %s", names, why);
}

void
proven_done(struct proven *p)
{
	decision_free(p->d);
	jsonx_free(p->used);
	*p = (struct proven){ 0 };
}

static bool
is_among(const char *kind, const char *const *kinds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(kinds[i], kind) == 0)
			return true;
	return false;
}

/* SIGN-10: executed once; again with the same bytes is a repetition. */
static int
execution_check(struct signer *s, struct proven *p, struct err *e)
{
	const char *id = decision_get(p->d, "decision_id");
	const struct ledger *l = &s->ledger;

	p->done = map_get(&l->executed, decision_hash(p->d), &p->index);
	p->noted = map_get(&l->notes, decision_hash(p->d), &p->note);
	if (p->done || p->noted)
		return 0;
	if (map_find(&l->executed, "decision", id, NULL) ||
	    map_find(&l->notes, "decision", id, NULL))
		return refuse(e, GUARD_BASIS_CURRENT,
		    "another decision of this id was executed");
	return 0;
}

static int
scheme_take(const struct signer *s, struct proven *p, struct err *e)
{
	const char *id = decision_get(p->d, "scheme");

	if (id == NULL)
		return 0;
	if ((p->scheme = scheme_find(s->schemes, id)) == NULL)
		return refuse(e, 0, "no such scheme: %s", id);
	return 0;
}

/*
 * SIGN-11: judged under the version that is in force; where open cases keep
 * that of their receipt (rule_for_open_cases), under an earlier one.
 */
static const struct scheme *
version_of(const struct signer *s, const struct scheme *now, const char *rule,
    const char *policy)
{
	const struct scheme *v = scheme_of_version(s->schemes, now->id, policy);

	if (v == NULL || strcmp(v->rule_version, rule) != 0)
		return NULL;
	if (v == now)
		return v;
	return now->params.rule_for_open_cases == POLICY_AT_RECEIVED &&
		strcmp(v->rule_version, now->rule_version) < 0
	    ? v
	    : NULL;
}

static int
version_check(const struct signer *s, struct proven *p, struct err *e)
{
	const char *rule = decision_get(p->d, "rule_version");
	const char *policy = decision_get(p->d, "policy_version");
	const struct scheme *v;

	if (p->scheme == NULL)
		return 0;
	v = rule == NULL || policy == NULL
	    ? NULL
	    : version_of(s, p->scheme, rule, policy);
	if (v == NULL)
		return refuse(e, GUARD_BASIS_CURRENT,
		    "the decision is of another version of the rules");
	p->scheme = v;
	return 0;
}

/* SIGN-14: frozen for no longer than the strictest policy lets it stand. */
static int
age_check(const struct signer *s, const struct proven *p, struct err *e)
{
	int64_t life = decision_expires_at(p->d) - decision_frozen_at(p->d);

	if (life > derive_life(s->schemes, p->scheme))
		return refuse(e, GUARD_BASIS_CURRENT,
		    "the decision would stand for too long");
	return 0;
}

/* SIGN-12: what the case rests on now hashes to case_basis. */
static int
basis_check(const struct proven *p, struct slice basis, struct err *e)
{
	const char *want = decision_get(p->d, "case_basis");
	char have[SHA256_HEX];

	if (want == NULL)
		return 0;
	if (basis.n == 0 || basis.n % 32 != 0 ||
	    strcmp(sha256_hex(basis, have), want) != 0)
		return refuse(e, GUARD_BASIS_CURRENT,
		    "the case has changed since the decision was frozen");
	return 0;
}

/* SIGN-13: each value of an authenticator's counter is used once. */
static int
counter_check(struct signer *s, const struct sshsig *sig, struct json *used,
    struct err *e)
{
	CLEANUP(buf_free) struct buf use = BUF_INIT(SSH_BLOB_MAX + 4);
	char hex[SHA256_HEX];
	uint8_t key[32];

	if (sig->counter == 0)
		return 0;
	buf_put(&use, sig->key.blob, sig->key.n);
	wr_u32(&use, sig->counter);
	map_key("counter", buf_slice(&use), key);
	if (map_get(&s->ledger.counters, key, NULL))
		return refuse(e, GUARD_SIGNATURE_VALID,
		    "an authenticator's counter was used before");
	jsonx_add_str(used, hex_encode(key, sizeof(key), hex));
	return 0;
}

static int
approvals_check(struct signer *s, const struct sign_proof *m, struct proven *p,
    struct err *e)
{
	CLEANUP(freep)
	struct approval_result *r = xcalloc(1, sizeof(*r));
	struct approval_signature sigs[NELEM(m->sigs)];
	struct approval_terms terms = {
		.now = signer_now(s),
		.needed = derive_needed(
		    s->schemes, p->scheme, decision_get(p->d, "kind")),
	};

	for (size_t i = 0; i < m->n; i++)
		sigs[i] = (struct approval_signature){ m->sigs[i].person,
			m->sigs[i].armour, 0 };
	if (approval_check(p->d, sigs, m->n, s->ledger.roster, &terms, r, e) <
	    0)
		return -1;
	if (r->failed != 0)
		return refuse(e, r->failed, "%u of %u approvals hold",
		    r->approvals, terms.needed);
	p->used = jsonx_array();
	for (size_t i = 0; i < m->n; i++)
		if (counter_check(s, &r->each[i].sig, p->used, e) < 0)
			return -1;
	return 0;
}

int
proof_check(struct signer *s, const struct sign_proof *m,
    const char *const *kinds, size_t n_kinds, struct proven *out, struct err *e)
{
	CLEANUP(proven_done) struct proven p = { 0 };
	struct err why = ERR_INIT;

	if (decision_parse(m->decision, &p.d, &why) < 0)
		return refuse(e, 0, "decision: %s", why.detail);
	if (!is_among(decision_get(p.d, "kind"), kinds, n_kinds))
		return refuse(e, 0, "a decision %s does not permit this",
		    decision_get(p.d, "kind"));
	if (execution_check(s, &p, e) < 0 || scheme_take(s, &p, e) < 0)
		return -1;
	if (!p.done && !p.noted &&
	    (version_check(s, &p, e) < 0 || age_check(s, &p, e) < 0 ||
		basis_check(&p, m->basis, e) < 0 ||
		approvals_check(s, m, &p, e) < 0))
		return -1;
	*out = p;
	p = (struct proven){ 0 };
	return 0;
}

struct json *
proof_record(const struct proven *p, const char *op)
{
	struct json *r = jsonx_object();
	char hex[SHA256_HEX];

	jsonx_set_str(r, "op", op);
	jsonx_set_str(
	    r, "decision", hex_encode(decision_hash(p->d), SHA256_BYTES, hex));
	jsonx_set_str(r, "decision_id", decision_get(p->d, "decision_id"));
	jsonx_set_str(r, "kind", decision_get(p->d, "kind"));
	if (jsonx_len(p->used) > 0)
		jsonx_set(r, "used", jsonx_dup(p->used));
	return r;
}
