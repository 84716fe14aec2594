/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_AUDIT_WALK_H
#define NINTEI_TESTS_AUDIT_WALK_H
/*
 * audit_walk: histories made by hand for the second stage of an audit: events
 * that the tables allow, written as core writes them, without a repository.
 * What commits and signatures of the store say is not looked at here.
 */
#include "audit_int.h"
#include "nintei/key.h"
#include "support/support.h"

#define WALK_SCHEME "iaas-paas-iot"
#define WALK_NOW INT64_C(1790000000) /* 2026-09-21T23:13:20+09:00 */
#define WALK_PEOPLE 12

struct walk {
	struct audit a;
	struct audit_opts opts;
	struct item it;
	char dossier[LIMIT_ID_BYTES + 1]; /* names of the last event */
	int64_t now;
	uint64_t n; /* commits so far */
};
/* One act; what is NULL or 0 is left to the tables. */
struct walk_act {
	const char *dossier, *machine, *event, *instance;
	const char *person;
	enum flow_role role;
	const char *data; /* JSON with ' for " */
	const char *papers; /* roles of documents, a space between */
	const char *signs; /* namespace of a personal signature */
	const char *decision; /* id */
	const char *scheme; /* NULL: WALK_SCHEME */
	const char *cause; /* case whose last event it is */
	int64_t effective; /* 0: now */
};

/* Keys, roster and schemes of all walks: an unchecked fixture. */
void walk_prepare(void);
void walk_forget(void);
void walk_init(struct walk *w);
void walk_done(struct walk *w);
/* The event that core would write; the caller owns it. */
struct json *walk_event(struct walk *w, const struct walk_act *act);
/* The audit follows it. */
void walk_feed(struct walk *w, const struct json *event);
/* Both, and nothing is found. */
void walk_do(struct walk *w, const struct walk_act *act);
/* The case moves on and nobody looks: what comes before a test. */
void walk_skip(struct walk *w, const struct walk_act *act);
/* A decision of the kind, approved, unlooked at; executed by its word. */
void walk_approved(struct walk *w, const char *dossier, const char *id,
    const char *kind, const char *outcome, const char *instance);
struct trail *walk_trail(struct walk *w, const char *dossier);
/* Is the rule among what was found about the last event? */
bool walk_found(const struct walk *w, enum audit_rule rule);
/* What was found, in a line; static. */
const char *walk_findings(const struct walk *w);

#endif
