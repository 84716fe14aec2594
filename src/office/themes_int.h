/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_THEMES_INT_H
#define NINTEI_THEMES_INT_H
/*
 * themes_int: what the commands about a certified service ask alike of their
 * data and documents.  In core, under the lock `act`.
 */
#include "command_int.h"
#include "nintei/themes.h"

/* The command brings a document of this role; E_INPUT names it. */
int theme_want(const struct command *c, const char *role, struct err *e);
/*
 * The end of a civil day into data.<to>: that of data.<from> (a date that
 * lies ahead), or so many days on.  E_INPUT.
 */
int theme_due(struct command *c, const char *from, const char *to, int64_t days,
    struct err *e);
/* data.<member> is a day, and not one to come; required or absent. */
int theme_past_day(
    const struct command *c, const char *member, bool required, struct err *e);
/* An inquiry that the act opens is due by the policy's days. */
int theme_inquiry(struct command *c, struct err *e);
const struct scheme *theme_scheme(const struct command *c);

#endif
