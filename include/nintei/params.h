/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PARAMS_H
#define NINTEI_PARAMS_H
/*
 * params: every open reading of a regulation, as a typed policy key.
 * Runs in: core, signer, nintei.
 * Rules: REGULATION 7; defaults and choices in src/scheme/params.inc.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/term.h"

/* The words that keys with a choice may hold: POLICY_CHAINED = "chained". */
enum policy_word {
	POLICY_NONE = 0,
	POLICY_CHAINED,
	POLICY_DECISION,
	POLICY_RENEW,
	POLICY_AS_NEW,
	POLICY_D60,
	POLICY_D59,
	POLICY_INCIDENT_ONLY,
	POLICY_NEVER,
	POLICY_ARRIVAL,
	POLICY_POSTMARK,
	POLICY_RECEIVED,
	POLICY_FORM_DATE,
	POLICY_ALLOW,
	POLICY_STOP,
	POLICY_CERTIFIED_ON,
	POLICY_BOTH,
	POLICY_PDF,
	POLICY_PAPER,
	POLICY_EITHER,
	POLICY_RECORD_ONLY,
	POLICY_HEAR_AGAIN,
	POLICY_AT_ACT,
	POLICY_AT_RECEIVED,
	POLICY_REFUSE,
	POLICY_FULL,
	POLICY_SUMMARY,
	POLICY_SHRED,
	POLICY_KEEP,
	POLICY_RETURN_PAPER,
	POLICY_HIDE,
	POLICY_OFF,
	POLICY_WARN,
	POLICY_MAX
};
const char *policy_word_text(enum policy_word w);

struct params {
	bool first_day_counts;
	enum policy_word renewal_term; /* chained, decision */
	enum policy_word gap_renewal; /* renew, as_new */
	enum policy_word window_opens; /* d60, d59 */
	enum policy_word late_renewal; /* incident_only, never */
	enum policy_word paper_arrival; /* arrival, postmark */
	bool paper_on_holiday_next_day;
	bool bar_includes_anniversary;
	bool bar_across_schemes;
	enum policy_word bar_date; /* received, form_date */
	bool merger_survivor_lapses;
	enum policy_word mark_during_continuation; /* allow, stop */
	int64_t continuation_certificate_days; /* 0: statement only */
	bool termination_ends_certification;
	bool termination_waits_for_revocation;
	bool loss_statement_accepted;
	bool revoke_after_end;
	enum policy_word revocation_effective; /* decision, certified_on */
	enum policy_word written_notice_form; /* both, pdf, paper */
	enum policy_word unlawful_reading; /* either, both */
	enum policy_word late_conflict; /* record_only, hear_again */
	const char *const *never_withheld; /* number, names, dates, state */
	size_t n_never_withheld;
	enum policy_word expired_listing; /* keep, hide */
	int64_t expired_listing_years; /* with hide */
	enum policy_word criteria_version_at; /* received, decision */
	enum policy_word rule_for_open_cases; /* at_act, at_received */
	int64_t rule_notice_days;
	bool fee_voluntary_return;
	enum policy_word new_while_certified; /* allow, refuse */
	bool translation_accepted;
	struct period registry_paper_max_age;
	bool silence_is_insufficient;
	enum policy_word reasons_detail; /* full, summary */
	enum policy_word dossier_end; /* shred, keep, return_paper */
	int64_t dossier_keep_days;
	bool objection_rejects;
	enum policy_word malware_scanner; /* off, warn, refuse */
	int64_t decision_ttl_hours;
	int64_t committee_quorum;
	int64_t fee_due_days, correction_days, inquiry_due_days, answer_days;
	int64_t improvement_due_days, progress_due_days, unread_days;
	int64_t ticket_close_days;
	int64_t target_days_immediately, target_days_promptly;
	int64_t target_days_without_delay;
	int quorum[32]; /* by params_quorum() */
};

/* Approvals that a kind of decision needs (REGULATION 3); 0: unknown kind. */
int params_quorum(const struct params *p, const char *kind);
/* The kinds, in the order of REGULATION 3; NULL past the end. */
const char *params_quorum_kind(size_t i);
/* The defaults of REGULATION 7. */
void params_default(struct params *out);

/* Every key with its value in force as text, for pages and snapshots. */
struct param_value {
	const char *key;
	char text[96];
	bool is_default;
};
/* False past the end. */
bool params_at(const struct params *p, size_t i, struct param_value *out);

#endif
