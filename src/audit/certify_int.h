/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CERTIFY_INT_H
#define NINTEI_CERTIFY_INT_H
/* certify_int: records and certificates of all terms, between their files. */
#include "audit_int.h"

/* What the officers' detail holds. */
struct detail {
	struct json *json;
	struct buf record; /* canonical certification.json */
	const char *url, *spki;
	const char *existence; /* "" when it says nothing */
};
void detail_done(struct detail *d);
int detail_read(
    const struct paper *p, struct detail *out, struct err *e) MUST_CHECK;
/*
 * The version that the decision was judged by; one whose effect came later
 * (continuation, termination) goes by what is in force then.
 */
const struct scheme *paper_scheme(const struct audit *a, const struct paper *p);
/* AUDIT-60 and 64: the record follows from decision, scheme and calendar. */
bool record_take(struct audit *a, const struct paper *p, const struct detail *d,
    const struct scheme *s, struct derive_record *out);
/* The page that the scheme's template gives for the number; owned. */
char *page_tail(const struct scheme *s, const char *number);
/*
 * Bases of URLs are configuration, which no clone holds: they are taken from
 * the certificate, one for its three http URLs, and from the page that the
 * officers signed.  NULL: the URL does not end so.
 */
char *base_of(const char *url, const char *tail);

#endif
