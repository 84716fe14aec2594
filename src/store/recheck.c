/* SPDX-License-Identifier: Apache-2.0 */
/* A commit found in the journal: does it continue the history? */
#include "recover_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/jsonx.h"
#include "nintei/sshsig.h"

#define PRINCIPAL "store@nintei "
#define COMMIT_BYTES KIB(32)

void
commits_add(struct commits *c, const struct found_commit *one)
{
	if ((c->n & (c->n - 1)) == 0)
		c->v = xrealloc(c->v, c->n == 0 ? 1 : 2 * c->n, sizeof(*c->v));
	c->v[c->n++] = *one;
}

void
commits_free(struct commits *c)
{
	free(c->v);
}

/* --- the signature --- */

/* The commit without its gpgsig header, and what that held. */
static bool
split(struct slice whole, struct buf *text, struct buf *armour)
{
	static const char head[] = "\ngpgsig ";
	const uint8_t *at = memmem(whole.p, whole.n, head, sizeof(head) - 1);
	const uint8_t *end = whole.p + whole.n, *line;

	if (at == NULL)
		return false;
	buf_put(text, whole.p, (size_t)(at + 1 - whole.p));
	line = at + sizeof(head) - 1;
	for (;;) {
		const uint8_t *nl = memchr(line, '\n', (size_t)(end - line));

		if (nl == NULL)
			return false;
		buf_put(armour, line, (size_t)(nl + 1 - line));
		line = nl + 1;
		if (line == end || *line != ' ')
			break;
		line++;
	}
	buf_put(text, line, (size_t)(end - line));
	return true;
}

/* "store@nintei <options> <type> <base64>" */
static void
line_take(struct recovery *r, const char *line)
{
	struct err quiet = ERR_INIT;
	struct ssh_key key;
	const char *at = strstr(line, " ssh-ed25519 ");

	if (strncmp(line, PRINCIPAL, strlen(PRINCIPAL)) != 0 || at == NULL ||
	    r->n_keys == NELEM(r->keys) ||
	    ssh_key_parse(at + 1, &key, &quiet) < 0)
		return;
	r->keys[r->n_keys++] = key;
}

/* As the tree before this commit has them; read when they have changed. */
static bool
keys_load(struct recovery *r, const struct gitx_oid *tree)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));
	struct err quiet = ERR_INIT;
	struct gitx_entry file;
	char *line, *rest;

	if (tree_find(r->s, tree, "allowed_signers", &file, &quiet) < 0)
		return false;
	if (r->n_keys > 0 && gitx_oid_eq(&file.id, &r->keys_from))
		return true;
	if (object_read(r->s, &file.id, PACK_BLOB, &text, &quiet) < 0)
		return false;
	buf_putc(&text, '\0');
	r->n_keys = 0;
	r->keys_from = file.id;
	for (line = (char *)text.p; line != NULL; line = rest) {
		rest = strchr(line, '\n');
		if (rest != NULL)
			*rest++ = '\0';
		line_take(r, line);
	}
	return true;
}

static bool
key_is_ours(const struct recovery *r, const struct ssh_key *key)
{
	for (size_t i = 0; i < r->n_keys; i++)
		if (ssh_key_equal(&r->keys[i], key))
			return true;
	return false;
}

static bool
signature_is_good(
    struct recovery *r, const struct gitx_oid *tree, struct slice whole)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(COMMIT_BYTES);
	CLEANUP(buf_free) struct buf armour = BUF_INIT(LIMIT_SIGNATURE_BYTES);
	struct err quiet = ERR_INIT;
	struct sshsig sig;

	return keys_load(r, tree) && split(whole, &text, &armour) &&
	    buf_ok(&text) && buf_ok(&armour) &&
	    sshsig_parse_known(
		buf_slice(&armour), r->keys, r->n_keys, &sig, &quiet) == 0 &&
	    key_is_ours(r, &sig.key) &&
	    sshsig_verify(&sig, SSH_NS_GIT, buf_slice(&text), &quiet) == 0;
}

/* --- what it names --- */

static bool
docs_are_there(struct store *s, const struct loaded *l)
{
	CLEANUP(jsonx_freep) struct json *event = NULL;
	struct err quiet = ERR_INIT;
	const struct json *docs;

	if (jsonx_parse(
		buf_slice(&l->text), LIMIT_EVENT_BYTES, &event, &quiet) < 0)
		return false;
	docs = jsonx_get(event, "docs");
	for (size_t i = 0; i < jsonx_len(docs); i++) {
		const struct json *doc = jsonx_at(docs, i);
		const char *commitment = jsonx_get_str(doc, "commitment");
		char below[STORE_PATH], path[STORE_PATH];
		struct gitx_entry file;

		if (commitment == NULL)
			return false;
		snprintf(below, sizeof(below), "docs/%02" PRId64 "-%.200s.cms",
		    jsonx_get_int(doc, "n", 0), commitment);
		store_dossier_path(l->commit.message.dossier, below, path);
		quiet = (struct err)ERR_INIT;
		/* The event may repeat one that is not stored with it. */
		if (tree_find(s, &l->commit.tree, path, &file, &quiet) < 0) {
			if (quiet.code != E_NOT_FOUND)
				return false;
		} else if (!object_has(s, &file.id, PACK_BLOB)) {
			return false;
		}
	}
	return true;
}

static bool
follows(const struct tip *tip, const struct commit *c)
{
	if (c->has_parent != tip->any)
		return false;
	return !tip->any ||
	    (gitx_oid_eq(&c->parent, &tip->commit) &&
		c->committed_at >= tip->committed_at);
}

/* All the rest follows from what it is. */
static void
tip_of(const struct gitx_oid *id, const struct commit *c, struct tip *out)
{
	*out = (struct tip){ .commit = *id,
		.tree = c->tree,
		.log_size = c->message.log_size,
		.committed_at = c->committed_at,
		.any = true };
	hash_copy(c->message.log_root, out->log_root);
}

int
commit_check(struct recovery *r, const struct gitx_oid *id, struct tip *out,
    struct err *e)
{
	CLEANUP(loaded_free) struct loaded l = { .text = BUF_INIT(0) };
	CLEANUP(buf_free) struct buf whole = BUF_INIT(COMMIT_BYTES);
	struct err quiet = ERR_INIT;
	struct tlog log = r->log;
	struct tip *tip = &r->s->tip;

	if (history_load(r->s, id, NULL, &l, &quiet) < 0 ||
	    object_read(r->s, id, PACK_COMMIT, &whole, &quiet) < 0) {
		if (quiet.code != E_UNAVAILABLE)
			return 1;
		*e = quiet;
		return -1;
	}
	if (!follows(tip, &l.commit) || log_extend(&log, &l, &quiet) < 0 ||
	    !signature_is_good(
		r, tip->any ? &tip->tree : &l.commit.tree, buf_slice(&whole)) ||
	    !docs_are_there(r->s, &l))
		return 1;
	r->log = log;
	tip_of(id, &l.commit, out);
	return 0;
}

bool
commit_is_before(struct store *s, const struct gitx_oid *id)
{
	struct err quiet = ERR_INIT;
	struct catalog_row row;
	struct commit c;

	return store_commit_read(s, id, &c, &quiet) == 0 &&
	    c.message.log_size > 0 && c.message.log_size <= s->tip.log_size &&
	    catalog_get(s, c.message.log_size - 1, &row, 1) == 0 &&
	    gitx_oid_eq(&row.commit, id);
}
