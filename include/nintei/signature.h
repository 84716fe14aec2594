/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SIGNATURE_H
#define NINTEI_SIGNATURE_H
/*
 * signature: one CMS signature, with the digests of what it should cover and
 * what it is trusted by, packed for a confined child that verifies it.
 * Part of examine.
 * Runs in: core and nintei (packing, running), examine (judging).
 * Trusts: the anchors, CRLs and OCSP responses that policy names; of the
 * child's answer nothing but what the parent could not know.
 * Rules: REGISTRY-SIG_*, BUNDLE-SIG_INVALID; BUNDLES 3, FACTS 10;
 * docs/PROTOCOL.dossier.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/findings.h"
#include "nintei/jsonx.h"
#include "nintei/limits.h"
#include "nintei/slice.h"

struct worker_host;

/* What the signer's certificate must be good for. */
enum signature_purpose {
	SIGNATURE_NONE = 0,
	/* A 商業登記電子証明書: its extensions must be there and right. */
	SIGNATURE_REGISTRAR,
	/* A container or another document: any certificate; a registrar's is
	 * read as well, where it is one. */
	SIGNATURE_CONTAINER,
	SIGNATURE_PURPOSE_MAX
};

/* DER of each; all borrowed.  At most LIMIT_TRUST_PARTS of each kind. */
struct signature_trust {
	const struct slice *anchors, *crls, *ocsp;
	size_t n_anchors, n_crls, n_ocsp;
};

/* A piece of the signed file, for PDF. */
struct signature_range {
	uint64_t at, n;
};

struct signature_job {
	enum signature_purpose purpose;
	int64_t at; /* UTC seconds: time of receipt */
	const struct signature_trust *trust;
	struct slice cms; /* DER, BER or PEM, at most LIMIT_SIGNED_BYTES */
	bool padded; /* zero bytes may follow (/Contents of a PDF) */
	int content_fd; /* what is signed; -1: it stands in the CMS */
	const struct signature_range *ranges;
	size_t n_ranges; /* 0: the whole of content_fd */
};

/*
 * One memfd with all of it.  The digests of the content are computed here;
 * nothing is parsed.  E_INPUT (a range is outside the file), E_LIMIT,
 * E_INTERNAL.
 */
int signature_pack(
    const struct signature_job *j, int *out_memfd, struct err *e) MUST_CHECK;

/*
 * Pack, let a child of h judge, rebuild its answer.  member names the
 * signature in findings, of which there is one (BUNDLE-LIM_TIME) when the
 * child took too long; *out is NULL then.  Errors: those of examine_run and
 * of signature_pack.
 *
 * {"readable": bool,             false: no SignedData; nothing else follows
 *  "detached": bool, "content_type": oid,
 *  "content_sha256"?: hex, "content_size"?: n,   of what stands in the CMS
 *  "signers": [{
 *    "issuer", "serial", "subject"?, "certificate"?: SHA-256 in hex,
 *    "signature": "good" | "bad" (the value does not verify) | "digest" (the
 *      content is another) | "algorithm" (not on the list) | "attributes"
 *      (missing, twice, or naming another certificate) | "no_certificate",
 *    "chain": "trusted" | "untrusted" | "expired" | "not_yet_valid" |
 *      "usage" (not for signatures) | "bad" | "not_checked" (no certificate),
 *    "revocation": "good" | "revoked" | "stale" (what is at hand is too old)
 *      | "not_checked" (nothing at hand that speaks of it),
 *    "message_digest"?: hex, what was signed, as the signer says,
 *    "revoked_at"?: UTC seconds,
 *    "signing_time"?, "not_before"?, "not_after"?: UTC seconds,
 *    "profile": "registrar" | "registrar_old" (no keyUsage, no CRLDP) |
 *      "other" | "broken" (a registrar's extension is missing or wrong),
 *    "registrar"?: text,
 *    "corporation"?: {"name", "number": 12 digits, "address",
 *      "representative"?, "title"?, "office"?, "encoding": "utf8" | "cp932",
 *      "warnings": [...]},
 *    "security_labels": [{"policy", "classification"?, "signed": bool}]}]}
 * Only a signer with signature good, chain trusted and revocation good (or
 * as policy says) proves anything.  Corporation and labels of a signer whose
 * signature is not good are not reported.
 */
int signature_run(struct worker_host *h, const struct signature_job *j,
    const char *member, struct json **out, struct findings *f,
    struct err *e) MUST_CHECK;

/* The child's side, without a process: facts of a package. */
struct json *signature_facts(struct slice package);

#endif
