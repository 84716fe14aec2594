/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_CRASH_MODEL_H
#define NINTEI_TESTS_CRASH_MODEL_H
/*
 * model: a trace up to one instant, as files and folders with what was done
 * to each and how much of that is durable.  Any fault of a trace ends the
 * program: it is a fault of the test.
 */
#include <stdbool.h>
#include <stddef.h>
#include "nintei/cc.h"
#include "trace.h"

#define NO_NODE UINT32_MAX

/* A name in a folder; node NO_NODE: removed. */
struct entry {
	char *name;
	uint32_t node;
};

/* A file or a folder.  An inode number that is used again is another one. */
struct node {
	uint64_t ino;
	bool folder;
	unsigned mode;
	uint64_t synced; /* what stands in the trace before this is durable */
	uint64_t *op; /* offsets of its writes and truncations */
	size_t ops;
	struct entry *live, *image; /* of a folder: now, and in the image */
	size_t lives, images;
	unsigned names; /* that it has in the image */
	int fd; /* of a file with several, once it is written; else 0 */
};

/* One change of a folder. */
struct change {
	uint64_t at; /* in the trace */
	uint32_t folder, from; /* from: of a rename, else NO_NODE */
	uint32_t node; /* NO_NODE: the name is removed */
	char *name, *old; /* old: of a rename */
};

struct model {
	const uint8_t *trace;
	size_t n;
	uint64_t end; /* the instant */
	uint32_t root;
	struct node *node;
	size_t nodes;
	struct change *change;
	size_t changes;
	uint64_t *map; /* inode number and node + 1, in turn */
	size_t map_size; /* a power of 2 */
};

void die(const char *fmt, ...) PRINTF_LIKE(1, 2) NORETURN;

/* The record at an offset, and its payload; the next one's offset. */
const struct trace_rec *trace_at(const struct model *m, uint64_t at);
const uint8_t *trace_payload(const struct trace_rec *r);
uint64_t trace_next(const struct model *m, uint64_t at);

/* Map a trace file; everything else of *out is still empty. */
void model_open(const char *path, struct model *out);
/* Follow the records that begin before end. */
void model_follow(struct model *m, uint64_t end);
void model_close(struct model *m);

/* Name to node, or away with it. */
void entry_set(struct entry **list, size_t *n, const char *name, uint32_t node);

#endif
