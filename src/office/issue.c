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
	CLEANUP(sec_doc_freep) struct sec_doc *record = NULL;
	const char *text;

	if (office_record(o, d, &record, e) < 0)
		return -1;
	text = jsonx_get_str(sec_doc_inside(record), "spki");
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
	if (jsonx_get_str(detail, "existence") != NULL)
		snprintf(m.existence, sizeof(m.existence), "%s",
		    jsonx_get_str(detail, "existence"));
	if (signer_issue_cert(&o->signer, &m, der, e) < 0)
		return -1;
	corporate =
	    jsonx_get_str(jsonx_get(detail, "record"), "corporate_number");
	if (out_number != NULL && corporate != NULL)
		*out_number = xstrdup(corporate);
	return 0;
}

static int
issue_commit(struct office *o, struct dossier *d, const struct publish_by *by,
    struct err *e)
{
	CLEANUP(act_write_done) struct act_write w;
	CLEANUP(cert_freep) struct cert *c = NULL;
	CLEANUP(buf_free) struct buf record = BUF_INIT(SIGN_RECORD_BYTES);
	CLEANUP(freep) char *path = NULL;
	CLEANUP(freep) char *id = xstrdup(by->decision->id);
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
	w.decision_id = id;
	if (cert_decode(by->certificate, &c, e) < 0 ||
	    flow_decide(d, &act, &facts, &w.plan, &refusal, e) < 0 ||
	    office_publication(o, d, by, w.data, e) < 0)
		return -1;
	jsonx_set_str(w.data, "serial", cert_serial_hex(c));
	path = xasprintf("issued/%s.cer", cert_serial_hex(c));
	jsonx_canonical(jsonx_get(by->detail, "record"), &record);
	act_write_file(&w, path, false, by->certificate);
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
	struct publish_by by = { 0 };
	struct err refused = ERR_INIT;

	proof_init(&proof);
	if (dossier_state(d, M_ARTEFACT, "x509-1") != S_ART_ORDERED)
		return 0;
	if ((by.decision = office_certified_by(d)) == NULL)
		return err_set(e, E_STORE_CORRUPT,
		    "an artefact was ordered without a decision");
	if (proof_load(o, d, by.decision->id, &proof, e) < 0 ||
	    detail_load(o, d, by.decision->id, &detail, e) < 0)
		return -1;
	if (office_sign_certificate(o, d, &proof,
		d->certification.in_force_from, NULL, &der, &refused) < 0) {
		if (refused.code == E_SIGNER_REFUSED)
			return issue_refused(o, d, &refused, e);
		*e = refused;
		return -1;
	}
	by.detail = detail;
	by.certificate = buf_slice(&der);
	return issue_commit(o, d, &by, e);
}
