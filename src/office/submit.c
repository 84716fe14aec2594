/* SPDX-License-Identifier: Apache-2.0 */
/* POST /v1/dossiers and /v1/preflight: a dossier comes in. */
#include "office_int.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"

#define RECORD_BYTES MIB(16)

/* A dossier on its way from the archive to the event. */
struct arrival {
	struct visit *v;
	struct office *o;
	uint8_t sha256[32]; /* of the body */
	struct intake *in;
	bool refused; /* a finding `refuse` */
	bool correction; /* ?case= */
	char id[LIMIT_ID_BYTES + 1];
	int64_t next_n; /* of the first document */
	struct act_write w;
	struct json *record;
};

static char *
query_text(const struct visit *v, const char *name)
{
	struct slice s = front_query_get(v->q, name);

	return s.p == NULL ? NULL : slice_dup(s);
}

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

static int
intake_run(struct arrival *a, struct err *e)
{
	struct visit *v = a->v;
	CLEANUP(freep) char *scheme = query_text(v, "scheme");
	CLEANUP(freep) char *kind = query_text(v, "kind");
	CLEANUP(freep) char *number = query_text(v, "number");
	struct intake_hint hint = { scheme, kind, number, v->now };

	if (intake_check(&a->o->hosts, a->o->schemes, &hint, v->body_fd, &a->in,
		&v->findings, e) < 0)
		return -1;
	a->refused = findings_worst(&v->findings) == SEV_REFUSE;
	return 0;
}

/* --- what is kept --- */

static struct json *
party_json(const char *name, const char *key, const char *value)
{
	struct json *j = jsonx_object();

	jsonx_set_str(j, "name", name);
	if (value[0] != '\0')
		jsonx_set_str(j, key, value);
	return j;
}

static struct json *
member_json(const struct intake_member *m, int64_t n)
{
	struct json *j = jsonx_object();
	char hex[65];

	if (n != 0)
		jsonx_set_int(j, "n", n);
	jsonx_set_str(j, "path", m->path);
	jsonx_set_str(j, "role", intake_role_name(m->role));
	jsonx_set_int(j, "size", (int64_t)m->size);
	jsonx_set_str(j, "sha256", hex_encode(m->sha256, 32, hex));
	jsonx_set_str(j, "tag", tag_name(m->effective));
	return j;
}

static struct json *
withhold_json(const struct intake *in)
{
	struct json *list = jsonx_array();

	for (size_t i = 0; i < in->n_fields; i++)
		if (in->fields[i].withhold_reason != NULL)
			jsonx_add_str(list, in->fields[i].id);
	return list;
}

/* The intake record: all that is secret of it, itself a document. */
static void
record_begin(struct arrival *a)
{
	const struct intake *in = a->in;
	struct json *r = jsonx_object();
	struct json *bundle = jsonx_object();
	CLEANUP(buf_free) struct buf spki = BUF_INIT(4 * LIMIT_SPKI_BYTES);
	char hex[65], at[INSTANT_TEXT];

	jsonx_set_str(r, "schema", "nintei.intake/1");
	jsonx_set_str(r, "received_at", instant_format(a->v->now, at));
	jsonx_set_str(bundle, "sha256", hex_encode(a->sha256, 32, hex));
	jsonx_set_int(bundle, "size", (int64_t)in->size);
	jsonx_set(r, "bundle", bundle);
	jsonx_set(r, "applicant",
	    party_json(
		in->applicant, "corporate_number", in->corporate_number));
	jsonx_set(
	    r, "service", party_json(in->service, "url", in->service_url));
	if (in->guideline_version[0] != '\0')
		jsonx_set_str(r, "guideline_version", in->guideline_version);
	jsonx_set(r, "form_b", jsonx_dup(in->form_b));
	jsonx_set(r, "withhold", withhold_json(in));
	jsonx_set(r, "findings", jsonx_findings(&a->v->findings));
	if (in->spki_len > 0) {
		base64_encode(slice_of(in->spki, in->spki_len), 0, &spki);
		jsonx_set_str(r, "spki", buf_str(&spki));
	}
	jsonx_set(r, "members", jsonx_array());
	a->record = r;
}

/* Stream one ciphertext into the store. */
static int
cipher_store(struct arrival *a, int cipher, struct store_id *out, struct err *e)
{
	CLEANUP(store_blob_freep) struct store_blob *blob = NULL;
	struct store_blob_done done;
	uint8_t piece[KIB(64)];
	uint64_t size, at = 0;

	if (blob_check(cipher, LIMIT_TOTAL_BYTES, &size, e) < 0 ||
	    store_blob_new(a->o->store, size, &blob, e) < 0)
		return -1;
	while (at < size) {
		size_t n = size - at < sizeof(piece) ? (size_t)(size - at)
						     : sizeof(piece);

		if (fd_pread(cipher, piece, n, (off_t)at, e) < 0 ||
		    store_blob_add(blob, slice_of(piece, n), e) < 0)
			return -1;
		at += n;
	}
	if (store_blob_finish(blob, &done, e) < 0)
		return -1;
	*out = done.id;
	return 0;
}

static void
doc_note(struct arrival *a, int64_t n, const char *commitment, uint64_t size,
    const char *tag, const struct store_id *blob)
{
	struct act_write *w = &a->w;
	struct json *j = jsonx_object();
	size_t i = w->n_store_docs;

	jsonx_set_int(j, "n", n);
	jsonx_set_str(j, "commitment", commitment);
	jsonx_set_int(j, "size", (int64_t)size);
	jsonx_set_str(j, "tag", tag);
	jsonx_add(w->docs, j);
	w->doc_names = xrealloc(w->doc_names, i + 1, sizeof(*w->doc_names));
	w->store_docs = xrealloc(w->store_docs, i + 1, sizeof(*w->store_docs));
	w->doc_names[i] = xasprintf("%02lld-%s.cms", (long long)n, commitment);
	w->store_docs[i].name = w->doc_names[i];
	w->store_docs[i].blob = *blob;
	w->n_store_docs++;
}

/* Encrypted before stored: one document under the case's key. */
static int
doc_store(struct arrival *a, int plain, uint64_t size, const uint8_t sha256[32],
    const char *tag, struct err *e)
{
	CLEANUP(fd_closep) int cipher = -1;
	struct store_id blob;
	uint8_t commitment[32];
	char hex[65];
	int64_t n = a->next_n;

	if (vault_encrypt(a->o->vault, a->id, plain, size, &cipher, e) < 0 ||
	    vault_commit(
		a->o->vault, a->id, (uint64_t)n, sha256, commitment, e) < 0 ||
	    cipher_store(a, cipher, &blob, e) < 0)
		return -1;
	doc_note(a, n, hex_encode(commitment, 32, hex), size, tag, &blob);
	a->next_n++;
	return 0;
}

static int
members_store(struct arrival *a, struct json *list, struct err *e)
{
	for (size_t i = 0; i < a->in->n_members; i++) {
		const struct intake_member *m = &a->in->members[i];
		int64_t n = 0;

		if (m->ignored)
			continue;
		if (m->fd >= 0 && !a->refused) {
			n = a->next_n;
			if (doc_store(a, m->fd, m->size, m->sha256,
				tag_name(m->effective), e) < 0)
				return -1;
		}
		jsonx_add(list, member_json(m, n));
	}
	return 0;
}

static int
record_store(struct arrival *a, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(RECORD_BYTES);
	CLEANUP(fd_closep) int fd = -1;
	uint8_t sum[32];

	jsonx_canonical(a->record, &text);
	if (!buf_ok(&text))
		return err_set(e, E_LIMIT, "too much to keep of one dossier");
	if (memfd_of("record", buf_slice(&text), &fd, e) < 0)
		return -1;
	sha256_of(buf_slice(&text), sum);
	jsonx_set_int(a->w.data, "record", a->next_n);
	return doc_store(a, fd, text.n, sum, "secret", e);
}

static int
documents_store(struct arrival *a, struct err *e)
{
	struct json *list = jsonx_array();
	int rv;

	a->w.docs = jsonx_array();
	record_begin(a);
	rv = members_store(a, list, e);
	jsonx_set(a->record, "members", list);
	return rv < 0 ? -1 : record_store(a, e);
}

/* --- the event --- */

static int64_t
end_of_day_after(int64_t now, int64_t days)
{
	return instant_of_jday(
	    jday_add_days(jday_of_instant(now), (int)days + 1));
}

static void
set_instant(struct json *j, const char *key, int64_t t)
{
	char text[INSTANT_TEXT];

	jsonx_set_str(j, key, instant_format(t, text));
}

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

static void
data_fill(struct arrival *a, const struct dossier *d)
{
	const struct scheme *s = a->in->scheme;
	struct json *data = a->w.data;
	struct json *bundle = jsonx_object();
	struct json *fee;
	int64_t amount = 0;
	char hex[65];

	jsonx_set_str(bundle, "sha256", hex_encode(a->sha256, 32, hex));
	jsonx_set_int(bundle, "size", (int64_t)a->in->size);
	jsonx_set_int(bundle, "level", a->in->level);
	jsonx_set_int(bundle, "instance", d->bundles + 1);
	jsonx_set(data, "bundle", bundle);
	jsonx_set_bool(data, "complete", a->in->complete);
	jsonx_set(data, "findings", counts_json(&a->v->findings));
	if (a->refused)
		set_instant(data, "correction_due_at",
		    end_of_day_after(a->v->now, s->params.correction_days));
	if (a->correction)
		return;
	jsonx_set_str(data, "kind", dossier_kind_name(a->in->kind));
	set_instant(data, "received_at", a->v->now);
	fee = jsonx_object();
	scheme_fee_at(s, DOSSIER_NEW, is_member(a->in),
	    jday_of_instant(a->v->now), &amount);
	jsonx_set_int(fee, "amount", amount);
	set_instant(
	    fee, "due_at", end_of_day_after(a->v->now, s->params.fee_due_days));
	jsonx_set(data, "fee", fee);
}

/* Another application or certification of the same applicant and service. */
struct open_count {
	uint64_t n;
};

static int
count_open(const struct index_dossier *row, void *arg, struct err *e)
{
	struct open_count *c = arg;
	enum state s = state_parse(M_APPLICATION, row->state);

	(void)e;
	if (!state_is_final(s))
		c->n++;
	return 0;
}

static int
facts_fill(struct arrival *a, struct flow_facts *f, struct err *e)
{
	struct index_dossier_query q = {
		.applicant = a->v->account.person,
		.page = { .limit = 10000 },
	};
	uint64_t max = a->o->config->limits.open_cases;
	struct open_count open = { 0 };

	if (max > 0 &&
	    index_dossier_list(a->o->index, &q, count_open, &open, e) < 0)
		return -1;
	f->scheme = a->in->scheme;
	f->quota_ok = max == 0 || open.n < max || a->correction;
	f->hash_matches = true;
	f->archive_safe = !a->refused;
	f->may_apply = scheme_rule_at(a->in->scheme, a->v->now) != NULL;
	f->window_ok = true;
	f->complete = a->in->complete;
	return 0;
}

static int
plan_make(struct arrival *a, const struct dossier *d, struct err *e)
{
	char bundle[24];
	struct flow_facts facts = { 0 };
	struct flow_act act = {
		.event = "submit",
		.roles = ROLE_APPLICANT,
		.person = a->v->account.person,
		.now = a->v->now,
	};
	struct flow_link links[8] = {
		{ M_BUNDLE, bundle, "open" },
		{ M_BUNDLE, bundle, "seal" },
		{ M_BUNDLE, bundle, a->refused ? "unpack_bad" : "unpack_ok" },
	};
	size_t n = 3, word;

	snprintf(bundle, sizeof(bundle), "%lld", (long long)d->bundles + 1);
	if (!a->refused)
		links[n++] =
		    (struct flow_link){ M_BUNDLE, bundle, "examine_done" };
	if (!a->correction)
		links[n++] =
		    (struct flow_link){ M_APPLICATION, "1", "open_new" };
	word = n;
	links[n++] = (struct flow_link){ M_APPLICATION, "1",
		a->correction ? "resubmit" : "submit" };
	if (a->refused)
		links[n++] =
		    (struct flow_link){ M_APPLICATION, "1", "bundle_refused" };
	if (facts_fill(a, &facts, e) < 0)
		return -1;
	return flow_chain(
	    d, &act, &facts, links, n, word, &a->w.plan, &a->v->refusal, e);
}

/* --- the answer --- */

static void
answer_case(struct arrival *a, const struct dossier *d, struct answer *out)
{
	CLEANUP(freep) char *location = xasprintf("/v1/cases/%s", d->id);

	answer_json(out, 201, office_case_json(a->o, d));
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
	if (a->correction) {
		if (office_load_now(a->o, a->id, &d, e) < 0)
			return -1;
		next = d->n_documents == 0
		    ? 1
		    : d->documents[d->n_documents - 1].n + 1;
		if (a->next_n - (int64_t)a->w.n_store_docs != next)
			return err_set(e, E_STORE_CONFLICT,
			    "the case has moved on: send again");
	} else {
		d = dossier_new(a->id);
		snprintf(d->scheme, sizeof(d->scheme), "%s", a->in->scheme->id);
	}
	data_fill(a, d);
	if (plan_make(a, d, e) < 0)
		return -1;
	a->w.actor = a->v->account.person;
	a->w.request = hex;
	if (office_commit(a->o, d, &a->w, e) < 0)
		return -1;
	*out = TAKE(d);
	return 0;
}

/* The first answer to the same request, if there was one. */
static int
answer_again(struct arrival *a, struct answer *out, bool *done, struct err *e)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(MIB(33));
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	struct account_answer ask = { 0 }, kept;
	struct err none = ERR_INIT;
	char hex[65], id[LIMIT_ID_BYTES + 1];
	int64_t seq;

	for (size_t i = 0; i < 32; i++) {
		ask.request[i] = a->v->request[i];
		ask.body_sha256[i] = a->sha256[i];
	}
	if (account_answer_get(
		a->o->accounts, &ask, a->v->now, &kept, &hold, &none) == 0) {
		answer_bytes(out, kept.content_type, kept.body);
		out->status = (unsigned)kept.status;
		if (kept.etag[0] != '\0')
			answer_header(out, FR_ETAG, kept.etag);
		if (kept.location[0] != '\0')
			answer_header(out, FR_LOCATION, kept.location);
		*done = true;
		return 0;
	}
	if (none.code != E_NOT_FOUND)
		return err_set(e, none.code, "%s", none.detail);
	hex_encode(a->v->request, 32, hex);
	if (index_request_get(a->o->index, hex, id, &seq, &none) < 0)
		return 0;
	/* Stored, but the answer was lost with a crash: it is made again. */
	if (office_load(a->o, id, &d, e) < 0)
		return -1;
	answer_case(a, d, out);
	*done = true;
	return 0;
}

/* Keep what was answered, refusals too; losing it loses nothing durable. */
static void
answer_keep(struct arrival *a, const struct answer *out)
{
	struct err e = ERR_INIT;
	struct account_answer keep = {
		.status = (int)out->status,
		.content_type = out->header[FR_CONTENT_TYPE],
		.etag =
		    out->header[FR_ETAG] == NULL ? "" : out->header[FR_ETAG],
		.location = out->header[FR_LOCATION] == NULL
		    ? ""
		    : out->header[FR_LOCATION],
		.body = buf_slice(&out->body),
		.created_at = a->v->now,
	};

	for (size_t i = 0; i < 32; i++) {
		keep.request[i] = a->v->request[i];
		keep.body_sha256[i] = a->sha256[i];
	}
	if (account_answer_put(a->o->accounts, &keep, &e) < 0)
		return;
}

/* INTERFACE 7: where nothing could be read, no case exists. */
static int
readable(struct arrival *a, struct err *e)
{
	const struct intake *in = a->in;

	if (in->scheme == NULL || in->kind == DOSSIER_NONE ||
	    (a->refused && !in->complete)) {
		if (a->correction)
			snprintf(a->v->problem_case, sizeof(a->v->problem_case),
			    "%s", a->id);
		return err_set(e, E_BUNDLE_REFUSED,
		    "%zu findings; nothing was kept", a->v->findings.n);
	}
	if (in->kind != DOSSIER_NEW)
		return err_set(e, E_FLOW_STEP,
		    "dossiers of kind \"%s\" are not taken in yet",
		    dossier_kind_name(in->kind));
	return 0;
}

/* The case a correction is for: the applicant's own, of the same scheme. */
static int
correction_of(struct arrival *a, struct err *e)
{
	CLEANUP(freep) char *id = query_text(a->v, "case");
	CLEANUP(dossier_freep) struct dossier *d = NULL;

	a->next_n = 1;
	if (id == NULL)
		return office_new_id(a->o, "c", a->id, e);
	a->correction = true;
	if (strlen(id) >= sizeof(a->id) || office_load(a->o, id, &d, e) < 0)
		return err_set(e, E_NOT_FOUND, "there is no such case");
	if (!visit_may_see(a->v, d))
		return err_set(e, E_NOT_FOUND, "there is no such case");
	if (a->in->scheme != NULL && strcmp(a->in->scheme->id, d->scheme) != 0)
		return err_set(e, E_INPUT, "the case is under another scheme");
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

static int
arrival_take(struct arrival *a, struct answer *out, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	int rv;

	if (intake_run(a, e) < 0 || correction_of(a, e) < 0 ||
	    readable(a, e) < 0 || documents_store(a, e) < 0)
		return -1;
	pthread_mutex_lock(&a->o->act);
	rv = arrival_locked(a, &d, e);
	pthread_mutex_unlock(&a->o->act);
	if (rv < 0)
		return -1;
	if (a->refused)
		return refuse_with_case(a, d, e);
	answer_case(a, d, out);
	return 0;
}

static int
request_name(struct visit *v, struct err *e)
{
	struct slice key = v->q->header[FH_IDEMPOTENCY_KEY];
	struct slice parts[] = { slice_str(v->account.person), slice_of("", 1),
		key };

	if (key.p == NULL || key.n == 0 || key.n > 255)
		return err_set(e, E_INPUT,
		    "send an Idempotency-Key of 1 to 255 characters");
	sha256_parts(parts, NELEM(parts), v->request);
	v->has_request = true;
	return 0;
}

static void
arrival_done(struct arrival *a)
{
	intake_free(a->in);
	jsonx_free(a->record);
	act_write_done(&a->w);
}

int
post_dossier(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(arrival_done) struct arrival ar = { .v = v, .o = v->o };
	bool done = false;
	int rv;

	act_write_init(&ar.w);
	if (request_name(v, e) < 0 || body_check(v, ar.sha256, e) < 0 ||
	    digest_check(v, ar.sha256, e) < 0 ||
	    answer_again(&ar, a, &done, e) < 0)
		return -1;
	if (done)
		return 0;
	rv = arrival_take(&ar, a, e);
	if (rv < 0 && e->code == E_BUNDLE_REFUSED)
		answer_problem(v, a, e);
	if (rv == 0 || e->code == E_BUNDLE_REFUSED) {
		answer_keep(&ar, a);
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
