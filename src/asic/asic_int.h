/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_ASIC_INT_H
#define NINTEI_ASIC_INT_H
/* asic_int: rules, names in manifests, and the state of one check. */
#include "nintei/asic.h"

#define NS_ASIC "http://uri.etsi.org/02918/v1.2.1#"
#define NS_DSIG "http://www.w3.org/2000/09/xmldsig#"

enum asic_rule {
	AR_NONE = 0,
#define X(name, rule, code, sev, article, ja, en) name,
#include "rules.inc"
#undef X
	AR_MAX
};
void asic_rule_add(struct findings *f, enum asic_rule rule, const char *member,
    const char *detail);

/* Digests of data objects; "other" is ASIC_OTHER. */
enum asic_algorithm {
	ASIC_OTHER = 0,
	ASIC_SHA256,
	ASIC_SHA384,
	ASIC_SHA512,
	ASIC_ALGORITHM_MAX
};
struct asic_digest {
	const char *name; /* in facts */
	const char *uri; /* in XML */
	size_t bytes;
};
const struct asic_digest *asic_digest_of(enum asic_algorithm a);
enum asic_algorithm asic_algorithm_of_uri(const char *uri);
enum asic_algorithm asic_algorithm_of_name(const char *name);

/* uri.c: one decoding, then NFC; owned; NULL: malformed or holds a NUL. */
char *asic_uri_decode(const char *uri);
/* RFC 3986 unreserved characters and '/' stand as they are. */
void asic_uri_encode(const char *path, struct buf *out);

/* form.c: its beginning and META-INF/; false: nothing more to check. */
bool asic_form_check(const struct asic_container *c, struct findings *f);

#endif
