/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_SIGNER_PROCESS_H
#define NINTEI_TESTS_SIGNER_PROCESS_H
/* signer_process: nintei-signer as ninteid starts it, with us as core. */
#include <sys/types.h>
#include "support/signing_fixture.h"

struct running {
	pid_t pid;
	int control;
	struct peer *core;
	struct signer_link link;
};
/* In the home of f, which must be closed. */
void signer_process_run(const struct sf *f, struct running *r);
/* Drain and wait.  Exit status, or minus the signal. */
int signer_process_end(struct running *r);
/* Two ends of an edge. */
void edge_pair(int *ours, int *theirs);

#endif
