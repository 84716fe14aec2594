/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_CLAM_INT_H
#define NINTEI_CLAM_INT_H
/* clam_int: u32 magic "NXC1", u16 enum clam_verdict, text name. */
#include "nintei/clam.h"

#define CLAM_MAGIC 0x4e584331u
#define CLAM_FRAME_BYTES ((size_t)256)

void clam_encode(const struct clam_result *r, struct buf *b);
/* E_IPC: broken grammar; out untouched. */
int clam_decode(
    struct slice frame, struct clam_result *out, struct err *e) MUST_CHECK;

#endif
