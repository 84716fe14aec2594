/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_SIGN_WIRE_H
#define NINTEI_SIGN_WIRE_H
/*
 * sign_wire: the bytes of each message of signmsg.h, which includes this.
 * Runs in: core (writers), signer (readers), tests.
 * Trusts: nothing; a malformed message is E_IPC.
 */
#include "nintei/signmsg.h"

/* Bytes of each message; the reader borrows from the frame. */
void sign_group_encode(struct buf *b, const struct sign_group *m);
int sign_group_decode(
    struct rd *r, struct sign_group *out, struct err *e) MUST_CHECK;
/* The same with armours: OP_CATCH_UP. */
void sign_signed_encode(struct buf *b, const struct sign_group *m);
int sign_signed_decode(
    struct rd *r, struct sign_group *out, struct err *e) MUST_CHECK;
void sign_receipt_encode(struct buf *b, const struct sign_receipt *m);
int sign_receipt_decode(
    struct rd *r, struct sign_receipt *out, struct err *e) MUST_CHECK;
void sign_cert_encode(struct buf *b, const struct sign_cert *m);
int sign_cert_decode(
    struct rd *r, struct sign_cert *out, struct err *e) MUST_CHECK;
void sign_revoke_encode(struct buf *b, const struct sign_revoke *m);
int sign_revoke_decode(
    struct rd *r, struct sign_revoke *out, struct err *e) MUST_CHECK;
void sign_note_encode(struct buf *b, const struct sign_note *m);
int sign_note_decode(
    struct rd *r, struct sign_note *out, struct err *e) MUST_CHECK;
void sign_continue_encode(struct buf *b, const struct sign_continue *m);
int sign_continue_decode(
    struct rd *r, struct sign_continue *out, struct err *e) MUST_CHECK;
void sign_shred_encode(struct buf *b, const struct sign_shred *m);
int sign_shred_decode(
    struct rd *r, struct sign_shred *out, struct err *e) MUST_CHECK;
void sign_roster_encode(struct buf *b, const struct sign_roster *m);
int sign_roster_decode(
    struct rd *r, struct sign_roster *out, struct err *e) MUST_CHECK;
void sign_hello_encode(struct buf *b, const struct sign_hello *m);
int sign_hello_decode(
    struct rd *r, struct sign_hello *out, struct err *e) MUST_CHECK;

#endif
