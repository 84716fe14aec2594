/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CONF_INT_H
#define NINTEI_CONF_INT_H
/* conf_int: what libcyaml lets pass and we do not. */
#include "nintei/err.h"
#include "nintei/slice.h"

/* Repeated keys, a second document, directives, tabs: E_CONFIG with line. */
int conf_scan(struct slice text, const char *name, struct err *e) MUST_CHECK;

/*
 * The first line, from a given one on, that begins with this key; 0: none.
 * libcyaml names a line before the key that it refuses.
 */
unsigned conf_key_line(struct slice text, const char *key, unsigned from);

#endif
