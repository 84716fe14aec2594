/* SPDX-License-Identifier: Apache-2.0 */
/* What a decision is compared by: its code, and the hash of its rest. */
#include "nintei/detail.h"

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/limits.h"

char *
decision_code(const uint8_t sha256[32], char out[DECISION_CODE])
{
	static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	char *at = out;

	for (unsigned i = 0; i < 16; i++) {
		unsigned bit = 5 * i;
		unsigned pair =
		    (unsigned)sha256[bit / 8] << 8 | sha256[bit / 8 + 1];

		if (i > 0 && i % 4 == 0)
			*at++ = '-';
		*at++ = letters[pair >> (11 - bit % 8) & 31];
	}
	*at = '\0';
	return out;
}

void
decision_detail_hex(struct slice canonical, char out[65])
{
	sha256_hex(canonical, out);
}

/* What certify and reissue have in common; existence NULL: no member. */
static int
issue_detail(const char *schema, const struct json *record, struct slice spki,
    const char *url, const char *existence, struct buf *out, struct err *e)
{
	CLEANUP(jsonx_freep) struct json *j = jsonx_object();
	CLEANUP(buf_free) struct buf bytes = BUF_INIT(LIMIT_DECISION_BYTES);
	char hash[SHA256_HEX] = "";

	if (jsonx_kind(record) != JSON_KIND_OBJECT)
		return err_set(e, E_INPUT, "certification record is missing");
	if (spki.n > 0)
		sha256_hex(spki, hash);
	jsonx_set_str(j, "designated_url", url);
	if (existence != NULL && existence[0] != '\0')
		jsonx_set_str(j, "existence", existence);
	jsonx_set(j, "record", jsonx_dup(record));
	jsonx_set_str(j, "schema", schema);
	jsonx_set_str(j, "spki", hash);
	jsonx_canonical(j, &bytes);
	if (!buf_ok(&bytes))
		return err_set(e, E_LIMIT, "certification record too large");
	buf_put(out, bytes.p, bytes.n);
	return 0;
}

int
decision_certify_detail(const struct json *record, struct slice spki,
    const char *designated_url, const char *existence, struct buf *out,
    struct err *e)
{
	return issue_detail(
	    DETAIL_CERTIFY, record, spki, designated_url, existence, out, e);
}

int
decision_reissue_detail(const struct json *record, struct slice spki,
    const char *designated_url, struct buf *out, struct err *e)
{
	return issue_detail(
	    DETAIL_REISSUE, record, spki, designated_url, NULL, out, e);
}
