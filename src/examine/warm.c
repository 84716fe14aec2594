/* SPDX-License-Identifier: Apache-2.0 */
/* What must be loaded before a document worker is confined. */
#include "examine_int.h"
#include <stdlib.h>
#include <time.h>
#include "nintei/ossl.h"
#include "nintei/text.h"
#include "nintei/x509.h"
#include "nintei/ooxml.h"

static const char *const requests[] = {
#define W(pem) pem,
#include "warm.inc"
#undef W
};

static bool
warm_requests(void)
{
	for (size_t i = 0; i < NELEM(requests); i++) {
		CLEANUP(pkey_freep) struct pkey *key = NULL;
		struct err e = ERR_INIT;

		if (csr_decode(slice_str(requests[i]), &key, &e) < 0)
			return false;
	}
	return true;
}

/*
 * jansson reads its hash seed from a file, OpenSSL fetches algorithms, iconv
 * loads modules, libc the time zone: all of it here.
 */
void
examine_warm(void)
{
	CLEANUP(jsonx_freep) struct json *j = NULL;
	struct err e = ERR_INIT;

	ossl_warm();
	ossl_warm_public();
	tzset(); /* OpenSSL compares times by gmtime */
	text_warm();
	ooxml_warm();
	if (jsonx_parse(
		slice_str("{\"warm\":[1,true,\"\\u3042\"]}"), 64, &j, &e) < 0 ||
	    !warm_requests())
		abort(); /* this build cannot examine anything */
}
