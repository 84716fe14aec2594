/* SPDX-License-Identifier: Apache-2.0 */
/* POST /v1/dossiers and /v1/preflight: a dossier comes in. */
#include "submit_int.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"

static int
body_check(const struct visit *v, uint8_t sum[32], struct err *e)
{
	uint64_t size;

	if (v->body_fd < 0)
		return err_set(e, E_INPUT, "want an archive as the body");
	if (blob_check(v->body_fd, LIMIT_UPLOAD_BYTES, &size, e) < 0)
		return -1;
	if (lseek(v->body_fd, 0, SEEK_SET) < 0)
		return err_sys(e, E_INTERNAL, "lseek");
	return digest_fd(v->body_fd, sum, &size, e);
}

/* Repr-Digest: sha-256=:<base64>: (RFC 9530), if it was sent. */
static int
digest_check(const struct visit *v, const uint8_t sum[32], struct err *e)
{
	struct slice header = v->q->header[FH_REPR_DIGEST];
	CLEANUP(buf_free) struct buf want = BUF_INIT(64);
	CLEANUP(freep) char *text = NULL;
	const char *from, *to;

	if (header.p == NULL)
		return 0;
	text = slice_dup(header);
	from = text == NULL ? NULL : strstr(text, "sha-256=:");
	if (from == NULL || (to = strchr(from + 9, ':')) == NULL)
		return err_set(
		    e, E_INPUT, "Repr-Digest: want sha-256=:<base64>:");
	if (base64_decode(slice_of(from + 9, (size_t)(to - from - 9)), false,
		&want, e) < 0)
		return -1;
	if (!slice_eq(buf_slice(&want), slice_of(sum, 32)))
		return err_set(e, E_DIGEST,
		    "the bytes received are not those announced: send again");
	return 0;
}

/* When the case was received that a correction is for; 0: none of theirs. */
static int64_t
case_received(const struct visit *v)
{
	CLEANUP(freep) char *id = query_text(v, "case");
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	struct err none = ERR_INIT;

	if (id == NULL || office_load(v->o, id, &d, &none) < 0 ||
	    strcmp(d->applicant, v->account.person) != 0)
		return 0;
	return d->received_at;
}

static int
intake_run(struct arrival *a, struct err *e)
{
	struct visit *v = a->v;
	CLEANUP(freep) char *scheme = query_text(v, "scheme");
	CLEANUP(freep) char *kind = query_text(v, "kind");
	CLEANUP(freep) char *number = query_text(v, "number");
	struct intake_hint hint = { .scheme = scheme,
		.kind = kind,
		.number = number,
		.now = v->now,
		.received_at = case_received(v),
		.oid_base = a->o->config->oid_base };

	paper_hint(a, &hint);
	if (intake_check(&a->o->hosts, a->o->schemes, &hint, v->body_fd, &a->in,
		&v->findings, e) < 0)
		return -1;
	a->refused = a->stamp != NULL
	    ? paper_is_refused(&v->findings)
	    : findings_worst(&v->findings) == SEV_REFUSE;
	return 0;
}

/* --- the event --- */

static struct json *
counts_json(const struct findings *f)
{
	struct json *j = jsonx_object();
	int64_t n[SEV_MAX] = { 0 };

	for (size_t i = 0; i < f->n; i++)
		n[f->items[i].severity]++;
	jsonx_set_int(j, "refuse", n[SEV_REFUSE]);
	jsonx_set_int(j, "correct", n[SEV_CORRECT]);
	jsonx_set_int(j, "warn", n[SEV_WARN]);
	return j;
}

/* Form A's own word; the secretariat looks at it before it accepts. */
static bool
is_member(const struct intake *in)
{
	const char *word = jsonx_get_str(in->form_a, "member");

	return word != NULL &&
	    (strcmp(word, "yes") == 0 || strcmp(word, "有") == 0);
}

/* What may stand in the open: grade, form, and whether a person is asked. */
static struct json *
existence_json(const struct json *full)
{
	struct json *j = jsonx_object();
	const char *form = jsonx_get_str(full, "form");

	jsonx_set_str(j, "grade", jsonx_get_str(full, "grade"));
	if (form != NULL)
		jsonx_set_str(j, "form", form);
	jsonx_set_bool(j, "human", jsonx_get_bool(full, "human", true));
	return j;
}

/* Art. 5(1): by the table of the day of receipt, due from the day it came. */
static struct json *
fee_json(const struct arrival *a)
{
	const struct scheme *s = a->in->scheme;
	struct json *fee = jsonx_object();
	int64_t amount = 0;

	scheme_fee_at(s, a->in->kind, is_member(a->in),
	    jday_of_instant(arrival_received(a)), &amount);
	jsonx_set_int(fee, "amount", amount);
	set_instant(
	    fee, "due_at", end_of_day_after(a->v->now, s->params.fee_due_days));
	return fee;
}

static void
data_fill(struct arrival *a, const struct dossier *d)
{
	const struct scheme *s = a->in->scheme;
	struct json *data = a->w.data;
	struct json *bundle = jsonx_object();
	char hex[65];

	jsonx_set_str(bundle, "sha256", hex_encode(a->sha256, 32, hex));
	jsonx_set_int(bundle, "size", (int64_t)a->in->size);
	jsonx_set_int(bundle, "level", a->in->level);
	jsonx_set_int(bundle, "instance", d->bundles + 1);
	jsonx_set(data, "bundle", bundle);
	jsonx_set_bool(data, "complete", a->in->complete);
	jsonx_set(data, "findings", counts_json(&a->v->findings));
	if (a->in->existence != NULL && a->in->kind != DOSSIER_TERMINATION)
		jsonx_set(data, "existence", existence_json(a->in->existence));
	if (a->refused)
		set_instant(data, "correction_due_at",
		    end_of_day_after(a->v->now, s->params.correction_days));
	if (a->notice) {
		notice_data(a, d);
		return;
	}
	if (a->in->kind == DOSSIER_RENEWAL)
		renewal_data(a);
	if (a->stamp != NULL)
		paper_data(a);
	if (a->correction)
		return;
	jsonx_set_str(data, "kind", dossier_kind_name(a->in->kind));
	set_instant(data, "received_at", arrival_received(a));
	jsonx_set(data, "fee", fee_json(a));
}

/* Items that the bundle asks to withhold and that are not asked yet. */
static size_t
requests_add(const struct arrival *a, const struct dossier *d,
    struct flow_link *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < a->in->n_fields && n < max; i++) {
		const struct intake_field *f = &a->in->fields[i];

		if (f->withhold_reason != NULL &&
		    dossier_state(d, M_WITHHOLDING, f->id) == S_NONE)
			out[n++] = (struct flow_link){ M_WITHHOLDING, f->id,
				"request" };
	}
	return n;
}

/* The way of the bundle itself; returns the number of links. */
static size_t
bundle_links(
    const struct arrival *a, const char *instance, struct flow_link out[4])
{
	size_t n = 0;

	if (a->stamp != NULL) {
		out[n++] =
		    (struct flow_link){ M_BUNDLE, instance, "register_paper" };
		return n;
	}
	out[n++] = (struct flow_link){ M_BUNDLE, instance, "open" };
	out[n++] = (struct flow_link){ M_BUNDLE, instance, "seal" };
	out[n++] = (struct flow_link){ M_BUNDLE, instance,
		a->refused ? "unpack_bad" : "unpack_ok" };
	if (!a->refused)
		out[n++] =
		    (struct flow_link){ M_BUNDLE, instance, "examine_done" };
	return n;
}

static const char *
word_of(const struct arrival *a)
{
	if (a->stamp != NULL)
		return a->in->complete ? "submit_paper" : "submit_paper_part";
	return a->correction ? "resubmit" : "submit";
}

/* What an application does with it; *word: which link is the act's name. */
static size_t
application_links(const struct arrival *a, const struct dossier *d,
    struct flow_link *out, size_t max, size_t *word)
{
	size_t n = 0;

	if (!a->correction)
		out[n++] = (struct flow_link){ M_APPLICATION, "1",
			a->base[0] != '\0' ? "open_renewal" : "open_new" };
	*word = n;
	out[n++] = (struct flow_link){ M_APPLICATION, "1", word_of(a) };
	n += requests_add(a, d, out + n, max - n - 1);
	if (a->refused)
		out[n++] =
		    (struct flow_link){ M_APPLICATION, "1", "bundle_refused" };
	return n;
}

static int
plan_make(struct arrival *a, const struct dossier *d, struct err *e)
{
	CLEANUP(freep) char *bundle = bundle_instance(d);
	char notice[24];
	struct flow_facts facts = { 0 };
	struct flow_act act = {
		.event = "submit",
		.roles = a->stamp != NULL ? ROLE_SECRETARIAT : ROLE_APPLICANT,
		.person = a->v->account.person,
		.now = a->v->now,
		.data = a->w.data,
	};
	struct flow_link links[FLOW_STEPS];
	size_t n = bundle_links(a, bundle, links), word = n, in_part = 0;

	data_fill(a, d);
	if (a->notice) {
		links[n++] = notice_link(a, d, notice);
		n += requests_add(a, d, links + n, NELEM(links) - n);
	} else
		n += application_links(
		    a, d, links + n, NELEM(links) - n, &in_part);
	if (arrival_facts(a, d, &facts, e) < 0 ||
	    flow_chain(d, &act, &facts, links, n, word + in_part, &a->w.plan,
		&a->v->refusal, e) < 0) {
		if (a->in->kind == DOSSIER_RENEWAL)
			renewal_window(a);
		return -1;
	}
	return 0;
}

/* --- the answer --- */

/* The receipt of a notice: of its own event and bundle. */
static struct json *
notice_receipt(struct arrival *a, const struct dossier *d)
{
	struct dossier as = *d; /* lent: only read */
	struct json *j;

	snprintf(as.intake_event, sizeof(as.intake_event), "%s", d->head);
	as.intake_seq = d->seq;
	hex_encode(a->sha256, 32, as.bundle);
	j = office_receipt_json(a->o, &as, a->record);
	return j != NULL ? j : jsonx_null();
}

static void
answer_case(struct arrival *a, const struct dossier *d, struct answer *out)
{
	CLEANUP(freep) char *location = xasprintf("/v1/cases/%s", d->id);
	struct json *j = office_case_seen(a->v, d);

	if (a->notice)
		jsonx_set(j, "receipt", notice_receipt(a, d));
	answer_json(out, 201, j);
	answer_header(out, FR_LOCATION, location);
	answer_etag(a->v, out, d->head);
	out->status = 201;
}

static int
refuse_with_case(struct arrival *a, const struct dossier *d, struct err *e)
{
	snprintf(a->v->problem_case, sizeof(a->v->problem_case), "%s", a->id);
	a->v->problem_receipt = office_receipt_json(a->o, d, a->record);
	return err_set(e, E_BUNDLE_REFUSED,
	    "%zu findings; mend them and send the dossier again with ?case=%s",
	    a->v->findings.n, a->id);
}

/* The guard that failed, beside the findings that say what is missing. */
static void
refuse_incomplete(struct visit *v)
{
	struct flow_refusal *r = &v->refusal;

	r->machine = M_APPLICATION;
	r->state = S_APP_DRAFT;
	r->article = "4(1),5(1),8,12(1)";
	r->failed[r->n_failed++] = G_COMPLETE;
	snprintf(r->event, sizeof(r->event), "submit");
}

/* INTERFACE 7: where nothing could be read, no case exists. */
static int
readable(struct arrival *a, struct err *e)
{
	const struct intake *in = a->in;

	if (in->scheme == NULL || in->kind == DOSSIER_NONE ||
	    (a->refused && (a->stamp != NULL || a->notice || !in->complete))) {
		if (a->correction)
			snprintf(a->v->problem_case, sizeof(a->v->problem_case),
			    "%s", a->id);
		if (in->scheme != NULL && in->kind != DOSSIER_NONE &&
		    !in->complete)
			refuse_incomplete(a->v);
		return err_set(e, E_BUNDLE_REFUSED,
		    "%zu findings; nothing was kept", a->v->findings.n);
	}
	if (in->kind == DOSSIER_NEW || a->correction)
		return 0;
	return arrival_number(a, e);
}

/* The case a correction is for: the applicant's own, of the same scheme. */
static int
correction_of(struct arrival *a, struct err *e)
{
	CLEANUP(freep)
	char *id = a->stamp != NULL ? NULL : query_text(a->v, "case");
	CLEANUP(dossier_freep) struct dossier *d = NULL;

	a->next_n = 1;
	if (id == NULL)
		return office_new_id(a->o, "c", a->id, e);
	a->correction = true;
	if (strlen(id) >= sizeof(a->id) || office_load(a->o, id, &d, e) < 0)
		return err_set(e, E_NOT_FOUND, "there is no such case");
	if ((visit_roles_in(a->v, d) & ROLE_APPLICANT) == 0)
		return err_set(e, E_NOT_FOUND, "there is no such case");
	if (a->in->scheme != NULL && strcmp(a->in->scheme->id, d->scheme) != 0)
		return err_set(e, E_INPUT, "the case is under another scheme");
	if (a->in->kind != DOSSIER_NONE &&
	    strcmp(dossier_kind_name(a->in->kind), d->kind) != 0)
		return err_set(
		    e, E_INPUT, "the case is of another kind: %s", d->kind);
	snprintf(a->base, sizeof(a->base), "%s", d->base);
	if (dossier_state(d, M_APPLICATION, "1") != S_APP_CORRECTING) {
		a->v->refusal.machine = M_APPLICATION;
		a->v->refusal.state = dossier_state(d, M_APPLICATION, "1");
		snprintf(a->v->refusal.event, sizeof(a->v->refusal.event),
		    "resubmit");
		return err_set(e, E_FLOW_STEP, "no correction is open");
	}
	snprintf(a->id, sizeof(a->id), "%s", id);
	if (d->n_documents > 0)
		a->next_n = d->documents[d->n_documents - 1].n + 1;
	return 0;
}

/* As it stands now; a new case has its scheme and nothing else. */
static int
case_now(struct arrival *a, struct dossier **out, struct err *e)
{
	if (a->correction || a->notice)
		return office_load_now(a->o, a->id, out, e);
	*out = dossier_new(a->id);
	snprintf(
	    (*out)->scheme, sizeof((*out)->scheme), "%s", a->in->scheme->id);
	return 0;
}

/* Ask all guards before a byte is kept; they are asked again with the act. */
static int
plan_try(struct arrival *a, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	int rv;

	pthread_mutex_lock(&a->o->act);
	rv = case_now(a, &d, e);
	if (rv == 0 && a->notice)
		rv = notice_check(a, d, e);
	if (rv == 0)
		rv = plan_make(a, d, e);
	pthread_mutex_unlock(&a->o->act);
	return rv;
}

static int
arrival_locked(struct arrival *a, struct dossier **out, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	char hex[65], other[LIMIT_ID_BYTES + 1];
	struct err none = ERR_INIT;
	int64_t next, seq;

	hex_encode(a->v->request, 32, hex);
	if (index_request_get(a->o->index, hex, other, &seq, &none) == 0)
		return err_set(e, E_STORE_CONFLICT,
		    "the same request was served meanwhile: repeat it");
	if (case_now(a, &d, e) < 0)
		return -1;
	next = d->n_documents == 0 ? 1 : d->documents[d->n_documents - 1].n + 1;
	if (a->next_n - (int64_t)a->w.n_store_docs != next)
		return err_set(
		    e, E_STORE_CONFLICT, "the case has moved on: send again");
	if (plan_make(a, d, e) < 0)
		return -1;
	a->w.actor = a->v->account.person;
	a->w.request = hex;
	a->w.effective_at = a->v->now; /* the instant of receipt */
	if (office_commit(a->o, d, &a->w, e) < 0)
		return -1;
	*out = TAKE(d);
	return 0;
}

static int
arrival_take(struct arrival *a, struct answer *out, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	int rv;

	if (intake_run(a, e) < 0 || correction_of(a, e) < 0 ||
	    readable(a, e) < 0 || plan_try(a, e) < 0 || arrival_store(a, e) < 0)
		return -1;
	pthread_mutex_lock(&a->o->act);
	rv = arrival_locked(a, &d, e);
	relation_done(&a->of);
	pthread_mutex_unlock(&a->o->act);
	if (rv < 0)
		return -1;
	if (a->refused)
		return refuse_with_case(a, d, e);
	answer_case(a, d, out);
	return 0;
}

static void
arrival_done(struct arrival *a)
{
	intake_free(a->in);
	relation_done(&a->of);
	stamp_free(a->stamp);
	jsonx_free(a->record);
	act_write_done(&a->w);
}

/* Two of the same at once: the second gets the answer of the first. */
static bool
served_meanwhile(struct visit *v, const struct arrival *ar, struct repeat *r,
    struct answer *a)
{
	struct err quiet = ERR_INIT;

	return repeat_begin(v, ar->sha256, r, a, &quiet) == 0 && r->answered;
}

/* The applicant's own, or a scan by the secretariat with its transcription. */
static int
who_check(struct arrival *a, struct err *e)
{
	CLEANUP(freep) char *paper = query_text(a->v, "paper");
	unsigned want = paper != NULL ? ROLE_SECRETARIAT : ROLE_APPLICANT;

	if ((a->v->roles & want) == 0)
		return err_set(e, E_NOT_FOUND, "nothing is served here");
	return arrival_paper(a, e);
}

int
post_dossier(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(arrival_done) struct arrival ar = { .v = v, .o = v->o };
	struct repeat again = { .status = 201 };
	int rv;

	act_write_init(&ar.w);
	if (v->q->header[FH_IDEMPOTENCY_KEY].p == NULL)
		return err_set(e, E_INPUT,
		    "send an Idempotency-Key of 1 to 255 characters");
	if (body_check(v, ar.sha256, e) < 0 ||
	    digest_check(v, ar.sha256, e) < 0 ||
	    repeat_begin(v, ar.sha256, &again, a, e) < 0)
		return -1;
	if (again.answered)
		return 0;
	rv = who_check(&ar, e);
	if (rv == 0)
		rv = arrival_take(&ar, a, e);
	if (rv < 0 && e->code == E_STORE_CONFLICT &&
	    served_meanwhile(v, &ar, &again, a))
		return 0;
	if (rv < 0 && e->code == E_BUNDLE_REFUSED)
		answer_problem(v, a, e);
	if (rv == 0 || e->code == E_BUNDLE_REFUSED) {
		repeat_keep(v, &again, a);
		return 0;
	}
	return -1;
}

int
post_preflight(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(arrival_done) struct arrival ar = { .v = v, .o = v->o };

	act_write_init(&ar.w);
	if (body_check(v, ar.sha256, e) < 0 ||
	    digest_check(v, ar.sha256, e) < 0 || intake_run(&ar, e) < 0)
		return -1;
	answer_json(a, 200, intake_report(ar.in, &v->findings));
	return 0;
}
