/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits that core shows after power was lost: the head file may be one
 * group behind, the journal never is.
 */
#include "signing_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"

#define ROSTER_SECONDS 600 /* from the record to its event */

/* Subject of a commit, taken apart. */
struct act {
	char dossier[LIMIT_ID_BYTES + 1];
	uint64_t seq;
	char word[512]; /* "application.submit" */
	int64_t time;
};

static bool
certificate_is_there(struct signer *s, const struct act *a)
{
	return ledger_case_certified(&s->ledger, a->dossier);
}

static bool
revocation_is_there(struct signer *s, const struct act *a)
{
	uint32_t i;

	return map_find(&s->ledger.certified, "case", a->dossier, &i) &&
	    ledger_ended(&s->ledger, s->ledger.issued[i].number) != NULL;
}

/* Each event of the list's case is one list; numbers are never skipped back. */
static bool
list_is_there(struct signer *s, const struct act *a)
{
	const struct crl_state *c;

	if (strncmp(a->dossier, "crl-", 4) != 0 ||
	    issuer_find(s, a->dossier + 4) == NULL)
		return false;
	c = ledger_crl(&s->ledger, a->dossier + 4);
	return c != NULL && c->number >= a->seq;
}

static bool
entry_is_there(struct signer *s, const struct act *a)
{
	for (size_t i = 0; i < s->ledger.n_pinned; i++)
		if (llabs(s->ledger.pinned[i].at - a->time) <= ROSTER_SECONDS)
			return true;
	return false;
}

static const struct {
	const char *word;
	bool (*is_there)(struct signer *s, const struct act *a);
} rests[] = {
	{ "application.decide_certify", certificate_is_there },
	{ "artefact.sign", certificate_is_there },
	{ "certification.revoke", revocation_is_there },
	{ "compliance.revoke", revocation_is_there },
	{ "certification.lapse", revocation_is_there },
	{ "succession.confirm", revocation_is_there },
	{ "body.crl", list_is_there },
	{ "body.roster", entry_is_there },
};

/* commit_read has seen that it is "<case> <sequence> <machine>.<event>". */
static bool
act_read(const struct commit_view *v, struct act *out)
{
	CLEANUP(freep) char *text = slice_dup(v->subject);
	char *seq = text == NULL ? NULL : strchr(text, ' ');
	char *word = seq == NULL ? NULL : strchr(seq + 1, ' ');
	struct err why = ERR_INIT;

	if (word == NULL || strlen(word + 1) >= sizeof(out->word))
		return false;
	*seq++ = '\0';
	*word++ = '\0';
	snprintf(out->dossier, sizeof(out->dossier), "%.40s", text);
	snprintf(out->word, sizeof(out->word), "%s", word);
	while (*seq == '0' && seq[1] != '\0')
		seq++;
	out->time = v->time;
	return dec_parse(seq, INT64_MAX, &out->seq, &why) == 0;
}

int
shown_check(struct signer *s, const struct commit_view *v, struct err *e)
{
	struct act a;

	if (!act_read(v, &a))
		return refuse(e, 0, "this is not a commit of the store");
	for (size_t i = 0; i < NELEM(rests); i++)
		if (strcmp(rests[i].word, a.word) == 0 &&
		    !rests[i].is_there(s, &a))
			return refuse(e, 0,
			    "the journal knows nothing of %s in %s", a.word,
			    a.dossier);
	return 0;
}
