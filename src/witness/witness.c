/* SPDX-License-Identifier: Apache-2.0 */
/* A witness: its folder, and one request after the other for each log. */
#include "witness_int.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "nintei/digest.h"
#include "nintei/fs.h"

#define PER_MINUTE 600

void
name_of(struct slice bytes, char out[NAME_HEX + 1])
{
	char hex[SHA256_HEX];

	sha256_hex(bytes, hex);
	(void)snprintf(out, NAME_HEX + 1, "%.*s", NAME_HEX, hex);
}

/* --- the folder --- */

static void
file_of(const struct witnessed *log, char out[FILE_NAME])
{
	(void)snprintf(out, FILE_NAME, "logs/%s.note", log->name);
}

/*
 * A log never seen has no file.  A file that is not its note is never taken
 * for nothing seen: that would let the log begin anew.
 */
static int
log_load(struct witness *w, struct witnessed *log, struct err *e)
{
	struct checkpoint c;
	struct err why = ERR_INIT;
	char file[FILE_NAME];

	file_of(log, file);
	if (fs_read(w->dir, file, NOTE_BYTES, &log->note, &why) < 0) {
		if (why.code == E_NOT_FOUND)
			return 0;
		*e = why;
		return -1;
	}
	if (checkpoint_open(buf_slice(&log->note), &log->key, NULL, &c, &why) <
	    0)
		return err_set(e, E_STORE_CORRUPT,
		    "%s is not a checkpoint signed by %s", file, log->key.name);
	log->seen = c.head;
	return 0;
}

static int
log_init(struct witness *w, size_t i, const struct note_key *key, struct err *e)
{
	struct witnessed *log = &w->logs[i];

	if (key->type != NOTE_ED25519)
		return err_set(
		    e, E_INPUT, "%.100s: want the key of a log", key->name);
	for (size_t k = 0; k < i; k++)
		if (strcmp(w->logs[k].key.name, key->name) == 0)
			return err_set(
			    e, E_INPUT, "log %.100s stands twice", key->name);
	pthread_mutex_init(&log->lock, NULL);
	log->key = *key;
	log->note.max = NOTE_BYTES;
	name_of(slice_str(key->name), log->name);
	w->n_logs = i + 1;
	return log_load(w, log, e);
}

static int
folder_open(const char *state, struct witness *w, struct err *e)
{
	if (fs_mkdirs(AT_FDCWD, state, 0700, e) < 0)
		return -1;
	w->dir = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (w->dir < 0)
		return err_sys(e, E_CONFIG, "cannot open the state folder");
	w->lock = openat(w->dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (w->lock < 0)
		return err_sys(e, E_CONFIG, "cannot write to the state folder");
	if (flock(w->lock, LOCK_EX | LOCK_NB) < 0)
		return err_sys(
		    e, E_STORE_LOCKED, "another witness uses this folder");
	if (fs_mkdirs(w->dir, "logs", 0700, e) < 0 ||
	    fs_mkdirs(w->dir, "alarms", 0700, e) < 0)
		return -1;
	return 0;
}

int
witness_open(
    const struct witness_options *o, struct witness **out, struct err *e)
{
	CLEANUP(witness_freep) struct witness *w = xcalloc(1, sizeof(*w));

	w->dir = -1;
	w->lock = -1;
	w->key = *o->key;
	*o->key = (struct witness_key){ 0 };
	w->clock = o->clock;
	w->per_minute = o->per_minute != 0 ? o->per_minute : PER_MINUTE;
	if (o->n_logs == 0 || o->n_logs > WITNESS_LOGS)
		return err_set(e, E_INPUT, "want 1 to %d logs", WITNESS_LOGS);
	w->logs = xcalloc(o->n_logs, sizeof(*w->logs));
	if (folder_open(o->state, w, e) < 0)
		return -1;
	for (size_t i = 0; i < o->n_logs; i++)
		if (log_init(w, i, &o->logs[i], e) < 0)
			return -1;
	*out = TAKE(w);
	return 0;
}

void
witness_close(struct witness *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->n_logs; i++) {
		pthread_mutex_destroy(&w->logs[i].lock);
		buf_free(&w->logs[i].note);
	}
	free(w->logs);
	witness_key_done(&w->key);
	fd_closep(&w->lock);
	fd_closep(&w->dir);
	free(w);
}

/* --- one request --- */

static struct witnessed *
log_find(struct witness *w, struct slice origin)
{
	for (size_t i = 0; i < w->n_logs; i++)
		if (slice_eq_str(origin, w->logs[i].key.name))
			return &w->logs[i];
	return NULL;
}

/* Cosigning costs two syncs: so many in a minute for each log. */
static bool
rate_allows(const struct witness *w, struct witnessed *log)
{
	int64_t minute = clock_now(&w->clock) / 60;

	if (minute != log->minute) {
		log->minute = minute;
		log->in_minute = 0;
	}
	return log->in_minute++ < w->per_minute;
}

/* The text and the log's own lines: what others added is nothing to keep. */
static void
note_keep(struct slice bytes, const struct note_key *log, struct buf *out)
{
	struct err e = ERR_INIT;
	struct note n;

	if (note_parse(bytes, &n, &e) < 0)
		return;
	buf_put(out, n.text.p, n.text.n);
	buf_putc(out, '\n');
	for (unsigned i = 0; i < n.n; i++)
		if (n.sig[i].id == log->id &&
		    slice_eq_str(n.sig[i].name, log->name))
			buf_put(out, n.sig[i].line.p, n.sig[i].line.n);
}

/* WIT-18: on disk before the cosignature exists. */
static int
state_move(struct witness *w, struct witnessed *log,
    const struct witness_request *q, const struct tlog_head *now, struct err *e)
{
	CLEANUP(buf_free) struct buf note = BUF_INIT(NOTE_BYTES);
	char file[FILE_NAME];

	if (log->note.n != 0 && now->size == log->seen.size)
		return 0;
	file_of(log, file);
	note_keep(q->checkpoint, &log->key, &note);
	if (!buf_ok(&note))
		return err_set(e, E_INTERNAL, "the note cannot be kept");
	if (fs_write(w->dir, file, buf_slice(&note), 0600, e) < 0) {
		e->code = E_UNAVAILABLE;
		return err_wrap(e, "state of %s", log->key.name);
	}
	log->seen = *now;
	buf_reset(&log->note);
	buf_put(&log->note, note.p, note.n);
	return 0;
}

static int
cosign(struct witness *w, struct witnessed *log,
    const struct witness_request *q, const struct tlog_head *now,
    struct witness_answer *out, struct err *e)
{
	struct note n;

	if (note_parse(q->checkpoint, &n, e) < 0 ||
	    state_move(w, log, q, now, e) < 0)
		return -1;
	return note_sign(&w->key.pub, w->key.private, n.text,
	    (uint64_t)clock_now(&w->clock), &out->body, e);
}

/* Locked. */
static int
log_serve(struct witness *w, struct witnessed *log,
    const struct witness_request *q, struct slice request,
    struct witness_answer *out, struct err *e)
{
	struct tlog_head now;

	out->seen = log->seen.size;
	out->verdict = witness_decide(q, &log->key, &log->seen, &now);
	if (out->verdict == WITNESS_COSIGN && !rate_allows(w, log))
		out->verdict = WITNESS_BUSY;
	if (out->verdict == WITNESS_COSIGN)
		return cosign(w, log, q, &now, out, e);
	if (witness_status(out->verdict) == 409) {
		out->is_size = true;
		buf_putf(&out->body, "%" PRIu64 "\n", log->seen.size);
	}
	if (witness_is_alarm(out->verdict)) {
		struct err why = ERR_INIT;

		if (alarm_keep(
			w, log, out->verdict, request, out->alarm, &why) < 0)
			out->alarm[0] = '\0';
	}
	return 0;
}

/* The log that the checkpoint names, and what it says; before any check. */
static struct witnessed *
log_named(struct witness *w, const struct witness_request *q,
    struct witness_answer *out)
{
	struct err ignored = ERR_INIT;
	struct witnessed *log;
	struct checkpoint c;
	struct note n;

	if (note_parse(q->checkpoint, &n, &ignored) < 0 ||
	    checkpoint_parse(n.text, &c, &ignored) < 0)
		return NULL;
	out->head = c.head;
	log = log_find(w, c.origin);
	if (log != NULL)
		(void)snprintf(
		    out->origin, sizeof(out->origin), "%s", log->key.name);
	return log;
}

static int
request_serve(struct witness *w, const struct witness_request *q,
    struct slice request, struct witness_answer *out, struct err *e)
{
	static const struct tlog_head none;
	struct witnessed *log = log_named(w, q, out);
	struct tlog_head now;
	int rv;

	if (log == NULL) {
		out->verdict = witness_decide(q, NULL, &none, &now);
		return 0;
	}
	pthread_mutex_lock(&log->lock);
	rv = log_serve(w, log, q, request, out, e);
	pthread_mutex_unlock(&log->lock);
	return rv;
}

int
witness_add_checkpoint(struct witness *w, struct slice body,
    struct witness_answer *out, struct err *e)
{
	struct witness_request q;
	struct err why = ERR_INIT;

	out->verdict = WITNESS_MALFORMED;
	out->is_size = false;
	out->origin[0] = '\0';
	out->alarm[0] = '\0';
	out->seen = 0;
	out->head = (struct tlog_head){ 0 };
	if (witness_request_parse(body, &q, &why) == 0 &&
	    request_serve(w, &q, body, out, e) < 0)
		return -1;
	out->status = witness_status(out->verdict);
	return 0;
}
