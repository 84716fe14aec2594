/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to the read model. */
#include "nintei/index.h"

#include <stdio.h>

#include "index_int.h"

LISTER(dossier)
LISTER(machine)
LISTER(event)
LISTER(document)
LISTER(decision)
LISTER(certification)

static const char *
after(const struct index_page *page)
{
	return page->after != NULL ? page->after : "";
}

int
index_dossier_list(struct index *x, const struct index_dossier_query *q,
    int (*fn)(const struct index_dossier *row, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct dossier_call call = { fn, arg };
	unsigned st =
	    q->applicant != NULL ? ST_DOSSIER_LIST_OWN : ST_DOSSIER_LIST;

	return sqlx_query(held->db, st,
	    SQLX_ARGS(sqlx_text(after(&q->page)), sqlx_text(q->applicant),
		sqlx_text(q->scheme), sqlx_text(q->state),
		sqlx_int(q->page.limit)),
	    dossier_row, &call, e);
}

int
index_register_list(struct index *x, const struct index_register_query *q,
    int (*fn)(const struct index_certification *row, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct certification_call call = { fn, arg };
	const char *text = q->q != NULL && q->q[0] != '\0' ? q->q : NULL;

	return sqlx_query(held->db, ST_REGISTER_LIST,
	    SQLX_ARGS(sqlx_text(after(&q->page)), sqlx_text(q->scheme),
		sqlx_text(q->state), sqlx_text(text), sqlx_int(q->page.limit)),
	    certification_row, &call, e);
}

int
index_clock_due(struct index *x, int64_t t, unsigned limit,
    int (*fn)(const struct index_dossier *row, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct dossier_call call = { fn, arg };

	return sqlx_query(held->db, ST_CLOCK_DUE,
	    SQLX_ARGS(sqlx_int(t), sqlx_int(limit)), dossier_row, &call, e);
}

int
index_machine_list(struct index *x, const char *dossier,
    int (*fn)(const struct index_machine *row, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct machine_call call = { fn, arg };

	return sqlx_query(held->db, ST_MACHINE_LIST,
	    SQLX_ARGS(sqlx_text(dossier)), machine_row, &call, e);
}

int
index_event_list(struct index *x, const char *dossier,
    int (*fn)(const struct index_event *row, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct event_call call = { fn, arg };

	return sqlx_query(held->db, ST_EVENT_LIST,
	    SQLX_ARGS(sqlx_text(dossier)), event_row, &call, e);
}

int
index_document_list(struct index *x, const char *dossier,
    int (*fn)(const struct index_document *row, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct document_call call = { fn, arg };

	return sqlx_query(held->db, ST_DOCUMENT_LIST,
	    SQLX_ARGS(sqlx_text(dossier)), document_row, &call, e);
}

int
index_decision_list(struct index *x, const char *dossier,
    int (*fn)(const struct index_decision *row, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct decision_call call = { fn, arg };

	return sqlx_query(held->db, ST_DECISION_LIST,
	    SQLX_ARGS(sqlx_text(dossier)), decision_row, &call, e);
}

/* Its texts are copied while the statement stands on it. */
static int
single_row(const struct sqlx_row *from, void *arg, struct err *e)
{
	struct single *one = arg;

	row_read(one->shape, from, one->row);
	one->found = true;
	return row_hold(one->shape, one->row, one->hold, e);
}

int
single_get(struct index *x, enum statement st, struct sqlx_args args,
    struct single *one, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);

	if (sqlx_query(held->db, st, args, single_row, one, e) < 0)
		return -1;
	if (!one->found)
		return err_set(e, E_NOT_FOUND, "no such record");
	return 0;
}

static int
get(struct index *x, enum statement st, const char *key, struct single *one,
    struct err *e)
{
	return single_get(x, st, SQLX_ARGS(sqlx_text(key)), one, e);
}

static int
get_dossier(struct index *x, enum statement st, const char *key,
    struct buf *hold, struct index_dossier *out, struct err *e)
{
	struct index_dossier row = { 0 };
	struct single one = { &shape_dossier, &row, hold, false };

	if (get(x, st, key, &one, e) < 0)
		return -1;
	*out = row;
	return 0;
}

int
index_dossier_get(struct index *x, const char *id, struct buf *hold,
    struct index_dossier *out, struct err *e)
{
	return get_dossier(x, ST_DOSSIER_GET, id, hold, out, e);
}

int
index_dossier_of_number(struct index *x, const char *number, struct buf *hold,
    struct index_dossier *out, struct err *e)
{
	return get_dossier(x, ST_DOSSIER_OF_NUMBER, number, hold, out, e);
}

int
index_dossier_of_decision(struct index *x, const char *decision,
    struct buf *hold, struct index_dossier *out, struct err *e)
{
	return get_dossier(x, ST_DOSSIER_OF_DECISION, decision, hold, out, e);
}

int
index_decision_get(struct index *x, const char *id, struct buf *hold,
    struct index_decision *out, struct err *e)
{
	struct index_decision row = { 0 };
	struct single one = { &shape_decision, &row, hold, false };

	if (get(x, ST_DECISION_GET, id, &one, e) < 0)
		return -1;
	*out = row;
	return 0;
}

int
index_certification_get(struct index *x, const char *number, struct buf *hold,
    struct index_certification *out, struct err *e)
{
	struct index_certification row = { 0 };
	struct single one = { &shape_certification, &row, hold, false };

	if (get(x, ST_CERTIFICATION_GET, number, &one, e) < 0)
		return -1;
	*out = row;
	return 0;
}

struct request {
	char dossier[LIMIT_ID_BYTES + 1];
	int64_t seq; /* 0: none */
};

static int
take_request(const struct sqlx_row *row, void *arg, struct err *e)
{
	struct request *r = arg;

	(void)e;
	snprintf(r->dossier, sizeof(r->dossier), "%s", sqlx_row_text(row, 0));
	r->seq = sqlx_row_int(row, 1);
	return 0;
}

int
index_request_get(struct index *x, const char *request, char *out_dossier,
    int64_t *out_seq, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct request r = { .seq = 0 };

	if (sqlx_query(held->db, ST_REQUEST_GET, SQLX_ARGS(sqlx_text(request)),
		take_request, &r, e) < 0)
		return -1;
	if (r.seq == 0)
		return err_set(e, E_NOT_FOUND, "no such request");
	snprintf(out_dossier, sizeof(r.dossier), "%s", r.dossier);
	*out_seq = r.seq;
	return 0;
}

static int
take_int(const struct sqlx_row *row, void *arg, struct err *e)
{
	int64_t *value = arg;

	(void)e;
	*value = sqlx_row_int(row, 0);
	return 0;
}

int
index_serial_last(
    struct index *x, const char *prefix, int64_t *out, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	int64_t value = 0;

	if (sqlx_query(held->db, ST_SERIAL_GET, SQLX_ARGS(sqlx_text(prefix)),
		take_int, &value, e) < 0)
		return -1;
	*out = value;
	return 0;
}

int
index_register_changed(struct index *x, int64_t *out, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	int64_t value = -1;

	if (sqlx_query(held->db, ST_REGISTER_CHANGED, SQLX_NONE, take_int,
		&value, e) < 0)
		return -1;
	*out = value;
	return 0;
}

int
index_clock_next(struct index *x, int64_t *out, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	int64_t value = 0;

	if (sqlx_query(
		held->db, ST_CLOCK_NEXT, SQLX_NONE, take_int, &value, e) < 0)
		return -1;
	*out = value;
	return 0;
}

struct unfinished_call {
	int (*fn)(const char *dossier, void *arg, struct err *e);
	void *arg;
};

static int
unfinished_row(const struct sqlx_row *row, void *arg, struct err *e)
{
	struct unfinished_call *call = arg;

	return call->fn(sqlx_row_text(row, 0), call->arg, e);
}

int
index_unfinished_list(struct index *x,
    int (*fn)(const char *dossier, void *arg, struct err *e), void *arg,
    struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct unfinished_call call = { fn, arg };

	return sqlx_query(
	    held->db, ST_UNFINISHED, SQLX_NONE, unfinished_row, &call, e);
}

struct count_call {
	int (*fn)(const char *state, int64_t n, void *arg, struct err *e);
	void *arg;
};

static int
count_row(const struct sqlx_row *row, void *arg, struct err *e)
{
	struct count_call *call = arg;

	return call->fn(
	    sqlx_row_text(row, 0), sqlx_row_int(row, 1), call->arg, e);
}

int
index_register_count(struct index *x,
    int (*fn)(const char *state, int64_t n, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct count_call call = { fn, arg };

	return sqlx_query(
	    held->db, ST_REGISTER_COUNT, SQLX_NONE, count_row, &call, e);
}

struct log_call {
	int (*fn)(uint64_t log_index, void *arg, struct err *e);
	void *arg;
};

static int
log_row(const struct sqlx_row *row, void *arg, struct err *e)
{
	struct log_call *call = arg;

	return call->fn((uint64_t)sqlx_row_int(row, 0), call->arg, e);
}

int
index_log_find(struct index *x, const char *hash,
    int (*fn)(uint64_t log_index, void *arg, struct err *e), void *arg,
    struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct log_call call = { fn, arg };
	int64_t key;

	if (index_log_key(hash, &key, e) < 0)
		return -1;
	return sqlx_query(
	    held->db, ST_LOG_GET, SQLX_ARGS(sqlx_int(key)), log_row, &call, e);
}
