/* SPDX-License-Identifier: Apache-2.0 */
/* What an audit says: findings in the order of the history, and the sums. */
#include "audit_int.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"

static void
finding_add(struct audit_report *r, const struct audit_finding *f)
{
	r->ok = false;
	r->failures++;
	if (r->n_findings == AUDIT_FINDINGS) {
		free(f->expected);
		free(f->found);
		return;
	}
	r->findings =
	    xrealloc(r->findings, r->n_findings + 1, sizeof(*r->findings));
	r->findings[r->n_findings++] = *f;
}

static void say_v(struct audit *a, const struct item *it, enum audit_rule rule,
    const char *expected, const char *fmt, va_list ap)
    __attribute__((format(printf, 5, 0)));

static void
say_v(struct audit *a, const struct item *it, enum audit_rule rule,
    const char *expected, const char *fmt, va_list ap)
{
	struct audit_finding f = { .rule = rule };
	char text[512];

	if (it != NULL) {
		f.at = it->at;
		hex_encode(it->id.b, GITX_OID, f.commit);
	}
	if (it != NULL && (it->has_commit || it->has_name))
		snprintf(f.event, sizeof(f.event), "%s/%" PRIu64,
		    it->view.dossier, it->view.seq);
	vsnprintf(text, sizeof(text), fmt, ap);
	f.expected = xstrdup(expected);
	f.found = xstrdup(text);
	a->said++;
	finding_add(a->report, &f);
}

void
audit_say(struct audit *a, enum audit_rule rule, const char *expected,
    const char *fmt, ...)
{
	va_list ap;

	if (a->it != NULL && a->it->light)
		return;
	va_start(ap, fmt);
	say_v(a, a->it, rule, expected, fmt, ap);
	va_end(ap);
}

void
audit_say_whole(struct audit *a, enum audit_rule rule, const char *expected,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say_v(a, NULL, rule, expected, fmt, ap);
	va_end(ap);
}

bool
audit_same(struct audit *a, enum audit_rule rule, const char *what,
    const char *expected, const char *found)
{
	CLEANUP(freep) char *want = NULL;

	if (expected != NULL && found != NULL && strcmp(expected, found) == 0)
		return true;
	want = xasprintf("%s %s", what, expected == NULL ? "-" : expected);
	audit_say(a, rule, want, "%s", found == NULL ? "-" : found);
	return false;
}

/* What concerns the whole (at 0) comes after what an event is named for. */
static int
finding_cmp(const void *a, const void *b)
{
	const struct audit_finding *x = a, *y = b;
	uint64_t i = x->at == 0 ? UINT64_MAX : x->at;
	uint64_t k = y->at == 0 ? UINT64_MAX : y->at;

	if (i != k)
		return i < k ? -1 : 1;
	return (int)x->rule - (int)y->rule;
}

void
report_sort(struct audit_report *r)
{
	if (r->n_findings > 1)
		qsort(r->findings, r->n_findings, sizeof(*r->findings),
		    finding_cmp);
}

void
audit_report_free(struct audit_report *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n_findings; i++) {
		free(r->findings[i].expected);
		free(r->findings[i].found);
	}
	free(r->findings);
	free(r);
}

static struct json *
finding_json(const struct audit_finding *f)
{
	struct json *j = jsonx_object();

	jsonx_set_str(j, "id", audit_rule_id(f->rule));
	jsonx_set_str(j, "word", audit_rule_word(f->rule));
	if (f->at != 0)
		jsonx_set_int(j, "at", (int64_t)f->at);
	if (f->event[0] != '\0')
		jsonx_set_str(j, "event", f->event);
	if (f->commit[0] != '\0')
		jsonx_set_str(j, "commit", f->commit);
	if (audit_rule_article(f->rule)[0] != '\0')
		jsonx_set_str(j, "article", audit_rule_article(f->rule));
	jsonx_set_str(j, "expected", f->expected);
	jsonx_set_str(j, "found", f->found);
	jsonx_set_str(j, "text_ja", audit_rule_ja(f->rule));
	jsonx_set_str(j, "text_en", audit_rule_en(f->rule));
	return j;
}

static struct json *
counts_json(const struct audit_report *r)
{
	struct json *j = jsonx_object();

	for (int i = 0; i < AUDIT_N_MAX; i++)
		jsonx_set_int(j, audit_count_name((enum audit_count)i),
		    (int64_t)r->count[i]);
	return j;
}

static struct json *
trust_json(const struct audit_report *r)
{
	struct json *j = jsonx_object();

	jsonx_set_bool(j, "pinned_root", r->pinned_root);
	jsonx_set_bool(j, "pinned_genesis", r->pinned_genesis);
	jsonx_set_bool(j, "checkpoint", r->has_checkpoint);
	jsonx_set_str(j, "genesis", r->genesis);
	jsonx_set_str(j, "genesis_sha256", r->genesis_sha256);
	jsonx_set_str(j, "root_sha256", r->root_sha256);
	jsonx_set_str(j, "roster_sha256", r->roster_sha256);
	jsonx_set_str(j, "log_key", r->log_key);
	return j;
}

/* What nothing was said about, in words. */
static struct json *
unchecked_json(const struct audit_report *r)
{
	struct json *list = jsonx_array();
	struct json *j;

	if (r->cases_shredded > 0) {
		j = jsonx_object();
		jsonx_set_str(j, "what", "destroyed documents");
		jsonx_set_int(j, "n", (int64_t)r->documents_destroyed);
		jsonx_set_str(j, "why",
		    "destroyed by decision: their ciphertext alone is proved");
		jsonx_add(list, j);
	}
	if (r->documents_missing > 0) {
		j = jsonx_object();
		jsonx_set_str(j, "what", "documents");
		jsonx_set_int(j, "n", (int64_t)r->documents_missing);
		jsonx_set_str(j, "why", "the clone lacks these ciphertexts");
		jsonx_add(list, j);
	}
	if (r->words_pending > 0) {
		j = jsonx_object();
		jsonx_set_str(j, "what", "words owed");
		jsonx_set_int(j, "n", (int64_t)r->words_pending);
		jsonx_set_str(j, "why",
		    "the last acts owe them to other cases: on their way");
		jsonx_add(list, j);
	}
	if (r->commits_before > 0) {
		j = jsonx_object();
		jsonx_set_str(j, "what", "commits");
		jsonx_set_int(j, "n", (int64_t)r->commits_before);
		jsonx_set_str(j, "why",
		    "replayed without their signatures: verified before");
		jsonx_add(list, j);
	}
	return list;
}

struct json *
audit_report_json(const struct audit_report *r)
{
	struct json *j = jsonx_object(), *log = jsonx_object();
	struct json *findings = jsonx_array();
	char root[65];

	jsonx_set_str(j, "schema", "nintei.audit/1");
	jsonx_set_bool(j, "ok", r->ok);
	if (r->development)
		jsonx_set_bool(j, "development", true);
	jsonx_set_int(j, "events", (int64_t)r->count[AUDIT_N_EVENTS]);
	jsonx_set_int(j, "commits", (int64_t)r->count[AUDIT_N_COMMITS]);
	jsonx_set_int(log, "size", (int64_t)r->log_size);
	jsonx_set_str(log, "root", hex_encode(r->log_root, 32, root));
	jsonx_set(j, "log", log);
	jsonx_set_str(j, "head", r->head);
	for (size_t i = 0; i < r->n_findings; i++)
		jsonx_add(findings, finding_json(&r->findings[i]));
	jsonx_set(j, "findings", findings);
	jsonx_set_int(j, "failures", (int64_t)r->failures);
	jsonx_set(j, "checked", counts_json(r));
	jsonx_set(j, "not_checked", unchecked_json(r));
	jsonx_set(j, "trust", trust_json(r));
	jsonx_set_str(j, "register_digest", r->register_digest);
	jsonx_set_str(j, "state_digest", r->state_digest);
	jsonx_set_int(j, "milliseconds", (int64_t)(r->seconds * 1000.0 + 0.5));
	return j;
}
