/* SPDX-License-Identifier: Apache-2.0 */
/* The office: opening, serving by the table of routes, completing. */
#include "office_int.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "nintei/enc.h"
#include "nintei/fs.h"
#include "nintei/log.h"
#include "nintei/notice_texts.h"
#include "nintei/numbers.h"

#define CASE_KEYS_CACHED 64
#define DOSSIERS_CACHED 1024

/* Endpoints by route; those of front have none here. */
static const endpoint_fn endpoints[ROUTE_MAX] = {
	[ROUTE_READYZ] = get_readyz,
	[ROUTE_METRICS] = get_metrics,
	[ROUTE_CASE_NOTICES] = get_case_notices,
	[ROUTE_CASE_NOTICE] = get_case_notice,
	[ROUTE_NOTICES] = get_notices,
	[ROUTE_NOTICE_MAIL] = post_notice_mail,
	[ROUTE_FEES] = get_fees,
	[ROUTE_DEADLINES] = get_deadlines,
	[ROUTE_RULE] = get_rule,
	[ROUTE_TICKETS] = post_ticket,
	[ROUTE_TICKET] = get_ticket,
	[ROUTE_TICKET_AGAIN] = post_ticket_again,
	[ROUTE_SCHEMES] = get_schemes,
	[ROUTE_SCHEME] = get_scheme,
	[ROUTE_SCHEMAS] = get_schemas,
	[ROUTE_SCHEMA] = get_schema,
	[ROUTE_CASE_COMMANDS] = get_case_commands,
	[ROUTE_DOSSIER_SUBMIT] = post_dossier,
	[ROUTE_PREFLIGHT] = post_preflight,
	[ROUTE_CASES] = get_cases,
	[ROUTE_CASE] = get_case,
	[ROUTE_CASE_EVENTS] = get_case_events,
	[ROUTE_CASE_FINDINGS] = get_case_findings,
	[ROUTE_CASE_DOCUMENT] = get_case_document,
	[ROUTE_CASE_COMMAND] = post_case_command,
	[ROUTE_CASE_KEY] = get_case_key,
	[ROUTE_DECISION] = get_decision,
	[ROUTE_DECISION_DOCUMENT] = get_decision_document,
	[ROUTE_DECISION_SIGN] = post_signature,
	[ROUTE_REGISTER] = get_register,
	[ROUTE_REGISTER_ENTRY] = get_register_entry,
	[ROUTE_REGISTER_VERSIONS] = get_register_versions,
	[ROUTE_REGISTER_EXPORT] = get_register_export,
	[ROUTE_REGISTER_EXPORT_P7S] = get_register_export_cms,
	[ROUTE_REGISTER_EXPORT_TSR] = get_register_export_tst,
	[ROUTE_REGISTER_ABSENCE] = get_register_absence,
	[ROUTE_REGISTER_STATUS] = get_register_status,
	[ROUTE_REGISTER_STATUS_P7S] = get_register_status_cms,
	[ROUTE_REGISTER_STATUS_TSR] = get_register_status_tst,
	[ROUTE_PUBLICATIONS] = get_publications,
	[ROUTE_CERTIFICATE_PEM] = get_certificate_pem,
	[ROUTE_CERTIFICATE_JSON] = get_certificate_json,
	[ROUTE_PKI_CER] = get_pki_cer,
	[ROUTE_PKI_CRL] = get_pki_crl,
	[ROUTE_LOG_CHECKPOINT] = get_log_checkpoint,
	[ROUTE_LOG_TILE] = get_log_tile,
	[ROUTE_LOG_PROOF] = get_log_proof,
	[ROUTE_AUDIT_REFS] = get_audit_refs,
	[ROUTE_AUDIT_PACK] = post_audit_pack,
	[ROUTE_AUDIT_BUNDLE] = get_audit_bundle,
};

static int
visit_run(struct visit *v, struct answer *a, struct err *e)
{
	const struct route *r = route_get(v->q->route);

	if (r == NULL || endpoints[v->q->route] == NULL)
		return err_set(e, E_NOT_FOUND, "nothing is served here");
	if (visit_authenticate(v, e) < 0 || visit_authorise(v, r, e) < 0)
		return -1;
	return endpoints[v->q->route](v, a, e);
}

void
office_serve(struct office *o, const struct front_request *q, int body_fd,
    struct answer *out)
{
	struct visit v = { .o = o, .q = q, .body_fd = body_fd };
	struct err e = ERR_INIT;

	v.now = clock_now(&o->clock);
	scheme_set_turn(o->schemes, v.now);
	if (visit_run(&v, out, &e) < 0)
		answer_problem(&v, out, &e);
	findings_free(&v.findings);
	jsonx_free(v.problem_receipt);
}

/* --- what the vault needs of the signer --- */

static int
wrap_key(
    void *arg, const char *id, struct slice key, struct buf *out, struct err *e)
{
	struct office *o = arg;

	return signer_wrap_key(&o->signer, id, key.p, out, e);
}

static int
unwrap_key(void *arg, const char *id, struct slice wrapped, struct secret **out,
    struct err *e)
{
	struct office *o = arg;
	CLEANUP(secret_freep)
	struct secret *key = secret_new(VAULT_KEY_BYTES);

	if (signer_unwrap_key(&o->signer, id, wrapped, secret_bytes(key), e) <
	    0)
		return -1;
	*out = TAKE(key);
	return 0;
}

/* --- opening --- */

static int
genesis_read(struct office *o, struct err *e)
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(MIB(1));
	CLEANUP(jsonx_freep) struct json *j = NULL;
	const char *key, *created;

	if (store_file_get(o->store, NULL, "genesis.json", &text, e) < 0 ||
	    jsonx_parse(buf_slice(&text), MIB(1), &j, e) < 0)
		return -1;
	o->development = jsonx_get_bool(j, "development", false);
	key = jsonx_get_str(j, "commit_key");
	created = jsonx_get_str(j, "created");
	if (key == NULL || created == NULL)
		return err_set(
		    e, E_STORE_CORRUPT, "genesis.json is incomplete");
	if (instant_parse(created, &o->commit_key_from, e) < 0 ||
	    ssh_key_parse(key, &o->commit_key, e) < 0)
		return -1;
	return config_check(o->config, o->development, e);
}

static int
roster_fn(const char *name, bool is_folder, void *arg, struct err *e)
{
	struct office *o = arg;
	CLEANUP(freep) char *path = xasprintf("roster/%s", name);
	CLEANUP(buf_free) struct buf text = BUF_INIT(LIMIT_DECISION_BYTES);

	if (is_folder)
		return 0;
	if (store_file_get(o->store, NULL, path, &text, e) < 0)
		return -1;
	return roster_put(o->roster, buf_slice(&text), e);
}

static int
vault_make(struct office *o, const char *dir, struct err *e)
{
	struct vault_wrapper w = { wrap_key, unwrap_key, o };

	return vault_open(dir, &w, &o->random, CASE_KEYS_CACHED, &o->vault, e);
}

/* What the history gives; a damaged file is made anew. */
static int
index_fill(struct office *o, struct err *e)
{
	struct err why = ERR_INIT;
	uint64_t replayed;

	if (office_replay(o->index, o->store, &replayed, &why) == 0)
		return 0;
	if (!index_damaged(o->index)) {
		*e = why;
		return -1;
	}
	log_err("index.damaged", &why, NULL);
	if (index_clear(o->index, e) < 0)
		return -1;
	return office_replay(o->index, o->store, &replayed, e);
}

static int
parts_open(struct office *o, struct store_report *report, struct err *e)
{
	CLEANUP(freep) char *dir = fs_join(o->home, "store");
	CLEANUP(freep) char *index = fs_join(dir, "index.sqlite");
	CLEANUP(freep) char *accounts = fs_join(dir, "accounts.sqlite");
	CLEANUP(freep) char *keys = fs_join(dir, "casekeys");
	CLEANUP(freep) char *policies = fs_join(o->home, "policies");
	struct store_opts so = { .clock = o->clock,
		.signer = { office_sign_commits, office_commit_durable, o } };

	if (store_open(dir, &so, report, &o->store, e) < 0 ||
	    genesis_read(o, e) < 0 ||
	    store_file_list(o->store, NULL, "roster", roster_fn, o, e) < 0 ||
	    index_open(index, &o->index, e) < 0 || index_fill(o, e) < 0 ||
	    accounts_open(accounts, &o->accounts, e) < 0 ||
	    vault_make(o, keys, e) < 0)
		return -1;
	if (notice_texts_load(policies, &o->notices, e) < 0 ||
	    office_versions_open(o, e) < 0)
		return -1;
	return office_log_open(o, e) < 0 ? -1 : office_pki_load(o, e);
}

/* --- what a crash left half-way --- */

struct unfinished {
	char (*id)[LIMIT_ID_BYTES + 1];
	size_t n;
};

static int
unfinished_fn(const char *id, void *arg, struct err *e)
{
	struct unfinished *u = arg;
	struct slice s = slice_str(id);

	(void)e;
	u->id = xrealloc(u->id, u->n + 1, sizeof(*u->id));
	for (size_t i = 0; i <= s.n && i < sizeof(*u->id); i++)
		u->id[u->n][i] = id[i];
	u->n++;
	return 0;
}

/* Kinds whose execution the signer puts on its next list. */
static bool
ends_certificates(const char *kind)
{
	return strcmp(kind, "revoke") == 0 || strcmp(kind, "lapse") == 0;
}

/*
 * Who signed last executes; a guard that is false waits.
 * E_UNAVAILABLE: the signer is away, and may have begun.
 */
static int
execute_approved(struct office *o, struct dossier *d, bool ends_only,
    unsigned *done, struct err *e)
{
	for (size_t i = 0; i < d->n_decisions; i++) {
		const struct dossier_decision *dec = &d->decisions[i];
		struct flow_refusal refusal;
		struct err why = ERR_INIT;

		const struct flow_kind *k = flow_kind_find(dec->kind);

		if (dossier_state(d, M_DECISION, dec->id) != S_DEC_APPROVED ||
		    dec->n_signatures == 0 || (k != NULL && k->waits) ||
		    (ends_only && !ends_certificates(dec->kind)))
			continue;
		if (office_execute(o, d, dec->id,
			dec->signatures[dec->n_signatures - 1].person, &refusal,
			&why) == 0)
			(*done)++;
		else if (why.code == E_UNAVAILABLE) {
			*e = why;
			return -1;
		} else if (why.code != E_FLOW_GUARD)
			log_err("decision.not_executed", &why, NULL);
	}
	return 0;
}

/* Approved decisions are executed, ordered artefacts are signed. */
static int
complete_one(struct office *o, const char *id, unsigned *done, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;

	if (office_load(o, id, &d, e) < 0)
		return -1;
	if (office_issue_waits(d)) {
		(*done)++;
		if (office_issue(o, d, e) < 0)
			return -1;
	}
	return execute_approved(o, d, false, done, e);
}

/* One case in trouble must not hold up the others, nor the office. */
static int
complete_or_later(
    struct office *o, const char *id, unsigned *done, struct err *e)
{
	struct err why = ERR_INIT;

	if (complete_one(o, id, done, &why) == 0)
		return 0;
	if (why.code == E_UNAVAILABLE || o->broken) {
		*e = why;
		return -1;
	}
	log_err("complete.failed", &why, id);
	return 0;
}

static int
settle_one(struct office *o, const char *id, const char *scheme, struct err *e)
{
	CLEANUP(dossier_freep) struct dossier *d = NULL;
	unsigned done = 0;

	if (office_load(o, id, &d, e) < 0)
		return -1;
	if (strcmp(d->scheme, scheme) != 0)
		return 0;
	return execute_approved(o, d, true, &done, e);
}

int
office_revocations_settle(struct office *o, const char *scheme, struct err *e)
{
	struct unfinished u = { 0 };
	bool before = o->settling;
	int rv;

	o->settling = true;
	rv = index_unfinished_list(o->index, unfinished_fn, &u, e);
	for (size_t i = 0; rv == 0 && i < u.n; i++)
		rv = settle_one(o, u.id[i], scheme, e);
	free(u.id);
	o->settling = before;
	return rv;
}

static int
revoked_fn(const struct index_certification *row, void *arg, struct err *e)
{
	struct office *o = arg;
	struct office_pki *p = office_pki_find(o, row->scheme);
	uint8_t serial[20];
	size_t n = row->serial == NULL ? 0 : strlen(row->serial) / 2;

	(void)e;
	if (p == NULL || n == 0 || n > sizeof(serial))
		return 0;
	if (hex_decode(row->serial, serial, n, e) == 0 &&
	    !office_crl_lists(p, slice_of(serial, n)))
		p->crl_due = 1;
	return 0;
}

static int
complete_lists(struct office *o, struct err *e)
{
	struct index_register_query q = { .state = "revoked",
		.page = { .limit = 1000000 } };
	int64_t now = clock_now(&o->clock);

	if (index_register_list(o->index, &q, revoked_fn, o, e) < 0)
		return -1;
	for (size_t i = 0; i < o->n_pki; i++) {
		struct office_pki *p = &o->pki[i];
		bool missing = p->crl.n == 0;

		if (strcmp(p->name, "root") == 0)
			continue;
		if ((missing || (p->crl_due != 0 && p->crl_due <= now)) &&
		    office_crl_refresh(o, p, NULL, e) < 0)
			return -1;
	}
	return 0;
}

/* The roster's case is no application: no row of the read model lists it. */
static int
complete_roster(struct office *o, unsigned *done, struct err *e)
{
	struct store_dossier_head head;

	if (store_dossier_head(o->store, "roster", &head, e) < 0)
		return -1;
	return head.seq == 0 ? 0 : complete_one(o, "roster", done, e);
}

int
office_complete(struct office *o, unsigned *done, struct err *e)
{
	struct unfinished u = { 0 };
	int rv;

	/* What is owed comes first: it happened before what is due now. */
	if (office_owed_settle(o, e) < 0)
		return -1;
	rv = index_unfinished_list(o->index, unfinished_fn, &u, e);
	for (size_t i = 0; rv == 0 && i < u.n; i++)
		rv = complete_or_later(o, u.id[i], done, e);
	free(u.id);
	if (rv == 0)
		rv = complete_roster(o, done, e);
	/* An end that the signer has proved stands on its next list. */
	if (rv == 0)
		rv = office_clock_round(o, clock_now(&o->clock), e);
	return rv < 0 ? -1 : complete_lists(o, e);
}

int
office_open(const struct office_options *opts, struct office_report *report,
    struct office **out, struct err *e)
{
	CLEANUP(office_freep) struct office *o = xcalloc(1, sizeof(*o));
	struct store_report found = { 0 };
	struct err why = ERR_INIT;

	pthread_mutex_init(&o->act, NULL);
	o->home = xstrdup(opts->home);
	o->config = opts->config;
	o->schemes = opts->schemes;
	o->clock = opts->clock;
	o->random = opts->random;
	o->signer = opts->signer;
	o->hosts = opts->hosts;
	o->git = opts->git;
	o->roster = roster_new();
	pthread_mutex_init(&o->cache_lock, NULL);
	o->cache = cache_new(DOSSIERS_CACHED);
	o->owing = true; /* until it was looked at */
	o->exports = exports_new();
	o->statuses = statuses_new();
	if (numbers_open(o->home, &o->numbers, e) < 0)
		return -1;
	o->hosts.numbers = o->numbers;
	if (parts_open(o, &found, e) < 0)
		return -1;
	/* Reading goes on; no event is taken, /readyz says so. */
	if (office_history_settle(o, &why) < 0 ||
	    office_time_check(o, &why) < 0) {
		log_err("store.history", &why, NULL);
		o->unfinished = true;
	}
	if (office_cosign_open(o, opts, e) < 0)
		return -1;
	if (!o->unfinished && office_complete(o, &report->completed, e) < 0)
		return -1;
	report->commits = found.commits;
	report->locks_removed = found.locks_removed;
	report->temporaries_removed = found.temporaries_removed;
	report->segments_sealed = found.segments_sealed;
	report->commits_recovered = found.commits_recovered;
	report->bytes_dropped = found.bytes_dropped;
	report->log_rebuilt = found.log_rebuilt;
	*out = TAKE(o);
	return 0;
}

void
office_close(struct office *o)
{
	if (o == NULL)
		return;
	if (o->maintaining)
		worker_cancel(&o->maintenance);
	office_cosign_close(o);
	office_log_close(o);
	vault_close(o->vault);
	accounts_close(o->accounts);
	index_close(o->index);
	numbers_close(o->numbers);
	notice_texts_free(o->notices);
	store_close(o->store);
	roster_free(o->roster);
	cache_free(o->cache);
	exports_free(o->exports);
	statuses_free(o->statuses);
	pthread_mutex_destroy(&o->cache_lock);
	for (size_t i = 0; i < o->n_pki; i++) {
		free(o->pki[i].name);
		buf_free(&o->pki[i].cer);
		buf_free(&o->pki[i].pem);
		buf_free(&o->pki[i].crl);
	}
	free(o->pki);
	free(o->home);
	pthread_mutex_destroy(&o->act);
	free(o);
}
