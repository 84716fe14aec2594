/* SPDX-License-Identifier: Apache-2.0 */
/* The read model: opening, applying, replaying, dumping. */
#include "nintei/index.h"

#include <inttypes.h>
#include <stdlib.h>

#include "nintei/enc.h"
#include "nintei/wire.h"

#include "index_int.h"

#define REPLAY_BATCH 10000 /* events in one transaction */
#define REPLAY_CACHE_KIB 65536 /* keys come in no order */
#define CACHE_KIB 4096

static const char layout[] =
    "CREATE TABLE applied (one INTEGER PRIMARY KEY CHECK (one = 1), "
    "hex TEXT NOT NULL, log_size INTEGER NOT NULL) STRICT;"
    "CREATE TABLE dossiers (id TEXT PRIMARY KEY, scheme TEXT, kind TEXT, "
    "applicant TEXT, applicant_name TEXT, corporate_number TEXT, "
    "service_name TEXT, service_url TEXT, state TEXT, "
    "received_at INTEGER NOT NULL, number TEXT, base TEXT, head TEXT NOT NULL, "
    "seq INTEGER NOT NULL, next_clock INTEGER NOT NULL, view TEXT) "
    "STRICT, WITHOUT ROWID;"
    "CREATE INDEX dossiers_applicant ON dossiers (applicant, id);"
    "CREATE INDEX dossiers_clock ON dossiers (next_clock, id) "
    "WHERE next_clock <> 0;"
    "CREATE INDEX dossiers_base ON dossiers (base, id) "
    "WHERE base IS NOT NULL;"
    "CREATE TABLE machines (dossier TEXT, machine TEXT, instance TEXT, "
    "state TEXT NOT NULL, flags TEXT, "
    "PRIMARY KEY (dossier, machine, instance)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX machines_ordered ON machines (dossier) "
    "WHERE machine = 'artefact' AND state = 'ordered';"
    "CREATE TABLE events (dossier TEXT, seq INTEGER, machine TEXT NOT NULL, "
    "event TEXT NOT NULL, recorded_at INTEGER NOT NULL, actor TEXT, role TEXT, "
    "article TEXT, hash TEXT NOT NULL, PRIMARY KEY (dossier, seq)) "
    "STRICT, WITHOUT ROWID;"
    "CREATE TABLE documents (dossier TEXT, n INTEGER, role TEXT, "
    "size INTEGER NOT NULL, tag TEXT, commitment TEXT, blob TEXT, "
    "PRIMARY KEY (dossier, n)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE decisions (id TEXT PRIMARY KEY, dossier TEXT NOT NULL, "
    "kind TEXT, outcome TEXT, state TEXT NOT NULL, "
    "expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX decisions_dossier ON decisions (dossier, id);"
    "CREATE INDEX decisions_approved ON decisions (dossier) "
    "WHERE state = 'approved';"
    "CREATE TABLE certifications (number TEXT PRIMARY KEY, "
    "dossier TEXT NOT NULL, scheme TEXT, state TEXT NOT NULL, service TEXT, "
    "operator_name TEXT, corporate_number TEXT, certified_on TEXT, "
    "valid_through TEXT, serial TEXT, search TEXT, view TEXT, "
    "changed INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX certifications_changed ON certifications (changed);"
    "CREATE INDEX certifications_state ON certifications (state, number);"
    "CREATE TABLE versions (number TEXT, n INTEGER, at INTEGER NOT NULL, "
    "recorded_at INTEGER NOT NULL, view TEXT NOT NULL, "
    "PRIMARY KEY (number, n)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE publications (log_index INTEGER NOT NULL UNIQUE, "
    "dossier TEXT, kind TEXT, instance TEXT, scheme TEXT, number TEXT, "
    "view TEXT NOT NULL, PRIMARY KEY (dossier, kind, instance)) "
    "STRICT, WITHOUT ROWID;"
    "CREATE TABLE owed (cause TEXT, dossier TEXT, machine TEXT NOT NULL, "
    "event TEXT NOT NULL, source TEXT NOT NULL, seq INTEGER NOT NULL, "
    "at INTEGER NOT NULL, PRIMARY KEY (cause, dossier)) "
    "STRICT, WITHOUT ROWID;"
    "CREATE TABLE deadlines (dossier TEXT, n INTEGER, date TEXT NOT NULL, "
    "what TEXT NOT NULL, article TEXT, PRIMARY KEY (dossier, n)) "
    "STRICT, WITHOUT ROWID;"
    "CREATE INDEX deadlines_date ON deadlines (date, dossier, n);"
    "CREATE INDEX machines_notice ON machines (dossier, instance) "
    "WHERE machine = 'notice';"
    "CREATE INDEX certifications_end ON certifications (valid_through);"
    "CREATE TABLE fees (dossier TEXT, seq INTEGER, n INTEGER, "
    "date TEXT NOT NULL, recorded_at INTEGER NOT NULL, scheme TEXT, "
    "kind TEXT, what TEXT NOT NULL, amount INTEGER NOT NULL, "
    "PRIMARY KEY (dossier, seq, n)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX fees_date ON fees (date, dossier, seq, n);"
    "CREATE TABLE requests (hash TEXT PRIMARY KEY, dossier TEXT NOT NULL, "
    "seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE log (key INTEGER, at INTEGER, PRIMARY KEY (key, at)) "
    "STRICT, WITHOUT ROWID;"
    "CREATE TABLE serials (prefix TEXT PRIMARY KEY, value INTEGER NOT NULL) "
    "STRICT, WITHOUT ROWID;";

static const char *const statements[ST_MAX] = {
#define ST(name, sql) [ST_##name] = (sql),
#include "statements.inc"
#undef ST
};
static const struct sqlx_plan plan = { .layout = layout,
	.version = 5,
	.disposable = true,
	.exclusive = true,
	.statements = statements,
	.n = ST_MAX };

struct index *
index_lock(struct index *x)
{
	pthread_mutex_lock(&x->lock);
	return x;
}

void
index_unlock(struct index **x)
{
	pthread_mutex_unlock(&(*x)->lock);
}

int
index_open(const char *path, struct index **out, struct err *e)
{
	CLEANUP(index_freep) struct index *x = xcalloc(1, sizeof(*x));

	pthread_mutex_init(&x->lock, NULL);
	if (sqlx_open(path, &plan, &x->db, e) < 0)
		return err_wrap(e, "index");
	*out = TAKE(x);
	return 0;
}

void
index_close(struct index *x)
{
	if (x == NULL)
		return;
	sqlx_close(x->db);
	pthread_mutex_destroy(&x->lock);
	free(x);
}

bool
index_damaged(struct index *x)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);

	return sqlx_damaged(held->db);
}

int
index_clear(struct index *x, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);

	return sqlx_clear(held->db, e);
}

static int
take_applied(const struct sqlx_row *row, void *arg, struct err *e)
{
	struct index_applied *a = arg;

	a->log_size = sqlx_row_int(row, 1);
	return store_id_parse(sqlx_row_text(row, 0), &a->commit, e);
}

static int
applied_get(struct index *held, struct index_applied *out, struct err *e)
{
	*out = (struct index_applied){ .log_size = 0 };
	return sqlx_query(
	    held->db, ST_APPLIED_GET, SQLX_NONE, take_applied, out, e);
}

int
index_applied(struct index *x, struct index_applied *out, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct index_applied a;

	if (applied_get(held, &a, e) < 0)
		return -1;
	*out = a;
	return 0;
}

/* n rows of one kind, each by one statement. */
static int
put(struct index *held, enum statement st, const struct row_shape *shape,
    const void *rows, size_t n, struct err *e)
{
	struct sqlx_value values[ROW_COLUMNS_MAX];
	const uint8_t *at = rows;

	for (size_t i = 0; i < n; i++, at += shape->size)
		if (sqlx_run(held->db, st, row_bind(shape, at, values), e) < 0)
			return -1;
	return 0;
}

int
index_log_key(const char *hash, int64_t *out, struct err *e)
{
	uint8_t raw[STORE_HASH];
	struct rd r;

	if (hash == NULL || hex_decode(hash, raw, sizeof(raw), e) < 0)
		return err_set(e, E_INPUT, "want the hash of an event");
	r = rd_init(slice_of(raw, sizeof(raw)));
	*out = rd_i64(&r);
	return 0;
}

/* Where the event stands in the log, under the start of its hash. */
static int
put_log(struct index *held, const struct index_update *u, struct err *e)
{
	int64_t key;

	if (index_log_key(u->event.hash, &key, e) < 0)
		return -1;
	return sqlx_run(held->db, ST_LOG_PUT,
	    SQLX_ARGS(sqlx_int(key), sqlx_int(u->log_size - 1)), e);
}

static int
put_keys(struct index *held, const struct index_update *u, struct err *e)
{
	char hex[STORE_ID_TEXT];

	if (u->request != NULL &&
	    sqlx_run(held->db, ST_REQUEST_PUT,
		SQLX_ARGS(sqlx_text(u->request), sqlx_text(u->event.dossier),
		    sqlx_int(u->event.seq)),
		e) < 0)
		return -1;
	if (u->serial_prefix != NULL &&
	    sqlx_run(held->db, ST_SERIAL_PUT,
		SQLX_ARGS(
		    sqlx_text(u->serial_prefix), sqlx_int(u->serial_value)),
		e) < 0)
		return -1;
	return sqlx_run(held->db, ST_APPLIED_SET,
	    SQLX_ARGS(sqlx_text(store_id_format(&u->commit, hex)),
		sqlx_int(u->log_size)),
	    e);
}

/* Owed in the order of the log; the event with that cause settles it. */
static int
put_owed(struct index *held, const struct index_update *u, struct err *e)
{
	for (size_t i = 0; i < u->nowed; i++) {
		const struct index_owed *o = &u->owed[i];

		if (sqlx_run(held->db, ST_OWED_PUT,
			SQLX_ARGS(sqlx_text(o->cause), sqlx_text(o->dossier),
			    sqlx_text(o->machine), sqlx_text(o->event),
			    sqlx_text(o->source), sqlx_int(o->seq),
			    sqlx_int(u->log_size - 1)),
			e) < 0)
			return -1;
	}
	return u->settles == NULL
	    ? 0
	    : sqlx_run(held->db, ST_OWED_SETTLE,
		  SQLX_ARGS(sqlx_text(u->settles), sqlx_text(u->event.dossier)),
		  e);
}

static int
put_deadlines(struct index *held, const struct index_update *u, struct err *e)
{
	if (!u->has_deadlines)
		return 0;
	if (sqlx_run(held->db, ST_DEADLINE_CLEAR,
		SQLX_ARGS(sqlx_text(u->event.dossier)), e) < 0)
		return -1;
	return put(held, ST_DEADLINE_PUT, &shape_deadline, u->deadlines,
	    u->ndeadlines, e);
}

static int
put_all(struct index *held, const struct index_update *u, struct err *e)
{
	if (put(held, ST_EVENT_PUT, &shape_event, &u->event, 1, e) < 0 ||
	    put(held, ST_DOSSIER_PUT, &shape_dossier, u->dossier,
		u->dossier != NULL ? 1 : 0, e) < 0 ||
	    put(held, ST_MACHINE_PUT, &shape_machine, u->machines, u->nmachines,
		e) < 0 ||
	    put(held, ST_DOCUMENT_PUT, &shape_document, u->documents,
		u->ndocuments, e) < 0 ||
	    put(held, ST_DECISION_PUT, &shape_decision, u->decisions,
		u->ndecisions, e) < 0 ||
	    put(held, ST_CERTIFICATION_PUT, &shape_certification,
		u->certifications, u->ncertifications, e) < 0 ||
	    put(held, ST_VERSION_PUT, &shape_version, u->versions, u->nversions,
		e) < 0 ||
	    put(held, ST_PUBLICATION_PUT, &shape_publication, u->publications,
		u->npublications, e) < 0)
		return -1;
	if (put(held, ST_FEE_PUT, &shape_fee, u->fees, u->nfees, e) < 0)
		return -1;
	if (put_owed(held, u, e) < 0 || put_deadlines(held, u, e) < 0)
		return -1;
	return put_log(held, u, e) < 0 ? -1 : put_keys(held, u, e);
}

/* Rule INDEX-1: events enter in the order of the log, none left out. */
static int
check_next(struct index *held, const struct index_update *u, struct err *e)
{
	struct index_applied last;

	if (applied_get(held, &last, e) < 0)
		return -1;
	if (u->log_size != last.log_size + 1)
		return err_set(e, E_STORE_CORRUPT,
		    "want entry %" PRId64 " of the log, have %" PRId64,
		    last.log_size + 1, u->log_size);
	return 0;
}

/* A transaction holds one event; while replaying, many. */
static int
batch_begin(struct index *held, struct err *e)
{
	return held->batch > 0 ? 0 : sqlx_begin(held->db, e);
}

static int
batch_end(struct index *held, bool commit, struct err *e)
{
	held->batch = 0;
	return sqlx_end(held->db, commit, e);
}

static void
batch_cancel(struct index *held, struct err *e)
{
	struct err quiet = ERR_INIT;

	if (batch_end(held, false, &quiet) < 0)
		err_trail(e, "%s", quiet.trail);
}

int
index_apply(struct index *x, const struct index_update *u, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);

	if (batch_begin(held, e) < 0)
		return -1;
	if (check_next(held, u, e) == 0 && put_all(held, u, e) == 0) {
		held->batch++;
		return held->replaying && held->batch < REPLAY_BATCH
		    ? 0
		    : batch_end(held, true, e);
	}
	batch_cancel(held, e);
	return err_wrap(e, "index");
}

/* The caller's function, and whether it was ever called. */
struct replay {
	int (*fn)(const struct store_event *ev, void *arg, struct err *e);
	void *arg;
	bool began;
};

static int
replay_one(const struct store_event *ev, void *arg, struct err *e)
{
	struct replay *r = arg;

	r->began = true;
	return r->fn(ev, r->arg, e);
}

static int
replay_from(struct store *s, const struct store_id *from, struct replay *r,
    bool *out_unknown, struct err *e)
{
	struct err first = ERR_INIT;

	*out_unknown = false;
	if (store_walk(s, from, replay_one, r, &first) == 0)
		return 0;
	*out_unknown = !r->began && first.code == E_NOT_FOUND;
	*e = first;
	return -1;
}

static int
replay_all(struct index *x, struct store *s, struct replay *r, struct err *e)
{
	struct index_applied last;
	struct store_head head;
	struct err first = ERR_INIT;
	bool unknown = true;

	if (index_applied(x, &last, e) < 0 || store_head(s, &head, e) < 0)
		return -1;
	if (last.log_size <= (int64_t)head.log_size &&
	    replay_from(s, &last.commit, r, &unknown, &first) == 0)
		return 0;
	if (!unknown) {
		*e = first;
		return -1;
	}
	if (index_clear(x, e) < 0)
		return -1;
	return store_walk(s, NULL, r->fn, r->arg, e);
}

static int
replay_begin(struct index *x, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);

	held->replaying = true;
	return sqlx_cache(held->db, REPLAY_CACHE_KIB, e);
}

/* What the last batch holds counts, also when a later event failed. */
static int
replay_end(struct index *x, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);

	held->replaying = false;
	if (held->batch > 0 && batch_end(held, true, e) < 0)
		return -1;
	return sqlx_cache(held->db, CACHE_KIB, e);
}

int
index_replay(struct index *x, struct store *s,
    int (*fn)(const struct store_event *ev, void *arg, struct err *e),
    void *arg, struct err *e)
{
	struct replay r = { .fn = fn, .arg = arg };
	struct err ending = ERR_INIT;
	int rv;

	if (replay_begin(x, e) < 0)
		return -1;
	rv = replay_all(x, s, &r, e);
	if (replay_end(x, &ending) == 0)
		return rv;
	if (rv == 0)
		*e = ending;
	return -1;
}

static int
dump_row(const struct sqlx_row *row, void *arg, struct err *e)
{
	struct buf *out = arg;

	(void)e;
	for (int i = 0; i < sqlx_row_columns(row); i++) {
		const char *text = sqlx_row_text(row, i);

		buf_putc(out, i == 0 ? '\n' : '\t');
		for (; text != NULL && *text != '\0'; text++)
			if (*text < ' ' && *text >= 0)
				buf_putf(out, "\\x%02x", *text);
			else
				buf_putc(out, *text);
		if (text == NULL)
			buf_puts(out, "\\N");
	}
	return 0;
}

int
index_dump(struct index *x, struct buf *out, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);

	for (unsigned st = ST_DUMP_FIRST; st <= ST_DUMP_LAST; st++)
		if (sqlx_query(held->db, st, SQLX_NONE, dump_row, out, e) < 0)
			return -1;
	return buf_ok(out) ? 0 : err_set(e, E_LIMIT, "dump too long");
}
