/* SPDX-License-Identifier: Apache-2.0 */
/* What gitd and its children may touch, and how much of it. */
#include "gitserve_int.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/proc.h"

#define READER_CPU_SECONDS 900
#define READER_DATA_BYTES MIB(2048)
#define READER_PROCESSES 4096 /* of the user, all others included */
#define READER_FILES 1024
#define HUMBLE_DATA_BYTES MIB(3072)
#define HUMBLE_NICE 19

/* linux/ioprio.h, which Debian 12's headers lack in part. */
#define IOPRIO_PROCESS 1
#define IOPRIO_LEAST (2 << 13 | 7) /* best effort, last */

/* What git and its libraries are; rule GIT-BOX. */
static const struct privsep_path system_paths[] = {
	{ GIT_PROGRAM, false, true },
	{ "/usr/lib/git-core", false, true },
	{ "/usr/libexec/git-core", false, true },
	{ "/lib64/ld-linux-x86-64.so.2", false, true },
	{ "/lib/ld-linux-aarch64.so.1", false, true },
	{ "/usr/lib", false, false },
	{ "/usr/lib64", false, false },
	{ "/lib", false, false },
	{ "/lib64", false, false },
	{ "/etc/ld.so.cache", false, false },
	{ "/dev/null", true, false },
	{ "/dev/urandom", false, false },
};

static void
path_add(struct box_paths *p, char *path, size_t owned, bool write)
{
	p->owned[owned] = path;
	p->list[p->n++] = (struct privsep_path){ .path = path, .write = write };
}

void
box_paths(const char *store, bool write, struct box_paths *out)
{
	out->n = 0;
	for (size_t i = 0; i < NELEM(out->owned); i++)
		out->owned[i] = NULL;
	for (size_t i = 0; i < NELEM(system_paths); i++)
		out->list[out->n++] = system_paths[i];
	path_add(out, fs_join(store, GITSERVE_REPOSITORY), 0, write);
	if (!write)
		return;
	path_add(out, fs_join(store, GITSERVE_BUNDLES), 1, true);
	path_add(out, fs_join(store, GITSERVE_LOCK), 2, true);
}

void
box_paths_done(struct box_paths *p)
{
	for (size_t i = 0; i < NELEM(p->owned); i++)
		freep(&p->owned[i]);
}

int
box_zygote(const char *store, struct layers *out, struct err *e)
{
	CLEANUP(box_paths_done) struct box_paths p;
	struct confinement box = {
		.name = PROC_GITD,
		.seccomp = PRIVSEP_SET_GITD,
		/* Packs that it makes must be core's. */
		.user = "nintei-core",
		.isolate = true,
		.landlock = true,
		.last_fd = PROC_FD_ZYGOTE,
	};

	box_paths(store, true, &p);
	box.paths = p.list;
	box.n_paths = p.n;
	if (privsep_try(PRIVSEP_SET_GIT, e) < 0)
		return -1;
	return privsep_enter(&box, out, e);
}

/* A sanitizer's shadow is terabytes of data. */
#ifdef NINTEI_SANITIZED
#define IS_SANITIZED true
#else
#define IS_SANITIZED false
#endif

static int
limit(__rlimit_resource_t which, rlim_t most, struct err *e)
{
	struct rlimit now;

	if (IS_SANITIZED && which == RLIMIT_DATA)
		return 0;
	if (getrlimit(which, &now) < 0)
		return err_sys(e, E_INTERNAL, "getrlimit");
	if (now.rlim_max > most)
		now.rlim_max = most;
	now.rlim_cur = now.rlim_max;
	if (setrlimit(which, &now) < 0)
		return err_sys(e, E_INTERNAL, "setrlimit");
	return 0;
}

int
box_reader(const char *store, struct err *e)
{
	CLEANUP(box_paths_done) struct box_paths p;
	struct confinement box = {
		.name = PROC_GITD,
		.seccomp = PRIVSEP_SET_GIT,
		.landlock = true,
		.is_tried = true,
	};
	struct layers layers;

	box_paths(store, false, &p);
	box.paths = p.list;
	box.n_paths = p.n;
	if (limit(RLIMIT_CPU, READER_CPU_SECONDS, e) < 0 ||
	    limit(RLIMIT_DATA, READER_DATA_BYTES, e) < 0 ||
	    limit(RLIMIT_NPROC, READER_PROCESSES, e) < 0 ||
	    limit(RLIMIT_NOFILE, READER_FILES, e) < 0)
		return -1;
	return privsep_enter(&box, &layers, e);
}

int
box_no_writes(struct err *e)
{
	return limit(RLIMIT_FSIZE, 0, e);
}

/* Best effort: a kernel that refuses leaves it a process like others. */
void
box_humble(void)
{
	struct err e = ERR_INIT;

	(void)setpriority(PRIO_PROCESS, 0, HUMBLE_NICE);
	(void)syscall(SYS_ioprio_set, IOPRIO_PROCESS, 0, IOPRIO_LEAST);
	if (limit(RLIMIT_DATA, HUMBLE_DATA_BYTES, &e) < 0)
		return;
}
