/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nintei-pdftext: reads the text of a stranger's PDF with poppler.
 *
 * I hold nothing: no key, no file but poppler's own tables to read, one
 * socket to core.  For each PDF I fork a child that maps it, gives up what it
 * does not need and writes runs of text to a pipe, which nobody believes.
 * Only core may ask me.  These sources are Apache-2.0; the program that links
 * poppler is under the GPL: LICENSE.combined (docs/PRIVSEP.md,
 * docs/PROTOCOL.pdftext).
 */
#include "pdftext_int.h"

#include <stddef.h>

#include "nintei/limits.h"
#include "nintei/log.h"
#include "nintei/privsep.h"
#include "nintei/proc.h"
#include "nintei/worker.h"

/* Poppler's tables of characters; without them no Japanese text comes out. */
static const struct privsep_path paths[] = {
	{ .path = "/usr/share/poppler" },
};

static const struct worker_class class = {
	.name = PROC_PDFTEXT,
	.run = pdftext_work,
	.warm = pdftext_warm,
	.limits = { .cpu_seconds = LIMIT_EXAMINE_CPU_SECONDS,
	    .wall_seconds = LIMIT_EXAMINE_WALL_SECONDS,
	    .data_bytes = LIMIT_WORKER_DATA_BYTES },
	.set = PRIVSEP_SET_PDFTEXT,
	.zygote_set = PRIVSEP_SET_PDFTEXT_ZYGOTE,
	.paths = paths,
	.n_paths = NELEM(paths),
};

int
main(int argc, char **argv)
{
	struct err e = ERR_INIT;

	log_init(PROC_PDFTEXT, LOG_L_INFO);
	if (proc_init_zygote(argc, argv, PROC_PDFTEXT, &e) < 0 ||
	    zygote_run(PROC_FD_ZYGOTE, &class, privsep_report, &e) < 0) {
		log_err("process.failed", &e, NULL);
		return err_exit(e.code);
	}
	return 0;
}
