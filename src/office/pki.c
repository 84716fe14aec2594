/* SPDX-License-Identifier: Apache-2.0 */
/* What is served under /pki/, and the schedule of the CRLs. */
#include "office_int.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/fs.h"
#include "nintei/log.h"
#include "nintei/x509.h"

struct office_pki *
office_pki_find(struct office *o, const char *name)
{
	for (size_t i = 0; i < o->n_pki; i++)
		if (strcmp(o->pki[i].name, name) == 0)
			return &o->pki[i];
	return NULL;
}

/* When the schedule wants the next list, from what this one says. */
static void
crl_schedule(struct office *o, struct office_pki *p)
{
	CLEANUP(crl_freep) struct crl *crl = NULL;
	struct err e = ERR_INIT;

	p->crl_due = 0;
	if (crl_load(buf_slice(&p->crl), &crl, &e) == 0)
		p->crl_due = crl_this_update(crl) +
		    (int64_t)o->config->crl.every_hours * 3600;
}

/* The newest list of a CRL case lies under the highest number. */
struct newest {
	uint64_t number;
	char name[64];
};

static int
newest_fn(const char *name, bool is_folder, void *arg, struct err *e)
{
	struct newest *n = arg;
	uint64_t number = 0;

	(void)e;
	for (const char *p = name; *p >= '0' && *p <= '9'; p++)
		number = number * 10 + (uint64_t)(*p - '0');
	if (!is_folder && number > n->number) {
		n->number = number;
		snprintf(n->name, sizeof(n->name), "issued/%.50s", name);
	}
	return 0;
}

static int
crl_load_stored(struct office *o, struct office_pki *p, struct err *e)
{
	CLEANUP(freep) char *id = xasprintf("crl-%s", p->name);
	struct newest n = { 0 };

	if (store_file_list(o->store, id, "issued", newest_fn, &n, e) < 0)
		return -1;
	if (n.number == 0)
		return 0;
	buf_reset(&p->crl);
	if (store_file_get(o->store, id, n.name, &p->crl, e) < 0)
		return -1;
	crl_schedule(o, p);
	return 0;
}

static int
cer_load(
    struct office *o, struct office_pki *p, const char *file, struct err *e)
{
	CLEANUP(freep) char *path = fs_join(o->home, file);
	CLEANUP(cert_freep) struct cert *c = NULL;
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(LIMIT_CERT_BYTES);
	struct slice der;

	if (fs_read(AT_FDCWD, path, LIMIT_CERT_BYTES, &bytes, e) < 0 ||
	    cert_load(buf_slice(&bytes), &c, e) < 0)
		return err_wrap(e, "%s", file);
	der = cert_der(c);
	buf_put(&p->cer, der.p, der.n);
	pem_encode(der, "CERTIFICATE", &p->pem);
	return 0;
}

static void
pki_new(struct office *o, const char *name)
{
	struct office_pki empty = { .cer = BUF_INIT(LIMIT_CERT_BYTES),
		.pem = BUF_INIT(2 * LIMIT_CERT_BYTES),
		.crl = BUF_INIT(LIMIT_CRL_BYTES) };

	o->pki = xrealloc(o->pki, o->n_pki + 1, sizeof(*o->pki));
	o->pki[o->n_pki] = empty;
	o->pki[o->n_pki++].name = xstrdup(name);
}

/* The root's list was made offline; it is only served. */
static int
root_load(struct office *o, struct err *e)
{
	CLEANUP(freep) char *path = fs_join(o->home, "keys/root/root.crl");
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(LIMIT_CRL_BYTES);
	CLEANUP(crl_freep) struct crl *crl = NULL;
	struct office_pki *p;
	struct slice der;

	pki_new(o, "root");
	p = &o->pki[o->n_pki - 1];
	if (cer_load(o, p, "keys/root/root.pem", e) < 0 ||
	    fs_read(AT_FDCWD, path, LIMIT_CRL_BYTES, &bytes, e) < 0 ||
	    crl_load(buf_slice(&bytes), &crl, e) < 0)
		return -1;
	der = crl_der(crl);
	buf_put(&p->crl, der.p, der.n);
	return 0;
}

int
office_pki_load(struct office *o, struct err *e)
{
	const struct scheme *s;

	if (root_load(o, e) < 0)
		return -1;
	for (size_t i = 0; (s = scheme_at(o->schemes, i)) != NULL; i++) {
		CLEANUP(freep)
		char *file = xasprintf("keys/ca/%s/ca.pem", s->id);

		pki_new(o, s->id);
		if (cer_load(o, &o->pki[o->n_pki - 1], file, e) < 0 ||
		    crl_load_stored(o, &o->pki[o->n_pki - 1], e) < 0)
			return -1;
	}
	return 0;
}

static int
crl_commit(struct office *o, struct dossier *d, const char *cause,
    struct slice der, struct err *e)
{
	CLEANUP(act_write_done) struct act_write w;
	CLEANUP(crl_freep) struct crl *crl = NULL;
	CLEANUP(freep) char *path = NULL;
	char hash[SHA256_HEX];

	act_write_init(&w);
	if (crl_decode(der, &crl, e) < 0)
		return -1;
	path =
	    xasprintf("issued/%llu.crl", (unsigned long long)crl_number(crl));
	snprintf(w.plan.primary.event, sizeof(w.plan.primary.event), "crl");
	w.plan.role = ROLE_SYSTEM;
	w.actor = "sig";
	w.cause = cause;
	jsonx_set_int(w.data, "crl_number", (int64_t)crl_number(crl));
	jsonx_set_int(w.data, "entries", (int64_t)crl_count(crl));
	set_instant(w.data, "this_update", crl_this_update(crl));
	set_instant(w.data, "next_update", crl_next_update(crl));
	jsonx_set_str(w.data, "sha256", sha256_hex(der, hash));
	act_write_file(&w, path, false, der);
	return office_commit(o, d, &w, e);
}

/* The case of a CA's lists; made with its first list. */
static int
crl_dossier(struct office *o, const struct office_pki *p, struct dossier **out,
    struct err *e)
{
	CLEANUP(freep) char *id = xasprintf("crl-%s", p->name);
	struct err none = ERR_INIT;

	if (office_load(o, id, out, &none) == 0)
		return 0;
	if (none.code != E_NOT_FOUND) {
		*e = none;
		return -1;
	}
	*out = dossier_new(id);
	snprintf((*out)->scheme, sizeof((*out)->scheme), "%s", p->name);
	return 0;
}

int
office_crl_refresh(
    struct office *o, struct office_pki *p, const char *cause, struct err *e)
{
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CRL_BYTES);
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(freep) char *why = cause == NULL ? NULL : xstrdup(cause);

	if (p == NULL)
		return err_set(e, E_CONFIG, "the scheme has no authority");
	if (office_revocations_settle(o, p->name, e) < 0 ||
	    signer_sign_crl(&o->signer, p->name, &der, e) < 0 ||
	    crl_dossier(o, p, &d, e) < 0 ||
	    crl_commit(o, d, why, buf_slice(&der), e) < 0)
		return -1;
	buf_reset(&p->crl);
	buf_put(&p->crl, der.p, der.n);
	crl_schedule(o, p);
	return 0;
}

/* Is a serial on the list that we serve? */
bool
office_crl_lists(const struct office_pki *p, struct slice serial)
{
	CLEANUP(crl_freep) struct crl *crl = NULL;
	struct err e = ERR_INIT;
	struct crl_entry entry;

	return crl_load(buf_slice(&p->crl), &crl, &e) == 0 &&
	    crl_find(crl, serial, &entry);
}
