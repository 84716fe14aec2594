/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of the signer, with the certificates that belong to them. */
#include "signing_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/fs.h"

#define KEY_FILE_BYTES KIB(8)

static int
key_load(const char *home, const char *path, struct pkey **out, struct err *e)
{
	CLEANUP(freep) char *file = fs_join(home, path);
	CLEANUP(buf_wipe) struct buf pem = BUF_INIT(KEY_FILE_BYTES);

	if (fs_read(AT_FDCWD, file, KEY_FILE_BYTES, &pem, e) < 0 ||
	    pkey_load_pem(buf_slice(&pem), out, e) < 0)
		return err_wrap(e, "%s", path);
	return 0;
}

static int
cert_read(const char *home, const char *path, struct cert **out, struct err *e)
{
	CLEANUP(freep) char *file = fs_join(home, path);
	CLEANUP(buf_free) struct buf pem = BUF_INIT(LIMIT_CERT_BYTES);

	if (fs_read(AT_FDCWD, file, LIMIT_CERT_BYTES, &pem, e) < 0 ||
	    cert_load(buf_slice(&pem), out, e) < 0)
		return err_wrap(e, "%s", path);
	return 0;
}

static int
issuer_load(
    const char *home, const char *scheme, struct issuer *out, struct err *e)
{
	CLEANUP(freep) char *key = xasprintf("keys/ca/%s/key.pem", scheme);
	CLEANUP(freep) char *cert = xasprintf("keys/ca/%s/ca.pem", scheme);

	text_copy(out->scheme, scheme);
	if (key_load(home, key, &out->key, e) < 0 ||
	    cert_read(home, cert, &out->cert, e) < 0)
		return -1;
	if (!cert_has_key(out->cert, out->key))
		return err_set(
		    e, E_CONFIG, "the issuer of %s has another key", scheme);
	return 0;
}

static int
issuers_load(struct signer *s, const char *home, struct err *e)
{
	const struct scheme *one;

	for (size_t i = 0; (one = scheme_at(s->schemes, i)) != NULL; i++) {
		s->issuers = xrealloc(s->issuers, i + 1, sizeof(*s->issuers));
		s->issuers[i] = (struct issuer){ 0 };
		s->n_issuers = i + 1;
		if (issuer_load(home, one->id, &s->issuers[i], e) < 0)
			return -1;
	}
	return 0;
}

/* 64 hex digits and a newline. */
static int
master_load(const char *home, struct secret **out, struct err *e)
{
	CLEANUP(freep) char *file = fs_join(home, "keys/master.key");
	CLEANUP(buf_wipe) struct buf text = BUF_INIT(128);
	CLEANUP(secret_freep) struct secret *key = secret_new(32);

	if (fs_read(AT_FDCWD, file, 100, &text, e) < 0)
		return err_wrap(e, "master key");
	if (text.n != 65 || text.p[64] != '\n')
		return err_set(e, E_CONFIG, "master.key: want 64 hex digits");
	text.p[64] = '\0';
	if (hex_decode((char *)text.p, secret_bytes(key), 32, e) < 0)
		return err_wrap(e, "master.key");
	*out = TAKE(key);
	return 0;
}

/* KEYS-1: a home of a version that had no log and no receipts. */
static int
old_home(const char *path, struct err *e)
{
	if (e->sys != ENOENT)
		return -1;
	*e = (struct err)ERR_INIT;
	return err_set(e, E_CONFIG,
	    "%s is missing: this home was made before the log and receipts "
	    "were signed; `nintei init` makes one that has it",
	    path);
}

static int
sealer_load(
    const char *home, const char *folder, struct sealer *out, struct err *e)
{
	CLEANUP(freep) char *key = xasprintf("%s/key.pem", folder);
	CLEANUP(freep) char *cert = xasprintf("%s/cert.pem", folder);

	if (key_load(home, key, &out->key, e) < 0)
		return old_home(key, e);
	if (cert_read(home, cert, &out->cert, e) < 0)
		return old_home(cert, e);
	if (!cert_has_key(out->cert, out->key))
		return err_set(
		    e, E_CONFIG, "%s: the certificate has another key", folder);
	return 0;
}

static int
sealers_load(struct signer *s, const char *home, struct err *e)
{
	if (cert_read(home, "keys/root/root.pem", &s->root, e) < 0 ||
	    sealer_load(home, "keys/seal", &s->seal, e) < 0 ||
	    sealer_load(home, "keys/tsa", &s->tsa, e) < 0)
		return -1;
	if (!cert_signed_by(s->seal.cert, s->root) ||
	    !cert_signed_by(s->tsa.cert, s->root))
		return err_set(e, E_CONFIG,
		    "keys/seal or keys/tsa: not issued by this root");
	return 0;
}

/* The name that a log has unless `log: origin` gives it another. */
static bool
origin_is_default(const struct config *c)
{
	static const char scheme[] = "https://";

	return strcmp(c->log.origin, c->urls.https + strlen(scheme)) == 0;
}

/*
 * KEYS-2: origin and key are those of the genesis, for ever; an address that
 * changed later does not rename the log.
 */
static int
log_check(const struct signer *s, const struct note_key *want, struct err *e)
{
	if (!origin_is_default(s->conf) &&
	    strcmp(want->name, s->conf->log.origin) != 0)
		return err_set(e, E_CONFIG,
		    "log.origin is %s, but the log was begun as %s",
		    s->conf->log.origin, want->name);
	if (want->id != s->log_vkey.id)
		return err_set(
		    e, E_CONFIG, "keys/log/key.pem is not the key of log.vkey");
	return 0;
}

static int
log_load(struct signer *s, const char *home, struct err *e)
{
	static const char path[] = "keys/log/log.vkey";
	CLEANUP(freep) char *file = fs_join(home, path);
	CLEANUP(buf_free) struct buf line = BUF_INIT(KIB(2));
	struct note_key want;

	if (key_load(home, "keys/log/key.pem", &s->log_key, e) < 0)
		return old_home("keys/log/key.pem", e);
	if (fs_read(AT_FDCWD, file, KIB(1), &line, e) < 0)
		return old_home(path, e);
	if (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	if (note_key_parse(buf_slice(&line), &want, e) < 0 ||
	    note_key_make(slice_str(want.name), NOTE_ED25519,
		pkey_raw(s->log_key), &s->log_vkey, e) < 0)
		return err_wrap(e, "%s", path);
	return log_check(s, &want, e);
}

int
keys_open(struct signer *s, const char *home, struct err *e)
{
	if (key_load(home, "keys/commit/key.pem", &s->commit_key, e) < 0 ||
	    ssh_key_of(s->commit_key, &s->commit_public, e) < 0 ||
	    master_load(home, &s->master, e) < 0 || log_load(s, home, e) < 0 ||
	    sealers_load(s, home, e) < 0)
		return -1;
	return issuers_load(s, home, e);
}

void
keys_close(struct signer *s)
{
	for (size_t i = 0; i < s->n_issuers; i++) {
		cert_free(s->issuers[i].cert);
		pkey_free(s->issuers[i].key);
	}
	free(s->issuers);
	cert_free(s->root);
	cert_free(s->seal.cert);
	pkey_free(s->seal.key);
	cert_free(s->tsa.cert);
	pkey_free(s->tsa.key);
	pkey_free(s->log_key);
	pkey_free(s->commit_key);
	secret_free(s->master);
}
