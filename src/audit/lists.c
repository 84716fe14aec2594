/* SPDX-License-Identifier: Apache-2.0 */
/* Revocation lists: derived once more from the revocations of the record. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/ca_lint.h"
#include "nintei/derive.h"
#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/jsonx.h"
#include "nintei/x509.h"

#include "certify_int.h"

#define LIFE_MAX (INT64_C(60) * 86400) /* of a list */

/* --- revocations --- */

struct lists *
lists_find(const struct audit *a, const char *scheme)
{
	for (size_t i = 0; scheme != NULL && i < a->n_lists; i++)
		if (strcmp(a->lists[i]->scheme, scheme) == 0)
			return a->lists[i];
	return NULL;
}

/* What an event takes back: by which decision, and for what. */
struct taking {
	struct audit *a;
	const struct paper *p;
	const struct issued *by; /* what replaces them, or NULL */
	struct derive_end end;
	int64_t recorded;
	struct lists *lists; /* of those that were taken, or NULL */
};

/* SIGN-32, as the signer has it. */
static bool
is_taken(const struct taking *x, const struct issued *i)
{
	const char *kind = decision_get(x->p->doc, "kind");

	if (i->revoked || i == x->by || i->until < x->recorded - AUDIT_SLACK)
		return false;
	if (strcmp(kind, "continuation") == 0)
		return i->kind == ISSUED_INTERIM;
	if (x->by == NULL)
		return true;
	if (i->kind == ISSUED_INTERIM)
		return false;
	return x->by->kind == ISSUED_AGAIN ? i->term == x->by->term
					   : i->term < x->by->term;
}

/* The entry's instant lies after all that it rests on. */
static int64_t
not_before(const struct taking *x, const struct issued *one)
{
	const struct paper *p = x->p;
	int64_t first = p->n_sigs == 0 ? x->recorded - AUDIT_SLACK
				       : p->sigs[p->n_sigs - 1].at;

	if (first < x->end.from)
		first = x->end.from;
	if (x->by != NULL && first < x->recorded - AUDIT_SLACK)
		first = x->recorded - AUDIT_SLACK;
	return one->kind == ISSUED_INTERIM && x->end.ends == false &&
		first < one->from && one->from < x->recorded
	    ? one->from
	    : first;
}

static void
one_revoke(struct taking *x, struct issued *one)
{
	struct lists *l = one->lists;

	one->revoked = true;
	one->maybe = one->until < x->recorded;
	one->revoked_by = x->a->it->at;
	one->committed = x->a->it->view.committed;
	one->not_before = not_before(x, one);
	one->not_after = x->recorded;
	one->end = x->end;
	one->entry.reason = (enum crl_reason)x->end.reason;
	l->revoked =
	    xrealloc(l->revoked, l->n_revoked + 1, sizeof(*l->revoked));
	l->revoked[l->n_revoked++] = one;
	l->owed += !one->maybe;
	x->lists = l;
}

/* The decision whose effect the event records; NULL: it takes nothing. */
static const struct paper *
taking_paper(const struct audit *a, const struct trail *t, bool *out_replaces)
{
	const struct json *j = a->it->event;
	const struct paper *found = NULL;

	*out_replaces = event_step(j, "artefact", "supersede") != NULL;
	if (*out_replaces)
		return artefact_paper(a, t);
	if (event_step(j, "certification", "revoke") != NULL ||
	    event_step(j, "certification", "lapse") != NULL ||
	    event_step(j, "certification", "terminate") != NULL)
		return trail_paper(t, jsonx_get_str(j, "decision_id"));
	if (event_step(j, "certification", "renewed") == NULL &&
	    event_step(j, "certification", "renewal_ended") == NULL)
		return NULL;
	/* Papers stand newest first. */
	for (const struct paper *p = t->papers; p != NULL && found == NULL;
	     p = p->next)
		if (p->executed_at != 0 &&
		    strcmp(decision_get(p->doc, "kind"), "continuation") == 0)
			found = p;
	return found;
}

static int
taking_make(struct taking *x, const struct trail *t, const struct issued *last)
{
	const char *kind = decision_get(x->p->doc, "kind");
	bool fresh = strcmp(kind, "revoke") == 0 || strcmp(kind, "lapse") == 0;
	const struct scheme *s = fresh
	    ? paper_scheme(x->a, x->p)
	    : scheme_find(x->a->schemes, t->d->scheme);
	struct err why = ERR_INIT;

	if (s == NULL)
		return -1; /* said */
	if (derive_end(x->p->doc, buf_slice(&x->p->detail), s,
		last->certified_on, &x->end, &why) < 0) {
		audit_say(x->a, AUDIT_R70, "a decision that takes it back",
		    "%s", why.detail);
		return -1;
	}
	if (x->end.from > x->recorded)
		audit_say(x->a, AUDIT_R70, "an end on its day",
		    "%" PRId64 " seconds before it", x->end.from - x->recorded);
	return 0;
}

/* All certificates of the number that it ends or replaces (SIGN-32). */
void
revocation_note(struct audit *a, const struct trail *t)
{
	struct taking x = { .a = a,
		.recorded = event_instant(a->it, "recorded_at") };
	struct issued *all =
	    keymap_get(&a->numbers, t->d->certification.number);
	struct issued *last = issued_term(a, t->d->certification.number, 0);
	char hash[SHA256_HEX];
	bool replaces;

	x.p = taking_paper(a, t, &replaces);
	if (x.p == NULL || last == NULL) /* none, or nothing was issued */
		return;
	if (replaces)
		x.by = all;
	if (taking_make(&x, t, last) < 0)
		return;
	for (struct issued *one = all; one != NULL; one = one->before)
		if (is_taken(&x, one))
			one_revoke(&x, one);
	if (x.lists == NULL && !x.end.ends)
		return;
	hex_encode(a->it->hash, 32, hash);
	keymap_put(&a->revocations, hash, last->lists);
}

/* AUDIT-41: a revocation is on a list at once. */
void
lists_owed(struct audit *a)
{
	for (size_t i = 0; i < a->n_lists; i++) {
		struct lists *l = a->lists[i];

		for (size_t k = 0; l->owed > 0 && k < l->n_revoked; k++) {
			const struct issued *one = l->revoked[k];

			if (one->entry.revoked_at != 0 || one->maybe ||
			    a->committed <= one->committed + AUDIT_SLACK)
				continue;
			audit_say(a, AUDIT_R41,
			    "a list soon after the revocation",
			    "%s, revoked by commit %" PRIu64 ", is on none yet",
			    one->serial, one->revoked_by);
			l->owed = 0;
		}
	}
}

/* --- one list --- */

struct listing {
	struct audit *a;
	struct lists *l;
	struct crl *crl;
	const struct file *file;
};

/* AUDIT-71 and 72. */
static void
order_judge(struct listing *x)
{
	struct audit *a = x->a;
	struct lists *l = x->l;
	int64_t this = crl_this_update(x->crl), next = crl_next_update(x->crl);
	int64_t recorded = event_instant(a->it, "recorded_at");
	CLEANUP(freep)
	char *want = xasprintf("a number above %" PRIu64, l->number);

	if (crl_number(x->crl) <= l->number)
		audit_say(a, AUDIT_R71, want, "%" PRIu64, crl_number(x->crl));
	if (this < l->this_update)
		audit_say(a, AUDIT_R72, "a list not older than the last",
		    "%" PRId64 " seconds older", l->this_update - this);
	if (this > recorded || this < recorded - AUDIT_SLACK)
		audit_say(a, AUDIT_R72,
		    jsonx_get_str(a->it->event, "recorded_at"),
		    "this update %" PRId64 " seconds from it", this - recorded);
	if (next <= this || next - this > LIFE_MAX)
		audit_say(a, AUDIT_R72, "a next update soon after",
		    "%" PRId64 " seconds after", next - this);
	l->number = crl_number(x->crl);
	l->this_update = this;
}

/* AUDIT-70: one entry that must be there, as it was from its first list. */
static void
entry_judge(struct listing *x, struct issued *one)
{
	struct crl_entry have;
	struct ca_revocation *want = &one->entry;

	if (!crl_find(x->crl, slice_of(want->serial, SERIAL_BYTES), &have)) {
		if (one->maybe && want->revoked_at == 0)
			return;
		audit_say(x->a, AUDIT_R70, one->serial, "it is not listed");
		return;
	}
	if (want->revoked_at == 0) {
		want->revoked_at = have.revoked_at;
		want->invalid_since =
		    derive_invalid_since(&one->end, have.revoked_at);
		x->l->owed -= !one->maybe && x->l->owed > 0;
		if (have.revoked_at < one->not_before ||
		    have.revoked_at > one->not_after)
			audit_say(x->a, AUDIT_R70,
			    "the instant of its execution",
			    "%s: another instant", one->serial);
	}
	if (have.revoked_at != want->revoked_at ||
	    have.reason != (int)want->reason ||
	    have.invalid_since != want->invalid_since)
		audit_say(x->a, AUDIT_R70, crl_reason_name((int)want->reason),
		    "%s: another reason or instant", one->serial);
}

static bool
is_revoked(const struct lists *l, struct slice serial)
{
	for (size_t i = 0; i < l->n_revoked; i++)
		if (slice_eq(serial,
			slice_of(l->revoked[i]->entry.serial, SERIAL_BYTES)))
			return true;
	return false;
}

static void
entries_judge(struct listing *x)
{
	struct crl_entry e;
	char hex[SERIAL_HEX];

	for (size_t i = 0; i < x->l->n_revoked; i++)
		entry_judge(x, x->l->revoked[i]);
	if (crl_count(x->crl) == x->l->n_revoked)
		return;
	for (size_t i = 0; crl_at(x->crl, i, &e); i++)
		if (!is_revoked(x->l, e.serial))
			audit_say(x->a, AUDIT_R70, "revocations of the record",
			    "%s, which nobody revoked",
			    e.serial.n <= SERIAL_BYTES
				? hex_encode(e.serial.p, e.serial.n, hex)
				: "a serial");
}

/* AUDIT-73: byte for byte, but for the signature. */
static void
bytes_judge(struct listing *x)
{
	CLEANUP(buf_free) struct buf want = BUF_INIT(LIMIT_CRL_BYTES);
	CLEANUP(freep)
	struct ca_revocation *items =
	    xcalloc(x->l->n_revoked + 1, sizeof(*items));
	struct ca_crl f = { .items = items,
		.number = crl_number(x->crl),
		.this_update = crl_this_update(x->crl),
		.next_update = crl_next_update(x->crl) };
	struct err why = ERR_INIT;
	struct slice have;

	for (size_t i = 0; i < x->l->n_revoked; i++)
		if (x->l->revoked[i]->entry.revoked_at != 0)
			items[f.n++] = x->l->revoked[i]->entry;
	if (ca_signed_tbs(buf_slice(&x->file->bytes), &have, &why) < 0 ||
	    ca_crl_tbs(&f, x->l->issuer, &want, &why) < 0)
		audit_say(x->a, AUDIT_R73, "a list of PKI 6", "%s", why.detail);
	else if (!slice_eq(buf_slice(&want), have))
		audit_say(x->a, AUDIT_R73, "the bytes that the record gives",
		    "others");
}

/* The event says of its list what the list says. */
static void
data_judge(struct listing *x)
{
	const struct json *data = jsonx_get(x->a->it->event, "data");
	char text[INSTANT_TEXT], hash[SHA256_HEX];

	audit_same(x->a, AUDIT_R73, "sha256",
	    sha256_hex(buf_slice(&x->file->bytes), hash),
	    jsonx_get_str(data, "sha256"));
	audit_same(x->a, AUDIT_R73, "this_update",
	    instant_format(crl_this_update(x->crl), text),
	    jsonx_get_str(data, "this_update"));
	audit_same(x->a, AUDIT_R73, "next_update",
	    instant_format(crl_next_update(x->crl), text),
	    jsonx_get_str(data, "next_update"));
	if (jsonx_get_int(data, "crl_number", 0) !=
		(int64_t)crl_number(x->crl) ||
	    jsonx_get_int(data, "entries", -1) != (int64_t)crl_count(x->crl))
		audit_say(x->a, AUDIT_R73, "number and count of the list",
		    "others in the event");
}

void
list_judge(struct audit *a, const struct trail *t)
{
	const char *scheme = t->d->id + strcspn(t->d->id, "-");
	int64_t n =
	    jsonx_get_int(jsonx_get(a->it->event, "data"), "crl_number", 0);
	struct listing x = { .a = a };
	struct err why = ERR_INIT;

	scheme += *scheme == '-';
	x.l = lists_find(a, scheme);
	x.file = audit_need(a, "issued/%" PRId64 ".crl", n);
	if (x.file == NULL)
		return;
	if (x.l == NULL) {
		audit_say(
		    a, AUDIT_R74, "an issuer of this name", "%.60s", scheme);
		return;
	}
	audit_same(a, AUDIT_R73, "scheme", scheme,
	    jsonx_get_str(a->it->event, "scheme"));
	a->report->count[AUDIT_N_CRLS]++;
	if (crl_decode(buf_slice(&x.file->bytes), &x.crl, &why) < 0) {
		audit_say(a, AUDIT_R73, "a list", "%s", why.detail);
		return;
	}
	if (!crl_signed_by(x.crl, x.l->issuer))
		audit_say(a, AUDIT_R74, "the signature of the issuer",
		    "another, or none");
	order_judge(&x);
	entries_judge(&x);
	bytes_judge(&x);
	data_judge(&x);
	crl_free(x.crl);
}
