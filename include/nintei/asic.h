/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_ASIC_H
#define NINTEI_ASIC_H
/*
 * asic: signed containers of level 2: ASiC-E with CAdES.  What an ASiCManifest
 * says, whether it covers the container, and writing one.
 * Runs in: examine (asic_manifest_facts, confined), core and nintei (the
 * rest).  Trusts: nothing; the parent checks the shape of all facts again.
 * Source: ETSI EN 319 162-1; rules: BUNDLE-ASIC_*, TAG-LABEL_* in
 * docs/PROTOCOL.dossier.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/bundle.h"
#include "nintei/err.h"
#include "nintei/findings.h"
#include "nintei/jsonx.h"
#include "nintei/slice.h"
#include "nintei/tag.h"

#define ASIC_MIMETYPE "application/vnd.etsi.asic-e+zip"
#define ASIC_MANIFEST_PATH "META-INF/ASiCManifest001.xml" /* we write */
#define ASIC_SIGNATURE_PATH "META-INF/signature001.p7s"
#define ASIC_MANIFESTS 16 /* in one container */
#define ASIC_MANIFEST_BYTES ((size_t)4 * 1024 * 1024)

/* Child: the reader of EXAMINE_ASIC.
 * {"sig_reference": text, "objects": [{"uri", "algorithm": "sha256" | "sha384"
 * | "sha512" | "other", "digest": lower-case hex, "rootfile"?: true}]};
 * uri as it stands.  0, or -1 with what is wrong in *out_fault (static text:
 * a code XML_* of xmlx, or words).
 */
int asic_manifest_facts(
    struct slice xml, struct json **out, const char **out_fault) MUST_CHECK;

/* What a member is within a container. */
enum asic_part {
	ASIC_DATA = 0, /* a data object */
	ASIC_TYPE, /* mimetype */
	ASIC_MANIFEST, /* META-INF/ASiCManifest*.xml */
	ASIC_SIGNATURE, /* META-INF/ *.p7s */
	ASIC_XADES, /* META-INF/ *signatures*.xml */
	ASIC_TIMESTAMP, /* META-INF/ *.tst, ASiCArchiveManifest*.xml */
	ASIC_FOREIGN /* anything else below META-INF/ */
};
enum asic_part asic_part_of(const char *path);

/* A member, as the archive has it; all borrowed. */
struct asic_file {
	const char *path; /* NFC */
	uint64_t size;
	const uint8_t *sha256;
	int fd; /* -1: empty */
	bool ignored; /* of no account here */
	const struct json *facts; /* of a manifest; NULL: unreadable */
};
struct asic_container {
	int archive_fd; /* sealed */
	const struct asic_file *files;
	size_t n;
};
/* Does it claim to be one: its first entry, or anything of META-INF/? */
bool asic_is_container(const struct asic_container *c);

/* Which manifest which signature signs: indexes of files. */
struct asic_pair {
	size_t manifest, signature;
};
/*
 * Form, coverage, agreement and digests.  out_pairs: at most ASIC_MANIFESTS,
 * also when f now holds findings.  Errors: E_INTERNAL, E_INPUT (reading).
 */
int asic_check(const struct asic_container *c, struct findings *f,
    struct asic_pair out_pairs[ASIC_MANIFESTS], size_t *out_n,
    struct err *e) MUST_CHECK;

/*
 * The labels of one signer: facts {"policy", "classification", "signed"} (see
 * existence.h).  The level of the one signed label of our policy; TAG_NONE
 * with LABEL_MISSING, LABEL_DUP or LABEL_POLICY in f.
 */
enum tag asic_label_check(const struct json *labels, const char *policy,
    const char *member, struct findings *f);

/* Who signs a container.  Passphrases never come by argument. */
struct cades_signer;
struct asic_label {
	enum tag level;
	const char *policy; /* dotted: oid_base.3.1 */
};
/*
 * A container with these members (manifest.json one of them), the same bytes
 * each time but for the signature itself.  at: signingTime, UTC seconds.
 * Errors: E_INPUT, E_LIMIT, E_CRYPTO.
 */
int asic_write(const struct bundle_source *members, size_t n,
    const struct cades_signer *by, const struct asic_label *label, int64_t at,
    int fd, struct err *e) MUST_CHECK;

#endif
