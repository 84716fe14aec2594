/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_AUDIT_ITEM_INT_H
#define NINTEI_AUDIT_ITEM_INT_H
/* item_int: stage A: what a clone holds, commit by commit. */
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

#endif
