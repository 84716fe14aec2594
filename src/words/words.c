/* SPDX-License-Identifier: Apache-2.0 */
/* Words of people for acts, states and guards, by tables. */
#include "nintei/words.h"

#include <string.h>

static const struct {
	enum machine machine;
	const char *event;
	struct words words;
} acts[] = {
#define ACT(m, ev, ja, en) { M_##m, #ev, { ja, en } },
#include "acts.inc"
#undef ACT
};

static const struct words states[S_MAX] = {
#define STATE(id, ja, en) [S_##id] = { ja, en },
#include "states.inc"
#undef STATE
};

static const struct words machines[M_MAX] = {
#define MACHINE(id, ja, en) [M_##id] = { ja, en },
#include "machines.inc"
#undef MACHINE
};

static const struct {
	struct words holds, wanted;
} guards[G_MAX] = {
#define GUARD(id, ja, en, wanted_ja, wanted_en) \
	[G_##id] = { { ja, en }, { wanted_ja, wanted_en } },
#include "guards.inc"
#undef GUARD
};

static const struct {
	enum flow_role role;
	struct words words;
} roles[] = {
	{ ROLE_APPLICANT, { "申請者", "applicant" } },
	{ ROLE_SECRETARIAT, { "事務局", "secretariat" } },
	{ ROLE_OFFICER, { "決裁者", "officer" } },
	{ ROLE_MEMBER, { "委員", "committee member" } },
	{ ROLE_CHAIR, { "委員長", "chair of the committee" } },
	{ ROLE_AUDITOR, { "監査人", "auditor" } },
	{ ROLE_SYSTEM, { "システム", "the system" } },
	{ ROLE_DELEGATE, { "受託者", "delegate" } },
	{ ROLE_PUBLIC, { "一般", "the public" } },
};

const struct words *
words_act(enum machine m, const char *event)
{
	for (size_t i = 0; i < NELEM(acts); i++)
		if (acts[i].machine == m && strcmp(acts[i].event, event) == 0)
			return &acts[i].words;
	return NULL;
}

/* What a table has no line for is empty there. */
static const struct words *
said(const struct words *w)
{
	return w->ja == NULL ? NULL : w;
}

const struct words *
words_state(enum state s)
{
	return said(&states[(unsigned)s < S_MAX ? s : S_NONE]);
}

const struct words *
words_guard(enum guard g)
{
	return said(&guards[(unsigned)g < G_MAX ? g : G_NONE].holds);
}

const struct words *
words_wanted(enum guard g)
{
	return said(&guards[(unsigned)g < G_MAX ? g : G_NONE].wanted);
}

const struct words *
words_wanted_by_name(const char *guard)
{
	for (int g = G_NONE + 1; g < G_MAX; g++)
		if (strcmp(guard_name((enum guard)g), guard) == 0)
			return words_wanted((enum guard)g);
	return NULL;
}

const struct words *
words_machine(enum machine m)
{
	return said(&machines[(unsigned)m < M_MAX ? m : M_NONE]);
}

const struct words *
words_role(enum flow_role r)
{
	for (size_t i = 0; i < NELEM(roles); i++)
		if (roles[i].role == r)
			return &roles[i].words;
	return NULL;
}
