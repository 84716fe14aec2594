/* SPDX-License-Identifier: Apache-2.0 */
/* A stored decision with its signatures, and what they prove. */
#include "office_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/enc.h"

void
proof_init(struct proof *p)
{
	struct proof empty = { .document = BUF_INIT(LIMIT_DECISION_BYTES),
		.basis = BUF_INIT(LIMIT_FRAME_BYTES) };

	*p = empty;
}

void
proof_done(struct proof *p)
{
	decision_free(p->decision);
	buf_free(&p->document);
	buf_free(&p->basis);
	for (size_t i = 0; i < p->n; i++)
		buf_free(&p->armour[i]);
}

/* One more signature: of a person, borrowed armour is copied. */
int
proof_add(struct proof *p, const char *person, struct slice armour, int64_t at,
    struct err *e)
{
	struct buf copy = BUF_INIT(LIMIT_SIGNATURE_BYTES);
	struct slice s = slice_str(person);

	if (p->n == NELEM(p->person) || s.n >= sizeof(p->person[0]))
		return err_set(e, E_LIMIT, "too many signatures");
	buf_put(&copy, armour.p, armour.n);
	if (!buf_ok(&copy)) {
		buf_free(&copy);
		return err_set(e, E_LIMIT, "the signature is too long");
	}
	p->armour[p->n] = copy;
	for (size_t i = 0; i <= s.n; i++)
		p->person[p->n][i] = person[i];
	p->sigs[p->n].person = p->person[p->n];
	p->sigs[p->n].armour = buf_slice(&p->armour[p->n]);
	p->sigs[p->n].at = at;
	p->n++;
	return 0;
}

static int
signature_load(struct office *o, const struct dossier *d, const char *id,
    const struct dossier_signature *sig, struct proof *out, struct err *e)
{
	CLEANUP(freep)
	char *path = xasprintf("decisions/%s/%s.sig", id, sig->person);
	CLEANUP(buf_free) struct buf armour = BUF_INIT(LIMIT_SIGNATURE_BYTES);

	if (store_file_get(o->store, d->id, path, &armour, e) < 0)
		return -1;
	return proof_add(out, sig->person, buf_slice(&armour), sig->at, e);
}

/* case_basis as it is now, with the review that was frozen. */
void
office_basis(const struct dossier *d, const struct dossier_decision *dec,
    char out[DOSSIER_HASH], struct buf *out_bytes)
{
	struct err e = ERR_INIT;
	uint8_t review[32];
	bool has = dec->review[0] != '\0' &&
	    hex_decode(dec->review, review, sizeof(review), &e) == 0;

	dossier_basis(d, has ? review : NULL, out);
	if (out_bytes != NULL)
		dossier_basis_bytes(d, has ? review : NULL, out_bytes);
}

int
proof_load(struct office *o, const struct dossier *d, const char *id,
    struct proof *out, struct err *e)
{
	const struct dossier_decision *dec = dossier_decision_find(d, id);
	CLEANUP(freep) char *path = xasprintf("decisions/%s/decision.json", id);
	char basis[DOSSIER_HASH];

	if (dec == NULL)
		return err_set(e, E_NOT_FOUND, "there is no such decision");
	if (store_file_get(o->store, d->id, path, &out->document, e) < 0 ||
	    decision_parse(buf_slice(&out->document), &out->decision, e) < 0)
		return -1;
	if (dec->basis[0] != '\0')
		office_basis(d, dec, basis, &out->basis);
	for (size_t i = 0; i < dec->n_signatures; i++)
		if (signature_load(o, d, id, &dec->signatures[i], out, e) < 0)
			return -1;
	return 0;
}

int
proof_judge(struct office *o, const struct dossier *d, const struct proof *p,
    int64_t now, struct approval_result *out, struct err *e)
{
	const struct dossier_decision *dec =
	    dossier_decision_find(d, decision_get(p->decision, "decision_id"));
	char basis[DOSSIER_HASH];
	bool has_basis = decision_get(p->decision, "case_basis") != NULL;
	const char *party[DOSSIER_CONFLICTED];
	struct approval_terms terms = {
		.now = now,
		.conflicted = party,
		.n_conflicted = dossier_conflicted(d, party),
		.needed = dec == NULL ? 0 : (unsigned)dec->needed,
	};

	if (dec == NULL)
		return err_set(e, E_NOT_FOUND, "there is no such decision");
	office_basis(d, dec, basis, NULL);
	terms.case_basis = has_basis ? basis : NULL;
	return approval_check(
	    p->decision, p->sigs, p->n, o->roster, &terms, out, e);
}

int
office_proved(struct office *o, const struct dossier *d, const char *id,
    int64_t now, bool *out, struct err *e)
{
	CLEANUP(proof_done) struct proof proof;
	struct approval_result judged;

	proof_init(&proof);
	if (proof_load(o, d, id, &proof, e) < 0 ||
	    proof_judge(o, d, &proof, now, &judged, e) < 0)
		return -1;
	*out = judged.failed == 0;
	return 0;
}

/* What the signer is shown of it. */
void
sign_proof_of(const struct proof *p, struct sign_proof *out)
{
	out->decision = buf_slice(&p->document);
	out->basis = buf_slice(&p->basis);
	out->n = p->n;
	for (size_t i = 0; i < p->n; i++) {
		snprintf(out->sigs[i].person, sizeof(out->sigs[i].person), "%s",
		    p->person[i]);
		out->sigs[i].armour = p->sigs[i].armour;
	}
}
