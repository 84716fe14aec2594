/* SPDX-License-Identifier: Apache-2.0 */
/* What an event says of a document without saying anything about it. */
#include "nintei/vault.h"

#include <inttypes.h>
#include <stdio.h>

#include "nintei/digest.h"

void
vault_commitment(struct slice case_key, uint64_t n, const uint8_t sha256[32],
    uint8_t out[32])
{
	static const char label[] = "nintei/commitment"; /* with its NUL */
	uint8_t salt[SHA256_BYTES];
	struct slice parts[2];
	char decimal[24];

	snprintf(decimal, sizeof(decimal), "%" PRIu64, n);
	parts[0] = slice_of(label, sizeof(label));
	parts[1] = slice_str(decimal);
	hmac_sha256(case_key, parts, 2, salt);
	parts[0] = slice_of(salt, sizeof(salt));
	parts[1] = slice_of(sha256, SHA256_BYTES);
	sha256_parts(parts, 2, out);
}
