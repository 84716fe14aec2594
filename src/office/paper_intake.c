/* SPDX-License-Identifier: Apache-2.0 */
/* Dossiers on paper (Art. 4(2)): a scan, its stamp, and who read it. */
#include "submit_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/term.h"

#define TRANSCRIPTION "nintei.transcription/1"
#define TRANSCRIPTION_BYTES 512
#define ARMOUR_LINE 70
#define ID_LETTERS "0123456789abcdefghijklmnopqrstuvwxyz-"

/* What both have signed, parsed. */
struct stamp {
	struct json *said; /* the transcription */
	struct buf text; /* its canonical bytes */
	struct jday arrived; /* by the stamp */
	struct jday postmark;
	bool has_postmark;
	char *person[2];
	char *armour[2];
	bool two; /* two staff signed it, and each with a key of theirs */
};

void
stamp_free(struct stamp *s)
{
	if (s == NULL)
		return;
	jsonx_free(s->said);
	buf_free(&s->text);
	for (size_t i = 0; i < NELEM(s->person); i++) {
		free(s->person[i]);
		free(s->armour[i]);
	}
	free(s);
}

static const struct json_field fields[] = {
	{ "schema", JSON_KIND_STRING, true },
	{ "scheme", JSON_KIND_STRING, true },
	{ "kind", JSON_KIND_STRING, true },
	{ "number", JSON_KIND_STRING, false },
	{ "applicant", JSON_KIND_STRING, false },
	{ "arrived_on", JSON_KIND_STRING, true },
	{ "postmark", JSON_KIND_STRING, false },
	{ "carrier", JSON_KIND_STRING, true },
	{ "papers", JSON_KIND_ARRAY, true },
	{ "sha256", JSON_KIND_STRING, true },
};

static bool
is_one_of(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

/* Roles of papers, each once and only in words of INTERFACE 5. */
static int
papers_check(const struct json *list, struct err *e)
{
	for (size_t i = 0; i < jsonx_len(list); i++) {
		const char *role = jsonx_str(jsonx_at(list, i));

		if (role == NULL || intake_role_parse(role) == INTAKE_ROLE_NONE)
			return err_set(
			    e, E_INPUT, "paper.papers: want roles of papers");
	}
	return 0;
}

static int
words_check(const struct json *j, struct err *e)
{
	static const char *const carriers[] = { "post", "courier", "hand" };
	static const char *const kinds[] = { "new", "renewal" };

	if (strcmp(jsonx_get_str(j, "schema"), TRANSCRIPTION) != 0)
		return err_set(
		    e, E_INPUT, "paper.schema: want %s", TRANSCRIPTION);
	if (!is_one_of(jsonx_get_str(j, "carrier"), carriers, NELEM(carriers)))
		return err_set(
		    e, E_INPUT, "paper.carrier: want post, courier or hand");
	if (!is_one_of(jsonx_get_str(j, "kind"), kinds, NELEM(kinds)))
		return err_set(e, E_INPUT, "paper.kind: want new or renewal");
	return papers_check(jsonx_get(j, "papers"), e);
}

/* One role per person and case: nobody of the body applies in a letter. */
static int
applicant_check(const struct visit *v, const char *applicant, struct err *e)
{
	const struct roster_entry *entry;

	if (applicant == NULL)
		return 0;
	if (applicant[0] == '\0' || applicant[0] == '-' ||
	    strlen(applicant) > LIMIT_ID_BYTES ||
	    applicant[strspn(applicant, ID_LETTERS)] != '\0')
		return err_set(e, E_INPUT, "paper.applicant: no such account");
	entry = roster_get(v->o->roster, applicant);
	if (strcmp(applicant, v->account.person) == 0 ||
	    (entry != NULL &&
		(entry->roles & ~(unsigned)ROSTER_APPLICANT) != 0))
		return err_set(
		    e, E_INPUT, "paper.applicant: one of the body's own");
	return 0;
}

/* The stamp was put on it already, and the letter posted before that. */
static int
days_check(const struct visit *v, struct stamp *s, struct err *e)
{
	const char *postmark = jsonx_get_str(s->said, "postmark");

	if (jday_parse(jsonx_get_str(s->said, "arrived_on"), &s->arrived, e) <
	    0)
		return err_wrap(e, "paper.arrived_on");
	s->has_postmark = postmark != NULL;
	if (postmark != NULL && jday_parse(postmark, &s->postmark, e) < 0)
		return err_wrap(e, "paper.postmark");
	if (jday_cmp(s->arrived, jday_of_instant(v->now)) > 0)
		return err_set(e, E_INPUT, "paper.arrived_on lies ahead");
	if (postmark != NULL && jday_cmp(s->postmark, s->arrived) > 0)
		return err_set(
		    e, E_INPUT, "paper.postmark is later than the stamp");
	return 0;
}

static int
transcription_read(
    struct arrival *a, const char *text, struct stamp *s, struct err *e)
{
	char hex[65];

	if (jsonx_parse_canonical(
		slice_str(text), TRANSCRIPTION_BYTES, &s->said, e) < 0 ||
	    jsonx_shape(s->said, fields, NELEM(fields), e) < 0)
		return err_wrap(e, "paper");
	buf_puts(&s->text, text);
	if (strcmp(jsonx_get_str(s->said, "sha256"),
		hex_encode(a->sha256, 32, hex)) != 0)
		return err_set(e, E_DIGEST,
		    "paper.sha256: the transcription is of another scan");
	if (words_check(s->said, e) < 0 ||
	    applicant_check(a->v, jsonx_get_str(s->said, "applicant"), e) < 0)
		return -1;
	return days_check(a->v, s, e);
}

/* Of the roster's secretariat, with a key that is theirs now. */
static bool
signed_by(const struct visit *v, const struct stamp *s, size_t i)
{
	const struct roster_entry *who = roster_get(v->o->roster, s->person[i]);
	struct sshsig sig;
	struct err why = ERR_INIT;

	return roster_has_role(who, ROSTER_SECRETARIAT, v->now) &&
	    sshsig_parse(slice_str(s->armour[i]), &sig, &why) == 0 &&
	    roster_find_key(who, &sig.key, v->now) != NULL &&
	    sshsig_verify(
		&sig, SSH_NS_DECLARATION, buf_slice(&s->text), &why) == 0;
}

/* A query has no lines: the base64 of the armour alone, as ssh-keygen wraps. */
static char *
armour_read(const struct visit *v, const char *name)
{
	CLEANUP(freep) char *text = query_text(v, name);
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_SIGNATURE_BYTES);

	if (text == NULL)
		return NULL;
	buf_puts(&b, "-----BEGIN SSH SIGNATURE-----\n");
	for (const char *p = text; *p != '\0';) {
		size_t n = strnlen(p, ARMOUR_LINE);

		buf_put(&b, p, n);
		buf_putc(&b, '\n');
		p += n;
	}
	buf_puts(&b, "-----END SSH SIGNATURE-----\n");
	return buf_ok(&b) ? xstrdup(buf_str(&b)) : NULL;
}

/* REGULATION 8, two_person_check: two, and not one of them twice. */
static void
persons_read(const struct visit *v, struct stamp *s)
{
	static const char *const names[][2] = { { "by", "sig" },
		{ "by2", "sig2" } };

	for (size_t i = 0; i < NELEM(names); i++) {
		s->person[i] = query_text(v, names[i][0]);
		s->armour[i] = armour_read(v, names[i][1]);
		if (s->person[i] == NULL || s->armour[i] == NULL)
			return;
	}
	s->two = strcmp(s->person[0], s->person[1]) != 0 &&
	    signed_by(v, s, 0) && signed_by(v, s, 1);
}

int
arrival_paper(struct arrival *a, struct err *e)
{
	CLEANUP(freep) char *text = query_text(a->v, "paper");
	CLEANUP(stamp_freep) struct stamp *s = NULL;

	if (text == NULL)
		return 0;
	s = xcalloc(1, sizeof(*s));
	s->text = (struct buf)BUF_INIT(TRANSCRIPTION_BYTES);
	if (transcription_read(a, text, s, e) < 0)
		return -1;
	persons_read(a->v, s);
	a->stamp = TAKE(s);
	return 0;
}

void
paper_hint(const struct arrival *a, struct intake_hint *out)
{
	if (a->stamp == NULL)
		return;
	out->scheme = jsonx_get_str(a->stamp->said, "scheme");
	out->kind = jsonx_get_str(a->stamp->said, "kind");
	out->number = jsonx_get_str(a->stamp->said, "number");
}

/* A paper that is missing is sent for; anything else is the scan's fault. */
bool
paper_is_refused(const struct findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->items[i].severity == SEV_REFUSE &&
		    strcmp(f->items[i].rule, "RULE-SLOT_MISSING") != 0)
			return true;
	return false;
}

bool
paper_is_proved(const struct arrival *a)
{
	return a->stamp != NULL && a->stamp->two;
}

/* The stamp counts; the postmark only where the policy says so. */
int64_t
arrival_received(const struct arrival *a)
{
	const struct stamp *s = a->stamp;

	if (s == NULL)
		return a->v->now;
	if (s->has_postmark &&
	    a->in->scheme->params.paper_arrival == POLICY_POSTMARK)
		return instant_of_jday(s->postmark);
	return instant_of_jday(s->arrived);
}

const char *
arrival_applicant(const struct arrival *a)
{
	const char *account = a->stamp == NULL
	    ? a->v->account.person
	    : jsonx_get_str(a->stamp->said, "applicant");

	return account == NULL ? "" : account;
}

/* Roles that the scheme wants and that did not come. */
static struct json *
missing_json(const struct arrival *a)
{
	const struct scheme *s = a->in->scheme;
	struct json *list = jsonx_array();

	for (size_t i = 0; i < s->n_slots; i++) {
		const struct scheme_slot *slot = &s->slots[i];
		enum intake_role role = intake_role_parse(slot->role);
		enum intake_role other = intake_role_parse(slot->alternative);

		if (slot->required &&
		    (slot->kinds & DOSSIER_BIT(a->in->kind)) != 0 &&
		    intake_member_of(a->in, role) == NULL &&
		    (other == INTAKE_ROLE_NONE ||
			intake_member_of(a->in, other) == NULL) &&
		    (role != INTAKE_ROLE_MARK_DECLARATION ||
			intake_declaration(a->in) == DECLARED_NONE))
			jsonx_add_str(list, slot->role);
	}
	return list;
}

void
paper_data(struct arrival *a)
{
	struct json *data = a->w.data;
	struct json *persons = jsonx_array();
	struct json *signatures = jsonx_array();
	const char *applicant = arrival_applicant(a);
	char day[JDAY_TEXT];

	for (size_t i = 0; i < NELEM(a->stamp->person); i++) {
		struct json *j = jsonx_object();

		jsonx_add_str(persons, a->stamp->person[i]);
		jsonx_set_str(j, "person", a->stamp->person[i]);
		jsonx_set_str(j, "signature", a->stamp->armour[i]);
		jsonx_add(signatures, j);
	}
	jsonx_set(data, "transcribers", persons);
	jsonx_set(data, "transcribed", signatures);
	jsonx_set(data, "transcription", jsonx_dup(a->stamp->said));
	if (applicant[0] != '\0')
		jsonx_set_str(data, "applicant", applicant);
	if (a->stamp->has_postmark)
		jsonx_set_str(
		    data, "postmark", jday_format(a->stamp->postmark, day));
	if (a->in->complete)
		return;
	jsonx_set(data, "missing", missing_json(a));
	set_instant(data, "correction_due_at",
	    end_of_day_after(a->v->now, a->in->scheme->params.correction_days));
}
