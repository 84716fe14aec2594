/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_COMMAND_INT_H
#define NINTEI_COMMAND_INT_H
/*
 * command_int: one workflow command on its way, and the hooks by which the
 * files of a theme take part.  A theme adds lines to its own
 * commands_<theme>.inc and defines the functions; the declarations come from
 * the same lines.
 */
#include "office_int.h"

/* A command on its way; the lock `act` is held in every hook. */
struct command {
	struct visit *v;
	struct dossier *d;
	const struct json *body; /* of the request */
	enum machine machine; /* M_NONE: not named; the plan knows */
	char event[DOSSIER_WORD];
	const char *instance; /* as asked; NULL: not named */
	char new_id[LIMIT_ID_BYTES + 1]; /* names what the act creates */
	char decision_id[LIMIT_ID_BYTES + 1]; /* of what the act freezes */
	struct flow_facts facts;
	struct relation relation; /* base and renewal, lent to facts */
	/*
	 * w.data: data of the command, of the shape that acts.inc says,
	 * without what only the server writes: a hook adds that.  w.plan:
	 * filled when `prepare` runs.
	 */
	struct act_write w;
};

/*
 * CMD(machine, "event", facts, prepare, after) of commands*.inc, cmd_none for
 * what is not needed:
 * facts: before the guards are asked: what core finds out for them, into
 * c->facts; also the place to name c->new_id.
 * prepare: the guards hold.  Check data further, add what the server writes,
 * documents and files.  Nothing is durable yet.
 * after: the event is durable; what follows from it.  A failure is answered,
 * the event stays.
 * All: 0, or -1 with *e; E_INPUT names the member ("data.paid_on: ...").
 */
typedef int (*command_fn)(struct command *c, struct err *e);
int cmd_none(struct command *c, struct err *e);
#define CMD(machine, event, facts, prepare, after)     \
	int facts(struct command *c, struct err *e);   \
	int prepare(struct command *c, struct err *e); \
	int after(struct command *c, struct err *e);
#include "commands.inc"
#include "commands_body.inc"
#include "commands_lifecycle.inc"
#include "commands_themes.inc"
#undef CMD

/*
 * What the problem document says where a hook refuses: by a guard, or by
 * none (G_NONE) with E_FLOW_ROLE or E_FLOW_STEP.
 */
void command_refuses(struct command *c, enum guard failed);

/*
 * BEGIN(prefix, begin) of begins.inc: body cases that begin by their first
 * act.  A prefix that ends in "-" is followed by an id of its own.  begin:
 * c->d is empty; set d->scheme where the case has one, refuse an id that
 * names nothing (E_NOT_FOUND).
 */
#define BEGIN(prefix, begin) int begin(struct command *c, struct err *e);
#include "begins.inc"
#undef BEGIN

/*
 * A document of the act (docs.c): encrypted under the case key, tied to the
 * event by its commitment, listed in data.documents by n and role.  name: for
 * the store; tag: of BUNDLES 4 or a class of REGULATION 6.4.  out_n may be
 * NULL.  E_LIMIT, E_NOT_FOUND (the key is destroyed), the signer's.
 */
int office_add_document(struct office *o, const struct dossier *d,
    struct act_write *w, const char *role, const char *tag,
    struct slice content, int64_t *out_n, struct err *e) MUST_CHECK;

/* The documents of the request; the plan is decided. */
int command_documents(struct command *c, struct err *e) MUST_CHECK;

/* What a personal signature over data must be (signed.c). */
enum personal {
	PERSONAL_OPINION, /* opinion@nintei */
	PERSONAL_DECLARATION /* declaration@nintei */
};
/* The same, and who has a key in the roster must sign. */
int office_personal_must(
    struct command *c, enum personal which, struct err *e) MUST_CHECK;

#endif
