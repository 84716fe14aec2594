/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CLI_H
#define NINTEI_CLI_H
/*
 * cli: the verbs of the program nintei.
 * Runs in: nintei.  Holds: the user's own files and token.
 * Rules: INTERFACE 4; src/cli/verbs.inc is the table of all verbs.
 */

/* Returns the exit status: 0, or that of the error (INTERFACE 4). */
int cli_main(int argc, char **argv);

#endif
