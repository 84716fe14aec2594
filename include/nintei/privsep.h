/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PRIVSEP_H
#define NINTEI_PRIVSEP_H
/*
 * privsep: what a process gives up.  The disposable children that parse what
 * strangers send are in worker.h.
 * Runs in: every process.  Trusts: the kernel.
 * Rules: BUNDLES 2; docs/PRIVSEP.md.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "nintei/cc.h"
#include "nintei/err.h"
#include "nintei/worker.h"

/* What holds the process now. */
enum layer {
	LAYER_USER,
	LAYER_CAPS,
	LAYER_NAMESPACES,
	LAYER_ROOT,
	LAYER_LIMITS,
	LAYER_LANDLOCK,
	LAYER_SECCOMP,
	LAYER_MAX
};
struct layers {
	bool on[LAYER_MAX];
	char note[LAYER_MAX][40]; /* "abi 7", "off: not permitted", ... */
};
#define LAYERS_TEXT 384
/* "user=65534 caps=none namespaces=net,ipc,mnt ... seccomp=worker". */
const char *privsep_layers_text(const struct layers *l, char out[LAYERS_TEXT]);
/* Logs "process.confined" with that text. */
void privsep_report(const struct layers *l);

struct confinement {
	const char *name; /* of the process */
	enum privsep_set seccomp;
	const char *user; /* taken on if root and it exists; NULL: none */
	uid_t fallback_uid; /* if root and it does not exist; 0: stay */
	bool isolate; /* own net and ipc namespace, where possible */
	bool empty_root; /* chroot into nothing, where possible */
	bool landlock; /* only these paths, where the kernel can */
	bool connects; /* may open TCP connections under Landlock too */
	const struct privsep_path *paths;
	size_t n_paths;
	int last_fd; /* close all above it; 0: none */
	const struct worker_limits *worker; /* all limits of BUNDLES 1.5 */
	bool reads_files; /* a worker that may open what paths say */
	/* A zygote's child: the zygote tried the set, gave up user and
	 * capabilities. */
	bool is_tried;
};

/* A child under the set tries what it forbids; E_INTERNAL if it may. */
int privsep_try(enum privsep_set set, struct err *e) MUST_CHECK;

/*
 * Give up all that c does not grant, in the order of BUNDLES 2.4; always also
 * no_new_privs, undumpable, no core file.  Then a self-test: what the set
 * forbids must fail, else E_INTERNAL and the caller must stop.  Call it with
 * one thread, after everything is opened, fetched and warm.
 */
int privsep_enter(
    const struct confinement *c, struct layers *out, struct err *e) MUST_CHECK;

#endif
