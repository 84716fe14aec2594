/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_ACT_INT_H
#define NINTEI_ACT_INT_H
/*
 * act_int: acts of the workflow as the command line explains and signs them:
 * what one asks for, from the table of data and that of papers.
 * Runs in: nintei.  Pure but for printing.
 */
#include "cli_int.h"

#include "nintei/flow.h"

/*
 * "fee.pay", or "pay" where one machine alone has it.  E_USAGE, naming the
 * machines where several have it.
 */
int act_find(const char *word, enum machine *m, const char **event,
    struct err *e) MUST_CHECK;
/* Namespace of the personal signature; NULL where the act asks for none. */
const char *act_namespace(enum machine m, const char *event);
/*
 * "nintei case do ID fee.pay --data '{...}' --document demand=FILE --key FILE",
 * or how else it is done.  kind: of decision, for freeze; or NULL.  Allocated.
 */
char *act_example(
    const char *id, enum machine m, const char *event, const char *kind);
/* Does --data have members of its own? */
bool act_has_data(enum machine m, const char *event);
/* What `nintei help case do WORD` says. */
int act_help(const struct cli *c, const char *word, struct err *e) MUST_CHECK;

#endif
