/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_OSSL_SIGN_INT_H
#define NINTEI_OSSL_SIGN_INT_H
/* sign_int: SignedData, as cms_sign.c makes it for tsp.c too. */
#include <openssl/cms.h>

#include "nintei/cms_sign.h"
#include "ossl_int.h"

DEFINE_CLEANUP(BIO, BIO_free)
DEFINE_CLEANUP(CMS_ContentInfo, CMS_ContentInfo_free)

/* nid NID_undef: detached, of type data; else the content is inside. */
int signed_data_make(const struct cms_signer *by, struct slice content, int nid,
    int64_t at, struct buf *out, struct err *e);
/* Our own signingTime, UTC seconds. */
bool signed_time_set(CMS_SignerInfo *si, int64_t at);
/* Borrowed bytes as OpenSSL reads them; NULL: too many. */
BIO *bio_of(struct slice s);
/* A store that trusts this certificate alone, at that time. */
X509_STORE *store_of_one(const struct cert *c, int64_t at);
/* Is all of it one element, and nothing after? */
bool der_is_whole(struct slice der);

#endif
