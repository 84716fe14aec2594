/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_AUDIT_H
#define NINTEI_AUDIT_H
/*
 * audit: prove the whole history from a clone, offline.
 * Runs in: nintei (audit verify).  Holds: nothing.  Writes: nothing.
 * Trusts: what the auditor pinned; without that, only that the first commit
 * of the clone is the true one, and it says so.
 * Rules: AUDIT-* in audit_rules.inc and docs/PROTOCOL.audit.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/jsonx.h"

/* What is checked, in the order of docs/PROTOCOL.audit. */
enum audit_rule {
	AUDIT_NONE = 0,
#define AUDIT(number, word, article, ja, en) AUDIT_R##number,
#include "nintei/audit_rules.inc"
#undef AUDIT
	AUDIT_RULES_MAX
};
const char *audit_rule_id(enum audit_rule r); /* "AUDIT-23" */
const char *audit_rule_word(enum audit_rule r); /* "event-chain" */
const char *audit_rule_article(enum audit_rule r); /* "" when it has none */
const char *audit_rule_ja(enum audit_rule r); /* one sentence */
const char *audit_rule_en(enum audit_rule r);

#define AUDIT_COMMIT_TEXT 41
#define AUDIT_EVENT_TEXT 64 /* "<case>/<seq>" */
#define AUDIT_FINDINGS 100 /* listed; further ones are only counted */

/* One failure.  Texts are owned; event and commit are "" where unknown. */
struct audit_finding {
	enum audit_rule rule;
	uint64_t at; /* number of the commit, from 1; 0: of the whole */
	char event[AUDIT_EVENT_TEXT];
	char commit[AUDIT_COMMIT_TEXT];
	char *expected;
	char *found;
};

/* What the auditor knows from elsewhere.  NULL or "": not pinned. */
struct audit_opts {
	const char *gitdir; /* bare, or a work tree's .git */
	const char *trust; /* folder: root.cer or .pem, genesis.json, genesis */
	const char *since; /* commit id in hex: verified before */
	const char *checkpoint; /* file: signed note of the log */
	unsigned jobs; /* threads; 0: one for each core */
	/* May be NULL.  Called now and then from the thread of audit_run. */
	void (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
};

enum audit_count {
	AUDIT_N_COMMITS = 0,
	AUDIT_N_EVENTS,
	AUDIT_N_OBJECTS,
	AUDIT_N_SIGNATURES, /* of commits */
	AUDIT_N_STEPS,
	AUDIT_N_DECISIONS,
	AUDIT_N_APPROVALS,
	AUDIT_N_CERTIFICATES,
	AUDIT_N_CRLS,
	AUDIT_N_ROSTER,
	AUDIT_N_DOCUMENTS,
	AUDIT_N_STATEMENTS, /* opinions, declarations, consents, notices */
	AUDIT_N_CASES,
	AUDIT_N_MAX
};
const char *audit_count_name(enum audit_count c); /* "commits" */

struct audit_report {
	bool ok; /* nothing failed */
	struct audit_finding *findings; /* by at, then rule */
	size_t n_findings;
	uint64_t failures; /* all, listed or not */
	uint64_t count[AUDIT_N_MAX];
	uint64_t commits_before; /* replayed without signatures (since) */
	uint64_t documents_destroyed, cases_shredded; /* by decision */
	uint64_t documents_missing; /* ciphertexts that the clone lacks */
	uint64_t words_pending; /* that the last acts owe other cases */
	uint64_t log_size;
	uint8_t log_root[32];
	char head[AUDIT_COMMIT_TEXT];
	char genesis[AUDIT_COMMIT_TEXT];
	char genesis_sha256[65]; /* of genesis.json */
	char root_sha256[65]; /* of pki/root.cer */
	char log_key[256]; /* vkey line of pki/log.vkey, or "" */
	char roster_sha256[65]; /* of the first roster's entries, by name */
	char register_digest[65]; /* of the register after the last event */
	char state_digest[65]; /* of every case's state */
	bool pinned_root, pinned_genesis, has_checkpoint;
	bool development;
	double seconds;
};

/*
 * Verify.  -1 only when it could not be checked at all: E_NOT_FOUND (no
 * repository, no such commit), E_INPUT (the trust folder), E_UNAVAILABLE.
 * What was checked and is wrong is in the report.
 */
int audit_run(const struct audit_opts *opts, struct audit_report **out,
    struct err *e) MUST_CHECK;
void audit_report_free(struct audit_report *r);
DEFINE_STRUCT_CLEANUP(audit_report, audit_report_free)

/* The document of --json; the caller owns it. */
struct json *audit_report_json(const struct audit_report *r);

#endif
