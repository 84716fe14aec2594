/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_ARCHIVE_SPEC_INT_H
#define NINTEI_TESTS_ARCHIVE_SPEC_INT_H
/*
 * archive_spec_int: what the files that read archives.txt share.
 */
#include "support/archive_make.h"
#include "support/archive_spec.h"

#define PARTS_MAX 1600

extern unsigned spec_line; /* for complaints */
NORETURN void wrong(const char *what, struct slice where);

/* The part of s before c, which is taken off; all of it without c. */
struct slice until(struct slice *s, int c);
bool is(struct slice s, const char *text);
/* A number in C's notations, with K or M behind it. */
uint64_t number(struct slice s);
/* A value beside the one there is: "+1", "-5", "^1", or a new one. */
uint64_t change(uint64_t old, struct slice s);
int hex_pair(const uint8_t *p);
struct slice hex_bytes(struct slice hex);
/* AT:HEX over bytes; AT below 0 counts from the end. */
void poke(uint8_t *p, size_t n, struct slice value);

/* What is being built: from is what the stage before made. */
struct stage {
	struct slice from;
	struct zip_item items[PARTS_MAX];
	size_t n;
	struct zip_tail tail;
	struct slice poke64; /* AT:HEX */
	bool zip64, no_end;
	uint64_t zeros;
	struct buf tar;
};

/* One option of a part: KEY or KEY=VALUE. */
struct option {
	struct slice key, value;
};
bool next_option(struct slice *part, struct option *out);
bool has_option(struct slice part, const char *key);
struct slice content_of(const struct stage *s, struct slice part);
/* times=N: so many parts, whose names end in a number. */
uint64_t times_of(struct slice part);
struct slice name_of(struct slice part, uint64_t i, uint64_t times);

void make_zip(struct stage *s, struct slice words, struct buf *out);
void make_tar(struct stage *s, struct slice words, struct buf *out);

#endif
