/* SPDX-License-Identifier: Apache-2.0 */
/* Questions of the body's own affairs: notices, fees, what is due. */
#include "nintei/index.h"

#include "index_int.h"

LISTER(machine)
LISTER(fee)

static const char *
text(const char *t)
{
	return t == NULL ? "" : t;
}

struct id_call {
	int (*fn)(const char *dossier, void *arg, struct err *e);
	void *arg;
};

static int
id_row(const struct sqlx_row *from, void *arg, struct err *e)
{
	struct id_call *call = arg;

	return call->fn(sqlx_row_text(from, 0), call->arg, e);
}

int
index_due_list(struct index *x, const struct index_due_query *q,
    int (*fn)(const char *dossier, void *arg, struct err *e), void *arg,
    struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct id_call call = { fn, arg };

	return sqlx_query(held->db, ST_DUE_LIST,
	    SQLX_ARGS(sqlx_text(text(q->page.after)), sqlx_text(q->applicant),
		sqlx_text(q->from), sqlx_text(q->through),
		sqlx_text(q->ends_from), sqlx_text(q->ends_through),
		sqlx_int(q->page.limit)),
	    id_row, &call, e);
}

int
index_notice_list(struct index *x, const struct index_notice_query *q,
    int (*fn)(const struct index_machine *row, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct machine_call call = { fn, arg };

	return sqlx_query(held->db, ST_NOTICE_LIST,
	    SQLX_ARGS(sqlx_text(text(q->after)),
		sqlx_text(text(q->after_instance)), sqlx_text(q->state),
		sqlx_text(q->applicant), sqlx_int(q->limit)),
	    machine_row, &call, e);
}

int
index_fee_list(struct index *x, const struct index_fee_query *q,
    int (*fn)(const struct index_fee *row, void *arg, struct err *e), void *arg,
    struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct fee_call call = { fn, arg };

	return sqlx_query(held->db, ST_FEE_LIST,
	    SQLX_ARGS(sqlx_text(q->scheme), sqlx_text(q->from),
		sqlx_text(q->through)),
	    fee_row, &call, e);
}
