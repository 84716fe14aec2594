/* SPDX-License-Identifier: Apache-2.0 */
/* The log as everybody may read it: checkpoints, tiles, proofs. */
#include "office_int.h"

#include <string.h>
#include <time.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/log.h"
#include "nintei/signer_link.h"
#include "nintei/tiles.h"

#define VKEY "pki/log.vkey"
#define TEXT_TYPE "text/plain; charset=utf-8"
#define SHORT_CACHE "public, max-age=5"
#define LONG_CACHE "public, max-age=31536000, immutable"
#define PAUSE_MS 1000 /* between checkpoints that nobody waits for */

int
office_log_open(struct office *o, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(KIB(1));
	struct slice line;

	pthread_mutex_init(&o->log.lock, NULL);
	pthread_mutex_init(&o->log.making, NULL);
	o->log.signed_note = o->log.note = (struct buf)BUF_INIT(NOTE_BYTES);
	if (store_file_get(o->store, NULL, VKEY, &text, e) < 0)
		return err_wrap(e, VKEY);
	line = buf_slice(&text);
	if (line.n > 0 && line.p[line.n - 1] == '\n')
		line.n--;
	return note_key_parse(line, &o->log.key, e) < 0 ? err_wrap(e, VKEY) : 0;
}

void
office_log_close(struct office *o)
{
	buf_free(&o->log.note);
	buf_free(&o->log.signed_note);
	pthread_mutex_destroy(&o->log.making);
	pthread_mutex_destroy(&o->log.lock);
}

/* --- making checkpoints --- */

/* TLOG-30: what is served never becomes smaller. */
void
office_log_publish(void *arg, struct slice note)
{
	struct office *o = arg;
	struct err e = ERR_INIT;
	struct checkpoint c;

	if (checkpoint_open(note, &o->log.key, NULL, &c, &e) < 0) {
		log_err("log.publish", &e, NULL);
		return;
	}
	pthread_mutex_lock(&o->log.lock);
	if (c.head.size >= o->log.head.size) {
		o->log.head = c.head;
		buf_reset(&o->log.note);
		buf_put(&o->log.note, note.p, note.n);
	}
	pthread_mutex_unlock(&o->log.lock);
}

/*
 * TLOG-35: a cache that was found wrong is not served: core starts anew and
 * makes it again from the history.
 */
static int
cache_wrong(struct office *o, struct err *e)
{
	tiles_distrust(store_log(o->store));
	atomic_store(&o->log.damaged, true);
	e->code = E_STORE_CORRUPT;
	return err_wrap(e, "store/log");
}

/* TLOG-31: the root in the store's memory and the one read from its disk. */
static int
head_twice(struct office *o, struct tlog_head *out, struct err *e)
{
	const struct tiles *t = store_log(o->store);
	struct store_head head;

	if (store_head(o->store, &head, e) < 0)
		return -1;
	if (t == NULL || tiles_size(t) < head.log_size)
		return err_set(e, E_UNAVAILABLE, "the log is behind");
	out->size = head.log_size;
	if (tiles_root(t, head.log_size, out->root, e) < 0)
		return -1;
	if (memcmp(out->root, head.log_root, TLOG_HASH) == 0)
		return 0;
	(void)!err_set(e, E_STORE_CORRUPT, "two roots of the log at size %llu",
	    (unsigned long long)head.log_size);
	return cache_wrong(o, e);
}

/* TLOG-32: the signer's note says what it was asked to say. */
static int
note_check(const struct office *o, struct slice note,
    const struct tlog_head *head, struct err *e)
{
	struct checkpoint c;

	if (checkpoint_open(note, &o->log.key, NULL, &c, e) < 0)
		return -1;
	if (c.head.size != head->size ||
	    memcmp(c.head.root, head->root, TLOG_HASH) != 0)
		return err_set(e, E_INVALID, "another checkpoint was signed");
	return 0;
}

/* A newly signed one becomes the signed one, and is offered for publication. */
static int
note_take(struct office *o, struct slice note, const struct tlog_head *head,
    struct err *e)
{
	pthread_mutex_lock(&o->log.lock);
	o->log.signed_head = *head;
	buf_reset(&o->log.signed_note);
	buf_put(&o->log.signed_note, note.p, note.n);
	pthread_mutex_unlock(&o->log.lock);
	if (!buf_ok(&o->log.signed_note))
		return err_set(e, E_LIMIT, "a checkpoint too long");
	return office_cosign_offer(o, note, e);
}

/* The lock `making` is held. */
static int
checkpoint_make(struct office *o, struct err *e)
{
	CLEANUP(buf_free) struct buf note = BUF_INIT(SIGN_NOTE_BYTES);
	struct tlog_head head;

	if (head_twice(o, &head, e) < 0)
		return -1;
	if (head.size == o->log.signed_head.size)
		return 0;
	if (signer_sign_checkpoint(&o->signer, head.size, head.root, &note, e) <
		0 ||
	    note_check(o, buf_slice(&note), &head, e) < 0)
		return err_wrap(e, "checkpoint");
	return note_take(o, buf_slice(&note), &head, e);
}

int64_t
office_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Sign the head as it is now, if it moved: at once, or not too often. */
static int
checkpoint_renew(struct office *o, bool at_once, struct err *e)
{
	int64_t now = office_ms();
	int rv = 0;

	pthread_mutex_lock(&o->log.making);
	if (at_once || o->log.tried_ms == 0 ||
	    now - o->log.tried_ms >= PAUSE_MS) {
		o->log.tried_ms = now;
		rv = checkpoint_make(o, e);
	}
	pthread_mutex_unlock(&o->log.making);
	return rv;
}

void
office_log_renew(struct office *o)
{
	struct err e = ERR_INIT;

	if (o->cosigners != NULL && checkpoint_renew(o, false, &e) < 0)
		log_err("log.checkpoint", &e, NULL);
}

/* A copy, so that nobody waits for who reads it. */
static void
checkpoint_copy(
    struct office *o, bool published, struct buf *note, struct tlog_head *head)
{
	const struct buf *from;

	pthread_mutex_lock(&o->log.lock);
	from = published ? &o->log.note : &o->log.signed_note;
	*head = published ? o->log.head : o->log.signed_head;
	buf_put(note, from->p, from->n);
	pthread_mutex_unlock(&o->log.lock);
}

int
office_checkpoint_over(struct office *o, uint64_t size, struct buf *note,
    struct tlog_head *out, struct err *e)
{
	struct tlog_head head;

	checkpoint_copy(o, false, note, &head);
	if (head.size < size) {
		if (checkpoint_renew(o, true, e) < 0)
			return -1;
		buf_reset(note);
		checkpoint_copy(o, false, note, &head);
	}
	if (head.size < size)
		return err_set(e, E_UNAVAILABLE, "the log is behind");
	*out = head;
	return 0;
}

/*
 * The published checkpoint, renewed where that can be: an old one is better
 * than none.
 */
static int
checkpoint_serve(struct visit *v, bool at_once, struct buf *note,
    struct tlog_head *head, struct err *e)
{
	struct err why = ERR_INIT;

	if (checkpoint_renew(v->o, at_once, &why) < 0)
		log_err("log.checkpoint", &why, v->q->instance);
	checkpoint_copy(v->o, true, note, head);
	if (note->n == 0)
		return err_set(e, E_UNAVAILABLE, "no checkpoint yet");
	return 0;
}

/* --- endpoints --- */

int
get_log_checkpoint(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(buf_free) struct buf note = BUF_INIT(NOTE_BYTES);
	struct tlog_head head;

	if (checkpoint_serve(v, false, &note, &head, e) < 0)
		return -1;
	answer_bytes(a, TEXT_TYPE, buf_slice(&note));
	answer_header(a, FR_CACHE_CONTROL, SHORT_CACHE);
	return 0;
}

/* TLOG-33: nothing beyond the published checkpoint. */
int
get_log_tile(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(TILE_BYTES);
	struct err why = ERR_INIT;
	struct tlog_head head;
	struct tile t;

	pthread_mutex_lock(&v->o->log.lock);
	head = v->o->log.head;
	pthread_mutex_unlock(&v->o->log.lock);
	if (tile_path_parse(slice_str(v->q->param[0]), &t, &why) < 0 ||
	    !tile_is_in(&t, head.size))
		return err_set(e, E_NOT_FOUND, "the log has no such tile");
	if (tiles_tile(store_log(v->o->store), &t, &head, &bytes, e) < 0)
		return e->code == E_INVALID ? cache_wrong(v->o, e) : -1;
	answer_bytes(a, "application/octet-stream", buf_slice(&bytes));
	answer_header(a, FR_CACHE_CONTROL, LONG_CACHE);
	return 0;
}

/* An event's hash by "<case>/<seq>", for who may see the case. */
static int
hash_of_case(struct visit *v, const char *text, const char *slash,
    uint8_t out[TLOG_HASH], struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	CLEANUP(freep) char *id = xstrndup(text, (size_t)(slash - text));
	CLEANUP(buf_free) struct buf event = BUF_INIT(LIMIT_EVENT_BYTES);
	uint64_t seq;

	if (dec_parse(slash + 1, INT64_MAX, &seq, e) < 0)
		return -1;
	if (office_load(v->o, id, &d, e) < 0)
		return -1;
	if (!visit_may_see(v, d))
		return err_set(e, E_NOT_FOUND, "nothing here");
	if (store_event_get(v->o->store, id, seq, &event, e) < 0)
		return -1;
	sha256_of(buf_slice(&event), out);
	return 0;
}

static int
hash_wanted(struct visit *v, uint8_t out[TLOG_HASH], struct err *e)
{
	const char *text = v->q->param[0], *slash = strchr(text, '/');
	struct err why = ERR_INIT;
	int rv;

	rv = slash == NULL ? hex_decode(text, out, TLOG_HASH, &why)
			   : hash_of_case(v, text, slash, out, &why);
	if (rv == 0)
		return 0;
	if (why.code == E_INPUT || why.code == E_NOT_FOUND)
		return err_set(e, E_NOT_FOUND, "there is no such event");
	*e = why;
	return -1;
}

/* An entry of the log whose hash begins as the wanted one does. */
struct place {
	const struct tiles *tiles;
	uint8_t hash[TLOG_HASH]; /* wanted */
	bool any;
	uint64_t index;
	uint8_t have[TLOG_HASH]; /* what the cache says stands there */
};

static int
place_fn(uint64_t index, void *arg, struct err *e)
{
	struct place *p = arg;

	if (p->any && memcmp(p->have, p->hash, TLOG_HASH) == 0)
		return 0;
	p->any = true;
	p->index = index;
	return tiles_event_hash(p->tiles, index, p->have, e);
}

static int
place_find(struct office *o, struct place *p, struct err *e)
{
	char hex[SHA256_HEX];

	p->tiles = store_log(o->store);
	if (index_log_find(o->index, hex_encode(p->hash, TLOG_HASH, hex),
		place_fn, p, e) < 0)
		return -1;
	if (!p->any)
		return err_set(e, E_NOT_FOUND, "there is no such event");
	return 0;
}

int
office_log_index(struct office *o, const uint8_t hash[TLOG_HASH], uint64_t *out,
    struct err *e)
{
	struct place p = { .any = false };

	memcpy(p.hash, hash, TLOG_HASH);
	if (place_find(o, &p, e) < 0)
		return -1;
	if (memcmp(p.have, p.hash, TLOG_HASH) != 0)
		return err_set(e, E_NOT_FOUND, "there is no such event");
	*out = p.index;
	return 0;
}

/* The checkpoint that covers the event; it is signed now if need be. */
static int
place_cover(struct visit *v, const struct place *p, struct buf *note,
    struct tlog_head *head, struct err *e)
{
	checkpoint_copy(v->o, true, note, head);
	if (head->size > p->index)
		return 0;
	buf_reset(note);
	if (checkpoint_serve(v, true, note, head, e) < 0)
		return -1;
	if (head->size <= p->index)
		return err_set(e, E_NOT_FOUND, "there is no such event");
	return 0;
}

/*
 * TLOG-34: a proof is verified before it leaves.  If the cache has another
 * hash there and can prove it, then only the beginning was alike.
 */
static int
place_prove(struct visit *v, const struct place *p,
    const struct tlog_head *head, struct tlog_proof *out, struct err *e)
{
	struct err why = ERR_INIT;

	if (tiles_inclusion(p->tiles, p->index, head->size, out, e) < 0)
		return -1;
	if (tlog_inclusion_verify(
		p->have, p->index, out, head->size, head->root, &why) < 0) {
		*e = why;
		return cache_wrong(v->o, e);
	}
	if (memcmp(p->have, p->hash, TLOG_HASH) != 0)
		return err_set(e, E_NOT_FOUND, "there is no such event");
	return 0;
}

int
get_log_proof(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(buf_free) struct buf note = BUF_INIT(NOTE_BYTES);
	CLEANUP(buf_free) struct buf file = BUF_INIT(PROOF_FILE_BYTES);
	struct place p = { .any = false };
	struct proof_file f = { .index = 0 };
	struct tlog_head head;

	if (hash_wanted(v, p.hash, e) < 0 || place_find(v->o, &p, e) < 0 ||
	    place_cover(v, &p, &note, &head, e) < 0 ||
	    place_prove(v, &p, &head, &f.proof, e) < 0)
		return -1;
	f.index = p.index;
	f.checkpoint = buf_slice(&note);
	proof_file_format(&f, &file);
	answer_bytes(a, TEXT_TYPE, buf_slice(&file));
	answer_header(a, FR_CACHE_CONTROL, SHORT_CACHE);
	return 0;
}
