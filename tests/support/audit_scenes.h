/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_AUDIT_SCENES_H
#define NINTEI_TESTS_AUDIT_SCENES_H
/* audit_scenes: acts of all machines that are true, and what comes before. */
#include "support/audit_walk.h"

#define A .dossier = "case-1", .machine
#define SEC .person = "secretary-1", .role = ROLE_SECRETARIAT
#define APP .person = "applicant-1", .role = ROLE_APPLICANT
#define APR .person = "officer-1", .role = ROLE_OFFICER
#define CORE .person = "core", .role = ROLE_SYSTEM
#define CLK .person = "clk", .role = ROLE_SYSTEM

#define SUBMIT(kind)                                                     \
	"{'kind':'" kind "','received_at':'2026-09-21T23:13:20+09:00',"  \
	"'complete':true,'bundle':{'sha256':'x','size':1,'instance':1}," \
	"'findings':{'refuse':0,'correct':0,'warn':0},"                  \
	"'fee':{'amount':165000,'due_at':'2026-10-06T00:00:00+09:00'}"
#define READ                                                             \
	.dossier = "access-2026-09", .machine = "body", .event = "read", \
	.scheme = "", .data = "{'case':'case-1','object':'key'}"

struct scene {
	const char *name;
	void (*before)(struct walk *w);
	struct walk_act act; /* true after it */
};
extern const struct scene scenes[];
extern const size_t n_scenes;

void scene_submitted(struct walk *w);
void scene_reviewing(struct walk *w);
void scene_convened(struct walk *w);
void scene_recused(struct walk *w);
void scene_withdrawn(struct walk *w);
void scene_delegated(struct walk *w);
void scene_nothing(struct walk *w);

#endif
