/* SPDX-License-Identifier: Apache-2.0 */
/* Decrypting a document: nothing leaves before its tag is verified. */
#include "nintei/cms.h"

#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>

#include "nintei/fs.h"

#include "cms_int.h"

/* The head grows by so much at most, from no content to the largest. */
#define HEAD_GROWTH 32

/*
 * The size of the content from the size of the whole.  Longer content never
 * gives a shorter head, so that there is at most one answer.
 */
static bool
size_solve(uint64_t total, struct buf *head, struct cms_head *h, size_t *nonce,
    size_t *wrapped)
{
	size_t least;

	h->size = 0;
	cms_head_encode(h, head, nonce, wrapped);
	least = head->n;
	for (size_t n = least; n <= least + HEAD_GROWTH; n++) {
		if (total < n + CMS_TAIL_BYTES)
			return false;
		h->size = total - n - CMS_TAIL_BYTES;
		buf_reset(head);
		cms_head_encode(h, head, nonce, wrapped);
		if (buf_ok(head) && head->n == n)
			return true;
	}
	return false;
}

/* Fill h from the file, or find that it is not ours. */
static int
head_read(const struct cms_key *key, int fd, struct cms_head *h,
    size_t *out_bytes, struct err *e)
{
	CLEANUP(buf_free) struct buf want = BUF_INIT(CMS_HEAD_MAX);
	uint8_t have[CMS_HEAD_MAX];
	size_t nonce, wrapped;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, E_INTERNAL, "fstat");
	if (st.st_size < 0 ||
	    (uint64_t)st.st_size > LIMIT_TOTAL_BYTES + CMS_HEAD_MAX)
		return err_set(e, E_LIMIT, "encrypted document too large");
	h->id = key->id;
	if (!size_solve((uint64_t)st.st_size, &want, h, &nonce, &wrapped))
		return err_set(e, E_INPUT, "not an encrypted document");
	if (fd_pread(fd, have, want.n, 0, e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(h->nonce); i++)
		h->nonce[i] = want.p[nonce + i] = have[nonce + i];
	for (size_t i = 0; i < sizeof(h->wrapped); i++)
		h->wrapped[i] = want.p[wrapped + i] = have[wrapped + i];
	if (memcmp(have, want.p, want.n) != 0)
		return err_set(
		    e, E_INPUT, "not a document encrypted for this key id");
	*out_bytes = want.n;
	return 0;
}

static int
key_unwrap(struct slice kek, const uint8_t wrapped[CMS_WRAPPED_BYTES],
    struct secret **out, struct err *e)
{
	CLEANUP(EVP_CIPHER_CTX_freep)
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	CLEANUP(secret_freep) struct secret *cek = NULL;
	int n = 0;

	if (ctx == NULL)
		return err_ossl(e, "EVP_CIPHER_CTX_new");
	/* The cipher writes what it checks: room for the wrapped form. */
	cek = secret_new(CMS_WRAPPED_BYTES);
	EVP_CIPHER_CTX_set_flags(ctx, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	if (EVP_DecryptInit_ex2(
		ctx, ossl_algorithms()->wrap, kek.p, NULL, NULL) != 1)
		return err_ossl(e, "AES key wrap");
	if (EVP_DecryptUpdate(
		ctx, secret_bytes(cek), &n, wrapped, CMS_WRAPPED_BYTES) != 1 ||
	    n != CMS_KEY_BYTES) {
		ERR_clear_error();
		return err_set(e, E_INVALID, "the key does not open this");
	}
	*out = TAKE(cek);
	return 0;
}

static int
content_decrypt(EVP_CIPHER_CTX *ctx, int in_fd, size_t from, uint64_t size,
    int out_fd, struct err *e)
{
	CLEANUP(buf_wipe) struct buf room = BUF_INIT(2 * CMS_BLOCK);
	uint8_t *cipher = xcalloc(2, CMS_BLOCK), *plain = cipher + CMS_BLOCK;
	uint64_t at = 0;
	int n;

	room.p = cipher; /* owned and wiped by the buffer */
	room.cap = 2 * CMS_BLOCK;
	while (at < size) {
		size_t want =
		    size - at < CMS_BLOCK ? (size_t)(size - at) : CMS_BLOCK;

		if (fd_pread(in_fd, cipher, want, (off_t)(from + at), e) < 0)
			return err_wrap(e, "encrypted document");
		if (EVP_DecryptUpdate(ctx, plain, &n, cipher, (int)want) != 1 ||
		    (size_t)n != want)
			return err_ossl(e, "AES-256-GCM");
		if (fd_write(out_fd, plain, want, e) < 0)
			return err_wrap(e, "document");
		at += want;
	}
	return 0;
}

/* The mac field, and nothing after it: the size was solved for that. */
static int
tail_check(EVP_CIPHER_CTX *ctx, int fd, uint64_t at, struct err *e)
{
	uint8_t tail[CMS_TAIL_BYTES], last[CMS_TAG_BYTES];
	int n;

	if (fd_pread(fd, tail, sizeof(tail), (off_t)at, e) < 0)
		return -1;
	if (tail[0] != DER_OCTET_STRING || tail[1] != CMS_TAG_BYTES)
		return err_set(e, E_INPUT, "not an encrypted document");
	if (EVP_CIPHER_CTX_ctrl(
		ctx, EVP_CTRL_AEAD_SET_TAG, CMS_TAG_BYTES, tail + 2) != 1)
		return err_ossl(e, "AES-256-GCM");
	if (EVP_DecryptFinal_ex(ctx, last, &n) != 1) {
		ERR_clear_error();
		return err_set(e, E_INVALID, "the document was altered");
	}
	return 0;
}

int
cms_decrypt(const struct cms_key *key, int in_fd, int *out_memfd, struct err *e)
{
	CLEANUP(secret_freep) struct secret *cek = NULL;
	CLEANUP(EVP_CIPHER_CTX_freep)
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	CLEANUP(fd_closep) int memfd = -1;
	struct cms_head h = { 0 };
	size_t head;

	ossl_init();
	if (cms_key_check(key, e) < 0 ||
	    head_read(key, in_fd, &h, &head, e) < 0 ||
	    key_unwrap(key->key, h.wrapped, &cek, e) < 0 ||
	    memfd_new("document", &memfd, e) < 0)
		return -1;
	if (ctx == NULL ||
	    EVP_DecryptInit_ex2(ctx, ossl_algorithms()->gcm, secret_bytes(cek),
		h.nonce, NULL) != 1)
		return err_ossl(e, "AES-256-GCM");
	if (content_decrypt(ctx, in_fd, head, h.size, memfd, e) < 0 ||
	    tail_check(ctx, in_fd, head + h.size, e) < 0 ||
	    memfd_seal(memfd, e) < 0)
		return -1;
	*out_memfd = TAKE_FD(memfd);
	return 0;
}
