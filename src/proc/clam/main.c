/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nintei-clam: shows documents to clamd, if nintei.yaml names its socket.
 *
 * I hold nothing: no key, no file, one socket to core.  For each document I
 * fork a child that maps it, connects to clamd and can reach nothing else; it
 * writes one verdict.  Only core may ask me (docs/PRIVSEP.md).
 */
#include <stdlib.h>

#include "nintei/clam.h"
#include "nintei/conf.h"
#include "nintei/log.h"
#include "nintei/privsep.h"
#include "nintei/proc.h"
#include "nintei/worker.h"

static int
serve(const char *home, struct err *e)
{
	CLEANUP(config_freep) struct config *c = NULL;

	if (config_load(home, &c, e) < 0)
		return -1;
	if (c->clamd[0] == '\0')
		return err_set(e, E_CONFIG, "no socket of clamd is configured");
	return zygote_run(
	    PROC_FD_ZYGOTE, clam_worker_class(c->clamd), privsep_report, e);
}

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;

	log_init(PROC_CLAM, LOG_L_INFO);
	if (proc_init_zygote(argc, argv, PROC_CLAM, &e) < 0 ||
	    serve(argv[2], &e) < 0) {
		log_err("process.failed", &e, NULL);
		return err_exit(e.code);
	}
	return 0;
}
