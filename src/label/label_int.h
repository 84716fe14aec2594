/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_LABEL_INT_H
#define NINTEI_LABEL_INT_H
/* label_int: marks as they are compared, and what a text was matched with. */
#include "nintei/label.h"

#define MATCH_WORDS 8 /* marks in one line */
#define FOLDED_BYTES 1024 /* a candidate after NFKC */

/* A line as a row of the policy's marks. */
struct label_match {
	struct label label;
	const char *words[MATCH_WORDS]; /* the policy's texts, borrowed */
	size_t n_words; /* 0: a named class that the policy does not know */
};

/*
 * NFKC, upper case, without brackets, blanks and invisible characters.
 * false: not UTF-8, or too long.
 */
bool label_fold(struct slice text, struct buf *out);
bool label_match(
    const struct label_table *t, struct slice mark, struct label_match *out);
/* The same of what label_fold made; and: a mark of two lines begins so. */
bool label_match_folded(
    const struct label_table *t, struct slice text, struct label_match *out);
bool label_is_head(const struct label_table *t, struct slice text);

#endif
