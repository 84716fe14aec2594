/* SPDX-License-Identifier: Apache-2.0 */
/* Idempotency-Key: a repeated POST gets the first answer (INTERFACE 3). */
#include "office_int.h"

#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/fs.h"

#define KEY_BYTES 255
#define KEPT "kept-answers" /* the name of their key among those of cases */
#define KEPT_BYTES MIB(33)

/* The request's name: SHA-256 of account, NUL, key. */
static int
request_name(struct visit *v, struct err *e)
{
	struct slice key = v->q->header[FH_IDEMPOTENCY_KEY];
	struct slice parts[] = { slice_str(v->account.person), slice_of("", 1),
		key };

	if (key.n == 0 || key.n > KEY_BYTES)
		return err_set(e, E_INPUT,
		    "send an Idempotency-Key of 1 to 255 characters");
	sha256_parts(parts, NELEM(parts), v->request);
	v->has_request = true;
	return 0;
}

/* Answers say what only ciphertext may keep: names, findings, paths. */
static int
body_encrypt(
    struct office *o, struct slice body, struct buf *out, struct err *e)
{
	CLEANUP(fd_closep) int plain = -1;
	CLEANUP(fd_closep) int cipher = -1;
	CLEANUP(blob_unmap) struct blob b = { 0 };

	if (memfd_of("answer", body, &plain, e) < 0 ||
	    vault_encrypt(o->vault, KEPT, plain, body.n, &cipher, e) < 0 ||
	    blob_map(cipher, KEPT_BYTES, &b, e) < 0)
		return -1;
	buf_put(out, b.p, b.n);
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "answer too large");
}

static int
body_decrypt(struct office *o, struct slice body, struct answer *out,
    const char *type, struct err *e)
{
	CLEANUP(fd_closep) int plain = -1;
	CLEANUP(fd_closep) int cipher = -1;
	CLEANUP(blob_unmap) struct blob b = { 0 };

	if (memfd_of("answer", body, &cipher, e) < 0 ||
	    vault_decrypt(o->vault, KEPT, cipher, &plain, e) < 0 ||
	    blob_map(plain, KEPT_BYTES, &b, e) < 0)
		return -1;
	answer_bytes(out, type, slice_of(b.p, b.n));
	return 0;
}

static int
answer_copy(struct office *o, const struct account_answer *kept,
    struct answer *out, struct err *e)
{
	if (body_decrypt(o, kept->body, out, kept->content_type, e) < 0)
		return err_wrap(e, "kept answer");
	out->status = (unsigned)kept->status;
	if (kept->etag[0] != '\0')
		answer_header(out, FR_ETAG, kept->etag);
	if (kept->location[0] != '\0')
		answer_header(out, FR_LOCATION, kept->location);
	return 0;
}

/* Was it this archive that the event took in? */
static int
same_bundle(struct visit *v, const struct repeat *r, const char *id,
    int64_t seq, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);
	CLEANUP(jsonx_freep) struct json *event = NULL;
	char hex[65];
	const char *had;

	if (store_event_get(v->o->store, id, (uint64_t)seq, &text, e) < 0 ||
	    jsonx_parse(buf_slice(&text), LIMIT_EVENT_BYTES, &event, e) < 0)
		return -1;
	had = jsonx_get_str(
	    jsonx_get(jsonx_get(event, "data"), "bundle"), "sha256");
	if (had != NULL &&
	    strcmp(had, hex_encode(r->body_sha256, 32, hex)) != 0)
		return err_set(e, E_IDEMPOTENCY,
		    "this Idempotency-Key belongs to another request");
	return 0;
}

/* Stored, but the answer was lost with a crash: it is made again. */
static int
answer_again(
    struct visit *v, struct repeat *r, struct answer *out, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(freep) char *location = NULL;
	struct err none = ERR_INIT;
	char hex[65], id[LIMIT_ID_BYTES + 1];
	int64_t seq;

	hex_encode(v->request, 32, hex);
	if (index_request_get(v->o->index, hex, id, &seq, &none) < 0)
		return 0;
	if (same_bundle(v, r, id, seq, e) < 0 ||
	    office_load(v->o, id, &d, e) < 0)
		return -1;
	answer_json(out, r->status, office_case_json(v->o, d));
	answer_etag(v, out, d->head);
	out->status = r->status;
	if (r->status == 201) {
		location = xasprintf("/v1/cases/%s", d->id);
		answer_header(out, FR_LOCATION, location);
	}
	r->answered = true;
	return 0;
}

void
repeat_body(const struct visit *v, struct slice body, uint8_t out[32])
{
	struct slice parts[] = { slice_str(route_get(v->q->route)->name),
		slice_of("", 1), slice_str(v->q->param[0]), slice_of("", 1),
		body };

	sha256_parts(parts, NELEM(parts), out);
}

int
repeat_begin(struct visit *v, const uint8_t body_sha256[32], struct repeat *r,
    struct answer *out, struct err *e)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(MIB(33));
	struct account_answer ask = { 0 }, kept;
	struct err none = ERR_INIT;

	if (v->q->header[FH_IDEMPOTENCY_KEY].p == NULL)
		return 0;
	if (request_name(v, e) < 0)
		return -1;
	memcpy(r->body_sha256, body_sha256, sizeof(r->body_sha256));
	memcpy(ask.request, v->request, sizeof(ask.request));
	memcpy(ask.body_sha256, body_sha256, sizeof(ask.body_sha256));
	if (account_answer_get(
		v->o->accounts, &ask, v->now, &kept, &hold, &none) == 0) {
		r->answered = true;
		return answer_copy(v->o, &kept, out, e);
	}
	if (none.code != E_NOT_FOUND)
		return err_set(e, none.code, "%s", none.detail);
	return answer_again(v, r, out, e);
}

/* Losing it loses nothing durable: the event names the request too. */
void
repeat_keep(
    const struct visit *v, const struct repeat *r, const struct answer *out)
{
	const char *etag = out->header[FR_ETAG];
	const char *location = out->header[FR_LOCATION];
	CLEANUP(buf_free) struct buf sealed = BUF_INIT(KEPT_BYTES);
	struct err e = ERR_INIT;
	struct account_answer keep = {
		.status = (int)out->status,
		.content_type = out->header[FR_CONTENT_TYPE],
		.etag = etag == NULL ? "" : etag,
		.location = location == NULL ? "" : location,
		.created_at = v->now,
	};

	if (!v->has_request ||
	    body_encrypt(v->o, buf_slice(&out->body), &sealed, &e) < 0)
		return;
	keep.body = buf_slice(&sealed);
	memcpy(keep.request, v->request, sizeof(keep.request));
	memcpy(keep.body_sha256, r->body_sha256, sizeof(keep.body_sha256));
	if (account_answer_put(v->o->accounts, &keep, &e) < 0)
		return;
}
