/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of OpenSSH: four types, each decoded to the last byte. */
#include "nintei/sshsig.h"

#include <stdio.h>
#include <string.h>

#include "nintei/digest.h"
#include "nintei/enc.h"
#include "nintei/key.h"
#include "approval_int.h"

static const struct key_form {
	const char *name;
	bool ec;
	bool sk;
} forms[SSH_KEY_MAX] = {
	[SSH_KEY_ED25519] = { "ssh-ed25519", false, false },
	[SSH_KEY_P256] = { "ecdsa-sha2-nistp256", true, false },
	[SSH_KEY_SK_ED25519] = { "sk-ssh-ed25519@openssh.com", false, true },
	[SSH_KEY_SK_P256] = { "sk-ecdsa-sha2-nistp256@openssh.com", true,
	    true },
};

void
bytes_copy(struct slice from, uint8_t *out)
{
	struct rd r = rd_init(from);

	rd_raw(&r, out, from.n);
}

bool
ssh_key_is_sk(enum ssh_key_type type)
{
	return forms[type].sk;
}

bool
ssh_key_is_ec(enum ssh_key_type type)
{
	return forms[type].ec;
}

const char *
ssh_key_type_name(enum ssh_key_type type)
{
	return forms[type].name == NULL ? "" : forms[type].name;
}

enum ssh_key_type
ssh_key_type_of(struct slice name)
{
	for (size_t i = 1; i < NELEM(forms); i++)
		if (slice_eq_str(name, forms[i].name))
			return (enum ssh_key_type)i;
	return SSH_KEY_NONE;
}

/* The fields after the type's name; the point may be wanted alone. */
static int
fields_read(struct rd *r, const struct key_form *form, struct slice *out_point,
    struct err *e)
{
	size_t want =
	    form->ec ? P256_POINT_BYTES : (size_t)ED25519_PUBLIC_BYTES;
	struct slice point;

	if (form->ec && !slice_eq_str(rd_bytes(r, 32), "nistp256"))
		return err_set(e, E_INPUT, "SSH key: want the curve nistp256");
	point = rd_bytes(r, P256_POINT_BYTES);
	if (form->sk && !slice_eq_str(rd_bytes(r, 64), SSH_APPLICATION))
		return err_set(
		    e, E_INPUT, "SSH key: want application " SSH_APPLICATION);
	if (r->bad || r->n != 0 || point.n != want)
		return err_set(e, E_INPUT, "SSH key: malformed blob");
	*out_point = point;
	return 0;
}

struct slice
ssh_key_public(const struct ssh_key *k)
{
	struct rd r = rd_init(slice_of(k->blob, k->n));
	struct slice point = { 0 };
	struct err e = ERR_INIT;

	(void)rd_bytes(&r, 64);
	if (fields_read(&r, &forms[k->type], &point, &e) < 0)
		return (struct slice){ 0 };
	return point;
}

int
ssh_key_decode(struct slice blob, struct ssh_key *out, struct err *e)
{
	struct rd r = rd_init(blob);
	struct ssh_key k = { 0 };
	struct slice point;

	if (blob.n > sizeof(k.blob))
		return err_set(e, E_INPUT, "SSH key: blob too large");
	k.type = ssh_key_type_of(rd_bytes(&r, 64));
	if (k.type == SSH_KEY_NONE)
		return err_set(e, E_INPUT, "SSH key: type is not accepted");
	if (fields_read(&r, &forms[k.type], &point, e) < 0)
		return -1;
	/* SSHSIG-2: full order, on the curve. */
	if ((forms[k.type].ec ? p256_check(point, e)
			      : ed25519_check(point, e)) < 0)
		return err_wrap(e, "SSH key");
	bytes_copy(blob, k.blob);
	k.n = blob.n;
	*out = k;
	return 0;
}

/* Up to the next space or the end; the rest stays in *text. */
static struct slice
word_take(const char **text)
{
	size_t n = strcspn(*text, " ");
	struct slice word = slice_of(*text, n);

	*text += n;
	*text += **text == ' ';
	return word;
}

int
ssh_key_parse(const char *line, struct ssh_key *out, struct err *e)
{
	CLEANUP(buf_free) struct buf blob = BUF_INIT(SSH_BLOB_MAX);
	size_t n = strlen(line);
	struct slice name, text;
	struct ssh_key k;

	if (strcspn(line, "\r\n\t") + (n > 0 && line[n - 1] == '\n') < n)
		return err_set(e, E_INPUT, "SSH key: want one line");
	name = word_take(&line);
	text = slice_of(line, strcspn(line, " \n"));
	if (base64_decode(text, false, &blob, e) < 0 || !buf_ok(&blob))
		return err_set(e, E_INPUT, "SSH key: want type and base64");
	if (ssh_key_decode(buf_slice(&blob), &k, e) < 0)
		return -1;
	if (ssh_key_type_of(name) != k.type)
		return err_set(
		    e, E_INPUT, "SSH key: the type is not that of the blob");
	*out = k;
	return 0;
}

void
ssh_key_format(const struct ssh_key *k, struct buf *out)
{
	buf_puts(out, ssh_key_type_name(k->type));
	buf_putc(out, ' ');
	base64_encode(slice_of(k->blob, k->n), 0, out);
}

bool
ssh_key_equal(const struct ssh_key *a, const struct ssh_key *b)
{
	return a->type == b->type &&
	    slice_eq(slice_of(a->blob, a->n), slice_of(b->blob, b->n));
}

char *
ssh_key_fingerprint(const struct ssh_key *k, char out[SSH_FINGERPRINT])
{
	CLEANUP(buf_free) struct buf text = BUF_INIT(64);
	uint8_t hash[SHA256_BYTES];

	sha256_of(slice_of(k->blob, k->n), hash);
	base64_encode(slice_of(hash, sizeof(hash)), 0, &text);
	/* Without the one sign of padding. */
	snprintf(out, SSH_FINGERPRINT, "SHA256:%.43s", buf_str(&text));
	return out;
}

static void
key_encode(enum ssh_key_type type, struct slice point, struct buf *out)
{
	wr_text(out, forms[type].name);
	if (forms[type].ec)
		wr_text(out, "nistp256");
	wr_bytes(out, point);
}

int
ssh_key_of(const struct pkey *k, struct ssh_key *out, struct err *e)
{
	CLEANUP(buf_free) struct buf blob = BUF_INIT(SSH_BLOB_MAX);
	enum key_kind kind = pkey_kind(k);
	struct ssh_key out_key = { .type = SSH_KEY_ED25519 };

	if (kind != KEY_ED25519 && kind != KEY_P256)
		return err_set(e, E_INPUT, "SSH key: want Ed25519 or P-256");
	if (kind == KEY_P256)
		out_key.type = SSH_KEY_P256;
	key_encode(out_key.type, pkey_raw(k), &blob);
	if (!buf_ok(&blob))
		return err_set(e, E_INTERNAL, "SSH key: no room");
	/* A pkey was checked when it was made: SSHSIG-2 costs a millisecond. */
	bytes_copy(buf_slice(&blob), out_key.blob);
	out_key.n = blob.n;
	*out = out_key;
	return 0;
}
