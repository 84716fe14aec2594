/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger of fees (Art. 5): rows of the read model, JSON and CSV. */
#include <string.h>

#include "nintei/digest.h"
#include "project_int.h"

#define CSV_BYTES MIB(64)

void
rows_fees(struct rows *r, const struct dossier *d, const struct json *event)
{
	size_t n = derive_fee_lines(d, event, r->fee_lines);

	for (size_t i = 0; i < n; i++)
		r->fees[i] = (struct index_fee){ .dossier = d->id,
			.seq = d->seq,
			.n = (int64_t)i + 1,
			.date = r->fee_lines[i].date,
			.recorded_at = r->u.event.recorded_at,
			.scheme = d->scheme,
			.kind = d->kind,
			.what = r->fee_lines[i].what,
			.amount = r->fee_lines[i].amount };
	r->u.fees = r->fees;
	r->u.nfees = n;
}

/* --- GET /v1/fees --- */

struct ledger {
	bool csv;
	struct buf text;
	struct json *items;
	int64_t invoiced, received, excess, voided;
};

static void
sum(struct ledger *l, const struct index_fee *row)
{
	const struct {
		const char *what;
		int64_t *to;
	} sums[] = {
		{ "invoiced", &l->invoiced },
		{ "part", &l->received },
		{ "paid", &l->received },
		{ "excess", &l->excess },
		{ "void", &l->voided },
	};

	for (size_t i = 0; i < NELEM(sums); i++)
		if (strcmp(sums[i].what, row->what) == 0)
			*sums[i].to += row->amount;
}

static int
ledger_fn(const struct index_fee *row, void *arg, struct err *e)
{
	struct ledger *l = arg;
	char at[INSTANT_TEXT];
	struct json *j;

	(void)e;
	sum(l, row);
	instant_format(row->recorded_at, at);
	if (l->csv) {
		/* Words, ids, dates and numbers: nothing to quote. */
		buf_putf(&l->text, "%s,%s,%lld,%s,%s,%s,%lld,%s\r\n", row->date,
		    row->dossier, (long long)row->seq, row->scheme, row->kind,
		    row->what, (long long)row->amount, at);
		return 0;
	}
	j = jsonx_object();
	jsonx_set_str(j, "date", row->date);
	jsonx_set_str(j, "case", row->dossier);
	jsonx_set_int(j, "seq", row->seq);
	jsonx_set_str(j, "scheme", row->scheme);
	jsonx_set_str(j, "kind", row->kind);
	jsonx_set_str(j, "what", row->what);
	jsonx_set_int(j, "amount", row->amount);
	jsonx_set_str(j, "recorded_at", at);
	jsonx_add(l->items, j);
	return 0;
}

static int
day_check(const char *text, const char *name, struct err *e)
{
	struct jday day;

	if (text != NULL && jday_parse(text, &day, e) < 0)
		return err_wrap(e, "%s", name);
	return 0;
}

static int
ledger_answer(struct ledger *l, struct answer *a, struct err *e)
{
	struct json *j, *sums;

	if (l->csv) {
		if (!buf_ok(&l->text))
			return err_set(e, E_LIMIT, "ask for fewer days");
		answer_bytes(a, "text/csv; charset=utf-8", buf_slice(&l->text));
		return 0;
	}
	j = jsonx_object();
	sums = jsonx_object();
	jsonx_set_int(sums, "invoiced", l->invoiced);
	jsonx_set_int(sums, "received", l->received);
	jsonx_set_int(sums, "excess", l->excess);
	jsonx_set_int(sums, "void", l->voided);
	jsonx_set(j, "items", TAKE(l->items));
	jsonx_set(j, "sums", sums);
	answer_json(a, 200, j);
	return 0;
}

static void
ledger_done(struct ledger *l)
{
	buf_free(&l->text);
	jsonx_free(l->items);
}

int
get_fees(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(freep) char *scheme = query_text(v, "scheme");
	CLEANUP(freep) char *from = query_text(v, "from");
	CLEANUP(freep) char *to = query_text(v, "to");
	CLEANUP(freep) char *format = query_text(v, "format");
	CLEANUP(ledger_done)
	struct ledger l = { .text = BUF_INIT(CSV_BYTES),
		.items = jsonx_array() };
	struct index_fee_query q = { scheme, from, to };

	l.csv = format != NULL && strcmp(format, "csv") == 0;
	if (format != NULL && !l.csv && strcmp(format, "json") != 0)
		return err_set(e, E_INPUT, "format: want json or csv");
	if (day_check(from, "from", e) < 0 || day_check(to, "to", e) < 0)
		return -1;
	buf_puts(
	    &l.text, "date,case,seq,scheme,kind,what,amount,recorded_at\r\n");
	if (index_fee_list(v->o->index, &q, ledger_fn, &l, e) < 0)
		return -1;
	return ledger_answer(&l, a, e);
}
