/* SPDX-License-Identifier: Apache-2.0 */
/* The first event and commit, signed by the signer's own rules. */
#include "authority_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/store.h"

#define FILES_MAX 1024
#define DOSSIER "authority"

/* The tree of the first commit. */
struct tree {
	struct file {
		char *path;
		uint8_t *bytes;
		size_t n;
	} items[FILES_MAX];
	size_t n;
};

static void
tree_free(struct tree **t)
{
	for (size_t i = 0; *t != NULL && i < (*t)->n; i++) {
		free((*t)->items[i].path);
		free((*t)->items[i].bytes);
	}
	free(*t);
}

/* path is taken over; the buffer's bytes too. */
static int
tree_add(struct tree *t, char *path, struct buf *bytes, struct err *e)
{
	struct file *f = &t->items[t->n];

	if (t->n == FILES_MAX || !buf_ok(bytes)) {
		free(path);
		return err_set(e, E_LIMIT, "too many or too large policies");
	}
	f->path = path;
	f->bytes = buf_take(bytes, &f->n);
	t->n++;
	return 0;
}

static const struct scheme_version *
version_of(const struct scheme *s, int64_t now)
{
	const struct scheme_version *v = scheme_rule_at(s, now);

	return v != NULL || s->n_versions == 0
	    ? v
	    : &s->versions[s->n_versions - 1];
}

static int
add_scheme(struct tree *t, const struct scheme *s, int64_t now, struct err *e)
{
	const struct scheme_version *v = version_of(s, now);
	struct slice bytes;
	const char *name;

	if (v == NULL)
		return err_set(e, E_CONFIG, "%s has no version", s->id);
	for (size_t i = 0; scheme_file(s, i, &name, &bytes); i++) {
		CLEANUP(buf_free) struct buf copy = BUF_INIT(MIB(1));

		buf_put(&copy, bytes.p, bytes.n);
		if (tree_add(t,
			xasprintf(
			    "schemes/%s/%s/%s", s->id, v->policy_version, name),
			&copy, e) < 0)
			return -1;
	}
	return 0;
}

static int
add_roster(struct tree *t, const struct making *m, struct err *e)
{
	for (size_t i = 0; i < roster_len(m->roster); i++) {
		const char *person = roster_at(m->roster, i)->person;
		CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(16));
		CLEANUP(freep)
		char *source = xasprintf("keys/roster/%s.json", person);

		if (fs_read(m->home_fd, source, KIB(16) - 1, &text, e) < 0 ||
		    tree_add(t, xasprintf("roster/%s.json", person), &text, e) <
			0)
			return -1;
	}
	return 0;
}

static int
add_signers(struct tree *t, const struct making *m, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));

	/* No commit is older than this one; later lists say the same. */
	roster_allowed_signers(m->roster, &m->commit_public, m->now, &text);
	return tree_add(t, xstrdup("allowed_signers"), &text, e);
}

static int
add_genesis(struct tree *t, const struct making *m, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = jsonx_object();
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));
	CLEANUP(buf_free) struct buf key = BUF_INIT(KIB(1));
	char at[INSTANT_TEXT];

	ssh_key_format(&m->commit_public, &key);
	jsonx_set_str(j, "schema", "nintei.genesis/1");
	jsonx_set_str(j, "authority", m->conf->authority.name);
	jsonx_set_bool(j, "development", m->o->development);
	jsonx_set_str(j, "created", instant_format(m->now, at));
	jsonx_set_int(j, "shard_bits", 0);
	jsonx_set_str(j, "hash", "sha256");
	jsonx_set_str(j, "root_sha256", m->root_sha256);
	jsonx_set_str(j, "commit_key", buf_str(&key));
	jsonx_set(j, "roster", jsonx_dup(m->roster_hashes));
	jsonx_canonical(j, &text);
	return tree_add(t, xstrdup("genesis.json"), &text, e);
}

/* A certificate of keys/, as DER. */
static int
add_cert(struct tree *t, const struct making *m, const char *source, char *path,
    struct err *e)
{
	CLEANUP(freep) char *owned = path;
	CLEANUP(buf_free) struct buf pem = BUF_INIT(LIMIT_CERT_BYTES);
	CLEANUP(buf_free) struct buf der = BUF_INIT(LIMIT_CERT_BYTES);

	if (fs_read(m->home_fd, source, LIMIT_CERT_BYTES - 1, &pem, e) < 0 ||
	    pem_decode(buf_slice(&pem), "CERTIFICATE", &der, e) < 0)
		return err_wrap(e, "%s", source);
	return tree_add(t, TAKE(owned), &der, e);
}

static int
add_vkey(struct tree *t, const struct making *m, struct err *e)
{
	CLEANUP(buf_free) struct buf line = BUF_INIT(KIB(2));

	if (fs_read(m->home_fd, "keys/log/log.vkey", KIB(1), &line, e) < 0)
		return -1;
	return tree_add(t, xstrdup("pki/log.vkey"), &line, e);
}

/* What an auditor needs beside the clone is the root's fingerprint alone. */
static int
add_pki(struct tree *t, const struct making *m, struct err *e)
{
	static const char *const own[][2] = {
		{ "keys/root/root.pem", "pki/root.cer" },
		{ "keys/seal/cert.pem", "pki/seal.cer" },
		{ "keys/tsa/cert.pem", "pki/tsa.cer" },
	};
	const struct scheme *s;

	for (size_t i = 0; i < NELEM(own); i++)
		if (add_cert(t, m, own[i][0], xstrdup(own[i][1]), e) < 0)
			return -1;
	for (size_t i = 0; (s = scheme_at(m->schemes, i)) != NULL; i++) {
		CLEANUP(freep)
		char *source = xasprintf("keys/ca/%s/ca.pem", s->id);

		if (add_cert(t, m, source, xasprintf("pki/%s.cer", s->id), e) <
		    0)
			return -1;
	}
	return add_vkey(t, m, e);
}

static int
tree_make(const struct making *m, struct tree *t, struct err *e)
{
	const struct scheme *s;

	if (add_genesis(t, m, e) < 0 || add_signers(t, m, e) < 0 ||
	    add_roster(t, m, e) < 0 || add_pki(t, m, e) < 0)
		return -1;
	for (size_t i = 0; (s = scheme_at(m->schemes, i)) != NULL; i++)
		if (add_scheme(t, s, m->now, e) < 0)
			return -1;
	return 0;
}

static int
event_make(const struct making *m, struct buf *out, struct err *e)
{
	static const char *const plain[][2] = {
		{ "schema", "nintei.event/1" },
		{ "event_id", DOSSIER "/1" },
		{ "case_id", DOSSIER },
		{ "scheme", "" },
		{ "machine", "body" },
		{ "instance", "1" },
		{ "from", "-" },
		{ "event", "genesis" },
		{ "to", "-" },
		{ "article", "" },
		{ "actor", "system" },
		{ "role", "system" },
		{ "rule_version", "" },
		{ "policy_version", "" },
		{ "prev",
		    "00000000000000000000000000000000"
		    "00000000000000000000000000000000" },
	};
	CLEANUP(jsonx_freep) struct json *j = jsonx_object();
	struct json *data = jsonx_object();
	char at[INSTANT_TEXT], salt[33];
	uint8_t random[16];

	for (size_t i = 0; i < NELEM(plain); i++)
		jsonx_set_str(j, plain[i][0], plain[i][1]);
	jsonx_set_str(data, "authority", m->conf->authority.name);
	jsonx_set_bool(data, "development", m->o->development);
	jsonx_set(j, "data", data);
	if (random_fill(&m->random, random, sizeof(random), e) < 0)
		return -1;
	jsonx_set_int(j, "seq", 1);
	jsonx_set(j, "guards", jsonx_array());
	jsonx_set(j, "effects", jsonx_array());
	jsonx_set_str(j, "recorded_at", instant_format(m->now, at));
	jsonx_set_str(j, "effective_at", at);
	jsonx_set_str(j, "salt", hex_encode(random, sizeof(random), salt));
	jsonx_canonical(j, out);
	return 0;
}

/* The store's signer is the signer itself, in this process. */
static int
sign(void *arg, const struct store_commit_text *group, size_t n,
    struct buf *armour, struct store_id *last, struct err *e)
{
	struct store_id id = { .n = SIGN_COMMIT_ID };
	struct sign_group g = { .n = 1 };

	if (n != 1)
		return err_set(e, E_INTERNAL, "the first commit is alone");
	g.commits[0].text = group->text;
	for (size_t i = 0; i < STORE_HASH; i++)
		g.commits[0].event_hash[i] = group->event_hash[i];
	if (signer_sign_commits(arg, &g, armour, id.b, e) < 0)
		return -1;
	*last = id;
	return 0;
}

static int
first_commit(const struct making *m, const struct tree *t,
    const struct signer_link *link, struct slice event, struct err *e)
{
	CLEANUP(freep)
	struct store_file *files = xcalloc(t->n, sizeof(*files));
	CLEANUP(freep) char *dir = fs_join(m->o->home, "store");
	struct signer_link by = *link;
	struct store_opts opts = { .clock = m->o->clock,
		.signer = { .sign = sign, .arg = &by } };
	struct store_tx tx = { .dossier = DOSSIER,
		.seq = 1,
		.machine = "body",
		.event = "genesis",
		.role = "system",
		.text = event,
		.files = files,
		.nfiles = t->n };
	struct store_done done;

	for (size_t i = 0; i < t->n; i++)
		files[i] = (struct store_file){ t->items[i].path, true,
			slice_of(t->items[i].bytes, t->items[i].n) };
	if (store_create(dir, &opts, &tx, &done, e) < 0)
		return -1;
	/* What git made is what the signer computed, or both stop here. */
	return signer_durable(link, done.commit.b, e);
}

int
genesis_make(struct making *m, struct err *e)
{
	CLEANUP(tree_free) struct tree *t = xcalloc(1, sizeof(*t));
	CLEANUP(signer_freep) struct signer *s = NULL;
	CLEANUP(buf_free) struct buf event = BUF_INIT(KIB(64));
	struct signer_options o = { .home = m->o->home, .clock = m->o->clock };
	struct signer_link link;

	if (tree_make(m, t, e) < 0 || event_make(m, &event, e) < 0 ||
	    signer_create(m->o->home, m->o->development, m->now, e) < 0 ||
	    signer_open(&o, &s, e) < 0)
		return -1;
	link = signer_local(s);
	if (first_commit(m, t, &link, buf_slice(&event), e) < 0)
		return err_wrap(e, "genesis");
	say(m, "store: store/audit.git with its first signed commit");
	return 0;
}
