/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nintei-gitd: starts stock git for auditors, and for maintenance.
 *
 * I hold the repository on disk and nothing else: no key, no socket but the
 * one to core, no request but what core let through.  For each job I fork a
 * child; one that serves an auditor can only read, and gets its request and
 * the way of its answer as descriptors.  Only core may ask me
 * (docs/PRIVSEP.md, docs/PROTOCOL.ipc).
 */
#include <string.h>

#include "nintei/gitserve.h"
#include "nintei/log.h"
#include "nintei/privsep.h"
#include "nintei/proc.h"

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;

	log_init(PROC_GITD, LOG_L_INFO);
	if (proc_init_zygote(argc, argv, PROC_GITD, &e) < 0 ||
	    gitserve_run(PROC_FD_ZYGOTE, argv[2], privsep_report, &e) < 0) {
		log_err("process.failed", &e, NULL);
		return err_exit(e.code);
	}
	return 0;
}
