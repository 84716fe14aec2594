/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ninteid: starts, wires and restarts the processes of the server.  It alone
 * holds the listening sockets and the control edges.  It reads the operator's
 * files and one-word frames of its own children, nothing else from outside.
 */
#include "ninteid_int.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/cc.h"
#include "nintei/log.h"
#include "nintei/privsep.h"

struct args {
	const char *home;
	enum {
		RUN,
		CHECK,
		PRINT,
		VERSION
	} act;
};

static int
args_read(int argc, char **argv, struct args *out, struct err *e)
{
	static const struct {
		const char *word;
		int act;
	} acts[] = { { "--check", CHECK }, { "-T", PRINT },
		{ "--version", VERSION } };
	struct args a = { .home = getenv("NINTEI_HOME"), .act = RUN };

	for (int i = 1; i < argc; i++) {
		size_t k = 0;

		if (strcmp(argv[i], "-C") == 0 && i + 1 < argc) {
			a.home = argv[++i];
			continue;
		}
		while (k < NELEM(acts) && strcmp(argv[i], acts[k].word) != 0)
			k++;
		if (k == NELEM(acts))
			return err_set(e, E_USAGE,
			    "usage: ninteid [-C DIR] [--check | -T | "
			    "--version]");
		a.act = (__typeof__(a.act))acts[k].act;
	}
	if (a.home == NULL || a.home[0] == '\0')
		a.home = ".";
	*out = a;
	return 0;
}

static int
confine(struct err *e)
{
	const struct confinement box = { .name = PROC_NINTEID,
		.seccomp = PRIVSEP_SET_SUPERVISOR };
	struct layers layers;

	if (privsep_enter(&box, &layers, e) < 0)
		return -1;
	privsep_report(&layers);
	return 0;
}

static int
serve(const struct config *c, struct super *s, struct err *e)
{
	CLEANUP(fd_closep) int lock = -1;

	int rv;

	log_init(PROC_NINTEID, LOG_L_INFO);
	signal(SIGPIPE, SIG_IGN);
	home_raise_files();
	if (home_standard_fds(e) < 0 || home_lock(s->home, &lock, e) < 0 ||
	    listen_open(c, s, e) < 0 || confine(e) < 0)
		return -1;
	s->wants_clam = c->clamd[0] != '\0';
	edges_init(s);
	rv = super_run(s, e);
	home_unlock(s->home);
	return rv;
}

static int
print(const struct config *c)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(1 << 20);

	config_print(c, &b);
	fputs(buf_str(&b), stdout);
	return 0;
}

static int
act(const struct args *a, int *out_status, struct err *e)
{
	CLEANUP(freep) char *home = realpath(a->home, NULL);
	CLEANUP(freep) char *bin = home_programs();
	CLEANUP(freep) struct super *s = xcalloc(1, sizeof(*s));
	CLEANUP(config_freep) struct config *c = NULL;
	int rv;

	if (home == NULL)
		return err_sys(e, E_CONFIG, "there is no such folder");
	if (config_load(home, &c, e) < 0)
		return -1;
	if (a->act == PRINT)
		return print(c);
	if (a->act == CHECK)
		return check_home(c, bin, e);
	s->home = home;
	s->bin = bin;
	for (int i = 0; i < LISTEN_MAX; i++)
		s->listen[i] = -1;
	rv = serve(c, s, e);
	*out_status = s->status;
	return rv;
}

int
main(int argc, char **argv)
{
	struct args a = { .act = RUN };
	struct err e = ERR_INIT;
	int status = 0;

	if (args_read(argc, argv, &a, &e) < 0) {
		fprintf(stderr, "ninteid: %s\n", e.detail);
		return err_exit(e.code);
	}
	if (a.act == VERSION) {
		puts("ninteid " NINTEI_VERSION);
		return 0;
	}
	if (act(&a, &status, &e) == 0)
		return status;
	if (a.act == RUN)
		log_err("failed", &e, NULL);
	else
		fprintf(stderr, "ninteid: %s\n", e.detail);
	return err_exit(e.code);
}
