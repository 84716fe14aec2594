/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CMS_INT_H
#define NINTEI_CMS_INT_H
/*
 * cms_int: the one form of AuthEnvelopedData that we write and read.  All
 * before the ciphertext follows from the key id and the size, but for nonce
 * and wrapped key; so it is compared, not parsed.
 */
#include "nintei/cms.h"

#include "ossl_int.h"

#define CMS_NONCE_BYTES 12
#define CMS_TAG_BYTES 16
#define CMS_WRAPPED_BYTES 40 /* RFC 3394: 32 + 8 */
#define CMS_TAIL_BYTES (2 + CMS_TAG_BYTES) /* mac OCTET STRING */
#define CMS_HEAD_MAX 512
#define CMS_BLOCK KIB(64)

struct cms_head {
	struct slice id;
	uint8_t nonce[CMS_NONCE_BYTES];
	uint8_t wrapped[CMS_WRAPPED_BYTES];
	uint64_t size; /* of the content */
};
/* Offsets of nonce and wrapped key in the bytes; either may be NULL. */
void cms_head_encode(const struct cms_head *h, struct buf *out,
    size_t *out_nonce, size_t *out_wrapped);

int cms_key_check(const struct cms_key *key, struct err *e);

#endif
