/* SPDX-License-Identifier: Apache-2.0 */
/* audit.git for auditors: who may, what git is asked, and the clone bundle. */
#include "office_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nintei/fs.h"
#include "nintei/gitserve.h"
#include "nintei/log.h"
#include "nintei/worker.h"

#define SERVICE "git-upload-pack"

/*
 * Every act of reading is in the log of operation.  It is no event: what
 * leaves is ciphertext and what the log of the register shows anyway, so
 * nobody learns what the regulation wants recorded (docs/PRIVSEP.md).
 */
static void
served(const struct visit *v, const char *what, unsigned protocol)
{
	char text[4];

	snprintf(text, sizeof(text), "%u", protocol);
	log_ev(LOG_L_INFO, "audit.served", "what", what, "person",
	    v->account.person, "protocol", text, "instance", v->q->instance,
	    NULL);
}

/* The request as memory that a child can have as its input. */
static int
input_make(const struct visit *v, int *out, struct err *e)
{
	if (v->body_fd >= 0) {
		*out = dup(v->body_fd);
		return *out < 0 ? err_sys(e, E_INTERNAL, "dup") : 0;
	}
	if (v->q->body.n > 0)
		return memfd_of("request", v->q->body, out, e);
	return memfd_new("empty", out, e);
}

static int
git_start(struct visit *v, const struct gitserve_kind *k, struct answer *a,
    struct err *e)
{
	CLEANUP(fd_closep) int in = -1;
	struct worker_job job;

	if (v->o->git == NULL)
		return err_set(e, E_UNAVAILABLE, "git is not served here");
	if (store_seal(v->o->store, e) < 0 || input_make(v, &in, e) < 0 ||
	    worker_start(v->o->git, gitserve_encode(k), in, &job, e) < 0)
		return -1;
	a->stream_fd = job.out_fd;
	a->status_fd = job.status_fd;
	return 0;
}

static void
answer_git(struct answer *a, const char *type)
{
	a->status = 200;
	answer_header(a, FR_CONTENT_TYPE, type);
	answer_header(
	    a, FR_CACHE_CONTROL, "no-cache, max-age=0, must-revalidate");
}

int
get_audit_refs(struct visit *v, struct answer *a, struct err *e)
{
	struct slice service = front_query_get(v->q, "service");
	const struct gitserve_kind k = { .act = GITSERVE_REFS,
		.protocol = gitserve_protocol(v->q->header[FH_GIT_PROTOCOL]) };

	/* No service: the dumb protocol.  Another one: it would write. */
	if (!slice_eq_str(service, SERVICE))
		return err_set(e, E_FORBIDDEN,
		    "the history is read with " SERVICE " only");
	if (v->q->method != METHOD_HEAD && git_start(v, &k, a, e) < 0)
		return -1;
	answer_git(a, "application/x-" SERVICE "-advertisement");
	served(v, "refs", k.protocol);
	return 0;
}

int
post_audit_pack(struct visit *v, struct answer *a, struct err *e)
{
	const struct gitserve_kind k = { .act = GITSERVE_PACK,
		.protocol = gitserve_protocol(v->q->header[FH_GIT_PROTOCOL]),
		.gzip = v->q->header[FH_CONTENT_ENCODING].p != NULL };

	if (git_start(v, &k, a, e) < 0)
		return -1;
	answer_git(a, "application/x-" SERVICE "-result");
	served(v, "pack", k.protocol);
	return 0;
}

/* A finished bundle is replaced as a whole, never changed. */
int
get_audit_bundle(struct visit *v, struct answer *a, struct err *e)
{
	CLEANUP(freep) char *dir = fs_join(v->o->home, "store");
	CLEANUP(freep) char *path = fs_join(dir, GITSERVE_BUNDLE);
	CLEANUP(fd_closep)
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	CLEANUP(freep) char *version = NULL;
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return err_set(e, E_NOT_FOUND, "no bundle was made yet");
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, E_UNAVAILABLE, "cannot open the bundle");
	version = xasprintf("%llx-%llx", (unsigned long long)st.st_mtime,
	    (unsigned long long)st.st_size);
	answer_git(a, "application/x-git-bundle");
	if (answer_etag(v, a, version))
		return 0;
	a->fd = TAKE_FD(fd);
	a->fd_size = (uint64_t)st.st_size;
	a->is_file = true;
	served(v, "bundle", 0);
	return 0;
}
