/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OFFICE_ENDPOINTS_INT_H
#define NINTEI_OFFICE_ENDPOINTS_INT_H
/* endpoints_int: one function for each row of routes.inc. */
#include "office_state_int.h"

/* --- endpoints --- */
typedef int (*endpoint_fn)(struct visit *v, struct answer *a, struct err *e);
int get_readyz(struct visit *v, struct answer *a, struct err *e);
int get_metrics(struct visit *v, struct answer *a, struct err *e);
int get_case_notices(struct visit *v, struct answer *a, struct err *e);
int get_case_notice(struct visit *v, struct answer *a, struct err *e);
int get_notices(struct visit *v, struct answer *a, struct err *e);
int post_notice_mail(struct visit *v, struct answer *a, struct err *e);
int get_fees(struct visit *v, struct answer *a, struct err *e);
int get_deadlines(struct visit *v, struct answer *a, struct err *e);
int get_rule(struct visit *v, struct answer *a, struct err *e);
int post_ticket(struct visit *v, struct answer *a, struct err *e);
int get_ticket(struct visit *v, struct answer *a, struct err *e);
int post_ticket_again(struct visit *v, struct answer *a, struct err *e);
int get_schemes(struct visit *v, struct answer *a, struct err *e);
int get_scheme(struct visit *v, struct answer *a, struct err *e);
int post_dossier(struct visit *v, struct answer *a, struct err *e);
int post_preflight(struct visit *v, struct answer *a, struct err *e);
int get_schemas(struct visit *v, struct answer *a, struct err *e);
int get_schema(struct visit *v, struct answer *a, struct err *e);
int get_case_commands(struct visit *v, struct answer *a, struct err *e);
int get_cases(struct visit *v, struct answer *a, struct err *e);
int get_case(struct visit *v, struct answer *a, struct err *e);
int get_case_events(struct visit *v, struct answer *a, struct err *e);
int get_case_findings(struct visit *v, struct answer *a, struct err *e);
int get_case_document(struct visit *v, struct answer *a, struct err *e);
int get_case_key(struct visit *v, struct answer *a, struct err *e);
int post_case_command(struct visit *v, struct answer *a, struct err *e);
int get_decision(struct visit *v, struct answer *a, struct err *e);
int get_decision_document(struct visit *v, struct answer *a, struct err *e);
int post_signature(struct visit *v, struct answer *a, struct err *e);
int get_register(struct visit *v, struct answer *a, struct err *e);
int get_register_entry(struct visit *v, struct answer *a, struct err *e);
int get_register_versions(struct visit *v, struct answer *a, struct err *e);
int get_register_export(struct visit *v, struct answer *a, struct err *e);
int get_register_export_cms(struct visit *v, struct answer *a, struct err *e);
int get_register_export_tst(struct visit *v, struct answer *a, struct err *e);
int get_register_status(struct visit *v, struct answer *a, struct err *e);
int get_register_status_cms(struct visit *v, struct answer *a, struct err *e);
int get_register_status_tst(struct visit *v, struct answer *a, struct err *e);
int get_register_absence(struct visit *v, struct answer *a, struct err *e);
int get_publications(struct visit *v, struct answer *a, struct err *e);
int get_certificate_pem(struct visit *v, struct answer *a, struct err *e);
int get_certificate_json(struct visit *v, struct answer *a, struct err *e);
int get_log_checkpoint(struct visit *v, struct answer *a, struct err *e);
int get_log_tile(struct visit *v, struct answer *a, struct err *e);
int get_log_proof(struct visit *v, struct answer *a, struct err *e);
int get_pki_cer(struct visit *v, struct answer *a, struct err *e);
int get_audit_refs(struct visit *v, struct answer *a, struct err *e);
int post_audit_pack(struct visit *v, struct answer *a, struct err *e);
int get_audit_bundle(struct visit *v, struct answer *a, struct err *e);
int get_pki_crl(struct visit *v, struct answer *a, struct err *e);

#endif
