/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SCHEME_H
#define NINTEI_SCHEME_H
/*
 * scheme: a certification scheme as versioned data, from policies/<id>/.
 * A third scheme is a new folder and no C.
 * Runs in: core, signer, nintei.  Trusts: the operator's policy files.
 * Rules: REGULATION 1, ARCHITECTURE 5, INTERFACE 7 (scheme.yaml).
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/criteria.h"
#include "nintei/err.h"
#include "nintei/jsonx.h"
#include "nintei/params.h"
#include "nintei/scheme_set.h"
#include "nintei/term.h"

/* Kinds of dossier (INTERFACE 5). */
enum dossier_kind {
	DOSSIER_NONE = 0,
	DOSSIER_NEW,
	DOSSIER_RENEWAL,
	DOSSIER_CHANGE,
	DOSSIER_TERMINATION,
	DOSSIER_MAX
};
const char *dossier_kind_name(enum dossier_kind k); /* "new"; "" for NONE */
enum dossier_kind dossier_kind_parse(const char *name); /* NONE if unknown */
#define DOSSIER_BIT(k) (1u << (k))

/* All texts below are borrowed from the scheme and never NULL. */
struct scheme_version { /* of the regulation's text */
	const char *rule_version; /* "2026-07-01": its effective date */
	const char *policy_version; /* "2026-07-01.1" */
	struct jday from;
	const char *text; /* file beside scheme.yaml; "" not at hand */
	const char *sha256; /* hex, "" without text */
};

struct scheme_slot { /* a paper of article 4(1) */
	const char *role; /* INTERFACE 5 */
	const char *alternative; /* role that serves as well, or "" */
	bool required;
	unsigned kinds; /* DOSSIER_BIT */
	const char *article;
};

struct scheme_fee {
	enum dossier_kind kind;
	bool member;
	int64_t amount; /* yen, tax included */
	struct jday from;
};

struct scheme_slip { /* an error of the text: kept and flagged */
	const char *article, *text, *note;
};
struct scheme_mark { /* a printed label and its level (tags.yaml) */
	const char *text, *level, *handling;
};
struct scheme_label { /* a sensitivity label of an organisation (tags.yaml) */
	const char *guid, *name, *level;
};
struct scheme_proof { /* an accepted proof of existence (registry.yaml) */
	const char *role, *form, *grade; /* grade: strong, medium, weak */
	struct period max_age; /* zero: none */
};
struct scheme_anchor { /* trust anchor of signed registry papers */
	const char *name, *file, *sha256;
};

struct scheme_profile { /* profiles.yaml; PKI 2-3 */
	const char *policy_oid; /* arc below oid_base: "1.1" */
	const char *ca_name; /* CN of the issuing CA */
	int64_t ca_years;
	const char *cps_path; /* below urls.https; or an absolute URL */
	const char *user_notice; /* at most 200 characters, "" none */
	const char *guideline; /* text of the statement extension */
	const char *mark_path; /* hosted mark: "/mark/{number}.svg" */
	const char *designated_path; /* "/c/{number}" */
	bool document_signing; /* EKU beside clientAuth */
};

struct scheme_remark { /* what is known of a value, and from where */
	const char *about; /* key of this folder: "fees", "number_prefix" */
	const char *known; /* regulation, fact, practice, reading, unknown */
	const char *source, *note;
};

/* One version of a scheme: its text and all that is read out of it. */
struct scheme {
	const char *id, *name_ja, *name_en;
	const char *rule_version, *policy_version; /* of this version */
	const struct scheme_remark *remarks;
	size_t n_remarks;
	const char *const *classes;
	size_t n_classes;
	struct {
		const char *name, *publisher, *date; /* YYYY-MM */
	} guideline;
	const struct scheme_version *versions; /* by date */
	size_t n_versions;
	const char *number_prefix;
	int term_years, renewal_opens_days, renewal_closes_days, bar_years;
	const char *const *publish_items;
	size_t n_publish_items;
	const char *mark_other_scope; /* same_class, any_service */
	const char *papers_to; /* article 12(1) */
	const char *const *users; /* articles 1 and 18 */
	size_t n_users;
	const char *compares, *delegate_knowledge; /* articles 18, 19(1) */
	const struct scheme_slip *slips;
	size_t n_slips;
	const char *const *mark_media;
	size_t n_mark_media;
	const struct scheme_slot *slots;
	size_t n_slots;
	const struct scheme_fee *fees;
	size_t n_fees;
	const struct criterion *criteria; /* in the order of form B */
	size_t n_criteria;
	const struct form_field *form_a;
	size_t n_form_a;
	const struct scheme_mark *marks;
	size_t n_marks;
	const struct scheme_label *labels;
	size_t n_labels;
	const struct scheme_proof *proofs;
	size_t n_proofs;
	const struct scheme_anchor *anchors;
	size_t n_anchors;
	const char *const *crls, *const *ocsp; /* files of the registrar */
	size_t n_crls, n_ocsp;
	struct scheme_profile profile;
	struct params params;
};

/* The version in force at an instant, by scheme.yaml; NULL before the first. */
const struct scheme_version *scheme_rule_at(
    const struct scheme *s, int64_t instant);
struct term_rule scheme_term_rule(const struct scheme *s);
const struct criterion *scheme_criterion(
    const struct scheme *s, const char *id);
/*
 * May the item of form B be asked to be held back (Art. 11(2))?  Not where it
 * is a name or a date that params.yaml's never_withheld names; numbers and
 * states stand in the register beside the items.
 */
bool scheme_may_withhold(const struct scheme *s, const char *id);
const struct form_field *scheme_form_field(
    const struct scheme *s, const char *id);
/* False when no amount is set for that day: the fee is then not asked. */
bool scheme_fee_at(const struct scheme *s, enum dossier_kind kind, bool member,
    struct jday day, int64_t *out_yen);
/* "IPT0001-2607": serial of the service, month of the first certification. */
int scheme_number(const struct scheme *s, unsigned serial, struct jday first,
    char out[24], struct err *e) MUST_CHECK;
/* Any scheme's number by its grammar (REGULATION 1). */
bool scheme_number_valid(const char *number);

/*
 * The anchors of a scheme with the CRLs and OCSP responses that lie beside
 * them at this moment (DER or PEM; a file that is absent or unreadable is
 * left out: then nobody knows).  Empty for a scheme that came from a tree.
 * Errors: E_CONFIG (an anchor is not what registry.yaml says).
 */
#define SCHEME_TRUST_PARTS 16
struct scheme_trust {
	struct buf anchors[SCHEME_TRUST_PARTS];
	struct buf crls[SCHEME_TRUST_PARTS];
	struct buf ocsp[SCHEME_TRUST_PARTS];
	size_t n_anchors, n_crls, n_ocsp;
};
int scheme_trust_read(const struct scheme *s, struct scheme_trust **out,
    struct err *e) MUST_CHECK;
void scheme_trust_free(struct scheme_trust *t);
DEFINE_STRUCT_CLEANUP(scheme_trust, scheme_trust_free)

/* The document of GET /v1/schemes/{scheme}. */
struct json *scheme_json(const struct scheme *s);
/* The text of an article, "12", "12(1)" or "12(1)(2)"; false: no such part. */
bool scheme_article(
    const struct scheme *s, const char *article, struct slice *out);
/*
 * Policy files of a scheme as they lie in the tree's
 * schemes/<id>/<policy_version>/, by name; false past the end.
 */
bool scheme_file(const struct scheme *s, size_t i, const char **out_name,
    struct slice *out_bytes);

#endif
