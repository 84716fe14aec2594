/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_BUNDLE_H
#define NINTEI_BUNDLE_H
/*
 * bundle: turn an untrusted archive into admitted members.
 * Runs in: unpack (the worker reads the archive and writes frames); core and
 * nintei (bundle_admit reads the frames, checks everything again, hashes).
 * Holds: one sealed archive, one sealed memfd per member.  Trusts: nothing.
 * Rules: BUNDLE-* in docs/PROTOCOL.bundle; frames there too.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/findings.h"
#include "nintei/slice.h"

struct worker_class;
struct worker_host;

enum bundle_format {
	BUNDLE_NONE = 0, /* refused before it was known */
	BUNDLE_ZIP,
	BUNDLE_TAR,
	BUNDLE_TAR_GZ,
	BUNDLE_TAR_XZ,
	BUNDLE_TAR_ZST,
	BUNDLE_7Z, /* only by bundle_admit_7z */
	BUNDLE_FORMAT_MAX
};

/* A file of the archive.  Folders are not members. */
struct bundle_member {
	char *path; /* decoded, NFC, '/' between, without the top folder */
	uint64_t size; /* bytes */
	uint8_t sha256[32];
	int fd; /* sealed memfd with the content; -1 when ignored or empty */
	bool ignored; /* on the ignore list: only for the receipt */
};

struct bundle {
	enum bundle_format format;
	uint64_t size; /* of the archive */
	uint8_t sha256[32]; /* of the archive */
	char *top; /* the folder that was taken off, or NULL */
	struct bundle_member *members; /* in the order of the archive */
	size_t n;
	bool partial; /* refused: members with bad names or content lack */
};

/* The class of workers that run this: for zygote_main, worker_host_local. */
const struct worker_class *bundle_worker_class(void);

/*
 * Admit the archive in archive_fd (a sealed memfd, which stays the caller's)
 * through a worker of host.
 *
 * 0:  *out is set, also when f now holds findings of severity "refuse"; then
 *     out->partial says so and the members are those that could be read.
 *     After a fault of structure there is one finding and no member.
 * -1: it could not be checked.  E_LIMIT: the archive is over
 *     LIMIT_UPLOAD_BYTES.  E_IPC: not a sealed memfd.  E_INTERNAL: the worker
 *     broke the protocol or the sandbox (the trail says which; the worker is
 *     dead, nothing it said is kept).  E_UNAVAILABLE: the worker crashed.
 * Memory: one frame (64 KiB), beside the members' memfds.
 */
int bundle_admit(struct worker_host *host, int archive_fd, struct bundle **out,
    struct findings *f, struct err *e) MUST_CHECK;
/* The same where the operator takes 7z too (nintei.yaml, `archives.7z`). */
int bundle_admit_7z(struct worker_host *host, int archive_fd,
    struct bundle **out, struct findings *f, struct err *e) MUST_CHECK;
void bundle_free(struct bundle *b); /* closes the members' fds */
DEFINE_STRUCT_CLEANUP(bundle, bundle_free)

/* The member with this path (compared by NFC) that is not ignored, or NULL. */
const struct bundle_member *bundle_find(
    const struct bundle *b, const char *path);
/* "zip", "tar", "tar.gz", "tar.xz", "tar.zst", "7z"; "" for BUNDLE_NONE. */
const char *bundle_format_name(enum bundle_format f);

/*
 * The name policy alone, for names that do not come from an archive (a
 * manifest, a form, bundle make): UTF-8, every check of BUNDLES 1.4 but
 * collisions.  NULL when the name is good, else the code ("NAME_DOTDOT").
 */
const char *bundle_name_fault(struct slice name);
/* On the ignore list (system files of macOS and Windows). */
bool bundle_name_is_ignored(struct slice name);

/* A refusing finding with a BUNDLE- code of rules.inc, for other modules. */
void bundle_finding(struct findings *f, const char *code, const char *member,
    const char *detail);

/* What bundle_write_zip writes; content is borrowed. */
struct bundle_source {
	const char *path; /* UTF-8, NFC */
	struct slice content;
};
/*
 * A zip with these members, the same bytes each time: sorted by the bytes of
 * the path, bit 11, deflated where that is shorter, 1980-01-01 00:00.
 * Written to fd from its present position.  Errors: E_INPUT (a name the
 * policy refuses, or twice), E_LIMIT, E_INTERNAL (write).
 */
int bundle_write_zip(const struct bundle_source *members, size_t n, int fd,
    struct err *e) MUST_CHECK;
/* The same, but members[0] (mimetype) stands first, and is stored. */
int bundle_write_container(const struct bundle_source *members, size_t n,
    int fd, struct err *e) MUST_CHECK;

#endif
