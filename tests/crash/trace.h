/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_CRASH_TRACE_H
#define NINTEI_TESTS_CRASH_TRACE_H
/*
 * trace: every call that changed a folder, in the order in which the calls
 * took effect.  record_shim.c writes it, crash_image.c makes from it what a
 * power failure may leave (docs/CRASH.md).
 * Host byte order: both run on one machine.
 */
#include <stdint.h>

#define TRACE_PATH_BYTES 4096

enum trace_type {
	TRACE_NONE = 0,
	TRACE_ROOT, /* ino of the folder itself */
	TRACE_CREATE, /* ino, a = folder, b = mode; payload = name */
	TRACE_MKDIR, /* the same */
	TRACE_LINK, /* ino, a = folder; payload = name */
	TRACE_UNLINK, /* a = folder; payload = name; also rmdir */
	TRACE_RENAME, /* a, b = folders; payload = old NUL new */
	TRACE_WRITE, /* ino, a = offset; payload = bytes */
	TRACE_ZERO, /* ino, a = offset, b = zero bytes written there */
	TRACE_TRUNCATE, /* ino, a = size */
	TRACE_SYNC, /* ino; what stands before offset a is durable */
	TRACE_SYNC_ALL, /* the same for every file and folder */
	TRACE_ACK, /* payload = what the writer acknowledged */
	TRACE_FOREIGN, /* payload = a call that the trace cannot follow */
	TRACE_MAX
};

struct trace_rec {
	uint32_t type;
	uint32_t n; /* payload bytes that follow */
	uint64_t ino;
	uint64_t a;
	uint64_t b;
};

#endif
