/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of the log, of the seal and of the time stamps (PKI 2 and 8). */
#include "authority_int.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "nintei/limits.h"
#include "nintei/note.h"
#include "nintei/term.h"
#include "nintei/x509.h"

#define SEAL_YEARS 3
#define TSA_YEARS 10

static const struct sealer {
	enum ca_service kind;
	const char *folder;
	const char *name; /* after the body's */
	int years;
} sealers[] = {
	{ CA_SEAL, "keys/seal", "Receipts S1", SEAL_YEARS },
	{ CA_TSA, "keys/tsa", "Time Stamps T1", TSA_YEARS },
};

/*
 * When its certificate begins.  A development authority began years ago, but
 * what lives three years must not have ended yet: it began one year ago.
 */
static int64_t
begin_of(const struct making *m, const struct sealer *s)
{
	struct jday today = jday_of_instant(m->now);

	if (m->o->development && !m->o->begins_now && s->years <= SEAL_YEARS)
		return instant_of_jday(jday_add_years(today, -1, NULL));
	return m->begins;
}

static int
cert_make(const struct making *m, const struct sealer *s,
    const struct pkey *key, struct buf *der, struct err *e)
{
	CLEANUP(freep)
	char *cn = xasprintf("%s %s", m->conf->authority.name_en, s->name);
	CLEANUP(freep)
	char *crl = xasprintf("%s/pki/root.crl", m->conf->urls.http);
	CLEANUP(freep)
	char *cer = xasprintf("%s/pki/root.cer", m->conf->urls.http);
	CLEANUP(buf_free) struct buf name = BUF_INIT(KIB(1));
	struct ca_authority root = { m->root_cert, m->root_key };
	struct ca_sealer f = { .organization = m->conf->authority.name,
		.crl_url = crl,
		.issuer_url = cer,
		.not_before = begin_of(m, s),
		.spki = pkey_spki(key) };

	if (ca_short_name(cn, &name, e) < 0)
		return -1;
	f.common_name = buf_str(&name);
	f.not_after = years_on(f.not_before, s->years);
	if (ca_serial_make(&m->random, f.serial, e) < 0)
		return -1;
	return ca_sealer_make(s->kind, &f, &root, der, e);
}

static int
sealer_make(const struct making *m, const struct sealer *s, struct err *e)
{
	CLEANUP(pkey_freep) struct pkey *key = NULL;
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);
	CLEANUP(freep) char *key_path = fs_join(s->folder, "key.pem");
	CLEANUP(freep) char *cert_path = fs_join(s->folder, "cert.pem");

	if (fs_mkdirs(m->home_fd, s->folder, 0700, e) < 0 ||
	    pkey_generate(KEY_P256, &key, e) < 0 ||
	    cert_make(m, s, key, &der, e) < 0 ||
	    key_save(m, key_path, key, e) < 0)
		return err_wrap(e, "%s", s->folder);
	return pem_save(m, cert_path, buf_slice(&der), "CERTIFICATE", e);
}

/* Its name is the log's origin, in every checkpoint and in the genesis. */
static int
log_key_make(const struct making *m, struct err *e)
{
	CLEANUP(pkey_freep) struct pkey *key = NULL;
	CLEANUP(buf_free) struct buf line = BUF_INIT(KIB(1));
	struct note_key vkey;

	if (fs_mkdirs(m->home_fd, "keys/log", 0700, e) < 0 ||
	    pkey_generate(KEY_ED25519, &key, e) < 0 ||
	    note_key_make(slice_str(m->conf->log.origin), NOTE_ED25519,
		pkey_raw(key), &vkey, e) < 0 ||
	    key_save(m, "keys/log/key.pem", key, e) < 0)
		return err_wrap(e, "log key");
	note_key_format(&vkey, &line);
	buf_putc(&line, '\n');
	return public_file(m, "keys/log/log.vkey", buf_slice(&line), e);
}

int
sealers_make(const struct making *m, struct err *e)
{
	for (size_t i = 0; i < NELEM(sealers); i++)
		if (sealer_make(m, &sealers[i], e) < 0)
			return -1;
	return log_key_make(m, e);
}

/* --- another seal, in a home that is at work --- */

#define SEAL_NEXT "keys/seal.next"

static int
root_load(struct making *m, struct err *e)
{
	CLEANUP(buf_wipe) struct buf key = BUF_INIT(KIB(8));
	CLEANUP(buf_free) struct buf pem = BUF_INIT(KIB(32));
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);

	if (fs_read(m->home_fd, "keys/root/root.key", KIB(8) - 1, &key, e) <
		0 ||
	    pkey_load_pem(buf_slice(&key), &m->root_key, e) < 0 ||
	    fs_read(m->home_fd, "keys/root/root.pem", KIB(32) - 1, &pem, e) <
		0 ||
	    pem_decode(buf_slice(&pem), "CERTIFICATE", &der, e) < 0)
		return err_wrap(e, "root");
	return cert_decode(buf_slice(&der), &m->root_cert, e);
}

/* Key and certificate are two names: a home between them does not start, and
 * the same command again mends it. */
static int
seal_swap(const struct making *m, struct err *e)
{
	static const char *const names[][2] = {
		{ SEAL_NEXT "/key.pem", "keys/seal/key.pem" },
		{ SEAL_NEXT "/cert.pem", "keys/seal/cert.pem" },
	};

	for (size_t i = 0; i < NELEM(names); i++)
		if (renameat(m->home_fd, names[i][0], m->home_fd, names[i][1]) <
		    0)
			return err_sys(e, E_CONFIG, "%s", names[i][1]);
	if (unlinkat(m->home_fd, SEAL_NEXT, AT_REMOVEDIR) < 0)
		return err_sys(e, E_CONFIG, SEAL_NEXT);
	return 0;
}

int
authority_seal_renew(const struct authority_options *o, struct err *e)
{
	CLEANUP(making_done)
	struct making m = { .o = o,
		.random = random_system(),
		.home_fd = -1,
		.now = clock_now(&o->clock) };
	struct sealer next = sealers[0];

	m.begins = m.now;
	next.folder = SEAL_NEXT;
	m.home_fd = open(o->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (m.home_fd < 0)
		return err_sys(e, E_CONFIG, "home directory");
	if (config_load(o->home, &m.conf, e) < 0 || root_load(&m, e) < 0)
		return err_wrap(e, "seal");
	unlinkat(m.home_fd, SEAL_NEXT "/key.pem", 0);
	unlinkat(m.home_fd, SEAL_NEXT "/cert.pem", 0);
	if (sealer_make(&m, &next, e) < 0 || seal_swap(&m, e) < 0)
		return err_wrap(e, "seal");
	return 0;
}
