/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TEXT_H
#define NINTEI_TEXT_H
/*
 * text: Unicode normal forms, case folding, strict CP932 and the classes of
 * code points that a name may not hold.
 * Runs in: every process, the confined workers after text_warm().
 * Trusts: nothing; input that is not strict UTF-8 is refused.
 * Vendor: libunistring, iconv.  Rules: NAME_* in docs/PROTOCOL.bundle.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/slice.h"

/*
 * Load what the functions below need from files (iconv modules, locale
 * tables), once and for the life of the process.  A worker calls it before
 * it is confined; elsewhere the first use does it.  Safe to call again.
 */
void text_warm(void);

/*
 * Append the normal form of in to out; in is strict UTF-8.  Errors: E_INPUT
 * (not UTF-8), E_LIMIT (out is full).  Source: UAX 15.
 */
int text_nfc(struct slice in, struct buf *out, struct err *e) MUST_CHECK;
int text_nfkc(struct slice in, struct buf *out, struct err *e) MUST_CHECK;
/*
 * Append the key by which names collide: NFKC, full case folding, NFKC.
 * Errors as text_nfc.  Rule: NAME_DUP.
 */
int text_casefold_key(
    struct slice in, struct buf *out, struct err *e) MUST_CHECK;
bool text_is_nfc(struct slice in); /* false also if in is not UTF-8 */

/*
 * Append the UTF-8 form of CP932 bytes.  Strict: no lead byte without a trail
 * byte, no unassigned or user-defined cell (F040 to F9FC), no 80, A0, FD, FE,
 * FF.  Errors: E_INPUT, E_LIMIT.  Rule: NAME_ENCODING.
 */
int text_from_cp932(struct slice in, struct buf *out, struct err *e) MUST_CHECK;
bool text_is_cp932(struct slice in);
bool text_is_ascii(struct slice in); /* bytes 00 to 7F only */

/*
 * Take the first code point off strict UTF-8.  false at the end, and at a
 * malformed sequence (s->n is then not 0).
 */
bool text_next(struct slice *s, uint32_t *out);
/* Append one code point as UTF-8. */
void text_put(struct buf *out, uint32_t cp);
/* Number of code points; in is strict UTF-8. */
size_t text_length(struct slice in);
/* Without what is_blank says at both ends: text_is_space, or more. */
struct slice text_trim(struct slice s, bool (*is_blank)(uint32_t cp));

/* Rules NAME_CONTROL and NAME_BIDI: which code points no name may hold. */
bool text_is_control(uint32_t cp); /* C0, C1, invisible, private, non- */
bool text_is_bidi(uint32_t cp);
bool text_is_space(uint32_t cp); /* White_Space, and so U+3000 */
bool text_is_letter(uint32_t cp); /* general category L */

#endif
