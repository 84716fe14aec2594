/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SECRECY_H
#define NINTEI_SECRECY_H
/*
 * secrecy: two types of text that the compiler does not let mix.  What was
 * read from a document under a case key is secret; writers of public outputs
 * take public text only; a declassification record alone makes one from the
 * other (Art. 11, 20).
 * Runs in: core, signer, nintei.  Pure.  Trusts: who fills the record has
 * verified the decision that it names.
 * Rules: SECRECY-1 to SECRECY-4 in docs/PROTOCOL.events.
 */
#include <stdbool.h>
#include "nintei/err.h"
#include "nintei/jsonx.h"
#include "nintei/slice.h"

/*
 * Texts ending in NUL, borrowed from what they were read from; NULL: absent.
 * Never completed: nobody can make one, look inside, or pass one as the other.
 */
struct sec_str;
struct pub_str;

/* --- secret --- */

/* One object out of a document under a case key. */
struct sec_doc;
struct sec_doc *sec_doc_take(struct json *take); /* NULL for NULL */
void sec_doc_free(struct sec_doc *d);
DEFINE_STRUCT_CLEANUP(sec_doc, sec_doc_free)
/* Text of member.key, or of member where key is NULL; NULL: absent. */
const struct sec_str *sec_get(
    const struct sec_doc *d, const char *member, const char *key);
/* Absent or empty: form values that say nothing are not published. */
bool sec_is_blank(const struct sec_str *s);
/*
 * Is it exactly this?  Does the text contain it, where it has the length of
 * a secret, 12 bytes?  Absent: no.
 */
bool sec_is(const struct sec_str *s, const char *text);
bool sec_is_told(const struct sec_str *s, const char *text);
/*
 * The object itself, for guards, for the case's own readers and for what
 * officers are asked to sign: never for a public output.  scripts/lint holds
 * the list of files that may ask.  NULL for NULL.
 */
const struct json *sec_doc_inside(const struct sec_doc *d);
/* Salt and hash of a secret: nothing of it can be read back.  out: hex. */
void sec_salted_hash(struct slice salt, const struct sec_str *s, char out[65]);

/* --- the door --- */

/*
 * Why something secret became public.  Borrowed texts.
 *
 * ground    "11-1" published with the certification, "11-2" withholding
 *           denied or lifted, "13-1" changed as notified, "16-2" improvement
 *           requested in public, "19-2" delegation, "22-2" amendment,
 *           "20-2-1" ... "20-2-6"
 * act       the decision; for 13-1 the notice, for 20-2-5 and 20-2-6 the event
 * evidence  SHA-256 in hex, for 20-2-1 to 20-2-4; else NULL
 * on        civil day, YYYY-MM-DD
 * officers  who signed: two for 11-1, 16-2, 19-2, 22-2 and 20-2-1 to 20-2-4,
 *           one for 11-2, none for the others
 */
struct declassification {
	const char *ground;
	const char *act;
	const char *evidence;
	const char *on;
	const char *officer[2];
};
/* The article of a ground, "20(2)(1)"; NULL for an unknown one. */
const char *declassification_article(const char *ground);
/* SECRECY-2: complete for its ground.  E_INVALID says what is missing. */
int declassification_check(
    const struct declassification *r, struct err *e) MUST_CHECK;
/* What the event that publishes says of it; read back, borrowed. */
struct json *declassification_json(const struct declassification *r);
int declassification_read(const struct json *j, struct declassification *out,
    struct err *e) MUST_CHECK;

/*
 * The only way from secret to public.  NULL stays NULL.  E_INVALID when the
 * record is not complete: then nothing was made public.
 */
int declassify(const struct declassification *r, const struct sec_str *s,
    const struct pub_str **out, struct err *e) MUST_CHECK;
/* A text of a signed document, secret until its decision is proved. */
const struct sec_str *sec_of_signed(const char *text);

/* --- public --- */

const char *pub_text(const struct pub_str *s); /* NULL for NULL */
/*
 * Art. 20(2)(6): what the body made from public inputs alone: numbers, dates,
 * digests, its own addresses, words of the policies.  scripts/lint holds the
 * list of files that may call it.
 */
const struct pub_str *pub_own(const char *text);
#define pub_literal(text) pub_own("" text "")

/* An object or a list of public texts. */
struct pub_doc;
struct pub_doc *pub_doc_new(void);
struct pub_doc *pub_list_new(void);
/* What an event or a row of the register has already published; a copy. */
struct pub_doc *pub_doc_published(const struct json *j);
/* The same without a copy. */
struct pub_doc *pub_doc_stored(struct json *take);
/* Its JSON, for the one who writes it out; the document is gone. */
struct json *pub_doc_release(struct pub_doc *take);
void pub_doc_free(struct pub_doc *d);
DEFINE_STRUCT_CLEANUP(pub_doc, pub_doc_free)
/* NULL values add nothing. */
void pub_set(struct pub_doc *d, const char *key, const struct pub_str *value);
void pub_set_bool(struct pub_doc *d, const char *key, bool value);
void pub_set_doc(struct pub_doc *d, const char *key, struct pub_doc *take);
void pub_add(struct pub_doc *list, struct pub_doc *take);
const struct json *pub_json(const struct pub_doc *d); /* NULL for NULL */
void pub_canonical(const struct pub_doc *d, struct buf *out);

#endif
