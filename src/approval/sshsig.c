/* SPDX-License-Identifier: Apache-2.0 */
/* The armoured signatures of ssh-keygen -Y: parse, verify, make. */
#include "nintei/sshsig.h"

#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/key.h"
#include "nintei/limits.h"
#include "approval_int.h"

#define ARMOUR_BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define ARMOUR_END "-----END SSH SIGNATURE-----"
#define ARMOUR_LINE 70
#define BLOB_MAX 4096
#define MAGIC "SSHSIG"
#define MAGIC_BYTES 6

enum {
	SK_PRESENT = 1,
	SK_VERIFIED = 4
};

/* SSHSIG-3: exactly one block; at most one newline after it. */
static int
armour_read(struct slice armour, struct buf *blob, struct err *e)
{
	const struct slice begin = slice_str(ARMOUR_BEGIN);
	const struct slice end = slice_str("\n" ARMOUR_END);
	struct slice a = armour;

	if (a.n > LIMIT_SIGNATURE_BYTES)
		return err_set(e, E_LIMIT, "signature too large");
	if (a.n > 0 && a.p[a.n - 1] == '\n')
		a.n--;
	if (a.n < begin.n + end.n || !slice_eq(slice_of(a.p, begin.n), begin) ||
	    !slice_eq(slice_of(a.p + a.n - end.n, end.n), end))
		return err_set(e, E_INPUT, "want one SSH SIGNATURE block");
	a = slice_of(a.p + begin.n, a.n - begin.n - end.n);
	if (base64_decode(a, true, blob, e) < 0)
		return -1;
	if (!buf_ok(blob))
		return err_set(e, E_LIMIT, "signature too large");
	return 0;
}

/* A positive mpint of RFC 4251 in its shortest form, at most 32 bytes. */
static bool
mpint_read(struct rd *r, uint8_t out[32], size_t *out_n)
{
	struct slice v = rd_bytes(r, 33);

	if (r->bad || v.n == 0 || (v.p[0] & 0x80) != 0)
		return false;
	if (v.p[0] == 0) {
		if (v.n < 2 || (v.p[1] & 0x80) == 0)
			return false;
		v = slice_of(v.p + 1, v.n - 1);
	}
	if (v.n > 32)
		return false;
	bytes_copy(v, out);
	*out_n = v.n;
	return true;
}

static bool
ec_read(struct slice field, struct sshsig *s)
{
	struct rd r = rd_init(field);

	return mpint_read(&r, s->r, &s->r_n) && mpint_read(&r, s->s, &s->s_n) &&
	    r.n == 0;
}

static bool
ed_read(struct slice field, struct sshsig *s)
{
	if (field.n != ED25519_SIGNATURE_BYTES)
		return false;
	bytes_copy(field, s->r);
	s->r_n = field.n;
	return true;
}

/* SSHSIG-7: the inner signature, of the key's own type. */
static int
signature_read(struct slice field, struct sshsig *s, struct err *e)
{
	struct rd r = rd_init(field);
	struct slice name = rd_bytes(&r, 64);
	struct slice value = rd_bytes(&r, 128);
	bool good;

	if (ssh_key_is_sk(s->key.type)) {
		s->flags = rd_u8(&r);
		s->counter = rd_u32(&r);
	}
	if (r.bad || r.n != 0 || ssh_key_type_of(name) != s->key.type)
		return err_set(e, E_INPUT, "SSH signature: malformed");
	good =
	    ssh_key_is_ec(s->key.type) ? ec_read(value, s) : ed_read(value, s);
	if (!good)
		return err_set(e, E_INPUT, "SSH signature: malformed value");
	return 0;
}

/* SSHSIG-5: printable ASCII without space, as allowed_signers can name it. */
static bool
namespace_read(struct slice field, char out[64])
{
	if (field.n == 0 || field.n >= 64)
		return false;
	for (size_t i = 0; i < field.n; i++)
		if (field.p[i] <= ' ' || field.p[i] > '~')
			return false;
	bytes_copy(field, (uint8_t *)out);
	out[field.n] = '\0';
	return true;
}

/* Keys that were decoded before. */
struct known {
	const struct ssh_key *keys;
	size_t n;
};

static int
key_read(struct slice blob, const struct known *known, struct ssh_key *out,
    struct err *e)
{
	for (size_t i = 0; i < known->n; i++)
		if (slice_eq(blob,
			slice_of(known->keys[i].blob, known->keys[i].n))) {
			*out = known->keys[i];
			return 0;
		}
	return ssh_key_decode(blob, out, e);
}

static int
blob_read(struct slice blob, const struct known *known, struct sshsig *s,
    struct err *e)
{
	struct rd r = rd_init(blob);
	uint8_t magic[MAGIC_BYTES] = { 0 };
	struct slice key, ns, reserved, hash, sig;
	uint32_t version;

	rd_raw(&r, magic, sizeof(magic));
	version = rd_u32(&r);
	key = rd_bytes(&r, SSH_BLOB_MAX);
	ns = rd_bytes(&r, 63);
	reserved = rd_bytes(&r, 64);
	hash = rd_bytes(&r, 16);
	sig = rd_bytes(&r, 1024);
	/* SSHSIG-4: nothing after the end, nothing unknown. */
	if (r.bad || r.n != 0 ||
	    !slice_eq_str(slice_of(magic, sizeof(magic)), MAGIC))
		return err_set(e, E_INPUT, "SSH signature: malformed");
	if (version != 1)
		return err_set(e, E_INPUT, "SSH signature: want version 1");
	if (reserved.n != 0)
		return err_set(e, E_INPUT, "SSH signature: reserved is used");
	s->sha512 = slice_eq_str(hash, "sha512");
	if (!s->sha512 && !slice_eq_str(hash, "sha256")) /* SSHSIG-6 */
		return err_set(e, E_INPUT, "SSH signature: unknown hash");
	if (!namespace_read(ns, s->ns))
		return err_set(e, E_INPUT, "SSH signature: bad namespace");
	if (key_read(key, known, &s->key, e) < 0)
		return -1;
	return signature_read(sig, s, e);
}

int
sshsig_parse_known(struct slice armour, const struct ssh_key *known, size_t n,
    struct sshsig *out, struct err *e)
{
	CLEANUP(buf_free) struct buf blob = BUF_INIT(BLOB_MAX);
	struct known k = { known, n };
	struct sshsig s = { 0 };

	if (armour_read(armour, &blob, e) < 0 ||
	    blob_read(buf_slice(&blob), &k, &s, e) < 0)
		return -1;
	*out = s;
	return 0;
}

int
sshsig_parse(struct slice armour, struct sshsig *out, struct err *e)
{
	return sshsig_parse_known(armour, NULL, 0, out, e);
}

/* The bytes under the signature: PROTOCOL.sshsig, "Signed Data". */
static void
signed_data(const char *ns, bool sha512, struct slice message, struct buf *out)
{
	uint8_t hash[SHA512_BYTES];

	if (sha512)
		sha512_of(message, hash);
	else
		sha256_of(message, hash);
	buf_put(out, MAGIC, MAGIC_BYTES);
	wr_text(out, ns);
	wr_text(out, "");
	wr_text(out, sha512 ? "sha512" : "sha256");
	wr_bytes(
	    out, slice_of(hash, sha512 ? SHA512_BYTES : (size_t)SHA256_BYTES));
}

/* PROTOCOL.u2f: what an authenticator signs in place of the data. */
static void
sk_data(const struct sshsig *s, struct buf *data)
{
	uint8_t application[SHA256_BYTES], message[SHA256_BYTES];

	sha256_of(slice_str(SSH_APPLICATION), application);
	sha256_of(buf_slice(data), message);
	buf_reset(data);
	buf_put(data, application, sizeof(application));
	wr_u8(data, s->flags);
	wr_u32(data, s->counter);
	buf_put(data, message, sizeof(message));
}

static bool
signature_is_valid(const struct sshsig *s, struct slice data)
{
	struct slice key = ssh_key_public(&s->key);

	if (ssh_key_is_ec(s->key.type))
		return p256_verify(
		    key, data, slice_of(s->r, s->r_n), slice_of(s->s, s->s_n));
	return ed25519_verify(key, data, slice_of(s->r, s->r_n));
}

int
sshsig_verify(
    const struct sshsig *s, const char *ns, struct slice message, struct err *e)
{
	CLEANUP(buf_free) struct buf data = BUF_INIT(512);
	uint8_t want = SK_PRESENT | SK_VERIFIED;

	if (strcmp(s->ns, ns) != 0) /* SSHSIG-8 */
		return err_set(e, E_INVALID,
		    "signature is for namespace %s, want %s", s->ns, ns);
	signed_data(ns, s->sha512, message, &data);
	if (ssh_key_is_sk(s->key.type)) {
		if ((s->flags & want) != want) /* SSHSIG-9 */
			return err_set(
			    e, E_INVALID, "the user was not verified");
		sk_data(s, &data);
	}
	if (!buf_ok(&data) || !signature_is_valid(s, buf_slice(&data)))
		return err_set(e, E_INVALID, "signature does not fit");
	return 0;
}

/* RFC 8410: SEQUENCE { SEQUENCE { 1.3.101.112 }, BIT STRING }. */
int
ssh_key_ready(const struct ssh_key *k, struct pkey **out, struct err *e)
{
	static const uint8_t head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
		0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
	CLEANUP(buf_free) struct buf spki = BUF_INIT(64);
	struct slice raw;

	if (k->type != SSH_KEY_ED25519)
		return err_set(e, E_INPUT, "want an Ed25519 key");
	raw = ssh_key_public(k);
	buf_put(&spki, head, sizeof(head));
	buf_put(&spki, raw.p, raw.n);
	return pkey_of_spki(buf_slice(&spki), out, e);
}

int
sshsig_verify_ready(const struct sshsig *s, const struct pkey *key,
    const char *ns, struct slice message, struct err *e)
{
	CLEANUP(buf_free) struct buf data = BUF_INIT(512);

	if (strcmp(s->ns, ns) != 0) /* SSHSIG-8 */
		return err_set(e, E_INVALID,
		    "signature is for namespace %s, want %s", s->ns, ns);
	if (s->key.type != SSH_KEY_ED25519 ||
	    !slice_eq(ssh_key_public(&s->key), pkey_raw(key)))
		return err_set(e, E_INVALID, "signature is by another key");
	signed_data(ns, s->sha512, message, &data);
	if (!buf_ok(&data) ||
	    !pkey_verify(key, buf_slice(&data), slice_of(s->r, s->r_n)))
		return err_set(e, E_INVALID, "signature does not fit");
	return 0;
}

static void
armour_write(struct slice blob, struct buf *out)
{
	buf_puts(out, ARMOUR_BEGIN);
	base64_encode(blob, ARMOUR_LINE, out);
	buf_puts(out, ARMOUR_END "\n");
}

static void
blob_write(
    const struct ssh_key *k, const char *ns, struct slice sig, struct buf *out)
{
	CLEANUP(buf_free) struct buf inner = BUF_INIT(256);

	wr_text(&inner, ssh_key_type_name(k->type));
	wr_bytes(&inner, sig);
	buf_put(out, MAGIC, MAGIC_BYTES);
	wr_u32(out, 1);
	wr_bytes(out, slice_of(k->blob, k->n));
	wr_text(out, ns);
	wr_text(out, "");
	wr_text(out, "sha512");
	wr_bytes(out, buf_slice(&inner));
}

int
sshsig_sign(const struct pkey *key, const char *ns, struct slice message,
    struct buf *armour, struct err *e)
{
	CLEANUP(buf_free) struct buf data = BUF_INIT(512);
	CLEANUP(buf_free) struct buf sig = BUF_INIT(128);
	CLEANUP(buf_free) struct buf blob = BUF_INIT(BLOB_MAX);
	struct ssh_key k;

	if (pkey_kind(key) != KEY_ED25519)
		return err_set(e, E_INPUT, "want an Ed25519 key");
	if (ssh_key_of(key, &k, e) < 0)
		return -1;
	signed_data(ns, true, message, &data);
	if (pkey_sign(key, buf_slice(&data), &sig, e) < 0)
		return err_wrap(e, "sshsig");
	blob_write(&k, ns, buf_slice(&sig), &blob);
	if (!buf_ok(&data) || !buf_ok(&sig) || !buf_ok(&blob))
		return err_set(e, E_INTERNAL, "sshsig: no room");
	armour_write(buf_slice(&blob), armour);
	return 0;
}

struct slice
sshsig_header(struct slice armour)
{
	if (armour.n > 0 && armour.p[armour.n - 1] == '\n')
		armour.n--;
	return armour;
}
