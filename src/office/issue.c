/* SPDX-License-Identifier: Apache-2.0 */
/* From an executed certify decision to certificate, record and publication. */
#include "office_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/log.h"
#include "nintei/x509.h"

static int
detail_load(struct office *o, const struct dossier *d, const char *id,
    struct json **out, struct err *e)
{
	CLEANUP(freep) char *path = xasprintf("decisions/%s/detail.json", id);
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_DECISION_BYTES);

	if (store_file_get(o->store, d->id, path, &b, e) < 0)
		return -1;
	return jsonx_parse_canonical(
	    buf_slice(&b), LIMIT_DECISION_BYTES, out, e);
}

static int
spki_load(
    struct office *o, const struct dossier *d, struct buf *out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *record = NULL;
	const char *text;

	if (office_record(o, d, &record, e) < 0)
		return -1;
	text = jsonx_get_str(record, "spki");
	return text == NULL ? 0 : base64_decode(slice_str(text), false, out, e);
}

/*
 * Have the signer prove the decision and issue.  The same decision gives the
 * same certificate, so this may be repeated after a crash.
 */
int
office_sign_certificate(struct office *o, const struct dossier *d,
    const struct proof *p, int64_t decided_at, char **out_number,
    struct buf *der, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *detail = NULL;
	CLEANUP(buf_free) struct buf record = BUF_INIT(SIGN_RECORD_BYTES);
	CLEANUP(buf_free) struct buf spki = BUF_INIT(LIMIT_SPKI_BYTES);
	const char *corporate;
	struct sign_cert m = { .decided_at = decided_at };

	if (detail_load(o, d, decision_get(p->decision, "decision_id"), &detail,
		e) < 0 ||
	    spki_load(o, d, &spki, e) < 0)
		return -1;
	jsonx_canonical(jsonx_get(detail, "record"), &record);
	sign_proof_of(p, &m.proof);
	m.record = buf_slice(&record);
	m.spki = buf_slice(&spki);
	snprintf(m.url, sizeof(m.url), "%s",
	    jsonx_get_str(detail, "designated_url"));
	if (signer_issue_cert(&o->signer, &m, der, e) < 0)
		return -1;
	corporate =
	    jsonx_get_str(jsonx_get(detail, "record"), "corporate_number");
	if (out_number != NULL && corporate != NULL)
		*out_number = xstrdup(corporate);
	return 0;
}

/* SHA-256(salt || value), salt = HMAC(case key, "nintei/withheld" NUL id). */
static void
withheld_hash(
    struct slice key, const char *id, const char *value, char out[SHA256_HEX])
{
	static const char label[] = "nintei/withheld";
	struct slice said[] = { slice_of(label, sizeof(label)), slice_str(id) };
	uint8_t salt[32], sum[32];
	struct slice parts[] = { slice_of(salt, sizeof(salt)),
		slice_str(value) };

	hmac_sha256(key, said, NELEM(said), salt);
	sha256_parts(parts, NELEM(parts), sum);
	hex_encode(sum, sizeof(sum), out);
}

static bool
is_withheld(const struct json *record, const char *id)
{
	const struct json *list = jsonx_get(record, "withhold");

	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *one = jsonx_str(jsonx_at(list, i));

		if (one != NULL && strcmp(one, id) == 0)
			return true;
	}
	return false;
}

static void
item_add(struct json *items, const struct json *record, struct slice key,
    const char *id, const char *value)
{
	struct json *item = jsonx_object();
	char hash[SHA256_HEX];

	jsonx_set_str(item, "id", id);
	if (is_withheld(record, id)) {
		withheld_hash(key, id, value, hash);
		jsonx_set_str(item, "withheld", hash);
	} else {
		jsonx_set_str(item, "value", value);
	}
	jsonx_add(items, item);
}

static void
items_form_b(const struct scheme *s, const struct json *record,
    struct slice key, struct json *items)
{
	const struct json *form = jsonx_get(record, "form_b");

	for (size_t i = 0; i < s->n_criteria; i++) {
		const char *id = s->criteria[i].id;
		const char *value = jsonx_get_str(form, id);

		if (value != NULL && value[0] != '\0')
			item_add(items, record, key, id, value);
	}
}

/* Art. 11(1) in the scheme's own order; dates stand in the entry itself. */
static struct json *
items_of(const struct scheme *s, const struct json *record, struct slice key)
{
	struct json *items = jsonx_array();

	for (size_t i = 0; i < s->n_publish_items; i++) {
		const char *what = s->publish_items[i];
		const char *version =
		    jsonx_get_str(record, "guideline_version");

		if (strcmp(what, "guideline_version") == 0 && version != NULL)
			item_add(items, record, key, what, version);
		else if (strcmp(what, "form_b_items") == 0)
			items_form_b(s, record, key, items);
	}
	return items;
}

/* The first publication: copied from the secret record (BUNDLES 4). */
static int
publication(struct office *o, const struct dossier *d,
    const struct json *detail, struct slice der, struct json **out,
    struct err *e)
{
	const struct scheme *s = scheme_find(o->schemes, d->scheme);
	CLEANUP(secret_freep) struct secret *key = NULL;
	CLEANUP(jsonx_freep) struct json *record = NULL;
	CLEANUP(buf_free) struct buf text = BUF_INIT(SIGN_RECORD_BYTES);
	struct json *j, *hashes;
	char hash[SHA256_HEX];

	if (s == NULL)
		return err_set(e, E_CONFIG, "the scheme is not configured");
	if (office_record(o, d, &record, e) < 0 ||
	    vault_case_key(o->vault, d->id, VAULT_EXISTING, &key, e) < 0)
		return -1;
	j = jsonx_object();
	jsonx_set(j, "guideline",
	    jsonx_dup(jsonx_get(jsonx_get(detail, "record"), "guideline")));
	jsonx_set(j, "designated_url",
	    jsonx_dup(jsonx_get(detail, "designated_url")));
	jsonx_set(j, "items", items_of(s, record, secret_slice(key)));
	hashes = jsonx_object();
	jsonx_set_str(hashes, "certificate", sha256_hex(der, hash));
	jsonx_canonical(jsonx_get(detail, "record"), &text);
	jsonx_set_str(hashes, "record", sha256_hex(buf_slice(&text), hash));
	jsonx_set(j, "hashes", hashes);
	*out = j;
	return 0;
}

static int
issue_commit(struct office *o, struct dossier *d, const char *decision,
    const struct json *detail, struct slice der, struct err *e)
{
	CLEANUP(act_write_done) struct act_write w;
	CLEANUP(cert_freep) struct cert *c = NULL;
	CLEANUP(buf_free) struct buf record = BUF_INIT(SIGN_RECORD_BYTES);
	CLEANUP(freep) char *path = NULL;
	struct json *published = NULL;
	struct flow_refusal refusal;
	struct flow_facts facts = { .approvals_verified = true };
	struct flow_act act = {
		.machine = M_ARTEFACT,
		.event = "sign",
		.roles = ROLE_SYSTEM,
		.now = clock_now(&o->clock),
	};

	act_write_init(&w);
	w.actor = "sig";
	w.decision_id = decision;
	if (cert_decode(der, &c, e) < 0 ||
	    flow_decide(d, &act, &facts, &w.plan, &refusal, e) < 0 ||
	    publication(o, d, detail, der, &published, e) < 0)
		return -1;
	jsonx_set(w.data, "publication", published);
	jsonx_set_str(w.data, "serial", cert_serial_hex(c));
	path = xasprintf("issued/%s.cer", cert_serial_hex(c));
	jsonx_canonical(jsonx_get(detail, "record"), &record);
	act_write_file(&w, path, false, der);
	act_write_file(
	    &w, "issued/certification-1.json", false, buf_slice(&record));
	return office_commit(o, d, &w, e);
}

/* The signer says no: an alarm, and no certificate (REGULATION 5). */
static int
issue_refused(
    struct office *o, struct dossier *d, const struct err *why, struct err *e)
{
	struct flow_plan plan;
	struct flow_refusal refusal;
	struct flow_facts facts = { 0 };
	struct flow_act act = {
		.machine = M_ARTEFACT,
		.event = "refuse",
		.roles = ROLE_SYSTEM,
		.now = clock_now(&o->clock),
	};

	log_err("alarm.issue_refused", why, d->id);
	if (flow_decide(d, &act, &facts, &plan, &refusal, e) < 0)
		return -1;
	return office_commit_plan(o, d, &plan, "sig", e);
}

int
office_issue(struct office *o, struct dossier *d, struct err *e)
{
	CLEANUP(proof_done) struct proof proof;
	CLEANUP(jsonx_freep) struct json *detail = NULL;
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	const struct dossier_decision *dec = NULL;
	struct err refused = ERR_INIT;

	proof_init(&proof);
	if (dossier_state(d, M_ARTEFACT, "x509-1") != S_ART_ORDERED)
		return 0;
	for (size_t i = 0; i < d->n_decisions; i++)
		if (strcmp(d->decisions[i].kind, "certify") == 0 &&
		    dossier_state(d, M_DECISION, d->decisions[i].id) ==
			S_DEC_EXECUTED)
			dec = &d->decisions[i];
	if (dec == NULL)
		return err_set(e, E_STORE_CORRUPT,
		    "an artefact was ordered without a decision");
	if (proof_load(o, d, dec->id, &proof, e) < 0 ||
	    detail_load(o, d, dec->id, &detail, e) < 0)
		return -1;
	if (office_sign_certificate(o, d, &proof,
		d->certification.in_force_from, NULL, &der, &refused) < 0) {
		if (refused.code == E_SIGNER_REFUSED)
			return issue_refused(o, d, &refused, e);
		*e = refused;
		return -1;
	}
	return issue_commit(o, d, decision_get(proof.decision, "decision_id"),
	    detail, buf_slice(&der), e);
}
