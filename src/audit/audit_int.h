/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_AUDIT_INT_H
#define NINTEI_AUDIT_INT_H
/*
 * audit_int: an audit in two stages.  Stage A looks at one commit by itself
 * (objects, signature, tree, form of the event) and runs in many threads;
 * stage B follows the history (chains, rules, decisions, certificates, log)
 * in one thread, in the order of the commits.
 */
#include "history_int.h"
#include "item_int.h"

/* run.c: frees what it holds, the report too. */
void audit_done(struct audit *a);
/* report.c */
void audit_say(struct audit *a, enum audit_rule rule, const char *expected,
    const char *fmt, ...) PRINTF_LIKE(4, 5);
/* The same about the whole, not about one commit. */
void audit_say_whole(struct audit *a, enum audit_rule rule,
    const char *expected, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* One text must be another: says so if it is not. */
bool audit_same(struct audit *a, enum audit_rule rule, const char *what,
    const char *expected, const char *found);
void report_sort(struct audit_report *r);

/* trail.c: what the parts of stage B look up. */
/* The instants of the event at hand; 0 where they are malformed. */
int64_t event_instant(const struct item *it, const char *key);
/* The step of this machine and word in the event, word or effect; or NULL. */
const struct json *event_step(
    const struct json *event, const char *machine, const char *word);
const struct file *audit_need(struct audit *a, const char *fmt, ...)
    PRINTF_LIKE(2, 3); /* claims it; NULL: said so */
struct trail *trail_of(struct audit *a, const char *id); /* made if new */

/* follow.c: one item of stage B. */
void audit_follow(struct audit *a, struct item *it);
/* genesis.c: the first commit, and pki/. */
void genesis_judge(struct audit *a);
/* signers.c: allowed_signers. */
void signers_begin(struct audit *a); /* as the first commit has it */
void signers_judge(struct audit *a); /* the key of this commit */
bool signers_follow(struct audit *a); /* it is what the roster gives */
/* policy.c */
void policy_begin(struct audit *a);
void policy_take(struct audit *a, const char *id, const char *version);
const struct scheme *policy_of(const struct audit *a, const struct trail *t);
void policy_judge(struct audit *a, const struct trail *t);
/* versions.c: what brings a version into force, before the state moves. */
void versions_judge(struct audit *a, const struct trail *t);
/* flow.c: is the event what the tables make of it? */
void flow_judge(struct audit *a, struct trail *t);
/* facts.c: what guards ask beyond the case. */
void facts_fill(struct audit *a, const struct trail *t, struct flow_facts *out);
bool intake_is_safe(const struct json *event);
/* chain.c: an intake, whose other steps stand in the effects. */
bool is_intake(const struct json *event);
int chain_decide(const struct trail *t, const struct flow_act *act,
    const struct flow_facts *f, const struct json *event, struct flow_plan *p,
    struct flow_refusal *r, struct err *e) MUST_CHECK;
/* body.c: acts outside the machines. */
void body_judge(struct audit *a, const struct trail *t, enum flow_role role);
bool is_body_case(const char *id); /* it has no application */
void place_judge(struct audit *a, const char *id, enum machine m);
/* cross.c: AUDIT-39 and 41, words that cases owe each other. */
const struct trail *trail_base(const struct audit *a, const struct trail *t);
void relation_fill(
    const struct audit *a, const struct trail *t, struct flow_facts *out);
bool cross_judge(struct audit *a, const struct trail *t); /* was it owed? */
int64_t cross_instant(const struct audit *a);
void cross_follow(struct audit *a, const struct trail *t); /* state moved */
bool cross_open(const struct audit *a, const char *id); /* something is owed */
void cross_end(struct audit *a);
void cross_done(struct audit *a);
/* members.c: the members of data. */
void data_members_judge(struct audit *a);
/* bring.c: papers of an act by what they are. */
void bring_judge(struct audit *a);
/* paper.c: two people transcribed it; true: so it is. */
bool transcription_judge(struct audit *a);
/* signed.c: true when the act has a good signature of its actor. */
bool statement_judge(struct audit *a);
/* people.c: seats, delegations, readings. */
bool conflict_known(const struct dossier *d, const char *person);
bool delegate_in_scope(
    const struct audit *a, const char *person, const struct dossier *d);
void delegation_follow(struct audit *a, struct trail *t);
void people_judge(struct audit *a, const struct trail *t, enum flow_role role);
void reader_judge(struct audit *a, const char *of, enum flow_role role);
/* clock.c */
void clock_judge(struct audit *a, const struct trail *t);
/* figures.c: dates and amounts in an event's data. */
void figures_judge(struct audit *a, const struct trail *t);
/* dues.c: the same of due dates, and what a decision says. */
void dues_judge(struct audit *a, const struct trail *t);
/* themes.c: what a finding means; what a disclosure handed over. */
void themes_judge(
    struct audit *a, const struct trail *t, const struct scheme *s);
/* decide.c: decisions, from freezing to execution. */
void decision_judge(struct audit *a, struct trail *t);
/* certify.c, lists.c, roster.c */
struct lists *lists_find(const struct audit *a, const char *scheme);
void record_judge(
    struct audit *a, const struct trail *t, struct paper *p); /* as frozen */
void certificate_judge(struct audit *a, struct trail *t);
/* What the event takes back, if anything; after certificate_judge. */
void revocation_note(struct audit *a, const struct trail *t);
/* The last certificate of a number that is no interim one; 0: any term. */
struct issued *issued_term(
    const struct audit *a, const char *number, uint32_t term);
/* The decision that the artefact of this event was ordered by; NULL. */
const struct paper *artefact_paper(
    const struct audit *a, const struct trail *t);
void list_judge(struct audit *a, const struct trail *t);
void lists_owed(struct audit *a);
void roster_judge(struct audit *a, struct trail *t);
/* register.c */
/* AUDIT-67; t->entry is the one before the event. */
void publication_follow(struct audit *a, const struct trail *t);
void register_follow(struct audit *a, struct trail *t);
void register_digest(struct audit *a);
/* checkpoint.c: the file of opts against the history's logs. */
int checkpoint_load(struct audit *a, struct err *e) MUST_CHECK;
void checkpoint_judge(struct audit *a); /* against the first commit's key */
void checkpoint_pass(struct audit *a);
void checkpoint_end(struct audit *a);
/* pin.c */
int pins_load(struct audit *a, struct err *e) MUST_CHECK;
void pins_judge(struct audit *a); /* against the first commit */
void pins_free(struct pins *p);

#endif
