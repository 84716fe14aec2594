/* SPDX-License-Identifier: Apache-2.0 */
/* The help desk (Art. 18): questions from anybody, answers by a capability. */
#include <stdio.h>
#include <string.h>

#include "body_int.h"
#include "nintei/fs.h"

#define QUESTION_BYTES 8000
#define CONTACT_BYTES 400
#define CAPABILITY_DAYS 366

/* What is asked, as it came. */
struct ask {
	struct visit *v;
	struct dossier *d;
	struct act_write w;
	const char *question, *contact;
};

static const struct json_field fields[] = {
	{ "question", JSON_KIND_STRING, true },
	{ "contact", JSON_KIND_STRING, false },
	{ "from", JSON_KIND_STRING, false },
	{ "about", JSON_KIND_STRING, false },
};

static int
text_check(const char *text, const char *name, size_t max, struct err *e)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' && text[i] != '\n' &&
		    text[i] != '\r' && text[i] != '\t')
			return err_set(
			    e, E_INPUT, "%s: a control character", name);
	return n > 0 && n <= max
	    ? 0
	    : err_set(e, E_INPUT, "%s: want 1 to %zu bytes", name, max);
}

/* Only what is public stands in data: who kind of, and a number. */
static int
said_check(const struct json *body, struct err *e)
{
	static const char *const kinds[] = { "user", "operator", "municipality",
		"other" };
	const char *from = jsonx_get_str(body, "from");
	const char *about = jsonx_get_str(body, "about");
	bool known = from == NULL;

	for (size_t i = 0; !known && i < NELEM(kinds); i++)
		known = strcmp(from, kinds[i]) == 0;
	if (!known)
		return err_set(e, E_INPUT,
		    "from: want user, operator, municipality or other");
	if (about != NULL && !scheme_number_valid(about))
		return err_set(e, E_INPUT, "about: want a number");
	return 0;
}

static int
body_read(struct ask *k, const struct json *body, struct err *e)
{
	if (jsonx_shape(body, fields, NELEM(fields), e) < 0 ||
	    said_check(body, e) < 0)
		return -1;
	k->question = jsonx_get_str(body, "question");
	k->contact = jsonx_get_str(body, "contact");
	if (text_check(k->question, "question", QUESTION_BYTES, e) < 0)
		return -1;
	return k->contact == NULL
	    ? 0
	    : text_check(k->contact, "contact", CONTACT_BYTES, e);
}

/* Question and contact lie encrypted under the ticket's own key. */
static int
papers_add(struct ask *k, struct err *e)
{
	if (office_add_document(k->v->o, k->d, &k->w, "question", "personal",
		slice_str(k->question), NULL, e) < 0)
		return -1;
	return k->contact == NULL
	    ? 0
	    : office_add_document(k->v->o, k->d, &k->w, "contact", "personal",
		  slice_str(k->contact), NULL, e);
}

static int
ask_commit(struct ask *k, const char *word, struct err *e)
{
	struct flow_facts facts = { .new_instance = NULL };
	struct flow_act act = { .machine = M_TICKET,
		.event = word,
		.instance = "1",
		.roles = ROLE_PUBLIC,
		.person = "public",
		.now = k->v->now,
		.data = k->w.data };

	if (flow_decide(k->d, &act, &facts, &k->w.plan, &k->v->refusal, e) <
		0 ||
	    papers_add(k, e) < 0)
		return -1;
	k->w.actor = "public";
	return office_commit(k->v->o, k->d, &k->w, e);
}

static void
ask_done(struct ask *k)
{
	act_write_done(&k->w);
	dossier_freep(&k->d);
}

/* --- what the asker sees --- */

static int
paper_text(struct office *o, const struct dossier *d, int64_t n, struct json *j,
    const char *key, struct err *e)
{
	CLEANUP(fd_closep) int fd = -1;
	CLEANUP(blob_unmap) struct blob b = { 0 };

	if (office_document(o, d, n, &fd, e) < 0 ||
	    blob_map(fd, MIB(4), &b, e) < 0)
		return -1;
	jsonx_set(j, key, jsonx_string_n(slice_of(b.p, b.n)));
	return 0;
}

/* The texts of one event: its questions, or its answers. */
static int
line_add(struct office *o, const struct dossier *d, const struct json *event,
    struct json *items, struct err *e)
{
	const struct json *docs =
	    jsonx_get(jsonx_get(event, "data"), "documents");

	for (size_t i = 0; i < jsonx_len(docs); i++) {
		const struct json *doc = jsonx_at(docs, i);
		const char *role = jsonx_get_str(doc, "role");
		struct json *j;

		if (strcmp(role, "question") != 0 &&
		    strcmp(role, "answer") != 0)
			continue;
		j = jsonx_object();
		jsonx_add(items, j);
		jsonx_set_str(j, "at", jsonx_get_str(event, "effective_at"));
		jsonx_set_str(j, "role", role);
		if (paper_text(o, d, jsonx_get_int(doc, "n", 0), j, "text", e) <
		    0)
			return -1;
	}
	return 0;
}

static int
lines_read(struct office *o, const struct dossier *d, struct json *items,
    struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_EVENT_BYTES);

	for (int64_t seq = 1; seq <= d->seq; seq++) {
		CLEANUP(jsonx_freep) struct json *j = NULL;

		buf_reset(&text);
		if (store_event_get(o->store, d->id, (uint64_t)seq, &text, e) <
			0 ||
		    jsonx_parse(buf_slice(&text), LIMIT_EVENT_BYTES, &j, e) <
			0 ||
		    line_add(o, d, j, items, e) < 0)
			return -1;
	}
	return 0;
}

static int
ticket_answer(struct visit *v, const struct dossier *d, unsigned status,
    const char *capability, struct answer *a, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = jsonx_object();
	struct json *items = jsonx_array();

	jsonx_set_str(j, "ticket", d->id);
	jsonx_set_str(j, "state", state_name(dossier_state(d, M_TICKET, "1")));
	jsonx_set(j, "items", items);
	if (d->ticket_close_at != 0)
		set_instant(j, "closes_at", d->ticket_close_at);
	if (capability != NULL)
		jsonx_set_str(j, "capability", capability);
	if (lines_read(v->o, d, items, e) < 0)
		return -1;
	answer_json(a, status, TAKE(j));
	answer_header(a, FR_CACHE_CONTROL, "no-store");
	return 0;
}

/* --- asking --- */

struct waiting {
	uint64_t n;
};

static int
waiting_fn(const struct index_dossier *row, void *arg, struct err *e)
{
	struct waiting *w = arg;

	(void)e;
	w->n += strcmp(row->kind, "ticket") == 0;
	return 0;
}

/*
 * Anybody may ask, and each question is a case with a key of its own: what
 * waits for an answer is bounded, so the store grows as the staff answers.
 */
static int
room_check(struct visit *v, struct err *e)
{
	uint64_t max = v->o->config->limits.open_tickets;
	struct index_dossier_query q = {
		.state = state_name(S_TICKET_OPEN),
		.page = { .limit = (unsigned)max },
	};
	struct waiting w = { 0 };

	if (office_catch_up(v->o, v->now, e) < 0 ||
	    index_dossier_list(v->o->index, &q, waiting_fn, &w, e) < 0)
		return -1;
	return w.n < max
	    ? 0
	    : err_set(e, E_RATE,
		  "%llu questions wait for an answer: ask again later",
		  (unsigned long long)w.n);
}

/* Who has it reads the answer; stored as a hash, like every token. */
static int
capability_make(struct visit *v, const struct dossier *d,
    char out[ACCOUNT_TOKEN_TEXT], struct err *e)
{
	struct account want = { .roles = "asker" };
	uint8_t random[ACCOUNT_RANDOM_BYTES];

	snprintf(want.person, sizeof(want.person), "%s", d->id);
	want.expires_at = v->now + (int64_t)CAPABILITY_DAYS * 86400;
	if (random_fill(&v->o->random, random, sizeof(random), e) < 0)
		return -1;
	return account_token_create(
	    v->o->accounts, &want, v->now, random, out, e);
}

static int
body_parse(const struct visit *v, struct json **out, struct err *e)
{
	CLEANUP(blob_unmap) struct blob map = { 0 };
	struct slice text;

	if (visit_text(v, LIMIT_TICKET_BYTES, &map, &text, e) < 0)
		return -1;
	return jsonx_parse(text, LIMIT_TICKET_BYTES, out, e);
}

static int
ask_new(struct ask *k, const struct json *body, struct err *e)
{
	char id[LIMIT_ID_BYTES + 1];

	if (office_new_id(k->v->o, "ticket-", id, e) < 0)
		return -1;
	k->d = dossier_new(id);
	jsonx_set_str(k->w.data, "from", jsonx_get_str(body, "from"));
	jsonx_set_str(k->w.data, "about", jsonx_get_str(body, "about"));
	return ask_commit(k, "ask", e);
}

int
post_ticket(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *body = NULL;
	CLEANUP(ask_done) struct ask k = { .v = v };
	CLEANUP(freep) char *path = NULL;
	char capability[ACCOUNT_TOKEN_TEXT];
	int rv;

	act_write_init(&k.w);
	if (body_parse(v, &body, e) < 0 || body_read(&k, body, e) < 0 ||
	    room_check(v, e) < 0)
		return -1;
	pthread_mutex_lock(&v->o->act);
	rv = ask_new(&k, body, e);
	pthread_mutex_unlock(&v->o->act);
	if (rv < 0 || capability_make(v, k.d, capability, e) < 0)
		return -1;
	path = xasprintf("/v1/tickets/%s", k.d->id);
	if (ticket_answer(v, k.d, 201, capability, a, e) < 0)
		return -1;
	answer_header(a, FR_LOCATION, path);
	return 0;
}

/* --- reading and asking again --- */

/* Whoever has no capability for it learns nothing of it. */
static int
ticket_open(struct visit *v, struct dossier **out, struct err *e)
{
	const char *id = v->q->param[0];

	if (v->account.person[0] == '\0')
		return err_set(e, E_AUTH, "send the capability: Bearer");
	if (!account_has_role(&v->account, "asker") ||
	    strcmp(v->account.person, id) != 0)
		return err_set(e, E_NOT_FOUND, "there is no such ticket");
	return office_load_now(v->o, id, out, e);
}

int
get_ticket(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	int rv;

	pthread_mutex_lock(&v->o->act);
	rv = ticket_open(v, &d, e);
	pthread_mutex_unlock(&v->o->act);
	return rv < 0 ? -1 : ticket_answer(v, d, 200, NULL, a, e);
}

int
post_ticket_again(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *body = NULL;
	CLEANUP(ask_done) struct ask k = { .v = v };
	int rv;

	act_write_init(&k.w);
	if (body_parse(v, &body, e) < 0 || body_read(&k, body, e) < 0)
		return -1;
	pthread_mutex_lock(&v->o->act);
	rv = ticket_open(v, &k.d, e);
	if (rv == 0)
		rv = ask_commit(&k, "reopen", e);
	pthread_mutex_unlock(&v->o->act);
	return rv < 0 ? -1 : ticket_answer(v, k.d, 200, NULL, a, e);
}

/* --- answering --- */

/* The longest that a policy grants: a question may be about any scheme. */
int
prepare_ticket_answer(struct command *c, struct err *e)
{
	const struct scheme *s;
	int64_t days = 0;

	if (!command_brings(c, "answer"))
		return err_set(
		    e, E_INPUT, "documents: want the answer (role answer)");
	for (size_t i = 0; (s = scheme_at(c->v->o->schemes, i)) != NULL; i++)
		if (s->params.ticket_close_days > days)
			days = s->params.ticket_close_days;
	set_instant(c->w.data, "close_at", end_of_day_after(c->v->now, days));
	return 0;
}
