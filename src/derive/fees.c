/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger of fees, derived from events (Art. 5). */
#include "nintei/derive_fees.h"

#include <stdio.h>
#include <string.h>

#include "nintei/instant.h"

/* One event on its way into lines. */
struct ledger {
	const struct dossier *d; /* after the event */
	const struct json *data;
	char day[JDAY_TEXT];
	struct fee_line *out;
	size_t n;
};

static void
line(struct ledger *l, const char *what, int64_t amount, const char *day)
{
	struct fee_line *f = &l->out[l->n];

	if (l->n == FEE_LINES)
		return;
	l->n++;
	f->what = what;
	f->amount = amount;
	snprintf(f->date, sizeof(f->date), "%s", day);
}

static const char *
paid_on(const struct ledger *l)
{
	const char *on = jsonx_get_str(l->data, "paid_on");

	return on != NULL && strlen(on) < JDAY_TEXT ? on : l->day;
}

static void
invoice(struct ledger *l)
{
	line(l, "invoiced", l->d->fee_amount, l->day);
}

static void
pay_part(struct ledger *l)
{
	line(l, "part", jsonx_get_int(l->data, "amount", 0), paid_on(l));
}

/* What came in up to the fee settles it; the rest is not the fee. */
static void
pay(struct ledger *l)
{
	int64_t in = jsonx_get_int(l->data, "amount", 0);
	int64_t over = l->d->fee_received - l->d->fee_amount;

	over = over < 0 ? 0 : over > in ? in : over;
	line(l, "paid", in - over, paid_on(l));
	if (over > 0)
		line(l, "excess", over, paid_on(l));
}

static void
overdue(struct ledger *l)
{
	line(l, "overdue", 0, l->day);
}

static void
void_fee(struct ledger *l)
{
	line(l, "void", l->d->fee_amount, l->day);
}

static const struct {
	const char *event;
	void (*fn)(struct ledger *l);
} words[] = {
	{ "invoice", invoice },
	{ "pay_part", pay_part },
	{ "pay", pay },
	{ "due_passed", overdue },
	{ "void", void_fee },
};

static void
step(struct ledger *l, const struct json *j)
{
	const char *machine = jsonx_get_str(j, "machine");
	const char *event = jsonx_get_str(j, "event");

	if (machine == NULL || event == NULL || strcmp(machine, "fee") != 0)
		return;
	for (size_t i = 0; i < NELEM(words); i++)
		if (strcmp(words[i].event, event) == 0)
			words[i].fn(l);
}

size_t
derive_fee_lines(const struct dossier *after, const struct json *event,
    struct fee_line out[FEE_LINES])
{
	struct ledger l = {
		.d = after, .data = jsonx_get(event, "data"), .out = out
	};
	const struct json *effects = jsonx_get(event, "effects");
	const char *at = jsonx_get_str(event, "effective_at");
	struct err none = ERR_INIT;
	int64_t when = 0;

	if (at == NULL || instant_parse(at, &when, &none) < 0)
		return 0;
	jday_format(jday_of_instant(when), l.day);
	step(&l, event);
	for (size_t i = 0; i < jsonx_len(effects); i++)
		step(&l, jsonx_at(effects, i));
	return l.n;
}
