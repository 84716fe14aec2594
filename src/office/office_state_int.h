/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OFFICE_STATE_INT_H
#define NINTEI_OFFICE_STATE_INT_H
/* office_state_int: the office itself, and a request on its way. */
#include <pthread.h>
#include <stdatomic.h>

#include "nintei/account.h"
#include "nintei/approval.h"
#include "nintei/conf.h"
#include "nintei/derive_entry.h"
#include "nintei/index.h"
#include "nintei/note.h"
#include "nintei/office.h"
#include "nintei/scheme.h"
#include "nintei/secrecy.h"
#include "nintei/store.h"
#include "nintei/vault.h"
#include "nintei/worker.h"
#include "nintei/workflow.h"

/* One issuing authority: what is served under /pki/. */
struct office_pki {
	char *name; /* scheme id or "root" */
	struct buf cer; /* DER */
	struct buf pem; /* the same as PEM */
	struct buf crl; /* DER, newest */
	int64_t crl_due; /* when the schedule asks for a new one; 0: never */
};

/*
 * The log as it is served.  Published is what everybody may see, with as many
 * cosignatures as log.quorum wants; signed is the newest that the log's key
 * signed.
 */
struct office_log {
	struct note_key key; /* pki/log.vkey of genesis */
	pthread_mutex_t lock; /* of the four below */
	struct buf note, signed_note; /* empty: none yet */
	struct tlog_head head, signed_head;
	pthread_mutex_t making; /* one at a time asks the signer */
	int64_t tried_ms; /* under making */
	atomic_bool damaged; /* the cache was found wrong: start anew */
};

struct office {
	char *home;
	const struct config *config;
	struct scheme_set *schemes;
	struct clock clock;
	struct random random;
	struct signer_link signer;
	struct intake_hosts hosts;
	struct worker_host *git;
	struct worker_job maintenance; /* the clock's thread only */
	bool maintaining;
	int64_t maintain_again; /* not before; real time */
	struct store *store;
	struct index *index;
	struct accounts *accounts;
	struct vault *vault;
	struct roster *roster;
	struct ssh_key commit_key;
	int64_t commit_key_from;
	bool development;
	bool unfinished; /* an ordered certificate waits for the signer */
	bool paying; /* what is owed to other cases is being carried out */
	bool owing; /* some of it waits */
	bool settling; /* revocations are executed before a list is made */
	bool broken; /* the index lacks a durable event: start anew */
	struct err ready; /* what /readyz found, good until then */
	int64_t ready_until; /* milliseconds of the monotonic clock */
	struct office_pki *pki;
	size_t n_pki;
	struct office_log log;
	struct cosigners *cosigners; /* NULL: no witness is configured */
	struct exports *exports; /* of the register, as they were signed */
	struct statuses *statuses; /* of certifications, likewise */
	struct notice_texts *notices; /* policies/notices.yaml */
	struct numbers *numbers; /* the imported register, if there is one */
	int64_t register_seen; /* its generation; the clock's thread only */
	bool register_failed; /* and was said so */
	_Atomic uint64_t register_touched; /* certifications that it touches */
	pthread_mutex_t cache_lock;
	struct cache *cache; /* of office_load, under cache_lock */
	/*
	 * One act at a time: load, decide, append, project.  Also guards
	 * roster and pki.  Bodies are checked and encrypted outside of it.
	 */
	pthread_mutex_t act;
};

/* A request on its way. */
struct visit {
	struct office *o;
	const struct front_request *q;
	int body_fd;
	int64_t now;
	struct account account; /* person "" when no token came */
	unsigned roles; /* ROLE_ bits */
	struct flow_refusal refusal; /* filled with E_FLOW_* */
	int64_t since, until; /* of the problem: when it is open; 0: unknown */
	struct findings findings; /* for E_BUNDLE_REFUSED */
	char problem_case[LIMIT_ID_BYTES + 1]; /* member "case" or "" */
	struct json *problem_receipt; /* member "receipt" or NULL */
	uint8_t request[32]; /* of the Idempotency-Key */
	bool has_request;
	bool by_if_match; /* a stale head is then 412 */
};

#endif
