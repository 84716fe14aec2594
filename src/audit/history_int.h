/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_AUDIT_HISTORY_INT_H
#define NINTEI_AUDIT_HISTORY_INT_H
/* history_int: stage B: what an audit knows while it walks. */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/approval.h"
#include "nintei/audit.h"
#include "nintei/ca.h"
#include "nintei/derive.h"
#include "nintei/digest.h"
#include "nintei/dossier.h"
#include "nintei/flow_next.h"
#include "nintei/instant.h"
#include "nintei/limits.h"
#include "nintei/packset.h"
#include "nintei/scheme.h"
#include "nintei/tlog.h"
#include "nintei/workflow.h"
#include "item_int.h"

/* --- keymap.c: texts to pointers --- */

struct keymap {
	struct keymap_slot {
		char *key;
		void *value;
	} * slots;
	size_t cap;
	size_t n;
};
void *keymap_get(const struct keymap *t, const char *key); /* NULL */
void keymap_put(struct keymap *t, const char *key, void *value);
/* free_value may be NULL. */
void keymap_free(struct keymap *t, void (*free_value)(void *value));
/* Keys in order; the array is the caller's. */
const struct keymap_slot **keymap_sorted(const struct keymap *t);

/* A decision from freezing to the end of what it brings. */
struct paper {
	char id[LIMIT_ID_BYTES + 1];
	struct decision *doc;
	struct buf detail; /* detail.json, or empty */
	struct signed_by {
		char person[LIMIT_ID_BYTES + 1];
		struct buf armour;
		int64_t at;
	} sigs[APPROVAL_SIGNATURES_MAX];
	size_t n_sigs;
	int64_t executed_at; /* 0: not yet */
	bool continued; /* a renewal: its base was, when it was frozen */
	struct paper *next;
};
void paper_free(struct paper *p);

/* One case on its way. */
struct trail {
	struct dossier *d;
	bool lost; /* a finding left its state unknown */
	struct paper *papers;
	struct pub_doc *entry; /* of the register, or NULL */
	char pending[LIMIT_ID_BYTES + 1]; /* renewal over this base, or "" */
};
/* A word that one case owes to another, until it is heard. */
struct debt {
	char cause[DOSSIER_HASH]; /* hash of the event that owes it */
	char event[AUDIT_EVENT_TEXT]; /* its name */
	char from[LIMIT_ID_BYTES + 1]; /* its case */
	struct flow_owed owed;
	struct json *said; /* data.certification of what owes it; owned */
	char decision[LIMIT_ID_BYTES + 1]; /* that it carried out, or "" */
	int64_t at; /* effective_at of what owes it */
	int64_t committed;
};
struct paper *trail_paper(const struct trail *t, const char *id); /* NULL */

/* One certificate. */
enum issued_kind {
	ISSUED_TERM = 0, /* by a certify decision */
	ISSUED_AGAIN, /* by a reissue */
	ISSUED_INTERIM /* of a continuation */
};
struct issued {
	enum issued_kind kind;
	char serial[SERIAL_HEX];
	char number[24];
	char dossier[LIMIT_ID_BYTES + 1];
	char spki[SHA256_HEX];
	const struct paper *by; /* its decision */
	struct lists *lists; /* of its issuer */
	uint32_t term;
	struct jday certified_on, valid_from, valid_through;
	int64_t from, until; /* its own validity */
	struct issued *before; /* of the same number */
	bool revoked;
	bool maybe; /* it expired while it was being revoked */
	uint64_t revoked_by; /* number of the commit */
	int64_t committed; /* its time */
	int64_t not_before, not_after; /* bounds of the entry's instant */
	struct derive_end end; /* how */
	struct ca_revocation entry; /* revoked_at 0: not listed yet */
};

/* The lists of one issuer. */
struct lists {
	char scheme[LIMIT_ID_BYTES + 1];
	struct cert *issuer;
	uint64_t number;
	int64_t this_update;
	struct issued **revoked;
	size_t n_revoked;
	size_t owed; /* of these, not listed yet */
};

struct store_key { /* a line of allowed_signers for commits */
	struct ssh_key key;
	int64_t from, until; /* until 0: no end */
};

/* What a trust folder holds. */
struct pins {
	struct cert *root;
	struct buf genesis; /* genesis.json */
	char commit[AUDIT_COMMIT_TEXT]; /* id of the first commit */
};

struct audit {
	const struct audit_opts *opts;
	struct audit_report *report;
	struct item *it; /* now */
	uint64_t said; /* findings so far */
	/* as the history has it */
	struct tlog log;
	bool log_lost;
	const struct lineage *cut; /* its beginning cannot be read, or NULL */
	int64_t committed; /* of the last commit */
	bool stood_still; /* and no later than the one before */
	struct keymap cases; /* id -> struct trail */
	struct keymap decisions; /* id -> something: it was frozen */
	struct keymap revocations; /* event hash -> struct lists */
	struct keymap serials; /* -> struct issued */
	struct keymap numbers; /* -> struct issued, the last of it */
	struct keymap keys; /* SPKI hash -> struct issued, or the own keys */
	struct keymap counters; /* of sk keys */
	struct keymap pinned; /* person -> struct pin_time */
	struct debt *debts; /* a handful */
	size_t n_debts;
	struct trail **delegations; /* cases that have some */
	size_t n_delegations;
	struct roster *roster;
	struct store_key signers[AUDIT_KEYS];
	size_t n_signers;
	struct buf signer_lines; /* of allowed_signers, for the store */
	struct buf signers_now; /* the file as it is */
	struct scheme_set *schemes;
	struct keymap versions; /* "<scheme>/<policy_version>" */
	struct keymap drafts; /* "<case>/<instance>" -> files, JSON */
	struct cert *root;
	struct lists *lists[64];
	size_t n_lists;
	struct pins pins;
	struct buf oid_base; /* from the issuers' certificates */
	struct buf note; /* of opts->checkpoint */
	struct tlog_head checkpoint; /* size 0: none */
	bool checkpoint_met;
};

#endif
