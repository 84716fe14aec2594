/* SPDX-License-Identifier: Apache-2.0 */
/* Notices: what they say, opening in the portal, the outbox, mail, post. */
#include <stdio.h>
#include <string.h>

#include "body_int.h"
#include "nintei/derive_versions.h"
#include "nintei/flow_next.h"
#include "nintei/notice_texts.h"

#define PAGE_ROWS 50
#define TEXT_BYTES KIB(64)

/* One notice of a case. */
struct shown {
	struct visit *v;
	struct dossier *d;
	const struct dossier_notice *n; /* of d */
	const struct flow_notice *row;
	const struct notice_text *text;
	struct json *event; /* that demanded it */
};

static void
shown_done(struct shown *s)
{
	dossier_freep(&s->d);
	jsonx_freep(&s->event);
}

/* --- who it is for --- */

/* Amendments are told to every operator; what they say is public. */
static bool
to_everybody(const struct shown *s)
{
	return s->row->machine == M_RULES;
}

/* The seats that the event of the notice called: an invitation is theirs. */
static bool
is_called(const struct shown *s, const char *who)
{
	const struct json *data = jsonx_get(s->event, "data");
	const struct json *members = jsonx_get(data, "members");
	const char *person = jsonx_get_str(data, "person");
	bool called = person != NULL && strcmp(person, who) == 0;

	for (size_t i = 0; i < jsonx_len(members); i++)
		called |= strcmp(jsonx_str(jsonx_at(members, i)), who) == 0;
	return called;
}

static bool
is_addressee(const struct shown *s)
{
	const char *who = s->v->account.person;

	if (s->row->to == ROLE_APPLICANT)
		return strcmp(s->d->applicant, who) == 0 &&
		    (s->v->roles & (unsigned)ROLE_APPLICANT) != 0;
	return is_called(s, who);
}

static bool
may_read(const struct shown *s)
{
	unsigned staff = ROLE_SECRETARIAT | ROLE_OFFICER | ROLE_DELEGATE;

	if (to_everybody(s))
		return true;
	if (!visit_may_see(s->v, s->d))
		return false;
	return is_addressee(s) || (visit_roles_in(s->v, s->d) & staff) != 0;
}

static int
event_read(struct shown *s, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);

	if (store_event_get(
		s->v->o->store, s->d->id, (uint64_t)s->n->seq, &text, e) < 0)
		return -1;
	return jsonx_parse(buf_slice(&text), LIMIT_EVENT_BYTES, &s->event, e);
}

/* Whom the case is hidden from learns nothing of its notices. */
static int
absent(const struct shown *s, struct err *e)
{
	return err_set(e, E_NOT_FOUND,
	    visit_may_see(s->v, s->d) ? "there is no such notice"
				      : "there is no such case");
}

/* The notice of the path; what one may not see is not there. */
static int
shown_find(struct visit *v, struct shown *s, struct err *e)
{
	struct err why = ERR_INIT;

	s->v = v;
	if (office_load(v->o, v->q->param[0], &s->d, &why) < 0)
		return err_set(e, why.code == E_INPUT ? E_NOT_FOUND : why.code,
		    "%s", why.detail);
	s->n = dossier_notice_find(s->d, v->q->param[1]);
	s->row = s->n == NULL ? NULL : flow_notice_find(s->n->kind);
	s->text =
	    s->n == NULL ? NULL : notice_text_find(v->o->notices, s->n->kind);
	if (s->row == NULL || s->text == NULL)
		return absent(s, e);
	if (event_read(s, e) < 0)
		return -1;
	return may_read(s) ? 0 : absent(s, e);
}

/* --- what it says --- */

/* The day that the event set, or that its step of the table awaits. */
static void
deadline_of(const struct shown *s, char out[JDAY_TEXT])
{
	static const char *const instants[] = { "correction_due_at",
		"inquiry_due_at", "answer_due_at", "improvement_due_at",
		"progress_due_at", "due_at" };
	static const char *const days[] = { "due_on", "due", "survey_on",
		"opinions_due" };
	const struct json *data = jsonx_get(s->event, "data");
	struct err none = ERR_INIT;
	struct jday day;
	int64_t at;

	out[0] = '\0';
	for (size_t i = 0; i < NELEM(days) && out[0] == '\0'; i++)
		if (jday_parse(detail_text(data, days[i]), &day, &none) == 0)
			jday_format(day, out);
	/* An instant is the end of a day: the last that counts is before. */
	for (size_t i = 0; i < NELEM(instants) && out[0] == '\0'; i++)
		if (instant_parse(detail_text(data, instants[i]), &at, &none) ==
		    0)
			jday_format(jday_of_instant(at - 1), out);
}

static struct json *
language(
    const struct notice_values *values, const char *subject, const char *text)
{
	CLEANUP(buf_free) struct buf a = BUF_INIT(TEXT_BYTES);
	CLEANUP(buf_free) struct buf b = BUF_INIT(TEXT_BYTES);
	struct json *j = jsonx_object();

	notice_text_fill(subject, values, &a);
	notice_text_fill(text, values, &b);
	jsonx_set_str(j, "subject", buf_str(&a));
	jsonx_set_str(j, "text", buf_str(&b));
	return j;
}

/* Those of the decision, in the portal alone: no mail has them. */
static int
reasons_put(const struct shown *s, struct json *j, struct err *e)
{
	const char *id = jsonx_get_str(s->event, "decision_id");
	CLEANUP(proof_done) struct proof p;
	const char *reasons;

	proof_init(&p);
	if (!s->text->reasons || id == NULL)
		return 0;
	if (proof_load(s->v->o, s->d, id, &p, e) < 0)
		return -1;
	reasons = decision_get(p.decision, "reasons");
	if (reasons != NULL)
		jsonx_set_str(j, "reasons", reasons);
	return 0;
}

static struct json *
line_json(const struct dossier *d, const struct dossier_notice *n)
{
	const struct flow_notice *row = flow_notice_find(n->kind);
	struct json *j = jsonx_object();

	jsonx_set_str(j, "case", d->id);
	jsonx_set_str(j, "notice", n->instance);
	jsonx_set_str(j, "kind", n->kind);
	jsonx_set_str(
	    j, "state", state_name(dossier_state(d, M_NOTICE, n->instance)));
	jsonx_set_bool(j, "legal", n->legal);
	jsonx_set_int(j, "seq", n->seq);
	set_instant(j, "queued_at", n->queued_at);
	if (row != NULL) {
		jsonx_set_str(j, "article", row->article);
		jsonx_set_str(j, "to", role_name(row->to));
	}
	if (d->certification.number[0] != '\0')
		jsonx_set_str(j, "number", d->certification.number);
	return j;
}

/* {"case", "notice", "kind", ..., "ja": {subject, text}, "en", "link"} */
static int
notice_json(
    const struct shown *s, bool portal, struct json **out, struct err *e)
{
	CLEANUP(freep)
	char *link = xasprintf("%s/v1/cases/%s/notices/%s",
	    s->v->o->config->urls.https, s->d->id, s->n->instance);
	CLEANUP(jsonx_freep) struct json *j = line_json(s->d, s->n);
	char deadline[JDAY_TEXT];
	struct notice_values values = { s->d->certification.number, s->d->id,
		deadline, s->row->article, link };

	deadline_of(s, deadline);
	jsonx_set_str(j, "link", link);
	if (deadline[0] != '\0')
		jsonx_set_str(j, "deadline", deadline);
	jsonx_set(
	    j, "ja", language(&values, s->text->subject_ja, s->text->text_ja));
	jsonx_set(
	    j, "en", language(&values, s->text->subject_en, s->text->text_en));
	if (portal && reasons_put(s, j, e) < 0)
		return -1;
	if (portal && jsonx_get(s->event, "data") != NULL)
		jsonx_set(j, "documents",
		    jsonx_dup(
			jsonx_get(jsonx_get(s->event, "data"), "documents")));
	*out = TAKE(j);
	return 0;
}

/* --- what happens to it --- */

struct step {
	const char *event, *channel, *code;
	int64_t unread_at;
};

static int
step_take(struct shown *s, const struct step *t, struct err *e)
{
	CLEANUP(act_write_done) struct act_write w;
	CLEANUP(freep) char *instance = xstrdup(s->n->instance);
	struct flow_facts facts = { 0 };
	struct flow_act act = { .machine = M_NOTICE,
		.event = t->event,
		.instance = instance,
		.roles = ROLE_SYSTEM,
		.now = s->v->now };

	act_write_init(&w);
	if (t->channel != NULL)
		jsonx_set_str(w.data, "channel", t->channel);
	if (t->code != NULL)
		jsonx_set_str(w.data, "code", t->code);
	if (t->unread_at != 0)
		set_instant(w.data, "unread_at", t->unread_at);
	act.data = w.data;
	facts.scheme = derive_scheme(s->v->o->schemes, s->d, s->v->now);
	if (flow_decide(s->d, &act, &facts, &w.plan, &s->v->refusal, e) < 0)
		return -1;
	w.actor = "cou";
	if (office_commit(s->v->o, s->d, &w, e) < 0)
		return -1;
	s->n = dossier_notice_find(s->d, instance);
	return 0;
}

static enum state
state_of(const struct shown *s)
{
	return dossier_state(s->d, M_NOTICE, s->n->instance);
}

/* Who opens a notice in the portal has it; a letter has the post's proof. */
static int
open_it(struct shown *s, struct err *e)
{
	static const struct step send = { "send", "portal", NULL, 0 };
	static const struct step done = { "confirmed", "portal", NULL, 0 };

	if (state_of(s) == S_NOTICE_QUEUED && step_take(s, &send, e) < 0)
		return -1;
	return state_of(s) == S_NOTICE_SENT ? step_take(s, &done, e) : 0;
}

static bool
opens(const struct shown *s)
{
	return s->v->q->method == METHOD_GET && is_addressee(s) &&
	    !to_everybody(s) && !s->text->by_post &&
	    (state_of(s) == S_NOTICE_QUEUED || state_of(s) == S_NOTICE_SENT);
}

int
get_case_notice(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(shown_done) struct shown s = { 0 };
	struct json *j = NULL;
	int rv;

	pthread_mutex_lock(&v->o->act);
	rv = shown_find(v, &s, e);
	if (rv == 0 && opens(&s))
		rv = open_it(&s, e);
	pthread_mutex_unlock(&v->o->act);
	if (rv < 0 || notice_json(&s, true, &j, e) < 0)
		return -1;
	answer_json(a, 200, j);
	return 0;
}

/* --- lists --- */

/* A notice's line, if this visitor may read it. */
static int
line_add(struct shown *s, struct json *items, struct err *e)
{
	s->row = flow_notice_find(s->n->kind);
	if (s->row == NULL)
		return 0;
	if (event_read(s, e) < 0)
		return -1;
	if (may_read(s))
		jsonx_add(items, line_json(s->d, s->n));
	jsonx_free(TAKE(s->event));
	return 0;
}

int
get_case_notices(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(shown_done) struct shown s = { .v = v };
	CLEANUP(jsonx_freep) struct json *items = jsonx_array();
	struct err why = ERR_INIT;
	struct json *j;

	if (office_load(v->o, v->q->param[0], &s.d, &why) < 0)
		return err_set(e, why.code == E_INPUT ? E_NOT_FOUND : why.code,
		    "%s", why.detail);
	for (size_t i = 0; i < s.d->n_notices; i++) {
		s.n = &s.d->notices[i];
		if (line_add(&s, items, e) < 0)
			return -1;
	}
	if (jsonx_len(items) == 0 && !visit_may_see(v, s.d))
		return err_set(e, E_NOT_FOUND, "there is no such case");
	j = jsonx_object();
	jsonx_set(j, "items", TAKE(items));
	answer_json(a, 200, j);
	return 0;
}

struct outbox {
	struct visit *v;
	struct place {
		char dossier[LIMIT_ID_BYTES + 1];
		char instance[LIMIT_ID_BYTES + 1];
	} at[PAGE_ROWS], last; /* last: of the page before */
	size_t n;
};

static int
outbox_fn(const struct index_machine *row, void *arg, struct err *e)
{
	struct outbox *b = arg;

	(void)e;
	snprintf(
	    b->at[b->n].dossier, sizeof(b->at[0].dossier), "%s", row->dossier);
	snprintf(b->at[b->n].instance, sizeof(b->at[0].instance), "%s",
	    row->instance);
	b->n++;
	return 0;
}

/* As a mailer sends it: nothing that is for the portal alone. */
static int
outbox_line(struct outbox *b, size_t i, struct json *items, struct err *e)
{
	CLEANUP(shown_done) struct shown s = { .v = b->v };
	struct json *j = NULL;

	if (office_load(b->v->o, b->at[i].dossier, &s.d, e) < 0)
		return -1;
	s.n = dossier_notice_find(s.d, b->at[i].instance);
	s.row = s.n == NULL ? NULL : flow_notice_find(s.n->kind);
	s.text =
	    s.n == NULL ? NULL : notice_text_find(b->v->o->notices, s.n->kind);
	if (s.row == NULL || s.text == NULL)
		return 0;
	if (event_read(&s, e) < 0)
		return -1;
	if (!may_read(&s))
		return 0;
	if (notice_json(&s, false, &j, e) < 0)
		return -1;
	jsonx_add(items, j);
	return 0;
}

/* A cursor is "<case>/<notice>". */
static void
cursor_read(char *cursor, struct index_notice_query *q)
{
	char *slash = cursor == NULL ? NULL : strchr(cursor, '/');

	if (slash == NULL)
		return;
	*slash = '\0';
	q->after = cursor;
	q->after_instance = slash + 1;
}

/* One page of the index; what may be read of it is added. */
static int
outbox_page(struct outbox *b, struct index_notice_query *q, struct json *items,
    struct err *e)
{
	b->n = 0;
	if (index_notice_list(b->v->o->index, q, outbox_fn, b, e) < 0)
		return -1;
	for (size_t i = 0; i < b->n; i++)
		if (outbox_line(b, i, items, e) < 0)
			return -1;
	if (b->n > 0) {
		b->last = b->at[b->n - 1];
		q->after = b->last.dossier;
		q->after_instance = b->last.instance;
	}
	return 0;
}

/* The next page begins behind one that was shown: it names no hidden one. */
static void
next_set(struct json *j, const struct outbox *b, const struct json *items)
{
	size_t n = jsonx_len(items);
	const struct json *last = n == 0 ? NULL : jsonx_at(items, n - 1);
	CLEANUP(freep) char *next = NULL;

	if (b->n < PAGE_ROWS || n == 0)
		return;
	next = xasprintf("%s/%s", jsonx_get_str(last, "case"),
	    jsonx_get_str(last, "notice"));
	jsonx_set_str(j, "next", next);
}

int
get_notices(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(freep) char *state = query_text(v, "state");
	CLEANUP(freep) char *cursor = query_text(v, "cursor");
	CLEANUP(jsonx_freep) struct json *items = jsonx_array();
	struct outbox b = { .v = v };
	struct index_notice_query q = { .state = state, .limit = PAGE_ROWS };
	struct json *j;

	if (state != NULL && state_parse(M_NOTICE, state) == S_NONE)
		return err_set(e, E_INPUT, "state: no such state of a notice");
	if (!visit_is_staff(v))
		q.applicant = v->account.person;
	cursor_read(cursor, &q);
	if (office_catch_up(v->o, v->now, e) < 0)
		return -1;
	do {
		if (outbox_page(&b, &q, items, e) < 0)
			return -1;
	} while (b.n == PAGE_ROWS && jsonx_len(items) < PAGE_ROWS);
	j = jsonx_object();
	next_set(j, &b, items);
	jsonx_set(j, "items", TAKE(items));
	answer_json(a, 200, j);
	return 0;
}

/* --- mail: what the operator's mailer tells --- */

static const struct json_field mail_fields[] = {
	{ "result", JSON_KIND_STRING, true }, /* accepted, bounced */
	{ "code", JSON_KIND_STRING, false },
};

/*
 * The mail server took it: other notices are done by that (D), legal ones wait
 * to be opened.  It came back: a letter goes out instead.
 */
static int
mail_take(struct shown *s, bool bounced, const char *code, struct err *e)
{
	const struct scheme *scheme =
	    derive_scheme(s->v->o->schemes, s->d, s->v->now);
	int64_t days = scheme == NULL ? 7 : scheme->params.unread_days;
	struct step send = { "send", "mail", NULL,
		s->n->legal ? end_of_day_after(s->v->now, days) : 0 };
	struct step back = { "bounced", NULL, code, 0 };
	static const struct step done = { "confirmed", "mail", NULL, 0 };

	if (state_of(s) == S_NOTICE_QUEUED && step_take(s, &send, e) < 0)
		return -1;
	if (bounced)
		return step_take(s, &back, e);
	return s->n->legal || state_of(s) != S_NOTICE_SENT
	    ? 0
	    : step_take(s, &done, e);
}

/* Digits, one to three of them, and what is behind them. */
static const char *
digits(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n >= 1 && n <= 3 ? s + n : "?";
}

/*
 * Numbers of RFC 5321 and 3463: it stands in the event, and the words of a
 * mail server have the address in them.
 */
static bool
is_reply_code(const char *s)
{
	if (strspn(s, "0123456789") == 3 && (s[3] == '\0' || s[3] == ' '))
		s += s[3] == '\0' ? 3 : 4;
	else if (strchr(s, '.') == NULL)
		return false;
	if (s[0] == '\0')
		return true;
	for (int dots = 0; dots < 2; dots++) {
		s = digits(s);
		if (*s++ != '.')
			return false;
	}
	return *digits(s) == '\0';
}

int
post_notice_mail(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(shown_done) struct shown s = { 0 };
	CLEANUP(jsonx_freep) struct json *body = NULL;
	const char *result, *code;
	struct json *j = NULL;
	bool bounced;
	int rv;

	if (jsonx_parse(v->q->body, KIB(4), &body, e) < 0 ||
	    jsonx_shape(body, mail_fields, NELEM(mail_fields), e) < 0)
		return -1;
	result = jsonx_get_str(body, "result");
	code = jsonx_get_str(body, "code");
	bounced = strcmp(result, "bounced") == 0;
	if (!bounced && strcmp(result, "accepted") != 0)
		return err_set(e, E_INPUT, "result: want accepted or bounced");
	if (code != NULL && !is_reply_code(code))
		return err_set(e, E_INPUT,
		    "code: want the numbers alone, as 550 or 550 5.1.1");
	pthread_mutex_lock(&v->o->act);
	rv = shown_find(v, &s, e);
	if (rv == 0)
		rv = mail_take(&s, bounced, code, e);
	pthread_mutex_unlock(&v->o->act);
	if (rv < 0 || notice_json(&s, false, &j, e) < 0)
		return -1;
	answer_json(a, 200, j);
	return 0;
}

/* --- post --- */

static int
day_past(const struct command *c, const char *member, struct err *e)
{
	struct jday day;

	if (jday_parse(detail_text(c->w.data, member), &day, e) < 0)
		return err_wrap(e, "data.%s", member);
	if (jday_cmp(day, jday_of_instant(c->v->now)) > 0)
		return err_set(e, E_INPUT, "data.%s lies ahead", member);
	return 0;
}

int
prepare_dispatch_paper(struct command *c, struct err *e)
{
	return day_past(c, "sent_on", e);
}

int
prepare_posted_proof(struct command *c, struct err *e)
{
	if (!command_brings(c, "post_record"))
		return err_set(e, E_INPUT,
		    "documents: want the record of the post (role "
		    "post_record)");
	return day_past(c, "delivered_on", e);
}
