/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CMS_H
#define NINTEI_CMS_H
/*
 * cms: documents encrypted as CMS AuthEnvelopedData: AES-256-GCM under a
 * fresh key, which AES-256 key wrap protects under the key of the case
 * (KEKRecipientInfo, key identifier = the bytes of the case id).
 * Opens with: openssl cms -decrypt -inform DER -secretkey HEX -secretkeyid HEX
 * Runs in: core, nintei.  Memory: constant.
 * Source: RFC 5083, RFC 5084, RFC 5652 6.2.3, RFC 3394; BUNDLES 4.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/ossl.h"
#include "nintei/slice.h"

#define CMS_KEY_BYTES 32

struct cms_key {
	struct slice id; /* 1 to LIMIT_ID_BYTES bytes */
	struct slice key; /* CMS_KEY_BYTES */
};

/*
 * Encrypt size bytes of in_fd from its offset 0 (pread) and append the DER
 * to out_fd (write).  Errors: E_INPUT if the file is shorter, E_LIMIT beyond
 * LIMIT_TOTAL_BYTES.
 */
int cms_encrypt(const struct cms_key *key, int in_fd, uint64_t size,
    const struct random *r, int out_fd, struct err *e) MUST_CHECK;
/*
 * Decrypt the whole of in_fd (pread) into a new sealed memfd.  Nothing is
 * handed out before the tag is verified.  An empty document gives an empty
 * memfd.  Errors: E_INPUT (not our form, another key id), E_INVALID (the key
 * or the tag is wrong).
 */
int cms_decrypt(const struct cms_key *key, int in_fd, int *out_memfd,
    struct err *e) MUST_CHECK;
/* The longest beginning that cms_is_form looks at. */
#define CMS_BEGIN_BYTES 512
/*
 * Does this begin as cms_encrypt writes a document of size bytes under a key
 * of that id, and is the whole as long?  begin: the first CMS_BEGIN_BYTES, or
 * all of it; total: bytes of the whole.
 */
bool cms_is_form(
    struct slice id, uint64_t size, struct slice begin, uint64_t total);

#endif
