/* SPDX-License-Identifier: Apache-2.0 */
/* Unencrypted Ed25519 key files of OpenSSH (PROTOCOL.key), both ways. */
#include "nintei/sshsig.h"

#include "nintei/enc.h"
#include "nintei/key.h"
#include "nintei/ossl.h"
#include "approval_int.h"

#define FILE_MAX 4096
#define FILE_BEGIN "-----BEGIN OPENSSH PRIVATE KEY-----\n"
#define FILE_END "-----END OPENSSH PRIVATE KEY-----\n"
#define MAGIC "openssh-key-v1" /* with its NUL */
#define SEED_BYTES 32
#define BLOCK 8 /* of the cipher "none" */

/* The block between the two lines, decoded. */
static int
file_read(struct slice file, struct buf *out, struct err *e)
{
	const struct slice begin = slice_str(FILE_BEGIN);
	const struct slice end = slice_str(FILE_END);

	if (file.n > FILE_MAX)
		return err_set(e, E_LIMIT, "key file too large");
	if (file.n < begin.n + end.n ||
	    !slice_eq(slice_of(file.p, begin.n), begin) ||
	    !slice_eq(slice_of(file.p + file.n - end.n, end.n), end))
		return err_set(e, E_INPUT, "want an OpenSSH private key");
	return base64_decode(
	    slice_of(file.p + begin.n, file.n - begin.n - end.n), true, out, e);
}

/* The padding 1, 2, 3, ... up to the block. */
static bool
padding_is_right(const struct rd *r)
{
	if (r->n >= BLOCK)
		return false;
	for (size_t i = 0; i < r->n; i++)
		if (r->p[i] != i + 1)
			return false;
	return true;
}

/* The private section: two equal checks, key, comment, padding. */
static int
private_read(struct slice section, const struct ssh_key *public,
    struct slice *out_seed, struct err *e)
{
	struct rd r = rd_init(section);
	uint32_t one = rd_u32(&r), two = rd_u32(&r);
	struct slice name = rd_bytes(&r, 64);
	struct slice raw = rd_bytes(&r, ED25519_PUBLIC_BYTES);
	struct slice secret = rd_bytes(&r, 64);

	(void)rd_bytes(&r, 1024);
	if (r.bad || one != two || section.n % BLOCK != 0 ||
	    !padding_is_right(&r) || secret.n != 64 ||
	    ssh_key_type_of(name) != SSH_KEY_ED25519 ||
	    !slice_eq(raw, ssh_key_public(public)) ||
	    !slice_eq(raw, slice_of(secret.p + SEED_BYTES, SEED_BYTES)))
		return err_set(e, E_INPUT, "key file: malformed");
	*out_seed = slice_of(secret.p, SEED_BYTES);
	return 0;
}

static int
container_read(struct slice bytes, struct ssh_key *out_public,
    struct slice *out_section, struct err *e)
{
	struct rd r = rd_init(bytes);
	uint8_t magic[sizeof(MAGIC)] = { 0 };
	struct slice cipher, kdf, options, public, section;
	uint32_t count;

	rd_raw(&r, magic, sizeof(magic));
	cipher = rd_bytes(&r, 64);
	kdf = rd_bytes(&r, 64);
	options = rd_bytes(&r, 256);
	count = rd_u32(&r);
	public = rd_bytes(&r, SSH_BLOB_MAX);
	section = rd_bytes(&r, FILE_MAX);
	if (r.bad || r.n != 0 || count != 1 ||
	    !slice_eq(
		slice_of(magic, sizeof(magic)), slice_of(MAGIC, sizeof(MAGIC))))
		return err_set(e, E_INPUT, "key file: malformed");
	if (!slice_eq_str(cipher, "none") || !slice_eq_str(kdf, "none") ||
	    options.n != 0)
		return err_set(e, E_INPUT,
		    "key file is encrypted: use ssh-keygen -Y sign");
	*out_section = section;
	return ssh_key_decode(public, out_public, e);
}

int
ssh_private_decode(struct slice file, struct pkey **out, struct err *e)
{
	CLEANUP(buf_wipe) struct buf bytes = BUF_INIT(FILE_MAX);
	CLEANUP(pkey_freep) struct pkey *key = NULL;
	struct ssh_key public;
	struct slice section, seed;

	if (file_read(file, &bytes, e) < 0 ||
	    container_read(buf_slice(&bytes), &public, &section, e) < 0)
		return -1;
	if (public.type != SSH_KEY_ED25519)
		return err_set(e, E_INPUT,
		    "key file: want Ed25519; use ssh-keygen -Y sign");
	if (private_read(section, &public, &seed, e) < 0)
		return -1;
	if (pkey_of_ed25519_seed(seed, &key, e) < 0)
		return -1;
	if (!slice_eq(pkey_raw(key), ssh_key_public(&public)))
		return err_set(e, E_INPUT, "key file: its halves differ");
	*out = TAKE(key);
	return 0;
}

/* The seed ends the PKCS#8 form of an Ed25519 key (RFC 8410 7). */
static int
seed_of(const struct pkey *k, struct buf *out, struct err *e)
{
	static const char begin[] = "-----BEGIN PRIVATE KEY-----\n";
	static const char end[] = "-----END PRIVATE KEY-----\n";
	CLEANUP(buf_wipe) struct buf pem = BUF_INIT(1024);
	CLEANUP(buf_wipe) struct buf der = BUF_INIT(256);
	size_t frame = sizeof(begin) - 1 + sizeof(end) - 1;

	if (pkey_kind(k) != KEY_ED25519)
		return err_set(e, E_INPUT, "want an Ed25519 key");
	if (pkey_save_pem(k, &pem, e) < 0)
		return -1;
	if (!buf_ok(&pem) || pem.n <= frame)
		return err_set(e, E_INTERNAL, "PKCS#8: unexpected form");
	if (base64_decode(slice_of(pem.p + sizeof(begin) - 1, pem.n - frame),
		true, &der, e) < 0)
		return -1;
	if (der.n != 16 + SEED_BYTES)
		return err_set(e, E_INTERNAL, "PKCS#8: unexpected form");
	buf_put(out, der.p + 16, SEED_BYTES);
	return 0;
}

static void
section_write(const struct pkey *k, struct slice seed, uint32_t check,
    const char *comment, struct buf *out)
{
	wr_u32(out, check);
	wr_u32(out, check);
	wr_text(out, ssh_key_type_name(SSH_KEY_ED25519));
	wr_bytes(out, pkey_raw(k));
	wr_u32(out, 64);
	buf_put(out, seed.p, seed.n);
	buf_put(out, pkey_raw(k).p, pkey_raw(k).n);
	wr_text(out, comment);
	for (int i = 1; out->n % BLOCK != 0 && i < BLOCK; i++)
		buf_putc(out, i);
}

int
ssh_private_encode(const struct pkey *k, uint32_t check, const char *comment,
    struct buf *out, struct err *e)
{
	CLEANUP(buf_wipe) struct buf seed = BUF_INIT(SEED_BYTES);
	CLEANUP(buf_wipe) struct buf section = BUF_INIT(FILE_MAX);
	CLEANUP(buf_wipe) struct buf bytes = BUF_INIT(FILE_MAX);
	struct ssh_key public;

	if (seed_of(k, &seed, e) < 0 || ssh_key_of(k, &public, e) < 0)
		return -1;
	section_write(k, buf_slice(&seed), check, comment, &section);
	buf_put(&bytes, MAGIC, sizeof(MAGIC));
	wr_text(&bytes, "none");
	wr_text(&bytes, "none");
	wr_text(&bytes, "");
	wr_u32(&bytes, 1);
	wr_bytes(&bytes, slice_of(public.blob, public.n));
	wr_bytes(&bytes, buf_slice(&section));
	if (!buf_ok(&seed) || !buf_ok(&section) || !buf_ok(&bytes))
		return err_set(e, E_INPUT, "key file: comment too long");
	buf_puts(out, FILE_BEGIN);
	base64_encode(buf_slice(&bytes), 70, out);
	buf_puts(out, FILE_END);
	return 0;
}
