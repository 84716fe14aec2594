/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_ARCHIVE_SPEC_H
#define NINTEI_TESTS_ARCHIVE_SPEC_H
/*
 * archive_spec: archives from one line of text each, the same bytes each
 * time.  tests/fixtures/archives.txt explains the language at its top.
 */
#include "nintei/slice.h"

/* One line: ID CODES BUILD [| STEP]... [=> MEMBER...]; borrows the text. */
struct spec_case {
	char id[16];
	char codes[96]; /* "A|B": any of them; "OK" */
	struct slice build;
	struct slice members; /* blanks between; p NULL: not told */
	unsigned line;
};
/* false: the line is empty or a comment; a bad line ends the program. */
bool spec_parse(struct slice line, unsigned number, struct spec_case *out);
/* Append the archive that the text describes. */
void spec_build(struct slice build, struct buf *out);
/* The next word of s, without its blanks; false at the end. */
bool spec_word(struct slice *s, struct slice *out);
/* A word with its escapes resolved; kept for good. */
struct slice spec_bytes(struct slice word);

/* Compressed streams without compression: xz by LZMA2 chunks, zstd by raw and
 * run-length blocks. */
void xz_put(struct buf *out, struct slice content, int dict, int check);
void zstd_put(struct buf *out, struct slice content, int window);

#endif
