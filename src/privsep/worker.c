/* SPDX-License-Identifier: Apache-2.0 */
/* The disposable child: one input, one pipe, five system calls. */
#include "nintei/worker.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/limits.h"
#include "privsep_int.h"

#define OUT_FD 3
#define SETUP_FAILED 70 /* exit status: WORKER_CRASH */

/* An archive of no bytes is an input like another. */
static int
input_map(int fd, struct blob *out, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, E_INTERNAL, "fstat");
	if (st.st_size == 0) {
		*out = (struct blob){ 0 };
		return 0;
	}
	return blob_map(fd, LIMIT_UPLOAD_BYTES, out, e);
}

/* Only the output pipe stays, as descriptor 3. */
static int
keep_output(int out_fd)
{
	if (out_fd != OUT_FD && dup2(out_fd, OUT_FD) < 0)
		return -1;
	if (IS_SANITIZED) /* its reports go to descriptor 2 */
		return close_range(0, 1, 0);
	return close_range(0, 2, 0);
}

static void
default_signals(void)
{
	static const int nums[] = { SIGPIPE, SIGXCPU, SIGTERM, SIGINT, SIGHUP };

	for (size_t i = 0; i < NELEM(nums); i++)
		signal(nums[i], SIG_DFL);
}

enum privsep_set
worker_set(const struct worker_class *cls)
{
	return cls->set == PRIVSEP_SET_NONE ? PRIVSEP_SET_WORKER : cls->set;
}

void
worker_child(
    const struct worker_class *cls, uint32_t kind, int in_fd, int out_fd)
{
	const struct confinement box = {
		.name = cls->name,
		.seccomp = worker_set(cls),
		.last_fd = OUT_FD,
		.worker = &cls->limits,
		.reads_files = cls->n_paths > 0,
	};
	struct layers layers;
	struct err e = ERR_INIT;
	struct blob in;

	default_signals();
	if (input_map(in_fd, &in, &e) < 0 || keep_output(out_fd) < 0 ||
	    privsep_enter(&box, &layers, &e) < 0)
		_exit(SETUP_FAILED);
	privsep_exit(cls->run(kind, slice_of(in.p, in.n), OUT_FD));
}
