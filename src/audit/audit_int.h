/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_AUDIT_INT_H
#define NINTEI_AUDIT_INT_H
/*
 * audit_int: an audit in two stages.  Stage A looks at one commit by itself
 * (objects, signature, tree, form of the event) and runs in many threads;
 * stage B follows the history (chains, rules, decisions, certificates, log)
 * in one thread, in the order of the commits.
 */
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

#define AUDIT_PATH 256
#define AUDIT_END INT64_C(4102444800) /* 2100-01-01: nothing is so late */
#define AUDIT_SLACK 600 /* seconds between an act and its record */
#define AUDIT_KEYS 16 /* keys that sign commits */

/* --- source.c: the clone --- */

struct source {
	char *gitdir; /* the folder with objects/ */
	struct pack_set *set;
	struct gitx_oid head;
};
int source_open(
    const char *path, struct source **out, struct err *e) MUST_CHECK;
void source_free(struct source *s);
DEFINE_STRUCT_CLEANUP(source, source_free)
/* Ids from the head to the first commit; owned. */
struct lineage {
	struct gitx_oid *ids; /* newest first */
	size_t n;
	size_t cap;
	bool cut; /* what the last one names cannot be read */
	struct gitx_oid missing;
	struct err why;
};
void lineage_free(struct lineage *l);
int lineage_collect(
    const struct source *s, struct lineage *out, struct err *e) MUST_CHECK;

/* --- commit.c: the bytes of a commit --- */

struct commit_view {
	struct gitx_oid tree, parent;
	unsigned parents;
	int64_t authored, committed;
	char role[LIMIT_ID_BYTES + 1];
	char dossier[LIMIT_ID_BYTES + 1];
	uint64_t seq;
	char act[2 * DOSSIER_WORD];
	uint64_t log_size;
	uint8_t log_root[TLOG_HASH];
};
/*
 * text: the commit without its signature; armour: the signature.  Both are
 * emptied first.  E_INPUT says what is not as the store writes it.
 */
int commit_view_read(struct slice raw, struct commit_view *out,
    struct buf *text, struct buf *armour, struct err *e) MUST_CHECK;
/* Case and sequence alone, of a commit of another form; false: none. */
bool commit_name_read(struct slice raw, struct commit_view *out);
/* Tree and parents alone, of anybody's commit; false: malformed. */
bool commit_parents_read(struct slice raw, struct gitx_oid *out_tree,
    struct gitx_oid *out_parent, unsigned *out_n);

/* --- tree.c: what one commit changed --- */

enum change_kind {
	CHANGE_ADDED = 1,
	CHANGE_REMOVED,
	CHANGE_CHANGED
};
struct change {
	enum change_kind kind;
	struct gitx_oid id; /* of the new file; of the old when removed */
	char path[AUDIT_PATH];
};
struct changes {
	struct change *items;
	size_t n;
	size_t cap;
};
void changes_free(struct changes *c);
/* Trees read last, by depth: the next commit's parent has most of them. */
struct tree_memory;
struct tree_memory *tree_memory_new(void);
void tree_memory_free(struct tree_memory *m);
/*
 * Files that differ.  before NULL: none was there.  E_INPUT: a tree that is
 * not as git writes it, or a mode or name that is not ours; E_NOT_FOUND,
 * E_STORE_CORRUPT: an object.
 */
int tree_changes(struct pack_reader *r, struct tree_memory *m,
    const struct gitx_oid *before, const struct gitx_oid *after,
    struct changes *out, struct err *e) MUST_CHECK;

/* --- item.c: stage A --- */

enum file_kind {
	FILE_NONE = 0,
	FILE_EVENT,
	FILE_DOC, /* docs/ */
	FILE_DECISION, /* decisions/ */
	FILE_ISSUED, /* issued/ */
	FILE_ROSTER, /* roster/ */
	FILE_SCHEME, /* schemes/ */
	FILE_PKI, /* pki/ */
	FILE_SIGNERS, /* allowed_signers */
	FILE_GENESIS, /* genesis.json */
	FILE_OTHER
};
struct file {
	enum file_kind kind;
	enum change_kind change;
	bool claimed; /* a rule says why it is there */
	bool missing; /* a ciphertext that the clone lacks */
	const char *name; /* below the case's folder, or from the top */
	struct gitx_oid id;
	struct buf bytes; /* of documents the beginning alone */
	uint64_t size; /* of documents that were read */
};
struct found { /* a finding of stage A */
	enum audit_rule rule;
	char expected[128];
	char found[192];
};
#define ITEM_FOUND 8
struct item {
	uint64_t at; /* number of the commit, from 1 */
	struct gitx_oid id;
	bool has_commit; /* view holds */
	bool has_name; /* only its case and sequence do */
	bool has_event; /* event holds */
	bool signature_ok;
	bool light; /* verified before: read only */
	struct commit_view view;
	struct ssh_key key; /* that signed */
	struct buf text; /* of the event */
	uint8_t hash[32];
	struct json *event;
	struct changes changes; /* names of files point into it */
	struct file *files;
	size_t n_files;
	uint64_t objects; /* that were read */
	struct found found[ITEM_FOUND];
	size_t n_found;
};
void item_done(struct item *it);
/* One thread's tools. */
struct bench;
int bench_new(const struct source *s, bool verify, struct bench **out,
    struct err *e) MUST_CHECK;
void bench_free(struct bench *b);
DEFINE_STRUCT_CLEANUP(bench, bench_free)
/* parent NULL: the first commit.  What is wrong stands in the item. */
void item_read(struct bench *b, const struct gitx_oid *id,
    const struct gitx_oid *parent, struct item *it);
const struct file *item_file(const struct item *it, const char *name);
/* The same, and now it is known why it is there. */
const struct file *item_claim(struct item *it, const char *name);

/* --- pool.c: items in order, made by threads --- */

struct pool;
struct pool_opts {
	const struct source *source;
	const struct lineage *lineage;
	uint64_t light; /* so many first commits were verified before */
	unsigned jobs;
};
int pool_new(
    const struct pool_opts *opts, struct pool **out, struct err *e) MUST_CHECK;
/* The next item, valid until the next call; NULL past the last. */
struct item *pool_next(struct pool *p);
void pool_free(struct pool *p);
DEFINE_STRUCT_CLEANUP(pool, pool_free)

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

/* --- stage B --- */

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

/* run.c: frees what it holds, the report too. */
void audit_done(struct audit *a);
/* report.c */
void audit_say(struct audit *a, enum audit_rule rule, const char *expected,
    const char *fmt, ...) PRINTF_LIKE(4, 5);
/* The same about the whole, not about one commit. */
void audit_say_whole(struct audit *a, enum audit_rule rule,
    const char *expected, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* One text must be another: says so if it is not. */
bool audit_same(struct audit *a, enum audit_rule rule, const char *what,
    const char *expected, const char *found);
void report_sort(struct audit_report *r);

/* trail.c: what the parts of stage B look up. */
/* The instants of the event at hand; 0 where they are malformed. */
int64_t event_instant(const struct item *it, const char *key);
/* The step of this machine and word in the event, word or effect; or NULL. */
const struct json *event_step(
    const struct json *event, const char *machine, const char *word);
const struct file *audit_need(struct audit *a, const char *fmt, ...)
    PRINTF_LIKE(2, 3); /* claims it; NULL: said so */
struct trail *trail_of(struct audit *a, const char *id); /* made if new */

/* follow.c: one item of stage B. */
void audit_follow(struct audit *a, struct item *it);
/* genesis.c: the first commit, and pki/. */
void genesis_judge(struct audit *a);
/* signers.c: allowed_signers. */
void signers_begin(struct audit *a); /* as the first commit has it */
void signers_judge(struct audit *a); /* the key of this commit */
bool signers_follow(struct audit *a); /* it is what the roster gives */
/* policy.c */
void policy_begin(struct audit *a);
void policy_take(struct audit *a, const char *id, const char *version);
const struct scheme *policy_of(const struct audit *a, const struct trail *t);
void policy_judge(struct audit *a, const struct trail *t);
/* versions.c: what brings a version into force, before the state moves. */
void versions_judge(struct audit *a, const struct trail *t);
/* flow.c: is the event what the tables make of it? */
void flow_judge(struct audit *a, struct trail *t);
/* facts.c: what guards ask beyond the case. */
void facts_fill(struct audit *a, const struct trail *t, struct flow_facts *out);
bool intake_is_safe(const struct json *event);
/* chain.c: an intake, whose other steps stand in the effects. */
bool is_intake(const struct json *event);
int chain_decide(const struct trail *t, const struct flow_act *act,
    const struct flow_facts *f, const struct json *event, struct flow_plan *p,
    struct flow_refusal *r, struct err *e) MUST_CHECK;
/* body.c: acts outside the machines. */
void body_judge(struct audit *a, const struct trail *t, enum flow_role role);
bool is_body_case(const char *id); /* it has no application */
void place_judge(struct audit *a, const char *id, enum machine m);
/* cross.c: AUDIT-39 and 41, words that cases owe each other. */
const struct trail *trail_base(const struct audit *a, const struct trail *t);
void relation_fill(
    const struct audit *a, const struct trail *t, struct flow_facts *out);
bool cross_judge(struct audit *a, const struct trail *t); /* was it owed? */
int64_t cross_instant(const struct audit *a);
void cross_follow(struct audit *a, const struct trail *t); /* state moved */
bool cross_open(const struct audit *a, const char *id); /* something is owed */
void cross_end(struct audit *a);
void cross_done(struct audit *a);
/* members.c: the members of data. */
void data_members_judge(struct audit *a);
/* bring.c: papers of an act by what they are. */
void bring_judge(struct audit *a);
/* paper.c: two people transcribed it; true: so it is. */
bool transcription_judge(struct audit *a);
/* signed.c: true when the act has a good signature of its actor. */
bool statement_judge(struct audit *a);
/* people.c: seats, delegations, readings. */
bool conflict_known(const struct dossier *d, const char *person);
bool delegate_in_scope(
    const struct audit *a, const char *person, const struct dossier *d);
void delegation_follow(struct audit *a, struct trail *t);
void people_judge(struct audit *a, const struct trail *t, enum flow_role role);
void reader_judge(struct audit *a, const char *of, enum flow_role role);
/* clock.c */
void clock_judge(struct audit *a, const struct trail *t);
/* figures.c: dates and amounts in an event's data. */
void figures_judge(struct audit *a, const struct trail *t);
/* dues.c: the same of due dates, and what a decision says. */
void dues_judge(struct audit *a, const struct trail *t);
/* themes.c: what a finding means; what a disclosure handed over. */
void themes_judge(
    struct audit *a, const struct trail *t, const struct scheme *s);
/* decide.c: decisions, from freezing to execution. */
void decision_judge(struct audit *a, struct trail *t);
/* What its signatures are worth at an instant, with one more or without. */
unsigned paper_judge(struct audit *a, const struct trail *t,
    const struct paper *p, int64_t now, struct approval_result *out);
void guards_say(
    struct audit *a, const struct paper *p, unsigned failed, int64_t now);
/* certify.c, lists.c, roster.c */
struct lists *lists_find(const struct audit *a, const char *scheme);
void record_judge(
    struct audit *a, const struct trail *t, struct paper *p); /* as frozen */
void certificate_judge(struct audit *a, struct trail *t);
/* What the event takes back, if anything; after certificate_judge. */
void revocation_note(struct audit *a, const struct trail *t);
/* The last certificate of a number that is no interim one; 0: any term. */
struct issued *issued_term(
    const struct audit *a, const char *number, uint32_t term);
/* The decision that the artefact of this event was ordered by; NULL. */
const struct paper *artefact_paper(
    const struct audit *a, const struct trail *t);
void list_judge(struct audit *a, const struct trail *t);
void lists_owed(struct audit *a);
void roster_judge(struct audit *a, struct trail *t);
/* register.c */
/* AUDIT-67; t->entry is the one before the event. */
void publication_follow(struct audit *a, const struct trail *t);
void register_follow(struct audit *a, struct trail *t);
void register_digest(struct audit *a);
/* checkpoint.c: the file of opts against the history's logs. */
int checkpoint_load(struct audit *a, struct err *e) MUST_CHECK;
void checkpoint_judge(struct audit *a); /* against the first commit's key */
void checkpoint_pass(struct audit *a);
void checkpoint_end(struct audit *a);
/* pin.c */
int pins_load(struct audit *a, struct err *e) MUST_CHECK;
void pins_judge(struct audit *a); /* against the first commit */
void pins_free(struct pins *p);

#endif
