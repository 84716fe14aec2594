/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_ESS_H
#define NINTEI_ESS_H
/*
 * ess: the ESSSecurityLabel of a signer, as the value of a signed attribute.
 * OpenSSL knows the attribute's identifier, not its syntax.
 * Runs in: examine (confined), nintei.  Trusts: nothing.
 * Source: RFC 2634 3.2; BUNDLES 4.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

#define ESS_LABEL_OID "1.2.840.113549.1.9.16.2.2"
#define ESS_POLICY_ARC ".3.1" /* below oid_base: our own policy (PKI 1) */
#define ESS_EXAMPLE_ARC "2.999.1" /* oid_base until the body has its own */
#define ESS_CLASS_NONE (-1) /* the label names no classification */
#define ESS_MARK_BYTES 128 /* longest privacy mark */

/* Classifications of our policy: enum tag has the same order. */
enum ess_class {
	ESS_PUBLIC = 1,
	ESS_INTERNAL,
	ESS_SECRET,
	ESS_PERSONAL
};

struct ess_label {
	char policy[64]; /* dotted */
	int64_t classification; /* as written, also above 256; or none */
	char mark[ESS_MARK_BYTES + 1]; /* privacy mark, UTF-8; "": none */
	bool has_categories;
};

/* Append the DER of the attribute's value.  E_INPUT (policy, classification
 * outside 0 to 256, mark), E_LIMIT. */
int ess_label_encode(
    const struct ess_label *label, struct buf *out, struct err *e) MUST_CHECK;
/*
 * der: one value of the attribute, nothing after it.  Each part at most once.
 * E_INPUT: no ESSSecurityLabel; then a reader says policy "" and
 * classification -1, which the parent refuses as LABEL_POLICY.
 */
int ess_label_decode(
    struct slice der, struct ess_label *out, struct err *e) MUST_CHECK;

#endif
