/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stage A: one commit by itself: objects and ids, form, signature, what it
 * changed in the tree, its event in canonical form.
 */
#include "audit_int.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/cms.h"
#include "nintei/digest.h"
#include "nintei/jsonx.h"
#include "nintei/key.h"
#include "nintei/sshsig.h"

#define COMMIT_BYTES KIB(64)
#define FILE_BYTES LIMIT_CRL_BYTES
#define PIECE KIB(64)

struct bench {
	struct pack_reader *reader;
	struct tree_memory *memory;
	struct buf text, armour; /* of the commit at hand */
	struct ssh_key known[AUDIT_KEYS];
	struct pkey *ready[AUDIT_KEYS]; /* NULL: not of this kind */
	size_t n_known;
	struct gitx_oid last, last_tree; /* of the commit before */
	bool has_last;
	uint8_t *piece;
};

static void say(struct item *it, enum audit_rule rule, const char *expected,
    const char *fmt, ...) PRINTF_LIKE(4, 5);

static void
say(struct item *it, enum audit_rule rule, const char *expected,
    const char *fmt, ...)
{
	struct found *f;
	va_list ap;

	if (it->light || it->n_found == ITEM_FOUND)
		return;
	f = &it->found[it->n_found++];
	f->rule = rule;
	snprintf(f->expected, sizeof(f->expected), "%s", expected);
	va_start(ap, fmt);
	vsnprintf(f->found, sizeof(f->found), fmt, ap);
	va_end(ap);
}

int
bench_new(
    const struct source *s, bool verify, struct bench **out, struct err *e)
{
	CLEANUP(bench_freep) struct bench *b = xcalloc(1, sizeof(*b));
	struct pack_opts opts = { .verify = verify };

	b->text.max = COMMIT_BYTES;
	b->armour.max = LIMIT_SIGNATURE_BYTES;
	b->memory = tree_memory_new();
	b->piece = xcalloc(1, PIECE);
	if (pack_reader_new(s->set, &opts, &b->reader, e) < 0)
		return -1;
	*out = TAKE(b);
	return 0;
}

void
bench_free(struct bench *b)
{
	if (b == NULL)
		return;
	pack_reader_free(b->reader);
	tree_memory_free(b->memory);
	buf_free(&b->text);
	buf_free(&b->armour);
	for (size_t i = 0; i < b->n_known; i++)
		pkey_free(b->ready[i]);
	free(b->piece);
	free(b);
}

void
item_done(struct item *it)
{
	for (size_t i = 0; i < it->n_files; i++)
		buf_free(&it->files[i].bytes);
	free(it->files);
	changes_free(&it->changes);
	jsonx_free(it->event);
	buf_free(&it->text);
	*it = (struct item){ 0 };
}

/* AUDIT-1 for what cannot be read; the words say what was looked for. */
static void
object_bad(struct item *it, const char *what, const struct err *why)
{
	say(it, AUDIT_R1, "the object with the bytes of its id", "%.90s: %.90s",
	    what, why->detail);
}

/* --- the commit --- */

/* The key's place among the known ones, where it is put; AUDIT_KEYS: full. */
static size_t
key_know(struct bench *b, const struct ssh_key *k)
{
	struct err why = ERR_INIT;
	size_t i = 0;

	while (i < b->n_known && !ssh_key_equal(&b->known[i], k))
		i++;
	if (i < b->n_known || i == AUDIT_KEYS)
		return i;
	b->known[i] = *k;
	if (ssh_key_ready(k, &b->ready[i], &why) < 0)
		b->ready[i] = NULL;
	b->n_known++;
	return i;
}

static int
signature_verify(struct bench *b, const struct sshsig *sig, struct err *e)
{
	struct slice text = buf_slice(&b->text);
	size_t i = key_know(b, &sig->key);

	if (i < AUDIT_KEYS && b->ready[i] != NULL)
		return sshsig_verify_ready(
		    sig, b->ready[i], SSH_NS_GIT, text, e);
	return sshsig_verify(sig, SSH_NS_GIT, text, e);
}

/* AUDIT-11: by whom is for stage B to say. */
static void
signature_read(struct bench *b, struct item *it)
{
	struct err why = ERR_INIT;
	struct sshsig sig;

	if (it->light)
		return;
	if (sshsig_parse_known(
		buf_slice(&b->armour), b->known, b->n_known, &sig, &why) < 0) {
		say(it, AUDIT_R11, "one SSH signature, strictly encoded", "%s",
		    why.detail);
		return;
	}
	it->key = sig.key;
	if (!sig.sha512 || sig.key.type != SSH_KEY_ED25519)
		say(it, AUDIT_R11, "Ed25519 over SHA-512", "%s over %s",
		    ssh_key_type_name(sig.key.type),
		    sig.sha512 ? "SHA-512" : "SHA-256");
	else if (signature_verify(b, &sig, &why) < 0)
		say(it, AUDIT_R11, "a signature over this commit", "%s",
		    why.detail);
	else
		it->signature_ok = true;
}

static bool
commit_read(struct bench *b, const struct gitx_oid *parent, struct item *it)
{
	struct err why = ERR_INIT;
	struct pack_object o;
	unsigned want = parent == NULL ? 0 : 1;

	if (pack_read(b->reader, &it->id, COMMIT_BYTES, &o, &why) < 0) {
		object_bad(it, "commit", &why);
		return false;
	}
	it->objects++;
	if (o.type != PACK_COMMIT) {
		say(it, AUDIT_R10, "a commit", "another object");
		return false;
	}
	if (commit_view_read(o.bytes, &it->view, &b->text, &b->armour, &why) <
	    0) {
		it->has_name = commit_name_read(o.bytes, &it->view);
		say(it, AUDIT_R10, "a commit as the store writes it",
		    "another: %s", why.detail);
		return false;
	}
	it->has_commit = true;
	if (it->view.parents != want)
		say(it, AUDIT_R13, want == 1 ? "one parent" : "no parent",
		    "%u parents", it->view.parents);
	if (it->view.authored > it->view.committed)
		say(it, AUDIT_R14, "an author's time not after the committer's",
		    "a later one");
	signature_read(b, it);
	return true;
}

/* --- the files --- */

/* "cases/a/b/c/d/<case>/", of the case that the subject names. */
static void
folder_of(const char *dossier, char out[AUDIT_PATH])
{
	char h[SHA256_HEX];

	sha256_hex(slice_str(dossier), h);
	snprintf(out, AUDIT_PATH, "cases/%c/%c/%c/%c/%s/", h[0], h[1], h[2],
	    h[3], dossier);
}

static const struct {
	const char *begin;
	enum file_kind kind;
} below_case[] = {
	{ "docs/", FILE_DOC },
	{ "decisions/", FILE_DECISION },
	{ "issued/", FILE_ISSUED },
}, at_top[] = {
	{ "roster/", FILE_ROSTER },
	{ "schemes/", FILE_SCHEME },
	{ "pki/", FILE_PKI },
	{ "allowed_signers", FILE_SIGNERS },
	{ "genesis.json", FILE_GENESIS },
};

static enum file_kind
kind_of(
    const char *path, const char *folder, const char *event, const char **name)
{
	size_t n = strlen(folder);

	*name = path;
	if (strncmp(path, folder, n) == 0) {
		*name = path + n;
		if (strcmp(*name, event) == 0)
			return FILE_EVENT;
		for (size_t i = 0; i < NELEM(below_case); i++)
			if (strncmp(*name, below_case[i].begin,
				strlen(below_case[i].begin)) == 0)
				return below_case[i].kind;
		return FILE_OTHER;
	}
	for (size_t i = 0; i < NELEM(at_top); i++)
		if (strncmp(path, at_top[i].begin, strlen(at_top[i].begin)) ==
		    0)
			return at_top[i].kind;
	return FILE_OTHER;
}

/* The beginning says for whom it is encrypted. */
static void
begin_keep(struct bench *b, struct file *f, size_t n)
{
	size_t room = CMS_BEGIN_BYTES - f->bytes.n;

	f->bytes.max = CMS_BEGIN_BYTES + 1;
	buf_put(&f->bytes, b->piece, n < room ? n : room);
	f->size += n;
}

/* A ciphertext: its id and its beginning, in constant memory. */
static void
document_read(struct bench *b, struct item *it, struct file *f)
{
	CLEANUP(pack_blob_freep) struct pack_blob *blob = NULL;
	struct err why = ERR_INIT;
	int64_t n = 0;

	if (!pack_has(b->reader, &f->id)) {
		f->missing = true;
		return;
	}
	if (it->light)
		return;
	if (pack_blob_open(b->reader, &f->id, LIMIT_TOTAL_BYTES + KIB(1), &blob,
		&why) == 0)
		while ((n = pack_blob_read(blob, b->piece, PIECE, &why)) > 0)
			begin_keep(b, f, (size_t)n);
	it->objects++;
	if (blob == NULL || n < 0)
		object_bad(it, f->name, &why);
}

static void
file_read(struct bench *b, struct item *it, struct file *f)
{
	struct err why = ERR_INIT;
	struct pack_object o;

	f->bytes.max = FILE_BYTES;
	if (f->change == CHANGE_REMOVED)
		return;
	if (f->kind == FILE_DOC) {
		document_read(b, it, f);
		return;
	}
	if (pack_read(b->reader, &f->id, FILE_BYTES, &o, &why) < 0) {
		object_bad(it, f->name, &why);
		return;
	}
	it->objects++;
	if (o.type != PACK_BLOB)
		say(it, AUDIT_R4, "a blob", "%.150s: another object", f->name);
	else if (f->kind == FILE_EVENT)
		buf_put(&it->text, o.bytes.p, o.bytes.n);
	else
		buf_put(&f->bytes, o.bytes.p, o.bytes.n);
}

/* Files that an act of the roster puts anew; all others stay as they are. */
static bool
may_change(enum file_kind k)
{
	return k == FILE_ROSTER || k == FILE_SIGNERS;
}

static void
file_take(struct bench *b, struct item *it, const struct change *c,
    const char *folder, const char *event)
{
	struct file *f = &it->files[it->n_files++];

	*f = (struct file){ .change = c->kind, .id = c->id };
	f->kind = kind_of(c->path, folder, event, &f->name);
	if (c->kind == CHANGE_REMOVED ||
	    (c->kind == CHANGE_CHANGED && !may_change(f->kind)))
		say(it, AUDIT_R3, "what is recorded stays", "%.150s %s",
		    c->path,
		    c->kind == CHANGE_REMOVED ? "is gone" : "is another");
	else if (f->kind == FILE_OTHER)
		say(it, AUDIT_R2, "files of this event alone", "%.150s",
		    c->path);
	file_read(b, it, f);
}

static bool
tree_read(struct bench *b, const struct gitx_oid *parent_tree, struct item *it)
{
	char folder[AUDIT_PATH], event[AUDIT_PATH];
	struct err why = ERR_INIT;

	if (tree_changes(b->reader, b->memory, parent_tree, &it->view.tree,
		&it->changes, &why) < 0) {
		if (why.code == E_INPUT)
			say(it, AUDIT_R4, "a tree as the store writes it", "%s",
			    why.detail);
		else
			object_bad(it, "tree", &why);
		return false;
	}
	folder_of(it->view.dossier, folder);
	snprintf(event, sizeof(event), "%04" PRIu64 "-%s.json", it->view.seq,
	    it->view.act);
	it->files = xcalloc(it->changes.n + 1, sizeof(*it->files));
	it->text.max = LIMIT_EVENT_BYTES;
	for (size_t i = 0; i < it->changes.n; i++)
		file_take(b, it, &it->changes.items[i], folder, event);
	if (item_claim(it, event) == NULL) {
		say(it, AUDIT_R5, "the file of the event",
		    "no new %.100s in the case's folder", event);
		return false;
	}
	return it->text.n > 0;
}

/* --- the event --- */

static void
event_parse(struct item *it)
{
	struct slice text = buf_slice(&it->text);
	struct err why = ERR_INIT;

	sha256_of(text, it->hash);
	if (jsonx_parse_canonical(text, LIMIT_EVENT_BYTES, &it->event, &why) <
	    0) {
		say(it, AUDIT_R20, "RFC 8785", "%s", why.detail);
		if (jsonx_parse(text, LIMIT_EVENT_BYTES, &it->event, &why) < 0)
			return;
	}
	it->has_event = true;
}

/* The tree of the parent, which stage A of its own has looked at. */
static bool
parent_tree(struct bench *b, const struct gitx_oid *id, struct gitx_oid *out)
{
	struct err why = ERR_INIT;
	struct pack_object o;
	struct gitx_oid parent;
	unsigned n;

	if (b->has_last && gitx_oid_eq(&b->last, id)) {
		*out = b->last_tree;
		return true;
	}
	return pack_read(b->reader, id, COMMIT_BYTES, &o, &why) == 0 &&
	    o.type == PACK_COMMIT &&
	    commit_parents_read(o.bytes, out, &parent, &n);
}

void
item_read(struct bench *b, const struct gitx_oid *id,
    const struct gitx_oid *parent, struct item *it)
{
	struct gitx_oid tree;
	bool has = parent != NULL && parent_tree(b, parent, &tree);

	it->id = *id;
	b->has_last = false;
	if (!commit_read(b, parent, it))
		return;
	b->last = *id;
	b->last_tree = it->view.tree;
	b->has_last = true;
	if (tree_read(b, has ? &tree : NULL, it))
		event_parse(it);
}

const struct file *
item_file(const struct item *it, const char *name)
{
	for (size_t i = 0; i < it->n_files; i++)
		if (it->files[i].change != CHANGE_REMOVED &&
		    strcmp(it->files[i].name, name) == 0)
			return &it->files[i];
	return NULL;
}

const struct file *
item_claim(struct item *it, const char *name)
{
	for (size_t i = 0; i < it->n_files; i++)
		if (it->files[i].change != CHANGE_REMOVED &&
		    strcmp(it->files[i].name, name) == 0) {
			it->files[i].claimed = true;
			return &it->files[i];
		}
	return NULL;
}
