/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SCHEME_SET_H
#define NINTEI_SCHEME_SET_H
/*
 * scheme_set: all versions of all schemes of an authority, and which of them
 * is in force when.  One struct scheme per version; a pointer to it stays
 * good for as long as the set.  What is in force is told by events
 * (scheme_set_enact), never by the files.
 * Runs in: core, signer, audit, nintei; from any thread.
 * Holds: the schemes, their timetable.  Trusts: whoever calls enact.
 * Rules: REGULATION 7 (22), docs/adr/0024; policies/<id>/ and its
 * versions/<version>/, both complete folders.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/cc.h"
#include "nintei/jsonx.h"

struct scheme;
struct scheme_set;

/*
 * Load <dir>/<id>/ and every <dir>/<id>/versions/<name>/ for each id; n = 0:
 * every folder, by name.  name is the rule_version or the policy_version of
 * what lies in it; no version lies there twice.  All keys are checked, each
 * rule text against its SHA-256.  The folder itself is what is installed:
 * the version in force until something else is enacted.  Errors: E_CONFIG.
 */
int scheme_set_load(const char *dir, const char *const *ids, size_t n,
    struct scheme_set **out, struct err *e) MUST_CHECK;
struct scheme_set *scheme_set_new(void);
void scheme_set_free(struct scheme_set *s);
DEFINE_STRUCT_CLEANUP(scheme_set, scheme_set_free)

/*
 * One version from any place that has the files, as scheme_file names them: a
 * clone's schemes/<id>/<policy_version>/, a folder.  The first of an id is
 * what is installed; a version that is there already is replaced, for whoever
 * asks from now on.  read: one file whole, appended to out.
 */
struct scheme_source {
	int (*read)(
	    void *arg, const char *name, struct buf *out, struct err *e);
	void *arg;
};
int scheme_set_put(struct scheme_set *s, const char *id,
    const struct scheme_source *from, struct err *e) MUST_CHECK;
/* The same, not shown to anybody: freed by scheme_free. */
int scheme_read(const char *id, const struct scheme_source *from,
    struct scheme **out, struct err *e) MUST_CHECK;
/* Of <dir>/<id>/versions/<name>/ as it is now. E_NOT_FOUND, E_CONFIG. */
int scheme_read_version(const char *dir, const char *id, const char *name,
    struct scheme **out, struct err *e) MUST_CHECK;
void scheme_free(struct scheme *s);
DEFINE_STRUCT_CLEANUP(scheme, scheme_free)
/* Take it into the set; freed if a version of the same bytes is there. */
int scheme_set_take(
    struct scheme_set *s, struct scheme *take, struct err *e) MUST_CHECK;

/* --- the timetable --- */
/* What is installed: genesis had it.  E_NOT_FOUND: not at hand. */
int scheme_set_install(struct scheme_set *s, const char *id,
    const char *policy_version, struct err *e) MUST_CHECK;
/*
 * From this instant (00:00 JST of effective_from) the version is in force:
 * an executed decision rules (adopt) or policy said so.  The same again
 * changes nothing.  Errors: E_NOT_FOUND (version not at hand).
 */
int scheme_set_enact(struct scheme_set *s, const char *id,
    const char *policy_version, int64_t from, struct err *e) MUST_CHECK;
/* Rescinded before it began: nothing of this rule_version comes into force. */
void scheme_set_repeal(
    struct scheme_set *s, const char *id, const char *rule_version);
/*
 * It is this instant now: scheme_find and scheme_at give what is in force at
 * it.  Core calls it at each act and tick, the signer at each request, an
 * audit at each event, all under their own locks.
 */
void scheme_set_turn(struct scheme_set *s, int64_t now);

/*
 * In force at an instant; NULL: no such scheme, or before its first version
 * (an installed scheme whose own date has not come).
 */
const struct scheme *scheme_in_force(
    const struct scheme_set *s, const char *id, int64_t at);
/* By its policy_version, in force or not; NULL: not at hand. */
const struct scheme *scheme_of_version(
    const struct scheme_set *s, const char *id, const char *policy_version);
/* The next version after this instant and when it begins; NULL: none. */
const struct scheme *scheme_coming(
    const struct scheme_set *s, const char *id, int64_t at, int64_t *out_from);
/*
 * The rule for an act now in a case (rule_for_open_cases, of the version in
 * force now): at_act gives that version, at_received the one in force when
 * the papers were received (0: not yet; the act's).
 */
const struct scheme *scheme_for_case(const struct scheme_set *s, const char *id,
    int64_t received_at, int64_t now);
/*
 * Whose criteria, forms and guideline judge a case (criteria_version_at, of
 * the version in force now): those of the receipt, or of the decision.
 */
const struct scheme *scheme_criteria_for(const struct scheme_set *s,
    const char *id, int64_t received_at, int64_t now);

/*
 * In force at the instant of the last turn; before any turn what is
 * installed.  NULL: no such scheme.
 */
const struct scheme *scheme_find(const struct scheme_set *s, const char *id);
const struct scheme *scheme_at(const struct scheme_set *s, size_t i); /* NULL */
/* The i-th version of a scheme at hand; NULL past the end. */
const struct scheme *scheme_version_at(
    const struct scheme_set *s, const char *id, size_t i);

/* --- what an amendment says --- */
/* SHA-256 in hex over names and hashes of all files (scheme_file). */
void scheme_digest(const struct scheme *s, char out[65]);
/*
 * Detail of a decision rules or policy: {"schema": "nintei.rules/1", "scheme",
 * "rule_version", "policy_version", "effective_from", "text_sha256" (of
 * rule.txt), "files": {name: SHA-256}}; the office adds "diff", a text.
 */
struct json *scheme_rules_detail(
    const struct scheme *s, const char *effective_from);
/* The files are those of a detail, none more or less, and so are versions. */
bool scheme_rules_match(const struct scheme *s, const struct json *detail);
/* scheme_diff in lines, as a decision names it: "article 9(1) changed". */
void scheme_diff_text(
    const struct scheme *from, const struct scheme *to, struct buf *out);
/*
 * What changes: {"from"?, "to", "files": [], "articles": [{"article",
 * "change", "from"?, "to"?}], "params": [{"key", "from", "to"}], "criteria",
 * "form_a": [{"id", "change"}], "values": [{"key", "from", "to"}]}; change:
 * added, changed, removed.  from NULL: all is new.
 */
struct json *scheme_diff(const struct scheme *from, const struct scheme *to);
/*
 * May a decision of kind policy make `to` out of `from`?  Same rule_version
 * and rule.txt, the next policy number, same terms of the articles: else
 * Art. 22 asks for an amendment.  E_FLOW_GUARD with the reason.
 */
int scheme_policy_check(const struct scheme *from, const struct scheme *to,
    struct err *e) MUST_CHECK;

/* The documents of GET /v1/schemes and /v1/schemes/{scheme}. */
struct json *scheme_set_json(const struct scheme_set *s);

#endif
