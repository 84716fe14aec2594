/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SIGNING_H
#define NINTEI_SIGNING_H
/*
 * signing: all that the signer does, as a library: it checks facts against
 * signed decisions and its own journal, builds what it signs, and appends to
 * the journal before it answers.
 * Runs in: signer; in `nintei init` once; in tests.
 * Holds: every signing key and the master key.  Trusts: the files under
 * keys/ that it opened before lock-down; of core not one byte.
 * Rules: SIGN-* in docs/PROTOCOL.signer.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/instant.h"
#include "nintei/ipc.h"
#include "nintei/ossl.h"
#include "nintei/sshsig.h"
#include "nintei/signer_link.h"

struct signer;

struct signer_options {
	const char *home; /* INTERFACE 2: nintei.yaml, keys/, policies/ */
	struct clock clock; /* now NULL: that of nintei.yaml */
	struct random random; /* fill NULL: the system's */
	/* SIGN-60 counts minutes of this machine, not of the clock above: off
	 * where years go by in minutes, in one process. */
	bool rates_off;
};

/*
 * Open keys, pinned roster, policies, journal and head file.  All reading
 * happens here; afterwards the signer only writes to what it has open.
 * Errors: E_CONFIG, E_STORE_CORRUPT (journal or head file do not agree with
 * themselves or with each other), E_STORE_LOCKED, E_CRYPTO.
 */
int signer_open(const struct signer_options *o, struct signer **out,
    struct err *e) MUST_CHECK;
void signer_close(struct signer *s);
void signer_freep(struct signer **s); /* for CLEANUP(signer_freep) */
/*
 * Make keys/signer.journal and keys/signer.head with the entries of
 * keys/roster/ pinned.  E_CONFIG where they exist.
 */
int signer_create(
    const char *home, bool development, int64_t now, struct err *e) MUST_CHECK;
/*
 * Read nintei.yaml again through the descriptor that is open (`clock:`).
 * E_UNAVAILABLE: another file lies in its place; only a restart reads it.
 */
int signer_reload(struct signer *s, struct err *e) MUST_CHECK;

/*
 * After an answer has left: put on disk what it rests on, so that this runs
 * beside the store's own sync.  idle: nobody is waiting; else the record of
 * a DURABLE waits for the group that follows it.  A failure is final.
 */
int signer_settle(struct signer *s, bool idle, struct err *e) MUST_CHECK;

/* Phases of the table's rows, as bits. */
enum signer_phase {
	SIGNER_SETUP = 1,
	SIGNER_SERVING = 2
};

/*
 * The operations of the one edge, to core; ctx of the handlers is the signer.
 * Refusals are E_SIGNER_REFUSED with the guards in detail, and are logged.
 */
const struct op *signer_ops(size_t *out_n);
/* One request without an edge: what the table permits in this phase. */
int signer_dispatch(struct signer *s, enum signer_phase phase, uint32_t op,
    struct slice request, struct buf *reply, struct err *e) MUST_CHECK;
/* A link to a signer in this process: `nintei init`, tests, bench. */
struct signer_link signer_local(struct signer *s);
/* The public commit key, for allowed_signers and genesis. */
const struct ssh_key *signer_commit_key(const struct signer *s);

#endif
