/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nintei-examine: reads the documents of strangers.
 *
 * I hold nothing: no key, no file, one socket to core.  For each document that
 * core sends I fork a child that maps it, gives up all but five system calls
 * and writes frames to a pipe that core reads and does not believe.  Only core
 * may ask me, and only for that (docs/PRIVSEP.md, docs/PROTOCOL.dossier).
 */
#include <stddef.h>

#include "nintei/examine.h"
#include "nintei/log.h"
#include "nintei/privsep.h"
#include "nintei/proc.h"
#include "nintei/worker.h"

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;

	log_init(PROC_EXAMINE, LOG_L_INFO);
	if (proc_init_zygote(argc, argv, PROC_EXAMINE, &e) < 0 ||
	    zygote_run(PROC_FD_ZYGOTE, examine_worker_class(), privsep_report,
		&e) < 0) {
		log_err("process.failed", &e, NULL);
		return err_exit(e.code);
	}
	return 0;
}
