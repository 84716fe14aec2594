/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_GITSERVE_H
#define NINTEI_GITSERVE_H
/*
 * gitserve: stock git beside the store: upload-pack for auditors, each in a
 * child that can only read, and the maintenance of the repository.
 * Runs in: gitd; nintei (store maintain).  Holds: the repository on disk.
 * Trusts: git(1) as far as its box; of a request nothing but its size.
 * Rules: GIT-* in docs/PRIVSEP.md; STORE 6.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

/* What a job of gitd asks: the u32 of its frame (docs/PROTOCOL.ipc 4). */
enum gitserve_act {
	GITSERVE_NONE = 0,
	GITSERVE_REFS, /* the advertisement; no input */
	GITSERVE_PACK, /* input: one request of git-upload-pack */
	GITSERVE_MAINTAIN, /* no input; output: the report as JSON */
	GITSERVE_MAX
};
struct gitserve_kind {
	enum gitserve_act act;
	unsigned protocol; /* 0, 1 or 2 */
	bool gzip; /* the input is one gzip member */
	bool bundle; /* MAINTAIN: write the clone bundle anew */
};
uint32_t gitserve_encode(const struct gitserve_kind *k);
/* False: not a kind. */
bool gitserve_decode(uint32_t wire, struct gitserve_kind *out);
/*
 * The greatest version that a Git-Protocol header names ("version=2", items
 * parted by ":"); whatever else it says does not travel on.
 */
unsigned gitserve_protocol(struct slice header);

/* Where things are, below the folder of the store. */
#define GITSERVE_REPOSITORY "audit.git"
#define GITSERVE_LOCK "maintain.lock" /* flock; its mtime: the last success */
#define GITSERVE_BUNDLES "bundle"
#define GITSERVE_BUNDLE "bundle/audit.bundle"

/* What maintenance does; progress as lines to say (may be NULL). */
struct gitserve_maintain {
	const char *store; /* folder: audit.git, maintain.lock, bundle/ */
	bool fsck;
	bool bundle;
	void (*say)(void *arg, const char *line);
	void *arg;
};
struct gitserve_figures {
	uint64_t packs, pack_bytes, loose;
};
struct gitserve_report {
	struct gitserve_figures before, after;
	double repack_seconds, graph_seconds, fsck_seconds, bundle_seconds;
	unsigned fsck_runs;
	uint64_t bundle_bytes; /* 0: none was made */
};
/*
 * repack --geometric=2 -d with midx and bitmaps, commit-graph; then what was
 * asked for.  Never gc, prune or repack -a.  Beside a running server; waits
 * for nobody.  The caller has sealed the store, if it holds it.
 * Errors: E_STORE_LOCKED (another maintenance runs), E_NOT_FOUND (no store),
 * E_STORE_CORRUPT (fsck, twice), E_UNAVAILABLE (git or the disk failed).
 */
int gitserve_maintain(const struct gitserve_maintain *m,
    struct gitserve_report *out, struct err *e) MUST_CHECK;
void gitserve_report_json(const struct gitserve_report *r, struct buf *out);

/*
 * Main loop of nintei-gitd: confine, serve jobs until the other end closes.
 * report, if any, gets the layers in force.
 */
struct layers;
int gitserve_run(int chan_fd, const char *home,
    void (*report)(const struct layers *), struct err *e) MUST_CHECK;

#endif
