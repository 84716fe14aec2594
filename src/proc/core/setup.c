/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting core: read the operator's files, warm what loads files later, take
 * the edges, confine, then open the store.
 */
#include "core_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nintei/cosigners.h"
#include "nintei/fs.h"
#include "nintei/limits.h"
#include "nintei/log.h"
#include "nintei/ossl.h"
#include "nintei/privsep.h"
#include "nintei/signer_link.h"
#include "nintei/text.h"

#define SECURE_HEAP_BYTES KIB(512)

/* One post to a witness, by the courier. */
static int
witness_post(void *arg, uint32_t i, struct slice body,
    struct cosign_answer *out, struct err *e)
{
	CLEANUP(courier_answer_done) struct courier_answer a = { 0 };

	if (courier_ask(arg, i, body, &a, e) < 0)
		return -1;
	out->status = a.status;
	out->is_size = strcmp(a.type, "text/x.tlog.size") == 0;
	buf_put(&out->body, a.body.p, a.body.n);
	return 0;
}

/* store/ for writing; policies and public halves of the authorities to read. */
struct paths {
	struct privsep_path list[64];
	char *owned[64];
	size_t n;
};

static void
path_add(struct paths *p, const char *home, const char *name, bool write)
{
	if (p->n == NELEM(p->list))
		return;
	p->owned[p->n] = fs_join(home, name);
	p->list[p->n].path = p->owned[p->n];
	p->list[p->n].write = write;
	p->n++;
}

static void
paths_done(struct paths *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->owned[i]);
}

static int
confine(const struct core *c, struct err *e)
{
	CLEANUP(paths_done) struct paths p = { .n = 0 };
	const char *home = c->proc.home;
	struct confinement con = {
		.name = PROC_CORE,
		.seccomp = PRIVSEP_SET_CORE,
		.user = "nintei-core",
		.isolate = true,
		.landlock = true,
		.last_fd = CORE_FD_CLAM,
	};
	struct layers layers;
	const struct scheme *s;

	path_add(&p, home, "store", true);
	path_add(&p, home, "policies", false); /* CRLs, kept fresh */
	path_add(&p, home, "keys/root/root.pem", false);
	path_add(&p, home, "keys/root/root.crl", false);
	for (size_t i = 0; (s = scheme_at(c->schemes, i)) != NULL; i++) {
		CLEANUP(freep)
		char *name = xasprintf("keys/ca/%s/ca.pem", s->id);

		path_add(&p, home, name, false);
	}
	con.paths = p.list;
	con.n_paths = p.n;
	if (privsep_enter(&con, &layers, e) < 0)
		return -1;
	privsep_report(&layers);
	return 0;
}

static int
files_read(struct core *c, struct err *e)
{
	CLEANUP(freep) char *policies = fs_join(c->proc.home, "policies");
	const char *const *ids;

	if (config_load(c->proc.home, &c->config, e) < 0)
		return -1;
	ids = (const char *const *)c->config->schemes;
	return scheme_set_load(
	    policies, ids, c->config->n_schemes, &c->schemes, e);
}

static int
edges_take(struct core *c, struct err *e)
{
	if (peer_new(CORE_FD_SIGNER, PROC_CORE, PROC_SIGNER, &c->signer, e) < 0)
		return err_wrap(e, "signer");
	peer_report_to(c->signer, &c->proc);
	if (worker_host_zygote(CORE_FD_UNPACK, &c->unpack, e) < 0)
		return err_wrap(e, "unpack");
	if (worker_host_zygote(CORE_FD_EXAMINE, &c->examine, e) < 0)
		return err_wrap(e, "examine");
	if (courier_new(CORE_FD_COURIER, &c->courier, e) < 0)
		return err_wrap(e, "courier");
	courier_report_to(c->courier, &c->proc);
	if (worker_host_zygote(CORE_FD_GITD, &c->git, e) < 0)
		return err_wrap(e, "gitd");
	worker_host_optional(CORE_FD_PDFTEXT, &c->pdftext);
	if (c->config->clamd[0] != '\0')
		worker_host_optional(CORE_FD_CLAM, &c->clam);
	else
		close(CORE_FD_CLAM);
	return 0;
}

static int
office_start(struct core *c, struct err *e)
{
	struct office_options o = {
		.home = c->proc.home,
		.config = c->config,
		.schemes = c->schemes,
		.clock = config_clock(c->config),
		.random = random_system(),
		.signer = signer_over(c->signer),
		.hosts = { .unpack = c->unpack,
		    .examine = c->examine,
		    .pdftext = c->pdftext,
		    .clam = c->clam,
		    .scans = true,
		    .take_7z = c->config->limits.archive_7z },
		.git = c->git,
		.post = witness_post,
		.post_arg = c->courier,
	};
	struct office_report report = { 0 };
	char commits[24], locks[16], temps[16], completed[16];
	char sealed[16], recovered[24], dropped[24];

	if (office_open(&o, &report, &c->office, e) < 0)
		return -1;
	snprintf(commits, sizeof(commits), "%llu",
	    (unsigned long long)report.commits);
	snprintf(locks, sizeof(locks), "%u", report.locks_removed);
	snprintf(temps, sizeof(temps), "%u", report.temporaries_removed);
	snprintf(completed, sizeof(completed), "%u", report.completed);
	snprintf(sealed, sizeof(sealed), "%u", report.segments_sealed);
	snprintf(recovered, sizeof(recovered), "%llu",
	    (unsigned long long)report.commits_recovered);
	snprintf(dropped, sizeof(dropped), "%llu",
	    (unsigned long long)report.bytes_dropped);
	log_ev(LOG_L_INFO, "store.opened", "commits", commits, "locks_removed",
	    locks, "temporaries_removed", temps, "completed", completed,
	    "segments_sealed", sealed, "commits_recovered", recovered,
	    "bytes_dropped", dropped, "log_rebuilt",
	    report.log_rebuilt ? "yes" : "no", NULL);
	return 0;
}

int
core_check(const char *home)
{
	struct core c = { .proc.home = home };
	struct err e = ERR_INIT;
	int rv = files_read(&c, &e);

	if (rv == 0)
		rv = office_config_check(c.config, &e);
	scheme_set_free(c.schemes);
	config_free(c.config);
	return proc_check_end(PROC_CORE, rv, &e);
}

int
core_setup(struct core *c, struct err *e)
{
	if (files_read(c, e) < 0)
		return -1;
	text_warm();
	if (ossl_secure_heap(SECURE_HEAP_BYTES, e) < 0)
		return -1;
	ossl_warm();
	if (edges_take(c, e) < 0 || confine(c, e) < 0 ||
	    courier_start(c->courier, e) < 0 || office_start(c, e) < 0)
		return -1;
	return front_edge_new(CORE_FD_FRONT, c->office, &c->front, e);
}
