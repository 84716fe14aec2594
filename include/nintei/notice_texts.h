/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_NOTICE_TEXTS_H
#define NINTEI_NOTICE_TEXTS_H
/*
 * notice_texts: what each kind of notice says, from policies/notices.yaml: in
 * Japanese, with English beside it.  Module: scheme.
 * Runs in: core.  Trusts: the operator's file, but not that it is complete.
 * Rules: REGULATION 6.1: number, deadline, article, link; never reasons.
 */
#include <stdbool.h>
#include <stddef.h>
#include "nintei/cc.h"
#include "nintei/err.h"
#include "nintei/slice.h"

/* Borrowed from the set, never NULL. */
struct notice_text {
	const char *kind; /* of src/workflow/notices.inc */
	bool by_post; /* done by proof of posting alone */
	bool reasons; /* the portal shows those of its decision */
	const char *subject_ja, *text_ja;
	const char *subject_en, *text_en;
};

struct notice_texts;
/* Read <dir>/notices.yaml.  Errors: E_CONFIG (unknown key, twice, too long). */
int notice_texts_load(
    const char *dir, struct notice_texts **out, struct err *e) MUST_CHECK;
void notice_texts_free(struct notice_texts *t);
DEFINE_STRUCT_CLEANUP(notice_texts, notice_texts_free)
const struct notice_text *notice_text_find(
    const struct notice_texts *t, const char *kind); /* NULL: none */
const struct notice_text *notice_text_at(
    const struct notice_texts *t, size_t i); /* NULL past the end */

/*
 * The text with {number}, {case}, {deadline}, {article} and {link} filled in;
 * an unknown name in braces stays.  Appended to out.
 */
struct notice_values {
	const char *number, *dossier, *deadline, *article, *link;
};
void notice_text_fill(
    const char *text, const struct notice_values *v, struct buf *out);

#endif
