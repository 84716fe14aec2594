/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_BODY_INT_H
#define NINTEI_BODY_INT_H
/*
 * body_int: the body's own affairs: rules, delegations, help desk, notices.
 * What their commands, decisions and executions share.
 */
#include "command_int.h"
#include "execute_int.h"
#include "freeze_int.h"

/*
 * The version that lies ready in policies/<scheme>/versions/, by its
 * policy_version or, for the first of a text, its rule_version.  E_INPUT: it
 * does not, or is not what a scheme must be.
 */
int candidate_read(const struct office *o, const char *scheme,
    const char *policy_version, struct scheme **out, struct err *e) MUST_CHECK;
/* Files of a version for the tree: schemes/<id>/<policy_version>/. */
void candidate_files(const struct scheme *s, struct act_write *w);

/* --- what is executed (rules_execute.c, delegation.c) --- */
int prepare_rules(struct execution *x, struct err *e);
int after_rules(struct execution *x, struct err *e);
int execute_policy(struct execution *x, struct err *e);
/* data that guards ask for, before they are asked. */
void body_say(struct execution *x);

/* The decision's member of its detail; "" when absent. */
const char *detail_text(const struct json *detail, const char *key);
/* The request brings a document of that role. */
bool command_brings(const struct command *c, const char *role);

#endif
