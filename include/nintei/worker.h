/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_WORKER_H
#define NINTEI_WORKER_H
/*
 * worker: the disposable children that parse what strangers send, and the
 * zygotes that fork them.
 * Runs in: unpack, examine (zygote and children), core, nintei (hosts).
 * Trusts: nothing that a child writes.  Module: privsep.
 * Rules: BUNDLES 2; docs/PRIVSEP.md; zygote jobs in docs/PROTOCOL.ipc.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "nintei/cc.h"
#include "nintei/err.h"
#include "nintei/slice.h"

/* What a confined child runs: the input is mapped read-only, frames go to
 * out_fd (3) with write and writev only.  The value returned is the exit
 * status; 0 is success. */
typedef int (*worker_fn)(uint32_t kind, struct slice in, int out_fd);

/* Named seccomp sets: src/privsep/sets.inc. */
enum privsep_set {
	PRIVSEP_SET_NONE = 0,
	PRIVSEP_SET_WORKER, /* BUNDLES 2.4 exactly */
	PRIVSEP_SET_ZYGOTE, /* fork and reap; no open, no socket, no exec */
	PRIVSEP_SET_SIGNER, /* frames, pwrite, fdatasync; no open, no exec */
	PRIVSEP_SET_CORE, /* files and threads; no inet sockets, no exec */
	PRIVSEP_SET_FRONT, /* accept; no new sockets, no write-open, no exec */
	PRIVSEP_SET_SUPERVISOR,
	PRIVSEP_SET_COURIER, /* outward sockets, threads; else as front */
	PRIVSEP_SET_GITD, /* fork and exec; no sockets */
	PRIVSEP_SET_GIT, /* besides: no file is made, changed or removed */
	PRIVSEP_SET_PDFTEXT, /* worker, and reading files */
	PRIVSEP_SET_PDFTEXT_ZYGOTE, /* zygote, and what its children need */
	PRIVSEP_SET_CLAM, /* worker, and one socket to clamd */
	PRIVSEP_SET_CLAM_ZYGOTE,
	PRIVSEP_SET_MAX
};

struct privsep_path {
	const char *path; /* a missing one is passed over */
	bool write; /* also make, rename, remove below it */
	bool exec; /* programs in it may be started */
};

struct worker_limits {
	unsigned cpu_seconds;
	unsigned wall_seconds; /* the zygote kills */
	size_t data_bytes; /* RLIMIT_DATA */
};

struct worker_class {
	const char *name; /* "unpack": its user is nintei-unpack */
	worker_fn run;
	void (*warm)(void); /* once, before any fork and any confinement */
	struct worker_limits limits;
	enum privsep_set set; /* of the children; NONE: that of a worker */
	enum privsep_set zygote_set; /* NONE: that of a zygote */
	/* What the children may read, where the kernel has Landlock; none: no
	 * file at all, and an empty root. */
	const struct privsep_path *paths;
	size_t n_paths;
};

/* Something that starts confined children: in the server a zygote process,
 * offline (nintei bundle check, tests) a zygote forked from this process. */
struct worker_host;

/* Forks: the caller must have one thread. */
int worker_host_local(const struct worker_class *cls, struct worker_host **out,
    struct err *e) MUST_CHECK;
/* The same of a program that is a zygote (nintei-pdftext), started beside this
 * one.  Errors: E_UNAVAILABLE (there is none, or it did not start). */
int worker_host_program(
    const char *program, struct worker_host **out, struct err *e) MUST_CHECK;
/* Core's end of the edge to a zygote; the host owns the descriptor. */
int worker_host_zygote(
    int chan_fd, struct worker_host **out, struct err *e) MUST_CHECK;
/* The same of a zygote that may not be there: worker_start() then fails with
 * E_UNAVAILABLE until it is wired anew. */
void worker_host_optional(int chan_fd, struct worker_host **out);
/* The supervisor started a new zygote.  Owns the descriptor, also on error. */
int worker_host_rewire(
    struct worker_host *h, int chan_fd, struct err *e) MUST_CHECK;
void worker_host_free(struct worker_host *h); /* ends a local zygote */
DEFINE_STRUCT_CLEANUP(worker_host, worker_host_free)

struct worker_job {
	int out_fd; /* read end of the pipe; frames of the child */
	int status_fd;
};

/*
 * Start a child for one input: a sealed memfd (may be empty), borrowed.  May
 * be called by several threads at once; waits while the zygote is busy.
 * Errors: E_UNAVAILABLE (zygote gone or busy too long), E_INTERNAL.
 */
int worker_start(struct worker_host *h, uint32_t kind, int in_memfd,
    struct worker_job *out, struct err *e) MUST_CHECK;
/*
 * Read at most max bytes of output, waiting for some.  *out_n 0: the end.
 * Errors: E_UNAVAILABLE when nothing came for longer than any limit.
 */
int worker_read(const struct worker_job *j, void *p, size_t max, size_t *out_n,
    struct err *e) MUST_CHECK;

enum worker_end {
	WORKER_NONE = 0,
	WORKER_OK, /* exit status 0 */
	WORKER_CRASH, /* another status or signal */
	WORKER_TIME, /* SIGXCPU, or killed at the end of its time */
	WORKER_SECURITY, /* SIGSYS: it tried what its sandbox forbids */
	WORKER_BUSY, /* gitd: not begun, for too many are waiting */
	WORKER_MAX
};

/* Zygote jobs on the edge (docs/PROTOCOL.ipc 4), for who serves them. */
enum {
	OP_JOB = 16
}; /* u32 kind; input memfd, output pipe, status pipe */
#define JOB_FDS 3
#define JOB_STATUS_BYTES 8 /* u32 enum worker_end, u32 status or signal */
/* Read or write those bytes.  E_UNAVAILABLE: none, the zygote died. */
int worker_status_decode(struct slice bytes, enum worker_end *out,
    uint32_t *out_status, struct err *e) MUST_CHECK;
/* Exit statuses of gitd's children that are the request's fault: it does not
 * inflate; git's own die(). */
#define WORKER_STATUS_INPUT 76
#define WORKER_STATUS_DIED 128
void worker_status_encode(struct buf *b, enum worker_end end, uint32_t status);

/* Closes both descriptors, waits for the exit status.  E_UNAVAILABLE. */
int worker_finish(
    struct worker_job *j, enum worker_end *out, struct err *e) MUST_CHECK;
/* The output broke the grammar: kill the child and forget it. */
void worker_cancel(struct worker_job *j);
/*
 * All of the above: read to the end into out, then finish, or cancel.
 * Errors: E_UNAVAILABLE, E_INTERNAL (more than out may hold).
 */
int worker_collect(struct worker_job *j, struct buf *out,
    enum worker_end *out_end, struct err *e) MUST_CHECK;

struct layers; /* privsep.h */
/*
 * Main loop of nintei-unpack and nintei-examine: warm, confine, serve jobs
 * until the other end closes.  report, if any, gets the layers in force.
 */
int zygote_main(
    int chan_fd, const struct worker_class *cls, struct err *e) MUST_CHECK;
int zygote_run(int chan_fd, const struct worker_class *cls,
    void (*report)(const struct layers *), struct err *e) MUST_CHECK;

#endif
