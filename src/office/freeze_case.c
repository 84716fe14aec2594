/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of decision of a case, and of the roster. */
#include "freeze_int.h"

#include <stdio.h>
#include <string.h>

#include "nintei/ca.h"
#include "nintei/derive.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/term.h"

/* certified_on: the day of freezing, unless the proposer names a later one. */
static int
certified_day(const struct draft *f, struct jday *out, struct err *e)
{
	const char *text = jsonx_get_str(f->data, "certified_on");
	struct jday today = jday_of_instant(f->v->now);

	*out = today;
	if (text == NULL)
		return 0;
	if (jday_parse(text, out, e) < 0)
		return -1;
	if (jday_cmp(*out, today) < 0)
		return err_set(e, E_INPUT, "certified_on lies in the past");
	return 0;
}

/* certification.json: the record that every form is derived from. */
static struct json *
certification_record(const struct draft *f, const struct draft_term *of)
{
	const struct term *t = &of->t;
	struct json *r = jsonx_object();
	char day[JDAY_TEXT], n[24];

	jsonx_set_str(r, "schema", "nintei.certification/1");
	jsonx_set(r, "number", jsonx_dup(jsonx_get(f->fields, "cert_number")));
	jsonx_set_str(r, "scheme", f->d->scheme);
	jsonx_set(r, "service", jsonx_dup(jsonx_get(f->fields, "service")));
	jsonx_set(r, "operator", jsonx_dup(jsonx_get(f->fields, "operator")));
	jsonx_set_str(r, "corporate_number",
	    jsonx_get_str(
		jsonx_get(f->record, "applicant"), "corporate_number"));
	jsonx_set(
	    r, "rule_version", jsonx_dup(jsonx_get(f->fields, "rule_version")));
	jsonx_set_str(r, "guideline", f->scheme->profile.guideline);
	jsonx_set(
	    r, "certified_on", jsonx_dup(jsonx_get(f->fields, "certified_on")));
	jsonx_set_str(r, "valid_from", jday_format(t->starts, day));
	jsonx_set_str(r, "valid_through", jday_format(t->valid_through, day));
	snprintf(n, sizeof(n), "%lld", (long long)of->n);
	jsonx_set_str(r, "term", n);
	jsonx_set_str(r, "decision_id", f->id);
	return r;
}

/* The designated URL of a number: the scheme's template. */
char *
office_designated_url(
    struct office *o, const struct scheme *s, const char *number)
{
	const char *form = s->profile.designated_path;
	const char *at = strstr(form, "{number}");
	const char *base = o->config->urls.https;

	if (at == NULL)
		return xasprintf("%s%s/%s", base, form, number);
	return xasprintf("%s%.*s%s%s", base, (int)(at - form), form, number,
	    at + strlen("{number}"));
}

static int
record_spki(const struct draft *f, struct buf *out, struct err *e)
{
	const char *text = jsonx_get_str(f->record, "spki");

	return text == NULL ? 0 : base64_decode(slice_str(text), false, out, e);
}

int
fill_certify(struct draft *f, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *record = NULL;
	CLEANUP(buf_free) struct buf detail = BUF_INIT(LIMIT_DECISION_BYTES);
	CLEANUP(buf_free) struct buf spki = BUF_INIT(LIMIT_SPKI_BYTES);
	CLEANUP(freep) char *url = NULL;
	struct draft_term of;
	struct jday day;
	char hex[65], text[JDAY_TEXT];

	if (certified_day(f, &day, e) < 0 || draft_term(f, day, &of, e) < 0)
		return -1;
	draft_put_party(f);
	draft_put(f, "cert_number", of.number);
	draft_put(f, "certified_on", jday_format(day, text));
	draft_put(f, "valid_through", jday_format(of.t.valid_through, text));
	if (draft_put_subject(f, "6(1)", e) < 0)
		return -1;
	record = certification_record(f, &of);
	url = office_designated_url(f->v->o, f->scheme, of.number);
	if (record_spki(f, &spki, e) < 0 ||
	    decision_certify_detail(
		record, buf_slice(&spki), url, f->d->existence, &detail, e) < 0)
		return -1;
	decision_detail_hex(buf_slice(&detail), hex);
	draft_put(f, "detail", hex);
	draft_file(f, "detail.json", buf_slice(&detail));
	return 0;
}

int
fill_decline(struct draft *f, struct err *e)
{
	draft_put_party(f);
	return draft_put_subject(f, "6(4)", e);
}

int
fill_refuse_art8(struct draft *f, struct err *e)
{
	draft_put_party(f);
	return draft_put_subject(f, "8", e);
}

/* The end of what a case says: its key is destroyed. */
int
fill_shred(struct draft *f, struct err *e)
{
	if (f->scheme != NULL && f->scheme->params.dossier_end == POLICY_KEEP)
		return err_set(e, E_FLOW_STEP,
		    "the policy dossier_end keeps what a case holds");
	if (!office_may_shred(f->d))
		return err_set(e, E_FLOW_STEP,
		    "only a case that has ended, and of which nothing is in "
		    "force, is shredded, once");
	return draft_put_subject(f, "20(1)", e);
}

/* A change of the roster: the new entry, whose hash is the detail. */
int
fill_roster(struct draft *f, struct err *e)
{
	const struct json *entry = jsonx_get(f->data, "entry");
	CLEANUP(buf_free) struct buf b = BUF_INIT(LIMIT_DECISION_BYTES);
	struct roster_entry read;

	if (entry == NULL)
		return err_set(
		    e, E_INPUT, "data.entry: want the new roster entry");
	jsonx_canonical(entry, &b);
	if (!buf_ok(&b))
		return err_set(e, E_LIMIT, "data.entry is too large");
	if (roster_entry_decode(buf_slice(&b), &read, e) < 0)
		return -1;
	return draft_put_detail(f, entry, e);
}
