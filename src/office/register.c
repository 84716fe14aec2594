/* SPDX-License-Identifier: Apache-2.0 */
/* The public register, and the certificates and lists under /pki/. */
#include "office_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/text.h"
#include "nintei/x509.h"

#define PAGE_ROWS 50
#define VIEW_BYTES MIB(2)
#define PUBLIC_CACHE "public, max-age=60"

struct list {
	struct pub_doc *items;
	unsigned n;
	char last[24];
};

static int
entry_row(const struct index_certification *row, void *arg, struct err *e)
{
	struct list *l = arg;
	struct json *entry = NULL;

	if (jsonx_parse(slice_str(row->view), VIEW_BYTES, &entry, e) < 0)
		return -1;
	pub_add(l->items, pub_doc_stored(entry));
	snprintf(l->last, sizeof(l->last), "%s", row->number);
	l->n++;
	return 0;
}

/* Takes the document: nothing that is not public has its type. */
static void
answer_pub(struct answer *a, struct pub_doc *take)
{
	answer_json(a, 200, pub_doc_release(take));
}

/* The tag of a public view is the hash of its bytes. */
static void
answer_public(struct visit *v, struct answer *a)
{
	char hash[SHA256_HEX];

	answer_header(a, FR_CACHE_CONTROL, PUBLIC_CACHE);
	answer_etag(v, a, sha256_hex(buf_slice(&a->body), hash));
}

int
get_register(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(freep) char *q = query_text(v, "q");
	CLEANUP(freep) char *scheme = query_text(v, "scheme");
	CLEANUP(freep) char *state = query_text(v, "state");
	CLEANUP(freep) char *cursor = query_text(v, "cursor");
	CLEANUP(buf_free) struct buf folded = BUF_INIT(KIB(8));
	struct list l = { .items = pub_list_new() };
	CLEANUP(pub_doc_freep) struct pub_doc *j = pub_doc_new();
	struct index_register_query ask = { NULL, scheme, state,
		{ cursor, PAGE_ROWS } };
	int rv = 0;

	if (front_query_get(v->q, "as_of").p != NULL)
		rv = err_set(e, E_INPUT, "as_of is not offered yet");
	if (rv == 0)
		rv = office_catch_up(v->o, v->now, e);
	if (rv == 0 && q != NULL)
		rv = text_casefold_key(slice_str(q), &folded, e);
	ask.q = buf_str(&folded);
	if (rv == 0)
		rv = index_register_list(v->o->index, &ask, entry_row, &l, e);
	pub_set_doc(j, "items", l.items);
	if (v->o->development)
		pub_set_bool(j, "development", true);
	if (rv < 0)
		return -1;
	if (l.n == PAGE_ROWS)
		pub_set(j, "next", pub_own(l.last));
	answer_pub(a, TAKE(j));
	answer_public(v, a);
	return 0;
}

static int
certification_of(struct visit *v, struct buf *hold,
    struct index_certification *out, struct err *e)
{
	if (index_certification_get(v->o->index, v->q->param[0], hold, out, e) <
	    0)
		return -1;
	return 0;
}

int
get_register_entry(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(VIEW_BYTES);
	struct index_certification row;
	struct json *entry;
	struct pub_doc *doc;

	if (certification_of(v, &hold, &row, e) < 0 ||
	    jsonx_parse(slice_str(row.view), VIEW_BYTES, &entry, e) < 0)
		return -1;
	doc = pub_doc_stored(entry);
	if (v->o->development)
		pub_set_bool(doc, "development", true);
	answer_pub(a, doc);
	answer_public(v, a);
	return 0;
}

/* The certificate and its issuer, as `openssl verify` wants to be fed. */
int
get_certificate_pem(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(VIEW_BYTES);
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	CLEANUP(freep) char *path = NULL;
	struct index_certification row;

	if (certification_of(v, &hold, &row, e) < 0)
		return -1;
	path = xasprintf("issued/%s.cer", row.serial);
	if (store_file_get(v->o->store, row.dossier, path, &der, e) < 0)
		return -1;
	a->status = 200;
	buf_reset(&a->body);
	pem_encode(buf_slice(&der), "CERTIFICATE", &a->body);
	answer_header(a, FR_CONTENT_TYPE, "application/x-pem-file");
	answer_public(v, a);
	return 0;
}

int
get_certificate_json(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(VIEW_BYTES);
	CLEANUP(buf_free) struct buf text = BUF_INIT(SIGN_RECORD_BYTES);
	struct index_certification row;

	if (certification_of(v, &hold, &row, e) < 0 ||
	    store_file_get(v->o->store, row.dossier,
		"issued/certification-1.json", &text, e) < 0)
		return -1;
	answer_bytes(a, "application/json", buf_slice(&text));
	answer_public(v, a);
	return 0;
}

/* One of the served bytes of an authority, copied under the lock. */
static int
pki_answer(struct visit *v, struct answer *a, const char *type, bool crl,
    struct err *e)
{
	struct office *o = v->o;
	const struct office_pki *p;
	const struct buf *bytes;

	pthread_mutex_lock(&o->act);
	p = office_pki_find(o, v->q->param[0]);
	bytes = p == NULL ? NULL : crl ? &p->crl : &p->cer;
	if (bytes != NULL && bytes->n > 0)
		answer_bytes(a, type, buf_slice(bytes));
	pthread_mutex_unlock(&o->act);
	if (a->status != 200)
		return err_set(e, E_NOT_FOUND, "there is no such authority");
	answer_public(v, a);
	return 0;
}

int
get_pki_cer(struct visit *v, struct answer *a, struct err *e)
{
	return pki_answer(v, a, "application/pkix-cert", false, e);
}

int
get_pki_crl(struct visit *v, struct answer *a, struct err *e)
{
	return pki_answer(v, a, "application/pkix-crl", true, e);
}
