/* SPDX-License-Identifier: Apache-2.0 */
/* From an executed decision to certificate, record and publication. */
#include "office_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/derive_versions.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/log.h"
#include "nintei/x509.h"

int
office_detail(struct office *o, const struct dossier *d, const char *id,
    struct buf *out, struct err *e)
{
	CLEANUP(freep) char *path = xasprintf("decisions/%s/detail.json", id);

	return store_file_get(o->store, d->id, path, out, e);
}

static int
detail_load(struct office *o, const struct dossier *d, const char *id,
    struct json **out, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_DECISION_BYTES);

	if (office_detail(o, d, id, &b, e) < 0)
		return -1;
	return jsonx_parse_canonical(
	    buf_slice(&b), LIMIT_DECISION_BYTES, out, e);
}

int
office_spki(
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
    const struct proof *p, const struct sign_ask *ask, struct buf *der,
    struct err *e)
{
	CLEANUP(jsonx_freep) struct json *detail = NULL;
	CLEANUP(buf_free) struct buf record = BUF_INIT(SIGN_RECORD_BYTES);
	CLEANUP(buf_free) struct buf spki = BUF_INIT(LIMIT_SPKI_BYTES);
	struct sign_cert m = { .decided_at = ask->decided_at };

	if (detail_load(o, d, decision_get(p->decision, "decision_id"), &detail,
		e) < 0 ||
	    office_spki(o, ask->holder, &spki, e) < 0)
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
	return signer_issue_cert(&o->signer, &m, der, e);
}

/* "x509-2-1" has its record beside it: nothing that was issued changes. */
static char *
record_path(const char *instance)
{
	return xasprintf(
	    "issued/certification-%s.json", instance + strlen("x509-"));
}

char *
office_record_path(const struct dossier *d, const char *serial)
{
	const struct dossier_artefact *of = NULL, *last = NULL;

	for (size_t i = 0; i < d->n_artefacts; i++)
		if (strcmp(d->artefacts[i].serial, serial) == 0)
			of = &d->artefacts[i];
	for (size_t i = 0; of != NULL && i < d->n_artefacts; i++)
		if (d->artefacts[i].term == of->term &&
		    !d->artefacts[i].continuation &&
		    d->artefacts[i].serial[0] != '\0' &&
		    (of->continuation || &d->artefacts[i] == of))
			last = &d->artefacts[i];
	return record_path(last == NULL ? "x509-1" : last->instance);
}

/* One ordered artefact on its way. */
struct making {
	struct office *o;
	struct dossier *d; /* of the certification */
	char instance[LIMIT_ID_BYTES + 1];
	struct dossier_artefact artefact;
	struct dossier *by; /* the case of the decision; owned */
	struct dossier *holder; /* with the record of its term; owned */
	const struct dossier_term *term;
	struct proof proof;
	struct json *detail;
	struct buf der;
	bool replaces; /* what was issued before stands no longer */
};

static void
making_done(struct making *m)
{
	dossier_free(m->by);
	dossier_free(m->holder);
	proof_done(&m->proof);
	jsonx_free(m->detail);
	buf_free(&m->der);
}

static bool
is_reissue(const struct making *m)
{
	const char *kind = decision_get(m->proof.decision, "kind");

	return kind != NULL && strcmp(kind, "reissue") == 0;
}

static int
making_begin(struct making *m, struct err *e)
{
	const struct dossier_artefact *a =
	    dossier_artefact_find(m->d, m->instance);

	if (a == NULL || a->decision[0] == '\0')
		return err_set(e, E_STORE_CORRUPT,
		    "an artefact was ordered without a decision");
	m->artefact = *a;
	if ((m->term = dossier_term_find(m->d, a->term)) == NULL)
		return err_set(e, E_STORE_CORRUPT, "an artefact is of no term");
	if (office_load(m->o, m->term->dossier, &m->holder, e) < 0)
		return -1;
	m->by = dossier_decision_find(m->d, a->decision) != NULL
	    ? dossier_copy(m->d)
	    : dossier_copy(m->holder);
	return proof_load(m->o, m->by, a->decision, &m->proof, e);
}

static int
making_sign(struct making *m, struct err *e)
{
	struct sign_ask ask = { .holder = m->holder,
		.decided_at = m->term->decided_at };

	if (m->artefact.continuation) {
		struct sign_continue c = { 0 };

		sign_proof_of(&m->proof, &c.proof);
		return signer_continue_cert(&m->o->signer, &c, &m->der, e);
	}
	if (detail_load(m->o, m->by, m->artefact.decision, &m->detail, e) < 0)
		return -1;
	if (is_reissue(m))
		ask.decided_at = clock_now(&m->o->clock);
	return office_sign_certificate(
	    m->o, m->by, &m->proof, &ask, &m->der, e);
}

/* The same decision, shown as that which ends what stood before. */
int
office_show_end(struct office *o, const struct dossier *d,
    const struct proof *p, struct err *e)
{
	CLEANUP(buf_free) struct buf detail = BUF_INIT(LIMIT_DECISION_BYTES);
	CLEANUP(buf_free) struct buf crl = BUF_INIT(LIMIT_CRL_BYTES);
	struct sign_revoke m = { 0 };

	if (decision_get(p->decision, "detail") != NULL &&
	    office_detail(
		o, d, decision_get(p->decision, "decision_id"), &detail, e) < 0)
		return -1;
	sign_proof_of(p, &m.proof);
	m.detail = buf_slice(&detail);
	return signer_revoke_cert(&o->signer, &m, &crl, e);
}

/* Does it end what was issued before? */
static bool
supersedes(const struct flow_plan *p)
{
	for (size_t i = 0; i < p->n_effects; i++)
		if (p->effects[i].machine == M_ARTEFACT &&
		    strcmp(p->effects[i].event, "supersede") == 0)
			return true;
	return false;
}

static int
making_plan(struct making *m, struct flow_plan *out, struct err *e)
{
	struct flow_facts facts = { .approvals_verified = true,
		.scheme = scheme_find(m->o->schemes, m->d->scheme) };
	struct flow_refusal refusal;
	struct flow_act act = {
		.machine = M_ARTEFACT,
		.event = "sign",
		.instance = m->instance,
		.roles = ROLE_SYSTEM,
		.now = clock_now(&m->o->clock),
	};

	if (flow_decide(m->d, &act, &facts, out, &refusal, e) < 0)
		return -1;
	m->replaces = supersedes(out);
	return m->replaces ? office_show_end(m->o, m->by, &m->proof, e) : 0;
}

/* Art. 11(1): what the decision of the term released. */
static int
making_publish(struct making *m, struct act_write *w, struct err *e)
{
	CLEANUP(buf_free) struct buf record = BUF_INIT(SIGN_RECORD_BYTES);
	CLEANUP(freep) char *path = record_path(m->instance);
	struct publish_by by = {
		.decision = dossier_decision_find(m->holder, m->term->decision),
		.detail = m->detail,
		.certificate = buf_slice(&m->der),
		.holder = m->holder,
		.term = m->artefact.term,
	};

	if (by.decision == NULL)
		return err_set(e, E_STORE_CORRUPT, "a term has no decision");
	jsonx_canonical(jsonx_get(m->detail, "record"), &record);
	act_write_file(w, path, false, buf_slice(&record));
	return office_publication(m->o, m->d, &by, w->data, e);
}

/* Art. 13(1): the names that are printed from now on. */
static void
making_rename(const struct making *m, struct act_write *w)
{
	static const char *const printed[] = { "service", "operator",
		"corporate_number" };
	const struct json *record = jsonx_get(m->detail, "record");
	struct json *c = jsonx_object();

	for (size_t i = 0; i < NELEM(printed); i++)
		jsonx_set_str(c, printed[i], jsonx_get_str(record, printed[i]));
	jsonx_set(w->data, "certification", c);
}

static bool
hands_over(const struct flow_plan *p)
{
	for (size_t i = 0; i < p->n_effects; i++)
		if (p->effects[i].machine == M_MARK &&
		    strcmp(p->effects[i].event, "hand_over") == 0)
			return true;
	return false;
}

/*
 * Art. 6(5), 10(1): with the certificate the mark is handed over, under the
 * conditions of Art. 10 in the version that is in force.
 */
static void
making_hand_over(const struct making *m, struct act_write *w)
{
	int64_t now = clock_now(&m->o->clock);
	const struct scheme *s = derive_scheme(m->o->schemes, m->d, now);
	const struct scheme_version *v =
	    s == NULL ? NULL : scheme_rule_at(s, now);
	CLEANUP(freep)
	char *mark = xasprintf("/mark/%s.svg", m->d->certification.number);
	struct json *said = jsonx_object(), *files = jsonx_array();

	jsonx_add_str(files, mark);
	jsonx_set(said, "files", files);
	if (v != NULL)
		jsonx_set_str(said, "conditions", v->rule_version);
	jsonx_set(w->data, "handed_over", said);
}

static int
making_commit(struct making *m, struct err *e)
{
	CLEANUP(act_write_done) struct act_write w;
	CLEANUP(cert_freep) struct cert *c = NULL;
	CLEANUP(freep) char *path = NULL;

	act_write_init(&w);
	w.actor = "sig";
	w.decision_id = m->artefact.decision;
	if (cert_decode(buf_slice(&m->der), &c, e) < 0 ||
	    making_plan(m, &w.plan, e) < 0)
		return -1;
	if (!m->artefact.continuation && making_publish(m, &w, e) < 0)
		return -1;
	if (is_reissue(m))
		making_rename(m, &w);
	if (hands_over(&w.plan))
		making_hand_over(m, &w);
	if (m->artefact.continuation)
		set_instant(w.data, "not_after", cert_not_after(c));
	jsonx_set_str(w.data, "serial", cert_serial_hex(c));
	path = xasprintf("issued/%s.cer", cert_serial_hex(c));
	act_write_file(&w, path, false, buf_slice(&m->der));
	return office_commit(m->o, m->d, &w, e);
}

/* The signer says no: an alarm, and no certificate (REGULATION 5). */
static int
making_refused(struct making *m, const struct err *why, struct err *e)
{
	struct flow_plan plan;
	struct flow_refusal refusal;
	struct flow_facts facts = { 0 };
	struct flow_act act = {
		.machine = M_ARTEFACT,
		.event = "refuse",
		.instance = m->instance,
		.roles = ROLE_SYSTEM,
		.now = clock_now(&m->o->clock),
	};

	log_err("alarm.issue_refused", why, m->d->id);
	if (flow_decide(m->d, &act, &facts, &plan, &refusal, e) < 0)
		return -1;
	return office_commit_plan(m->o, m->d, &plan, "sig", e);
}

static int
issue_one(
    struct office *o, struct dossier *d, const char *instance, struct err *e)
{
	CLEANUP(making_done)
	struct making m = { .o = o, .d = d, .der = BUF_INIT(LIMIT_CERT_BYTES) };
	struct err refused = ERR_INIT;

	proof_init(&m.proof);
	snprintf(m.instance, sizeof(m.instance), "%s", instance);
	if (making_begin(&m, e) < 0)
		return -1;
	if (making_sign(&m, &refused) < 0) {
		if (refused.code == E_SIGNER_REFUSED)
			return making_refused(&m, &refused, e);
		*e = refused;
		return -1;
	}
	if (making_commit(&m, e) < 0)
		return -1;
	if (!m.replaces)
		return 0;
	return office_crl_refresh(o, office_pki_find(o, d->scheme), d->head, e);
}

/* The first that waits; names move with each event. */
static const char *
first_ordered(const struct dossier *d)
{
	for (size_t i = 0; i < d->n_machines; i++)
		if (d->machines[i].machine == M_ARTEFACT &&
		    d->machines[i].state == S_ART_ORDERED)
			return d->machines[i].instance;
	return NULL;
}

bool
office_issue_waits(const struct dossier *d)
{
	return first_ordered(d) != NULL;
}

int
office_issue(struct office *o, struct dossier *d, struct err *e)
{
	const char *next;

	while ((next = first_ordered(d)) != NULL)
		if (issue_one(o, d, next, e) < 0)
			return -1;
	return 0;
}
