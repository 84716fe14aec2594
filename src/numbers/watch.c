/* SPDX-License-Identifier: Apache-2.0 */
/* What rows of the register mean for whom they are about (FACTS 7.3). */
#include "nintei/numbers_watch.h"

#include <stdio.h>
#include <string.h>

#include "numbers_int.h"

static const struct {
	const char *name, *article, *task, *ja, *en;
} events[NUMBERS_EV_MAX] = {
	/* clang-format off */
	[NUMBERS_EV_NONE] = { "none", "", "", "", "" },
	[NUMBERS_EV_NAME] = { "name", "13(1)", "change_notice", "商号又は名称の変更：変更届が必要です", "the name changed: a notice of change is due" },
	[NUMBERS_EV_ADDRESS] = { "address", "13(1)", "change_notice", "所在地の変更：変更届が必要です", "the head office moved: a notice of change is due" },
	[NUMBERS_EV_ABSORBED] = { "absorbed", "9(2)", "lapse", "合併による消滅：認定の失効を人が確認します", "dissolved by merger: a person confirms the lapse" },
	[NUMBERS_EV_CLOSED] = { "closed", "9(2)", "person_decides", "登記記録の閉鎖：扱いを人が決めます", "the registry record was closed: a person decides" },
	[NUMBERS_EV_RESTORED] = { "restored", "9(2)", "person_decides", "登記記録の復活：扱いを人が決めます", "the registry record was restored: a person decides" },
	[NUMBERS_EV_MERGER_VOID] = { "merger_void", "9(2)", "person_decides", "合併の無効：扱いを人が決めます", "the merger is void: a person decides" },
	[NUMBERS_EV_STRUCK] = { "struck", "9(2)", "person_decides", "商号の登記の抹消：扱いを人が決めます", "the trade name was struck: a person decides" },
	[NUMBERS_EV_WITHDRAWN] = { "withdrawn", "9(2)", "person_decides", "法人番号の削除：扱いを人が決めます", "the corporate number was withdrawn: a person decides" },
	[NUMBERS_EV_SURVIVOR] = { "survivor", "9(2)", "self_report", "合併による存続：事業者の申告を確かめます", "survives a merger: the operator reports it" },
	/* clang-format on */
};

const char *
numbers_event_name(enum numbers_event ev)
{
	return ev < NUMBERS_EV_MAX ? events[ev].name : "";
}

const char *
numbers_event_article(enum numbers_event ev)
{
	return ev < NUMBERS_EV_MAX ? events[ev].article : "";
}

const char *
numbers_event_task(enum numbers_event ev)
{
	return ev < NUMBERS_EV_MAX ? events[ev].task : "";
}

const char *
numbers_event_text(enum numbers_event ev, bool ja)
{
	if (ev >= NUMBERS_EV_MAX)
		return "";
	return ja ? events[ev].ja : events[ev].en;
}

static bool
is(const struct numbers_entry *e, enum number_column c, const char *text)
{
	return strcmp(e->field[c], text) == 0;
}

static bool
is_alike(const struct numbers_entry *a, const struct numbers_entry *b,
    enum number_column first, enum number_column last)
{
	for (unsigned i = first; i <= last; i++)
		if (strcmp(a->field[i], b->field[i]) != 0)
			return false;
	return true;
}

static const struct {
	const char *process;
	enum numbers_event event;
} processes[] = {
	{ "11", NUMBERS_EV_NAME },
	{ "12", NUMBERS_EV_ADDRESS },
	{ "13", NUMBERS_EV_ADDRESS },
	{ "22", NUMBERS_EV_RESTORED },
	{ "71", NUMBERS_EV_SURVIVOR },
	{ "72", NUMBERS_EV_MERGER_VOID },
	{ "81", NUMBERS_EV_STRUCK },
	{ "99", NUMBERS_EV_WITHDRAWN },
};

/* A closing counts once: when the row before did not have it. */
static enum numbers_event
closing(const struct numbers_entry *e, const struct numbers_entry *before)
{
	if (!numbers_is_closed(e))
		return NUMBERS_EV_NONE;
	if (before != NULL &&
	    is_alike(e, before, NUMBER_CLOSE_DATE, NUMBER_CLOSE_CAUSE))
		return NUMBERS_EV_NONE;
	return is(e, NUMBER_CLOSE_CAUSE, "11") ? NUMBERS_EV_ABSORBED
					       : NUMBERS_EV_CLOSED;
}

/* By closeDate and closeCause first, never by code 71 alone. */
static enum numbers_event
event_of(const struct numbers_entry *e, const struct numbers_entry *before)
{
	if (numbers_is_closed(e))
		return closing(e, before);
	for (size_t i = 0; i < NELEM(processes); i++)
		if (is(e, NUMBER_PROCESS, processes[i].process))
			return processes[i].event;
	return NUMBERS_EV_NONE;
}

static bool
is_in_chain(const struct numbers_change *c, const char *number)
{
	if (is(c->entry, NUMBER_NUMBER, number))
		return true;
	for (unsigned i = 0; i < c->n_chain; i++)
		if (strcmp(c->chain[i], number) == 0)
			return true;
	return false;
}

/* Successors of successors, while they are themselves closed. */
static int
chain(struct numbers *n, struct numbers_change *c, struct err *e)
{
	char next[CORPORATE_NUMBER_TEXT];

	(void)snprintf(
	    next, sizeof(next), "%s", c->entry->field[NUMBER_SUCCESSOR]);
	while (next[0] != '\0') {
		CLEANUP(numbers_entry_done)
		struct numbers_entry s = { .hold = NULL };
		enum numbers_answer a;

		c->loop = is_in_chain(c, next) || c->n_chain == NUMBERS_CHAIN;
		if (c->loop)
			return 0;
		(void)snprintf(
		    c->chain[c->n_chain++], CORPORATE_NUMBER_TEXT, "%s", next);
		if (numbers_find(n, next, &a, &s, e) < 0)
			return -1;
		next[0] = '\0';
		if (a == NUMBERS_PRESENT && numbers_is_closed(&s))
			(void)snprintf(next, sizeof(next), "%s",
			    s.field[NUMBER_SUCCESSOR]);
	}
	return 0;
}

struct walk {
	struct numbers *numbers;
	int (*fn)(const struct numbers_change *c, void *arg, struct err *e);
	void *arg;
};

static int
emit(const struct walk *w, enum numbers_event ev,
    const struct numbers_entry *entry, const struct numbers_entry *before,
    struct err *e)
{
	struct numbers_change c = {
		.event = ev, .entry = entry, .before = before
	};
	bool closed = numbers_is_closed(entry);
	struct jday day;

	if (ev == NUMBERS_EV_NONE)
		return 0;
	(void)snprintf(c.day, sizeof(c.day), "%s",
	    entry->field[closed ? NUMBER_CLOSE_DATE : NUMBER_CHANGE_DATE]);
	if (numbers_legal_day(entry, &day))
		jday_format(day, c.legal_day);
	if (chain(w->numbers, &c, e) < 0)
		return -1;
	return w->fn(&c, w->arg, e);
}

/* A full file shows the last row alone: what changed before it is seen too. */
static int
emit_row(const struct walk *w, const struct numbers_entry *t,
    const struct numbers_entry *before, struct err *e)
{
	enum numbers_event ev = event_of(t, before);
	bool compare = before != NULL && !is(t, NUMBER_PROCESS, "01") &&
	    !numbers_is_withdrawn(t);

	if (compare && ev != NUMBERS_EV_NAME &&
	    !is_alike(t, before, NUMBER_NAME, NUMBER_NAME_IMAGE) &&
	    emit(w, NUMBERS_EV_NAME, t, before, e) < 0)
		return -1;
	if (compare && ev != NUMBERS_EV_ADDRESS &&
	    (!is_alike(t, before, NUMBER_PREFECTURE, NUMBER_ADDRESS_IMAGE) ||
		!is_alike(t, before, NUMBER_OUTSIDE, NUMBER_OUTSIDE_IMAGE)) &&
	    emit(w, NUMBERS_EV_ADDRESS, t, before, e) < 0)
		return -1;
	return emit(w, ev, t, before, e);
}

int
numbers_changes(struct numbers *n, const char *number, const char *since,
    int (*fn)(const struct numbers_change *c, void *arg, struct err *e),
    void *arg, struct err *e)
{
	CLEANUP(numbers_rows_done) struct numbers_rows r = { .n = 0 };
	const struct walk w = { n, fn, arg };
	const struct numbers_entry *before = NULL;

	if (numbers_rows_load(n, number, &r, e) < 0)
		return -1;
	for (size_t i = 0; i < r.n; i++) {
		const struct numbers_entry *t = &r.at[i].entry;
		bool again = before != NULL &&
		    is_alike(t, before, NUMBER_PROCESS, NUMBER_HIDDEN);

		if (!again &&
		    strcmp(t->field[NUMBER_UPDATE_DATE], since) >= 0 &&
		    emit_row(&w, t, before, e) < 0)
			return -1;
		before = t;
	}
	return 0;
}
