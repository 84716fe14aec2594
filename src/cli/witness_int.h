/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_WITNESS_CLI_INT_H
#define NINTEI_WITNESS_CLI_INT_H
/* witness_int: the HTTP side of `nintei witness`. */
#include "nintei/err.h"
#include "nintei/http.h"
#include "nintei/witness.h"

/* POST /add-checkpoint and nothing else; w outlives the server. */
int witness_http_start(int listen_fd, struct slice tls_key,
    struct slice tls_chain, struct witness *w, struct http_server **out,
    struct err *e) MUST_CHECK;

#endif
