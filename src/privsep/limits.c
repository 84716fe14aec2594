/* SPDX-License-Identifier: Apache-2.0 */
/* Resource limits: BUNDLES 1.5. */
#include "nintei/privsep.h"

#include <sys/resource.h>

#include "nintei/limits.h"
#include "privsep_int.h"

#define CPU_GRACE_SECONDS 2 /* from SIGXCPU to SIGKILL */
#define STACK_BYTES MIB(8)
#define FILES_OPEN 16 /* of a worker that may open some */

static int
limit(__rlimit_resource_t which, rlim_t soft, rlim_t hard, struct err *e)
{
	struct rlimit now, want;

	if (getrlimit(which, &now) < 0)
		return err_sys(e, E_INTERNAL, "getrlimit");
	want.rlim_max = hard < now.rlim_max ? hard : now.rlim_max;
	want.rlim_cur = soft < want.rlim_max ? soft : want.rlim_max;
	if (setrlimit(which, &want) < 0)
		return err_sys(e, E_INTERNAL, "setrlimit");
	return 0;
}

/* Zero of each; FSIZE 0 also stops writes to memfds. */
static int
limit_to_nothing(struct err *e)
{
	static const __rlimit_resource_t nothing[] = { RLIMIT_CORE,
		RLIMIT_FSIZE, RLIMIT_NPROC, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE };

	for (size_t i = 0; i < NELEM(nothing); i++)
		if (!(nothing[i] == RLIMIT_FSIZE && IS_MEASURED) &&
		    limit(nothing[i], 0, 0, e) < 0)
			return -1;
	return 0;
}

static int
limit_worker(const struct worker_limits *w, struct err *e)
{
	if (limit_to_nothing(e) < 0 ||
	    limit(RLIMIT_CPU, w->cpu_seconds,
		w->cpu_seconds + CPU_GRACE_SECONDS, e) < 0 ||
	    limit(RLIMIT_STACK, STACK_BYTES, STACK_BYTES, e) < 0)
		return -1;
	if (IS_SANITIZED)
		return 0;
	return limit(RLIMIT_DATA, w->data_bytes, w->data_bytes, e);
}

int
limits_enter(const struct confinement *c, struct layers *l, struct err *e)
{
	if (c->worker == NULL) {
		layer_on(l, LAYER_LIMITS, "core");
		return limit(RLIMIT_CORE, 0, 0, e);
	}
	if (IS_SANITIZED)
		layer_on(l, LAYER_LIMITS, "no data (sanitizer build)");
	else
		layer_on(l, LAYER_LIMITS, "all");
	return limit_worker(c->worker, e);
}

int
limits_files(bool reads, struct err *e)
{
	rlim_t n = reads ? FILES_OPEN : 0;

	if (IS_MEASURED)
		return 0;
	return limit(RLIMIT_NOFILE, n, n, e);
}
