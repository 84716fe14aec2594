/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The committer's work on one group: order, trees, log, signatures, bytes,
 * one write and one sync.
 */
#include "item_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"

#define COMMIT_TEXT_BYTES KIB(2)
#define COMMIT_BYTES KIB(32)
#define TREES_BYTES ((size_t)1 << 40) /* what a group adds has no limit */
#define TRIE_BYTES MIB(64)
#define TRIE_WARM 4
#define BUFFER_KEEP MIB(8) /* more is given back after a group */
/* Where the parent's id stands: "tree <40>\nparent ". */
#define PARENT_AT (5 + 2 * GITX_OID + 1 + 7)
static const char open_parent[] = "0000000000000000000000000000000000000000";

/* One item of the group, in its place. */
struct staged {
	struct item *item;
	struct tip tip; /* what it leaves behind */
	size_t trees_end; /* in made */
	size_t headers; /* bytes of text before the empty line */
};

struct committer {
	struct store *s;
	struct trie *trie;
	struct digest *sha1;
	struct tip tip; /* of the last that is durable */
	struct tlog log;
	struct tlog staged_log;
	struct staged staged[STORE_GROUP_MAX];
	size_t n;
	struct buf text[STORE_GROUP_MAX];
	struct buf armour[STORE_GROUP_MAX];
	struct objects made; /* trees; mark.at is in trees */
	struct buf trees;
	struct unsealed known; /* ids that the group adds */
	struct objects added;
	struct buf bytes; /* what is written */
};

/* A pack names an object once; two packs may both have it. */
static bool
is_known(struct committer *c, const struct gitx_oid *id)
{
	struct store *s = c->s;
	const struct place *p;
	bool known;

	if (unsealed_find(&c->known, id) != NULL)
		return true;
	pthread_mutex_lock(&s->lock);
	p = unsealed_find(&s->unsealed, id);
	known = p != NULL && p->segment == s->journal;
	pthread_mutex_unlock(&s->lock);
	return known;
}

static int
tree_load(
    void *arg, const struct gitx_oid *tree, struct buf *out, struct err *e)
{
	struct committer *c = arg;

	return object_read(c->s, tree, PACK_TREE, out, e);
}

static int
tree_emit(
    void *arg, const struct gitx_oid *tree, struct slice bytes, struct err *e)
{
	struct committer *c = arg;
	struct object o = { .type = PACK_TREE, .size = bytes.n };

	if (is_known(c, tree))
		return 0;
	o.mark.id = *tree;
	o.mark.at = c->trees.n;
	pack_put_stored(&c->trees, PACK_TREE, bytes, &o.mark.crc);
	if (!buf_ok(&c->trees))
		return err_set(e, E_LIMIT, "no memory for a tree");
	objects_add(&c->made, &o);
	unsealed_add(&c->known, c->s->journal, &o);
	return 0;
}

/* --- one item: is it next, and what tree and log does it make? --- */

/* The tip before the item that is staged next. */
static const struct tip *
base_of(const struct committer *c)
{
	return c->n == 0 ? &c->tip : &c->staged[c->n - 1].tip;
}

static int
head_of(struct committer *c, const char *dossier,
    struct store_dossier_head *out, struct err *e)
{
	struct store *s = c->s;
	struct err quiet = ERR_INIT;
	char path[STORE_PATH];
	struct gitx_entry folder;
	bool known;

	for (size_t i = c->n; i-- > 0;) {
		const struct item *it = c->staged[i].item;

		if (strcmp(it->dossier, dossier) != 0)
			continue;
		out->seq = it->seq;
		hash_copy(it->event_hash, out->event_hash);
		return 0;
	}
	pthread_mutex_lock(&s->lock);
	known = heads_get(&s->heads, dossier, out);
	pthread_mutex_unlock(&s->lock);
	if (known)
		return 0;
	store_dossier_path(dossier, "", path);
	if (trie_find(c->trie, path, &folder, &quiet) < 0 &&
	    quiet.code == E_NOT_FOUND) {
		*out = (struct store_dossier_head){ .seq = 0 };
		return 0;
	}
	return head_read(s, &c->tip, dossier, out, e);
}

/* Rule STORE-1: compare-and-set on the dossier's previous event. */
static int
check_head(struct committer *c, const struct item *it, struct err *e)
{
	struct store_dossier_head head;

	if (head_of(c, it->dossier, &head, e) < 0)
		return -1;
	if (head.seq != it->seq - 1 ||
	    memcmp(head.event_hash, it->expected, STORE_HASH) != 0)
		return err_set(e, E_STORE_CONFLICT,
		    "the case is at event %" PRIu64, head.seq);
	return 0;
}

/* Rule STORE-5: no document and no decision is ever replaced. */
static int
check_final(struct committer *c, const struct item *it, struct err *e)
{
	for (size_t i = 0; i < it->nputs; i++) {
		struct err quiet = ERR_INIT;
		struct gitx_entry have;

		if (!it->puts[i].final)
			continue;
		if (trie_find(c->trie, it->puts[i].path, &have, &quiet) == 0) {
			if (gitx_oid_eq(&have.id, &it->puts[i].blob))
				continue;
			return err_set(
			    e, E_INPUT, "a stored document cannot be replaced");
		}
		if (quiet.code != E_NOT_FOUND) {
			*e = quiet;
			return -1;
		}
	}
	return 0;
}

static void
extend_log(struct committer *c, const struct item *it, struct tip *tip)
{
	const struct tip *base = base_of(c);

	tlog_append(&c->staged_log, it->event_hash);
	tlog_root(&c->staged_log, tip->log_root);
	tip->log_size = c->staged_log.size;
	tip->committed_at = clock_now(&c->s->opts.clock);
	if (base->any && tip->committed_at < base->committed_at)
		tip->committed_at = base->committed_at;
	tip->any = true;
}

static int
commit_text(struct committer *c, struct staged *g, struct err *e)
{
	const struct item *it = g->item;
	struct message m = { .seq = it->seq, .log_size = g->tip.log_size };
	struct buf *out = &c->text[c->n];
	char hex[2 * GITX_OID + 1];

	snprintf(m.dossier, sizeof(m.dossier), "%s", it->dossier);
	snprintf(m.act, sizeof(m.act), "%s", it->act);
	hash_copy(g->tip.log_root, m.log_root);
	buf_reset(out);
	buf_putf(out, "tree %s\n", hex_encode(g->tip.tree.b, GITX_OID, hex));
	if (base_of(c)->any)
		buf_putf(out, "parent %s\n",
		    c->n > 0 ? open_parent
			     : hex_encode(c->tip.commit.b, GITX_OID, hex));
	/* A clock set back in between must not make an author of tomorrow. */
	buf_putf(out, "author %s <%s@nintei> %" PRId64 " +0900\n", it->role,
	    it->role,
	    it->recorded_at < g->tip.committed_at ? it->recorded_at
						  : g->tip.committed_at);
	buf_putf(out, "committer store <store@nintei> %" PRId64 " +0900\n",
	    g->tip.committed_at);
	g->headers = out->n;
	buf_putc(out, '\n');
	message_format(&m, out);
	return buf_ok(out) ? 0 : err_set(e, E_INTERNAL, "commit too long");
}

/* 0; or -1 and whether the trie must be rolled back. */
static int
stage_one(struct committer *c, struct item *it, bool *out_spoilt, struct err *e)
{
	struct staged g = { .item = it };

	*out_spoilt = false;
	if (check_head(c, it, e) < 0 || check_final(c, it, e) < 0)
		return -1;
	*out_spoilt = true;
	for (size_t i = 0; i < it->nputs; i++)
		if (trie_put(c->trie, it->puts[i].path, &it->puts[i].blob, e) <
		    0)
			return -1;
	if (trie_write(c->trie, &g.tip.tree, e) < 0)
		return -1;
	extend_log(c, it, &g.tip);
	if (commit_text(c, &g, e) < 0)
		return -1;
	g.trees_end = c->made.n;
	c->staged[c->n++] = g;
	return 0;
}

static void
stage_begin(struct committer *c)
{
	trie_rollback(c->trie);
	c->n = 0;
	c->made.n = 0;
	c->added.n = 0;
	c->staged_log = c->log;
	buf_reset(&c->trees);
	buf_reset(&c->bytes);
	unsealed_free(&c->known);
}

/* Every item is staged or has its reason in why. */
static void
stage_all(struct committer *c, struct item **items, size_t n)
{
	bool spoilt;

	stage_begin(c);
	for (size_t i = 0; i < n; i++) {
		struct item *it = items[i];

		if (it->why.code != E_OK ||
		    stage_one(c, it, &spoilt, &it->why) == 0)
			continue;
		if (!spoilt)
			continue;
		/* Once more, without this one. */
		stage_begin(c);
		i = (size_t)-1;
	}
}

/* --- the group: signatures, bytes --- */

static int
group_sign(struct committer *c, struct store_id *last, struct err *e)
{
	const struct store_signer *signer = &c->s->opts.signer;
	struct store_commit_text group[STORE_GROUP_MAX];

	for (size_t i = 0; i < c->n; i++) {
		group[i].text = buf_slice(&c->text[i]);
		hash_copy(c->staged[i].item->event_hash, group[i].event_hash);
		buf_reset(&c->armour[i]);
	}
	if (signer->sign == NULL)
		return err_set(e, E_UNAVAILABLE, "the store has no signer");
	if (signer->sign(signer->arg, group, c->n, c->armour, last, e) < 0)
		return err_wrap(e, "sign");
	for (size_t i = 0; i < c->n; i++)
		if (!buf_ok(&c->armour[i]) || c->armour[i].n == 0)
			return err_set(e, E_CRYPTO, "no signature");
	return 0;
}

static void
add_bytes(struct committer *c, const struct object *from, struct slice entry)
{
	struct object o = *from;

	o.mark.at = c->s->journal->end + c->bytes.n;
	buf_put(&c->bytes, entry.p, entry.n);
	objects_add(&c->added, &o);
}

/* The entries from i on lie one after another in all. */
static struct slice
entry_of(const struct objects *o, size_t i, const struct buf *all)
{
	size_t from = (size_t)o->v[i].mark.at;
	size_t to = i + 1 < o->n ? (size_t)o->v[i + 1].mark.at : all->n;

	return slice_of(all->p + from, to - from);
}

static void
add_item(struct committer *c, const struct item *it)
{
	for (size_t i = 0; i < it->objects.n; i++) {
		const struct object *o = &it->objects.v[i];

		if (is_known(c, &o->mark.id))
			continue;
		add_bytes(c, o, entry_of(&it->objects, i, &it->bytes));
		unsealed_add(&c->known, c->s->journal, o);
	}
}

/* Text i with its parent filled in, and its signature. */
static int
add_commit(struct committer *c, size_t i, struct err *e)
{
	CLEANUP(buf_free) struct buf whole = BUF_INIT(COMMIT_BYTES);
	struct staged *g = &c->staged[i];
	struct slice text = buf_slice(&c->text[i]);
	struct object o = { .type = PACK_COMMIT };
	char hex[2 * GITX_OID + 1];
	size_t at = c->bytes.n, done = 0;

	if (i > 0) {
		done = PARENT_AT + 2 * GITX_OID;
		hex_encode(c->staged[i - 1].tip.commit.b, GITX_OID, hex);
		buf_put(&whole, text.p, PARENT_AT);
		buf_puts(&whole, hex);
	}
	buf_put(&whole, text.p + done, g->headers - done);
	signature_format(buf_slice(&c->armour[i]), &whole);
	buf_put(&whole, text.p + g->headers, text.n - g->headers);
	if (!buf_ok(&whole))
		return err_set(e, E_CRYPTO, "the signature is too long");
	pack_id(c->sha1, PACK_COMMIT, buf_slice(&whole), &g->tip.commit);
	o.mark.id = g->tip.commit;
	o.mark.at = c->s->journal->end + at;
	o.size = whole.n;
	pack_put_stored(&c->bytes, PACK_COMMIT, buf_slice(&whole), &o.mark.crc);
	objects_add(&c->added, &o);
	return 0;
}

static int
group_encode(struct committer *c, struct err *e)
{
	size_t tree = 0;

	for (size_t i = 0; i < c->n; i++) {
		add_item(c, c->staged[i].item);
		for (; tree < c->staged[i].trees_end; tree++)
			add_bytes(c, &c->made.v[tree],
			    entry_of(&c->made, tree, &c->trees));
		if (add_commit(c, i, e) < 0)
			return -1;
	}
	return buf_ok(&c->bytes)
	    ? 0
	    : err_set(e, E_UNAVAILABLE, "no memory for a group");
}

static int
group_make(struct committer *c, struct err *e)
{
	struct store_id last, mine;

	if (group_sign(c, &last, e) < 0 || group_encode(c, e) < 0)
		return -1;
	store_id_of(&c->staged[c->n - 1].tip.commit, &mine);
	if (!store_id_eq(&last, &mine))
		return err_set(e, E_CRYPTO, "the signer signed other commits");
	return 0;
}

/* --- the disk --- */

/* Beyond what is filled, the sealer may be filling. */
static int
journal_put(struct committer *c, size_t *out_n, struct err *e)
{
	struct segment *g = c->s->journal;
	struct slice bytes = buf_slice(&c->bytes);
	uint64_t end = g->end + bytes.n;
	int rv;

	if (end <= g->filled)
		return files_pwrite(
		    c->s->files, g->fd, bytes, g->end, out_n, e);
	pthread_mutex_lock(&g->fill);
	rv = files_pwrite(c->s->files, g->fd, bytes, g->end, out_n, e);
	if (rv == 0 && end > g->filled)
		g->filled = end;
	pthread_mutex_unlock(&g->fill);
	return rv;
}

static int
group_write(struct committer *c, struct err *e)
{
	const struct store_files *f = c->s->files;
	struct err cause = ERR_INIT;
	size_t n = 0;

	if (journal_put(c, &n, &cause) < 0) {
		/* What it took is zeros again: nothing is in doubt. */
		if (files_full(&cause) &&
		    files_zero(f, c->s->journal->fd, n, c->s->journal->end,
			&cause) == 0)
			return err_set(e, E_UNAVAILABLE, "the disk is full");
		store_fail(c->s, &cause);
	} else if (f->fdatasync(f->arg, c->s->journal->fd) < 0) {
		(void)err_sys(&cause, E_UNAVAILABLE, "cannot sync the journal");
		store_fail(c->s, &cause);
	}
	return store_check(c->s, e);
}

static void
item_answer(const struct staged *g)
{
	struct store_done *out = &g->item->out;

	*out = (struct store_done){ .seq = g->item->seq,
		.log_index = g->tip.log_size - 1,
		.log_size = g->tip.log_size,
		.committed_at = g->tip.committed_at };
	store_id_of(&g->tip.commit, &out->commit);
	hash_copy(g->item->event_hash, out->event_hash);
	hash_copy(g->tip.log_root, out->log_root);
}

/* Under lock. */
static void
publish_item(struct store *s, const struct staged *g)
{
	struct store_dossier_head head = { .seq = g->item->seq };

	hash_copy(g->item->event_hash, head.event_hash);
	heads_set(&s->heads, g->item->dossier, &head, g->tip.log_size);
	for (size_t i = 0; i < g->item->nputs; i++)
		if (g->item->puts[i].document)
			docs_name(s, &g->item->puts[i].blob);
}

static void
publish(struct committer *c)
{
	struct store *s = c->s;
	struct segment *j = s->journal;

	c->tip = c->staged[c->n - 1].tip;
	c->log = c->staged_log;
	trie_keep(c->trie);
	pthread_mutex_lock(&s->seal);
	j->end += c->bytes.n;
	j->commit = c->tip.commit;
	j->log_size = c->tip.log_size;
	pthread_mutex_unlock(&s->seal);
	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < c->added.n; i++) {
		objects_add(&j->objects, &c->added.v[i]);
		unsealed_add(&s->unsealed, j, &c->added.v[i]);
	}
	for (size_t i = 0; i < c->n; i++)
		publish_item(s, &c->staged[i]);
	s->tip = c->tip;
	pthread_mutex_unlock(&s->lock);
}

static void
answer_all(struct committer *c)
{
	const struct store_signer *signer = &c->s->opts.signer;
	struct item *done[STORE_GROUP_MAX];

	for (size_t i = 0; i < c->n; i++) {
		item_answer(&c->staged[i]);
		done[i] = c->staged[i].item;
	}
	log_append(c->s, done, c->n);
	if (signer->durable != NULL)
		signer->durable(
		    signer->arg, &c->staged[c->n - 1].item->out.commit);
	journal_wrote(c->s);
}

static void
refuse_all(struct committer *c, const struct err *why)
{
	for (size_t i = 0; i < c->n; i++)
		c->staged[i].item->why = *why;
	stage_begin(c);
}

/* A full disk took nothing: nothing is in doubt. */
static int
segment_need(struct committer *c, struct err *e)
{
	struct err cause = ERR_INIT;

	if (journal_need(c->s, &cause) == 0)
		return 0;
	if (files_full(&cause))
		return err_set(e, E_UNAVAILABLE, "the disk is full");
	store_fail(c->s, &cause);
	return store_check(c->s, e);
}

void
commit_group(struct committer *c, struct item **items, size_t n)
{
	struct err e = ERR_INIT;

	if (store_check(c->s, &e) < 0 || segment_need(c, &e) < 0) {
		for (size_t i = 0; i < n; i++)
			items[i]->why = e;
		return;
	}
	stage_all(c, items, n);
	if (c->n == 0)
		return;
	if (group_make(c, &e) < 0 || group_write(c, &e) < 0) {
		refuse_all(c, &e);
		return;
	}
	publish(c);
	answer_all(c);
	if (c->bytes.cap > BUFFER_KEEP)
		buf_free(&c->bytes);
	if (c->trees.cap > BUFFER_KEEP)
		buf_free(&c->trees);
}

struct committer *
committer_new(struct store *s, struct err *e)
{
	CLEANUP(committer_freep) struct committer *c = xcalloc(1, sizeof(*c));
	struct trie_io io = { tree_load, tree_emit, c };

	c->s = s;
	c->tip = s->tip;
	c->sha1 = digest_sha1_new();
	c->trees = c->bytes = (struct buf)BUF_INIT(TREES_BYTES);
	for (size_t i = 0; i < STORE_GROUP_MAX; i++) {
		c->text[i] = (struct buf)BUF_INIT(COMMIT_TEXT_BYTES);
		c->armour[i] = (struct buf)BUF_INIT(LIMIT_SIGNATURE_BYTES);
	}
	if (s->tiles != NULL && log_frontier(s, &c->log, e) < 0)
		return NULL;
	if (trie_new(&io, s->tip.any ? &s->tip.tree : NULL, TRIE_BYTES,
		&c->trie, e) < 0 ||
	    trie_warm(c->trie, TRIE_WARM, e) < 0)
		return NULL;
	return TAKE(c);
}

void
committer_free(struct committer *c)
{
	if (c == NULL)
		return;
	trie_free(c->trie);
	digest_free(c->sha1);
	for (size_t i = 0; i < STORE_GROUP_MAX; i++) {
		buf_free(&c->text[i]);
		buf_free(&c->armour[i]);
	}
	objects_free(&c->made);
	objects_free(&c->added);
	unsealed_free(&c->known);
	buf_free(&c->trees);
	buf_free(&c->bytes);
	free(c);
}
