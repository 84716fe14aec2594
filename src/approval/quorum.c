/* SPDX-License-Identifier: Apache-2.0 */
/* What each kind of decision needs and permits: one table. */
#include "decision_int.h"

#include <string.h>

static const struct decision_kind kinds[] = {
#define KIND(name, needs, words, must, may) { name, needs, words, must, may },
#include "kinds.inc"
#undef KIND
};

const struct decision_kind *
decision_kind_find(const char *name)
{
	for (size_t i = 0; name != NULL && i < NELEM(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

unsigned
decision_quorum(const char *kind)
{
	const struct decision_kind *k = decision_kind_find(kind);

	return k == NULL ? 0 : k->needs;
}

unsigned
decision_needed(const char *kind, unsigned policy)
{
	unsigned least = decision_quorum(kind);

	return policy > least ? policy : least;
}

const char *
decision_outcome(const char *kind)
{
	/* Kinds with several words begin with the one that starts an act. */
	static const char *const first[][2] = {
		{ "improvement", "request_improvement" },
		{ "rules", "import" },
		{ "disclosure", "compelled" },
		{ "withholding", "grant" },
		{ "lapse", "confirm" },
	};
	const struct decision_kind *k = decision_kind_find(kind);

	for (size_t i = 0; k != NULL && i < NELEM(first); i++)
		if (strcmp(first[i][0], k->name) == 0)
			return first[i][1];
	return k == NULL ? NULL : k->words;
}

bool
decision_permits(const char *kind, const char *outcome)
{
	const struct decision_kind *k = decision_kind_find(kind);
	size_t n = outcome == NULL ? 0 : strlen(outcome);
	const char *at = k == NULL ? NULL : k->words;

	while (n > 0 && at != NULL && *at != '\0') {
		size_t word = strcspn(at, " ");

		if (word == n && strncmp(at, outcome, n) == 0)
			return true;
		at += word;
		at += *at == ' ';
	}
	return false;
}
