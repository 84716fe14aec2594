/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of machines, states and rows, and look-ups in them. */
#include "nintei/flow.h"

#include <string.h>

#define GUARDS(...)         \
	{                   \
		__VA_ARGS__ \
	}

static const struct flow_row rows[] = {
#define ROW(f, ev, r, g, k, t, s, c, a) \
	{ MACHINE, S_##f, #ev, r, g, k, S_##t, s, c, a },
#define MACHINE M_BUNDLE
#include "bundle.inc"
#undef MACHINE
#define MACHINE M_APPLICATION
#include "application.inc"
#undef MACHINE
#define MACHINE M_FEE
#include "fee.inc"
#undef MACHINE
#define MACHINE M_SEAT
#include "seat.inc"
#undef MACHINE
#define MACHINE M_DECISION
#include "decision.inc"
#undef MACHINE
#define MACHINE M_CERTIFICATION
#include "certification.inc"
#undef MACHINE
#define MACHINE M_SUCCESSION
#include "succession.inc"
#undef MACHINE
#define MACHINE M_CHANGE_NOTICE
#include "change_notice.inc"
#undef MACHINE
#define MACHINE M_TERMINATION
#include "termination.inc"
#undef MACHINE
#define MACHINE M_COMPLIANCE
#include "compliance.inc"
#undef MACHINE
#define MACHINE M_EMERGENCY
#include "emergency.inc"
#undef MACHINE
#define MACHINE M_WITHHOLDING
#include "withholding.inc"
#undef MACHINE
#define MACHINE M_PAPER
#include "paper.inc"
#undef MACHINE
#define MACHINE M_MARK
#include "mark.inc"
#undef MACHINE
#define MACHINE M_ARTEFACT
#include "artefact.inc"
#undef MACHINE
#define MACHINE M_NOTICE
#include "notice.inc"
#undef MACHINE
#define MACHINE M_RULES
#include "rules.inc"
#undef MACHINE
#define MACHINE M_DELEGATION
#include "delegation.inc"
#undef MACHINE
#define MACHINE M_DISCLOSURE
#include "disclosure.inc"
#undef MACHINE
#define MACHINE M_TICKET
#include "ticket.inc"
#undef MACHINE
#undef ROW
};

static const struct flow_kind kinds[] = {
	{ "certify", M_APPLICATION, "decide_certify", "propose_certify",
	    false },
	{ "decline", M_APPLICATION, "decide_decline", "propose_decline",
	    false },
	{ "refuse_art8", M_APPLICATION, "refuse_art8", "freeze", false },
	{ "close_incomplete", M_APPLICATION, "close_incomplete", "freeze",
	    false },
	{ "revoke", M_COMPLIANCE, "revoke", "propose_revocation", false },
	{ "revocation_drop", M_COMPLIANCE, "drop", "freeze", false },
	{ "improvement", M_COMPLIANCE, NULL, "freeze", false },
	{ "publish_improvement", M_COMPLIANCE, "publish_improvement", "freeze",
	    false },
	{ "improvement_closed", M_COMPLIANCE, "improved", "freeze", false },
	{ "survey15", M_COMPLIANCE, "demand_survey", "freeze", false },
	{ "withholding", M_WITHHOLDING, NULL, "freeze", false },
	{ "continuation", M_CERTIFICATION, "continue_effect", "freeze", false },
	{ "late_allowed", M_DECISION, "execute", "freeze", true },
	{ "lapse", M_SUCCESSION, "confirm", "freeze", false },
	{ "lapse_dismiss", M_SUCCESSION, "dismiss", "freeze", false },
	{ "termination", M_TERMINATION, "confirm", "freeze", false },
	{ "reissue", M_ARTEFACT, "order", "freeze", false },
	{ "rules", M_RULES, NULL, "freeze", false },
	{ "delegation", M_DELEGATION, "conclude", "freeze", false },
	{ "disclosure", M_DISCLOSURE, NULL, "freeze", false },
};

static const char *const machines[M_MAX] = { "", "bundle", "application", "fee",
	"seat", "decision", "certification", "succession", "change_notice",
	"termination", "compliance", "emergency", "withholding", "paper",
	"mark", "artefact", "notice", "rules", "delegation", "disclosure",
	"ticket" };

static const struct {
	enum machine machine;
	const char *name;
	bool final;
} states[S_MAX] = {
	[S_NONE] = { M_NONE, "-", false },
#define STATE(m, id, name, final) [S_##id] = { M_##m, name, final },
#include "nintei/flow_states.inc"
#undef STATE
};

static const struct {
	enum flow_role role;
	const char *name;
} roles[] = {
	{ ROLE_APPLICANT, "applicant" },
	{ ROLE_SECRETARIAT, "secretariat" },
	{ ROLE_OFFICER, "officer" },
	{ ROLE_MEMBER, "member" },
	{ ROLE_CHAIR, "chair" },
	{ ROLE_AUDITOR, "auditor" },
	{ ROLE_SYSTEM, "system" },
	{ ROLE_DELEGATE, "delegate" },
	{ ROLE_PUBLIC, "public" },
};

const char *
flag_name(unsigned flag)
{
	static const struct {
		unsigned flag;
		const char *name;
	} flags[] = {
		{ FLAG_SURVEY_OPEN, "survey_open" },
		{ FLAG_OPINION_OPEN, "opinion_open" },
		{ FLAG_NEXT_TERM, "next_term" },
		{ FLAG_CONTINUATION, "continuation" },
		{ FLAG_INSUFFICIENT, "insufficient" },
		{ FLAG_ENDED, "ended" },
	};

	for (size_t i = 0; i < NELEM(flags); i++)
		if (flags[i].flag == flag)
			return flags[i].name;
	return NULL;
}

const char *
machine_name(enum machine m)
{
	return machines[(unsigned)m < M_MAX ? m : M_NONE];
}

enum machine
machine_parse(const char *name)
{
	for (int m = M_NONE + 1; m < M_MAX; m++)
		if (strcmp(machines[m], name) == 0)
			return (enum machine)m;
	return M_NONE;
}

const char *
state_name(enum state s)
{
	return states[(unsigned)s < S_MAX ? s : S_NONE].name;
}

enum state
state_parse(enum machine m, const char *name)
{
	for (int s = S_NONE + 1; s < S_MAX; s++)
		if (states[s].machine == m && strcmp(states[s].name, name) == 0)
			return (enum state)s;
	return S_NONE;
}

enum machine
state_machine(enum state s)
{
	return states[(unsigned)s < S_MAX ? s : S_NONE].machine;
}

bool
state_is_final(enum state s)
{
	return states[(unsigned)s < S_MAX ? s : S_NONE].final;
}

const char *
role_name(enum flow_role r)
{
	for (size_t i = 0; i < NELEM(roles); i++)
		if (roles[i].role == r)
			return roles[i].name;
	return "";
}

enum flow_role
role_parse(const char *name)
{
	for (size_t i = 0; i < NELEM(roles); i++)
		if (strcmp(roles[i].name, name) == 0)
			return roles[i].role;
	return ROLE_NONE;
}

const struct flow_row *
flow_row_find(enum machine m, enum state from, const char *event)
{
	for (size_t i = 0; i < NELEM(rows); i++)
		if (rows[i].machine == m && rows[i].from == from &&
		    strcmp(rows[i].event, event) == 0)
			return &rows[i];
	return NULL;
}

bool
flow_event_known(enum machine m, const char *event)
{
	for (size_t i = 0; i < NELEM(rows); i++)
		if (rows[i].machine == m && strcmp(rows[i].event, event) == 0)
			return true;
	return false;
}

const struct flow_row *
flow_row_at(size_t i)
{
	return i < NELEM(rows) ? &rows[i] : NULL;
}

const struct flow_kind *
flow_kind_find(const char *kind)
{
	for (size_t i = 0; i < NELEM(kinds); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return &kinds[i];
	return NULL;
}

const char *
flow_kind_word(const struct flow_kind *k, const char *outcome)
{
	return k->event != NULL ? k->event : outcome;
}

const struct flow_kind *
flow_kind_of(enum machine m, const char *propose)
{
	for (size_t i = 0; i < NELEM(kinds); i++)
		if (kinds[i].machine == m &&
		    strcmp(kinds[i].propose, propose) == 0 &&
		    strcmp(propose, "freeze") != 0)
			return &kinds[i];
	return NULL;
}
