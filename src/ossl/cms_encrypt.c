/* SPDX-License-Identifier: Apache-2.0 */
/* Encrypting a document as CMS AuthEnvelopedData, in constant memory. */
#include "nintei/cms.h"

#include "nintei/fs.h"

#include "cms_int.h"

/* KEKRecipientInfo (RFC 5652 6.2.3) with id-aes256-wrap (RFC 3565 2.3.2). */
static void
recipient(const struct cms_head *h, struct buf *b, size_t *out_wrapped)
{
	size_t info = der_begin(b, DER_CONTEXT_SET(2)), inner;

	der_uint(b, 4);
	inner = der_begin(b, DER_SEQUENCE);
	der_put(b, DER_OCTET_STRING, h->id);
	der_end(b, inner);
	inner = der_begin(b, DER_SEQUENCE);
	der_oid(b, "2.16.840.1.101.3.4.1.45");
	der_end(b, inner);
	der_put(b, DER_OCTET_STRING, slice_of(h->wrapped, sizeof(h->wrapped)));
	*out_wrapped = b->n - sizeof(h->wrapped);
	der_end(b, info);
}

/* contentEncryptionAlgorithm: aes256-GCM (RFC 5084 3.2). */
static void
algorithm(const struct cms_head *h, struct buf *b, size_t *out_nonce)
{
	size_t alg = der_begin(b, DER_SEQUENCE), params;

	der_oid(b, "2.16.840.1.101.3.4.1.46");
	params = der_begin(b, DER_SEQUENCE);
	der_put(b, DER_OCTET_STRING, slice_of(h->nonce, sizeof(h->nonce)));
	*out_nonce = b->n - sizeof(h->nonce);
	der_uint(b, CMS_TAG_BYTES);
	der_end(b, params);
	der_end(b, alg);
}

/*
 * Built from the inside out, because the ciphertext that the lengths count is
 * not in memory.  All lengths here are below 128 but for the outer ones, so
 * offsets inside a part stay what they are.
 */
void
cms_head_encode(const struct cms_head *h, struct buf *out, size_t *out_nonce,
    size_t *out_wrapped)
{
	CLEANUP(buf_free) struct buf to = BUF_INIT(CMS_HEAD_MAX);
	CLEANUP(buf_free) struct buf content = BUF_INIT(CMS_HEAD_MAX);
	CLEANUP(buf_free) struct buf oid = BUF_INIT(32);
	size_t nonce, wrapped, set, start = out->n;
	uint64_t content_n, all_n;

	set = der_begin(&to, DER_SET);
	recipient(h, &to, &wrapped);
	wrapped = to.n - wrapped; /* counted from the end: der_end moves it */
	der_end(&to, set);
	der_oid(&content, "1.2.840.113549.1.7.1");
	algorithm(h, &content, &nonce);
	der_head(&content, DER_CONTEXT(0), h->size);
	nonce = content.n - nonce;
	der_oid(&oid, "1.2.840.113549.1.9.16.1.23");

	content_n = content.n + h->size;
	all_n =
	    3 + to.n + der_head_bytes(content_n) + content_n + CMS_TAIL_BYTES;
	der_head(out, DER_SEQUENCE,
	    oid.n + der_head_bytes(der_head_bytes(all_n) + all_n) +
		der_head_bytes(all_n) + all_n);
	buf_put(out, oid.p, oid.n);
	der_head(out, DER_CONTEXT_SET(0), der_head_bytes(all_n) + all_n);
	der_head(out, DER_SEQUENCE, all_n);
	der_uint(out, 0);
	buf_put(out, to.p, to.n);
	*out_wrapped = out->n - wrapped - start;
	der_head(out, DER_SEQUENCE, content_n);
	buf_put(out, content.p, content.n);
	*out_nonce = out->n - nonce - start;
	if (!buf_ok(&to) || !buf_ok(&content) || !buf_ok(&oid))
		out->bad = true;
}

/* The first n bytes, without what chance has given. */
static bool
blanked(struct slice begin, size_t n, size_t nonce, size_t wrapped, uint8_t *to)
{
	if (begin.n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		bool random = (i >= nonce && i - nonce < CMS_NONCE_BYTES) ||
		    (i >= wrapped && i - wrapped < CMS_WRAPPED_BYTES);

		to[i] = random ? 0 : begin.p[i];
	}
	return true;
}

bool
cms_is_form(struct slice id, uint64_t size, struct slice begin, uint64_t total)
{
	struct cms_head h = { .id = id, .size = size };
	CLEANUP(buf_free) struct buf want = BUF_INIT(CMS_HEAD_MAX);
	uint8_t have[CMS_HEAD_MAX];
	size_t nonce, wrapped;

	if (size > LIMIT_TOTAL_BYTES || id.n == 0 || id.n > LIMIT_ID_BYTES)
		return false;
	cms_head_encode(&h, &want, &nonce, &wrapped);
	return buf_ok(&want) && total == want.n + size + CMS_TAIL_BYTES &&
	    blanked(begin, want.n, nonce, wrapped, have) &&
	    slice_eq(buf_slice(&want), slice_of(have, want.n));
}

int
cms_key_check(const struct cms_key *key, struct err *e)
{
	if (key->key.n != CMS_KEY_BYTES)
		return err_set(e, E_INPUT, "want a key of 32 bytes");
	if (key->id.n == 0 || key->id.n > LIMIT_ID_BYTES)
		return err_set(e, E_INPUT, "want a key id of 1 to 40 bytes");
	return 0;
}

static int
key_wrap(struct slice kek, struct slice key, uint8_t out[CMS_WRAPPED_BYTES],
    struct err *e)
{
	CLEANUP(EVP_CIPHER_CTX_freep)
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n = 0;

	if (ctx == NULL)
		return err_ossl(e, "EVP_CIPHER_CTX_new");
	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	if (EVP_EncryptInit_ex2(
		ctx, ossl_algorithms()->wrap, kek.p, NULL, NULL) != 1 ||
	    EVP_EncryptUpdate(ctx, out, &n, key.p, (int)key.n) != 1 ||
	    n != CMS_WRAPPED_BYTES)
		return err_ossl(e, "AES key wrap");
	return 0;
}

static int
content_encrypt(
    EVP_CIPHER_CTX *ctx, int in_fd, uint64_t size, int out_fd, struct err *e)
{
	CLEANUP(buf_wipe) struct buf room = BUF_INIT(2 * CMS_BLOCK);
	uint8_t *plain = xcalloc(2, CMS_BLOCK), *cipher = plain + CMS_BLOCK;
	uint64_t at = 0;
	int n;

	room.p = plain; /* owned and wiped by the buffer */
	room.cap = 2 * CMS_BLOCK;
	while (at < size) {
		size_t want =
		    size - at < CMS_BLOCK ? (size_t)(size - at) : CMS_BLOCK;

		if (fd_pread(in_fd, plain, want, (off_t)at, e) < 0)
			return err_wrap(e, "document");
		if (EVP_EncryptUpdate(ctx, cipher, &n, plain, (int)want) != 1 ||
		    (size_t)n != want)
			return err_ossl(e, "AES-256-GCM");
		if (fd_write(out_fd, cipher, want, e) < 0)
			return err_wrap(e, "encrypted document");
		at += want;
	}
	return 0;
}

static int
tail_write(EVP_CIPHER_CTX *ctx, int out_fd, struct err *e)
{
	uint8_t tail[CMS_TAIL_BYTES] = { DER_OCTET_STRING, CMS_TAG_BYTES };
	int n;

	if (EVP_EncryptFinal_ex(ctx, tail + 2, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(
		ctx, EVP_CTRL_AEAD_GET_TAG, CMS_TAG_BYTES, tail + 2) != 1)
		return err_ossl(e, "AES-256-GCM");
	return fd_write(out_fd, tail, sizeof(tail), e);
}

int
cms_encrypt(const struct cms_key *key, int in_fd, uint64_t size,
    const struct random *r, int out_fd, struct err *e)
{
	CLEANUP(secret_freep) struct secret *cek = secret_new(CMS_KEY_BYTES);
	CLEANUP(buf_free) struct buf head = BUF_INIT(CMS_HEAD_MAX);
	CLEANUP(EVP_CIPHER_CTX_freep)
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	struct cms_head h = { .id = key->id, .size = size };
	size_t nonce, wrapped;

	if (cms_key_check(key, e) < 0)
		return -1;
	if (size > LIMIT_TOTAL_BYTES)
		return err_set(e, E_LIMIT, "document too large");
	if (random_fill(r, secret_bytes(cek), CMS_KEY_BYTES, e) < 0 ||
	    random_fill(r, h.nonce, sizeof(h.nonce), e) < 0 ||
	    key_wrap(key->key, secret_slice(cek), h.wrapped, e) < 0)
		return -1;
	cms_head_encode(&h, &head, &nonce, &wrapped);
	if (!buf_ok(&head))
		return err_set(e, E_INTERNAL, "CMS head too long");
	if (ctx == NULL ||
	    EVP_EncryptInit_ex2(ctx, ossl_algorithms()->gcm, secret_bytes(cek),
		h.nonce, NULL) != 1)
		return err_ossl(e, "AES-256-GCM");
	if (fd_write(out_fd, head.p, head.n, e) < 0 ||
	    content_encrypt(ctx, in_fd, size, out_fd, e) < 0)
		return -1;
	return tail_write(ctx, out_fd, e);
}
