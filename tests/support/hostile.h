/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TESTS_HOSTILE_H
#define NINTEI_TESTS_HOSTILE_H
/*
 * hostile: archives through the real worker in its real sandbox.
 */
#include "nintei/bundle.h"
#include "nintei/err.h"
#include "nintei/slice.h"

/*
 * Admit bytes by the worker host of this process, which the first call
 * starts; f gets the findings.  NULL: error in e.
 */
struct bundle *admit_bytes(
    struct slice bytes, struct findings *f, struct err *e);
void admit_end(void); /* ends the host */
/* "A|B": code is one of them. */
bool code_is_listed(const char *codes, const char *code);

#endif
