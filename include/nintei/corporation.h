/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CORPORATION_H
#define NINTEI_CORPORATION_H
/*
 * corporation: registeredCorporationInfo, the extension of a
 * 商業登記電子証明書 that says whose it is.  Part of registry.
 * Runs in: examine (confined), nintei.  Trusts: nothing.  Pure.
 * Source: FACTS 10; vectors: data/registered-corporation-info.tsv.
 */
#include <stdbool.h>
#include "nintei/err.h"
#include "nintei/slice.h"

#define REGISTRAR_OID_POLICIES "1.2.392.100300.1.1.1"
#define REGISTRAR_OID_REGISTRAR "1.2.392.100300.1.1.2"
#define REGISTRAR_OID_CORPORATION "1.2.392.100300.1.1.3"

#define CORPORATION_TEXT 520 /* 128 characters, and NUL */

struct corporation {
	char number[13]; /* 会社法人等番号: 12 digits */
	char name[CORPORATION_TEXT];
	char address[CORPORATION_TEXT];
	char representative[CORPORATION_TEXT]; /* "": absent, as below */
	char title[CORPORATION_TEXT];
	char office[CORPORATION_TEXT];
	bool is_cp932; /* the strings were Shift_JIS, tagged UTF8String */
	bool no_office; /* [6] is absent */
	bool number_is_utf8; /* [1] is no PrintableString */
};

/* All texts come out as UTF-8.  E_INPUT: not of this form. */
int corporation_decode(
    struct slice der, struct corporation *out, struct err *e) MUST_CHECK;
/* The text of ...1.1.2: UTF8String, else CP932.  E_INPUT. */
int registrar_decode(
    struct slice der, char out[CORPORATION_TEXT], struct err *e) MUST_CHECK;

#endif
