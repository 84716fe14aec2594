/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_DERIVE_ENTRY_H
#define NINTEI_DERIVE_ENTRY_H
/*
 * derive_entry: questions to the entries of the register and to what is
 * published beside them.  An entry keeps legal time ("at") and the instant of
 * recording ("recorded_at") apart, so that both can be asked.  Pure.
 * Runs in: core, nintei.  Trusts: entries made by derive_entry_follow.
 * Rules: PUBLISH-1 to PUBLISH-10 in docs/PROTOCOL.events; REGULATION 4, 6.2.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/dossier.h"
#include "nintei/err.h"
#include "nintei/secrecy.h"
#include "nintei/term.h"

/* "認定中", "valid": the wording of REGULATION 5; NULL for an unknown state. */
const char *derive_state_ja(const char *state);
const char *derive_state_en(const char *state);

/* A civil day, and what was recorded up to an instant (UTC seconds). */
struct derive_as_of {
	struct jday day;
	int64_t known;
};
/*
 * The entry as it stood at the end of the day (now, if now is earlier), as
 * known then.  versions: the public versions of the same number, an array of
 * {"version", "at", "recorded_at", "entry"}; they give names and items.
 * Beside the members of an entry: "as_of", "known", and "foreseen" true where
 * the day is later than what could be known.  NULL: there was none.
 */
struct pub_doc *derive_entry_as_of(const struct json *entry,
    const struct json *versions, const struct derive_as_of *q);
/*
 * Was the service certified at any instant of the day, as far as known?
 * Continued effect counts (Art. 12(2)).
 */
bool derive_entry_in_force(
    const struct json *entry, const struct derive_as_of *q);

/* What a version says: names, guideline, address, items, hashes; a copy. */
struct pub_doc *derive_version(const struct json *entry);
/*
 * The difference of two versions, `before` may be NULL: {"added": [ids],
 * "removed", "changed", "withheld", "published", "members": [{"name",
 * "before", "after"}]}; empty members are left out.
 */
struct pub_doc *derive_version_diff(
    const struct json *before, const struct json *after);

/* What an event publishes beside the register (publications.inc). */
enum derive_publication {
	PUBLICATION_NONE = 0,
#define PUBLICATION(kind, ground, decision, machine) PUBLICATION_##kind,
#define MEMBER(kind, name, required)
#define SAYS(kind, event)
#include "nintei/publications.inc"
	PUBLICATION_MAX
};
struct derive_publication_kind {
	const char *name; /* "delegation" */
	const char *ground; /* of the declassification, "19-2" */
	const char *decision; /* its kind */
	const char *machine;
};
/* NULL for PUBLICATION_NONE. */
const struct derive_publication_kind *derive_publication_kind(
    enum derive_publication p);
enum derive_publication derive_publication_parse(const char *name);
/* Which kind a word says, whether or not this event publishes. */
enum derive_publication derive_publication_of(
    const char *machine, const char *event);
/* The i-th member's name; NULL past the end. */
const char *derive_publication_member(
    enum derive_publication p, size_t i, bool *out_required);
/*
 * The public row of a kind after one more step (the event itself or one of
 * its effects): {"kind", "instance", "scheme", "number"?, "state", "at",
 * "recorded_at", the members, "history": [{"at", "recorded_at", "event",
 * "state"}]}.  before: the row so far or NULL.  NULL: nothing is public.
 */
struct derive_step {
	enum derive_publication kind;
	const char *instance; /* of the row */
	const struct json *step; /* {"machine", "instance", "event", "to"} */
};
struct pub_doc *derive_publication_follow(const struct json *before,
    const struct dossier *d, const struct json *event,
    const struct derive_step *s);

#endif
