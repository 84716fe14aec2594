/* SPDX-License-Identifier: Apache-2.0 */
/* An audit from opening the clone to the report. */
#include "audit_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "nintei/enc.h"
#include "nintei/jsonx.h"
#include "nintei/x509.h"

#define PROGRESS_EVERY 256

static void
trail_free(void *value)
{
	struct trail *t = value;

	while (t->papers != NULL) {
		struct paper *p = t->papers;

		t->papers = p->next;
		paper_free(p);
	}
	pub_doc_free(t->entry);
	dossier_free(t->d);
	free(t);
}

static void
lists_free(struct lists *l)
{
	cert_free(l->issuer);
	free(l->revoked);
	free(l);
}

static void
json_free(void *value)
{
	jsonx_free(value);
}

void
audit_done(struct audit *a)
{
	keymap_free(&a->cases, trail_free);
	keymap_free(&a->decisions, NULL);
	keymap_free(&a->revocations, NULL);
	keymap_free(&a->numbers, NULL);
	keymap_free(&a->keys, NULL);
	keymap_free(&a->serials, free);
	keymap_free(&a->counters, NULL);
	keymap_free(&a->pinned, free);
	keymap_free(&a->versions, NULL);
	keymap_free(&a->drafts, json_free);
	roster_free(a->roster);
	scheme_set_free(a->schemes);
	cert_free(a->root);
	for (size_t i = 0; i < a->n_lists; i++)
		lists_free(a->lists[i]);
	cross_done(a);
	free(a->delegations);
	buf_free(&a->signer_lines);
	buf_free(&a->signers_now);
	buf_free(&a->oid_base);
	buf_free(&a->note);
	pins_free(&a->pins);
	audit_report_free(a->report);
}

static void
audit_init(struct audit *a, const struct audit_opts *opts)
{
	*a = (struct audit){ .opts = opts,
		.signer_lines = BUF_INIT(KIB(64)),
		.signers_now = BUF_INIT(MIB(4)),
		.oid_base = BUF_INIT(KIB(1)) };
	a->roster = roster_new();
	a->schemes = scheme_set_new();
	a->report = xcalloc(1, sizeof(*a->report));
	a->report->ok = true;
}

/*
 * How many first commits were verified before; AUDIT-83 when that commit is
 * not in this history any more.
 */
static int
since_find(
    struct audit *a, const struct lineage *l, uint64_t *out, struct err *e)
{
	const char *text = a->opts->since;
	struct gitx_oid id;

	*out = 0;
	if (text == NULL || text[0] == '\0')
		return 0;
	if (hex_decode(text, id.b, sizeof(id.b), e) < 0)
		return err_wrap(e, "since: want the whole id of a commit");
	for (size_t i = 0; i < l->n; i++)
		if (gitx_oid_eq(&l->ids[i], &id)) {
			*out = l->n - i;
			return 0;
		}
	audit_say_whole(a, AUDIT_R83, text,
	    "the commit verified before is not in this history");
	return 0;
}

static unsigned
jobs_of(const struct audit_opts *opts)
{
	long n =
	    opts->jobs > 0 ? (long)opts->jobs : sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

/*
 * AUDIT-1: without its beginning nothing of a history can be judged: neither
 * keys nor people nor rules are known.  it: the first that can be read.
 */
static void
cut_say(struct audit *a, struct item *it)
{
	const struct lineage *l = a->cut;
	char id[AUDIT_COMMIT_TEXT];
	CLEANUP(freep)
	char *want =
	    xasprintf("commit %s", hex_encode(l->missing.b, GITX_OID, id));

	a->it = it;
	audit_say(a, AUDIT_R1, want, "%.100s%s", l->why.detail,
	    l->why.code == E_NOT_FOUND
		? ": is this a shallow clone?  The beginning is missing"
		: "");
	a->it = NULL;
}

static int
history_follow(struct audit *a, const struct pool_opts *po, struct err *e)
{
	CLEANUP(pool_freep) struct pool *p = NULL;
	struct item *it;
	uint64_t n = 0;

	if (pool_new(po, &p, e) < 0)
		return -1;
	while ((it = pool_next(p)) != NULL) {
		if (a->cut != NULL) {
			cut_say(a, it);
			return 0;
		}
		audit_follow(a, it);
		if (a->opts->progress != NULL && ++n % PROGRESS_EVERY == 0)
			a->opts->progress(a->opts->arg, n, po->lineage->n);
	}
	if (a->opts->progress != NULL)
		a->opts->progress(a->opts->arg, n, po->lineage->n);
	return 0;
}

static int
audit_whole(struct audit *a, struct err *e)
{
	CLEANUP(source_freep) struct source *s = NULL;
	CLEANUP(lineage_free) struct lineage l = { 0 };
	struct pool_opts po = { .jobs = jobs_of(a->opts) };

	if (source_open(a->opts->gitdir, &s, e) < 0 || pins_load(a, e) < 0 ||
	    checkpoint_load(a, e) < 0 || lineage_collect(s, &l, e) < 0 ||
	    since_find(a, &l, &po.light, e) < 0)
		return -1;
	a->cut = l.cut ? &l : NULL;
	hex_encode(s->head.b, GITX_OID, a->report->head);
	a->report->commits_before = po.light;
	po.source = s;
	po.lineage = &l;
	if (l.n == 0) {
		cut_say(a, &(struct item){ .at = 1, .id = l.missing });
		return 0;
	}
	if (history_follow(a, &po, e) < 0)
		return -1;
	cross_end(a);
	checkpoint_end(a);
	register_digest(a);
	return 0;
}

int
audit_run(
    const struct audit_opts *opts, struct audit_report **out, struct err *e)
{
	CLEANUP(audit_done) struct audit a;
	struct timespec begun, ended;

	clock_gettime(CLOCK_MONOTONIC, &begun);
	audit_init(&a, opts);
	if (audit_whole(&a, e) < 0)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &ended);
	a.report->seconds = (double)(ended.tv_sec - begun.tv_sec) +
	    (double)(ended.tv_nsec - begun.tv_nsec) / 1e9;
	report_sort(a.report);
	*out = TAKE(a.report);
	return 0;
}
