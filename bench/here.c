/* SPDX-License-Identifier: Apache-2.0 */
/* worker.h without processes: the readers of the workers are called where one
 * would be started.  Only to measure what processes cost. */
#include "nintei/worker.h"

#include <sys/stat.h>
#include <stdlib.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/limits.h"

struct worker_host {
	const struct worker_class *cls;
};

int
worker_host_local(
    const struct worker_class *cls, struct worker_host **out, struct err *e)
{
	(void)e;
	cls->warm();
	*out = xcalloc(1, sizeof(**out));
	(*out)->cls = cls;
	return 0;
}

int
worker_host_program(
    const char *program, struct worker_host **out, struct err *e)
{
	(void)out;
	return err_set(e, E_UNAVAILABLE, "%s is a process", program);
}

void
worker_host_free(struct worker_host *h)
{
	free(h);
}

int
worker_start(struct worker_host *h, uint32_t kind, int in_memfd,
    struct worker_job *out, struct err *e)
{
	CLEANUP(blob_unmap) struct blob in = { 0 };
	CLEANUP(fd_closep) int fd = -1;
	struct stat st;

	if (fstat(in_memfd, &st) < 0)
		return err_sys(e, E_INTERNAL, "fstat");
	if ((st.st_size > 0 &&
		blob_map(in_memfd, LIMIT_UPLOAD_BYTES, &in, e) < 0) ||
	    memfd_new("output", &fd, e) < 0)
		return -1;
	if (h->cls->run(kind, slice_of(in.p, in.n), fd) != 0)
		return err_set(e, E_INTERNAL, "the reader failed");
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, E_INTERNAL, "lseek");
	*out = (struct worker_job){ .out_fd = TAKE_FD(fd), .status_fd = -1 };
	return 0;
}

int
worker_read(const struct worker_job *j, void *p, size_t max, size_t *out_n,
    struct err *e)
{
	ssize_t n = read(j->out_fd, p, max);

	if (n < 0)
		return err_sys(e, E_INTERNAL, "read");
	*out_n = (size_t)n;
	return 0;
}

int
worker_finish(struct worker_job *j, enum worker_end *out, struct err *e)
{
	(void)e;
	worker_cancel(j);
	*out = WORKER_OK;
	return 0;
}

void
worker_cancel(struct worker_job *j)
{
	fd_closep(&j->out_fd);
}
