/* SPDX-License-Identifier: Apache-2.0 */
/* The members of the data of acts, as a table. */
#include "nintei/flow_next.h"

#define NO false
#define YES true
#define CLIENT false
#define SERVER true

static const struct flow_member members[] = {
#define ACT(m, ev, name, type, choices, required, who, ja, en) \
	{ M_##m, ev, name, ACT_##type, choices, required, who, ja, en },
#include "nintei/acts.inc"
#undef ACT
};

const struct flow_member *
flow_member_at(size_t i)
{
	return i < NELEM(members) ? &members[i] : NULL;
}
