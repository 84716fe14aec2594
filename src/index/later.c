/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about renewals, what is owed and awaited, and publications. */
#include "nintei/index.h"

#include "index_int.h"

LISTER(version)
LISTER(publication)
LISTER(owed)

int
index_owed_list(struct index *x,
    int (*fn)(const struct index_owed *row, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct owed_call call = { fn, arg };

	return sqlx_query(
	    held->db, ST_OWED_LIST, SQLX_NONE, owed_row, &call, e);
}

int
index_renewal_pending(struct index *x, const char *base, struct buf *hold,
    struct index_dossier *out, struct err *e)
{
	struct index_dossier row = { 0 };
	struct single one = { &shape_dossier, &row, hold, false };

	if (single_get(
		x, ST_RENEWAL_PENDING, SQLX_ARGS(sqlx_text(base)), &one, e) < 0)
		return -1;
	*out = row;
	return 0;
}

int
index_machine_get(struct index *x, const char *dossier, const char *machine,
    const char *instance, struct buf *hold, struct index_machine *out,
    struct err *e)
{
	struct index_machine row = { 0 };
	struct single one = { &shape_machine, &row, hold, false };

	if (single_get(x, ST_MACHINE_GET,
		SQLX_ARGS(sqlx_text(dossier), sqlx_text(machine),
		    sqlx_text(instance)),
		&one, e) < 0)
		return -1;
	*out = row;
	return 0;
}

int
index_version_list(struct index *x, const char *number,
    int (*fn)(const struct index_version *row, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct version_call call = { fn, arg };

	return sqlx_query(held->db, ST_VERSION_LIST,
	    SQLX_ARGS(sqlx_text(number)), version_row, &call, e);
}

int
index_publication_list(struct index *x, const struct index_publication_query *q,
    int (*fn)(const struct index_publication *row, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(index_unlock) struct index *held = index_lock(x);
	struct publication_call call = { fn, arg };

	return sqlx_query(held->db, ST_PUBLICATION_LIST,
	    SQLX_ARGS(sqlx_int(q->after), sqlx_text(q->kind),
		sqlx_text(q->scheme), sqlx_text(q->number), sqlx_int(q->limit)),
	    publication_row, &call, e);
}

int
index_publication_get(struct index *x, const char *dossier, const char *kind,
    const char *instance, struct buf *hold, struct index_publication *out,
    struct err *e)
{
	struct index_publication row = { 0 };
	struct single one = { &shape_publication, &row, hold, false };

	if (single_get(x, ST_PUBLICATION_GET,
		SQLX_ARGS(
		    sqlx_text(dossier), sqlx_text(kind), sqlx_text(instance)),
		&one, e) < 0)
		return -1;
	*out = row;
	return 0;
}
