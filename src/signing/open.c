/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the signer: every file it will ever touch, before lock-down. */
#include "signing_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Names and bytes of the scheme's files, one after the other. */
static void
policy_hash(const struct scheme *s, char out[SHA256_HEX])
{
	CLEANUP(digest_freep) struct digest *d = digest_sha256_new();
	uint8_t hash[SHA256_BYTES];
	struct slice bytes;
	const char *name;

	for (size_t i = 0; scheme_file(s, i, &name, &bytes); i++) {
		uint8_t one[SHA256_BYTES];

		sha256_of(bytes, one);
		digest_update(d, slice_of(name, strlen(name) + 1));
		digest_update(d, slice_of(one, sizeof(one)));
	}
	digest_final(d, hash);
	hex_encode(hash, sizeof(hash), out);
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
		policy_hash(one, s->issuers[i].policy);
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

int
signer_file_open(
    const char *home, const char *path, int flags, int *out, struct err *e)
{
	CLEANUP(freep) char *file = fs_join(home, path);
	int fd = open(file, flags | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_sys(e, E_CONFIG, "%s", path);
	*out = fd;
	return 0;
}

/* The record at which the head file was last anchored must still be there. */
struct replay {
	struct ledger *ledger;
	const struct head *head;
	bool anchored;
};

static int
replay_one(void *arg, const struct json *record, const struct journal_place *at,
    struct err *e)
{
	struct replay *r = arg;

	if (at->seq == r->head->journal_seq)
		r->anchored = memcmp(at->hash, r->head->journal_hash, 32) == 0;
	return ledger_apply(r->ledger, record, at, e);
}

/* JOURNAL-3: neither cut nor replaced behind the anchor. */
static int
state_load(struct signer *s, struct err *e)
{
	struct replay r = { &s->ledger, &s->head, s->head.journal_seq == 0 };
	int fd = s->journal.fd;

	if (head_load(&s->head_file, &s->head, e) < 0)
		return -1;
	r.anchored = s->head.journal_seq == 0;
	if (journal_open(fd, &s->journal, replay_one, &r, e) < 0)
		return -1;
	if (!r.anchored)
		return err_set(e, E_STORE_CORRUPT,
		    "signer's journal is not the one of its head file");
	if (!s->ledger.begun)
		return err_set(e, E_STORE_CORRUPT, "signer's journal is empty");
	chain_open(s);
	return 0;
}

static int
files_open(struct signer *s, const char *home, struct err *e)
{
	if (signer_file_open(home, "nintei.yaml", O_RDONLY, &s->conf_fd, e) <
		0 ||
	    signer_file_open(home, SIGNER_HEAD, O_RDWR, &s->head_file.fd, e) <
		0 ||
	    signer_file_open(home, SIGNER_JOURNAL, O_RDWR, &s->journal.fd, e) <
		0)
		return -1;
	return state_load(s, e);
}

static int
keys_open(struct signer *s, const char *home, struct err *e)
{
	if (key_load(home, "keys/commit/key.pem", &s->commit_key, e) < 0 ||
	    ssh_key_of(s->commit_key, &s->commit_public, e) < 0 ||
	    master_load(home, &s->master, e) < 0)
		return -1;
	return issuers_load(s, home, e);
}

static int
policies_open(struct signer *s, const char *home, struct err *e)
{
	CLEANUP(freep) char *dir = fs_join(home, "policies");
	CLEANUP(freep)
	const char **ids = xcalloc(s->conf->n_schemes + 1, sizeof(*ids));

	for (size_t i = 0; i < s->conf->n_schemes; i++)
		ids[i] = s->conf->schemes[i];
	return scheme_set_load(dir, ids, s->conf->n_schemes, &s->schemes, e);
}

int
signer_open(const struct signer_options *o, struct signer **out, struct err *e)
{
	CLEANUP(signer_freep) struct signer *s = xcalloc(1, sizeof(*s));

	s->conf_fd = s->head_file.fd = s->journal.fd = -1;
	ledger_init(&s->ledger);
	s->random = o->random.fill == NULL ? random_system() : o->random;
	if (config_load(o->home, &s->conf, e) < 0 ||
	    policies_open(s, o->home, e) < 0 || keys_open(s, o->home, e) < 0 ||
	    files_open(s, o->home, e) < 0 ||
	    config_check(s->conf, s->ledger.development, e) < 0)
		return -1;
	s->clock = o->clock.now == NULL ? config_clock(s->conf) : o->clock;
	s->own_clock = o->clock.now == NULL;
	*out = TAKE(s);
	return 0;
}

void
signer_close(struct signer *s)
{
	struct err why = ERR_INIT;

	if (s == NULL)
		return;
	/* Whoever asked has its answer; what fails here, the next start sees.
	 */
	if (s->head_file.dirty)
		(void)!head_sync(&s->head_file, &why);
	for (size_t i = 0; i < s->n_issuers; i++) {
		cert_free(s->issuers[i].cert);
		pkey_free(s->issuers[i].key);
	}
	free(s->issuers);
	ledger_free(&s->ledger);
	pkey_free(s->commit_key);
	secret_free(s->master);
	scheme_set_free(s->schemes);
	config_free(s->conf);
	fd_closep(&s->conf_fd);
	fd_closep(&s->head_file.fd);
	fd_closep(&s->journal.fd);
	free(s);
}

void
signer_freep(struct signer **s)
{
	signer_close(*s);
	*s = NULL;
}

/* A replaced file cannot be opened any more: only its clock is read again. */
int
signer_reload(struct signer *s, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));
	CLEANUP(config_freep) struct config *conf = NULL;
	struct stat st;

	if (fstat(s->conf_fd, &st) < 0)
		return err_sys(e, E_INTERNAL, "nintei.yaml");
	if (st.st_nlink == 0)
		return err_set(e, E_UNAVAILABLE, "nintei.yaml was replaced");
	if (st.st_size <= 0 || (size_t)st.st_size > MIB(1))
		return err_set(e, E_CONFIG, "nintei.yaml: size");
	text.p = xcalloc(1, (size_t)st.st_size + 1);
	text.n = (size_t)st.st_size;
	if (fd_pread(s->conf_fd, text.p, text.n, 0, e) < 0 ||
	    config_parse(s->conf->home, buf_slice(&text), &conf, e) < 0 ||
	    config_check(conf, s->ledger.development, e) < 0)
		return -1;
	config_free(s->conf);
	s->conf = TAKE(conf);
	if (s->own_clock)
		s->clock = config_clock(s->conf);
	return 0;
}

int
signer_settle(struct signer *s, bool idle, struct err *e)
{
	if (s->head_file.may_wait && !idle)
		return 0;
	return head_sync(&s->head_file, e);
}

int64_t
signer_now(const struct signer *s)
{
	return clock_now(&s->clock);
}

const struct ssh_key *
signer_commit_key(const struct signer *s)
{
	return &s->commit_public;
}

const struct issuer *
issuer_find(const struct signer *s, const char *scheme)
{
	for (size_t i = 0; i < s->n_issuers; i++)
		if (strcmp(s->issuers[i].scheme, scheme) == 0)
			return &s->issuers[i];
	return NULL;
}

int
signer_record(struct signer *s, struct json *record, struct journal_place *out,
    struct err *e)
{
	if (journal_append(&s->journal, record, signer_now(s), out, e) < 0)
		return -1;
	if (ledger_apply(&s->ledger, record, out, e) < 0) {
		/* Written and not understood: nothing more until a restart. */
		s->journal.broken = true;
		return -1;
	}
	return 0;
}
