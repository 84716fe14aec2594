/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_APPROVAL_INT_H
#define NINTEI_APPROVAL_INT_H
/* What the files of src/approval share. */
#include <stdbool.h>
#include "nintei/slice.h"
#include "nintei/sshsig.h"
#include "nintei/wire.h"

/* Copy n bytes of a field that is known to hold them. */
void bytes_copy(struct slice from, uint8_t *out);

/* The curve point or raw key inside a blob that ssh_key_decode accepted. */
struct slice ssh_key_public(const struct ssh_key *k);
bool ssh_key_is_sk(enum ssh_key_type type);
bool ssh_key_is_ec(enum ssh_key_type type);
/* SSH_KEY_NONE if unknown. */
enum ssh_key_type ssh_key_type_of(struct slice name);

/* [0-9a-z][0-9a-z-]{0,39} (INTERFACE 7). */
bool id_is_valid(const char *id);

#endif
