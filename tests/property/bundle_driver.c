/* SPDX-License-Identifier: Apache-2.0 */
/* [-7]: admit each archive named (-7: a 7z too) and print, a line each: name,
 * then per member the path, size, digest and whether it is ignored; or the
 * codes of findings. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "nintei/bundle.h"
#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/worker.h"

static void
print(const char *name, const struct bundle *b, const struct findings *f)
{
	char hex[65];

	printf("archive\t%s\t%s\n", name, bundle_format_name(b->format));
	for (size_t i = 0; i < f->n; i++)
		printf("finding\t%s\t%s\t%s\n", f->items[i].rule,
		    f->items[i].member, f->items[i].text_en);
	for (size_t i = 0; i < b->n; i++) {
		const struct bundle_member *m = &b->members[i];

		printf("member\t%s\t%ju\t%s\t%d\n", m->path, (uintmax_t)m->size,
		    hex_encode(m->sha256, 32, hex), m->ignored);
	}
}

typedef int admit_fn(struct worker_host *, int, struct bundle **,
    struct findings *, struct err *);

static int
admit_file(
    admit_fn *admit, struct worker_host *host, const char *name, struct err *e)
{
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(LIMIT_UPLOAD_BYTES);
	CLEANUP(findings_free) struct findings f = { 0 };
	CLEANUP(bundle_freep) struct bundle *b = NULL;
	CLEANUP(fd_closep) int fd = -1;

	if (fs_read(AT_FDCWD, name, LIMIT_UPLOAD_BYTES, &bytes, e) < 0 ||
	    memfd_of("archive", buf_slice(&bytes), &fd, e) < 0 ||
	    admit(host, fd, &b, &f, e) < 0)
		return -1;
	print(name, b, &f);
	return 0;
}

int
main(int argc, char **argv)
{
	CLEANUP(worker_host_freep) struct worker_host *host = NULL;
	struct err e = ERR_INIT;
	bool seven = argc > 1 && strcmp(argv[1], "-7") == 0;

	if (worker_host_local(bundle_worker_class(), &host, &e) < 0) {
		fprintf(stderr, "%s [%s]\n", e.detail, e.trail);
		return 1;
	}
	for (int i = 1 + seven; i < argc; i++) {
		e = (struct err)ERR_INIT;
		if (admit_file(seven ? bundle_admit_7z : bundle_admit, host,
			argv[i], &e) < 0)
			printf("archive\t%s\nerror\t%s\t%s\n", argv[i],
			    e.detail, e.trail);
	}
	return 0;
}
