/* SPDX-License-Identifier: Apache-2.0 */
/* Files of the registrar beside registry.yaml: anchors, CRLs, OCSP. */
#include "scheme_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/x509.h"

/* A file beside registry.yaml, as DER.  E_INPUT: not there, not of the kind. */
static int
part_read(const char *dir, const char *file, const char *label, size_t max,
    struct buf *out, struct err *e)
{
	CLEANUP(buf_free) struct buf raw = BUF_INIT(2 * max);
	CLEANUP(freep) char *path = fs_join(dir, file);

	out->max = max;
	if (strchr(file, '/') != NULL)
		return err_set(
		    e, E_INPUT, "%s: want a file beside registry.yaml", file);
	if (fs_read(AT_FDCWD, path, 2 * max - 1, &raw, e) < 0)
		return -1;
	if (label != NULL && pem_is(buf_slice(&raw)))
		return pem_decode(buf_slice(&raw), label, out, e);
	buf_put(out, raw.p, raw.n);
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "%s is too large", file);
}

static int
anchor_read(const char *dir, const struct scheme_anchor *a, struct buf *out,
    struct err *e)
{
	CLEANUP(cert_freep) struct cert *cert = NULL;
	struct err why = ERR_INIT;
	char hex[SHA256_HEX];

	if (part_read(
		dir, a->file, "CERTIFICATE", LIMIT_CERT_BYTES, out, &why) < 0 ||
	    cert_decode(buf_slice(out), &cert, &why) < 0)
		return err_set(
		    e, E_CONFIG, "anchor %.40s: %s", a->name, why.detail);
	if (strcmp(sha256_hex(buf_slice(out), hex), a->sha256) != 0)
		return err_set(e, E_CONFIG,
		    "anchor %.40s has another SHA-256 than registry.yaml says",
		    a->name);
	return 0;
}

static void
list_read(const char *dir, const char *const *files, size_t n,
    const char *label, size_t max, struct buf *out, size_t *out_n)
{
	for (size_t i = 0; i < n; i++) {
		struct err e = ERR_INIT;

		if (part_read(dir, files[i], label, max, &out[*out_n], &e) == 0)
			++*out_n;
		else
			buf_free(&out[*out_n]);
	}
}

/* A list that nobody can read says nothing. */
static void
crls_drop(struct scheme_trust *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->n_crls; i++) {
		CLEANUP(crl_freep) struct crl *crl = NULL;
		struct err e = ERR_INIT;
		struct buf one = t->crls[i];

		t->crls[i] = (struct buf)BUF_INIT(0);
		if (crl_decode(buf_slice(&one), &crl, &e) == 0)
			t->crls[kept++] = one;
		else
			buf_free(&one);
	}
	t->n_crls = kept;
}

int
scheme_trust_read(
    const struct scheme *s, struct scheme_trust **out, struct err *e)
{
	CLEANUP(scheme_trust_freep)
	struct scheme_trust *t = xcalloc(1, sizeof(*t));
	/* The scheme is the first member of its box. */
	const struct scheme_box *b = (const void *)s;
	const char *dir = b->dir;

	for (size_t i = 0; dir != NULL && i < s->n_anchors; i++) {
		t->n_anchors = i + 1;
		if (anchor_read(dir, &s->anchors[i], &t->anchors[i], e) < 0)
			return -1;
	}
	if (dir != NULL) {
		list_read(dir, s->crls, s->n_crls, "X509 CRL", LIMIT_CRL_BYTES,
		    t->crls, &t->n_crls);
		list_read(dir, s->ocsp, s->n_ocsp, NULL, LIMIT_OCSP_BYTES,
		    t->ocsp, &t->n_ocsp);
		crls_drop(t);
	}
	*out = TAKE(t);
	return 0;
}

void
scheme_trust_free(struct scheme_trust *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < SCHEME_TRUST_PARTS; i++) {
		buf_free(&t->anchors[i]);
		buf_free(&t->crls[i]);
		buf_free(&t->ocsp[i]);
	}
	free(t);
}

int
trust_check(const struct scheme *s, struct err *e)
{
	CLEANUP(scheme_trust_freep) struct scheme_trust *t = NULL;

	return scheme_trust_read(s, &t, e);
}
