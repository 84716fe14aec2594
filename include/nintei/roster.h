/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_ROSTER_H
#define NINTEI_ROSTER_H
/*
 * roster: who has which role and which keys, and when.  Part of approval.
 * Runs in: signer, core, nintei.  Trusts: nothing; the caller says which
 * entries are in force.
 * Rules: INTERFACE 7 (roster entry); ROSTER-* in docs/PROTOCOL.decision.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"
#include "nintei/sshsig.h"

struct roster;
#define ROSTER_KEYS_MAX 16

enum roster_role { /* bits; REGULATION 3 */
	ROSTER_SECRETARIAT = 1,
	ROSTER_OFFICER = 2,
	ROSTER_MEMBER = 4,
	ROSTER_CHAIR = 8,
	ROSTER_DELEGATE = 16,
	ROSTER_AUDITOR = 32,
	ROSTER_APPLICANT = 64
};

struct roster_key {
	char id[41];
	struct ssh_key key; /* SSH_KEY_NONE: a passkey, not used here yet */
	int64_t valid_from;
	int64_t valid_until; /* first second in which it no longer holds */
};
struct roster_entry {
	char person[41];
	unsigned roles;
	int64_t valid_from;
	int64_t valid_until;
	size_t n_keys;
	struct roster_key keys[ROSTER_KEYS_MAX];
	uint8_t sha256[32]; /* of the entry's bytes */
};

struct roster *roster_new(void);
void roster_free(struct roster *r);
DEFINE_STRUCT_CLEANUP(roster, roster_free)
/* nintei.roster/1, canonical; replaces the person's entry.  E_INPUT. */
int roster_put(struct roster *r, struct slice entry, struct err *e) MUST_CHECK;
int roster_entry_decode(
    struct slice entry, struct roster_entry *out, struct err *e) MUST_CHECK;
const struct roster_entry *roster_get(
    const struct roster *r, const char *person);
size_t roster_len(const struct roster *r);
const struct roster_entry *roster_at(const struct roster *r, size_t i);
bool roster_has_role(
    const struct roster_entry *p, enum roster_role role, int64_t at);
/* The person's key with these bytes, valid at that instant; or NULL. */
const struct roster_key *roster_find_key(
    const struct roster_entry *p, const struct ssh_key *key, int64_t at);
/* allowed_signers of OpenSSH: the store's key for git, people by id. */
void roster_allowed_signers(const struct roster *r,
    const struct ssh_key *store_key, int64_t store_from, struct buf *out);

#endif
