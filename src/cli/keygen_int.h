/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_KEYGEN_INT_H
#define NINTEI_KEYGEN_INT_H
/* keygen_int: signatures by ssh-keygen: agent, passphrase, security key. */
#include "nintei/err.h"
#include "nintei/slice.h"

/* `ssh-keygen -Y sign -n ns -f file` over exactly these bytes. */
int keygen_sign(const char *file, const char *ns, struct slice bytes,
    struct buf *armour, struct err *e) MUST_CHECK;

/* A plain Ed25519 key is used here; all others by ssh-keygen. */
int key_sign(const char *file, const char *ns, struct slice bytes,
    struct buf *armour, struct err *e) MUST_CHECK;

#endif
