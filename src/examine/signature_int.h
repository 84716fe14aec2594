/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SIGNATURE_INT_H
#define NINTEI_SIGNATURE_INT_H
/*
 * signature_int: the package of a signature job.
 *
 *	u32 magic "NXS1", u8 purpose, u8 padded, u8 detached, i64 at,
 *	SHA-256, SHA-384, SHA-512 of the content (zeros when it is inside),
 *	anchors, CRLs, OCSP responses: each u32 count, then u32 length, bytes;
 *	u32 length, CMS
 */
#include "nintei/cms_judge.h"
#include "nintei/limits.h"
#include "nintei/signature.h"

#define SIGNATURE_MAGIC 0x4e585331u
#define SIGNATURE_PACKAGE_BYTES MIB(64)

struct signature_package {
	unsigned purpose;
	struct cms_question question;
	struct slice anchors[LIMIT_TRUST_PARTS];
	struct slice crls[LIMIT_TRUST_PARTS];
	struct slice ocsp[LIMIT_TRUST_PARTS];
	struct slice cms;
};
/* Borrows from in; p is not to be copied.  False: not a package. */
bool signature_unpack(struct slice in, struct signature_package *p);
/* The facts that a child may answer with.  E_INPUT. */
int signature_shape(const struct json *facts, struct err *e) MUST_CHECK;

#endif
