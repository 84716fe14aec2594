/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_ENTRY_INT_H
#define NINTEI_ENTRY_INT_H
/* entry_int: what the files about entries of the register share. */
#include "nintei/derive_entry.h"
#include "nintei/jsonx.h"

/* The text of a member; "" when there is none. */
const char *entry_text(const struct json *j, const char *key);
/* An instant of a member; 0 when there is none. */
int64_t entry_instant(const struct json *j, const char *key);
/* A day of a member; false when there is none. */
bool entry_day(const struct json *j, const char *key, struct jday *out);
/* The member of a list whose "id" is this; NULL. */
const struct json *entry_item(const struct json *items, const char *id);
void entry_set_instant(struct pub_doc *d, const char *key, int64_t t);
void entry_set_int(struct pub_doc *d, const char *key, int64_t n);
/* Adds `take` to the list under key, made where there is none. */
void entry_list_add(struct pub_doc *d, const char *key, struct pub_doc *take);
/* Copies a member that is there, published as it is. */
void entry_copy(struct pub_doc *to, const struct json *from, const char *key);
bool entry_state_in_force(const char *state);

#define ENTRY_CONTENT 7
/* Names of the members that make a version. */
extern const char *const entry_content[ENTRY_CONTENT];

#endif
