/* SPDX-License-Identifier: Apache-2.0 */
/* One event becomes one signed commit. */
#include "nintei/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "plain_int.h"

#define COMMIT_TEXT_BYTES KIB(2)

/* What is being made; tip is what it will leave behind. */
struct work {
	const struct store_tx *tx;
	int64_t recorded_at;
	uint8_t event_hash[STORE_HASH];
	struct gitx_put *puts;
	size_t nputs;
	char (*paths)[STORE_PATH];
	struct tip tip;
};

static void
work_free(struct work *w)
{
	free(w->puts);
	free(w->paths);
}

/* Rule STORE-6: after a failed write the disk proves nothing any more. */
static int
write_failed(struct store *s, const struct err *cause, struct err *e)
{
	s->failed = true;
	err_raise(e, E_UNAVAILABLE, cause->sys, __FILE__, __LINE__,
	    "the store cannot write and must be opened again");
	err_trail(e, "%s: %s", cause->detail, cause->trail);
	return -1;
}

static int
writable(const struct store *s, struct err *e)
{
	if (!s->writable)
		return err_set(e, E_UNAVAILABLE, "the store is read-only");
	if (s->failed)
		return err_set(e, E_UNAVAILABLE,
		    "the store has failed and must be opened again");
	return 0;
}

/* Rule STORE-1: compare-and-set on the dossier's previous event. */
static int
check_head(struct store *s, const struct store_tx *tx, struct err *e)
{
	struct store_dossier_head head;

	if (store_head_in(s->writer, &s->tip, tx->dossier, &head, e) < 0)
		return -1;
	if (head.seq != tx->seq - 1 ||
	    memcmp(head.event_hash, tx->expected, STORE_HASH) != 0)
		return err_set(e, E_STORE_CONFLICT,
		    "the case is at event %" PRIu64, head.seq);
	return 0;
}

static char *
next_path(struct work *w)
{
	w->puts[w->nputs].path = w->paths[w->nputs];
	return w->paths[w->nputs];
}

static bool
is_final(const char *below)
{
	return strncmp(below, "docs/", 5) == 0 ||
	    (strncmp(below, "decisions/", 10) == 0 &&
		strstr(below, "/decision.json") != NULL);
}

/* Rule STORE-5: no document and no decision is ever replaced. */
static int
check_final(
    struct store *s, const struct work *w, const char *below, struct err *e)
{
	const struct gitx_put *put = &w->puts[w->nputs];
	struct err quiet = ERR_INIT;
	struct gitx_entry have;

	if (!is_final(below) || !s->tip.any)
		return 0;
	if (gitx_tree_find(s->writer, &s->tip.tree, put->path, &have, &quiet) <
	    0) {
		if (quiet.code == E_NOT_FOUND)
			return 0;
		*e = quiet;
		return -1;
	}
	if (gitx_oid_eq(&have.id, &put->blob))
		return 0;
	return err_set(e, E_INPUT, "a stored document cannot be replaced");
}

static int
put_docs(struct store *s, struct work *w, struct err *e)
{
	for (size_t i = 0; i < w->tx->ndocs; i++) {
		const struct store_doc *doc = &w->tx->docs[i];
		char below[STORE_PATH];

		snprintf(below, sizeof(below), "docs/%.200s", doc->name);
		store_dossier_path(w->tx->dossier, below, next_path(w));
		if (store_id_to(&doc->blob, &w->puts[w->nputs].blob, e) < 0)
			return -1;
		if (!gitx_has_blob(s->writer, &w->puts[w->nputs].blob))
			return err_set(e, E_INPUT, "no such blob");
		if (check_final(s, w, below, e) < 0)
			return -1;
		w->nputs++;
	}
	return 0;
}

static int
put_files(struct store *s, struct work *w, struct err *e)
{
	struct err cause = ERR_INIT;

	for (size_t i = 0; i < w->tx->nfiles; i++) {
		const struct store_file *file = &w->tx->files[i];
		char *path = next_path(w);

		if (file->at_top)
			snprintf(path, STORE_PATH, "%s", file->path);
		else
			store_dossier_path(w->tx->dossier, file->path, path);
		if (gitx_blob_write(s->writer, file->bytes,
			&w->puts[w->nputs].blob, &cause) < 0)
			return write_failed(s, &cause, e);
		if (!file->at_top && check_final(s, w, file->path, e) < 0)
			return -1;
		w->nputs++;
	}
	return 0;
}

static int
put_event(struct store *s, struct work *w, struct err *e)
{
	struct err cause = ERR_INIT;
	char act[2 * STORE_WORD], name[STORE_PATH];

	snprintf(act, sizeof(act), "%s.%s", w->tx->machine, w->tx->event);
	store_event_name(w->tx->seq, act, name);
	store_dossier_path(w->tx->dossier, name, next_path(w));
	if (gitx_blob_write(
		s->writer, w->tx->text, &w->puts[w->nputs].blob, &cause) < 0)
		return write_failed(s, &cause, e);
	w->nputs++;
	return 0;
}

static int
make_tree(struct store *s, struct work *w, struct err *e)
{
	struct err cause = ERR_INIT;

	if (gitx_tree_put(s->writer, s->tip.any ? &s->tip.tree : NULL, w->puts,
		w->nputs, &w->tip.tree, &cause) == 0)
		return 0;
	if (cause.code != E_INPUT)
		return write_failed(s, &cause, e);
	*e = cause; /* paths that exclude each other */
	return -1;
}

static void
extend_log(struct store *s, struct work *w)
{
	w->tip.log = s->tip.log;
	tlog_append(&w->tip.log, w->event_hash);
	tlog_root(&w->tip.log, w->tip.log_root);
	w->tip.log_size = w->tip.log.size;
	w->tip.committed_at = clock_now(&s->opts.clock);
	if (s->tip.any && w->tip.committed_at < s->tip.committed_at)
		w->tip.committed_at = s->tip.committed_at;
	w->tip.any = true;
}

static void
commit_text(const struct store *s, const struct work *w, struct buf *out)
{
	struct message m = { .seq = w->tx->seq, .log_size = w->tip.log_size };
	const char *role = w->tx->role;
	char hex[2 * GITX_OID + 1];

	snprintf(m.dossier, sizeof(m.dossier), "%s", w->tx->dossier);
	snprintf(m.act, sizeof(m.act), "%s.%s", w->tx->machine, w->tx->event);
	hash_copy(w->tip.log_root, m.log_root);
	buf_putf(out, "tree %s\n", hex_encode(w->tip.tree.b, GITX_OID, hex));
	if (s->tip.any)
		buf_putf(out, "parent %s\n",
		    hex_encode(s->tip.commit.b, GITX_OID, hex));
	/* A clock set back in between must not make an author of tomorrow. */
	buf_putf(out, "author %s <%s@nintei> %" PRId64 " +0900\n", role, role,
	    w->recorded_at < w->tip.committed_at ? w->recorded_at
						 : w->tip.committed_at);
	buf_putf(out, "committer store <store@nintei> %" PRId64 " +0900\n\n",
	    w->tip.committed_at);
	message_format(&m, out);
}

static int
sign(struct store *s, const struct work *w, struct slice text,
    struct buf *armour, struct store_id *last, struct err *e)
{
	const struct store_signer *signer = &s->opts.signer;
	struct store_commit_text one = { .text = text };

	hash_copy(w->event_hash, one.event_hash);
	if (signer->sign(signer->arg, &one, 1, armour, last, e) < 0)
		return err_wrap(e, "sign");
	if (!buf_ok(armour) || armour->n == 0)
		return err_set(e, E_CRYPTO, "no signature");
	return 0;
}

static int
commit(struct store *s, struct work *w, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(COMMIT_TEXT_BYTES);
	CLEANUP(buf_free) struct buf armour = BUF_INIT(LIMIT_SIGNATURE_BYTES);
	struct store_id last, have;
	struct err cause = ERR_INIT;

	commit_text(s, w, &text);
	if (!buf_ok(&text))
		return err_set(e, E_INTERNAL, "commit too long");
	if (sign(s, w, buf_slice(&text), &armour, &last, e) < 0)
		return -1;
	if (gitx_commit_write(s->writer, buf_slice(&text), buf_slice(&armour),
		&w->tip.commit, &cause) < 0)
		return write_failed(s, &cause, e);
	store_id_of(&w->tip.commit, &have);
	if (!store_id_eq(&have, &last))
		return err_set(e, E_CRYPTO, "the signer signed another commit");
	if (gitx_ref_update(s->writer, STORE_REF,
		s->tip.any ? &s->tip.commit : NULL, &w->tip.commit, &cause) < 0)
		return write_failed(s, &cause, e);
	return 0;
}

static void
publish(struct store *s, const struct work *w, struct store_done *out)
{
	struct store_done done = { .seq = w->tx->seq,
		.log_index = w->tip.log_size - 1,
		.log_size = w->tip.log_size,
		.committed_at = w->tip.committed_at };

	pthread_mutex_lock(&s->lock);
	s->tip = w->tip;
	pthread_mutex_unlock(&s->lock);
	store_id_of(&w->tip.commit, &done.commit);
	hash_copy(w->event_hash, done.event_hash);
	hash_copy(w->tip.log_root, done.log_root);
	if (s->opts.signer.durable != NULL)
		s->opts.signer.durable(s->opts.signer.arg, &done.commit);
	*out = done;
}

int
store_append_locked(struct store *s, const struct store_tx *tx,
    int64_t recorded_at, struct store_done *out, struct err *e)
{
	CLEANUP(work_free)
	struct work w = { .tx = tx, .recorded_at = recorded_at };
	size_t max = tx->ndocs + tx->nfiles + 1;

	if (writable(s, e) < 0 || check_head(s, tx, e) < 0)
		return -1;
	w.puts = xcalloc(max, sizeof(*w.puts));
	w.paths = xcalloc(max, sizeof(*w.paths));
	sha256_of(tx->text, w.event_hash);
	if (put_docs(s, &w, e) < 0 || put_files(s, &w, e) < 0 ||
	    put_event(s, &w, e) < 0 || make_tree(s, &w, e) < 0)
		return -1;
	extend_log(s, &w);
	if (commit(s, &w, e) < 0)
		return -1;
	publish(s, &w, out);
	return 0;
}

int
store_append(struct store *s, const struct store_tx *tx, struct store_done *out,
    struct err *e)
{
	int64_t recorded_at;
	int rv;

	if (store_tx_check(tx, &recorded_at, e) < 0)
		return -1;
	pthread_mutex_lock(&s->append_lock);
	rv = store_append_locked(s, tx, recorded_at, out, e);
	pthread_mutex_unlock(&s->append_lock);
	return rv;
}

int
store_submit(struct store *s, const struct store_tx *tx, store_done_fn *done,
    void *arg, struct err *e)
{
	struct store_done out;

	if (store_append(s, tx, &out, e) < 0)
		return -1;
	done(&out, NULL, arg);
	return 0;
}
