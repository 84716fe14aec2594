/* SPDX-License-Identifier: Apache-2.0 */
/* Acts of all machines that are true, and what comes before. */
#include "support/audit_scenes.h"

#include <stdio.h>
#include <string.h>

/* --- the way to where an act can happen --- */

void
scene_submitted(struct walk *w)
{
	struct walk_act act = { A = "application", .event = "submit", APP,
		.data = SUBMIT("new") "}" };

	walk_skip(w, &act);
}

void
scene_reviewing(struct walk *w)
{
	struct walk_act pay = { A = "fee", .event = "pay", SEC,
		.data = "{'amount':165000,'paid_on':'2026-09-21'}" };
	struct walk_act accept = { A = "application", .event = "accept", SEC };

	scene_submitted(w);
	walk_skip(w, &pay);
	walk_skip(w, &accept);
}

void
scene_convened(struct walk *w)
{
	struct walk_act act = { A = "application", .event = "convene_committee",
		SEC, .data = "{'members':['member-1','member-2','member-3']}" };

	scene_reviewing(w);
	walk_skip(w, &act);
}

static void
declared(struct walk *w)
{
	static const char *const who[] = { "member-1", "member-2", "member-3" };

	scene_convened(w);
	for (size_t i = 0; i < NELEM(who); i++) {
		struct walk_act act = { A = "seat", .event = "declare_clear",
			.instance = who[i], .person = who[i],
			.role = ROLE_MEMBER,
			.data = "{'statement':'no_interest'}",
			.signs = SSH_NS_DECLARATION };

		walk_skip(w, &act);
	}
}

static void
opined(struct walk *w)
{
	static const char *const who[] = { "member-1", "member-2", "member-3" };

	declared(w);
	for (size_t i = 0; i < NELEM(who); i++) {
		struct walk_act act = { A = "seat", .event = "opine",
			.instance = who[i], .person = who[i],
			.role = ROLE_MEMBER, .data = "{'favourable':true}",
			.papers = "opinion", .signs = SSH_NS_OPINION };

		walk_skip(w, &act);
	}
}

void
scene_recused(struct walk *w)
{
	struct walk_act act = { A = "seat", .event = "declare_conflict",
		.instance = "member-1", .person = "member-1",
		.role = ROLE_MEMBER, .data = "{'statement':'interest'}",
		.signs = SSH_NS_DECLARATION };

	scene_convened(w);
	walk_skip(w, &act);
}

/* Certified and valid: how it came to it is not what is looked at. */
static void
certified(struct walk *w)
{
	struct trail *t = walk_trail(w, "case-1");
	struct walk_act decide = { A = "application", .event = "decide_certify",
		.person = "officer-2", .role = ROLE_OFFICER, .decision = "d-1",
		.data = "{'certification':{'number':'IPT0001-2609',"
			"'certified_on':'2026-09-21','valid_from':"
			"'2026-09-21','valid_through':'2028-09-21',"
			"'service':'S','operator':'O'}}" };
	struct walk_act sign = { A = "artefact", .event = "sign",
		.instance = "x509-1", .person = "sig", .role = ROLE_SYSTEM,
		.data = "{'serial':'01'}" };

	scene_reviewing(w);
	walk_approved(w, "case-1", "d-1", "certify", "decide_certify", "");
	for (size_t i = 0; i < t->d->n_machines; i++)
		if (t->d->machines[i].machine == M_APPLICATION)
			t->d->machines[i].state = S_APP_DECIDING;
	walk_skip(w, &decide);
	walk_skip(w, &sign);
	w->now += 600;
}

static void
inquired(struct walk *w)
{
	struct walk_act act = { A = "compliance", .event = "inquire", SEC,
		.data = "{'inquiry_due_at':'2026-10-06T00:00:00+09:00',"
			"'silence_counts':true}",
		.papers = "demand" };

	certified(w);
	walk_skip(w, &act);
}

static void
silent(struct walk *w)
{
	inquired(w);
	w->now = INT64_C(1791212400); /* 2026-10-06 00:00 JST */
}

static void
in_emergency(struct walk *w)
{
	struct walk_act act = { A = "emergency", .event = "notify",
		.instance = "1", APP,
		.data = "{'occurred_at':'2026-09-21T10:00:00+09:00',"
			"'notified_at':'2026-09-21T23:23:20+09:00',"
			"'progress_due_at':'2026-09-29T00:00:00+09:00'}",
		.papers = "report" };

	certified(w);
	walk_skip(w, &act);
}

static void
misused(struct walk *w)
{
	struct dossier *d;

	certified(w);
	d = walk_trail(w, "case-1")->d;
	for (size_t i = 0; i < d->n_machines; i++)
		if (d->machines[i].machine == M_MARK)
			d->machines[i].state = S_MARK_MISUSE;
}

static void
answered(struct walk *w)
{
	struct walk_act ask = { .dossier = "ticket-1",
		.machine = "ticket",
		.event = "ask",
		.instance = "1",
		.person = "public",
		.role = ROLE_PUBLIC,
		.data = "{'from':'user'}",
		.papers = "question" };

	walk_skip(w, &ask);
}

/* A renewal in its window: its base has 2028-09-21 as its last day. */
static void
in_window(struct walk *w)
{
	certified(w);
	w->now = INT64_C(1848000000); /* 2028-07-24T06:20:00+09:00 */
}

#define RENEWAL                                                      \
	"{'kind':'renewal','base':'case-1',"                         \
	"'received_at':'2028-07-24T06:20:00+09:00','complete':true," \
	"'bundle':{'sha256':'x','size':1,'instance':1},"             \
	"'findings':{'refuse':0,'correct':0,'warn':0},"              \
	"'fee':{'amount':132000,'due_at':'2028-08-08T00:00:00+09:00'}}"
static const struct walk_act renewal = { .dossier = "case-2",
	.machine = "application",
	.event = "submit",
	APP,
	.data = RENEWAL };

static void
renewing(struct walk *w)
{
	in_window(w);
	walk_skip(w, &renewal);
	snprintf(walk_trail(w, "case-1")->pending,
	    sizeof(walk_trail(w, "case-1")->pending), "case-2");
	w->now += 60;
}

void
scene_withdrawn(struct walk *w)
{
	struct walk_act act = { .dossier = "case-2",
		.machine = "application",
		.event = "withdraw",
		APP };

	renewing(w);
	walk_do(w, &act);
}

void
scene_delegated(struct walk *w)
{
	struct walk_act conclude = { .dossier = "delegation-1",
		.machine = "delegation",
		.event = "conclude",
		.instance = "1",
		.person = "officer-2",
		.role = ROLE_OFFICER,
		.decision = "d-9",
		.scheme = "",
		.data = "{'delegate':'delegate-1','name':'D','scope':["
			"'iaas-paas-iot'],'contract':'"
			"0000000000000000"
			"000000000000000000000000000000000000000000000000"
			"','knowledge':'0000000000000000000000000000000000"
			"000000000000000000000000000000'}" };

	scene_submitted(w);
	walk_approved(w, "delegation-1", "d-9", "delegation", "conclude", "");
	walk_skip(w, &conclude);
}

static void
delegate_active(struct walk *w)
{
	struct walk_act publish = { .dossier = "delegation-1",
		.machine = "delegation",
		.event = "publish",
		.instance = "1",
		SEC,
		.scheme = "" };

	scene_delegated(w);
	walk_skip(w, &publish);
}

void
scene_nothing(struct walk *w)
{
	(void)w;
}

/* --- acts that are true --- */

const struct scene scenes[] = {
	{ "a dossier comes", scene_nothing,
	    { A = "application", .event = "submit", APP,
		.data = SUBMIT("new") "}" } },
	{ "a correction is asked for", scene_submitted,
	    { A = "application", .event = "request_correction", SEC,
		.data = "{'items':['form_a'],'correction_due_at':"
			"'2026-10-06T00:00:00+09:00'}" } },
	{ "it is withdrawn", scene_submitted,
	    { A = "application", .event = "withdraw", APP } },
	{ "a survey is asked for", scene_reviewing,
	    { A = "application", .event = "request_survey", SEC } },
	{ "the committee is convened", scene_reviewing,
	    { A = "application", .event = "convene_committee", SEC,
		.data = "{'members':['member-1','member-2']}" } },
	{ "a member is invited", scene_convened,
	    { A = "seat", .event = "invite", .instance = "member-4", SEC,
		.data = "{'person':'member-4'}" } },
	{ "a member declares", scene_convened,
	    { A = "seat", .event = "declare_clear", .instance = "member-1",
		.person = "member-1", .role = ROLE_MEMBER,
		.data = "{'statement':'no_interest'}",
		.signs = SSH_NS_DECLARATION } },
	{ "a member has an interest", scene_convened,
	    { A = "seat", .event = "declare_conflict", .instance = "member-1",
		.person = "member-1", .role = ROLE_MEMBER,
		.data = "{'statement':'interest'}",
		.signs = SSH_NS_DECLARATION } },
	{ "a member opines", declared,
	    { A = "seat", .event = "opine", .instance = "member-1",
		.person = "member-1", .role = ROLE_MEMBER,
		.data = "{'favourable':true}", .papers = "opinion",
		.signs = SSH_NS_OPINION } },
	{ "a conflict is found", opined,
	    { A = "seat", .event = "conflict_found", .instance = "member-1",
		SEC } },
	{ "the opinions are closed", opined,
	    { A = "application", .event = "close_opinions", .person = "chair-1",
		.role = ROLE_CHAIR, .data = "{'opinions':3,'favourable':3}",
		.papers = "minutes", .signs = SSH_NS_DECLARATION } },
	{ "the committee is dissolved", declared,
	    { A = "application", .event = "dissolve_committee", SEC } },
	{ "an inquiry", certified,
	    { A = "compliance", .event = "inquire", SEC,
		.data = "{'inquiry_due_at':'2026-10-06T00:00:00+09:00',"
			"'silence_counts':true}",
		.papers = "demand" } },
	{ "it is answered", inquired,
	    { A = "compliance", .event = "answer", APP, .papers = "answer" } },
	{ "that suffices", inquired,
	    { A = "compliance", .event = "judge_sufficient", SEC,
		.papers = "finding" } },
	{ "that does not suffice", inquired,
	    { A = "compliance", .event = "judge_insufficient", SEC,
		.data = "{'inquiry_due_at':'2026-10-06T00:00:00+09:00'}",
		.papers = "finding" } },
	{ "nobody answers", silent,
	    { A = "compliance", .event = "due_passed", CLK,
		.effective = INT64_C(1791212400) } },
	{ "an emergency", certified,
	    { A = "emergency", .event = "notify", .instance = "1", APP,
		.data = "{'occurred_at':'2026-09-21T10:00:00+09:00',"
			"'notified_at':'2026-09-21T23:23:20+09:00',"
			"'progress_due_at':'2026-09-29T00:00:00+09:00'}",
		.papers = "report" } },
	{ "it goes on", in_emergency,
	    { A = "emergency", .event = "progress", .instance = "1", APP,
		.data = "{'progress_due_at':'2026-09-29T00:00:00+09:00'}",
		.papers = "report" } },
	{ "it was none", in_emergency,
	    { A = "emergency", .event = "dismiss", .instance = "1", SEC,
		.papers = "finding" } },
	{ "a succession is reported", certified,
	    { A = "succession", .event = "report", .instance = "1", SEC,
		.data = "{'kind':'merger','event_day':'2026-09-21',"
			"'known_on':'2026-09-21'}" } },
	{ "the mark is put right", misused,
	    { A = "mark", .event = "fixed", SEC, .papers = "evidence" } },
	{ "a paper comes back", certified,
	    { A = "paper", .event = "returned", .instance = "1", SEC,
		.data = "{'received_on':'2026-09-21'}", .papers = "image" } },
	{ "somebody asks", scene_nothing,
	    { .dossier = "ticket-1",
		.machine = "ticket",
		.event = "ask",
		.instance = "1",
		.person = "public",
		.role = ROLE_PUBLIC,
		.data = "{'from':'user'}",
		.papers = "question" } },
	{ "a ticket is answered", answered,
	    { .dossier = "ticket-1",
		.machine = "ticket",
		.event = "answer",
		.instance = "1",
		SEC,
		.data = "{'close_at':'2026-10-06T00:00:00+09:00'}",
		.papers = "answer" } },
	{ "a delegation ends", delegate_active,
	    { .dossier = "delegation-1",
		.machine = "delegation",
		.event = "end",
		.instance = "1",
		APR,
		.scheme = "" } },
	{ "a delegate works", delegate_active,
	    { A = "application", .event = "request_correction",
		.person = "delegate-1", .role = ROLE_DELEGATE,
		.data = "{'correction_due_at':"
			"'2026-10-06T00:00:00+09:00'}" } },
	{ "a renewal comes", in_window,
	    { .dossier = "case-2",
		.machine = "application",
		.event = "submit",
		APP,
		.data = RENEWAL } },
	{ "a renewal is withdrawn", renewing,
	    { .dossier = "case-2",
		.machine = "application",
		.event = "withdraw",
		APP } },
	{ "its base hears of it", scene_withdrawn,
	    { A = "certification", .event = "renewal_ended", CORE,
		.data = "{'renewal':'case-2'}", .cause = "case-2" } },
	{ "a key is read", scene_submitted, { READ, SEC } },
	{ "a member reads", declared,
	    { READ, .person = "member-1", .role = ROLE_MEMBER } },
	{ "a delegate reads", delegate_active,
	    { READ, .person = "delegate-1", .role = ROLE_DELEGATE } },
};
const size_t n_scenes = NELEM(scenes);
