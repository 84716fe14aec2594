/* SPDX-License-Identifier: Apache-2.0 */
/* Terms of a number, and the record that a decision gives it. */
#include <stdio.h>
#include <string.h>

#include "nintei/detail.h"
#include "nintei/enc.h"
#include "nintei/jsonx.h"

#include "certify_int.h"

#define RECORD_BYTES KIB(8)

void
detail_done(struct detail *d)
{
	jsonx_free(d->json);
	buf_free(&d->record);
}

int
detail_read(const struct paper *p, struct detail *out, struct err *e)
{
	if (jsonx_parse_canonical(
		buf_slice(&p->detail), LIMIT_DECISION_BYTES, &out->json, e) < 0)
		return -1;
	out->record.max = RECORD_BYTES;
	jsonx_canonical(jsonx_get(out->json, "record"), &out->record);
	out->url = jsonx_get_str(out->json, "designated_url");
	out->spki = jsonx_get_str(out->json, "spki");
	out->existence = jsonx_get_str(out->json, "existence");
	if (out->existence == NULL)
		out->existence = "";
	if (out->url == NULL || out->spki == NULL || !buf_ok(&out->record))
		return err_set(e, E_INPUT, "a member is missing");
	return 0;
}

const struct scheme *
paper_scheme(const struct audit *a, const struct paper *p)
{
	const char *id = decision_get(p->doc, "scheme");
	const char *version = decision_get(p->doc, "policy_version");

	return id == NULL || version == NULL
	    ? NULL
	    : scheme_of_version(a->schemes, id, version);
}

struct issued *
issued_term(const struct audit *a, const char *number, uint32_t term)
{
	struct issued *i =
	    number == NULL ? NULL : keymap_get(&a->numbers, number);

	while (i != NULL &&
	    (i->kind == ISSUED_INTERIM || (term != 0 && i->term != term)))
		i = i->before;
	return i;
}

const struct paper *
artefact_paper(const struct audit *a, const struct trail *t)
{
	const struct dossier_artefact *of = dossier_artefact_find(
	    t->d, jsonx_get_str(a->it->event, "instance"));
	const struct dossier_term *term;
	const struct paper *p;
	const struct trail *by;

	if (of == NULL)
		return NULL;
	if ((p = trail_paper(t, of->decision)) != NULL)
		return p;
	term = dossier_term_find(t->d, of->term);
	by = term == NULL ? NULL : keymap_get(&a->cases, term->dossier);
	return by == NULL ? NULL : trail_paper(by, of->decision);
}

/* Revoked, lapsed or terminated: nothing comes after that. */
static bool
has_ended(const struct dossier *d)
{
	enum state s = dossier_state(d, M_CERTIFICATION, "1");

	return s == S_CERT_REVOKED || s == S_CERT_LAPSED ||
	    s == S_CERT_TERMINATED;
}

/* Art. 12(2): the effect goes on, or is to go on, after the last day. */
static bool
is_continued(const struct dossier *d)
{
	const struct dossier_machine *m = dossier_last(d, M_CERTIFICATION);

	return m != NULL &&
	    (m->state == S_CERT_CONTINUED ||
		(m->flags & FLAG_CONTINUATION) != 0);
}

/* The case of the number's first application. */
static const struct trail *
home_of(const struct audit *a, const struct issued *i)
{
	return keymap_get(&a->cases, i->dossier);
}

/* The term that the record follows, or that a reissue repeats. */
static const struct issued *
follows(
    const struct audit *a, const struct paper *p, const struct derive_record *r)
{
	const char *number = jsonx_get_str(r->doc, "number");
	const char *term = jsonx_get_str(r->doc, "term");
	struct err why = ERR_INIT;
	uint64_t n = 0;

	if (strcmp(decision_get(p->doc, "kind"), "reissue") != 0)
		return issued_term(a, number, 0);
	if (dec_parse(term, UINT32_MAX, &n, &why) < 0 || n == 0)
		return NULL;
	return issued_term(a, number, (uint32_t)n);
}

/* True: there is one, and out says what it was. */
static bool
before_of(const struct audit *a, const struct paper *p,
    const struct issued *last, struct detail *was, struct derive_before *out)
{
	const struct trail *home;
	struct err why = ERR_INIT;

	if (last == NULL || detail_read(last->by, was, &why) < 0)
		return false;
	home = home_of(a, last);
	*out = (struct derive_before){ last->term, last->certified_on,
		last->valid_from, last->valid_through,
		home != NULL && has_ended(home->d), p->continued,
		jsonx_get(was->json, "record") };
	return true;
}

bool
record_take(struct audit *a, const struct paper *p, const struct detail *d,
    const struct scheme *s, struct derive_record *out)
{
	CLEANUP(detail_done) struct detail was = { 0 };
	struct derive_before before;
	struct err why = ERR_INIT;
	enum audit_rule rule = AUDIT_R60;
	bool has;

	if (derive_record_read(buf_slice(&d->record), out, &why) == 0) {
		has = before_of(a, p, follows(a, p, out), &was, &before);
		if (derive_record_check(out, p->doc, s, a->schemes,
			has ? &before : NULL, &why) == 0)
			return true;
		if (strstr(why.detail, "calendar") != NULL ||
		    strstr(why.detail, "term") != NULL)
			rule = AUDIT_R64;
	}
	audit_say(a, rule, "the record that follows from the decision", "%s",
	    why.detail);
	return false;
}

/* The page that the scheme's template gives for the number. */
char *
page_tail(const struct scheme *s, const char *number)
{
	const char *form = s->profile.designated_path;
	const char *at = strstr(form, "{number}");

	if (at == NULL)
		return xasprintf("%s/%s", form, number);
	return xasprintf("%.*s%s%s", (int)(at - form), form, number,
	    at + strlen("{number}"));
}

/*
 * Bases of URLs are configuration, which no clone holds: they are taken from
 * the certificate, one for its three http URLs, and from the page that the
 * officers signed.  NULL: the URL does not end so.
 */
char *
base_of(const char *url, const char *tail)
{
	size_t n = url == NULL ? 0 : strlen(url), m = strlen(tail);

	if (n <= m || strcmp(url + n - m, tail) != 0)
		return NULL;
	return xstrndup(url, n - m);
}

/* Is the base of a renewal continued while its decision is frozen? */
static bool
frozen_continued(const struct audit *a, const char *number)
{
	const struct issued *last = issued_term(a, number, 0);
	const struct trail *home = last == NULL ? NULL : home_of(a, last);

	return home != NULL && is_continued(home->d);
}

void
record_judge(struct audit *a, const struct trail *t, struct paper *p)
{
	CLEANUP(derive_record_done) struct derive_record r = { 0 };
	CLEANUP(detail_done) struct detail d = { 0 };
	bool again = strcmp(decision_get(p->doc, "kind"), "reissue") == 0;
	const struct scheme *s = paper_scheme(a, p);
	const char *number = decision_get(p->doc, "cert_number");
	CLEANUP(freep) char *page = NULL;
	CLEANUP(freep) char *base = NULL;
	struct err why = ERR_INIT;

	if (p->detail.n == 0)
		return; /* said */
	if (detail_read(p, &d, &why) < 0) {
		audit_say(a, AUDIT_R60, again ? DETAIL_REISSUE : DETAIL_CERTIFY,
		    "detail.json: %s", why.detail);
		return;
	}
	audit_same(a, AUDIT_R60, "schema",
	    again ? DETAIL_REISSUE : DETAIL_CERTIFY,
	    jsonx_get_str(d.json, "schema"));
	p->continued = frozen_continued(a, number);
	record_take(a, p, &d, s, &r);
	audit_same(a, AUDIT_R60, "existence", again ? "" : t->d->existence,
	    d.existence);
	if (s == NULL)
		return;
	page = page_tail(s, number);
	base = base_of(d.url, page);
	if (base == NULL)
		audit_say(a, AUDIT_R60, page, "%.150s", d.url);
}
