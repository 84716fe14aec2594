/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_BAG_H
#define NINTEI_BAG_H
/*
 * bag: BagIt as an import form: complete and valid bags only, nothing is ever
 * fetched.
 * Runs in: examine (bag_facts, confined), core and nintei (the rest).
 * Trusts: nothing; the parent checks the shape of all facts again.
 * Source: RFC 8493; rules: BUNDLE-BAG_* in docs/PROTOCOL.dossier.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/findings.h"
#include "nintei/jsonx.h"
#include "nintei/slice.h"

#define BAG_DECLARATION "bagit.txt"
#define BAG_PAYLOAD "data/"
#define BAG_TAG_BYTES ((size_t)4 * 1024 * 1024) /* all tag files together */

/* A member, as the archive has it; all borrowed. */
struct bag_file {
	const char *path; /* NFC */
	uint64_t size;
	int fd; /* -1: empty */
	bool ignored;
};
struct bag {
	const struct bag_file *files;
	size_t n;
};
/* Does it claim to be a bag: bagit.txt at the top? */
bool bag_is(const struct bag *b);
/*
 * The tag files that count, packed for EXAMINE_BAG: {text path, bytes}, again
 * and again (wire.h).  Errors: E_LIMIT, E_INPUT (reading).
 */
int bag_pack(const struct bag *b, struct buf *out, struct err *e) MUST_CHECK;

/*
 * Child: the reader of EXAMINE_BAG.
 * {"oxum"?: {"octets", "files"}, "manifests": [{"path", "entries": [{"path",
 * "digest"}]}]}; paths with %0A, %0D and %25 decoded, in NFC; digests in
 * lower-case hex.  0, or -1 with what is wrong in *out_fault (static text).
 */
int bag_facts(
    struct slice packed, struct json **out, const char **out_fault) MUST_CHECK;

/*
 * All of RFC 8493 3: the bag is complete and valid, and holds no fetch.txt.
 * facts: NULL when its tag files could not be read (a finding says why).
 * Errors: E_INTERNAL, E_INPUT (reading).
 */
int bag_check(const struct bag *b, const struct json *facts, struct findings *f,
    struct err *e) MUST_CHECK;

#endif
