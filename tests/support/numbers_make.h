/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_NUMBERS_MAKE_H
#define NINTEI_TESTS_NUMBERS_MAKE_H
/* A register of corporate numbers, imported as an operator imports it. */
#include "nintei/numbers.h"

/* Of these rows, of 29 May 2026, in a folder of its own. */
struct numbers *numbers_make(const char *rows);

#endif
