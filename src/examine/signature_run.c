/* SPDX-License-Identifier: Apache-2.0 */
/* The parent's side of a signature: pack, run, check the answer's shape. */
#include <string.h>
#include <unistd.h>
#include "examine_int.h"
#include "nintei/digest.h"
#include "nintei/fs.h"
#include "nintei/wire.h"
#include "signature_int.h"

#define BLOCK KIB(16)

struct digests {
	struct digest *sha256, *sha384, *sha512;
};

static void
digests_free(struct digests *d)
{
	digest_free(d->sha256);
	digest_free(d->sha384);
	digest_free(d->sha512);
}

static int
range_digest(
    int fd, const struct signature_range *r, struct digests *d, struct err *e)
{
	uint8_t block[BLOCK];

	for (uint64_t done = 0; done < r->n;) {
		size_t n = r->n - done < BLOCK ? (size_t)(r->n - done) : BLOCK;
		struct slice s = slice_of(block, n);

		if (fd_pread(fd, block, n, (off_t)(r->at + done), e) < 0)
			return -1;
		digest_update(d->sha256, s);
		digest_update(d->sha384, s);
		digest_update(d->sha512, s);
		done += n;
	}
	return 0;
}

/* The ranges lie in the file, in order, without overlap. */
static int
ranges_check(const struct signature_job *j, uint64_t size, struct err *e)
{
	uint64_t end = 0;

	for (size_t i = 0; i < j->n_ranges; i++) {
		const struct signature_range *r = &j->ranges[i];

		if (r->at < end || r->at > size || r->n > size - r->at)
			return err_set(
			    e, E_INPUT, "a signed range is not in the file");
		end = r->at + r->n;
	}
	return 0;
}

static int
content_digest(const struct signature_job *j, struct digests *d, struct err *e)
{
	off_t size = lseek(j->content_fd, 0, SEEK_END);
	struct signature_range whole = { 0, (uint64_t)size };

	if (size < 0)
		return err_sys(e, E_INTERNAL, "lseek");
	if (j->n_ranges == 0)
		return range_digest(j->content_fd, &whole, d, e);
	if (ranges_check(j, (uint64_t)size, e) < 0)
		return -1;
	for (size_t i = 0; i < j->n_ranges; i++)
		if (range_digest(j->content_fd, &j->ranges[i], d, e) < 0)
			return -1;
	return 0;
}

static int
put_content(const struct signature_job *j, struct buf *b, struct err *e)
{
	CLEANUP(digests_free)
	struct digests d = { digest_sha256_new(), digest_sha384_new(),
		digest_sha512_new() };
	uint8_t sums[SHA256_BYTES + SHA384_BYTES + SHA512_BYTES] = { 0 };

	if (j->content_fd >= 0) {
		if (content_digest(j, &d, e) < 0)
			return -1;
		digest_final(d.sha256, sums);
		digest_final(d.sha384, sums + SHA256_BYTES);
		digest_final(d.sha512, sums + SHA256_BYTES + SHA384_BYTES);
	}
	buf_put(b, sums, sizeof(sums));
	return 0;
}

static void
put_list(struct buf *b, const struct slice *parts, size_t n)
{
	wr_u32(b, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		wr_bytes(b, parts[i]);
}

int
signature_pack(const struct signature_job *j, int *out_memfd, struct err *e)
{
	CLEANUP(buf_free) struct buf b = BUF_INIT(SIGNATURE_PACKAGE_BYTES);
	const struct signature_trust *t = j->trust;

	if (j->cms.n > LIMIT_SIGNED_BYTES || t->n_anchors > LIMIT_TRUST_PARTS ||
	    t->n_crls > LIMIT_TRUST_PARTS || t->n_ocsp > LIMIT_TRUST_PARTS)
		return err_set(e, E_LIMIT,
		    "a signature, or what it is "
		    "trusted by, is too large");
	wr_u32(&b, SIGNATURE_MAGIC);
	wr_u8(&b, (uint8_t)j->purpose);
	wr_bool(&b, j->padded);
	wr_bool(&b, j->content_fd >= 0);
	wr_i64(&b, j->at);
	if (put_content(j, &b, e) < 0)
		return -1;
	put_list(&b, t->anchors, t->n_anchors);
	put_list(&b, t->crls, t->n_crls);
	put_list(&b, t->ocsp, t->n_ocsp);
	wr_bytes(&b, j->cms);
	if (!buf_ok(&b))
		return err_set(e, E_LIMIT,
		    "a signature with its trust is "
		    "too large");
	return memfd_of("signature", buf_slice(&b), out_memfd, e);
}

/* --- the answer's shape --- */

static const struct json_field answer_fields[] = {
	{ "readable", JSON_KIND_BOOL, true },
	{ "detached", JSON_KIND_BOOL, false },
	{ "content_type", JSON_KIND_STRING, false },
	{ "content_sha256", JSON_KIND_STRING, false },
	{ "content_size", JSON_KIND_INT, false },
	{ "signers", JSON_KIND_ARRAY, false },
};
static const struct json_field signer_fields[] = {
	{ "issuer", JSON_KIND_STRING, false },
	{ "serial", JSON_KIND_STRING, true },
	{ "subject", JSON_KIND_STRING, false },
	{ "certificate", JSON_KIND_STRING, false },
	{ "signature", JSON_KIND_STRING, true },
	{ "chain", JSON_KIND_STRING, true },
	{ "revocation", JSON_KIND_STRING, true },
	{ "message_digest", JSON_KIND_STRING, false },
	{ "revoked_at", JSON_KIND_INT, false },
	{ "signing_time", JSON_KIND_INT, false },
	{ "not_before", JSON_KIND_INT, false },
	{ "not_after", JSON_KIND_INT, false },
	{ "profile", JSON_KIND_STRING, true },
	{ "registrar", JSON_KIND_STRING, false },
	{ "corporation", JSON_KIND_OBJECT, false },
	{ "security_labels", JSON_KIND_ARRAY, false },
};
static const struct json_field corporation_fields[] = {
	{ "name", JSON_KIND_STRING, true },
	{ "number", JSON_KIND_STRING, true },
	{ "address", JSON_KIND_STRING, true },
	{ "representative", JSON_KIND_STRING, false },
	{ "title", JSON_KIND_STRING, false },
	{ "office", JSON_KIND_STRING, false },
	{ "encoding", JSON_KIND_STRING, true },
	{ "warnings", JSON_KIND_ARRAY, true },
};
static const struct json_field label_fields[] = {
	{ "policy", JSON_KIND_STRING, true },
	{ "classification", JSON_KIND_INT, true },
	{ "signed", JSON_KIND_BOOL, true },
};

static int
signer_shape(const struct json *s, struct err *e)
{
	const struct json *labels = jsonx_get(s, "security_labels");
	const struct json *corporation = jsonx_get(s, "corporation");

	if (jsonx_shape(s, signer_fields, NELEM(signer_fields), e) < 0)
		return -1;
	if (corporation != NULL &&
	    jsonx_shape(corporation, corporation_fields,
		NELEM(corporation_fields), e) < 0)
		return -1;
	for (size_t i = 0; i < jsonx_len(labels); i++)
		if (jsonx_shape(jsonx_at(labels, i), label_fields,
			NELEM(label_fields), e) < 0)
			return -1;
	return 0;
}

int
signature_shape(const struct json *facts, struct err *e)
{
	const struct json *signers = jsonx_get(facts, "signers");
	bool readable = jsonx_get_bool(facts, "readable", false);

	if (jsonx_shape(facts, answer_fields, NELEM(answer_fields), e) < 0)
		return -1;
	if (readable !=
	    (jsonx_len(signers) > 0 && jsonx_get(facts, "detached") != NULL))
		return err_set(e, E_INPUT, "signers");
	for (size_t i = 0; i < jsonx_len(signers); i++)
		if (signer_shape(jsonx_at(signers, i), e) < 0)
			return -1;
	return 0;
}

int
signature_run(struct worker_host *h, const struct signature_job *j,
    const char *member, struct json **out, struct findings *f, struct err *e)
{
	CLEANUP(examined_freep) struct examined *x = NULL;
	CLEANUP(fd_closep) int package = -1;
	struct err why = ERR_INIT;

	if (signature_pack(j, &package, e) < 0 ||
	    examine_run(h, EXAMINE_SIGNATURE, member, package, &x, f, e) < 0)
		return -1;
	if (x->json != NULL && signature_shape(x->json, &why) < 0) {
		err_set(e, E_INTERNAL, "a document worker broke the protocol");
		return err_wrap(e, "signature: %s", why.detail);
	}
	*out = TAKE(x->json);
	return 0;
}
