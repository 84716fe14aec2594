/* SPDX-License-Identifier: Apache-2.0 */
/* A sample dossier checked as core does it. */
#include "intake_fixture.h"

#include <string.h>

#include "nintei/bundle.h"
#include "nintei/examine.h"
#include "nintei/fs.h"
#include "nintei/worker.h"
#include "support/support.h"

void
inf_init(struct intake_fixture *f, const char *scheme)
{
	struct err e = ERR_INIT;

	ck_ok(
	    worker_host_local(bundle_worker_class(), &f->hosts.unpack, &e), &e);
	ck_ok(worker_host_local(examine_worker_class(), &f->hosts.examine, &e),
	    &e);
	f->schemes = dossier_schemes();
	dossier_load(&f->d, scheme);
}

void
inf_pdftext(struct intake_fixture *f)
{
	struct err e = ERR_INIT;

	ck_ok(worker_host_program(
		  TEST_BINARY_DIR "/bin/nintei-pdftext", &f->hosts.pdftext, &e),
	    &e);
}

void
inf_done(struct intake_fixture *f)
{
	dossier_done(&f->d);
	intake_freep(&f->in);
	findings_free(&f->found);
	scheme_set_freep(&f->schemes);
	worker_host_freep(&f->hosts.unpack);
	worker_host_freep(&f->hosts.examine);
	worker_host_freep(&f->hosts.pdftext);
	worker_host_freep(&f->hosts.clam);
	f->hosts.scans = false;
}

void
inf_check(struct intake_fixture *f, const char *scheme)
{
	CLEANUP(fd_closep) int fd = dossier_zip(&f->d);
	const struct intake_hint hint = { .now = DOSSIER_NOW,
		.scheme = scheme,
		.kind = scheme == NULL ? NULL : "new" };
	struct err e = ERR_INIT;

	intake_freep(&f->in);
	findings_free(&f->found);
	ck_ok(intake_check(
		  &f->hosts, f->schemes, &hint, fd, &f->in, &f->found, &e),
	    &e);
}

const struct finding *
inf_finding(
    const struct intake_fixture *f, const char *rule, const char *member)
{
	for (size_t i = 0; i < f->found.n; i++)
		if (strcmp(f->found.items[i].rule, rule) == 0 &&
		    strcmp(f->found.items[i].member, member) == 0)
			return &f->found.items[i];
	return NULL;
}

const struct intake_member *
inf_member(const struct intake_fixture *f, const char *path)
{
	for (size_t i = 0; i < f->in->n_members; i++)
		if (strcmp(f->in->members[i].path, path) == 0)
			return &f->in->members[i];
	ck_abort_msg("%s is not there", path);
	return NULL;
}
