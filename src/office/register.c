/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates, records and lists that everybody may fetch. */
#include "register_int.h"

#include <string.h>

#include "nintei/digest.h"
#include "nintei/x509.h"

#define VIEW_BYTES MIB(2)
#define PUBLIC_CACHE "public, max-age=60"

/* The tag of a public view is the hash of its bytes. */
void
answer_public(struct visit *v, struct answer *a)
{
	char hash[SHA256_HEX];

	answer_header(a, FR_CACHE_CONTROL, PUBLIC_CACHE);
	answer_etag(v, a, sha256_hex(buf_slice(&a->body), hash));
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

/* The certificate and its issuer, as `openssl verify` wants to be fed. */
/* While the effect is continued, the certificate that says so. */
static const char *
interim_serial(const struct dossier *d, const char *usual)
{
	if (dossier_state(d, M_CERTIFICATION, "1") != S_CERT_CONTINUED)
		return usual;
	for (size_t i = d->n_artefacts; i > 0; i--)
		if (d->artefacts[i - 1].continuation &&
		    d->artefacts[i - 1].serial[0] != '\0')
			return d->artefacts[i - 1].serial;
	return usual;
}

int
get_certificate_pem(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(buf_free) struct buf hold = BUF_INIT(VIEW_BYTES);
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	CLEANUP(freep) char *path = NULL;
	struct index_certification row;

	if (certification_of(v, &hold, &row, e) < 0 ||
	    office_load(v->o, row.dossier, &d, e) < 0)
		return -1;
	path = xasprintf("issued/%s.cer", interim_serial(d, row.serial));
	if (store_file_get(v->o->store, row.dossier, path, &der, e) < 0)
		return -1;
	a->status = 200;
	buf_reset(&a->body);
	pem_encode(buf_slice(&der), "CERTIFICATE", &a->body);
	answer_header(a, FR_CONTENT_TYPE, "application/x-pem-file");
	answer_public(v, a);
	return 0;
}

/*
 * The record that the certificate of this serial names: its own, or for an
 * interim one that of the term.
 */
static char *
record_path(const struct dossier *d, const char *serial)
{
	const struct dossier_artefact *of = NULL;
	const char *name = NULL;

	for (size_t i = 0; i < d->n_artefacts; i++)
		if (strcmp(d->artefacts[i].serial, serial) == 0)
			of = &d->artefacts[i];
	for (size_t i = 0; of != NULL && i < d->n_artefacts; i++) {
		const struct dossier_artefact *a = &d->artefacts[i];

		if (a == of ? !a->continuation
			    : of->continuation && !a->continuation &&
			    a->term == of->term && a->serial[0] != '\0')
			name = strchr(a->instance, '-');
	}
	return xasprintf(
	    "issued/certification-%s.json", name == NULL ? "1" : name + 1);
}

int
get_certificate_json(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(VIEW_BYTES);
	CLEANUP(buf_free) struct buf text = BUF_INIT(SIGN_RECORD_BYTES);
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(freep) char *path = NULL;
	struct index_certification row;

	if (certification_of(v, &hold, &row, e) < 0 ||
	    office_load(v->o, row.dossier, &d, e) < 0)
		return -1;
	path = record_path(d, row.serial);
	if (store_file_get(v->o->store, row.dossier, path, &text, e) < 0)
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
