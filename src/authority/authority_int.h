/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_AUTHORITY_INT_H
#define NINTEI_AUTHORITY_INT_H
/* What one run of `nintei init` shares between its steps. */
#include "nintei/approval.h"
#include "nintei/authority.h"
#include "nintei/ca.h"
#include "nintei/conf.h"
#include "nintei/digest.h"
#include "nintei/fs.h"
#include "nintei/jsonx.h"
#include "nintei/key.h"
#include "nintei/ossl.h"
#include "nintei/scheme.h"
#include "nintei/signing.h"

struct making {
	const struct authority_options *o;
	struct random random;
	int home_fd;
	int64_t now;
	/*
	 * When keys and roster begin.  A development authority begins three
	 * years ago, so that `clock:` may be set back.
	 */
	int64_t begins;
	struct config *conf;
	struct scheme_set *schemes;
	struct roster *roster;
	struct json *roster_hashes; /* person -> SHA-256 of the file */
	struct pkey *root_key; /* until the certificates are made */
	struct cert *root_cert;
	struct pkey *commit_key;
	struct ssh_key commit_public;
	char root_sha256[SHA256_HEX];
};

void making_done(struct making *m); /* for CLEANUP(making_done) */
void say(const struct making *m, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* home.c */
int home_refuse(const struct making *m, struct err *e) MUST_CHECK;
int home_make(struct making *m, struct err *e) MUST_CHECK;
int secret_file(const struct making *m, const char *path, struct slice bytes,
    struct err *e) MUST_CHECK;
int public_file(const struct making *m, const char *path, struct slice bytes,
    struct err *e) MUST_CHECK;
/* pki.c */
int pki_make(struct making *m, struct err *e) MUST_CHECK;
/* The last second of the day before the same day, years on. */
int64_t years_on(int64_t from, int years);
int key_save(const struct making *m, const char *path, const struct pkey *k,
    struct err *e) MUST_CHECK;
int pem_save(const struct making *m, const char *path, struct slice der,
    const char *label, struct err *e) MUST_CHECK;
/* sealers.c */
int sealers_make(const struct making *m, struct err *e) MUST_CHECK;
/* people.c */
int people_make(struct making *m, struct err *e) MUST_CHECK;
/* genesis.c */
int genesis_make(struct making *m, struct err *e) MUST_CHECK;

#endif
