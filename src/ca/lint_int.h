/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_LINT_INT_H
#define NINTEI_LINT_INT_H
/*
 * lint_int: the table of rules.  A rule is one function: true is "accepted";
 * it may point lint.field and lint.detail at what it did not like.
 */
#include "ca_int.h"

struct lint {
	enum ca_kind kind;
	struct slice der;
	const struct cert *issuer; /* NULL: a root */
	const char *oid_base; /* NULL: not known */
	struct parsed_cert c;
	const char *field;
	char detail[128];
};

struct cert_rule {
	struct finding_rule says;
	unsigned kinds; /* of 1 << enum ca_kind */
	bool (*holds)(struct lint *l);
};
extern const struct cert_rule cert_rules[];
extern const size_t cert_rules_n;

struct crl_lint {
	struct slice der;
	const struct cert *issuer;
	struct parsed_crl c;
	char detail[128];
};
struct crl_rule {
	struct finding_rule says;
	bool (*holds)(struct crl_lint *l);
};
extern const struct crl_rule crl_rules[];
extern const size_t crl_rules_n;

/* Shared tests on values. */
bool is_url(struct slice s, bool only_http);
bool is_serial(struct slice integer);
bool is_our_algorithm(struct slice element);
bool is_stamp_form(struct stamp s);
bool is_aki_of(struct slice value, const struct cert *issuer);
bool extensions_unique(const struct extensions *x);
size_t utf8_characters(struct slice s);
/* UTF-8, NFC, no control characters, 1 to max characters. */
bool is_text(struct slice s, size_t max);

/* Of extensions: lint_ext.c.  Of all else: lint_cert.c. */
bool holds_extension_set(struct lint *l);
bool holds_critical(struct lint *l);
bool holds_basic(struct lint *l);
bool holds_key_usage(struct lint *l);
bool holds_eku(struct lint *l);
bool holds_ski(struct lint *l);
bool holds_aki(struct lint *l);
bool holds_policy(struct lint *l);
bool holds_notice(struct lint *l);
bool holds_san_uri(struct lint *l);
bool holds_san_hosts(struct lint *l);
bool holds_crldp(struct lint *l);
bool holds_aia(struct lint *l);
bool holds_statement(struct lint *l);
bool holds_statement_agrees(struct lint *l);

#endif
