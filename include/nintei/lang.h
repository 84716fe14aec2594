/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_LANG_H
#define NINTEI_LANG_H
/*
 * lang: is a text Japanese?  Counts of letters, and the verdict on them.
 * Runs in: examine (counts), core and nintei (verdict).  Pure: own tables, no
 * iconv, no locale.
 * Trusts: nothing; bytes that are not UTF-8 count as no letter.
 * Rules: LANG-NOT_JAPANESE, LANG-UNDECIDED, LANG-LANG_HIDDEN_TEXT in
 * docs/PROTOCOL.dossier; Art. 4(1): the papers are in Japanese.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/slice.h"

/* What was counted; the letters of hidden text stand in hidden alone. */
struct lang_count {
	uint64_t letters; /* visible, of every script */
	uint64_t kana;
	uint64_t han;
	uint64_t outside; /* Han that CP932 does not have */
	uint64_t forms; /* Han in the forms of Japan only */
	uint64_t hidden; /* letters that a person does not see */
};
#define LANG_COUNT_MAX 8388608 /* no document has more letters than bytes */

enum lang {
	LANG_NONE = 0, /* nothing was counted */
	LANG_JA,
	LANG_NOT_JAPANESE,
	LANG_UNDECIDED, /* fewer than 40 letters: a person looks */
	LANG_MAX
};

/* Add text that a person sees, and text that he does not see. */
void lang_add(struct lang_count *c, struct slice utf8);
void lang_add_hidden(struct lang_count *c, struct slice utf8);

/* Never LANG_NONE. */
enum lang lang_verdict(const struct lang_count *c);
/* Enough hidden letters for a person to look (LANG-LANG_HIDDEN_TEXT). */
bool lang_is_hiding(const struct lang_count *c);
/* No count stands above one that it is part of, nor above LANG_COUNT_MAX. */
bool lang_is_possible(const struct lang_count *c);
const char *lang_name(enum lang l); /* "ja", "not_japanese", "undecided" */

#endif
