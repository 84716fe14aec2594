/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NINTEI_TLOG_INT_H
#define NINTEI_TLOG_INT_H
/*
 * tlog_int: the two hashes of RFC 6962 2.1.
 */
#include "nintei/tlog.h"

void tlog_leaf(const uint8_t event_hash[TLOG_HASH], uint8_t out[TLOG_HASH]);
/* out may be left or right. */
void tlog_pair(const uint8_t left[TLOG_HASH], const uint8_t right[TLOG_HASH],
    uint8_t out[TLOG_HASH]);
void tlog_copy(const uint8_t from[TLOG_HASH], uint8_t to[TLOG_HASH]);

#endif
