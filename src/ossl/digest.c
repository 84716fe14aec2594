/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-2 and HMAC; a library that cannot hash ends the process. */
#include "nintei/digest.h"

#include <stdlib.h>
#include <unistd.h>

#include "nintei/enc.h"

#include "ossl_int.h"

struct digest {
	EVP_MD_CTX *ctx;
};

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
digest_parts(
    const EVP_MD *md, const struct slice *parts, size_t n, uint8_t *out)
{
	CLEANUP(EVP_MD_CTX_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	must(ctx != NULL && EVP_DigestInit_ex2(ctx, md, NULL) == 1);
	for (size_t i = 0; i < n; i++)
		must(EVP_DigestUpdate(ctx, parts[i].p, parts[i].n) == 1);
	must(EVP_DigestFinal_ex(ctx, out, NULL) == 1);
}

void
sha256_of(struct slice in, uint8_t out[SHA256_BYTES])
{
	digest_parts(ossl_algorithms()->sha256, &in, 1, out);
}

void
sha384_of(struct slice in, uint8_t out[SHA384_BYTES])
{
	digest_parts(ossl_algorithms()->sha384, &in, 1, out);
}

void
sha512_of(struct slice in, uint8_t out[SHA512_BYTES])
{
	digest_parts(ossl_algorithms()->sha512, &in, 1, out);
}

void
sha1_parts(const struct slice *parts, size_t n, uint8_t out[SHA1_BYTES])
{
	digest_parts(ossl_algorithms()->sha1, parts, n, out);
}

void
sha256_parts(const struct slice *parts, size_t n, uint8_t out[SHA256_BYTES])
{
	digest_parts(ossl_algorithms()->sha256, parts, n, out);
}

char *
sha256_hex(struct slice in, char out[SHA256_HEX])
{
	uint8_t raw[SHA256_BYTES];

	sha256_of(in, raw);
	return hex_encode(raw, sizeof(raw), out);
}

void
hmac_sha256(struct slice key, const struct slice *parts, size_t n,
    uint8_t out[SHA256_BYTES])
{
	char name[] = "SHA2-256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string("digest", name, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(ossl_algorithms()->hmac);
	size_t written;

	must(ctx != NULL && EVP_MAC_init(ctx, key.p, key.n, params) == 1);
	for (size_t i = 0; i < n; i++)
		must(EVP_MAC_update(ctx, parts[i].p, parts[i].n) == 1);
	must(EVP_MAC_final(ctx, out, &written, SHA256_BYTES) == 1);
	EVP_MAC_CTX_free(ctx);
}

static struct digest *
digest_new(const EVP_MD *md)
{
	struct digest *d = xcalloc(1, sizeof(*d));

	d->ctx = EVP_MD_CTX_new();
	must(d->ctx != NULL && EVP_DigestInit_ex2(d->ctx, md, NULL) == 1);
	return d;
}

struct digest *
digest_sha1_new(void)
{
	return digest_new(ossl_algorithms()->sha1);
}

struct digest *
digest_sha256_new(void)
{
	return digest_new(ossl_algorithms()->sha256);
}

struct digest *
digest_sha384_new(void)
{
	return digest_new(ossl_algorithms()->sha384);
}

struct digest *
digest_sha512_new(void)
{
	return digest_new(ossl_algorithms()->sha512);
}

void
digest_update(struct digest *d, struct slice in)
{
	must(EVP_DigestUpdate(d->ctx, in.p, in.n) == 1);
}

void
digest_final(struct digest *d, uint8_t *out)
{
	must(EVP_DigestFinal_ex(d->ctx, out, NULL) == 1);
}

void
digest_restart(struct digest *d)
{
	must(EVP_DigestInit_ex2(d->ctx, NULL, NULL) == 1);
}

void
digest_free(struct digest *d)
{
	if (d == NULL)
		return;
	EVP_MD_CTX_free(d->ctx);
	free(d);
}

int
digest_fd(int fd, uint8_t out[SHA256_BYTES], uint64_t *out_size, struct err *e)
{
	CLEANUP(digest_freep) struct digest *d = digest_sha256_new();
	uint8_t block[16384];
	uint64_t size = 0;
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) > 0) {
		digest_update(d, slice_of(block, (size_t)n));
		size += (uint64_t)n;
	}
	if (n < 0)
		return err_sys(e, E_INPUT, "read");
	digest_final(d, out);
	if (out_size != NULL)
		*out_size = size;
	return 0;
}
