/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of what an event owes to another case (INTERFACE 7, couplings). */
#include <stdio.h>
#include <string.h>

#include "nintei/flow_next.h"

#include "project_int.h"

/* The machines of the other case as the index has them at this place. */
static int
machine_fn(const struct index_machine *row, void *arg, struct err *e)
{
	struct dossier *base = arg;
	enum machine m = machine_parse(row->machine);
	struct dossier_machine *at;

	(void)e;
	base->machines = xrealloc(
	    base->machines, base->n_machines + 1, sizeof(*base->machines));
	at = &base->machines[base->n_machines++];
	*at = (struct dossier_machine){ .machine = m,
		.state = state_parse(m, row->state) };
	snprintf(at->instance, sizeof(at->instance), "%s", row->instance);
	return 0;
}

static int
base_read(struct index *x, const char *id, struct dossier **out, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *base = dossier_new(id);

	if (index_machine_list(x, id, machine_fn, base, e) < 0)
		return -1;
	*out = TAKE(base);
	return 0;
}

static int
pending_read(struct index *x, const char *base, char out[LIMIT_ID_BYTES + 1],
    struct err *e)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(ROWS_VIEW_BYTES);
	struct index_dossier row;
	struct err none = ERR_INIT;

	if (index_renewal_pending(x, base, &hold, &row, &none) == 0)
		snprintf(out, LIMIT_ID_BYTES + 1, "%s", row.id);
	else if (none.code != E_NOT_FOUND)
		return err_set(e, none.code, "%s", none.detail);
	return 0;
}

/* A word without a row there is not owed (REGULATION 5, couplings). */
static int
is_open(struct index *x, const struct flow_owed *o, bool *out, struct err *e)
{
	CLEANUP(buf_free) struct buf hold = BUF_INIT(KIB(4));
	struct index_machine row;
	struct err none = ERR_INIT;
	enum state now = S_NONE;

	if (index_machine_get(x, o->dossier, machine_name(o->machine),
		o->instance, &hold, &row, &none) == 0)
		now = state_parse(o->machine, row.state);
	else if (none.code != E_NOT_FOUND)
		return err_set(e, none.code, "%s", none.detail);
	*out = flow_row_find(o->machine, now, o->event) != NULL;
	return 0;
}

static int
owed_add(struct index *x, struct rows *r, const struct dossier *d,
    const struct flow_owed *owed, struct err *e)
{
	bool open = false;
	struct index_owed *row;

	if (is_open(x, owed, &open, e) < 0)
		return -1;
	if (!open)
		return 0;
	r->owed_words[r->u.nowed] = *owed;
	row = &r->owed[r->u.nowed];
	row->cause = r->hash;
	row->dossier = r->owed_words[r->u.nowed].dossier;
	row->machine = machine_name(owed->machine);
	row->event = owed->event;
	row->source = d->id;
	row->seq = d->seq;
	r->u.nowed++;
	return 0;
}

int
rows_owed(struct index *x, struct rows *r, const struct dossier *d,
    const struct json *event, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *base = NULL;
	struct flow_owed owed[FLOW_OWED];
	char pending[LIMIT_ID_BYTES + 1] = "";
	struct flow_facts facts = { 0 };
	size_t n;

	r->u.owed = r->owed;
	if (d->base[0] != '\0') {
		if (base_read(x, d->base, &base, e) < 0)
			return -1;
		facts.base = base;
	}
	if (d->certification.number[0] != '\0' &&
	    pending_read(x, d->id, pending, e) < 0)
		return -1;
	facts.pending_renewal = pending[0] != '\0' ? pending : NULL;
	if (facts.base == NULL && facts.pending_renewal == NULL)
		return 0;
	n = flow_owed(d, event, &facts, owed);
	for (size_t i = 0; i < n; i++)
		if (owed_add(x, r, d, &owed[i], e) < 0)
			return -1;
	return 0;
}
