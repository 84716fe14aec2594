/* SPDX-License-Identifier: Apache-2.0 */
/* certification.json: what officers signed, decided just now. */
#include "signing_int.h"

#include <string.h>

#include "nintei/detail.h"
#include "nintei/enc.h"

#define DECIDED_SECONDS 600

/* SIGN-20: the officers signed the hash of exactly this rest. */
static int
detail_check(const struct proven *p, const struct sign_cert *m,
    const struct json *record, struct err *e)
{
	CLEANUP(buf_free) struct buf rest = BUF_INIT(LIMIT_DECISION_BYTES);
	bool again = strcmp(decision_get(p->d, "kind"), "reissue") == 0;
	int rv = again
	    ? decision_reissue_detail(record, m->spki, m->url, &rest, e)
	    : decision_certify_detail(
		  record, m->spki, m->url, m->existence, &rest, e);

	if (rv < 0)
		return -1;
	if (!detail_is_of(p->d, buf_slice(&rest)))
		return refuse(e, GUARD_BASIS_CURRENT,
		    "record, key or URL are not those of the decision");
	return 0;
}

/* SIGN-23: executed just now; on certified_on, or while the term lasts. */
static int
moment_check(const struct signer *s, const struct sign_cert *m,
    const struct derive_record *r, struct err *e)
{
	int64_t now = signer_now(s);

	if (m->decided_at > now || now - m->decided_at > DECIDED_SECONDS)
		return refuse(e, 0, "the instant of execution is not now");
	if (r->reissue && m->decided_at >= term_end_instant(&r->span))
		return refuse(e, 0, "the term is over");
	if (!r->reissue &&
	    jday_cmp(jday_of_instant(m->decided_at), r->certified_on) != 0)
		return refuse(e, 0, "certified_on is another day");
	return 0;
}

/* The term's record as it was issued. */
static int
record_issued(const struct signer *s, const struct issued *i, struct json **out,
    struct err *e)
{
	CLEANUP(jsonx_freep) struct json *line = NULL;
	const char *text;

	if (journal_read(&s->journal, &i->place, &line, e) < 0)
		return -1;
	if ((text = jsonx_get_str(line, "record")) == NULL)
		return err_set(e, E_STORE_CORRUPT, "record: certification");
	return jsonx_parse_canonical(
	    slice_str(text), SIGN_RECORD_BYTES, out, e);
}

/* The term that a certify decision follows, or that a reissue repeats. */
static const struct issued *
follows(const struct signer *s, const struct proven *p,
    const struct derive_record *r)
{
	const char *number = jsonx_get_str(r->doc, "number");
	const char *term = jsonx_get_str(r->doc, "term");
	struct err why = ERR_INIT;
	uint64_t n = 0;

	if (strcmp(decision_get(p->d, "kind"), "reissue") != 0)
		return ledger_term(&s->ledger, number, 0);
	if (dec_parse(term, UINT32_MAX, &n, &why) < 0 || n == 0)
		return NULL;
	return ledger_term(&s->ledger, number, (uint32_t)n);
}

int
record_check(const struct signer *s, const struct proven *p,
    const struct sign_cert *m, struct derive_record *out, struct err *e)
{
	CLEANUP(derive_record_done) struct derive_record r = { 0 };
	CLEANUP(jsonx_freep) struct json *was = NULL;
	const struct issued *last;
	struct derive_before before;
	struct err why = ERR_INIT;

	if (derive_record_read(m->record, &r, &why) < 0)
		return refuse(e, 0, "%s", why.detail);
	if (detail_check(p, m, r.doc, e) < 0)
		return -1;
	if ((last = follows(s, p, &r)) != NULL) {
		if (record_issued(s, last, &was, e) < 0)
			return -1;
		before = (struct derive_before){ last->term, last->certified_on,
			last->valid_from, last->valid_through,
			ledger_ended(&s->ledger, last->number) != NULL,
			ledger_continued(&s->ledger, last->number) != NULL,
			was };
	}
	if (derive_record_check(&r, p->d, p->scheme, s->schemes,
		last == NULL ? NULL : &before, &why) < 0)
		return refuse(e, 0, "%s", why.detail);
	if (moment_check(s, m, &r, e) < 0)
		return -1;
	*out = r;
	r.doc = NULL;
	return 0;
}
