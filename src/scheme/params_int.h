/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_PARAMS_INT_H
#define NINTEI_PARAMS_INT_H
/* params_int: params.yaml as it is written: texts, NULL when absent. */
#include "nintei/conf.h"
#include "nintei/params.h"

struct quorum_yaml {
#define QUORUM(kind, n) char *kind;
#include "quorum.inc"
#undef QUORUM
};

struct params_yaml {
#define BOOL(key, d) char *key;
#define INT(key, d, least, most) char *key;
#define WORD(key, a, b, c) char *key;
#define PERIOD(key, d) char *key;
#define TEXTS(key) struct conf_list key;
#include "params.inc"
#undef BOOL
#undef INT
#undef WORD
#undef PERIOD
#undef TEXTS
	struct quorum_yaml *quorum;
};
extern const struct conf_shape params_shape;

/* out borrows the texts of y. */
int params_of(
    const struct params_yaml *y, struct params *out, struct err *e) MUST_CHECK;

#endif
