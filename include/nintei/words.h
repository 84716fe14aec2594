/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_WORDS_H
#define NINTEI_WORDS_H
/*
 * words: what people call the machines' acts, states and guards, in Japanese
 * and in English.  A message names a guard by its word and says it like this.
 * Runs in: core, nintei.  Pure; all texts are static.
 * Rules: the glossary of the domain (docs/GLOSSARY.md); src/words/<table>.inc.
 */
#include "nintei/flow.h"

struct words {
	const char *ja, *en;
};

/* NULL where there is no such act. */
const struct words *words_act(enum machine m, const char *event);
const struct words *words_state(enum state s); /* NULL for S_NONE */
/* That the guard holds. */
const struct words *words_guard(enum guard g); /* NULL for G_NONE */
/* What is wanted, or what stands in the way, where it fails. */
const struct words *words_wanted(enum guard g);
/* By its name in a problem ("fee_paid"); NULL: no such guard. */
const struct words *words_wanted_by_name(const char *guard);
const struct words *words_machine(enum machine m);
const struct words *words_role(enum flow_role r);

#endif
