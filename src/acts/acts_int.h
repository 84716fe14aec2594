/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_ACTS_INT_H
#define NINTEI_ACTS_INT_H
/* acts_int: what the files of this module share. */
#include "nintei/acts.h"

/* Frames of schemas, from web/schemas by embed.cmake. */
extern const unsigned char acts_frame_case[], acts_frame_command[],
    acts_frame_event[];
extern const size_t acts_frame_case_size, acts_frame_command_size,
    acts_frame_event_size;

/* The i-th member over acts of machines and of the body; NULL past the end. */
const struct flow_member *acts_member_at(size_t i);
/*
 * The i-th act that a client may command or an event may tell: each word of
 * the rows once, then those of the body (M_NONE).  False past the end.
 */
struct act_name {
	enum machine machine;
	const char *event;
	bool command; /* somebody other than the system does it */
};
bool acts_at(size_t i, struct act_name *out);
const char *acts_machine_name(enum machine m); /* "body" for M_NONE */
/* Is the word one of the choices, which stand between spaces? */
bool acts_choice(const char *choices, const char *word);
/* Is it a member of this act's data? */
bool acts_is_of(
    const struct flow_member *m, enum machine machine, const char *event);
/* The type of the items of a list; objects where nothing is said. */
enum act_type acts_item_type(const struct flow_member *m);

#endif
