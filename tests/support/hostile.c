/* SPDX-License-Identifier: Apache-2.0 */
/* Archives through the real worker in its real sandbox. */
#include "support/hostile.h"

#include <string.h>

#include "nintei/findings.h"
#include "nintei/fs.h"
#include "nintei/worker.h"

static struct worker_host *host;

struct bundle *
admit_bytes(struct slice bytes, struct findings *f, struct err *e)
{
	CLEANUP(fd_closep) int fd = -1;
	struct bundle *b = NULL;

	if (host == NULL &&
	    worker_host_local(bundle_worker_class(), &host, e) < 0)
		return NULL;
	if (memfd_of("archive", bytes, &fd, e) < 0 ||
	    bundle_admit(host, fd, &b, f, e) < 0)
		return NULL;
	return b;
}

void
admit_end(void)
{
	worker_host_freep(&host);
}

bool
code_is_listed(const char *codes, const char *code)
{
	size_t n = strlen(code);

	for (const char *p = codes; *p != '\0'; p += strcspn(p, "|")) {
		p += *p == '|';
		if (strncmp(p, code, n) == 0 && (p[n] == '\0' || p[n] == '|'))
			return true;
	}
	return false;
}
