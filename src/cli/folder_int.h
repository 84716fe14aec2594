/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_FOLDER_INT_H
#define NINTEI_FOLDER_INT_H
/* folder_int: a folder of papers in memory, for bundle check and make. */
#include "nintei/bundle.h"
#include "nintei/err.h"
#include "nintei/slice.h"

struct folder_item {
	char *path; /* relative, NFC */
	struct buf bytes;
	uint8_t sha256[32];
};
struct folder {
	struct folder_item *items; /* by path */
	size_t n;
	uint64_t total;
	int64_t newest; /* UTC seconds: the last change of a file in it */
};

/*
 * Every file below path but those that systems leave behind.
 * Errors: E_NOT_FOUND, E_INPUT (links, devices, empty), E_LIMIT.
 */
int folder_read(const char *path, struct folder *out, struct err *e) MUST_CHECK;
void folder_free(struct folder *f); /* for CLEANUP */
void folder_drop(struct folder *f, const char *path);
/* The zip, with a manifest if that is not empty. */
int folder_zip(const struct folder *f, struct slice manifest, int fd,
    struct err *e) MUST_CHECK;

#endif
