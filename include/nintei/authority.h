/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_AUTHORITY_H
#define NINTEI_AUTHORITY_H
/*
 * authority: make a home directory with all keys, the roster, the first
 * accounts and the store's genesis (`nintei init`).
 * Runs in: nintei.  Holds: for its run, every key that it makes.
 * Rules: INTERFACE 2 and 7, PKI 2.
 */
#include <stdbool.h>
#include <stdint.h>
#include "nintei/err.h"
#include "nintei/instant.h"

struct authority_options {
	const char *home; /* made if absent; must hold no authority yet */
	const char *policies; /* folder with one folder per scheme */
	const char *name; /* the body's name; NULL: a plain default */
	const char *name_en; /* NULL: a plain default */
	const char *https; /* urls.https, for ever; NULL: this machine */
	const char *http; /* urls.http */
	const char *oid_base; /* for ever; NULL: the example arc */
	bool development; /* people, tokens and keys of INTERFACE 2 */
	bool begins_now; /* a development authority without a past */
	struct clock clock;
	/* One line for the user at a time; may be NULL. */
	void (*say)(void *arg, const char *line);
	void *arg;
};

/*
 * Make it all, durably.  Refuses to overwrite: an existing nintei.yaml,
 * keys/root or store/audit.git is E_STORE_CONFLICT and nothing is changed.
 * Errors also: E_CONFIG (policies), E_CRYPTO, E_INTERNAL.
 */
int authority_init(const struct authority_options *o, struct err *e) MUST_CHECK;

/*
 * Another key and certificate of the seal, by the root's key in its home;
 * of o only home and clock count.  The signer must not run.  What the seal
 * before signed carries its certificate and stands.  Errors: E_NOT_FOUND (no
 * root key), E_CRYPTO.
 */
int authority_seal_renew(
    const struct authority_options *o, struct err *e) MUST_CHECK;

#endif
