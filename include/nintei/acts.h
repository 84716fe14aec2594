/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_ACTS_H
#define NINTEI_ACTS_H
/*
 * acts: what the `data` of a command and of an event must look like, checked
 * and published as JSON Schema 2020-12, both from one table.  Pure.
 * Runs in: core, nintei.  Trusts: nothing; depth and size of the JSON were
 * limited when it was parsed.
 * Rules: INTERFACE 7 (event); the table is include/nintei/acts.inc, acts of
 * the body src/acts/body.inc.  Secret values stand in documents, never here.
 */
#include "nintei/flow_next.h"
#include "nintei/jsonx.h"

#define ACTS_TEXT 4000 /* code points of a text */
#define ACTS_ITEMS 200 /* of a list */
#define ACTS_NAME 96 /* a name of a schema and NUL */

/*
 * data as a client sends it: members of the table, without those that the
 * server writes.  data may be NULL: empty.  E_INPUT, naming the member.
 */
int acts_command_check(enum machine m, const char *event,
    const struct json *data, struct err *e) MUST_CHECK;
/*
 * data as it stands in an event; machine "body" for acts outside of the
 * machines.  E_INPUT, naming the member.
 */
int acts_event_check(const char *machine, const char *event,
    const struct json *data, struct err *e) MUST_CHECK;
/*
 * What a personal signature covers: data of an act or of its event, without
 * `signature` and without what the server writes beside it (documents,
 * opinions, ...), canonical.
 */
void acts_signed_part(enum machine m, const char *event,
    const struct json *data, struct buf *out);
/*
 * Is data.signs for this act?  act: "<case>/<machine>.<event>"; "/<instance>"
 * may follow, and "#" with up to 40 letters and digits that make a signature
 * over the same words another one.  instance may be NULL.
 */
bool acts_signs(const char *signs, const char *act, const char *instance);
/* A member of an act, or NULL. */
const struct flow_member *acts_member(
    enum machine m, const char *event, const char *name);

/*
 * The published schemas: "case", "command", "event", and for each act
 * "command.<machine>.<event>" (data of the command) and
 * "event.<machine>.<event>" (data of the event).
 */
struct json *acts_schema(const char *name); /* NULL: there is none */
struct json *acts_schema_names(void); /* array of strings, in a fixed order */

#endif
