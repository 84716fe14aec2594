/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CLI_SIGN_INT_H
#define NINTEI_CLI_SIGN_INT_H
/* sign_int: bundle make --sign: a dossier as a signed container. */
#include "nintei/err.h"
#include "nintei/slice.h"
#include "cli_int.h"
#include "folder_int.h"

/*
 * The container of the folder and this manifest, written to fd.  Errors:
 * E_USAGE, E_INPUT, E_INVALID (passphrase), E_LIMIT, E_CRYPTO.
 */
int sign_container(const struct cli *c, const struct folder *f,
    struct slice manifest, int fd, struct err *e) MUST_CHECK;

/* passphrase.c: from the file, or typed on the terminal without echo. */
struct passphrase {
	const char *file; /* NULL: the terminal */
	const char *prompt;
};
/* Callback of cades.h: arg is a struct passphrase. */
int passphrase_read(char *out, int cap, void *arg);

/* The arc of the body: by option, of this home, else the example; owned. */
char *sign_oid_base(const struct cli *c);

#endif
