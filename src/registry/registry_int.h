/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_REGISTRY_INT_H
#define NINTEI_REGISTRY_INT_H
/* registry_int: text as code points, and the folds of FACTS 8 on it. */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/registry.h"

#define FOLD_BYTES ((size_t)4096) /* of one name or address */
#define FOLD_RUNES ((size_t)16384) /* after the folds */

/* Code points; beyond FOLD_RUNES it turns bad and stays so. */
struct runes {
	uint32_t *p;
	size_t n;
	size_t cap;
	bool bad;
};
void runes_put(struct runes *r, uint32_t c);
void runes_free(struct runes *r); /* for CLEANUP(runes_free) */
bool runes_eq(const struct runes *a, const struct runes *b);
/* The code point at i, or 0 outside. */
uint32_t runes_at(const struct runes *r, size_t i);
/* The text w stands at i. */
bool runes_has(const struct runes *r, size_t i, const uint32_t *w, size_t n);
/* U"..." without its NUL. */
#define RUNES_HAS(r, i, w) runes_has((r), (i), (w), NELEM(w) - 1)

bool rune_is_digit(uint32_t c); /* ASCII */
bool rune_is_dash(uint32_t c);
/* Control, bidirectional or private use: refused before comparison. */
bool rune_is_refused(uint32_t c);
/* Variation selectors and zero width: dropped, reported. */
bool rune_is_invisible(uint32_t c);

/* Strict UTF-8 of at most FOLD_BYTES bytes; false for anything else. */
bool runes_decode(const char *text, struct runes *out);
/* Identity fold of names, steps 1 to 7; false when refused. */
bool fold_identity(const char *text, struct runes *out);
/* The look-alike fold on top of it. */
void fold_look_alike(const struct runes *in, struct runes *out);
/* One code point of it: kana, variants, shapes, letter case. */
uint32_t fold_rune(uint32_t c);

#endif
